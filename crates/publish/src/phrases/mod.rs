//! Phrase lists of others: kept in the data folder, and made into the book that pages are read with.
//!
//! ```text
//! phrases/<id>/now.json      what is used when the lists are compiled next
//! phrases/<id>/before.json   what was there before the last import or removal: `undo` changes the two round
//! ```
//!
//! Owns: those files, and the blob that names what is in force. Does not: read foreign forms ([`import`] has that done),
//! or say what a phrase means.

pub mod import;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use usher_lists::source::SourceId;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own::OwnFault;
use usher_scan::phrase::{PhraseList, own};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::sources::{Sources, SourcesFault, disk, entries, gone, json, whole};

const NOW: &str = "now.json";
const BEFORE: &str = "before.json";
const NEXT: &str = "next.json";
const ASIDE: &str = "aside.json";

/// What was in phrase lists and what became of it. Phrases, unless it says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Files read.
    pub files: usize,
    /// Files that were not read, by why.
    pub files_left_out: BTreeMap<String, usize>,
    /// Phrases used.
    pub phrases: usize,
    /// The same by subject.
    pub subjects: BTreeMap<String, usize>,
    /// Phrases the mapping leaves out, by why.
    pub left_out: BTreeMap<String, usize>,
    /// Phrases of subjects the mapping does not know, by subject.
    pub unknown: BTreeMap<String, usize>,
    /// Phrases that say the same as another of these lists.
    pub repeated: usize,
    /// Phrases too short, too long or without a letter.
    pub unusable: usize,
    /// Lines that could not be read, by why.
    pub bad_lines: BTreeMap<String, usize>,
    /// Lines that keep a list to times of day: the policy has times of its own.
    pub time_limits: usize,
    /// Lines that take in another file: each file is read for itself.
    pub includes: usize,
    /// Files with lines in another charset than UTF-8, by the charset that was guessed.
    pub charsets: BTreeMap<String, usize>,
}

/// What is known of imported phrase lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseInfo {
    /// A short name.
    pub id: SourceId,
    /// What people call them.
    pub title: String,
    /// Their licence, an SPDX expression.
    pub licence: String,
    /// Who is to be named.
    pub credit: String,
    /// Where they are from.
    pub address: String,
    /// When they were read.
    pub imported_at: Moment,
    /// The digest of the files and of the mapping.
    pub digest: Digest,
    /// What was in them.
    pub counts: Counts,
}

/// Imported phrase lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseSource {
    /// What is known of them.
    pub info: PhraseInfo,
    /// The lists, one a file.
    pub lists: Vec<PhraseList>,
}

/// The folder. Whoever writes in it holds the folder of sources.
#[derive(Debug, Clone)]
pub struct PhraseFolder(PathBuf, Sources);

impl PhraseFolder {
    /// The phrase lists in this folder, which need not be there yet, beside these sources.
    pub const fn at(folder: PathBuf, sources: Sources) -> Self {
        Self(folder, sources)
    }

    /// Everything imported that is to be used, by name.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds something else.
    pub fn all(&self) -> Result<Vec<PhraseSource>, SourcesFault> {
        let mut found = Vec::new();
        for folder in entries(&self.0)? {
            found.extend(json(&folder.join(NOW))?);
        }
        found.sort_by(|one: &PhraseSource, other| one.info.id.cmp(&other.info.id));
        Ok(found)
    }

