//! Everything that can be recorded, and the form it is recorded in.
//!
//! Owns: the numbered catalogue of events, their wire form, the columns of one, the hash chain over them, and the trait through which an
//! edge hands one in.
//! Does not: write a file, keep a queue, or decide what is worth recording: every request is.

pub mod catalogue;
pub mod chain;
pub mod event;
pub mod row;
pub mod sink;
pub mod wire;
