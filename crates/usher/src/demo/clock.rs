//! What time it is at the invented school: always a school day, in a lesson, and never earlier than what was recorded.

use jiff::ToSpan as _;
use jiff::civil::time;
use usher_activity::spool::{SegmentReader, segments};
use usher_demo::school::{DemoSchool, USUAL_WEEK};
use usher_types::calendar::PeriodKind;
use usher_types::moment::{Moment, Zone};

use crate::server::opened::Opened;

/// The hour a new day begins at.
const MORNING: jiff::civil::Time = time(10, 0, 0, 0);
/// The hour a played week begins at: before the first adult is there.
const EARLY: jiff::civil::Time = time(7, 30, 0, 0);
/// School days looked at for the next one; longer than any holiday.
const DAYS_AHEAD: i32 = 120;
/// Journal entries read at a time.
const PAGE: u32 = 1_000;

/// The last moment anything was recorded at.
pub(super) async fn last_recorded(opened: &Opened) -> anyhow::Result<Option<Moment>> {
    let mut last = None;
    if !opened.store.schools().await?.is_empty() {
        let mut after = 0;
        loop {
            let entries = opened.store.journal(opened.books.school(), after, PAGE).await?;
            let Some(newest) = entries.last() else { break };
            after = newest.number;
            last = last.max(newest.read().ok().map(|line| line.at));
        }
    }
    Ok(last.max(last_event(opened)?))
}

fn last_event(opened: &Opened) -> anyhow::Result<Option<Moment>> {
    let mut last = None;
    for segment in segments(&opened.folder.spool())?.iter().rev().take(2) {
        let mut reader = SegmentReader::open(segment)?;
        while let Some(frame) = reader.next_event() {
            last = last.max(Some(frame.key.at));
        }
    }
    Ok(last)
}

/// The moment to carry on from.
pub(super) fn carry_on(school: &DemoSchool, last: Option<Moment>) -> Moment {
    let (zone, calendar) = (Zone::london(), &school.calendar);
    let first = zone.moment(USUAL_WEEK, MORNING);
    let Some(last) = last.filter(|last| *last >= first) else { return first };
    if calendar.period_at(zone.local(last)) == PeriodKind::Lesson {
        return last;
    }
    let today = zone.local(last).date();
    (0..DAYS_AHEAD)
        .filter_map(|days| today.checked_add(days.days()).ok())
        .filter(|day| calendar.is_school_day(*day))
        .map(|day| zone.moment(day, MORNING))
        .find(|morning| *morning >= last)
        .unwrap_or(last)
}

/// The Monday of the first school week in which nothing was recorded yet.
pub(super) fn next_week(school: &DemoSchool, last: Option<Moment>) -> jiff::civil::Date {
    let zone = Zone::london();
    let Some(last) = last.filter(|last| *last >= before_school(USUAL_WEEK)) else { return USUAL_WEEK };
    let monday = zone.local(last).monday();
    (1..DAYS_AHEAD / 7)
        .filter_map(|weeks| monday.checked_add(weeks.weeks()).ok())
        .find(|monday| school.calendar.is_school_day(*monday))
        .unwrap_or(monday)
}

/// The moment a played week begins at.
pub(super) fn before_school(monday: jiff::civil::Date) -> Moment {
    Zone::london().moment(monday, EARLY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_demo::school::USUAL_SEED;

    #[test]
    fn it_is_always_a_lesson_and_never_earlier() {
        let (school, zone) = (DemoSchool::rowan_hill(USUAL_SEED), Zone::london());
        let at = |text: &str| zone.parse(text).unwrap();
        let carried = |text: &str| carry_on(&school, Some(at(text)));
        assert_eq!(carry_on(&school, None), at("2026-11-23T10:00"));
        assert_eq!(carried("2026-08-24T09:00"), at("2026-11-23T10:00"), "it was set up in summer");
        assert_eq!(carried("2026-11-23T11:10"), at("2026-11-23T11:10"));
        assert_eq!(carried("2026-11-23T17:00"), at("2026-11-24T10:00"));
        assert_eq!(carried("2026-11-27T16:00"), at("2026-11-30T10:00"));
        assert_eq!(carried("2026-12-18T16:00"), at("2027-01-05T10:00"), "after the holidays");
        assert_eq!(next_week(&school, None), USUAL_WEEK);
        assert_eq!(next_week(&school, Some(at("2026-11-23T06:30"))), USUAL_WEEK, "it was only set up");
        assert_eq!(next_week(&school, Some(at("2026-11-25T10:00"))), jiff::civil::date(2026, 11, 30));
        assert_eq!(next_week(&school, Some(at("2026-12-17T10:00"))), jiff::civil::date(2027, 1, 11));
    }
}
