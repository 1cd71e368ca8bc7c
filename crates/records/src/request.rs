//! Requests to open a page, from a block page to an answer in words.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EventId, GrantId, LessonId, PersonId, RequestId};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnblockRequest {
    /// Its id.
    pub id: RequestId,
    /// Who asks.
    pub person: PersonId,
    /// The block it comes from.
    pub event: EventId,
    /// The page.
    pub address: WebAddress,
    /// In which lesson, if any.
    pub lesson: Option<LessonId>,
    /// Why; a child need not say.
    pub reason: Option<String>,
    /// When.
    pub asked_at: Moment,
    /// The answer.
    pub answer: Option<Answer>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who answered.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// The grant made; none means no.
    pub grant: Option<GrantId>,
    /// What the asker is told.
    pub words: String,
}

impl Noun for UnblockRequest {
    const KIND: Kind = Kind::Request;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.answer.is_none() { "waiting" } else { "answered" };
        vec![
            IndexKey::shared("state", state),
            IndexKey::shared("person", self.person),
            IndexKey::unique("event", format!("{}:{}", self.event, self.person)),
        ]
    }
}

/// Asks for a page. Adults say why; children press a button.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] for an adult who gives none.
pub fn ask(request: UnblockRequest, adult: bool) -> Result<Change, Refusal> {
    let mut change = Change::of(Action::UnblockAsked, Write::of(&request, Expect::New)).about(request.person);
    change.reason.clone_from(&request.reason);
    if adult {
        refusal::reason(request.reason.as_deref().unwrap_or(""))?;
    }
    Ok(change)
}

/// Answers a request.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is answered; [`Refusal::ReasonNeeded`] when no words are given.
pub fn answer(request: &Stored<UnblockRequest>, answer: Answer) -> Result<Change, Refusal> {
    if request.value.answer.is_some() {
        return Err(Refusal::AlreadySo);
    }
    refusal::reason(&answer.words)?;
    let mut next = request.value.clone();
    next.answer = Some(answer);
    Ok(Change::of(Action::UnblockAnswered, request.replace(&next)).about(next.person))
}
