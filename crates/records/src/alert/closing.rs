//! How an alert ends: with what was done, what came of it, and whether it was worth raising (FM-50, UM-04, UM-17).

use serde::{Deserialize, Serialize};
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use super::Alert;
use crate::change::{Action, Change, Stored};
use crate::refusal::Refusal;

/// The longest outcome: a paragraph. More belongs into a case.
pub const LONGEST_OUTCOME_CHARS: usize = 2_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acted {
    /// Somebody talked with the person.
    Talked,
    /// Parents or carers were told.
    ToldHome,
    /// It is in the school's safeguarding record.
    Referred,
    /// A case was opened here.
    Case,
    /// A page or list was changed.
    ChangedFilter,
    /// Nothing was done; the outcome says why.
    Nothing,
}

impl Acted {
    /// All, as they are offered.
    pub const ALL: [Self; 6] =
        [Self::Talked, Self::ToldHome, Self::Referred, Self::Case, Self::ChangedFilter, Self::Nothing];

    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talked => "talked",
            Self::ToldHome => "told-home",
            Self::Referred => "referred",
            Self::Case => "case",
            Self::ChangedFilter => "changed-filter",
            Self::Nothing => "nothing",
        }
    }
}

/// Whether it was worth raising: what the accuracy of its rules is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Somebody had to look.
    Useful,
    /// Nobody had to.
    NotUseful,
    /// It was about somebody else.
    WrongPerson,
}

impl Verdict {
    /// All, as they are offered.
    pub const ALL: [Self; 3] = [Self::Useful, Self::NotUseful, Self::WrongPerson];

    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Useful => "useful",
            Self::NotUseful => "not-useful",
            Self::WrongPerson => "wrong-person",
        }
    }
}

/// An alert's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Who closed it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What was done.
    pub acted: Acted,
    /// What came of it; why nothing was done, where nothing was.
    pub outcome: String,
    /// Whether it was worth raising.
    pub verdict: Verdict,
}

/// Why an alert cannot be closed like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotClose {
    /// It is closed.
    #[error("it is closed already")]
    Already,
    /// Nobody says what came of it.
    #[error("it needs an outcome")]
    NoOutcome,
    /// The outcome is longer than [`LONGEST_OUTCOME_CHARS`].
    #[error("the outcome is too long")]
    TooLong,
}

/// Closes an alert. Whoever closes one that nobody took up has taken it up by that.
///
/// # Errors
/// See [`CannotClose`].
pub fn close(alert: &Stored<Alert>, closed: Closed) -> Result<Change, CannotClose> {
    if alert.value.closed.is_some() {
        return Err(CannotClose::Already);
    }
    let outcome = closed.outcome.trim().to_owned();
    if outcome.is_empty() {
        return Err(CannotClose::NoOutcome);
    }
    if outcome.chars().count() > LONGEST_OUTCOME_CHARS {
        return Err(CannotClose::TooLong);
    }
    let seen = alert.value.seen.or(Some((closed.by, closed.at)));
    let next = Alert { seen, closed: Some(Closed { outcome, ..closed }), ..alert.value.clone() };
    Ok(Change::of(Action::AlertClosed, alert.replace(&next)))
}

/// Opens a closed alert again: what was written stays in the journal.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is open.
pub fn reopen(alert: &Stored<Alert>) -> Result<Change, Refusal> {
    if alert.value.closed.is_none() {
        return Err(Refusal::AlreadySo);
    }
    let next = Alert { closed: None, ..alert.value.clone() };
    Ok(Change::of(Action::AlertReopened, alert.replace(&next)))
}
