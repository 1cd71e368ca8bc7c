//! Attacks on the sealed lists from below (FM-27): the disk, an import, a decision, the books, an earlier generation. What was
//! shut stays shut, and the attempt is told.

use usher_events::event::{System, What};
use usher_lists::review::{Decision, Ruling};
use usher_lists::source::SourceId;
use usher_policy::verdict::Verdict;
use usher_publish::compile::{self, ListsFault};
use usher_publish::feeds::{Feed, State};
use usher_publish::import;
use usher_publish::publisher::{PublishFault, Publisher, keep_policy};
use usher_publish::sources::SourcesFault;
use usher_records::change::{Action, Actor, JournalLine};
use usher_records::in_force::{self, InForce};
use usher_records::list_edit::{self, ListDecision};
use usher_records::membership::{Membership, Used};
use usher_testkit::snapshot;
use usher_types::ids::Id;

use super::{AT, School, about};

const LIST: &str = "licensed-images";

fn names(count: usize) -> String {
    (0..count).map(|number| format!("sealed{number}.example\n")).collect()
}

/// A school whose sealed list is in use.
async fn school() -> School {
    let school = School::new().await;
    school.import(LIST, "illegal-images", &names(100));
    school.import("test-games", "games", "games.example\n");
    school.begin().await;
    school.publisher.publish(AT).await.unwrap();
    holds(&school);
    school
}

fn id() -> SourceId {
    SourceId::parse(LIST).unwrap()
}

/// What is on the list is shut.
fn holds(school: &School) {
    for number in [0, 42, 99] {
        let url = format!("https://sealed{number}.example/");
        assert_eq!(school.verdict(&url), Verdict::Block, "{url}");
    }
}

/// Compiling is refused, the list holds, and the attempt is in the journal.
async fn compiling_is_refused(school: &School) {
    let outcome = compile::compile(&school.lists, &school.books, |_| {}).await.unwrap();
    let actor = Actor::CommandLine;
    let refused = compile::take(&school.lists, &school.books, outcome, &actor, AT).await.unwrap_err();
    assert!(matches!(refused, ListsFault::Sealed(_)), "{refused}");
    school.publisher.publish(AT).await.unwrap();
    holds(school);
    assert_eq!(journal(school).await.last().unwrap().action, Action::SealedKept);
}

/// What the journal tells, in order.
async fn journal(school: &School) -> Vec<JournalLine> {
    let entries = school.books.store().journal(school.books.school(), 0, 1_000).await.unwrap();
    entries.iter().map(|entry| entry.read().unwrap()).collect()
}

/// Takes a list out behind the program's back.
fn lose(school: &School, list: &str) {
    std::fs::remove_dir_all(school.folder.path().join("lists/sources").join(list)).unwrap();
}

