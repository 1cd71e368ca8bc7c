//! Lists of certificates that were taken back, from the folder `sites.revoked`: read at the start, and again every quarter
//! of an hour for as long as the server runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rustls::pki_types::CertificateRevocationListDer;
use tokio_util::sync::CancellationToken;
use usher_proxy::tls::client::SiteTls;
use usher_proxy::tls::revoked;
use usher_types::digest::Digest;

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
    taken: Digest,
}

impl Revoked {
    /// Reads the folder for the first time.
    ///
    /// # Errors
    /// When a list in it cannot be used: a server that starts without what it was given would trust too much.
    pub(crate) fn start(folder: &Path, site_tls: SiteTls) -> anyhow::Result<Self> {
        let mut this = Self { folder: folder.to_owned(), site_tls, taken: Digest::default() };
        let lists = read(folder).context("sites.revoked")?;
        this.take(lists)?;
        Ok(this)
    }

    /// Reads it again and again. What cannot be read leaves what was taken before.
    pub(crate) async fn keep(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(READ_EVERY) => {}
                () = stop.cancelled() => return,
            }
            let folder = self.folder.clone();
            let taken = match tokio::task::spawn_blocking(move || read(&folder)).await {
                Ok(Ok(lists)) => self.take(lists),
                Ok(Err(error)) => Err(error),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = taken {
                tracing::warn!(error = format!("{error:#}"), "sites.revoked stays as it was read before");
            }
        }
    }

    /// Sessions with sites are forgotten when lists change, so the same lists are not taken twice.
    fn take(&mut self, lists: Vec<CertificateRevocationListDer<'static>>) -> anyhow::Result<()> {
        let parts: Vec<Digest> = lists.iter().map(|list| Digest::of(list)).collect();
        let digest = Digest::of(parts.iter().map(Digest::to_string).collect::<String>().as_bytes());
        if digest != self.taken {
            tracing::info!(lists = lists.len(), "certificates that were taken back are known");
            self.site_tls.revoke(lists)?;
            self.taken = digest;
        }
        Ok(())
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
}
