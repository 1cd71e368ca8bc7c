//! Checking that nobody altered the files: each file's digest, and the chain of the lists.

use std::path::Path;

use usher_types::digest::Digest;

use crate::manifest::{FileEntry, MANIFEST, Manifest};
use crate::rollup::Rollup;
use crate::spool::SpoolFault;
use crate::table::digest;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreVerdict {
    /// Nothing was altered.
    Clean {
        /// Rows kept.
        rows: u64,
        /// Files they are in.
        files: u64,
        /// The chain's last link.
        link: Digest,
    },
    /// Something was altered.
    Altered {
        /// The files that are not as they were written, by name.
        files: Vec<String>,
    },
}

/// Checks every file of a store. Nothing needs to be held: what is taken out meanwhile is looked up anew.
///
/// # Errors
/// When the disk fails.
pub fn verify(folder: &Path) -> Result<StoreVerdict, SpoolFault> {
    let list = match Manifest::load(folder) {
        Err(SpoolFault::Damaged { .. }) => {
            return Ok(StoreVerdict::Altered { files: vec![MANIFEST.to_owned()] });
        }
        loaded => loaded?,
    };
    let mut altered = Vec::new();
    if !list.is_sound() {
        altered.push(MANIFEST.to_owned());
    }
    for file in &list.files {
        altered.extend(altered_of(folder, file));
    }
    if !altered.is_empty() {
        // A file that was merged into another meanwhile is not missing.
        let now = Manifest::load(folder)?;
        let is_known = |name: &String| {
            *name == MANIFEST
                || now.files.iter().any(|file| file.name == *name || file.counts_name() == *name)
        };
        altered.retain(is_known);
    }
    if altered.is_empty() {
        let files = u64::try_from(list.files.len()).unwrap_or(u64::MAX);
        let rows = list.files.iter().map(|file| file.rows).sum();
        Ok(StoreVerdict::Clean { rows, files, link: list.link })
    } else {
        Ok(StoreVerdict::Altered { files: altered })
    }
}

/// The files of an entry that are not as they were written, or are not there.
fn altered_of(folder: &Path, file: &FileEntry) -> Vec<String> {
    let mut altered = Vec::new();
    let as_written = digest(&folder.join(&file.name)).is_ok_and(|(found, _)| found == file.digest);
    if !as_written {
        altered.push(file.name.clone());
    }
    if Rollup::read(&folder.join(file.counts_name()), file.counts).is_err() {
        altered.push(file.counts_name());
    }
    altered
}
