//! A reading of short texts by a program: what a search or a form field is about, past the words of a list.
//!
//! Owns: what surrounds a phrase and makes it harmless (help, lessons, negation), the sentence model and its files, the
//! heads that say how near a sentence is to each theme, and the queue in front of the thread that runs it.
//! Does not: say what follows. A reading is a fact with a number; `policy::alarm` says what it is worth, and a person
//! says what is done.

pub mod context;
pub mod examples;
pub mod files;
pub mod heads;
pub mod judge;
pub mod model;
pub mod queue;
pub mod train;
