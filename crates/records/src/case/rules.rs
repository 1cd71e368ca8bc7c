//! What a school's own rules say of cases: the kinds of infringement (INC-06, INC-07), how weighty each is, who may see
//! which class of case, and the ladder of what may follow (INC-08, INC-09).

use serde::{Deserialize, Serialize};
use usher_lists::category::Area;

use crate::sanction::Restriction;

/// How confidential a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// About what pupils or people from outside did.
    Ordinary,
    /// About what an adult of the school did (INC-12).
    Staff,
    /// About a child's safety (INC-18).
    ChildProtection,
    /// Told under the whistleblowing policy (INC-15).
    Whistleblowing,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Ordinary, Self::Staff, Self::ChildProtection, Self::Whistleblowing];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Staff => "staff",
            Self::ChildProtection => "child-protection",
            Self::Whistleblowing => "whistleblowing",
        }
    }

    /// The class with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// Of what sort a kind is: lists show them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// An infringement by a pupil.
    Pupil,
    /// An infringement by an adult of the school.
    Staff,
    /// Nobody broke a rule: something was seen by accident (INC-19).
    Accident,
    /// A complaint (INC-16).
    Complaint,
    /// Anything else that is looked into.
    Other,
}

/// A kind of infringement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KindRule {
    /// Its name in files.
    pub name: String,
    /// Its words, for kinds a school adds; those of ours are in `locales/` under `case-kind-<name>`.
    #[serde(default)]
    pub title: String,
    /// Of what sort.
    pub sort: Sort,
    /// How weighty it is to begin with, from 1 to 4.
    pub severity: u8,
}

/// Indecent pictures of a child that were made or passed on, also those a program made (KC-08). Nobody keeps or copies any.
pub const MADE_IMAGES: &str = "made-images";
/// A worry that somebody is drawn into extremism (KC-16).
pub const RADICALISATION: &str = "radicalisation";

/// Our kinds: name, sort, how weighty. The first seven are those of pupils and the next four those of adults in the form
/// this follows (INC-06, INC-07).
pub const BUILT_IN: [(&str, Sort, u8); 20] = [
    ("off-task", Sort::Pupil, 1),
    ("mail-without-leave", Sort::Pupil, 1),
    ("phone-in-lesson", Sort::Pupil, 1),
    ("chat-without-leave", Sort::Pupil, 2),
    ("hurtful-message", Sort::Pupil, 3),
    ("sought-unsuitable", Sort::Pupil, 3),
    ("buying-online", Sort::Pupil, 2),
    ("private-use", Sort::Staff, 1),
    ("equipment-misuse", Sort::Staff, 3),
    ("data-breach", Sort::Staff, 4),
    ("offensive-material", Sort::Staff, 4),
    ("schools-name", Sort::Pupil, 2),
    ("cyberbullying", Sort::Pupil, 3),
    ("accident", Sort::Accident, 1),
    ("complaint", Sort::Complaint, 1),
    ("community", Sort::Other, 2),
    ("child-protection", Sort::Other, 4),
    (MADE_IMAGES, Sort::Pupil, 4),
    (RADICALISATION, Sort::Other, 4),
    ("other", Sort::Other, 1),
];

/// Which kind a category of page that was kept shut proposes. What no line names proposes nothing grave: off task.
const PROPOSED: [(&str, &str); 10] = [
    ("shopping", "buying-online"),
    ("auctions", "buying-online"),
    ("webmail", "mail-without-leave"),
    ("throwaway-mail", "mail-without-leave"),
    ("chat-and-messaging", "chat-without-leave"),
    ("social-networks", "chat-without-leave"),
    ("pornography", "sought-unsuitable"),
    ("adult", "sought-unsuitable"),
    ("violence", "sought-unsuitable"),
    ("hate", "sought-unsuitable"),
];

/// Which area of risk a kind is of (KC-05), where nobody says otherwise. What no line names is something somebody did.
const AREAS: [(&str, Area); 8] = [
    ("chat-without-leave", Area::Contact),
    ("child-protection", Area::Contact),
    ("sought-unsuitable", Area::Content),
    ("offensive-material", Area::Content),
    ("accident", Area::Content),
    (RADICALISATION, Area::Content),
    ("buying-online", Area::Commerce),
    ("off-task", Area::Content),
];

/// The area of risk that a kind proposes. A person may choose another.
pub fn area_of(kind: &str) -> Area {
    AREAS.iter().find(|(known, _)| *known == kind).map_or(Area::Conduct, |(_, area)| *area)
}

/// The kind that a block of these categories proposes. A person chooses.
pub fn proposed<'a>(categories: impl IntoIterator<Item = &'a str> + Clone) -> &'static str {
    let fits = |of: &str| categories.clone().into_iter().any(|category| category == of);
    PROPOSED.iter().find(|(category, _)| fits(category)).map_or("off-task", |(_, kind)| kind)
}

/// What may follow, from the lightest to the heaviest (INC-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A talk.
    Talk,
    /// Parents are told.
    TellParents,
    /// The web is narrowed or taken away for some school days; the gateway carries it out.
    Narrow,
    /// A personal device is kept at the office.
    Confiscate,
    /// A meeting with the parents.
    MeetParents,
    /// What the behaviour or disciplinary policy says.
    Discipline,
    /// Suspension or exclusion.
    Exclusion,
    /// The trust, the police or social services.
    Referral,
}

