//! Services that can be asked to leave out what is not for children: where they answer, what asks them, and which of
//! their pages are picture or film search; and search engines that nothing can lock.
//!
//! The table is `lists/safe-search.toml`. It holds facts. Who must search safely is the policy's to say, and sending
//! what it says is the gateway's.

use std::sync::LazyLock;

use serde::Deserialize;
use usher_types::host::{Host, HostName};

use crate::search::is_at;

/// The services known.
/// The table that comes with the program, as its file is written.
pub const BUILT_IN: &str = include_str!("../../../lists/safe-search.toml");

static READ: LazyLock<Result<SafeServices, toml::de::Error>> =
    LazyLock::new(|| SafeServices::parse(BUILT_IN));

/// The services known, and the engines that cannot be locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafeServices {
    #[serde(rename = "service")]
    services: Vec<SafeService>,
    unlockable: Vec<Unlockable>,
}

/// A service that can be locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SafeService {
    /// Its id, stable, kebab-case.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Which of a school's settings it obeys.
    pub setting: SafeSetting,
    hosts: Vec<String>,
    #[serde(default)]
    query_paths: Vec<String>,
    #[serde(default)]
    connect_hosts: Vec<String>,
    strict: Force,
    moderate: Option<Force>,
    #[serde(default)]
    pictures: Pictures,
}

/// Which setting a service obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SafeSetting {
    /// Safe search.
    Search,
    /// Restricted video.
    Youtube,
}

/// What locks a service: pairs of a name and a value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// Parameters of the query.
    #[serde(default)]
    pub query: Vec<(String, String)>,
    /// Header fields.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Cookies.
    #[serde(default)]
    pub cookies: Vec<(String, String)>,
    /// The name whose address stands in for the service's own.
    #[serde(default)]
    pub connect: Option<HostName>,
}

/// Which pages are picture or film search.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pictures {
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    query: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlockable {
    name: String,
    hosts: Vec<String>,
}

impl SafeServices {
    /// Reads a table.
    ///
    /// # Errors
    /// When it is not TOML of this form.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The services known.
    ///
    /// # Errors
    /// When the table in the source is broken; a test finds this first.
    pub fn built_in() -> Result<&'static Self, &'static toml::de::Error> {
        READ.as_ref()
    }

    /// The service that answers at a host.
    pub fn at(&self, host: &Host) -> Option<&SafeService> {
        let name = host.name()?;
        self.services.iter().find(|service| is_at_any(&service.hosts, name))
    }

    /// The engine that answers at a host and that nothing can lock, by the name people know.
    pub fn unlockable(&self, host: &Host) -> Option<&str> {
        let name = host.name()?;
        let found = self.unlockable.iter().find(|engine| is_at_any(&engine.hosts, name));
        found.map(|engine| engine.name.as_str())
    }
}

impl SafeService {
    /// What locks it, as strictly as asked. A service that knows one form only has that.
    pub fn force(&self, moderately: bool) -> &Force {
        self.moderate.as_ref().filter(|_| moderately).unwrap_or(&self.strict)
    }

    /// Whether the query of a page is added to. Elsewhere an added parameter could break what is not search at all.
    pub fn takes_query(&self, path: &str) -> bool {
        self.query_paths.is_empty() || self.query_paths.iter().any(|prefix| is_below(prefix, path))
    }

    /// Whether a host may be reached at another name's address instead.
    pub fn may_connect_elsewhere(&self, host: &Host) -> bool {
        // The address that stands in answers for these very names and not for all below them.
        let is_named = |name: &HostName, pattern: &String| match pattern.strip_suffix('*') {
            Some(base) => name.as_str().starts_with(base) && is_at(pattern, name),
            None => name.as_str() == pattern,
        };
        host.name().is_some_and(|name| self.connect_hosts.iter().any(|pattern| is_named(name, pattern)))
    }

    /// Whether a page is picture or film search.
    pub fn is_picture_search(&self, host: &Host, path: &str, query: Option<&str>) -> bool {
        let pictures = &self.pictures;
        let by_host = host.name().is_some_and(|name| is_at_any(&pictures.hosts, name));
        by_host
            || pictures.paths.iter().any(|prefix| is_below(prefix, path))
            || parameters(query.unwrap_or_default()).any(|(name, value)| {
                pictures.query.iter().any(|(key, wanted)| {
                    name.eq_ignore_ascii_case(key) && value.trim().eq_ignore_ascii_case(wanted)
                })
            })
    }
}

fn is_at_any(patterns: &[String], host: &HostName) -> bool {
    patterns.iter().any(|pattern| is_at(pattern, host))
}

/// Whether a path is `prefix` or below it; `/` is the front page alone. Sites read their paths in either case.
fn is_below(prefix: &str, path: &str) -> bool {
    let head = path.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix));
    let rest = head.and_then(|_| path.get(prefix.len()..));
    rest.is_some_and(|rest| rest.is_empty() || prefix != "/" && rest.starts_with('/'))
}

