//! The spool keeps what it was given, across crashes, and shows what was altered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use usher_activity::question::{Activity, Question};
use usher_activity::spool::{Spool, SpoolState, SpoolVerdict, segments, verify};
use usher_activity::spooled::SpoolActivity;
use usher_events::event::Event;
use usher_events::sink::{EventSink, SinkClosed};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::Id;
use usher_types::moment::Moment;

const NOW: Moment = Moment::from_unix_ms(1_795_435_800_000);

fn school() -> Snapshot {
    snapshot::build(
        snapshot::policy("codes"),
        lists::library(&[("gambling", "games.example")], vec![]),
        &[],
        &[],
    )
}

fn open(folder: &Path) -> Spool {
    Spool::open(folder, Arc::new(HandClock::at(NOW))).unwrap().0
}

fn event(snapshot: &Snapshot, number: u64, person: u64, host: &str) -> Event {
    let mut subject = facts::subject("pupil.y6");
    subject.person = Some(Id::new(person));
    let web = facts::get(facts::at_device(subject), &format!("https://{host}/page/{number}"));
    events::web(0, snapshot, web, NOW.plus_seconds(i64::try_from(number).unwrap()))
}

async fn fill(spool: &Spool, snapshot: &Snapshot, numbers: std::ops::Range<u64>) -> Vec<u64> {
    let mut ids = Vec::new();
    for number in numbers {
        let host = if number % 3 == 0 { "games.example" } else { "news.example" };
        let place = spool.reserve().await.unwrap();
        ids.push(place.id().number());
        place.fill(event(snapshot, number, 100 + number % 4, host));
    }
    spool.flush().await;
    ids
}

fn everything(folder: &Path) -> Vec<Event> {
    let question = Question::all(Id::new(1), NOW.plus_minutes(-60), NOW.plus_minutes(600));
    SpoolActivity::new(folder.to_owned()).find(&question, usize::MAX).unwrap()
}

#[tokio::test]
async fn what_is_handed_in_is_there_in_order_and_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    let first = fill(&spool, &snapshot, 0..50).await;
    spool.close().await;
    let spool = open(folder.path());
    let second = fill(&spool, &snapshot, 50..60).await;
    let ids: Vec<u64> = everything(folder.path()).iter().map(|event| event.id.number()).collect();
    assert_eq!(ids, [first, second].concat());
    assert!(matches!(verify(folder.path()).unwrap(), SpoolVerdict::Clean { events: 60, .. }));
}

#[tokio::test]
async fn an_event_is_on_the_disk_within_the_commit_interval_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    let mut live = spool.live();
    spool.reserve().await.unwrap().fill(event(&snapshot, 1, 100, "news.example"));
    let seen = tokio::time::timeout(Duration::from_secs(5), live.recv()).await.unwrap().unwrap();
    assert_eq!(everything(folder.path()), [Event::clone(&seen)]);
}

#[tokio::test]
async fn a_torn_end_is_cut_wherever_it_is_torn_and_nothing_before_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    fill(&spool, &snapshot, 0..2).await;
    let path = segments(folder.path()).unwrap()[0].path.clone();
    let two = fs::metadata(&path).unwrap().len();
    fill(&spool, &snapshot, 2..3).await;
    spool.close().await;
    let whole = fs::read(&path).unwrap();
    let two = usize::try_from(two).unwrap();
    for cut in two..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let spool = open(folder.path());
        let expected = if cut == whole.len() { 3 } else { everything(folder.path()).len() };
        assert!(expected == 2 || expected == 3, "cut at {cut}: {expected} events");
        fill(&spool, &snapshot, 9..10).await;
        spool.close().await;
        assert_eq!(everything(folder.path()).len(), expected + 1, "cut at {cut}");
        assert!(matches!(verify(folder.path()).unwrap(), SpoolVerdict::Clean { .. }), "cut at {cut}");
    }
}

#[tokio::test]
async fn mon_03_an_altered_event_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    let ids = fill(&spool, &snapshot, 0..5).await;
    spool.close().await;
    let path = segments(folder.path()).unwrap()[0].path.clone();
    let sound = fs::read(&path).unwrap();
    let needle = b"/page/3";
    let at = sound.windows(needle.len()).position(|window| window == needle).unwrap();
    let mut altered = sound;
    altered[at + needle.len() - 1] = b'7';
    fs::write(&path, &altered).unwrap();
    match verify(folder.path()).unwrap() {
        SpoolVerdict::Altered { segment: 1, what, .. } => assert!(what.contains("altered"), "{what}"),
        other => panic!("{other:?}"),
    }
    // Somebody who mends the checksum is found by the chain, and the event is named.
    let mended = mend_checksum(&altered, at);
    fs::write(&path, mended).unwrap();
    match verify(folder.path()).unwrap() {
        SpoolVerdict::Altered { what, .. } => {
            let id: usher_types::ids::EventId = Id::new(ids[3]);
            assert_eq!(what, format!("event {id} was altered"));
        }
        clean @ SpoolVerdict::Clean { .. } => panic!("{clean:?}"),
    }
}

