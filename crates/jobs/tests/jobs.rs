//! Jobs over real books: what they write, whom they tell, and that a second run changes nothing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod told;

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use tempfile::TempDir;
use tokio::sync::broadcast;
use usher_activity::question::Activity;
use usher_events::event::{Ended, Event, Turned, What};
use usher_jobs::alerts::{Alerts, Tools};
use usher_jobs::follow::{Follow, Republish, load_people};
use usher_jobs::leavers::Leavers;
use usher_jobs::outbox::Outbox;
use usher_jobs::post::{Letter, Post, PostFault};
use usher_jobs::runner::Job;
use usher_jobs::sweep::Sweep;
use usher_jobs::unopened::Unopened;
use usher_jobs::weekly::WeeklyJob;
use usher_lists::category::Catalogue;
use usher_network::table::Table;
use usher_policy::decision::Reason;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_records::account::Owner;
use usher_records::alert::{Alert, Concern};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::device::{Device, Loan};
use usher_records::equipment::{self, ReturnList};
use usher_records::lesson::LessonList;
use usher_records::person::{self, Person};
use usher_records::report::IssuedReport;
use usher_records::school::{School, set_up};
use usher_records::session::{self, Bound, EndReason, KnownBy, Session};
use usher_records::settings::SecondDevice;
use usher_scan::features::{Place, Search, Sent, SentKind, ThemeHit};
use usher_scan::theme::Theme;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, group, pupil, school, staff};
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_typeset::typesetter::Typesetter;
use usher_words::Words;

use self::told::Told;

/// A post that can be out of order.
#[derive(Debug, Default)]
struct Bag {
    letters: Mutex<Vec<Letter>>,
    broken: Mutex<bool>,
}

