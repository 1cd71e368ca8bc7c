//! A person is taken out: no byte of their name or id is left in any file, and what was counted stays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use usher_activity::files::FilesActivity;
use usher_activity::question::{Activity as _, By, Counts, Question};
use usher_activity::spool::Spool;
use usher_activity::store::Store as EventFiles;
use usher_events::event::Event;
use usher_events::sink::EventSink as _;
use usher_jobs::erasing::Erasing;
use usher_jobs::keeping::ClockIsRight;
use usher_jobs::runner::Job as _;
use usher_policy::facts::Subject;
use usher_policy::snapshot::Snapshot;
use usher_records::account::{self, Account, OpenAccount, Username};
use usher_records::case;
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::change::{Action, Actor, Change, Expect, Mail, Write};
use usher_records::erasure::pseudonym::Names;
use usher_records::erasure::{self, Answer, Erasure, Events, State};
use usher_records::noun::Noun;
use usher_records::person::{self, Person, Source};
use usher_records::report::{IssuedReport, ReportKind, issue};
use usher_records::school::set_up;
use usher_records::told::{Told, What};
use usher_reports::names::Names as ReportNames;
use usher_reports::period::Period;
use usher_reports::weekly::{Weekly, WeeklyFold};
use usher_scan::features::{Place, Search, ThemeHit};
use usher_scan::theme::Theme;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_store::verify::{Verdict, verify};
use usher_testkit::school::{pupil, school, staff};
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::ids::{Id, PersonId};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};

const WHO: PersonId = Id::new(0x0180_1234_5678_9abc);
const OTHER: PersonId = Id::new(0x0180_2222_3333_4444);
const CODE: PersonId = Id::new(0x0190_7777_8888_9999);
/// What must not be found, in whatever case.
const NAMES: [&str; 4] = ["zebedee", "quillfeather", "zquillf", "Zeb1042"];

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

#[derive(Debug)]
struct Right;

impl ClockIsRight for Right {
    fn is_borne_out(&self) -> bool {
        true
    }
}

struct Rowan {
    folder: TempDir,
    books: Books,
    job: Erasing,
}

impl Rowan {
    async fn with(store: Arc<dyn Store>, folder: TempDir) -> Self {
        store.add_school(Id::new(1), at("2026-09-01T08:00")).await.unwrap();
        let books = Books::new(store, Id::new(1));
        commit(&books, set_up(&school("comprehensive"))).await;
        let source = Source { system: "csv".into(), id: "Zeb1042".into() };
        let zebedee = Person {
            source: Some(source),
            left: Some(jiff::civil::date(2026, 10, 31)),
            ..pupil(WHO.number(), "Zebedee Quillfeather", 4, 30)
        };
        add(&books, &zebedee).await;
        add(&books, &pupil(OTHER.number(), "Ben Cole", 4, 30)).await;
        add(&books, &staff(7, "Joan Price", &[Role::Teacher])).await;
        written(&books, &zebedee).await;
        let spool = folder.path().join("spool");
        record(&spool, "2026-11-02T09:00").await;
        record(&spool, "2026-11-03T09:00").await;
        let files = EventFiles::open(&folder.path().join("activity"), Zone::london()).unwrap();
        let job = Erasing::new(books.clone(), Arc::new(Mutex::new(files)), spool, Arc::new(Right));
        Self { folder, books, job }
    }

