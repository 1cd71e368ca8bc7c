//! Phrases on pages: what a list says, and finding tens of thousands of phrases in one pass over a page.
//!
//! Owns: the phrase and its effect, reading lists ([`foreign`], [`own`]), the compiled [`book::PhraseBook`], folding of
//! page text and the matching itself. Does not: take pages apart (`html`, `page`), choose a limit, or decide anything.

pub mod book;
mod disguise;
pub(crate) mod fold;
pub mod foreign;
mod index;
pub mod mapping;
pub mod own;
mod rarity;
pub mod scan;

use serde::{Deserialize, Serialize};

/// The longest part of a phrase, folded, in bytes. The longest of the public lists is 88; this much text is carried
/// from one piece of a page to the next.
pub const LONGEST_PART_BYTES: usize = 128;
/// The shortest part, folded, in bytes and without spaces: a single letter stands on every page.
pub const SHORTEST_PART_BYTES: usize = 2;
/// How often a phrase may count on one page. Once: a page that repeats a mild word five hundred times is a page about
/// that word, not five hundred times as bad; what makes a page bad is how many *different* things on it are.
pub const COUNTED_PER_PAGE: u32 = 1;

/// What finding a phrase does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Adds to the page's score; below zero for what speaks for a page.
    Weighted(i32),
    /// The page is refused whatever its score.
    Banned,
    /// The page is let through whatever its score.
    Exception,
}

/// A phrase: one text, or several that must all be on the page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phrase {
    /// The texts, as written. A space before or after is the edge of a word.
    pub parts: Vec<String>,
    /// Texts that make the phrase count for nothing when one of them is on the page.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What it does.
    pub effect: Effect,
    /// The category it speaks for, as its list names it.
    pub category: String,
}

/// The phrases of one list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PhraseList {
    /// Where it comes from: a file's name, or a name given to it.
    pub source: String,
    /// Its phrases.
    pub phrases: Vec<Phrase>,
}

/// A phrase's place in its book. Stable for as long as the book's digest is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhraseId(pub u32);

/// A text as pages and phrases are folded before they are compared, for people who wonder why a phrase was found or not.
pub fn folded(text: &str) -> Vec<u8> {
    fold::part(text)
}