/// Writes the right CRC into the frame around `at`.
#[tokio::test]
async fn damage_before_the_end_is_no_torn_end_nothing_is_cut_and_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let first = fill(&spool, &school(), 0..50).await;
    let second = fill(&spool, &school(), 50..60).await;
    spool.close().await;
    let path = segments(folder.path()).unwrap().pop().unwrap().path;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0x10;
    fs::write(&path, &bytes).unwrap();

    let (spool, recovered) = Spool::open(folder.path(), Arc::new(HandClock::at(NOW))).unwrap();
    assert!(recovered.damaged && recovered.cut_bytes == 0, "{recovered:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes, "evidence stays as it was found");
    let third = fill(&spool, &school(), 60..70).await;
    spool.close().await;
    assert!(third[0] > second[9] && second[0] > first[49], "no id is given twice");
    assert!(matches!(verify(folder.path()).unwrap(), SpoolVerdict::Altered { segment: 1, .. }));
}

fn mend_checksum(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    let mut frame = 56;
    loop {
        let length = u32::from_le_bytes(mended[frame + 1..frame + 5].try_into().unwrap()) as usize;
        let content = frame + 17..frame + 17 + length;
        if content.contains(&at) {
            let crc = crc32fast::hash(&mended[content]).to_le_bytes();
            mended[frame + 5..frame + 9].copy_from_slice(&crc);
            return mended;
        }
        frame = content.end;
    }
}

#[tokio::test]
async fn questions_are_answered_by_person_time_and_strictness() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    let ids = fill(&spool, &snapshot, 0..60).await;
    let activity = SpoolActivity::new(folder.path().to_owned());
    let all = Question::all(Id::new(1), NOW, NOW.plus_minutes(10));
    let count = |question: &Question| activity.find(question, usize::MAX).unwrap().len();
    assert_eq!(count(&all), 60);
    assert_eq!(count(&Question { person: Some(Id::new(101)), ..all.clone() }), 15);
    assert_eq!(count(&Question { verdict: Some(Verdict::Block), ..all.clone() }), 20);
    assert_eq!(count(&Question { until: NOW.plus_seconds(30), ..all.clone() }), 30);
    assert_eq!(count(&Question { school: Id::new(2), ..all.clone() }), 0);
    assert_eq!(activity.find(&all, 7).unwrap().len(), 7);
    let event = activity.event(Id::new(ids[41])).unwrap().unwrap();
    assert_eq!(event.id.number(), ids[41]);
    assert_eq!(activity.event(Id::new(1)).unwrap(), None);
    let mut seen = 0;
    activity
        .scan(&all, &mut |_| {
            seen += 1;
            if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(seen, 3);
}

#[tokio::test]
async fn ids_are_never_given_twice_even_for_requests_that_were_never_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = school();
    let spool = open(folder.path());
    let recorded = fill(&spool, &snapshot, 0..3).await;
    let lost = spool.reserve().await.unwrap().id().number();
    spool.close().await;
    let spool = open(folder.path());
    let next = spool.reserve().await.unwrap().id().number();
    assert!(next > lost && lost > recorded[2]);
}

#[tokio::test]
async fn when_all_places_are_taken_the_next_waits() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let mut held = Vec::new();
    while let Ok(place) = spool.try_reserve() {
        held.push(place);
    }
    assert!(held.len() > 1_000);
    let waiting = tokio::spawn({
        let spool = spool.clone();
        async move { spool.reserve().await.unwrap() }
    });
    assert!(!waiting.is_finished());
    held.pop().unwrap().fill(event(&school(), 1, 100, "news.example"));
    tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_closed_spool_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.close().await;
    assert!(spool.try_reserve().is_err());
    assert!(spool.reserve().await.is_err());
}

/// A small disk of its own, for as long as the test runs. Needs to be root.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).status();
        assert!(mounted.unwrap().success(), "only root can mount a small disk");
        Self(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

#[tokio::test]
#[ignore = "mounts a small disk, so it needs root; script/test runs it"]
async fn a_full_disk_stops_traffic_loses_nothing_and_lets_it_go_on_by_itself() {
    let disk = SmallDisk::mount(24);
    let spool = open(disk.0.path());
    let school = school();
    let before = fill(&spool, &school, 0..100).await;
    let filler = disk.0.path().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);
    // Places that were given before the disk was found full.
    let places: Vec<_> = (0..500).map(|_| spool.try_reserve().unwrap()).collect();
    let given: Vec<u64> = places.iter().map(|place| place.id().number()).collect();
    for (number, place) in (100..).zip(places) {
        place.fill(event(&school, number, 100, "news.example"));
    }
    spool.flush().await;
    assert_eq!(spool.state(), SpoolState::Full);
    assert_eq!(spool.reserve().await.unwrap_err(), SinkClosed::DiskFull);
    let recorded: Vec<u64> = everything(disk.0.path()).iter().map(|event| event.id.number()).collect();
    assert_eq!(recorded, [before, given].concat(), "what was taken is kept, from the ballast's room");

    fs::remove_file(&filler).unwrap();
    let opened = async {
        while spool.state() != SpoolState::Open {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), opened).await.expect("traffic goes on by itself");
    fill(&spool, &school, 600..610).await;
    spool.close().await;
    assert!(matches!(verify(disk.0.path()).unwrap(), SpoolVerdict::Clean { events: 610, .. }));
}
