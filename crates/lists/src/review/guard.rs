//! The guard against broken feeds: a source that has changed too much since last time is not believed.

use serde::{Deserialize, Serialize};

/// How much a source may change from one time to the next before a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeGuard {
    /// Most it may shrink, in per cent of its entries.
    pub most_shrink_percent: u32,
    /// Most it may grow, in per cent of its entries.
    pub most_growth_percent: u32,
}

impl Default for ChangeGuard {
    /// A fifth fewer is a feed cut short; twice as many is somebody's mistake.
    fn default() -> Self {
        Self { most_shrink_percent: 20, most_growth_percent: 100 }
    }
}

/// Why the entries of a source were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum TooMuchChange {
    /// Too many entries are gone.
    #[error("it shrank from {from} entries to {to}")]
    Shrank {
        /// Entries before.
        from: u64,
        /// Entries now.
        to: u64,
    },
    /// Too many entries are new.
    #[error("it grew from {from} entries to {to}")]
    Grew {
        /// Entries before.
        from: u64,
        /// Entries now.
        to: u64,
    },
}

impl ChangeGuard {
    /// Whether a source that had so many entries may now have so many. One that was empty may grow as it likes.
    ///
    /// # Errors
    /// When it changed by more than the guard lets pass.
    pub fn check(self, from: u64, to: u64) -> Result<(), TooMuchChange> {
        let share = |part: u64| u128::from(part) * 100;
        if share(from.saturating_sub(to)) > u128::from(from) * u128::from(self.most_shrink_percent) {
            return Err(TooMuchChange::Shrank { from, to });
        }
        if from > 0
            && share(to.saturating_sub(from)) > u128::from(from) * u128::from(self.most_growth_percent)
        {
            return Err(TooMuchChange::Grew { from, to });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_changes_too_much_is_not_believed() {
        let guard = ChangeGuard::default();
        assert_eq!(guard.check(0, 1_000_000), Ok(()));
        assert_eq!(guard.check(100, 80), Ok(()));
        assert_eq!(guard.check(100, 79), Err(TooMuchChange::Shrank { from: 100, to: 79 }));
        assert_eq!(guard.check(100, 200), Ok(()));
        assert_eq!(guard.check(100, 201), Err(TooMuchChange::Grew { from: 100, to: 201 }));
        assert_eq!(guard.check(100, 0).unwrap_err().to_string(), "it shrank from 100 entries to 0");
        assert_eq!(ChangeGuard { most_shrink_percent: 100, most_growth_percent: 0 }.check(5, 0), Ok(()));
    }
}
