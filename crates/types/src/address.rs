//! Network addresses: which ones a school gateway must never be talked into reaching.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Address space that is not the public internet (IANA special-purpose registries, RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpecialRange {
    /// This machine itself: 127.0.0.0/8, ::1, 0.0.0.0/8.
    Loopback,
    /// Networks inside the school: RFC 1918, RFC 4193, RFC 6598.
    Private,
    /// This link only: 169.254.0.0/16 (where cloud metadata lives), fe80::/10.
    LinkLocal,
    /// Multicast and broadcast.
    Multicast,
    /// Set aside for documents, benchmarks or the future.
    Reserved,
}

/// The special range an address lies in; `None` for the public internet. IPv4 carried inside IPv6 (mapped,
/// compatible, NAT64, 6to4) is judged as the IPv4 address it reaches.
pub fn special_range(address: IpAddr) -> Option<SpecialRange> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(|| special_v6(address), special_v4),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<SpecialRange> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0 | 127, _, _) => Some(SpecialRange::Loopback),
        (10, _, _) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Some(SpecialRange::Private),
        (169, 254, _) => Some(SpecialRange::LinkLocal),
        (224..=239, _, _) => Some(SpecialRange::Multicast),
        (240..=255, _, _) => {
            Some(if address.is_broadcast() { SpecialRange::Multicast } else { SpecialRange::Reserved })
        }
        (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => Some(SpecialRange::Reserved),
        _ => None,
    }
}

fn special_v6(address: Ipv6Addr) -> Option<SpecialRange> {
    let [first, second, ..] = address.segments();
    if address.is_loopback() || address.is_unspecified() {
        return Some(SpecialRange::Loopback);
    }
    match (first, second) {
        (0xfc00..=0xfdff, _) | (0xfec0..=0xfeff, _) => Some(SpecialRange::Private),
        // NAT64 of one's own (RFC 8215) leads wherever the network says, into the school too.
        (0x64, 0xff9b) => Some(SpecialRange::Private),
        (0xfe80..=0xfebf, _) => Some(SpecialRange::LinkLocal),
        (0xff00..=0xffff, _) => Some(SpecialRange::Multicast),
        (0x2001, 0xdb8) | (0x2001, 0x0002) | (0x0100, 0) | (0x3fff, 0..=0x0fff) => {
            Some(SpecialRange::Reserved)
        }
        _ => None,
    }
}

/// The IPv4 address an IPv6 address carries to (RFC 4291 2.5.5, RFC 6052 well-known prefix, RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        // ::1 and :: are themselves, not compatible addresses.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(from(high, low))
        }
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Option<SpecialRange> {
        special_range(text.parse().unwrap())
    }

    #[test]
    fn inside_addresses_are_known_in_every_wrapping() {
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert_eq!(range(inside), Some(SpecialRange::Loopback), "{inside}");
        }
        for inside in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b:1::7f00:1",
        ] {
            assert_eq!(range(inside), Some(SpecialRange::Private), "{inside}");
        }
        for inside in ["169.254.169.254", "fe80::1", "64:ff9b::a9fe:a9fe"] {
            assert_eq!(range(inside), Some(SpecialRange::LinkLocal), "{inside}");
        }
        assert_eq!(range("224.0.0.251"), Some(SpecialRange::Multicast));
        assert_eq!(range("255.255.255.255"), Some(SpecialRange::Multicast));
        assert_eq!(range("203.0.113.9"), Some(SpecialRange::Reserved));
    }

    #[test]
    fn the_public_internet_is_not_special() {
        for public in ["8.8.8.8", "172.32.0.1", "2a00:1450:4009::1", "64:ff9b::808:808"] {
            assert_eq!(range(public), None, "{public}");
        }
    }
}
