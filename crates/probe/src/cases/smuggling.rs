//! Requests that two readers read differently (RFC 9112, 6.3 and 11.2): what one takes for a body, the other takes for a
//! request to the blocked site.

use crate::case::{Case, Inside, Kind, Way};
use crate::rows::{case, hello, page, tunnel};

/// Fields of a POST to the open site, and what follows its head. `HIDDEN` stands for a request to the blocked one.
const BODIES: [(&str, &str, &str); 18] = [
    ("length-and-chunked", "Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\nHIDDEN"),
    ("chunked-and-length", "Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\nHIDDEN"),
    ("two-lengths", "Content-Length: 0\r\nContent-Length: 400", "HIDDEN"),
    ("same-length-twice", "Content-Length: 0\r\nContent-Length: 0", "HIDDEN"),
    ("list-of-lengths", "Content-Length: 0, 400", "HIDDEN"),
    ("signed-length", "Content-Length: +0", "HIDDEN"),
    ("negative-length", "Content-Length: -1", "HIDDEN"),
    ("hexadecimal-length", "Content-Length: 0x0", "HIDDEN"),
    ("endless-length", "Content-Length: 99999999999999999999", "HIDDEN"),
    ("two-codings", "Transfer-Encoding: chunked, identity", "0\r\n\r\nHIDDEN"),
    ("unknown-coding", "Transfer-Encoding: xchunked", "0\r\n\r\nHIDDEN"),
    ("coding-twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "0\r\n\r\nHIDDEN"),
    ("space-before-colon", "Transfer-Encoding : chunked", "0\r\n\r\nHIDDEN"),
    ("folded-field", "Transfer-Encoding:\r\n chunked", "0\r\n\r\nHIDDEN"),
    ("bare-line-feed", "X: y\nTransfer-Encoding: chunked", "0\r\n\r\nHIDDEN"),
    ("bare-return", "X: y\rTransfer-Encoding: chunked", "0\r\n\r\nHIDDEN"),
    ("chunk-size-line", "Transfer-Encoding: chunked", "0\n\r\nHIDDEN"),
    ("chunk-size-sign", "Transfer-Encoding: chunked", "+0\r\n\r\nHIDDEN"),
];

const HIDDEN: &str = "GET http://{b}{path} HTTP/1.1\r\nHost: {b}\r\n{auth}\r\n";

/// Two requests, of which the second is for the blocked page and counts.
const PIPELINES: [(&str, &str, &str); 4] = [
    ("second", "Sends two requests at once", "GET http://{o}{o-path} HTTP/1.1\r\nHost: {o}\r\n{auth}\r\n"),
    (
        "second-after-head",
        "Sends two requests at once, the first for a head",
        "OPTIONS http://{o}/ HTTP/1.1\r\nHost: {o}\r\nContent-Length: 0\r\n{auth}\r\n",
    ),
    (
        "second-after-body",
        "Sends two requests at once, the first with a body",
        "POST http://{o}/ HTTP/1.1\r\nHost: {o}\r\nContent-Length: 2\r\n{auth}\r\nhi",
    ),
    (
        "second-after-chunks",
        "Sends two requests at once, the first in chunks",
        "POST http://{o}/ HTTP/1.1\r\nHost: {o}\r\nTransfer-Encoding: chunked\r\n{auth}\r\n2\r\nhi\r\n0\r\n\r\n",
    ),
];

pub(super) fn cases() -> Vec<Case> {
    let bodies = BODIES.iter().flat_map(|(name, fields, body)| {
        let shown = fields.replace("\r\n", " and ").replace(['\r', '\n'], " ");
        let what = format!("Hides a request in a body, with {shown}");
        let with = |hidden: &str| format!("{fields}\r\n\r\n{}", body.replace("HIDDEN", hidden));
        let plain = format!("POST http://{{o}}/ HTTP/1.1\r\nHost: {{o}}\r\n{{auth}}{}", with(HIDDEN));
        let inside = format!("POST / HTTP/1.1\r\nHost: {{o}}\r\n{}", with(&page("{b}", "{path}")));
        let inside = Inside::Http1(hello("{o}"), inside, 1);
        [
            case(Kind::Smuggling, name, &what, Way::Plain(plain, 1)),
            case(Kind::Smuggling, &format!("{name}-tunnel"), &what, Way::Tunnel(tunnel("{o}:443"), inside)),
        ]
    });
    let pipelines = PIPELINES.iter().map(|(name, what, first)| {
        case(Kind::Smuggling, name, what, Way::Plain(format!("{first}{HIDDEN}"), 2))
    });
    bodies.chain(pipelines).collect()
}
