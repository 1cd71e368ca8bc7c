//! What only the desk works with, besides what every page does.
//!
//! Owns: the seams to whoever compiles lists, keeps policies and tries the running parts, and what the desk remembers between two
//! requests and never writes down.
//! Does not: show anything; `pages::desk` does.

pub mod codes;
pub mod last_used;
pub mod lists;
pub mod once;
pub mod policies;
pub mod probes;
pub mod published;
pub mod reading;
pub mod replays;

use std::sync::Arc;

use tokio::sync::Semaphore;

use self::last_used::LastUsed;
use self::lists::{Lists, NobodyCompiles};
use self::once::Once;
use self::policies::{NoPolicies, Policies};
use self::probes::{NothingTried, Probes};
use self::published::Published;
use self::reading::Reader;
use self::replays::Replays;

/// Live pages open at a time. A school has some twenty classes; each page costs a task and a few kilobytes.
const LIVE_PAGES: usize = 128;

/// What only the desk works with.
#[derive(Debug)]
pub struct Desk {
    /// Whoever compiles the category lists.
    pub lists: Arc<dyn Lists>,
    /// Whoever tries the running parts.
    pub probes: Arc<dyn Probes>,
    /// Whoever keeps policies.
    pub policies: Arc<dyn Policies>,
    /// Who published the policy in force.
    pub published: Published,
    /// Policies tried on past requests.
    pub replays: Replays,
    /// What is shown once, or waits for the next step of a form.
    pub once: Once,
    /// When each sign-in was last used.
    pub last_used: LastUsed,
    /// Whoever reads scans.
    pub reader: Reader,
    /// Room for live pages.
    pub live_pages: Arc<Semaphore>,
}

impl Desk {
    /// A desk over these.
    pub fn new(lists: Arc<dyn Lists>, probes: Arc<dyn Probes>, policies: Arc<dyn Policies>) -> Self {
        Self {
            lists,
            probes,
            policies,
            published: Published::default(),
            replays: Replays::default(),
            once: Once::default(),
            last_used: LastUsed::default(),
            reader: Reader::here(),
            live_pages: Arc::new(Semaphore::new(LIVE_PAGES)),
        }
    }

    /// A desk by itself: nothing is compiled, tried or kept. For tests.
    pub fn alone() -> Self {
        Self::new(Arc::new(NobodyCompiles), Arc::new(NothingTried), Arc::new(NoPolicies))
    }
}
