//! What each control did in a term: how often, in which week, and when last (POL-01). For the ledger of clauses.
//!
//! Owns: which events and records show a control at work. Does not: say whether it holds; something that never had to act
//! may hold as well as any.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_events::event::{Event, System, What};
use usher_policy::decision::{Decision, Reason, Step};
use usher_policy::facts::Circumstances;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_records::session::KnownBy;
use usher_scan::features::SentKind;
use usher_types::calendar::SchoolCalendar;
use usher_types::moment::{Moment, Zone};
use usher_types::role::PersonKind;

use crate::period::Period;

/// Where no term is entered, so many weeks are counted.
const WEEKS: i64 = 12;

/// Controls that leave something to count. What is counted is in the words, under the control's name.
pub const COUNTED: [&str; 46] = [
    "account.own",
    "account.sign-in-first",
    "account.shared-year",
    "account.picture-sign-in",
    "account.lock-out",
    "account.one-device",
    "account.time-limits",
    "account.leaver",
    "account.disclosed",
    "visitor.sign-in",
    "agreement.gate",
    "agreement.version",
    "agreement.right-text",
    "agreement.each-time",
    "agreement.parent-part",
    "agreement.check-question",
    "web.fail-closed",
    "web.categories",
    "web.age-bands",
    "web.inspect-https",
    "web.lesson-session",
    "web.list-only",
    "web.timetable",
    "web.no-bypass",
    "web.unrestricted",
    "web.safe-search",
    "web.personal-details",
    "web.sign-up",
    "web.hurtful-posts",
    "web.report-site",
    "web.downloads",
    "seen.notice",
    "seen.log",
    "seen.search-themes",
    "seen.weekly-report",
    "seen.looks",
    "seen.lesson-live",
    "seen.alert-now",
    "ask.unblock",
    "ask.grant",
    "tell.told-an-adult",
    "tell.button",
    "tell.accident",
    "case.report",
    "case.steps",
    "case.parent-contact",
];

/// The term a day is in, as far as it has come: from the first day of the school's own term to the next midnight. Between
/// two terms it is the last; where none is entered, the last twelve weeks.
pub fn term(calendar: &SchoolCalendar, zone: &Zone, at: Moment) -> Period {
    let today = zone.local(at).date();
    let began = calendar.terms.iter().filter(|term| term.first <= today).max_by_key(|term| term.first);
    let back = || today.checked_sub(WEEKS.weeks()).unwrap_or(today);
    let first = began.map_or_else(back, |term| term.first);
    let last = began.map_or(today, |term| term.last.min(today));
    let after = last.checked_add(1.day()).unwrap_or(last);
    Period { from: zone.start_of(first), until: zone.start_of(after), zone: zone.clone() }
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallies {
    zone: Zone,
    days: BTreeMap<(&'static str, Date), u32>,
    last: BTreeMap<&'static str, Moment>,
}

/// What a control did in a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// How often.
    pub count: u32,
    /// How often in each week, from Monday to Sunday, the first week first.
    pub weeks: Vec<u32>,
    /// When last, also before the time.
    pub last: Option<Moment>,
}

impl Tallies {
    /// Nothing yet, by a school's clock.
    pub const fn new(zone: Zone) -> Self {
        Self { zone, days: BTreeMap::new(), last: BTreeMap::new() }
    }

    /// Counts that a control did something.
    pub fn count(&mut self, control: &'static str, at: Moment) {
        let day = self.zone.local(at).date();
        let count = self.days.entry((control, day)).or_default();
        *count = count.saturating_add(1);
        let last = self.last.entry(control).or_insert(at);
        *last = at.max(*last);
    }

    /// Counts what an event shows.
    pub fn add(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Web(web) => {
                self.decided(&web.facts.who, &web.decision, at);
                if web.facts.features.severity() > 0 {
                    self.count("seen.search-themes", at);
                }
            }
            What::Tunnel(tunnel) => {
                if tunnel.action == TlsAction::Inspect {
                    // What is inside has events of its own.
                    self.count("web.inspect-https", at);
                } else {
                    self.decided(&tunnel.facts.who, &tunnel.decision, at);
                }
            }
            What::Malformed(_) => self.count("web.no-bypass", at),
            What::SignInFailed(failed) if failed.rests => self.count("account.lock-out", at),
            What::System(System::TwoPlaces { .. }) => self.count("account.one-device", at),
            What::System(System::FilterOff { .. }) => self.count("web.fail-closed", at),
            What::SignInFailed(_) | What::Ended(_) | What::System(_) => {}
        }
    }

    fn decided(&mut self, who: &Circumstances, decision: &Decision, at: Moment) {
        self.count("seen.log", at);
        if !decision.adjust.is_empty() {
            self.count("web.safe-search", at);
        }
        if let Reason::Granted(_) = decision.reason {
            self.count("ask.grant", at);
        }
        if decision.verdict <= Verdict::Coach {
            return;
        }
        if let Some(control) = refused_by(who, decision) {
            self.count(control, at);
        }
        let pupil = who.subject.kind == Some(PersonKind::Pupil);
        if pupil && matches!(decision.step, Step::Categories | Step::Content | Step::Default) {
            self.count("web.age-bands", at);
        }
    }

    /// Counts a sign-in.
    pub fn signed_in(&mut self, known_by: KnownBy, at: Moment) {
        if known_by != KnownBy::ProxyPassword {
            // Whoever sends a password with each request is shown no page.
            self.count("seen.notice", at);
        }
        self.count(
            match known_by {
                KnownBy::Pictures => "account.picture-sign-in",
                KnownBy::SharedAccount => "account.shared-year",
                KnownBy::VisitorForm => "visitor.sign-in",
                KnownBy::Password | KnownBy::ProxyPassword => "account.own",
            },
            at,
        );
    }

    /// Counts that somebody left, by their last day.
    pub fn left(&mut self, day: Date) {
        self.count("account.leaver", self.zone.start_of(day));
    }

    /// Everything of the other as well.
    pub fn join(&mut self, other: &Self) {
        for (key, count) in &other.days {
            let own = self.days.entry(*key).or_default();
            *own = own.saturating_add(*count);
        }
        for (control, at) in &other.last {
            let last = self.last.entry(control).or_insert(*at);
            *last = (*at).max(*last);
        }
    }

    /// Forgets what was counted on a day and later, so that it can be counted again.
    pub fn forget_from(&mut self, day: Date) {
        self.days.retain(|(_, date), _| *date < day);
    }

    /// What a control did in a time; none where it leaves nothing to count.
    pub fn evidence(&self, control: &str, period: &Period) -> Option<Evidence> {
        let control = COUNTED.into_iter().find(|known| *known == control)?;
        let (first, last) = period.ends();
        let monday = |date: Date| {
            let back = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(back.days()).unwrap_or(date)
        };
        let mut weeks: BTreeMap<Date, u32> =
            monday(first).series(7.days()).take_while(|day| *day <= last).map(|day| (day, 0)).collect();
        let mut count = 0_u32;
        for ((_, date), found) in self.days.range((control, first)..=(control, last)) {
            count = count.saturating_add(*found);
            if let Some(week) = weeks.get_mut(&monday(*date)) {
                *week = week.saturating_add(*found);
            }
        }
        Some(Evidence { count, weeks: weeks.into_values().collect(), last: self.last.get(control).copied() })
    }
}

