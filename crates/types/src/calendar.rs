//! The school's year: terms, half-terms, closed days, and the bells of a school day.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::moment::LocalTime;

/// Days on which the school is open to pupils: from `first` to `last`, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What the school calls it: `Autumn 1`. Half-terms are two terms with a gap.
    pub name: String,
    /// First day with pupils.
    pub first: Date,
    /// Last day with pupils.
    pub last: Date,
}

/// What part of the day it is for pupils. Rules refer to these, not to clock times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodKind {
    /// A lesson.
    Lesson,
    /// Morning or afternoon break.
    Break,
    /// The dinner hour.
    Lunch,
    /// Before the first bell on a school day.
    BeforeSchool,
    /// After the last bell on a school day: clubs, staff work.
    AfterSchool,
    /// A day without pupils: weekend, holiday, INSET.
    Closed,
}

impl PeriodKind {
    /// Every part of the day, as lists show them.
    pub const ALL: [Self; 6] =
        [Self::Lesson, Self::Break, Self::Lunch, Self::BeforeSchool, Self::AfterSchool, Self::Closed];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Break => "break",
            Self::Lunch => "lunch",
            Self::BeforeSchool => "before-school",
            Self::AfterSchool => "after-school",
            Self::Closed => "closed",
        }
    }
}

/// One stretch between two bells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// What the school calls it: `Lesson 2`.
    pub name: String,
    /// What it is.
    pub kind: PeriodKind,
    /// When it begins, on the wall clock.
    pub from: Time,
    /// When it ends; the end itself belongs to the next period.
    pub until: Time,
}

/// The school's terms, closed days and bells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolCalendar {
    /// Terms in order of their first day.
    #[serde(default)]
    pub terms: Vec<Term>,
    /// Single days inside a term without pupils (INSET, bank holidays).
    #[serde(default)]
    pub closed_days: Vec<Date>,
    /// The bells, the same every school day, in order.
    #[serde(default)]
    pub periods: Vec<Period>,
}

/// What is wrong with a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarFault {
    /// A term ends before it begins.
    #[error("term `{0}` ends before it begins")]
    TermBackwards(String),
    /// Two terms share days.
    #[error("terms `{0}` and `{1}` overlap")]
    TermsOverlap(String, String),
    /// A period ends before it begins.
    #[error("period `{0}` ends before it begins")]
    PeriodBackwards(String),
    /// Two periods share minutes.
    #[error("periods `{0}` and `{1}` overlap")]
    PeriodsOverlap(String, String),
}

impl SchoolCalendar {
    /// Checks that terms and periods follow one another.
    ///
    /// # Errors
    /// The first fault found, naming the term or period.
    pub fn check(&self) -> Result<(), CalendarFault> {
        for term in &self.terms {
            if term.last < term.first {
                return Err(CalendarFault::TermBackwards(term.name.clone()));
            }
        }
        for (one, next) in self.terms.iter().zip(self.terms.iter().skip(1)) {
            if next.first <= one.last {
                return Err(CalendarFault::TermsOverlap(one.name.clone(), next.name.clone()));
            }
        }
        for period in &self.periods {
            if period.until <= period.from {
                return Err(CalendarFault::PeriodBackwards(period.name.clone()));
            }
        }
        for (one, next) in self.periods.iter().zip(self.periods.iter().skip(1)) {
            if next.from < one.until {
                return Err(CalendarFault::PeriodsOverlap(one.name.clone(), next.name.clone()));
            }
        }
        Ok(())
    }

    /// Whether pupils are in school on this day. A school that entered no terms is open every weekday.
    pub fn is_school_day(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let in_term = self.terms.is_empty() || self.term_on(date).is_some();
        !weekend && in_term && !self.closed_days.contains(&date)
    }

    /// The term this day falls in.
    pub fn term_on(&self, date: Date) -> Option<&Term> {
        self.terms.iter().find(|term| term.first <= date && date <= term.last)
    }

    /// The first day of the half-term that has begun last; none before the first, or where no terms are entered.
    pub fn half_term_begun(&self, date: Date) -> Option<Date> {
        self.terms.iter().map(|term| term.first).filter(|first| *first <= date).max()
    }

