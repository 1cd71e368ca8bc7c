//! A class signs on one device: what the device may do, what it may not, and what is written down.

use axum::http::StatusCode;
use usher_policy::decision::Reason;
use usher_records::agreement::AgreementText;
use usher_records::change::Action;
use usher_records::person::Person;
use usher_records::signature::{How, Signature};
use usher_records::together::{CODE_MINUTES, LONGEST_MINUTES, Together};
use usher_testkit::school::{group, pupil};
use usher_types::ids::Id;
use usher_types::role::Reader;

use crate::device::{Device, OTTERS, device, field};
use crate::rig::{ADA, Rig, id, now};

const ELM: u64 = 11;

/// A class of three in Year 1, and one child of another class.
async fn school() -> (Rig, AgreementText) {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    rig.add(&group(ELM, "1 Elm", 1)).await;
    for (number, name) in [(111, "Ann Ash"), (112, "Ben Elm"), (113, "Cai Fir")] {
        rig.add(&pupil(number, name, 1, ELM)).await;
    }
    let text = texts.into_iter().find(|text| text.head.key == "pupil-ks1").unwrap();
    (rig, text)
}

/// The teacher opens it, and the code is typed at the device.
async fn begin(rig: &Rig, tablet: &Device<'_>) {
    let teacher = rig.signed_in("teacher").await;
    let address = format!("/together/{}", id(ELM));
    teacher.post(&address, "").await.leads_to();
    let code = rig.books.values::<Together>().await.unwrap().pop().unwrap().code;
    assert!(teacher.get(&address).await.page().contains(&code.to_string()));
    assert_eq!(tablet.fill("/together", "/together", &format!("code={code}")).await.leads_to(), "/together");
}

fn right(text: &AgreementText) -> usize {
    let answers = &text.head.check.as_ref().unwrap().answers;
    answers.iter().position(|answer| answer.right).unwrap()
}

/// A child reads, answers and signs.
async fn signs(tablet: &Device<'_>, child: u64, text: &AgreementText) {
    let path = format!("/together/{}", id(child));
    for clause in &text.clauses {
        let picture = clause.picture.as_deref().unwrap();
        assert!(tablet.get(&path).await.page().contains(&format!("pictures/{picture}.svg")));
    }
    let page = tablet.get(&format!("{path}?answer={}", right(text))).await;
    assert!(page.page().contains(&text.head.declaration));
    let form = format!("digest={}&answer={}", field(page.page(), "digest"), field(page.page(), "answer"));
    let sent = tablet.send(&path, &format!("_form={}&{form}", page.token())).await;
    assert_eq!(sent.leads_to(), "/together?done=together-signed");
}

async fn signatures(rig: &Rig) -> Vec<Signature> {
    rig.books.values::<Signature>().await.unwrap()
}

#[tokio::test]
async fn agr_04_a_class_signs_on_one_device_with_the_teacher_as_witness() {
    let (rig, text) = school().await;
    let tablet = device(&rig, 5);
    begin(&rig, &tablet).await;
    signs(&tablet, 111, &text).await;
    signs(&tablet, 113, &text).await;
    let kept = signatures(&rig).await;
    assert_eq!(kept.len(), 2);
    for signature in &kept {
        let witness = How::Together { witness: Id::new(7), device: tablet.address };
        assert_eq!((signature.how, signature.digest), (witness, text.digest));
        assert_eq!((signature.clauses.clone(), signature.check_passed), (text.clause_ids(), Some(true)));
    }
    let names = tablet.get("/together").await;
    assert!(names.page().contains("value=\"2\" max=\"3\""), "how far they are: {}", names.text);
    let leads = |child: u64| names.text.contains(&format!("href=\"/together/{}\"", id(child)));
    assert_eq!([111, 112, 113].map(leads), [false, true, false], "who is away stays due");
    let office = rig.signed_in("office").await;
    let shown = office.get(&format!("/agreements/signature/{}", kept[0].id)).await;
    assert!(shown.page().contains("Joan Price") && shown.page().contains("10.0.0.5"));
    let teacher = rig.signed_in("teacher").await;
    let board = teacher.get(&format!("/together/{}", id(ELM))).await;
    assert!(board.page().contains("Ben Elm") && !board.page().contains("Ann Ash"));
}

