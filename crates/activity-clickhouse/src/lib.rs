//! The events of a trust's schools on a ClickHouse server.
//!
//! Owns: the tables and their migrations, and the engine over them: every row has its school, a batch that is handed in
//! twice counts once, and one that was cut off half-way does not count at all.
//! Does not: read a spool, or decide when something is sent; `jobs` does. Does not compare schools in words; `reports` does.
//!
//! Plain HTTP, and plain types only (numbers, texts, arrays of numbers): servers from version 18.16 on are served. Nothing
//! that came from outside is written into a query; the client binds it.

mod ask;
mod bridge;
pub mod compare;
mod keep;
mod line;
mod out;
pub mod place;
pub mod remote;
pub mod school;
mod tables;
mod take;
pub mod warehouse;
