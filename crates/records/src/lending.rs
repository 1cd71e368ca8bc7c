//! A laptop lent for a part of a day (ACC-13): support staff sign in at it with their own account until a time, and then they
//! are out. Nobody learns the holder's password, so each account stays one person's (ACC-04).

use serde::{Deserialize, Serialize};
use usher_types::ids::{DeviceId, Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of lendings.
#[derive(Debug)]
pub enum LendingNoun {}
impl Named for LendingNoun {
    const NOUN: &'static str = "lending";
}
/// A lending's id.
pub type LendingId = Id<LendingNoun>;

/// A school day; what is lent for longer is a loan of equipment.
pub const LONGEST_MINUTES: i64 = 12 * 60;

/// A laptop lent until a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lending {
    /// Its id.
    pub id: LendingId,
    /// The laptop.
    pub device: DeviceId,
    /// To whom.
    pub to: PersonId,
    /// Who lent it.
    pub by: PersonId,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// When it ended: by its time, or earlier.
    pub ended_at: Option<Moment>,
}

impl Noun for Lending {
    const KIND: Kind = Kind::Lending;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        if self.ended_at.is_some() {
            return Vec::new();
        }
        vec![IndexKey::shared("open", "yes"), IndexKey::unique("device", self.device)]
    }
}

/// Lends it. A laptop is lent to one person at a time.
///
/// # Errors
/// [`Refusal::NotInThisSchool`] where the school lends none; [`Refusal::EndNeeded`] and [`Refusal::TooLong`].
pub fn lend(new: &Lending, school_lends: bool) -> Result<Change, Refusal> {
    if !school_lends {
        return Err(Refusal::NotInThisSchool);
    }
    if new.until <= new.from {
        return Err(Refusal::EndNeeded);
    }
    if new.until > new.from.plus_minutes(LONGEST_MINUTES) {
        return Err(Refusal::TooLong);
    }
    Ok(Change::of(Action::LaptopLent, Write::of(new, Expect::New)).about(new.to))
}

/// Brings its end forward to now; when its time comes it ends as any other.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn shorten(lending: &Stored<Lending>, at: Moment) -> Result<Change, Refusal> {
    if lending.value.ended_at.is_some() || lending.value.until <= at {
        return Err(Refusal::AlreadySo);
    }
    let next = Lending { until: at, ..lending.value.clone() };
    Ok(Change::of(Action::LaptopLent, lending.replace(&next)).about(next.to))
}

/// Ends it.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn end(lending: &Stored<Lending>, at: Moment) -> Result<Change, Refusal> {
    if lending.value.ended_at.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = Lending { ended_at: Some(at.min(lending.value.until)), ..lending.value.clone() };
    Ok(Change::of(Action::LaptopLendingEnded, lending.replace(&next)).about(next.to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acc_13_a_laptop_is_lent_until_a_time_of_the_day() {
        let from = Moment::from_unix_ms(1_795_000_000_000);
        let (device, to, by) = (Id::new(301), Id::new(8), Id::new(9));
        let new = |minutes| Lending {
            id: Id::new(1),
            device,
            to,
            by,
            from,
            until: from.plus_minutes(minutes),
            ended_at: None,
        };
        assert!(lend(&new(60), true).is_ok());
        assert_eq!(lend(&new(60), false), Err(Refusal::NotInThisSchool));
        assert_eq!(lend(&new(0), true), Err(Refusal::EndNeeded));
        assert_eq!(lend(&new(LONGEST_MINUTES + 1), true), Err(Refusal::TooLong));
        let stored = Stored { value: new(60), version: 1 };
        let change = end(&stored, from.plus_minutes(61)).unwrap();
        let over: Lending = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(
            over.ended_at,
            Some(from.plus_minutes(60)),
            "it ended at its time, whenever that was noticed"
        );
        assert!(over.keys().is_empty(), "and can be lent again");
        assert_eq!(end(&Stored { value: over, version: 2 }, from), Err(Refusal::AlreadySo));
    }
}
