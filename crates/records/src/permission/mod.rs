//! Leave that people ask for and get (PRM-01 to PRM-10): asked, decided, ended. A permission is its entries, and entries
//! are only ever added, one with each write; what it is now is read off them and off the moment, so that it ends by
//! itself. Does not: say who may decide (`policy::permission`), or open a page: what it opens are grants made with it.

pub mod act;
pub mod matter;
pub mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_lists::patterns::AddressPattern;
use usher_types::calendar::PeriodKind;
use usher_types::ids::{GrantId, Id, LessonId, Named, PersonId};
use usher_types::moment::Moment;

use crate::grant::{Opens, Scope};
use crate::lesson::Lesson;
use crate::noun::{IndexKey, Kind, Noun};
use crate::permission::matter::{Detail, Matter};

/// Marks ids of permissions.
#[derive(Debug)]
pub enum PermissionNoun {}
impl Named for PermissionNoun {
    const NOUN: &'static str = "permission";
}
/// A permission's id.
pub type PermissionId = Id<PermissionNoun>;

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// What was asked.
    pub ask: Ask,
    /// What was said and done, oldest first. The first says who asked.
    pub entries: Vec<Entry>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// For what.
    pub matter: Matter,
    /// Why.
    pub reason: String,
    /// What has to be told.
    #[serde(default)]
    pub details: BTreeMap<Detail, String>,
    /// For whom, where it is not for whoever asks.
    #[serde(default)]
    pub whom: Vec<Scope>,
    /// Pages it opens.
    #[serde(default)]
    pub pages: Vec<AddressPattern>,
    /// What it opens there besides the pages.
    #[serde(default)]
    pub opens: Vec<Opens>,
    /// Whether somebody is met.
    #[serde(default)]
    pub meeting: bool,
    /// Of a private use: which kinds of page; empty where it is not about pages.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Of a private use: at which parts of the day; empty means any.
    #[serde(default)]
    pub periods: Vec<PeriodKind>,
    /// Of a private use: which sites.
    #[serde(default)]
    pub sites: Vec<AddressPattern>,
    /// The lesson it is for, with which it ends.
    #[serde(default)]
    pub lesson: Option<LessonId>,
    /// From when.
    pub from: Moment,
    /// Until when; none where it stands until somebody ends it, or ends with its lesson.
    pub until: Option<Moment>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who; nobody where Usher itself noted it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Moment,
    /// What it says.
    pub says: Says,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// It was asked for.
    Asked,
    /// The first of two said yes, in these words.
    Agreed(String),
    /// It was given.
    Given {
        /// What the asker is told.
        words: String,
        /// The grants made with it.
        #[serde(default)]
        grants: Vec<GrantId>,
    },
    /// It was refused, in these words.
    Refused(String),
    /// Whoever asked took it back, or somebody ended it, for this reason.
    Ended(String),
    /// It came to its end, and those it concerns were told.
    Lapsed,
}

impl Entry {
    /// Of a decision: whether it is yes, and what the asker is told.
    pub fn answer(&self) -> Option<(bool, &str)> {
        match &self.says {
            Says::Given { words, .. } => Some((true, words)),
            Says::Refused(words) => Some((false, words)),
            Says::Asked | Says::Agreed(_) | Says::Ended(_) | Says::Lapsed => None,
        }
    }
}

/// What a permission is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody decided.
    Waits,
    /// One said yes; it takes a second.
    WaitsForSecond,
    /// Given, and not begun.
    Begins,
    /// Open.
    Open,
    /// Refused.
    Refused,
    /// Ended by somebody.
    Ended,
    /// Come to its end.
    Over,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Waits, Self::WaitsForSecond, Self::Begins, Self::Open, Self::Refused, Self::Ended, Self::Over];

    /// Its name in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::WaitsForSecond => "second",
            Self::Begins => "begins",
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Ended => "ended",
            Self::Over => "over",
        }
    }

    /// Whether somebody has to decide.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Waits | Self::WaitsForSecond)
    }
}

impl Permission {
    /// Who asked.
    pub fn asker(&self) -> Option<PersonId> {
        self.entries.first().and_then(|entry| entry.by)
    }

    /// When it was asked.
    pub fn asked_at(&self) -> Moment {
        self.entries.first().map_or(self.ask.from, |entry| entry.at)
    }

    /// Who said yes first, where it takes two and waits for the second.
    pub fn first(&self) -> Option<PersonId> {
        let last = self.entries.last()?;
        matches!(last.says, Says::Agreed(_)).then_some(last.by).flatten()
    }

    /// Who decided, and the entry.
    pub fn decision(&self) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| matches!(entry.says, Says::Given { .. } | Says::Refused(_)))
    }

    /// The grants made with it.
    pub fn grants(&self) -> &[GrantId] {
        match self.decision().map(|entry| &entry.says) {
            Some(Says::Given { grants, .. }) => grants,
            _ => &[],
        }
    }

    /// When it ends by itself. What was given for a lesson ends with the lesson, whenever that is.
    pub fn until(&self, lesson: Option<&Lesson>) -> Option<Moment> {
        if self.ask.lesson.is_none() {
            return self.ask.until;
        }
        let end = lesson
            .filter(|lesson| Some(lesson.id) == self.ask.lesson)
            .map(|lesson| lesson.ended_at.map_or(lesson.ends_at, |ended| ended.min(lesson.ends_at)));
        // A lesson that the books no longer hold is long over.
        Some(end.unwrap_or(self.ask.from))
    }

    /// Whether it was given by then, had begun and was not over or ended: what is counted afterwards goes by this.
    pub fn was_in_force(&self, at: Moment) -> bool {
        let given =
            self.entries.iter().any(|entry| entry.at <= at && matches!(entry.says, Says::Given { .. }));
        let ended = self.entries.iter().any(|entry| entry.at <= at && matches!(entry.says, Says::Ended(_)));
        given && !ended && self.ask.from <= at && self.ask.until.is_none_or(|until| at < until)
    }

    /// What it is now. `lesson` is the one it was given for, if any.
    pub fn state(&self, at: Moment, lesson: Option<&Lesson>) -> State {
        match self.entries.last().map(|entry| &entry.says) {
            None | Some(Says::Asked) => State::Waits,
            Some(Says::Agreed(_)) => State::WaitsForSecond,
            Some(Says::Refused(_)) => State::Refused,
            Some(Says::Ended(_)) => State::Ended,
            Some(Says::Lapsed) => State::Over,
            Some(Says::Given { .. }) => match self.until(lesson) {
                Some(until) if until <= at => State::Over,
                _ if at < self.ask.from => State::Begins,
                _ => State::Open,
            },
        }
    }
}

impl Noun for Permission {
    const KIND: Kind = Kind::Permission;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = match self.entries.last().map(|entry| &entry.says) {
            None | Some(Says::Asked | Says::Agreed(_)) => "waits",
            Some(Says::Given { .. }) => "given",
            Some(Says::Refused(_) | Says::Ended(_) | Says::Lapsed) => "done",
        };
        let mut keys =
            vec![IndexKey::shared("state", state), IndexKey::shared("matter", self.ask.matter.name())];
        keys.extend(self.asker().map(|asker| IndexKey::shared("asker", asker)));
        keys.extend(self.ask.lesson.map(|lesson| IndexKey::shared("lesson", lesson)));
        keys
    }
}

#[cfg(test)]
mod tests;
