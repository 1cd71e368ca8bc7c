//! The time a report covers.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use usher_types::moment::{Moment, Zone};

/// A stretch of time, on the school's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First instant of it.
    pub from: Moment,
    /// First instant after it.
    pub until: Moment,
    /// The school's time zone.
    pub zone: Zone,
}

impl Period {
    /// The seven days that begin with this one.
    pub fn week(first: Date, zone: Zone) -> Self {
        let after = first.checked_add(7.days()).unwrap_or(first);
        Self { from: zone.start_of(first), until: zone.start_of(after), zone }
    }

    /// Whether an instant lies in it.
    pub fn holds(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }

    /// Its first and last day.
    pub fn ends(&self) -> (Date, Date) {
        let last = Moment::from_unix_ms(self.until.unix_ms().saturating_sub(1));
        (self.day(self.from), self.day(last.max(self.from)))
    }

    /// The day an instant falls on.
    pub fn day(&self, at: Moment) -> Date {
        self.zone.local(at).date()
    }

    /// Its days, in order.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let (first, last) = self.ends();
        first.series(1.day()).take_while(move |day| *day <= last)
    }
}

/// Whether a day is a Saturday or a Sunday.
pub(crate) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_follows_the_schools_clock() {
        let week = Period::week(date(2026, 10, 19), Zone::london());
        assert_eq!(week.from.to_string(), "2026-10-18T23:00:00Z");
        assert_eq!(week.until.to_string(), "2026-10-26T00:00:00Z", "the clocks went back on the 25th");
        assert_eq!(week.ends(), (date(2026, 10, 19), date(2026, 10, 25)));
        assert_eq!(week.days().count(), 7);
        assert!(week.holds(week.from) && !week.holds(week.until));
    }
}
