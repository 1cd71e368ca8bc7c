//! Permissions whose time is over.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::sync::Arc;

use usher_jobs::permissions::Permissions;
use usher_jobs::runner::Job;
use usher_records::change::{Actor, Change, Stored, To};
use usher_records::grant::Scope;
use usher_records::permission::act::{self, By, Decision};
use usher_records::permission::matter::Matter;
use usher_records::permission::rules::Terms;
use usher_records::permission::{Ask, Permission, State};
use usher_records::school::{School, set_up};
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::school;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role};
use usher_words::Words;

const LEAD: u64 = 3;

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

#[tokio::test]
async fn prm_10_an_exception_past_its_review_date_lapses_with_one_notice_to_its_owner_and_its_approver() {
    let folder = tempfile::tempdir().unwrap();
    let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let start = at("2026-11-20T15:00");
    store.add_school(Id::new(1), start).await.unwrap();
    let books = Books::new(Arc::clone(&store), Id::new(1));
    let school = School { set_up_at: start, ..school("comprehensive") };
    books.commit(&set_up(&school), &Actor::CommandLine, start).await.unwrap();
    let commit = async |change: Change, when: &str| {
        books.commit(&change, &Actor::CommandLine, at(when)).await.unwrap();
    };
    let by = |person, when: &str| By { person: Id::new(person), at: at(when) };
    let ask = Ask {
        matter: Matter::Exception,
        reason: "An education shop".into(),
        details: [].into(),
        whom: vec![Scope::Kind(PersonKind::Pupil)],
        pages: vec!["shop.example/atlas".parse().unwrap()],
        opens: vec![],
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: None,
        from: at("2026-11-20T16:00"),
        until: Some(at("2026-11-24T17:00")),
    };
    let terms = Terms { deciders: vec![Role::ComputingLead], longest_days: 30, two_people: false };
    let (asked, change) = act::ask(Id::new(950), ask, &terms, by(5, "2026-11-20T16:00")).unwrap();
    commit(change, "2026-11-20T16:00").await;
    let words = "Yes, until Tuesday".to_owned();
    let decision = Decision { yes: true, words, two_people: false, grants: vec![], mails: vec![] };
    let stored = Stored { value: asked, version: 1 };
    commit(act::decide(&stored, decision, by(LEAD, "2026-11-20T16:05")).unwrap(), "2026-11-20T16:05").await;

    let words = Arc::new(Words::english().unwrap());
    let job = Permissions { books: books.clone(), words, desk_origin: "https://desk.example".into() };
    let kept = async || books.values::<Permission>().await.unwrap().pop().unwrap();
    job.run(at("2026-11-24T16:59")).await.unwrap();
    assert_eq!(kept().await.state(at("2026-11-24T16:59"), None), State::Open);
    for when in ["2026-11-24T17:00", "2026-11-24T17:05"] {
        job.run(at(when)).await.unwrap();
    }
    let kept = kept().await;
    assert_eq!((kept.state(at("2026-11-24T17:00"), None), kept.entries.len()), (State::Over, 3));
    let mails = store.take_mails(Id::new(1), at("2026-11-24T17:06"), at("2026-11-24T17:09"), 10).await;
    let mails = mails.unwrap();
    let to: Vec<_> = mails.iter().map(|one| one.mail.to.clone()).collect();
    assert_eq!(to, [To::Person(Id::new(LEAD)), To::Person(Id::new(5))], "once each");
    let text = &mails[0].mail.text;
    assert!(text.contains("shop.example/atlas") && text.contains("24 November 2026"), "{text}");
}