    /// The first day of the next half-term.
    pub fn next_half_term(&self, date: Date) -> Option<Date> {
        self.terms.iter().map(|term| term.first).filter(|first| date < *first).min()
    }

    /// What part of the day it is. Gaps between periods count as the stretch before or after school, or as a break.
    pub fn period_at(&self, local: LocalTime) -> PeriodKind {
        if !self.is_school_day(local.date()) {
            return PeriodKind::Closed;
        }
        let time = local.time();
        if let Some(period) = self.periods.iter().find(|period| period.from <= time && time < period.until) {
            return period.kind;
        }
        match (self.periods.first(), self.periods.last()) {
            (Some(first), _) if time < first.from => PeriodKind::BeforeSchool,
            (_, Some(last)) if time >= last.until => PeriodKind::AfterSchool,
            (Some(_), _) => PeriodKind::Break,
            // No bells entered: a school day is all lesson, which is the stricter reading.
            (None, _) => PeriodKind::Lesson,
        }
    }

    /// The end of the `days`-th school day from `from`, counting `from` itself if it is one. `None` when the
    /// calendar does not reach that far (two years are searched).
    pub fn school_days_from(&self, from: Date, days: u32) -> Option<Date> {
        const SEARCHED_DAYS: usize = 730;
        from.series(jiff::Span::new().days(1))
            .take(SEARCHED_DAYS)
            .filter(|&date| self.is_school_day(date))
            .nth(usize::try_from(days.checked_sub(1)?).ok()?)
    }

