//! Entries that mean some pages of a host: their one spelling, and which requests they cover.
//!
//! The spelling is the host without a leading `www.`, then the path in normal form
//! ([`usher_types::url::normal_path`]) in small letters and without a slash at the end, then `?` and the query if the
//! entry has one. An entry covers a page when the page's text begins with it and the next character ends a segment.

use std::fmt;

use usher_types::host::{Host, HostName};
use usher_types::url::WebAddress;

/// Some pages of one host: all whose path begins with a given one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pages {
    site: Host,
    text: Box<str>,
}

impl Pages {
    /// The pages at and below an address. Scheme and port do not count; nor does `www.`.
    pub fn of(address: &WebAddress) -> Self {
        let site = site_of(&address.host);
        Self { site, text: Request::new(&address.path, address.query.as_deref()).text().into() }
    }

    /// Reads `host/path`, with or without a scheme.
    ///
    /// # Errors
    /// When the text is no web address; the text of the error is for people.
    pub fn parse(text: &str) -> Result<Self, usher_types::url::NotAnAddress> {
        if without_scheme(text).is_some() {
            WebAddress::parse(text).map(|address| Self::of(&address))
        } else {
            WebAddress::parse(&format!("http://{text}")).map(|address| Self::of(&address))
        }
    }

    /// The host, without a leading `www.`. Hosts below it are not meant.
    pub const fn site(&self) -> &Host {
        &self.site
    }

    /// Path and query in normal form and small letters; empty for the whole site.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a page is one of these.
    pub fn covers(&self, host: &Host, path: &str, query: Option<&str>) -> bool {
        site_of(host) == self.site && Request::new(path, query).is_covered_by(self.text.as_bytes())
    }
}

impl fmt::Display for Pages {
    /// As in a list: `host/path`. The whole site is `host/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.text.starts_with('/') { "" } else { "/" };
        write!(f, "{}{slash}{}", self.site, self.text)
    }
}

/// What follows `scheme://`, if the text begins so. Further on, `://` is part of a path or a query.
pub(crate) fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme =
        scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some(rest)
}

/// The name without leading labels `www`, `www2` and the like, as long as a name with a dot is left.
pub(crate) fn without_www(name: &str) -> &str {
    let mut name = name;
    while let Some((first, rest)) = name.split_once('.') {
        let digits = first.strip_prefix("www").filter(|_| rest.contains('.'));
        if !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
            break;
        }
        name = rest;
    }
    name
}

fn site_of(host: &Host) -> Host {
    let shorter = host.name().and_then(|name| {
        let site = without_www(name.as_str());
        (site.len() < name.as_str().len()).then(|| HostName::parse(site).ok()).flatten()
    });
    shorter.map_or_else(|| host.clone(), Host::Name)
}

/// The path and query of a request, compared without copying them.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    path: &'a [u8],
    query: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// A request for a path in normal form.
    pub(crate) fn new(path: &'a str, query: Option<&'a str>) -> Self {
        let query = query.map(str::as_bytes).filter(|query| !query.is_empty());
        Self { path: path.trim_end_matches('/').as_bytes(), query }
    }

    /// The bytes an entry is compared with.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        let query = self.query.into_iter().flat_map(|query| std::iter::once(&b'?').chain(query));
        self.path.iter().chain(query).map(u8::to_ascii_lowercase)
    }

    fn text(self) -> String {
        // Paths and queries in normal form are ASCII; a stray other byte becomes one that matches nothing.
        self.bytes().map(|byte| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' }).collect()
    }

    /// Whether an entry's text is where this begins, up to the end of a segment.
    pub(crate) fn is_covered_by(self, entry: &[u8]) -> bool {
        let mut bytes = self.bytes();
        entry.iter().all(|byte| bytes.next() == Some(*byte))
            && bytes.next().is_none_or(|next| ends_segment(next, entry))
    }
}

/// Whether a character after an entry's text shows that the entry ended with a whole segment or parameter.
pub(crate) fn ends_segment(next: u8, entry: &[u8]) -> bool {
    matches!(next, b'/' | b'?' | b'#' | b';') || (next == b'&' && entry.contains(&b'?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(entry: &str, page: &str) -> bool {
        let page = WebAddress::parse(page).unwrap();
        Pages::parse(entry).unwrap().covers(&page.host, &page.path, page.query.as_deref())
    }

    #[test]
    fn an_entry_covers_what_is_at_and_below_it() {
        let entry = "Example.com/Play/Now/";
        for page in [
            "http://example.com/play/now",
            "https://www.example.com/play/now/",
            "http://www2.example.com/PLAY/now/level/2",
            "http://example.com/play/now?level=2",
            "http://example.com:8080/./play//now;x#top",
        ] {
            assert!(covers(entry, page), "{page}");
        }
        for page in [
            "http://example.com/play/nowhere",
            "http://example.com/play",
            "http://a.example.com/play/now",
            "http://example.org/play/now",
        ] {
            assert!(!covers(entry, page), "{page}");
        }
    }

    #[test]
    fn a_query_narrows_an_entry() {
        assert!(covers("video.example/watch?v=abc", "https://video.example/watch?v=ABC&t=1"));
        assert!(!covers("video.example/watch?v=abc", "https://video.example/watch?v=abcd"));
        assert!(!covers("video.example/watch?v=abc", "https://video.example/watch"));
        assert!(covers("a.example/x/?q=1", "https://a.example/x?q=1"));
        assert!(covers("a.example/index.php?", "https://a.example/index.php?x=1"));
        assert!(!covers("a.example/x", "https://a.example/x&y"));
        assert!(covers("a.example/go?to=http://b.example/", "https://a.example/go?to=http://b.example/"));
    }

    #[test]
    fn an_entry_without_a_path_is_the_whole_site_and_nothing_below() {
        for entry in ["a.example", "a.example/", "http://www.a.example"] {
            assert!(covers(entry, "http://a.example/any?thing"), "{entry}");
            assert!(!covers(entry, "http://b.a.example/"), "{entry}");
            assert_eq!(Pages::parse(entry).unwrap().to_string(), "a.example/");
        }
    }

    #[test]
    fn addresses_may_be_sites() {
        assert!(covers("192.0.2.1/~fun", "http://3221225985/%7efun/x"));
        assert_eq!(Pages::parse("[2001:db8::1]/x").unwrap().to_string(), "[2001:db8::1]/x");
    }

    #[test]
    fn only_a_whole_label_of_www_is_left_out() {
        for (name, site) in [
            ("www.a.example", "a.example"),
            ("www12.a.example", "a.example"),
            ("www2.www4.a.example", "a.example"),
            ("www.example", "www.example"),
            ("wwwa.a.example", "wwwa.a.example"),
            ("a.example", "a.example"),
        ] {
            assert_eq!(without_www(name), site);
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for entry in ["a.example/x?y=1", "a.example/", "a.example/%E2%82%AC/x", "192.0.2.1/a"] {
            let pages = Pages::parse(entry).unwrap();
            assert_eq!(Pages::parse(&pages.to_string()).unwrap(), pages, "{entry}");
        }
    }
}