/// The control a refusal shows at work.
fn refused_by(who: &Circumstances, decision: &Decision) -> Option<&'static str> {
    Some(match &decision.reason {
        Reason::SignIn => "account.sign-in-first",
        Reason::SignAgreement(_) if who.subject.kind == Some(PersonKind::Visitor) => "visitor.sign-in",
        Reason::SignAgreement(_) | Reason::ParentMissing => "agreement.gate",
        Reason::AcceptClause => "agreement.each-time",
        Reason::NoLesson => "web.lesson-session",
        Reason::NotInLessonList(_) => "web.list-only",
        Reason::OutsideHours(_) => "web.timetable",
        Reason::UnsafeSearch(_) | Reason::ImageSearch | Reason::ImageSearchOutsideLesson => "web.safe-search",
        Reason::Rule(_) | Reason::ForbiddenAddress(_) => "web.no-bypass",
        Reason::Malware(_) | Reason::Unscanned(_) | Reason::Carries(_) => "web.downloads",
        Reason::Leaving(_, SentKind::SignUp | SentKind::Checkout) => "web.sign-up",
        Reason::Leaving(_, SentKind::UnkindWords | SentKind::AgainstSchool | SentKind::Meeting) => {
            "web.hurtful-posts"
        }
        Reason::Leaving(..) => "web.personal-details",
        Reason::Category(category) if category.as_str() == "reported" => "web.report-site",
        Reason::Category(_) | Reason::Says(..) | Reason::SealedList | Reason::Unknown => "web.categories",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use usher_policy::ledger::controls;
    use usher_types::calendar::Term;

    fn at(text: &str) -> Moment {
        Zone::london().parse(text).unwrap()
    }

    fn calendar() -> SchoolCalendar {
        let term = |name: &str, first, last| Term { name: name.into(), first, last };
        SchoolCalendar {
            terms: vec![
                term("Autumn 1", date(2026, 9, 2), date(2026, 10, 23)),
                term("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
            ],
            ..SchoolCalendar::default()
        }
    }

    #[test]
    fn what_is_counted_is_a_control() {
        let all = controls().unwrap();
        for control in COUNTED {
            assert!(all.iter().any(|known| known.id == control), "{control}");
        }
    }

    #[test]
    fn the_term_goes_as_far_as_it_has_come_and_in_the_holidays_it_is_the_last_one() {
        let ends = |calendar: &SchoolCalendar, when| term(calendar, &Zone::london(), at(when)).ends();
        assert_eq!(ends(&calendar(), "2026-11-24T10:15"), (date(2026, 11, 2), date(2026, 11, 24)));
        assert_eq!(ends(&calendar(), "2026-10-28T10:15"), (date(2026, 9, 2), date(2026, 10, 23)));
        let none = SchoolCalendar::default();
        assert_eq!(ends(&none, "2026-11-24T10:15"), (date(2026, 9, 1), date(2026, 11, 24)));
    }

    #[test]
    fn pol_01_what_happened_is_counted_by_week_and_the_last_time_is_kept() {
        let mut tallies = Tallies::new(Zone::london());
        for when in ["2026-10-22T09:00", "2026-11-02T09:00", "2026-11-03T09:00", "2026-11-23T09:00"] {
            tallies.signed_in(KnownBy::Pictures, at(when));
        }
        let period = term(&calendar(), &Zone::london(), at("2026-11-24T10:15"));
        let evidence = tallies.evidence("account.picture-sign-in", &period).unwrap();
        assert_eq!((evidence.count, evidence.weeks.as_slice()), (3, &[2, 0, 0, 1][..]));
        assert_eq!(evidence.last, Some(at("2026-11-23T09:00")));
        assert_eq!(tallies.evidence("account.password-hidden", &period), None, "there is nothing to count");
        assert_eq!(tallies.evidence("web.downloads", &period).unwrap().count, 0);
        tallies.forget_from(date(2026, 11, 3));
        assert_eq!(tallies.evidence("account.picture-sign-in", &period).unwrap().count, 1);
    }
}
