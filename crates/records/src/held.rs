//! Which controls held since when, as the ledger of clauses found them (POL-01): so that it can be said what was true on the day
//! somebody signed. One record a school, written only when something changed.
//!
//! Owns: that a turn is noted once, and what held at a moment. Does not: look whether a control holds; `policy::ledger`
//! does.

use serde::{Deserialize, Serialize};
use usher_types::ids::SchoolId;
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};

/// What was found of every control, over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBook {
    /// Whose.
    pub school: SchoolId,
    /// One for each control that was ever looked at, by id.
    pub controls: Vec<Held>,
}

/// One control over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The control's id.
    pub control: String,
    /// When it came to hold or ceased to, oldest first. The first is when it was first looked at.
    pub turns: Vec<Turn>,
}

/// A control came to hold, or ceased to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// When that was found.
    pub at: Moment,
    /// Whether it holds from then on.
    pub holds: bool,
}

impl Noun for HeldBook {
    const KIND: Kind = Kind::HeldBook;

    fn number(&self) -> u64 {
        self.school.number()
    }
}

impl HeldBook {
    /// One control over time; none when it was never looked at.
    pub fn of(&self, control: &str) -> Option<&Held> {
        self.controls.iter().find(|held| held.control == control)
    }
}

impl Held {
    /// Whether it held at a moment. Before the first look, what the first look found is the best anybody knows.
    pub fn held_at(&self, at: Moment) -> bool {
        let before = self.turns.iter().rev().find(|turn| turn.at <= at);
        before.or_else(|| self.turns.first()).is_some_and(|turn| turn.holds)
    }

    /// Since when it is as it is.
    pub fn since(&self) -> Option<Moment> {
        self.turns.last().map(|turn| turn.at)
    }
}

/// Notes what was found now of each control. None when nothing changed.
pub fn note(
    before: Option<&Stored<HeldBook>>,
    school: SchoolId,
    found: &[(&str, bool)],
    at: Moment,
) -> Option<Change> {
    let mut book = before.map_or(HeldBook { school, controls: Vec::new() }, |before| before.value.clone());
    let mut turned = Vec::new();
    for &(control, holds) in found {
        let turn = Turn { at, holds };
        match book.controls.iter_mut().find(|held| held.control == control) {
            Some(held) if held.turns.last().is_some_and(|last| last.holds == holds) => continue,
            Some(held) => {
                held.turns.push(turn);
                turned.push(format!("{control} {}", if holds { "holds again" } else { "holds no more" }));
            }
            None => book.controls.push(Held { control: control.to_owned(), turns: vec![turn] }),
        }
    }
    let write = match before {
        Some(before) if before.value == book => return None,
        Some(before) => before.replace(&book),
        None => Write::of(&book, Expect::New),
    };
    let reason = if turned.is_empty() { "first looked at".to_owned() } else { turned.join(", ") };
    Some(Change::of(Action::HeldNoted, write).because(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn noted(
        before: Option<&Stored<HeldBook>>,
        found: &[(&str, bool)],
        at: Moment,
    ) -> Option<Stored<HeldBook>> {
        let change = note(before, Id::new(1), found, at)?;
        let value = serde_json::from_str(&change.writes[0].body).unwrap();
        Some(Stored { value, version: 1 + before.map_or(0, |before| before.version) })
    }

    #[test]
    fn a_turn_is_noted_once_with_its_time_and_the_journal_says_what_turned() {
        let first = noted(None, &[("web.lesson-session", true), ("web.timetable", false)], NINE).unwrap();
        assert_eq!(
            noted(Some(&first), &[("web.lesson-session", true), ("web.timetable", false)], NINE),
            None
        );
        let later = NINE.plus_minutes(5);
        let change = note(Some(&first), Id::new(1), &[("web.lesson-session", false)], later).unwrap();
        assert_eq!(change.reason.as_deref(), Some("web.lesson-session holds no more"));
        let second = noted(Some(&first), &[("web.lesson-session", false)], later).unwrap();
        let held = second.value.of("web.lesson-session").unwrap();
        assert_eq!(held.since(), Some(later));
        assert!(held.held_at(NINE) && held.held_at(later.plus_seconds(-1)) && !held.held_at(later));
        assert!(!second.value.of("web.timetable").unwrap().held_at(later));
        assert_eq!(second.value.of("nothing"), None);
    }

    #[test]
    fn before_the_first_look_the_first_look_counts() {
        let book = noted(None, &[("seen.log", true)], NINE).unwrap();
        assert!(book.value.of("seen.log").unwrap().held_at(NINE.plus_minutes(-60 * 24)));
    }
}
