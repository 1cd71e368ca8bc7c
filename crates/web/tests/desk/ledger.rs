//! The ledger at the desk: what people signed, whether it is true, who is told which names, and what may not be published.

use std::sync::Arc;

use axum::http::StatusCode;
use usher_ledger::{look, note};
use usher_policy::document::PolicyDocument;
use usher_policy::profile;
use usher_records::agreement::{self, AgreementText, AgreementVersion};
use usher_records::agreement_draft::AgreementDraft;
use usher_records::in_force::InForce;
use usher_records::person::Person;
use usher_records::signature;
use usher_testkit::school::on_screen;
use usher_testkit::{lists, snapshot};
use usher_types::digest::Digest;
use usher_types::ids::Id;

use crate::rig::{Answer, Browser, Rig, now, people};

const STAFF: &str = "+++\nkey = \"staff\"\ntitle = \"Staff agreement\"\nversion = \"2026\"\nreader = \"adult\"\n\
    declaration = \"I will.\"\ncontract-term = true\n+++\n\
    - The web opens for my class when I open a lesson. {#lessons keeps=\"web.lesson-session duty.supervise\"}\n\
    - I keep my password to myself. {#secret keeps=\"duty.keep-secret\"}\n\
    - An account rests after wrong passwords. {#rest keeps=\"account.lock-out\"}\n\
    - My phone stays at home. {#phone keeps=\"equipment.phones\"}\n";

async fn publish(rig: &Rig, id: u64, file: &str) -> AgreementText {
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let text = AgreementText::parse(file).unwrap();
    let versions = rig.books.find::<AgreementVersion>("key", &text.head.key).await.unwrap();
    let earlier = versions.iter().find(|version| version.value.in_force);
    rig.commit(&agreement::publish(Id::new(id), &text, earlier, true, now())).await;
    text
}

fn joan() -> Person {
    people().into_iter().find(|(username, _)| *username == "teacher").unwrap().1
}

async fn sign(rig: &Rig, id: u64, person: &Person, text: &AgreementText) {
    let (_, change) = signature::sign(&on_screen(id, person, text), text, now()).unwrap();
    rig.commit(&change).await;
}

/// Takes a policy into use, and looks what holds with it, as the job does.
async fn take(rig: &Rig, policy: PolicyDocument, minutes: i64) {
    let library = lists::library(&[("games", "games.example")], vec![]);
    let snapshot = Arc::new(snapshot::build(policy, library, &[], &[]));
    rig.app.snapshot.store(Some(Arc::clone(&snapshot)));
    let at = now().plus_minutes(minutes);
    let (read, checked) = look(&rig.books, snapshot, at).await.unwrap();
    note(&rig.books, &read, &checked, at).await.unwrap();
}

fn without_lessons() -> PolicyDocument {
    let mut policy = snapshot::policy("numbered");
    policy.lessons.whom.clear();
    policy
}

/// The part of a page that is about one clause.
fn about<'a>(page: &'a Answer, words: &str) -> &'a str {
    let mut cards = page.page().split("<section class=\"card\">");
    cards.find(|card| card.contains(words)).unwrap_or_else(|| panic!("{words}: {}", page.text))
}

