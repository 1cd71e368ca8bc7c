//! What the weekly report must and must not say.

use proptest::prelude::*;
use usher_events::event::Event;
use usher_policy::facts::Subject;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_scan::theme::Theme;

use super::{Weekly, WeeklyFold};
use crate::names::{Audience, Who};
use crate::plot::Medium;
use crate::sample::{
    at, at_another_device, decision, disclosed, names, search, subject, tunnel, web, week, words,
};

const SEARCH: &str = "https://www.kiddle.co/s.php?q=x";

fn report(events: &[Event]) -> Weekly {
    let names = names();
    let mut fold = WeeklyFold::new(week(), &names);
    events.iter().for_each(|event| fold.add(event));
    fold.finish(2)
}

fn worrying(id: u64, when: &str, person: u64, said: &str, hit: (Theme, u8, &str)) -> Event {
    web(id, at(when), subject(person), SEARCH, |web| {
        search(web, said, &[hit]);
        web.decision = decision(Verdict::Block);
    })
}

/// A week as it comes: two children, a shared sign-in, staff, the head; searches that worry and ones that do not.
fn a_week() -> Vec<Event> {
    let harm = (Theme::SelfHarm, 5, "hurt myself");
    let bully = (Theme::Bullying, 3, "nobody likes me");
    let mild = (Theme::Bullying, 1, "you are mean");
    vec![
        worrying(1, "2026-11-24T10:15", 7, "how to hurt myself", harm),
        worrying(2, "2026-11-24T10:18", 7, "how to hurt myself", harm),
        worrying(3, "2026-11-24T10:22", 7, "hurt myself quickly", harm),
        worrying(4, "2026-11-24T11:00", 7, "how to hurt myself", harm),
        worrying(5, "2026-11-23T09:30", 8, "nobody likes me", bully),
        worrying(6, "2026-11-25T09:30", 8, "you are mean", mild),
        worrying(7, "2026-11-26T13:00", 0, "nobody likes me", bully),
        at_another_device(worrying(8, "2026-11-26T13:01", 0, "nobody likes me", bully)),
        worrying(9, "2026-11-27T13:00", 9, "nobody likes me", bully),
        worrying(10, "2026-11-27T13:00", 10, "nobody likes me", bully),
        web(11, at("2026-11-27T14:00"), subject(8), SEARCH, |web| search(web, "volcanoes", &[])),
        web(12, at("2026-11-27T14:01"), Subject::nobody(), "https://games.example/", |_| {}),
        tunnel(13, at("2026-11-27T14:02"), subject(8), "bank.example:443", TlsAction::Splice),
        tunnel(14, at("2026-11-27T14:03"), subject(8), "news.example:443", TlsAction::Inspect),
        worrying(15, "2026-11-30T09:00", 7, "the week after", harm),
    ]
}

#[test]
fn mon_06_every_item_has_person_phrase_engine_and_time() {
    let report = report(&a_week());
    let first = &report.gravities[0].items[0];
    assert_eq!(report.gravities[0].severity, 5);
    assert_eq!(first.at, at("2026-11-24T10:15"));
    assert_eq!(first.engine.as_deref(), Some("Kiddle"));
    assert_eq!(first.phrase.text, "hurt myself");
    let Who::Person { name, class, .. } = &first.who else { panic!("a person") };
    assert_eq!((name.as_deref(), class.as_deref()), (Some("Mina Okafor"), Some("4 Oak")));
    assert_eq!(first.whereabouts.room.as_deref(), Some("Room 4"));
    assert_eq!(first.event.number(), 1);
}

#[test]
fn the_same_again_within_five_minutes_is_one_item_and_no_search_is_lost() {
    let report = report(&a_week());
    let grave = &report.gravities[0].items;
    assert_eq!(grave.len(), 2, "the burst of three, and the one half an hour later");
    assert_eq!((grave[0].count, grave[0].last_at), (3, at("2026-11-24T10:22")));
    assert_eq!(grave[0].searches, ["how to hurt myself", "hurt myself quickly"]);
    assert_eq!((grave[0].verdict, grave[0].went_through), (Verdict::Block, 0));
}

