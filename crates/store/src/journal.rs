//! The journal: one entry a change, each with the link of a hash chain.

use serde::{Deserialize, Serialize};
use usher_events::chain::{first_link, next_link};
use usher_records::change::{Action, Actor, Change, JournalLine, JournalRecord};
use usher_records::erasure::Rewritten;
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SchoolId};
use usher_types::moment::Moment;

use crate::store::{Result as StoreResult, Store, StoreError};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// What it says, exactly as it was written: the link is made from these bytes.
    pub line: String,
    /// The chain's link after it.
    pub link: Digest,
}

impl JournalEntry {
    /// What it says.
    ///
    /// # Errors
    /// When the line was altered so that it cannot be read any more.
    pub fn read(&self) -> Result<JournalLine, serde_json::Error> {
        serde_json::from_str(&self.line)
    }
}

/// The link before a school's first entry.
pub fn origin(school: SchoolId) -> Digest {
    first_link(&format!("journal {school}"))
}

/// The entry after `before` for a change whose records got these versions.
pub fn entry(
    before: (u64, Digest),
    change: &Change,
    versions: &[u64],
    actor: &Actor,
    at: Moment,
) -> JournalEntry {
    let records = change.writes.iter().zip(versions);
    let line = JournalLine {
        at,
        actor: actor.clone(),
        action: change.action,
        about: change.about,
        reason: change.reason.clone(),
        records: records
            .map(|(write, &version)| JournalRecord {
                kind: write.kind,
                id: write.id,
                version,
                digest: write.digest(),
            })
            .collect(),
        replaced: None,
    };
    let line = serde_json::to_string(&line).unwrap_or_default();
    JournalEntry { number: before.0 + 1, link: next_link(before.1, line.as_bytes()), line }
}

/// What an erasure replaced. It is kept as a text whose digest its journal entry holds: so that entry, which the chain holds
/// firm, vouches for lines that are not those their links were made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The lines that stand in place of others.
    pub lines: Vec<ReplacedLine>,
    /// What was done besides.
    pub done: Rewritten,
}

/// A line that stands in place of another. The links on both sides are written down with it: so what stands before it is held
/// as firmly as it was when the link after it was made from the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedLine {
    /// Its entry.
    pub entry: u64,
    /// The digest of the line that stands there now.
    pub line: Digest,
    /// The chain's link before it.
    pub before: Digest,
    /// The chain's link after it.
    pub after: Digest,
}

impl Replaced {
    /// As it is kept.
    ///
    /// # Errors
    /// Never in truth: no part of it can fail to be written.
    pub fn text(&self) -> StoreResult<String> {
        serde_json::to_string(self).map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    /// What the erasure of this line replaced. None where it is none, or its list is gone or altered.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(store: &dyn Store, school: SchoolId, line: &JournalLine) -> StoreResult<Option<Self>> {
        let Some(digest) = line.replaced else { return Ok(None) };
        let list = store.blob(school, digest).await?.filter(|bytes| Digest::of(bytes) == digest);
        Ok(list.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

/// The entry of an erasure, after `before`.
pub fn vouching(
    before: (u64, Digest),
    replaced: Digest,
    about: PersonId,
    actor: &Actor,
    at: Moment,
) -> JournalEntry {
    let line = JournalLine {
        at,
        actor: actor.clone(),
        action: Action::PersonErased,
        about: Some(about),
        reason: None,
        records: Vec::new(),
        replaced: Some(replaced),
    };
    let line = serde_json::to_string(&line).unwrap_or_default();
    JournalEntry { number: before.0 + 1, link: next_link(before.1, line.as_bytes()), line }
}
