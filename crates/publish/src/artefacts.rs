//! The folder of compiled lists, each named by its digest and opened once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};

use usher_lists::artefact::{Artefact, OpenError, VerifyError};
use usher_types::digest::Digest;

/// Compiled lists cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtefactFault {
    /// The file is gone or broken.
    #[error("the compiled lists {digest} cannot be opened")]
    Open {
        /// Their digest.
        digest: Digest,
        /// What is wrong.
        #[source]
        source: OpenError,
    },
    /// A byte differs from what was written.
    #[error("the compiled lists {digest} were altered")]
    Altered {
        /// Their digest.
        digest: Digest,
        /// What is wrong.
        #[source]
        source: VerifyError,
    },
    /// The file is whole, and another than its name says.
    #[error("the compiled lists {digest} are others than their name says")]
    OtherFile {
        /// The digest asked for.
        digest: Digest,
    },
}

/// The folder, and what of it is open.
#[derive(Debug)]
pub struct Artefacts {
    folder: PathBuf,
    open: Mutex<HashMap<Digest, Weak<Artefact>>>,
}

impl Artefacts {
    /// The compiled lists in this folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder, open: Mutex::default() }
    }

    /// Where compiled lists with this digest lie.
    pub fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(format!("{digest}.lists"))
    }

    /// The folder.
    pub const fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Maps compiled lists. Each is read through and compared with its digest the first time, which takes about a
    /// second for six million names: for a thread that may block.
    ///
    /// # Errors
    /// When the file is gone, broken or another.
    pub fn open(&self, digest: Digest) -> Result<Arc<Artefact>, ArtefactFault> {
        let known = self.open.lock().ok().and_then(|open| open.get(&digest)?.upgrade());
        if let Some(artefact) = known {
            return Ok(artefact);
        }
        let artefact =
            Artefact::open(&self.path(digest)).map_err(|source| ArtefactFault::Open { digest, source })?;
        artefact.verify().map_err(|source| ArtefactFault::Altered { digest, source })?;
        if artefact.digest() != digest {
            return Err(ArtefactFault::OtherFile { digest });
        }
        let artefact = Arc::new(artefact);
        if let Ok(mut open) = self.open.lock() {
            open.retain(|_, earlier| earlier.strong_count() > 0);
            open.insert(digest, Arc::downgrade(&artefact));
        }
        Ok(artefact)
    }
}