impl Step {
    /// Every step, lightest first.
    pub const ALL: [Self; 8] = [
        Self::Talk,
        Self::TellParents,
        Self::Narrow,
        Self::Confiscate,
        Self::MeetParents,
        Self::Discipline,
        Self::Exclusion,
        Self::Referral,
    ];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::TellParents => "tell-parents",
            Self::Narrow => "narrow",
            Self::Confiscate => "confiscate",
            Self::MeetParents => "meet-parents",
            Self::Discipline => "discipline",
            Self::Exclusion => "exclusion",
            Self::Referral => "referral",
        }
    }

    /// The step with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// From how weighty a case on a step fits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rung {
    /// The step.
    pub step: Step,
    /// From this severity on it needs no reason.
    pub from_severity: u8,
}

/// A school's rules of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CaseRules {
    /// Kinds the school adds to ours.
    pub more_kinds: Vec<KindRule>,
    /// From how weighty a case on each step fits it.
    pub ladder: Vec<Rung>,
    /// The most school days one person may narrow somebody's web for, by severity from 1 to 4; longer waits for a second.
    pub longest_days: [u16; 4],
    /// The narrowings the school uses.
    pub narrowings: Vec<Restriction>,
}

impl Default for CaseRules {
    fn default() -> Self {
        let rung = |step, from_severity| Rung { step, from_severity };
        Self {
            more_kinds: Vec::new(),
            ladder: vec![
                rung(Step::Talk, 1),
                rung(Step::TellParents, 1),
                rung(Step::Narrow, 1),
                rung(Step::Confiscate, 1),
                rung(Step::MeetParents, 2),
                rung(Step::Discipline, 3),
                rung(Step::Exclusion, 4),
                rung(Step::Referral, 3),
            ],
            longest_days: [3, 5, 10, 10],
            narrowings: Restriction::ALL.to_vec(),
        }
    }
}

impl CaseRules {
    /// Every kind a case may be of: ours, then the school's own.
    pub fn kinds(&self) -> impl Iterator<Item = KindRule> + '_ {
        let ours = BUILT_IN.iter().map(|(name, sort, severity)| KindRule {
            name: (*name).to_owned(),
            title: String::new(),
            sort: *sort,
            severity: *severity,
        });
        ours.chain(self.more_kinds.iter().cloned())
    }

    /// The kind with this name.
    pub fn kind(&self, name: &str) -> Option<KindRule> {
        self.kinds().find(|kind| kind.name == name)
    }

    /// Of what sort the kind with this name is; one the school does not know any more is something else.
    pub fn sort_of(&self, name: &str) -> Sort {
        let ours = BUILT_IN.iter().find(|(known, ..)| *known == name).map(|(_, sort, _)| *sort);
        let own = || self.more_kinds.iter().find(|kind| kind.name == name).map(|kind| kind.sort);
        ours.or_else(own).unwrap_or(Sort::Other)
    }

    /// Whether a step is heavier than what the school's ladder says of a case so weighty. A step it does not name is.
    pub fn is_heavier(&self, step: Step, severity: u8) -> bool {
        self.ladder.iter().find(|rung| rung.step == step).is_none_or(|rung| severity < rung.from_severity)
    }

    /// The most school days one person alone may narrow somebody's web for.
    pub fn longest_alone(&self, severity: u8) -> u16 {
        let index = usize::from(severity.clamp(1, 4)) - 1;
        self.longest_days.get(index).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inc_06_inc_07_the_seven_kinds_and_the_four_are_there_and_a_school_adds_its_own() {
        let of = |rules: &CaseRules, sort| rules.kinds().filter(|kind| kind.sort == sort).count();
        let mut rules = CaseRules::default();
        assert!(of(&rules, Sort::Pupil) >= 7);
        assert_eq!(of(&rules, Sort::Staff), 4);
        let own = KindRule {
            name: "printing".into(),
            title: "Printing without leave".into(),
            sort: Sort::Pupil,
            severity: 1,
        };
        rules.more_kinds.push(own.clone());
        assert_eq!(rules.kind("printing"), Some(own));
        assert_eq!(rules.kind("nothing"), None);
        for kind in rules.kinds() {
            assert_eq!(rules.sort_of(&kind.name), kind.sort, "{}", kind.name);
        }
        assert_eq!(rules.sort_of("nothing"), Sort::Other);
    }

    #[test]
    fn inc_06_a_shopping_block_proposes_buying_online() {
        assert_eq!(proposed(["news", "shopping"]), "buying-online");
        assert_eq!(proposed(["games"]), "off-task");
        assert_eq!(proposed([]), "off-task");
        for (_, kind) in PROPOSED {
            assert!(CaseRules::default().kind(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn inc_09_exclusion_is_heavier_than_a_light_case_bears() {
        let rules = CaseRules::default();
        assert!(rules.is_heavier(Step::Exclusion, 1) && !rules.is_heavier(Step::Exclusion, 4));
        assert!(!rules.is_heavier(Step::Talk, 1));
        let bare = CaseRules { ladder: vec![], ..CaseRules::default() };
        assert!(bare.is_heavier(Step::Talk, 4), "what the ladder does not name needs a reason");
        assert_eq!((rules.longest_alone(0), rules.longest_alone(2), rules.longest_alone(9)), (3, 5, 10));
    }
}
