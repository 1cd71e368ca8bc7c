//! What is kept how long, who is held, and who is erased.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use usher_activity::question::{Activity as _, By, Counts, Question};
use usher_activity::store::{
    Is, KeepRules, Keeping, Kept, Reach, Store, StoreVerdict, Wanted, reach, verify,
};
use usher_events::event::{Event, What};
use usher_events::row::Row;
use usher_events::wire;
use usher_types::ids::{Id, PersonId};
use usher_types::moment::Moment;

use crate::play::{Played, monday, person};

fn days(days: i64) -> Moment {
    monday().plus_minutes(days * 1_440)
}

fn all() -> Question {
    Question::all(Id::new(1), days(-1), days(20))
}

fn rows(played: &Played) -> Vec<Row> {
    let mut rows = Vec::new();
    played
        .files()
        .rows(&all(), &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

fn events(played: &Played) -> Vec<Event> {
    let mut events = played.files().find(&all(), usize::MAX).unwrap();
    events.sort_by_key(|event| event.id);
    events
}

fn counts(played: &Played, by: &By) -> Counts {
    played.files().counts(&all(), by).unwrap()
}

fn clean(played: &Played) -> bool {
    matches!(verify(&played.store()).unwrap(), StoreVerdict::Clean { .. })
}

/// Five days, all in files and not in the spool any more but the last.
fn five_days() -> (Played, Store) {
    let mut played = Played::new();
    played.play(0..5, 120);
    let mut store = played.open();
    store.compact(&played.spool(), days(6)).unwrap();
    store.release(&played.spool(), days(30)).unwrap();
    (played, store)
}

/// One run by one figure for all; gives the days it changed.
fn keep(store: &mut Store, keeping: Keeping, held: &BTreeSet<PersonId>, now: Moment) -> u64 {
    let rules = KeepRules { pupils: keeping, adults: keeping, adult_people: &BTreeSet::new(), held };
    kept(store, rules, now).days
}

fn kept(store: &mut Store, rules: KeepRules<'_>, now: Moment) -> Kept {
    let mut done = Kept::default();
    store.keep(rules, now, &mut done).unwrap();
    done
}

#[test]
fn dpr_09_adults_and_pupils_each_have_their_own_days_and_what_goes_is_counted() {
    let (played, mut store) = five_days();
    let adult: PersonId = Id::new(person(4));
    let (adults, nobody) = (BTreeSet::from([adult]), BTreeSet::new());
    let short = Keeping { whole_days: 10, row_days: 90 };
    let long = Keeping { whole_days: 60, row_days: 365 };
    let rules = KeepRules { pupils: short, adults: long, adult_people: &adults, held: &nobody };
    let old = &played.events[..480];
    let theirs = old.iter().filter(|event| event.person() == Some(adult)).count();
    assert!(theirs > 5);
    let others = u64::try_from(480 - theirs).unwrap();

    // Ninety days and some: nothing of the pupils is left, of the adult the rows.
    let day = |day: i64| jiff::civil::date(2026, 11, 9).saturating_add(jiff::Span::new().days(day));
    assert_eq!(reach(&played.store()).unwrap(), Reach { whole: Some(day(0)), rows: Some(day(0)) });
    let done = kept(&mut store, rules, days(95));
    assert_eq!(reach(&played.store()).unwrap(), Reach { whole: None, rows: Some(day(0)) });
    assert!(reach(&played.spool()).is_ok_and(|nothing| nothing == Reach::default()));
    assert_eq!((done.days, done.gone, done.unread), (4, others, 0));
    assert_eq!(done.to_rows, u64::try_from(theirs).unwrap());
    assert_eq!(kept(&mut store, rules, days(95)), Kept::default(), "once is enough");
    let left: Vec<Row> = old
        .iter()
        .filter(|event| event.person() == Some(adult))
        .chain(&played.events[480..])
        .map(Row::of)
        .collect();
    assert_eq!(rows(&played), left);
    assert!(clean(&played), "the chain still verifies");
    std::fs::write(played.store().join("manifest.json"), "{}").unwrap();
    assert!(reach(&played.store()).is_err(), "a damaged list");
}

#[test]
fn events_become_rows_and_rows_end_and_who_is_held_stays_whole() {
    let (played, mut store) = five_days();
    let (held, nobody): (BTreeSet<PersonId>, _) = (BTreeSet::from([Id::new(person(4))]), BTreeSet::new());
    let is_held = |event: &&Event| event.person() == Some(Id::new(person(4)));
    let keeping = Keeping { whole_days: 30, row_days: 365 };
    let before = rows(&played);
    assert_eq!(keep(&mut store, keeping, &held, days(30)), 0, "all of it is of the last 30 days");
    assert_eq!(events(&played), played.events);

    // The first two days are over.
    assert_eq!(keep(&mut store, keeping, &held, days(32)), 2);
    assert_eq!(keep(&mut store, keeping, &held, days(32)), 0, "once is enough");
    let (old, new) = played.events.split_at(240);
    let mut expected: Vec<Event> = old.iter().filter(is_held).cloned().collect();
    assert!(expected.len() > 5 && expected.len() < 60);
    expected.extend_from_slice(new);
    assert_eq!(events(&played), expected);
    assert_eq!(rows(&played), before, "every row is there as it was");

    // A year later, and the hold has ended.
    assert_eq!(keep(&mut store, keeping, &held, days(375)), 4);
    let left: Vec<Event> =
        played.events[..480].iter().filter(is_held).chain(&played.events[480..]).cloned().collect();
    assert_eq!(rows(&played), left.iter().map(Row::of).collect::<Vec<_>>());
    assert!(clean(&played));
    keep(&mut store, keeping, &nobody, days(375));
    assert_eq!(rows(&played).len(), 120, "what is still in the spool");
    assert!(clean(&played));
}

#[test]
fn of_somebody_erased_no_byte_is_left_and_other_counts_stay() {
    let mut played = Played::new();
    played.play(0..4, 250);
    // The last segment closes, with nobody's events in the next.
    played.play(9..10, 1);
    let whom: PersonId = Id::new(person(3));
    let names = ["Zebedee Quillfeather".to_owned(), "zebedee.quillfeather".to_owned()];
    let mut store = played.open();
    store.compact(&played.spool(), days(10)).unwrap();
    let by = [By::All, By::Class, By::Device, By::Room, By::Group, By::Category, By::Theme, By::Site];
    let before: Vec<Counts> = by.iter().map(|by| counts(&played, by)).collect();
    let mut people = counts(&played, &By::Person);
    let theirs = played.events.iter().filter(|event| event.person() == Some(whom)).count();

    let erased =
        store.erase(&Wanted::new(whom, &names).but_of(&BTreeSet::new()), &played.spool(), days(10)).unwrap();
    assert_eq!(erased.events, u64::try_from(theirs).unwrap());
    assert!(erased.mentions > 3 && erased.segments == 4 && erased.left_in_spool == 0, "{erased:?}");

    // Not in any file as it lies, nor in what is packed in it.
    let number = whom.number();
    let mut varint = wire::encode(&Event { id: Id::new(number), ..played.events[0].clone() }).unwrap();
    varint.truncate(10);
    let varint = varint.split_off(1);
    let needles: [&[u8]; 5] =
        [b"ebedee", b"uillfeather", &number.to_le_bytes(), &varint, &number.to_string().into_bytes()];
    let mut looked_at = 0;
    let mut look = |bytes: &[u8]| {
        looked_at += 1;
        for needle in needles {
            let found = bytes.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle));
            assert!(!found, "{needle:?} is left");
        }
    };
    for folder in [played.store(), played.spool()] {
        for entry in std::fs::read_dir(folder).unwrap() {
            look(&std::fs::read(entry.unwrap().path()).unwrap());
        }
    }
    for row in rows(&played) {
        look(format!("{row:?} {}", row.person).as_bytes());
    }
    for event in events(&played) {
        look(&wire::encode(&event).unwrap());
        assert!(!matches!(event.what, What::SignInFailed(_)));
    }
    assert!(looked_at > 1_500);

    let after: Vec<Counts> = by.iter().map(|by| counts(&played, by)).collect();
    assert_eq!(after, before);
    people.remove(&number.to_string()).unwrap();
    assert_eq!(counts(&played, &By::Person), people);
    assert!(clean(&played));
    // Again there is nothing to take out.
    let again =
        store.erase(&Wanted::new(whom, &names).but_of(&BTreeSet::new()), &played.spool(), days(10)).unwrap();
    assert_eq!((again.events, again.mentions), (0, 0));
}

