//! Words typed into search boxes, read from addresses: the main engines and the big sites children search.
//!
//! The table is `lists/search-engines.toml`. Half-typed suggestions are left out: an engine asks for them at every key.

use serde::{Deserialize, Serialize};
use usher_types::host::{Host, HostName};
use usher_types::url::WebAddress;

use crate::features::Search;

/// The longest search kept, in characters; longer ones are cut. Engines themselves stop at about 2,000.
pub const LONGEST_SEARCH_CHARS: usize = 500;

/// The engines known without a school adding any.
const BUILT_IN: &str = include_str!("../../../lists/search-engines.toml");

/// Engines whose addresses can be read.
#[derive(Debug, Clone, Default)]
pub struct SearchEngines(Vec<Engine>);

/// One engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Engine {
    /// What people call it.
    pub name: String,
    /// Its hosts; whatever is below them counts. A last label `*` stands for any country's ending: `google.*`.
    pub hosts: Vec<String>,
    /// Paths that are searches; a path below one counts. Empty means every path.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Parameters that hold the words, in order of preference.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Paths that hold the words themselves: `/search/` in `/search/volcanoes`.
    #[serde(default)]
    pub words_after: Vec<String>,
    /// Paths that are half-typed suggestions.
    #[serde(default)]
    pub suggestions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    engine: Vec<Engine>,
}

impl SearchEngines {
    /// Reads a table.
    ///
    /// # Errors
    /// When it is not TOML of this form.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str::<File>(text).map(|file| Self(file.engine))
    }

    /// The engines known without a school adding any.
    ///
    /// # Errors
    /// When the table in the source is broken; a test finds this first.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        Self::parse(BUILT_IN)
    }

    /// These engines and a school's own, which count first.
    #[must_use]
    pub fn and(self, own: Vec<Engine>) -> Self {
        Self(own.into_iter().chain(self.0).collect())
    }

    /// What was searched for, if the address is a search.
    pub fn read(&self, address: &WebAddress) -> Option<Search> {
        let Host::Name(host) = &address.host else { return None };
        let engine = self.0.iter().find(|engine| engine.is_at(host) && engine.is_search(&address.path))?;
        let words = engine.words(address)?;
        let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().filter(|c| !c.is_control()).take(LONGEST_SEARCH_CHARS).collect();
        (!words.is_empty()).then(|| Search { engine: engine.name.clone(), words })
    }
}

impl Engine {
    fn is_at(&self, host: &HostName) -> bool {
        self.hosts.iter().any(|pattern| is_at(pattern, host))
    }

    fn is_search(&self, path: &str) -> bool {
        let below = |prefix: &String| {
            path.strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
        };
        !self.suggestions.iter().any(below)
            && (self.paths.is_empty() || self.paths.iter().any(below) || self.words_after.iter().any(below))
    }

    fn words(&self, address: &WebAddress) -> Option<String> {
        let in_query = self
            .parameters
            .iter()
            .find_map(|name| address.parameter(name).filter(|words| !words.trim().is_empty()));
        in_query.or_else(|| {
            let rest =
                self.words_after.iter().find_map(|prefix| address.path.strip_prefix(prefix.as_str()))?;
            let first = rest.split('/').next()?;
            Some(decode_path(first))
        })
    }
}

