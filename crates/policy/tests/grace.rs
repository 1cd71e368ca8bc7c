//! Days of grace for a child who comes, or moves to another agreement, in the middle of a year.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use usher_policy::profile;
use usher_records::agreement::AgreementVersion;
use usher_records::person::Person;
use usher_records::settings::{Agreements, Audience, Settings};
use usher_records::signature::{How, Part, Signature};
use usher_records::standing::{Known, Standing, of};
use usher_testkit::school;
use usher_types::calendar::{SchoolCalendar, Term};
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Year};

const CHILD: u64 = 5;

/// A year with three half-terms' gaps, and a day without pupils in the second.
fn calendar() -> SchoolCalendar {
    let term = |name: &str, first, last| Term { name: name.into(), first, last };
    SchoolCalendar {
        terms: vec![
            term("Autumn 1", date(2026, 9, 2), date(2026, 10, 23)),
            term("Autumn 2", date(2026, 11, 2), date(2026, 12, 18)),
            term("Spring 1", date(2027, 1, 4), date(2027, 2, 12)),
            term("Spring 2", date(2027, 2, 22), date(2027, 3, 25)),
            term("Summer", date(2027, 4, 12), date(2027, 7, 21)),
        ],
        closed_days: vec![date(2026, 11, 9)],
        ..SchoolCalendar::default()
    }
}

/// A school that asks children and parents for two agreements, with so many days of grace.
fn settings(days: u8, parent_first: bool) -> Settings {
    let audience = |agreement: &str, year: i8| Audience {
        agreement: agreement.into(),
        kinds: vec![PersonKind::Pupil],
        years: Year::new(year).into_iter().collect(),
    };
    let agreements = Agreements {
        audiences: vec![audience("younger", 2), audience("older", 3)],
        pupils_yearly: true,
        adults_yearly: false,
        parent_first,
        with_parent: true,
        days_to_sign_again: 14,
        joiner_days: days,
        scan_days: 365,
        governors_approve: false,
        rules_to_parents: false,
    };
    Settings { agreements, ..profile::built_in("classic").unwrap().unwrap().settings }
}

fn noon(day: Date) -> Moment {
    Zone::london().start_of(day).plus_minutes(12 * 60)
}

fn version(id: u64, key: &str) -> AgreementVersion {
    AgreementVersion {
        id: Id::new(id),
        key: key.into(),
        version: "1".into(),
        title: key.into(),
        digest: Digest::of(key.as_bytes()),
        published_at: noon(date(2026, 9, 1)),
        material: true,
        in_force: true,
        contract_term: false,
    }
}

fn signed(id: u64, part: Part, key: &str, day: Date) -> Signature {
    let parent = matches!(part, Part::ParentFor(_));
    Signature {
        id: Id::new(id),
        person: Id::new(if parent { 90 } else { CHILD }),
        name: "Somebody".into(),
        kind: if parent { PersonKind::Parent } else { PersonKind::Pupil },
        part,
        agreement: key.into(),
        version: "1".into(),
        digest: Digest::of(key.as_bytes()),
        clauses: vec![],
        declaration: "I will".into(),
        check_passed: None,
        discussed: parent.then_some(true),
        at: noon(day),
        how: How::OnPaper,
        entered_by: None,
        read_in: None,
    }
}

fn child(year: i8, joined: Option<Date>) -> Person {
    Person { year: Year::new(year), joined, ..school::person(CHILD, PersonKind::Pupil, "Ada Bell") }
}

fn stands(settings: &Settings, child: &Person, signatures: &[Signature], at: Moment) -> Standing {
    let versions = [version(1, "younger"), version(2, "older")];
    let (calendar, zone) = (calendar(), Zone::london());
    let known =
        Known { settings, versions: &versions, in_place: &[], calendar: Some(&calendar), zone: &zone };
    of(child, signatures, known, at)
}

#[test]
fn agr_05_a_joiner_signs_first_and_then_has_days_of_grace_over_the_half_term() {
    let joiner = child(3, Some(date(2026, 10, 20)));
    let day = date(2026, 10, 22);
    let own = [signed(1, Part::Own, "older", day)];
    for parent_first in [false, true] {
        let five = settings(5, parent_first);
        let unsigned = stands(&five, &joiner, &[], noon(day));
        assert!(matches!(unsigned, Standing::Due { .. }), "their own part comes first: {unsigned:?}");
        // Thursday and Friday, then a week away, then Monday to Wednesday.
        let by = Zone::london().start_of(date(2026, 11, 5));
        let grace = Standing::ParentBy { agreement: "older".into(), by };
        assert_eq!(stands(&five, &joiner, &own, noon(day)), grace);
        assert_eq!(stands(&five, &joiner, &own, by.plus_minutes(-1)), grace);
        let missing = Standing::ParentMissing { agreement: "older".into() };
        assert_eq!(stands(&five, &joiner, &own, by), missing, "after it the web narrows");
        assert_eq!(
            stands(&settings(0, parent_first), &joiner, &own, noon(day)),
            missing,
            "none where the school has none"
        );
        let both = [own[0].clone(), signed(2, Part::ParentFor(Id::new(CHILD)), "older", day)];
        assert_eq!(stands(&five, &joiner, &both, noon(day)), Standing::Signed);
        // Signing once more prolongs nothing.
        let again = [own[0].clone(), signed(3, Part::Own, "older", date(2026, 11, 4))];
        assert_eq!(stands(&five, &joiner, &again, by), missing);
    }
}

