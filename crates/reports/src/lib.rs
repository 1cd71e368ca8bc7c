//! Folds events and records into figures, tables, plots and documents.
//!
//! Owns: the weekly report, one person's activity, the registers of agreements, the one kind of plot, the documents that
//! are printed from them, the reading of other filters' logs into the same folds, and the writing of such logs.
//! Does not: ask for events, read a clock, make a PDF (`typeset` does), or judge who may see a report (`policy` does).
//!
//! A fold gives the same bytes for the same events, whatever order they come in.

pub mod access_log;
pub mod activity_sample;
pub mod agreements;
pub mod document;
pub mod evidence;
pub mod foreign;
pub mod ledger;
mod lots;
pub mod monitoring;
pub mod names;
pub mod overblock;
pub mod period;
pub mod person;
pub mod plot;
pub mod private_use;
pub mod quiet_searches;
pub mod replay;
pub mod trust;
pub mod weekly;

mod say;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod spoken;
