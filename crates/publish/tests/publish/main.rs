//! From list files on a disk to decisions, and back to the decisions of an earlier generation.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod feeds;
mod phrases;
mod profiles;
mod sealed;
mod server;

use std::path::Path;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use tempfile::TempDir;
use usher_events::event::{System, What};
use usher_lists::category::Category;
use usher_lists::overlay::{Edit, Effect};
use usher_lists::review::{Decision, Ruling};
use usher_lists::source::SourceId;
use usher_policy::decide::decide_web;
use usher_policy::generation::Generation;
use usher_policy::live::Live;
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_publish::artefacts::ArtefactFault;
use usher_publish::compile::{self, ListsFault, ListsFolder};
use usher_publish::import::{self, About, ImportFault};
use usher_publish::publisher::{Generations, PublishFault, Publisher, keep_policy};
use usher_records::change::{Action, Actor};
use usher_records::in_force::{self, InForce};
use usher_records::list_edit::{self, ListDecision, ListEdit};
use usher_records::refusal::Refusal;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own;
use usher_store::books::Books;
use usher_testkit::{facts, sink::Collected, snapshot};
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::Moment;

/// Monday 23 November 2026, 10:15.
const AT: Moment = Moment::from_unix_ms(1_795_428_900_000);

struct School {
    folder: TempDir,
    books: Books,
    lists: Arc<ListsFolder>,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    phrases: Arc<ArcSwap<PhraseBook>>,
    publisher: Publisher,
    generations: Generations,
    sink: Collected,
}

/// A member of staff opens a page.
fn someone(url: &str) -> usher_policy::facts::WebFacts {
    facts::get(facts::at_device(facts::subject("staff")), url)
}

fn about(id: &str, category: &str) -> About {
    About {
        id: SourceId::parse(id).unwrap(),
        title: id.into(),
        category: Category::parse(category).unwrap(),
        licence: "CC0-1.0".into(),
        credit: "nobody".into(),
        address: "https://lists.example/".into(),
        dated: None,
    }
}

impl School {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn usher_store::store::Store> = Arc::new(store);
        store.add_school(Id::new(1), AT).await.unwrap();
        let books = Books::new(store, Id::new(1));
        let lists = Arc::new(ListsFolder::at(folder.path().join("lists")));
        let (snapshot, sink) = (Arc::new(ArcSwapOption::empty()), Collected::default());
        let phrases = Arc::new(ArcSwap::from_pointee(PhraseBook::compile(&own::built_in().unwrap())));
        let server = vec![[192, 0, 2, 80].into()];
        let generations = Generations::new(books.clone(), Arc::clone(&lists));
        let publisher = Publisher::new(
            books.clone(),
            Arc::clone(&lists),
            Arc::clone(&snapshot),
            Arc::clone(&phrases),
            Arc::new(sink.clone()),
            server,
        );
        Self { folder, books, lists, snapshot, phrases, publisher, generations, sink }
    }

    fn import(&self, id: &str, category: &str, text: &str) {
        let file = self.lists.artefacts.folder().with_file_name(format!("{id}.txt"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        let source = import::file(&file, about(id, category), None, AT).unwrap();
        self.lists.sources.put(&source).unwrap();
    }

    async fn begin(&self) {
        let policy = keep_policy(&self.books, &snapshot::policy("comprehensive")).await.unwrap();
        let outcome = compile::compile(&self.lists, &self.books, |_| {}).await.unwrap();
        let (lists, compiled) = compile::keep(&self.books, outcome.clone()).await.unwrap();
        let first = InForce { school: Id::new(1), policy, lists, compiled, phrases: None };
        self.books.commit(&in_force::begin(&first, "set up"), &Actor::CommandLine, AT).await.unwrap();
        compile::take(&self.lists, &self.books, outcome, &Actor::CommandLine, AT).await.unwrap();
    }

    async fn compile(&self) -> bool {
        let outcome = compile::compile(&self.lists, &self.books, |_| {}).await.unwrap();
        compile::take(&self.lists, &self.books, outcome, &Actor::CommandLine, AT).await.unwrap()
    }

    fn verdict(&self, url: &str) -> Verdict {
        let snapshot = self.snapshot.load_full().unwrap();
        decide_web(&snapshot, &someone(url), AT).verdict
    }
}

#[tokio::test]
async fn a_list_is_read_compiled_and_decides() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n# a comment\nplay.example\n");
    school.begin().await;
    let generation = school.publisher.publish(AT).await.unwrap();
    assert_eq!(school.verdict("https://www.games.example/"), Verdict::Block);
    assert_ne!(school.verdict("https://encyclopaedia.example/"), Verdict::Block);
    assert_eq!(school.publisher.publish(AT).await.unwrap(), generation, "nothing new");
    let taken = school.sink.events().into_iter().map(|event| event.what).collect::<Vec<_>>();
    assert_eq!(taken, [What::System(System::GenerationTaken { generation })], "told once");
}

