//! The questions asked of events. [`Activity`] is the trait every event store answers.
//!
//! Does not: judge who may ask. That is [`usher_policy::access`]'s, before anything is asked here.

use std::collections::{BTreeMap, BinaryHeap};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use usher_events::event::Event;
use usher_events::row::{BLOCKED, NOBODY, REQUEST, Row, SHARED, UNREAD};
use usher_policy::verdict::Verdict;
use usher_scan::theme::Theme;
use usher_types::ids::{EventId, GroupId, LessonId, PersonId, SchoolId};
use usher_types::moment::{Moment, Zone};

use crate::filter::Tests;
use crate::spool::SpoolFault;

/// Which events are wanted. Everything given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// In which school.
    pub school: SchoolId,
    /// From this moment.
    pub from: Moment,
    /// Before this moment.
    pub until: Moment,
    /// About this person.
    pub person: Option<PersonId>,
    /// In this lesson.
    pub lesson: Option<LessonId>,
    /// With a theme at least this grave.
    pub severity: u8,
    /// Decided at least this strictly.
    pub verdict: Option<Verdict>,
    /// Only what reports look at: searches, themes, refusals, and what is about Usher itself.
    pub notable: bool,
    /// By somebody of this class.
    pub class: Option<GroupId>,
    /// At the device with this on it, or with this address.
    pub device: Option<String>,
    /// In this room.
    pub room: Option<String>,
    /// Judged in this policy group.
    pub group: Option<String>,
    /// Decided by this category.
    pub category: Option<String>,
    /// With this theme.
    pub theme: Option<Theme>,
    /// At this site, without `www.`.
    pub site: Option<String>,
    /// With these words in the search or the title, in whatever case.
    pub phrase: Option<String>,
}

impl Question {
    /// Everything in a school in a time.
    pub const fn all(school: SchoolId, from: Moment, until: Moment) -> Self {
        Self {
            school,
            from,
            until,
            person: None,
            lesson: None,
            severity: 0,
            verdict: None,
            notable: false,
            class: None,
            device: None,
            room: None,
            group: None,
            category: None,
            theme: None,
            site: None,
            phrase: None,
        }
    }

    /// Whether a row fits.
    pub fn fits(&self, row: &Row) -> bool {
        row.school == self.school && Tests::of(self).fit(row)
    }
}

/// What counts are by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// One count of everything, under the empty text.
    All,
    /// By the person's number.
    Person,
    /// By the class's number; somebody of two classes counts in both.
    Class,
    /// By device.
    Device,
    /// By room.
    Room,
    /// By policy group.
    Group,
    /// By the category that decided.
    Category,
    /// By theme; a find of two counts in both.
    Theme,
    /// By site.
    Site,
    /// By hour of the school's day, `00` to `23`.
    Hour(Zone),
    /// By the school's day, `2026-11-09`.
    Day(Zone),
}

impl By {
    /// Under which keys a row counts; none where it has nothing of the kind.
    pub(crate) fn keys(&self, row: &Row, each: &mut dyn FnMut(&str)) {
        let mut some = |key: &str| {
            if !key.is_empty() {
                each(key);
            }
        };
        match self {
            Self::All => each(""),
            Self::Person if row.person == 0 => {}
            Self::Person => each(&row.person.to_string()),
            Self::Class => row.classes.split(' ').for_each(some),
            Self::Theme => row.themes.split(' ').for_each(some),
            Self::Device => some(&row.device),
            Self::Room => some(&row.room),
            Self::Group => some(&row.group),
            Self::Category => some(&row.category),
            Self::Site => some(&row.site),
            Self::Hour(zone) => each(&format!("{:02}", zone.local(row.at).time().hour())),
            Self::Day(zone) => each(&zone.local(row.at).date().to_string()),
        }
    }
}

/// Counts of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Web requests and connections.
    pub requests: u64,
    /// Of them, those kept from their readers for what they are, without parts of pages.
    pub blocked: u64,
    /// Searches.
    pub searches: u64,
    /// With a theme of concern.
    pub found: u64,
    /// Connections whose inside was not read.
    pub unread: u64,
    /// At a device where nobody was signed in.
    pub nobody: u64,
    /// Under a sign-in that several children share.
    pub shared: u64,
    /// Body bytes to clients.
    pub bytes: u64,
}

