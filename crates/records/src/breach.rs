//! The register of personal data breaches (DPR-12): what was lost or seen by the wrong eyes, and whether the Information
//! Commissioner was told within 72 hours of its being found (UK GDPR, article 33); and who else was told (CY-16).

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::{self, Refusal};

/// Hours from its being found within which the Commissioner is told (UK GDPR, article 33(1)).
pub const HOURS: i64 = 72;

/// Marks ids of breaches.
#[derive(Debug)]
pub enum BreachNoun {}
impl Named for BreachNoun {
    const NOUN: &'static str = "breach";
}
/// A breach's id.
pub type BreachId = Id<BreachNoun>;

/// A breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Its id.
    pub id: BreachId,
    /// What happened, and what was done at once.
    pub what: String,
    /// Whose data, and of how many people.
    pub whose: String,
    /// When somebody of the school found it: the clock runs from here.
    pub found: Moment,
    /// Who wrote it down.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What was decided.
    pub decided: Option<Decided>,
    /// What was decided about telling others, one for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Other>,
}

/// Who else may have to be told (CY-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The Department for Education.
    Department,
    /// The police, by way of the national reporting centre for fraud and cyber crime.
    Police,
    /// Whoever insures the school: for most, the department's risk protection arrangement.
    Insurer,
}

impl Body {
    /// Everybody on the list.
    pub const ALL: [Self; 3] = [Self::Department, Self::Police, Self::Insurer];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Police => "police",
            Self::Insurer => "insurer",
        }
    }

    /// The body with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|body| body.name() == name)
    }
}

/// What was decided about telling one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// Whom.
    pub body: Body,
    /// What.
    #[serde(flatten)]
    pub decided: Decided,
}

/// Whether somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// They were told; otherwise they need not be.
    pub told: bool,
    /// Why, and what people concerned were told.
    pub why: String,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for Breach {
    const KIND: Kind = Kind::Breach;

    fn number(&self) -> u64 {
        self.id.number()
    }
}

impl Breach {
    /// What was decided about telling one of the others.
    pub fn of(&self, body: Body) -> Option<&Decided> {
        self.others.iter().find(|other| other.body == body).map(|other| &other.decided)
    }

    /// Those about whom nothing is decided yet.
    pub fn left(&self) -> impl Iterator<Item = Body> + '_ {
        Body::ALL.into_iter().filter(|body| self.of(*body).is_none())
    }

    /// Whether everything is decided: the Commissioner, and everybody else on the list.
    pub fn is_settled(&self) -> bool {
        self.decided.is_some() && self.left().next().is_none()
    }

    /// Until when the Commissioner is to be told.
    pub const fn due(&self) -> Moment {
        self.found.plus_minutes(HOURS * 60)
    }
}

/// Writes a breach down.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when it does not say what happened; [`Refusal::NameNeeded`] when not whose data it was;
/// [`Refusal::MeetingOdd`] when it is said to be found later than now.
pub fn note(breach: &Breach) -> Result<Change, Refusal> {
    let what = refusal::reason(&breach.what)?.to_owned();
    let whose = breach.whose.trim().to_owned();
    if whose.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    if breach.found > breach.at {
        return Err(Refusal::MeetingOdd);
    }
    let breach = Breach { what, whose, ..breach.clone() };
    Ok(Change::of(Action::BreachNoted, Write::of(&breach, Expect::New)))
}

/// Notes what was decided about telling the Commissioner.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was decided before; [`Refusal::ReasonNeeded`].
pub fn decide(
    breach: &Stored<Breach>,
    told: bool,
    why: &str,
    by: (PersonId, Moment),
) -> Result<Change, Refusal> {
    if breach.value.decided.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut next = breach.value.clone();
    next.decided = Some(Decided { told, why: why.to_owned(), by: by.0, at: by.1 });
    Ok(Change::of(Action::BreachDecided, breach.replace(&next)).because(why))
}

/// Notes whether one of the others was told, or need not be, and why (CY-16).
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was decided before; [`Refusal::ReasonNeeded`].
pub fn tell(
    breach: &Stored<Breach>,
    body: Body,
    (told, why): (bool, &str),
    by: (PersonId, Moment),
) -> Result<Change, Refusal> {
    if breach.value.of(body).is_some() {
        return Err(Refusal::AlreadySo);
    }
    let why = refusal::reason(why)?;
    let mut next = breach.value.clone();
    let decided = Decided { told, why: why.to_owned(), by: by.0, at: by.1 };
    next.others.push(Other { body, decided });
    Ok(Change::of(Action::BreachDecided, breach.replace(&next)).because(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn breach() -> Breach {
        Breach {
            id: Id::new(1),
            what: "A laptop was stolen from a car".into(),
            whose: "Class 4B, 30 children".into(),
            found: NINE.plus_minutes(-60),
            by: Id::new(7),
            at: NINE,
            decided: None,
            others: vec![],
        }
    }

    #[test]
    fn dpr_12_a_breach_says_what_and_whose_and_its_clock_runs_from_when_it_was_found() {
        assert!(note(&breach()).is_ok());
        assert_eq!(breach().due(), NINE.plus_minutes(71 * 60));
        assert_eq!(note(&Breach { what: " ".into(), ..breach() }), Err(Refusal::ReasonNeeded));
        assert_eq!(note(&Breach { whose: " ".into(), ..breach() }), Err(Refusal::NameNeeded));
        let later = Breach { found: NINE.plus_minutes(1), ..breach() };
        assert_eq!(note(&later), Err(Refusal::MeetingOdd));
    }

    #[test]
    fn dpr_12_it_is_decided_once_and_with_a_reason() {
        let stored = Stored { value: breach(), version: 1 };
        assert_eq!(decide(&stored, false, "", (Id::new(1), NINE)), Err(Refusal::ReasonNeeded));
        let change = decide(&stored, true, "They were told by phone", (Id::new(1), NINE)).unwrap();
        let next: Breach = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(next.decided.as_ref().is_some_and(|decided| decided.told));
        let again = Stored { value: next, version: 2 };
        assert_eq!(decide(&again, false, "Not needed", (Id::new(1), NINE)), Err(Refusal::AlreadySo));
    }

    #[test]
    fn cy_16_each_of_those_to_tell_is_told_or_need_not_be_with_a_reason_and_only_once() {
        let mut stored = Stored { value: breach(), version: 1 };
        let by = (Id::new(1), NINE);
        assert_eq!(tell(&stored, Body::Police, (true, " "), by), Err(Refusal::ReasonNeeded));
        for body in Body::ALL {
            assert!(!stored.value.is_settled());
            let change = tell(&stored, body, (body == Body::Police, "As we were asked to"), by).unwrap();
            stored.value = serde_json::from_str(&change.writes[0].body).unwrap();
            assert_eq!(tell(&stored, body, (false, "Again"), by), Err(Refusal::AlreadySo));
        }
        assert_eq!(stored.value.left().count(), 0);
        assert!(!stored.value.is_settled(), "the Commissioner is not decided yet");
        let change = decide(&stored, false, "Nobody can be harmed", by).unwrap();
        stored.value = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(stored.value.is_settled() && stored.value.of(Body::Police).is_some_and(|one| one.told));
    }
}