/// The parameters of a query, decoded as a form, in order. The same name may come again.
pub fn parameters(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use usher_types::url::WebAddress;

    use super::*;

    fn services() -> &'static SafeServices {
        SafeServices::built_in().unwrap()
    }

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    #[test]
    fn the_table_is_good() {
        let services = services();
        let mut ids: Vec<&str> = services.services.iter().map(|service| service.id.as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "every id is there once");
        let token = |name: &str| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        for service in &services.services {
            for force in [&service.strict, service.force(true)] {
                let pairs = force.query.iter().chain(&force.headers).chain(&force.cookies);
                for (name, value) in pairs.clone() {
                    assert!(token(name) && !name.is_empty(), "{name}");
                    assert!(value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'), "{value}");
                }
                assert!(
                    pairs.count() > 0 || force.connect.is_some(),
                    "{} is locked by something",
                    service.id
                );
            }
            assert!(service.connect_hosts.is_empty() || service.strict.connect.is_some(), "{}", service.id);
            for pattern in &service.hosts {
                let bare = pattern.replace(".*", ".com");
                assert_eq!(services.unlockable(&host(&bare)), None, "{pattern} is in one table only");
            }
        }
    }

    #[test]
    fn services_are_known_in_every_country_and_not_by_names_like_theirs() {
        for (name, id) in [
            ("www.google.co.uk", Some("google")),
            ("google.com", Some("google")),
            ("images.google.de", Some("google")),
            ("uk.search.yahoo.com", Some("yahoo")),
            ("m.youtube.com", Some("youtube")),
            ("google.com.evil.example", None),
            ("notbing.com", None),
            ("mail.yahoo.com", None),
        ] {
            assert_eq!(services().at(&host(name)).map(|service| service.id.as_str()), id, "{name}");
        }
        assert_eq!(services().unlockable(&host("www.startpage.com")), Some("Startpage"));
        assert_eq!(services().unlockable(&host("www.google.com")), None);
    }

    #[test]
    fn picture_search_is_known_by_host_path_or_query_in_any_spelling() {
        for (address, is) in [
            ("https://www.google.com/search?q=cats&tbm=isch", true),
            ("https://www.google.com/search?q=cats&%74bm=%69sch", true),
            ("https://www.google.com/search?q=cats&udm=14&udm=2", true),
            ("https://www.google.com/imgres?x", true),
            ("https://images.google.de/", true),
            ("https://www.google.com/search?q=tbm%3Disch", false),
            ("https://www.bing.com/images/search?q=cats", true),
            ("https://www.bing.com/IMAGES/search?q=cats", true),
            ("https://www.bing.com/imagesque", false),
            ("https://duckduckgo.com/?q=cats&ia=images&iax=images", true),
            ("https://duckduckgo.com/?q=cats&ia=web", false),
            ("https://uk.images.search.yahoo.com/search?p=cats", true),
            ("https://yandex.com/images/search?text=cats", true),
            ("https://pixabay.com/photos/", true),
        ] {
            let read = WebAddress::parse(address).unwrap();
            let service = services().at(&read.host).unwrap();
            let found = service.is_picture_search(&read.host, &read.path, read.query.as_deref());
            assert_eq!(found, is, "{address}");
        }
    }

    #[test]
    fn only_search_pages_are_asked() {
        let google = services().at(&host("www.google.com")).unwrap();
        assert!(
            google.takes_query("/")
                && google.takes_query("/search")
                && google.takes_query("/complete/search")
        );
        assert!(!google.takes_query("/document/d/1") && !google.takes_query("/searching"));
        assert!(google.may_connect_elsewhere(&host("www.google.co.uk")));
        assert!(!google.may_connect_elsewhere(&host("docs.google.com")), "that address does not serve it");
    }

    /// The rewrite rules others publish lead where ours do.
    #[test]
    fn web_11_names_that_stand_in_are_those_others_use() {
        let folder = std::path::Path::new("/work/shared/data/vectors.tar.xz");
        let Ok(packed) = std::fs::read(folder) else {
            eprintln!("SKIPPED: {} is not there, so nobody else's rules were compared", folder.display());
            return;
        };
        let mut plain = Vec::new();
        let mut reader = liblzma::read::XzDecoder::new(packed.as_slice());
        std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
        let (mut compared, mut different) = (0, Vec::new());
        for entry in tar::Archive::new(plain.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            if !path.starts_with("safesearch/") {
                continue;
            }
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            for line in text.lines().filter(|line| line.starts_with('|')) {
                compared += 1;
                different.extend(difference(line));
            }
        }
        assert!(compared > 150, "{compared} rules");
        assert_eq!(different, Vec::<String>::new(), "of {compared}");
    }

    /// What a rule `|name^$dnsrewrite=NOERROR;CNAME;target` says differently.
    fn difference(line: &str) -> Option<String> {
        let (name, rest) = line.trim_start_matches('|').split_once('^')?;
        let mut parts = rest.split(';').skip(1);
        let (kind, target) = (parts.next()?, parts.next()?);
        let host = host(name);
        let service = services().at(&host).filter(|service| service.may_connect_elsewhere(&host));
        let ours: Vec<&str> = service
            .into_iter()
            .flat_map(|service| [&service.strict, service.force(true)])
            .filter_map(|force| force.connect.as_ref().map(HostName::as_str))
            .collect();
        // A rule with an address names no name; that there is one of ours is all that can be compared.
        let same = ours.iter().any(|ours| kind == "A" || kind == "AAAA" || *ours == target);
        (!same).then(|| format!("{name}: {target}, ours {ours:?}"))
    }
}