    /// The first day of the school year that `date` falls in: the 1 September on or before it.
    pub fn year_start(date: Date) -> Date {
        let this_year = Date::new(date.year(), 9, 1).unwrap_or(date);
        if date >= this_year { this_year } else { Date::new(date.year() - 1, 9, 1).unwrap_or(date) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Zone;
    use jiff::civil::{date, time};

    fn calendar() -> SchoolCalendar {
        let term = |name: &str, first, last| Term { name: name.into(), first, last };
        let period = |name: &str, kind, from, until| Period { name: name.into(), kind, from, until };
        SchoolCalendar {
            terms: vec![
                term("Autumn 1", date(2026, 9, 2), date(2026, 10, 23)),
                term("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
            ],
            closed_days: vec![date(2026, 11, 27)],
            periods: vec![
                period("Morning", PeriodKind::Lesson, time(9, 0, 0, 0), time(10, 30, 0, 0)),
                period("Break", PeriodKind::Break, time(10, 30, 0, 0), time(10, 45, 0, 0)),
                period("Late morning", PeriodKind::Lesson, time(10, 45, 0, 0), time(12, 0, 0, 0)),
                period("Lunch", PeriodKind::Lunch, time(12, 0, 0, 0), time(13, 0, 0, 0)),
                period("Afternoon", PeriodKind::Lesson, time(13, 0, 0, 0), time(15, 15, 0, 0)),
            ],
        }
    }

    fn at(text: &str) -> PeriodKind {
        let london = Zone::london();
        calendar().period_at(london.local(london.parse(text).unwrap()))
    }

    #[test]
    fn the_bells_divide_a_school_day() {
        assert_eq!(at("2026-11-23T08:59"), PeriodKind::BeforeSchool);
        assert_eq!(at("2026-11-23T09:00"), PeriodKind::Lesson);
        assert_eq!(at("2026-11-23T10:30"), PeriodKind::Break);
        assert_eq!(at("2026-11-23T12:30"), PeriodKind::Lunch);
        assert_eq!(at("2026-11-23T15:15"), PeriodKind::AfterSchool);
    }

    #[test]
    fn weekends_half_terms_and_inset_days_are_closed() {
        assert_eq!(at("2026-11-22T10:00"), PeriodKind::Closed);
        assert_eq!(at("2026-10-27T10:00"), PeriodKind::Closed);
        assert_eq!(at("2026-11-27T10:00"), PeriodKind::Closed);
    }

    #[test]
    fn peers_case_15_the_bells_ring_by_the_wall_clock_on_both_sides_of_a_clock_change() {
        let london = Zone::london();
        let always = SchoolCalendar { terms: Vec::new(), ..calendar() };
        // Clocks go forward on 29 March 2026 and back on 25 October.
        for (before, after, hours) in
            [("2026-03-27T09:00", "2026-03-30T09:00", 71), ("2026-10-23T09:00", "2026-10-26T09:00", 73)]
        {
            let (before, after) = (london.parse(before).unwrap(), london.parse(after).unwrap());
            assert_eq!(after.seconds_since(before), hours * 3600);
            for bell in [before, after] {
                assert_eq!(always.period_at(london.local(bell)), PeriodKind::Lesson);
                assert_eq!(always.period_at(london.local(bell.plus_seconds(-1))), PeriodKind::BeforeSchool);
            }
        }
    }

    #[test]
    fn peers_case_15_an_hour_that_comes_twice_or_never_makes_no_second_lesson() {
        let london = Zone::london();
        let every_day = SchoolCalendar {
            terms: Vec::new(),
            closed_days: Vec::new(),
            periods: vec![Period {
                name: "Night".into(),
                kind: PeriodKind::Lesson,
                from: time(1, 0, 0, 0),
                until: time(2, 0, 0, 0),
            }],
        };
        // The hour stands on a Sunday, and Sundays are closed however often it comes.
        for start in ["2026-10-25T00:30", "2026-03-29T00:30"] {
            let start = london.parse(start).unwrap();
            for minutes in (0..180).step_by(10) {
                let now = london.local(start.plus_minutes(minutes));
                assert_eq!(every_day.period_at(now), PeriodKind::Closed);
            }
        }
    }

    #[test]
    fn peers_case_15_a_stretch_over_midnight_is_refused_by_its_name_and_the_night_belongs_to_its_own_day() {
        let mut wrong = calendar();
        wrong.periods.push(Period {
            name: "Boarding".into(),
            kind: PeriodKind::AfterSchool,
            from: time(21, 0, 0, 0),
            until: time(7, 0, 0, 0),
        });
        assert_eq!(wrong.check(), Err(CalendarFault::PeriodBackwards("Boarding".into())));
        assert_eq!(at("2026-11-23T23:59"), PeriodKind::AfterSchool);
        assert_eq!(at("2026-11-24T00:00"), PeriodKind::BeforeSchool);
        assert_eq!(at("2026-11-27T00:00"), PeriodKind::Closed, "an INSET day begins at midnight");
        assert_eq!(at("2026-11-20T23:59"), PeriodKind::AfterSchool);
        assert_eq!(at("2026-11-21T00:00"), PeriodKind::Closed, "so does a weekend");
    }

    #[test]
    fn peers_case_15_the_days_around_a_term_are_closed_and_its_first_and_last_are_not() {
        for (day, open) in [
            ("2026-09-01", false),
            ("2026-09-02", true),
            ("2026-10-23", true),
            ("2026-10-26", false),
            ("2026-12-18", true),
            ("2026-12-21", false),
            ("2028-02-29", false),
        ] {
            assert_eq!(calendar().is_school_day(day.parse().unwrap()), open, "{day}");
        }
    }

    #[test]
    fn school_days_run_across_a_half_term() {
        let calendar = calendar();
        assert_eq!(calendar.school_days_from(date(2026, 10, 22), 3), Some(date(2026, 11, 2)));
        assert_eq!(calendar.school_days_from(date(2026, 12, 18), 2), None);
    }

    #[test]
    fn the_school_year_turns_on_the_first_of_september() {
        assert_eq!(SchoolCalendar::year_start(date(2026, 8, 31)), date(2025, 9, 1));
        assert_eq!(SchoolCalendar::year_start(date(2026, 9, 1)), date(2026, 9, 1));
    }

    #[test]
    fn overlaps_are_named() {
        let mut wrong = calendar();
        wrong.periods.swap(0, 1);
        assert!(wrong.check().unwrap_err().to_string().contains("Break"));
        assert!(calendar().check().is_ok());
    }
}
