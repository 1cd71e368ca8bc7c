//! Web addresses as the policy judges them.
//!
//! The gateway sends on what the client wrote; it judges the [`WebAddress`], in which every spelling of one page is
//! the same: dot segments resolved, needless percent signs undone, default ports filled in, user information gone.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::host::Host;

/// Longest address read, in bytes. Browsers stop at about this; servers refuse far earlier (RFC 9110, 4.1: 8,000).
pub const MAX_ADDRESS_BYTES: usize = 65_536;

/// The schemes a school gateway carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Unencrypted.
    Http,
    /// Encrypted.
    Https,
}

impl Scheme {
    /// The port meant when none is written.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// As written before `://`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A web address in normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress {
    /// How it is fetched.
    pub scheme: Scheme,
    /// The host.
    pub host: Host,
    /// The port, written out or not.
    pub port: u16,
    /// The path, beginning with `/`; see [`normal_path`].
    pub path: String,
    /// What follows `?`, as written.
    pub query: Option<String>,
}

/// A text that is not a web address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a web address: {why}")]
pub struct NotAnAddress {
    text: String,
    why: String,
}

impl WebAddress {
    /// Reads an absolute `http`, `https`, `ws` or `wss` address the way browsers do. User information is dropped.
    ///
    /// # Errors
    /// When the text is no absolute address, too long, or of another scheme.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let refused =
            |why: &str| NotAnAddress { text: text.chars().take(120).collect(), why: why.to_owned() };
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(refused("it is too long"));
        }
        let parsed = url::Url::parse(text).map_err(|error| refused(&error.to_string()))?;
        let scheme = match parsed.scheme() {
            "http" | "ws" => Scheme::Http,
            "https" | "wss" => Scheme::Https,
            _ => return Err(refused("only http and https are web addresses")),
        };
        let host = parsed.host_str().ok_or_else(|| refused("it names no host"))?;
        let host = Host::parse(host).map_err(|error| refused(&error.to_string()))?;
        Ok(Self {
            scheme,
            host,
            port: parsed.port().unwrap_or(scheme.default_port()),
            path: normal_path(parsed.path()).into_owned(),
            query: parsed.query().map(str::to_owned),
        })
    }

    /// The value of one parameter of the query, decoded as a form (`+` is a space).
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref()?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Path and query, as a site is asked for them.
    pub fn path_and_query(&self) -> String {
        let query = self.query.as_ref().map_or_else(String::new, |query| format!("?{query}"));
        format!("{}{query}", self.path)
    }

    /// Scheme, host and port, as in a `Host` header or an `Origin`.
    pub fn origin(&self) -> String {
        if self.port == self.scheme.default_port() {
            format!("{}://{}", self.scheme.name(), self.host)
        } else {
            format!("{}://{}:{}", self.scheme.name(), self.host, self.port)
        }
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path_and_query())
    }
}

impl Serialize for WebAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WebAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// The path with every needless percent sign undone, hexadecimal digits in capitals, dot segments resolved and
/// doubled slashes made one (RFC 3986, 6.2.2). Already normal paths are not copied.
pub fn normal_path(path: &str) -> Cow<'_, str> {
    let plain = path.starts_with('/')
        && !path.contains('%')
        && !path.contains("//")
        && !path.contains("/.")
        && path.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if plain {
        return Cow::Borrowed(path);
    }
    let decoded = undo_needless_percent(path);
    Cow::Owned(resolve_segments(&decoded))
}

/// Whether a path as somebody wrote it goes up or stands still on its way (RFC 3986, 3.3), in any spelling that
/// [`normal_path`] resolves. Browsers resolve such segments themselves; programs may leave it to the server, and servers
/// differ.
pub fn has_dot_segments(path: &str) -> bool {
    (path.contains('.') || path.contains('%')) && undo_needless_percent(path).split('/').any(is_dot_segment)
}

/// Whether a path as somebody wrote it goes up or stands still behind a backslash, written out or as `%5C`, or behind `%2F`: a
/// slash to some servers and none to others, so that nobody can say which page it asks for.
pub fn hides_dot_segments(path: &str) -> bool {
    if !path.contains(['\\', '%']) {
        return false;
    }
    let path = undo_needless_percent(path).replace("%5C", "\\").replace("%2F", "\\");
    path.split('/').any(|part| part.contains('\\') && part.split('\\').any(is_dot_segment))
}

fn is_dot_segment(part: &str) -> bool {
    matches!(part, "." | "..")
}

