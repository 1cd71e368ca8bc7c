//! What every engine is held to. An engine's own tests call [`all`] with a fresh store for each promise.
//!
//! A promise panics where it is not kept, like any test.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use usher_policy::generation::Generation;
use usher_records::change::{Action, Actor, Change, Expect, Mail, Write};
use usher_records::erasure::pseudonym::Pseudonym;
use usher_records::group::Group;
use usher_records::noun::Kind;
use usher_records::person::Person;
use usher_types::digest::Digest;
use usher_types::ids::{Id, PersonId, SchoolId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles};

use crate::books::Books;
use crate::journal::JournalEntry;
use crate::store::{Outbox, Row, Store, StoreError};
use crate::verify::{Verdict, verify};

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
const SCHOOL: SchoolId = Id::new(11);
const OTHER_SCHOOL: SchoolId = Id::new(12);

fn group(id: u64, name: &str) -> Group {
    Group { id: Id::new(id), name: name.into(), year: None, room: None, source: None, current: true }
}

fn adding(group: &Group) -> Change {
    Change::of(Action::RosterImported, Write::of(group, Expect::New))
}

/// Every promise, each on a fresh store from `open`.
pub async fn all<F: Future<Output = Arc<dyn Store>>>(open: impl Fn() -> F) {
    a_change_is_whole_or_nothing(ready(open().await).await).await;
    versions_guard_against_each_other(ready(open().await).await).await;
    keys_find_and_sole_keys_hold(ready(open().await).await).await;
    schools_do_not_see_each_other(ready(open().await).await).await;
    the_journal_has_no_gaps_under_many_writers(ready(open().await).await).await;
    the_journal_played_again_gives_every_register(ready(open().await).await).await;
    what_is_rewritten_is_vouched_for(ready(open().await).await).await;
    blobs_and_generations_are_kept(ready(open().await).await).await;
    mails_go_out_once(ready(open().await).await).await;
    a_lease_has_one_holder(ready(open().await).await).await;
}

async fn ready(store: Arc<dyn Store>) -> Arc<dyn Store> {
    store.add_school(SCHOOL, NOW).await.unwrap();
    store.add_school(OTHER_SCHOOL, NOW.plus_seconds(1)).await.unwrap();
    store.add_school(SCHOOL, NOW).await.unwrap();
    assert_eq!(store.schools().await.unwrap(), [SCHOOL, OTHER_SCHOOL]);
    store
}

/// A change with one wrong write leaves no trace of its right ones: no record, no journal entry, no mail.
pub async fn a_change_is_whole_or_nothing(store: Arc<dyn Store>) {
    let books = Books::new(Arc::clone(&store), SCHOOL);
    let one = group(1, "3A");
    assert_eq!(books.commit(&adding(&one), &Actor::CommandLine, NOW).await.unwrap(), 1);
    let mail = Mail { to: PersonId::new(5).into(), subject: "s".into(), text: "t".into(), attachment: None };
    let mixed = adding(&group(2, "3B")).and(Write::of(&one, Expect::New)).mailing(mail);
    let error = books.commit(&mixed, &Actor::CommandLine, NOW).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { kind: Kind::Group, id: 1 }), "{error}");
    assert!(books.get::<Group, _>(group(2, "").id).await.unwrap().is_none());
    assert_eq!(store.journal(SCHOOL, 0, 10).await.unwrap().len(), 1);
    assert!(store.take_mails(SCHOOL, NOW, NOW, 10).await.unwrap().is_empty());
}