#[tokio::test]
async fn a_decision_of_an_earlier_generation_is_made_again_and_a_lost_part_is_named() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    let before = school.publisher.publish(AT).await.unwrap();
    let facts = someone("https://games.example/");
    let decision = decide_web(&school.snapshot.load_full().unwrap(), &facts, AT);

    let edit = Edit {
        id: "1".into(),
        pattern: "games.example".parse().unwrap(),
        effect: Effect::ClearCategories,
        reason: "Maths games".into(),
        owner: "Ada".into(),
        added_at: AT,
        review_on: jiff::civil::date(2027, 1, 1),
    };
    let edit = ListEdit { id: Id::new(5), edit, by: Id::new(3), removed: None };
    let change = list_edit::add(&edit, vec![]).unwrap();
    school.books.commit(&change, &Actor::CommandLine, AT).await.unwrap();
    let after = school.publisher.publish(AT).await.unwrap();
    assert_ne!(before, after);
    assert_ne!(school.verdict("https://games.example/"), Verdict::Block);

    let remade = school.generations.remake(before).await.unwrap();
    let again = decide_web(&remade, &facts, AT);
    assert_eq!(serde_json::to_vec(&again).unwrap(), serde_json::to_vec(&decision).unwrap());

    assert!(!remade.has_other_tables());
    let live = Live { tables: Some(Digest::of(b"an earlier build's")), ..Live::default() };
    let bytes = live.bytes();
    let parts = Generation { live: Digest::of(&bytes), ..remade.generation };
    let store = school.books.store();
    store.put_blob(school.books.school(), &bytes).await.unwrap();
    store.put_generation(school.books.school(), &parts, AT).await.unwrap();
    assert!(school.generations.remake(parts.digest()).await.unwrap().has_other_tables(), "and it says so");

    let never = Digest::of(b"never");
    assert!(matches!(
        school.generations.remake(never).await,
        Err(PublishFault::UnknownGeneration(digest)) if digest == never
    ));
    drop(remade);
    school.snapshot.store(None);
    for file in std::fs::read_dir(school.lists.artefacts.folder()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    assert!(matches!(
        school.generations.remake(before).await,
        Err(PublishFault::Lists(ArtefactFault::Open { .. }))
    ));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_made_leaves_the_one_in_use() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    let before = school.publisher.publish(AT).await.unwrap();
    let stored = school.books.get::<InForce, _>(school.books.school()).await.unwrap().unwrap();
    let mut document = snapshot::policy("comprehensive");
    document.unknown.clear();
    let odd = keep_policy(&school.books, &document).await.unwrap();
    let change = in_force::publish(&stored, odd, "A mistake").unwrap();
    school.books.commit(&change, &Actor::CommandLine, AT).await.unwrap();
    assert!(matches!(school.publisher.publish(AT).await, Err(PublishFault::Policy(_))));
    assert_eq!(school.snapshot.load_full().unwrap().digest(), before);
    assert_eq!(school.verdict("https://games.example/"), Verdict::Block);
    let last = school.sink.events().pop().unwrap().what;
    assert!(matches!(last, What::System(System::GenerationFailed { .. })), "{last:?}");
}

#[tokio::test]
async fn a_feed_cut_short_is_held_and_its_earlier_entries_count_until_somebody_accepts_it() {
    let school = School::new().await;
    let names: String = (0..100).map(|number| format!("game{number}.example\n")).collect();
    school.import("test-games", "adult", &names);
    school.begin().await;
    school.import("test-games", "adult", "game1.example\n");
    school.compile().await;
    let said = compile::compiled(&school.books).await.unwrap();
    assert_eq!(said.held_sources.len(), 1);
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(school.verdict("https://game77.example/"), Verdict::Block);

    let id = SourceId::parse("test-games").unwrap();
    let accept = async |why: &str| {
        compile::accept(&school.lists, &school.books, &id, why, &Actor::Person(Id::new(3)), AT).await
    };
    assert!(matches!(accept(" ").await, Err(ListsFault::Refused(Refusal::ReasonNeeded))));
    accept("The makers sorted it out").await.unwrap();
    let journal = school.books.store().journal(Id::new(1), 0, 1_000).await.unwrap();
    let line = journal.last().unwrap().read().unwrap();
    assert_eq!((line.action, &line.actor), (Action::ListSourceAccepted, &Actor::Person(Id::new(3))));
    assert_eq!(line.reason.as_deref(), Some("test-games: The makers sorted it out"));
    assert!(accept("Again").await.is_err(), "nothing waits");
    let journal = school.books.store().journal(Id::new(1), 0, 1_000).await.unwrap();
    assert_eq!(journal.last().unwrap().read().unwrap(), line, "and nothing is told of it");
    assert!(school.compile().await);
    school.publisher.publish(AT).await.unwrap();
    assert_ne!(school.verdict("https://game77.example/"), Verdict::Block);
    assert_eq!(school.verdict("https://game1.example/"), Verdict::Block);
}

