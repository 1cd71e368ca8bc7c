//! The watch over the promises: a rule is taken away, and the clause it kept is red at the next look, with who signed it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tempfile::TempDir;
use usher_jobs::clauses::Clauses;
use usher_jobs::runner::Job as _;
use usher_ledger::{Read, look};
use usher_policy::access::Who;
use usher_policy::amend::{self, Proposal, Written};
use usher_policy::diff::diff;
use usher_policy::document::PolicyDocument;
use usher_policy::ledger::{Ledger, State};
use usher_policy::snapshot::Snapshot;
use usher_records::agreement::{self, AgreementText, AgreementVersion};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::held::HeldBook;
use usher_records::in_force::{self, InForce};
use usher_records::person::Person;
use usher_records::policy_draft;
use usher_records::school::{School, set_up};
use usher_records::signature;
use usher_store::books::Books;
use usher_store::store::Store;
use usher_testkit::school::{on_screen, school, staff};
use usher_testkit::{lists, snapshot};
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;

const STAFF: &str = "+++\nkey = \"staff\"\ntitle = \"Staff agreement\"\nversion = \"2026\"\nreader = \"adult\"\n\
    declaration = \"I will.\"\ncontract-term = true\n+++\n\
    - The web opens for my class when I open a lesson. {#lessons keeps=\"web.lesson-session duty.supervise\"}\n\
    - I keep my password to myself. {#secret keeps=\"duty.keep-secret\"}\n";

