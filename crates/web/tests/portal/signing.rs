//! Signing at a device: what opens before it and after it, for adults, children, parents and visitors.

use axum::http::StatusCode;
use usher_policy::decision::Reason;
use usher_policy::verdict::Verdict;
use usher_records::account::Hashed;
use usher_records::agreement::AgreementText;
use usher_records::change::Action;
use usher_records::person::Person;
use usher_records::signature::{Part, Signature};
use usher_records::standing::{DueReason, Standing};
use usher_testkit::school::{group, person, pupil};
use usher_types::ids::Id;
use usher_types::moment::Zone;
use usher_types::role::{PersonKind, Reader};

use crate::device::{Device, OTTERS, device, field};
use crate::rig::{ADA, Rig, id, now};

async fn signatures(rig: &Rig) -> Vec<Signature> {
    rig.books.values::<Signature>().await.unwrap()
}

/// The text with this key.
fn text<'a>(texts: &'a [AgreementText], key: &str) -> &'a AgreementText {
    texts.iter().find(|text| text.head.key == key).unwrap()
}

/// The place of the right answer, and of a wrong one.
fn answers(text: &AgreementText) -> (usize, usize) {
    let answers = &text.head.check.as_ref().unwrap().answers;
    let place = |right| answers.iter().position(|answer| answer.right == right).unwrap();
    (place(true), place(false))
}

/// Signs Ada's agreement rightly.
async fn ada_signs(pc: &Device<'_>, agreement: &AgreementText) {
    let (right, _) = answers(agreement);
    pc.sign("Ada", &right.to_string()).await.leads_to();
}

#[tokio::test]
async fn agr_02_a_supply_teacher_reaches_the_agreement_alone_until_it_is_signed() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let pc = device(&rig, 1);
    assert_eq!(pc.sign_in("supply").await.leads_to(), "/agreement");
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::New));
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Challenge);
    assert!(pc.get("/").await.page().contains(&pc.says(Reader::Adult, "state-agreement-title")));
    let other = pc.sign("Hester Hale", "").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody else's name");
    let page = pc.get("/agreement").await;
    let stale = format!("_form={}&digest={}&name=Sal+Ply", page.token(), "0".repeat(64));
    assert_eq!(pc.send("/agreement", &stale).await.status, StatusCode::CONFLICT, "another text");
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Challenge);
    assert_eq!(signatures(&rig).await, []);
    assert_eq!(pc.sign("sal  ply", "").await.leads_to(), "/?done=signed");
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Allow, "at once, in the same sign-in");
}

#[tokio::test]
async fn agr_03_a_signature_holds_the_declaration_that_was_shown_word_for_word() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let pc = device(&rig, 1);
    for (username, name, key) in [
        ("teacher", "Joan Price", "staff"),
        ("parent", "Pat Bell", "parent"),
        ("volunteer", "Vol Unteer", "visitor"),
    ] {
        pc.sign_in(username).await.leads_to();
        let declaration = &text(&texts, key).head.declaration;
        assert!(pc.get("/agreement").await.page().contains(declaration), "{key}");
        pc.sign(name, "").await.leads_to();
        let signature = signatures(&rig).await.into_iter().find(|one| one.agreement == key).unwrap();
        assert_eq!(&signature.declaration, declaration);
        assert_eq!(signature.digest, text(&texts, key).digest);
        assert!(pc.get("/agreement/mine").await.page().contains(declaration), "and they can read it");
        let office = rig.signed_in("office").await;
        let kept = office.get(&format!("/agreements/signature/{}", signature.id)).await;
        assert!(kept.page().contains(declaration), "the register shows it: {key}");
    }
}

/// A class of thirty in Year 1, the first of them with a picture password.
async fn year_1(rig: &Rig) {
    rig.add(&group(11, "1 Elm", 1)).await;
    for number in 111..=140 {
        rig.add(&pupil(number, &format!("Child Number{number}"), 1, 11)).await;
    }
    let first = pupil(111, "Child Number111", 1, 11);
    let hash = rig.hash("cat sun key").await;
    rig.account("child111", Some(&first), None, Hashed::Pictures(hash)).await;
}

