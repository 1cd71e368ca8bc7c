//! Lists that are kept fresh: where each is fetched from, how that went last, and how old it is.
//!
//! ```text
//! feeds/<id>.json   one subscription and the state of its fetching
//! ```
//!
//! Owns: those files, when a list is due, and when its age is a concern (FM-26). Does not: speak HTTP ([`fetch`]), or
//! believe a list that changed too much (compiling holds it).
//!
//! A fetch that fails changes nothing but the state: the list as it was stays in use.

pub mod fetch;
pub mod refresh;

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_lists::format::Format;
use usher_lists::source::{SourceId, SourceInfo};
use usher_types::digest::Digest;
use usher_types::moment::Moment;
use usher_types::url::{Scheme, WebAddress};

use crate::sources::{Sources, SourcesFault, disk, entries, gone, json, whole};

/// After this long without a sign from whoever keeps a list, somebody should look: lists of illegal content change daily
/// (FM-26).
pub const OLD_HOURS: i64 = 24;
/// After this long a sealed list is as good as missing (FM-26).
pub const RED_HOURS: i64 = 48;
/// How often a list is fetched where nobody says. Most public lists change once a day; what has not changed costs one small
/// answer.
pub const EVERY_HOURS: u16 = 6;
/// The longest rest between two fetches: less than the age that is a concern, with room for one more try.
pub const MOST_EVERY_HOURS: u16 = 12;
/// After a failure it is tried again this soon, or at its usual time where that is sooner.
const AGAIN_MINUTES: i64 = 30;

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The list it feeds.
    pub id: SourceId,
    /// What people call it.
    pub title: String,
    /// What its entries are about.
    pub category: Category,
    /// Its licence, an SPDX expression.
    pub licence: String,
    /// Who is to be named.
    pub credit: String,
    /// Where it is fetched.
    pub url: String,
    /// What it is written in; found out by looking when not said.
    pub format: Option<Format>,
    /// The only content that is taken.
    pub digest: Option<Digest>,
    /// Whether it may be fetched from inside the school.
    pub inside: bool,
    /// Hours between two fetches.
    pub every_hours: u16,
    /// When it was subscribed to.
    pub since: Moment,
    /// How fetching went.
    pub state: State,
}

/// How fetching a list went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The keeper's mark of the version that was taken (RFC 9110, 8.8.3).
    pub etag: Option<String>,
    /// The keeper's date of it, as they wrote it.
    pub last_modified: Option<String>,
    /// The digest of the bytes that were taken.
    pub taken: Option<Digest>,
    /// When it was last tried.
    pub tried_at: Option<Moment>,
    /// When whoever keeps it last said that what was taken is the list.
    #[serde(default)]
    pub said_at: Option<Moment>,
    /// The same of what is in the lists in force: a list that came and is held, or was not compiled, is none yet.
    pub good_at: Option<Moment>,
    /// When it last was another than before.
    pub changed_at: Option<Moment>,
    /// What went wrong the last time.
    pub fault: Option<String>,
    /// The age that was told last.
    pub told: Age,
}

/// How old a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// As fresh as it should be.
    #[default]
    Fresh,
    /// Somebody should look.
    Old,
    /// A sealed list that is as good as missing.
    Red,
}

/// A subscription that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedFault {
    /// The address is none.
    #[error("the address cannot be read: {0}")]
    Address(String),
    /// Anybody on the way could put another list in its place.
    #[error("a list is not fetched over http, unless --digest says what it must be")]
    Unencrypted,
    /// Too seldom, or never.
    #[error("between two fetches are 1 to {MOST_EVERY_HOURS} hours, not {0}")]
    Every(u16),
}

impl Feed {
    /// Checks what a person asked for.
    ///
    /// # Errors
    /// See [`FeedFault`].
    pub fn check(&self) -> Result<WebAddress, FeedFault> {
        if self.every_hours == 0 || self.every_hours > MOST_EVERY_HOURS {
            return Err(FeedFault::Every(self.every_hours));
        }
        let address = WebAddress::parse(&self.url).map_err(|error| FeedFault::Address(error.to_string()))?;
        if address.scheme == Scheme::Http && self.digest.is_none() {
            return Err(FeedFault::Unencrypted);
        }
        Ok(address)
    }