#[async_trait]
impl Post for Bag {
    async fn send(&self, letter: &Letter) -> Result<(), PostFault> {
        if *self.broken.lock().unwrap() {
            let source = std::io::Error::other("no answer");
            return Err(PostFault::Folder { path: "relay".into(), source });
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Publishes(Mutex<u32>);

#[async_trait]
impl Republish for Publishes {
    async fn republish(&self, _at: Moment) -> Result<(), String> {
        *self.0.lock().unwrap() += 1;
        Ok(())
    }
}

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

fn add<N: usher_records::noun::Noun>(noun: &N) -> Change {
    Change::of(Action::PersonAdded, Write::of(noun, Expect::New))
}

struct Fixture {
    _folder: TempDir,
    books: Books,
    store: Arc<dyn Store>,
    told: Arc<Told>,
    bag: Arc<Bag>,
    snapshot: Snapshot,
}

const HEAD: u64 = 1;
const MANAGER: u64 = 2;
const LEAD: u64 = 3;
const SAFEGUARDING: u64 = 4;
const CHILD: u64 = 7;

fn built() -> Snapshot {
    let listed = lists::library(&[("adult", "adult.example"), ("games", "games.example")], vec![]);
    snapshot::build(snapshot::policy("comprehensive"), listed, &[], &[])
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let start = at("2026-11-20T16:00");
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(Arc::clone(&store), Id::new(1));
        let school = School { set_up_at: start, ..school("comprehensive") };
        let with_mail = |person: Person, mail: &str| Person {
            email: Some(EmailAddress::parse(&format!("{mail}@rowanhill.example")).unwrap()),
            ..person
        };
        let changes = [
            set_up(&school),
            add(&group(30, "4A", 4)),
            add(&with_mail(staff(HEAD, "Alan Whitlock", &[Role::Headteacher]), "head")),
            add(&with_mail(staff(MANAGER, "Joan Price", &[Role::BusinessManager]), "sbm")),
            add(&with_mail(staff(LEAD, "Ada Bell", &[Role::ComputingLead]), "cl")),
            add(&with_mail(staff(SAFEGUARDING, "Ruth Amara", &[Role::SafeguardingLead]), "dsl")),
            add(&staff(5, "Tom Ashdown", &[Role::Teacher])),
            add(&pupil(CHILD, "Mina Okafor", 4, 30)),
        ];
        for change in changes {
            books.commit(&change, &Actor::CommandLine, start).await.unwrap();
        }
        Self { _folder: folder, books, store, told: Arc::default(), bag: Arc::default(), snapshot: built() }
    }

    /// What the child asked for; the lesson is open.
    fn asks(&self, id: u64, when: &str, url: &str, words: Option<(&str, Theme, u8)>) -> Event {
        let mut who = facts::at_device(facts::subject("pupil.y4"));
        who.lesson = Some(usher_policy::facts::LessonFacts {
            lesson: Id::new(9),
            group: Id::new(30),
            adult: Id::new(5),
            mode: usher_records::lesson::Mode::Normal,
            ends_at: at(when).plus_minutes(30),
        });
        let mut facts = facts::get(who, url);
        if let Some((said, theme, severity)) = words {
            facts.features.search = Some(Search { engine: "Kiddle".into(), words: said.into() });
            facts.features.themes =
                vec![ThemeHit { theme, severity, phrase: said.into(), place: Place::Search }];
        }
        events::web(id, &self.snapshot, facts, at(when))
    }

    fn alerts(&self, live: broadcast::Receiver<Arc<Event>>) -> Alerts {
        let tools = Tools {
            books: self.books.clone(),
            activity: Arc::clone(&self.told) as Arc<dyn Activity>,
            catalogue: Catalogue::ours().unwrap(),
            words: Arc::new(Words::english().unwrap()),
            ids: Arc::new(Counting::default()),
            desk_origin: "https://desk.example".into(),
            hook: false,
            reader: None,
        };
        Alerts::new(tools, live)
    }

    fn weekly(&self) -> WeeklyJob {
        WeeklyJob {
            books: self.books.clone(),
            activity: Arc::clone(&self.told) as Arc<dyn Activity>,
            typesetter: Arc::new(Typesetter::new(vec![]).unwrap()),
            words: Arc::new(Words::english().unwrap()),
            ids: Arc::new(Counting::default()),
            desk_origin: "https://desk.example".into(),
        }
    }

    async fn send(&self, when: Moment) -> Vec<Letter> {
        let (post, books) = (Arc::clone(&self.bag) as Arc<dyn Post>, self.books.clone());
        let from = EmailAddress::parse("usher@rowanhill.example").unwrap();
        Outbox { books, post, from, hook: None }.run(when).await.unwrap();
        std::mem::take(&mut *self.bag.letters.lock().unwrap())
    }

    async fn raised(&self) -> Vec<Alert> {
        self.books.values::<Alert>().await.unwrap()
    }
}

fn addresses(letters: &[Letter]) -> Vec<&str> {
    let mut addresses: Vec<_> =
        letters.iter().map(|letter| letter.to.as_str().split('@').next().unwrap()).collect();
    addresses.sort_unstable();
    addresses
}

#[tokio::test]
async fn mon_08_grave_words_reach_head_and_safeguarding_lead_in_under_a_minute() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(16);
    let alerts = fixture.alerts(heard);
    alerts.run(at("2026-11-23T10:00")).await.unwrap();
    let said = Some(("i will hurt you", Theme::Violence, 4));
    let event = fixture.asks(1, "2026-11-23T10:15", "https://www.kiddle.co/s.php?q=x", said);
    live.send(Arc::new(event)).unwrap();
    let soon = at("2026-11-23T10:15").plus_seconds(2);
    alerts.run(soon).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!((raised.len(), raised[0].concern), (1, Concern::GraveWords));
    let letters = fixture.send(soon).await;
    assert_eq!(addresses(&letters), ["dsl", "head"]);
    assert!(letters[0].text.contains("Mina Okafor"), "{}", letters[0].text);
    assert!(letters[0].text.contains("https://desk.example/alerts/"));
    assert!(!letters[0].text.contains("hurt you"), "the words stay in Usher");
    assert!(!letters[0].text.contains('⟨') && !letters[0].subject.contains('⟨'));
}

#[tokio::test]
async fn web_17_and_mon_14_a_burst_is_one_alert_with_everything_in_it_even_after_a_restart() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(64);
    let alerts = fixture.alerts(heard);
    for number in 0..5 {
        let event =
            fixture.asks(number + 1, &format!("2026-11-23T10:1{number}"), "https://adult.example/", None);
        fixture.told.0.lock().unwrap().push(event.clone());
        live.send(Arc::new(event)).unwrap();
        alerts.run(at(&format!("2026-11-23T10:1{number}"))).await.unwrap();
    }
    let raised = fixture.raised().await;
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!((raised[0].concern, raised[0].events.len()), (Concern::GraveBlocks, 5));
    // A new start reads the same events again and finds the alert in the books.
    let again = fixture.alerts(live.subscribe());
    again.run(at("2026-11-23T10:15")).await.unwrap();
    assert_eq!(fixture.raised().await.len(), 1);

