//! Numbers instead of names, in every spelling a browser or a library takes (WHATWG URL, host parsing; RFC 6052).

use crate::case::{Case, Hello, Inside, Kind, Wanted, Way};
use crate::rows::{case, get, page, tunnel};

/// Nobody's address (RFC 5737), this machine's, the school's own, and a cloud's own, in their spellings.
const NUMBERS: [(&str, &str); 36] = [
    ("dotted", "192.0.2.8"),
    ("decimal", "3221225992"),
    ("hexadecimal", "0xC0000208"),
    ("octal", "030000001010"),
    ("octal-parts", "0300.0.02.010"),
    ("hexadecimal-parts", "0xc0.0x0.0x2.0x8"),
    ("mixed-parts", "0xc0.0.02.8"),
    ("three-parts", "192.0.520"),
    ("two-parts", "192.520"),
    ("trailing-dot", "192.0.2.8."),
    ("leading-zeros", "192.000.002.010"),
    ("percent", "%31%39%32.0.2.8"),
    ("wide-digits", "\u{ff11}\u{ff19}\u{ff12}.0.2.8"),
    ("circled-digits", "\u{2460}\u{2468}\u{2461}.0.2.8"),
    ("ideographic-dots", "192\u{3002}0\u{3002}2\u{3002}8"),
    ("mapped", "[::ffff:192.0.2.8]"),
    ("mapped-hexadecimal", "[::ffff:c000:208]"),
    ("mapped-long", "[0:0:0:0:0:ffff:c000:0208]"),
    ("compatible", "[::192.0.2.8]"),
    ("nat64", "[64:ff9b::192.0.2.8]"),
    ("nat64-local", "[64:ff9b:1::192.0.2.8]"),
    ("six-to-four", "[2002:c000:208::1]"),
    ("ipv6", "[2001:db8::8]"),
    ("zone", "[fe80::1%25eth0]"),
    ("zone-plain", "[fe80::1%eth0]"),
    ("loopback", "127.0.0.1"),
    ("loopback-short", "127.1"),
    ("loopback-octal", "0177.0.0.1"),
    ("loopback-ipv6", "[::1]"),
    ("loopback-mapped", "[::ffff:127.0.0.1]"),
    ("loopback-nat64", "[64:ff9b::7f00:1]"),
    ("everything", "0.0.0.0"),
    ("private", "10.0.0.1"),
    ("router", "192.168.1.1"),
    ("unique-local", "[fd00::1]"),
    ("metadata", "169.254.169.254"),
];

/// Names that mean this machine, or lead to a number that stands in them.
const LEADING_INSIDE: [(&str, &str, Wanted); 5] = [
    ("localhost", "localhost", Wanted::Refusal),
    ("below-localhost", "x.localhost", Wanted::Nothing),
    ("nip-io", "127.0.0.1.nip.io", Wanted::Nothing),
    ("sslip-io", "192-168-1-1.sslip.io", Wanted::Nothing),
    ("localtest", "localtest.me", Wanted::Nothing),
];

pub(super) fn cases() -> Vec<Case> {
    let numbers = NUMBERS.iter().flat_map(|(name, number)| {
        let plain = Way::Plain(get(number, "/"), 1);
        let inside = Inside::Http1(Hello::default(), page(number, "/"), 1);
        let tunnel = Way::Tunnel(tunnel(&format!("{number}:443")), inside);
        [
            case(Kind::Addresses, name, &format!("Asks for http://{number}/"), plain),
            case(Kind::Addresses, &format!("{name}-tunnel"), &format!("Opens a tunnel to {number}"), tunnel),
        ]
    });
    let names = LEADING_INSIDE.iter().map(|(name, host, wanted)| Case {
        wanted: *wanted,
        ..case(Kind::Addresses, name, &format!("Asks for http://{host}/"), Way::Plain(get(host, "/"), 1))
    });
    numbers.chain(names).collect()
}
