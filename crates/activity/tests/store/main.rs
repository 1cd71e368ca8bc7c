//! The store of event files: the same answers as the spool's, whatever breaks off.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

mod asked;
mod contract;
mod crash;
mod engine;
mod kept;
mod play;
