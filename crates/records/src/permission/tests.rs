//! A permission from asking to its end, one test a matter, and that entries are only ever added.

use proptest::prelude::*;
use usher_types::ids::{GroupId, Id};
use usher_types::role::Role;

use super::act::{self, By, Decision};
use super::matter::{Detail, Ends, For, Matter};
use super::rules::Terms;
use super::*;
use crate::change::{Change, Mail, Stored};
use crate::refusal::Refusal;

const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
const DAY: i64 = 24 * 60;

fn by(person: u64, minutes: i64) -> By {
    By { person: Id::new(person), at: NINE.plus_minutes(minutes) }
}

#[test]
fn what_its_form_does_not_offer_is_not_asked_and_names_are_few_and_once() {
    let pictures = |matter| {
        let ask =
            Ask { opens: vec![Opens::Picture], pages: vec!["club.example".parse().unwrap()], ..full(matter) };
        act::ask(Id::new(1), ask, &terms(), by(7, 0)).unwrap().0.ask
    };
    assert_eq!(pictures(Matter::Project).opens, [Opens::Picture]);
    assert!(pictures(Matter::Exception).opens.is_empty() && pictures(Matter::PhotoTrip).pages.is_empty());
    let whom = |whom: Vec<Scope>| {
        act::ask(Id::new(1), Ask { whom, ..full(Matter::Exception) }, &terms(), by(7, 0))
            .map(|(asked, _)| asked.ask.whom.len())
    };
    assert_eq!(whom(vec![Scope::Person(Id::new(71)); 500]), Ok(1));
    assert_eq!(whom((0..41).map(|id| Scope::Person(Id::new(id))).collect()), Err(Refusal::TooManyNames));
    let visitors = vec![Scope::Kind(usher_types::role::PersonKind::Visitor)];
    assert_eq!(whom(visitors), Err(Refusal::NameNeeded));
}

fn terms() -> Terms {
    Terms { deciders: vec![Role::Technician], longest_days: 30, two_people: false }
}

/// Everything that has to be told, told.
fn full(matter: Matter) -> Ask {
    let shape = matter.shape();
    Ask {
        matter,
        reason: "For the coding club".into(),
        details: shape.needs.iter().map(|need| (*need, format!("its {}", need.name()))).collect(),
        whom: if shape.whom == For::Asker { vec![] } else { vec![Scope::Group(GroupId::new(30))] },
        pages: if shape.pages { vec!["club.example".parse().unwrap()] } else { vec![] },
        opens: vec![],
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: None,
        from: NINE,
        until: Some(NINE.plus_minutes(DAY)),
    }
}

fn after(change: &Change, version: u64) -> Stored<Permission> {
    Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version }
}

fn asked(ask: Ask) -> Stored<Permission> {
    after(&act::ask(Id::new(1), ask, &terms(), by(7, 0)).unwrap().1, 1)
}

fn yes() -> Decision {
    Decision { yes: true, words: "Yes, on that one".into(), two_people: false, grants: vec![], mails: vec![] }
}

fn refused(ask: Ask) -> Refusal {
    act::ask(Id::new(1), ask, &terms(), by(7, 0)).unwrap_err()
}

#[test]
fn every_matter_needs_its_reason_each_of_its_details_and_its_end() {
    for matter in Matter::all().filter(|matter| !matter.is_quick()) {
        let name = matter.name();
        assert!(act::ask(Id::new(1), full(matter), &terms(), by(7, 0)).is_ok(), "{name}");
        assert_eq!(refused(Ask { reason: " x ".into(), ..full(matter) }), Refusal::ReasonNeeded, "{name}");
        for need in matter.shape().needs {
            let mut ask = full(matter);
            ask.details.insert(*need, "  ".into());
            assert_eq!(refused(ask), Refusal::DetailNeeded(*need), "{name} {}", need.name());
        }
        let endless = act::ask(Id::new(1), Ask { until: None, ..full(matter) }, &terms(), by(7, 0));
        assert_eq!(endless.is_err(), matter.shape().ends == Ends::OnADay, "{name}");
        let late = Ask { until: Some(NINE.plus_minutes(31 * DAY)), ..full(matter) };
        assert_eq!(refused(late), Refusal::TooLong, "{name}");
        assert_eq!(refused(Ask { until: Some(NINE), ..full(matter) }), Refusal::EndNeeded, "{name}");
        if matter.shape().whom != For::Asker {
            assert_eq!(refused(Ask { whom: vec![], ..full(matter) }), Refusal::NameNeeded, "{name}");
        }
        if matter.shape().pages {
            assert_eq!(refused(Ask { pages: vec![], ..full(matter) }), Refusal::AddressOdd, "{name}");
            let wide = Ask { pages: vec!["co.uk".parse().unwrap()], ..full(matter) };
            assert_eq!(refused(wide), Refusal::TooWide, "{name}");
        }
    }
}

