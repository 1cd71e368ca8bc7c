//! Pages inside addresses: what a translator, a cache or an archive was asked to show.
//!
//! The table is `lists/wrappers.toml`. An address may name several pages, and only the service knows which it shows: all are
//! said. What follows from them is the policy's to say.

use std::borrow::Cow;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use usher_types::host::{Host, HostName, MAX_LABEL_BYTES};
use usher_types::url::{Scheme, WebAddress};

use crate::safe;
use crate::search::is_at;

/// The services known.
/// The table that comes with the program, as its file is written.
pub const BUILT_IN: &str = include_str!("../../../lists/wrappers.toml");
/// Addresses are encoded once by the browser and once more by whoever writes a link; more is a trick, and no service
/// undoes it.
const DECODED_TIMES: usize = 3;
/// A translation of an archived page is two deep. Beyond this nobody means to read anything.
const DEEPEST: usize = 4;
/// Places of one address that may hold a page. A service reads one or two; whoever writes more hides one among them.
const MOST_PLACES: usize = 16;
/// Pages inside one address, those inside the inner ones included: each is judged, and the reader waits.
const MOST_PAGES: usize = 32;
/// How the parameters begin that Google Translate says things to itself in.
const OWN_PARAMETER: &str = "_x_tr_";

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

    /// The pages that an address may show instead of its own, those inside them included, outermost first.
    pub fn inside(&self, address: &WebAddress) -> Inside {
        let mut found = Inside::default();
        // Hardly any address is a wrapper's: the others cost a look at the table, and no copy.
        let mut layer = self.next_layer(std::slice::from_ref(address), address, &mut found);
        for _deeper in 1..DEEPEST {
            layer = self.next_layer(&layer, address, &mut found);
        }
        if layer.is_empty() {
            return found;
        }
        let mut deeper = Inside { pages: found.pages.clone(), unread: false };
        let more = self.next_layer(&layer, address, &mut deeper);
        found.unread |= deeper.unread || !more.is_empty();
        found
    }

    fn next_layer(&self, layer: &[WebAddress], outer: &WebAddress, found: &mut Inside) -> Vec<WebAddress> {
        let mut next = Vec::new();
        for around in layer {
            let Some(host) = around.host.name() else { continue };
            for wrapper in self.wrappers.iter().filter(|wrapper| wrapper.is_at(host, &around.path)) {
                let (pages, unread) = wrapper.pages(host, around);
                found.unread |= unread;
                for page in pages {
                    // What leads back to itself says nothing more.
                    if page == *outer || found.pages.contains(&page) {
                        continue;
                    }
                    if found.pages.len() == MOST_PAGES {
                        found.unread = true;
                        return next;
                    }
                    found.pages.push(page.clone());
                    next.push(page);
                }
            }
        }
        next
    }
}

/// What an address holds of other pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inside {
    /// The pages. Which of them is shown, only the service knows.
    pub pages: Vec<WebAddress>,
    /// Whether there may be others: too many, too deep, or written so that nobody can say which.
    pub unread: bool,
}

