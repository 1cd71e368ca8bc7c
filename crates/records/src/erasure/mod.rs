//! Taking a pupil who left out of what the school keeps, where they ask for it and no law keeps it: one asks, another confirms,
//! days pass in which it can be called off, and then a code stands where the person stood.
//! Does not: take anything out; `jobs` does, with what [`pseudonym`] says stands there instead.

pub mod pseudonym;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use self::pseudonym::Names;
use crate::account::{Account, Owner, State as AccountState};
use crate::alert::{self, Alert, Whose};
use crate::case::Case;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::person::Person;
use crate::refusal::{self, Refusal};

/// How long it can still be called off after a second person confirmed it. It cannot be undone: a school week, in which whoever
/// is away on a day or two comes back and sees it.
const CALL_OFF_MINUTES: i64 = 7 * 24 * 60;

/// Marks ids of erasures.
#[derive(Debug)]
pub enum ErasureNoun {}
impl Named for ErasureNoun {
    const NOUN: &'static str = "erasure";
}
/// An erasure's id.
pub type ErasureId = Id<ErasureNoun>;

/// An erasure, from its request to its certificate. When it is done, [`Erasure::person`] is the code name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// Who is taken out; afterwards the code that stands for them.
    pub person: PersonId,
    /// The code that will stand for them: an id that says nothing of anybody.
    pub code: PersonId,
    /// Why: how the person asked.
    pub reason: String,
    /// The names that are looked for in free text: fixed when it is asked, so that the second person confirms these and no others.
    pub words: Vec<String>,
    /// Who asked for it to be done.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What the second person said.
    pub answer: Option<Answer>,
    /// Who called it off after that, and when.
    pub called_off: Option<(PersonId, Moment)>,
    /// When taking out began: from then on it cannot be called off.
    #[serde(default)]
    pub begun: Option<Moment>,
    /// When its day came and it might not be carried out any more, so that it ended.
    #[serde(default)]
    pub lapsed: Option<Moment>,
    /// What the event files lost so far.
    #[serde(default)]
    pub events: Events,
    /// What was done in the end.
    pub done: Option<Done>,
}

/// What a second person said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Whether it is carried out.
    pub agreed: bool,
}

/// What the event files lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Events {
    /// Events of theirs of which only what is counted is left.
    pub theirs: u64,
    /// Events of others that named them, and do not any more.
    pub mentions: u64,
    /// Segments of the spool that were removed.
    pub segments: u64,
}

/// What stands in the books instead of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rewritten {
    /// Versions of records.
    pub versions: u64,
    /// Lines of the journal.
    pub lines: u64,
    /// Mails of the outbox.
    pub mails: u64,
    /// Mails that had been sent by then: their copies are with whoever got them.
    pub sent: u64,
    /// Texts in which one of the names still stands: cases of others, agreed words, and what a program reads.
    pub left: u64,
    /// Files that cannot be looked into: pictures, PDFs and what is encrypted.
    pub unread: u64,
}

/// The end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: Moment,
    /// What was done in the books.
    pub books: Rewritten,
}

/// Where an erasure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for a second person.
    Waiting,
    /// It was confirmed: it is carried out once [`Erasure::due`] is over.
    Agreed,
    /// The second person said no.
    Refused,
    /// Somebody called it off.
    CalledOff,
    /// When its day came, what it was agreed on under was so no more: it ended, and is asked for anew.
    Lapsed,
    /// It is done.
    Done,
}

impl Erasure {
    /// Where it stands.
    pub const fn state(&self) -> State {
        match (&self.done, &self.called_off, &self.lapsed, &self.answer) {
            (Some(_), ..) => State::Done,
            (None, Some(_), ..) => State::CalledOff,
            (None, None, Some(_), _) => State::Lapsed,
            (None, None, None, None) => State::Waiting,
            (None, None, None, Some(answer)) if answer.agreed => State::Agreed,
            (None, None, None, Some(_)) => State::Refused,
        }
    }

    /// When it is carried out at the earliest; none unless it was confirmed.
    pub fn due(&self) -> Option<Moment> {
        self.answer.filter(|answer| answer.agreed).map(|answer| answer.at.plus_minutes(CALL_OFF_MINUTES))
    }

    /// Whether taking out has begun, so that it cannot be called off.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some() || self.code_stands()
    }

    /// Whether the code stands already, so that only the end of it is missing.
    pub fn code_stands(&self) -> bool {
        self.person == self.code
    }
}

impl Noun for Erasure {
    const KIND: Kind = Kind::Erasure;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("person", self.person)]
    }
}

/// What must be known before somebody is taken out.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Their record.
    pub person: &'a Person,
    /// The names they may be looked for by.
    pub names: &'a Names,
    /// Every account.
    pub accounts: &'a [Account],
    /// Every case.
    pub cases: &'a [Case],
    /// Every alert.
    pub alerts: &'a [Alert],
    /// Every erasure so far.
    pub erasures: &'a [Erasure],
    /// The day.
    pub today: Date,
}

