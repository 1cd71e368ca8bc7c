//! Private time of staff: counted when a day is over, told to the person first, handed on later.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

mod told;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jiff::civil::time;
use usher_activity::question::Activity;
use usher_events::event::What;
use usher_jobs::private_use::{PrivateUse, Tools};
use usher_jobs::runner::Job;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_records::change::{Action, Actor, Change, Expect, Stored, To, Write};
use usher_records::noun::Noun;
use usher_records::permission::Ask;
use usher_records::permission::act::{self, By, Decision};
use usher_records::permission::matter::{Detail, Matter};
use usher_records::permission::rules::Terms;
use usher_records::private_use::{PrivateTime, Span};
use usher_records::school::{School, set_up};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, school, staff};
use usher_testkit::{events, facts, lists, snapshot};
use usher_types::calendar::{Period, PeriodKind, SchoolCalendar};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_words::Words;

use self::told::Told;

const RUTH: u64 = 9;
const HEAD: u64 = 1;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

fn a_school() -> Snapshot {
    let period = |kind, from, until| Period { name: "p".into(), kind, from, until };
    let mut document = snapshot::policy("numbered");
    document.calendar = SchoolCalendar {
        periods: vec![
            period(PeriodKind::Lesson, time(9, 0, 0, 0), time(12, 0, 0, 0)),
            period(PeriodKind::Lunch, time(12, 0, 0, 0), time(13, 0, 0, 0)),
            period(PeriodKind::Lesson, time(13, 0, 0, 0), time(15, 30, 0, 0)),
        ],
        ..SchoolCalendar::default()
    };
    let sites = [("shopping", "shop.example"), ("finance-and-banking", "bank.example")];
    snapshot::build(document, lists::library(&sites, vec![]), &[], &[])
}

struct Office {
    books: Books,
    store: Arc<dyn Store>,
    recorded: Arc<Told>,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    _folder: tempfile::TempDir,
}

impl Office {
    async fn new(week_minutes: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let start = at("2026-11-20T15:00");
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(Arc::clone(&store), Id::new(1));
        let mut school = School { set_up_at: start, ..school("numbered") };
        school.settings.private_use.week_minutes = week_minutes;
        books.commit(&set_up(&school), &Actor::CommandLine, start).await.unwrap();
        let office = Self {
            books,
            store,
            recorded: Arc::new(Told::default()),
            snapshot: Arc::new(ArcSwapOption::from_pointee(a_school())),
            _folder: folder,
        };
        office.add(&staff(HEAD, "Hester Hale", &[Role::Headteacher])).await;
        office.add(&staff(RUTH, "Ruth Penhallow", &[Role::Teacher])).await;
        office
    }

    async fn commit(&self, change: &Change, when: &str) {
        self.books.commit(change, &Actor::CommandLine, at(when)).await.unwrap();
    }

    async fn add<N: Noun>(&self, noun: &N) {
        let change = Change::of(Action::PersonAdded, Write::of(noun, Expect::New));
        self.commit(&change, "2026-11-20T15:00").await;
    }

    /// The job as a server has it that begins now.
    fn job(&self) -> PrivateUse {
        PrivateUse::new(Tools {
            books: self.books.clone(),
            activity: Arc::clone(&self.recorded) as Arc<dyn Activity>,
            snapshot: Arc::clone(&self.snapshot),
            words: Arc::new(Words::english().unwrap()),
            ids: Arc::new(Counting::from(
                u64::try_from(self.recorded.0.lock().unwrap().len()).unwrap() + 7_000,
            )),
            portal_origin: "https://usher.internal".into(),
            desk_origin: "https://desk.example".into(),
        })
    }

    /// Ruth opens pages of a site for so many minutes, one every four, and then something for her lesson.
    fn opens(&self, site: &str, from: &str, minutes: i64) {
        let mut recorded = self.recorded.0.lock().unwrap();
        let snapshot = self.snapshot.load_full().unwrap();
        for minute in (0..=minutes).step_by(4).chain([minutes]) {
            let site = if minute == minutes { "maths.example" } else { site };
            let mut subject = facts::subject("staff");
            subject.person = Some(Id::new(RUTH));
            let asked = facts::get(facts::at_device(subject), &format!("https://{site}/"));
            let number = 9_000 + u64::try_from(recorded.len()).unwrap();
            let mut event = events::web(number, &snapshot, asked, at(from).plus_minutes(minute));
            if let What::Web(web) = &mut event.what {
                web.decision.verdict = Verdict::Allow;
            }
            recorded.push(event);
        }
    }

    async fn items(&self) -> Vec<PrivateTime> {
        let mut items = self.books.values::<PrivateTime>().await.unwrap();
        items.sort_by_key(|item| item.from);
        items
    }

    /// Mails that wait, to whom and what.
    async fn mails(&self, when: &str) -> Vec<(To, String)> {
        let now = at(when);
        let mails = self.store.take_mails(Id::new(1), now, now.plus_minutes(1), 10).await.unwrap();
        mails.into_iter().map(|one| (one.mail.to, one.mail.text)).collect()
    }
}

