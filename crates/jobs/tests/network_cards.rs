//! New network cards: read from a table as Linux writes it, told once, and made-up addresses counted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::sync::{Arc, Mutex};

use usher_jobs::network_cards::{NeighbourTable, NetworkCards};
use usher_jobs::runner::Job;
use usher_records::change::{Action, Actor, Change, Expect, To, Write};
use usher_records::device::Device;
use usher_records::network_card::{MadeUp, NetworkCard};
use usher_records::noun::Noun;
use usher_records::school::{School, set_up};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, school, staff};
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_words::Words;

const HEAD: &str = "IP address       HW type     Flags       HW address            Mask     Device\n";
const OURS: &str = "10.0.0.14        0x1         0x2         3c:52:82:0a:0b:01     *        eth0\n";
const OLD: &str = "10.0.0.15        0x1         0x2         3c:52:82:0a:0b:02     *        eth0\n";
const NEW: &str = "10.0.0.77        0x1         0x2         3c:52:82:0a:0b:99     *        eth0\n";
const PHONES: &str = "10.0.0.90        0x1         0x2         da:a1:19:00:00:01     *        eth0\n\
                      10.0.0.91        0x1         0x2         da:a1:19:00:00:02     *        eth0\n";

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

/// A table that a test writes; none is a machine that keeps none.
#[derive(Debug, Default)]
struct Written(Mutex<Option<String>>);

impl NeighbourTable for Written {
    fn text(&self) -> std::io::Result<Option<String>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

async fn add<N: Noun>(books: &Books, noun: &N, when: Moment) {
    let change = Change::of(Action::DeviceSaved, Write::of(noun, Expect::New));
    books.commit(&change, &Actor::CommandLine, when).await.unwrap();
}

#[tokio::test]
async fn prm_03_a_new_network_card_is_one_notice_to_the_technician_and_made_up_addresses_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let start = at("2026-11-02T08:00");
    store.add_school(Id::new(1), start).await.unwrap();
    let books = Books::new(Arc::clone(&store), Id::new(1));
    let school = School { set_up_at: start, ..school("numbered") };
    books.commit(&set_up(&school), &Actor::CommandLine, start).await.unwrap();
    add(&books, &staff(10, "Tek Nish", &[Role::Technician]), start).await;
    add(&books, &staff(1, "Hester Hale", &[Role::Headteacher]), start).await;
    let device = Device {
        id: Id::new(14),
        name: "PC-14".into(),
        room: None,
        address: None,
        managed: true,
        loan: None,
        hardware: Some("3c:52:82:0a:0b:01".parse().unwrap()),
    };
    add(&books, &device, start).await;
    let table = Arc::new(Written::default());
    let job = NetworkCards {
        books: books.clone(),
        table: Arc::clone(&table) as Arc<dyn NeighbourTable>,
        words: Arc::new(Words::english().unwrap()),
        ids: Arc::new(Counting::default()),
        desk_origin: "https://desk.example".into(),
    };
    let look = async |text: &[&str], when: &str| {
        *table.0.lock().unwrap() = (!text.is_empty()).then(|| text.concat());
        job.run(at(when)).await.unwrap();
    };
    let cards = async || {
        let mut cards = books.values::<NetworkCard>().await.unwrap();
        cards.sort_by_key(|card| card.at);
        cards
    };
    look(&[], "2026-11-02T08:30").await;
    look(&[HEAD, OURS, OLD], "2026-11-02T09:00").await;
    let first = cards().await;
    assert_eq!(first.len(), 1, "what is on the register is not written down");
    assert!(!first[0].told, "it was there in the school's first days");

    for when in ["2026-11-24T10:00", "2026-11-24T10:01"] {
        look(&[HEAD, OURS, OLD, NEW, PHONES], when).await;
    }
    let now = cards().await;
    assert_eq!(now.len(), 2);
    assert_eq!((now[1].card.to_string().as_str(), now[1].told), ("3c:52:82:0a:0b:99", true));
    assert_eq!(now[1].at, at("2026-11-24T10:00"));
    let later = at("2026-11-24T10:02");
    let mails = store.take_mails(Id::new(1), later, later.plus_minutes(1), 10).await.unwrap();
    assert_eq!(mails.len(), 1, "one notice, and none of phones");
    assert_eq!(mails[0].mail.to, To::Person(Id::new(10)));
    let text = &mails[0].mail.text;
    assert!(text.contains("3c:52:82:0a:0b:99") && text.contains("10.0.0.77"), "{text}");
    assert!(text.contains("https://desk.example/network-cards") && !text.contains("da:a1"), "{text}");
    look(&[HEAD, PHONES], "2026-11-25T10:00").await;
    let mut days = books.values::<MadeUp>().await.unwrap();
    days.sort_by_key(|one| one.day);
    let counts: Vec<_> = days.iter().map(|one| (one.day.to_string(), one.cards.len())).collect();
    assert_eq!(counts, [("2026-11-24".to_owned(), 2), ("2026-11-25".to_owned(), 2)]);
}
