//! What is held for a person: entries too weighty to act on because a stranger's list says so, and sources that have
//! changed too much to be believed.
//!
//! Owns: the platforms file, popularity, decisions, and the guard against broken feeds.
//! Does not: ask the person. A held entry is named in the outcome of compiling and has no effect until decided.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use usher_types::moment::Moment;

use crate::category::Category;
use crate::pages::without_www;
use crate::source::SourceId;

mod guard;
mod platforms;

pub use guard::{ChangeGuard, TooMuchChange};
pub use platforms::{Kind, Platforms, PlatformsError, Popularity};

use platforms::Group;

/// Why an entry is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// A suffix such as `com` or `co.uk`, under which anybody may register.
    PublicSuffix,
    /// A suffix that its owner declared public: unrelated sites share it.
    PrivateSuffix,
    /// In the platforms file.
    Platform {
        /// What kind of name.
        kind: Kind,
        /// The group it is in, as people are told.
        title: String,
    },
    /// High in the ranking given.
    Popular {
        /// Its place in the ranking, from 1.
        rank: u32,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicSuffix => f.write_str("everything under a public suffix would be listed"),
            Self::PrivateSuffix => f.write_str("unrelated sites share this name"),
            Self::Platform { kind: Kind::Hosting, title } => {
                write!(f, "many people publish under it: {title}")
            }
            Self::Platform { kind: Kind::Popular, title } => write!(f, "a great many people use it: {title}"),
            Self::Platform { kind: Kind::Protected, title } => write!(f, "a child may need it: {title}"),
            Self::Popular { rank } => write!(f, "it is number {rank} of the most used sites"),
        }
    }
}

/// An entry that has no effect until a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Whose entry.
    pub source: SourceId,
    /// What its list would make of it.
    pub category: Category,
    /// The entry.
    pub entry: String,
    /// Why it is held.
    pub reason: Reason,
}

/// What a person decided about a held entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Whose entry.
    pub source: SourceId,
    /// The entry, as the outcome named it.
    pub entry: String,
    /// What is to become of it.
    pub ruling: Ruling,
    /// Who decided.
    pub by: String,
    /// Their reason.
    pub why: String,
    /// When. The latest decision about an entry counts.
    pub at: Moment,
}

/// What is to become of a held entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// It counts like any other.
    Apply,
    /// It is left out.
    Drop,
}

/// Decides which entries are held. The default one holds nothing: for lists of the school's own, and for measuring.
#[derive(Debug, Clone, Default)]
pub struct Review {
    holds: bool,
    platforms: Platforms,
    popularity: Popularity,
    rulings: HashMap<SourceId, HashMap<String, (Moment, Ruling)>>,
}

/// Why a name is weighty, and which categories surprise nobody.
#[derive(Debug)]
pub(crate) struct Weighty<'a> {
    pub(crate) reason: Reason,
    expected: &'a [Category],
}

impl Weighty<'_> {
    /// Whether a list of this category may carry the name without asking.
    pub(crate) fn is_expected(&self, category: &Category) -> bool {
        self.expected.contains(category)
    }
}

impl Review {
    /// A review by these platforms, this ranking and these decisions.
    pub fn new(
        platforms: Platforms,
        popularity: Popularity,
        decisions: impl IntoIterator<Item = Decision>,
    ) -> Self {
        let mut rulings: HashMap<SourceId, HashMap<String, (Moment, Ruling)>> = HashMap::new();
        for decision in decisions {
            let entry = rulings.entry(decision.source).or_default().entry(decision.entry);
            let kept = entry.or_insert((decision.at, decision.ruling));
            if decision.at >= kept.0 {
                *kept = (decision.at, decision.ruling);
            }
        }
        Self { holds: true, platforms, popularity, rulings }
    }

    /// What a person decided about an entry.
    pub(crate) fn ruling(&self, source: &SourceId, entry: &str) -> Option<Ruling> {
        self.rulings.get(source)?.get(entry).map(|(_at, ruling)| *ruling)
    }

