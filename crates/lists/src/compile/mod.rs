//! Compiling sources into one file that can be mapped and searched.
//!
//! Owns: merging, the review of weighty entries, the guard against broken feeds, and the writing.
//! Does not: fetch, keep, map or name files. Who wants a source's entries again next time, to compare or to audit, keeps
//! them with [`crate::normal::Entries::write_text`].
//!
//! **What an entry means.** A host is on a list when its name or any name above it is (`www.a.example` as given: it
//! says nothing of `a.example`). An address is on a list when that very address is. A page is on a list when an entry
//! of its site begins it (see [`crate::pages`]). What a host is on is the union of all that.
//!
//! **How.** Names come sorted so that a name stands before all below it. One pass over all sources merges them, gives
//! each name the union of its own lists and those of the names above it, and leaves out names whose answer is that of
//! the nearest name above. What is left goes into a hash table from name to set, in which the longest suffix found
//! answers for all. The names on the way to a longer one are there too, marked as going on, so that a reader who walks
//! a name from the right stops at the first suffix that leads nowhere: mostly after one look.
//!
//! The same sources, decisions and seed give the same bytes.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use usher_types::digest::{Digest, StreamHasher};

use crate::hash::Seed;
use crate::layout::{Header, NAME_BITS, PAGE_BYTES, SITE_BITS, SITE_BYTES};
use crate::normal::Difference;
use crate::review::{ChangeGuard, Held, Review, TooMuchChange};
use crate::source::{Source, SourceId, SourceInfo};
use crate::table::{self, Unlucky};

mod merge;
mod pages;
mod sets;

use merge::Merged;

/// Seeds tried before giving up. One fails with a chance of one in a million for six million names.
const MAX_SEEDS: usize = 8;

/// Why sources cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The writer failed.
    #[error("the compiled lists cannot be written")]
    Write(#[from] io::Error),
    /// Two sources have one name.
    #[error("the source `{0}` was given twice")]
    SourceTwice(SourceId),
    /// More sources than numbers for them.
    #[error("there are more than 65,535 lists")]
    TooManyLists,
    /// More different sets of lists than numbers for them.
    #[error("the lists overlap in more than 65,535 different ways")]
    TooManySets,
    /// More sites or text of page entries than numbers for them.
    #[error("there are too many entries for pages")]
    TooManyPages,
    /// No seed gave different hashes to different names: the seeds are not random.
    #[error("no seed tells all names apart")]
    NoSeed,
}

/// A source whose new entries were not taken; its earlier ones are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldSource {
    /// Which source.
    pub source: SourceId,
    /// How much it changed.
    pub why: TooMuchChange,
}

/// What changed in a source since the time before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// Which source.
    pub source: SourceId,
    /// Entries added and removed. For a held source, what would have been.
    pub difference: Difference,
}

/// What came of compiling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The digest that names the file.
    pub digest: Digest,
    /// Its lists, by number.
    pub lists: Vec<SourceInfo>,
    /// Entries without effect until a person decides.
    pub held: Vec<Held>,
    /// Sources whose earlier entries are used.
    pub held_sources: Vec<HeldSource>,
    /// What changed, for sources whose earlier version was given.
    pub changed: Vec<Changed>,
    /// How large it is.
    pub figures: Figures,
}

/// How large a compiled file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Different names and addresses over all sources, without those held or dropped.
    pub names: u64,
    /// Names and addresses in the table: those that say more than the names above them.
    pub stored: u64,
    /// Names in the table that only mark the way to longer ones.
    pub waymarks: u64,
    /// Different entries for pages.
    pub pages: u64,
    /// Different sets of lists.
    pub sets: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Takes sources and writes one compiled file.
#[derive(Debug, Default)]
pub struct Compiler {
    sources: Vec<Source>,
    guard: ChangeGuard,
    review: Review,
    held_sources: Vec<HeldSource>,
    changed: Vec<Changed>,
}

impl Compiler {
    /// A compiler with this review and this guard.
    pub fn new(review: Review, guard: ChangeGuard) -> Self {
        Self { review, guard, ..Self::default() }
    }

    /// Adds a source as it is: one that was never compiled before, or whose change a person accepted.
    pub fn add(&mut self, source: Source) {
        self.sources.push(source);
    }

