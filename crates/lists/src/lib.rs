//! Category lists: which lists a page is on, and why.
//!
//! Owns: reading lists in other people's formats ([`mod@format`]), where they come from ([`source`], [`manifest`]), what of
//! them is held for a person ([`review`]), compiling them into one file ([`compile`]), searching that file
//! ([`artefact`], [`lookup`]), and what the school changes about the answer ([`overlay`], [`library`]).
//! Does not: fetch lists, keep files, or decide what a category means for anybody. The only thing it does outside
//! memory is map a compiled file ([`artefact::Artefact::open`]).
//!
//! ```text
//! lists in many formats -> format::read -> normal::Collector -> Entries ─┐
//! platforms, decisions ────────────────────────────────── review::Review ┼-> compile::Compiler -> file
//! a seed ────────────────────────────────────────────────────────────────┘                        │
//! school's edits -> overlay::Overlay ─┐                                                            │
//!                                     ├-> library::Library <- artefact::Artefact <-────────────────┘
//! categories ─────────────────────────┘        │
//!                                              └-> categories_of(host, path, query) -> CategorySet
//! ```

pub mod artefact;
mod bytes;
pub mod category;
pub mod compile;
pub mod format;
mod hash;
mod kebab;
mod layout;
pub mod library;
pub mod lookup;
pub mod manifest;
pub mod normal;
pub mod overlay;
pub mod pages;
pub mod patterns;
pub mod review;
pub mod source;
mod table;

#[cfg(test)]
mod proof;

pub use hash::Seed;
