//! Events at scale: taking them in without losing one, and answering questions of them.
//!
//! Owns: the [`spool`] (append-only segments on the local disk, group commit, recovery, verification); the [`store`] of
//! columnar files it flows into, with what is kept how long; the [`question`]s asked of both, and the [`replay`] of
//! requests with another policy.
//! The files are one engine; [`engine`] says what another has to do.
//! Does not: decide what an event means, or drop one: when the disk takes no more, traffic stops.

mod manifest;
mod readers;
mod rollup;
mod table;

pub mod access_log;
pub mod engine;
pub mod files;
pub mod filter;
pub mod person;
pub mod question;
pub mod replay;
pub mod shipping;
pub mod spool;
pub mod spooled;
pub mod store;
pub mod weekly;
