//! The school's own answer in a parent's place: for a child in care, say, for whom no parent will ever answer (AGR-07, AGR-08).
//!
//! Owns: who decided, why, and until when. It is no signature and makes a parent of nobody. Does not: say what it opens
//! (`standing`), or who may give it (`policy::access`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::{Moment, Zone};
use usher_types::role::PersonKind;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::{self, Refusal};

/// The longest reason or name, in characters: a paragraph.
pub const LONGEST_CHARS: usize = 600;

/// Marks ids of answers in a parent's place.
#[derive(Debug)]
pub enum ParentsPlaceNoun {}
impl Named for ParentsPlaceNoun {
    const NOUN: &'static str = "parents-place";
}
/// An answer's id.
pub type ParentsPlaceId = Id<ParentsPlaceNoun>;

/// Whose decision it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    /// The local authority, as corporate parent.
    Authority,
    /// The school itself.
    School,
}

impl Decider {
    /// Both, in the order forms show them.
    pub const ALL: [Self; 2] = [Self::Authority, Self::School];

    /// Its name in forms and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::School => "school",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decider| decider.name() == name)
    }
}

/// An answer in a parent's place, for one child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentsPlace {
    /// Its id.
    pub id: ParentsPlaceId,
    /// For which child.
    pub child: PersonId,
    /// Whose decision it was.
    pub decider: Decider,
    /// Who decided there: a social worker's name, the head's.
    pub decided_by: String,
    /// Why no parent answers.
    pub reason: String,
    /// The last day it stands; none where it stands until somebody ends it.
    pub last_day: Option<Date>,
    /// Who entered it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Who ended it, and when.
    pub ended: Option<(PersonId, Moment)>,
}

impl Noun for ParentsPlace {
    const KIND: Kind = Kind::ParentsPlace;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("child", self.child)];
        if self.ended.is_none() {
            // A child has one at a time, whoever enters it at the same moment.
            keys.push(IndexKey::unique("standing", self.child));
        }
        keys
    }
}

impl ParentsPlace {
    /// Whether it stands at this moment.
    pub fn stands(&self, at: Moment, zone: &Zone) -> bool {
        let today = zone.local(at).date();
        let over = self.ended.is_some_and(|(_, ended)| ended <= at);
        !over && self.at <= at && self.last_day.is_none_or(|last| today <= last)
    }
}

/// Gives it. One whose last day is over makes room for it in the same change. The journal says of whom and not why: its readers
/// are others.
///
/// # Errors
/// [`Refusal::NobodyMeant`] where it is no pupil; [`Refusal::AlreadySo`] while one stands; [`Refusal::NameNeeded`] and
/// [`Refusal::ReasonNeeded`]; [`Refusal::TooMuch`]; [`Refusal::EndNeeded`] when its last day is over already.
pub fn give(
    new: ParentsPlace,
    child: &Person,
    before: Option<&Stored<ParentsPlace>>,
    zone: &Zone,
) -> Result<Change, Refusal> {
    if child.kind != PersonKind::Pupil || child.id != new.child {
        return Err(Refusal::NobodyMeant);
    }
    if before.is_some_and(|before| before.value.stands(new.at, zone)) {
        return Err(Refusal::AlreadySo);
    }
    let decided_by = new.decided_by.split_whitespace().collect::<Vec<_>>().join(" ");
    if decided_by.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return Err(Refusal::NameNeeded);
    }
    let reason = refusal::reason(&new.reason)?.to_owned();
    if reason.chars().count() > LONGEST_CHARS || decided_by.chars().count() > LONGEST_CHARS {
        return Err(Refusal::TooMuch);
    }
    if new.last_day.is_some_and(|last| last < zone.local(new.at).date()) {
        return Err(Refusal::EndNeeded);
    }
    let (by, at) = (new.by, new.at);
    let given = ParentsPlace { decided_by, reason, ended: None, ..new };
    let mut change = Change::of(Action::ParentsPlaceTaken, Write::of(&given, Expect::New)).about(child.id);
    if let Some(over) = before.filter(|before| before.value.ended.is_none()) {
        let closed = ParentsPlace { ended: Some((by, at)), ..over.value.clone() };
        // Its key has to be free before the new one takes it.
        change.writes.insert(0, over.replace(&closed));
    }
    Ok(change)
}

