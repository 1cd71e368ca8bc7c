//! What an engine for events does: it takes batches in, keeps events as long as they may be kept, and takes people out.
//! What it answers is [`Activity`](crate::question::Activity). The files of one school are one engine
//! ([`Store`]), a server for the schools of a trust is another; one suite of tests is run over both.

use std::ops::Range;

use usher_types::moment::Moment;

use crate::spool::SpoolFault;
use crate::store::{Delivery, KeepRules, Kept, Store, TakenOut, Wanted};

/// Takes events in and lets them go. Calls block; an async caller moves them off its runtime.
pub trait Engine: Send + std::fmt::Debug {
    /// What of a spool segment was taken in already, as stretches that do not meet.
    ///
    /// # Errors
    /// When the engine cannot be reached.
    fn covered(&self, node: u32, segment: u64) -> Result<Vec<Range<u64>>, SpoolFault>;

    /// Takes in what a node hands over, but what was taken in before; gives how many events that were. When this is done
    /// they are kept; when it fails, either all of them are or none.
    ///
    /// # Errors
    /// When the engine cannot be reached or has no room, or an event cannot be read. Handed in again, nothing counts twice.
    fn take(&mut self, delivery: &Delivery) -> Result<u64, SpoolFault>;

    /// Takes out what is kept no longer; see [`Store::keep`].
    ///
    /// # Errors
    /// When it breaks off; `done` has what was taken out before.
    fn keep(&mut self, rules: KeepRules<'_>, now: Moment, done: &mut Kept) -> Result<(), SpoolFault>;

    /// Takes a person out of what is kept; see [`Store::take_out`].
    ///
    /// # Errors
    /// When it breaks off; done again, it goes on.
    fn take_out(&mut self, wanted: &Wanted) -> Result<TakenOut, SpoolFault>;
}

/// An engine elsewhere, of which this server sends its events to: it may not be reachable when it is wanted.
pub trait Far: Send + Sync + std::fmt::Debug {
    /// Reaches it.
    ///
    /// # Errors
    /// When it does not answer.
    fn reach(&self) -> Result<Box<dyn Engine>, SpoolFault>;

    /// Tells it what the school is called and how many pupils it has.
    ///
    /// # Errors
    /// When it does not answer.
    fn tell(&self, name: &str, pupils: u32, at: Moment) -> Result<(), SpoolFault>;
}

impl Engine for Store {
    fn covered(&self, node: u32, segment: u64) -> Result<Vec<Range<u64>>, SpoolFault> {
        Ok(self.stretches(node, segment))
    }

    fn take(&mut self, delivery: &Delivery) -> Result<u64, SpoolFault> {
        Self::take(self, delivery)
    }

    fn keep(&mut self, rules: KeepRules<'_>, now: Moment, done: &mut Kept) -> Result<(), SpoolFault> {
        Self::keep(self, rules, now, done)
    }

    fn take_out(&mut self, wanted: &Wanted) -> Result<TakenOut, SpoolFault> {
        Self::take_out(self, wanted)
    }
}
