//! What the watch over the filter looks at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;
use usher_activity::spool::{Spool, SpoolState};
use usher_jobs::watch::Traffic;
use usher_records::alert::Off;

/// Held by the gateway's listener as long as it runs: it may end by itself, or by a panic that nobody waits for.
#[derive(Debug)]
pub(crate) struct Listening(Arc<AtomicBool>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The running parts without which nothing goes through.
#[derive(Debug)]
pub(crate) struct Watched {
    spool: Spool,
    listening: Arc<AtomicBool>,
    stop: CancellationToken,
}

impl Watched {
    /// The parts to watch, and what the listener is to hold.
    pub(crate) fn new(spool: Spool, stop: CancellationToken) -> (Self, Listening) {
        let listening = Arc::new(AtomicBool::new(true));
        (Self { spool, listening: Arc::clone(&listening), stop }, Listening(listening))
    }
}

impl Traffic for Watched {
    fn off(&self) -> Option<Off> {
        // What is asked to stop is not broken, and its last sign says that it stopped.
        if self.stop.is_cancelled() {
            return None;
        }
        match self.spool.state() {
            SpoolState::Full => Some(Off::DiskFull),
            SpoolState::Broken | SpoolState::Stopping => Some(Off::DiskBroken),
            SpoolState::Open => (!self.listening.load(Ordering::Acquire)).then_some(Off::NotListening),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::SystemClock;

    #[tokio::test]
    async fn web_01_a_listener_or_a_spool_that_ended_is_noticed_and_a_stop_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, _) = Spool::open(folder.path(), Arc::new(SystemClock)).unwrap();
        let stop = CancellationToken::new();
        let (watched, listening) = Watched::new(spool.clone(), stop.clone());
        assert_eq!(watched.off(), None);
        let listener = tokio::spawn(async move {
            let _listening = listening;
            panic!("as a listener never should");
        });
        assert!(listener.await.is_err());
        assert_eq!(watched.off(), Some(Off::NotListening));
        spool.close().await;
        assert_eq!(watched.off(), Some(Off::DiskBroken));
        stop.cancel();
        assert_eq!(watched.off(), None);
    }
}