    async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        Self::with(Arc::new(store), folder).await
    }

    /// Asked for by one, confirmed by another, on the fourth of November.
    async fn agreed(&self) {
        let forms: Vec<Person> = self.books.forms(WHO).await.unwrap();
        let (all, accounts) = (self.books.values().await.unwrap(), self.books.values().await.unwrap());
        let names = Names::of(&forms, &accounts, &all);
        let asked = Erasure {
            id: Id::new(600),
            person: WHO,
            code: CODE,
            reason: "The parents of Zebedee wrote".into(),
            words: names.whole.iter().chain(&names.single).cloned().collect(),
            by: Id::new(7),
            at: at("2026-11-04T09:00"),
            answer: None,
            called_off: None,
            begun: None,
            lapsed: None,
            events: Events::default(),
            done: None,
        };
        let known = erasure::Known {
            person: &forms[0],
            names: &names,
            accounts: &accounts,
            cases: &[],
            alerts: &[],
            erasures: &[],
            today: jiff::civil::date(2026, 11, 4),
        };
        commit(&self.books, erasure::ask(&asked, &known).unwrap()).await;
        let answer = Answer { by: Id::new(8), at: at("2026-11-04T09:30"), agreed: true };
        let stored = self.books.get(asked.id).await.unwrap().unwrap();
        commit(&self.books, erasure::answer(&stored, answer, &known).unwrap()).await;
    }

    async fn erasure(&self) -> Erasure {
        self.books.values::<Erasure>().await.unwrap().remove(0)
    }

    fn counts(&self) -> Vec<Counts> {
        let activity =
            FilesActivity::new(self.folder.path().join("activity"), self.folder.path().join("spool"));
        let zone = Zone::london();
        let all = Question::all(Id::new(1), at("2026-11-01T00:00"), at("2026-11-04T00:00"));
        [By::All, By::Class, By::Site, By::Category, By::Theme, By::Hour(zone.clone()), By::Day(zone)]
            .iter()
            .map(|by| activity.counts(&all, by).unwrap())
            .collect()
    }

    /// The weekly report that was issued.
    async fn weekly(&self) -> Weekly {
        let report = self.books.values::<IssuedReport>().await.unwrap().remove(0);
        let bytes = self.books.store().blob(Id::new(1), report.figures).await.unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}

async fn commit(books: &Books, change: Change) {
    books.commit(&change, &Actor::CommandLine, at("2026-09-01T08:00")).await.unwrap();
}

async fn add<N: Noun>(books: &Books, noun: &N) {
    commit(books, Change::of(Action::PersonAdded, Write::of(noun, Expect::New))).await;
}

/// What a school comes to write about a child.
async fn written(books: &Books, zebedee: &Person) {
    let asked = OpenAccount {
        id: Id::new(501),
        username: Username::parse("zquillf").unwrap(),
        person: Some((PersonKind::Pupil, WHO)),
        year: None,
    };
    let (account, change) = account::open(asked).unwrap();
    commit(books, change).await;
    let stored = books.get::<Account, _>(account.id).await.unwrap().unwrap();
    let closed = Account { state: account::State::Closed { since: at("2026-11-01T09:00") }, ..account };
    commit(books, Change::of(Action::AccountClosed, stored.replace(&closed)).about(WHO)).await;
    let stored = books.get::<Person, _>(WHO).await.unwrap().unwrap();
    let renamed = Person { known_as: Some("Zebby".into()), ..zebedee.clone() };
    let mail = Mail {
        to: WHO.into(),
        subject: "Zebedee Quillfeather".into(),
        text: "Zebedee was away".into(),
        attachment: None,
    };
    let change = person::change(&stored, &renamed).because("Zebedee said so").mailing(mail);
    books.commit(&change, &Actor::Person(WHO), at("2026-10-01T08:00")).await.unwrap();
    let told = Told {
        id: Id::new(502),
        person: WHO,
        what: What::TellSomeone,
        event: None,
        address: None,
        group: Some(Id::new(30)),
        lesson: None,
        words: Some("I am Zebby Quillfeather, \"Zebedee\"".into()),
        at: at("2026-10-02T08:00"),
        seen: None,
    };
    add(books, &told).await;
    let figures = books.store().put_blob(Id::new(1), weekly().json().as_bytes()).await.unwrap();
    let pdf = books.store().put_blob(Id::new(1), b"%PDF").await.unwrap();
    let report = IssuedReport {
        id: Id::new(504),
        kind: ReportKind::WeeklySuspicious,
        from: at("2026-10-05T00:00"),
        until: at("2026-10-12T00:00"),
        made_at: at("2026-10-12T07:00"),
        readers: vec![Id::new(7)],
        figures,
        pdf,
        items: 1,
        opened: vec![],
        passed_on: vec![],
    };
    commit(books, issue(&report, vec![])).await;
}

