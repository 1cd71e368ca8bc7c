//! Runs jobs: each again and again, one run at a time, on one server at a time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use usher_activity::spool::SpoolFault;
use usher_store::store::{Store, StoreError};
use usher_types::clock::Clock;
use usher_types::moment::Moment;
use usher_typeset::fault::TypesetFault;

/// A lease outlives a run by this much. When a server dies, another takes its jobs over after it.
const LEASE_SECONDS: i64 = 60;

/// Something that is done again and again.
#[async_trait]
pub trait Job: Send + Sync {
    /// Its name in logs and leases.
    fn name(&self) -> &'static str;

    /// How long it rests between two runs.
    fn every(&self) -> Duration;

    /// Whether one server does it for all that share the books. Otherwise each does it for itself.
    fn is_shared(&self) -> bool;

    /// Does it once. Done twice for the same moment, the second time changes nothing.
    async fn run(&self, at: Moment) -> Result<(), JobFault>;
}

/// A run that did not come through. It is tried again at the next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobFault {
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// Events cannot be read.
    #[error("the activity store is not available")]
    Activity(#[from] SpoolFault),
    /// A document could not be made.
    #[error("a document could not be made")]
    Document(#[from] TypesetFault),
    /// Something else that the job says itself.
    #[error("{0}")]
    Other(String),
}

/// What jobs run by.
#[derive(Debug, Clone)]
pub struct Runner {
    store: Arc<dyn Store>,
    /// This server, in leases.
    holder: String,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Runner {
    /// A runner that ends when `stop` is pulled.
    pub fn new(
        store: Arc<dyn Store>,
        holder: String,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Self {
        Self { store, holder, clock, stop, tasks: TaskTracker::new() }
    }

    /// Starts a job; its first run is at once.
    pub fn start(&self, job: Arc<dyn Job>) {
        let runner = self.clone();
        self.tasks.spawn(async move {
            loop {
                runner.once(job.as_ref()).await;
                tokio::select! {
                    () = tokio::time::sleep(job.every()) => {}
                    () = runner.stop.cancelled() => return,
                }
            }
        });
    }

    /// Waits until every job has ended; a run that is under way is finished.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn once(&self, job: &dyn Job) {
        let at = self.clock.now();
        let ran = match self.may_run(job, at).await {
            Ok(true) => job.run(at).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = ran {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(job = job.name(), %error, cause, "a job did not come through and is tried again");
        }
    }

    async fn may_run(&self, job: &dyn Job, at: Moment) -> Result<bool, StoreError> {
        if !job.is_shared() {
            return Ok(true);
        }
        let until = at.plus_seconds(LEASE_SECONDS);
        self.store.take_lease(job.name(), &self.holder, at, until).await
    }
}
