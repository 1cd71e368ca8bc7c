//! CONNECT lines that are not what they should be (RFC 9110, 9.3.6), and what goes through a tunnel without TLS.

use crate::case::{Case, Hello, Inside, Kind, Request2, Way};
use crate::rows::{case, get, hello, page, tunnel};

/// CONNECT heads that lead to the blocked site, or to a port of the open one where no web is. TLS to the blocked site follows
/// where the tunnel opens.
const HEADS: [(&str, &str, &str); 24] = [
    ("port-80", "To the port of plain pages", "CONNECT {b}:80 HTTP/1.1\r\nHost: {b}:80\r\n\r\n"),
    ("port-8443", "To another web port", "CONNECT {b}:8443 HTTP/1.1\r\nHost: {b}:8443\r\n\r\n"),
    ("port-22", "To the port of SSH", "CONNECT {b}:22 HTTP/1.1\r\nHost: {b}:22\r\n\r\n"),
    ("port-25", "To the port of mail", "CONNECT {b}:25 HTTP/1.1\r\nHost: {b}:25\r\n\r\n"),
    ("port-zero", "To port 0", "CONNECT {b}:0 HTTP/1.1\r\nHost: {b}:0\r\n\r\n"),
    (
        "port-too-large",
        "To a port that does not exist",
        "CONNECT {b}:65979 HTTP/1.1\r\nHost: {b}:65979\r\n\r\n",
    ),
    ("port-zeros", "With zeros before the port", "CONNECT {b}:000443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("port-plus", "With a sign before the port", "CONNECT {b}:+443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("no-port", "Without a port", "CONNECT {b} HTTP/1.1\r\nHost: {b}\r\n\r\n"),
    ("empty-port", "With an empty port", "CONNECT {b}: HTTP/1.1\r\nHost: {b}\r\n\r\n"),
    ("user", "With a user name before it", "CONNECT u@{b}:443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    (
        "user-open",
        "With the open site as a user name",
        "CONNECT {o}@{b}:443 HTTP/1.1\r\nHost: {o}:443\r\n\r\n",
    ),
    (
        "user-open-port",
        "With the open site and its port as a user name",
        "CONNECT {o}:443@{b}:443 HTTP/1.1\r\nHost: {o}:443\r\n\r\n",
    ),
    ("space-in-name", "With a space in the name", "CONNECT {b} :443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("tab-after-name", "With a tab after the name", "CONNECT {b}:443\t HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("two-spaces", "With two spaces", "CONNECT  {b}:443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("absolute", "With a whole address", "CONNECT https://{b}:443/ HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("slash", "With a slash after it", "CONNECT {b}:443/ HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    ("host-open", "With the open site in Host", "CONNECT {b}:443 HTTP/1.1\r\nHost: {o}:443\r\n\r\n"),
    (
        "two-hosts",
        "With two Host fields",
        "CONNECT {b}:443 HTTP/1.1\r\nHost: {o}:443\r\nHost: {b}:443\r\n\r\n",
    ),
    ("no-host", "Without Host, as of old", "CONNECT {b}:443 HTTP/1.0\r\n\r\n"),
    ("small-letters", "In small letters", "connect {b}:443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n"),
    (
        "with-length",
        "With a body",
        "CONNECT {b}:443 HTTP/1.1\r\nHost: {b}:443\r\nContent-Length: 4\r\n\r\nabcd",
    ),
    (
        "chunked",
        "With a body in chunks",
        "CONNECT {b}:443 HTTP/1.1\r\nHost: {b}:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
];

/// What is sent through a tunnel to the open site without TLS.
const NOT_TLS: [(&str, &str, &str, &str); 6] = [
    (
        "plain-page",
        "Asks for the blocked page in a tunnel to the open one, without TLS",
        "{o}:443",
        "GET http://{b}{path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
    ),
    (
        "plain-page-80",
        "The same, to the port of plain pages",
        "{o}:80",
        "GET {path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
    ),
    (
        "second-connect",
        "Opens a tunnel in the tunnel",
        "{o}:443",
        "CONNECT {b}:443 HTTP/1.1\r\nHost: {b}:443\r\n\r\n",
    ),
    ("ssh", "Speaks SSH in a tunnel", "{o}:443", "SSH-2.0-OpenSSH_9.9\r\n"),
    ("socks", "Speaks SOCKS in a tunnel", "{o}:443", "\u{5}\u{1}\u{0}"),
    ("mail", "Speaks SMTP in a tunnel", "{o}:443", "EHLO x\r\n"),
];

/// Ports of the open site that no page is on.
const PORTS: [u16; 7] = [21, 22, 25, 853, 1194, 5900, 6667];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = HEADS
        .iter()
        .map(|(name, what, head)| {
            let inside = Inside::Http1(hello("{b}"), page("{b}", "{path}"), 1);
            case(Kind::Connect, name, what, Way::Tunnel((*head).to_owned(), inside))
        })
        .collect();
    cases.extend(NOT_TLS.iter().map(|(name, what, to, bytes)| {
        case(Kind::Connect, name, what, Way::Tunnel(tunnel(to), Inside::Bytes((*bytes).to_owned())))
    }));
    cases.extend(PORTS.iter().map(|port| {
        let inside = Inside::Http1(hello("{o}"), page(&format!("{{o}}:{port}"), "/"), 1);
        let way = Way::Tunnel(tunnel(&format!("{{o}}:{port}")), inside);
        case(
            Kind::Connect,
            &format!("open-site-port-{port}"),
            &format!("To port {port} of the open site"),
            way,
        )
    }));
    cases.push(case(
        Kind::Connect,
        "tunnel-in-tls",
        "Opens a tunnel to the blocked site inside the open site's",
        Way::Tunnel(tunnel("{o}:443"), Inside::Http1(hello("{o}"), tunnel("{b}:443"), 1)),
    ));
    let request = Request2 { method: "CONNECT", uri: "{b}:443".into(), ..Request2::default() };
    cases.push(case(
        Kind::Connect,
        "tunnel-in-http2",
        "The same over HTTP/2",
        Way::Tunnel(tunnel("{o}:443"), Inside::Http2(hello("{o}"), vec![request])),
    ));
    cases.push(case(
        Kind::Connect,
        "gateway-itself",
        "Opens a tunnel to the gateway's own port",
        Way::Tunnel(tunnel("127.0.0.1:3128"), Inside::Bytes(get("{b}", "{path}"))),
    ));
    cases.push(case(
        Kind::Connect,
        "own-pages-plain",
        "Asks for the blocked page in a tunnel to the filter's own pages",
        Way::Tunnel(tunnel("usher.internal:443"), Inside::Http1(Hello::default(), get("{b}", "{path}"), 1)),
    ));
    cases
}
