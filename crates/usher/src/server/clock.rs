//! The clocks: the machine's, and one the demonstration can move forward.

use std::sync::atomic::{AtomicI64, Ordering};

use usher_types::clock::Clock;
use usher_types::moment::Moment;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge: everything else is given a Moment")]
    fn now(&self) -> Moment {
        Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond())
    }
}

/// The demonstration's clock: runs like the machine's, some way ahead or behind, and never goes back.
#[derive(Debug, Default)]
pub(crate) struct SchoolClock(AtomicI64);

impl SchoolClock {
    /// A clock that says `at` now.
    pub(crate) fn starting(at: Moment) -> Self {
        Self(AtomicI64::new(at.unix_ms() - SystemClock.now().unix_ms()))
    }

    /// Moves it forward to `at`, unless it is there already.
    pub(crate) fn forward_to(&self, at: Moment) {
        let ahead = at.unix_ms() - SystemClock.now().unix_ms();
        self.0.fetch_max(ahead, Ordering::SeqCst);
    }
}

impl Clock for SchoolClock {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(SystemClock.now().unix_ms().saturating_add(self.0.load(Ordering::SeqCst)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schools_clock_runs_on_and_only_forward() {
        let monday = Moment::from_unix_ms(1_795_428_900_000);
        let clock = SchoolClock::starting(monday);
        assert!(clock.now() >= monday && clock.now().seconds_since(monday) < 60);
        clock.forward_to(monday.plus_minutes(90));
        assert!(clock.now() >= monday.plus_minutes(90));
        clock.forward_to(monday);
        assert!(clock.now() >= monday.plus_minutes(90));
    }
}
