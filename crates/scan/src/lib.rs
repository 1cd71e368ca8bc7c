//! What bytes say.
//!
//! Owns: search words in addresses, themes of concern in words, folding of disguised spelling, page titles.
//! Does not: decide anything, keep a page's body, or wait for one: every function takes what is there and returns.

pub mod features;
pub mod fold;
pub mod search;
pub mod theme;
pub mod title;
