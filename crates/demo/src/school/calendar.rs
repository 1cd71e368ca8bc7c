//! The invented school year 2026-27: terms, half-terms, INSET days, and the bells.

use jiff::civil::{Date, Time, date, time};
use usher_types::calendar::{Period, PeriodKind, SchoolCalendar, Term};

/// The days of the year: name, first day with pupils, last day with pupils.
const TERMS: [(&str, Date, Date); 6] = [
    ("Autumn 1", date(2026, 9, 3), date(2026, 10, 23)),
    ("Autumn 2", date(2026, 11, 3), date(2026, 12, 18)),
    ("Spring 1", date(2027, 1, 5), date(2027, 2, 12)),
    ("Spring 2", date(2027, 2, 22), date(2027, 3, 25)),
    ("Summer 1", date(2027, 4, 13), date(2027, 5, 28)),
    ("Summer 2", date(2027, 6, 7), date(2027, 7, 21)),
];

/// Days inside a term without pupils: the bank holiday in May and an INSET day. The other INSET days (1 and 2
/// September, 2 November, 4 January, 12 April) lie before the first day of their term.
const CLOSED: [Date; 2] = [date(2027, 5, 3), date(2027, 6, 25)];

/// The bells. The end of one is the beginning of the next.
const BELLS: [(&str, PeriodKind, Time, Time); 9] = [
    ("Registration", PeriodKind::Lesson, time(8, 45, 0, 0), time(8, 55, 0, 0)),
    ("Lesson 1", PeriodKind::Lesson, time(8, 55, 0, 0), time(9, 45, 0, 0)),
    ("Lesson 2", PeriodKind::Lesson, time(9, 45, 0, 0), time(10, 30, 0, 0)),
    ("Break", PeriodKind::Break, time(10, 30, 0, 0), time(10, 45, 0, 0)),
    ("Lesson 3", PeriodKind::Lesson, time(10, 45, 0, 0), time(11, 30, 0, 0)),
    ("Lesson 4", PeriodKind::Lesson, time(11, 30, 0, 0), time(12, 15, 0, 0)),
    ("Lunch", PeriodKind::Lunch, time(12, 15, 0, 0), time(13, 15, 0, 0)),
    ("Lesson 5", PeriodKind::Lesson, time(13, 15, 0, 0), time(14, 10, 0, 0)),
    ("Lesson 6", PeriodKind::Lesson, time(14, 10, 0, 0), time(15, 15, 0, 0)),
];

/// Terms, closed days and bells.
pub(super) fn calendar() -> SchoolCalendar {
    SchoolCalendar {
        terms: TERMS.into_iter().map(|(name, first, last)| Term { name: name.into(), first, last }).collect(),
        closed_days: CLOSED.to_vec(),
        periods: BELLS
            .into_iter()
            .map(|(name, kind, from, until)| Period { name: name.into(), kind, from, until })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_sound_and_about_as_long_as_a_school_year_is() {
        let calendar = calendar();
        calendar.check().unwrap();
        let days = date(2026, 9, 1)
            .series(jiff::Span::new().days(1))
            .take_while(|&day| day < date(2027, 9, 1))
            .filter(|&day| calendar.is_school_day(day))
            .count();
        assert!((186..=192).contains(&days), "{days} school days");
        assert!((23..=27).all(|day| calendar.is_school_day(date(2026, 11, day))), "the week that is played");
    }
}