#[test]
fn the_figures_count_what_they_say() {
    let report = report(&a_week());
    let figures = report.figures;
    assert_eq!(figures.items, 5, "two of Mina's, one of Tom's, two under the shared sign-in");
    assert_eq!(figures.people, 2, "nobody can say who sat at the shared sign-in");
    assert_eq!(figures.searches, 10, "the repeat at 10:18 is the same search");
    assert_eq!(figures.blocks, 8, "Mina's burst is one, though its words differ");
    assert_eq!(figures.told, 2);
    assert_eq!(report.counted_only, 1);
    let unseen = report.unseen;
    assert_eq!((unseen.tunnels, unseen.requests, unseen.nobody, unseen.shared), (1, 14, 1, 2));
}

#[test]
fn a_shared_sign_in_names_no_child_and_two_devices_are_two_items() {
    let report = report(&a_week());
    let shared: Vec<_> = report.gravities[1].items.iter().filter(|item| item.who != named_tom()).collect();
    assert_eq!(shared.len(), 2);
    assert!(
        shared.iter().all(|item| matches!(item.who, Who::Shared { year: Some(year) } if year.number() == 2))
    );
    assert_eq!(
        (shared[0].whereabouts.device.as_str(), shared[1].whereabouts.device.as_str()),
        ("PC-14", "10.0.0.15")
    );
}

fn named_tom() -> Who {
    Who::of(&subject(8), &names())
}

#[test]
fn what_adults_searched_is_only_for_whom_it_concerns() {
    let report = report(&a_week());
    let parts: Vec<Audience> = report.confidential.iter().map(|part| part.audience).collect();
    assert_eq!(parts, [Audience::Headteacher, Audience::ChairOfGovernors]);
    let common = report.for_readers(&[]);
    for adult in ["Ruth Penhallow", "Alan Whitlock"] {
        assert!(report.json().contains(adult));
        assert!(!common.json().contains(adult));
    }
    let for_head = report.for_readers(&[Audience::Headteacher]).json();
    assert!(for_head.contains("Ruth Penhallow") && !for_head.contains("Alan Whitlock"));
    assert_eq!(common.figures, report.figures);
    let head_alone = report.for_readers(&[Audience::Headteacher]);
    assert!(!report.gravities.is_empty() && head_alone.gravities.is_empty(), "who is no reader has no item");
}

#[test]
fn an_empty_week_is_empty_and_has_no_picture() {
    let report = report(&[]);
    assert!(report.is_empty());
    assert_eq!(report.plot(&words()), None);
    assert_eq!(report.days.len(), 5);
}

#[test]
fn the_plot_states_the_day_that_stands_out() {
    let one = report(&a_week()).plot(&words()).unwrap();
    assert_eq!(one.title, "5 items were found, spread over 3 days");
    let mut events = a_week();
    events.push(worrying(20, "2026-11-24T15:00", 8, "x", (Theme::Drugs, 2, "x")));
    let plot = report(&events).plot(&words()).unwrap();
    assert_eq!(plot.title, "Most was found on Tuesday: 3 of 6 items");
    assert_eq!(plot.table().rows[1], ["Tuesday", "2", "0", "1"]);
    assert!(plot.description.contains("Monday 1, Tuesday 3, Wednesday 0"), "{}", plot.description);
}

#[test]
fn the_report_survives_being_kept() {
    let report = report(&a_week());
    assert_eq!(serde_json::from_str::<Weekly>(&report.json()).unwrap(), report);
}

#[test]
fn the_kept_form_and_the_picture_stay_as_they_are() {
    // Issued reports are kept by the digest of this text: change it only together with those who read old ones.
    let report = report(&a_week());
    let json = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!(json.trim(), include_str!("fixtures/week.json").trim());
    let svg = report.plot(&words()).unwrap().svg("week", Medium::Paper);
    assert_eq!(svg, include_str!("fixtures/week.svg"));
}

