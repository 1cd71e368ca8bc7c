//! Whether a policy keeps what a school promises (WEB-31): each promise of [`crate::must`] judged by the same steps as
//! any request.
//!
//! Owns: who stands for "Years 5 and 6", which moment stands for "at lunch", and what came of it. Does not: know which
//! policy is in force, or say anything; the command line does. A lockdown is left out of it: shutting what must be open
//! is what it is for.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use usher_lists::category::CategorySet;
use usher_records::lesson::Mode;
use usher_records::session::KnownBy;
use usher_records::standing::Standing;
use usher_types::calendar::PeriodKind;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles, Year};
use usher_types::url::WebAddress;

use crate::decide::decide_probe;
use crate::decision::Decision;
use crate::document::PolicyDocument;
use crate::facts::{Circumstances, Device, LessonFacts, Subject, WebFacts};
use crate::must::{Expect, Must};
use crate::snapshot::Snapshot;
use crate::verdict::Verdict;

/// The page that stands for any page of a category; `.example` is nobody's (RFC 2606).
pub(crate) const ANY_PAGE: &str = "https://any-page.example/";
/// How far ahead a day of the kind wanted is looked for: over the longest holiday, and a year.
const SEARCHED_DAYS: usize = 400;
/// The steps in which a day is looked through for a part of it.
const STEP_MINUTES: i64 = 15;
/// Every year a pupil can be in.
pub(crate) const YEARS: std::ops::RangeInclusive<i8> = -1..=13;

/// What came of one promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The promise.
    pub must: Must,
    /// Where it is not kept; none when it is.
    pub broken: Vec<Broken>,
}

impl Outcome {
    /// Whether the promise is kept.
    pub fn is_kept(&self) -> bool {
        self.broken.is_empty()
    }
}

/// One way in which a promise is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// It is decided otherwise.
    Decided {
        /// For whom.
        kind: PersonKind,
        /// For pupils: their year.
        year: Option<Year>,
        /// At which part of the day.
        period: PeriodKind,
        /// Whether a lesson is open.
        lesson: bool,
        /// What is decided.
        decision: Box<Decision>,
    },
    /// It is about nobody the policy knows.
    Nobody,
    /// The timetable has no such part of the day.
    Never(PeriodKind),
    /// There is no such category.
    NoSuchCategory,
}

/// Judges every promise. `at` is the day from which lessons and lunches are looked for.
pub fn probe(snapshot: &Snapshot, promises: &[Must], at: Moment) -> Vec<Outcome> {
    let day = Day::of(&snapshot.document, at);
    promises.iter().map(|must| Outcome { must: must.clone(), broken: broken(snapshot, must, &day) }).collect()
}

fn broken(snapshot: &Snapshot, must: &Must, day: &Day) -> Vec<Broken> {
    let as_if = match &must.category {
        None => CategorySet::EMPTY,
        Some(category) => match snapshot.table().index_of(category) {
            None => return vec![Broken::NoSuchCategory],
            Some(index) => CategorySet::only(index),
        },
    };
    let Some(address) = must.url.clone().or_else(|| WebAddress::parse(ANY_PAGE).ok()) else {
        return vec![Broken::Nobody];
    };
    let people: Vec<Arc<Subject>> =
        people(must).filter(|subject| snapshot.group_of(subject).is_some()).map(Arc::new).collect();
    if people.is_empty() {
        return vec![Broken::Nobody];
    }
    let mut found = Vec::new();
    for subject in people {
        let Some(kind) = subject.kind else { continue };
        for (period, lesson) in must.when.cases(must.expect, kind == PersonKind::Pupil) {
            // A promise for any time is not broken by a time that never comes.
            let Some(at) = day.moment(period) else {
                let never = Broken::Never(period);
                if must.when != crate::must::When::AnyTime && !found.contains(&never) {
                    found.push(never);
                }
                continue;
            };
            let facts = request(Arc::clone(&subject), address.clone(), lesson, at);
            let decision = decide_probe(snapshot, &facts, as_if, at);
            let open = matches!(decision.verdict, Verdict::Allow | Verdict::Coach);
            if open != (must.expect == Expect::Open) {
                let (year, decision) = (subject.year, Box::new(decision));
                found.push(Broken::Decided { kind, year, period, lesson, decision });
            }
        }
    }
    found
}

/// Everybody a promise is about, one for each kind and year; those the policy knows nobody of are left out later.
fn people(must: &Must) -> impl Iterator<Item = Subject> {
    must.who.iter().flat_map(move |&kind| {
        let years: Vec<Option<Year>> = match kind {
            PersonKind::Pupil if must.years.is_empty() => YEARS.map(Year::new).collect(),
            PersonKind::Pupil => must.years.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        years.into_iter().map(move |year| somebody(kind, year, Roles::of(&must.roles)))
    })
}

/// Somebody who is signed in, has signed, and has no sanction.
pub(crate) fn somebody(kind: PersonKind, year: Option<Year>, roles: Roles) -> Subject {
    Subject {
        kind: Some(kind),
        year,
        roles,
        known_by: Some(KnownBy::Password),
        clause_accepted: true,
        standing: Standing::Signed,
        ..Subject::nobody()
    }
}

pub(crate) fn request(subject: Arc<Subject>, address: WebAddress, lesson: bool, at: Moment) -> WebFacts {
    let lesson = lesson.then(|| LessonFacts {
        lesson: Id::new(0),
        group: Id::new(0),
        adult: Id::new(0),
        mode: Mode::Normal,
        ends_at: at.plus_minutes(60),
    });
    WebFacts::page(Circumstances { subject, device: Arc::new(device()), lesson }, address)
}

/// The device made-up requests come from.
pub(crate) const fn device() -> Device {
    Device { address: IpAddr::V4(Ipv4Addr::LOCALHOST), device: None, name: None, room: None }
}

/// A moment for each part of the day that ever comes.
pub(crate) struct Day(Vec<(PeriodKind, Moment)>);

impl Day {
    pub(crate) fn of(document: &PolicyDocument, at: Moment) -> Self {
        let (calendar, today) = (&document.calendar, document.zone.local(at).date());
        let days = |from: Date| from.series(1.day()).take(SEARCHED_DAYS);
        // In the last summer before next year's terms are entered, an earlier school day is as good.
        let terms = calendar.terms.iter().map(|term| term.first);
        let school =
            std::iter::once(today).chain(terms).flat_map(days).find(|&date| calendar.is_school_day(date));
        let closed = days(today).find(|&date| !calendar.is_school_day(date));
        let mut found: Vec<(PeriodKind, Moment)> = Vec::new();
        for date in school.into_iter().chain(closed) {
            for moment in times(document, date) {
                let kind = calendar.period_at(document.zone.local(moment));
                if found.iter().all(|(known, _)| *known != kind) {
                    found.push((kind, moment));
                }
            }
        }
        Self(found)
    }

    pub(crate) fn moment(&self, kind: PeriodKind) -> Option<Moment> {
        self.0.iter().find(|(known, _)| *known == kind).map(|&(_, moment)| moment)
    }
}

/// The bells of a day, and times in between.
fn times(document: &PolicyDocument, date: Date) -> Vec<Moment> {
    let bells = document.calendar.periods.iter().map(|period| document.zone.moment(date, period.from));
    let start = document.zone.moment(date, Time::midnight());
    let steps = (0..24 * 60 / STEP_MINUTES).map(|step| start.plus_minutes(step * STEP_MINUTES));
    bells.chain(steps).collect()
}
