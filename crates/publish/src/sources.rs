//! The folder of list sources: each as it was last fetched, and as it was last compiled.
//!
//! ```text
//! sources/<id>/new.json  new.txt     fetched, and not compiled yet
//! sources/<id>/used.json used.txt    what the lists in force were compiled from
//! sources/<id>/held.json             the digest of what was fetched and last held
//! ```
//!
//! Entries are kept in normal form, one a line, so that two versions can be compared and read by anybody. A version is
//! there when its description is. Whoever writes holds `sources.lock` beside the folder: the server and the command line
//! do not get between each other's files.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use usher_lists::normal::Entries;
use usher_lists::source::{Source, SourceId, SourceInfo};
use usher_types::digest::Digest;

use crate::sealed;

const HELD: &str = "held.json";

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourcesFault {
    /// The disk refused.
    #[error("cannot use {path}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// A file in it is not what this program writes.
    #[error("{path} cannot be read: {what}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// It is a sealed list, which nobody takes away, cuts down or makes another.
    #[error("`{0}` is a sealed list: nobody can {1}")]
    Sealed(SourceId, &'static str),
    /// There is none, or not as it would have to be.
    #[error("there is no list `{0}` {1}")]
    NotThere(SourceId, &'static str),
    /// The work was broken off.
    #[error("it was broken off")]
    BrokenOff,
}

/// Which version of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Fetched and not compiled yet.
    New,
    /// In the lists in force.
    Used,
}

impl Version {
    const fn stem(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Used => "used",
        }
    }
}

/// The folder.
#[derive(Debug, Clone)]
pub struct Sources(PathBuf);

