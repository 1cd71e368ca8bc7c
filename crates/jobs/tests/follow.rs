//! The school's register on its way to the filter: what a roster brings is looked for in what is sent.
#![allow(clippy::unwrap_used, reason = "tests stop where something is wrong")]

use std::sync::Arc;

use async_trait::async_trait;
use usher_jobs::follow::{Follow, Names, Republish};
use usher_jobs::runner::Job as _;
use usher_network::table::Table;
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::person::{Home, Person, change};
use usher_records::school::set_up;
use usher_scan::features::SentKind;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{pupil, school};
use usher_types::home::{Phone, Postcode};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

#[derive(Debug)]
struct Nothing;

#[async_trait]
impl Republish for Nothing {
    async fn republish(&self, _at: Moment) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test]
async fn web_26_the_registers_numbers_and_postcodes_are_found_as_soon_as_they_are_known() {
    let now: Moment = Zone::london().parse("2026-11-23T10:00").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(usher_store_sql::sqlite::open(&folder.path().join("books.db")).await.unwrap());
    store.add_school(Id::new(1), now).await.unwrap();
    let books = Books::new(store, Id::new(1));
    books.commit(&set_up(&school("numbered")), &Actor::CommandLine, now).await.unwrap();
    let names = Names::default();
    let follow =
        Follow::from_now(books.clone(), Arc::new(Table::default()), Arc::new(Nothing), Arc::clone(&names))
            .await
            .unwrap();

    let child = pupil(2, "Ada Bell", 4, 1);
    let added = Change::of(Action::PersonAdded, Write::of(&child, Expect::New));
    books.commit(&added, &Actor::CommandLine, now).await.unwrap();
    follow.run(now).await.unwrap();
    // By its form alone neither is anybody's: a number of another country, a postcode without a street.
    let (number, postcode) = ("ring +353 20 912 3456", "we are in EC1A 1BB now");
    assert!(names.load().find(number).kinds.is_empty());
    assert!(names.load().find(postcode).kinds.is_empty());

    let home = Home {
        phones: vec![Phone::parse("00353 20 9123456").unwrap()],
        postcode: Some(Postcode::parse("ec1a1bb").unwrap()),
    };
    let stored = books.get::<Person, _>(child.id).await.unwrap().unwrap();
    let known = change(&stored, &Person { home, ..child.clone() });
    books.commit(&known, &Actor::CommandLine, now).await.unwrap();
    follow.run(now).await.unwrap();
    let found = names.load().find(number);
    assert_eq!((found.kinds, found.people), (vec![SentKind::Phone], vec![child.id]));
    let found = names.load().find(postcode);
    assert_eq!((found.kinds, found.people), (vec![SentKind::Postcode], vec![child.id]));
}
