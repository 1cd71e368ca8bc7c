//! The keys that sign what Usher tells other services of a sign-in (RS256, RFC 7518, 3.3): RSA, because services take nothing else for
//! certain. A new one each year; the one before is still shown, so that nothing signed with it fails.
//!
//! Does not: know what is signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use usher_types::digest::Digest;
use usher_types::moment::Moment;
use zeroize::Zeroizing;

use crate::master::{MasterFault, MasterKey, write_private};

/// The keys, newest first, sealed under the master key.
const FILE: &str = "services.key.sealed";
/// What they are sealed as.
const NAME: &str = "usher services keys";
/// A key signs this long. What it signed is looked at within minutes; services ask for keys anew when they meet one they do not know.
const DAYS: i64 = 365;
/// Keys kept: the one that signs and the one before.
const KEPT: usize = 2;

/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenKeyFault {
    /// The file cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// It does not open under this server's master key.
    #[error("the keys for services do not open")]
    Sealed(#[from] MasterFault),
    /// It opens and holds no keys, or this machine cannot make or use one.
    #[error("a key for services cannot be {0}")]
    Key(&'static str),
}

/// A key as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What it is called in the head of what it signs.
    pub name: String,
    /// The modulus, most significant byte first.
    pub modulus: Vec<u8>,
    /// The exponent, likewise.
    pub exponent: Vec<u8>,
}

/// One key.
struct Key {
    since: Moment,
    der: Zeroizing<Vec<u8>>,
    pair: KeyPair,
}

/// The keys of this server, made when they are first asked for.
pub struct TokenKeys {
    file: PathBuf,
    kept: Mutex<Vec<Key>>,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeys").field("file", &self.file).finish_non_exhaustive()
    }
}

impl TokenKeys {
    /// The keys in this folder. Nothing is read yet.
    pub fn at(folder: &Path) -> Self {
        Self { file: folder.join(FILE), kept: Mutex::default() }
    }

    /// Signs; gives the key's name too. Making a key takes a second, once a year: call it where waiting is allowed.
    ///
    /// # Errors
    /// See [`TokenKeyFault`].
    pub fn sign(
        &self,
        master: &MasterKey,
        at: Moment,
        message: impl FnOnce(&str) -> Vec<u8>,
    ) -> Result<(Vec<u8>, Vec<u8>), TokenKeyFault> {
        self.with(master, at, |keys| {
            let key = keys.first().ok_or(TokenKeyFault::Key("found"))?;
            let message = message(&key.name());
            let mut signature = vec![0; key.pair.public_modulus_len()];
            key.pair
                .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature)
                .map_err(|_unspecified| TokenKeyFault::Key("used"))?;
            Ok((message, signature))
        })
    }

    /// Every key that something signed may still name, newest first.
    ///
    /// # Errors
    /// See [`TokenKeyFault`].
    pub fn public(&self, master: &MasterKey, at: Moment) -> Result<Vec<PublicKey>, TokenKeyFault> {
        self.with(master, at, |keys| Ok(keys.iter().map(Key::public).collect()))
    }

    /// Whether a signature is one of ours.
    ///
    /// # Errors
    /// See [`TokenKeyFault`].
    pub fn is_ours(
        &self,
        master: &MasterKey,
        at: Moment,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, TokenKeyFault> {
        let signed = |key: &Key| {
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key().as_ref());
            public.verify(message, signature).is_ok()
        };
        self.with(master, at, |keys| Ok(keys.iter().any(signed)))
    }

    fn with<T>(
        &self,
        master: &MasterKey,
        at: Moment,
        then: impl FnOnce(&[Key]) -> Result<T, TokenKeyFault>,
    ) -> Result<T, TokenKeyFault> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_empty() && self.file.exists() {
            let sealed = fs::read(&self.file).map_err(|source| self.fault(source))?;
            *kept = read(&master.open(NAME, &sealed)?)?;
        }
        let old = |key: &Key| key.since.plus_minutes(DAYS * 24 * 60) <= at;
        if kept.first().is_none_or(old) {
            let mut next = vec![Key::make(at)?];
            next.append(&mut kept);
            next.truncate(KEPT);
            self.write(&master.seal(NAME, &written(&next))?)?;
            *kept = next;
        }
        then(&kept)
    }

    /// Beside the old file, then in its place: keys are never lost half-way.
    fn write(&self, sealed: &[u8]) -> Result<(), TokenKeyFault> {
        let beside = self.file.with_extension("new");
        if beside.exists() {
            fs::remove_file(&beside).map_err(|source| self.fault(source))?;
        }
        write_private(&beside, sealed).map_err(|source| self.fault(source))?;
        fs::rename(&beside, &self.file).map_err(|source| self.fault(source))
    }

    fn fault(&self, source: std::io::Error) -> TokenKeyFault {
        TokenKeyFault::File { path: self.file.clone(), source }
    }
}

