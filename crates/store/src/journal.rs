//! The journal: one entry a change, each with the link of a hash chain.

use serde::{Deserialize, Serialize};
use usher_events::chain::{first_link, next_link};
use usher_records::change::{Actor, Change, JournalLine, JournalRecord};
use usher_types::digest::Digest;
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;

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
    };
    let line = serde_json::to_string(&line).unwrap_or_default();
    JournalEntry { number: before.0 + 1, link: next_link(before.1, line.as_bytes()), line }
}