/// Presses pictures one after the other.
async fn press(pc: &Device<'_>, pictures: [&str; 3]) -> crate::rig::Answer {
    let path = format!("/classes/{}/{}", id(11), id(111));
    let mut page = pc.get(&path).await;
    let mut chosen = String::new();
    for picture in pictures {
        let form = format!("_form={}{chosen}&picture={picture}", page.token());
        page = pc.send(&path, &form).await;
        chosen.push_str(&format!("&chosen={picture}"));
    }
    page
}

#[tokio::test]
async fn agr_04_a_year_1_child_signs_with_pictures_and_the_class_list_counts_one_of_thirty() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let cards = text(&texts, "pupil-ks1");
    year_1(&rig).await;
    let pc = device(&rig, 1);
    let wrong = press(&pc, ["sun", "cat", "key"]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "the order counts");
    assert_eq!(press(&pc, ["cat", "sun", "key"]).await.leads_to(), "/agreement");
    let of = cards.digest.short();
    for (card, clause) in (1..).zip(&cards.clauses) {
        let page = pc.get(&format!("/agreement?card={card}&of={of}")).await;
        let picture = clause.picture.as_deref().unwrap();
        assert!(page.page().contains(&format!("pictures/{picture}.svg")), "card {card}");
    }
    let (right, _) = answers(cards);
    let last = format!("/agreement?card={}&of={of}&answer={right}", cards.clauses.len() + 2);
    let page = pc.get(&last).await;
    assert!(page.page().contains(&cards.head.declaration), "{}", page.text);
    let form = format!("_form={}&digest={}&answer={right}", page.token(), field(page.page(), "digest"));
    assert_eq!(pc.send("/agreement", &form).await.leads_to(), "/?done=signed");

    let office = rig.signed_in("office").await;
    let done = [("done", 1_u8.into()), ("asked", 30_u8.into())];
    let done = rig.app.words.say(Reader::Adult, "report-done-of", &done);
    let index = office.get("/agreements").await;
    let class = index.page().split("1 Elm").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(class.contains(&done), "{done}: {class}");
}

#[tokio::test]
async fn agr_06_every_session_accepts_the_clause_anew_and_a_refusal_opens_nothing() {
    let rig = Rig::of("comprehensive", |_| ()).await;
    let texts = rig.publish_all().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    let clause = text(&texts, "pupil-ks2").head.each_time.clone().unwrap();
    assert_eq!(pc.sign_in("ada").await.leads_to(), "/agreement");
    ada_signs(&pc, text(&texts, "pupil-ks2")).await;
    pc.sign_out().await.leads_to();

    assert!(pc.get("/sign-in?for=ks2").await.page().contains(&clause));
    for session in 1..=2 {
        assert_eq!(pc.sign_in("ada").await.leads_to(), "/clause", "session {session}");
        assert_eq!(pc.decision("https://otters.example/").reason, Reason::AcceptClause);
        assert!(pc.get("/clause").await.page().contains(&clause));
        assert_eq!(pc.fill("/clause", "/clause", "").await.leads_to(), "/?done=signed-in");
        assert_ne!(pc.decision(OTTERS).reason, Reason::AcceptClause);
        pc.sign_out().await.leads_to();
    }
    let ticked = format!("username=ada&password={}&clause=yes", crate::rig::PASSWORD.replace(' ', "+"));
    let third = pc.fill("/sign-in?for=ks2", "/sign-in", &ticked).await;
    assert_eq!(third.leads_to(), "/?done=signed-in", "ticked while signing in");
    pc.sign_out().await.leads_to();
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.fill("/clause", "/sign-out", "").await.leads_to(), "/?done=signed-out");
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignIn, "whoever says no has no web");
    let accepted = rig.journal().await.into_iter().filter(|line| line.action == Action::ClauseAccepted);
    assert_eq!(accepted.count(), 2);
}

