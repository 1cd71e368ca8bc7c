//! The name of the CONNECT line, of the TLS hello and of the request inside, in every pairing that has the blocked site in
//! it (domain fronting and its kin).

use crate::case::{Case, Hello, Inside, Kind, Request2, Way};
use crate::rows::{case, hello, page, page2, tunnel};

/// The sites, and what they are called in the names of cases.
const BLOCKED: (&str, &str) = ("blocked", "{b}");
const OPEN: (&str, &str) = ("open", "{o}");
const NONE: (&str, &str) = ("none", "");

/// CONNECT, server name, Host. Usher's own pages are open to everybody, so their name is tried as well.
const PAIRINGS: [[(&str, &str); 3]; 13] = [
    [OPEN, OPEN, BLOCKED],
    [OPEN, BLOCKED, OPEN],
    [OPEN, BLOCKED, BLOCKED],
    [BLOCKED, OPEN, OPEN],
    [BLOCKED, OPEN, BLOCKED],
    [BLOCKED, BLOCKED, OPEN],
    [BLOCKED, BLOCKED, BLOCKED],
    [OPEN, NONE, BLOCKED],
    [BLOCKED, NONE, OPEN],
    [BLOCKED, NONE, BLOCKED],
    [("own", "usher.internal"), BLOCKED, BLOCKED],
    [("own", "usher.internal"), ("own", "usher.internal"), BLOCKED],
    [("own", "usher.internal"), NONE, BLOCKED],
];

/// Requests inside a tunnel to the open site. The answer with this number counts.
const INSIDE: [(&str, &str, &str, usize); 8] = [
    (
        "absolute",
        "Asks for the blocked page with its whole address",
        "GET https://{b}{path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
        1,
    ),
    (
        "absolute-blocked-host-open",
        "Names the blocked site in the address and the open one in Host",
        "GET https://{b}{path} HTTP/1.1\r\nHost: {o}\r\n\r\n",
        1,
    ),
    (
        "absolute-open-host-blocked",
        "Names the open site in the address and the blocked one in Host",
        "GET https://{o}/ HTTP/1.1\r\nHost: {b}\r\n\r\n",
        1,
    ),
    (
        "absolute-http",
        "Asks for the blocked page as if it were not encrypted",
        "GET http://{b}{path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
        1,
    ),
    ("two-hosts", "Names both sites", "GET {path} HTTP/1.1\r\nHost: {o}\r\nHost: {b}\r\n\r\n", 1),
    (
        "two-hosts-blocked-first",
        "Names both sites, the blocked one first",
        "GET {path} HTTP/1.1\r\nHost: {b}\r\nHost: {o}\r\n\r\n",
        1,
    ),
    (
        "second-request",
        "Asks for the open page first and then for the blocked one",
        "GET {o-path} HTTP/1.1\r\nHost: {o}\r\n\r\nGET {path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
        2,
    ),
    ("port", "Names the blocked site with a port", "GET {path} HTTP/1.1\r\nHost: {b}:443\r\n\r\n", 1),
];

/// The same without encryption.
const PLAIN: [(&str, &str, &str); 4] = [
    (
        "plain-host-blocked",
        "Names the open site in the address and the blocked one in Host",
        "GET http://{o}/ HTTP/1.1\r\nHost: {b}\r\n\r\n",
    ),
    (
        "plain-host-open",
        "Names the blocked site in the address and the open one in Host",
        "GET http://{b}{path} HTTP/1.1\r\nHost: {o}\r\n\r\n",
    ),
    (
        "plain-no-host",
        "Names the blocked site in the address and none in Host",
        "GET http://{b}{path} HTTP/1.1\r\n\r\n",
    ),
    (
        "plain-two-hosts",
        "Names both sites in Host",
        "GET http://{o}/ HTTP/1.1\r\nHost: {o}\r\nHost: {b}\r\n\r\n",
    ),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = PAIRINGS.into_iter().flat_map(pairing).collect();
    cases.extend(INSIDE.iter().map(|(name, what, request, number)| {
        let inside = Inside::Http1(hello("{o}"), (*request).to_owned(), *number);
        case(Kind::Fronting, name, what, Way::Tunnel(tunnel("{o}:443"), inside))
    }));
    cases.extend(
        PLAIN.iter().map(|(name, what, request)| {
            case(Kind::Fronting, name, what, Way::Plain((*request).to_owned(), 1))
        }),
    );
    cases.extend(over_http2());
    cases
}

/// One pairing over HTTP/1.1 and over HTTP/2.
fn pairing(names: [(&str, &str); 3]) -> [Case; 2] {
    let [(connect_name, connect), (sni_name, sni), (host_name, host)] = names;
    let said = if sni.is_empty() { "no server name" } else { sni };
    let name = format!("{connect_name}-{sni_name}-{host_name}");
    let what = format!("Opens a tunnel to {connect}, greets {said}, asks {host}");
    let hello = if sni.is_empty() { Hello::default() } else { hello(sni) };
    let to = tunnel(&format!("{connect}:443"));
    let first = Inside::Http1(hello.clone(), page(host, "{path}"), 1);
    let second = Inside::Http2(hello, vec![page2(host, "{path}")]);
    [
        case(Kind::Fronting, &name, &what, Way::Tunnel(to.clone(), first)),
        case(
            Kind::Fronting,
            &format!("{name}-http2"),
            &format!("{what}, over HTTP/2"),
            Way::Tunnel(to, second),
        ),
    ]
}

/// What only HTTP/2 can say: two names for one request, and many requests to several sites on one connection.
fn over_http2() -> Vec<Case> {
    let both =
        |authority: &str, host: &str| Request2 { host: Some(host.to_owned()), ..page2(authority, "{path}") };
    let rows = [
        (
            "http2-host-blocked",
            "Names the open site in :authority and the blocked one in Host",
            vec![both("{o}", "{b}")],
        ),
        (
            "http2-host-open",
            "Names the blocked site in :authority and the open one in Host",
            vec![both("{b}", "{o}")],
        ),
        (
            "http2-same-connection",
            "Asks for the blocked page on the connection of the open one",
            vec![page2("{o}", "{o-path}"), page2("{b}", "{path}")],
        ),
        (
            "http2-port",
            "Names the blocked site with a port",
            vec![page2("{o}", "{o-path}"), page2("{b}:443", "{path}")],
        ),
        (
            "http2-plain-scheme",
            "Says that the blocked page is not encrypted",
            vec![Request2 { method: "GET", uri: "http://{b}{path}".into(), ..Request2::default() }],
        ),
    ];
    rows.into_iter()
        .map(|(name, what, requests)| {
            let inside = Inside::Http2(hello("{o}"), requests);
            case(Kind::Fronting, name, what, Way::Tunnel(tunnel("{o}:443"), inside))
        })
        .collect()
}