impl Figures {
    /// Counts a row.
    pub fn add(&mut self, row: &Row) {
        let one = |flag: u8| u64::from(row.has(flag));
        self.requests += one(REQUEST);
        self.blocked += one(BLOCKED);
        self.unread += one(UNREAD);
        self.nobody += one(NOBODY);
        self.shared += one(SHARED);
        self.searches += u64::from(!row.engine.is_empty());
        self.found += u64::from(row.severity > 0);
        self.bytes = self.bytes.saturating_add(row.bytes);
    }

    /// Adds another count.
    pub fn join(&mut self, other: &Self) {
        self.requests += other.requests;
        self.blocked += other.blocked;
        self.searches += other.searches;
        self.found += other.found;
        self.unread += other.unread;
        self.nobody += other.nobody;
        self.shared += other.shared;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// Counts by what was asked.
pub type Counts = BTreeMap<String, Figures>;

/// Where a page of rows ended. The next begins after it, whatever was recorded meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The last row's time.
    pub at: Moment,
    /// The last row's event.
    pub id: EventId,
}

/// Rows by time, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Cursor>,
}

/// Answers questions of events. Calls block on the disk; an async caller moves them off its runtime.
pub trait Activity: Send + Sync + std::fmt::Debug {
    /// The event with this id, where it is still kept whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn event(&self, id: EventId) -> Result<Option<Event>, SpoolFault>;

    /// Gives every event that fits and is kept whole to `each`, each once and in no promised order, until it says to stop.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn scan(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault>;

    /// Gives the row of every event that fits, whole or not, to `each`, each once and in no promised order, until it
    /// says to stop.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn rows(
        &self,
        question: &Question,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), SpoolFault> {
        self.scan(question, &mut |event| each(Row::of(&event)))
    }

    /// Every event that fits, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find(&self, question: &Question, limit: usize) -> Result<Vec<Event>, SpoolFault> {
        let mut found = Vec::new();
        self.scan(question, &mut |event| {
            found.push(event);
            if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(found)
    }

    /// Counts of what fits.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts(&self, question: &Question, by: &By) -> Result<Counts, SpoolFault> {
        let mut counts = Counts::new();
        self.rows(question, &mut |row| {
            count(&mut counts, by, &row);
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    }

    /// A page of what fits, by time, from after a cursor.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn page(&self, question: &Question, after: Option<Cursor>, limit: usize) -> Result<Page, SpoolFault> {
        let from = after.map_or(question.from, |cursor| cursor.at.max(question.from));
        let question = Question { from, ..question.clone() };
        let mut first = First { rows: BinaryHeap::new(), limit, more: false };
        self.rows(&question, &mut |row| {
            if after.is_none_or(|cursor| Cursor { at: row.at, id: row.id } > cursor) {
                first.take(row);
            }
            ControlFlow::Continue(())
        })?;
        Ok(first.page())
    }
}

/// Counts a row under its keys.
pub(crate) fn count(counts: &mut Counts, by: &By, row: &Row) {
    by.keys(row, &mut |key| match counts.get_mut(key) {
        Some(figures) => figures.add(row),
        None => counts.entry(key.to_owned()).or_default().add(row),
    });
}

/// The first rows by time of those seen so far; no more are held.
struct First {
    rows: BinaryHeap<ByTime>,
    limit: usize,
    more: bool,
}

struct ByTime(Row);

impl ByTime {
    const fn place(&self) -> Cursor {
        Cursor { at: self.0.at, id: self.0.id }
    }
}

impl PartialEq for ByTime {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}
impl Eq for ByTime {}
impl PartialOrd for ByTime {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for ByTime {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl First {
    fn take(&mut self, row: Row) {
        self.rows.push(ByTime(row));
        if self.rows.len() > self.limit {
            self.rows.pop();
            self.more = true;
        }
    }

    fn page(self) -> Page {
        let rows: Vec<Row> = self.rows.into_sorted_vec().into_iter().map(|row| row.0).collect();
        let next = rows.last().filter(|_| self.more).map(|row| Cursor { at: row.at, id: row.id });
        Page { rows, next }
    }
}
