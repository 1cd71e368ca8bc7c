//! Addresses as people in a school write them into rules: a host and what is below it, perhaps a path, or addresses.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use usher_types::host::{Host, HostName};
use usher_types::url::{WebAddress, normal_path};

use crate::pages::Request;
use crate::review::is_public_suffix;

/// Longest pattern read, in bytes: a pasted address has a few hundred.
const MAX_PATTERN_BYTES: usize = 2048;

/// What a rule is about: `games.example` (that host and all below it), `games.example/play` (only paths that begin so),
/// `192.0.2.1`, `192.0.2.1/play`, or a range such as `192.0.2.0/24`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressPattern {
    place: Place,
    /// In normal form and small letters, without a slash at the end; empty for every path.
    path: Box<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Below(HostName),
    At(IpAddr),
    Range(Range),
}

/// Addresses that begin with the same bits (RFC 4632).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Range {
    base: IpAddr,
    bits: u8,
}

/// A text that is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address to match: {why}")]
pub struct NotAPattern {
    text: String,
    why: String,
}

impl AddressPattern {
    /// Reads a pattern. A scheme, a leading `*.` or `.` and a slash at the end may stand there and mean nothing.
    ///
    /// # Errors
    /// When the text has no host, a port, a query or a star elsewhere, or is too long. The error says which.
    pub fn parse(text: &str) -> Result<Self, NotAPattern> {
        let refused = |why: &str| NotAPattern { text: text.chars().take(120).collect(), why: why.to_owned() };
        let trimmed = text.trim();
        if trimmed.len() > MAX_PATTERN_BYTES {
            return Err(refused("it is too long"));
        }
        if trimmed.contains(['?', '#']) {
            return Err(refused("leave out what follows the `?` or `#`"));
        }
        let rest = ["https://", "http://"].iter().find_map(|scheme| trimmed.strip_prefix(scheme));
        let rest = rest.unwrap_or(trimmed);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let bare = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')).unwrap_or(host);
        if bare.contains('*') {
            return Err(refused("a star can only stand at the start, as in `*.games.example`"));
        }
        let place = match Host::parse(bare).map_err(|_not_a_host| refused(why_no_host(bare)))? {
            Host::Name(name) => Place::Below(name),
            Host::Ip(address) => Place::At(address),
        };
        let path = if path.is_empty() { "".into() } else { normal_path(path) };
        let path = path.trim_end_matches('/').to_ascii_lowercase();
        match (place, bits_in(&path)) {
            (Place::At(base), Some(bits)) => {
                let range = Range::of(base, bits).map_err(refused)?;
                Ok(Self { place: Place::Range(range), path: Box::default() })
            }
            (place, _) => Ok(Self { place, path: path.into() }),
        }
    }

    /// A pattern for this host and all below it, or this address.
    pub fn of_host(host: Host) -> Self {
        let place = match host {
            Host::Name(name) => Place::Below(name),
            Host::Ip(address) => Place::At(address),
        };
        Self { place, path: Box::default() }
    }

    /// The same hosts or addresses, whatever the path.
    #[must_use]
    pub fn of_every_path(&self) -> Self {
        Self { place: self.place.clone(), path: Box::default() }
    }

    /// Whether a page matches.
    pub fn matches(&self, address: &WebAddress) -> bool {
        self.matches_page(&address.host, &address.path)
    }

    /// Whether a page matches, given as host and path in normal form.
    pub fn matches_page(&self, host: &Host, path: &str) -> bool {
        self.matches_host(host) && self.matches_path(path)
    }

    /// Whether pages of a host can match, if they have the right path.
    pub fn matches_host(&self, host: &Host) -> bool {
        match (&self.place, host) {
            (Place::Below(name), Host::Name(other)) => other.is_within(name),
            (Place::At(address), Host::Ip(other)) => address == other,
            (Place::Range(range), Host::Ip(other)) => range.contains(*other),
            _ => false,
        }
    }

    /// Whether it takes in people who have nothing to do with each other: everything under `com` or `sch.uk`, or more
    /// addresses than a network has.
    pub fn is_too_wide(&self) -> bool {
        match &self.place {
            Place::Below(name) => is_public_suffix(name.as_str()),
            Place::At(_) => false,
            Place::Range(range) => range.bits < if range.base.is_ipv4() { 16 } else { 32 },
        }
    }

    /// Whether it is about a range of addresses, which is no page and no site.
    pub const fn is_range(&self) -> bool {
        matches!(self.place, Place::Range(_))
    }

    /// The host it names; none for a range.
    pub fn host(&self) -> Option<Host> {
        match &self.place {
            Place::Below(name) => Some(Host::Name(name.clone())),
            Place::At(address) => Some(Host::Ip(*address)),
            Place::Range(_) => None,
        }
    }