/// A week in which they and somebody else searched for something.
fn weekly() -> Weekly {
    let policy: Snapshot = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
    let period = Period { from: at("2026-10-05T00:00"), until: at("2026-10-12T00:00"), zone: Zone::london() };
    let people =
        [pupil(WHO.number(), "Zebedee Quillfeather", 4, 30), pupil(OTHER.number(), "Ben Cole", 4, 30)];
    let names = ReportNames::of(&people, &[]);
    let mut fold = WeeklyFold::new(period, &names);
    for (person, words) in [(WHO, "hurt zebedee"), (OTHER, "hurt Zebedee Quillfeather")] {
        let subject = Subject { person: Some(person), ..facts::subject("pupil.y4") };
        let mut asked = facts::get(facts::at_device(subject), "https://kiddle.example/");
        asked.features.search = Some(Search { engine: "Kiddle".into(), words: words.into() });
        asked.features.themes = vec![ThemeHit {
            theme: Theme::Bullying,
            severity: 3,
            phrase: "hurt".into(),
            place: Place::Search,
        }];
        fold.add(&events::web(1, &policy, asked, at("2026-10-06T09:00")));
    }
    fold.finish(0)
}

async fn in_a_case(books: &Books) {
    let opening = Opening {
        origin: Origin::Report,
        kind: "off-task".into(),
        severity: 1,
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(WHO), part: Part::Subject }],
        nine: Nine { details: "Zebedee went to a shop with Ben Cole".into(), ..Nine::default() },
        rule: None,
        area: None,
    };
    let by = case::By { person: Id::new(7), at: at("2026-10-03T09:00") };
    commit(books, case::open(Id::new(503), 1, opening, by).unwrap().1).await;
}

async fn record(spool: &Path, when: &str) {
    let policy: Snapshot = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
    let when = at(when);
    let event = |person: PersonId, address: &str, words: Option<&str>| -> Event {
        let subject = Subject { person: Some(person), ..facts::subject("pupil.y4") };
        let mut asked = facts::get(facts::at_device(subject), address);
        asked.features.search = words.map(|words| Search { engine: "Kiddle".into(), words: words.into() });
        events::web(1, &policy, asked, when)
    };
    let (spool, _) = Spool::open(spool, Arc::new(HandClock::at(when))).unwrap();
    for event in [
        event(WHO, "https://shop.example/zebedee", None),
        event(WHO, "https://kiddle.example/?q=1", Some("zebedee quillfeather")),
        event(OTHER, "https://kiddle.example/?q=2", Some("Zebedee Quillfeather party")),
        event(OTHER, "https://otters.example/", None),
    ] {
        spool.reserve().await.unwrap().fill(event);
    }
    spool.close().await;
}

/// Every file below, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

/// Where something of them is found: names in any case, and the id as text, as digits and as bytes of either order.
fn found(folder: &Path) -> Vec<String> {
    let number = WHO.number();
    let mut wanted: Vec<(String, Vec<u8>)> =
        NAMES.iter().map(|name| ((*name).to_owned(), name.to_lowercase().into_bytes())).collect();
    wanted.push(("id".into(), WHO.to_string().into_bytes()));
    wanted.push(("digits".into(), number.to_string().into_bytes()));
    let raw = [("big", number.to_be_bytes()), ("little", number.to_le_bytes())];
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let mut places = Vec::new();
    for (path, bytes) in files(folder) {
        let lower = bytes.to_ascii_lowercase();
        let texts = wanted.iter().filter(|(_, part)| holds(&lower, part)).map(|(name, _)| name.clone());
        // SQLite leaves out leading zero bytes of a number.
        let numbers = raw.iter().filter(|(_, part)| {
            let part = if part[0] == 0 { &part[1..] } else { part.as_slice() };
            holds(&bytes, part)
        });
        let all = texts.chain(numbers.map(|(name, _)| (*name).to_owned()));
        places.extend(all.map(|name| format!("{name} in {}", path.display())));
    }
    places
}