#[tokio::test]
async fn what_is_fetched_while_compiling_still_waits_afterwards() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    let outcome = compile::compile(&school.lists, &school.books, |_| {}).await.unwrap();
    school.import("test-games", "adult", "games.example\nplay.example\n");
    compile::take(&school.lists, &school.books, outcome, &Actor::CommandLine, AT).await.unwrap();
    let listed = compile::listed(&school.lists.sources).unwrap();
    assert_eq!(listed[0].used.as_ref().unwrap().counts.entries.total(), 1);
    assert_eq!(listed[0].new.as_ref().unwrap().counts.entries.total(), 2, "nobody compiled it yet");
    assert!(school.compile().await);
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(school.verdict("https://play.example/"), Verdict::Block);
    assert_eq!(compile::listed(&school.lists.sources).unwrap()[0].new, None);
}

#[tokio::test]
async fn taking_a_source_into_use_that_was_broken_off_is_finished() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    school.begin().await;
    school.import("test-games", "adult", "games.example\nplay.example\n");
    let folder = school.folder.path().join("lists/sources/test-games");
    std::fs::rename(folder.join("new.txt"), folder.join("used.txt")).unwrap();
    school.compile().await;
    let listed = compile::listed(&school.lists.sources).unwrap();
    assert_eq!((listed[0].used.as_ref().unwrap().counts.entries.total(), &listed[0].new), (2, &None));
}

#[tokio::test]
async fn an_import_waits_until_whoever_else_writes_is_done() {
    let school = School::new().await;
    school.import("test-games", "adult", "games.example\n");
    let other = std::fs::File::create(school.folder.path().join("lists/sources.lock")).unwrap();
    other.lock().unwrap();
    let sources = school.lists.sources.clone();
    let (told, done) = std::sync::mpsc::channel();
    std::thread::spawn(move || told.send(sources.use_new(&SourceId::parse("test-games").unwrap()).is_ok()));
    assert!(done.recv_timeout(std::time::Duration::from_millis(200)).is_err(), "it waits");
    other.unlock().unwrap();
    assert!(done.recv().unwrap());
}

#[tokio::test]
async fn a_held_entry_counts_when_somebody_says_so() {
    let school = School::new().await;
    school.import("test-games", "adult", "bbc.co.uk\ngames.example\n");
    school.begin().await;
    school.publisher.publish(AT).await.unwrap();
    let held = compile::compiled(&school.books).await.unwrap().held;
    assert_eq!(held.iter().map(|held| held.entry.as_str()).collect::<Vec<_>>(), ["bbc.co.uk"]);
    assert_ne!(school.verdict("https://www.bbc.co.uk/"), Verdict::Block);
    let decision = Decision {
        source: SourceId::parse("test-games").unwrap(),
        entry: "bbc.co.uk".into(),
        ruling: Ruling::Apply,
        by: "Ada".into(),
        why: "For the test".into(),
        at: AT,
    };
    let decision = ListDecision { id: Id::new(7), decision, by: Id::new(3) };
    let change = list_edit::decide(&decision).unwrap();
    school.books.commit(&change, &Actor::CommandLine, AT).await.unwrap();
    assert!(school.compile().await);
    school.publisher.publish(AT).await.unwrap();
    assert_eq!(school.verdict("https://www.bbc.co.uk/"), Verdict::Block);
    assert_eq!(compile::compiled(&school.books).await.unwrap().held, []);
}

#[test]
fn what_is_no_list_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("moved.txt");
    std::fs::write(&page, "<html><body>This list has moved, please visit us</body></html>\n").unwrap();
    let refused = import::file(&page, about("test-x", "adult"), None, AT).unwrap_err();
    assert!(matches!(refused, ImportFault::UnknownFormat(path) if path == page));
    let missing = import::file(Path::new("/nowhere/list"), about("test-x", "adult"), None, AT).unwrap_err();
    assert_eq!(missing.to_string(), "cannot read /nowhere/list");
}

#[test]
fn a_squidguard_folder_is_one_source() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("domains"), "one.example\n").unwrap();
    std::fs::write(folder.path().join("urls"), "two.example/play\n").unwrap();
    std::fs::write(folder.path().join("usage"), "black\n").unwrap();
    let source = import::squidguard_folder(folder.path(), about("test-x", "adult"), AT).unwrap();
    assert_eq!((source.entries.size().names, source.entries.size().pages), (1, 1));
}
