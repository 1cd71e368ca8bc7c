//! The watch over the filter: a gap before a start and a filter that stands still are told once, with mail and journal.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use usher_events::event::{System, What};
use usher_events::sink::SinkClosed;
use usher_jobs::runner::Job as _;
use usher_jobs::watch::{Heartbeat, Sign, Tools, Traffic, Watch};
use usher_records::alert::{Alert, Concern, Off, Whose};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::school::set_up;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, school, staff};
use usher_testkit::sink::Collected;
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_words::Words;

/// What is wrong, as a test sets it.
#[derive(Debug, Default)]
struct Set(Mutex<Option<Off>>);

impl Traffic for Set {
    fn off(&self) -> Option<Off> {
        *self.0.lock().unwrap()
    }
}

struct Fixture {
    folder: TempDir,
    books: Books,
    sink: Collected,
    traffic: Arc<Set>,
}

const HEAD: u64 = 1;
const TECHNICIAN: u64 = 2;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let (store, start): (Arc<dyn Store>, _) = (Arc::new(store), at("2026-11-20T16:00"));
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(store, Id::new(1));
        books.commit(&set_up(&school("comprehensive")), &Actor::CommandLine, start).await.unwrap();
        for (id, name, role) in [
            (HEAD, "Alan Whitlock", Role::Headteacher),
            (TECHNICIAN, "Tek Nish", Role::Technician),
            (3, "Ruth Amara", Role::SafeguardingLead),
        ] {
            let mut person = staff(id, name, &[role]);
            person.email = Some(EmailAddress::parse("someone@rowanhill.example").unwrap());
            let added = Change::of(Action::PersonAdded, Write::of(&person, Expect::New));
            books.commit(&added, &Actor::CommandLine, start).await.unwrap();
        }
        Self { folder, books, sink: Collected::default(), traffic: Arc::default() }
    }

    fn heartbeat(&self) -> Heartbeat {
        Heartbeat(self.folder.path().join("heartbeat.json"))
    }

    /// A start: whatever was left before is read.
    fn start(&self) -> Watch {
        let tools = Tools {
            books: self.books.clone(),
            sink: Arc::new(self.sink.clone()),
            traffic: Arc::clone(&self.traffic) as Arc<dyn Traffic>,
            heartbeat: self.heartbeat(),
            words: Arc::new(Words::english().unwrap()),
            ids: Arc::new(Counting::default()),
            desk_origin: "https://desk.example".into(),
        };
        Watch::new(tools, self.heartbeat().last().unwrap())
    }

    async fn alerts(&self) -> Vec<Alert> {
        let mut alerts = self.books.values::<Alert>().await.unwrap();
        alerts.sort_by_key(|alert| alert.at);
        alerts
    }

    /// Mails that wait to go out.
    async fn mails(&self) -> u64 {
        self.books.store().outbox(Id::new(1)).await.unwrap().waiting
    }

    /// How often the journal says that an alert was raised by the watch.
    async fn journal(&self) -> usize {
        let entries = self.books.store().journal(Id::new(1), 0, 10_000).await.unwrap();
        let lines = entries.iter().map(|entry| entry.read().unwrap());
        let watch = Actor::Usher("watch".into());
        lines.filter(|line| line.action == Action::AlertRaised && line.actor == watch).count()
    }

    fn recorded(&self) -> Vec<(Moment, Moment, Off)> {
        let gap = |event: usher_events::event::Event| match event.what {
            What::System(System::FilterOff { from, until, why }) => Some((from, until, why)),
            _ => None,
        };
        self.sink.events().into_iter().filter_map(gap).collect()
    }
}

#[tokio::test]
async fn web_01_a_crash_is_told_to_technician_and_head_at_the_next_start_and_only_once() {
    let fixture = Fixture::new().await;
    let first = fixture.start();
    first.run(at("2026-11-23T10:00")).await.unwrap();
    assert_eq!(fixture.alerts().await, [], "the first start of all has nothing before it");
    first.run(at("2026-11-23T10:01")).await.unwrap();
    drop(first);

    let second = fixture.start();
    second.run(at("2026-11-23T10:03")).await.unwrap();
    second.run(at("2026-11-23T10:04")).await.unwrap();
    let alerts = fixture.alerts().await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let alert = &alerts[0];
    assert_eq!((alert.concern, alert.whose), (Concern::FilterOff, Whose::Filter(Off::Crashed)));
    assert_eq!((alert.from, alert.until), (at("2026-11-23T10:01"), at("2026-11-23T10:03")));
    assert_eq!(alert.told, [Id::new(HEAD), Id::new(TECHNICIAN)]);
    assert_eq!((fixture.mails().await, fixture.journal().await), (2, 1));
    assert_eq!(fixture.recorded(), [(alert.from, alert.until, Off::Crashed)]);
    assert_eq!(alert.events, [fixture.sink.events()[0].id]);
    let mails = fixture.books.store().take_mails(Id::new(1), alert.at, alert.at, 9).await.unwrap();
    for mail in mails.iter().map(|waiting| &waiting.mail) {
        assert!(mail.text.contains("10:01") && mail.text.contains("10:03"), "{}", mail.text);
        assert!(mail.text.contains("https://desk.example/alerts/"), "{}", mail.text);
        assert!(!mail.text.contains('⟨') && !mail.subject.contains('⟨'));
    }
}

