//! What sanctions leave: supervised rooms as devices name them, the web without mail, and both together.
#![allow(clippy::unwrap_used, reason = "tests stop where something is wrong")]

use usher_policy::decide::decide_web;
use usher_policy::decision::Reason;
use usher_policy::facts::{Restricted, Subject};
use usher_policy::profile::built_in;
use usher_policy::snapshot::Snapshot;
use usher_records::case::rules::Step;
use usher_records::sanction::Restriction;
use usher_testkit::{facts, lists, snapshot};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

/// A Monday in a lesson hour.
fn now() -> Moment {
    Zone::london().parse("2026-11-23T10:15").unwrap()
}

/// A school whose supervised rooms are these.
fn school(rooms: &[&str]) -> Snapshot {
    let mut policy = snapshot::policy("numbered");
    policy.lessons.supervised_rooms = rooms.iter().map(|room| (*room).to_owned()).collect();
    let library = lists::library(&[("webmail", "post.example"), ("adult", "adult.example")], vec![]);
    snapshot::build(policy, library, &[], &[])
}

/// Why an adult with these sanctions, at a device in Room 4, is kept from a page; none where no sanction keeps them away.
fn kept_away(school: &Snapshot, restrictions: &[Restriction], page: &str) -> Option<Reason> {
    let (from, until) = (now().plus_minutes(-60), now().plus_minutes(60));
    let restricted = (1..).zip(restrictions).map(|(id, restriction)| Restricted {
        sanction: Id::new(id),
        restriction: *restriction,
        from,
        until,
    });
    let subject = Subject { restrictions: restricted.collect(), ..facts::subject("staff") };
    let decision = decide_web(school, &facts::get(facts::at_device(subject), page), now());
    Some(decision.reason).filter(|reason| reason.sanction().is_some())
}

#[test]
fn inc_08_supervised_rooms_are_those_the_policy_names() {
    let only = [Restriction::SupervisedOnly];
    let page = "https://encyclopaedia.example/";
    assert_eq!(kept_away(&school(&["Room 4"]), &only, page), None);
    let shut = Some(Reason::SanctionSupervisedOnly(Id::new(1)));
    assert_eq!(kept_away(&school(&["Library"]), &only, page), shut);
    assert_eq!(kept_away(&school(&[]), &only, page), shut);
}

#[test]
fn inc_08_mail_is_taken_away_and_each_of_two_sanctions_holds() {
    let school = school(&["Library"]);
    let mail = Some(Reason::SanctionNoMail(Id::new(1)));
    assert_eq!(kept_away(&school, &[Restriction::NoMail], "https://post.example/inbox"), mail);
    assert_eq!(kept_away(&school, &[Restriction::NoMail], "https://encyclopaedia.example/"), None);
    let both = [Restriction::NoMail, Restriction::SupervisedOnly];
    let room = Some(Reason::SanctionSupervisedOnly(Id::new(2)));
    assert_eq!(
        kept_away(&school, &both, "https://encyclopaedia.example/"),
        room,
        "within one, and not the other"
    );
}

#[test]
fn inc_09_the_ladder_is_the_schools_own() {
    let rules = |profile| built_in(profile).unwrap().unwrap().settings.cases;
    let (trust, classic) = (rules("trust"), rules("classic"));
    assert_eq!((trust.longest_alone(1), classic.longest_alone(1)), (5, 3));
    assert!(!trust.is_heavier(Step::Discipline, 2) && classic.is_heavier(Step::Discipline, 2));
    assert!(trust.is_heavier(Step::Exclusion, 3));
}
