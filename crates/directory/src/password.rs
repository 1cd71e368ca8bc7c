//! Hashing and checking passwords: argon2id (RFC 9106), off the async threads, few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use usher_types::{ExposeSecret, SecretString};

/// How much work one hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes, one lane: the OWASP minimum for argon2id; about 50 ms here.
    Ordinary,
    /// As little as the algorithm takes: for the demonstration's hundreds of made-up pupils, and for tests.
    Demonstration,
}

/// Hashes at a time. Each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    room: Arc<Semaphore>,
    /// The hash of nothing anybody knows, checked when there is no account, so that the answer takes as long.
    decoy: Arc<str>,
}

/// A password could not be hashed or checked: the machine is out of memory or randomness.
#[derive(Debug, thiserror::Error)]
#[error("passwords cannot be checked now: {0}")]
pub struct PasswordFault(String);

impl Passwords {
    /// Hashing of this cost.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new(cost: Cost) -> Result<Self, PasswordFault> {
        let fault = |what: &dyn std::fmt::Display| PasswordFault(what.to_string());
        let params = match cost {
            Cost::Ordinary => Params::default(),
            Cost::Demonstration => {
                Params::new(Params::MIN_M_COST, 1, 1, None).map_err(|error| fault(&error))?
            }
        };
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut nothing = [0_u8; 32];
        getrandom::fill(&mut nothing).map_err(|error| fault(&error))?;
        let decoy = argon2.hash_password(&nothing).map_err(|error| fault(&error))?.to_string();
        Ok(Self { argon2, room: Arc::new(Semaphore::new(AT_ONCE)), decoy: decoy.into() })
    }

    /// The hash of a password, in PHC form. Blocks for as long as it takes.
    ///
    /// # Errors
    /// When the machine is out of memory or randomness.
    pub fn hash_now(&self, password: &str) -> Result<String, PasswordFault> {
        let hash = self.argon2.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| PasswordFault(error.to_string()))
    }

    /// The hash of a password, in PHC form.
    ///
    /// # Errors
    /// When the machine is out of memory or randomness.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordFault> {
        let this = self.clone();
        self.apart(move || this.hash_now(password.expose_secret())).await?
    }

    /// Whether a password has this hash. No hash takes as long to check as a wrong one.
    ///
    /// # Errors
    /// When the machine is out of memory.
    pub async fn check(&self, password: SecretString, hash: Option<String>) -> Result<bool, PasswordFault> {
        let (argon2, decoy) = (self.argon2.clone(), Arc::clone(&self.decoy));
        self.apart(move || {
            let right = |hash: &str| {
                PasswordHash::new(hash).is_ok_and(|hash| {
                    argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
                })
            };
            let known = hash.is_some();
            right(hash.as_deref().unwrap_or(&decoy)) && known
        })
        .await
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordFault> {
        let room = Arc::clone(&self.room).acquire_owned().await;
        let room = room.map_err(|closed| PasswordFault(closed.to_string()))?;
        // The work goes on when nobody waits for it any more, and takes its room as long.
        let work = move || {
            let done = work();
            drop(room);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| PasswordFault(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[tokio::test]
    async fn acc_04_a_password_is_kept_as_a_salted_hash_and_checked() {
        let passwords = Passwords::new(Cost::Demonstration).unwrap();
        let hash = passwords.hash(secret("wet otter lamp")).await.unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("otter"));
        assert_ne!(hash, passwords.hash(secret("wet otter lamp")).await.unwrap(), "salted");
        assert!(passwords.check(secret("wet otter lamp"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.check(secret("wet otter lamb"), Some(hash)).await.unwrap());
        assert!(!passwords.check(secret("wet otter lamp"), None).await.unwrap());
        assert!(!passwords.check(secret("x"), Some("not a hash".into())).await.unwrap());
    }
}
