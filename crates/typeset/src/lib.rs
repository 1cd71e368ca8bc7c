//! Typst source, its files and fonts in; an accessible PDF out.
//!
//! Owns: Typst. It is alone in this leaf because it is heavy to build.
//! Does not: know what a report is, read a font from disk, or fetch a package. A document sees the files it is handed
//! and nothing else.

pub mod fault;
pub mod typesetter;

#[cfg(test)]
mod proof;
mod shown;
mod world;
