//! How cases are written down: the usual requests, and short ways to make a case of one.

use crate::case::{Case, Hello, Inside, Kind, Request2, Wanted, Way};

/// A GET as a browser sends it to a proxy.
pub(crate) fn get(host: &str, path: &str) -> String {
    format!("GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
}

/// A GET as a browser sends it to a site.
pub(crate) fn page(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
}

/// A CONNECT to a host and port.
pub(crate) fn tunnel(to: &str) -> String {
    format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n")
}

/// A hello with this server name.
pub(crate) fn hello(name: &str) -> Hello {
    Hello { server_name: Some(name.to_owned()), ..Hello::default() }
}

/// A request of HTTP/2 for a page.
pub(crate) fn page2(authority: &str, path: &str) -> Request2 {
    Request2 { method: "GET", uri: format!("https://{authority}{path}"), ..Request2::default() }
}

/// A page of a site, asked for in the clear.
pub(crate) fn http(host: &str, path: &str) -> Way {
    Way::Plain(get(host, path), 1)
}

/// A page of an encrypted site, asked for inside a tunnel.
pub(crate) fn https(host: &str, path: &str) -> Way {
    Way::Tunnel(tunnel(&format!("{host}:443")), Inside::Http1(hello(host), page(host, path), 1))
}

/// A case that must be refused.
pub(crate) fn case(kind: Kind, name: &str, what: &str, way: Way) -> Case {
    Case { kind, name: name.to_owned(), what: what.to_owned(), way, wanted: Wanted::Refusal }
}

/// A page of another site: `http` as one request, anything else inside a tunnel.
pub(crate) fn address(kind: Kind, name: &str, what: &str, url: &str) -> Case {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    case(kind, name, what, if scheme == "http" { http(host, &path) } else { https(host, &path) })
}
