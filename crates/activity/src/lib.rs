//! Events at scale: taking them in without losing one, and answering questions of them.
//!
//! Owns: the [`spool`] (append-only segments on the local disk, group commit, recovery, verification) and the
//! [`question`]s asked of what it holds, and the [`replay`] of its requests with another policy.
//! Does not: decide what an event means, or drop one: when the disk takes no more, traffic stops.

pub mod question;
pub mod replay;
pub mod spool;
