//! From the books and the list sources to the snapshot in use, and back to any earlier one.
//!
//! Owns: the folder of list sources, compiled lists and other people's phrase lists; fetching lists over HTTP again and
//! again; compiling them, making a snapshot of what is in force, taking it into use as one pointer, and making an earlier
//! generation's snapshot again.
//! Does not: judge (`policy`), know list formats or the compiled form (`lists`), or keep records (`store`).
//!
//! A snapshot that cannot be made changes nothing: the one before stays in use.

pub mod artefacts;
pub mod compile;
pub mod feeds;
pub mod import;
pub mod phrases;
pub mod publisher;
pub mod sealed;
pub mod set_up;
pub mod sources;