    let fixture = Fixture::new().await;
    for number in 0..10 {
        let event = fixture.asks(
            number + 1,
            &format!("2026-11-23T10:0{}", number / 2),
            "https://games.example/",
            None,
        );
        fixture.told.0.lock().unwrap().push(event);
    }
    let (_live, heard) = broadcast::channel(1);
    fixture.alerts(heard).run(at("2026-11-23T10:06")).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!((raised.len(), raised[0].concern, raised[0].events.len()), (1, Concern::ManyBlocks, 10));
}

#[tokio::test]
async fn web_26_and_20_what_was_about_to_leave_and_what_speaks_against_the_school_are_told_once() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(64);
    let alerts = fixture.alerts(heard);
    let sent = |kind| Some(Sent { kinds: vec![kind], people: vec![], themes: vec![] });
    for (number, kind, held) in
        [(1, SentKind::Name, true), (2, SentKind::Name, true), (3, SentKind::AgainstSchool, false)]
    {
        let mut event = fixture.asks(number, "2026-11-23T10:01", "https://forum.example/post", None);
        let What::Web(web) = &mut event.what else { panic!("a web request") };
        web.facts.sent = sent(kind);
        web.facts.part_of_page = true;
        if held {
            web.decision.verdict = Verdict::Hold;
            web.decision.reason = Reason::Leaving("pupils-keep-private".into(), kind);
        }
        fixture.told.0.lock().unwrap().push(event.clone());
        live.send(Arc::new(event)).unwrap();
    }
    alerts.run(at("2026-11-23T10:02")).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!((raised[0].concern, raised[0].events.len()), (Concern::Leaving, 3));
}

#[tokio::test]
async fn an_answer_that_was_cut_late_counts_as_the_block_it_is() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(64);
    let alerts = fixture.alerts(heard);
    let Event { id, school, at: judged_at, what } =
        fixture.asks(1, "2026-11-23T10:01", "https://adult.example/story", None);
    let What::Web(mut web) = what else { panic!("a web request") };
    web.decision.reason = Reason::Malware("Eicar".into());
    let outcome = web.outcome.clone();
    let turned = Some(Box::new(Turned { judged_at, web: *web }));
    let what = What::Ended(Ended { event: id, outcome, turned });
    let event = Event { id, school, at: at("2026-11-23T10:02"), what };
    fixture.told.0.lock().unwrap().push(event.clone());
    live.send(Arc::new(event)).unwrap();
    alerts.run(at("2026-11-23T10:02")).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!((raised.len(), raised[0].concern), (1, Concern::Malware));
}

