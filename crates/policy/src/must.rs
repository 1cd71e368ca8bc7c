//! What a school promises about its filter, as tests: a sentence anybody can read, and beside it who, what, when and
//! whether it is open.
//!
//! Owns: the form of one promise, and the starter set that comes with Usher (`lists/must-reach.toml`, WEB-31). Does not:
//! judge; [`crate::probe`] does.

use serde::{Deserialize, Serialize};
use usher_lists::category::Category;
use usher_types::calendar::PeriodKind;
use usher_types::role::{PersonKind, Role, Year};
use usher_types::url::WebAddress;

use crate::document::PolicyDocument;
use crate::profile::{ProfileFault, fault};

/// One promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Must {
    /// The promise in plain words; it names the test.
    pub sentence: String,
    /// Kinds of people it is about.
    pub who: Vec<PersonKind>,
    /// For pupils: years; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<Year>,
    /// Offices they hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The page; when none is given, any page of the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebAddress>,
    /// What the page is judged to be about, besides what the lists in use say: so that the promise can be tested before
    /// any list is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// When.
    pub when: When,
    /// What must be.
    pub expect: Expect,
}

/// When a promise holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// At every part of the day. A shut page is shut with and without a lesson; an open one is open to pupils once a
    /// lesson is.
    AnyTime,
    /// In an ordinary lesson.
    Lesson,
    /// At break, without a lesson.
    Break,
    /// At lunch, without a lesson.
    Lunch,
    /// Before school, without a lesson.
    BeforeSchool,
    /// After school, without a lesson.
    AfterSchool,
    /// When the school is closed.
    Closed,
}

/// What must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// The page can be reached, at most after a word of warning.
    Open,
    /// It cannot.
    Shut,
}

impl When {
    /// The parts of the day, each with and without a lesson as it applies.
    pub(crate) fn cases(self, expect: Expect, pupil: bool) -> Vec<(PeriodKind, bool)> {
        let without = |period| vec![(period, false)];
        match self {
            Self::AnyTime => PeriodKind::ALL
                .into_iter()
                .flat_map(|period| match (expect, pupil) {
                    (Expect::Shut, true) => vec![(period, true), (period, false)],
                    (Expect::Open, true) => vec![(period, true)],
                    (_, false) => vec![(period, false)],
                })
                .collect(),
            Self::Lesson => vec![(PeriodKind::Lesson, pupil)],
            Self::Break => without(PeriodKind::Break),
            Self::Lunch => without(PeriodKind::Lunch),
            Self::BeforeSchool => without(PeriodKind::BeforeSchool),
            Self::AfterSchool => without(PeriodKind::AfterSchool),
            Self::Closed => without(PeriodKind::Closed),
        }
    }
}

/// The promises that come with Usher.
pub const STARTER_SET: &str = include_str!("../../../lists/must-reach.toml");

/// Promises as a file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    must: Vec<Must>,
}

/// Reads promises.
///
/// # Errors
/// The first thing that is not as it should be, with its line.
pub fn parse(text: &str) -> Result<Vec<Must>, ProfileFault> {
    let written: Written = toml::from_str(text).map_err(|error| fault(text, &error))?;
    Ok(written.must)
}

/// The promises that come with Usher, read.
///
/// # Errors
/// When the file is broken; a test finds this first.
pub fn starter_set() -> Result<Vec<Must>, ProfileFault> {
    parse(STARTER_SET)
}

/// What a policy is held to: the promises that come with Usher, and the school's own.
///
/// # Errors
/// See [`starter_set`].
pub fn of(policy: &PolicyDocument) -> Result<Vec<Must>, ProfileFault> {
    let mut promises = starter_set()?;
    promises.extend(policy.musts.iter().cloned());
    Ok(promises)
}
