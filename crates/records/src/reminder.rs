//! Reminders (AGR-09): who was asked again to sign, by mail or on paper, when, and who asked.

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of reminders.
#[derive(Debug)]
pub enum ReminderNoun {}
impl Named for ReminderNoun {
    const NOUN: &'static str = "reminder";
}
/// A reminder's id.
pub type ReminderId = Id<ReminderNoun>;

/// Nobody is asked twice within this long: a button pressed twice, or two people in one office.
pub const QUIET_MINUTES: i64 = 12 * 60;

/// One round of reminders to one class, or to one kind of adults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its id.
    pub id: ReminderId,
    /// Which part of the outstanding list, as its addresses name it.
    pub section: String,
    /// Whose signature, or whose parent's, is missing.
    pub missing: Vec<PersonId>,
    /// Whom a mail went to.
    pub mailed: Vec<PersonId>,
    /// Of those whose signature is missing: for whom there is nobody with an address, so that paper goes home.
    pub on_paper: Vec<PersonId>,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for Reminder {
    const KIND: Kind = Kind::Reminder;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("section", &self.section)]
    }
}

/// Reminds. `earlier` are the reminders of the same section.
///
/// # Errors
/// [`Refusal::AlreadySo`] when somebody did within [`QUIET_MINUTES`], or nothing is missing.
pub fn remind(new: &Reminder, mails: Vec<Mail>, earlier: &[Stored<Reminder>]) -> Result<Change, Refusal> {
    let lately = |other: &Stored<Reminder>| new.at < other.value.at.plus_minutes(QUIET_MINUTES);
    if new.missing.is_empty() || earlier.iter().any(lately) {
        return Err(Refusal::AlreadySo);
    }
    let change = Change::of(Action::Reminded, Write::of(new, Expect::New));
    Ok(mails.into_iter().fold(change, Change::mailing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agr_09_nobody_is_reminded_twice_by_a_button_pressed_twice() {
        let at = Moment::from_unix_ms(1_795_000_000_000);
        let new = |id, at| Reminder {
            id: Id::new(id),
            section: "class:4 Oak".into(),
            missing: vec![Id::new(5)],
            mailed: vec![Id::new(6)],
            on_paper: vec![],
            by: Id::new(9),
            at,
        };
        let first = new(1, at);
        assert!(remind(&first, vec![], &[]).is_ok());
        let earlier = [Stored { value: first, version: 1 }];
        let again = |minutes| remind(&new(2, at.plus_minutes(minutes)), vec![], &earlier).err();
        assert_eq!(again(1), Some(Refusal::AlreadySo));
        assert_eq!(again(QUIET_MINUTES), None);
        let nobody = Reminder { missing: vec![], ..new(3, at) };
        assert_eq!(remind(&nobody, vec![], &[]).err(), Some(Refusal::AlreadySo));
    }
}
