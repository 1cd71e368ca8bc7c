//! What a case is now, read off its entries.

use usher_lists::category::Area;
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SanctionId};
use usher_types::moment::Moment;

use crate::case::Case;
use crate::case::nine::Nine;
use crate::case::rules::{Class, MADE_IMAGES, area_of};
use crate::case::thread::{Entry, Evidence, Involved, Opening, Origin, Part, Party, Says, Terms};

/// What a case nobody opened would be: its shape on disk does not allow one.
static NOTHING: Nine = Nine {
    address: String::new(),
    evidence: String::new(),
    room: String::new(),
    computer: String::new(),
    details: String::new(),
    passed_to: String::new(),
    action: String::new(),
    event: None,
};

impl Case {
    /// How it began.
    pub fn opening(&self) -> Option<&Opening> {
        match self.entries.first().map(|entry| &entry.says) {
            Some(Says::Opened(opening)) => Some(opening),
            _ => None,
        }
    }

    /// The form as it was filled in.
    pub fn nine(&self) -> &Nine {
        self.opening().map_or(&NOTHING, |opening| &opening.nine)
    }

    /// What it began from.
    pub fn origin(&self) -> Origin {
        self.opening().map_or(Origin::Report, |opening| opening.origin)
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.opening().map_or("other", |opening| &opening.kind)
    }

    /// Its area of risk (KC-05).
    pub fn area(&self) -> Area {
        let chosen = self.opening().and_then(|opening| opening.area);
        chosen.unwrap_or_else(|| area_of(self.kind()))
    }

    /// How weighty it is.
    pub fn severity(&self) -> u8 {
        self.opening().map_or(1, |opening| opening.severity)
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Moment {
        self.entries.first().map_or(Moment::from_unix_ms(0), |entry| entry.at)
    }

    /// Who opened it.
    pub fn opened_by(&self) -> Option<PersonId> {
        self.entries.first().map(|entry| entry.by)
    }

    /// How confidential it is now. Without a readable beginning it is for the fewest eyes.
    pub fn class(&self) -> Class {
        let latest = self.latest(|says| match says {
            Says::Opened(opening) => Some(opening.class),
            Says::Classed { class, .. } => Some(*class),
            _ => None,
        });
        latest.unwrap_or(Class::ChildProtection)
    }

    /// Everybody in it with their part.
    pub fn people(&self) -> Vec<&Involved> {
        let mut people = Vec::new();
        for entry in &self.entries {
            match &entry.says {
                Says::Opened(opening) => people.extend(opening.people.iter()),
                Says::Involved(one) => people.push(one),
                _ => {}
            }
        }
        people
    }

    /// Those it is about.
    pub fn subjects(&self) -> impl Iterator<Item = &Party> {
        self.people().into_iter().filter(|one| one.part == Part::Subject).map(|one| &one.who)
    }

    /// Whether it is about somebody.
    pub fn is_about(&self, person: PersonId) -> bool {
        self.subjects().any(|who| who.person() == Some(person))
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        let latest = self.latest(|says| match says {
            Says::Opened(_) | Says::Reopened(_) => Some(true),
            Says::Closed(_) | Says::MergedInto(_) => Some(false),
            _ => None,
        });
        latest.unwrap_or(true)
    }

    /// Its outcome, if it is closed with one.
    pub fn outcome(&self) -> Option<&str> {
        let found = self.entries.iter().rev().find_map(|entry| match &entry.says {
            Says::Closed(outcome) => Some(Some(outcome.as_str())),
            Says::Reopened(_) => Some(None),
            _ => None,
        });
        found.flatten()
    }

    /// Whether something was done for the child, or said why not yet.
    pub fn support_seen_to(&self) -> bool {
        self.any(|says| matches!(says, Says::Support(_) | Says::SupportLater(_)))
    }

    /// Whether anybody looked into it: a note or a decision.
    pub fn looked_into(&self) -> bool {
        self.any(|says| matches!(says, Says::Note { .. } | Says::Decided { .. }))
    }

    /// Whether what was seen may be illegal: somebody said so, or its kind does (KC-08, KC-18).
    pub fn may_be_illegal(&self) -> bool {
        self.kind() == MADE_IMAGES || self.told_illegal()
    }

    /// Whether somebody said that what was seen may be illegal, and who was told.
    pub fn told_illegal(&self) -> bool {
        self.any(|says| matches!(says, Says::MayBeIllegal { .. }))
    }

    /// Who else may see it.
    pub fn shared_with(&self) -> Vec<PersonId> {
        let shared = self.entries.iter().filter_map(|entry| match &entry.says {
            Says::Shared(person) => Some(*person),
            _ => None,
        });
        shared.collect()
    }

    /// Who has seen it, of those it was reported to.
    pub fn was_seen_by(&self, person: PersonId) -> bool {
        self.entries.iter().any(|entry| entry.by == person)
    }

    /// When it was entered in the safeguarding record, and by whom.
    pub fn entered(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| matches!(entry.says, Says::Entered))
    }