#[test]
fn prm_01_scratch_on_a_machine_is_asked_for_with_its_licence_and_refusals_are_kept() {
    let ask = full(Matter::Install);
    let stored = asked(Ask { until: None, ..ask });
    let given = after(&act::decide(&stored, yes(), by(10, 5)).unwrap(), 2);
    assert_eq!(
        given.value.state(NINE.plus_minutes(900 * DAY), None),
        State::Open,
        "it stands until it is ended"
    );
    let no = Decision { yes: false, words: "Not on that machine".into(), ..yes() };
    let refused = after(&act::decide(&stored, no, by(10, 5)).unwrap(), 2);
    assert_eq!(refused.value.state(NINE.plus_minutes(6), None), State::Refused);
    assert_eq!(refused.value.ask.details[&Detail::Licence], "its licence", "refused ones are kept too");
}

#[test]
fn prm_02_leave_for_a_day_ends_by_itself() {
    let stored = asked(full(Matter::Configuration));
    assert_eq!(stored.value.state(NINE, None), State::Waits);
    let given = after(&act::decide(&stored, yes(), by(10, 5)).unwrap(), 2);
    let at = |minutes| given.value.state(NINE.plus_minutes(minutes), None);
    assert_eq!((at(5), at(DAY - 1), at(DAY)), (State::Open, State::Open, State::Over));
}

#[test]
fn prm_04_data_without_protected_how_is_refused() {
    let mut ask = full(Matter::DataOffSite);
    ask.details.remove(&Detail::Protected);
    assert_eq!(refused(ask), Refusal::DetailNeeded(Detail::Protected));
    assert_eq!(
        refused(Ask { until: None, ..full(Matter::DataOffSite) }),
        Refusal::EndNeeded,
        "a return date"
    );
}

#[test]
fn prm_08_nobody_is_met_without_a_grown_up() {
    let alone = Ask { meeting: true, ..full(Matter::Project) };
    assert_eq!(refused(alone.clone()), Refusal::DetailNeeded(Detail::Adult));
    let mut with = alone;
    with.details.insert(Detail::Adult, "Joan Price".into());
    assert!(act::ask(Id::new(1), with, &terms(), by(7, 0)).is_ok());
}

#[test]
fn nobody_decides_their_own_or_twice_and_where_it_takes_two_it_takes_another() {
    let stored = asked(full(Matter::Connect));
    assert_eq!(act::decide(&stored, yes(), by(7, 1)).unwrap_err(), Refusal::NotYours);
    let two = Decision { two_people: true, ..yes() };
    let first = after(&act::decide(&stored, two.clone(), by(10, 1)).unwrap(), 2);
    assert_eq!(first.value.state(NINE.plus_minutes(2), None), State::WaitsForSecond);
    assert_eq!(act::decide(&first, two.clone(), by(10, 2)).unwrap_err(), Refusal::SecondPerson);
    let second = after(&act::decide(&first, two.clone(), by(11, 2)).unwrap(), 3);
    assert_eq!(second.value.state(NINE.plus_minutes(2), None), State::Open);
    assert_eq!(act::decide(&second, two, by(12, 3)).unwrap_err(), Refusal::AlreadySo);
    let wordless = Decision { words: " ".into(), ..yes() };
    assert_eq!(act::decide(&stored, wordless, by(10, 1)).unwrap_err(), Refusal::ReasonNeeded);
    assert_eq!(act::decide(&stored, yes(), by(10, DAY)).unwrap_err(), Refusal::EndNeeded, "its time is over");
}

fn lesson(ended_at: Option<Moment>) -> Lesson {
    Lesson {
        id: Id::new(8),
        group: Id::new(30),
        adult: Id::new(7),
        room: None,
        mode: crate::lesson::Mode::Normal,
        opened_at: NINE,
        ends_at: NINE.plus_minutes(45),
        ended_at,
    }
}

