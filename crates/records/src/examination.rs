//! The register of examinations (MON-09): the school may look at any file or mail on its systems, and each time says whose, where,
//! why and who else agreed. An entry is never taken out.

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of examinations.
#[derive(Debug)]
pub enum ExaminationNoun {}
impl Named for ExaminationNoun {
    const NOUN: &'static str = "examination";
}
/// An examination's id.
pub type ExaminationId = Id<ExaminationNoun>;

/// An examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination {
    /// Its id.
    pub id: ExaminationId,
    /// Whose things.
    pub person: PersonId,
    /// Which: a mailbox, a folder, a laptop.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Who asks, and will look.
    pub by: PersonId,
    /// When it was asked.
    pub at: Moment,
    /// What the second person said.
    pub answer: Option<Answer>,
    /// What was found and done, once it is over.
    pub outcome: Option<Outcome>,
}

/// What a second person said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Whether they agree.
    pub agreed: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Who wrote it down.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What was found, copied or deleted.
    pub words: String,
}

/// Where an examination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for a second person.
    Waiting,
    /// It may be carried out.
    Agreed,
    /// The second person said no.
    Refused,
    /// It is over.
    Over,
}

impl Examination {
    /// Where it stands.
    pub fn state(&self) -> State {
        match (&self.answer, &self.outcome) {
            (_, Some(_)) => State::Over,
            (None, None) => State::Waiting,
            (Some(answer), None) if answer.agreed => State::Agreed,
            (Some(_), None) => State::Refused,
        }
    }
}

impl Noun for Examination {
    const KIND: Kind = Kind::Examination;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person)]
    }
}

/// Asks for an examination.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::NameNeeded`] where it does not say what is to be looked at.
pub fn ask(examination: &Examination) -> Result<Change, Refusal> {
    let reason = refusal::reason(&examination.reason)?.to_owned();
    let place = examination.place.trim().to_owned();
    if place.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let asked = Examination { reason, place, answer: None, outcome: None, ..examination.clone() };
    Ok(Change::of(Action::ExaminationAsked, Write::of(&asked, Expect::New)))
}

/// A second person agrees, or does not. Whether they may is for `policy` to say.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was answered.
pub fn answer(stored: &Stored<Examination>, answer: Answer) -> Result<Change, Refusal> {
    if stored.value.state() != State::Waiting {
        return Err(Refusal::AlreadySo);
    }
    let action = if answer.agreed { Action::ExaminationAgreed } else { Action::ExaminationRefused };
    let next = Examination { answer: Some(answer), ..stored.value.clone() };
    Ok(Change::of(action, stored.replace(&next)))
}

/// Writes down what came of it.
///
/// # Errors
/// [`Refusal::AlreadySo`] unless it was agreed and is not over; [`Refusal::ReasonNeeded`] without words.
pub fn close(stored: &Stored<Examination>, words: &str, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if stored.value.state() != State::Agreed {
        return Err(Refusal::AlreadySo);
    }
    let words = refusal::reason(words)?.to_owned();
    let next = Examination { outcome: Some(Outcome { by, at, words }), ..stored.value.clone() };
    Ok(Change::of(Action::ExaminationOver, stored.replace(&next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn examination() -> Examination {
        Examination {
            id: Id::new(1),
            person: Id::new(9),
            place: "Laptop L-04".into(),
            reason: "A parent says pictures are on it".into(),
            by: Id::new(3),
            at: NOW,
            answer: None,
            outcome: None,
        }
    }

    fn agreed(agreed: bool) -> Examination {
        Examination { answer: Some(Answer { by: Id::new(4), at: NOW, agreed }), ..examination() }
    }

    fn stored(value: Examination) -> Stored<Examination> {
        Stored { value, version: 1 }
    }

    #[test]
    fn mon_09_it_says_whose_where_and_why_and_the_journal_keeps_to_itself_whom_it_is_about() {
        let change = ask(&examination()).unwrap();
        // Whoever reads the journal may be the very person.
        assert_eq!((change.action, change.about, change.reason), (Action::ExaminationAsked, None, None));
        let bare = Examination { reason: " ".into(), ..examination() };
        assert_eq!(ask(&bare), Err(Refusal::ReasonNeeded));
        assert_eq!(ask(&Examination { place: " ".into(), ..examination() }), Err(Refusal::NameNeeded));
    }

    #[test]
    fn mon_09_nothing_is_looked_at_before_a_second_person_agrees_and_it_is_over_once() {
        let by = Id::new(3);
        assert_eq!(close(&stored(examination()), "Nothing found", by, NOW), Err(Refusal::AlreadySo));
        assert_eq!(close(&stored(agreed(false)), "Nothing found", by, NOW), Err(Refusal::AlreadySo));
        assert!(close(&stored(agreed(true)), "Nothing found", by, NOW).is_ok());
        let yes = Answer { by: Id::new(4), at: NOW, agreed: true };
        assert_eq!(answer(&stored(examination()), yes.clone()).unwrap().action, Action::ExaminationAgreed);
        assert_eq!(answer(&stored(agreed(true)), yes), Err(Refusal::AlreadySo));
        let outcome = Some(Outcome { by, at: NOW, words: "Nothing found".into() });
        let over = Examination { outcome, ..agreed(true) };
        assert_eq!(over.state(), State::Over);
        assert_eq!(close(&stored(over), "Again", by, NOW), Err(Refusal::AlreadySo));
    }
}
