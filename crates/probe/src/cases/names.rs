//! The blocked site's name in other spellings (UTS 46, RFC 3986), and names below it.

use crate::case::{Case, Inside, Kind, Wanted, Way};
use crate::rows::{case, get, hello, page, tunnel};

const SPELLINGS: [(&str, &str); 22] = [
    ("capitals", "{B}"),
    ("mixed-case", "{Bb}"),
    ("trailing-dot", "{b}."),
    ("two-trailing-dots", "{b}.."),
    ("leading-dot", ".{b}"),
    ("percent", "{percent}"),
    ("percent-all", "{percent-all}"),
    ("percent-twice", "{percent-twice}"),
    ("wide-letters", "{wide}"),
    ("circled-letters", "{circled}"),
    ("ideographic-dots", "{ideographic-dots}"),
    ("half-width-dots", "{half-dots}"),
    ("soft-hyphen", "{soft-hyphen}"),
    ("zero-width-space", "{zero-width}"),
    ("www", "www.{b}"),
    ("below", "a.b.c.{b}"),
    ("below-underscore", "_x.{b}"),
    ("below-star", "*.{b}"),
    ("below-hyphens", "x--y.{b}"),
    ("null", "{b}%00.{o}"),
    ("tab", "{b}%09"),
    ("path-in-name", "{b}%2f.{o}"),
];

/// Names that only look the same. They lead elsewhere or nowhere.
const LOOK_ALIKES: [(&str, &str); 2] =
    [("look-alike", "{look-alike}"), ("look-alike-below", "{look-alike}.{b}")];

const PATHS: [(&str, &str); 7] = [
    ("dot-segments", "/x/..{path}"),
    ("percent-dot-segments", "/x/%2e%2e{path}"),
    ("two-slashes", "/{path}"),
    ("backslash", "/\\{path}"),
    ("parameters", "{path};x=y"),
    ("query", "{path}?https://{o}/"),
    ("fragment", "{path}#https://{o}/"),
];

pub(super) fn cases() -> Vec<Case> {
    let spelled = |name: &str, host: &str| {
        // A name below it is another; other spellings are the same, and are greeted as such.
        let greeted = if host.ends_with(".{b}")
            && host.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        {
            host
        } else {
            "{b}"
        };
        let plain = Way::Plain(get(host, "{path}"), 1);
        let inside = Inside::Http1(hello(greeted), page(host, "{path}"), 1);
        let tunnel = Way::Tunnel(tunnel(&format!("{host}:443")), inside);
        [
            case(Kind::Names, name, &format!("Asks for http://{host}/"), plain),
            case(Kind::Names, &format!("{name}-tunnel"), &format!("Opens a tunnel to {host}"), tunnel),
        ]
    };
    let same = SPELLINGS.iter().flat_map(|(name, host)| spelled(name, host));
    let alike = LOOK_ALIKES
        .iter()
        .flat_map(|(name, host)| spelled(name, host))
        .map(|case| Case { wanted: Wanted::Nothing, ..case });
    let paths = PATHS.iter().map(|(name, path)| {
        case(Kind::Names, name, &format!("Asks for http://{{b}}{path}"), Way::Plain(get("{b}", path), 1))
    });
    same.chain(alike).chain(paths).collect()
}
