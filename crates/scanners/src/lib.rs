//! Looking for malware in a file that is held.
//!
//! Owns: the one question asked of every scanner, what a held file is, and the scanners: rules in this process, clamd,
//! anything that speaks ICAP, several of them together, and remembering what they said.
//! Does not: decide what happens when something is found or nobody could look. That is policy.

pub mod chain;
pub mod clamd;
pub mod held;
pub mod icap;
pub mod memory;
mod name;
mod patience;
pub mod rules;
pub mod settings;

use std::fmt::Debug;
use std::pin::Pin;

use usher_scan::features::Malware;

use held::Held;

/// The answer of a scanner, when it comes. It never fails: not having looked is an answer too.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Malware> + Send + 'a>>;

/// Whoever looks for malware.
pub trait Scanner: Debug + Send + Sync {
    /// Looks into a file.
    fn scan<'a>(&'a self, file: &'a Held) -> Answer<'a>;

    /// What it knows now, as a number that changes when it learns: what it said before may be out of date then.
    fn generation(&self) -> u64 {
        0
    }
}

/// Nobody looks: the school has no scanner. Every answer says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Scanner for Nobody {
    fn scan<'a>(&'a self, _file: &'a Held) -> Answer<'a> {
        Box::pin(std::future::ready(Malware::NotAsked))
    }
}
