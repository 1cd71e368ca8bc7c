//! Which sites there are, what each is about, and how each behaves.

use std::collections::BTreeMap;

use crate::sites::page::{Page, read_pages};

/// What a site can do besides showing its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Pages,
    /// A search of its own pages, and pictures inside the page.
    Encyclopaedia,
    /// A search of every site, and suggestions.
    Finder,
    /// Pages with pieces of film.
    Video,
    /// A basket kept in a cookie.
    Shop,
    /// Answers that are sent in.
    Learning,
    /// Files to download.
    Downloads,
    /// Answers that come word by word.
    AiChat,
    /// Pages of other sites, fetched for somebody.
    Proxy,
    /// Posts that are sent in.
    Forum,
    /// Tiles.
    Maps,
    /// Answers that take their time.
    Slow,
    /// Answers that break off.
    Broken,
    /// A WebSocket that says back what it hears.
    Socket,
    /// Banners and counting pictures.
    Adverts,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "adverts" => Self::Adverts,
            "ai-chat" => Self::AiChat,
            "broken" => Self::Broken,
            "downloads" => Self::Downloads,
            "encyclopaedia" => Self::Encyclopaedia,
            "finder" => Self::Finder,
            "forum" => Self::Forum,
            "learning" => Self::Learning,
            "maps" => Self::Maps,
            "pages" => Self::Pages,
            "proxy" => Self::Proxy,
            "shop" => Self::Shop,
            "slow" => Self::Slow,
            "socket" => Self::Socket,
            "video" => Self::Video,
            _ => return None,
        })
    }
}

/// What certificate a site shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// A good one.
    Good,
    /// One that ran out years ago.
    Expired,
    /// One for another name.
    WrongName,
    /// One nobody else signed.
    SelfSigned,
}

/// Which versions of HTTP a site speaks over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Whatever the client prefers.
    Both,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only.
    Http2,
}

/// The table of sites. Category names are those of `lists/categories.toml`.
const SITES: &str = include_str!("../../content/sites/sites.txt");

macro_rules! content {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../content/sites/", $name, ".md")))),*]
    };
}

/// The content files, by name.
const CONTENT: [(&str, &str); 30] = content!(
    "adult-fixture" "adverts" "ai-chat" "auction" "bank" "blog-host" "chat" "downloads" "encyclopaedia" "finder" "fixtures" "forum" "gambling" "games" "helpline" "kidsnews" "learning" "maps" "minibeasts" "museum" "news" "pixelpunch" "proxy" "shop" "social" "unlisted" "updates" "video" "vpn" "weather"
);

/// Parts of sites in a category of their own: site, path, category.
const PARTS: [(&str, &str, &str); 1] = [("games.example", "/maths", "games-for-learning")];

/// Sites that are still visited without encryption.
const PLAIN: [&str; 5] = [
    "museum.example",
    "weather.example",
    "auction.example",
    "minibeasts.blog-host.example",
    "adverts.example",
];

/// Sites that send a visitor without encryption on to the encrypted page.
const SENDS_ON: [&str; 3] = ["bank.example", "social.example", "learning.example"];

/// Sites with adverts on their pages.
const WITH_ADVERTS: [&str; 6] = [
    "games.example",
    "news.example",
    "video.example",
    "shop.example",
    "auction.example",
    "pixelpunch.blog-host.example",
];

/// A site with its pages.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Its host name.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) title: &'static str,
    /// The line under its name.
    pub(crate) tagline: &'static str,
    /// Its colour, in degrees.
    pub(crate) hue: u16,
    /// The categories its name belongs to.
    pub(crate) categories: Vec<&'static str>,
    /// What it does besides.
    pub(crate) kind: Kind,
    /// Its pages, the home page first.
    pub(crate) pages: Vec<Page>,
}

impl Site {
    /// Whether it is usually visited without encryption.
    pub(crate) fn is_plain(&self) -> bool {
        PLAIN.contains(&self.name)
    }

    /// Whether it sends plain requests on to the encrypted page.
    pub(crate) fn sends_on(&self) -> bool {
        SENDS_ON.contains(&self.name)
    }

    /// The address of something on it, as it is usually asked for.
    pub(crate) fn address(&self, path: &str) -> String {
        let scheme = if self.is_plain() { "http" } else { "https" };
        format!("{scheme}://{}{path}", self.name)
    }

    /// What certificate it shows.
    pub(crate) fn shows(&self) -> Shows {
        match self.name {
            "expired.example" => Shows::Expired,
            "wrong-name.example" => Shows::WrongName,
            "self-signed.example" => Shows::SelfSigned,
            _ => Shows::Good,
        }
    }

    /// Which versions of HTTP it speaks.
    pub(crate) fn speaks(&self) -> Speaks {
        match self.name {
            "h1-only.example" | "ws.example" => Speaks::Http1,
            "h2-only.example" => Speaks::Http2,
            _ => Speaks::Both,
        }
    }

