//! The data folder: what lies where in it, and who holds it.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The data folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

/// The folder is this server's until this is dropped, or the process ends however it ends.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "holding it is its use")] File);

impl DataFolder {
    /// The folder at `path`, made if need be, for nobody else to read.
    pub(crate) fn at(path: &Path) -> anyhow::Result<Self> {
        let fault = || format!("the data folder {} cannot be used", path.display());
        fs::create_dir_all(path).with_context(fault)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).with_context(fault)?;
        Ok(Self(path.to_owned()))
    }

    /// Holds the folder: two servers must not write one spool.
    pub(crate) fn hold(&self) -> anyhow::Result<Held> {
        let path = self.0.join("lock");
        let file = File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Held(file)),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another Usher is running on {}; stop it first", self.0.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    pub(crate) fn books(&self) -> PathBuf {
        self.0.join("books.sqlite")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    pub(crate) fn activity(&self) -> PathBuf {
        self.0.join("activity")
    }

    pub(crate) fn heartbeat(&self) -> PathBuf {
        self.0.join("heartbeat.json")
    }

    /// Where the sentence model is, once it was fetched.
    pub(crate) fn model(&self) -> PathBuf {
        self.0.join("model")
    }

    pub(crate) fn lists(&self) -> PathBuf {
        self.0.join("lists")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::at(&folder.path().join("usher")).unwrap();
        let held = data.hold().unwrap();
        assert!(data.hold().unwrap_err().to_string().contains("another Usher"));
        drop(held);
        assert!(data.hold().is_ok());
        let mode = fs::metadata(data.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
