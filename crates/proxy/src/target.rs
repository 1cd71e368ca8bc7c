//! What a request asks for: read strictly, because two readers who disagree are how requests are smuggled.

use http::request::Parts;
use http::{HeaderMap, Method, Version, header};
use usher_events::event::MalformedFault;
use usher_types::host::Host;
use usher_types::url::{Scheme, WebAddress, hides_dot_segments};

use crate::limits::{HEAD_BYTES, HEAD_FIELDS};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A page.
    Page {
        /// Its address in normal form.
        address: WebAddress,
        /// Whether the address came with user information.
        user_information: bool,
    },
    /// A tunnel to a host and port.
    Tunnel(Host, u16),
    /// A page of whoever answers here: the request has no host of another's. Tools ask so for `/proxy.pac`.
    Here,
}

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// On the proxy's own port.
    Proxy,
    /// Inside an inspected tunnel.
    Tunnel,
}

/// Methods that are passed on. TRACE and TRACK echo what they are sent, cookies included.
const REFUSED_METHODS: [&str; 2] = ["TRACE", "TRACK"];

/// Reads what a request asks for.
///
/// # Errors
/// What is wrong with it.
pub fn read(parts: &Parts, entry: Entry) -> Result<Target, MalformedFault> {
    size(&parts.headers)?;
    if REFUSED_METHODS.contains(&parts.method.as_str()) {
        return Err(MalformedFault::Method);
    }
    let is_websocket = parts.extensions.get::<hyper::ext::Protocol>().is_some();
    if parts.method == Method::CONNECT && !is_websocket {
        return tunnel(parts, entry);
    }
    let host_field = host_field(&parts.headers, parts.version)?;
    match (entry, parts.uri.scheme_str(), parts.uri.authority()) {
        (Entry::Tunnel, _, authority) => {
            let authority = authority.map(http::uri::Authority::as_str);
            // HTTP/2 names the host in `:authority`, HTTP/1.1 in `Host`; if both do, they are one.
            let host = match (authority, host_field) {
                (Some(authority), Some(field)) if !same_host(authority, field, Scheme::Https) => {
                    return Err(MalformedFault::HostDiffers);
                }
                (Some(authority), _) => authority,
                (None, Some(field)) => field,
                (None, None) => return Err(MalformedFault::HostUnclear),
            };
            page("https", host, parts)
        }
        // Encrypted sites are asked for by CONNECT; here the client expects somebody else to encrypt, and could not know.
        (Entry::Proxy, Some("http"), Some(authority)) => match host_field {
            // RFC 9112, 3.2.2: a proxy takes the address, not the field; a difference is a trick all the same.
            Some(field) if !same_host(authority.as_str(), field, Scheme::Http) => {
                Err(MalformedFault::HostDiffers)
            }
            _ => page("http", authority.as_str(), parts),
        },
        (Entry::Proxy, None, None) if parts.uri.path().starts_with('/') => Ok(Target::Here),
        (Entry::Proxy, ..) => Err(MalformedFault::TargetUnclear),
    }
}