fn any_event() -> impl Strategy<Value = Event> {
    let severity = prop_oneof![Just(0_u8), 1_u8..=5];
    (1_u64..1_000_000, 0_i64..10 * 24 * 60, 0_u64..=10, severity, 0_usize..3).prop_map(
        |(id, minute, person, severity, which)| {
            let when = at("2026-11-22T00:00").plus_minutes(minute);
            let phrase = ["one", "two", "three"][which];
            web(id, when, subject(person), SEARCH, |web| {
                let hit = (Theme::ALL[which], severity, phrase);
                search(web, phrase, if severity == 0 { &[] } else { std::slice::from_ref(&hit) });
                if which == 0 {
                    web.decision = decision(Verdict::Block);
                }
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_events_in_any_order_give_the_same_bytes(
        mut events in proptest::collection::vec(any_event(), 0..60),
        turn in 0_usize..60,
    ) {
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        let first = report(&events).json();
        events.reverse();
        let middle = turn % events.len().max(1);
        events.rotate_left(middle);
        prop_assert_eq!(report(&events).json(), first);
    }

    #[test]
    fn no_find_is_lost_or_counted_twice(mut events in proptest::collection::vec(any_event(), 0..60)) {
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        let report = report(&events);
        let listed = report.gravities.iter().flat_map(|gravity| &gravity.items);
        let confidential = report.confidential.iter().flat_map(|part| &part.items);
        let found: u32 = listed.chain(confidential).map(|item| item.count).sum();
        let grave = |event: &&Event| match &event.what {
            usher_events::event::What::Web(web) => week().holds(event.at) && web.facts.features.severity() >= 2,
            _ => false,
        };
        prop_assert_eq!(found as usize, events.iter().filter(grave).count());
        let by_day: u32 = report.days.iter().flat_map(|day| day.themes.values()).sum();
        prop_assert_eq!(by_day, report.figures.items);
    }
}

#[test]
fn mon_06_the_mail_names_person_phrase_engine_and_time_or_says_that_nothing_was_found() {
    let (words, zone) = (words(), usher_types::moment::Zone::london());
    let head = crate::document::Letterhead { school: "Rowan Hill", zone: &zone, words: &words };
    let report = report(&a_week()).for_readers(&[Audience::Readers]);
    let (subject, text) = super::mail(&head, &report, "https://desk.example/reports/1");
    assert!(subject.contains("things to look at"), "{subject}");
    let line = text.lines().find(|line| line.contains("how to hurt myself")).unwrap();
    for part in ["24 November 2026, 10:15", "Mina Okafor", "4 Oak", "“how to hurt myself” in Kiddle"] {
        assert!(line.contains(part), "{part} is not in: {line}");
    }
    assert!(!text.contains("Ruth") && !text.contains("Alan"), "what adults did is not for every reader");
    assert!(!text.contains('⟨'), "{text}");
    let empty = WeeklyFold::new(week(), &names()).finish(0);
    let (subject, text) = super::mail(&head, &empty, "https://desk.example/reports/1");
    assert!(subject.contains("nothing found") && text.contains("Nothing was found this week."), "{text}");
}

#[test]
fn acc_06_an_item_from_while_somebody_else_knew_the_password_is_marked_in_the_report_and_its_mail() {
    let names = names().with_disclosed(&[disclosed(7, "2026-11-24T10:17", "2026-11-24T10:30")]);
    let mut fold = WeeklyFold::new(week(), &names);
    a_week().iter().for_each(|event| fold.add(event));
    let weekly = fold.finish(0);
    let marked: Vec<_> =
        weekly.gravities[0].items.iter().map(|item| (item.at, item.last_at, item.password_known)).collect();
    assert_eq!(
        marked,
        [
            (at("2026-11-24T10:15"), at("2026-11-24T10:15"), false),
            (at("2026-11-24T10:18"), at("2026-11-24T10:22"), true),
            (at("2026-11-24T11:00"), at("2026-11-24T11:00"), false),
        ]
    );
    let words = words();
    let head = crate::document::Letterhead { school: "Rowan Hill", zone: &week().zone, words: &words };
    let mark = words.say(usher_types::role::Reader::Adult, "report-password-known", &[]);
    let text = super::text(&head, &weekly);
    assert_eq!(text.matches(&mark).count(), 1, "{text}");
    let paper = crate::document::weekly(&head, &weekly).files;
    let marks = paper.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).matches(&mark).count());
    assert_eq!(marks.sum::<usize>(), 2, "in the list and in the details");
}