#[tokio::test]
async fn pol_01_every_sentence_is_shown_with_what_keeps_it_and_whether_that_holds() {
    let rig = Rig::new().await;
    let text = publish(&rig, 7, STAFF).await;
    sign(&rig, 11, &joan(), &text).await;
    take(&rig, snapshot::policy("numbered"), 0).await;
    for username in ["headteacher", "safeguarding", "computing", "chair"] {
        let page = rig.signed_in(username).await.get("/ledger").await;
        assert!(
            about(&page, "when I open a lesson").contains("devices reach the internet only through Usher")
        );
        assert!(about(&page, "An account rests").contains("Kept"), "{username}: {}", page.text);
        assert!(about(&page, "keep my password").contains("Kept by people"));
        assert!(about(&page, "phone stays").contains("Usher cannot do this yet"));
        assert!(page.text.contains("One person’s last signature is under these words."), "{}", page.text);
    }
    let head = rig.signed_in("headteacher").await;
    let unkept = head.get("/ledger?list=unkept").await;
    assert!(
        unkept.page().contains("phone stays") && !unkept.text.contains("keep my password"),
        "{}",
        unkept.text
    );
    let untold = head.get("/ledger?list=untold").await;
    assert!(untold.page().contains("Each request is recorded"), "{}", untold.text);
    let gone = head.get("/ledger?list=no-longer").await;
    assert!(
        gone.page().contains("Everything that was true when people signed it still is."),
        "{}",
        gone.text
    );
    let kept = head.get("/ledger?state=kept").await;
    assert!(kept.page().contains("An account rests") && !kept.text.contains("phone stays"), "{}", kept.text);
    let pdf = head.get("/ledger/pdf").await;
    assert!(pdf.status == StatusCode::OK && pdf.text.starts_with("%PDF-"));
    assert_eq!(rig.signed_in("teacher").await.get("/ledger").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pol_01_a_clause_that_was_true_when_signed_names_who_signed_it_to_those_who_see_signatures() {
    let rig = Rig::new().await;
    let text = publish(&rig, 7, STAFF).await;
    take(&rig, snapshot::policy("numbered"), -10).await;
    sign(&rig, 11, &joan(), &text).await;
    take(&rig, without_lessons(), 5).await;
    let head = rig.signed_in("headteacher").await;
    let today = head.get("/").await;
    assert!(today.page().contains("One sentence people signed is not true any more"), "{}", today.text);
    assert!(!rig.signed_in("teacher").await.get("/").await.page().contains("/ledger?list=no-longer"));
    let gone = head.get("/ledger?list=no-longer").await;
    let card = about(&gone, "when I open a lesson");
    assert!(
        card.contains("Joan Price, Teacher, 24 November 2026") && card.contains("version 2026"),
        "{card}"
    );
    assert!(card.contains("the web is open without a lesson for"), "{card}");
    let address = card.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let one = head.get(&address).await;
    assert!(one.page().contains("Did not hold from 24 November 2026"), "{}", one.text);
    assert!(
        one.text.contains("Held from 24 November 2026") && one.text.contains("Joan Price"),
        "{}",
        one.text
    );
    let chair = rig.signed_in("chair").await;
    for path in ["/ledger?list=no-longer", &address] {
        let page = chair.get(path).await;
        assert!(
            page.page().contains("Staff: 1") && !page.text.contains("Joan Price"),
            "{path}: {}",
            page.text
        );
    }
    assert_eq!(head.get(&address.replace("lessons", "nothing")).await.status, StatusCode::NOT_FOUND);
}

fn mark(answer: &Answer) -> String {
    let after =
        answer.text.split("name=\"mark\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", answer.text));
    after.split('"').next().unwrap().to_owned()
}

async fn propose(head: &Browser<'_>, policy: &str) -> Answer {
    head.fill_in("/policy/change", &[("policy", policy), ("do", "look")]).await
}

#[tokio::test]
async fn pol_01_what_breaks_a_signed_clause_is_not_published_before_there_are_new_words() {
    let rig = Rig::new().await;
    let text = publish(&rig, 7, STAFF).await;
    let head = rig.signed_in("headteacher").await;
    let policy = profile::written(&without_lessons()).unwrap();
    let looked = propose(&head, &policy).await;
    assert!(
        looked.page().contains("signed by nobody yet") && looked.text.contains("name=\"mark\""),
        "{}",
        looked.text
    );
    let mark = mark(&looked);

    // An hour before newer words are published.
    let earlier = now().plus_minutes(-60);
    let (_, signed) = signature::sign(&on_screen(11, &joan(), &text), &text, earlier).unwrap();
    rig.commit(&signed).await;
    let before = rig.books.get::<InForce, _>(rig.books.school()).await.unwrap().unwrap();
    let fields =
        [("policy", policy.as_str()), ("reason", "It is simpler"), ("mark", &mark), ("do", "publish")];
    let refused = head.fill_in("/policy/change", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(
        refused.text.contains("Clause 1 of Staff agreement 2026, signed by one person."),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("Publish new words of the agreement first"), "{}", refused.text);
    let after = rig.books.get::<InForce, _>(rig.books.school()).await.unwrap().unwrap();
    assert_eq!(before, after);

    let newer = STAFF.replace("version = \"2026\"", "version = \"2026b\"");
    publish(&rig, 8, &newer.replace("#lessons keeps=\"web.lesson-session ", "#lessons keeps=\"")).await;
    let looked = propose(&head, &policy).await;
    assert!(!looked.page().contains("It would make untrue what people sign"), "{}", looked.text);
    let waits = head.fill_in("/policy/change", &fields).await;
    assert!(waits.leads_to().starts_with("/policy/drafts/"), "{}", waits.text);
}

#[tokio::test]
async fn pol_01_a_pasted_policy_becomes_a_draft_with_what_a_person_confirmed() {
    let rig = Rig::new().await;
    publish(&rig, 7, STAFF).await;
    let head = rig.signed_in("headteacher").await;
    let pasted = "1. Staff must keep their passwords secret.\n2. The tuck shop opens at noon.\n";
    let fields = [
        ("pasted", pasted),
        ("pasted-agreement", "staff"),
        ("pasted-title", "Our own"),
        ("pasted-version", "2027"),
    ];
    let name =
        format!("keep-{}-duty.keep-secret", Digest::of(b"Staff must keep their passwords secret.").short());
    let missing = head.fill_in("/ledger/paste", &[("pasted", pasted), ("do", "split")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", missing.text);
    let cut = head.fill_in("/ledger/paste", &[&fields[..], &[("do", "split")]].concat()).await;
    assert!(cut.page().contains("2 sentences") && cut.text.contains(&name), "{}", cut.text);
    assert!(cut.text.contains("It will stand as a promise that nothing keeps."), "{}", cut.text);
    let again = [&fields[..], &[(name.as_str(), "yes"), ("do", "split")]].concat();
    assert!(head.fill_in("/ledger/paste", &again).await.text.contains("checked"), "a tick stays");
    let ticked = [&fields[..], &[(name.as_str(), "yes"), ("do", "file")]].concat();
    let file = head.fill_in("/ledger/paste", &ticked).await;
    let draft = AgreementText::parse(&file.text).unwrap();
    assert_eq!((draft.head.title.as_str(), draft.clauses.len()), ("Our own", 2));
    assert_eq!(draft.clauses[0].keeps, ["duty.keep-secret"]);
    assert_eq!(draft.clauses[1].keeps, Vec::<String>::new(), "only what was ticked");
    let cut_out = [&[("pasted", "1. The tuck shop opens at noon.\n")], &ticked[1..]].concat();
    let other = AgreementText::parse(&head.fill_in("/ledger/paste", &cut_out).await.text).unwrap();
    assert_eq!(other.clauses[0].keeps, Vec::<String>::new(), "a tick stays with its sentence");
    let versions = rig.books.values::<AgreementVersion>().await.unwrap();
    assert_eq!(versions.len(), 1, "nothing is published");
    let here = [&ticked[..5], &[("do", "draft")]].concat();
    let chair = rig.signed_in("chair").await;
    assert!(!chair.fill_in("/ledger/paste", &again).await.text.contains("value=\"draft\""));
    assert!(chair.fill_in("/ledger/paste", &here).await.status.is_client_error());
    assert!(rig.books.values::<AgreementDraft>().await.unwrap().is_empty());
    let begun = head.fill_in("/ledger/paste", &here).await;
    let page = head.get(begun.leads_to().split('?').next().unwrap()).await;
    assert!(page.page().contains("The tuck shop opens at noon."), "{}", page.text);
    let drafts = rig.books.values::<AgreementDraft>().await.unwrap();
    assert_eq!(drafts.iter().map(|draft| draft.title.as_str()).collect::<Vec<_>>(), ["Our own"]);
    let twice = head.fill_in("/ledger/paste", &here).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("already writing new words") && twice.text.contains("The tuck shop"));
    assert_eq!(rig.books.values::<AgreementDraft>().await.unwrap().len(), 1, "theirs stays");
}
