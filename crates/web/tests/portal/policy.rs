//! The policy read by everybody, questions about agreements, and reading only what changed.

use axum::http::StatusCode;
use usher_policy::decision::Reason;
use usher_records::agreement::AgreementVersion;
use usher_records::change::Stored;
use usher_records::person::{self, Person};
use usher_records::question::Question;
use usher_records::register::Entry;
use usher_records::signature::{How, Part, Sign, sign};
use usher_records::standing::DueReason;
use usher_testkit::school::{person, pupil};
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Year};

use crate::device::{MODELS, OTTERS, device};
use crate::rig::{ADA, CLASS, Rig, id, people};

const POLICY: &str = include_str!("../../../../profiles/agreements/policy.md");
const FOR_CHILDREN: &str = include_str!("../../../../profiles/agreements/policy-pupil.md");

#[tokio::test]
async fn pol_01_parent_pupil_and_governor_read_the_policy_and_each_sentence_leads_to_what_carries_it_out() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let adults = rig.publish(801, POLICY, true).await;
    let children = rig.publish(802, FOR_CHILDREN, true).await;
    let pc = device(&rig, 1);
    for (username, text) in
        [("parent", &adults), ("chair", &adults), ("teacher", &adults), ("ada", &children)]
    {
        pc.sign_in(username).await.leads_to();
        let page = pc.get("/policy").await;
        assert!(page.page().contains(&text.head.title), "{username}: {}", page.text);
        for clause in &text.clauses {
            let card = page.text.split(&format!("id=\"clause-{}\"", clause.id)).nth(1).unwrap();
            let card = card.split("</div>").next().unwrap();
            assert!(card.contains("href=\"/policy/control/"), "{username} {}: {card}", clause.id);
        }
        let links: Vec<&str> = page.text.split("href=\"/policy/control/").skip(1).collect();
        for link in links {
            let id = link.split('"').next().unwrap();
            let control = pc.get(&format!("/policy/control/{id}")).await;
            assert!(control.page().contains("<h1>"), "{username} {id}");
        }
    }
    assert!(pc.get("/").await.page().contains("href=\"/policy\""));
    assert_eq!(pc.get("/policy/control/web.nothing").await.status, StatusCode::NOT_FOUND);
}

async fn ask(rig: &Rig, username: &str, words: &str) -> Question {
    let pc = device(rig, 9);
    pc.sign_in(username).await.leads_to();
    let page = pc.get("/agreement").await;
    let link =
        page.page().split("href=\"/questions?of=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sent = format!("of={link}&words={}", words.replace(' ', "+"));
    let asked = pc.fill(&format!("/questions?of={link}"), "/questions", &sent).await;
    assert_eq!(asked.leads_to(), "/questions?done=question-asked", "{}", asked.text);
    assert!(pc.get("/questions").await.page().contains("Waiting for a reply"));
    pc.sign_out().await.leads_to();
    let mut all = rig.books.values::<Question>().await.unwrap();
    all.sort_by_key(|question| question.id);
    all.pop().unwrap()
}

#[tokio::test]
async fn agr_10_a_parents_question_reaches_the_class_teacher_and_a_reply_closes_it() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let asked = ask(&rig, "pia", "What does rule three mean").await;
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains("A question about an agreement waits for you"));
    let address = format!("/questions/{}", asked.id);
    assert!(teacher.get(&address).await.page().contains("What does rule three mean"));
    for username in ["esafety", "computing", "office", "supply"] {
        let other = rig.signed_in(username).await;
        assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND, "{username}");
        assert!(!other.get("/questions").await.page().contains("Pia Bell"), "{username}");
    }
    let silent = teacher.post(&address, "question-reply=+").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let replied = teacher.post(&address, "question-reply=It+is+about+passwords").await;
    assert_eq!(replied.leads_to(), "/questions?done=question-replied");
    assert!(!teacher.get("/").await.page().contains("question about an agreement waits"));
    assert_eq!(
        teacher.post(&address, "question-reply=Or+not").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let home = device(&rig, 2);
    home.sign_in("pia").await.leads_to();
    let mine = home.get("/questions").await;
    assert!(mine.page().contains("It is about passwords") && mine.text.contains("Joan Price replied"));
}

#[tokio::test]
async fn agr_10_staff_ask_the_e_safety_co_ordinator_and_everybody_else_the_computing_lead() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    for (asks, answers, not) in [
        ("teacher", "esafety", "computing"),
        ("volunteer", "computing", "esafety"),
        ("ada", "teacher", "computing"),
    ] {
        let asked = ask(&rig, asks, "Why this rule").await;
        let address = format!("/questions/{}", asked.id);
        let reader = rig.signed_in(answers).await;
        assert!(reader.get(&address).await.page().contains("Why this rule"), "{asks}");
        assert_eq!(rig.signed_in(not).await.get(&address).await.status, StatusCode::NOT_FOUND, "{asks}");
    }
    let pc = device(&rig, 3);
    pc.sign_in("ada").await.leads_to();
    let silent = pc.fill("/questions", "/questions", "words=+").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "a question says something");
}