impl Key {
    fn make(at: Moment) -> Result<Self, TokenKeyFault> {
        let fault = |_unspecified| TokenKeyFault::Key("made");
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(fault)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(fault)?;
        Ok(Self { since: at, der: Zeroizing::new(der.as_ref().to_vec()), pair })
    }

    /// What its public half digests to: two keys never share a name.
    fn name(&self) -> String {
        Digest::of(self.pair.public_key().as_ref()).short()
    }

    fn public(&self) -> PublicKey {
        let public = self.pair.public_key();
        PublicKey {
            name: self.name(),
            modulus: public.modulus().big_endian_without_leading_zero().to_vec(),
            exponent: public.exponent().big_endian_without_leading_zero().to_vec(),
        }
    }
}

/// Since when, how long, the key; one after the other.
fn written(keys: &[Key]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    for key in keys {
        bytes.extend(key.since.unix_ms().to_le_bytes());
        bytes.extend(u32::try_from(key.der.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(key.der.iter());
    }
    bytes
}

fn read(mut bytes: &[u8]) -> Result<Vec<Key>, TokenKeyFault> {
    let odd = || TokenKeyFault::Key("read");
    let mut keys = Vec::new();
    while !bytes.is_empty() {
        let (since, rest) = bytes.split_first_chunk::<8>().ok_or_else(odd)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(odd)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_too_long| odd())?;
        let (der, rest) = rest.split_at_checked(length).ok_or_else(odd)?;
        let pair = KeyPair::from_pkcs8(der).map_err(|_rejected| odd())?;
        let since = Moment::from_unix_ms(i64::from_le_bytes(*since));
        keys.push(Key { since, der: Zeroizing::new(der.to_vec()), pair });
        bytes = rest;
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

    #[test]
    fn acc_15_keys_last_over_a_restart_are_sealed_and_turn_once_a_year_with_the_one_before_kept() {
        let folder = tempfile::tempdir().unwrap();
        let master = MasterKey::load_or_make(&folder.path().join("master.key")).unwrap();
        let keys = TokenKeys::at(folder.path());
        let head = |name: &str| format!("{name}.told").into_bytes();
        let (message, signature) = keys.sign(&master, NOW, head).unwrap();
        let first = keys.public(&master, NOW).unwrap();
        assert!(message.starts_with(first[0].name.as_bytes()) && first.len() == 1);
        assert_eq!((first[0].modulus.len(), first[0].exponent.as_slice()), (256, [1, 0, 1].as_slice()));

        let again = TokenKeys::at(folder.path());
        let later = NOW.plus_minutes(364 * 24 * 60);
        assert_eq!(again.public(&master, later).unwrap(), first);
        assert!(again.is_ours(&master, NOW, &message, &signature).unwrap());
        assert!(!again.is_ours(&master, NOW, b"other", &signature).unwrap());

        let year_on = NOW.plus_minutes(365 * 24 * 60);
        let second = again.public(&master, year_on).unwrap();
        assert_eq!((second.len(), &second[1]), (2, &first[0]));
        assert!(again.is_ours(&master, year_on, &message, &signature).unwrap(), "what was signed before");
        let third = again.public(&master, year_on.plus_minutes(365 * 24 * 60)).unwrap();
        assert_eq!((third.len(), &third[1]), (2, &second[0]));

        let other = MasterKey::load_or_make(&folder.path().join("other.key")).unwrap();
        let foreign = TokenKeys::at(folder.path()).public(&other, NOW);
        assert!(matches!(foreign, Err(TokenKeyFault::Sealed(_))), "{foreign:?}");
    }
}
