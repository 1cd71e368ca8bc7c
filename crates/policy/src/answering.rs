//! How alerts are answered: who is next when nobody has taken one up, when telling waits, and how fast people were.
//!
//! Owns: these judgements (FM-48, UM-15). Does not: send anything (`jobs`), or say what is an alert ([`crate::alarm`]).

use jiff::civil::Date;
use usher_records::alert::{Alert, Concern, Whose};
use usher_records::answering::{Answering, QuietHours};
use usher_records::person::Person;
use usher_records::report::IssuedReport;
use usher_records::settings::Alarms;
use usher_types::calendar::SchoolCalendar;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};

/// Who is next, in turn. What an adult did never goes to their colleagues: from the head it goes to whoever chairs the
/// governors, and from there to nobody.
pub fn rota(rules: &Alarms, whose: Whose, about: Option<&Person>) -> Vec<Role> {
    if matches!(whose, Whose::Filter(_)) {
        return vec![Role::SeniorLeader];
    }
    match about {
        Some(person) if person.roles.has(Role::Headteacher) => Vec::new(),
        Some(person) if person.kind != PersonKind::Pupil => vec![Role::ChairOfGovernors],
        Some(_) | None => rules.answer.rota.clone(),
    }
}

/// Whether it is time that an alert goes to the next: it is grave, open to be taken up, and nobody has in time.
pub fn is_overdue(rules: &Answering, alert: &Alert, at: Moment) -> bool {
    let told = alert.passed_on.iter().map(|(_, told)| *told).max().or(alert.told_at).unwrap_or(alert.at);
    alert.seen.is_none()
        && alert.held_until.is_none()
        && alert.severity >= rules.passed_on_from
        && at >= told.plus_minutes(i64::from(rules.within_minutes))
}

/// Until when telling of an alert this grave waits; none when it is told at once, as a try for a sealed page always is.
pub fn held_until(
    rules: &Answering,
    concern: Concern,
    severity: u8,
    (zone, at): (&Zone, Moment),
) -> Option<Moment> {
    let quiet = rules.quiet.filter(|quiet| severity < quiet.passes_from && concern != Concern::SealedPage)?;
    let local = zone.local(at);
    let (today, time) = (local.date(), local.time());
    let on = |date: Date| Some(zone.moment(date, quiet.until));
    match quiet {
        QuietHours { from, until, .. } if from <= until => {
            if (from..until).contains(&time) {
                on(today)
            } else {
                None
            }
        }
        QuietHours { until, .. } if time < until => on(today),
        QuietHours { from, .. } if time >= from => today.tomorrow().ok().and_then(on),
        QuietHours { .. } => None,
    }
}

/// The longest quiet hours: from the end of a school day to the beginning of the next. More would hold the lesser alerts back
/// while there is somebody to read them.
const LONGEST_QUIET_MINUTES: i32 = 16 * 60;

/// Whether these are quiet hours: some time, and not nearly the whole day.
pub fn are_hours(quiet: &QuietHours) -> bool {
    let minute = |time: jiff::civil::Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let long = (minute(quiet.until) - minute(quiet.from)).rem_euclid(24 * 60);
    (1..=LONGEST_QUIET_MINUTES).contains(&long)
}

/// Offices a weekly report goes to, in turn, when none of its readers opens it (FM-47).
pub const UNOPENED_ROTA: [Role; 2] = [Role::SafeguardingLead, Role::Headteacher];

/// Whole school days its readers have to open a weekly report (FM-47).
const OPENED_WITHIN_SCHOOL_DAYS: u32 = 2;

/// Whom a report goes to next because nobody opened it; none while there is time, or when everybody was told.
pub fn unopened(report: &IssuedReport, calendar: &SchoolCalendar, zone: &Zone, at: Moment) -> Option<Role> {
    if !report.opened.is_empty() {
        return None;
    }
    let told = report.passed_on.iter().map(|(_, at)| *at).max().unwrap_or(report.made_at);
    let first = zone.local(told).date().tomorrow().ok()?;
    let last = calendar.school_days_from(first, OPENED_WITHIN_SCHOOL_DAYS)?;
    let over = last < zone.local(at).date();
    let was_told = |role: &Role| report.passed_on.iter().any(|(told, _)| told == role);
    UNOPENED_ROTA.into_iter().find(|role| over && !was_told(role))
}

/// How fast alerts were taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// Alerts that were taken up.
    pub taken_up: usize,
    /// Alerts nobody has taken up yet.
    pub waiting: usize,
    /// The middle of the times, in seconds.
    pub median_seconds: Option<i64>,
    /// The longest, in seconds.
    pub worst_seconds: Option<i64>,
}

/// How long it took until an alert was taken up, counted from when it was first told.
pub fn taken_after_seconds(alert: &Alert) -> Option<i64> {
    let (_, seen) = alert.seen?;
    Some(seen.seconds_since(alert.told_at.unwrap_or(alert.at)).max(0))
}