#[test]
fn prm_09_leave_for_a_lesson_ends_with_the_lesson_whenever_that_is() {
    let ask = Ask { whom: vec![Scope::Person(Id::new(71))], ..full(Matter::PupilDevice) };
    let (given, change) = act::quick(Id::new(1), ask.clone(), &lesson(None), &[], by(7, 1)).unwrap();
    assert_eq!(change.writes.len(), 1);
    let at = |minutes, ended| given.state(NINE.plus_minutes(minutes), Some(&lesson(ended)));
    assert_eq!((at(44, None), at(45, None)), (State::Open, State::Over));
    let early = Some(NINE.plus_minutes(20));
    assert_eq!((at(19, early), at(20, early)), (State::Open, State::Over));
    assert_eq!(given.state(NINE.plus_minutes(2), None), State::Over, "no lesson, no leave");
    let over = act::quick(Id::new(1), ask.clone(), &lesson(None), &[], by(7, 50)).unwrap_err();
    assert_eq!(over, Refusal::Gone);
    let nobody = Ask { whom: vec![], ..ask };
    let nobody = act::quick(Id::new(1), nobody, &lesson(None), &[], by(7, 1)).unwrap_err();
    assert_eq!(nobody, Refusal::NameNeeded);
    let long = act::quick(Id::new(1), full(Matter::Install), &lesson(None), &[], by(7, 1)).unwrap_err();
    assert_eq!(long, Refusal::NotInThisSchool, "what is asked for in writing is not given in passing");
    assert_eq!(refused(full(Matter::PhoneCall)), Refusal::NotInThisSchool);
}

#[test]
fn prm_10_what_came_to_its_end_is_noted_once_with_a_notice() {
    let stored = asked(full(Matter::Exception));
    let given = after(&act::decide(&stored, yes(), by(10, 5)).unwrap(), 2);
    let mail = Mail { to: Id::new(7).into(), subject: "s".into(), text: "t".into(), attachment: None };
    assert_eq!(act::lapse(&given, vec![mail.clone()], NINE.plus_minutes(DAY - 1)), None);
    let change = act::lapse(&given, vec![mail], NINE.plus_minutes(DAY)).unwrap();
    assert_eq!(change.mails.len(), 1);
    let noted = after(&change, 3);
    assert_eq!(noted.value.entries.last().unwrap().by, None);
    assert_eq!(act::lapse(&noted, vec![], NINE.plus_minutes(2 * DAY)), None, "once");
    assert_eq!(
        act::lapse(&stored, vec![], NINE.plus_minutes(2 * DAY)),
        None,
        "what nobody gave does not lapse"
    );
}

#[test]
fn what_waits_is_taken_back_and_what_is_open_is_ended_for_a_reason() {
    let stored = asked(full(Matter::OwnDevice));
    assert_eq!(act::end(&stored, &[], None, " ", by(7, 1)).unwrap_err(), Refusal::ReasonNeeded);
    let back = after(&act::end(&stored, &[], None, "Found another way", by(7, 1)).unwrap(), 2);
    assert_eq!(back.value.state(NINE.plus_minutes(2), None), State::Ended);
    assert_eq!(act::end(&back, &[], None, "Again", by(7, 2)).unwrap_err(), Refusal::AlreadySo);
    assert_eq!(act::decide(&back, yes(), by(10, 2)).unwrap_err(), Refusal::AlreadySo);
}

/// Something done with a permission, by one of three people.
fn step() -> impl Strategy<Value = (u8, u64, bool)> {
    (0_u8..4, 6_u64..9, any::<bool>())
}

proptest! {
    #[test]
    fn entries_are_only_ever_added(steps in prop::collection::vec(step(), 0..12)) {
        let mut now = asked(full(Matter::Connect));
        for (minute, (what, who, two_people)) in steps.into_iter().enumerate() {
            let by = by(who, i64::try_from(minute).unwrap() * 200);
            let change = match what {
                0 => act::decide(&now, Decision { two_people, ..yes() }, by).ok(),
                1 => act::decide(&now, Decision { yes: false, ..yes() }, by).ok(),
                2 => act::end(&now, &[], None, "No longer needed", by).ok(),
                _ => act::lapse(&now, vec![], by.at),
            };
            let Some(change) = change else { continue };
            let next = after(&change, now.version + 1);
            prop_assert_eq!(next.value.entries.len(), now.value.entries.len() + 1);
            prop_assert!(next.value.entries.starts_with(&now.value.entries));
            prop_assert_eq!(&next.value.ask, &now.value.ask);
            now = next;
        }
        let own = now.value.entries.iter().skip(1).any(|entry| {
            entry.by == now.value.asker() && matches!(entry.says, Says::Given { .. } | Says::Agreed(_))
        });
        prop_assert!(!own, "nobody says yes to themselves");
    }
}