/// The server was stopped, and its compiled lists are gone from the disk.
fn lose_compiled(school: &School) {
    school.snapshot.store(None);
    for file in std::fs::read_dir(school.lists.artefacts.folder()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
}

/// Compiles and takes, whatever comes of it.
async fn compile_and_take(school: &School) -> Result<bool, ListsFault> {
    let outcome = compile::compile(&school.lists, &school.books, |_| {}).await.unwrap();
    compile::take(&school.lists, &school.books, outcome, &Actor::CommandLine, AT).await
}

#[tokio::test]
async fn a_sealed_list_cannot_be_taken_out() {
    let school = school().await;
    assert!(matches!(school.lists.sources.remove(&id()), Err(SourcesFault::Sealed(..))));
    assert!(school.lists.sources.remove(&SourceId::parse("test-games").unwrap()).is_ok());
    school.compile().await;
    school.publisher.publish(AT).await.unwrap();
    holds(&school);
}

#[tokio::test]
async fn a_sealed_list_whose_files_are_deleted_stays_in_force() {
    let school = school().await;
    std::fs::remove_dir_all(school.folder.path().join("lists/sources").join(LIST)).unwrap();
    compiling_is_refused(&school).await;
}

#[tokio::test]
async fn a_sealed_list_whose_files_are_cut_down_stays_in_force() {
    let school = school().await;
    std::fs::remove_dir_all(school.folder.path().join("lists/sources").join(LIST)).unwrap();
    school.import(LIST, "illegal-images", &names(79));
    compiling_is_refused(&school).await;
}

#[tokio::test]
async fn a_sealed_list_cannot_be_made_a_list_of_something_else() {
    let school = school().await;
    let file = school.folder.path().join("harmless.txt");
    std::fs::write(&file, names(100)).unwrap();
    let harmless = import::file(&file, about(LIST, "education"), None, AT).unwrap();
    assert!(matches!(school.lists.sources.put(&harmless), Err(SourcesFault::Sealed(..))));
    // Nor by going round it on the disk.
    std::fs::remove_dir_all(school.folder.path().join("lists/sources").join(LIST)).unwrap();
    school.lists.sources.put(&harmless).unwrap();
    compiling_is_refused(&school).await;
}

#[tokio::test]
async fn a_sealed_list_cut_short_is_held_and_nobody_can_accept_it() {
    let school = school().await;
    school.import(LIST, "illegal-images", &names(10));
    school.compile().await;
    school.publisher.publish(AT).await.unwrap();
    holds(&school);
    let why = "The keepers said so";
    let accepted = compile::accept(&school.lists, &school.books, &id(), why, &Actor::CommandLine, AT).await;
    assert!(matches!(accepted, Err(ListsFault::Sources(SourcesFault::Sealed(..)))), "{accepted:?}");
    let told: Vec<Action> = journal(&school).await.iter().map(|line| line.action).collect();
    assert_eq!(told.last(), Some(&Action::SealedKept));
    assert!(!told.contains(&Action::ListSourceAccepted), "{told:?}");
    school.compile().await;
    holds(&school);
    school.import(LIST, "illegal-images", &names(95));
    school.compile().await;
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(
        school.verdict("https://sealed94.example/"),
        Verdict::Block,
        "what its keepers change is taken"
    );
    assert_ne!(school.verdict("https://sealed99.example/"), Verdict::Block);
}

#[tokio::test]
async fn an_entry_of_a_sealed_list_cannot_be_dropped() {
    let school = School::new().await;
    school.import(LIST, "illegal-images", "sealed0.example\ntumblr.com\n");
    school.begin().await;
    let decide = async |number, ruling| {
        let decision = Decision {
            source: id(),
            entry: "tumblr.com".into(),
            ruling,
            by: "Ada".into(),
            why: "an attack".into(),
            at: AT.plus_minutes(number),
        };
        let id = u64::try_from(number).unwrap() + 1;
        let decision = ListDecision { id: Id::new(id), decision, by: Id::new(3) };
        let change = list_edit::decide(&decision).unwrap();
        school.books.commit(&change, &Actor::CommandLine, AT).await.unwrap();
        school.compile().await;
        compile::compiled(&school.books).await.unwrap().held.len()
    };
    assert_eq!(decide(0, Ruling::Drop).await, 1, "it goes on waiting");
    assert_eq!(decide(1, Ruling::Apply).await, 0);
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(school.verdict("https://tumblr.com/"), Verdict::Block);
}

#[tokio::test]
async fn books_that_name_lists_without_the_sealed_one_are_not_believed() {
    let school = school().await;
    // Another artefact is compiled aside, and the record of what is in force is made to name it.
    let other = School::new().await;
    other.import("test-games", "games", "games.example\n");
    let outcome = compile::compile(&other.lists, &other.books, |_| {}).await.unwrap();
    let path = school.lists.artefacts.path(outcome.digest);
    std::fs::copy(other.lists.artefacts.path(outcome.digest), path).unwrap();
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let altered = in_force::compiled(&stored, outcome.digest, stored.value.compiled, None).unwrap();
    school.books.commit(&altered, &Actor::CommandLine, AT).await.unwrap();

    assert!(matches!(school.publisher.publish(AT).await, Err(PublishFault::Sealed(_))));
    holds(&school);
    let last = school.sink.events().pop().unwrap().what;
    assert!(
        matches!(&last, What::System(System::GenerationFailed { why }) if why.contains(LIST)),
        "{last:?}"
    );

    // Nor after a start, when nothing is in use yet: then nothing listens.
    school.snapshot.store(None);
    let (books, lists) = (school.books.clone(), std::sync::Arc::clone(&school.lists));
    let (snapshot, phrases) =
        (std::sync::Arc::clone(&school.snapshot), std::sync::Arc::clone(&school.phrases));
    let sink = std::sync::Arc::new(school.sink.clone());
    let fresh = Publisher::new(books, lists, snapshot, phrases, sink, vec![]);
    assert!(matches!(fresh.publish(AT).await, Err(PublishFault::Sealed(_))));
    assert!(school.snapshot.load().is_none());
}

#[tokio::test]
async fn a_policy_put_into_the_books_without_the_sealed_categories_seals_them_all_the_same() {
    let school = school().await;
    let mut document = snapshot::policy("comprehensive");
    document.sealed.clear();
    let policy = keep_policy(&school.books, &document).await.unwrap();
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let change = in_force::publish(&stored, policy, "an attack").unwrap();
    school.books.commit(&change, &Actor::CommandLine, AT).await.unwrap();
    school.publisher.publish(AT).await.unwrap();
    holds(&school);
}

#[tokio::test]
async fn a_compiled_file_that_was_altered_is_not_used() {
    let school = school().await;
    let before = school.snapshot.load_full().unwrap().digest();
    school.snapshot.store(None);
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let path = school.lists.artefacts.path(stored.value.lists);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    assert!(school.publisher.publish(AT).await.is_err());
    assert!(school.generations.remake(before).await.is_err());
    assert!(school.snapshot.load().is_none(), "nothing is in use, so nothing listens");
}

/// The list of games, as one that is kept fresh.
fn games() -> Feed {
    Feed {
        id: SourceId::parse("test-games").unwrap(),
        title: "Games".into(),
        category: usher_lists::category::Category::parse("games").unwrap(),
        licence: "CC0-1.0".into(),
        credit: "nobody".into(),
        url: "https://lists.example/games".into(),
        format: None,
        digest: None,
        inside: false,
        every_hours: 6,
        since: AT,
        state: State::default(),
    }
}

/// Compiling takes long, and each try is in the journal: what was refused is not tried every few minutes.
#[tokio::test]
async fn what_was_refused_for_a_lost_sealed_list_waits_until_something_else_comes() {
    let school = school().await;
    let feeds = [games()];
    let waits = async || compile::waits(&school.lists, &school.books, &feeds).await.unwrap();
    lose(&school, LIST);
    school.import("test-games", "games", "games.example\nplay.example\n");
    assert!(waits().await);
    compiling_is_refused(&school).await;
    assert!(!waits().await, "compiled again, it would be refused again");
    // A list that is held waits for a person at the best of times.
    school.import("test-games", "games", &names(50));
    assert!(waits().await, "another came");
    compiling_is_refused(&school).await;
    assert!(!waits().await);
    let tried = journal(&school).await.iter().filter(|line| line.action == Action::SealedKept).count();
    assert_eq!(tried, 2);
    // The list is put back, and a person compiles.
    school.import(LIST, "illegal-images", &names(100));
    assert!(compile_and_take(&school).await.unwrap());
    school.import("test-games", "games", "games.example\n");
    assert!(waits().await, "nothing is remembered of it");
}

#[tokio::test]
async fn a_sealed_list_is_kept_also_where_the_lists_in_force_are_gone_from_the_disk() {
    let school = school().await;
    lose_compiled(&school);
    lose(&school, LIST);
    let refused = compile_and_take(&school).await.unwrap_err();
    assert!(matches!(refused, ListsFault::Sealed(_)), "{refused}");
    assert_eq!(journal(&school).await.last().unwrap().action, Action::SealedKept);
    // With the list, they are made again.
    school.import(LIST, "illegal-images", &names(100));
    compile_and_take(&school).await.unwrap();
    school.publisher.publish(AT).await.unwrap();
    holds(&school);
}

#[tokio::test]
async fn where_nobody_knows_what_was_sealed_nothing_else_is_taken() {
    let school = School::new().await;
    school.import(LIST, "illegal-images", &names(100));
    // As versions of the program kept it that did not say what the lists were.
    let said =
        br#"{"held":[],"held_sources":[],"changed":[],"figures":{"names":0,"stored":0,"waymarks":0,"pages":0,
        "sets":0,"bytes":0}}"#;
    let compiled = school.books.store().put_blob(Id::new(1), said).await.unwrap();
    let policy = keep_policy(&school.books, &snapshot::policy("comprehensive")).await.unwrap();
    let lists = compile::compile(&school.lists, &school.books, |_| {}).await.unwrap().digest;
    let first = InForce { school: Id::new(1), policy, lists, compiled, phrases: None };
    school.books.commit(&in_force::begin(&first, "set up"), &Actor::CommandLine, AT).await.unwrap();
    let path = school.lists.artefacts.path(lists);
    let kept = std::fs::read(&path).unwrap();
    lose_compiled(&school);
    school.import("test-games", "games", "games.example\n");
    let refused = compile_and_take(&school).await.unwrap_err();
    assert!(matches!(refused, ListsFault::Sealed(_)), "{refused}");
    let line = journal(&school).await.pop().unwrap();
    assert_eq!(line.action, Action::SealedKept);
    assert!(line.reason.unwrap().contains(&lists.to_string()), "it says what is missing");
    std::fs::write(&path, kept).unwrap();
    assert!(compile_and_take(&school).await.unwrap(), "the file was put back");
}