fn undo_needless_percent(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let pair = if byte == b'%' { hex_pair(tail) } else { None };
        match pair {
            Some(value) => {
                rest = tail.get(2..).unwrap_or_default();
                push_path_byte(&mut out, value, is_unreserved(value));
            }
            None => push_path_byte(&mut out, byte, (0x21..0x7f).contains(&byte) && byte != b'%'),
        }
    }
    out
}

fn push_path_byte(out: &mut String, byte: u8, as_is: bool) {
    if as_is {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("%{byte:02X}"));
    }
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let high = char::from(*bytes.first()?).to_digit(16)?;
    let low = char::from(*bytes.get(1)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn resolve_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let slash = if ends_open && !kept.is_empty() { "/" } else { "" };
    format!("/{}{slash}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ways_up_are_seen_in_every_spelling() {
        for path in ["/a/../b", "/..", "/a/%2e%2E/b", "/a/.%2e", "/./a"] {
            assert!(has_dot_segments(path), "{path}");
            assert!(!has_dot_segments(&normal_path(path)) && !hides_dot_segments(path), "{path}");
        }
        for path in [
            "/a\\..\\b",
            "/a%5c..%5Cb",
            "/a%5C%2e%2e/b",
            "/a/..%5c",
            "/a/.\\b",
            "/x/../a%5C..%5Cb",
            "/a/..%2fb",
            "/a%2F..%2Fb",
            "/a%2F%2e%2e%5cb",
        ] {
            assert!(hides_dot_segments(path), "{path}");
        }
        for path in [
            "/",
            "/a.b/c..d",
            "/...",
            "/a/%2e%2e%2e",
            "/.well-known/x",
            "/a%5Cb.c",
            "/a%2Fb.c",
            "/a%252F..%252Fb",
            "/a/b\\c",
            "/a%255C..%255Cb",
        ] {
            assert!(!has_dot_segments(path) && !hides_dot_segments(path), "{path}");
        }
    }

    #[test]
    fn every_spelling_of_a_page_is_one_address() {
        let normal = "https://games.example/play/now?level=2";
        for spelling in [
            "https://games.example/play/now?level=2",
            "HTTPS://Games.Example:443/play/now?level=2",
            "https://user:secret@games.example/play/now?level=2",
            "https://games.example./%70lay/./x/../now?level=2",
            "https://games.example//play///now?level=2",
            "https:\\\\games.example\\play\\now?level=2",
            "wss://games.example/play/now?level=2",
        ] {
            assert_eq!(WebAddress::parse(spelling).unwrap().to_string(), normal, "{spelling}");
        }
    }

    #[test]
    fn what_must_stay_encoded_stays() {
        assert_eq!(normal_path("/a%2fb/%e2%82%ac/%zz"), "/a%2Fb/%E2%82%AC/%25zz");
        assert_eq!(normal_path("/é"), "/%C3%A9");
        assert_eq!(normal_path("/a/.."), "/");
        assert_eq!(normal_path("/a/b/.."), "/a/");
        assert_eq!(normal_path("*"), "/*");
    }

    #[test]
    fn a_decoded_percent_sign_is_not_decoded_again() {
        assert_eq!(normal_path("/%2567ames"), "/%2567ames");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for odd in ["", "games.example", "ftp://a.example/", "https://", "http://a b/", "javascript:alert(1)"]
        {
            assert!(WebAddress::parse(odd).is_err(), "{odd}");
        }
        assert!(WebAddress::parse(&format!("http://a.example/{}", "x".repeat(MAX_ADDRESS_BYTES))).is_err());
    }

    #[test]
    fn parameters_are_decoded_as_forms() {
        let address = WebAddress::parse("https://s.example/?q=how+to+make+%C3%A9clairs&x=1").unwrap();
        assert_eq!(address.parameter("q").unwrap(), "how to make éclairs");
        assert_eq!(address.parameter("none"), None);
    }

    proptest! {
        #[test]
        fn normal_is_a_fixed_point(path in "/[ -~]{0,40}") {
            let once = normal_path(&path).into_owned();
            prop_assert_eq!(normal_path(&once).into_owned(), once);
        }

        #[test]
        fn parsing_what_we_print_gives_the_same_address(text in "https?://[a-z]{1,8}\\.example/[ -~]{0,30}") {
            if let Ok(address) = WebAddress::parse(&text) {
                prop_assert_eq!(WebAddress::parse(&address.to_string()).unwrap(), address);
            }
        }
    }
}
