//! From callers that block to a client that does not: one thread that drives the connections.

use std::time::Duration;

use clickhouse::error::Error;
use tokio::runtime::{Builder, Runtime};
use usher_activity::spool::SpoolFault;

/// A server that says nothing for so long is taken for gone. Questions of a year of a school take seconds.
pub(crate) const SILENCE: Duration = Duration::from_secs(120);

/// Waits for what is asked of the server.
#[derive(Debug)]
pub(crate) struct Bridge(Option<Runtime>);

impl Bridge {
    pub(crate) fn new() -> std::io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("clickhouse").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// Waits; not for longer than [`SILENCE`] where `work` is one step, so a step is what is to be given.
    pub(crate) fn wait<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, SpoolFault> {
        let Some(runtime) = &self.0 else { return Err(fault(doing, Error::TimedOut)) };
        let waited = runtime.handle().block_on(async { tokio::time::timeout(SILENCE, work).await });
        waited.unwrap_or(Err(Error::TimedOut)).map_err(|error| fault(doing, error))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // Dropped where an async caller drops it, it may not block.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn fault(doing: &'static str, error: Error) -> SpoolFault {
    SpoolFault::Server { doing, source: Box::new(error) }
}
