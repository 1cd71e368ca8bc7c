//! Who sends a request: whoever is signed in at its address, or whoever its credentials belong to.

use std::net::IpAddr;

use http::{HeaderMap, header};
use usher_policy::facts::Circumstances;
use usher_policy::presence::{CredentialFault, Credentialed, Credentials};
use usher_types::SecretString;
use usher_types::moment::Moment;

use crate::gateway::Gateway;

/// The longest `Proxy-Authorization` that is read; passwords have at most 128 characters.
const LONGEST_BYTES: usize = 1_024;

/// Who sends a request. Credentials count over the address: a tool on a shared device says whose it is.
///
/// # Errors
/// When there are credentials and they do not help.
pub(crate) async fn who(
    gateway: &Gateway,
    address: IpAddr,
    headers: &HeaderMap,
    at: Moment,
) -> Result<Circumstances, CredentialFault> {
    let Some(field) = headers.get(header::PROXY_AUTHORIZATION) else { return Ok(gateway.who(address, at)) };
    let credentials = field.to_str().ok().and_then(basic).ok_or(CredentialFault::Wrong)?;
    match gateway.parts.presences.with_credentials(address, credentials, at) {
        Credentialed::Known(answer) => answer,
        Credentialed::Checking(checking) => checking.await,
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
