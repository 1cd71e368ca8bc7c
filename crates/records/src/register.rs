//! The violations register (INC-01, form 18): entries that are only ever added. A correction is another entry.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EntryId, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Unrestricted time was opened (WEB-21).
    Unrestricted,
    /// A correction of an earlier entry, whose text stays.
    Correction,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its number in the register, counting from 1.
    pub number: u32,
    /// What it records.
    pub kind: EntryKind,
    /// Whom it is about.
    pub person: PersonId,
    /// What happened, in words.
    pub text: String,
    /// When it happened.
    pub at: Moment,
    /// Who wrote it.
    pub by: PersonId,
    /// When the head was told.
    pub head_told_at: Option<Moment>,
    /// When it was entered in the school's safeguarding record, and by whom (EXT-02).
    pub entered: Option<(PersonId, Moment)>,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
}

impl Noun for Entry {
    const KIND: Kind = Kind::RegisterEntry;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person), IndexKey::unique("number", self.number)]
    }
}

impl Entry {
    /// The write that adds it.
    pub fn write(&self) -> Write {
        Write::of(self, Expect::New)
    }
}

/// Notes that an entry was entered in the school's safeguarding record (EXT-02). Its text stays.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was.
pub fn mark_entered(entry: &Stored<Entry>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if entry.value.entered.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = entry.value.clone();
    next.entered = Some((by, at));
    Ok(Change::of(Action::EntryEntered, entry.replace(&next)).about(next.person))
}

/// Corrects an entry by another: both texts are seen.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when the correction says nothing.
pub fn correct(
    entry: &Entry,
    correction: (EntryId, u32),
    text: &str,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let text = refusal::reason(text)?;
    let next = Entry {
        id: correction.0,
        number: correction.1,
        kind: EntryKind::Correction,
        person: entry.person,
        text: text.to_owned(),
        at,
        by,
        head_told_at: None,
        entered: None,
        corrects: Some(entry.id),
    };
    Ok(Change::of(Action::EntryWritten, next.write()).about(entry.person).because(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn entry() -> Entry {
        Entry {
            id: Id::new(1),
            number: 1,
            kind: EntryKind::Unrestricted,
            person: Id::new(3),
            text: "Unrestricted time".into(),
            at: NINE,
            by: Id::new(3),
            head_told_at: Some(NINE),
            entered: None,
            corrects: None,
        }
    }

    #[test]
    fn inc_01_a_correction_is_another_entry_and_the_first_text_stays() {
        let change = correct(&entry(), (Id::new(2), 2), "It was Tuesday", Id::new(9), NINE).unwrap();
        assert_eq!(change.writes.len(), 1);
        assert_eq!(change.writes[0].expect, Expect::New);
        assert_eq!(correct(&entry(), (Id::new(2), 2), " ", Id::new(9), NINE), Err(Refusal::ReasonNeeded));
    }

    #[test]
    fn ext_02_entered_is_noted_once() {
        let stored = Stored { value: entry(), version: 1 };
        let change = mark_entered(&stored, Id::new(9), NINE).unwrap();
        let next: Entry = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!((next.entered, next.text), (Some((Id::new(9), NINE)), entry().text));
        let again = Stored { value: Entry { entered: Some((Id::new(9), NINE)), ..entry() }, version: 2 };
        assert_eq!(mark_entered(&again, Id::new(9), NINE), Err(Refusal::AlreadySo));
    }
}
