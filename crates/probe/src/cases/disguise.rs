//! Requests for the blocked page that say they are something else: part of a page, another method, somebody else's.

use crate::case::{Case, Inside, Kind, Way};
use crate::rows::{case, hello, tunnel};

/// Fields that make no page open.
const FIELDS: [(&str, &str, &str); 18] = [
    (
        "picture",
        "Says that it is a picture of the open page",
        "Sec-Fetch-Dest: image\r\nReferer: https://{o}/\r\nAccept: image/*",
    ),
    (
        "script",
        "Says that it is a script of the open page",
        "Sec-Fetch-Dest: script\r\nReferer: https://{o}/\r\nOrigin: https://{o}",
    ),
    ("frame", "Says that it is a frame of the open page", "Sec-Fetch-Dest: iframe\r\nReferer: https://{o}/"),
    ("data", "Says that it is data", "Accept: application/json\r\nSec-Fetch-Mode: cors"),
    ("range", "Asks for a part", "Range: bytes=0-99"),
    ("film-range", "Asks for a part of a film", "Range: bytes=0-99\r\nSec-Fetch-Dest: video"),
    ("fresh", "Asks only whether it changed", "If-None-Match: *"),
    ("cached", "Asks for what is kept", "Cache-Control: only-if-cached"),
    ("other-device", "Says that another device asks", "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1"),
    ("forwarded", "Says that another device asks (RFC 7239)", "Forwarded: for=127.0.0.1;host={o}"),
    (
        "other-host",
        "Says that another site is meant",
        "X-Forwarded-Host: {o}\r\nX-Host: {o}\r\nX-Original-Host: {o}",
    ),
    ("other-path", "Says that another page is meant", "X-Original-URL: https://{o}/\r\nX-Rewrite-URL: /"),
    ("other-method", "Says that another method is meant", "X-HTTP-Method-Override: OPTIONS"),
    ("hop-host", "Says that Host is between two hops", "Connection: host, close"),
    ("hop-user", "Says that the sign-in is between two hops", "Connection: proxy-authorization, close"),
    ("own-cookie", "Shows a cookie of the filter's", "Cookie: __Host-usher=1; usher=1; session=1"),
    (
        "gateway-page",
        "Says that it comes from the filter's own page",
        "Referer: https://usher.internal/\r\nOrigin: https://usher.internal",
    ),
    ("long", "Has a very long field", "X: LONG"),
];

const METHODS: [&str; 10] =
    ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "get", "GETX", "PRI"];

/// Longer than what a careless reader looks at.
const LONG_BYTES: usize = 20_000;

pub(super) fn cases() -> Vec<Case> {
    let long = "x".repeat(LONG_BYTES);
    let fields = FIELDS.iter().flat_map(|(name, what, fields)| {
        let fields = fields.replace("LONG", &long);
        let plain = format!("GET http://{{b}}{{path}} HTTP/1.1\r\nHost: {{b}}\r\n{{auth}}{fields}\r\n\r\n");
        let inside = format!("GET {{path}} HTTP/1.1\r\nHost: {{b}}\r\n{fields}\r\n\r\n");
        let inside = Inside::Http1(hello("{b}"), inside, 1);
        [
            case(Kind::Disguise, name, what, Way::Plain(plain, 1)),
            case(Kind::Disguise, &format!("{name}-tunnel"), what, Way::Tunnel(tunnel("{b}:443"), inside)),
        ]
    });
    let methods = METHODS.iter().map(|method| {
        let bytes = format!("{method} http://{{b}}{{path}} HTTP/1.1\r\nHost: {{b}}\r\n\r\n");
        case(
            Kind::Disguise,
            &format!("method-{method}"),
            &format!("Asks with {method}"),
            Way::Plain(bytes, 1),
        )
    });
    let old =
        [("http-1-0", "GET http://{b}{path} HTTP/1.0\r\n\r\n"), ("http-0-9", "GET http://{b}{path}\r\n\r\n")]
            .into_iter()
            .map(|(name, bytes)| {
                case(Kind::Disguise, name, "Asks as of old", Way::Plain(bytes.to_owned(), 1))
            });
    fields.chain(methods).chain(old).collect()
}
