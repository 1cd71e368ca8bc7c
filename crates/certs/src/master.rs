//! The master key: what secrets are encrypted under when they lie on the disk.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use zeroize::Zeroizing;

/// AES-256 has a key of 32 bytes.
const KEY_BYTES: usize = 32;
/// The first byte of what [`MasterKey::seal`] makes, so that another cipher can follow one day.
const SEALED_VERSION: u8 = 1;

/// The key. Zeroed when dropped, never printed.
pub struct MasterKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

/// Why a secret cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MasterFault {
    /// The file cannot be read or written.
    #[error("cannot use the master key in {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a master key.
    #[error("{0} is not a master key: it has 32 bytes")]
    NotAKey(PathBuf),
    /// The machine has no randomness.
    #[error("the machine gives no random numbers")]
    NoRandomness,
    /// The secret was sealed under another key, or altered.
    #[error("a sealed secret does not open: it was altered, or sealed under another master key")]
    DoesNotOpen,
}

impl MasterKey {
    /// The key in this file, made on first use and readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be used or is not a key.
    pub fn load_or_make(path: &Path) -> Result<Self, MasterFault> {
        let fault = |source| MasterFault::File { path: path.to_owned(), source };
        match fs::read(path) {
            Ok(bytes) if bytes.len() == KEY_BYTES => Ok(Self(Zeroizing::new(bytes))),
            Ok(_) => Err(MasterFault::NotAKey(path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = Zeroizing::new(vec![0_u8; KEY_BYTES]);
                rand::fill(&mut bytes).map_err(|_unspecified| MasterFault::NoRandomness)?;
                write_private(path, &bytes).map_err(fault)?;
                Ok(Self(bytes))
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Encrypts a secret (AES-256-GCM). `what` names it and must be said again to open it.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn seal(&self, what: &str, secret: &[u8]) -> Result<Vec<u8>, MasterFault> {
        let mut text = secret.to_vec();
        let nonce = self
            .cipher()?
            .seal_in_place_append_tag(Aad::from(what.as_bytes()), &mut text)
            .map_err(|_unspecified| MasterFault::NoRandomness)?;
        Ok([&[SEALED_VERSION], nonce.as_ref().as_slice(), &text].concat())
    }

    /// Opens what [`MasterKey::seal`] made under the same name.
    ///
    /// # Errors
    /// When it was altered, or sealed under another key or name.
    pub fn open(&self, what: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, MasterFault> {
        let body = sealed.strip_prefix(&[SEALED_VERSION]).ok_or(MasterFault::DoesNotOpen)?;
        let (nonce, text) = body.split_first_chunk::<NONCE_LEN>().ok_or(MasterFault::DoesNotOpen)?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(what.as_bytes()), &mut text)
            .map_err(|_unspecified| MasterFault::DoesNotOpen)?
            .len();
        text.truncate(length);
        Ok(text)
    }

    /// A mark of these bytes that only this key makes (HMAC-SHA-256, under a key of its own derived for `what`).
    pub fn mark(&self, what: &str, bytes: &[u8]) -> [u8; 32] {
        let own = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), what.as_bytes());
        let mark = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()), bytes);
        let mut whole = [0; 32];
        whole.iter_mut().zip(mark.as_ref()).for_each(|(to, from)| *to = *from);
        whole
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, MasterFault> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).map_err(|_wrong_length| MasterFault::DoesNotOpen)
    }
}

/// Writes a file that only its owner can read; one that is there already is not touched.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let first = MasterKey::load_or_make(&path).unwrap();
        let again = MasterKey::load_or_make(&path).unwrap();
        let sealed = first.seal("a secret", b"rowan").unwrap();
        assert_eq!(again.open("a secret", &sealed).unwrap().as_slice(), b"rowan");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_mark_is_of_these_bytes_under_this_key_for_this_use() {
        let folder = tempfile::tempdir().unwrap();
        let key = MasterKey::load_or_make(&folder.path().join("a")).unwrap();
        let other = MasterKey::load_or_make(&folder.path().join("b")).unwrap();
        let mark = key.mark("certificate", b"7");
        assert_eq!(mark, key.mark("certificate", b"7"));
        for different in
            [key.mark("certificate", b"8"), key.mark("other", b"7"), other.mark("certificate", b"7")]
        {
            assert_ne!(mark, different);
        }
    }

    #[test]
    fn altered_renamed_or_foreign_secrets_do_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let key = MasterKey::load_or_make(&folder.path().join("a")).unwrap();
        let other = MasterKey::load_or_make(&folder.path().join("b")).unwrap();
        let sealed = key.seal("a secret", b"rowan").unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(key.open("a secret", &altered).is_err(), "byte {at}");
        }
        assert!(key.open("another", &sealed).is_err());
        assert!(other.open("a secret", &sealed).is_err());
        assert!(!sealed.windows(5).any(|window| window == b"rowan"));
    }
}