#[tokio::test]
async fn no_byte_of_a_name_or_id_is_left_in_any_file_and_what_was_counted_stays() {
    let rowan = Rowan::on_sqlite().await;
    rowan.agreed().await;
    rowan.job.run(at("2026-11-11T09:29")).await.unwrap();
    assert_eq!(rowan.erasure().await.events, Events::default(), "it can be called off for a week");
    // Into the files, with the spool's open segment left.
    rowan.job.run(at("2026-11-11T09:31")).await.unwrap();
    let waits = rowan.erasure().await;
    assert_eq!(
        (waits.state(), waits.has_begun()),
        (State::Agreed, false),
        "the open segment still names them"
    );
    assert_eq!(waits.events, Events::default(), "so nothing is taken out, and it can still be called off");
    assert!(!found(rowan.folder.path()).is_empty());
    // The next day's first event closes the segment; it is somebody else's.
    let (counts, weekly) = (rowan.counts(), rowan.weekly().await);
    other_day(&rowan.folder.path().join("spool")).await;
    rowan.job.run(at("2026-11-12T11:00")).await.unwrap();

    assert_eq!(found(rowan.folder.path()), Vec::<String>::new());
    assert_eq!(rowan.counts(), counts);
    let after = rowan.weekly().await;
    assert_eq!((after.figures, &after.days, after.unseen), (weekly.figures, &weekly.days, weekly.unseen));
    assert!(after.json().contains(&format!("hurt Erased {CODE}")), "{}", after.json());
    let done = rowan.erasure().await;
    let books = done.done.unwrap().books;
    assert_eq!((done.person, done.state()), (CODE, State::Done));
    assert!(done.events.theirs >= 4 && done.events.mentions >= 2, "{:?}", done.events);
    assert!(books.versions >= 6 && books.lines >= 6 && books.mails == 1 && books.left == 0, "{books:?}");
    let verdict = verify(rowan.books.store(), Id::new(1)).await.unwrap();
    let Verdict::Clean { replaced, .. } = &verdict else { panic!("{verdict:?}") };
    assert_eq!(u64::try_from(replaced.len()).unwrap(), books.lines);

    let person = rowan.books.get::<Person, _>(CODE).await.unwrap().unwrap().value;
    assert_eq!((person.name(), person.groups.len()), (format!("Erased {CODE}"), 1));
    assert!(rowan.books.get::<Person, _>(WHO).await.unwrap().is_none());
    assert_eq!(rowan.books.find::<Told>("person", CODE).await.unwrap().len(), 1, "found by the code");
    assert_eq!(rowan.books.find::<Account>("username", format!("erased-{CODE}")).await.unwrap().len(), 1);

    let before = rowan.books.store().journal(Id::new(1), 0, 1_000).await.unwrap().len();
    rowan.job.run(at("2026-11-12T12:00")).await.unwrap();
    let after = rowan.books.store().journal(Id::new(1), 0, 1_000).await.unwrap().len();
    assert_eq!(before, after, "done once");
}

async fn other_day(spool: &Path) {
    let policy: Snapshot = snapshot::build(snapshot::policy("codes"), lists::library(&[], vec![]), &[], &[]);
    let when = at("2026-11-12T08:00");
    let subject = Subject { person: Some(OTHER), ..facts::subject("pupil.y4") };
    let asked = facts::get(facts::at_device(subject), "https://otters.example/");
    let (spool, _) = Spool::open(spool, Arc::new(HandClock::at(when))).unwrap();
    spool.reserve().await.unwrap().fill(events::web(1, &policy, asked, when));
    spool.close().await;
}

#[tokio::test]
async fn a_case_that_began_meanwhile_stops_it_and_so_does_another_who_has_the_name_now() {
    let rowan = Rowan::on_sqlite().await;
    rowan.agreed().await;
    other_day(&rowan.folder.path().join("spool")).await;
    in_a_case(&rowan.books).await;
    rowan.job.run(at("2026-11-12T11:00")).await.unwrap();
    assert_eq!(rowan.erasure().await.state(), State::Lapsed, "it does not wait for years");
    assert_eq!(rowan.erasure().await.events, Events::default());
    assert!(rowan.books.get::<Person, _>(WHO).await.unwrap().is_some());

    let rowan = Rowan::on_sqlite().await;
    rowan.agreed().await;
    other_day(&rowan.folder.path().join("spool")).await;
    add(&rowan.books, &pupil(0x0180_3333_0000_0001, "Zebedee Quillfeather", 1, 30)).await;
    rowan.job.run(at("2026-11-12T11:00")).await.unwrap();
    assert_eq!(rowan.erasure().await.state(), State::Lapsed);
    assert!(rowan.books.get::<Person, _>(WHO).await.unwrap().is_some());
}