impl Sources {
    /// The sources in this folder, which need not be there yet.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Every source, by name.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds something that is not a source.
    pub fn ids(&self) -> Result<Vec<SourceId>, SourcesFault> {
        let id = |path: PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            SourceId::parse(&name)
                .map_err(|error| SourcesFault::Unreadable { path: path.clone(), what: error.to_string() })
        };
        let mut ids = entries(&self.0)?.into_iter().map(id).collect::<Result<Vec<_>, _>>()?;
        ids.sort();
        Ok(ids)
    }

    /// What is known of a version of a source, without its entries.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn info(&self, id: &SourceId, version: Version) -> Result<Option<SourceInfo>, SourcesFault> {
        json(&self.path(id, version, "json"))
    }

    /// A version of a source with its entries.
    ///
    /// # Errors
    /// As [`Sources::info`].
    pub fn read(&self, id: &SourceId, version: Version) -> Result<Option<Source>, SourcesFault> {
        let Some(info) = self.info(id, version)? else { return Ok(None) };
        let path = self.path(id, version, "txt");
        let file = File::open(&path).map_err(|source| disk(&path, source))?;
        let entries = Entries::read_text(BufReader::with_capacity(1 << 16, file))
            .map_err(|error| SourcesFault::Unreadable { path, what: error.to_string() })?;
        Ok(Some(Source { info, entries }))
    }

    /// Holds the folder against everybody else who writes in it, until the file is dropped. Waits for them.
    pub(crate) fn hold(&self) -> Result<File, SourcesFault> {
        let path = self.0.with_extension("lock");
        let held = fs::create_dir_all(&self.0).and_then(|()| File::create(&path)).and_then(|file| {
            file.lock()?;
            Ok(file)
        });
        held.map_err(|source| disk(&path, source))
    }

    /// Keeps a source as fetched. One that waited to be compiled is replaced.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, source: &Source) -> Result<(), SourcesFault> {
        self.put_while(source, || Ok(true)).map(drop)
    }

    /// The same, if something still holds while nobody else writes. False when it does not.
    pub(crate) fn put_while(
        &self,
        source: &Source,
        holds: impl FnOnce() -> Result<bool, SourcesFault>,
    ) -> Result<bool, SourcesFault> {
        let _held = self.hold()?;
        if !holds()? {
            return Ok(false);
        }
        let id = &source.info.origin.id;
        if let Some(before) = self.sealed(id)?
            && before.origin.category != source.info.origin.category
        {
            return Err(SourcesFault::Sealed(id.clone(), "make it a list of something else"));
        }
        let folder = self.0.join(id.as_str());
        fs::create_dir_all(&folder).map_err(|error| disk(&folder, error))?;
        let (text, info) = (self.path(id, Version::New, "txt"), self.path(id, Version::New, "json"));
        // The description goes first and comes last: it never stands beside entries that are not its own.
        gone(&info)?;
        whole(&text, |out| source.entries.write_text(out))?;
        whole(&info, |out| serde_json::to_writer(out, &source.info).map_err(io::Error::other))?;
        Ok(true)
    }

    /// Keeps which version was held, for whoever holds the folder.
    pub(crate) fn note_held(&self, id: &SourceId, digest: Digest) -> Result<(), SourcesFault> {
        let path = self.0.join(id.as_str()).join(HELD);
        whole(&path, |out| serde_json::to_writer(out, &digest).map_err(io::Error::other))
    }

    /// The version that was last held.
    pub(crate) fn noted_held(&self, id: &SourceId) -> Result<Option<Digest>, SourcesFault> {
        match json(&self.0.join(id.as_str()).join(HELD)) {
            // What cannot be read names no version: then the lists are compiled once more, and it is written again.
            Err(SourcesFault::Unreadable { .. }) => Ok(None),
            noted => noted,
        }
    }

    /// What waited is now what is in force.
    ///
    /// # Errors
    /// [`SourcesFault::NotThere`] when nothing waits.
    pub fn use_new(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let _held = self.hold()?;
        self.may_use_new(id)?;
        self.promote(id)
    }

    /// Whether [`Sources::use_new`] may be done.
    ///
    /// # Errors
    /// As it.
    pub(crate) fn may_use_new(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let Some(new) = self.info(id, Version::New)? else {
            return Err(SourcesFault::NotThere(id.clone(), "that waits"));
        };
        match self.sealed(id)? {
            Some(before) if sealed::is_cut_down(&before, &new) => {
                Err(SourcesFault::Sealed(id.clone(), "believe that it shrank so much"))
            }
            _ => Ok(()),
        }
    }

    /// [`Sources::use_new`] for whoever holds the folder.
    pub(crate) fn promote(&self, id: &SourceId) -> Result<(), SourcesFault> {
        if self.info(id, Version::New)?.is_none() {
            return Err(SourcesFault::NotThere(id.clone(), "that waits"));
        }
        let rename = |kind| {
            let (from, to) = (self.path(id, Version::New, kind), self.path(id, Version::Used, kind));
            fs::rename(&from, &to).map_err(|source| disk(&from, source))
        };
        if !self.is_half_promoted(id)? {
            rename("txt")?;
        }
        rename("json")
    }

    /// Finishes what was broken off between the two renames of a promotion.
    pub(crate) fn mend(&self, id: &SourceId) -> Result<(), SourcesFault> {
        if self.is_half_promoted(id)? { self.promote(id) } else { Ok(()) }
    }

    /// Only a promotion leaves a description without its entries.
    fn is_half_promoted(&self, id: &SourceId) -> Result<bool, SourcesFault> {
        let text = self.path(id, Version::New, "txt");
        let has_text = text.try_exists().map_err(|source| disk(&text, source))?;
        Ok(!has_text && self.info(id, Version::New)?.is_some())
    }

    /// Takes a source out of the lists: it is gone when they are compiled again.
    ///
    /// # Errors
    /// When it is not there, or the disk refuses.
    pub fn remove(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let _held = self.hold()?;
        let folder = self.0.join(id.as_str());
        if !folder.is_dir() {
            return Err(SourcesFault::NotThere(id.clone(), "to take out"));
        }
        if self.sealed(id)?.is_some() {
            return Err(SourcesFault::Sealed(id.clone(), "take it out"));
        }
        fs::remove_dir_all(&folder).map_err(|source| disk(&folder, source))
    }

    /// The source as it is used, or else as it waits, where it is a sealed list.
    fn sealed(&self, id: &SourceId) -> Result<Option<SourceInfo>, SourcesFault> {
        let info = match self.info(id, Version::Used)? {
            None => self.info(id, Version::New)?,
            used => used,
        };
        Ok(info.filter(|info| info.origin.category.is_sealed()))
    }

    fn path(&self, id: &SourceId, version: Version, kind: &str) -> PathBuf {
        self.0.join(id.as_str()).join(format!("{}.{kind}", version.stem()))
    }
}

/// What a file holds; none when it is not there.
pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, SourcesFault> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(disk(path, source)),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| SourcesFault::Unreadable { path: path.to_owned(), what: error.to_string() })
}

/// What lies in a folder; nothing when it is not there.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, SourcesFault> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(disk(folder, source)),
    };
    let paths: io::Result<Vec<PathBuf>> = listed.map(|entry| entry.map(|entry| entry.path())).collect();
    paths.map_err(|source| disk(folder, source))
}

/// Takes a file away. True when it was there.
pub(crate) fn gone(path: &Path) -> Result<bool, SourcesFault> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(disk(path, source)),
    }
}

/// Writes a file whole or not at all.
pub(crate) fn whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), SourcesFault> {
    let half = path.with_extension("part");
    let written = File::create(&half).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        write(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        fs::rename(&half, path)
    });
    written.map_err(|source| disk(path, source))
}

pub(crate) fn disk(path: &Path, source: io::Error) -> SourcesFault {
    SourcesFault::Disk { path: path.to_owned(), source }
}