#[tokio::test]
async fn mon_14_ten_blocked_pages_are_one_alert_with_all_ten_and_thirty_blocked_pictures_are_none() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(64);
    let alerts = fixture.alerts(heard);
    alerts.run(at("2026-11-23T10:00")).await.unwrap();
    for number in 0..30 {
        let address = format!("https://adult.example/pictures/{number}.jpg");
        let mut event = fixture.asks(number + 1, "2026-11-23T10:01", &address, None);
        let What::Web(web) = &mut event.what else { panic!("a web request") };
        assert!(web.decision.is_block());
        web.facts.part_of_page = true;
        fixture.told.0.lock().unwrap().push(event.clone());
        live.send(Arc::new(event)).unwrap();
    }
    alerts.run(at("2026-11-23T10:02")).await.unwrap();
    assert!(fixture.raised().await.is_empty(), "the parts of one page");

    for number in 0..10 {
        let (when, address) =
            (format!("2026-11-23T10:0{}", 1 + number / 2), format!("https://games.example/{number}"));
        let event = fixture.asks(100 + number, &when, &address, None);
        fixture.told.0.lock().unwrap().push(event.clone());
        live.send(Arc::new(event)).unwrap();
    }
    alerts.run(at("2026-11-23T10:06")).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!((raised.len(), raised[0].concern), (1, Concern::ManyBlocks));
    assert_eq!(raised[0].events, (100..110).map(Id::new).collect::<Vec<_>>());

    fixture.weekly().run(at("2026-11-27T15:31")).await.unwrap();
    let report = fixture.books.values::<IssuedReport>().await.unwrap().pop().unwrap();
    let figures = fixture.store.blob(Id::new(1), report.figures).await.unwrap().unwrap();
    let weekly: serde_json::Value = serde_json::from_slice(&figures).unwrap();
    assert_eq!(weekly["figures"]["blocks"], 1, "one site met, and the pictures are not counted: {weekly}");
}

#[tokio::test]
async fn events_that_were_missed_are_read_from_the_store() {
    let fixture = Fixture::new().await;
    let (live, heard) = broadcast::channel(2);
    let alerts = fixture.alerts(heard);
    alerts.run(at("2026-11-23T10:00")).await.unwrap();
    for number in 0..10 {
        let event = fixture.asks(number + 1, "2026-11-23T10:01", "https://adult.example/", None);
        fixture.told.0.lock().unwrap().push(event.clone());
        live.send(Arc::new(event)).unwrap();
    }
    alerts.run(at("2026-11-23T10:02")).await.unwrap();
    let raised = fixture.raised().await;
    assert_eq!((raised.len(), raised[0].events.len()), (1, 10));
}

