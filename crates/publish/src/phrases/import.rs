//! Reading a folder of phrase lists, with a mapping of its subjects to ours.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use usher_lists::category::{Category, CategoryTable};
use usher_lists::source::{NotASourceId, SourceId};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::foreign::{self, Kind, LONGEST_LIST_BYTES, Reading};
use usher_scan::phrase::mapping::{CONTEXT, Mapping, Place};
use usher_scan::phrase::{Effect, PhraseList};
use usher_types::digest::{Digest, Hasher};
use usher_types::moment::Moment;

use super::{Counts, PhraseInfo, PhraseSource};

/// Files read of one folder. The largest public collection has 142; more is the wrong folder.
const MOST_FILES: usize = 2_000;
/// Folders within folders. Public collections have three.
const DEEPEST: usize = 8;
/// Bytes of all files. The largest public collection is 1 MB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Phrases of all files: ten times the largest public collection. Each takes memory in the running gateway.
const MOST_PHRASES: usize = 250_000;
/// Where e2guardian keeps its phrase lists beside its other lists.
const PHRASE_FOLDER: &str = "phraselists";

/// Phrase lists could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhraseFault {
    /// The disk refused.
    #[error("cannot read {path}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// More of something than any honest collection has.
    #[error("{path}: more than {most} {what}; is it the right folder?")]
    TooMuch {
        /// The folder.
        path: PathBuf,
        /// How many are read.
        most: u64,
        /// Of what.
        what: &'static str,
    },
    /// No phrase can be used.
    #[error("{path}: none of {files} files has a phrase that can be used{hint}")]
    Nothing {
        /// The folder.
        path: PathBuf,
        /// How many files there were.
        files: usize,
        /// What may help.
        hint: String,
    },
    /// The mapping sends phrases to a subject that does not exist.
    #[error("the mapping sends `{foreign}` to `{ours}`, which is no category")]
    UnknownCategory {
        /// Their name.
        foreign: String,
        /// Ours, as written.
        ours: String,
    },
    /// The mapping's name cannot be used.
    #[error(transparent)]
    Name(#[from] NotASourceId),
}

/// Reads the files under a folder. e2guardian's whole folder may be given: then only its phrase lists are read.
///
/// # Errors
/// See [`PhraseFault`]. A line or a subject nobody understands is counted and named, and stops nothing.
pub fn folder(
    path: &Path,
    mapping: &Mapping,
    categories: &CategoryTable,
    at: Moment,
) -> Result<PhraseSource, PhraseFault> {
    check(mapping, categories)?;
    let id = SourceId::parse(&mapping.id)?;
    let inside = path.join(PHRASE_FOLDER);
    let root = if inside.is_dir() { inside } else { path.to_owned() };
    let mut taking = Taking { mapping, counts: Counts::default(), lists: Vec::new() };
    let mut hasher = Hasher::new().part(format!("{mapping:?}").as_bytes());
    let mut bytes = 0;
    for file in files(&root)? {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
        let content = fs::read(&file).map_err(|source| disk(&file, source))?;
        bytes += u64::try_from(content.len()).unwrap_or(u64::MAX);
        if bytes > MOST_BYTES {
            return Err(too_much(path, MOST_BYTES, "bytes"));
        }
        hasher = hasher.part(name.as_bytes()).part(&content);
        taking.file(&name, &content);
        if taking.counts.phrases > MOST_PHRASES {
            return Err(too_much(path, MOST_PHRASES as u64, "phrases"));
        }
    }
    let Taking { mut counts, lists, .. } = taking;
    if counts.phrases == 0 {
        return Err(nothing(path, &counts));
    }
    let book = PhraseBook::compile(&lists);
    (counts.repeated, counts.unusable) = (book.repeated(), book.left_out().len());
    let Mapping { title, licence, credit, origin: address, .. } = mapping.clone();
    let digest: Digest = hasher.finish();
    let info = PhraseInfo { id, title, licence, credit, address, imported_at: at, digest, counts };
    Ok(PhraseSource { info, lists })
}