#[tokio::test]
async fn agr_17_a_wrong_answer_is_explained_and_signs_nothing_and_pressing_twice_signs_once() {
    let (rig, text) = school().await;
    let tablet = device(&rig, 5);
    begin(&rig, &tablet).await;
    let path = format!("/together/{}", id(111));
    let wrong = 1 - right(&text).min(1);
    let again = tablet.get(&format!("{path}?answer={wrong}")).await;
    let check = text.head.check.as_ref().unwrap();
    assert!(again.page().contains(&check.answers[wrong].reply) && again.page().contains(&check.ask));
    assert!(!again.text.contains("name=\"digest\""), "there is nothing to sign yet");
    let token = tablet.get("/together").await.token();
    let sent = async |form: String| tablet.send(&path, &format!("_form={token}&{form}")).await;
    assert_eq!(sent(format!("digest={}&answer={wrong}", text.digest)).await.leads_to(), path);
    assert_eq!(signatures(&rig).await, []);
    let stale = format!("digest={}&answer={}", "0".repeat(64), right(&text));
    assert_eq!(sent(stale).await.leads_to(), format!("{path}?changed=yes"), "another text");
    for _twice in 0..2 {
        sent(format!("digest={}&answer={}", text.digest, right(&text))).await.leads_to();
    }
    assert_eq!(signatures(&rig).await.len(), 1);
}

#[tokio::test]
async fn a_device_that_signs_does_nothing_else_and_ends_by_itself() {
    let (rig, text) = school().await;
    let tablet = device(&rig, 5);
    tablet.sign_in("teacher").await.leads_to();
    begin(&rig, &tablet).await;
    assert_eq!(tablet.decision(OTTERS).reason, Reason::SignIn, "the teacher is signed out there");
    signs(&tablet, 111, &text).await;
    assert_eq!(tablet.decision(OTTERS).reason, Reason::SignIn, "and signing opens no web");
    assert_eq!(tablet.get(&format!("/together/{}", id(ADA))).await.status, StatusCode::NOT_FOUND);
    let other = device(&rig, 6);
    assert_eq!(other.get(&format!("/together/{}", id(112))).await.leads_to(), "/together");
    let token = tablet.get("/together").await.token();
    rig.clock.set(now().plus_minutes(LONGEST_MINUTES));
    let late = format!("_form={token}&digest={}&answer={}", text.digest, right(&text));
    assert_eq!(tablet.send(&format!("/together/{}", id(112)), &late).await.leads_to(), "/together");
    assert_eq!(signatures(&rig).await.len(), 1);
    assert!(tablet.get("/together").await.page().contains("name=\"code\""), "back to the start");
}

#[tokio::test]
async fn a_code_is_good_once_for_a_short_while_and_either_side_ends_it() {
    let (rig, _) = school().await;
    let (tablet, other) = (device(&rig, 5), device(&rig, 6));
    begin(&rig, &tablet).await;
    let says = |key: &str| rig.app.words.say(Reader::Adult, key, &[]);
    let code = rig.books.values::<Together>().await.unwrap().pop().unwrap().code;
    let again = other.fill("/together", "/together", &format!("code={code}")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains(&says("together-code-unknown")));
    assert_eq!(tablet.fill("/together", "/together/finish", "").await.leads_to(), "/?done=together-ended");
    assert!(tablet.get("/together").await.page().contains("name=\"code\""));

    let teacher = rig.signed_in("teacher").await;
    let address = format!("/together/{}", id(ELM));
    teacher.post(&address, "").await.leads_to();
    let code = rig.books.values::<Together>().await.unwrap().pop().unwrap().code;
    rig.clock.set(now().plus_minutes(CODE_MINUTES));
    let late = other.fill("/together", "/together", &format!("code={code}")).await;
    assert!(late.text.contains(&says("together-code-unknown")), "after a quarter of an hour");
    teacher.post(&format!("{address}/end"), "").await.leads_to();
    let told: Vec<Action> = rig.journal().await.into_iter().map(|line| line.action).collect();
    let count = |action| told.iter().filter(|one| **one == action).count();
    assert_eq!((count(Action::TogetherOpened), count(Action::TogetherEnded)), (2, 2));
    for _guess in 0..20 {
        other.fill("/together", "/together", "code=nothing").await;
    }
    let shut = other.fill("/together", "/together", &format!("code={code}")).await;
    assert!(shut.text.contains(&says("asked-too-often")));
}

#[tokio::test]
async fn children_who_left_or_moved_are_not_among_the_names() {
    let (rig, _) = school().await;
    let gone = Person { left: Some(jiff::civil::date(2026, 11, 1)), ..pupil(114, "Dot Oak", 1, ELM) };
    rig.add(&gone).await;
    let tablet = device(&rig, 5);
    begin(&rig, &tablet).await;
    let names = tablet.get("/together").await;
    assert!(names.page().contains("Ann A") && !names.page().contains("Dot O"));
    assert_eq!(tablet.get(&format!("/together/{}", id(114))).await.status, StatusCode::NOT_FOUND);
}
