//! What ends by its time: pictures of slips, passwords with the half-term, laptops lent for a part of a day.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tempfile::TempDir;
use usher_jobs::half_term::HalfTerm;
use usher_jobs::lendings::Lendings;
use usher_jobs::runner::Job;
use usher_jobs::scans::Scans;
use usher_network::table::Table;
use usher_policy::snapshot::Snapshot;
use usher_records::account::{self, Account, Hashed, OpenAccount, Owner, Username};
use usher_records::agreement::AgreementVersion;
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Involved, Opening, Origin, Party};
use usher_records::case::{self, Case};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::code::Code;
use usher_records::device::Device;
use usher_records::keeping::{Disposal, Removed, Rule};
use usher_records::lending::{self, Lending};
use usher_records::noun::Noun;
use usher_records::person::Person;
use usher_records::school::set_up;
use usher_records::session::{Bound, KnownBy, Session, begin};
use usher_records::settings::SecondDevice;
use usher_records::slip::{Print, Scan, Slip, attach, print};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{pupil, school, staff};
use usher_testkit::{facts, lists, snapshot};
use usher_types::calendar::Term;
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

async fn books() -> (TempDir, Books) {
    let folder = tempfile::tempdir().unwrap();
    let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    store.add_school(Id::new(1), at("2026-09-01T08:00")).await.unwrap();
    let books = Books::new(store, Id::new(1));
    commit(&books, set_up(&school("comprehensive")), "2026-09-01T08:00").await;
    (folder, books)
}

async fn commit(books: &Books, change: Change, when: &str) {
    books.commit(&change, &Actor::CommandLine, at(when)).await.unwrap();
}

async fn add<N: Noun>(books: &Books, noun: &N) {
    let change = Change::of(Action::PersonAdded, Write::of(noun, Expect::New));
    commit(books, change, "2026-09-01T08:00").await;
}

#[tokio::test]
async fn agr_09_inc_13_the_picture_of_a_slip_is_gone_a_year_after_its_agreement_unless_a_case_holds_it() {
    let (_folder, books) = books().await;
    add(&books, &pupil(71, "Ada Bell", 4, 30)).await;
    let version = AgreementVersion {
        id: Id::new(5),
        key: "pupil-ks2".into(),
        version: "2026".into(),
        title: "Using computers".into(),
        digest: Digest::of(b"text"),
        published_at: at("2026-09-01T08:00"),
        material: true,
        in_force: true,
        contract_term: false,
    };
    add(&books, &version).await;
    let asked = Print {
        id: Id::new(3),
        code: Code::of([7; 11]),
        child: Id::new(71),
        version: &version,
        by: Id::new(9),
    };
    commit(&books, print(vec![asked], at("2026-09-10T08:00")).unwrap(), "2026-09-10T08:00").await;
    let sealed = books.store().put_blob(Id::new(1), b"sealed").await.unwrap();
    let slip = async || books.all::<Slip>().await.unwrap().pop().unwrap();
    let scan = Scan {
        uploaded: Digest::of(b"file"),
        sealed,
        name: "a.jpg".into(),
        by: Id::new(9),
        at: at("2026-09-12T08:00"),
        deleted: None,
    };
    commit(&books, attach(&slip().await, scan).unwrap(), "2026-09-12T08:00").await;
    let ids = Arc::new(usher_testkit::school::Counting::default());
    let job = Scans { books: books.clone(), ids };
    let kept = async || books.store().blob(Id::new(1), sealed).await.unwrap().is_some();
    // The agreement ends on 1 September 2027; 365 days later is 31 August 2028.
    job.run(at("2028-08-30T23:00")).await.unwrap();
    assert!(kept().await);
    // INC-13: while a case about the child holds it, it stays.
    let head = |when: &str| case::By { person: Id::new(1), at: at(when) };
    let opening = Opening {
        origin: Origin::Report,
        kind: "off-task".into(),
        severity: 1,
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(Id::new(71)), part: case::thread::Part::Subject }],
        nine: Nine { details: "Went to a shop in maths".into(), ..Nine::default() },
        rule: None,
        area: None,
    };
    let (_, change) = case::open(Id::new(6), 1, opening, head("2028-08-30T09:00")).unwrap();
    commit(&books, change, "2028-08-30T09:00").await;
    let thread = async || books.all::<Case>().await.unwrap().pop().unwrap();
    for (on, when) in [(true, "2028-08-30T10:00"), (false, "2028-08-31T00:05")] {
        let change = case::act::hold(&thread().await, head(when), on, "The police asked for it").unwrap();
        commit(&books, change, when).await;
        if on {
            job.run(at("2028-08-31T00:01")).await.unwrap();
            assert!(kept().await, "it is held");
        }
    }
    for minutes in [0, 60] {
        job.run(at("2028-08-31T00:10").plus_minutes(minutes)).await.unwrap();
    }
    assert!(!kept().await);
    let slip = slip().await.value;
    assert_eq!(slip.scans[0].deleted, Some(at("2028-08-31T00:10")), "once, and it says when");
    assert_eq!(slip.scans[0].by, Id::new(9));
    let log = books.values::<Disposal>().await.unwrap();
    let line = log.iter().map(|line| (line.what, line.count, line.rule, line.held)).collect::<Vec<_>>();
    assert_eq!(line, [(Removed::Pictures, 1, Rule::AfterAgreement { days: 365 }, 0)]);
}

