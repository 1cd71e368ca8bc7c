//! Host names and addresses in the one spelling that lists, rules and logs use.
//!
//! A host can be written many ways: capitals, a trailing dot, percent signs, Unicode or punycode, an address as one
//! decimal number, in octal, in hexadecimal, or wrapped in IPv6. All of them become the same [`Host`], by the rules
//! browsers follow (WHATWG URL, host parsing), so that no spelling walks around a list.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Longest host name in its ASCII form, without the trailing dot (RFC 1035, 2.3.4).
const MAX_NAME_BYTES: usize = 253;
/// Longest label of a host name, in bytes (RFC 1035, 2.3.4).
pub const MAX_LABEL_BYTES: usize = 63;

/// A host name in lower-case ASCII (punycode where needed), without a trailing dot, 1 to 253 bytes, no empty label.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

impl HostName {
    /// Reads a name; an address is refused.
    ///
    /// # Errors
    /// When the text is empty, too long, an address, or has a character no host name may have.
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        match Host::parse(text)? {
            Host::Name(name) => Ok(name),
            Host::Ip(_) => Err(NotAHost::new(text, "it is an address, not a name")),
        }
    }

    /// The name as ASCII text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `other` or below it: `a.b.example` is within `b.example`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_suffix(&*other.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Whether the name is `localhost` or below it, which always means the machine that asks (RFC 6761, 6.3).
    pub fn is_localhost(&self) -> bool {
        self.0.strip_suffix("localhost").is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The name as people read it: Unicode instead of punycode where that is safe to show.
    pub fn display_unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for HostName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for HostName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// Where a request wants to go: a name, or an address written out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A host name.
    Name(HostName),
    /// An address. IPv4 wrapped in IPv6 (`::ffff:1.2.3.4`) is IPv4.
    Ip(IpAddr),
}

/// A text that is not a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a host: {why}")]
pub struct NotAHost {
    text: String,
    why: &'static str,
}

impl NotAHost {
    fn new(text: &str, why: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), why }
    }
}

impl Host {
    /// Reads a host as browsers do. IPv6 may stand with or without brackets.
    ///
    /// # Errors
    /// When the text is no host name and no address in any spelling.
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        if is_plain_name(text) {
            return Ok(Self::Name(HostName(text.into())));
        }
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(Self::from(IpAddr::V6(address)));
        }
        match url::Host::parse(text) {
            Ok(url::Host::Ipv4(address)) => Ok(Self::Ip(address.into())),
            Ok(url::Host::Ipv6(address)) => Ok(Self::from(IpAddr::V6(address))),
            Ok(url::Host::Domain(name)) => checked_name(text, &name),
            Err(_) => Err(NotAHost::new(text, "it has characters no host name may have")),
        }
    }

    /// The name, if it is one.
    pub const fn name(&self) -> Option<&HostName> {
        match self {
            Self::Name(name) => Some(name),
            Self::Ip(_) => None,
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::Ip(address.to_canonical())
    }
}

impl From<HostName> for Host {
    fn from(name: HostName) -> Self {
        Self::Name(name)
    }
}

/// Whether the text is already in normal form: the common case, judged without allocating.
fn is_plain_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_NAME_BYTES {
        return false;
    }
    let mut label_start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => {}
            b'.' if at > label_start && at - label_start <= MAX_LABEL_BYTES => label_start = at + 1,
            _ => return false,
        }
    }
    let last = text.get(label_start..).unwrap_or("");
    // A last label that starts with a digit may be an address in disguise; punycode wants checking.
    !last.is_empty()
        && last.len() <= MAX_LABEL_BYTES
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.contains("xn--")
}

fn checked_name(text: &str, name: &str) -> Result<Host, NotAHost> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        return Err(NotAHost::new(text, "it is empty"));
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(NotAHost::new(text, "it is longer than 253 characters"));
    }
    if name.split('.').any(str::is_empty) {
        return Err(NotAHost::new(text, "it has an empty part between dots"));
    }
    if name.split('.').any(|label| label.len() > MAX_LABEL_BYTES) {
        return Err(NotAHost::new(text, "a part is longer than 63 characters"));
    }
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if !name.bytes().all(|byte| usual(byte) || byte == b'.') {
        return Err(NotAHost::new(text, "it has characters no host name may have"));
    }
    Ok(Host::Name(HostName(name.into())))
}

impl fmt::Display for Host {
    /// As in a URL: IPv6 in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(&name.0),
            Self::Ip(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Host {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(text: &str) -> String {
        Host::parse(text).map_or_else(|error| format!("refused: {error}"), |host| host.to_string())
    }

    #[test]
    fn every_spelling_of_a_name_is_one_name() {
        for spelling in [
            "games.example",
            "GAMES.Example",
            "games.example.",
            "g%61mes.example",
            "games。example",
            "ｇａｍｅｓ.example",
        ] {
            assert_eq!(normal(spelling), "games.example", "{spelling}");
        }
        assert_eq!(normal("bücher.example"), "xn--bcher-kva.example");
        assert_eq!(normal("XN--BCHER-KVA.example"), "xn--bcher-kva.example");
        assert_eq!(HostName::parse("bücher.example").unwrap().display_unicode(), "bücher.example");
    }

    #[test]
    fn every_spelling_of_an_address_is_one_address() {
        let dotted = "192.0.2.1";
        for spelling in [
            "192.0.2.1",
            "192.0.2.1.",
            "3221225985",
            "0xC0000201",
            "0300.0.2.1",
            "0xc0.0.0x2.1",
            "192.0.513",
            "[::ffff:192.0.2.1]",
            "::ffff:c000:201",
            "[::ffff:c000:201]",
            "%31%39%32.0.2.1",
        ] {
            assert_eq!(normal(spelling), dotted, "{spelling}");
        }
        assert_eq!(normal("[2001:DB8::1]"), "[2001:db8::1]");
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for odd in [
            "",
            ".",
            "a..b",
            "a b",
            "a/b",
            "exa<mple",
            "1.2.3.4.5",
            "0x100000000",
            "[::1",
            "a\u{0}b",
            "host%00",
        ] {
            assert!(Host::parse(odd).is_err(), "{odd} was read as {}", normal(odd));
        }
        assert!(Host::parse(&"a".repeat(64)).is_err());
        assert!(Host::parse(&["abc"; 70].join(".")).is_err());
    }

    #[test]
    fn within_means_itself_or_below() {
        let parent = HostName::parse("b.example").unwrap();
        for (name, within) in
            [("b.example", true), ("a.b.example", true), ("ab.example", false), ("example", false)]
        {
            assert_eq!(HostName::parse(name).unwrap().is_within(&parent), within, "{name}");
        }
    }

    #[test]
    fn localhost_is_known_by_name() {
        for (name, localhost) in
            [("localhost", true), ("LOCALHOST.", true), ("a.localhost", true), ("mylocalhost", false)]
        {
            assert_eq!(HostName::parse(name).unwrap().is_localhost(), localhost, "{name}");
        }
    }

    proptest! {
        #[test]
        fn parsing_what_we_print_gives_the_same_host(text in "\\PC{0,40}") {
            if let Ok(host) = Host::parse(&text) {
                prop_assert_eq!(Host::parse(&host.to_string()).unwrap(), host);
            }
        }

        #[test]
        fn the_short_way_and_the_long_way_agree(text in "[a-z0-9_.-]{1,30}") {
            if is_plain_name(&text) {
                prop_assert_eq!(url::Host::parse(&text).unwrap().to_string(), text);
            }
        }
    }
}
