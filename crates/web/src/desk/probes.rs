//! What the health page asks of the running server: not what was configured, but what was tried, and when.

use async_trait::async_trait;
use usher_activity::store::Reach;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// When.
    pub at: Moment,
    /// What was found.
    pub found: Found,
}

/// What was found. The page judges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The gateway was asked for one of Usher's own pages.
    Gateway {
        /// Whether it answered.
        answered: bool,
    },
    /// The disk the spool and the books are on.
    Disk {
        /// Bytes that are free.
        free_bytes: u64,
        /// Bytes in all.
        total_bytes: u64,
    },
    /// The clock, against one outside.
    Clock {
        /// How far it is ahead, in milliseconds; none when nobody outside answered.
        ahead_ms: Option<i64>,
    },
    /// Mails that wait to go out.
    Outbox {
        /// How many.
        waiting: u64,
        /// How many of them have failed before.
        failing: u64,
        /// When the oldest was written.
        oldest: Option<Moment>,
    },
    /// The school's certificate authority, as it is loaded.
    Authority {
        /// The SHA-256 of its certificate.
        fingerprint: Digest,
        /// When it runs out.
        until: Moment,
    },
    /// The program that reads searches past the words of lists (UM-18).
    Reading {
        /// Its name and which training it is of; none where searches are read by word lists alone.
        program: Option<String>,
        /// Searches it read since the start.
        read: u64,
        /// Searches nobody looked at, because too many waited or it gave no answer.
        missed: u64,
    },
    /// Sites for which a device refused the school's certificate in the last day, by name.
    Refusals {
        /// The sites.
        sites: Vec<String>,
    },
    /// Sending to the trust's store of events.
    Trust {
        /// Closed segments that are not there yet.
        segments: u64,
        /// When the oldest of them was begun.
        since: Option<Moment>,
        /// Whether the last try failed.
        failing: bool,
    },
    /// The event files, by their list.
    Files {
        /// How far back they reach; none when the list is damaged.
        reach: Option<Reach>,
    },
}

/// Whoever tries the running parts.
#[async_trait]
pub trait Probes: Send + Sync + std::fmt::Debug {
    /// What was found, each at most a minute old. What could not be tried is left out, and shown as not tried.
    async fn try_all(&self, at: Moment) -> Vec<Tried>;
}

/// Tries nothing.
#[derive(Debug)]
pub struct NothingTried;

#[async_trait]
impl Probes for NothingTried {
    async fn try_all(&self, _at: Moment) -> Vec<Tried> {
        Vec::new()
    }
}