    /// Whether it is time to fetch it.
    pub fn is_due(&self, at: Moment) -> bool {
        let every = i64::from(self.every_hours) * 60;
        let rest = if self.state.fault.is_some() { every.min(AGAIN_MINUTES) } else { every };
        // A clock that was put back must not put a list off for ever.
        self.state.tried_at.is_none_or(|tried| tried.plus_minutes(rest) <= at || tried > at)
    }

    /// Since when nobody who keeps it said that it is what is in force.
    pub fn good_at(&self) -> Moment {
        self.state.good_at.unwrap_or(self.since)
    }

    /// Takes what is in force into account: what its keeper said of what was taken counts once that is in force.
    pub(crate) fn settle(&mut self, used: Option<&SourceInfo>) {
        if used.is_some_and(|used| Some(used.origin.digest) == self.state.taken) {
            self.state.good_at = self.state.said_at.max(self.state.good_at);
        }
    }

    /// How old it is. Only sealed lists are ever as good as missing.
    pub fn age(&self, is_sealed: bool, at: Moment) -> Age {
        let older_than = |hours: i64| self.good_at().plus_minutes(hours * 60) <= at;
        match (older_than(OLD_HOURS), is_sealed && older_than(RED_HOURS)) {
            (_, true) => Age::Red,
            (true, false) => Age::Old,
            (false, false) => Age::Fresh,
        }
    }
}

/// The folder of subscriptions. Whoever writes in it holds the folder of sources.
#[derive(Debug, Clone)]
pub struct Feeds {
    folder: PathBuf,
    sources: Sources,
}

/// What is in the folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The subscriptions, by name.
    pub feeds: Vec<Feed>,
    /// Files that cannot be read: one must not stop the others.
    pub unreadable: Vec<SourcesFault>,
}

impl Feeds {
    /// The subscriptions in this folder, which need not be there yet, to these sources.
    pub const fn in_folder(folder: PathBuf, sources: Sources) -> Self {
        Self { folder, sources }
    }

