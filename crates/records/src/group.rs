//! Classes and other teaching groups.

use serde::{Deserialize, Serialize};
use usher_types::ids::GroupId;
use usher_types::role::Year;

use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Source;

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// What the school calls it: `3A`, `Year 1 Oak`.
    pub name: String,
    /// The year it belongs to; none for mixed groups.
    pub year: Option<Year>,
    /// Where it usually is.
    pub room: Option<String>,
    /// The roster it came from.
    pub source: Option<Source>,
    /// Whether it is in use this school year.
    pub current: bool,
}

impl Noun for Group {
    const KIND: Kind = Kind::Group;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::unique("name", &self.name)];
        keys.extend(self.source.iter().map(|source| IndexKey::unique("source", source)));
        keys
    }
}
