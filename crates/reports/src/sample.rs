//! A few people of Rowan Hill Primary and what they ask for, for this crate's tests.

use std::sync::Arc;

use jiff::civil::date;
use usher_events::event::{Ended, Event, TunnelEvent, WebEvent, What};
use usher_policy::decision::{Decision, Flip, Reason, Step};
use usher_policy::facts::Subject;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_records::disclosure::Disclosure;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_scan::features::{Place, Search, ThemeHit};
use usher_scan::theme::Theme;
use usher_testkit::{events, facts};
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role, Roles, Year};
use usher_words::Words;

use crate::names::Names;
use crate::period::Period;

pub(crate) fn words() -> Words {
    Words::english().unwrap()
}

/// The week of 23 November 2026.
pub(crate) fn week() -> Period {
    Period::week(date(2026, 11, 23), Zone::london())
}

/// An instant of that week, as `2026-11-24T10:15` on the school's clock.
pub(crate) fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

pub(crate) fn person(id: u64, kind: PersonKind, given: &str, family: &str) -> Person {
    Person {
        id: Id::new(id),
        kind,
        given: given.into(),
        family: family.into(),
        known_as: None,
        year: (kind == PersonKind::Pupil).then(|| Year::new(4).unwrap()),
        roles: Roles::NONE,
        groups: if kind == PersonKind::Pupil { vec![Id::new(30)] } else { vec![] },
        email: None,
        children: vec![],
        source: None,
        joined: None,
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    }
}

pub(crate) fn groups() -> Vec<Group> {
    let group = |id, name: &str, year| Group {
        id: Id::new(id),
        name: name.into(),
        year: Year::new(year),
        room: Some("Room 4".into()),
        source: None,
        current: true,
    };
    vec![group(30, "4 Oak", 4), group(31, "2 Elm", 2)]
}

pub(crate) fn names() -> Names {
    let people = [
        person(7, PersonKind::Pupil, "Mina", "Okafor"),
        person(8, PersonKind::Pupil, "Tom", "Ashdown"),
        person(9, PersonKind::Staff, "Ruth", "Penhallow"),
        person(10, PersonKind::Staff, "Alan", "Whitlock"),
    ];
    Names::of(&people, &groups())
}

/// Mina (7) and Tom (8) of 4 Oak; Ruth (9), staff; Alan (10), the headteacher; 0 for a shared sign-in of Year 2.
pub(crate) fn subject(person: u64) -> Subject {
    let mut subject = facts::subject(if person > 8 { "staff" } else { "pupil.y4" });
    subject.person = (person > 0).then(|| Id::new(person));
    if person == 0 {
        subject.year = Year::new(2);
        subject.groups = vec![];
    }
    if person == 10 {
        subject.roles = Roles::of(&[Role::Headteacher]);
    }
    subject
}

pub(crate) fn decision(verdict: Verdict) -> Decision {
    Decision {
        verdict,
        reason: if verdict == Verdict::Block { Reason::SealedList } else { Reason::Unknown },
        step: Step::Default,
        group: None,
        matched: None,
        mismatches: vec![],
        generation: Digest::of(b"a generation"),
        trail: vec![],
        flip: Flip::Nothing,
        adjust: Vec::new(),
    }
}

/// A page somebody opened; `with` changes what is not ordinary about it.
pub(crate) fn web(
    id: u64,
    at: Moment,
    who: Subject,
    address: &str,
    with: impl FnOnce(&mut WebEvent),
) -> Event {
    let mut web = WebEvent {
        facts: facts::get(facts::at_device(who), address),
        decision: decision(Verdict::Allow),
        outcome: events::outcome(200),
    };
    with(&mut web);
    Event { id: Id::new(id), school: Id::new(1), at, what: What::Web(Box::new(web)) }
}

/// A search with an engine, and the phrases found in it.
pub(crate) fn search(web: &mut WebEvent, words: &str, hits: &[(Theme, u8, &str)]) {
    web.facts.features.search = Some(Search { engine: "Kiddle".into(), words: words.into() });
    let hit = |(theme, severity, phrase): &(Theme, u8, &str)| ThemeHit {
        theme: *theme,
        severity: *severity,
        phrase: (*phrase).into(),
        place: Place::Search,
    };
    web.facts.features.themes = hits.iter().map(hit).collect();
}

pub(crate) fn tunnel(id: u64, at: Moment, who: Subject, to: &str, action: TlsAction) -> Event {
    let facts = facts::connect(facts::at_device(who), to);
    let tunnel =
        TunnelEvent { facts, decision: decision(Verdict::Allow), action, outcome: events::outcome(200) };
    Event { id: Id::new(id), school: Id::new(1), at, what: What::Tunnel(Box::new(tunnel)) }
}

pub(crate) fn ended(id: u64, at: Moment, event: u64, sent_bytes: u64) -> Event {
    let mut outcome = events::outcome(200);
    outcome.sent_bytes = sent_bytes;
    Event {
        id: Id::new(id),
        school: Id::new(1),
        at,
        what: What::Ended(Ended { event: Id::new(event), outcome, turned: None }),
    }
}

/// A time in which somebody else knew this person's password.
pub(crate) fn disclosed(person: u64, since: &str, reset: &str) -> Disclosure {
    let (account, person) = (Id::new(70), Id::new(person));
    let reset_at = Some(at(reset));
    Disclosure { id: Id::new(60), account, person, since: at(since), told_at: at(since), reset_at }
}

/// Somebody at another device.
pub(crate) fn at_another_device(mut event: Event) -> Event {
    if let What::Web(web) = &mut event.what {
        let mut device = (*web.facts.who.device).clone();
        device.address = "10.0.0.15".parse().unwrap();
        device.name = None;
        web.facts.who.device = Arc::new(device);
    }
    event
}
