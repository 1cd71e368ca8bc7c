//! Drawing by chance: the place of each thing comes from its own id and a seed nobody chose, so that the same seed draws the same
//! in whatever order things come, and nobody can pick what is drawn or foresee it.

use std::collections::BTreeMap;

use usher_types::digest::{Digest, Hasher};
use usher_types::ids::EventId;

/// Events drawn so far.
#[derive(Debug)]
pub(crate) struct Lots<T> {
    seed: u64,
    most: usize,
    count: u64,
    kept: BTreeMap<Digest, T>,
}

impl<T> Lots<T> {
    /// Draws so many.
    pub(crate) const fn new(seed: u64, most: usize) -> Self {
        Self { seed, most, count: 0, kept: BTreeMap::new() }
    }

    /// Counts one more, and keeps it where its lot is among the lowest.
    pub(crate) fn add(&mut self, event: EventId, make: impl FnOnce() -> T) {
        self.count += 1;
        let place = Hasher::new().part(&self.seed.to_be_bytes()).part(&event.number().to_be_bytes()).finish();
        let last = self.kept.last_key_value().map(|(last, _)| *last);
        if self.kept.len() >= self.most && last.is_some_and(|last| last <= place) {
            return;
        }
        self.kept.insert(place, make());
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// How many there were, and those drawn.
    pub(crate) fn finish(self) -> (u64, impl Iterator<Item = T>) {
        (self.count, self.kept.into_values())
    }
}
