//! The suite of every engine, on a server.

use usher_activity::engine::Engine as _;
use usher_activity::question::{Activity as _, By, Question};
use usher_activity_clickhouse::place::Place;
use usher_types::ids::Id;

use crate::contract::weekly;
use crate::engine::{
    Tried, days, frames, hand_over, keeps_by_its_rules, takes_each_event_once, takes_people_out,
};
use crate::play::Played;
use crate::server::{open, place, school};

/// Runs a part of the suite on an empty database, with another school's events beside.
fn on_a_server(part: fn(&mut Tried<'_>)) {
    let Some(place) = place() else { return };
    let mut beside = Played::new();
    beside.play(0..1, 60);
    let mut other = school(&place, 2);
    assert_eq!(hand_over(&mut other, 9, &frames(&beside)), 60);
    let (mut engine, activity) = (school(&place, 1), school(&place, 1));
    part(&mut Tried { engine: &mut engine, activity: &activity });
    let theirs = Question::all(Id::new(2), days(-1), days(20));
    assert_eq!(other.find(&theirs, usize::MAX).unwrap().len(), 60, "the other school's are as they were");
}

#[test]
fn late_double_and_unordered_batches_are_exact() {
    on_a_server(takes_each_event_once);
}

#[test]
fn the_server_keeps_by_the_rules_of_every_engine() {
    on_a_server(keeps_by_its_rules);
}

#[test]
fn the_server_takes_people_out_as_every_engine_does() {
    on_a_server(takes_people_out);
}

#[test]
fn the_weekly_report_is_the_same() {
    let Some(place) = place() else { return };
    let mut played = Played::new();
    played.play(0..3, 300);
    let mut school = school(&place, 1);
    hand_over(&mut school, 1, &frames(&played));
    weekly(&school, &played.events);
}

#[test]
fn schools_stand_beside_each_other_by_their_own_numbers() {
    let Some(place) = place() else { return };
    let mut played = Played::new();
    played.play(0..1, 90);
    let frames = frames(&played);
    let warehouse = open(&place);
    // The same node, segment and events, of two schools: each has its own.
    for number in [4, 7] {
        let taken =
            hand_over(&mut school(&place, number), 1, &frames[..usize::try_from(number * 10).unwrap()]);
        assert_eq!(taken, number * 10);
        warehouse.name_school(Id::new(number), &format!("School {number}"), 200, days(0)).unwrap();
    }
    warehouse.name_school(Id::new(7), "Seven", 210, days(1)).unwrap();
    warehouse.name_school(Id::new(9), "Quiet", 30, days(0)).unwrap();
    let all = warehouse.compare(days(-1), days(2)).unwrap();
    let names: Vec<_> = all.iter().map(|one| (one.school.number(), one.name.as_str(), one.pupils)).collect();
    assert_eq!(names, [(4, "School 4", 200), (7, "Seven", 210), (9, "Quiet", 30)]);
    for one in &all[..2] {
        let asked = Question::all(one.school, days(-1), days(2));
        let counts = school(&place, one.school.number()).counts(&asked, &By::All).unwrap();
        assert_eq!(one.figures, counts[""]);
        assert!(one.figures.requests > 20);
    }
    assert_eq!(all[2].figures.requests, 0);
    assert_eq!(warehouse.compare(days(5), days(6)).unwrap()[0].figures.requests, 0, "another week");
}

#[test]
fn names_from_outside_are_bound_and_no_password_is_told() {
    let Some(place) = place() else { return };
    let mut school = school(&place, 1);
    let all = Question::all(Id::new(1), days(-1), days(20));
    for (day, odd) in (0..).zip(["'; DROP TABLE events --", "\\", "?", "' OR 1 = 1 --", "\u{0}", "`"]) {
        let device = Some(odd.to_owned());
        let asked = Question { device: device.clone(), phrase: device.clone(), site: device, ..all.clone() };
        assert_eq!(school.find(&asked, 9).unwrap(), [], "{odd:?}");
        school.take_out(&usher_activity::store::Wanted::new(Id::new(5), &[odd.to_owned()])).unwrap();
        open(&place).name_school(Id::new(3), odd, 1, days(day)).unwrap();
        assert_eq!(open(&place).compare(days(0), days(1)).unwrap()[0].name, odd);
    }
    let wrong = place.replace("only-for-tests", "s3cret-of-somebody");
    let wrong: Place = wrong.parse().unwrap();
    let fault = usher_activity_clickhouse::warehouse::Warehouse::open(&wrong).unwrap_err();
    let told = format!("{fault:?} {fault} {wrong:?} {:?} {school:?}", std::error::Error::source(&fault));
    assert!(!told.contains("s3cret-of-somebody") && !told.contains("only-for-tests"), "{told}");
}
