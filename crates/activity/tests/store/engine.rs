//! What every engine does with what it is given, tried on each: deliveries late, twice and in no order, what is kept how
//! long, who is taken out.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use usher_activity::engine::Engine;
use usher_activity::question::{Activity, By, Counts, Question};
use usher_activity::spool::{SegmentReader, segments};
use usher_activity::store::{Delivery, Frame, KeepRules, Keeping, Kept, Wanted};
use usher_events::event::{Event, What};
use usher_events::row::Row;
use usher_events::wire;
use usher_types::ids::{Id, PersonId};
use usher_types::moment::Moment;

use crate::contract::answers;
use crate::play::{Played, monday, person};

/// An engine and what is asked of it.
pub(crate) struct Tried<'a> {
    pub(crate) engine: &'a mut dyn Engine,
    pub(crate) activity: &'a dyn Activity,
}

pub(crate) fn days(days: i64) -> Moment {
    monday().plus_minutes(days * 1_440)
}

fn all() -> Question {
    Question::all(Id::new(1), days(-1), days(20))
}

/// Every event of a spool, with its segment and where it stands there.
pub(crate) fn frames(played: &Played) -> Vec<(u64, Frame)> {
    let mut frames = Vec::new();
    for segment in segments(&played.spool()).unwrap() {
        let mut reader = SegmentReader::open(&segment).unwrap();
        let mut from = reader.offset();
        while let Some(event) = reader.next_event().map(|frame| frame.bytes().to_vec()) {
            frames.push((segment.number, Frame { from, until: reader.offset(), event }));
            from = reader.offset();
        }
    }
    frames
}

/// Hands over parts of a spool, a delivery for each segment; gives how many events were new.
pub(crate) fn hand_over(engine: &mut dyn Engine, node: u32, part: &[(u64, Frame)]) -> u64 {
    let segments: BTreeSet<u64> = part.iter().map(|(segment, _)| *segment).collect();
    let mut taken = 0;
    for segment in segments {
        let mine = part.iter().filter(|(number, _)| *number == segment);
        let frames: Vec<Frame> = mine.map(|(_, frame)| frame.clone()).rev().collect();
        taken += engine.take(&Delivery { node, segment, frames }).unwrap();
    }
    taken
}

/// Seven interleaved parts, the last first, every second of them twice; then everything once more.
pub(crate) fn takes_each_event_once(tried: &mut Tried<'_>) {
    let mut played = Played::new();
    played.play(0..3, 200);
    let frames = frames(&played);
    let part = |number: usize| {
        let mine = frames.iter().enumerate().filter(move |(index, _)| index % 7 == number);
        mine.map(|(_, frame)| frame.clone()).collect::<Vec<_>>()
    };
    let mut parts: Vec<Vec<(u64, Frame)>> = (0..7).rev().map(part).collect();
    parts.extend([part(1), part(3), frames.clone()]);
    let taken: u64 = parts.iter().map(|part| hand_over(tried.engine, 9, part)).sum();
    assert_eq!(taken, 600);
    let mut ends = frames.iter().filter(|(segment, _)| *segment == 2).map(|(_, frame)| frame);
    let whole = ends.clone().next().unwrap().from..ends.next_back().unwrap().until;
    assert_eq!(tried.engine.covered(9, 2).unwrap(), [whole], "what it has of the second segment");
    assert!(tried.engine.covered(8, 2).unwrap().is_empty(), "another node's");
    answers(tried.activity, &played.events);
    // What cannot be read is not taken, nor what came with it.
    let mut odd = frames[0].1.clone();
    odd.event.truncate(3);
    let (good, segment) = (Frame { from: 0, until: 9, ..frames[1].1.clone() }, 7);
    assert!(tried.engine.take(&Delivery { node: 9, segment, frames: vec![good, odd] }).is_err());
    assert!(tried.engine.covered(9, 7).unwrap().is_empty());
    answers(tried.activity, &played.events);
}

