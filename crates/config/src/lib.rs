//! How this server runs: one file, every key known, wrong ones named with their line.
//!
//! Owns: the file, its keys, their defaults and their reference page.
//! Does not: hold anything about the school itself. That is in the books, and the same on every server.

pub mod config;
pub mod file;
pub mod reference;
pub mod scanners;
