//! The store of event files: who writes them, and when.
//!
//! Events come from spool segments that are closed, each stretch of a segment exactly once however often it is handed
//! in; the files of a day that is over become one; what is kept no longer, and who is erased, is taken out. Every step makes its files first and then commits one list
//! ([`crate::manifest`]): a step that breaks off leaves strays, which the next start removes, and nothing else.
//! Does not: answer questions; [`crate::files`] does, and may while this writes.

mod compact;
mod erase;
mod keep;
mod verify;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use usher_types::ids::SchoolId;
use usher_types::moment::Zone;

use crate::manifest::{Cover, FileEntry, MANIFEST, Manifest, State, sync_folder};
use crate::rollup::Counting;
use crate::spool::SpoolFault;
use crate::table::{Full, TableWriter};

pub use crate::manifest::Cover as Covered;
pub(crate) use compact::OWN;
pub use compact::{Compacted, Delivery, Frame};
pub use erase::{Erased, Is, TakenOut, Wanted, is_in_open_segment};
pub use keep::{KeepRules, Keeping, Kept};
pub use verify::{StoreVerdict, verify};

/// Held by the one process that writes.
const LOCK: &str = "lock";

/// The store, for the one who writes it.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    zone: Zone,
    manifest: Manifest,
    /// Files made since the last commit are numbered within it.
    made: u32,
    _held: File,
}

impl Store {
    /// Opens the store in a folder, making it if need be, and removes what a crash left of an unfinished step.
    ///
    /// # Errors
    /// When the folder cannot be used, another process writes there, or the list of files is damaged.
    pub fn open(folder: &Path, zone: Zone) -> Result<Self, SpoolFault> {
        fs::create_dir_all(folder).map_err(|source| SpoolFault::disk("make", folder, source))?;
        let path = folder.join(LOCK);
        let held = File::create(&path).map_err(|source| SpoolFault::disk("make", &path, source))?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolFault::Held { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(SpoolFault::disk("hold", &path, source)),
        }
        let manifest = Manifest::load(folder)?;
        let store = Self { folder: folder.to_owned(), zone, manifest, made: 0, _held: held };
        store.remove_strays()?;
        Ok(store)
    }

    /// Bytes and rows of all files: rows kept, whole events among them, bytes on the disk.
    pub fn size(&self) -> (u64, u64, u64) {
        self.manifest.files.iter().fold((0, 0, 0), |(rows, whole, bytes), file| {
            (rows + file.rows, whole + file.whole, bytes + file.bytes)
        })
    }

    /// What of a segment is in the store.
    pub(crate) fn stretches(&self, node: u32, segment: u64) -> Vec<std::ops::Range<u64>> {
        self.manifest.covered(node, segment)
    }

    /// Files that are there and in no list: of a step that did not end, or taken out by one that ended just before the
    /// power went.
    fn remove_strays(&self) -> Result<(), SpoolFault> {
        let fault = |source| SpoolFault::disk("read", &self.folder, source);
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let known = |file: &FileEntry| file.name == name || file.counts_name() == name;
            let ours = Path::new(name).extension().is_some_and(|end| end == "parquet" || end == "counts");
            if ours && !self.manifest.files.iter().any(known) {
                fs::remove_file(&path).map_err(|source| SpoolFault::disk("remove", &path, source))?;
            }
        }
        Ok(())
    }

    /// Writes rows, which come in their order, as a file of a day. None when there are none.
    fn write(
        &mut self,
        (school, day): (SchoolId, Date),
        covers: Vec<Cover>,
        rows: &mut dyn FnMut() -> Result<Option<Full>, SpoolFault>,
    ) -> Result<Option<FileEntry>, SpoolFault> {
        let name = format!("{day}-{school}-{:08}-{}.parquet", self.manifest.number + 1, self.made);
        self.made += 1;
        let path = self.folder.join(&name);
        let mut counting = Counting::new(&self.zone);
        let mut write = || {
            let mut writer = TableWriter::create(&path)?;
            while let Some(full) = rows()? {
                counting.add(&full.row);
                writer.push(full)?;
            }
            writer.finish()
        };
        let written = write().inspect_err(|_| discard(&path))?;
        if written.rows == 0 {
            discard(&path);
            return Ok(None);
        }
        let counts_path = self.folder.join(format!("{name}.counts"));
        let counts = counting.finish().write(&counts_path).inspect_err(|_| {
            discard(&path);
            discard(&counts_path);
        })?;
        Ok(Some(FileEntry {
            name,
            school,
            day,
            rows: written.rows,
            whole: written.whole,
            bytes: written.bytes,
            digest: written.digest,
            from: written.from,
            last: written.last,
            first_id: written.first_id,
            last_id: written.last_id,
            state: State::Whole,
            counts,
            covers,
        }))
    }

    /// Commits the list with these files in and those out, and then removes those.
    fn commit(
        &mut self,
        out: &[FileEntry],
        into: Vec<FileEntry>,
        covered: &[Cover],
    ) -> Result<(), SpoolFault> {
        let mut next = self.manifest.clone();
        next.files.retain(|file| !out.iter().any(|gone| gone.name == file.name));
        next.files.extend(into);
        next.covered.extend_from_slice(covered);
        sync_folder(&self.folder)?;
        next.commit(&self.folder)?;
        (self.manifest, self.made) = (next, 0);
        for file in out {
            discard(&self.folder.join(&file.name));
            discard(&self.folder.join(file.counts_name()));
        }
        Ok(())
    }
}

/// Removes a file that no list names. One that stays is removed at the next start.
fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a file that is not needed any more stays for now");
    }
}

/// How far back a store reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// The first day of which something is kept whole.
    pub whole: Option<Date>,
    /// The first day of which anything is kept.
    pub rows: Option<Date>,
}

/// How far back the store in a folder reaches, by its list.
///
/// # Errors
/// When the list is damaged, or the disk fails.
pub fn reach(folder: &Path) -> Result<Reach, SpoolFault> {
    let files = Manifest::load(folder)?.files;
    let whole = files.iter().filter(|file| file.whole > 0).map(|file| file.day).min();
    Ok(Reach { whole, rows: files.iter().map(|file| file.day).min() })
}

/// Whether a store was ever made in this folder.
pub fn is_there(folder: &Path) -> bool {
    folder.join(MANIFEST).exists()
}