    /// The page at a path.
    pub(crate) fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }

    /// Addresses of everything a browser fetches with a page: style, script, picture and what the site adds.
    pub(crate) fn parts_of(&self, page: &Page) -> Vec<String> {
        let mut parts = vec![self.address("/style.css"), self.address("/site.js")];
        parts.push(self.address(&format!("/pictures/{}.svg", page.picture)));
        let others = self.pages.iter().filter(|other| other.path != page.path);
        for other in others.take(if page.path == "/" { usize::MAX } else { 3 }) {
            let picture = self.address(&format!("/pictures/{}.svg", other.picture));
            if !parts.contains(&picture) {
                parts.push(picture);
            }
        }
        let name = page.path.rsplit('/').next().unwrap_or_default();
        match self.kind {
            Kind::Video if page.path != "/" => {
                parts.extend((1..=3).map(|piece| self.address(&format!("/media/{name}-{piece}.mp4"))));
            }
            Kind::Maps => {
                let tile = |at: u32| self.address(&format!("/tile/6/{}/{}.svg", 31 + at % 3, 20 + at / 3));
                parts.extend((0..6).map(tile));
            }
            _ => {}
        }
        if WITH_ADVERTS.contains(&self.name) {
            parts.push("http://adverts.example/banner.svg?size=wide".to_owned());
            parts.push(format!("http://adverts.example/count.gif?page={}{}", self.name, page.path));
        }
        parts
    }

    /// Whether its pages carry adverts.
    pub(crate) fn has_adverts(&self) -> bool {
        WITH_ADVERTS.contains(&self.name)
    }
}

/// Every site with its pages.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    /// The sites.
    pub(crate) sites: Vec<Site>,
}

impl Catalogue {
    /// Reads the sites' content.
    pub(crate) fn load() -> Self {
        Self { sites: SITES.lines().filter(|line| !line.starts_with('#')).filter_map(read_site).collect() }
    }

    /// The site with this name.
    pub(crate) fn site(&self, name: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.name == name)
    }

    /// Pages with any of these words, best first.
    pub(crate) fn search<'a>(&'a self, words: &str, only: Option<&str>) -> Vec<(&'a Site, &'a Page)> {
        let words: Vec<String> = words
            .to_lowercase()
            .split_whitespace()
            .map(|word| word.trim_end_matches('s').to_owned())
            .collect();
        let mut found: Vec<(usize, &Site, &Page)> = Vec::new();
        for site in self.sites.iter().filter(|site| only.is_none_or(|name| site.name == name)) {
            for page in &site.pages {
                let score = page.score(&words);
                if score > 0 {
                    found.push((score, site, page));
                }
            }
        }
        found.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.name.cmp(other.1.name)));
        found.into_iter().map(|(_, site, page)| (site, page)).collect()
    }

    /// Category lists: for each category the names in it, and the addresses of pages in it, a line each.
    pub(crate) fn lists(&self) -> BTreeMap<&'static str, (String, String)> {
        let mut lists: BTreeMap<&'static str, (String, String)> = BTreeMap::new();
        for site in &self.sites {
            for category in &site.categories {
                let (names, _) = lists.entry(*category).or_default();
                names.push_str(site.name);
                names.push('\n');
            }
        }
        for (name, path, category) in PARTS {
            let (_, pages) = lists.entry(category).or_default();
            pages.push_str(&format!("{name}{path}\n"));
        }
        lists
    }
}

fn read_site(line: &'static str) -> Option<Site> {
    let mut fields = line.split('|');
    let mut field = || fields.next();
    let (name, title, tagline, hue) = (field()?, field()?, field()?, field()?.parse().ok()?);
    let (kind, categories, file) = (Kind::named(field()?)?, field()?, field()?);
    let (_, content) = CONTENT.iter().find(|(known, _)| *known == file)?;
    let categories = categories.split_whitespace().collect();
    Some(Site { name, title, tagline, hue, categories, kind, pages: read_pages(content, title) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_site_has_a_home_page_and_every_path_is_sole() {
        let catalogue = Catalogue::load();
        assert_eq!(catalogue.sites.len(), 37);
        for site in &catalogue.sites {
            assert_eq!(site.pages[0].path, "/", "{}", site.name);
            let paths: BTreeSet<&str> = site.pages.iter().map(|page| page.path.as_str()).collect();
            assert_eq!(paths.len(), site.pages.len(), "{}", site.name);
        }
    }

    #[test]
    fn every_category_is_one_of_ushers() {
        let known = usher_lists::category::Catalogue::ours().unwrap();
        for category in Catalogue::load().lists().keys() {
            let category = usher_lists::category::Category::parse(category).unwrap();
            assert!(known.entry(&category).is_some(), "{category:?}");
        }
    }

    #[test]
    fn searching_finds_the_best_page_first() {
        let catalogue = Catalogue::load();
        let found = catalogue.search("volcanoes", None);
        assert_eq!(found[0].1.path, "/article/volcanoes");
        assert!(catalogue.search("rivers", Some("museum.example")).is_empty());
        assert!(catalogue.search("", None).is_empty());
    }
}
