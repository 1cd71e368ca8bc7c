//! What docs/scale.md is worked out from. It asserts next to nothing; `--run-ignored only` runs it.

use std::num::NonZeroU32;

use tokio::time::Instant;
use usher_activity::engine::Engine;
use usher_activity::question::{Activity as _, By, Question};
use usher_activity::shipping::{Shipped, Shipper};
use usher_types::ids::Id;

use crate::engine::days;
use crate::play::Played;
use crate::server::{Own, open, school, ticks};

const SCHOOLS: u64 = 20;

#[test]
#[ignore = "it measures, and takes minutes"]
fn what_an_event_costs() {
    let Some(own) = Own::start() else { return };
    let place = own.place();
    let mut played = Played::new();
    played.play(0..5, 10_000);
    played.play(5..6, 1);
    let (begun, worked) = (Instant::now(), ticks(own.process()));
    let mut events = 0;
    for number in 1..=SCHOOLS {
        drop(std::fs::remove_file(played.spool().join("shipped.json")));
        let mut shipper = Shipper::open(&played.spool(), NonZeroU32::MIN).unwrap();
        let mut done = Shipped::default();
        let mut engine: Box<dyn Engine> = Box::new(school(&place, number));
        shipper.ship(engine.as_mut(), &mut done).unwrap();
        events += done.events;
    }
    let (took, cost) = (begun.elapsed(), ticks(own.process()) - worked);
    eprintln!("{events} events in {took:?}; the server worked {cost} ticks of 10 ms");
    let per = |what: u64| f64::from(u32::try_from(what).unwrap()) / f64::from(u32::try_from(events).unwrap());
    eprintln!("server microseconds an event: {:.2}", per(cost * 10_000));
    for (what, bytes) in own.sizes(SCHOOLS) {
        eprintln!("{what}: {bytes} bytes, {:.1} an event", per(bytes));
    }
    let asked = |name: &str, question: &Question, by: &By| {
        let begun = Instant::now();
        let counts = school(&place, 7).counts(question, by).unwrap();
        eprintln!("{name}: {} keys in {:?}", counts.len(), begun.elapsed());
    };
    let week = Question::all(Id::new(7), days(0), days(5));
    asked("a week by person", &week, &By::Person);
    asked("a week by category", &week, &By::Category);
    asked("what reports look at, by theme", &Question { notable: true, ..week.clone() }, &By::Theme);
    asked("words", &Question { phrase: Some("sky blue".into()), ..week.clone() }, &By::All);
    let begun = Instant::now();
    let page = school(&place, 7).page(&week, None, 50).unwrap();
    eprintln!("a page of {}: {:?}", page.rows.len(), begun.elapsed());
    let begun = Instant::now();
    assert_eq!(open(&place).compare(days(0), days(5)).unwrap().len(), usize::try_from(SCHOOLS).unwrap());
    eprintln!("all schools beside each other: {:?}", begun.elapsed());
    let begun = Instant::now();
    school(&place, 7)
        .take_out(&usher_activity::store::Wanted::new(
            Id::new(crate::play::person(3)),
            &["Zebedee Quillfeather".to_owned()],
        ))
        .unwrap();
    eprintln!("taking a person out of one school: {:?}", begun.elapsed());
}
