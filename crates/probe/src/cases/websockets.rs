//! WebSockets to the blocked site (RFC 6455, RFC 8441).

use crate::case::{Case, Inside, Kind, Request2, Way};
use crate::rows::{case, hello, tunnel};

const FIELDS: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

pub(super) fn cases() -> Vec<Case> {
    let plain = |scheme: &str| {
        format!("GET {scheme}://{{b}}/socket HTTP/1.1\r\nHost: {{b}}\r\n{{auth}}{FIELDS}\r\n\r\n")
    };
    let inside = format!("GET /socket HTTP/1.1\r\nHost: {{b}}\r\n{FIELDS}\r\n\r\n");
    let within =
        |to: &str| Way::Tunnel(tunnel(&format!("{to}:443")), Inside::Http1(hello(to), inside.clone(), 1));
    let over_http2 = |to: &str| {
        let request = Request2 {
            method: "CONNECT",
            uri: "https://{b}/socket".into(),
            protocol: Some("websocket"),
            ..Request2::default()
        };
        Way::Tunnel(tunnel(&format!("{to}:443")), Inside::Http2(hello(to), vec![request]))
    };
    [
        ("plain", "Opens a WebSocket without TLS", Way::Plain(plain("http"), 1)),
        ("plain-scheme", "Opens one under its own scheme", Way::Plain(plain("ws"), 1)),
        ("tunnel", "Opens one in a tunnel", within("{b}")),
        ("fronted", "Opens one in a tunnel to the open site", within("{o}")),
        ("http2", "Opens one over HTTP/2", over_http2("{b}")),
        ("http2-fronted", "Opens one over HTTP/2 to the open site", over_http2("{o}")),
    ]
    .into_iter()
    .map(|(name, what, way)| case(Kind::WebSockets, name, what, way))
    .collect()
}
