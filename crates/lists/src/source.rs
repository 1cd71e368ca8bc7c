//! Where a list comes from and what was in it: what people are shown beside a match, and what a licence asks for.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::category::Category;
use crate::format::squidguard::Usage;
use crate::format::{Format, Reading};
use crate::kebab;
use crate::normal::{Entries, Size};

/// The name of a source in kebab case, such as `ut1-gambling`. One source is one list of one category.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Box<str>);

/// A text that is not the name of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the name of a source: {why}")]
pub struct NotASourceId {
    text: String,
    why: &'static str,
}

impl SourceId {
    /// Reads a name.
    ///
    /// # Errors
    /// When the text is not kebab case of 1 to 64 characters.
    pub fn parse(text: &str) -> Result<Self, NotASourceId> {
        kebab::check(text)
            .map(|()| Self(text.into()))
            .map_err(|why| NotASourceId { text: text.chars().take(80).collect(), why })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for SourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// What is known of a source before it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Its name.
    pub id: SourceId,
    /// What people call it.
    pub title: String,
    /// What its entries are about.
    pub category: Category,
    /// What its keepers mean it for.
    pub usage: Usage,
    /// Its licence as an SPDX expression.
    pub licence: String,
    /// Who is to be named, as the licence asks.
    pub credit: String,
    /// Where it is fetched from.
    pub address: String,
    /// The day its keepers put on it.
    pub dated: Option<jiff::civil::Date>,
    /// When it was fetched.
    pub fetched_at: Moment,
    /// The digest of the bytes as fetched.
    pub digest: Digest,
    /// What it is written in.
    pub format: Format,
}

/// What was in a source and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Entries, each once.
    pub entries: Size,
    /// Entries given more than once, each repetition counted.
    pub duplicates: u64,
    /// Entries that wait for a person.
    pub held: u64,
    /// Entries that a person decided to leave out.
    pub dropped: u64,
    /// The account of the reading.
    pub reading: Reading,
}

/// One list of a compiled file: where it comes from and what was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceInfo {
    /// Where it comes from.
    pub origin: Origin,
    /// What was in it.
    pub counts: Counts,
}

/// A source that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it comes from and what was in it.
    pub info: SourceInfo,
    /// Its entries.
    pub entries: Entries,
}

impl Source {
    /// A source with these entries and this account of reading them.
    pub fn new(origin: Origin, entries: Entries, reading: Reading) -> Self {
        let counts = Counts {
            entries: entries.size(),
            duplicates: entries.duplicates(),
            reading,
            ..Counts::default()
        };
        Self { info: SourceInfo { origin, counts }, entries }
    }
}
