//! The violations register (INC-01, form 18): entries that are only ever added. A correction is another entry.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EntryId, PersonId};
use usher_types::moment::Moment;

use crate::change::{Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};

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
