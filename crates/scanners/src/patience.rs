//! Waiting for a scanner in another process that is away: it may be starting, or reading its database.

use std::time::Duration;

use tokio::time::{Instant, sleep};

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

/// How much longer to try.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// Patience for one file that may take `most`. None where the last file found nobody already: then every download
    /// would wait for a scanner that is not coming back by itself.
    pub(crate) fn new(was_away: bool, most: Duration) -> Self {
        let patience = if was_away { Duration::ZERO } else { AWAY.min(most / 2) };
        Self { until: Instant::now() + patience, pause: FIRST_PAUSE }
    }

    /// Waits before another attempt, or says that there is none.
    pub(crate) async fn wait(&mut self) -> bool {
        if Instant::now() + self.pause > self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}
