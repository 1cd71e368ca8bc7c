//! What unpacking may cost, counted while it happens.
//!
//! Owns: the counts and the reader that stops at them. Does not: know any format.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::time::Duration;

use super::{Limits, Stopped};
use crate::stopwatch::Stopwatch;

/// Below this much output a ratio says nothing: a short run of one letter is no bomb.
const RATIO_COUNTS_FROM_BYTES: u64 = 4 << 20;

/// The counts of one download.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    ratio: u64,
    time: Duration,
    watch: Stopwatch,
    unpacked: Cell<u64>,
    decoded: Cell<u64>,
    halted: Cell<Option<Stopped>>,
}

impl Budget {
    pub(super) fn new(limits: &Limits, watch: &Stopwatch) -> Self {
        Self {
            limit: limits.unpacked_bytes,
            ratio: u64::from(limits.ratio.max(1)),
            time: limits.time,
            watch: watch.clone(),
            unpacked: Cell::new(0),
            decoded: Cell::new(0),
            halted: Cell::new(None),
        }
    }

    /// Counts a member's bytes; false when the walk is over.
    pub(super) fn unpack(&self, bytes: usize) -> bool {
        self.unpacked.set(self.unpacked.get().saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX)));
        if self.unpacked.get() > self.limit {
            self.halt(Stopped::TooLarge);
        }
        self.halted.get().is_none()
    }

    /// Counts decoded bytes that no reader counts; false when the walk is over.
    pub(super) fn count_decoded(&self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.decode(bytes, 0, 1).is_ok()
    }

    /// Ends the walk when its time is over.
    pub(super) fn look_at_the_watch(&self) {
        if self.watch.passed() > self.time {
            self.halt(Stopped::TooLong);
        }
    }

    /// Ends the walk.
    pub(super) fn halt(&self, why: Stopped) {
        if self.halted.get().is_none() {
            self.halted.set(Some(why));
        }
    }

    pub(super) fn stopped(&self) -> Option<Stopped> {
        self.halted.get()
    }

    pub(super) fn unpacked_bytes(&self) -> u64 {
        self.unpacked.get()
    }

    /// A reader of decoded bytes that stops at the limits; `packed` is how many bytes they come from.
    pub(super) fn metered<R: Read>(self: &Rc<Self>, inner: R, packed: u64) -> Metered<R> {
        Metered { inner, budget: Rc::clone(self), packed: packed.max(1), produced: 0 }
    }

    fn decode(&self, bytes: u64, produced: u64, packed: u64) -> io::Result<()> {
        self.decoded.set(self.decoded.get().saturating_add(bytes));
        self.look_at_the_watch();
        if produced > RATIO_COUNTS_FROM_BYTES && produced / packed > self.ratio {
            self.halt(Stopped::Bomb(u32::try_from(produced / packed).unwrap_or(u32::MAX)));
        } else if self.decoded.get() > self.limit {
            self.halt(Stopped::TooLarge);
        }
        match self.halted.get() {
            Some(_) => Err(io::Error::other("unpacks to more than the limits allow")),
            None => Ok(()),
        }
    }
}

/// See [`Budget::metered`].
#[derive(Debug)]
pub(super) struct Metered<R> {
    inner: R,
    budget: Rc<Budget>,
    packed: u64,
    produced: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.produced = self.produced.saturating_add(bytes);
        self.budget.decode(bytes, self.produced, self.packed)?;
        Ok(read)
    }
}
