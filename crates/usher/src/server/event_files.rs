//! Takes what the spool recorded into the event files, again and again, beside the traffic.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use usher_activity::engine::Far;
use usher_activity::shipping::waiting;
use usher_activity::spool::SpoolFault;
use usher_activity::store::Store;
use usher_jobs::erasing::Erasing;
use usher_jobs::keeping::{ClockIsRight, Keeping};
use usher_jobs::runner::{Job, JobFault, Runner};
use usher_types::moment::{Moment, Zone};
use usher_web::app::App;

use super::folder::DataFolder;

/// A segment of the spool fills in a quarter of a school's day, so most runs find nothing and end at once.
const EVERY: Duration = Duration::from_secs(5 * 60);
/// Segments stay in the spool so long after they were closed, though the files have what is in them: as a second copy to
/// go back to while something that is wrong with the files is still fresh.
const SPOOL_DAYS: i64 = 7;

/// The one who writes the event files.
#[derive(Debug)]
pub(crate) struct EventFiles {
    store: Arc<Mutex<Store>>,
    spool: PathBuf,
    /// Whether segments are sent to a trust, and stay until they are there.
    sent: bool,
}

impl EventFiles {
    /// Starts taking events into the files of a data folder. Where their list is damaged, events stay in the spool and are
    /// answered from there until somebody has looked: traffic does not wait for it.
    pub(crate) fn start(
        folder: &DataFolder,
        zone: Zone,
        jobs: &Runner,
        (app, copy): (&App, Option<Arc<dyn Far>>),
        clock: Arc<dyn ClockIsRight>,
    ) -> Result<(), SpoolFault> {
        match Store::open(&folder.activity(), zone) {
            Ok(store) => {
                let store = Arc::new(Mutex::new(store));
                let (books, ids) = (app.books.clone(), Arc::clone(&app.ids));
                let sent = copy.is_some();
                let erasing =
                    Erasing::new(books.clone(), Arc::clone(&store), folder.spool(), Arc::clone(&clock));
                jobs.start(Arc::new(erasing.with_copy(copy.clone())));
                let keeping = Keeping::new(books, Arc::clone(&store), ids, clock);
                jobs.start(Arc::new(keeping.with_copy(copy)));
                jobs.start(Arc::new(Self { store, spool: folder.spool(), sent }));
                Ok(())
            }
            Err(error @ SpoolFault::Damaged { .. }) => {
                tracing::error!(%error, "events stay in the spool: the list of event files is damaged");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Job for EventFiles {
    fn name(&self) -> &'static str {
        "event-files"
    }

    fn every(&self) -> Duration {
        EVERY
    }

    /// Each server has its own spool and files.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let (store, spool, sent) = (Arc::clone(&self.store), self.spool.clone(), self.sent);
        let work = move || -> Result<(), SpoolFault> {
            // A run that broke off left the list of files as it was.
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let done = store.compact(&spool, at)?;
            let mut before = at.plus_minutes(-SPOOL_DAYS * 24 * 60);
            if sent {
                // What is not at the trust yet is nowhere else whole.
                before = waiting(&spool)?.since.map_or(before, |since| since.min(before));
            }
            // What was just taken in and is not in the files after a week of tries cannot be read.
            store.put_aside(&spool, before)?;
            let released = store.release(&spool, before)?;
            if done.events > 0 || released > 0 {
                tracing::info!(done.events, done.merged, released, "events were taken into files");
            }
            Ok(())
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| JobFault::Other(error.to_string()))??;
        Ok(())
    }
}