impl Wrapper {
    fn is_at(&self, host: &HostName, path: &str) -> bool {
        let below = |one: &String| {
            path.strip_prefix(one.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.hosts.iter().any(|pattern| is_at(pattern, host))
            && (self.paths.is_empty() || self.paths.iter().any(below))
    }

    /// Every page that the address names, and whether some may be missing.
    fn pages(&self, host: &HostName, address: &WebAddress) -> (Vec<WebAddress>, bool) {
        let (mut pages, mut unread) = self.in_labels(host, address);
        let texts: Vec<String> =
            self.in_query(address).chain(self.in_path(address)).take(MOST_PLACES + 1).collect();
        unread |= texts.len() > MOST_PLACES;
        pages.extend(texts.iter().take(MOST_PLACES).flat_map(|text| readings(text)));
        (pages, unread)
    }

    /// The values of the parameters that hold an address: every time they stand there, in any case.
    fn in_query<'a>(&'a self, address: &'a WebAddress) -> impl Iterator<Item = String> + 'a {
        let query = address.query.as_deref().unwrap_or_default();
        let all = self.query.iter().any(|name| name == "*").then(|| query.to_owned());
        let named = |name: &str| self.query.iter().any(|one| one.eq_ignore_ascii_case(name));
        let values = parameters(query).filter(move |(name, _)| named(name)).map(|(_, value)| value);
        let begins = self.begins.as_str();
        all.into_iter().chain(values).filter_map(move |value| {
            let value = value.trim_start();
            let first = value.get(..begins.len())?;
            first.eq_ignore_ascii_case(begins).then(|| value.get(begins.len()..).map(str::to_owned))?
        })
    }

    /// What stands in the path behind each of the beginnings known.
    fn in_path<'a>(&'a self, address: &'a WebAddress) -> impl Iterator<Item = String> + 'a {
        // A number that an archive is known to put before the address is a day, and no host.
        let has_days = self.after.iter().any(|before| before.contains('*'));
        let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let rest = self.after.iter().filter_map(|before| rest_after(before, &address.path));
        let rest = rest.filter(move |rest| !(rest.is_empty() || has_days && begins_with_day(rest)));
        rest.map(move |rest| format!("{rest}{query}"))
    }

    /// The names that stand before the service's own, and whether one cannot be told.
    fn in_labels(&self, host: &HostName, address: &WebAddress) -> (Vec<WebAddress>, bool) {
        let none = (Vec::new(), false);
        if !self.labels {
            return none;
        }
        let pattern = self.hosts.iter().find(|pattern| is_at(pattern, host));
        let label = pattern.and_then(|pattern| host.as_str().strip_suffix(pattern.as_str()));
        let Some(label) = label.and_then(|label| label.strip_suffix('.')) else { return none };
        let values = |wanted: &str| {
            let query = address.query.as_deref().unwrap_or_default();
            let values = parameters(query).filter(|(name, _)| name == wanted);
            // One more than is looked at, so that it shows that there are more.
            values.map(|(_, value)| value).take(MOST_PLACES + 1).collect::<Vec<_>>()
        };
        let (mut heads, mut codings) = (values("_x_tr_hp"), values("_x_tr_enc"));
        // Only what is too long for a label begins elsewhere. Else somebody wrote it by hand, and it may count or not.
        if heads.iter().all(|head| head.len() + label.len() <= MAX_LABEL_BYTES) {
            heads.push(String::new());
        }
        if codings.is_empty() {
            codings.push(String::new());
        }
        let plain = values("_x_tr_sch").iter().any(|scheme| scheme.eq_ignore_ascii_case("http"));
        let mut found = (Vec::new(), heads.len() * codings.len() > MOST_PLACES);
        let both = heads.iter().flat_map(|head| codings.iter().map(move |coding| (head, coding)));
        for (head, coding) in both.take(MOST_PLACES) {
            match written_out(&format!("{head}{label}"), coding) {
                Some(host) => found.0.push(inner_page(host, plain, address)),
                None => found.1 = true,
            }
        }
        found
    }
}

/// The page of a site whose name stands before the service's. What is said to the service, the site does not hear.
fn inner_page(host: Host, plain: bool, around: &WebAddress) -> WebAddress {
    let scheme = if plain { Scheme::Http } else { around.scheme };
    let is_own = |part: &str| safe::parameters(part).any(|(name, _)| name.starts_with(OWN_PARAMETER));
    let query = around.query.as_deref().and_then(|query| {
        let kept: Vec<&str> = query.split('&').filter(|part| !is_own(part)).collect();
        (!kept.is_empty()).then(|| kept.join("&"))
    });
    WebAddress { host, scheme, port: scheme.default_port(), path: around.path.clone(), query }
}

/// The name that Google Translate writes as one label: hyphens are doubled, then dots are hyphens; `1-` before it means
/// nothing and `0-` means `xn--`, each only where `coding` says so. None where several names are written alike.
fn written_out(label: &str, coding: &str) -> Option<Host> {
    let says = |wanted: &str| coding.split(',').any(|one| one.trim() == wanted);
    let label = label.strip_prefix("1-").filter(|_| says("1")).unwrap_or(label);
    let (first, label) = match label.strip_prefix("0-").filter(|_| says("0")) {
        Some(rest) => ("xn--", rest),
        None => ("", label),
    };
    if label.contains('.') {
        return None;
    }
    let mut name = first.to_owned();
    let mut rest = label;
    while let Some(at) = rest.find('-') {
        let (before, hyphens) = rest.split_at(at);
        let after = hyphens.trim_start_matches('-');
        name.push_str(before);
        match hyphens.len() - after.len() {
            1 => name.push('.'),
            even if even % 2 == 0 => name.push_str(&"-".repeat(even / 2)),
            _odd => return None,
        }
        rest = after;
    }
    name.push_str(rest);
    Host::parse(&name).ok().filter(leads_somewhere)
}

/// The parameters of a query. Some services part them at `;` as well, so these are read both ways.
fn parameters(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let apart = query.split(['&', ';']).filter(|_| query.contains(';'));
    safe::parameters(query).chain(apart.flat_map(safe::parameters))
}

/// Whether the first of several segments is nothing but digits.
fn begins_with_day(rest: &str) -> bool {
    rest.split_once('/').is_some_and(|(first, after)| {
        !first.is_empty() && !after.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit())
    })
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

/// The pages that a text may name, as people write them: with or without a scheme, encoded or not.
fn readings(text: &str) -> Vec<WebAddress> {
    // Browsers leave these out of addresses (WHATWG URL, 4.4).
    let whole: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let whole = whole.trim_matches(|c: char| c <= ' ');
    // Caches take words to mark after the address.
    let first = text.split_whitespace().next().unwrap_or_default();
    // To browsers a backslash is a slash; to other programs it is none, and the host comes after it.
    let other = whole.contains('\\').then(|| whole.replace('\\', "%5C"));
    let mut found: Vec<WebAddress> = Vec::new();
    for text in [first, whole].into_iter().chain(other.as_deref()) {
        for page in decoded(text) {
            if !found.contains(&page) {
                found.push(page);
            }
        }
    }
    found
}

/// What a text names before and after each decoding: how often a service decodes, only it knows.
fn decoded(text: &str) -> Vec<WebAddress> {
    let mut found: Vec<WebAddress> = Vec::new();
    let mut text = Cow::Borrowed(text);
    for _again in 0..=DECODED_TIMES {
        // The same page in another spelling is no other page.
        if let Some(page) = plain_page(&text)
            && !found.iter().any(|known| known.host == page.host && known.path == page.path)
        {
            found.push(page);
        }
        let plainer = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if plainer == *text {
            break;
        }
        text = Cow::Owned(plainer);
    }
    found
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

    fn inside(address: &str) -> Inside {
        Wrappers::built_in().unwrap().inside(&WebAddress::parse(address).unwrap())
    }

    fn all(address: &str) -> Vec<String> {
        inside(address).pages.iter().map(ToString::to_string).collect()
    }

    fn inner(address: &str) -> String {
        let found = inside(address);
        assert!(!found.unread, "{address}");
        found.pages.first().map_or_else(|| "nothing".to_owned(), ToString::to_string)
    }

    #[test]
    fn a_wrapped_page_is_found_in_query_path_and_labels() {
        for (address, expected) in [
            (
                "https://translate.google.com/translate?sl=auto&u=https%3A%2F%2Fgames.example%2Fx%3Fy",
                "https://games.example/x?y",
            ),
            ("https://translate.google.co.uk/translate?hl=en&u=games.example", "https://games.example/"),
            ("https://games-example.translate.goog/play?_x_tr_sl=auto", "https://games.example/play"),
            (
                "https://games-example.translate.goog/play?_x_tr_sl=en&a=b+c&_x_tr_hl=fr&_x_tr=1&d;e",
                "https://games.example/play?a=b+c&_x_tr=1&d;e",
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

    #[test]
    fn a_decoy_hides_no_page_beside_it() {
        for address in [
            "https://r.jina.ai/https://games.example/?q=bbc.example",
            "https://r.jina.ai/https://bbc.example/?q=games.example",
            "https://translate.google.com/translate?u=bbc.example&u=games.example",
            "https://translate.google.com/translate?u=games.example&u=bbc.example",
            "https://translate.google.com/translate?url=bbc.example&u=games.example",
            "https://www.textise.net/showText.aspx?strURL=bbc.example&STRURL=games.example",
            "https://validator.w3.org/check?url=bbc.example;uri=games.example",
            "https://corsproxy.io/?https%3A%2F%2Fbbc.example%2F&url=games.example",
            "https://archive.ph/newest/games.example?url=bbc.example",
            "https://images.weserv.nl/?url=bbc.example+@games.example",
            "https://images.weserv.nl/?url=https://bbc.example%5C@games.example",
            "https://images.weserv.nl/?url=https://ga%09mes.example",
            "https://images.weserv.nl/?url=https://bbc.example%25252F@games.example",
        ] {
            let all = all(address);
            assert!(all.iter().any(|page| page.starts_with("https://games.example/")), "{address}: {all:?}");
        }
        let among = |count: usize| {
            let decoys = "&u=bbc.example".repeat(count);
            inside(&format!("https://translate.google.com/translate?x{decoys}&u=games.example")).unread
        };
        assert!(!among(MOST_PLACES - 1));
        assert!(among(MOST_PLACES));
    }

    #[test]
    fn a_day_of_an_archive_is_no_number_of_a_site() {
        for day in ["2024", "20240101000000"] {
            let archived = all(&format!("https://web.archive.org/web/{day}/https://games.example/"));
            assert_eq!(archived, ["https://games.example/"]);
        }
        assert_eq!(all("https://r.jina.ai/3221225985/"), ["https://192.0.2.1/"]);
    }

    #[test]
    fn a_name_in_labels_is_written_out_as_the_translator_does() {
        let long = "a".repeat(60);
        for (label, query, expected) in [
            ("games-example", "", "games.example"),
            ("two--words-example", "", "two-words.example"),
            ("r3----sn--x-example", "", "r3--sn-x.example"),
            ("1-games-example", "_x_tr_enc=1", "games.example"),
            ("1-games-example", "", "1.games.example"),
            ("0-bcher--kva-example", "_x_tr_enc=0", "xn--bcher-kva.example"),
            ("1-0-bcher--kva-example", "_x_tr_enc=1,0", "xn--bcher-kva.example"),
            ("es-example", "_x_tr_hp=gam", "games.example"),
            ("-example", "_x_tr_hp=games", "games.example"),
            ("aa-example", &format!("_x_tr_hp={long}"), &format!("{long}aa.example")),
        ] {
            let found = inside(&format!("https://{label}.translate.goog/?{query}"));
            let hosts: Vec<String> = found.pages.iter().map(|page| page.host.to_string()).collect();
            assert!(hosts.iter().any(|host| host == expected), "{label} {query}: {hosts:?}");
        }
        let plain = inside("https://games-example.translate.goog/?_x_tr_sch=http");
        assert_eq!(plain.pages[0].origin(), "http://games.example");
    }

    #[test]
    fn a_label_that_several_names_share_is_said_to_be_unread() {
        for host in ["games---example", "games-example.other", "x"] {
            assert!(inside(&format!("https://{host}.translate.goog/")).unread, "{host}");
        }
        assert!(inside("https://games-example.translate.goog/?_x_tr_hp=https%3A%2F%2Fbbc.example%2F").unread);
        let decoys = "_x_tr_enc=x&".repeat(MOST_PLACES);
        assert!(inside(&format!("https://1-games-example.translate.goog/?{decoys}_x_tr_enc=1")).unread);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(host in "(translate\\.google\\.com|a-b\\.translate\\.goog|archive\\.ph|web\\.archive\\.org|corsproxy\\.io)", rest in "/[ -~]{0,60}") {
            if let Ok(address) = WebAddress::parse(&format!("https://{host}{rest}")) {
                let inside = Wrappers::built_in().unwrap().inside(&address);
                prop_assert!(inside.pages.len() <= MOST_PAGES);
            }
        }
    }
}