/// A name is a word or words, and what somebody did whom a case holds stays as it was.
#[test]
fn taking_out_leaves_words_that_only_hold_a_name_and_what_a_case_holds() {
    let whom: PersonId = Id::new(person(3));
    let inside = ["ebedee Quillfeathe".to_owned(), "sky".to_owned()];
    let mut one = Played::new();
    one.play(0..1, 1);
    let plain = Row::of(&one.events[0]);
    let row = |search: &str, person: u64| Row {
        search: search.into(),
        title: String::new(),
        person,
        ..plain.clone()
    };
    let wanted = Wanted::new(whom, &inside);
    assert_eq!(wanted.what_of(&row("Is Zebedee Quillfeather at school", 9), &[]), Is::Other);
    assert_eq!(wanted.what_of(&row("skyscraper", 9), &[]), Is::Other);
    assert_eq!(wanted.what_of(&row("why is the SKY blue", 9), &[]), Is::Mention);
    let held = wanted.but_of(&BTreeSet::from([Id::new(9)]));
    assert_eq!(held.what_of(&row("why is the sky blue", 9), &[]), Is::Other);
    assert_eq!(held.what_of(&row("why is the sky blue", 8), &[]), Is::Mention);

    let mut played = Played::new();
    played.play(0..1, 250);
    played.play(2..3, 1);
    let names = ["Zebedee Quillfeather".to_owned()];
    let everybody: BTreeSet<PersonId> = played.events.iter().filter_map(Event::person).collect();
    let mut store = played.open();
    let erased =
        store.erase(&Wanted::new(whom, &names).but_of(&everybody), &played.spool(), days(3)).unwrap();
    let theirs = played.events.iter().filter(|event| event.person() == Some(whom)).count();
    assert_eq!((erased.events, erased.left_in_spool), (u64::try_from(theirs).unwrap(), 0));
    let kept = events(&played).iter().filter(|event| format!("{event:?}").contains("Quillfeather")).count();
    assert!(kept > 0, "what others searched for stays, for they are held");
}
