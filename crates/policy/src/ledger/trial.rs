//! Made-up requests of made-up people, judged by the same steps as any request: how a control shows that it holds.
//!
//! Owns: who stands for the pupils and adults of a policy's groups, and what is asked for them. Does not: know what should come
//! of it; the checks do.

use std::sync::Arc;

use usher_lists::category::{Category, CategorySet};
use usher_records::lesson::Mode;
use usher_scan::features::{Carried, File, Malware, Sent, SentKind};
use usher_scan::kind::Kind;
use usher_types::calendar::PeriodKind;
use usher_types::host::{Host, HostName};
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles, Year};
use usher_types::url::WebAddress;

use crate::decide::{decide_probe, decide_tls, decide_web};
use crate::decision::Decision;
use crate::facts::{Circumstances, Hello, Subject, TlsFacts, WebFacts};
use crate::probe::{ANY_PAGE, Day, YEARS, device, request, somebody};
use crate::snapshot::Snapshot;
use crate::verdict::{TlsAction, Verdict};

/// A school's policy, to be tried.
pub(super) struct Trial<'a> {
    pub(super) snapshot: &'a Snapshot,
    day: Day,
    at: Moment,
}

/// One request.
pub(super) struct Ask {
    pub(super) subject: Arc<Subject>,
    pub(super) period: PeriodKind,
    pub(super) lesson: bool,
    pub(super) url: &'static str,
    pub(super) about: Option<&'static str>,
}

impl Ask {
    /// A page of a kind that is for learning, in an ordinary lesson.
    pub(super) fn learning(subject: &Arc<Subject>) -> Self {
        Self {
            subject: Arc::clone(subject),
            period: PeriodKind::Lesson,
            lesson: true,
            url: ANY_PAGE,
            about: Some("education"),
        }
    }
}

/// Whether it goes through, at most after a word of warning.
pub(super) const fn opens(decision: &Decision) -> bool {
    matches!(decision.verdict, Verdict::Allow | Verdict::Coach)
}

