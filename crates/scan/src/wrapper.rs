//! Pages inside addresses: what a translator, a cache or an archive was asked to show.
//!
//! The table is `lists/wrappers.toml`. What follows from a wrapped page is the policy's to say.

use std::borrow::Cow;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use usher_types::host::{Host, HostName};
use usher_types::url::WebAddress;

use crate::search::is_at;

/// The services known.
const BUILT_IN: &str = include_str!("../../../lists/wrappers.toml");
/// Addresses are encoded once by the browser and once more by whoever writes a link; more is a trick, and no service
/// undoes it.
const DECODED_TIMES: usize = 3;

static READ: LazyLock<Result<Wrappers, toml::de::Error>> = LazyLock::new(|| Wrappers::parse(BUILT_IN));

/// The services known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrappers {
    #[serde(rename = "wrapper")]
    wrappers: Vec<Wrapper>,
}

/// A service that shows pages of others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    id: String,
    hosts: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    begins: String,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    labels: bool,
}

impl Wrappers {
    /// The table that comes with Usher.
    ///
    /// # Errors
    /// When it cannot be read, which a test keeps from happening.
    pub fn built_in() -> Result<&'static Self, &'static toml::de::Error> {
        READ.as_ref()
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The address of the page that this one shows; none where it shows its own. It is shorter than this one.
    pub fn inner(&self, address: &WebAddress) -> Option<WebAddress> {
        let host = address.host.name()?;
        let here = self.wrappers.iter().filter(|wrapper| wrapper.is_at(host, &address.path));
        let mut found = here.filter_map(|wrapper| wrapper.inner(host, address));
        // What leads back to itself says nothing more.
        found.find(|inner| inner != address)
    }
}

impl Wrapper {
    fn is_at(&self, host: &HostName, path: &str) -> bool {
        let below = |one: &String| {
            path.strip_prefix(one.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.hosts.iter().any(|pattern| is_at(pattern, host))
            && (self.paths.is_empty() || self.paths.iter().any(below))
    }

    fn inner(&self, host: &HostName, address: &WebAddress) -> Option<WebAddress> {
        self.in_labels(host, address).or_else(|| self.in_query(address)).or_else(|| self.in_path(address))
    }

    fn in_query(&self, address: &WebAddress) -> Option<WebAddress> {
        self.query.iter().find_map(|name| {
            let value = if name == "*" { address.query.clone() } else { address.parameter(name) };
            page(value?.trim_start().strip_prefix(&self.begins)?)
        })
    }

    fn in_path(&self, address: &WebAddress) -> Option<WebAddress> {
        let rest = self.after.iter().filter_map(|before| rest_after(before, &address.path));
        let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        rest.filter(|rest| !rest.is_empty()).find_map(|rest| page(&format!("{rest}{query}")))
    }

    /// `games-example` before `.translate.goog` is `games.example`; doubled hyphens were hyphens.
    fn in_labels(&self, host: &HostName, address: &WebAddress) -> Option<WebAddress> {
        if !self.labels {
            return None;
        }
        let pattern = self.hosts.iter().find(|pattern| is_at(pattern, host))?;
        let label = host.as_str().strip_suffix(pattern.as_str())?.strip_suffix('.')?;
        let name = label.replace("--", "\0").replace('-', ".").replace('\0', "-");
        let host = Host::parse(&name).ok().filter(leads_somewhere)?;
        Some(WebAddress { host, ..address.clone() })
    }
}

/// What follows `before` in a path; a `*` in it is any one segment.
fn rest_after<'a>(before: &str, path: &'a str) -> Option<&'a str> {
    match before.split_once('*') {
        None => path.strip_prefix(before),
        Some((first, second)) => {
            let rest = path.strip_prefix(first)?;
            rest.get(rest.find('/')?..)?.strip_prefix(second)
        }
    }
}

/// Reads the address of a page as people write it: with or without a scheme, encoded or not.
fn page(text: &str) -> Option<WebAddress> {
    // Caches take words to mark after the address.
    let mut text = Cow::Borrowed(text.split_whitespace().next()?);
    for _again in 0..DECODED_TIMES {
        if let Some(found) = plain_page(&text) {
            return Some(found);
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == *text {
            return None;
        }
        text = Cow::Owned(decoded);
    }
    plain_page(&text)
}

fn plain_page(text: &str) -> Option<WebAddress> {
    let lower = text.get(..text.len().min(6)).unwrap_or(text).to_ascii_lowercase();
    let (scheme, rest) = if lower.starts_with("https:") {
        ("https", text.get(6..)?)
    } else if lower.starts_with("http:") {
        ("http", text.get(5..)?)
    } else {
        ("https", text)
    };
    // In a path two slashes became one.
    let rest = rest.trim_start_matches(['/', '\\']);
    let address = WebAddress::parse(&format!("{scheme}://{rest}")).ok()?;
    leads_somewhere(&address.host).then_some(address)
}

/// A word is no site: `cache:otters` is a search.
fn leads_somewhere(host: &Host) -> bool {
    host.name().is_none_or(|name| name.as_str().contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inner(address: &str) -> String {
        let found = Wrappers::built_in().unwrap().inner(&WebAddress::parse(address).unwrap());
        found.map_or_else(|| "nothing".to_owned(), |inner| inner.to_string())
    }

    #[test]
    fn a_wrapped_page_is_found_in_query_path_and_labels() {
        for (address, expected) in [
            (
                "https://translate.google.com/translate?sl=auto&u=https%3A%2F%2Fgames.example%2Fx%3Fy",
                "https://games.example/x?y",
            ),
            ("https://translate.google.co.uk/translate?hl=en&u=games.example", "https://games.example/"),
            (
                "https://games-example.translate.goog/play?_x_tr_sl=auto",
                "https://games.example/play?_x_tr_sl=auto",
            ),
            ("https://www-two--words-co-uk.translate.goog/", "https://www.two-words.co.uk/"),
            (
                "http://webcache.googleusercontent.com/search?q=cache:https://games.example/",
                "https://games.example/",
            ),
            ("https://www.google.com/search?q=cache:games.example", "https://games.example/"),
            ("https://www.google.com/search?q=cache:games.example+play+now", "https://games.example/"),
            ("https://www.google.com/amp/s/games.example/x", "https://games.example/x"),
            ("https://cdn.ampproject.org/v/s/games.example/x?amp=1", "https://games.example/x?amp=1"),
            ("https://games-example.cdn.ampproject.org/c/s/games.example/", "https://games.example/"),
            (
                "https://web.archive.org/web/20240101000000id_/https://games.example/a?b",
                "https://games.example/a?b",
            ),
            ("https://web.archive.org/web/https:/games.example/", "https://games.example/"),
            ("https://web.archive.org/web/2024*/games.example", "https://games.example/"),
            ("https://archive.ph/newest/http://games.example/", "http://games.example/"),
            ("https://archive.is/2020/https%3A%2F%2Fgames.example%2F", "https://games.example/"),
            ("https://r.jina.ai/https://games.example/", "https://games.example/"),
            ("https://images.weserv.nl/?url=games.example/a.png", "https://games.example/a.png"),
            ("https://validator.w3.org/nu/?doc=HTTPS%3A%2F%2Fgames.example", "https://games.example/"),
            ("https://corsproxy.io/?https%3A%2F%2Fgames.example%2F", "https://games.example/"),
            ("https://translate.google.com/translate?u=http%3A%2F%2F3221225985%2F", "http://192.0.2.1/"),
            (
                "https://translate.google.com/translate?u=https%253A%252F%252Fgames.example",
                "https://games.example/",
            ),
        ] {
            assert_eq!(inner(address), expected, "{address}");
        }
    }

    #[test]
    fn pages_of_their_own_wrap_nothing() {
        for address in [
            "https://translate.google.com/?sl=en&tl=fr&text=otters&op=translate",
            "https://translate.google.com/",
            "https://www.google.com/search?q=otters.example",
            "https://www.google.com/search?q=cache:otters",
            "https://www.bing.com/search?q=otters&url=x.example",
            "https://translate.goog/",
            "https://archive.ph/AbC12",
            "https://web.archive.org/web/",
            "https://archive.org/details/otters",
            "https://yandex.com/search?text=otters.example",
            "https://encyclopaedia.example/?u=https://games.example/",
            "https://google.com.evil.example/amp/s/games.example/",
            "http://192.0.2.1/?u=games.example",
        ] {
            assert_eq!(inner(address), "nothing", "{address}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(host in "(translate\\.google\\.com|a-b\\.translate\\.goog|archive\\.ph|web\\.archive\\.org|corsproxy\\.io)", rest in "/[ -~]{0,60}") {
            if let Ok(address) = WebAddress::parse(&format!("https://{host}{rest}")) {
                let _ = Wrappers::built_in().unwrap().inner(&address);
            }
        }
    }
}