#[tokio::test]
async fn agr_08_a_parent_signs_for_a_child_and_the_childs_own_signature_is_still_missing() {
    let rig = Rig::of("classic", |_| ()).await;
    let texts = rig.publish_all().await;
    rig.open_lesson();
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let (home, pc) = (device(&rig, 1), device(&rig, 2));
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.decision(OTTERS).reason, Reason::ParentMissing, "the parent comes first here");
    home.sign_in("pia").await.leads_to();
    let child = format!("/parents/{}", id(ADA));
    let page = home.get(&child).await;
    assert!(page.page().contains(text(&texts, "pupil").head.parent_declaration.as_ref().unwrap()));
    let digest = field(page.page(), "digest");
    let silent = format!("digest={digest}&name=Pia+Bell");
    assert_eq!(home.fill(&child, &child, &silent).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(signatures(&rig).await, [], "without the tick that they talked");
    let signed = home.fill(&child, &child, &format!("{silent}&discussed=yes")).await;
    assert_eq!(signed.leads_to(), "/parents?done=signed-for-child");
    let signature = signatures(&rig).await.pop().unwrap();
    assert_eq!((signature.part, signature.discussed), (Part::ParentFor(Id::new(ADA)), Some(true)));

    let office = rig.signed_in("office").await;
    let missing =
        |page: &str| page.split("Ada Bell").nth(1).map(|row| row.split("</tr>").next().unwrap().to_owned());
    let outstanding = office.get("/agreements/outstanding").await;
    let row = missing(outstanding.page()).unwrap();
    assert!(row.contains(&pc.says(Reader::Adult, "report-missing-own")), "{row}");
    assert!(matches!(pc.who().subject.standing, Standing::Due { .. }), "the child's device knows at once");
    ada_signs(&pc, text(&texts, "pupil")).await;
    assert_eq!(pc.who().subject.standing, Standing::Signed);
    assert_eq!(missing(office.get("/agreements/outstanding").await.page()), None);
    assert_eq!(home.get(&format!("/parents/{}", id(ADA + 1))).await.status, 404, "nobody else's child");
}

#[tokio::test]
async fn agr_17_a_wrong_answer_is_explained_and_asked_again_and_signs_nothing() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let agreement = text(&texts, "pupil-ks2");
    let check = agreement.head.check.as_ref().unwrap();
    let (right, wrong) = answers(agreement);
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert!(pc.get("/agreement").await.page().contains(&check.ask));
    for (answer, explains) in [
        (wrong.to_string(), check.answers[wrong].reply.clone()),
        (String::new(), pc.says(Reader::Ks2, "agreement-no-answer")),
    ] {
        let again = pc.sign("Ada", &answer).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(&explains) && again.text.contains(&check.ask), "{}", again.text);
    }
    assert_eq!(signatures(&rig).await, []);
    pc.sign("Ada", &right.to_string()).await.leads_to();
    assert_eq!(signatures(&rig).await[0].check_passed, Some(true));
}

#[tokio::test]
async fn agr_17_the_youngest_are_asked_with_pictures_and_cannot_walk_round_the_question() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let cards = text(&texts, "pupil-ks1");
    let (_, wrong) = answers(cards);
    year_1(&rig).await;
    let pc = device(&rig, 1);
    press(&pc, ["cat", "sun", "key"]).await.leads_to();
    let question = cards.clauses.len() + 1;
    let at = |card: usize| format!("/agreement?card={card}&of={}&answer={wrong}", cards.digest.short());
    for card in [question, question + 1] {
        let page = pc.get(&at(card)).await;
        assert!(
            page.page().contains(&cards.head.check.as_ref().unwrap().answers[wrong].reply),
            "card {card}"
        );
    }
    let token = pc.get("/agreement").await.token();
    let sent = pc.send("/agreement", &format!("_form={token}&digest={}&answer={wrong}", cards.digest)).await;
    assert!(sent.leads_to().contains(&format!("card={question}")), "back to the question");
    assert_eq!(signatures(&rig).await, []);
}