fn terms(profile: &str) -> Arc<ArcSwapOption<Snapshot>> {
    let mut policy = snapshot::policy(profile);
    policy.calendar.terms = vec![Term {
        name: "Autumn 2".into(),
        first: jiff::civil::date(2026, 11, 2),
        last: jiff::civil::date(2026, 12, 18),
    }];
    let library = lists::library(&[], vec![]);
    Arc::new(ArcSwapOption::from_pointee(snapshot::build(policy, library, &[], &[])))
}

async fn account(books: &Books, id: u64, person: &Person) {
    add(books, person).await;
    let username = Username::parse(&format!("user{id}")).unwrap();
    let asked = OpenAccount { id: Id::new(id), username, person: Some((person.kind, person.id)), year: None };
    let (_, change) = account::open(asked).unwrap();
    commit(books, change, "2026-09-01T08:00").await;
    let stored = books.get::<Account, _>(account::AccountId::new(id)).await.unwrap().unwrap();
    let set = at("2026-10-01T08:00");
    let change = account::set_secret(&stored, &[], Hashed::Password("hash".into()), false, set);
    commit(books, change, "2026-10-01T08:00").await;
}

#[tokio::test]
async fn acc_11_when_the_half_term_begins_staff_must_set_a_new_password_and_pupils_need_not() {
    let (_folder, books) = books().await;
    account(&books, 51, &staff(7, "Joan Price", &[Role::Teacher])).await;
    account(&books, 52, &pupil(71, "Ada Bell", 4, 30)).await;
    let job = HalfTerm { books: books.clone(), snapshot: terms("comprehensive") };
    let must = async || {
        let accounts = books.values::<Account>().await.unwrap();
        accounts.into_iter().filter(|one| one.must_change).map(|one| one.id.number()).collect::<Vec<_>>()
    };
    job.run(at("2026-11-01T23:59")).await.unwrap();
    assert!(must().await.is_empty(), "the day before");
    job.run(at("2026-11-02T00:05")).await.unwrap();
    assert_eq!(must().await, [51]);
    job.run(at("2026-11-02T00:15")).await.unwrap();
    let account = books.get::<Account, _>(account::AccountId::new(51)).await.unwrap().unwrap();
    let old =
        account::set_secret(&account, &[], Hashed::Password("hash".into()), false, at("2026-10-01T08:00"));
    commit(&books, old, "2026-11-02T00:20").await;
    job.run(at("2026-11-02T10:00")).await.unwrap();
    assert!(must().await.is_empty(), "a half-term is dealt with once");
    let journal = books.store().journal(Id::new(1), 0, 100).await.unwrap();
    let lapsed = journal.iter().filter(|entry| entry.read().unwrap().action == Action::PasswordLapsed);
    assert_eq!(lapsed.count(), 1, "once");
}

