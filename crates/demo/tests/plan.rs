//! The plan of the week: the same from the same seed, inside school hours, with a bit of everything.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::civil::{date, time};
use usher_demo::play::act::{Act, Fetch, Purpose, What};
use usher_demo::play::plan::{WHOLE_SCHOOL, plan};
use usher_demo::school::{DemoSchool, USUAL_SEED, USUAL_WEEK};
use usher_types::moment::Zone;
use usher_types::role::PersonKind;

fn school() -> &'static DemoSchool {
    static SCHOOL: OnceLock<DemoSchool> = OnceLock::new();
    SCHOOL.get_or_init(|| DemoSchool::rowan_hill(USUAL_SEED))
}

fn week() -> &'static [Act] {
    static WEEK: OnceLock<Vec<Act>> = OnceLock::new();
    WEEK.get_or_init(|| plan(school(), USUAL_WEEK, 7, WHOLE_SCHOOL))
}

fn fetches(acts: &[Act]) -> impl Iterator<Item = &Fetch> {
    acts.iter().filter_map(|act| match &act.what {
        What::Fetch(fetch) => Some(fetch),
        _ => None,
    })
}

#[test]
fn a_week_has_twenty_to_thirty_thousand_requests_of_every_kind() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut themes = BTreeSet::new();
    for fetch in fetches(week()) {
        let kind = match fetch.purpose {
            Purpose::Page => "page",
            Purpose::Part => "part",
            Purpose::Search => "search",
            Purpose::Suggestion => "suggestion",
            Purpose::HarmlessSearch => "harmless",
            Purpose::WorryingSearch(theme) => {
                themes.insert(theme);
                "worrying"
            }
            Purpose::Form => "form",
            Purpose::Closed => "closed",
            Purpose::Trick => "trick",
            Purpose::Download => "download",
            Purpose::Socket => "socket",
            Purpose::Machine => "machine",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let all: usize = kinds.values().sum();
    assert!((20_000..=30_000).contains(&all), "{all} requests: {kinds:?}");
    let searches = kinds["search"] + kinds["harmless"] + kinds["worrying"];
    let one_in = searches / kinds["worrying"];
    assert!((250..=550).contains(&one_in), "one search in {one_in} worries: {kinds:?}");
    assert!(themes.len() >= 4, "{themes:?}");
    assert_eq!(kinds.len(), 12, "{kinds:?}");
    let told = week().iter().filter(|act| matches!(act.what, What::Tell { .. })).count();
    assert!((20..=80).contains(&told), "{told} children told");
    let nobody = fetches(week()).filter(|fetch| fetch.person.is_none()).count();
    assert!(nobody > 0, "some ask without having signed in");
}

#[test]
fn the_same_seed_plans_the_same_week_and_another_another() {
    assert_eq!(plan(school(), USUAL_WEEK, 7, WHOLE_SCHOOL), week());
    assert_ne!(plan(school(), USUAL_WEEK, 8, WHOLE_SCHOOL), week());
    let few = plan(school(), USUAL_WEEK, 7, 10).len();
    assert!(few < week().len() / 5, "{few}");
}

#[test]
fn everything_happens_in_order_and_in_school_hours() {
    let zone = Zone::london();
    let kinds: BTreeMap<_, _> = school().people.iter().map(|person| (person.id, person.kind)).collect();
    assert!(week().windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].number + 1 == pair[1].number));
    let mut days = BTreeSet::new();
    for act in week() {
        let local = zone.local(act.at);
        days.insert(local.date());
        assert!(school().calendar.is_school_day(local.date()));
        assert!(local.time() >= time(7, 45, 0, 0) && local.time() < time(17, 45, 0, 0), "{act:?}");
        let person = match &act.what {
            What::SignIn(place) | What::SignOut(place) | What::Tell { place, .. } => Some(place.person),
            What::Fetch(fetch) => fetch.person,
            What::OpenLesson(_) | What::EndLesson { .. } => None,
        };
        if person.is_some_and(|person| kinds[&person] == PersonKind::Pupil) {
            assert!(local.time() >= time(8, 45, 0, 0) && local.time() <= time(16, 15, 0, 0), "{act:?}");
        }
    }
    assert_eq!(days.len(), 5);
    let bank_holiday = plan(school(), date(2027, 5, 3), 7, 10);
    assert!(bank_holiday.iter().all(|act| zone.local(act.at).date() != date(2027, 5, 3)));
    assert!(plan(school(), date(2026, 10, 26), 7, 10).is_empty(), "half-term");
}

#[test]
fn nobody_asks_before_signing_in_and_no_device_has_two() {
    let mut at: BTreeMap<std::net::IpAddr, usher_types::ids::PersonId> = BTreeMap::new();
    let mut places: BTreeMap<usher_types::ids::PersonId, std::net::IpAddr> = BTreeMap::new();
    for act in week() {
        match &act.what {
            What::SignIn(place) => {
                assert_eq!(at.insert(place.device, place.person), None, "{act:?}: the device is taken");
                assert_eq!(places.insert(place.person, place.device), None, "{act:?}: they are elsewhere");
            }
            What::SignOut(place) => {
                assert_eq!(at.remove(&place.device), Some(place.person), "{act:?}");
                places.remove(&place.person);
            }
            What::Fetch(fetch) => assert_eq!(at.get(&fetch.device).copied(), fetch.person, "{act:?}"),
            What::Tell { place, .. } => assert_eq!(at.get(&place.device), Some(&place.person)),
            What::OpenLesson(_) | What::EndLesson { .. } => {}
        }
    }
    assert!(at.is_empty(), "everybody has signed out");
}

#[test]
fn lessons_open_before_their_class_asks_and_close_after() {
    let mut open = BTreeSet::new();
    let mut opened = 0;
    for act in week() {
        match &act.what {
            What::OpenLesson(lesson) => {
                assert!(open.insert(lesson.group), "{act:?}: it is open already");
                assert!((20..=90).contains(&lesson.minutes), "{lesson:?}");
                opened += 1;
            }
            What::EndLesson { group, .. } => assert!(open.remove(group)),
            What::SignIn(place) => {
                let person = school().person(place.person).unwrap();
                if person.kind == PersonKind::Pupil {
                    assert!(person.groups.iter().any(|group| open.contains(group)), "{act:?}");
                }
            }
            _ => {}
        }
    }
    assert!(open.is_empty());
    assert!((60..=120).contains(&opened), "{opened} lessons");
}

#[test]
fn every_address_is_one_of_the_demonstration() {
    for fetch in fetches(week()) {
        let address: http::Uri = fetch.address.parse().unwrap();
        let host = address.host().unwrap();
        let known =
            host.ends_with(".example") || ["127.0.77.6", "2130726150", "[::ffff:127.0.77.6]"].contains(&host);
        assert!(known, "{}", fetch.address);
        assert!(fetch.device.to_string().starts_with("127."));
    }
}
