//! Alerts on their way to somebody: what a program read becomes one, quiet hours hold the lesser, grave ones go on to the
//! next of the rota until somebody takes them up, and a drill goes the same way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

mod told;

use std::sync::Arc;

use jiff::civil::time;
use tempfile::TempDir;
use tokio::sync::broadcast;
use usher_activity::question::Activity;
use usher_detect::judge::Reading;
use usher_detect::queue::Queue;
use usher_jobs::alerts::telling::Telling;
use usher_jobs::alerts::{Alerts, Reader, Tools};
use usher_jobs::rota::Rota;
use usher_jobs::runner::Job;
use usher_lists::category::Catalogue;
use usher_records::alert::{self, Alert, Concern, Rule, State};
use usher_records::answering::{Answering, QuietHours};
use usher_records::change::{Action, Actor, Change, Expect, To, Write};
use usher_records::school::{School, set_up};
use usher_scan::features::{Features, Search};
use usher_scan::theme::Theme;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, pupil, school, staff};
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_words::Words;

use self::told::Told;

const HEAD: u64 = 1;
const DEPUTY: u64 = 2;
const LEAD: u64 = 3;
const SAFEGUARDING: u64 = 4;
const CHILD: u64 = 7;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

struct Fixture {
    _folder: TempDir,
    books: Books,
}

impl Fixture {
    async fn new(answer: Answering) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let start = at("2026-11-20T16:00");
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(Arc::clone(&store), Id::new(1));
        let mut school = School { set_up_at: start, ..school("comprehensive") };
        school.settings.alarms.answer = answer;
        books.commit(&set_up(&school), &Actor::CommandLine, start).await.unwrap();
        let people = [
            staff(HEAD, "Alan Whitlock", &[Role::Headteacher]),
            staff(DEPUTY, "Joan Price", &[Role::SeniorLeader]),
            staff(LEAD, "Ada Bell", &[Role::ComputingLead]),
            staff(SAFEGUARDING, "Ruth Amara", &[Role::SafeguardingLead]),
            pupil(CHILD, "Mina Okafor", 4, 30),
        ];
        for person in people {
            let change = Change::of(Action::PersonAdded, Write::of(&person, Expect::New));
            books.commit(&change, &Actor::CommandLine, start).await.unwrap();
        }
        Self { _folder: folder, books }
    }

    fn telling(&self) -> Telling {
        Telling {
            books: self.books.clone(),
            words: Arc::new(Words::english().unwrap()),
            desk_origin: "https://desk.example".into(),
            hook: true,
        }
    }

    async fn rota(&self, when: &str) {
        Rota { telling: self.telling() }.run(at(when)).await.unwrap();
    }

    async fn alert(&self) -> Alert {
        let mut all = self.books.values::<Alert>().await.unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Whom mails went to since last asked, and what they say.
    async fn mails(&self, when: &str) -> Vec<(u64, String)> {
        let store = self.books.store();
        let mut found = Vec::new();
        for mail in
            store.take_mails(self.books.school(), at(when), at(when).plus_minutes(5), 100).await.unwrap()
        {
            let To::Person(reader) = mail.mail.to else { continue };
            found.push((reader.number(), format!("{}\n{}", mail.mail.subject, mail.mail.text)));
            store.mail_sent(self.books.school(), mail.number, at(when)).await.unwrap();
        }
        found.sort();
        found
    }

    /// What went to the school's own address since last asked.
    async fn messages(&self, when: &str) -> Vec<String> {
        let (store, school) = (self.books.store(), self.books.school());
        let mut found = store.take_mails(school, at(when), at(when).plus_minutes(5), 100).await.unwrap();
        found.retain(|waiting| waiting.mail.to == To::Hook);
        found.into_iter().map(|waiting| format!("{}\n{}", waiting.mail.subject, waiting.mail.text)).collect()
    }

    /// A search no list knows, at a quarter past ten; a program reads self-harm in it, and an alert is raised.
    async fn searched(&self) {
        let reading = Reading { theme: Theme::SelfHarm, score: 0.97, sure: true };
        let reader = Queue::reading_with(4, move || Ok(("test".into(), move |_: &str| Some(vec![reading]))));
        let (live, alerts) = self.alerts(Some(reader.unwrap()));
        alerts.run(at("2026-11-23T10:00")).await.unwrap();
        live.send(search("2026-11-23T10:15")).unwrap();
        // The program reads in its own thread; the job asks again until it has.
        while self.books.values::<Alert>().await.unwrap().is_empty() {
            alerts.run(at("2026-11-23T10:15")).await.unwrap();
            tokio::task::yield_now().await;
        }
    }

    fn alerts(&self, reader: Option<Reader>) -> (broadcast::Sender<Arc<usher_events::event::Event>>, Alerts) {
        let (live, heard) = broadcast::channel(16);
        let told = Arc::new(Told::default());
        let tools = Tools {
            books: self.books.clone(),
            activity: told as Arc<dyn Activity>,
            catalogue: Catalogue::ours().unwrap(),
            words: Arc::new(Words::english().unwrap()),
            ids: Arc::new(Counting::default()),
            desk_origin: "https://desk.example".into(),
            hook: true,
            reader,
        };
        (live, Alerts::new(tools, heard))
    }
}

