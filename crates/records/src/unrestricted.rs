//! Unrestricted time for the computing lead, or a technician who helps (WEB-21): a reason, an end, a register entry and
//! a notice to the head, all before the first page. Sealed lists stay sealed.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EntryId, Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Mail, Stored, Write};
use crate::lesson::end_within;
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};
use crate::register::{Entry, EntryKind};
use crate::settings::UnrestrictedRule;

/// Marks ids of unrestricted time.
#[derive(Debug)]
pub enum UnrestrictedNoun {}
impl Named for UnrestrictedNoun {
    const NOUN: &'static str = "unrestricted time";
}
/// The id of unrestricted time.
pub type UnrestrictedId = Id<UnrestrictedNoun>;

/// Unrestricted time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unrestricted {
    /// Its id.
    pub id: UnrestrictedId,
    /// Who has it.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// When it was ended, if before that.
    pub ended_at: Option<Moment>,
    /// Its entry in the register.
    pub entry: EntryId,
}

impl Unrestricted {
    /// Whether it is open.
    pub fn is_open(&self, at: Moment) -> bool {
        self.from <= at && at < self.until && self.ended_at.is_none_or(|ended| at < ended)
    }
}

impl Noun for Unrestricted {
    const KIND: Kind = Kind::Unrestricted;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person)]
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct OpenUnrestricted<'a> {
    /// The new record's id.
    pub id: UnrestrictedId,
    /// The register entry's id and number.
    pub entry: (EntryId, u32),
    /// Who asks for themselves.
    pub person: PersonId,
    /// Why.
    pub reason: &'a str,
    /// Until when.
    pub until: Moment,
    /// The entry's words, made from the school's own texts.
    pub entry_text: String,
    /// Notices to those who hold the head's office; at least one.
    pub notices: Vec<Mail>,
}

/// Opens unrestricted time, with its register entry and the head's notice in the same change.
///
/// # Errors
/// The school has none; no reason; no end or one too late; nobody holds the head's office, so nobody could be told.
pub fn open(
    asked: OpenUnrestricted<'_>,
    rule: UnrestrictedRule,
    at: Moment,
) -> Result<(Unrestricted, Entry, Change), Refusal> {
    if !rule.allowed {
        return Err(Refusal::NotInThisSchool);
    }
    let reason = refusal::reason(asked.reason)?;
    end_within(asked.until, rule.longest_minutes, at)?;
    if asked.notices.is_empty() {
        return Err(Refusal::Gone);
    }
    let entry = Entry {
        id: asked.entry.0,
        number: asked.entry.1,
        kind: EntryKind::Unrestricted,
        person: asked.person,
        text: asked.entry_text,
        at,
        by: asked.person,
        head_told_at: Some(at),
        entered: None,
        corrects: None,
        rule: None,
        policy: None,
    };
    let opened = Unrestricted {
        id: asked.id,
        person: asked.person,
        reason: reason.to_owned(),
        from: at,
        until: asked.until,
        ended_at: None,
        entry: entry.id,
    };
    let mut change = Change::of(Action::UnrestrictedOpened, Write::of(&opened, Expect::New))
        .about(asked.person)
        .because(reason)
        .and(entry.write());
    change.mails = asked.notices;
    Ok((opened, entry, change))
}

/// Ends unrestricted time early.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is over.
pub fn end(unrestricted: &Stored<Unrestricted>, at: Moment) -> Result<Change, Refusal> {
    if !unrestricted.value.is_open(at) {
        return Err(Refusal::AlreadySo);
    }
    let mut next = unrestricted.value.clone();
    next.ended_at = Some(at);
    Ok(Change::of(Action::UnrestrictedEnded, unrestricted.replace(&next)).about(next.person))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
    const RULE: UnrestrictedRule = UnrestrictedRule { allowed: true, longest_minutes: 60 };

    fn asked(reason: &str, notices: Vec<Mail>) -> OpenUnrestricted<'_> {
        OpenUnrestricted {
            id: Id::new(1),
            entry: (Id::new(2), 17),
            person: Id::new(3),
            reason,
            until: NINE.plus_minutes(15),
            entry_text: "Unrestricted time".into(),
            notices,
        }
    }

    fn notice() -> Mail {
        Mail { to: PersonId::new(9).into(), subject: "s".into(), text: "t".into(), attachment: None }
    }

    #[test]
    fn web_21_entry_and_notice_are_in_the_same_change() {
        let (opened, entry, change) =
            open(asked("Look into a blocked quiz", vec![notice()]), RULE, NINE).unwrap();
        assert_eq!(
            change.writes.iter().map(|w| w.kind).collect::<Vec<_>>(),
            [Kind::Unrestricted, Kind::RegisterEntry]
        );
        assert_eq!(change.mails.len(), 1);
        assert_eq!(entry.head_told_at, Some(NINE));
        assert!(opened.is_open(NINE.plus_minutes(14)) && !opened.is_open(NINE.plus_minutes(16)));
    }

    #[test]
    fn nothing_opens_without_reason_end_and_somebody_told() {
        assert_eq!(open(asked("", vec![notice()]), RULE, NINE).unwrap_err(), Refusal::ReasonNeeded);
        assert_eq!(open(asked("a good reason", vec![]), RULE, NINE).unwrap_err(), Refusal::Gone);
        let short = UnrestrictedRule { longest_minutes: 10, ..RULE };
        assert_eq!(open(asked("a good reason", vec![notice()]), short, NINE).unwrap_err(), Refusal::TooLong);
        let none = UnrestrictedRule { allowed: false, ..RULE };
        assert_eq!(
            open(asked("a good reason", vec![notice()]), none, NINE).unwrap_err(),
            Refusal::NotInThisSchool
        );
    }
}
