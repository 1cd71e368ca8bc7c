//! The watch over the promises: whether each control of the clause ledger still holds, noted when it turns, so that a clause is
//! red within a minute of its rule's removal and the books can say since when (POL-01).
//!
//! Owns: when it looks. Does not: judge (`policy` does), or tell anybody; the ledger's page does.

use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use usher_ledger::{LedgerFault, Read, look, note};
use usher_policy::snapshot::Snapshot;
use usher_store::books::Books;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// What holds is looked at again after this long even when nothing was changed: days pass, and timetables with them.
const AGAIN_MINUTES: i64 = 60;

/// Looks whether controls hold.
#[derive(Debug)]
pub struct Clauses {
    /// The school's books.
    pub books: Books,
    /// The policy in use.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// What the last look rested on, and when it was.
    looked: tokio::sync::Mutex<Option<Looked>>,
}

/// A look: the policy it was at, the rest it rested on, and when it was.
type Looked = (Weak<Snapshot>, Digest, Moment);

impl Clauses {
    /// A watch over these books and the policy in use.
    pub const fn new(books: Books, snapshot: Arc<ArcSwapOption<Snapshot>>) -> Self {
        Self { books, snapshot, looked: tokio::sync::Mutex::const_new(None) }
    }
}

#[async_trait]
impl Job for Clauses {
    fn name(&self) -> &'static str {
        "clauses"
    }

    fn every(&self) -> Duration {
        // Half of the minute in which a clause must be red.
        Duration::from_secs(30)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let Some(snapshot) = self.snapshot.load_full() else { return Ok(()) };
        let mut looked = self.looked.lock().await;
        let mark = Read::of(&self.books, at).await.map_err(fault)?.mark();
        let policy = Arc::downgrade(&snapshot);
        let same = |(before, books, when): &Looked| {
            before.ptr_eq(&policy) && *books == mark && at < when.plus_minutes(AGAIN_MINUTES)
        };
        if looked.as_ref().is_some_and(same) {
            return Ok(());
        }
        let (read, checked) = look(&self.books, snapshot, at).await.map_err(fault)?;
        if note(&self.books, &read, &checked, at).await.map_err(fault)? {
            *looked = Some((policy, mark, at));
        }
        Ok(())
    }
}

fn fault(fault: LedgerFault) -> JobFault {
    match fault {
        LedgerFault::Store(error) => error.into(),
        other => JobFault::Other(other.to_string()),
    }
}