    /// The path that pages must begin with; empty when every path matches.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn matches_path(&self, path: &str) -> bool {
        self.path.is_empty() || Request::new(path, None).is_covered_by(self.path.as_bytes())
    }
}

/// Says what most likely stands where a host should be.
fn why_no_host(text: &str) -> &'static str {
    if text.is_empty() {
        "it names no host"
    } else if text.rsplit_once(':').is_some_and(|(_host, port)| port.parse::<u16>().is_ok()) {
        "leave out the port"
    } else {
        "it does not begin with a host name or an address"
    }
}

/// The number in a path such as `/24`, which after an address means a range.
fn bits_in(path: &str) -> Option<u8> {
    path.strip_prefix('/')?.parse().ok()
}

impl Range {
    fn of(base: IpAddr, bits: u8) -> Result<Self, &'static str> {
        if bits > width(base) {
            return Err("the range has more bits than an address");
        }
        let range = Self { base: masked(base, bits), bits };
        if range.base == base { Ok(range) } else { Err("the address has bits outside the range") }
    }

    fn contains(self, address: IpAddr) -> bool {
        width(address) == width(self.base) && masked(address, self.bits) == self.base
    }
}

const fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

impl fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Below(name) => write!(f, "{name}{}", self.path),
            Place::At(address) => write!(f, "{}{}", Host::Ip(*address), self.path),
            Place::Range(range) => write!(f, "{}/{}", range.base, range.bits),
        }
    }
}

impl FromStr for AddressPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        Self::parse(text)
    }
}

impl Serialize for AddressPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AddressPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// Values by pattern, found by page without trying every pattern. A pattern may have several values.
#[derive(Debug, Clone)]
pub struct PatternMap<T> {
    names: HashMap<Box<str>, Vec<(AddressPattern, T)>>,
    addresses: HashMap<IpAddr, Vec<(AddressPattern, T)>>,
    ranges: Vec<(AddressPattern, T)>,
}

impl<T> Default for PatternMap<T> {
    fn default() -> Self {
        Self { names: HashMap::new(), addresses: HashMap::new(), ranges: Vec::new() }
    }
}

impl<T> PatternMap<T> {
    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.addresses.is_empty() && self.ranges.is_empty()
    }

    /// The patterns that match a page, given as host and path in normal form. Longest host first, of one host the
    /// longest path first, and of one pattern in the order in which they were given.
    pub fn find_all<'a>(
        &'a self,
        host: &'a Host,
        path: &'a str,
    ) -> impl Iterator<Item = (&'a AddressPattern, &'a T)> {
        let name = host.name().map(HostName::as_str).filter(|_| !self.names.is_empty());
        let names = std::iter::successors(name, |name| name.split_once('.').map(|(_label, rest)| rest))
            .filter_map(|name| self.names.get(name));
        let address = match host {
            Host::Ip(address) => Some(address),
            Host::Name(_) => None,
        };
        let addresses = address.and_then(|address| self.addresses.get(address));
        let ranges = address.map(|_| &self.ranges);
        names
            .chain(addresses)
            .chain(ranges)
            .flatten()
            .filter(move |(pattern, _value)| pattern.matches_page(host, path))
            .map(|(pattern, value)| (pattern, value))
    }

    /// All patterns and their values, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&AddressPattern, &T)> {
        let named = self.names.values().chain(self.addresses.values()).chain([&self.ranges]);
        named.flatten().map(|(pattern, value)| (pattern, value))
    }
}

