//! Asking a scanner in another process, and waiting for one that is away: it may be starting, or reading its database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use usher_scan::features::{Malware, ScanFailure};

/// How long one that is away is waited for: clamd loads its database for 5 to 20 seconds when it starts again.
const AWAY: Duration = Duration::from_secs(20);
/// The first pause before it is tried again; each is twice as long as the one before, at most [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause before it is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How one attempt ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nobody is there, or the connection ended before an answer, or it said to come again.
    Away,
    /// The file cannot be read.
    Unreadable,
    /// What came is no answer.
    Odd,
}

/// Asks one scanner about so many files at once, each for so long.
#[derive(Debug)]
pub(crate) struct Asking {
    most: Duration,
    turns: Semaphore,
    /// Whether the last file found nobody there: then nobody is waited for.
    away: AtomicBool,
}

impl Asking {
    /// At most `at_once` files, each for at most `most`.
    pub(crate) fn new(at_once: usize, most: Duration) -> Self {
        Self { most, turns: Semaphore::new(at_once), away: AtomicBool::new(false) }
    }

    /// How long one file may take.
    pub(crate) const fn most(&self) -> Duration {
        self.most
    }

    /// Attempts until there is an answer, nobody has been there for too long, or the time of the file is over. `first` is
    /// done once, within that time.
    pub(crate) async fn ask<A>(&self, first: impl Future<Output = ()>, attempt: impl Fn() -> A) -> Malware
    where
        A: Future<Output = Result<Malware, Ended>>,
    {
        let until = Instant::now() + self.most;
        let Ok(turn) = timeout_at(until, self.turns.acquire()).await else {
            return Malware::Failed(ScanFailure::Slow);
        };
        let attempts = async {
            first.await;
            self.attempts(attempt).await
        };
        let malware = timeout_at(until, attempts).await.unwrap_or(Malware::Failed(ScanFailure::Slow));
        drop(turn);
        self.away.store(malware == Malware::Failed(ScanFailure::Down), Ordering::Relaxed);
        malware
    }

    async fn attempts<A>(&self, attempt: impl Fn() -> A) -> Malware
    where
        A: Future<Output = Result<Malware, Ended>>,
    {
        let mut patience = Patience::new(self.away.load(Ordering::Relaxed), self.most);
        loop {
            match attempt().await {
                Ok(malware) => return malware,
                Err(Ended::Odd | Ended::Unreadable) => return Malware::Failed(ScanFailure::Refused),
                Err(Ended::Away) if patience.wait().await => {}
                Err(Ended::Away) => return Malware::Failed(ScanFailure::Down),
            }
        }
    }
}

/// How much longer to try.
struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// Patience for one file that may take `most`. None where the last file found nobody already: then every download
    /// would wait for a scanner that is not coming back by itself.
    fn new(was_away: bool, most: Duration) -> Self {
        let patience = if was_away { Duration::ZERO } else { AWAY.min(most / 2) };
        Self { until: Instant::now() + patience, pause: FIRST_PAUSE }
    }

    /// Waits before another attempt, or says that there is none.
    async fn wait(&mut self) -> bool {
        if Instant::now() + self.pause > self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}