#[tokio::test]
async fn web_23_seventy_minutes_of_shopping_are_one_item_to_the_person_and_to_the_head_when_their_days_are_over()
 {
    let office = Office::new(0).await;
    office.opens("shop.example", "2026-11-24T10:00", 70);
    let job = office.job();
    job.run(at("2026-11-24T16:00")).await.unwrap();
    assert!(office.items().await.is_empty(), "the day is not over");
    for when in ["2026-11-25T00:10", "2026-11-25T00:25"] {
        job.run(at(when)).await.unwrap();
    }
    office.job().run(at("2026-11-25T07:00")).await.unwrap();
    let items = office.items().await;
    assert_eq!(items.len(), 1, "one item, however often it is counted");
    let item = &items[0];
    assert_eq!(
        (item.person, item.span, item.minutes, item.limit_minutes),
        (Id::new(RUTH), Span::Day, 70, 30)
    );
    assert_eq!((item.figures[0].category.as_str(), item.figures[0].minutes), ("shopping", 70));
    assert_eq!(item.handed, None);
    let mails = office.mails("2026-11-25T07:30").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, To::Person(Id::new(RUTH)), "the person first");
    assert!(mails[0].1.contains("70 minutes") && mails[0].1.contains("30 minutes"), "{}", mails[0].1);
    let entries = office.store.journal(Id::new(1), 0, 100).await.unwrap();
    let told = entries
        .iter()
        .map(|entry| entry.read().unwrap())
        .find(|line| line.action == Action::PrivateTimeRaised);
    assert_eq!(told.unwrap().about, None, "whoever reads the journal is not told before the head");

    // Five school days from Wednesday: until Tuesday evening.
    job.run(at("2026-12-01T23:50")).await.unwrap();
    assert_eq!(office.items().await[0].handed, None);
    for when in ["2026-12-02T00:05", "2026-12-02T00:20"] {
        job.run(at(when)).await.unwrap();
    }
    assert_eq!(office.items().await[0].handed, Some(at("2026-12-02T00:05")));
    let mails = office.mails("2026-12-02T07:30").await;
    let to_head: Vec<_> = mails.iter().filter(|(to, _)| *to == To::Person(Id::new(HEAD))).collect();
    assert_eq!(to_head.len(), 1);
    assert!(to_head[0].1.contains("Ruth Penhallow"), "{}", to_head[0].1);
}

#[tokio::test]
async fn prm_07_with_personal_banking_at_lunch_on_the_list_lunch_is_no_longer_counted() {
    for (allowed, found) in [(false, 1), (true, 0)] {
        let office = Office::new(0).await;
        if allowed {
            let ask = Ask {
                matter: Matter::PrivateUse,
                reason: "The governors find it reasonable".into(),
                details: [(Detail::What, "Personal banking".to_owned())].into(),
                whom: vec![],
                pages: vec![],
                opens: vec![],
                meeting: false,
                categories: vec![usher_lists::category::Category::parse("finance-and-banking").unwrap()],
                periods: vec![PeriodKind::Lunch],
                sites: vec![],
                lesson: None,
                from: at("2026-11-23T09:00"),
                until: Some(at("2026-12-18T16:00")),
            };
            let terms = Terms { deciders: vec![Role::Headteacher], longest_days: 366, two_people: false };
            let by = |person| By { person: Id::new(person), at: at("2026-11-23T09:00") };
            let (asked, change) = act::ask(Id::new(950), ask, &terms, by(RUTH)).unwrap();
            office.commit(&change, "2026-11-23T09:00").await;
            let yes = Decision {
                yes: true,
                words: "At lunch".into(),
                two_people: false,
                grants: vec![],
                mails: vec![],
            };
            let change = act::decide(&Stored { value: asked, version: 1 }, yes, by(HEAD)).unwrap();
            office.commit(&change, "2026-11-23T09:00").await;
        }
        office.opens("bank.example", "2026-11-24T12:00", 40);
        office.opens("bank.example", "2026-11-24T14:00", 20);
        office.job().run(at("2026-11-25T00:10")).await.unwrap();
        assert_eq!(office.items().await.len(), found, "allowed: {allowed}");
    }
}

#[tokio::test]
async fn web_23_a_week_over_its_limit_is_one_item_unless_a_day_of_it_was_told() {
    let office = Office::new(60).await;
    for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
        office.opens("shop.example", &format!("{day}T10:00"), 24);
    }
    let job = office.job();
    job.run(at("2026-11-29T12:00")).await.unwrap();
    assert!(office.items().await.is_empty(), "no day was over its own limit, and the week is not over");
    job.run(at("2026-11-30T00:10")).await.unwrap();
    let items = office.items().await;
    assert_eq!((items.len(), items[0].span, items[0].minutes), (1, Span::Week, 72));
    office.opens("shop.example", "2026-12-01T10:00", 80);
    job.run(at("2026-12-02T00:10")).await.unwrap();
    job.run(at("2026-12-07T00:10")).await.unwrap();
    let spans: Vec<_> = office.items().await.iter().map(|item| item.span).collect();
    assert_eq!(spans, [Span::Week, Span::Day], "nobody is told of the same minutes twice");
}