impl<T> FromIterator<(AddressPattern, T)> for PatternMap<T> {
    fn from_iter<I: IntoIterator<Item = (AddressPattern, T)>>(pairs: I) -> Self {
        let mut map = Self::default();
        for (pattern, value) in pairs {
            let shelf = match &pattern.place {
                Place::Below(name) => map.names.entry(name.as_str().into()).or_default(),
                Place::At(address) => map.addresses.entry(*address).or_default(),
                Place::Range(_) => &mut map.ranges,
            };
            shelf.push((pattern, value));
        }
        let longest_first = |(pattern, _value): &(AddressPattern, T)| std::cmp::Reverse(pattern.path.len());
        map.names
            .values_mut()
            .chain(map.addresses.values_mut())
            .for_each(|shelf| shelf.sort_by_key(longest_first));
        map.ranges.sort_by_key(|(pattern, _value)| match &pattern.place {
            Place::Range(range) => std::cmp::Reverse(range.bits),
            Place::Below(_) | Place::At(_) => std::cmp::Reverse(u8::MAX),
        });
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> AddressPattern {
        AddressPattern::parse(text).unwrap()
    }

    fn matches(text: &str, page: &str) -> bool {
        pattern(text).matches(&WebAddress::parse(page).unwrap())
    }

    #[test]
    fn every_spelling_of_a_pattern_is_one_pattern() {
        for spelling in [
            "games.example",
            "*.games.example",
            ".Games.Example.",
            " https://games.example/ ",
            "g%61mes.example",
        ] {
            assert_eq!(pattern(spelling).to_string(), "games.example", "{spelling}");
        }
        assert_eq!(pattern("games.example/Play//./Now/").to_string(), "games.example/play/now");
        assert_eq!(pattern("3221225985/x").to_string(), "192.0.2.1/x");
        assert_eq!(pattern("192.0.2.0/24").to_string(), "192.0.2.0/24");
        assert_eq!(pattern("2001:db8::/32").to_string(), "2001:db8::/32");
        assert_eq!(pattern("[2001:DB8::1]/x").to_string(), "[2001:db8::1]/x");
        assert_eq!(pattern("2001:db8::1").to_string(), "[2001:db8::1]");
    }

    #[test]
    fn a_host_means_all_below_it_and_a_path_means_whole_segments() {
        assert!(matches("games.example", "https://www.games.example/any"));
        assert!(!matches("games.example", "https://boardgames.example/"));
        assert!(matches("games.example/play", "https://a.games.example/Play/2?x#y"));
        assert!(!matches("games.example/play", "https://games.example/player"));
        assert!(matches("192.0.2.0/24", "http://3221225985/"));
        assert!(!matches("192.0.2.0/24", "http://192.0.3.1/"));
        assert!(matches("192.0.2.1", "http://[::ffff:192.0.2.1]/"));
        assert!(matches("0.0.0.0/0", "http://192.0.2.1/"));
        assert!(!matches("0.0.0.0/0", "http://[2001:db8::1]/"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_a_reason() {
        for (text, why) in [
            ("", "names no host"),
            ("/play", "names no host"),
            ("games.example?x=1", "leave out what follows the `?`"),
            ("games.example:8080", "leave out the port"),
            ("games.*.example", "a star can only stand at the start"),
            ("192.0.2.0/33", "more bits than an address"),
            ("192.0.2.1/24", "bits outside the range"),
            ("192.0.2.1/24/", "bits outside the range"),
            ("3221225985/%324", "bits outside the range"),
            ("a b", "does not begin with a host name"),
        ] {
            let error = AddressPattern::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(AddressPattern::parse(&"a/".repeat(2000)).is_err());
    }

    #[test]
    fn the_longest_comes_first() {
        let texts =
            ["example", "a.example/x", "a.example", "example/x/y", "a.example/x/y", "b.example", "a.example"];
        let map: PatternMap<usize> =
            texts.iter().enumerate().map(|(index, text)| (pattern(text), index)).collect();
        let host = Host::parse("www.a.example").unwrap();
        let found: Vec<_> = map.find_all(&host, "/x/y/z").map(|(_pattern, index)| *index).collect();
        assert_eq!(found, [4, 1, 2, 6, 3, 0]);
        let found: Vec<_> = map.find_all(&host, "/").map(|(pattern, _index)| pattern.to_string()).collect();
        assert_eq!(found, ["a.example", "a.example", "example"]);
        assert_eq!(map.iter().count(), texts.len());

        let ranges: PatternMap<()> =
            ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3"].iter().map(|text| (pattern(text), ())).collect();
        let host = Host::parse("10.1.2.3").unwrap();
        let found: Vec<_> = ranges.find_all(&host, "/").map(|(pattern, ())| pattern.to_string()).collect();
        assert_eq!(found, ["10.1.2.3", "10.1.0.0/16", "10.0.0.0/8"]);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(text in "[a-z0-9.:/*%\\[\\]-]{0,24}") {
            if let Ok(pattern) = AddressPattern::parse(&text) {
                prop_assert_eq!(AddressPattern::parse(&pattern.to_string()).unwrap(), pattern);
            }
        }

        #[test]
        fn a_map_finds_what_trying_each_pattern_finds(
            texts in proptest::collection::vec("[ab](\\.[ab]){0,2}(/[ab]){0,2}", 0..12),
            page in "http://[ab](\\.[ab]){0,3}(/[ab]){0,3}",
        ) {
            let page = WebAddress::parse(&page).unwrap();
            let patterns: Vec<AddressPattern> = texts.iter().map(|text| pattern(text)).collect();
            let map: PatternMap<()> = patterns.iter().map(|pattern| (pattern.clone(), ())).collect();
            let mut found: Vec<_> = map.find_all(&page.host, &page.path).map(|(pattern, ())| pattern.clone()).collect();
            let mut wanted: Vec<_> = patterns.into_iter().filter(|pattern| pattern.matches(&page)).collect();
            found.sort();
            wanted.sort();
            prop_assert_eq!(found, wanted);
        }
    }
}
