//! Who sends a request: whoever is signed in at its address, or whoever its credentials belong to.

use std::sync::Arc;

use http::{HeaderMap, header};
use usher_policy::facts::{Circumstances, Subject};
use usher_policy::presence::{CredentialFault, Credentialed, Credentials};
use usher_types::SecretString;

use crate::case::Case;
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
    let field = headers.get(header::PROXY_AUTHORIZATION).filter(|_| connection.inside.is_none());
    let Some(field) = field else { return Ok(()) };
    let who = recording.facts.who();
    *who = Circumstances { subject: Arc::new(Subject::nobody()), lesson: None, ..who.clone() };
    let credentials = field.to_str().ok().and_then(basic).ok_or(CredentialFault::Wrong)?;
    let presences = &recording.gateway().parts.presences;
    let answer = match presences.with_credentials(connection.peer.ip(), credentials, recording.at()) {
        Credentialed::Known(answer) => answer,
        Credentialed::Checking(checking) => checking.await,
    };
    *recording.facts.who() = answer?;
    Ok(())
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
