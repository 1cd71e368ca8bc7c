//! Spot checks: each week somebody looks at a few searches that raised no alert, so that the school knows what its alerts miss
//! (UM-04). What was missed becomes an alert; the words of the others are not kept.

use serde::{Deserialize, Serialize};
use usher_types::ids::{EventId, Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Year;

use crate::alert::{Alert, AlertId, Concern, Whose};
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Days after which the next is due: alerts are about this week's children.
pub const EVERY_DAYS: i64 = 7;
/// What a check looks back over at most. What somebody searched for a month ago needs nobody's look today.
pub const MOST_DAYS: i64 = 28;
/// How grave what a person found is: somebody looks today.
const SEVERITY: u8 = 4;

/// Marks ids of spot checks.
#[derive(Debug)]
pub enum SpotCheckNoun {}
impl Named for SpotCheckNoun {
    const NOUN: &'static str = "spot-check";
}
/// A spot check's id.
pub type SpotCheckId = Id<SpotCheckNoun>;

/// A spot check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCheck {
    /// Its id. The searches are drawn by it, so that nobody chooses them.
    pub id: SpotCheckId,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// Searches of pupils in that time that raised no alert, those drawn among them.
    pub quiet: u64,
    /// Those drawn, by time; none once it is done.
    pub drawn: Vec<Drawn>,
    /// Who began it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What came of it.
    pub done: Option<Done>,
}

/// A search that raised no alert. Whose it is, is shown to nobody unless it should have raised one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The event.
    pub event: EventId,
    /// When.
    pub at: Moment,
    /// Whose.
    pub whose: Whose,
    /// Their year, where it is known.
    pub year: Option<Year>,
    /// What was searched for.
    pub words: String,
}

/// A check's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Searches they looked at.
    pub looked: usize,
    /// Of these, those somebody should have been told of.
    pub missed: usize,
}

impl Noun for SpotCheck {
    const KIND: Kind = Kind::SpotCheck;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("state", if self.done.is_some() { "done" } else { "open" })]
    }
}

/// Begins a check.
///
/// # Errors
/// [`Refusal::AlreadySo`] while another is open.
pub fn begin(check: &SpotCheck, earlier: &[SpotCheck]) -> Result<Change, Refusal> {
    if earlier.iter().any(|one| one.done.is_none()) {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::SpotCheckBegun, Write::of(check, Expect::New)))
}

/// Ends a check. What should have raised an alert raises one now, each under an id of its own; quiet hours do not hold it.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it is done.
pub fn finish(
    check: &Stored<SpotCheck>,
    missed: &[EventId],
    (by, at): (PersonId, Moment),
    mut new_id: impl FnMut() -> AlertId,
) -> Result<Change, Refusal> {
    if check.value.done.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let overlooked: Vec<&Drawn> =
        check.value.drawn.iter().filter(|drawn| missed.contains(&drawn.event)).collect();
    let done = Done { by, at, looked: check.value.drawn.len(), missed: overlooked.len() };
    let next = SpotCheck { drawn: Vec::new(), done: Some(done), ..check.value.clone() };
    let change = Change::of(Action::SpotCheckDone, check.replace(&next));
    Ok(overlooked.into_iter().fold(change, |change, drawn| {
        let alert = Alert {
            events: vec![drawn.event],
            from: drawn.at,
            until: drawn.at,
            severity: SEVERITY,
            held_until: Some(at),
            ..Alert::new(new_id(), Concern::Overlooked, drawn.whose, at)
        };
        change.and(Write::of(&alert, Expect::New))
    }))
}

/// From when the next check looks: where the last one ended, and no longer ago than anybody should look.
pub fn next_from(checks: &[SpotCheck], set_up: Moment, at: Moment) -> Moment {
    let last = checks.iter().map(|check| check.until).max().unwrap_or(set_up);
    last.max(at.plus_minutes(-MOST_DAYS * 24 * 60))
}

/// Whether one is due: so many days after the last was done, or after the school was set up.
pub fn is_due(checks: &[SpotCheck], set_up: Moment, at: Moment) -> bool {
    let done = checks.iter().filter_map(|check| check.done).map(|done| done.at).max();
    done.unwrap_or(set_up).plus_minutes(EVERY_DAYS * 24 * 60) <= at
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET_UP: Moment = Moment::from_unix_ms(1_790_000_000_000);
    const DAY: i64 = 24 * 60;

    fn check(id: u64, done: Option<Moment>) -> SpotCheck {
        let drawn = |event: u64| Drawn {
            event: Id::new(event),
            at: SET_UP,
            whose: Whose::Person(Id::new(70 + event)),
            year: None,
            words: format!("search {event}"),
        };
        SpotCheck {
            id: Id::new(id),
            from: SET_UP,
            until: SET_UP.plus_minutes(60),
            quiet: 900,
            drawn: vec![drawn(1), drawn(2), drawn(3)],
            by: Id::new(7),
            at: SET_UP.plus_minutes(60),
            done: done.map(|at| Done { by: Id::new(7), at, looked: 3, missed: 0 }),
        }
    }

    #[test]
    fn um_04_what_a_check_finds_becomes_an_alert_in_the_same_change_and_the_words_go() {
        let stored = Stored { value: check(1, None), version: 1 };
        let mut ids = 900;
        let change = finish(&stored, &[Id::new(2), Id::new(44)], (Id::new(8), SET_UP), || {
            ids += 1;
            Id::new(ids)
        });
        let change = change.unwrap();
        let [kept, raised] = change.writes.as_slice() else { panic!("{change:?}") };
        let kept: SpotCheck = serde_json::from_str(&kept.body).unwrap();
        assert_eq!(kept.done, Some(Done { by: Id::new(8), at: SET_UP, looked: 3, missed: 1 }));
        assert!(!kept.drawn.iter().any(|drawn| drawn.words.contains("search")), "the words are not kept");
        let alert: Alert = serde_json::from_str(&raised.body).unwrap();
        assert_eq!((alert.concern, alert.whose), (Concern::Overlooked, Whose::Person(Id::new(72))));
        assert_eq!(alert.held_until, Some(SET_UP), "told at once by whoever tells");
        let again = Stored { value: kept, version: 2 };
        assert_eq!(finish(&again, &[], (Id::new(8), SET_UP), || Id::new(1)).unwrap_err(), Refusal::AlreadySo);
    }

    #[test]
    fn um_04_one_check_is_open_at_a_time_and_the_next_is_due_a_week_after_the_last_was_done() {
        assert_eq!(begin(&check(2, None), &[check(1, None)]), Err(Refusal::AlreadySo));
        assert!(begin(&check(2, None), &[check(1, Some(SET_UP))]).is_ok());
        let after = |days: i64| SET_UP.plus_minutes(days * DAY);
        assert!(!is_due(&[], SET_UP, after(6)) && is_due(&[], SET_UP, after(7)));
        assert!(is_due(&[check(1, None)], SET_UP, after(7)), "begun is not done");
        assert!(!is_due(&[check(1, Some(after(3)))], SET_UP, after(9)));
        assert_eq!(next_from(&[], SET_UP, after(3)), SET_UP);
        assert_eq!(next_from(&[check(1, None)], SET_UP, after(3)), SET_UP.plus_minutes(60));
        assert_eq!(next_from(&[], SET_UP, after(40)), after(12), "no longer ago than anybody should look");
    }
}