#[tokio::test]
async fn agr_18_no_pupil_becomes_a_visitor() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let form = "name=Vi+Sitor&kind=visitor&visiting=Hester+Hale";
    let people = async || rig.books.values::<Person>().await.unwrap().len();
    let before = people().await;
    // The form is open from before the device was the school's, or a pupil's.
    let (ours, theirs) = (device(&rig, 20), device(&rig, 21));
    let token = ours.get("/visitor").await.token();
    rig.name_device(20, "PC 20", "ICT suite");
    assert!(ours.get("/visitor").await.page().contains("school office"));
    assert_eq!(ours.send("/visitor", &format!("_form={token}&{form}")).await.status, StatusCode::FORBIDDEN);
    theirs.sign_in("ada").await.leads_to();
    assert!(theirs.get("/visitor").await.page().contains("school office"));
    theirs.sign_out().await.leads_to();
    let token = theirs.get("/sign-in?for=ks2").await.token();
    assert_eq!(theirs.send("/visitor", &format!("_form={token}&{form}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(people().await, before);
    rig.clock.set(now().plus_minutes(10));
    assert_eq!(theirs.fill("/visitor", "/visitor", form).await.leads_to(), "/agreement");
}

#[tokio::test]
async fn agr_18_few_visitors_sign_in_at_one_device_in_an_hour() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let guest = device(&rig, 9);
    let form = "name=Vi+Sitor&kind=visitor&visiting=Hester+Hale";
    for _ in 0..3 {
        assert_eq!(guest.fill("/visitor", "/visitor", form).await.leads_to(), "/agreement");
        guest.sign_out().await.leads_to();
    }
    assert!(guest.get("/visitor").await.page().contains("school office"));
    rig.clock.set(now().plus_minutes(60));
    assert_eq!(guest.fill("/visitor", "/visitor", form).await.leads_to(), "/agreement");
}

#[tokio::test]
async fn agr_18_a_visitor_gives_a_name_signs_and_is_out_at_closing_time() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let guest = device(&rig, 9);
    assert_eq!(guest.decision(OTTERS).reason, Reason::SignIn);
    let nameless = guest.fill("/visitor", "/visitor", "name=Vi&kind=visitor&visiting=").await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = "name=Vi+Sitor&kind=visitor&visiting=Hester+Hale";
    assert_eq!(guest.fill("/visitor", "/visitor", form).await.leads_to(), "/agreement");
    assert_eq!(guest.decision(OTTERS).reason, Reason::SignAgreement(DueReason::New));
    guest.sign("Vi Sitor", "").await.leads_to();
    assert_eq!(guest.decision(OTTERS).verdict, Verdict::Allow);
    let london = |text: &str| Zone::london().parse(text).unwrap();
    for minutes in (30..=450).step_by(30) {
        rig.clock.set(now().plus_minutes(minutes));
        assert_eq!(guest.decision(OTTERS).verdict, Verdict::Allow, "after {minutes} minutes");
    }
    rig.clock.set(london("2026-11-24T18:00"));
    assert_eq!(guest.decision(OTTERS).reason, Reason::SignIn, "closing time");
    guest.fill("/visitor", "/visitor", form).await.leads_to();
    guest.sign("Vi Sitor", "").await.leads_to();
    for minutes in (30..360).step_by(30) {
        rig.clock.set(london("2026-11-24T18:00").plus_minutes(minutes));
        guest.who();
    }
    rig.clock.set(london("2026-11-24T23:59"));
    assert_eq!(guest.decision(OTTERS).verdict, Verdict::Allow, "an evening meeting");
    rig.clock.set(london("2026-11-25T00:00"));
    assert_eq!(guest.decision(OTTERS).reason, Reason::SignIn, "midnight");
}
