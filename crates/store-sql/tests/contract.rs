//! Both engines keep the contract; and `verify` names what was altered behind their backs.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "these are tests")]
#![expect(clippy::disallowed_methods, reason = "the test script says where PostgreSQL is")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use usher_events::chain::next_link;
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::erasure::pseudonym::Pseudonym;
use usher_records::group::Group;
use usher_store::books::Books;
use usher_store::contract;
use usher_store::store::Store;
use usher_store::verify::{Verdict, verify};
use usher_store_sql::{postgres, sqlite};
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::Moment;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    contract::all(|| async {
        let name = format!("books-{}.db", count.fetch_add(1, Ordering::Relaxed));
        Arc::new(sqlite::open(&folder.path().join(name)).await.unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_contract() {
    let Ok(url) = std::env::var("USHER_TEST_POSTGRES") else {
        assert!(
            std::env::var("CI").is_err(),
            "in CI the test script starts PostgreSQL and sets USHER_TEST_POSTGRES"
        );
        eprintln!("not tried: USHER_TEST_POSTGRES names no server; script/test starts one");
        return;
    };
    let count = AtomicU32::new(0);
    contract::all(|| async {
        let name = format!("usher_contract_{}_{}", std::process::id(), count.fetch_add(1, Ordering::Relaxed));
        let admin = sqlx::PgPool::connect(&format!("{url}/postgres")).await.unwrap();
        // The name is made here from numbers; databases cannot be named by a bound value.
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        Arc::new(postgres::open(&format!("{url}/{name}")).await.unwrap()) as Arc<dyn Store>
    })
    .await;
}

const SCHOOL: SchoolId = Id::new(1);
const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

async fn books_with_three_classes(file: &std::path::Path) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(sqlite::open(file).await.unwrap());
    store.add_school(SCHOOL, NOW).await.unwrap();
    let books = Books::new(Arc::clone(&store), SCHOOL);
    for number in 1..=3 {
        let group = Group {
            id: Id::new(number),
            name: format!("{number}A"),
            year: None,
            room: None,
            source: None,
            current: true,
        };
        let change = Change::of(Action::RosterImported, Write::of(&group, Expect::New));
        books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    }
    store
}

/// MON-03: alter one stored line by hand; the verify command names the line.
#[tokio::test]
async fn verify_names_the_first_altered_line() {
    let alterations = [
        (
            "UPDATE journal SET line = replace(line, 'roster', 'rooster') WHERE number = 2",
            2,
            "entry 2 was altered",
        ),
        ("DELETE FROM journal WHERE number = 2", 2, "entry 2 is missing"),
        ("UPDATE record SET body = replace(body, '3A', '9Z') WHERE id = 3", 3, "Group 3 was altered"),
        (
            "UPDATE record_version SET body = replace(body, '1A', '9Z') WHERE id = 1",
            1,
            "version 1 of Group 1 was altered",
        ),
        ("DELETE FROM record WHERE id = 2", 0, "taken out without a journal entry"),
        ("INSERT INTO record VALUES (1, 'group', 77, 1, '{}')", 0, "put in without a journal entry"),
    ];
    for (statement, expected_entry, expected_words) in alterations {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("books.db");
        let store = books_with_three_classes(&file).await;
        assert!(matches!(verify(&*store, SCHOOL).await.unwrap(), Verdict::Clean { entries: 3, .. }));
        let behind = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        let done = sqlx::query(statement).execute(&behind).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{statement}");
        match verify(&*store, SCHOOL).await.unwrap() {
            Verdict::Altered { entry, what } => {
                assert_eq!(entry, expected_entry, "{statement}: {what}");
                assert!(what.contains(expected_words), "{statement}: {what}");
            }
            clean @ Verdict::Clean { .. } => panic!("{statement}: {clean:?}"),
        }
    }
}

/// What an erasure vouches for is that and nothing else: a line or a list that is altered afterwards is named.
#[tokio::test]
async fn verify_names_what_is_altered_after_an_erasure() {
    let lost = "UPDATE blob SET bytes = X'00'";
    for statement in ["UPDATE journal SET line = replace(line, 'kiosk', 'parson') WHERE number = 1", lost] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("books.db");
        let store: Arc<dyn Store> = Arc::new(sqlite::open(&file).await.unwrap());
        store.add_school(SCHOOL, NOW).await.unwrap();
        let books = Books::new(Arc::clone(&store), SCHOOL);
        let who = contract::somebody(Id::new(0x0180_1234_5678_9abc), "Zebedee", "Quill");
        let change = Change::of(Action::PersonAdded, Write::of(&who, Expect::New)).because("at the kiosk");
        books.commit(&change, &Actor::Person(who.id), NOW).await.unwrap();
        let code = Id::new(0x0190_1234_5678_9abc);
        let words = ["Zebedee Quill".to_owned()];
        let pseudonym = Pseudonym::new(std::slice::from_ref(&who), &words, code);
        store.rewrite(SCHOOL, pseudonym, code, &Actor::CommandLine, NOW).await.unwrap();
        assert!(matches!(verify(&*store, SCHOOL).await.unwrap(), Verdict::Clean { entries: 2, .. }));
        let behind = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        assert_eq!(sqlx::query(statement).execute(&behind).await.unwrap().rows_affected(), 1);
        match verify(&*store, SCHOOL).await.unwrap() {
            Verdict::Altered { entry, what } => assert_eq!(entry, 1, "{statement}: {what}"),
            clean @ Verdict::Clean { .. } => panic!("{statement}: {clean:?}"),
        }
    }
}

/// Whoever alters a line before one that an erasure replaced, and makes the links up to there anew, is found out: the erasure
/// wrote down the links on both sides of what it replaced.
#[tokio::test]
async fn verify_names_a_chain_that_was_made_anew_up_to_an_erased_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("books.db");
    let store = books_with_three_classes(&file).await;
    let books = Books::new(Arc::clone(&store), SCHOOL);
    let who = contract::somebody(Id::new(0x0180_1234_5678_9abc), "Zebedee", "Quill");
    let change = Change::of(Action::PersonAdded, Write::of(&who, Expect::New)).because("at the kiosk");
    books.commit(&change, &Actor::Person(who.id), NOW).await.unwrap();
    let words = ["Zebedee Quill".to_owned()];
    let code = Id::new(0x0190_1234_5678_9abc);
    let pseudonym = Pseudonym::new(std::slice::from_ref(&who), &words, code);
    store.rewrite(SCHOOL, pseudonym, code, &Actor::CommandLine, NOW).await.unwrap();
    assert!(matches!(verify(&*store, SCHOOL).await.unwrap(), Verdict::Clean { entries: 5, .. }));

    // Entries 2 and 3 stand before the replaced fourth: another reason is put in, and every link follows from it.
    let entries = store.journal(SCHOOL, 0, 10).await.unwrap();
    let behind = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let mut link = entries[0].link;
    for entry in &entries[1..3] {
        let mut read = entry.read().unwrap();
        read.reason = Some("forged".into());
        let line = serde_json::to_string(&read).unwrap();
        link = next_link(link, line.as_bytes());
        sqlx::query("UPDATE journal SET line = $1, link = $2 WHERE number = $3")
            .bind(line)
            .bind(link.as_bytes().to_vec())
            .bind(i64::try_from(entry.number).unwrap())
            .execute(&behind)
            .await
            .unwrap();
    }
    let Verdict::Altered { entry, what } = verify(&*store, SCHOOL).await.unwrap() else {
        panic!("a chain made anew passes")
    };
    assert_eq!(entry, 4, "{what}");
}
