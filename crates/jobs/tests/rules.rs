//! The children's rules go to their parents once a year, and the record says what became of it (AGR-13).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use usher_jobs::outbox::Outbox;
use usher_jobs::post::{Letter, Post, PostFault};
use usher_jobs::rules::Rules;
use usher_jobs::runner::Job;
use usher_records::agreement::{AgreementText, publish};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::person::Person;
use usher_records::rules_sent::{RulesSent, Stands};
use usher_records::school::set_up;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{Counting, person, pupil, school};
use usher_testkit::{lists, snapshot};
use usher_types::calendar::Term;
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::PersonKind;
use usher_words::Words;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

/// Takes every mail but those to one address.
#[derive(Debug, Default)]
struct Bag(Mutex<Vec<Letter>>);

#[async_trait]
impl Post for Bag {
    async fn send(&self, letter: &Letter) -> Result<(), PostFault> {
        if letter.to.as_str().starts_with("full") {
            return Err(PostFault::Unwritable("the mailbox is full".into()));
        }
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

/// A school with two children, whose parents have a mailbox, a full one, or none.
async fn school_with_parents() -> (tempfile::TempDir, Books) {
    let folder = tempfile::tempdir().unwrap();
    let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    store.add_school(Id::new(1), at("2026-09-01T08:00")).await.unwrap();
    let books = Books::new(store, Id::new(1));
    let commit = async |change: Change| {
        books.commit(&change, &Actor::CommandLine, at("2026-09-01T08:00")).await.unwrap();
    };
    let mut asks = school("comprehensive");
    asks.settings.agreements.rules_to_parents = true;
    commit(set_up(&asks)).await;
    for (number, file) in [
        (701, include_str!("../../../profiles/agreements/pupil-ks1.md")),
        (702, include_str!("../../../profiles/agreements/pupil-ks2.md")),
    ] {
        books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
        commit(publish(
            Id::new(number),
            &AgreementText::parse(file).unwrap(),
            None,
            true,
            at("2026-09-01T08:00"),
        ))
        .await;
    }
    let parent = |id, name, mail: Option<&str>, children: &[u64]| Person {
        email: mail.map(|mail| EmailAddress::parse(mail).unwrap()),
        children: children.iter().copied().map(Id::new).collect(),
        ..person(id, PersonKind::Parent, name)
    };
    for one in [
        pupil(71, "Ada Bell", 4, 30),
        pupil(72, "Kit Bell", 1, 31),
        parent(81, "Pia Bell", Some("pia@home.example"), &[71, 72]),
        parent(82, "Full Box", Some("full@home.example"), &[71]),
        parent(83, "No Mail", None, &[72]),
        parent(84, "No Child", Some("none@home.example"), &[]),
    ] {
        commit(Change::of(Action::PersonAdded, Write::of(&one, Expect::New))).await;
    }
    (folder, books)
}

#[tokio::test]
async fn agr_13_every_parent_is_sent_the_rules_of_their_child_once_a_year_and_the_record_says_what_came_of_it()
 {
    let (_folder, books) = school_with_parents().await;
    let mut policy = snapshot::policy("comprehensive");
    let (first, last) = (jiff::civil::date(2026, 9, 3), jiff::civil::date(2026, 12, 18));
    policy.calendar.terms = vec![Term { name: "Autumn".into(), first, last }];
    let built = snapshot::build(policy, lists::library(&[], vec![]), &[], &[]);
    let job = Rules {
        books: books.clone(),
        snapshot: Arc::new(ArcSwapOption::from_pointee(built)),
        words: Arc::new(Words::english().unwrap()),
        ids: Arc::new(Counting::default()),
        portal_origin: "https://usher.internal".into(),
    };
    job.run(at("2026-09-02T10:00")).await.unwrap();
    assert!(books.values::<RulesSent>().await.unwrap().is_empty(), "the term has not begun");
    job.run(at("2026-09-03T08:00")).await.unwrap();
    job.run(at("2026-09-04T08:00")).await.unwrap();
    let all = books.values::<RulesSent>().await.unwrap();
    assert_eq!(all.len(), 3, "once, and to nobody without a child here");

    let bag = Arc::new(Bag::default());
    let post = Arc::clone(&bag) as Arc<dyn Post>;
    let from = EmailAddress::parse("usher@rowanhill.example").unwrap();
    Outbox { books: books.clone(), post, from, hook: None }.run(at("2026-09-04T08:01")).await.unwrap();
    let letters = bag.0.lock().unwrap().clone();
    assert_eq!(letters.len(), 1);
    let text = &letters[0].text;
    for said in
        ["Dear Pia Bell", "Ada B, Kit B", "1. I ask before I use a computer", "https://usher.internal"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains('⟨') && !text.contains("{#"), "{text}");
    let stands = async |number| {
        let all = books.values::<RulesSent>().await.unwrap();
        let one = all.into_iter().find(|sent| sent.parent == Id::new(number)).unwrap();
        match one.stands() {
            Stands::Gone(at) => format!("gone {}", at.unix_ms()),
            Stands::Failed(why, _) => format!("failed {why}"),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(stands(81).await, format!("gone {}", at("2026-09-04T08:01").unix_ms()));
    assert!(stands(82).await.starts_with("failed the mail cannot be written"), "{}", stands(82).await);
    assert_eq!(stands(83).await, "Paper");

    // A mail that did not arrive keeps nobody from next year's.
    let mut policy = snapshot::policy("comprehensive");
    let (first, last) = (jiff::civil::date(2027, 9, 2), jiff::civil::date(2027, 12, 17));
    policy.calendar.terms = vec![Term { name: "Autumn".into(), first, last }];
    let built = snapshot::build(policy, lists::library(&[], vec![]), &[], &[]);
    let job = Rules { snapshot: Arc::new(ArcSwapOption::from_pointee(built)), ..job };
    job.run(at("2027-09-02T08:00")).await.unwrap();
    assert_eq!(books.values::<RulesSent>().await.unwrap().len(), 6);
}
