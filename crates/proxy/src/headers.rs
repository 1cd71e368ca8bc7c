//! Header fields that are between two hops and must not pass on (RFC 9110, 7.6.1), and those that lead around the
//! gateway.

use http::header::{
    ACCEPT_ENCODING, ALT_SVC, CONNECTION, HeaderMap, HeaderName, IF_RANGE, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, RANGE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use crate::pages::PROXY_STATUS;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
/// What `Alt-Svc` was called before it was one.
const ALTERNATE_PROTOCOL: HeaderName = HeaderName::from_static("alternate-protocol");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Takes out what is between the client and the gateway.
pub(crate) fn clean_request(headers: &mut HeaderMap) {
    drop_named(headers);
    for name in
        [PROXY_AUTHORIZATION, PROXY_CONNECTION, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS, TE]
    {
        headers.remove(name);
    }
    headers.remove(CONNECTION);
    // The gateway takes the body at once, whatever the site would have said.
    headers.remove(http::header::EXPECT);
    only_readable(headers);
}

/// Asks for what can be read: known codings, and whole files but for players, which ask for film in parts.
pub(crate) fn only_readable(headers: &mut HeaderMap) {
    const READ: [&str; 6] = ["gzip", "deflate", "br", "zstd", "identity", "*"];
    headers.remove("available-dictionary");
    if headers.contains_key(ACCEPT_ENCODING) {
        let offered: Vec<String> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map(|coding| coding.trim().to_owned())
            .filter(|coding| READ.contains(&coding.split(';').next().unwrap_or("").trim_end()))
            // `*` would be any coding at all.
            .map(|coding| coding.replace('*', "identity"))
            .collect();
        if let Ok(value) = http::HeaderValue::from_str(&offered.join(", ")) {
            headers.insert(ACCEPT_ENCODING, value);
        }
    }
    let player = headers.get("sec-fetch-dest").is_some_and(|place| place == "video" || place == "audio");
    if !player {
        headers.remove(RANGE);
        headers.remove(IF_RANGE);
    }
}

/// Takes out what is between the site and the gateway, offers of other ways to the site that nobody could judge, and what
/// only a proxy may say of itself (RFC 9209): a page of ours is told by it.
pub(crate) fn clean_response(headers: &mut HeaderMap) {
    drop_named(headers);
    for name in [
        PROXY_AUTHENTICATE,
        PROXY_CONNECTION,
        KEEP_ALIVE,
        TRANSFER_ENCODING,
        UPGRADE,
        TRAILER,
        ALT_SVC,
        ALTERNATE_PROTOCOL,
        PROXY_STATUS,
    ] {
        headers.remove(name);
    }
    headers.remove(CONNECTION);
}

/// Takes out the fields that `Connection` names.
fn drop_named(headers: &mut HeaderMap) {
    if !headers.contains_key(CONNECTION) {
        return;
    }
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // Content-Length between two hops would be a smuggler's.
        .filter(|name: &HeaderName| *name != http::header::HOST && *name != http::header::CONTENT_LENGTH)
        .collect();
    for name in named {
        headers.remove(name);
    }
}

/// Whether a request wants to become a WebSocket over HTTP/1.1 (RFC 6455, 4.1).
pub(crate) fn wants_websocket(headers: &HeaderMap) -> bool {
    let has = |name: HeaderName, wanted: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case(wanted))
    };
    has(CONNECTION, "upgrade") && has(UPGRADE, "websocket")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_two_hops_stays_there() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("x-private", "1"),
            ("proxy-authorization", "Basic c2VjcmV0"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("host", "a.example"),
            ("accept", "*/*"),
        ] {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        clean_request(&mut headers);
        let left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["host", "accept"]);
    }

    #[test]
    fn only_what_can_be_read_is_asked_for() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, "gzip, deflate, br, zstd, dcb, dcz;q=0.5".parse().unwrap());
        headers.insert("available-dictionary", ":abc=:".parse().unwrap());
        headers.insert(RANGE, "bytes=0-".parse().unwrap());
        clean_request(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[ACCEPT_ENCODING], "gzip, deflate, br, zstd");
        headers.insert(RANGE, "bytes=0-".parse().unwrap());
        headers.insert("sec-fetch-dest", "video".parse().unwrap());
        clean_request(&mut headers);
        assert!(headers.contains_key(RANGE), "players ask for film in parts");
    }

    #[test]
    fn other_ways_to_a_site_are_not_offered() {
        let mut headers = HeaderMap::new();
        headers.insert(ALT_SVC, "h3=\":443\"".parse().unwrap());
        headers.append(ALT_SVC, "h2=\"elsewhere.example:443\"".parse().unwrap());
        headers.insert("alternate-protocol", "443:quic".parse().unwrap());
        headers.insert("x-kept", "1".parse().unwrap());
        clean_response(&mut headers);
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn a_site_does_not_speak_for_the_gateway() {
        let mut headers = HeaderMap::new();
        headers.insert(PROXY_STATUS, "usher; error=http_request_denied".parse().unwrap());
        headers.append(PROXY_STATUS, "edge.example".parse().unwrap());
        clean_response(&mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn websockets_are_known_in_any_spelling() {
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, "keep-alive, Upgrade".parse().unwrap());
        headers.insert(UPGRADE, "WebSocket".parse().unwrap());
        assert!(wants_websocket(&headers));
        headers.insert(UPGRADE, "h2c".parse().unwrap());
        assert!(!wants_websocket(&headers));
    }
}