#[test]
fn agr_12_a_child_who_moves_to_another_agreement_has_days_of_grace_and_nobody_else_has() {
    let five = settings(5, true);
    let day = date(2027, 1, 11);
    let moved = child(3, None);
    let before = [
        signed(1, Part::Own, "younger", date(2026, 9, 3)),
        signed(2, Part::ParentFor(Id::new(CHILD)), "younger", date(2026, 9, 3)),
    ];
    assert!(
        matches!(stands(&five, &moved, &before, noon(day)), Standing::Due { .. }),
        "their own part comes first"
    );
    let own: Vec<Signature> = before.iter().cloned().chain([signed(3, Part::Own, "older", day)]).collect();
    let by = Zone::london().start_of(date(2027, 1, 16));
    let grace = Standing::ParentBy { agreement: "older".into(), by };
    assert_eq!(stands(&five, &moved, &own, noon(day)), grace);
    assert!(matches!(stands(&five, &moved, &own, by), Standing::ParentMissing { .. }));
    for (who, why) in [
        (child(3, None), "whoever was always here"),
        (child(3, Some(date(2025, 11, 3))), "whoever came last year"),
        (child(3, Some(date(2026, 9, 2))), "whoever came with all the others"),
        (child(3, Some(date(2026, 9, 15))), "whoever the roster brought late"),
        (child(3, Some(date(2026, 9, 1))), "whoever was there when it was put out"),
    ] {
        let own = [signed(3, Part::Own, "older", day)];
        let missing = Standing::ParentMissing { agreement: "older".into() };
        assert_eq!(stands(&five, &who, &own, noon(day)), missing, "{why}");
        assert_eq!(stands(&five, &who, &[], noon(day)), missing, "{why}: the parent comes first here");
    }
}

#[test]
fn agr_12_being_moved_gives_days_once_and_only_where_a_parent_had_answered() {
    let five = settings(5, false);
    let joiner = child(3, Some(date(2026, 11, 3)));
    let late = date(2027, 1, 11);
    // Came, had their days with the agreement of the younger, was moved, and nobody ever answered for them.
    let own = [signed(1, Part::Own, "younger", date(2026, 11, 4)), signed(2, Part::Own, "older", late)];
    let missing = Standing::ParentMissing { agreement: "older".into() };
    assert_eq!(stands(&five, &joiner, &own, noon(late)), missing, "the days began when they came");
    assert_eq!(
        stands(&five, &child(3, None), &own, noon(late)),
        missing,
        "their own signature is no parent's"
    );
    // Where pupils sign once, a parent's answer of years ago is one.
    let mut once = settings(5, false);
    once.agreements.pupils_yearly = false;
    let long_ago = [
        signed(1, Part::Own, "younger", date(2024, 9, 10)),
        signed(2, Part::ParentFor(Id::new(CHILD)), "younger", date(2024, 9, 10)),
        signed(3, Part::Own, "older", late),
    ];
    let by = Zone::london().start_of(date(2027, 1, 16));
    let grace = Standing::ParentBy { agreement: "older".into(), by };
    assert_eq!(stands(&once, &child(3, None), &long_ago, noon(late)), grace);
}

#[test]
fn agr_08_new_words_open_no_web_that_is_shut_for_want_of_a_parent() {
    let none = settings(0, false);
    let (first, second) = (date(2026, 9, 10), date(2026, 11, 16));
    let newer =
        AgreementVersion { digest: Digest::of(b"newer"), published_at: noon(second), ..version(3, "older") };
    let older = AgreementVersion { in_force: false, ..version(2, "older") };
    let versions = [older, newer];
    let (calendar, zone) = (calendar(), Zone::london());
    let known =
        Known { settings: &none, versions: &versions, in_place: &[], calendar: Some(&calendar), zone: &zone };
    let at = noon(date(2026, 11, 17));
    let own = [signed(1, Part::Own, "older", first)];
    let missing = Standing::ParentMissing { agreement: "older".into() };
    assert_eq!(of(&child(3, None), &own, known, at), missing, "their parent never answered");
    let both = [own[0].clone(), signed(2, Part::ParentFor(Id::new(CHILD)), "older", first)];
    let again = of(&child(3, None), &both, known, at);
    assert!(matches!(again, Standing::DueBy { .. }), "whose parent did has time to read: {again:?}");
}

proptest! {
    #[test]
    fn agr_05_days_of_grace_are_exactly_so_many_school_days(offset in 0_i64..266, days in 1_u8..=20) {
        let calendar = calendar();
        let day = date(2026, 9, 18).checked_add(offset.days()).unwrap();
        let joiner = child(3, Some(date(2026, 9, 17)));
        let own = [signed(1, Part::Own, "older", day)];
        let stand = |at| stands(&settings(days, false), &joiner, &own, at);
        match stand(noon(day)) {
            Standing::ParentBy { by, .. } => {
                let end = Zone::london().local(by).date();
                let counted = day.series(1.day()).take_while(|one| *one < end);
                let school = counted.filter(|one| calendar.is_school_day(*one)).count();
                prop_assert_eq!(school, usize::from(days));
                prop_assert!(calendar.is_school_day(end.yesterday().unwrap()), "no holiday is given away at its end");
                prop_assert!(stand(by.plus_minutes(-1)).opens(by.plus_minutes(-1)));
                prop_assert!(!stand(by).opens(by));
            }
            other => {
                // Only where the terms entered end before the days do.
                prop_assert_eq!(calendar.school_days_from(day, u32::from(days)), None);
                prop_assert_eq!(other, Standing::ParentMissing { agreement: "older".into() });
            }
        }
    }
}