fn readers(mails: &[(u64, String)]) -> Vec<u64> {
    mails.iter().map(|(reader, _)| *reader).collect()
}

/// A search no list knows.
fn search(when: &str) -> Arc<usher_events::event::Event> {
    let library = lists::library(&[], vec![]);
    let snapshot = snapshot::build(snapshot::policy("comprehensive"), library, &[], &[]);
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(CHILD));
    let mut facts = facts::get(facts::at_device(subject), "https://www.kiddle.co/s.php?q=x");
    facts.features = Features {
        search: Some(Search { engine: "Kiddle".into(), words: "i want to disappear for good".into() }),
        themes: vec![],
    };
    Arc::new(events::web(1, &snapshot, facts, at(when)))
}

#[tokio::test]
async fn fm_48_an_alert_nobody_takes_up_goes_to_the_next_of_the_rota_until_somebody_does() {
    let fixture = Fixture::new(Answering::default()).await;
    let told = vec![Id::new(HEAD), Id::new(SAFEGUARDING)];
    let whose = alert::Whose::Person(Id::new(CHILD));
    let began = at("2026-11-23T10:00");
    let raised = Alert { severity: 5, told, ..Alert::new(Id::new(900), Concern::GraveWords, whose, began) };
    fixture.books.commit(&alert::raise(&raised, vec![]), &Actor::CommandLine, began).await.unwrap();
    fixture.rota("2026-11-23T10:14").await;
    assert_eq!(fixture.mails("2026-11-23T10:14").await, []);
    fixture.rota("2026-11-23T10:15").await;
    let mails = fixture.mails("2026-11-23T10:15").await;
    assert_eq!(readers(&mails), [DEPUTY]);
    assert!(mails[0].1.contains("nobody has taken the alert up within 15"), "{}", mails[0].1);
    assert!(mails[0].1.contains("/alerts/") && !mails[0].1.contains('⟨'));
    fixture.rota("2026-11-23T10:16").await;
    assert_eq!(fixture.mails("2026-11-23T10:16").await, [], "once");
    fixture.rota("2026-11-23T10:30").await;
    assert_eq!(readers(&fixture.mails("2026-11-23T10:30").await), [LEAD]);
    fixture.rota("2026-11-23T11:30").await;
    assert_eq!(fixture.mails("2026-11-23T11:30").await, [], "the rota is through");
    let stored = fixture.books.get::<Alert, _>(raised.id).await.unwrap().unwrap();
    assert_eq!(stored.value.passed_on.len(), 2);
    let taken = alert::see(&stored, Id::new(DEPUTY), at("2026-11-23T11:31")).unwrap();
    fixture.books.commit(&taken, &Actor::CommandLine, at("2026-11-23T11:31")).await.unwrap();
    assert_eq!(fixture.alert().await.state(), State::Seen);
}

#[tokio::test]
async fn fm_48_a_drill_is_told_like_the_real_thing_and_says_that_it_is_one() {
    let fixture = Fixture::new(Answering::default()).await;
    let began = at("2026-11-23T10:00");
    fixture.books.commit(&alert::drill(Id::new(900), began), &Actor::CommandLine, began).await.unwrap();
    fixture.rota("2026-11-23T10:00").await;
    let mails = fixture.mails("2026-11-23T10:00").await;
    assert_eq!(readers(&mails), [HEAD, SAFEGUARDING]);
    assert!(mails.iter().all(|(_, text)| text.starts_with("DRILL")), "{mails:?}");
    fixture.rota("2026-11-23T10:15").await;
    assert_eq!(readers(&fixture.mails("2026-11-23T10:15").await), [DEPUTY]);
}

