//! A project that was given, from the permission to the decision (PRM-08, WEB-27, IMG-17): just that class, just those
//! pages, just those days.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where something is wrong")]

use usher_lists::category::{Catalogue, Category};
use usher_policy::decide::decide_web;
use usher_policy::facts::{LessonFacts, WebFacts};
use usher_policy::must::starter_set;
use usher_policy::permission::{Met, Reaches, meaning};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_records::change::Stored;
use usher_records::grant::{Grant, Opens, Scope};
use usher_records::lesson::Mode;
use usher_records::permission::act::{self, By, Decision};
use usher_records::permission::matter::{Detail, Matter};
use usher_records::permission::rules::Terms;
use usher_records::permission::{Ask, Permission};
use usher_records::refusal::Refusal;
use usher_scan::features::{Sent, SentKind};
use usher_testkit::{facts, lists, snapshot};
use usher_types::ids::{GrantId, GroupId, Id};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role, Year};
use usher_types::url::WebAddress;

const FOUR_A: u64 = 40;
const FOUR_B: u64 = 41;
const CLUB: &str = "https://club.example/join";

fn moment(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

fn terms() -> Terms {
    Terms { deciders: vec![Role::ComputingLead], longest_days: 30, two_people: false }
}

/// "Open for 4A until Friday", asked on Monday by a teacher.
fn asked(opens: Vec<Opens>) -> Permission {
    let ask = Ask {
        matter: Matter::Project,
        reason: "Pen friends in Lisbon".into(),
        details: [(Detail::What, "Write to pen friends".to_owned())].into(),
        whom: vec![Scope::Group(Id::new(FOUR_A))],
        pages: vec!["club.example".parse().unwrap()],
        opens,
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: None,
        from: moment("2026-11-23T09:00"),
        until: Some(moment("2026-11-27T17:00")),
    };
    let by = By { person: Id::new(7), at: moment("2026-11-23T08:30") };
    act::ask(Id::new(1), ask, &terms(), by).unwrap().0
}

fn grants(permission: &Permission) -> Vec<Grant> {
    let mut next = 50;
    let new_id = || {
        next += 1;
        GrantId::new(next)
    };
    let by = By { person: Id::new(5), at: moment("2026-11-23T08:45") };
    act::grants(permission, |_| false, new_id, by).unwrap()
}

fn school(grants: &[Grant]) -> Snapshot {
    let lists = lists::library(&[("games", "club.example"), ("gambling", "bets.example")], vec![]);
    snapshot::build(snapshot::policy("comprehensive"), lists, grants, &[])
}

fn request(group: u64, address: &str, sent: &[SentKind], at: Moment) -> WebFacts {
    let mut subject = facts::subject("pupil.y4");
    subject.groups = vec![Id::new(group)];
    let mut who = facts::at_device(subject);
    who.lesson = Some(LessonFacts {
        lesson: Id::new(8),
        group: GroupId::new(group),
        adult: Id::new(7),
        mode: Mode::Normal,
        ends_at: at.plus_minutes(30),
    });
    let mut facts = facts::get(who, address);
    if !sent.is_empty() {
        facts.method = "POST".into();
        facts.sent = Some(Sent { kinds: sent.to_vec(), people: vec![], themes: vec![] });
    }
    facts
}

fn verdict(school: &Snapshot, group: u64, address: &str, sent: &[SentKind], at: &str) -> Verdict {
    let at = moment(at);
    decide_web(school, &request(group, address, sent, at), at).verdict
}

#[test]
fn prm_08_a_project_opens_for_its_class_until_its_day_and_for_nobody_else() {
    let before = school(&[]);
    let after = school(&grants(&asked(vec![Opens::SignUp, Opens::Picture])));
    let (wednesday, friday) = ("2026-11-25T10:15", "2026-11-27T14:00");
    for at in [wednesday, friday] {
        assert_eq!(verdict(&before, FOUR_A, CLUB, &[], at), Verdict::Block, "before it was given");
        assert_eq!(verdict(&after, FOUR_A, CLUB, &[], at), Verdict::Allow, "4A on {at}");
        assert_eq!(verdict(&after, FOUR_B, CLUB, &[], at), Verdict::Block, "4B on {at}");
    }
    assert_eq!(verdict(&after, FOUR_A, CLUB, &[], "2026-11-23T08:55"), Verdict::Block, "before it begins");
    assert_eq!(verdict(&after, FOUR_A, CLUB, &[], "2026-11-27T17:00"), Verdict::Block, "to the minute");
    assert_eq!(verdict(&after, FOUR_A, CLUB, &[], "2026-11-28T10:15"), Verdict::Block, "Saturday");
    let other = "https://other.example/";
    assert_eq!(
        verdict(&after, FOUR_A, other, &[], wednesday),
        verdict(&before, FOUR_A, other, &[], wednesday)
    );
}

#[test]
fn web_27_signing_up_is_held_until_a_project_for_it_is_open() {
    let at = "2026-11-25T10:15";
    let sent = [SentKind::SignUp];
    let page_only = school(&grants(&asked(vec![])));
    let with = school(&grants(&asked(vec![Opens::SignUp])));
    assert_eq!(verdict(&school(&[]), FOUR_A, CLUB, &sent, at), Verdict::Hold);
    assert_eq!(
        verdict(&page_only, FOUR_A, CLUB, &sent, at),
        Verdict::Hold,
        "the page alone does not open it"
    );
    assert_eq!(verdict(&with, FOUR_A, CLUB, &sent, at), Verdict::Allow);
    assert_eq!(verdict(&with, FOUR_B, CLUB, &sent, at), Verdict::Hold);
    assert_eq!(verdict(&with, FOUR_A, CLUB, &sent, "2026-11-28T10:15"), Verdict::Hold, "Saturday");
}

#[test]
fn img_17_a_pupils_picture_is_held_until_a_project_for_it_is_open() {
    let at = "2026-11-25T10:15";
    let sent = [SentKind::Picture];
    let with = school(&grants(&asked(vec![Opens::Picture])));
    assert_eq!(verdict(&school(&[]), FOUR_A, CLUB, &sent, at), Verdict::Hold);
    assert_eq!(verdict(&with, FOUR_A, CLUB, &sent, at), Verdict::Allow);
    assert_eq!(verdict(&with, FOUR_B, CLUB, &sent, at), Verdict::Hold);
    let phone = [SentKind::Picture, SentKind::Phone];
    assert_eq!(
        verdict(&with, FOUR_A, CLUB, &phone, at),
        Verdict::Hold,
        "what goes with it is still asked about"
    );
}

#[test]
fn what_opening_means_is_judged_by_the_pages_under_it_and_by_whom_it_is_for() {
    let school = school(&[]);
    let catalogue = Catalogue::ours().unwrap();
    let musts = starter_set().unwrap();
    let child = [Reaches { kind: PersonKind::Pupil, year: Year::new(4) }];
    let judged = |pattern: &str, met: &[Met], whom: &[Reaches]| {
        meaning(&school, (&catalogue, &musts), &pattern.parse().unwrap(), met, whom)
    };
    let of = |pattern: &str, whom: &[Reaches]| judged(pattern, &[], whom);
    let club = of("club.example/join", &child);
    assert_eq!(club.pages.len(), 1);
    assert!(!club.is_risky() && club.pages.iter().all(|(_, about)| about.len() == 1), "{club:?}");
    let found =
        Met { page: WebAddress::parse(CLUB).unwrap(), about: vec![Category::parse("adult").unwrap()] };
    let read = judged("club.example/join", &[found], &child);
    assert!(read.is_risky() && !read.grave.is_empty(), "what the gateway read on it counts: {read:?}");
    let bets = of("bets.example", &child);
    assert!(bets.is_risky() && !bets.grave.is_empty(), "{bets:?}");
    assert_eq!(bets.broken, ["No pupil can reach gambling at any time"]);
    let staff = of("bets.example", &[Reaches { kind: PersonKind::Staff, year: None }]);
    assert!(staff.is_risky() && staff.broken.is_empty(), "other people, other promises: {staff:?}");
}

#[test]
fn what_nobody_can_open_no_project_opens() {
    let by = By { person: Id::new(5), at: moment("2026-11-23T08:45") };
    let permission = asked(vec![]);
    let sealed = act::grants(&permission, |_| true, || GrantId::new(1), by);
    assert_eq!(sealed.unwrap_err(), Refusal::Sealed);
    // Ended early, what it opened ends with it, also where it has not begun.
    let stored = Stored { value: permission.clone(), version: 1 };
    let made = grants(&permission);
    let decision = Decision {
        yes: true,
        words: "Yes, until Friday".into(),
        two_people: false,
        grants: made.clone(),
        mails: vec![],
    };
    let given = act::decide(&stored, decision, by).unwrap();
    let given: Permission = serde_json::from_str(&given.writes.first().unwrap().body).unwrap();
    let given = Stored { value: given, version: 2 };
    let made: Vec<_> = made.into_iter().map(|value| Stored { value, version: 1 }).collect();
    let ended = act::end(&given, &made, None, "The project fell through", by).unwrap();
    let ended: Grant = serde_json::from_str(&ended.writes.get(1).unwrap().body).unwrap();
    assert_eq!(verdict(&school(&[ended]), FOUR_A, CLUB, &[], "2026-11-25T10:15"), Verdict::Block);
}
