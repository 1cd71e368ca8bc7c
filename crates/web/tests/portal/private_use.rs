//! Private time at work: the person's own page, and the head's after it.

use jiff::civil::date;
use usher_lists::category::Category;
use usher_records::private_use::{Figure, PrivateTime, SiteFigure, Span, hand_on, raise};
use usher_types::ids::Id;
use usher_types::role::Reader;

use crate::device::device;
use crate::rig::{Rig, now};

/// Seventy minutes of shopping of a person.
fn shopping(id: u64, person: u64) -> PrivateTime {
    PrivateTime {
        id: Id::new(id),
        person: Id::new(person),
        span: Span::Day,
        from: date(2026, 11, 23),
        limit_minutes: 30,
        minutes: 70,
        figures: vec![Figure { category: Category::parse("shopping").unwrap(), minutes: 70 }],
        sites: vec![SiteFigure { site: "shop.example".into(), minutes: 70 }],
        at: now(),
        due: now().plus_minutes(5 * 24 * 60),
        answer: None,
        handed: None,
        seen: None,
    }
}

async fn kept(rig: &Rig, id: u64) -> PrivateTime {
    rig.books
        .get::<PrivateTime, _>(Id::<usher_records::private_use::PrivateTimeNoun>::new(id))
        .await
        .unwrap()
        .unwrap()
        .value
}

fn address(id: u64) -> String {
    format!("/private-use/{}", Id::<usher_records::private_use::PrivateTimeNoun>::new(id))
}

#[tokio::test]
async fn web_23_the_person_sees_the_figures_first_and_their_answer_takes_them_to_the_head() {
    let rig = Rig::unasked().await;
    rig.commit(&raise(&shopping(901, 7), vec![])).await;
    let (head, chair) = (rig.signed_in("headteacher").await, rig.signed_in("chair").await);
    for browser in [&head, &chair] {
        assert!(browser.get("/private-use").await.page().contains("Nothing is waiting for you"));
        assert_eq!(browser.get(&address(901)).await.status, 404, "the person first");
    }
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    assert!(pc.get("/").await.page().contains("href=\"/private-use\""));
    let page = pc.get("/private-use").await;
    for told in ["About 70 minutes", "The limit is 30 minutes", "shop.example", "Only you see this until"] {
        assert!(page.page().contains(told), "{told}: {}", page.text);
    }
    let item = Id::<usher_records::private_use::PrivateTimeNoun>::new(901);
    let empty = pc.fill("/private-use", "/private-use", &format!("item={item}&words=+")).await;
    assert!(empty.status == 422 && empty.text.contains("Write your answer first"), "{}", empty.text);
    assert!(empty.text.contains("href=\"#words\"") && empty.text.contains("id=\"words\""), "{}", empty.text);
    // Nobody answers for somebody else.
    let other = device(&rig, 2);
    other.sign_in("support").await.leads_to();
    assert!(other.get("/private-use").await.page().contains(&other.says(Reader::Adult, "private-none")));
    let foreign = other.fill("/private-use", "/private-use", &format!("item={item}&words=It+was+me")).await;
    assert_eq!(foreign.status, 404);
    let sent =
        pc.fill("/private-use", "/private-use", &format!("item={item}&words=Costumes+for+the+play")).await;
    assert!(pc.get(sent.leads_to()).await.page().contains("Costumes for the play"));
    let list = head.get("/private-use").await;
    assert!(list.page().contains("Joan Price") && list.page().contains("About 70 minutes"));
    let one = head.get(&address(901)).await;
    for told in ["Costumes for the play", "about 70 minutes", "The limit is 30 minutes"] {
        assert!(one.page().contains(told), "{told}: {}", one.text);
    }
    assert!(!one.text.contains("shop.example"), "kinds of page, not sites");
    assert_eq!(chair.get(&address(901)).await.status, 404, "not the chair's");
    assert_eq!(rig.signed_in("safeguarding").await.get("/private-use").await.status, 403);
    let seen = head.post(&format!("{}/seen", address(901)), "").await;
    assert!(seen.leads_to().contains("private-seen"));
    assert!(kept(&rig, 901).await.seen.is_some());
}

#[tokio::test]
async fn web_23_the_heads_own_item_goes_to_the_chair_of_governors() {
    let rig = Rig::unasked().await;
    let item = shopping(902, 1);
    rig.commit(&raise(&item, vec![])).await;
    let stored = usher_records::change::Stored { value: item.clone(), version: 1 };
    rig.commit(&hand_on(&stored, item.due, vec![]).unwrap()).await;
    assert_eq!(rig.signed_in("headteacher").await.get(&address(902)).await.status, 404);
    let chair = rig.signed_in("chair").await;
    assert!(chair.get(&address(902)).await.page().contains("Hester Hale"));
}

#[tokio::test]
async fn prm_07_the_list_of_allowed_uses_is_shown_to_staff_with_who_decided_and_for_what() {
    let rig = Rig::unasked().await;
    let form = "what=Personal+banking&category=finance-and-banking&sites=bank.example&periods=lunch&reason=Reasonable&until=2026-12-18";
    let manager = rig.signed_in("businessmanager").await;
    let asked = manager.post("/permissions/new/private-use", form).await;
    let asked = asked.leads_to().split('?').next().unwrap().to_owned();
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    assert!(pc.get("/private-use").await.page().contains("There is nothing on the list"));
    let lead = rig.signed_in("computing").await;
    assert_eq!(
        lead.post(&format!("{asked}/decide"), "answer=yes").await.status,
        404,
        "head or governors alone"
    );
    let chair = rig.signed_in("chair").await;
    chair.post(&format!("{asked}/decide"), "answer=yes&words=At+lunch").await.leads_to();
    let page = pc.get("/private-use").await;
    for told in [
        "Personal banking",
        "bank.example",
        "at lunch",
        "until 18 December 2026",
        "by Gov Chair on 24 November 2026",
    ] {
        assert!(page.page().contains(told), "{told}: {}", page.text);
    }
    let desk = rig.signed_in("teacher").await.get("/permissions?matter=private-use&state=open").await;
    assert!(
        desk.page().contains("Personal banking") && desk.page().contains("bank.example"),
        "{}",
        desk.text
    );
    let wide = manager.post("/permissions/new/private-use", &form.replace("bank.example", "co.uk")).await;
    assert!(wide.status == 422 && wide.text.contains("href=\"#sites\""), "{}", wide.text);
    // Pupils have neither the page nor the way to it.
    let child = device(&rig, 2);
    child.sign_in("ada").await.leads_to();
    assert!(!child.get("/").await.page().contains("/private-use"));
    assert_eq!(child.get("/private-use").await.status, 403);
}