    /// Every subscription, and what should be one.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> Result<Found, SourcesFault> {
        let mut found = Found::default();
        for path in self.files("json")? {
            match json(&path) {
                Ok(Some(feed)) => found.feeds.push(feed),
                Ok(None) => {}
                Err(fault) => found.unreadable.push(fault),
            }
        }
        found.feeds.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(found)
    }

    /// One subscription.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn one(&self, id: &SourceId) -> Result<Option<Feed>, SourcesFault> {
        json(&self.path(id, "json"))
    }

    /// Keeps a subscription.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, feed: &Feed) -> Result<(), SourcesFault> {
        let _held = self.sources.hold()?;
        self.write(feed)
    }

    fn write(&self, feed: &Feed) -> Result<(), SourcesFault> {
        fs::create_dir_all(&self.folder).map_err(|source| disk(&self.folder, source))?;
        whole(&self.path(&feed.id, "json"), |out| {
            serde_json::to_writer_pretty(out, feed).map_err(io::Error::other)
        })
    }

    /// Whether this is still what is subscribed to: fetching takes its time, and somebody may end it meanwhile.
    ///
    /// # Errors
    /// As [`Feeds::one`].
    pub(crate) fn is_kept(&self, feed: &Feed) -> Result<bool, SourcesFault> {
        Ok(self.one(&feed.id)?.is_some_and(|kept| kept.url == feed.url && kept.since == feed.since))
    }

    /// Keeps how fetching went, and nothing else of it, where it is still subscribed to.
    ///
    /// # Errors
    /// When the file cannot be read, or the disk refuses.
    pub(crate) fn went(&self, feed: &Feed, change: impl FnOnce(&mut State)) -> Result<(), SourcesFault> {
        let _held = self.sources.hold()?;
        match self.one(&feed.id)? {
            Some(mut kept) if kept.url == feed.url && kept.since == feed.since => {
                change(&mut kept.state);
                self.write(&kept)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Takes away what a fetch left that was broken off. For the start of the server: a fetch under way elsewhere fails by it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sweep(&self) -> Result<(), SourcesFault> {
        let _held = self.sources.hold()?;
        for path in self.files("part")? {
            gone(&path)?;
        }
        Ok(())
    }

    fn files(&self, kind: &str) -> Result<Vec<PathBuf>, SourcesFault> {
        let mut paths = entries(&self.folder)?;
        paths.retain(|path| path.extension().is_some_and(|ends| ends == kind));
        Ok(paths)
    }

    /// Ends a subscription; the list stays as it is.
    ///
    /// # Errors
    /// [`SourcesFault::NotThere`]; when the disk refuses.
    pub fn remove(&self, id: &SourceId) -> Result<(), SourcesFault> {
        let _held = self.sources.hold()?;
        let there = gone(&self.path(id, "json"))?;
        there.then_some(()).ok_or_else(|| SourcesFault::NotThere(id.clone(), "that is subscribed to"))
    }

    /// Where a fetched list lies until it is read.
    fn path(&self, id: &SourceId, kind: &str) -> PathBuf {
        self.folder.join(format!("{id}.{kind}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn feed() -> Feed {
        Feed {
            id: SourceId::parse("test-games").unwrap(),
            title: "Games".into(),
            category: Category::parse("games").unwrap(),
            licence: "CC0-1.0".into(),
            credit: "nobody".into(),
            url: "https://lists.example/games".into(),
            format: None,
            digest: None,
            inside: false,
            every_hours: 6,
            since: NINE,
            state: State::default(),
        }
    }

    #[test]
    fn a_list_is_due_after_its_time_and_sooner_after_a_failure() {
        let mut feed = feed();
        assert!(feed.is_due(NINE), "never tried");
        feed.state.tried_at = Some(NINE);
        assert!(!feed.is_due(NINE.plus_minutes(359)) && feed.is_due(NINE.plus_minutes(360)));
        assert!(feed.is_due(NINE.plus_minutes(-1)), "the clock was put back");
        feed.state.fault = Some("it was down".into());
        assert!(!feed.is_due(NINE.plus_minutes(29)) && feed.is_due(NINE.plus_minutes(30)));
    }

    #[test]
    fn a_day_is_old_and_two_days_are_red_for_sealed_lists_only() {
        let mut feed = feed();
        let ages = |feed: &Feed, hours: i64| {
            [false, true].map(|sealed| feed.age(sealed, NINE.plus_minutes(hours * 60)))
        };
        assert_eq!(ages(&feed, 23), [Age::Fresh, Age::Fresh]);
        assert_eq!(ages(&feed, 24), [Age::Old, Age::Old], "also when it never came");
        assert_eq!(ages(&feed, 48), [Age::Old, Age::Red]);
        feed.state.good_at = Some(NINE.plus_minutes(30 * 60));
        assert_eq!(ages(&feed, 48), [Age::Fresh, Age::Fresh]);
    }

    #[test]
    fn what_anybody_on_the_way_could_change_is_refused() {
        let fault = |change: &dyn Fn(&mut Feed)| {
            let mut feed = feed();
            change(&mut feed);
            feed.check().unwrap_err()
        };
        let plain = |feed: &mut Feed| feed.url = "http://lists.example/games".into();
        assert_eq!(fault(&plain), FeedFault::Unencrypted);
        assert_eq!(fault(&|feed| feed.every_hours = 0), FeedFault::Every(0));
        assert_eq!(fault(&|feed| feed.every_hours = 13), FeedFault::Every(13));
        assert!(matches!(fault(&|feed| feed.url = "file:///etc/passwd".into()), FeedFault::Address(_)));
        let mut pinned = feed();
        plain(&mut pinned);
        pinned.digest = Some(Digest::of(b"what it must be"));
        assert!(pinned.check().is_ok());
    }
}
