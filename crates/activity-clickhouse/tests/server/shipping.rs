//! A school's spool on its way to the server.

use std::num::NonZeroU32;

use usher_activity::engine::Far as _;
use usher_activity::question::{Activity as _, Question};
use usher_activity::shipping::{Shipped, Shipper, Waiting};
use usher_activity_clickhouse::remote::Remote;
use usher_types::ids::Id;
use usher_types::moment::Zone;

use crate::contract::answers;
use crate::engine::days;
use crate::link::Link;
use crate::links::{by, port_of};
use crate::play::Played;
use crate::server::{place, school};

const FRESH: NonZeroU32 = NonZeroU32::new(77).unwrap();

fn shipper(played: &Played) -> Shipper {
    Shipper::open(&played.spool(), FRESH).unwrap()
}

#[test]
fn while_the_link_is_cut_events_wait_and_then_count_once() {
    let Some(place) = place() else { return };
    let link = Link::to(port_of(&place));
    let far = Remote::new(by(&link, &place).parse().unwrap(), Id::new(1), Zone::london());
    let all = Question::all(Id::new(1), days(-1), days(20));
    let there = || school(&place, 1).find(&all, usize::MAX).unwrap().len();
    let mut played = Played::new();
    played.play(0..2, 150);
    let mut shipper = shipper(&played);
    let mut done = Shipped::default();
    shipper.ship(far.reach().unwrap().as_mut(), &mut done).unwrap();
    assert_eq!((done.events, done.segments), (150, 1), "the open segment is not sent");
    assert_eq!(shipper.waiting().unwrap(), Waiting::default());

    // The link is cut, at once and then in the middle, while two more days are recorded.
    for (day, bytes) in [(2, 0), (3, 3_000)] {
        link.cut_after(bytes, i64::MAX);
        played.play(day..day + 1, 150);
        let mut done = Shipped::default();
        assert!(far.reach().and_then(|mut engine| shipper.ship(engine.as_mut(), &mut done)).is_err());
        assert_eq!(done, Shipped::default());
    }
    let waiting = shipper.waiting().unwrap();
    assert_eq!(waiting.segments, 2);
    assert!(waiting.bytes > 10_000 && waiting.since.unwrap() < days(2));
    assert_eq!(there(), 150);

    link.mend();
    played.play(9..10, 1);
    let mut done = Shipped::default();
    shipper.ship(far.reach().unwrap().as_mut(), &mut done).unwrap();
    assert_eq!((done.events, done.segments), (450, 3));
    answers(&school(&place, 1), &played.events[..600]);

    // Who forgot what is there asks, and sends nothing twice; another start remembers.
    let mut again = Shipper::open(&played.spool(), NonZeroU32::new(78).unwrap()).unwrap();
    assert_eq!(again.waiting().unwrap(), Waiting::default());
    let list = played.spool().join("shipped.json");
    std::fs::write(&list, "{\"node\":77,\"whole\":[]}").unwrap();
    again = Shipper::open(&played.spool(), FRESH).unwrap();
    let mut done = Shipped::default();
    again.ship(far.reach().unwrap().as_mut(), &mut done).unwrap();
    assert_eq!((done.events, done.segments), (0, 4));
    std::fs::write(&list, "{").unwrap();
    assert!(Shipper::open(&played.spool(), FRESH).is_err(), "a damaged list is not made anew");
    assert_eq!(there(), 600);
}

#[test]
fn a_spool_begun_anew_is_not_taken_for_the_one_before() {
    let Some(place) = place() else { return };
    let all = Question::all(Id::new(1), days(-1), days(20));
    let far = Remote::new(place.parse().unwrap(), Id::new(1), Zone::london());
    for (node, sent) in [(5, 100), (6, 200)] {
        let mut played = Played::new();
        played.play(0..2, 100);
        let mut shipper = Shipper::open(&played.spool(), NonZeroU32::new(node).unwrap()).unwrap();
        shipper.ship(far.reach().unwrap().as_mut(), &mut Shipped::default()).unwrap();
        assert_eq!(school(&place, 1).find(&all, usize::MAX).unwrap().len(), sent);
    }
}
