//! Which settings are numbers, in which unit, and how far they may go.

use serde_json::Value;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Days.
    Days,
    /// School days.
    SchoolDays,
    /// How often.
    Times,
    /// How grave, of 5.
    Gravity,
    /// How many in a hundred.
    Percent,
    /// Nothing but themselves.
    Plain,
}

impl Unit {
    /// The words a number of it is said with.
    pub const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::Minutes => "setting-unit-minutes",
            Self::Days => "setting-unit-days",
            Self::SchoolDays => "setting-unit-school-days",
            Self::Times => "setting-unit-times",
            Self::Gravity => "setting-unit-gravity",
            Self::Percent => "setting-unit-percent",
            Self::Plain => return None,
        })
    }
}

/// A number's unit and range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Its unit.
    pub unit: Unit,
    /// The least it may be.
    pub least: i64,
    /// The most it may be.
    pub most: i64,
}

/// Minutes of a day: what lasts longer ends by nobody's watch.
const A_DAY: i64 = 24 * 60;
/// Minutes of a week.
const A_WEEK: i64 = 7 * A_DAY;
/// The longest leave: what is not looked at for a year and its summer is forgotten.
const A_YEAR: i64 = 366;

/// Every number, by its name in files without the places in lists.
const FIGURES: [(&str, Unit, i64, i64); 46] = [
    ("sign-in.idle-minutes.pupils", Unit::Minutes, 1, A_DAY),
    ("sign-in.idle-minutes.adults", Unit::Minutes, 1, A_DAY),
    ("sign-in.absolute-minutes.pupils", Unit::Minutes, 1, A_DAY),
    ("sign-in.absolute-minutes.adults", Unit::Minutes, 1, A_DAY),
    // The longest a rule may ask for still fits twice into the longest password that is taken.
    ("passwords.adults.characters", Unit::Plain, 1, 64),
    ("passwords.pupils.characters", Unit::Plain, 1, 64),
    ("passwords.adults.digits", Unit::Plain, 0, 16),
    ("passwords.pupils.digits", Unit::Plain, 0, 16),
    ("passwords.adults.symbols", Unit::Plain, 0, 16),
    ("passwords.pupils.symbols", Unit::Plain, 0, 16),
    // One picture is guessed in a minute, and no child keeps seven in order.
    ("passwords.pictures", Unit::Plain, 2, 6),
    // More tries than the ledger takes for a lock are none.
    ("passwords.tries", Unit::Times, 1, 20),
    ("passwords.rest-minutes", Unit::Minutes, 1, A_DAY),
    ("agreements.days-to-sign-again", Unit::Days, 0, 90),
    ("agreements.joiner-days", Unit::SchoolDays, 0, 20),
    // Six years is how long somebody may go to court about it (Limitation Act 1980, section 5).
    ("agreements.scan-days", Unit::Days, 1, 2_192),
    ("lessons.longest-minutes", Unit::Minutes, 1, A_DAY),
    ("lessons.longest-grant-minutes", Unit::Minutes, 1, A_DAY),
    ("unrestricted.longest-minutes", Unit::Minutes, 1, A_DAY),
    ("reports.review-every-days", Unit::Days, 1, A_YEAR),
    ("alarms.words-from", Unit::Gravity, 1, 5),
    // One grave word, and one account that rests, are told by themselves.
    ("alarms.words.times", Unit::Times, 1, 1),
    ("alarms.words.minutes", Unit::Minutes, 1, A_DAY),
    ("alarms.words.quiet-minutes", Unit::Minutes, 0, A_DAY),
    // More than a child meets in a lesson would never be told.
    ("alarms.grave-blocks.times", Unit::Times, 1, 60),
    ("alarms.grave-blocks.minutes", Unit::Minutes, 1, A_DAY),
    ("alarms.grave-blocks.quiet-minutes", Unit::Minutes, 0, A_DAY),
    ("alarms.many-blocks.times", Unit::Times, 1, 200),
    ("alarms.many-blocks.minutes", Unit::Minutes, 1, A_DAY),
    ("alarms.many-blocks.quiet-minutes", Unit::Minutes, 0, A_DAY),
    ("alarms.sign-ins.times", Unit::Times, 1, 1),
    ("alarms.sign-ins.minutes", Unit::Minutes, 1, A_DAY),
    ("alarms.sign-ins.quiet-minutes", Unit::Minutes, 0, A_DAY),
    ("alarms.answer.within-minutes", Unit::Minutes, 1, A_DAY),
    ("alarms.answer.passed-on-from", Unit::Gravity, 1, 5),
    ("alarms.answer.line-percent", Unit::Percent, 0, 100),
    ("alarms.answer.quiet.passes-from", Unit::Gravity, 1, 5),
    ("conduct.names-with-pictures", Unit::Plain, 1, 3),
    ("cases.longest-days", Unit::SchoolDays, 0, 60),
    ("cases.ladder.from-severity", Unit::Plain, 1, 4),
    ("cases.more-kinds.severity", Unit::Plain, 1, 4),
    ("permissions.matter.longest-days", Unit::Days, 1, A_YEAR),
    ("private-use.day-minutes", Unit::Minutes, 0, A_DAY),
    ("private-use.week-minutes", Unit::Minutes, 0, A_WEEK),
    ("private-use.answer-days", Unit::SchoolDays, 1, 60),
    ("network-cards.first-days", Unit::Days, 0, 90),
];

