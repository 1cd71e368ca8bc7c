//! What scanning found, small enough to keep with every event. Never a body.

use serde::{Deserialize, Serialize};
use usher_types::ids::PersonId;
use usher_types::url::WebAddress;

use crate::kind::{Class, Kind};
use crate::search::SearchEngines;
use crate::theme::{MOST_HITS, Theme, Themes};
use crate::wrapper::Wrappers;

/// What scanning found in one request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Features {
    /// What was searched for.
    pub search: Option<Search>,
    /// Themes of concern.
    pub themes: Vec<ThemeHit>,
}

impl Features {
    /// Reads an address, and the pages that a translator or an archive shows under it: a search in one is a search. The
    /// outermost search is kept, themes of all.
    pub fn read(address: &WebAddress, engines: &SearchEngines, themes: &Themes) -> Self {
        let inside = Wrappers::built_in().map(|known| known.inside(address).pages).unwrap_or_default();
        let mut found = Self::default();
        for page in std::iter::once(address).chain(&inside) {
            let search = engines.read(page);
            for hit in themes.scan(search.as_ref(), page) {
                let known = |one: &ThemeHit| one.phrase == hit.phrase && one.theme == hit.theme;
                if !found.themes.iter().any(known) && found.themes.len() < MOST_HITS {
                    found.themes.push(hit);
                }
            }
            found.search = found.search.or(search);
        }
        found
    }
}

/// Words typed into a search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The engine, as people call it.
    pub engine: String,
    /// The words, decoded, at most [`crate::search::LONGEST_SEARCH_CHARS`].
    pub words: String,
}

/// Where a phrase was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In search words.
    Search,
    /// In the page's address.
    Address,
    /// In something that was written and sent.
    Sent,
}

/// One phrase of concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeHit {
    /// The theme.
    pub theme: Theme,
    /// How grave, 1 to 5; see [`crate::theme`].
    pub severity: u8,
    /// The phrase as the list has it.
    pub phrase: String,
    /// Where it was found.
    pub place: Place,
}

/// What an answer carries, as far as it was read. None of it is the body itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Carried {
    /// What it is, where it is no page.
    pub file: Option<File>,
    /// What its text says.
    pub says: Option<Says>,
    /// What looking for malware came to.
    pub malware: Malware,
}

/// What a download is and what is inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// What it is, by its content.
    pub kind: Kind,
    /// The gravest thing inside it, and where.
    pub within: Option<(Kind, String)>,
    /// Whether something in it is locked with a password.
    pub locked: bool,
    /// Why it was not looked through to its end, if it was not.
    pub unread: Option<Unread>,
}

impl File {
    /// The gravest class it is or holds.
    pub fn class(&self) -> Class {
        let own = self.kind.class();
        self.within.as_ref().map_or(own, |(kind, _)| kind.class().max(own))
    }

    /// Whether something is so.
    pub fn is(&self, state: FileState) -> bool {
        match state {
            FileState::Locked => self.locked,
            FileState::TooDeep => self.unread == Some(Unread::TooDeep),
            FileState::Unread => self.unread.is_some(),
        }
    }
}

/// Why a file was not looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unread {
    /// Archives within archives, deeper than any honest one.
    TooDeep,
    /// More in it than is looked at, or a bomb.
    TooMuch,
    /// It is broken.
    Broken,
    /// Nobody here can read its form.
    UnknownForm,
    /// Only a part of it was sent.
    Partial,
}

/// What rules can say of a file besides its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// Something in it is locked with a password.
    Locked,
    /// Archives within archives, too deep.
    TooDeep,
    /// It was not looked through to its end, for whatever reason.
    Unread,
}

/// What a page's text says, as scores by subject.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Says {
    /// Subjects with a score, highest first.
    pub subjects: Vec<Subject>,
    /// Whether a phrase was there that makes any page harmless.
    pub excused: bool,
}

/// One subject of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The category its phrase list stands for.
    pub category: String,
    /// The sum of its phrases' weights; phrases that make a page harmless count against it.
    pub score: i32,
    /// Whether a phrase was there that closes any page by itself.
    pub banned: bool,
    /// The phrases that weighed most, as their list has them.
    pub phrases: Vec<String>,
}

/// What looking for malware came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Malware {
    /// Nobody looked: pictures, films and pages are not programs.
    #[default]
    NotAsked,
    /// Nothing was found.
    Clean,
    /// Something was found, by this name.
    Found(String),
    /// It could not be looked at.
    Failed(ScanFailure),
}

/// Why a scanner gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanFailure {
    /// It cannot be reached.
    Down,
    /// It did not answer in time.
    Slow,
    /// It would not take the file, or answered nonsense.
    Refused,
    /// The file is larger than may be held for it.
    TooLarge,
    /// Only a part of it came, or it was known too late.
    Partial,
}

/// What a form or an upload would take out of the school.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sent {
    /// What was found in it, each kind once.
    pub kinds: Vec<SentKind>,
    /// Whose data it is, where the school's register knows them by it.
    pub people: Vec<PersonId>,
    /// Themes of concern in its words.
    pub themes: Vec<ThemeHit>,
}

/// One kind of thing that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SentKind {
    /// A full name from the school's register.
    Name,
    /// A telephone number.
    Phone,
    /// A postcode or postal address.
    Postcode,
    /// A mail address.
    Email,
    /// A payment card number.
    CardNumber,
    /// A form that makes an account.
    SignUp,
    /// A form that buys or orders.
    Checkout,
    /// Words that hurt or threaten somebody.
    UnkindWords,
    /// Words that arrange to meet, or say where somebody is.
    Meeting,
    /// The school or somebody of it, with words against them.
    AgainstSchool,
    /// A picture, film or sound.
    Picture,
    /// Something that could not be read.
    Unread,
}

impl Sent {
    /// The gravest severity of its words; 0 when none are of concern.
    pub fn severity(&self) -> u8 {
        self.themes.iter().map(|hit| hit.severity).max().unwrap_or(0)
    }
}

impl Features {
    /// The gravest severity; 0 when nothing was found.
    pub fn severity(&self) -> u8 {
        self.themes.iter().map(|hit| hit.severity).max().unwrap_or(0)
    }
}