    /// Keeps imported lists; what was there under the name before can be had back.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, source: &PhraseSource) -> Result<(), SourcesFault> {
        let _held = self.1.hold()?;
        let folder = self.0.join(source.info.id.as_str());
        fs::create_dir_all(&folder).map_err(|error| disk(&folder, error))?;
        whole(&folder.join(NEXT), |out| serde_json::to_writer(out, source).map_err(io::Error::other))?;
        if folder.join(NOW).is_file() {
            set_aside(&folder)?;
            rename(&folder, ASIDE, BEFORE)?;
        }
        rename(&folder, NEXT, NOW)
    }

    /// Takes imported lists out. They can be had back.
    ///
    /// # Errors
    /// [`SourcesFault::NotThere`]; when the disk refuses.
    pub fn remove(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let _held = self.1.hold()?;
        let folder = self.0.join(id.as_str());
        if !folder.join(NOW).is_file() {
            return Err(SourcesFault::NotThere(id.clone(), "of phrases"));
        }
        rename(&folder, NOW, BEFORE)
    }

    /// Takes the last import or removal back; done twice, it changes nothing.
    ///
    /// # Errors
    /// [`SourcesFault::NotThere`] when there is nothing to go back to; when the disk refuses.
    pub fn undo(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let _held = self.1.hold()?;
        let folder = self.0.join(id.as_str());
        match (folder.join(NOW).is_file(), folder.join(BEFORE).is_file()) {
            (_, false) => Err(SourcesFault::NotThere(id.clone(), "of phrases to go back to")),
            (false, true) => rename(&folder, BEFORE, NOW),
            (true, true) => {
                set_aside(&folder)?;
                rename(&folder, BEFORE, NOW)?;
                rename(&folder, ASIDE, BEFORE)
            }
        }
    }
}

/// Gives what is used a second name: it is never away, so it has two before it loses one.
fn set_aside(folder: &Path) -> Result<(), SourcesFault> {
    let (now, aside) = (folder.join(NOW), folder.join(ASIDE));
    gone(&aside)?;
    fs::hard_link(&now, &aside).map_err(|error| disk(&aside, error))
}

fn rename(folder: &Path, from: &str, to: &str) -> Result<(), SourcesFault> {
    let from = folder.join(from);
    fs::rename(&from, folder.join(to)).map_err(|source| disk(&from, source))
}

/// The bytes that name what is imported: the lists alone, so that importing the same again changes nothing. None when
/// nothing is imported.
///
/// # Errors
/// When the folder cannot be read.
pub fn bytes(folder: &PhraseFolder) -> Result<Option<Vec<u8>>, SourcesFault> {
    let lists: Vec<PhraseList> = folder.all()?.into_iter().flat_map(|source| source.lists).collect();
    Ok((!lists.is_empty()).then(|| serde_json::to_vec(&lists).unwrap_or_default()))
}

/// A book of phrases cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BookFault {
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// The imported lists are not kept any more.
    #[error("the imported phrase lists {0} are not kept any more")]
    Gone(Digest),
    /// They cannot be read.
    #[error("the imported phrase lists {0} cannot be read")]
    Unreadable(Digest),
    /// The product's own lists cannot be read.
    #[error("the product's own phrase lists cannot be read")]
    Own(#[from] OwnFault),
    /// The work was broken off.
    #[error("making the book of phrases was broken off")]
    BrokenOff,
}

/// The book of the product's own phrases and of those imported. Made beside everything else: nobody waits for it but
/// whoever asks.
///
/// # Errors
/// See [`BookFault`].
pub async fn book(books: &Books, imported: Option<Digest>) -> Result<Arc<PhraseBook>, BookFault> {
    let bytes = match imported {
        Some(digest) => {
            let kept = books.store().blob(books.school(), digest).await?;
            Some((digest, kept.ok_or(BookFault::Gone(digest))?))
        }
        None => None,
    };
    let work = tokio::task::spawn_blocking(move || {
        // Ours come first: a phrase in both is about what we say it is about, with the greater weight.
        let mut lists = own::built_in()?;
        if let Some((digest, bytes)) = bytes {
            let imported: Vec<PhraseList> =
                serde_json::from_slice(&bytes).map_err(|_other| BookFault::Unreadable(digest))?;
            lists.extend(imported);
        }
        Ok(Arc::new(PhraseBook::compile(&lists)))
    });
    work.await.map_err(|_broken| BookFault::BrokenOff)?
}