impl Known<'_> {
    /// Whether this person may be taken out now, by these names.
    ///
    /// # Errors
    /// [`Refusal::NotAPupil`]; [`Refusal::StillHere`] until they left; [`Refusal::AccountOpen`] while they can still sign in;
    /// [`Refusal::InACase`]: what the law keeps of children is kept; [`Refusal::AlertOpen`]; [`Refusal::NamesChanged`] when
    /// one of the names is not theirs, or not theirs alone any more.
    pub fn allow(&self, words: &[String]) -> Result<(), Refusal> {
        let person = self.person;
        if person.kind != PersonKind::Pupil || !person.roles.is_empty() {
            return Err(Refusal::NotAPupil);
        }
        if person.left.is_none_or(|left| left > self.today) {
            return Err(Refusal::StillHere);
        }
        let open = |account: &Account| {
            account.owner == Owner::Person(person.id) && matches!(account.state, AccountState::Open)
        };
        if self.accounts.iter().any(open) {
            return Err(Refusal::AccountOpen);
        }
        if self.cases.iter().any(|case| names_anywhere(case, person.id)) {
            return Err(Refusal::InACase);
        }
        let open =
            |alert: &Alert| alert.whose == Whose::Person(person.id) && alert.state() != alert::State::Closed;
        if self.alerts.iter().any(open) {
            return Err(Refusal::AlertOpen);
        }
        let all_whole = self.names.whole.iter().all(|name| words.contains(name));
        if all_whole && words.iter().all(|word| self.names.may_be(word)) {
            Ok(())
        } else {
            Err(Refusal::NamesChanged)
        }
    }
}

/// Whether a case names somebody in any of its entries, also in one that was corrected later.
fn names_anywhere(case: &Case, person: PersonId) -> bool {
    let id = format!("\"{person}\"");
    // What cannot be written out may name anybody.
    serde_json::to_string(case).map_or(true, |text| text.contains(&id))
}

/// Asks for somebody to be taken out.
///
/// # Errors
/// As [`Known::allow`]; [`Refusal::ReasonNeeded`]; [`Refusal::AlreadySo`] when it waits, is agreed, or was done.
pub fn ask(erasure: &Erasure, known: &Known<'_>) -> Result<Change, Refusal> {
    let reason = refusal::reason(&erasure.reason)?.to_owned();
    known.allow(&erasure.words)?;
    let again = |one: &Erasure| {
        one.person == erasure.person
            && !matches!(one.state(), State::Refused | State::CalledOff | State::Lapsed)
    };
    if known.erasures.iter().any(again) {
        return Err(Refusal::AlreadySo);
    }
    let asked = Erasure { reason, answer: None, called_off: None, done: None, ..erasure.clone() };
    let asked = Erasure { begun: None, lapsed: None, events: Events::default(), ..asked };
    Ok(Change::of(Action::ErasureAsked, Write::of(&asked, Expect::New)))
}

/// A second person confirms, or does not. Whether they may is for `policy` to say.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was answered; as [`Known::allow`] when they confirm.
pub fn answer(stored: &Stored<Erasure>, answer: Answer, known: &Known<'_>) -> Result<Change, Refusal> {
    if stored.value.state() != State::Waiting {
        return Err(Refusal::AlreadySo);
    }
    if answer.agreed {
        known.allow(&stored.value.words)?;
    }
    let action = if answer.agreed { Action::ErasureAgreed } else { Action::ErasureRefused };
    let next = Erasure { answer: Some(answer), ..stored.value.clone() };
    Ok(Change::of(action, stored.replace(&next)))
}

/// Somebody calls it off, before or after it was confirmed.
///
/// # Errors
/// [`Refusal::AlreadySo`] when nothing waits any more, or the code stands already.
pub fn call_off(stored: &Stored<Erasure>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    let waits = matches!(stored.value.state(), State::Waiting | State::Agreed);
    if !waits || stored.value.has_begun() {
        return Err(Refusal::AlreadySo);
    }
    let next = Erasure { called_off: Some((by, at)), ..stored.value.clone() };
    Ok(Change::of(Action::ErasureCalledOff, stored.replace(&next)))
}

/// Taking out begins: written down first, so that nobody is told it was called off while it goes on.
///
/// # Errors
/// [`Refusal::AlreadySo`] unless it was agreed and has not begun.
pub fn begin(stored: &Stored<Erasure>, at: Moment) -> Result<Change, Refusal> {
    if stored.value.state() != State::Agreed || stored.value.has_begun() {
        return Err(Refusal::AlreadySo);
    }
    let next = Erasure { begun: Some(at), ..stored.value.clone() };
    Ok(Change::of(Action::ErasureCarriedOn, stored.replace(&next)))
}

/// Its day came and it may not be carried out: it ends, and nobody is taken out years later by what was agreed on now.
///
/// # Errors
/// As [`begin`].
pub fn lapse(stored: &Stored<Erasure>, why: &Refusal, at: Moment) -> Result<Change, Refusal> {
    if stored.value.state() != State::Agreed || stored.value.has_begun() {
        return Err(Refusal::AlreadySo);
    }
    let next = Erasure { lapsed: Some(at), ..stored.value.clone() };
    Ok(Change::of(Action::ErasureCalledOff, stored.replace(&next)).because(&why.to_string()))
}

/// Notes what the event files lost.
pub fn lost(stored: &Stored<Erasure>, more: Events) -> Option<Change> {
    if more == Events::default() {
        return None;
    }
    let before = stored.value.events;
    let events = Events {
        theirs: before.theirs.saturating_add(more.theirs),
        mentions: before.mentions.saturating_add(more.mentions),
        segments: before.segments.saturating_add(more.segments),
    };
    let next = Erasure { events, ..stored.value.clone() };
    Some(Change::of(Action::ErasureCarriedOn, stored.replace(&next)))
}

/// Notes that it is done. The record names the code by now.
///
/// # Errors
/// [`Refusal::AlreadySo`] unless it was agreed and is not done.
pub fn finish(stored: &Stored<Erasure>, done: Done) -> Result<Change, Refusal> {
    if stored.value.state() != State::Agreed {
        return Err(Refusal::AlreadySo);
    }
    let next = Erasure { done: Some(done), ..stored.value.clone() };
    Ok(Change::of(Action::ErasureDone, stored.replace(&next)))
}

#[cfg(test)]
mod tests;