    /// When it was taken over into the behaviour system, and by whom.
    pub fn transferred(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| matches!(entry.says, Says::Transferred))
    }

    /// Files kept with it.
    pub fn evidence(&self) -> impl Iterator<Item = (&Entry, &Evidence)> {
        self.entries.iter().filter_map(|entry| match &entry.says {
            Says::Evidence(evidence) => Some((entry, evidence)),
            _ => None,
        })
    }

    /// The devices that changed hands, each with every hand-over, in the order of the thread (INC-13).
    pub fn custody(&self) -> Vec<(&str, Vec<&Entry>)> {
        let mut devices: Vec<(&str, Vec<&Entry>)> = Vec::new();
        for entry in &self.entries {
            let Says::Custody { item, .. } = &entry.says else { continue };
            let known = devices.iter_mut().find(|(known, _)| known.to_lowercase() == item.to_lowercase());
            match known {
                Some((_, hands)) => hands.push(entry),
                None => devices.push((item, vec![entry])),
            }
        }
        devices
    }

    /// Digests everything kept for it lies under: files and packages, sealed where they are.
    pub fn kept(&self) -> Vec<Digest> {
        let kept = self.entries.iter().filter_map(|entry| match &entry.says {
            Says::Evidence(evidence) => Some(evidence.sealed.unwrap_or(evidence.digest)),
            Says::Referred(disclosed) => Some(disclosed.sealed.unwrap_or(disclosed.package)),
            _ => None,
        });
        kept.collect()
    }

    /// The narrowings that came from it and were not lifted: sanction, on whom, until when.
    pub fn narrowings(&self) -> Vec<(SanctionId, &Terms, Moment)> {
        let lifted = |id: SanctionId| {
            self.any(|says| matches!(says, Says::Lifted { sanction, .. } if *sanction == id))
        };
        let narrowed = self.entries.iter().filter_map(|entry| match &entry.says {
            Says::Narrowed { sanction, terms, until, .. } if !lifted(*sanction) => {
                Some((*sanction, terms, *until))
            }
            _ => None,
        });
        narrowed.collect()
    }

    /// The narrowing that waits for a second person: its entry and terms. The latest only, and none that was confirmed,
    /// declined or overtaken by another narrowing of the same person, or that waited when the case closed.
    pub fn proposed(&self) -> Option<(&Entry, &Terms)> {
        let mut overtaken: Vec<PersonId> = Vec::new();
        for entry in self.entries.iter().rev() {
            match &entry.says {
                Says::Proposed(terms) => {
                    return (!overtaken.contains(&terms.person)).then_some((entry, terms));
                }
                Says::Closed(_)
                | Says::MergedInto(_)
                | Says::Declined { .. }
                | Says::Narrowed { confirms: Some(_), .. } => return None,
                Says::Narrowed { terms, .. } => overtaken.push(terms.person),
                _ => {}
            }
        }
        None
    }

    /// What it cost so far, in pence.
    pub fn cost(&self) -> u64 {
        let costs = self.entries.iter().filter_map(|entry| match &entry.says {
            Says::Cost { pence, .. } => Some(u64::from(*pence)),
            _ => None,
        });
        costs.sum()
    }

    /// Whether what is kept of its people must stay.
    pub fn is_held(&self) -> bool {
        let latest = self.latest(|says| match says {
            Says::Hold { on, .. } => Some(*on),
            _ => None,
        });
        latest.unwrap_or(false)
    }

    /// Items of the checklist that were seen to.
    pub fn checked(&self) -> Vec<u8> {
        let checked = self.entries.iter().filter_map(|entry| match entry.says {
            Says::Checked(item) => Some(item),
            _ => None,
        });
        checked.collect()
    }

    fn any(&self, is: impl Fn(&Says) -> bool) -> bool {
        self.entries.iter().any(|entry| is(&entry.says))
    }

    fn latest<T>(&self, of: impl Fn(&Says) -> Option<T>) -> Option<T> {
        self.entries.iter().rev().find_map(|entry| of(&entry.says))
    }
}
