//! Who sends a request: whoever is signed in at its address, or whoever its credentials belong to.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, header};
use usher_policy::facts::{Circumstances, Subject};
use usher_policy::presence::{CredentialFault, Credentialed, Credentials};
use usher_types::SecretString;
use usher_types::moment::Moment;

use crate::case::Case;
use crate::gateway::Gateway;
use crate::record::Recording;
use crate::serve::Connection;

/// The longest `Proxy-Authorization` that is read; passwords have at most 128 characters.
const LONGEST_BYTES: usize = 1_024;

/// Puts whoever the credentials belong to in the place of whoever is at the address: a tool on a shared device says
/// whose it is. Until they are checked, and when they do not help, they are nobody's.
///
/// # Errors
/// When there are credentials and they do not help.
pub(crate) async fn sign_in<C: Case>(
    recording: &mut Recording<C>,
    connection: &Connection,
    headers: &HeaderMap,
) -> Result<(), CredentialFault> {
    if let Some(shown) = recording.shown.clone() {
        // The tunnel came with them.
        let answer = shown.who(recording.gateway(), recording.at()).await;
        *recording.facts.who() = shown.who_or_nobody(answer);
        return Ok(());
    }
    let field = headers.get(header::PROXY_AUTHORIZATION).filter(|_| connection.inside.is_none());
    let Some(field) = field else { return Ok(()) };
    let who = recording.facts.who();
    *who = nobody(who);
    let before = who.clone();
    let credentials = field.to_str().ok().and_then(basic).ok_or(CredentialFault::Wrong)?;
    let shown = Shown {
        address: connection.peer.ip(),
        credentials,
        known: Mutex::new(Known { who: before, refused: None }),
        asking: AtomicBool::new(false),
    };
    let who = shown.who(recording.gateway(), recording.at()).await?;
    *recording.facts.who() = who;
    recording.shown = Some(Arc::new(shown));
    Ok(())
}

fn nobody(who: &Circumstances) -> Circumstances {
    Circumstances { subject: Arc::new(Subject::nobody()), lesson: None, ..who.clone() }
}

/// Credentials that came with a request or a tunnel. They are asked about again as long as it is open: a closed account,
/// a sanction or a lesson counts in it as soon as whoever checks credentials, and remembers them for a minute, knows.
pub(crate) struct Shown {
    address: IpAddr,
    credentials: Credentials,
    known: Mutex<Known>,
    /// Whether an answer is under way that nobody waits for.
    asking: AtomicBool,
}

struct Known {
    who: Circumstances,
    /// Once refused, always: a password that was changed is not tried again and again.
    refused: Option<CredentialFault>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("address", &self.address).finish_non_exhaustive()
    }
}

type Checking = Pin<Box<dyn Future<Output = Result<Circumstances, CredentialFault>> + Send>>;

impl Shown {
    /// Whose they are now.
    ///
    /// # Errors
    /// When they do not help, or not any more.
    pub(crate) async fn who(&self, gateway: &Gateway, at: Moment) -> Result<Circumstances, CredentialFault> {
        if let Some(checking) = self.ask(gateway, at) {
            self.settle(checking.await);
        }
        self.last()
    }

    /// Whose they are, for streams that look every few seconds and cannot wait: nobody's when they do not help any more.
    pub(crate) fn who_lately(self: &Arc<Self>, gateway: &Gateway, at: Moment) -> Circumstances {
        if let Some(checking) = self.ask(gateway, at)
            && !self.asking.swap(true, Ordering::Relaxed)
        {
            let this = Arc::clone(self);
            tokio::spawn(async move {
                this.settle(checking.await);
                this.asking.store(false, Ordering::Relaxed);
            });
        }
        self.who_or_nobody(self.last())
    }

    /// Nobody, where they do not help.
    pub(crate) fn who_or_nobody(&self, answer: Result<Circumstances, CredentialFault>) -> Circumstances {
        answer.unwrap_or_else(|_refused| nobody(&self.known().who))
    }

    fn ask(&self, gateway: &Gateway, at: Moment) -> Option<Checking> {
        if self.known().refused.is_some() {
            return None;
        }
        match gateway.parts.presences.with_credentials(self.address, self.credentials.clone(), at) {
            Credentialed::Known(answer) => {
                self.settle(answer);
                None
            }
            Credentialed::Checking(checking) => Some(checking),
        }
    }

    fn settle(&self, answer: Result<Circumstances, CredentialFault>) {
        let mut known = self.known();
        match answer {
            Ok(who) => known.who = who,
            // What was open stays open while nobody can say.
            Err(CredentialFault::Unavailable) if known.who.subject.is_somebody() => {}
            Err(fault) => known.refused = Some(fault),
        }
    }

    /// Whose they were when somebody asked last.
    pub(crate) fn last(&self) -> Result<Circumstances, CredentialFault> {
        let known = self.known();
        known.refused.clone().map_or_else(|| Ok(known.who.clone()), Err)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads Basic credentials (RFC 7617).
fn basic(field: &str) -> Option<Credentials> {
    let (scheme, encoded) = field.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > LONGEST_BYTES {
        return None;
    }
    let decoded = String::from_utf8(base64(encoded.trim())?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some(Credentials { username: username.to_owned(), password: SecretString::from(password.to_owned()) })
}

/// Decodes base 64 (RFC 4648, 4), with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let mut bits: u32 = 0;
    let mut count = 0;
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ExposeSecret;

    #[test]
    fn basic_credentials_are_read_and_odd_ones_are_not() {
        let read = basic("Basic cHVwaWwueTQ6b3R0ZXI6bGFtcA==").unwrap();
        assert_eq!((read.username.as_str(), read.password.expose_secret()), ("pupil.y4", "otter:lamp"));
        assert_eq!(basic("basic w7w6w6k=").unwrap().username, "ü");
        for odd in ["", "Basic", "Bearer abc", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w=="] {
            assert!(basic(odd).is_none(), "{odd}");
        }
        assert!(basic(&format!("Basic {}", "A".repeat(2_000))).is_none());
    }
}