#[tokio::test]
async fn web_01_a_stop_in_order_is_told_when_it_was_long() {
    let fixture = Fixture::new().await;
    let first = fixture.start();
    first.run(at("2026-11-23T10:00")).await.unwrap();
    first.stopped(at("2026-11-23T10:01")).await;
    assert_eq!(fixture.heartbeat().last().unwrap(), Some(Sign { at: at("2026-11-23T10:01"), stopped: true }));
    let second = fixture.start();
    second.run(at("2026-11-23T10:03")).await.unwrap();
    assert_eq!(fixture.alerts().await, [], "a restart");
    second.stopped(at("2026-11-23T16:00")).await;
    fixture.start().run(at("2026-11-24T07:30")).await.unwrap();
    let alerts = fixture.alerts().await;
    assert_eq!((alerts.len(), alerts[0].whose), (1, Whose::Filter(Off::Stopped)));
    assert_eq!(alerts[0].from, at("2026-11-23T16:00"));
}

#[tokio::test]
async fn web_01_a_gap_that_could_not_be_told_is_told_by_the_next_start() {
    let fixture = Fixture::new().await;
    fixture.start().run(at("2026-11-23T10:00")).await.unwrap();
    // The second start ends before its first look.
    let second = fixture.start();
    second.stopped(at("2026-11-23T10:05")).await;
    fixture.start().run(at("2026-11-23T10:06")).await.unwrap();
    let alerts = fixture.alerts().await;
    assert_eq!((alerts.len(), alerts[0].from), (1, at("2026-11-23T10:00")));
}

#[tokio::test]
async fn web_01_a_full_disk_is_told_once_while_it_lasts() {
    let fixture = Fixture::new().await;
    let watch = fixture.start();
    watch.run(at("2026-11-23T10:00")).await.unwrap();
    *fixture.traffic.0.lock().unwrap() = Some(Off::DiskFull);
    fixture.sink.close(SinkClosed::DiskFull);
    watch.run(at("2026-11-23T10:01")).await.unwrap();
    watch.run(at("2026-11-23T10:02")).await.unwrap();
    // A little room, and full again: the same outage.
    *fixture.traffic.0.lock().unwrap() = None;
    watch.run(at("2026-11-23T10:03")).await.unwrap();
    *fixture.traffic.0.lock().unwrap() = Some(Off::DiskFull);
    watch.run(at("2026-11-23T10:04")).await.unwrap();
    let alerts = fixture.alerts().await;
    assert_eq!((alerts.len(), alerts[0].whose), (1, Whose::Filter(Off::DiskFull)));
    assert_eq!((fixture.mails().await, fixture.journal().await), (2, 1));
    // A day later it is another.
    *fixture.traffic.0.lock().unwrap() = None;
    watch.run(at("2026-11-23T11:00")).await.unwrap();
    *fixture.traffic.0.lock().unwrap() = Some(Off::DiskFull);
    watch.run(at("2026-11-24T10:00")).await.unwrap();
    assert_eq!(fixture.alerts().await.len(), 2);
}

#[tokio::test]
async fn web_01_an_outage_is_recorded_when_events_are_taken_again() {
    let fixture = Fixture::new().await;
    let watch = fixture.start();
    *fixture.traffic.0.lock().unwrap() = Some(Off::DiskBroken);
    watch.run(at("2026-11-23T10:01")).await.unwrap();
    watch.run(at("2026-11-23T10:02")).await.unwrap();
    assert_eq!(fixture.recorded(), []);
    *fixture.traffic.0.lock().unwrap() = None;
    watch.run(at("2026-11-23T11:00")).await.unwrap();
    let outage = (at("2026-11-23T10:01"), at("2026-11-23T10:02"), Off::DiskBroken);
    assert_eq!(fixture.recorded(), [outage]);
}
