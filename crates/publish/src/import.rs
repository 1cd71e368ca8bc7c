//! Reading lists from where somebody put them: a file, a squidGuard folder, or a whole collection by its manifest.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use usher_lists::category::Category;
use usher_lists::format::squidguard::{self, Folder, Usage};
use usher_lists::format::{self, Format, Reading, detect};
use usher_lists::manifest::{Layout, Manifest, Part};
use usher_lists::normal::{Collector, TooLarge};
use usher_lists::source::{NotASourceId, Origin, Source, SourceId};
use usher_types::digest::{Digest, StreamHasher};
use usher_types::moment::Moment;

/// How much of a file is looked at to find out what it is written in.
const SAMPLE_BYTES: u64 = 64 * 1024;

/// A list could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportFault {
    /// The disk refused.
    #[error("cannot read {path}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// Nobody can tell what it is written in.
    #[error("{0} is in no list format that is known; name it with --format")]
    UnknownFormat(PathBuf),
    /// It is no list any more: a page saying that it moved, an empty file.
    #[error("{0} holds no entry that can be read")]
    Empty(PathBuf),
    /// It has more entries than any honest list.
    #[error("{path}: {source}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Words.
        source: TooLarge,
    },
    /// A part of a collection cannot be named.
    #[error(transparent)]
    Name(#[from] NotASourceId),
}

/// What is said of a list that does not say it itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Its name.
    pub id: SourceId,
    /// What people call it.
    pub title: String,
    /// What its entries are about.
    pub category: Category,
    /// Its licence, an SPDX expression.
    pub licence: String,
    /// Who is to be named.
    pub credit: String,
    /// Where it is from.
    pub address: String,
    /// The day its keepers put on it.
    pub dated: Option<jiff::civil::Date>,
}

/// Reads a file. Without a format, it is found out by looking.
///
/// # Errors
/// When it cannot be read, or is no list.
pub fn file(path: &Path, about: About, format: Option<Format>, at: Moment) -> Result<Source, ImportFault> {
    let format = match format {
        Some(format) => format,
        None => {
            let mut sample = Vec::new();
            let opened = File::open(path).and_then(|file| file.take(SAMPLE_BYTES).read_to_end(&mut sample));
            opened.map_err(|source| disk(path, source))?;
            detect(&sample).ok_or_else(|| ImportFault::UnknownFormat(path.to_owned()))?
        }
    };
    let mut collector = Collector::default();
    let input = open(path)?;
    let reading = format::read(format, input, &mut |entry| collector.add(entry));
    let reading = reading.map_err(|source| disk(path, source))?;
    let read = Read { reading, usage: Usage::Black, digest: digest_of(&[path.to_owned()])?, format };
    source(path, about, collector, read, at)
}

/// Reads a squidGuard folder: `domains`, `urls`, `expressions`, `usage`.
///
/// # Errors
/// When it cannot be read, or holds no list.
pub fn squidguard_folder(path: &Path, about: About, at: Moment) -> Result<Source, ImportFault> {
    let part = |name: &str| {
        let path = path.join(name);
        if path.is_file() { open(&path).map(Some) } else { Ok(None) }
    };
    let folder = Folder {
        domains: part("domains")?,
        urls: part("urls")?,
        expressions: part("expressions")?,
        usage: part("usage")?,
    };
    let mut collector = Collector::default();
    let read = squidguard::read_folder(folder, &mut |entry| collector.add(entry));
    let (reading, usage) = read.map_err(|source| disk(path, source))?;
    let names = ["domains", "urls", "expressions", "usage"];
    let files: Vec<PathBuf> =
        names.iter().map(|name| path.join(name)).filter(|path| path.is_file()).collect();
    let read = Read { reading, usage, digest: digest_of(&files)?, format: Format::Domains };
    source(path, about, collector, read, at)
}

/// Reads a whole collection, part by part; each is handed on as soon as it is read. A part whose folder or file is not
/// there is passed over and named at the end.
///
/// # Errors
/// The first part that cannot be read; what `each` says.
pub fn collection<E: From<ImportFault>>(
    manifest: &Manifest,
    folder: &Path,
    at: Moment,
    each: &mut dyn FnMut(Source) -> Result<(), E>,
) -> Result<Vec<String>, E> {
    let mut missing = Vec::new();
    for part in &manifest.parts {
        let Some(category) = part.category.clone() else { continue };
        let path = folder.join(&part.from);
        if !path.exists() {
            missing.push(part.from.clone());
            continue;
        }
        let about = about(manifest, part, category)?;
        let source = match manifest.layout {
            Layout::SquidguardFolders => squidguard_folder(&path, about, at)?,
            Layout::Files => file(&path, about, manifest.format, at)?,
        };
        each(source)?;
    }
    Ok(missing)
}

fn about(manifest: &Manifest, part: &Part, category: Category) -> Result<About, ImportFault> {
    Ok(About {
        id: manifest.source_id(part)?,
        title: format!("{}: {}", manifest.title, part.from),
        category,
        licence: manifest.licence_of(part).to_owned(),
        credit: manifest.credit.clone(),
        address: manifest.origin.clone(),
        dated: None,
    })
}

/// What reading a list gave besides its entries.
struct Read {
    reading: Reading,
    usage: Usage,
    digest: Digest,
    format: Format,
}

fn source(
    path: &Path,
    about: About,
    collector: Collector,
    read: Read,
    at: Moment,
) -> Result<Source, ImportFault> {
    let too_large = |source| ImportFault::TooLarge { path: path.to_owned(), source };
    let entries = collector.finish().map_err(too_large)?;
    if entries.size().total() == 0 && read.reading.not_used.is_empty() {
        return Err(ImportFault::Empty(path.to_owned()));
    }
    let origin = Origin {
        id: about.id,
        title: about.title,
        category: about.category,
        usage: read.usage,
        licence: about.licence,
        credit: about.credit,
        address: about.address,
        dated: about.dated,
        fetched_at: at,
        digest: read.digest,
        format: read.format,
    };
    Ok(Source::new(origin, entries, read.reading))
}

fn digest_of(files: &[PathBuf]) -> Result<Digest, ImportFault> {
    let mut hasher = StreamHasher::default();
    for path in files {
        let mut file = File::open(path).map_err(|source| disk(path, source))?;
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut piece).map_err(|source| disk(path, source))?;
            if read == 0 {
                break;
            }
            hasher.update(piece.get(..read).unwrap_or_default());
        }
    }
    Ok(hasher.finish())
}

fn open(path: &Path) -> Result<BufReader<File>, ImportFault> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        let source = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(disk(path, source));
    }
    let file = File::open(path).map_err(|source| disk(path, source))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn disk(path: &Path, source: std::io::Error) -> ImportFault {
    ImportFault::Disk { path: path.to_owned(), source }
}
