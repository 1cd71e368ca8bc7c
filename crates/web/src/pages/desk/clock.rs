//! Times as people in a school say them: `10:15` today, `Tuesday 10:15` this week, a date otherwise.

use jiff::civil::Date;
use usher_types::calendar::{Period, PeriodKind, SchoolCalendar};
use usher_types::moment::{Moment, Zone};

use crate::extract::desk::AtDesk;

/// Days within which the weekday alone says which day is meant.
const SAME_WEEK_DAYS: i64 = 6;

/// Says times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock<'a> {
    zone: &'a Zone,
    now: Moment,
}

impl<'a> Clock<'a> {
    /// The school's clock, now.
    pub(crate) fn at(desk: &'a AtDesk) -> Self {
        Self { zone: &desk.school.zone, now: desk.at }
    }

    /// A clock of this zone.
    pub(crate) const fn new(zone: &'a Zone, now: Moment) -> Self {
        Self { zone, now }
    }

    /// Today.
    pub(crate) fn today(self) -> Date {
        self.zone.local(self.now).date()
    }

    /// `10:15`, `Tuesday 10:15`, or `24 November 2026, 10:15`.
    pub(crate) fn time(self, at: Moment) -> String {
        let local = self.zone.local(at);
        let days = self.today().until(local.date()).map_or(i64::MAX, |span| i64::from(span.get_days()));
        match days {
            0 => local.spoken_time(),
            days if days.abs() <= SAME_WEEK_DAYS => local.spoken(),
            _ => format!("{}, {}", local.spoken_date(), local.spoken_time()),
        }
    }

    /// `24 November 2026, 10:15`, for what is printed and kept.
    pub(crate) fn full(self, at: Moment) -> String {
        let local = self.zone.local(at);
        format!("{}, {}", local.spoken_date(), local.spoken_time())
    }

    /// `24 November 2026`.
    pub(crate) fn day(self, at: Moment) -> String {
        self.zone.local(at).spoken_date()
    }

    /// `24 November 2026`, of a date.
    pub(crate) fn date(self, date: Date) -> String {
        self.day(self.zone.moment(date, jiff::civil::time(12, 0, 0, 0)))
    }

    /// Whole minutes from now, rounded up; nought when it is past.
    pub(crate) const fn minutes_until(self, at: Moment) -> i64 {
        let seconds = at.seconds_since(self.now);
        if seconds <= 0 { 0 } else { (seconds + 59) / 60 }
    }

    /// The end of the part of the day we are in, if it is a lesson and goes on for at least `fewest` minutes; else the
    /// end of the next lesson that does, today.
    pub(crate) fn lesson_end(self, calendar: &SchoolCalendar, fewest: i64) -> Option<(Moment, String)> {
        let local = self.zone.local(self.now);
        if !calendar.is_school_day(local.date()) {
            return None;
        }
        let end = |period: &Period| self.zone.moment(local.date(), period.until);
        let begins = |period: &Period| self.zone.moment(local.date(), period.from);
        calendar
            .periods
            .iter()
            .filter(|period| period.kind == PeriodKind::Lesson)
            // A lesson that begins within the half hour is the one being got ready for.
            .filter(|period| begins(period) <= self.now.plus_minutes(30))
            .find(|period| self.now.plus_minutes(fewest) <= end(period))
            .map(|period| (end(period), period.name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    fn moment(text: &str) -> Moment {
        Zone::london().parse(text).unwrap()
    }

    fn calendar() -> SchoolCalendar {
        let period = |name: &str, kind, from, until| Period { name: name.into(), kind, from, until };
        SchoolCalendar {
            terms: vec![],
            closed_days: vec![],
            periods: vec![
                period("Lesson 1", PeriodKind::Lesson, time(9, 0, 0, 0), time(10, 30, 0, 0)),
                period("Break", PeriodKind::Break, time(10, 30, 0, 0), time(10, 45, 0, 0)),
                period("Lesson 2", PeriodKind::Lesson, time(10, 45, 0, 0), time(12, 0, 0, 0)),
            ],
        }
    }

    #[test]
    fn times_are_as_short_as_they_can_be() {
        let zone = Zone::london();
        let clock = Clock::new(&zone, moment("2026-11-24T10:15"));
        assert_eq!(clock.time(moment("2026-11-24T09:05")), "09:05");
        assert_eq!(clock.time(moment("2026-11-23T09:05")), "Monday 09:05");
        assert_eq!(clock.time(moment("2026-11-02T09:05")), "2 November 2026, 09:05");
        assert_eq!(clock.minutes_until(moment("2026-11-24T10:45")), 30);
        assert_eq!(clock.minutes_until(moment("2026-11-24T10:00")), 0);
    }

    #[test]
    fn a_lesson_is_offered_until_the_bell() {
        let zone = Zone::london();
        let end = |now: &str| Clock::new(&zone, moment(now)).lesson_end(&calendar(), 5).map(|(_, name)| name);
        assert_eq!(end("2026-11-24T09:05").as_deref(), Some("Lesson 1"));
        assert_eq!(end("2026-11-24T10:28").as_deref(), Some("Lesson 2"), "two minutes are no lesson");
        assert_eq!(end("2026-11-24T10:35").as_deref(), Some("Lesson 2"));
        assert_eq!(end("2026-11-24T08:00"), None);
        assert_eq!(end("2026-11-24T15:00"), None);
        assert_eq!(end("2026-11-22T09:05"), None, "a Sunday");
    }
}
