//! Lists of certificates that were taken back, from the folder `sites.revoked`: read at the start, and again every quarter
//! of an hour for as long as the server runs.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use async_trait::async_trait;
use rustls::pki_types::CertificateRevocationListDer;
use usher_jobs::runner::{Job, JobFault};
use usher_proxy::tls::client::SiteTls;
use usher_proxy::tls::revoked;
use usher_types::digest::{Digest, Hasher};
use usher_types::moment::Moment;

/// Authorities publish theirs anew every few hours to days; whoever fetches them into the folder does so no oftener.
const READ_EVERY: Duration = Duration::from_secs(15 * 60);
/// The most lists. There are some hundred authorities, each with a few.
const MOST_LISTS: usize = 1_000;
/// The most bytes of all together: the longest lists have some 10 MB.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// What files of lists are called.
const ENDINGS: [&str; 3] = ["crl", "pem", "der"];

/// The folder, and what was taken from it.
#[derive(Debug)]
pub(crate) struct Revoked {
    folder: PathBuf,
    site_tls: SiteTls,
    taken: Mutex<Digest>,
}

impl Revoked {
    /// Reads the folder for the first time.
    ///
    /// # Errors
    /// When a list in it cannot be used: a server that starts without what it was given would trust too much.
    pub(crate) fn start(folder: &Path, site_tls: SiteTls) -> anyhow::Result<Self> {
        let this = Self { folder: folder.to_owned(), site_tls, taken: Mutex::default() };
        let lists = read(folder).context("sites.revoked")?;
        this.take(lists)?;
        Ok(this)
    }

    /// Sessions with sites are forgotten when lists change, so the same lists are not taken twice.
    fn take(&self, lists: Vec<CertificateRevocationListDer<'static>>) -> anyhow::Result<()> {
        let digest = lists.iter().fold(Hasher::new(), |hasher, list| hasher.part(list)).finish();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if digest != *taken {
            tracing::info!(lists = lists.len(), "certificates that were taken back are known");
            self.site_tls.revoke(lists)?;
            *taken = digest;
        }
        Ok(())
    }
}

/// Reads it again and again. What cannot be read leaves what was taken before.
#[async_trait]
impl Job for Revoked {
    fn name(&self) -> &'static str {
        "revoked"
    }

    fn every(&self) -> Duration {
        READ_EVERY
    }

    /// Each server has its own folder.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, _at: Moment) -> Result<(), JobFault> {
        let folder = self.folder.clone();
        let taken = match tokio::task::spawn_blocking(move || read(&folder)).await {
            Ok(Ok(lists)) => self.take(lists),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(error.into()),
        };
        taken
            .map_err(|error| JobFault::Other(format!("sites.revoked stays as it was read before: {error:#}")))
    }
}

/// Every list in a folder, by the files' names.
fn read(folder: &Path) -> anyhow::Result<Vec<CertificateRevocationListDer<'static>>> {
    let unread = || format!("{} cannot be read", folder.display());
    let entries = std::fs::read_dir(folder).with_context(unread)?;
    let mut files: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().with_context(unread)?;
    let is_list = |file: &Path| {
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    };
    files.retain(|file| is_list(file));
    files.sort();
    ensure!(files.len() <= MOST_LISTS, "{} holds more than {MOST_LISTS} lists", folder.display());
    let mut left = MOST_BYTES;
    let mut lists = Vec::with_capacity(files.len());
    for file in files {
        let unread = || format!("{} cannot be read", file.display());
        let length = std::fs::metadata(&file).with_context(unread)?.len();
        left = left.checked_sub(length).with_context(|| {
            format!("the lists in {} are longer than {MOST_BYTES} bytes together", folder.display())
        })?;
        let bytes = std::fs::read(&file).with_context(unread)?;
        lists.push(revoked::read(&bytes).with_context(|| format!("{}", file.display()))?);
    }
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_used_stops_the_start_and_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let start = || Revoked::start(folder.path(), SiteTls::new(&[]).unwrap());
        assert!(start().is_ok(), "an empty folder takes nothing back");
        std::fs::write(folder.path().join("README.txt"), "not a list").unwrap();
        assert!(start().is_ok());
        std::fs::write(folder.path().join("broken.crl"), "not a list").unwrap();
        let fault = format!("{:#}", start().unwrap_err());
        assert!(fault.contains("sites.revoked") && fault.contains("broken.crl"), "{fault}");
        let gone = Revoked::start(&folder.path().join("gone"), SiteTls::new(&[]).unwrap());
        assert!(format!("{:#}", gone.unwrap_err()).contains("gone"));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_used_any_more_leaves_what_was_taken_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let revoked = Revoked::start(folder.path(), SiteTls::new(&[]).unwrap()).unwrap();
        let taken = *revoked.taken.lock().unwrap();
        let at = Moment::from_unix_ms(1_795_428_900_000);
        assert!(revoked.run(at).await.is_ok());
        std::fs::write(folder.path().join("broken.crl"), "not a list").unwrap();
        let fault = revoked.run(at).await.unwrap_err().to_string();
        assert!(fault.contains("stays as it was") && fault.contains("broken.crl"), "{fault}");
        assert_eq!(*revoked.taken.lock().unwrap(), taken);
    }
}