/// Every subject a mapping names must exist.
fn check(mapping: &Mapping, categories: &CategoryTable) -> Result<(), PhraseFault> {
    let exists = |ours: &str| {
        ours == CONTEXT
            || Category::parse(ours).is_ok_and(|category| categories.index_of(&category).is_some())
    };
    match mapping.place.iter().find(|(_, ours)| !exists(ours)) {
        Some((foreign, ours)) => {
            Err(PhraseFault::UnknownCategory { foreign: foreign.clone(), ours: ours.clone() })
        }
        None => Ok(()),
    }
}

/// What was taken so far.
struct Taking<'a> {
    mapping: &'a Mapping,
    counts: Counts,
    lists: Vec<PhraseList>,
}

impl Taking<'_> {
    fn file(&mut self, name: &str, content: &[u8]) {
        if let Some(why) = self.mapping.leaves_file(name) {
            add(&mut self.counts.files_left_out, why, 1);
            return;
        }
        self.counts.files += 1;
        // A list that does not say what it is about is known by its folder.
        let subject = name.rsplit('/').nth(1).unwrap_or(name);
        let Reading { list, includes, time_limits, charset, by_reason, .. } =
            foreign::read(subject, content, Kind::of_file(name));
        self.counts.includes += includes.len();
        self.counts.time_limits += time_limits;
        if let Some(charset) = charset {
            add(&mut self.counts.charsets, charset, 1);
        }
        for (why, lines) in by_reason {
            add(&mut self.counts.bad_lines, &why.to_string(), lines);
        }
        let source = format!("{}/{name}", self.mapping.id);
        let mut taken = PhraseList { source, phrases: Vec::new() };
        for mut phrase in list.phrases {
            match self.mapping.place(&phrase.category) {
                Place::Unknown => add(&mut self.counts.unknown, &phrase.category, 1),
                Place::Out(why) => add(&mut self.counts.left_out, why, 1),
                Place::To(_) if phrase.effect == Effect::Exception && !self.mapping.use_exceptions => {
                    add(&mut self.counts.left_out, "it would let a whole page through", 1);
                }
                Place::To(ours) => {
                    add(&mut self.counts.subjects, ours, 1);
                    ours.clone_into(&mut phrase.category);
                    taken.phrases.push(phrase);
                }
            }
        }
        self.counts.phrases += taken.phrases.len();
        if !taken.phrases.is_empty() {
            self.lists.push(taken);
        }
    }
}

fn add(counts: &mut BTreeMap<String, usize>, key: &str, more: usize) {
    *counts.entry(key.to_owned()).or_default() += more;
}

fn nothing(path: &Path, counts: &Counts) -> PhraseFault {
    let unknown: Vec<&str> = counts.unknown.keys().map(String::as_str).take(10).collect();
    let hint = match unknown.is_empty() {
        true => String::new(),
        false => format!("; the mapping does not know {}", unknown.join(", ")),
    };
    PhraseFault::Nothing { path: path.to_owned(), files: counts.files, hint }
}

/// Every file below a folder, in order. Links are not followed: they may lead anywhere.
fn files(root: &Path) -> Result<Vec<PathBuf>, PhraseFault> {
    let mut found = Vec::new();
    let mut left = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = left.pop() {
        for entry in fs::read_dir(&folder).map_err(|source| disk(&folder, source))? {
            let entry = entry.map_err(|source| disk(&folder, source))?;
            let kind = entry.file_type().map_err(|source| disk(&folder, source))?;
            if kind.is_dir() && depth < DEEPEST {
                left.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                let length = entry.metadata().map_or(u64::MAX, |metadata| metadata.len());
                if length > LONGEST_LIST_BYTES as u64 {
                    return Err(too_much(&entry.path(), LONGEST_LIST_BYTES as u64, "bytes"));
                }
                found.push(entry.path());
            }
            if found.len() > MOST_FILES {
                return Err(too_much(root, MOST_FILES as u64, "files"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn too_much(path: &Path, most: u64, what: &'static str) -> PhraseFault {
    PhraseFault::TooMuch { path: path.to_owned(), most, what }
}

fn disk(path: &Path, source: std::io::Error) -> PhraseFault {
    PhraseFault::Disk { path: path.to_owned(), source }
}