#[tokio::test]
async fn um_18_what_a_program_reads_asks_people_to_look_says_so_and_is_never_the_gravest() {
    let fixture = Fixture::new(Answering::default()).await;
    fixture.searched().await;
    let alert = fixture.alert().await;
    assert_eq!((alert.concern, alert.severity), (Concern::GraveWords, 4));
    assert_eq!(alert.rules, [Rule::Program("self-harm".into())]);
    assert_eq!((alert.read[0].theme.as_str(), alert.read[0].percent), ("self-harm", 97));
    let mails = fixture.mails("2026-11-23T10:16").await;
    assert_eq!(readers(&mails), [HEAD, SAFEGUARDING]);
    assert!(mails[0].1.contains("Programs are often wrong"), "{}", mails[0].1);
    assert!(!mails[0].1.contains("disappear"), "the words stay in Usher");
}

#[tokio::test]
async fn fm_48_a_message_to_the_schools_own_address_names_a_child_only_where_the_school_wants_that() {
    for hook_names in [false, true] {
        let fixture = Fixture::new(Answering { hook_names, ..Answering::default() }).await;
        fixture.searched().await;
        let messages = fixture.messages("2026-11-23T10:16").await;
        assert_eq!(messages.len(), 1, "one, however many are told by mail: {messages:?}");
        assert_eq!(messages[0].contains("Mina"), hook_names, "{messages:?}");
        assert_eq!(messages[0].contains("grade 4 of 5"), !hook_names, "{messages:?}");
        assert!(messages[0].contains("https://desk.example/alerts/") && !messages[0].contains("disappear"));
        fixture.rota("2026-11-23T10:31").await;
        assert_eq!(fixture.messages("2026-11-23T10:31").await.len(), 2, "that, and that it is passed on");
    }
}

#[tokio::test]
async fn um_04_a_retired_rule_raises_nothing_and_an_unsure_program_neither() {
    for (answer, sure) in [
        (Answering { retired: vec!["program.self-harm".into()], ..Answering::default() }, true),
        (Answering::default(), false),
    ] {
        let fixture = Fixture::new(answer).await;
        let reading = Reading { theme: Theme::SelfHarm, score: 0.97, sure };
        let reader = Queue::reading_with(4, move || Ok(("test".into(), move |_: &str| Some(vec![reading]))));
        let reader = reader.unwrap();
        let counts = reader.counts();
        let (live, alerts) = fixture.alerts(Some(reader));
        alerts.run(at("2026-11-23T10:00")).await.unwrap();
        live.send(search("2026-11-23T10:15")).unwrap();
        while counts.read() == 0 {
            alerts.run(at("2026-11-23T10:15")).await.unwrap();
            tokio::task::yield_now().await;
        }
        alerts.run(at("2026-11-23T10:16")).await.unwrap();
        alerts.run(at("2026-11-23T10:17")).await.unwrap();
        assert!(fixture.books.values::<Alert>().await.unwrap().is_empty(), "{sure}");
    }
}

#[tokio::test]
async fn in_quiet_hours_a_lesser_alert_waits_and_is_told_when_they_end() {
    let night = QuietHours { from: time(18, 0, 0, 0), until: time(7, 0, 0, 0), passes_from: 5 };
    let fixture = Fixture::new(Answering { quiet: Some(night), ..Answering::default() }).await;
    let reading = Reading { theme: Theme::SelfHarm, score: 0.97, sure: true };
    let reader = Queue::reading_with(4, move || Ok(("test".into(), move |_: &str| Some(vec![reading]))));
    let (live, alerts) = fixture.alerts(Some(reader.unwrap()));
    alerts.run(at("2026-11-23T21:00")).await.unwrap();
    live.send(search("2026-11-23T21:15")).unwrap();
    while fixture.books.values::<Alert>().await.unwrap().is_empty() {
        alerts.run(at("2026-11-23T21:15")).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.mails("2026-11-23T21:16").await, []);
    fixture.rota("2026-11-24T06:59").await;
    assert_eq!(fixture.alert().await.told, []);
    fixture.rota("2026-11-24T07:00").await;
    assert_eq!(readers(&fixture.mails("2026-11-24T07:00").await), [HEAD, SAFEGUARDING]);
    fixture.rota("2026-11-24T07:14").await;
    assert_eq!(fixture.mails("2026-11-24T07:14").await, []);
    fixture.rota("2026-11-24T07:15").await;
    assert_eq!(readers(&fixture.mails("2026-11-24T07:15").await), [DEPUTY], "counted from when it was told");
}