    /// Why a name is held, unless its list says what everybody knows of it.
    pub(crate) fn weigh(&self, name: &str) -> Option<Weighty<'_>> {
        if !self.holds {
            return None;
        }
        let bare = without_www(name);
        if let Some(group) = self.platforms.group(name).or_else(|| self.platforms.group(bare)) {
            return Some(of_group(group));
        }
        if let Some(weighty) = self.weigh_suffix(name) {
            return Some(weighty);
        }
        if let Some(group) = self.platforms.protecting(name) {
            return Some(of_group(group));
        }
        let rank = self.popularity.rank(name).or_else(|| self.popularity.rank(bare));
        rank.map(|rank| Weighty { reason: Reason::Popular { rank }, expected: &[] })
    }

    fn weigh_suffix(&self, name: &str) -> Option<Weighty<'_>> {
        // Of `*.sch.uk` the list of suffixes does not say that `sch.uk` is one; the name of no site below it does.
        let below = format!("x.{name}");
        let whole = |name: &str| match psl::suffix(name.as_bytes()) {
            Some(suffix) if suffix.as_bytes().len() == name.len() => Some(suffix.typ()),
            _ => None,
        };
        Some(match whole(name).or_else(|| whole(&below))? {
            Some(psl::Type::Private) => {
                Weighty { reason: Reason::PrivateSuffix, expected: self.platforms.expected_of_suffixes() }
            }
            _ => Weighty { reason: Reason::PublicSuffix, expected: &[] },
        })
    }
}

/// Whether everything under this name belongs to people who have nothing to do with each other: `co.uk`, `sch.uk`.
pub fn is_public_suffix(name: &str) -> bool {
    Review::default().weigh_suffix(name).is_some_and(|weighty| matches!(weighty.reason, Reason::PublicSuffix))
}

fn of_group(group: &Group) -> Weighty<'_> {
    Weighty {
        reason: Reason::Platform { kind: group.kind, title: group.title.clone() },
        expected: &group.expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::host::HostName;

    use crate::category::Catalogue;

    fn review() -> Review {
        let ranking =
            ["first.example", "second.example", "third.example"].map(|name| HostName::parse(name).unwrap());
        let platforms = Platforms::ours(&Catalogue::ours().unwrap().table()).unwrap();
        Review::new(platforms, Popularity::of(ranking, 2), [])
    }

    fn held_for(name: &str, category: &str) -> Option<String> {
        let category = Category::parse(category).unwrap();
        let review = review();
        review
            .weigh(name)
            .filter(|weighty| !weighty.is_expected(&category))
            .map(|weighty| weighty.reason.to_string())
    }

    #[test]
    fn platforms_are_held_unless_the_list_says_what_everybody_knows() {
        for name in [
            "blogspot.com",
            "narod.ru",
            "tumblr.com",
            "github.io",
            "google.com",
            "www.youtube.com",
            "bbc.co.uk",
        ] {
            assert!(held_for(name, "adult").is_some(), "{name}");
        }
        assert_eq!(held_for("youtube.com", "video"), None);
        assert_eq!(held_for("blogspot.com", "forums-and-blogs"), None);
        assert_eq!(held_for("page.blogspot.com", "adult"), None);
        assert_eq!(held_for("plain.example", "adult"), None);
    }

    #[test]
    fn help_lines_are_held_with_all_below_them() {
        for name in ["childline.org.uk", "www.samaritans.org", "help.stonewall.org.uk", "mermaidsuk.org.uk"] {
            let why = held_for(name, "adult").unwrap();
            assert!(why.starts_with("a child may need it"), "{name}: {why}");
        }
        assert_eq!(held_for("www.nhs.uk", "health"), None);
    }

    #[test]
    fn suffixes_are_held() {
        for name in ["com", "uk", "co.uk", "sch.uk"] {
            assert_eq!(
                held_for(name, "web-hosting").unwrap(),
                "everything under a public suffix would be listed",
                "{name}"
            );
        }
        assert_eq!(held_for("duckdns.org", "adult").unwrap(), "unrelated sites share this name");
        assert_eq!(held_for("duckdns.org", "dynamic-dns"), None);
        assert_eq!(held_for("mine.duckdns.org", "adult"), None);
    }

    #[test]
    fn the_ranking_is_kept_down_to_a_place() {
        assert_eq!(held_for("second.example", "adult").unwrap(), "it is number 2 of the most used sites");
        assert_eq!(held_for("third.example", "adult"), None);
    }

    #[test]
    fn the_latest_decision_counts() {
        let source = SourceId::parse("s").unwrap();
        let decision = |at: i64, ruling: Ruling| Decision {
            source: source.clone(),
            entry: "google.com".into(),
            ruling,
            by: "the technician".into(),
            why: "a test".into(),
            at: Moment::from_unix_ms(at),
        };
        let decisions = [decision(2, Ruling::Drop), decision(1, Ruling::Apply)];
        let review = Review::new(Platforms::default(), Popularity::default(), decisions);
        assert_eq!(review.ruling(&source, "google.com"), Some(Ruling::Drop));
        assert_eq!(review.ruling(&source, "google.org"), None);
    }
}