#[tokio::test]
async fn lists_without_the_sealed_one_are_not_taken_into_use_where_those_before_are_gone() {
    let school = school().await;
    let other = School::new().await;
    other.import("test-games", "games", "games.example\n");
    let outcome = compile::compile(&other.lists, &other.books, |_| {}).await.unwrap();
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let altered = in_force::compiled(&stored, outcome.digest, stored.value.compiled, None).unwrap();
    school.books.commit(&altered, &Actor::CommandLine, AT).await.unwrap();
    lose_compiled(&school);
    let path = school.lists.artefacts.path(outcome.digest);
    std::fs::copy(other.lists.artefacts.path(outcome.digest), path).unwrap();
    let refused = school.publisher.publish(AT).await.unwrap_err();
    assert!(matches!(refused, PublishFault::Sealed(_)), "{refused}");
    assert!(school.snapshot.load().is_none(), "nothing listens");
}

#[tokio::test]
async fn fm_27_a_kind_of_illegal_page_that_nothing_shuts_is_missing_until_a_list_or_a_membership_comes() {
    let school = school().await;
    let missing = || school.snapshot.load_full().unwrap().missing_seal().map(ToString::to_string);
    assert_eq!(missing().as_deref(), Some("unlawful-terrorist"), "the other one has its list here");
    let mut settled = usher_testkit::school::school("comprehensive");
    settled.settings.memberships.push(Membership {
        category: "unlawful-terrorist".into(),
        body: "Body".into(),
        holder: "The county".into(),
        reference: "C-1".into(),
        // Over for long: the desk is red, and the filter above is there all the same.
        until: jiff::civil::date(2020, 3, 31),
        used: Used::Above,
    });
    school.books.commit(&usher_records::school::set_up(&settled), &Actor::CommandLine, AT).await.unwrap();
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(missing(), None);
}
