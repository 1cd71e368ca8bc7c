//! Lists that are kept fresh: whoever fetches them is asked again and again what is due (FM-26).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// Fetches what is due, takes what is new into use, and tells of what is too old.
#[async_trait]
pub trait Refresh: std::fmt::Debug + Send + Sync {
    /// Does it once.
    async fn refresh(&self, at: Moment) -> Result<(), String>;
}

/// Keeps lists fresh.
#[derive(Debug)]
pub struct Feeds {
    /// Who does it.
    pub refresh: Arc<dyn Refresh>,
    /// A slow list must not hold up a server that stops.
    pub stop: CancellationToken,
}

#[async_trait]
impl Job for Feeds {
    fn name(&self) -> &'static str {
        "feeds"
    }

    fn every(&self) -> Duration {
        // What is due is due to the hour; this is how late it may be, and how late its age is told.
        Duration::from_secs(5 * 60)
    }

    /// Each server has its own folder of lists.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        tokio::select! {
            done = self.refresh.refresh(at) => done.map_err(JobFault::Other),
            () = self.stop.cancelled() => Ok(()),
        }
    }
}