/// Ends it.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn end(place: &Stored<ParentsPlace>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if place.value.ended.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = ParentsPlace { ended: Some((by, at)), ..place.value.clone() };
    Ok(Change::of(Action::ParentsPlaceLeft, place.replace(&next)).about(next.child))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::sample;

    fn at(day: &str) -> Moment {
        Zone::london().start_of(day.parse().unwrap())
    }

    fn new(last_day: Option<&str>) -> ParentsPlace {
        ParentsPlace {
            id: Id::new(1),
            child: Id::new(5),
            decider: Decider::Authority,
            decided_by: "  Ros   Amory ".into(),
            reason: "In the care of the county".into(),
            last_day: last_day.map(|day| day.parse().unwrap()),
            by: Id::new(2),
            at: at("2026-09-10"),
            ended: None,
        }
    }

    fn child() -> Person {
        sample::person(5, PersonKind::Pupil)
    }

    fn give_it(place: ParentsPlace, before: Option<&Stored<ParentsPlace>>) -> Result<Change, Refusal> {
        give(place, &child(), before, &Zone::london())
    }

    #[test]
    fn agr_08_an_answer_in_a_parents_place_names_who_decided_and_why() {
        let change = give_it(new(None), None).unwrap();
        assert_eq!(
            (change.action, change.about, change.reason),
            (Action::ParentsPlaceTaken, Some(Id::new(5)), None)
        );
        assert_eq!(
            give_it(ParentsPlace { decided_by: " . ".into(), ..new(None) }, None),
            Err(Refusal::NameNeeded)
        );
        assert_eq!(
            give_it(ParentsPlace { reason: "a".into(), ..new(None) }, None),
            Err(Refusal::ReasonNeeded)
        );
        assert_eq!(
            give_it(ParentsPlace { reason: "a ".repeat(LONGEST_CHARS), ..new(None) }, None),
            Err(Refusal::TooMuch)
        );
        assert_eq!(give_it(new(Some("2026-09-09")), None), Err(Refusal::EndNeeded));
        assert!(give_it(new(Some("2026-09-10")), None).is_ok(), "for one day");
        let adult = sample::person(5, PersonKind::Staff);
        assert_eq!(give(new(None), &adult, None, &Zone::london()), Err(Refusal::NobodyMeant));
    }

    #[test]
    fn agr_08_a_child_has_one_at_a_time_and_it_ends() {
        let zone = Zone::london();
        let stored = Stored { value: new(Some("2026-09-20")), version: 1 };
        assert!(stored.value.stands(at("2026-09-20").plus_minutes(23 * 60), &zone), "its last day is whole");
        assert!(!stored.value.stands(at("2026-09-21"), &zone));
        assert!(!stored.value.stands(at("2026-09-09"), &zone));
        let next = |day| ParentsPlace { id: Id::new(2), at: at(day), ..new(None) };
        assert_eq!(give_it(next("2026-09-20"), Some(&stored)), Err(Refusal::AlreadySo));
        let over = give_it(next("2026-09-21"), Some(&stored)).unwrap();
        assert_eq!(
            over.writes.iter().map(|write| write.id).collect::<Vec<_>>(),
            [1, 2],
            "the old one makes room first"
        );
        let ended = ParentsPlace { ended: Some((Id::new(2), at("2026-09-11"))), ..new(None) };
        assert!(!ended.stands(at("2026-09-12"), &zone) && !ended.stands(at("2026-09-11"), &zone));
        assert!(ended.stands(at("2026-09-11").plus_minutes(-1), &zone), "before it ended it stood");
        assert_eq!(
            end(&Stored { value: ended, version: 2 }, Id::new(2), at("2026-09-12")),
            Err(Refusal::AlreadySo)
        );
        assert_eq!(end(&stored, Id::new(2), at("2026-09-12")).unwrap().action, Action::ParentsPlaceLeft);
    }
}
