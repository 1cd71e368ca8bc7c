//! Where time comes from. Only the edges hold a [`Clock`]; everything else takes a [`Moment`].

use crate::moment::Moment;

/// Tells the time. Implementations: the system's clock in the binary, a hand-set one in tests and the demonstration.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, in UTC. May go backwards when an administrator sets the clock; nothing may rely on it rising.
    fn now(&self) -> Moment;
}

/// A clock that stands still until it is moved. For tests and for playing a week in an hour.
#[derive(Debug, Default)]
pub struct HandClock(std::sync::atomic::AtomicI64);

impl HandClock {
    /// A clock that says `at`.
    pub const fn at(at: Moment) -> Self {
        Self(std::sync::atomic::AtomicI64::new(at.unix_ms()))
    }

    /// Moves the clock to `at`.
    pub fn set(&self, at: Moment) {
        self.0.store(at.unix_ms(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}