/// Heads of HTTP/2 are no larger than those of HTTP/1, which are measured before they are read.
fn size(headers: &HeaderMap) -> Result<(), MalformedFault> {
    if headers.len() > HEAD_FIELDS {
        return Err(MalformedFault::TooManyFields);
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEAD_BYTES { Err(MalformedFault::HeadTooLarge) } else { Ok(()) }
}

fn tunnel(parts: &Parts, entry: Entry) -> Result<Target, MalformedFault> {
    if entry == Entry::Tunnel {
        return Err(MalformedFault::Method);
    }
    let authority = parts.uri.authority().ok_or(MalformedFault::TargetUnclear)?;
    if authority.as_str().contains('@') {
        return Err(MalformedFault::TargetUnclear);
    }
    let port = authority.port_u16().ok_or(MalformedFault::TargetUnclear)?;
    let host = Host::parse(authority.host()).map_err(|_odd| MalformedFault::TargetUnclear)?;
    Ok(Target::Tunnel(host, port))
}

fn page(scheme: &str, authority: &str, parts: &Parts) -> Result<Target, MalformedFault> {
    let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let path = if path.starts_with('/') { path } else { "/" };
    // Which page it asks for, only the site knows.
    if hides_dot_segments(parts.uri.path()) {
        return Err(MalformedFault::TargetUnclear);
    }
    let address = WebAddress::parse(&format!("{scheme}://{authority}{path}"))
        .map_err(|_odd| MalformedFault::TargetUnclear)?;
    Ok(Target::Page { address, user_information: authority.contains('@') })
}

/// The one `Host` field. RFC 9112, 3.2: HTTP/1.1 has exactly one; more, or an odd one, is refused.
fn host_field(headers: &HeaderMap, version: Version) -> Result<Option<&str>, MalformedFault> {
    let mut fields = headers.get_all(header::HOST).iter();
    match (fields.next(), fields.next()) {
        (Some(_), Some(_)) => Err(MalformedFault::HostUnclear),
        (None, _) if version == Version::HTTP_11 => Err(MalformedFault::HostUnclear),
        (None, _) => Ok(None),
        (Some(field), None) => {
            let text = field.to_str().map_err(|_odd| MalformedFault::HostUnclear)?;
            split_port(text).ok_or(MalformedFault::HostUnclear)?;
            Ok(Some(text))
        }
    }
}

/// Whether two spellings name one host and port.
fn same_host(one: &str, other: &str, scheme: Scheme) -> bool {
    let read = |text: &str| {
        let bare = text.rsplit_once('@').map_or(text, |(_, host)| host);
        split_port(bare).map(|(host, port)| (host, port.unwrap_or(scheme.default_port())))
    };
    match (read(one), read(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn split_port(text: &str) -> Option<(Host, Option<u16>)> {
    let (host, port) = match text.rsplit_once(':') {
        // A colon inside brackets is not a port's.
        Some((host, port)) if !port.contains(']') => {
            (host, if port.is_empty() { None } else { Some(port.parse().ok()?) })
        }
        _ => (text, None),
    };
    Host::parse(host).ok().map(|host| (host, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(method: &str, uri: &str, host: &[&str]) -> Parts {
        let mut request = Request::builder().method(method).uri(uri);
        for host in host {
            request = request.header("host", *host);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn page_of(target: Result<Target, MalformedFault>) -> String {
        match target {
            Ok(Target::Page { address, user_information }) => {
                format!("{address}{}", if user_information { " with user information" } else { "" })
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_proxy_takes_whole_addresses_and_tunnels() {
        let read = |method, uri, host| read(&parts(method, uri, host), Entry::Proxy);
        assert_eq!(page_of(read("GET", "http://a.example/x?y", &["a.example"])), "http://a.example/x?y");
        assert_eq!(page_of(read("GET", "http://a.example:80/", &["A.Example"])), "http://a.example/");
        assert_eq!(
            page_of(read("GET", "http://u:p@a.example/", &["a.example"])),
            "http://a.example/ with user information"
        );
        assert_eq!(
            read("CONNECT", "a.example:443", &["a.example:443"]),
            Ok(Target::Tunnel(Host::parse("a.example").unwrap(), 443))
        );
        assert_eq!(read("GET", "/proxy.pac", &["gateway:3128"]), Ok(Target::Here));
    }

    #[test]
    fn requests_that_two_readers_could_read_differently_are_refused() {
        let read = |method, uri, host| read(&parts(method, uri, host), Entry::Proxy).unwrap_err();
        assert_eq!(read("GET", "http://a.example/", &["b.example"]), MalformedFault::HostDiffers);
        assert_eq!(read("GET", "http://a.example:8080/", &["a.example"]), MalformedFault::HostDiffers);
        assert_eq!(
            read("GET", "http://a.example/", &["a.example", "a.example"]),
            MalformedFault::HostUnclear
        );
        assert_eq!(read("GET", "http://a.example/", &[]), MalformedFault::HostUnclear);
        assert_eq!(read("GET", "http://a.example/", &["a b"]), MalformedFault::HostUnclear);
        assert_eq!(read("GET", "https://a.example/", &["a.example"]), MalformedFault::TargetUnclear);
        assert_eq!(read("GET", "ftp://a.example/", &["a.example"]), MalformedFault::TargetUnclear);
        assert_eq!(read("CONNECT", "a.example", &["a.example"]), MalformedFault::TargetUnclear);
        assert_eq!(read("CONNECT", "u@a.example:443", &["a.example"]), MalformedFault::TargetUnclear);
        assert_eq!(read("TRACE", "http://a.example/", &["a.example"]), MalformedFault::Method);
        assert_eq!(read("OPTIONS", "*", &["a.example"]), MalformedFault::TargetUnclear);
        for path in ["/a%5c..%5Cb", "/a\\..\\b", "/a/..%5Cb?c", "/a%5c%2e%2e/b"] {
            let parts = parts("GET", &format!("http://a.example{path}"), &["a.example"]);
            assert_eq!(super::read(&parts, Entry::Proxy), Err(MalformedFault::TargetUnclear), "{path}");
        }
    }

    #[test]
    fn inside_a_tunnel_the_host_is_the_field_or_the_authority_and_they_agree() {
        let read = |method, uri, host| read(&parts(method, uri, host), Entry::Tunnel);
        assert_eq!(page_of(read("GET", "/x", &["a.example"])), "https://a.example/x");
        assert_eq!(page_of(read("GET", "https://a.example/x", &["a.example"])), "https://a.example/x");
        assert_eq!(page_of(read("GET", "/x", &["a.example:443"])), "https://a.example/x");
        assert_eq!(read("GET", "https://a.example/x", &["b.example"]), Err(MalformedFault::HostDiffers));
        assert_eq!(read("CONNECT", "b.example:443", &["b.example"]), Err(MalformedFault::Method));
        assert_eq!(read("GET", "/a%5c..%5Cb", &["a.example"]), Err(MalformedFault::TargetUnclear));
        assert_eq!(
            page_of(read("GET", "/a%5Cb.c?d=%5C..%5C", &["a.example"])),
            "https://a.example/a%5Cb.c?d=%5C..%5C"
        );
    }
}
