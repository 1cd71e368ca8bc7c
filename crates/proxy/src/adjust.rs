//! What the decision changes about a request is changed here: parameters, header fields, cookies. Whatever the client
//! sent under those names is gone; every other byte stays as it was.
//!
//! Nothing is decided here, and where a connection goes is [`crate::reach`]'s.

use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use usher_policy::decision::Adjust;

/// Makes the changes to a request that is otherwise ready to go.
pub(crate) fn apply(parts: &mut http::request::Parts, adjusts: &[Adjust]) {
    let query: Vec<(&str, &str)> = adjusts.iter().filter_map(parameter).collect();
    if !query.is_empty() {
        parts.uri = with_query(std::mem::take(&mut parts.uri), &query);
    }
    for adjust in adjusts {
        match adjust {
            Adjust::Header(name, value) => set_header(&mut parts.headers, name, value),
            Adjust::Cookie(name, value) => set_cookie(&mut parts.headers, name, value),
            Adjust::Query(..) | Adjust::Connect(_) => {}
        }
    }
}

fn parameter(adjust: &Adjust) -> Option<(&str, &str)> {
    match adjust {
        Adjust::Query(name, value) => Some((name, value)),
        Adjust::Header(..) | Adjust::Cookie(..) | Adjust::Connect(_) => None,
    }
}

fn with_query(uri: Uri, wanted: &[(&str, &str)]) -> Uri {
    let mut parts = uri.into_parts();
    let before = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let after = PathAndQuery::try_from(format!("{path}?{}", rewritten(query, wanted)));
    // An address too long to be added to goes without its query: unforced it goes nowhere.
    parts.path_and_query = after.or_else(|_too_long| PathAndQuery::try_from(path)).ok();
    Uri::from_parts(parts).unwrap_or_default()
}

/// The query with each wanted parameter once and with no other value. Where it says so already, it stays as it is.
fn rewritten(query: &str, wanted: &[(&str, &str)]) -> String {
    let mut out = query.to_owned();
    for (name, value) in wanted {
        let plain = format!("{name}={value}");
        let mut same = out.split('&').filter(|pair| is_named(pair, name));
        if same.next() == Some(&plain) && same.next().is_none() {
            continue;
        }
        let kept: Vec<&str> = out.split('&').filter(|pair| !is_named(pair, name)).collect();
        let kept = kept.join("&");
        out = if kept.is_empty() { plain } else { format!("{kept}&{plain}") };
    }
    out
}

/// Whether a parameter has this name, as any site might read it: percent signs undone, in either case, with blanks
/// before and after it, or as one of a list (`safe[]`).
fn is_named(pair: &str, name: &str) -> bool {
    let written = pair.split('=').next().unwrap_or_default().replace('+', " ");
    let read = percent_encoding::percent_decode_str(&written).decode_utf8_lossy();
    let bare = read.split('[').next().unwrap_or_default();
    bare.trim_matches(|c: char| c.is_whitespace() || c.is_control()).eq_ignore_ascii_case(name)
}

fn set_header(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

/// One `Cookie` field with every other cookie as it was, and this one.
fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str) {
    let mut cookies: Vec<Vec<u8>> = Vec::new();
    for field in headers.get_all(COOKIE) {
        let pairs = field.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        cookies.extend(pairs.filter(|pair| !pair.is_empty() && !is_cookie(pair, name)).map(<[u8]>::to_vec));
    }
    cookies.push(format!("{name}={value}").into_bytes());
    if let Ok(value) = HeaderValue::from_bytes(&cookies.join(&b"; "[..])) {
        headers.insert(COOKIE, value);
    }
}

fn is_cookie(pair: &[u8], name: &str) -> bool {
    let written = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    written.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_forced_parameter_is_there_once_whatever_the_client_wrote() {
        for (query, after) in [
            ("", "safe=active"),
            ("q=cats", "q=cats&safe=active"),
            ("q=cats&safe=off", "q=cats&safe=active"),
            ("safe=off&q=cats&safe=off", "q=cats&safe=active"),
            ("safe=active&safe=off", "safe=active"),
            ("%73afe=off&q=cats", "q=cats&safe=active"),
            ("SAFE=off&+safe=off&safe%00=off&safe[]=off&safe", "safe=active"),
            ("safe=active&q=c%61ts+&&x", "safe=active&q=c%61ts+&&x"),
            ("q=safe=off&unsafe=1", "q=safe=off&unsafe=1&safe=active"),
        ] {
            assert_eq!(rewritten(query, &[("safe", "active")]), after, "{query}");
        }
    }

    #[test]
    fn addresses_of_every_form_keep_the_rest() {
        for (before, after) in [
            ("/search?q=c%61ts", "/search?q=c%61ts&safe=active"),
            ("/", "/?safe=active"),
            ("https://www.google.com/search?safe=off", "https://www.google.com/search?safe=active"),
        ] {
            assert_eq!(with_query(before.parse().unwrap(), &[("safe", "active")]).to_string(), after);
        }
        let long = format!("/search?q={}", "x".repeat(65_520));
        assert_eq!(with_query(long.parse().unwrap(), &[("safe", "active")]).to_string(), "/search");
    }

    #[test]
    fn cookies_and_fields_of_those_names_are_gone() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; p=-2;b=\"2\"".parse().unwrap());
        headers.append(COOKIE, "p=-2; c=3".parse().unwrap());
        headers.append("youtube-restrict", "None".parse().unwrap());
        headers.append("youtube-restrict", "Off".parse().unwrap());
        set_cookie(&mut headers, "p", "1");
        set_header(&mut headers, "YouTube-Restrict", "Strict");
        let all: Vec<&str> = headers.get_all(COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(all, ["a=1; b=\"2\"; c=3; p=1"]);
        assert_eq!(headers.get_all("youtube-restrict").iter().count(), 1);
    }

    proptest! {
        #[test]
        fn what_else_is_asked_stays_byte_for_byte(query in "[a-rt-z0-9=&%+]{0,40}") {
            let after = rewritten(&query, &[("safe", "active")]);
            // Without an `s` nothing in it is called that, unless a percent sign hides one.
            prop_assume!(!query.contains("%73") && !query.contains("%53"));
            let kept = after.strip_suffix("safe=active").unwrap();
            prop_assert_eq!(kept.strip_suffix('&').unwrap_or(kept), query);
        }
    }
}
