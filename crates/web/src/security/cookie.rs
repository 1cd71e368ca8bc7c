//! The desk's cookie: a secret nobody can guess, kept by the browser; the books keep its digest.

use axum::http::{HeaderMap, HeaderValue, header};
use usher_types::digest::Digest;

/// Bytes of the secret.
const SECRET_BYTES: usize = 32;

/// The cookie of an encrypted desk. The prefix makes browsers refuse it from anywhere but this host over HTTPS.
const SECURE_NAME: &str = "__Host-usher";
/// The cookie of a desk on this machine alone, without encryption.
const PLAIN_NAME: &str = "usher";

/// A fresh secret, hexadecimal. None when the machine has no randomness.
pub fn new_secret() -> Option<String> {
    let mut bytes = [0_u8; SECRET_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the books keep of a secret.
pub fn digest(secret: &str) -> Digest {
    Digest::of(secret.as_bytes())
}

/// The secret in a request's cookies.
pub fn secret(headers: &HeaderMap, encrypted: bool) -> Option<&str> {
    let name = if encrypted { SECURE_NAME } else { PLAIN_NAME };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The `Set-Cookie` that keeps a secret until the browser closes, or with none that forgets it.
pub fn set(secret: Option<&str>, encrypted: bool) -> Option<HeaderValue> {
    let name = if encrypted { SECURE_NAME } else { PLAIN_NAME };
    let secure = if encrypted { "; Secure" } else { "" };
    let (value, ends) = secret.map_or(("", "; Max-Age=0"), |secret| (secret, ""));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{ends}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        let fresh = new_secret().unwrap();
        assert_eq!(fresh.len(), 64);
        for encrypted in [true, false] {
            let set = set(Some(&fresh), encrypted).unwrap();
            let line = set.to_str().unwrap();
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"));
            assert_eq!(line.contains("Secure"), encrypted);
            let pair = line.split(';').next().unwrap();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("other=1; {pair}").parse().unwrap());
            assert_eq!(secret(&headers, encrypted), Some(fresh.as_str()));
            assert_eq!(secret(&headers, !encrypted), None);
        }
    }
}