impl<'a> Trial<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, at: Moment) -> Self {
        Self { snapshot, day: Day::of(&snapshot.document, at), at }
    }

    /// A pupil of each year the policy has a group for, signed in and with everything signed.
    pub(super) fn pupils(&self) -> Vec<Arc<Subject>> {
        self.everybody(&[PersonKind::Pupil])
    }

    /// One of each of these kinds, for pupils one of each year; those the policy knows nobody of are left out.
    pub(super) fn everybody(&self, kinds: &[PersonKind]) -> Vec<Arc<Subject>> {
        let years = |kind| -> Vec<Option<Year>> {
            if kind == PersonKind::Pupil { YEARS.map(Year::new).collect() } else { vec![None] }
        };
        let all = kinds
            .iter()
            .flat_map(|&kind| years(kind).into_iter().map(move |year| somebody(kind, year, Roles::NONE)));
        all.filter(|subject| self.snapshot.group_of(subject).is_some()).map(Arc::new).collect()
    }

    /// The page asked for, by the category it stands for.
    fn as_if(&self, about: Option<&str>) -> CategorySet {
        let index = about.and_then(|name| Category::parse(name).ok());
        let index = index.and_then(|category| self.snapshot.table().index_of(&category));
        index.map_or(CategorySet::EMPTY, CategorySet::only)
    }

    /// When that part of the day comes next; a timetable without it has the moment asked for.
    pub(super) fn moment(&self, period: PeriodKind) -> Moment {
        self.day.moment(period).unwrap_or(self.at)
    }

    /// Whether the timetable has that part of the day.
    pub(super) fn has(&self, period: PeriodKind) -> bool {
        self.day.moment(period).is_some()
    }

    /// What is decided on a page.
    pub(super) fn decide(&self, ask: &Ask) -> Option<Decision> {
        self.decide_with(ask, |_| {})
    }

    /// The same, with something more that is known of the request.
    pub(super) fn decide_with(&self, ask: &Ask, more: impl FnOnce(&mut WebFacts)) -> Option<Decision> {
        self.decided(ask, self.as_if(ask.about), more)
    }

    fn decided(&self, ask: &Ask, as_if: CategorySet, more: impl FnOnce(&mut WebFacts)) -> Option<Decision> {
        let at = self.moment(ask.period);
        let address = WebAddress::parse(ask.url).ok()?;
        let mut facts = request(Arc::clone(&ask.subject), address, ask.lesson, at);
        more(&mut facts);
        Some(decide_probe(self.snapshot, &facts, as_if, at))
    }

    /// The moment the trial is made at.
    pub(super) const fn at(&self) -> Moment {
        self.at
    }

    /// Whether the page goes through when it is about this; about nothing anybody knows without it.
    pub(super) fn opens_about(&self, ask: &Ask, about: Option<&str>) -> bool {
        let decided = self.decided(ask, self.as_if(about), |_| {});
        decided.is_some_and(|decision| opens(&decision))
    }

    /// Whether the page goes through. What cannot be asked does not.
    pub(super) fn opens(&self, ask: &Ask) -> bool {
        self.decide(ask).is_some_and(|decision| opens(&decision))
    }

    /// Whether a form that would take this out of the school goes through.
    pub(super) fn lets_out(&self, subject: &Arc<Subject>, kind: SentKind) -> bool {
        let decided = self.decide_with(&Ask::learning(subject), |facts| {
            facts.method = "POST".into();
            facts.sent = Some(Sent { kinds: vec![kind], ..Sent::default() });
        });
        decided.is_some_and(|decision| opens(&decision))
    }

    /// Whether a program that calls itself a page for learning comes in.
    pub(super) fn lets_in(&self, subject: &Arc<Subject>, kind: Kind) -> bool {
        let file = File { kind, within: None, locked: false, unread: None };
        let decided = self.decide_with(&Ask::learning(subject), |facts| {
            facts.carried = Some(Carried { file: Some(file), says: None, malware: Malware::Clean });
        });
        decided.is_some_and(|decision| opens(&decision))
    }

    /// Whether a lesson that is held to a list opens a page that is not on it.
    pub(super) fn opens_beside_list(&self, subject: &Arc<Subject>) -> bool {
        let decided = self.decide_with(&Ask::learning(subject), |facts| {
            if let Some(lesson) = &mut facts.who.lesson {
                lesson.mode = Mode::ListOnly(Id::new(0));
            }
        });
        decided.is_some_and(|decision| opens(&decision))
    }

    /// What is done with a tunnel to `name` that shows this hello, in a lesson.
    pub(super) fn tunnel(
        &self,
        subject: &Arc<Subject>,
        name: &str,
        hello: Hello,
    ) -> Option<(Decision, TlsAction)> {
        let at = self.moment(PeriodKind::Lesson);
        let address = WebAddress::parse(ANY_PAGE).ok()?;
        let Circumstances { lesson, .. } = request(Arc::clone(subject), address, true, at).who;
        let who = Circumstances { subject: Arc::clone(subject), device: Arc::new(device()), lesson };
        let connect = (Host::parse(name).ok()?, 443);
        Some(decide_tls(self.snapshot, &TlsFacts { hello, ..TlsFacts::to(who, connect) }, at))
    }

    /// An honest hello for this name.
    pub(super) fn hello(name: &str) -> Hello {
        Hello::Tls { sni: HostName::parse(name).ok(), hidden: false }
    }
}

impl Trial<'_> {
    /// What is decided on a page as it really is asked for, with what would be changed about the request.
    pub(super) fn really(&self, subject: &Arc<Subject>, url: &str) -> Option<Decision> {
        let at = self.moment(PeriodKind::Lesson);
        let facts = request(Arc::clone(subject), WebAddress::parse(url).ok()?, true, at);
        Some(decide_web(self.snapshot, &facts, at))
    }
}
