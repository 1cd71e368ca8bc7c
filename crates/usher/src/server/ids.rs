//! New ids: the moment and a number that never comes twice within it.

use std::sync::atomic::{AtomicU32, Ordering};

use usher_types::ids::{IdSource, compose};
use usher_types::moment::Moment;

/// Counts up from a random number, so that two servers of one school do not meet.
#[derive(Debug)]
pub(crate) struct Counted(AtomicU32);

impl Counted {
    /// A source of its own.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(AtomicU32::new(getrandom::u32()?)))
    }
}

impl IdSource for Counted {
    fn next(&self, at: Moment) -> u64 {
        compose(at, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_of_one_moment_differ() {
        let (ids, at) = (Counted::new().unwrap(), Moment::from_unix_ms(1_795_428_900_000));
        let made: BTreeSet<u64> = (0..10_000).map(|_| ids.next(at)).collect();
        assert_eq!(made.len(), 10_000);
    }
}
