//! The children's rules that went to parents: who has them, and who is given paper (AGR-13).

use axum::http::StatusCode;
use usher_records::agreement::{AgreementText, publish};
use usher_records::change::Mail;
use usher_records::rules_sent::{self, RulesSent, Stands};
use usher_testkit::school::person;
use usher_types::ids::Id;
use usher_types::role::PersonKind;

use crate::rig::{ADA, Rig, now};

#[tokio::test]
async fn agr_13_the_office_sees_who_has_the_rules_and_prints_for_those_without_mail() {
    let rig = Rig::new().await;
    let office = rig.signed_in("office").await;
    assert!(office.get("/agreements/sent").await.page().contains("Nothing has been sent yet."));
    let file = include_str!("../../../../profiles/agreements/pupil-ks2.md");
    let text = AgreementText::parse(file).unwrap();
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    rig.commit(&publish(Id::new(701), &text, None, true, now())).await;
    rig.add(&person(83, PersonKind::Parent, "Nora Mail")).await;
    for (number, parent, mailed) in [(901, 14, true), (902, 83, false)] {
        let sent = RulesSent {
            id: Id::new(number),
            year: jiff::civil::date(2026, 9, 1),
            parent: Id::new(parent),
            children: vec![Id::new(ADA)],
            texts: vec![text.digest],
            letter: None,
            at: now(),
            entries: vec![],
        };
        let mail = Mail { to: sent.parent.into(), subject: "s".into(), text: "t".into(), attachment: None };
        rig.commit(&rules_sent::send(&sent, mailed.then_some(mail))).await;
    }
    let page = office.get("/agreements/sent").await;
    assert!(page.page().contains("2 parents: 0 have the mail, 1 are to be given paper."), "{}", page.text);
    assert!(
        page.text.contains("No e-mail address: give them paper") && page.text.contains("about to go out")
    );
    let found = office.get("/agreements/sent?q=nora").await;
    assert!(found.page().contains("Nora Mail") && !found.text.contains("Pat Bell"), "{}", found.text);
    assert_eq!(
        office.get("/agreements/sent/paper.pdf").await.leads_to(),
        "/agreements/sent?done=sent-no-paper",
        "nothing is printed yet"
    );
    assert!(!page.text.contains("printed are given out"));
    assert_eq!(office.post("/agreements/sent/print", "").await.leads_to(), "/agreements/sent/paper.pdf");
    let pdf = office.get("/agreements/sent/paper.pdf").await;
    assert!(pdf.status == StatusCode::OK && pdf.text.starts_with("%PDF-"));
    let page = office.get("/agreements/sent").await;
    assert!(page.page().contains("Printed by Olive Desk") && page.text.contains("The one that was printed"));
    // A mail that fails between printing and giving: nothing of theirs was printed.
    let sent = rig.books.all::<RulesSent>().await.unwrap();
    let waits = sent.iter().find(|sent| sent.value.stands() == Stands::Waiting).unwrap();
    rig.commit(&rules_sent::went(waits, Err("no such mailbox"), now()).unwrap()).await;
    let lead = rig.signed_in("esafety").await;
    assert!(!lead.get("/agreements/sent").await.page().contains("/agreements/sent/print"));
    for address in ["/agreements/sent/given", "/agreements/sent/print"] {
        assert_eq!(lead.post(address, "").await.status, StatusCode::FORBIDDEN);
    }
    let given = office.post("/agreements/sent/given", "").await;
    assert_eq!(given.leads_to(), "/agreements/sent?done=sent-given");
    let mut all = rig.books.values::<RulesSent>().await.unwrap();
    all.sort_by_key(|sent| sent.parent);
    let stands: Vec<Stands<'_>> = all.iter().map(RulesSent::stands).collect();
    assert_eq!(stands, [Stands::Failed("no such mailbox", now()), Stands::Given(Id::new(9), now())]);
    assert!(office.get("/agreements/sent").await.page().contains("Given on paper by Olive Desk"));
    let none = office.get("/agreements/sent/paper.pdf").await;
    assert_eq!(none.leads_to(), "/agreements/sent?done=sent-no-paper");
}
