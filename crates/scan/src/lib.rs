//! What bytes say.
//!
//! Owns: search words in addresses, themes of concern in words, folding of disguised spelling, and the score of a
//! page's content: decoding, charsets, taking pages apart, titles, phrases; what kind of file bytes are, what
//! archives hold, and the words of documents; which services can be asked to search safely, and how; which show
//! pages of others, and which page.
//! Does not: decide anything, keep a page's body, or wait for one: every function takes what is there and returns.

pub mod archive;
pub mod charset;
pub mod coding;
pub mod document;
pub mod features;
pub mod fold;
pub mod form;
mod html;
pub mod kind;
pub mod page;
pub mod personal;
pub mod phrase;
pub mod safe;
pub mod search;
pub mod sent;
pub mod stopwatch;
mod strings;
pub mod theme;
pub mod wrapper;