/// Two who read the same version cannot both write; every version is kept.
pub async fn versions_guard_against_each_other(store: Arc<dyn Store>) {
    let books = Books::new(Arc::clone(&store), SCHOOL);
    books.commit(&adding(&group(1, "3A")), &Actor::CommandLine, NOW).await.unwrap();
    let read = books.get::<Group, _>(group(1, "").id).await.unwrap().unwrap();
    let renamed = Change::of(Action::RosterImported, read.replace(&group(1, "3 Oak")));
    books.commit(&renamed, &Actor::CommandLine, NOW).await.unwrap();
    let late = Change::of(Action::RosterImported, read.replace(&group(1, "3 Ash")));
    assert!(matches!(
        books.commit(&late, &Actor::CommandLine, NOW).await.unwrap_err(),
        StoreError::Conflict { .. }
    ));
    let history = store.history(SCHOOL, Kind::Group, 1).await.unwrap();
    assert_eq!(history.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
    assert!(history[0].body.contains("3A") && history[1].body.contains("3 Oak"));
    assert_eq!(store.version(SCHOOL, Kind::Group, 1, 1).await.unwrap().unwrap(), history[0]);
    assert!(matches!(verify(&*store, SCHOOL).await.unwrap(), Verdict::Clean { entries: 2, versions: 2, .. }));
}

/// Records are found by their present keys, and a sole key is given out once.
pub async fn keys_find_and_sole_keys_hold(store: Arc<dyn Store>) {
    let books = Books::new(Arc::clone(&store), SCHOOL);
    books.commit(&adding(&group(1, "3A")), &Actor::CommandLine, NOW).await.unwrap();
    let taken = books.commit(&adding(&group(2, "3A")), &Actor::CommandLine, NOW).await.unwrap_err();
    assert!(matches!(taken, StoreError::Taken { kind: Kind::Group, key: "name" }), "{taken}");
    assert_eq!(books.find_one::<Group>("name", "3A").await.unwrap().unwrap().value.id, group(1, "").id);
    let read = books.get::<Group, _>(group(1, "").id).await.unwrap().unwrap();
    let renamed = Change::of(Action::RosterImported, read.replace(&group(1, "3 Oak")));
    books.commit(&renamed, &Actor::CommandLine, NOW).await.unwrap();
    assert!(books.find_one::<Group>("name", "3A").await.unwrap().is_none());
    books.commit(&adding(&group(2, "3A")), &Actor::CommandLine, NOW).await.unwrap();
    let hostile = "x'; DROP TABLE record; --";
    books.commit(&adding(&group(3, hostile)), &Actor::CommandLine, NOW).await.unwrap();
    assert_eq!(books.find_one::<Group>("name", hostile).await.unwrap().unwrap().value.name, hostile);
    assert_eq!(books.all::<Group>().await.unwrap().len(), 3);
}

/// The same ids and keys in two schools are two things.
pub async fn schools_do_not_see_each_other(store: Arc<dyn Store>) {
    let here = Books::new(Arc::clone(&store), SCHOOL);
    let there = Books::new(Arc::clone(&store), OTHER_SCHOOL);
    here.commit(&adding(&group(1, "3A")), &Actor::CommandLine, NOW).await.unwrap();
    assert!(there.all::<Group>().await.unwrap().is_empty());
    assert_eq!(there.commit(&adding(&group(1, "3A")), &Actor::CommandLine, NOW).await.unwrap(), 1);
    assert_ne!(
        store.journal(SCHOOL, 0, 1).await.unwrap()[0].link,
        store.journal(OTHER_SCHOOL, 0, 1).await.unwrap()[0].link,
        "two schools' chains cannot be spliced"
    );
}

/// Whatever is written, refused or overtaken: the journal and the versions it names, played again in their order, give
/// every record as it stands, and no version that was once written is another later.
pub async fn the_journal_played_again_gives_every_register(store: Arc<dyn Store>) {
    const CHANGES: u64 = 300;
    let books = Books::new(Arc::clone(&store), SCHOOL);
    let mut written: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let mut dice = Dice(7);
    let mut refused = 0;
    for number in 0..CHANGES {
        // One to three records: new ones, known ones, some as they were read one version ago.
        let writes: Vec<Write> = (0..=dice.below(3))
            .map(|_| {
                let next = group(dice.below(24), &format!("class {number} {}", dice.below(1_000_000)));
                let version =
                    (1..).take_while(|version| written.contains_key(&(next.id.number(), *version))).count();
                let read = (version as u64).saturating_sub(u64::from(dice.below(8) == 0));
                Write::of(&next, if read == 0 { Expect::New } else { Expect::Version(read) })
            })
            .collect();
        let change =
            Change { writes: writes.clone(), ..Change::of(Action::RosterImported, writes[0].clone()) };
        if books.commit(&change, &Actor::CommandLine, NOW).await.is_err() {
            refused += 1;
            continue;
        }
        for write in writes {
            let version = if let Expect::Version(read) = write.expect { read + 1 } else { 1 };
            assert_eq!(written.insert((write.id, version), write.body), None, "a version is written once");
        }
    }
    assert!(refused > 20 && written.len() > 100, "{refused} refused, {} written", written.len());

    let mut played: BTreeMap<u64, Row> = BTreeMap::new();
    for entry in store.journal(SCHOOL, 0, 1_000).await.unwrap() {
        for record in entry.read().unwrap().records {
            let row = store.version(SCHOOL, record.kind, record.id, record.version).await.unwrap().unwrap();
            assert_eq!(row.body, written[&(record.id, record.version)]);
            played.insert(record.id, row);
        }
    }
    let standing = store.list(SCHOOL, Kind::Group).await.unwrap();
    assert_eq!(standing, played.into_values().collect::<Vec<_>>());
}

/// Whoever is taken out is a code in every version, line, key, text and mail; the chain's links stay as they were; nobody else
/// changes, in this school or another.
pub async fn what_is_rewritten_is_vouched_for(store: Arc<dyn Store>) {
    let (who, code) = (PersonId::new(0x0180_1234_5678_9abc), PersonId::new(0x0190_1234_5678_9abc));
    let books = Books::new(Arc::clone(&store), SCHOOL);
    let zebedee: Person = somebody(who, "Zebedee", "Quill");
    let ann = somebody(PersonId::new(77), "Ann", "Bell");
    let mail = Mail { to: who.into(), subject: "s".into(), text: "Zebedee".into(), attachment: None };
    let added = |one: &Person| Change::of(Action::PersonAdded, Write::of(one, Expect::New)).about(one.id);
    books
        .commit(&added(&zebedee).because("Zebedee came").mailing(mail), &Actor::Person(who), NOW)
        .await
        .unwrap();
    books.commit(&added(&ann), &Actor::CommandLine, NOW).await.unwrap();
    let there = Books::new(Arc::clone(&store), OTHER_SCHOOL);
    there.commit(&added(&zebedee), &Actor::CommandLine, NOW).await.unwrap();
    let read = books.get::<Person, _>(who).await.unwrap().unwrap();
    let moved = Person { groups: vec![Id::new(30)], ..zebedee.clone() };
    let change = Change::of(Action::PersonChanged, read.replace(&moved)).about(who);
    books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    let blob = store.put_blob(SCHOOL, b"{\"name\":\"Zebedee Quill\"}").await.unwrap();
    let before = store.journal(SCHOOL, 0, 10).await.unwrap();
    let words = ["Zebedee Quill", "Zebedee", "Quill"].map(str::to_owned);
    let pseudonym = Pseudonym::new(std::slice::from_ref(&zebedee), &words, code);

    for round in 0..2 {
        let done = store.rewrite(SCHOOL, pseudonym.clone(), code, &Actor::CommandLine, NOW).await.unwrap();
        let expected = if round == 0 { (2, 2, 1) } else { (0, 0, 0) };
        assert_eq!((done.versions, done.lines, done.mails), expected);
        assert_eq!(done.left, 1, "a text beside the records stays and is counted");
        store.scour().await.unwrap();
    }
    let after = store.journal(SCHOOL, 0, 10).await.unwrap();
    let links = |entries: &[JournalEntry]| entries.iter().take(3).map(|entry| entry.link).collect::<Vec<_>>();
    assert_eq!((links(&before), after.len()), (links(&after), 5));
    assert_eq!(before[1], after[1], "somebody else's line");
    let verdict = verify(&*store, SCHOOL).await.unwrap();
    let Verdict::Clean { entries: 5, versions: 3, ref replaced, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(*replaced, [(1, 4), (3, 4)], "and who reads the verdict is told");
    assert!(books.get::<Person, _>(who).await.unwrap().is_none());
    let history = store.history(SCHOOL, Kind::Person, code.number()).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(books.find::<Person>("group", usher_types::ids::GroupId::new(30)).await.unwrap().len(), 1);
    assert_eq!(books.get::<Person, _>(ann.id).await.unwrap().unwrap().value, ann);
    assert!(store.blob(SCHOOL, blob).await.unwrap().is_some());
    let mut all: String = after.iter().map(|entry| entry.line.clone()).collect();
    all.extend(history.into_iter().map(|row| row.body));
    all.push_str(&format!("{:?}", store.take_mails(SCHOOL, NOW, NOW, 10).await.unwrap()));
    assert!(!all.contains("Zebedee") && !all.contains(&who.to_string()), "{all}");
    assert_eq!(there.get::<Person, _>(who).await.unwrap().unwrap().value, zebedee, "another school's");
}

/// A pupil with this name.
pub fn somebody(id: PersonId, given: &str, family: &str) -> Person {
    Person {
        id,
        kind: PersonKind::Pupil,
        given: given.into(),
        family: family.into(),
        known_as: None,
        year: None,
        roles: Roles::NONE,
        groups: vec![],
        email: None,
        children: vec![],
        source: None,
        joined: None,
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    }
}

/// Throws the same each time.
struct Dice(u64);

impl Dice {
    /// From 0 to `sides` - 1.
    const fn below(&mut self, sides: u64) -> u64 {
        // Knuth's MMIX.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Many writers at once: every change has its own number, none is missing, and the chain fits.
pub async fn the_journal_has_no_gaps_under_many_writers(store: Arc<dyn Store>) {
    const WRITERS: u64 = 24;
    let tasks: Vec<_> = (1..=WRITERS)
        .map(|number| {
            let books = Books::new(Arc::clone(&store), SCHOOL);
            let change = adding(&group(number, &format!("class {number}")));
            async move { books.commit(&change, &Actor::Usher("test".into()), NOW).await.unwrap() }
        })
        .collect();
    let mut numbers = join_all(tasks).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=WRITERS).collect::<Vec<_>>());
    match verify(&*store, SCHOOL).await.unwrap() {
        Verdict::Clean { entries, .. } => assert_eq!(entries, WRITERS),
        altered @ Verdict::Altered { .. } => panic!("{altered:?}"),
    }
}

/// Polls all futures together without a runtime of our own.
async fn join_all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done = Vec::new();
    std::future::poll_fn(move |context| {
        for slot in &mut pending {
            if let Some(future) = slot
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                done.push(value);
                *slot = None;
            }
        }
        if pending.iter().all(Option::is_none) {
            std::task::Poll::Ready(std::mem::take(&mut done))
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

/// Content is found by its digest, and the generation taken last is the latest.
pub async fn blobs_and_generations_are_kept(store: Arc<dyn Store>) {
    let digest = store.put_blob(SCHOOL, b"a policy").await.unwrap();
    assert_eq!(store.put_blob(SCHOOL, b"a policy").await.unwrap(), digest);
    assert_eq!(store.blob(SCHOOL, digest).await.unwrap().unwrap(), b"a policy");
    assert_eq!(store.blob(OTHER_SCHOOL, digest).await.unwrap(), None);
    let scan = store.put_blob(SCHOOL, b"a scan").await.unwrap();
    store.remove_blob(OTHER_SCHOOL, scan).await.unwrap();
    assert!(store.blob(SCHOOL, scan).await.unwrap().is_some(), "another school's stays");
    for _twice in 0..2 {
        store.remove_blob(SCHOOL, scan).await.unwrap();
        assert_eq!(store.blob(SCHOOL, scan).await.unwrap(), None);
    }
    assert!(store.blob(SCHOOL, digest).await.unwrap().is_some());
    let part = |name: &str| Digest::of(name.as_bytes());
    let first = Generation { policy: part("1"), lists: part("l"), live: part("v"), phrases: None };
    let second = Generation { policy: part("2"), phrases: Some(part("w")), ..first };
    assert_eq!(store.latest_generation(SCHOOL).await.unwrap(), None);
    for generation in [first, second, first] {
        store.put_generation(SCHOOL, &generation, NOW).await.unwrap();
        assert_eq!(store.latest_generation(SCHOOL).await.unwrap(), Some(generation));
    }
    assert_eq!(store.generation(SCHOOL, second.digest()).await.unwrap(), Some(second));
    assert_eq!(store.generation(SCHOOL, part("nothing")).await.unwrap(), None);
}

/// A mail is handed to one sender at a time, comes back if it failed, and not when it went.
pub async fn mails_go_out_once(store: Arc<dyn Store>) {
    let books = Books::new(Arc::clone(&store), SCHOOL);
    let mail = |subject: &str| Mail {
        to: PersonId::new(5).into(),
        subject: subject.into(),
        text: "t".into(),
        attachment: None,
    };
    let change = adding(&group(1, "3A")).mailing(mail("one")).mailing(mail("two"));
    books.commit(&change, &Actor::CommandLine, NOW).await.unwrap();
    let held_until = NOW.plus_minutes(5);
    let taken = store.take_mails(SCHOOL, NOW, held_until, 10).await.unwrap();
    assert_eq!(taken.iter().map(|mail| mail.mail.subject.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(
        store.take_mails(SCHOOL, NOW, held_until, 10).await.unwrap().is_empty(),
        "held by the first taker"
    );
    store.mail_sent(SCHOOL, taken[0].number, NOW).await.unwrap();
    store.mail_failed(SCHOOL, taken[1].number, NOW.plus_minutes(1), "no answer").await.unwrap();
    let waits = Outbox { waiting: 1, failing: 1, oldest: Some(NOW) };
    assert_eq!(store.outbox(SCHOOL).await.unwrap(), waits);
    let again = store.take_mails(SCHOOL, NOW.plus_minutes(1), held_until, 10).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].mail.subject.as_str(), again[0].tries), ("two", 1));
}

/// A job has one holder until its time is up.
pub async fn a_lease_has_one_holder(store: Arc<dyn Store>) {
    let until = NOW.plus_minutes(10);
    assert!(store.take_lease("weekly", "a", NOW, until).await.unwrap());
    assert!(!store.take_lease("weekly", "b", NOW, until).await.unwrap());
    assert!(store.take_lease("weekly", "a", NOW, until).await.unwrap(), "the holder may hold on");
    assert!(store.take_lease("other", "b", NOW, until).await.unwrap());
    let later = NOW.plus_minutes(11);
    assert!(store.take_lease("weekly", "b", later, later.plus_minutes(10)).await.unwrap());
}
