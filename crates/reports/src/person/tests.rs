//! What one person's activity must and must not say.

use proptest::prelude::*;
use usher_events::event::{Event, What};
use usher_events::row::Row;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_types::role::PersonKind;

use super::{PersonActivity, PersonFold};
use crate::sample::{
    at, decision, disclosed, ended, names, person, search, subject, tunnel, web, week, words,
};

fn activity(events: &[Event]) -> PersonActivity {
    let (names, words) = (names(), words());
    let mina = person(7, PersonKind::Pupil, "Mina", "Okafor");
    let mut fold = PersonFold::new(week(), &mina, &names, &words);
    events.iter().for_each(|event| fold.add(event));
    fold.finish()
}

fn part(id: u64, when: &str, address: &str) -> Event {
    web(id, at(when), subject(7), address, |web| web.outcome.content_type = Some("image/png".into()))
}

fn a_morning() -> Vec<Event> {
    vec![
        web(1, at("2026-11-24T10:00"), subject(7), "https://www.kiddle.co/s.php?q=volcanoes", |web| {
            search(web, "volcanoes", &[]);
        }),
        web(2, at("2026-11-24T10:01"), subject(7), "https://www.rocks.example/volcanoes", |_| {}),
        part(3, "2026-11-24T10:02", "https://pictures.example/lava.png"),
        web(4, at("2026-11-24T10:05"), subject(7), "https://games.example/", |web| {
            web.decision = decision(Verdict::Block);
        }),
        web(5, at("2026-11-24T10:06"), subject(7), "https://games.example/", |web| {
            web.decision = decision(Verdict::Block);
        }),
        tunnel(6, at("2026-11-24T11:00"), subject(7), "bank.example:443", TlsAction::Splice),
        tunnel(7, at("2026-11-24T11:01"), subject(7), "bank.example:443", TlsAction::Splice),
        tunnel(8, at("2026-11-24T11:01"), subject(7), "rocks.example:443", TlsAction::Inspect),
        ended(9, at("2026-11-24T11:30"), 6, 90_000),
        web(10, at("2026-11-24T10:03"), subject(8), "https://toms.example/", |_| {}),
    ]
}

#[test]
fn mon_02_the_record_shows_sites_time_and_pages() {
    let activity = activity(&a_morning());
    let sites: Vec<_> = activity.sites.iter().map(|site| (site.name.as_str(), site.minutes)).collect();
    // Rocks: 10:01 to 10:06, of which the last two were spent before a shut page, and a minute for the last one.
    assert_eq!(sites, [("rocks.example", 6), ("bank.example", 2), ("kiddle.co", 1), ("games.example", 0)]);
    let rows: Vec<_> = activity.rows.iter().map(|row| (row.address.as_str(), row.count)).collect();
    assert_eq!(
        rows,
        [
            ("https://www.kiddle.co/s.php?q=volcanoes", 1),
            ("https://www.rocks.example/volcanoes", 1),
            ("https://games.example/", 2),
            ("bank.example", 2),
        ]
    );
    assert_eq!(activity.rows[1].title.as_deref(), Some("A page"));
    assert_eq!(activity.parts, 1);
}

#[test]
fn where_nothing_was_decrypted_only_the_name_is_told() {
    let activity = activity(&a_morning());
    let bank = &activity.rows[3];
    assert_eq!((bank.visible, bank.title.as_ref(), bank.media_type.as_ref()), (false, None, None));
    assert_eq!(bank.bytes, 90_000 + 1_024, "the first one's end says how much came");
    assert!(!activity.sites[1].visible && activity.sites[0].visible);
    assert_eq!(activity.names_only, 2);
}

#[test]
fn uf_33_what_is_left_as_lines_gives_the_same_sites_and_times() {
    let (names, words) = (names(), words());
    let mina = person(7, PersonKind::Pupil, "Mina", "Okafor");
    let events: Vec<Event> =
        a_morning().into_iter().filter(|event| !matches!(event.what, What::Ended(_))).collect();
    let whole = activity(&events);
    let folded = |whole: usize| {
        let mut fold = PersonFold::new(week(), &mina, &names, &words);
        events.iter().take(whole).for_each(|event| fold.add(event));
        events.iter().for_each(|event| fold.add_row(&Row::of(event)));
        fold.finish()
    };
    let short = folded(0);
    assert_eq!(short.sites, whole.sites);
    assert_eq!((short.parts, short.names_only), (whole.parts, whole.names_only));
    let shown: Vec<_> = short.rows.iter().map(|row| (row.address.as_str(), row.count, row.short)).collect();
    assert_eq!(
        shown,
        [
            ("kiddle.co", 1, true),
            ("rocks.example", 1, true),
            ("games.example", 2, true),
            ("bank.example", 2, true),
        ]
    );
    assert_eq!(short.rows[0].search, whole.rows[0].search);
    assert_eq!((short.short, whole.short), (6, 0), "repeats are counted");
    assert_eq!(folded(2).short, 4, "what is whole stays whole");
    assert_eq!(folded(events.len()), whole);
}

#[test]
fn nothing_of_anybody_else_is_told() {
    assert!(!activity(&a_morning()).json().contains("toms.example"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_events_in_any_order_give_the_same_bytes(turn in 0_usize..10, back: bool) {
        let mut events = a_morning();
        let first = activity(&events).json();
        if back {
            events.reverse();
        }
        events.rotate_left(turn);
        prop_assert_eq!(activity(&events).json(), first);
    }

    #[test]
    fn nobody_reads_longer_than_the_time_that_passed(minutes in proptest::collection::vec(0_i64..600, 1..40)) {
        let events: Vec<Event> = (1_u64..).zip(&minutes).map(|(id, minute)| {
            let site = format!("https://site{}.example/", id % 3);
            web(id, at("2026-11-24T08:00").plus_minutes(*minute), subject(7), &site, |_| {})
        }).collect();
        let all: u32 = activity(&events).sites.iter().map(|site| site.minutes).sum();
        let passed = minutes.iter().max().unwrap() - minutes.iter().min().unwrap() + 1;
        prop_assert!(i64::from(all) <= passed + 1, "{} of {}", all, passed);
    }
}

#[test]
fn acc_06_what_was_done_while_somebody_else_knew_the_password_is_marked() {
    let words = words();
    let names = names().with_disclosed(&[disclosed(7, "2026-11-24T10:01", "2026-11-24T10:06")]);
    let mina = person(7, PersonKind::Pupil, "Mina", "Okafor");
    let mut fold = PersonFold::new(week(), &mina, &names, &words);
    a_morning().iter().for_each(|event| fold.add(event));
    let rows = fold.finish().rows;
    let rows: Vec<_> = rows.iter().map(|row| (row.address.as_str(), row.count, row.password_known)).collect();
    assert_eq!(
        rows,
        [
            ("https://www.kiddle.co/s.php?q=volcanoes", 1, false),
            ("https://www.rocks.example/volcanoes", 1, true),
            // From 10:06 the password was a new one, so the second try is a row of its own.
            ("https://games.example/", 1, true),
            ("https://games.example/", 1, false),
            ("bank.example", 2, false),
        ]
    );
}