#[tokio::test]
async fn agr_10_a_child_who_does_not_write_yet_asks_about_a_rule_with_one_tap() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let rules = texts.iter().find(|text| text.head.key == "pupil-ks1").unwrap();
    rig.enrol("kit", &pupil(90, "Kit Small", 1, CLASS)).await;
    let pc = device(&rig, 4);
    pc.sign_in("kit").await.leads_to();
    let card = pc.get("/agreement?card=2").await;
    assert!(
        card.page().contains("I have a question") && card.text.contains("data-listen=\"I have a question\"")
    );
    let rule = &rules.clauses[1];
    let form = format!("of={}&clause={}&card=2", rules.digest, rule.id);
    let asked = pc.fill("/agreement?card=2", "/questions", &form).await;
    let back = format!("/agreement?card=2&of={}&asked=yes", rules.digest.short());
    assert_eq!(asked.leads_to(), back);
    assert!(pc.get(&back).await.page().contains("We told your teacher."));
    let question = rig.books.values::<Question>().await.unwrap().pop().unwrap();
    assert!(question.words.contains("rule 2") && question.words.contains(&rule.text), "{}", question.words);
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains("A question about an agreement waits for you"));
    let unknown = format!("of={}&clause=nothing&card=2", rules.digest);
    assert_eq!(pc.fill("/agreement?card=2", "/questions", &unknown).await.status, StatusCode::NOT_FOUND);
}

async fn on_paper(rig: &Rig, number: u64, person: &Person, text: &usher_records::agreement::AgreementText) {
    let asked = Sign {
        id: Id::new(number),
        person,
        part: Part::Own,
        shown: text.digest,
        answer: None,
        typed_name: None,
        discussed: false,
        how: How::OnPaper,
        entered_by: Some(Id::new(9)),
        read_in: None,
    };
    rig.commit(&sign(&asked, text, rig.app.now()).unwrap().1).await;
}

#[tokio::test]
async fn agr_19_who_signed_before_reads_only_what_changed_and_the_whole_is_one_link_away() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let staff = texts.iter().find(|text| text.head.key == "staff").unwrap();
    let (_, joan) = people().into_iter().find(|(username, _)| *username == "teacher").unwrap();
    on_paper(&rig, 801, &joan, staff).await;
    rig.clock.set(rig.app.now().plus_minutes(60));
    let changed = MODELS[0].replace("I keep my password to myself.", "I keep my password to myself, always.");
    assert_ne!(changed, MODELS[0]);
    rig.publish(712, &changed, true).await;
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    let page = pc.get("/agreement").await;
    assert!(page.page().contains("These are the rules that changed since you signed."), "{}", page.text);
    assert!(page.text.contains("id=\"clause-password\"") && page.text.contains("to myself, always."));
    assert_eq!(page.text.matches("id=\"clause-").count(), 1, "and nothing else");
    let whole = pc.get("/agreement?whole=yes").await;
    assert_eq!(whole.page().matches("id=\"clause-").count(), staff.clauses.len());
    assert!(page.text.contains("href=\"/agreement?whole=yes"), "{}", page.text);
    pc.sign("Joan Price", "").await.leads_to();
}

#[tokio::test]
async fn agr_12_year_2_gets_the_text_of_key_stage_1_and_moving_to_year_3_asks_for_the_other() {
    let rig = Rig::of("numbered", |settings| settings.sign_in.picture_years = vec![]).await;
    let texts = rig.publish_all().await;
    let of = |key: &str| texts.iter().find(|text| text.head.key == key).unwrap();
    let bo = pupil(72, "Bo Wren", 2, CLASS);
    rig.enrol("bo", &bo).await;
    let pc = device(&rig, 1);
    pc.sign_in("bo").await.leads_to();
    assert!(pc.get("/agreement").await.page().contains(&of("pupil-ks1").head.title));
    on_paper(&rig, 801, &bo, of("pupil-ks1")).await;
    pc.sign_in("bo").await.leads_to();
    assert_ne!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::New));
    let stored: Stored<Person> = rig.books.get(bo.id).await.unwrap().unwrap();
    let older = Person { year: Year::new(3), ..bo.clone() };
    rig.commit(&person::change(&stored, &older)).await;
    pc.sign_in("bo").await.leads_to();
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::AnotherText));
    assert!(pc.get("/agreement").await.page().contains(&of("pupil-ks2").head.title));
}

#[tokio::test]
async fn pol_10_conduct_outside_school_is_logged_against_the_clause_that_shows_an_example() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let staff = texts.iter().find(|text| text.head.key == "staff").unwrap();
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    let page = pc.get("/agreement").await;
    let clause = page.page().split("id=\"clause-conduct\"").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(clause.contains("in school or out") && clause.contains("For example"), "{clause}");
    let version =
        rig.books.find_one::<AgreementVersion>("digest", staff.digest).await.unwrap().unwrap().value;
    let head = rig.signed_in("headteacher").await;
    let form = format!("text=A+joke+about+the+class+on+a+private+page&rule={}%3Aconduct", version.id);
    let written = head.post(&format!("/register/new/{}", id(7)), &form).await;
    assert_eq!(written.leads_to(), "/register?done=register-written");
    let entry = rig.books.values::<Entry>().await.unwrap().pop().unwrap();
    assert_eq!(entry.rule.unwrap().clause, "conduct");
}
