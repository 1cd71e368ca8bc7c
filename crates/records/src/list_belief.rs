//! A list that changed too much to be believed, and that one person alone may not believe: somebody proposes it, and somebody
//! else confirms it.
//!
//! Owns: that nobody confirms their own, and what was looked at is what is believed.
//! Does not: know which lists take two, or whose office the second must have; `policy` does.

use serde::{Deserialize, Serialize};
use usher_lists::compile::HeldSource;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of such proposals.
#[derive(Debug)]
pub enum ListBeliefNoun {}
impl Named for ListBeliefNoun {
    const NOUN: &'static str = "list belief";
}
/// A proposal's id.
pub type ListBeliefId = Id<ListBeliefNoun>;

/// That somebody wants to believe a list as it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListBelief {
    /// Its id.
    pub id: ListBeliefId,
    /// The list, and how much it changed when they looked. With other figures it is another proposal.
    pub held: HeldSource,
    /// Who proposes it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Why.
    pub why: String,
    /// Who confirmed it, and when; none while it waits.
    pub confirmed: Option<(PersonId, Moment)>,
}

impl Noun for ListBelief {
    const KIND: Kind = Kind::ListBelief;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.confirmed.is_none() { "waiting" } else { "confirmed" };
        vec![IndexKey::shared("state", state)]
    }
}

/// Proposes to believe a list.
///
/// # Errors
/// [`Refusal::ReasonNeeded`].
pub fn propose(belief: ListBelief) -> Result<Change, Refusal> {
    let why = refusal::reason(&belief.why)?.to_owned();
    let belief = ListBelief { why: why.clone(), ..belief };
    Ok(Change::of(Action::ListSourceProposed, Write::of(&belief, Expect::New)).because(&why))
}

/// Confirms it, as the second.
///
/// # Errors
/// [`Refusal::Gone`] when it waits no more, [`Refusal::SecondPerson`] for whoever proposed it, [`Refusal::Conflict`] when the
/// list changed again.
pub fn confirm(
    belief: &Stored<ListBelief>,
    now: &HeldSource,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let waiting = &belief.value;
    if waiting.confirmed.is_some() {
        return Err(Refusal::Gone);
    }
    if waiting.by == by {
        return Err(Refusal::SecondPerson);
    }
    if waiting.held != *now {
        return Err(Refusal::Conflict);
    }
    let confirmed = ListBelief { confirmed: Some((by, at)), ..waiting.clone() };
    Ok(Change::of(Action::ListSourceConfirmed, belief.replace(&confirmed)).because(&waiting.why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_lists::review::TooMuchChange;
    use usher_lists::source::SourceId;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn held(to: u64) -> HeldSource {
        HeldSource { source: SourceId::parse("adult").unwrap(), why: TooMuchChange::Shrank { from: 900, to } }
    }

    #[test]
    fn a_list_is_believed_by_somebody_else_as_it_was_looked_at_and_once() {
        let belief = ListBelief {
            id: Id::new(1),
            held: held(4),
            by: Id::new(5),
            at: NINE,
            why: " The makers sorted it out ".into(),
            confirmed: None,
        };
        let silent = ListBelief { why: " ".into(), ..belief.clone() };
        assert_eq!(propose(silent).unwrap_err(), Refusal::ReasonNeeded);
        let change = propose(belief.clone()).unwrap();
        assert_eq!(change.reason.as_deref(), Some("The makers sorted it out"));
        let stored = Stored { value: belief, version: 1 };
        assert_eq!(confirm(&stored, &held(4), Id::new(5), NINE).unwrap_err(), Refusal::SecondPerson);
        assert_eq!(confirm(&stored, &held(3), Id::new(1), NINE).unwrap_err(), Refusal::Conflict);
        let change = confirm(&stored, &held(4), Id::new(1), NINE).unwrap();
        let value: ListBelief = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(value.keys(), [IndexKey::shared("state", "confirmed")]);
        let stored = Stored { value, version: 2 };
        assert_eq!(confirm(&stored, &held(4), Id::new(2), NINE).unwrap_err(), Refusal::Gone);
    }
}
