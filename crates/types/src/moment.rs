//! Instants in UTC and what they are in the school's own time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An instant, in whole milliseconds since 1970 UTC. Years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(i64);

impl Moment {
    /// The instant this many milliseconds after 1970 UTC.
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// This instant plus a number of seconds (negative goes back).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// This instant plus a number of minutes (negative goes back).
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// Whole seconds from `earlier` to this instant; negative if `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1000
    }

    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: write it like 2026-11-23T10:15:00Z")]
pub struct NotAMoment(String);

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        text.parse::<jiff::Timestamp>()
            .map(|timestamp| Self(timestamp.as_millisecond()))
            .map_err(|_unreadable| NotAMoment(text.chars().take(40).collect()))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(D::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

/// The school's time zone, by its IANA name.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Where schools in the United Kingdom are.
    pub fn london() -> Self {
        Self::named("Europe/London")
            .unwrap_or_else(|_no_database| Self { name: "UTC".into(), zone: TimeZone::UTC })
    }

    /// The zone with this IANA name.
    ///
    /// # Errors
    /// When the time-zone database has no such name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name)
            .map(|zone| Self { name: name.to_owned(), zone })
            .map_err(|_unknown| UnknownZone(name.to_owned()))
    }

    /// The clock on the wall in this zone.
    pub fn local(&self, at: Moment) -> LocalTime {
        LocalTime(at.timestamp().to_zoned(self.zone.clone()).datetime())
    }

    /// `24/Nov/2026:10:15:00 +0000`, as web servers write it in their logs.
    pub fn in_logs(&self, at: Moment) -> String {
        at.timestamp().to_zoned(self.zone.clone()).strftime("%d/%b/%Y:%H:%M:%S %z").to_string()
    }

    /// The instant of such a time; none where it is not one.
    pub fn from_logs(text: &str) -> Option<Moment> {
        let zoned = jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
        Some(Moment(zoned.to_timestamp().ok()?.as_millisecond()))
    }

    /// The instant at which a wall clock in this zone shows this. A time skipped in spring becomes the hour after;
    /// one that comes twice in autumn is the first.
    pub fn moment(&self, date: Date, time: Time) -> Moment {
        self.zone
            .to_ambiguous_zoned(DateTime::from_parts(date, time))
            .compatible()
            .map_or(Moment(0), |zoned| Moment(zoned.timestamp().as_millisecond()))
    }

    /// The first instant of a day in this zone.
    pub fn start_of(&self, date: Date) -> Moment {
        self.moment(date, Time::midnight())
    }

    /// Reads `2026-11-23T10:15` (with or without seconds) as the wall clock in this zone, or a full instant.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(&self, text: &str) -> Result<Moment, NotAMoment> {
        if let Ok(moment) = text.parse::<Moment>() {
            return Ok(moment);
        }
        text.parse::<DateTime>()
            .map(|local| self.moment(local.date(), local.time()))
            .map_err(|_unreadable| NotAMoment(text.chars().take(40).collect()))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::named(&name).map_err(D::Error::custom)
    }
}

/// A time zone nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known time zone; schools in the UK write Europe/London")]
pub struct UnknownZone(String);

/// What the wall clock shows in the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(DateTime);

impl LocalTime {
    /// The day.
    pub fn date(self) -> Date {
        self.0.date()
    }

    /// The time of day.
    pub fn time(self) -> Time {
        self.0.time()
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        self.0.date().weekday()
    }

    /// The Monday of this week (ISO 8601: weeks begin on Monday).
    pub fn monday(self) -> Date {
        let days = i64::from(self.weekday().to_monday_zero_offset());
        self.date().checked_sub(jiff::Span::new().days(days)).unwrap_or(self.date())
    }

    /// `Tuesday 10:15`, the way people in the school say a time this week.
    pub fn spoken(self) -> String {
        self.0.strftime("%A %H:%M").to_string()
    }

    /// `24 November 2026`.
    pub fn spoken_date(self) -> String {
        self.0.strftime("%-d %B %Y").to_string()
    }

    /// `10:15`.
    pub fn spoken_time(self) -> String {
        self.0.strftime("%H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn summer_and_winter_time_are_the_schools() {
        let london = Zone::london();
        let summer: Moment = "2026-06-15T09:15:00Z".parse().unwrap();
        let winter: Moment = "2026-11-23T10:15:00Z".parse().unwrap();
        assert_eq!(london.local(summer).spoken(), "Monday 10:15");
        assert_eq!(london.local(winter).spoken(), "Monday 10:15");
        assert_eq!(london.local(winter).spoken_date(), "23 November 2026");
    }

    #[test]
    fn an_hour_that_does_not_exist_moves_on_and_one_that_comes_twice_is_the_first() {
        let london = Zone::london();
        let skipped = london.moment(date(2026, 3, 29), jiff::civil::time(1, 30, 0, 0));
        assert_eq!(skipped.to_string(), "2026-03-29T01:30:00Z");
        let twice = london.moment(date(2026, 10, 25), jiff::civil::time(1, 30, 0, 0));
        assert_eq!(twice.to_string(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn the_week_begins_on_monday() {
        let london = Zone::london();
        for day in ["2026-11-23T00:00", "2026-11-25T12:00", "2026-11-29T23:59"] {
            let local = london.local(london.parse(day).unwrap());
            assert_eq!(local.monday(), date(2026, 11, 23));
        }
    }

    #[test]
    fn nonsense_is_refused_with_an_example() {
        let error = Zone::london().parse("yesterday").unwrap_err();
        assert!(error.to_string().contains("2026-11-23T10:15"), "{error}");
    }
}