    /// Adds a source, or its earlier version when it has changed more than the guard lets pass.
    pub fn add_changed(&mut self, source: Source, earlier: Source) {
        let id = source.info.origin.id.clone();
        let difference = source.entries.difference_from(&earlier.entries);
        self.changed.push(Changed { source: id.clone(), difference });
        match self.guard.check(earlier.entries.size().total(), source.entries.size().total()) {
            Ok(()) => self.sources.push(source),
            Err(why) => {
                self.held_sources.push(HeldSource { source: id, why });
                self.sources.push(earlier);
            }
        }
    }

    /// Compiles what was added. Lists are numbered in the order of the names of their sources.
    ///
    /// # Errors
    /// When the writer fails, a source is there twice, or something is too many for its number.
    pub fn write(mut self, seed: Seed, out: &mut impl Write) -> Result<Outcome, CompileError> {
        self.sources.sort_by(|one, other| one.info.origin.id.cmp(&other.info.origin.id));
        let ids = self.sources.iter().map(|source| &source.info.origin.id);
        if let Some((id, _)) = ids.clone().zip(ids.skip(1)).find(|(one, other)| one == other) {
            return Err(CompileError::SourceTwice(id.clone()));
        }
        if self.sources.len() > usize::from(u16::MAX) {
            return Err(CompileError::TooManyLists);
        }
        let mut seed = seed;
        for _ in 0..MAX_SEEDS {
            if let Ok(parts) = self.lay_out(seed)? {
                return self.write_parts(parts, out);
            }
            seed = seed.next();
        }
        Err(CompileError::NoSeed)
    }

    /// All sections under one seed; unlucky when it does not tell all names apart.
    fn lay_out(&self, seed: Seed) -> Result<Result<Parts, Unlucky>, CompileError> {
        let Merged { keys, mut sets, held, fates, names, waymarks, has_top_levels } =
            merge::merge(&self.sources, &self.review, seed)?;
        let stored = keys.len() as u64 - waymarks;
        let Ok((names_table, names_words)) = table::lay_out(keys, NAME_BITS) else { return Ok(Err(Unlucky)) };
        let pages = pages::index(&self.sources, &mut sets, seed)?;
        let Ok((sites_table, sites_words)) = table::lay_out(pages.keys, SITE_BITS) else {
            return Ok(Err(Unlucky));
        };
        let mut lists: Vec<SourceInfo> = self.sources.iter().map(|source| source.info.clone()).collect();
        for (list, fate) in lists.iter_mut().zip(fates) {
            list.counts.held = fate.held;
            list.counts.dropped = fate.dropped;
        }
        let described = serde_json::to_vec(&lists).map_err(io::Error::other)?;
        let sets_bytes = sets.to_bytes();
        let lengths = [
            names_words.len() as u64 * 8,
            sites_words.len() as u64 * 8,
            pages.site_records.len() as u64,
            pages.page_records.len() as u64,
            pages.text.len() as u64,
            sets_bytes.len() as u64,
            described.len() as u64,
        ];
        let header = Header::new(seed, has_top_levels, [names_table, sites_table], lengths);
        let figures = Figures {
            names,
            stored,
            waymarks,
            pages: (pages.page_records.len() / PAGE_BYTES) as u64,
            sets: sets.len() as u64,
            bytes: 0,
        };
        debug_assert_eq!(pages.site_records.len() % SITE_BYTES, 0);
        let rest = [pages.site_records, pages.page_records, pages.text, sets_bytes, described];
        Ok(Ok(Parts { header, words: [names_words, sites_words], rest, lists, held, figures }))
    }

    fn write_parts(self, parts: Parts, out: &mut impl Write) -> Result<Outcome, CompileError> {
        let mut hashing = Hashing { out, hasher: StreamHasher::default(), bytes: 0 };
        hashing.write_all(&parts.header.to_bytes())?;
        for words in &parts.words {
            table::write(words, &mut hashing)?;
        }
        for section in &parts.rest {
            hashing.write_all(section)?;
        }
        let Hashing { out, hasher, bytes } = hashing;
        let digest = hasher.finish();
        out.write_all(digest.as_bytes())?;
        out.flush()?;
        let figures = Figures { bytes: bytes + digest.as_bytes().len() as u64, ..parts.figures };
        let Self { held_sources, changed, .. } = self;
        Ok(Outcome { digest, lists: parts.lists, held: parts.held, held_sources, changed, figures })
    }
}

/// A compiled file before it is written.
struct Parts {
    header: Header,
    words: [Vec<u64>; 2],
    rest: [Vec<u8>; 5],
    lists: Vec<SourceInfo>,
    held: Vec<Held>,
    figures: Figures,
}

/// Passes bytes on and digests them.
struct Hashing<W> {
    out: W,
    hasher: StreamHasher,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
