//! Sanctions that narrow what somebody can reach, and end by themselves. They come from a case; the gateway keeps them.

use serde::{Deserialize, Serialize};
use usher_types::ids::{PersonId, SanctionId};
use usher_types::moment::Moment;

use crate::case::CaseId;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// What is narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restriction {
    /// No web at all but Usher's own pages.
    NoWeb,
    /// The web only in a lesson that is list-only.
    ListOnly,
    /// The web only in a lesson.
    LessonOnly,
    /// The web only in the school's supervised rooms.
    SupervisedOnly,
    /// No mail on the web.
    NoMail,
}

impl Restriction {
    /// Every restriction, as lists show them.
    pub const ALL: [Self; 5] =
        [Self::NoWeb, Self::ListOnly, Self::LessonOnly, Self::SupervisedOnly, Self::NoMail];

    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoWeb => "no-web",
            Self::ListOnly => "list-only",
            Self::LessonOnly => "lesson-only",
            Self::SupervisedOnly => "supervised-only",
            Self::NoMail => "no-mail",
        }
    }
}

/// A sanction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanction {
    /// Its id.
    pub id: SanctionId,
    /// On whom.
    pub person: PersonId,
    /// What is narrowed.
    pub restriction: Restriction,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: PersonId,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// When it was lifted, if before that.
    pub lifted_at: Option<Moment>,
    /// The case it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}

impl Sanction {
    /// Whether it holds.
    pub fn holds(&self, at: Moment) -> bool {
        self.from <= at && at < self.until && self.lifted_at.is_none_or(|lifted| at < lifted)
    }
}

impl Noun for Sanction {
    const KIND: Kind = Kind::Sanction;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person)]
    }
}

/// Begins a sanction.
///
/// # Errors
/// A reason and an end in the future are needed.
pub fn begin(sanction: &Sanction, at: Moment) -> Result<Change, Refusal> {
    let reason = refusal::reason(&sanction.reason)?;
    if sanction.until <= at || sanction.until <= sanction.from {
        return Err(Refusal::EndNeeded);
    }
    Ok(Change::of(Action::SanctionBegun, Write::of(sanction, Expect::New))
        .about(sanction.person)
        .because(reason))
}

/// Lifts a sanction early.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is over; a reason is needed.
pub fn lift(sanction: &Stored<Sanction>, why: &str, at: Moment) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?;
    if sanction.value.lifted_at.is_some() || at >= sanction.value.until {
        return Err(Refusal::AlreadySo);
    }
    let mut next = sanction.value.clone();
    next.lifted_at = Some(at);
    Ok(Change::of(Action::SanctionEnded, sanction.replace(&next)).about(next.person).because(why))
}