/// How fast these were taken up. Drills are counted apart by whoever asks.
pub fn answers<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Answers {
    let (mut seconds, mut waiting) = (Vec::new(), 0);
    for alert in alerts {
        match taken_after_seconds(alert) {
            Some(after) => seconds.push(after),
            None => waiting += 1,
        }
    }
    seconds.sort_unstable();
    // Of an even number, the slower of the two in the middle.
    let median_seconds = seconds.get(seconds.len() / 2).copied();
    Answers { taken_up: seconds.len(), waiting, median_seconds, worst_seconds: seconds.last().copied() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;
    use usher_records::alert::{Concern, Whose};
    use usher_types::ids::Id;

    fn at(minutes: i64) -> Moment {
        Moment::from_unix_ms(1_795_000_000_000).plus_minutes(minutes)
    }

    fn alert(severity: u8) -> Alert {
        let whose = Whose::Person(Id::new(7));
        Alert { severity, ..Alert::new(Id::new(1), Concern::GraveWords, whose, at(0)) }
    }

    #[test]
    fn fm_48_a_grave_alert_nobody_took_up_goes_on_after_fifteen_minutes_and_again() {
        let rules = Answering::default();
        assert!(!is_overdue(&rules, &alert(5), at(14)) && is_overdue(&rules, &alert(5), at(15)));
        assert!(!is_overdue(&rules, &alert(3), at(600)), "a lesser one waits");
        let taken = Alert { seen: Some((Id::new(2), at(3))), ..alert(5) };
        assert!(!is_overdue(&rules, &taken, at(600)));
        let on = Alert { passed_on: vec![(Id::new(3), at(15))], ..alert(5) };
        assert!(!is_overdue(&rules, &on, at(29)) && is_overdue(&rules, &on, at(30)));
        let night = Alert { held_until: Some(at(400)), ..alert(5) };
        assert!(!is_overdue(&rules, &night, at(300)), "nobody was told yet");
        let told = Alert { told_at: Some(at(400)), ..alert(5) };
        assert!(!is_overdue(&rules, &told, at(414)) && is_overdue(&rules, &told, at(415)));
    }

    #[test]
    fn in_quiet_hours_only_the_grave_are_told_at_once() {
        let zone = Zone::london();
        let night = QuietHours { from: time(18, 0, 0, 0), until: time(7, 0, 0, 0), passes_from: 4 };
        let rules = Answering { quiet: Some(night), ..Answering::default() };
        let when = |text: &str| zone.parse(text).unwrap();
        let held =
            |severity, text: &str| held_until(&rules, Concern::GraveWords, severity, (&zone, when(text)));
        assert_eq!(held(3, "2026-11-23 21:00"), Some(when("2026-11-24 07:00")));
        assert_eq!(held(3, "2026-11-24 06:59"), Some(when("2026-11-24 07:00")));
        assert_eq!(held(3, "2026-11-24 07:00"), None);
        assert_eq!(held(3, "2026-11-24 17:59"), None);
        assert_eq!(held(4, "2026-11-23 21:00"), None, "grave");
        let noon = QuietHours { from: time(12, 0, 0, 0), until: time(13, 0, 0, 0), passes_from: 5 };
        let rules = Answering { quiet: Some(noon), ..Answering::default() };
        let held = |text: &str| held_until(&rules, Concern::GraveWords, 4, (&zone, when(text)));
        assert_eq!(held("2026-11-24 12:30"), Some(when("2026-11-24 13:00")));
        assert_eq!((held("2026-11-24 11:59"), held("2026-11-24 13:00")), (None, None));
    }

    #[test]
    fn um_15_the_middle_and_the_worst_time_are_counted_from_when_it_was_told() {
        let seen = |minutes| Alert { seen: Some((Id::new(2), at(minutes))), ..alert(5) };
        let late = Alert { told_at: Some(at(100)), ..seen(101) };
        let all = [seen(2), seen(30), late, alert(4)];
        let expected =
            Answers { taken_up: 3, waiting: 1, median_seconds: Some(120), worst_seconds: Some(1_800) };
        assert_eq!(answers(&all), expected);
        assert_eq!(answers(&[]), Answers::default());
    }

    #[test]
    fn fm_47_a_report_nobody_opens_goes_on_after_two_school_days_and_again() {
        use jiff::civil::date;
        use usher_records::report::ReportKind;
        use usher_types::calendar::Term;
        use usher_types::digest::Digest;
        let zone = Zone::london();
        let calendar = SchoolCalendar {
            terms: vec![Term { name: "Autumn".into(), first: date(2026, 9, 3), last: date(2026, 12, 18) }],
            closed_days: vec![date(2026, 11, 30)],
            ..SchoolCalendar::default()
        };
        let on = |day, time: &str| zone.parse(&format!("2026-{day}T{time}")).unwrap();
        let mut report = IssuedReport {
            id: Id::new(1),
            kind: ReportKind::WeeklySuspicious,
            from: on("11-20", "15:30"),
            until: on("11-27", "15:30"),
            // A Friday; the Monday after is a closed day.
            made_at: on("11-27", "15:30"),
            readers: vec![Id::new(2)],
            figures: Digest::of(b"f"),
            pdf: Digest::of(b"p"),
            items: 0,
            opened: vec![],
            passed_on: vec![],
        };
        let next = |report: &IssuedReport, at| unopened(report, &calendar, &zone, at);
        assert_eq!(next(&report, on("12-02", "23:59")), None, "the second school day is not over");
        assert_eq!(next(&report, on("12-03", "00:00")), Some(Role::SafeguardingLead));
        report.passed_on.push((Role::SafeguardingLead, on("12-03", "00:00")));
        assert_eq!(next(&report, on("12-07", "23:59")), None);
        assert_eq!(next(&report, on("12-08", "00:00")), Some(Role::Headteacher));
        let opened = IssuedReport { opened: vec![(Id::new(2), on("12-04", "09:00"))], ..report.clone() };
        assert_eq!(next(&opened, on("12-08", "00:00")), None, "one reader is enough");
        report.passed_on.push((Role::Headteacher, on("12-08", "00:00")));
        assert_eq!(next(&report, on("12-17", "00:00")), None, "everybody was told");
        let late = IssuedReport { made_at: on("12-18", "15:30"), passed_on: vec![], ..report };
        assert_eq!(next(&late, on("12-31", "00:00")), None, "no school days are known after the term");
    }
}