#[tokio::test]
async fn acc_11_a_school_that_begins_with_it_in_a_half_term_lets_nothing_lapse_before_the_next() {
    let (_folder, books) = books().await;
    account(&books, 51, &staff(7, "Joan Price", &[Role::Teacher])).await;
    let job = HalfTerm { books: books.clone(), snapshot: terms("comprehensive") };
    for moment in ["2026-11-02T09:00", "2026-11-02T09:10", "2026-11-30T09:00"] {
        job.run(at(moment)).await.unwrap();
        assert!(!books.values::<Account>().await.unwrap()[0].must_change, "{moment}");
    }
}

#[tokio::test]
async fn acc_11_a_school_that_does_not_ask_for_it_lets_nothing_lapse() {
    let (_folder, books) = books().await;
    account(&books, 51, &staff(7, "Joan Price", &[Role::Teacher])).await;
    let before = books.get::<usher_records::school::School, _>(books.school()).await.unwrap().unwrap();
    let mut after = before.value.clone();
    after.settings.passwords.lapse = usher_records::settings::Lapse::Never;
    commit(&books, usher_records::school::change(&before, &after, "as advised"), "2026-10-01T08:00").await;
    let job = HalfTerm { books: books.clone(), snapshot: terms("numbered") };
    job.run(at("2026-11-02T00:05")).await.unwrap();
    assert!(!books.values::<Account>().await.unwrap()[0].must_change);
}

#[tokio::test]
async fn acc_13_a_lent_laptop_signs_its_borrower_out_at_the_end_and_nobody_else() {
    let (_folder, books) = books().await;
    let (l3, other): (IpAddr, IpAddr) = ("10.0.0.3".parse().unwrap(), "10.0.0.4".parse().unwrap());
    let device = Device {
        id: Id::new(303),
        name: "L3".into(),
        room: None,
        address: Some(l3),
        managed: true,
        loan: None,
        hardware: None,
    };
    add(&books, &device).await;
    let table = Arc::new(Table::new());
    for (id, person, address) in [(61, 8, l3), (62, 12, other)] {
        let session = Session {
            id: Id::new(id),
            account: Some(Id::new(id)),
            owner: Owner::Person(Id::new(person)),
            group: None,
            bound: Bound::Device(address),
            known_by: KnownBy::Password,
            clause_accepted: true,
            secret: None,
            from: at("2026-11-24T13:00"),
            until: at("2026-11-24T18:00"),
            idle_minutes: 600,
            ended: None,
        };
        let change = begin(&session, &[], SecondDevice::Allow, at("2026-11-24T13:00")).unwrap();
        commit(&books, change, "2026-11-24T13:00").await;
        table.sign_in(session, Arc::new(facts::subject("staff")));
    }
    let lending = Lending {
        id: Id::new(1),
        device: device.id,
        to: Id::new(8),
        by: Id::new(9),
        from: at("2026-11-24T13:00"),
        until: at("2026-11-24T15:30"),
        ended_at: None,
    };
    commit(&books, lending::lend(&lending, true).unwrap(), "2026-11-24T13:00").await;
    let job = Lendings { books: books.clone(), table: Arc::clone(&table) };
    let here = |when: &str| [l3, other].map(|address| table.session_at(address, at(when)).is_some());
    job.run(at("2026-11-24T15:29")).await.unwrap();
    assert_eq!(here("2026-11-24T15:29"), [true, true]);
    job.run(at("2026-11-24T15:30")).await.unwrap();
    assert_eq!(here("2026-11-24T15:30"), [false, true]);
    let kept = books.values::<Lending>().await.unwrap().pop().unwrap();
    assert_eq!(kept.ended_at, Some(at("2026-11-24T15:30")));
    let ended = books.values::<Session>().await.unwrap().into_iter().filter(|one| one.ended.is_some());
    assert_eq!(ended.map(|one| one.id.number()).collect::<Vec<_>>(), [61], "and it is written down");
}
