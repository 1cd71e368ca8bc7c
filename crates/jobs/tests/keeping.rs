//! Records go when their time is over, what a case holds stays, and the log says what went.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use usher_activity::files::FilesActivity;
use usher_activity::question::{Activity as _, Question};
use usher_activity::spool::Spool;
use usher_activity::store::{Store as EventFiles, StoreVerdict, verify};
use usher_events::sink::EventSink as _;
use usher_jobs::keeping::{ClockIsRight, Keeping};
use usher_jobs::runner::Job as _;
use usher_policy::facts::Subject;
use usher_policy::snapshot::Snapshot;
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::case::{self, Case};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::keeping::{Disposal, KeepDays, KeepRules, Removed, Rule, set};
use usher_records::noun::Noun;
use usher_records::person::Person;
use usher_records::school::{School, set_up};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, pupil, school, staff};
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

/// A school with a morning of events of two pupils and a teacher in its files.
struct Rowan {
    folder: TempDir,
    books: Books,
    job: Keeping,
    clock: Arc<Sites>,
}

/// Whether sites bear the clock out.
#[derive(Debug)]
struct Sites(AtomicBool);

impl ClockIsRight for Sites {
    fn is_borne_out(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Rowan {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        store.add_school(Id::new(1), at("2026-09-01T08:00")).await.unwrap();
        let books = Books::new(store, Id::new(1));
        commit(&books, set_up(&school("comprehensive")), "2026-09-01T08:00").await;
        add(&books, &pupil(71, "Ada Bell", 4, 30)).await;
        add(&books, &pupil(72, "Ben Cole", 4, 30)).await;
        add(&books, &staff(7, "Joan Price", &[Role::Teacher])).await;
        let spool = folder.path().join("spool");
        record(&spool, "2026-11-02T09:00").await;
        // The next day's first event closes the segment.
        record(&spool, "2026-11-03T09:00").await;
        let mut files = EventFiles::open(&folder.path().join("activity"), Zone::london()).unwrap();
        files.compact(&spool, at("2026-11-04T09:00")).unwrap();
        files.release(&spool, at("2026-11-04T09:00")).unwrap();
        let ids = Arc::new(Counting::default());
        let clock = Arc::new(Sites(AtomicBool::new(true)));
        let job = Keeping::new(books.clone(), Arc::new(Mutex::new(files)), ids, Arc::clone(&clock) as _);
        Self { folder, books, job, clock }
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("activity")
    }

    /// Whose events of the first morning are there, and whose of them are whole.
    fn left(&self) -> (Vec<u64>, Vec<u64>) {
        let activity = FilesActivity::new(self.files(), self.folder.path().join("spool"));
        let question = Question::all(Id::new(1), at("2026-11-02T00:00"), at("2026-11-03T00:00"));
        let mut rows = Vec::new();
        let mut each = |row: usher_events::row::Row| {
            rows.push(row.person);
            std::ops::ControlFlow::Continue(())
        };
        activity.rows(&question, &mut each).unwrap();
        let whole = activity.find(&question, usize::MAX).unwrap();
        let mut whole: Vec<u64> = whole.iter().filter_map(|event| event.person().map(Id::number)).collect();
        rows.sort_unstable();
        whole.sort_unstable();
        (rows, whole)
    }

    async fn log(&self) -> Vec<(Removed, u64, Rule, u32)> {
        let mut log = self.books.values::<Disposal>().await.unwrap();
        log.sort_by_key(|line| line.id);
        log.into_iter().map(|line| (line.what, line.count, line.rule, line.held)).collect()
    }

    async fn set(&self, pupils: (u16, u16), adults: (u16, u16), when: &str) {
        let days = |(whole, rows)| KeepDays::new(whole, rows).unwrap();
        let rules = KeepRules { pupils: days(pupils), adults: days(adults) };
        let before = self.books.get::<School, _>(self.books.school()).await.unwrap().unwrap();
        commit(&self.books, set(&before, rules, "The governors said so").unwrap(), when).await;
    }
}

async fn commit(books: &Books, change: Change, when: &str) {
    books.commit(&change, &Actor::CommandLine, at(when)).await.unwrap();
}

async fn add<N: Noun>(books: &Books, noun: &N) {
    let change = Change::of(Action::PersonAdded, Write::of(noun, Expect::New));
    commit(books, change, "2026-09-01T08:00").await;
}

async fn record(spool: &std::path::Path, when: &str) {
    let policy: Snapshot = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
    let when = at(when);
    let (spool, _) = Spool::open(spool, Arc::new(HandClock::at(when))).unwrap();
    for number in [71, 72, 7] {
        let subject = Subject { person: Some(Id::new(number)), ..facts::subject("staff") };
        let asked = facts::get(facts::at_device(subject), "https://shop.example/");
        let event = events::web(1, &policy, asked, when);
        spool.reserve().await.unwrap().fill(event);
    }
    spool.close().await;
}

#[tokio::test]
async fn dpr_09_dpr_13_older_lines_go_by_the_schools_days_the_chain_verifies_and_the_log_says_so() {
    let rowan = Rowan::new().await;
    rowan.set((30, 90), (30, 90), "2026-11-04T10:00").await;
    rowan.job.run(at("2026-12-02T01:00")).await.unwrap();
    assert_eq!(rowan.left(), (vec![7, 71, 72], vec![7, 71, 72]), "the thirtieth day after it");
    assert!(rowan.log().await.is_empty());
    rowan.job.run(at("2026-12-03T01:00")).await.unwrap();
    assert_eq!(rowan.left(), (vec![7, 71, 72], vec![]));
    rowan.job.run(at("2027-01-31T23:00")).await.unwrap();
    assert_eq!(rowan.left().0, [7, 71, 72]);
    for minutes in [0, 60] {
        rowan.job.run(at("2027-02-01T01:00").plus_minutes(minutes)).await.unwrap();
    }
    assert_eq!(rowan.left(), (vec![], vec![]));
    assert!(matches!(verify(&rowan.files()).unwrap(), StoreVerdict::Clean { .. }));
    let days = |days| Rule::Days { pupils: days, adults: days };
    let log = rowan.log().await;
    assert_eq!(log[0], (Removed::Whole, 3, days(30), 0));
    assert_eq!(log.last(), Some(&(Removed::Lines, 3, days(90), 0)), "{log:?}");
    let journal = rowan.books.store().journal(Id::new(1), 0, 100).await.unwrap();
    let noted = journal.iter().filter(|entry| entry.read().unwrap().action == Action::RecordsRemoved);
    assert!(noted.count() >= 2);
}

#[tokio::test]
async fn dpr_09_pupils_and_adults_each_go_by_their_own_days() {
    let rowan = Rowan::new().await;
    rowan.set((7, 30), (60, 400), "2026-11-04T10:00").await;
    rowan.job.run(at("2026-12-15T01:00")).await.unwrap();
    assert_eq!(rowan.left(), (vec![7], vec![7]));
}

#[tokio::test]
async fn dpr_07_what_a_case_holds_survives_its_day_and_goes_when_the_hold_ends() {
    let rowan = Rowan::new().await;
    let head = |when: &str| case::By { person: Id::new(7), at: at(when) };
    let opening = Opening {
        origin: Origin::Report,
        kind: "off-task".into(),
        severity: 1,
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(Id::new(71)), part: Part::Subject }],
        nine: Nine { details: "Went to a shop in maths".into(), ..Nine::default() },
        rule: None,
        area: None,
    };
    let (_, change) = case::open(Id::new(6), 1, opening, head("2026-11-04T09:00")).unwrap();
    commit(&rowan.books, change, "2026-11-04T09:00").await;
    let hold = async |on, when: &str| {
        let thread = rowan.books.all::<Case>().await.unwrap().pop().unwrap();
        let change = case::act::hold(&thread, head(when), on, "The police asked for it").unwrap();
        commit(&rowan.books, change, when).await;
    };
    hold(true, "2026-11-04T10:00").await;
    rowan.job.run(at("2027-12-01T01:00")).await.unwrap();
    assert_eq!(rowan.left(), (vec![71], vec![71]), "whole, for as long as it is held");
    assert!(rowan.log().await.iter().all(|(_, count, _, held)| (*count, *held) == (2, 1)));
    hold(false, "2027-12-01T10:00").await;
    rowan.job.run(at("2027-12-01T11:00")).await.unwrap();
    assert_eq!(rowan.left(), (vec![], vec![]));
    let people = rowan.books.values::<Person>().await.unwrap();
    assert_eq!(people.len(), 3, "people are not what this removes");
}

#[tokio::test]
async fn dpr_09_a_clock_that_nothing_bears_out_removes_nothing() {
    let rowan = Rowan::new().await;
    let before = rowan.left();
    rowan.clock.0.store(false, Ordering::SeqCst);
    rowan.job.run(at("2036-11-02T09:00")).await.unwrap();
    assert_eq!(rowan.left(), before);
    assert!(rowan.log().await.is_empty());
    rowan.clock.0.store(true, Ordering::SeqCst);
    rowan.job.run(at("2036-11-02T10:00")).await.unwrap();
    assert_ne!(rowan.left(), before, "and what bears it out lets it go on");
}
