//! One person's activity over a time (MON-02).
//!
//! Owns: what was visited and searched, and an estimate of how long, said to be one.
//! Does not: judge who may look. Every look has a reason and is itself recorded (MON-04), outside this crate.

pub(crate) mod fold;
mod short;
pub(crate) mod stretches;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use usher_policy::verdict::Verdict;
use usher_scan::features::Search;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::names::Who;
use crate::period::Period;
pub use crate::person::fold::PersonFold;

/// The longest time from one request to the next that counts as reading. A page of a primary school's pupil is rarely
/// read longer without another request; after this long, people have mostly gone away.
pub const LONGEST_READ_SECONDS: i64 = 5 * 60;

/// What counts for a page after which nothing followed within [`LONGEST_READ_SECONDS`].
pub const LAST_READ_SECONDS: i64 = 60;

/// The same refused site, or the same site of which only the name was seen, again within this time is one row.
pub const SAME_MINUTES: i64 = 5;

/// What one person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonActivity {
    /// The time it covers.
    pub period: Period,
    /// Who.
    pub who: Who,
    /// Sites by time spent, longest first.
    pub sites: Vec<Site>,
    /// What was opened, searched and refused, by time.
    pub rows: Vec<Row>,
    /// Pictures, scripts and other parts of pages, which have no row of their own.
    pub parts: u32,
    /// Connections of which only the site's name was seen.
    pub names_only: u32,
    /// Rows that are kept in short form only: whoever reads them is told what is not there.
    #[serde(default, skip_serializing_if = "is_none")]
    pub short: u32,
}

// Serde hands it over by reference.
const fn is_none(count: &u32) -> bool {
    *count == 0
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name, without `www.`.
    pub name: String,
    /// Estimated minutes; see [`LONGEST_READ_SECONDS`].
    pub minutes: u32,
    /// Rows that are about it.
    pub rows: u32,
    /// Times it was refused.
    pub refused: u32,
    /// Whether more than its name was ever seen.
    pub visible: bool,
}

/// One thing that was opened, searched or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// When.
    pub at: Moment,
    /// How often in a row.
    pub count: u32,
    /// The address; where only the site's name was seen, the name.
    pub address: String,
    /// Whether more than the site's name was seen.
    pub visible: bool,
    /// The page's title.
    pub title: Option<String>,
    /// Its media type.
    pub media_type: Option<String>,
    /// How many bytes came.
    pub bytes: u64,
    /// What was searched for.
    pub search: Option<Search>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// What was found in what was sent, or in what came: kinds, whose, phrases, where in an archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    /// The event it can be looked up by.
    pub event: EventId,
    /// Whether somebody else knew the password then, so that it may have been them (ACC-06).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_known: bool,
    /// Whether only the short form is left: the address is the site's name then, and there is no event to look up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub short: bool,
}

impl PersonActivity {
    /// The activity as JSON. The same events give the same text.
    pub fn json(&self) -> String {
        // Nothing in it can fail to be written: no map has keys that are not text.
        serde_json::to_string(self).unwrap_or_default()
    }
}
