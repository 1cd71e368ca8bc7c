//! Requests to open a page, from a block page to an answer in words.

use serde::{Deserialize, Serialize};
use usher_lists::patterns::AddressPattern;
use usher_types::ids::{EventId, GrantId, LessonId, PersonId, RequestId};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::grant::Scope;
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
    /// A yes that waits for a second person, because much hangs on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Proposed>,
    /// The answer.
    pub answer: Option<Answer>,
}

/// A yes that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Who would open it.
    pub by: PersonId,
    /// When they said so.
    pub at: Moment,
    /// To whom.
    pub scope: Scope,
    /// Which page.
    pub page: AddressPattern,
    /// For how many minutes, from when the second person says yes.
    pub minutes: u16,
    /// Why.
    pub reason: String,
    /// What the asker is told.
    pub words: String,
    /// What hangs on it, in words.
    pub risks: Vec<String>,
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

/// Says yes as the first of two.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is answered or waits for a second person already; [`Refusal::ReasonNeeded`];
/// [`Refusal::NotYours`] for whoever asked.
pub fn propose(request: &Stored<UnblockRequest>, proposed: Proposed) -> Result<Change, Refusal> {
    if request.value.answer.is_some() || request.value.proposed.is_some() {
        return Err(Refusal::AlreadySo);
    }
    if request.value.person == proposed.by {
        return Err(Refusal::NotYours);
    }
    let reason = refusal::reason(&proposed.reason)?.to_owned();
    let mut next = request.value.clone();
    next.proposed = Some(proposed);
    Ok(Change::of(Action::UnblockProposed, request.replace(&next)).about(next.person).because(&reason))
}

/// Sets a yes aside that waits for a second person, so that the request can be answered anew.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is answered, or none waits.
pub fn set_aside(request: &Stored<UnblockRequest>) -> Result<Change, Refusal> {
    if request.value.answer.is_some() || request.value.proposed.is_none() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = request.value.clone();
    next.proposed = None;
    Ok(Change::of(Action::UnblockSetAside, request.replace(&next)).about(next.person))
}

/// Answers a request. While a yes waits for a second person, no other is given beside it; nobody opens what they asked
/// for themselves.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is answered; [`Refusal::ReasonNeeded`] when no words are given;
/// [`Refusal::SecondPerson`] for a yes while one waits; [`Refusal::NotYours`] for a yes to oneself.
pub fn answer(request: &Stored<UnblockRequest>, answer: Answer) -> Result<Change, Refusal> {
    if answer.grant.is_some() && request.value.proposed.is_some() {
        return Err(Refusal::SecondPerson);
    }
    answered(request, answer)
}

/// Gives the yes that waited, as the second person.
///
/// # Errors
/// As [`answer`]; [`Refusal::Gone`] when `proposed` is not what waits; [`Refusal::SecondPerson`] for whoever proposed it.
pub fn confirm(
    request: &Stored<UnblockRequest>,
    proposed: &Proposed,
    answer: Answer,
) -> Result<Change, Refusal> {
    if request.value.proposed.as_ref() != Some(proposed) {
        return Err(Refusal::Gone);
    }
    if proposed.by == answer.by {
        return Err(Refusal::SecondPerson);
    }
    answered(request, answer)
}

fn answered(request: &Stored<UnblockRequest>, answer: Answer) -> Result<Change, Refusal> {
    if request.value.answer.is_some() {
        return Err(Refusal::AlreadySo);
    }
    if answer.grant.is_some() && request.value.person == answer.by {
        return Err(Refusal::NotYours);
    }
    refusal::reason(&answer.words)?;
    let mut next = request.value.clone();
    next.answer = Some(answer);
    Ok(Change::of(Action::UnblockAnswered, request.replace(&next)).about(next.person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn asked() -> Stored<UnblockRequest> {
        let request = UnblockRequest {
            id: Id::new(1),
            person: Id::new(71),
            event: Id::new(900),
            address: WebAddress::parse("https://adult.example/").unwrap(),
            lesson: None,
            reason: None,
            asked_at: NINE,
            proposed: None,
            answer: None,
        };
        Stored { value: request, version: 1 }
    }

    fn proposed(by: u64) -> Proposed {
        Proposed {
            by: Id::new(by),
            at: NINE,
            scope: Scope::Person(Id::new(71)),
            page: "adult.example".parse().unwrap(),
            minutes: 30,
            reason: "Listed by mistake".into(),
            words: "You can read it now".into(),
            risks: vec!["It is about adult".into()],
        }
    }

    fn said(by: u64, grant: Option<u64>) -> Answer {
        Answer { by: Id::new(by), at: NINE, grant: grant.map(Id::new), words: "You can read it now".into() }
    }

    #[test]
    fn what_takes_two_is_opened_by_the_second_and_refused_by_either() {
        let change = propose(&asked(), proposed(5)).unwrap();
        let waits = Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 2 };
        assert_eq!(answer(&waits, said(5, Some(9))).unwrap_err(), Refusal::SecondPerson);
        assert_eq!(
            answer(&waits, said(1, Some(9))).unwrap_err(),
            Refusal::SecondPerson,
            "only the one that waits"
        );
        let wide = Proposed { minutes: 90, ..proposed(5) };
        assert_eq!(confirm(&waits, &wide, said(1, Some(9))).unwrap_err(), Refusal::Gone);
        assert_eq!(confirm(&waits, &proposed(5), said(5, Some(9))).unwrap_err(), Refusal::SecondPerson);
        assert_eq!(confirm(&waits, &proposed(5), said(71, Some(9))).unwrap_err(), Refusal::NotYours);
        assert!(confirm(&waits, &proposed(5), said(1, Some(9))).is_ok());
        assert!(answer(&waits, said(5, None)).is_ok());
        let aside: UnblockRequest = serde_json::from_str(&set_aside(&waits).unwrap().writes[0].body).unwrap();
        assert_eq!(aside, asked().value, "as it was asked");
        assert_eq!(set_aside(&asked()).unwrap_err(), Refusal::AlreadySo);
        assert_eq!(answer(&asked(), said(71, Some(9))).unwrap_err(), Refusal::NotYours);
        assert_eq!(propose(&waits, proposed(1)).unwrap_err(), Refusal::AlreadySo);
        assert_eq!(propose(&asked(), proposed(71)).unwrap_err(), Refusal::NotYours);
        let wordless = Proposed { reason: " ".into(), ..proposed(5) };
        assert_eq!(propose(&asked(), wordless).unwrap_err(), Refusal::ReasonNeeded);
    }
}