/// Whether a host is `pattern` or below it; a last label `*` stands for any country's ending.
pub(crate) fn is_at(pattern: &str, host: &HostName) -> bool {
    match pattern.strip_suffix(".*") {
        Some(base) => is_in_any_country(host.as_str(), base),
        None => {
            host.as_str().strip_suffix(pattern).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
    }
}

/// `google.*` is `google.com`, `google.co.uk`, `www.google.de`; not `google.com.evil.example`.
fn is_in_any_country(host: &str, base: &str) -> bool {
    let Some(at) = host.rfind(base) else { return false };
    let before = host.get(..at).unwrap_or("");
    let after = host.get(at + base.len()..).unwrap_or("");
    let mut labels = after.split('.').skip(1);
    let ending = match (labels.next(), labels.next(), labels.next()) {
        (Some(only), None, None) => only.len() >= 2,
        (Some(second), Some(country), None) => {
            matches!(second, "co" | "com" | "ac" | "org") && country.len() == 2
        }
        _ => false,
    };
    (before.is_empty() || before.ends_with('.')) && after.starts_with('.') && ending
}

fn decode_path(segment: &str) -> String {
    let spaced = segment.replace(['+', '_'], " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Option<(String, String)> {
        let engines = SearchEngines::built_in().unwrap();
        engines.read(&WebAddress::parse(address).unwrap()).map(|search| (search.engine, search.words))
    }

    fn words(address: &str) -> String {
        read(address).map_or_else(|| format!("nothing read from {address}"), |(_, words)| words)
    }

    #[test]
    fn the_main_engines_are_read() {
        for (address, expected) in [
            ("https://www.google.com/search?q=volcanoes&hl=en", "volcanoes"),
            ("https://www.google.co.uk/search?hl=en&q=how+do+volcanoes%20work", "how do volcanoes work"),
            ("https://www.bing.com/search?q=r%C3%B6mer", "römer"),
            ("https://www.bing.com/images/search?q=cats", "cats"),
            ("https://duckduckgo.com/?q=roman+roads&ia=web", "roman roads"),
            ("https://search.yahoo.com/search?p=tudors", "tudors"),
            ("https://uk.search.yahoo.com/search?p=tudors", "tudors"),
            ("https://www.youtube.com/results?search_query=slime", "slime"),
            ("https://en.wikipedia.org/w/index.php?search=Boudica&title=Special%3ASearch", "Boudica"),
            ("https://www.ecosia.org/search?method=index&q=trees", "trees"),
            ("https://www.kiddle.co/s.php?q=sharks", "sharks"),
            ("https://www.amazon.co.uk/s?k=pencils", "pencils"),
            ("https://search.brave.com/search?q=kites", "kites"),
            ("https://yandex.com/search/?text=kites", "kites"),
            ("https://www.tiktok.com/search?q=dance", "dance"),
            ("https://www.pinterest.co.uk/search/pins/?q=cakes", "cakes"),
            ("https://www.ebay.co.uk/sch/i.html?_nkw=lego", "lego"),
        ] {
            assert_eq!(words(address), expected, "{address}");
        }
    }

    #[test]
    fn half_typed_suggestions_and_other_pages_are_not_searches() {
        for address in [
            "https://www.google.com/complete/search?q=volc",
            "https://duckduckgo.com/ac/?q=volc",
            "https://www.google.com/maps?q=leeds",
            "https://www.google.com/search?q=",
            "https://encyclopaedia.example/?q=volcano",
            "https://google.com.evil.example/search?q=volcano",
            "https://notgoogle.com/search?q=volcano",
        ] {
            assert_eq!(read(address), None, "{address}");
        }
    }

    #[test]
    fn broken_utf8_control_characters_and_length_do_no_harm() {
        assert_eq!(words("https://www.google.com/search?q=a%ff%00b%0Ac"), "a\u{fffd}b c");
        let long = format!("https://www.google.com/search?q={}", "é".repeat(2_000));
        assert_eq!(words(&long).chars().count(), LONGEST_SEARCH_CHARS);
    }

    #[test]
    fn a_school_adds_its_own_engine() {
        let own = Engine {
            name: "Finder".into(),
            hosts: vec!["finder.example".into()],
            paths: vec!["/find".into()],
            parameters: vec!["words".into()],
            words_after: vec![],
            suggestions: vec![],
        };
        let engines = SearchEngines::built_in().unwrap().and(vec![own]);
        let search =
            engines.read(&WebAddress::parse("https://finder.example/find?words=owls").unwrap()).unwrap();
        assert_eq!((search.engine.as_str(), search.words.as_str()), ("Finder", "owls"));
    }
}