#[tokio::test]
async fn mon_06_three_mails_to_exactly_the_role_holders_also_when_nothing_was_found() {
    let fixture = Fixture::new().await;
    let said = Some(("how to hurt myself", Theme::SelfHarm, 5));
    let event = fixture.asks(1, "2026-11-24T10:15", "https://www.kiddle.co/s.php?q=x", said);
    fixture.told.0.lock().unwrap().push(event);
    let weekly = fixture.weekly();
    weekly.run(at("2026-11-27T15:29")).await.unwrap();
    assert!(fixture.books.values::<IssuedReport>().await.unwrap().is_empty(), "not before its time");
    for _ in 0..2 {
        weekly.run(at("2026-11-27T15:31")).await.unwrap();
    }
    let letters = fixture.send(at("2026-11-27T15:31")).await;
    assert_eq!(addresses(&letters), ["cl", "head", "sbm"]);
    for letter in &letters {
        let line = letter.text.lines().find(|line| line.contains("hurt myself")).unwrap();
        for part in ["Mina Okafor", "Kiddle", "24 November 2026, 10:15"] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        let (name, bytes) = letter.attachment.as_ref().unwrap();
        assert_eq!(name, "weekly-report-2026-11-27.pdf");
        assert!(bytes.starts_with(b"%PDF-"));
    }
    weekly.run(at("2026-12-04T15:31")).await.unwrap();
    let letters = fixture.send(at("2026-12-04T15:31")).await;
    assert_eq!(addresses(&letters), ["cl", "head", "sbm"]);
    assert!(letters.iter().all(|letter| letter.text.contains("Nothing was found")));
    assert_eq!(fixture.books.values::<IssuedReport>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn fm_47_a_report_nobody_opens_goes_to_the_safeguarding_lead_and_then_to_the_head() {
    let fixture = Fixture::new().await;
    let weekly = fixture.weekly();
    weekly.run(at("2026-11-27T15:31")).await.unwrap();
    fixture.send(at("2026-11-27T15:31")).await;
    let unopened = Unopened {
        books: fixture.books.clone(),
        snapshot: Arc::new(ArcSwapOption::from(Some(Arc::new(built())))),
        words: Arc::new(Words::english().unwrap()),
        desk_origin: "https://desk.example".into(),
    };
    let report = async || fixture.books.values::<IssuedReport>().await.unwrap().pop().unwrap();
    let mut told = Vec::new();
    for now in (0..14 * 24).map(|hour| at("2026-11-27T16:00").plus_minutes(hour * 60)) {
        unopened.run(now).await.unwrap();
        for letter in fixture.send(now).await {
            assert!(letter.text.contains(&format!("/reports/{}", report().await.id)), "{}", letter.text);
            told.push((letter.to.as_str().split('@').next().unwrap().to_owned(), now));
        }
    }
    let expected = [("dsl", "2026-12-02T00:00"), ("head", "2026-12-05T00:00")];
    assert_eq!(told, expected.map(|(who, when)| (who.to_owned(), at(when))));
    assert!(report().await.readers.contains(&Id::new(SAFEGUARDING)), "they may open it");
    let monday = at("2026-12-07T09:00");
    weekly.run(at("2026-12-04T15:31")).await.unwrap();
    let newest = fixture.books.all::<IssuedReport>().await.unwrap();
    let newest = newest.into_iter().max_by_key(|report| report.value.from).unwrap();
    let opened = usher_records::report::open(&newest, Id::new(LEAD), monday).unwrap();
    fixture.books.commit(&opened, &Actor::Person(Id::new(LEAD)), monday).await.unwrap();
    fixture.send(monday).await;
    unopened.run(at("2026-12-17T09:00")).await.unwrap();
    assert!(fixture.send(at("2026-12-17T09:00")).await.is_empty(), "one reader is enough");
}

#[tokio::test]
async fn what_an_adult_searched_is_told_to_the_head_alone() {
    let fixture = Fixture::new().await;
    let mut event = fixture.asks(1, "2026-11-24T10:15", "https://www.kiddle.co/s.php?q=x", None);
    if let What::Web(web) = &mut event.what {
        let mut adult = facts::subject("staff");
        adult.person = Some(Id::new(5));
        web.facts.who.subject = Arc::new(adult);
        web.facts.features.search = Some(Search { engine: "Kiddle".into(), words: "hurt myself".into() });
        let (theme, phrase) = (Theme::SelfHarm, "hurt myself".to_owned());
        web.facts.features.themes = vec![ThemeHit { theme, severity: 5, phrase, place: Place::Search }];
    }
    fixture.told.0.lock().unwrap().push(event);
    fixture.weekly().run(at("2026-11-27T15:31")).await.unwrap();
    let letters = fixture.send(at("2026-11-27T15:31")).await;
    assert_eq!(addresses(&letters), ["cl", "head", "sbm"]);
    let knows = |letter: &&Letter| letter.text.contains("Tom Ashdown");
    assert_eq!(addresses(&letters.iter().filter(knows).cloned().collect::<Vec<_>>()), ["head"]);
    let (_live, heard) = broadcast::channel(1);
    fixture.alerts(heard).run(at("2026-11-24T10:16")).await.unwrap();
    assert_eq!(addresses(&fixture.send(at("2026-11-24T10:16")).await), ["head"]);
}

#[tokio::test]
async fn a_mail_that_does_not_go_out_is_tried_again_and_goes_once() {
    let fixture = Fixture::new().await;
    fixture.weekly().run(at("2026-11-27T15:31")).await.unwrap();
    *fixture.bag.broken.lock().unwrap() = true;
    assert!(fixture.send(at("2026-11-27T15:31")).await.is_empty());
    let waiting = fixture.store.outbox(Id::new(1)).await.unwrap();
    assert_eq!((waiting.waiting, waiting.failing), (3, 3));
    *fixture.bag.broken.lock().unwrap() = false;
    assert!(fixture.send(at("2026-11-27T15:31").plus_seconds(30)).await.is_empty(), "it rests first");
    assert_eq!(fixture.send(at("2026-11-27T15:32")).await.len(), 3);
    assert!(fixture.send(at("2026-11-27T16:32")).await.is_empty(), "and goes once");
}

fn begun() -> Change {
    session::begin(&signed_in(CHILD), &[], SecondDevice::EndFirst, at("2026-11-23T10:00")).unwrap()
}

fn signed_in(person: u64) -> Session {
    Session {
        id: Id::new(500),
        account: None,
        owner: Owner::Person(Id::new(person)),
        group: None,
        bound: Bound::Device("10.0.0.14".parse().unwrap()),
        known_by: KnownBy::Password,
        clause_accepted: true,
        secret: None,
        from: at("2026-11-23T10:00"),
        until: at("2026-11-23T16:00"),
        idle_minutes: 20,
        ended: None,
    }
}

#[tokio::test]
async fn acc_10_a_sign_in_left_alone_is_written_down_as_ended() {
    let fixture = Fixture::new().await;
    let begun = begun();
    fixture.books.commit(&begun, &Actor::CommandLine, at("2026-11-23T10:00")).await.unwrap();
    let table = Arc::new(Table::new());
    table.sign_in(signed_in(CHILD), Arc::new(facts::subject("pupil.y4")));
    let sweep = Sweep { books: fixture.books.clone(), table };
    for _ in 0..2 {
        sweep.run(at("2026-11-23T10:21")).await.unwrap();
    }
    let ended = fixture.books.get::<Session, _>(signed_in(CHILD).id).await.unwrap().unwrap().value.ended;
    assert_eq!(ended, Some((at("2026-11-23T10:21"), EndReason::Idle)));
}

#[tokio::test]
async fn what_the_command_line_writes_is_taken_up() {
    let fixture = Fixture::new().await;
    let begun = begun();
    fixture.books.commit(&begun, &Actor::CommandLine, at("2026-11-23T10:00")).await.unwrap();
    let (table, publishes) = (Arc::new(Table::new()), Arc::new(Publishes::default()));
    table.sign_in(signed_in(CHILD), Arc::new(facts::subject("pupil.y4")));
    let publisher = Arc::clone(&publishes) as Arc<dyn Republish>;
    let follow =
        Follow::from_now(fixture.books.clone(), Arc::clone(&table), publisher, Arc::default()).await.unwrap();
    follow.run(at("2026-11-23T10:01")).await.unwrap();
    assert_eq!(*publishes.0.lock().unwrap(), 0, "nothing is new");

    let moved =
        fixture.books.get::<Person, _>(usher_types::ids::PersonId::new(CHILD)).await.unwrap().unwrap();
    let next = Person { groups: vec![], ..moved.value.clone() };
    let change = person::change(&moved, &next);
    fixture.books.commit(&change, &Actor::CommandLine, at("2026-11-23T10:02")).await.unwrap();
    follow.run(at("2026-11-23T10:02")).await.unwrap();
    let here = table.who("10.0.0.14".parse().unwrap(), at("2026-11-23T10:02"));
    assert!(here.subject.is_somebody() && here.subject.groups.is_empty());

    let moved =
        fixture.books.get::<Person, _>(usher_types::ids::PersonId::new(CHILD)).await.unwrap().unwrap();
    let next = Person { left: Some(jiff::civil::date(2026, 11, 22)), ..moved.value.clone() };
    let change = person::change(&moved, &next);
    fixture.books.commit(&change, &Actor::CommandLine, at("2026-11-23T10:03")).await.unwrap();
    load_people(&fixture.books, &table, at("2026-11-23T10:03")).await.unwrap();
    assert!(!table.who("10.0.0.14".parse().unwrap(), at("2026-11-23T10:03")).subject.is_somebody());
}

/// A publisher that fails once.
#[derive(Debug, Default)]
struct FailsOnce(Mutex<u32>);

#[async_trait]
impl Republish for FailsOnce {
    async fn republish(&self, _at: Moment) -> Result<(), String> {
        let mut times = self.0.lock().unwrap();
        *times += 1;
        if *times == 1 { Err("the lists are away".into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn what_could_not_be_taken_up_is_taken_up_at_the_next_run() {
    let fixture = Fixture::new().await;
    let publisher = Arc::new(FailsOnce::default());
    let table = Arc::new(Table::new());
    let seam = Arc::clone(&publisher) as Arc<dyn Republish>;
    let follow = Follow::from_now(fixture.books.clone(), table, seam, Arc::default()).await.unwrap();
    let list = LessonList { id: Id::new(77), name: "Bees".into(), group: None, pages: vec![], checked: None };
    let change = Change::of(Action::LessonListSaved, Write::of(&list, Expect::New));
    fixture.books.commit(&change, &Actor::CommandLine, at("2026-11-23T10:02")).await.unwrap();
    assert!(follow.run(at("2026-11-23T10:02")).await.is_err());
    follow.run(at("2026-11-23T10:03")).await.unwrap();
    follow.run(at("2026-11-23T10:04")).await.unwrap();
    assert_eq!(*publisher.0.lock().unwrap(), 2, "once in vain, once with success, and never again");
}

#[tokio::test]
async fn acc_16_when_the_leaving_date_comes_the_return_list_is_there_once_and_complete() {
    let fixture = Fixture::new().await;
    let commit = async |change: Change, when: &str| {
        fixture.books.commit(&change, &Actor::CommandLine, at(when)).await.unwrap();
    };
    let laptop = |id, name: &str| {
        let loan = Some(Loan { to: Id::new(CHILD), by: Id::new(1), at: at("2026-11-20T09:00") });
        Device {
            id: Id::new(id),
            name: name.into(),
            room: None,
            address: None,
            managed: true,
            loan,
            hardware: None,
        }
    };
    commit(equipment::add(&laptop(900, "LAP-07")).unwrap(), "2026-11-20T09:00").await;
    let before =
        fixture.books.get::<Person, _>(usher_types::ids::PersonId::new(CHILD)).await.unwrap().unwrap();
    let leaver = Person { left: Some(jiff::civil::date(2026, 11, 24)), ..before.value.clone() };
    commit(person::change(&before, &leaver), "2026-11-20T09:01").await;

    let job = Leavers { books: fixture.books.clone(), ids: Arc::new(Counting::default()) };
    let lists = async || fixture.books.values::<ReturnList>().await.unwrap();
    job.run(at("2026-11-23T23:59")).await.unwrap();
    assert!(lists().await.is_empty(), "not before the day");
    job.run(at("2026-11-24T00:01")).await.unwrap();
    let list = lists().await.pop().unwrap();
    assert_eq!((list.person, list.items.len()), (Id::new(CHILD), 1));
    commit(equipment::add(&laptop(901, "LAP-08")).unwrap(), "2026-11-24T00:01").await;
    for minutes in [6, 11] {
        job.run(at("2026-11-24T00:01").plus_minutes(minutes)).await.unwrap();
    }
    let list = lists().await;
    assert_eq!((list.len(), list[0].items.len()), (1, 2), "one list, and what was lent in between");
}
