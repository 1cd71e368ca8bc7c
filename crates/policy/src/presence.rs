//! Who is behind a network address: the question the gateway asks for every request, and must have answered at once.

use std::net::IpAddr;

use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::facts::Circumstances;

/// The session table as the gateway sees it. Never waits for anything.
pub trait Presences: Send + Sync {
    /// Who is at `address` now, and that they asked for something: the idle limit starts again.
    fn who(&self, address: IpAddr, at: Moment) -> Circumstances;

    /// Who these Basic credentials belong to, when they come from `address`. The answer may take a while the first
    /// time, because passwords are slow to check; implementations remember it for a short time.
    fn with_credentials(&self, address: IpAddr, credentials: Credentials, at: Moment) -> Credentialed;
}

/// A user name and password from a `Proxy-Authorization` header (RFC 7617).
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: usher_types::SecretString,
}

/// What became of credentials.
pub enum Credentialed {
    /// They are remembered, or refused, at once.
    Known(Result<Circumstances, CredentialFault>),
    /// They have to be checked; the future does it off the traffic path.
    Checking(std::pin::Pin<Box<dyn Future<Output = Result<Circumstances, CredentialFault>> + Send>>),
}

impl std::fmt::Debug for Credentialed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Known(answer) => f.debug_tuple("Known").field(answer).finish(),
            Self::Checking(_) => f.write_str("Checking"),
        }
    }
}

/// Why credentials do not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialFault {
    /// No such account, or the password is wrong. Which of the two is not said.
    #[error("user name or password is wrong")]
    Wrong,
    /// The account rests after too many tries.
    #[error("the account rests until {0}")]
    Resting(Moment),
    /// Signed in elsewhere, and the school allows one device at a time.
    #[error("signed in at another device")]
    Elsewhere,
    /// Accounts cannot be checked now.
    #[error("accounts cannot be checked now")]
    Unavailable,
}

/// Somebody whose circumstances changed (signed, sanctioned, moved class), so that the table must look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed(pub PersonId);