fn at(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

struct Rowan {
    _folder: TempDir,
    books: Books,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    policy: PolicyDocument,
}

fn taken(policy: &PolicyDocument) -> Arc<Snapshot> {
    Arc::new(snapshot::build(policy.clone(), lists::library(&[("games", "games.example")], vec![]), &[], &[]))
}

fn head() -> Person {
    staff(1, "Alan Whitlock", &[Role::Headteacher])
}

fn lead() -> Person {
    staff(2, "Ada Bell", &[Role::ComputingLead])
}

impl Rowan {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = usher_store_sql::sqlite::open(&folder.path().join("books.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let start = at("2026-11-20T16:00");
        store.add_school(Id::new(1), start).await.unwrap();
        let books = Books::new(store, Id::new(1));
        let policy = snapshot::policy("comprehensive");
        let snapshot = Arc::new(ArcSwapOption::from(Some(taken(&policy))));
        let rowan = Self { _folder: folder, books, snapshot, policy };
        rowan.commit(&set_up(&School { set_up_at: start, ..school("comprehensive") }), start).await;
        for person in [head(), lead(), staff(3, "Joan Price", &[Role::Teacher])] {
            let change = Change::of(Action::PersonAdded, Write::of(&person, Expect::New));
            rowan.commit(&change, start).await;
        }
        let digest = rowan.keep(&rowan.policy).await;
        let (lists, compiled) = (Digest::of(b"lists"), Digest::of(b"held"));
        let first = InForce { school: Id::new(1), policy: digest, lists, compiled, phrases: None };
        rowan.commit(&in_force::begin(&first, "the school was set up"), start).await;
        rowan.publish_text(7, STAFF, start).await;
        rowan
    }

    async fn commit(&self, change: &Change, at: Moment) {
        self.books.commit(change, &Actor::CommandLine, at).await.unwrap();
    }

    async fn keep(&self, policy: &PolicyDocument) -> Digest {
        let bytes = serde_json::to_vec(policy).unwrap();
        self.books.store().put_blob(Id::new(1), &bytes).await.unwrap()
    }

    async fn publish_text(&self, id: u64, file: &str, at: Moment) {
        self.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
        let text = AgreementText::parse(file).unwrap();
        let versions = self.books.find::<AgreementVersion>("key", &text.head.key).await.unwrap();
        let earlier = versions.iter().find(|version| version.value.in_force);
        self.commit(&agreement::publish(Id::new(id), &text, earlier, true, at), at).await;
    }

    async fn sign(&self, id: u64, person: &Person, file: &str, at: Moment) {
        let text = AgreementText::parse(file).unwrap();
        let (_, change) = signature::sign(&on_screen(id, person, &text), &text, at).unwrap();
        self.commit(&change, at).await;
    }

    /// Puts a policy into force by the policy commands: the head writes it, the computing lead confirms what is weighty.
    async fn publish(&self, policy: &PolicyDocument, at: Moment) {
        let before = self.books.get::<InForce, _>(self.books.school()).await.unwrap().unwrap();
        let digest = self.keep(policy).await;
        let differences = diff(&self.policy, policy, &usher_lists::category::Catalogue::ours().unwrap());
        let writer = Who::of(&head());
        let proposal =
            Proposal { policy: digest, differences: &differences, writer: &writer, reason: "It is simpler" };
        match amend::write(proposal, &before, Id::new(90), at).unwrap() {
            Written::InForce(change) => self.commit(&change, at).await,
            Written::Waits(change, id) => {
                self.commit(&change, at).await;
                let draft = self.books.get::<policy_draft::PolicyDraft, _>(id).await.unwrap().unwrap();
                let change = policy_draft::confirm(&draft, &before, lead().id, at).unwrap();
                self.commit(&change, at).await;
            }
        }
        self.snapshot.store(Some(taken(policy)));
    }

    async fn ledger(&self, at: Moment) -> Ledger {
        let (read, checked) = look(&self.books, self.snapshot.load_full().unwrap(), at).await.unwrap();
        read.ledger(&checked)
    }

    async fn book(&self) -> Option<usher_records::change::Stored<HeldBook>> {
        self.books.get::<HeldBook, _>(self.books.school()).await.unwrap()
    }
}

fn state(ledger: &Ledger, clause: &str) -> State {
    ledger.lines.iter().find(|line| line.clause.id == clause).unwrap().state
}

#[tokio::test]
async fn pol_01_a_rule_that_is_deleted_makes_its_clause_red_within_a_minute_and_names_who_signed_it() {
    let rowan = Rowan::new().await;
    let job = Clauses::new(rowan.books.clone(), Arc::clone(&rowan.snapshot));
    assert!(job.every().as_secs() * 2 <= 60, "two looks a minute");
    job.run(at("2026-11-23T09:00")).await.unwrap();
    let joan = staff(3, "Joan Price", &[Role::Teacher]);
    rowan.sign(11, &joan, STAFF, at("2026-11-23T09:05")).await;
    assert_eq!(state(&rowan.ledger(at("2026-11-23T09:06")).await, "lessons"), State::Conditional);

    let mut without = rowan.policy.clone();
    without.lessons.whom.clear();
    rowan.publish(&without, at("2026-11-23T10:00")).await;
    let noticed = at("2026-11-23T10:00").plus_seconds(30);
    job.run(noticed).await.unwrap();
    let ledger = rowan.ledger(at("2026-11-23T10:01")).await;
    assert_eq!(state(&ledger, "lessons"), State::NoLonger);
    assert_eq!(state(&ledger, "secret"), State::Duty);
    let line = ledger.no_longer().next().unwrap();
    assert_eq!(line.since(), Some(noticed));
    let told = line.ended_for();
    assert_eq!((told.len(), told[0].name.as_str(), told[0].version.as_str()), (1, "Joan Price", "2026"));
    assert_eq!((told[0].kind.name(), told[0].at), ("staff", at("2026-11-23T09:05")));

    // Whoever signs now signs what is untrue, and is not told it was true.
    rowan.sign(12, &head(), STAFF, at("2026-11-23T10:05")).await;
    assert_eq!(rowan.ledger(at("2026-11-23T10:06")).await.no_longer().next().unwrap().ended_for().len(), 1);

    // The rule comes back, and so does the clause; the books say since when.
    rowan.snapshot.store(Some(taken(&rowan.policy)));
    job.run(at("2026-11-23T11:00")).await.unwrap();
    let ledger = rowan.ledger(at("2026-11-23T11:01")).await;
    assert_eq!(state(&ledger, "lessons"), State::Conditional);
    let turns = &rowan.book().await.unwrap().value.of("web.lesson-session").unwrap().turns.clone();
    assert_eq!(turns.iter().map(|turn| turn.holds).collect::<Vec<_>>(), [true, false, true]);
    let journal = rowan.books.store().journal(Id::new(1), 0, 10_000).await.unwrap();
    let reasons: Vec<String> = journal
        .iter()
        .filter_map(|entry| entry.read().unwrap().reason)
        .filter(|why| why.contains("holds"))
        .collect();
    assert_eq!(reasons, ["web.lesson-session holds no more", "web.lesson-session holds again"]);
}

#[tokio::test]
async fn a_look_at_what_did_not_change_writes_nothing() {
    let rowan = Rowan::new().await;
    let job = Clauses::new(rowan.books.clone(), Arc::clone(&rowan.snapshot));
    for minute in 0..3 {
        job.run(at("2026-11-23T09:00").plus_minutes(minute)).await.unwrap();
    }
    assert_eq!(rowan.book().await.unwrap().version, 1);
    // Nor does a job that was started anew.
    let again = Clauses::new(rowan.books.clone(), Arc::clone(&rowan.snapshot));
    again.run(at("2026-11-23T09:10")).await.unwrap();
    assert_eq!(rowan.book().await.unwrap().version, 1);
}

#[tokio::test]
async fn pol_01_new_words_first_and_a_signature_under_the_old_ones_stays_on_the_list() {
    let rowan = Rowan::new().await;
    let job = Clauses::new(rowan.books.clone(), Arc::clone(&rowan.snapshot));
    job.run(at("2026-11-23T09:00")).await.unwrap();
    rowan.sign(11, &head(), STAFF, at("2026-11-23T09:05")).await;
    let newer = STAFF
        .replace("version = \"2026\"", "version = \"2026b\"")
        .replace("#lessons keeps=\"web.lesson-session ", "#lessons keeps=\"");
    rowan.publish_text(8, &newer, at("2026-11-23T09:30")).await;
    let mut without = rowan.policy.clone();
    without.lessons.whom.clear();
    let (before, after) = (taken(&rowan.policy), taken(&without));
    let breaches = usher_ledger::breaches(&rowan.books, before, after, at("2026-11-23T09:40")).await.unwrap();
    assert_eq!(breaches, [], "the words in force promise it no more");
    rowan.publish(&without, at("2026-11-23T10:00")).await;
    job.run(at("2026-11-23T10:00")).await.unwrap();
    let ledger = rowan.ledger(at("2026-11-23T10:01")).await;
    assert_eq!(
        ledger.no_longer().map(|line| (line.version.as_str(), line.in_force)).collect::<Vec<_>>(),
        [("2026", false)]
    );
    rowan.sign(12, &head(), &newer, at("2026-11-23T10:05")).await;
    assert_eq!(rowan.ledger(at("2026-11-23T10:06")).await.no_longer().count(), 0, "signed anew");
    let read = Read::of(&rowan.books, at("2026-11-23T10:06")).await.unwrap();
    assert_eq!(read.texts.len(), 1);
}

#[tokio::test]
async fn pol_01_a_signed_clause_that_is_taken_out_binds_until_the_time_to_sign_anew_is_over() {
    let rowan = Rowan::new().await;
    rowan.sign(11, &head(), STAFF, at("2026-11-23T09:05")).await;
    let newer = STAFF.replace("version = \"2026\"", "version = \"2026b\"").replace("#lessons", "#other");
    let newer = newer.replace("web.lesson-session", "");
    rowan.publish_text(8, &newer, at("2026-11-23T09:30")).await;
    let mut without = rowan.policy.clone();
    without.lessons.whom.clear();
    for (day, signed) in [("2026-11-23T09:40", vec![1]), ("2026-12-07T09:31", vec![])] {
        let (before, after) = (taken(&rowan.policy), taken(&without));
        let found = usher_ledger::breaches(&rowan.books, before, after, at(day)).await.unwrap();
        assert_eq!(found.iter().map(|breach| breach.signed).collect::<Vec<_>>(), signed, "{day}");
    }
}

#[tokio::test]
async fn pol_01_a_change_that_breaks_what_people_signed_is_named_before_it_is_made() {
    let rowan = Rowan::new().await;
    rowan.sign(11, &head(), STAFF, at("2026-11-23T09:05")).await;
    let mut without = rowan.policy.clone();
    without.lessons.whom.clear();
    let (before, after) = (taken(&rowan.policy), taken(&without));
    let breaches = usher_ledger::breaches(&rowan.books, before, after, at("2026-11-23T09:40")).await.unwrap();
    assert_eq!(breaches.len(), 1);
    assert_eq!((breaches[0].number, breaches[0].signed), (1, 1));
}