/// Where each year's own severity stands.
pub(super) const OF_A_YEAR: &str = "alarms.answer.words-from-years.";

/// The figure of a setting; none where it is no number, or one without a range.
pub fn figure(key: &str) -> Option<Figure> {
    if key.starts_with(OF_A_YEAR) {
        return Some(Figure { unit: Unit::Gravity, least: 1, most: 5 });
    }
    let plain = without_places(key);
    let found = FIGURES.iter().find(|(name, ..)| *name == plain)?;
    let (_, unit, least, most) = *found;
    Some(Figure { unit, least, most })
}

/// `permissions.matter[2].longest-days` is `permissions.matter.longest-days`.
pub(super) fn without_places(key: &str) -> String {
    let mut inside = false;
    key.chars()
        .filter(|c| {
            inside = (inside || *c == '[') && *c != ']';
            !inside && *c != ']'
        })
        .collect()
}

impl Figure {
    /// Whether a value, or each of several, is within the range. What is no number is somebody else's to judge.
    pub fn holds(&self, value: &Value) -> bool {
        match value {
            Value::Number(number) => {
                number.as_i64().is_some_and(|number| (self.least..=self.most).contains(&number))
            }
            Value::Array(items) => items.iter().all(|item| self.holds(item)),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;
    use crate::settings::flat;

    #[test]
    fn pol_11_every_figure_is_a_setting_and_every_profile_keeps_to_the_ranges() {
        let profiles: Vec<_> = profile::BUILT_IN
            .iter()
            .map(|(name, _)| profile::built_in(name).unwrap().unwrap().settings)
            .collect();
        for settings in &profiles {
            for (key, value) in flat(settings) {
                assert!(figure(&key).is_none_or(|figure| figure.holds(&value)), "{key} {value}");
            }
        }
        // What a school may have and no profile does.
        let perhaps = [
            "alarms.answer.quiet.passes-from",
            "cases.more-kinds.severity",
            "permissions.matter.longest-days",
        ];
        for (name, ..) in FIGURES {
            let there = profiles.iter().any(|one| flat(one).keys().any(|key| without_places(key) == name));
            assert!(there || perhaps.contains(&name), "{name}");
        }
    }

    #[test]
    fn places_in_lists_are_no_part_of_a_name() {
        assert_eq!(without_places("permissions.matter[12].longest-days"), "permissions.matter.longest-days");
        assert_eq!(figure("permissions.matter[2].longest-days").unwrap().most, A_YEAR);
        assert_eq!(figure("alarms.answer.words-from-years.4").unwrap().unit, Unit::Gravity);
        assert_eq!(figure("contacts.authority"), None);
    }
}
