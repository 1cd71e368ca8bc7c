//! Other protocols on the proxy's own port.

use crate::case::{Case, Kind, Request2, Way};
use crate::rows::case;

const BYTES: [(&str, &str, &str); 8] = [
    ("socks-4", "Speaks SOCKS 4", "\u{4}\u{1}\u{1}\u{3b}\u{1}\u{1}\u{1}\u{1}\u{0}"),
    ("socks-5", "Speaks SOCKS 5", "\u{5}\u{1}\u{0}\u{5}\u{1}\u{0}\u{1}\u{1}\u{1}\u{1}\u{1}\u{0}\u{50}"),
    ("ssh", "Speaks SSH", "SSH-2.0-OpenSSH_9.9\r\n"),
    (
        "proxy-protocol",
        "Says that it forwards for another device",
        "PROXY TCP4 127.0.0.1 127.0.0.1 1 80\r\nGET http://{b}{path} HTTP/1.1\r\nHost: {b}\r\n\r\n",
    ),
    (
        "upgrade",
        "Asks to speak HTTP/2",
        "GET http://{b}{path} HTTP/1.1\r\nHost: {b}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    ),
    ("ftp", "Asks for a page by FTP", "GET ftp://{b}/ HTTP/1.1\r\nHost: {b}\r\n\r\n"),
    ("https-by-proxy", "Asks the gateway to encrypt", "GET https://{b}{path} HTTP/1.1\r\nHost: {b}\r\n\r\n"),
    ("no-address", "Names the site in Host alone", "GET {path} HTTP/1.1\r\nHost: {b}\r\n\r\n"),
];

/// Requests of HTTP/2 on the proxy's port: address, `host` field, protocol.
const HTTP2: [(&str, &str, &str, Option<&str>); 4] = [
    ("http2", "Asks over HTTP/2", "http://{b}{path}", None),
    ("http2-https", "Asks the gateway over HTTP/2 to encrypt", "https://{b}{path}", None),
    ("http2-host-blocked", "Names the blocked site in Host alone, over HTTP/2", "http://{o}/", Some("{b}")),
    ("http2-host-open", "Names the open site in Host, over HTTP/2", "http://{b}{path}", Some("{o}")),
];

pub(super) fn cases() -> Vec<Case> {
    let http2 = HTTP2.iter().map(|(name, what, uri, host)| {
        let host = host.map(str::to_owned);
        let request = Request2 { method: "GET", uri: (*uri).to_owned(), host, ..Request2::default() };
        case(Kind::Protocols, name, what, Way::Plain2(vec![request]))
    });
    BYTES
        .iter()
        .map(|(name, what, bytes)| case(Kind::Protocols, name, what, Way::Plain((*bytes).to_owned(), 1)))
        .chain(http2)
        .collect()
}
