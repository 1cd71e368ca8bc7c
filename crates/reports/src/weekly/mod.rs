//! The weekly report of suspicious words and searches (MON-06).
//!
//! Owns: its figures, its lists, and what it says of its own blind spots.
//! Does not: raise an alarm. What is grave is told at once (MON-08); this is the week in one look.

mod erased;
mod fold;
mod mail;
mod picture;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_policy::verdict::Verdict;
use usher_scan::features::Place;
use usher_scan::theme::Theme;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::names::{Audience, Whereabouts, Who};
use crate::period::Period;
pub use crate::weekly::fold::WeeklyFold;
pub use crate::weekly::mail::{mail, text};

/// Items at least this grave are listed; milder ones are counted only (see [`usher_scan::theme`]).
pub const LISTED_FROM: u8 = 2;

/// The same person, phrase and engine again within this time is the same item; the same search or the same blocked site
/// again is not counted anew.
pub const SAME_MINUTES: i64 = 5;

/// How many different searches one item shows. A burst that has more has long said what it has to say.
pub const MOST_SEARCHES: usize = 6;

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// The time it covers.
    pub period: Period,
    /// Its five figures.
    pub figures: Figures,
    /// Milder words that were counted and are not listed.
    pub counted_only: u32,
    /// What was found, gravest first.
    pub gravities: Vec<Gravity>,
    /// What was found by day: every weekday, and a weekend day on which something was.
    pub days: Vec<Day>,
    /// What was found about adults, each part for one reader only.
    pub confidential: Vec<Confidential>,
    /// What the report cannot know.
    pub unseen: Unseen,
}

/// The five figures. They leave out what is confidential, except that searches and blocks count everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Items listed.
    pub items: u32,
    /// People they are about, as far as people can be named.
    pub people: u32,
    /// Searches.
    pub searches: u32,
    /// Blocked sites met, as pages: the parts a page is put together from do not count.
    pub blocks: u32,
    /// Times a child told an adult.
    pub told: u32,
}

/// Items of one severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gravity {
    /// The severity, 1 to 5.
    pub severity: u8,
    /// The items, by time.
    pub items: Vec<Item>,
}

/// One thing that was found: a search or a page with a phrase of concern, and its repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// When first.
    pub at: Moment,
    /// When last; the same as `at` when it was once.
    pub last_at: Moment,
    /// How often.
    pub count: u32,
    /// Who.
    pub who: Who,
    /// Where they sat.
    pub whereabouts: Whereabouts,
    /// The gravest phrase.
    pub phrase: Phrase,
    /// Other phrases in the same words.
    pub others: Vec<Phrase>,
    /// Where the phrase was.
    pub place: Place,
    /// The search engine.
    pub engine: Option<String>,
    /// The searches, each once, the first [`MOST_SEARCHES`].
    pub searches: Vec<String>,
    /// How many different searches more there were.
    pub more_searches: u32,
    /// The address of the first page.
    pub address: String,
    /// What happened at the strictest.
    pub verdict: Verdict,
    /// How often it went through.
    pub went_through: u32,
    /// The event it can be looked up by: the first.
    pub event: EventId,
    /// Whether somebody else knew the password then, so that it may have been them (ACC-06).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_known: bool,
}

/// A phrase of concern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Phrase {
    /// Its theme.
    pub theme: Theme,
    /// How grave, 1 to 5.
    pub severity: u8,
    /// The phrase as the list has it.
    pub text: String,
}

/// One day's items by theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// How many items of each theme; themes without one are left out.
    pub themes: BTreeMap<Theme, u32>,
}

/// What only one reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidential {
    /// Who.
    pub audience: Audience,
    /// The items, gravest first, then by time.
    pub items: Vec<Item>,
    /// Milder words that were counted and are not listed.
    pub counted_only: u32,
}

/// What the report cannot know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unseen {
    /// Connections whose inside was not read.
    pub tunnels: u32,
    /// Web requests and connections in all.
    pub requests: u32,
    /// Those at a device where nobody was signed in.
    pub nobody: u32,
    /// Those under a sign-in that several children share.
    pub shared: u32,
    /// Whether devices away from school may come back through a tunnel of the school's (MON-15); without one, none is watched.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tunnelled: bool,
}

impl Unseen {
    /// The key of the sentence about devices away from school.
    pub const fn off_site(self) -> &'static str {
        if self.tunnelled { "report-unseen-off-site-tunnel" } else { "report-unseen-off-site" }
    }
}

impl Weekly {
    /// Whether there is nothing to list for this reader.
    pub fn is_empty(&self) -> bool {
        self.gravities.is_empty() && self.confidential.iter().all(|part| part.items.is_empty())
    }

    /// The report as a reader may have it: with the confidential parts meant for them and without the others. Who is
    /// no reader of the rest has its figures and no item.
    #[must_use]
    pub fn for_readers(&self, may_see: &[Audience]) -> Self {
        let mut copy = self.clone();
        copy.confidential.retain(|part| may_see.contains(&part.audience));
        if !may_see.contains(&Audience::Readers) {
            copy.gravities.clear();
        }
        copy
    }

    /// The report as JSON. The same events give the same text.
    pub fn json(&self) -> String {
        // Nothing in it can fail to be written: no map has keys that are not text.
        serde_json::to_string(self).unwrap_or_default()
    }
}
