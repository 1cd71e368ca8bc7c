//! How long work has been going on. Time is an argument here as everywhere: whoever calls measures it.

use std::sync::Arc;
use std::time::Duration;

/// Tells how much time has passed since it was made.
#[derive(Clone)]
pub struct Stopwatch(Arc<dyn Fn() -> Duration + Send + Sync>);

impl std::fmt::Debug for Stopwatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stopwatch")
    }
}

impl Stopwatch {
    /// One that reads the time so.
    pub fn new(passed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(passed))
    }

    /// One that never runs: for work that its size bounds well enough.
    pub fn stopped() -> Self {
        Self::new(|| Duration::ZERO)
    }

    /// How much time has passed.
    pub fn passed(&self) -> Duration {
        (self.0)()
    }
}