fn rows(activity: &dyn Activity) -> Vec<Row> {
    let mut rows = Vec::new();
    activity
        .rows(&all(), &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

fn events(activity: &dyn Activity) -> Vec<Event> {
    let mut events = activity.find(&all(), usize::MAX).unwrap();
    events.sort_by_key(|event| event.id);
    events
}

/// Adults and pupils each have their own days, and who is held stays whole.
pub(crate) fn keeps_by_its_rules(tried: &mut Tried<'_>) {
    let mut played = Played::new();
    played.play(0..4, 120);
    hand_over(tried.engine, 9, &frames(&played));
    let (adult, child): (PersonId, PersonId) = (Id::new(person(4)), Id::new(person(5)));
    let (adults, held) = (BTreeSet::from([adult]), BTreeSet::from([child]));
    let short = Keeping { whole_days: 10, row_days: 90 };
    let long = Keeping { whole_days: 60, row_days: 365 };
    let nobody = BTreeSet::new();
    let rules = KeepRules { pupils: short, adults: long, adult_people: &adults, held: &held };
    let is = |event: &&Event, who: PersonId| event.person() == Some(who);
    let mut keep = |rules: KeepRules<'_>, now: Moment| {
        let mut done = Kept::default();
        tried.engine.keep(rules, now, &mut done).unwrap();
        done
    };
    let before = rows(tried.activity);
    assert_eq!(keep(rules, days(10)), Kept::default(), "all of it is of the last ten days");

    // The first two days' events of pupils are rows now.
    let done = keep(rules, days(12));
    let (old, new) = played.events.split_at(240);
    let mut whole: Vec<Event> =
        old.iter().filter(|event| is(event, adult) || is(event, child)).cloned().collect();
    assert!(whole.len() > 10 && whole.len() < 120);
    assert_eq!((done.days, done.gone, done.unread), (2, 0, 0));
    assert_eq!(done.to_rows, u64::try_from(240 - whole.len()).unwrap());
    whole.extend_from_slice(new);
    assert_eq!(events(tried.activity), whole);
    assert_eq!(rows(tried.activity), before, "every row is there as it was");
    assert_eq!(keep(rules, days(12)), Kept::default(), "once is enough");

    // After ninety days and some: nothing of pupils who are not held, of the adult the rows, of who is held everything.
    keep(rules, days(95));
    let of = |who| played.events.iter().filter(|event| is(event, who)).cloned().collect::<Vec<_>>();
    assert_eq!(events(tried.activity), of(child));
    let mut left: Vec<Row> = of(child).iter().chain(&of(adult)).map(Row::of).collect();
    left.sort_by_key(|row| row.id);
    assert_eq!(rows(tried.activity), left);

    // The hold has ended.
    keep(KeepRules { held: &nobody, ..rules }, days(95));
    assert_eq!(rows(tried.activity), of(adult).iter().map(Row::of).collect::<Vec<_>>());
    assert_eq!(events(tried.activity), []);
}

/// Of somebody taken out no byte is left in any answer, and other counts stay.
pub(crate) fn takes_people_out(tried: &mut Tried<'_>) {
    let mut played = Played::new();
    played.play(0..3, 250);
    hand_over(tried.engine, 9, &frames(&played));
    let whom: PersonId = Id::new(person(3));
    let names = ["Zebedee Quillfeather".to_owned(), "zebedee.quillfeather".to_owned()];
    let by = [By::All, By::Class, By::Device, By::Room, By::Group, By::Category, By::Theme, By::Site];
    let counts = |by: &By| tried.activity.counts(&all(), by).unwrap();
    let before: Vec<Counts> = by.iter().map(counts).collect();
    let mut people = counts(&By::Person);
    let theirs = played.events.iter().filter(|event| event.person() == Some(whom)).count();

    let done = tried.engine.take_out(&Wanted::new(whom, &names)).unwrap();
    assert_eq!(done.events, u64::try_from(theirs).unwrap());
    assert!(done.mentions > 3, "{done:?}");
    let number = whom.number().to_string();
    let mut looked_at = 0;
    for row in rows(tried.activity) {
        let text = format!("{row:?} {}", row.person).to_lowercase();
        assert!(!text.contains("quillfeather") && !text.contains(&number), "{text}");
        looked_at += 1;
    }
    for event in events(tried.activity) {
        assert!(!event.mentions(whom) && !matches!(event.what, What::SignInFailed(_)));
        let bytes = String::from_utf8_lossy(&wire::encode(&event).unwrap()).to_lowercase();
        assert!(!bytes.contains("quillfeather"));
        looked_at += 1;
    }
    assert!(looked_at > 1_000);
    assert_eq!(by.iter().map(counts).collect::<Vec<_>>(), before);
    people.remove(&number).unwrap();
    assert_eq!(counts(&By::Person), people);
    let again = tried.engine.take_out(&Wanted::new(whom, &names)).unwrap();
    assert_eq!((again.events, again.mentions), (0, 0), "there is nothing left to take out");
}
