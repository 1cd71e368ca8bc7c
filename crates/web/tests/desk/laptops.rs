//! Staff laptops: what was given out and changed, lent until a time; parents' sign-ins at other sites.

use axum::http::StatusCode;
use usher_records::device::{Device, Loan};
use usher_records::issued::{Issued, What};
use usher_records::lending::Lending;
use usher_types::calendar::Term;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::Reader;

use crate::rig::{Rig, id, now};

/// Laptops held by the teacher and the computing lead.
async fn laptops(rig: &Rig) {
    for (number, name, holder) in [(301, "L1", 7), (302, "L2", 5)] {
        let loan = Some(Loan { to: Id::new(holder), by: Id::new(9), at: now() });
        let device = Device {
            id: Id::new(number),
            name: name.into(),
            room: None,
            address: None,
            managed: true,
            loan,
            hardware: None,
        };
        let address = (number == 301).then(|| "10.0.0.3".parse().unwrap());
        let device = Device { address, ..device };
        rig.add(&device).await;
    }
}

/// The half-term begins on this day.
fn half_term(rig: &Rig, first: jiff::civil::Date) {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut document = snapshot.document.clone();
    document.calendar.terms =
        vec![Term { name: "Autumn 2".into(), first, last: jiff::civil::date(2027, 7, 21) }];
    let library = usher_testkit::lists::library(&[], vec![]);
    let next = usher_testkit::snapshot::build(document, library, &[], &[]);
    rig.app.snapshot.store(Some(std::sync::Arc::new(next)));
}

#[tokio::test]
async fn acc_11_when_the_half_term_starts_tomorrow_every_laptop_holder_is_due_until_they_changed_it() {
    let rig = Rig::of("comprehensive", |_| ()).await;
    laptops(&rig).await;
    half_term(&rig, jiff::civil::date(2026, 11, 25));
    let office = rig.signed_in("office").await;
    let due = rig.app.words.say(Reader::Adult, "laptops-due", &[("date", "25 November 2026".into())]);
    let counted = async || office.get("/equipment/laptops").await.page().matches(&due).count();
    assert_eq!(counted().await, 2);
    let today = office.get("/").await;
    assert!(today.page().contains("href=\"/equipment/laptops\""), "and it stands among today's things");
    office.post("/equipment/laptops", &format!("what=changed&device={}", id(301))).await.leads_to();
    assert_eq!(counted().await, 1);
    half_term(&rig, jiff::civil::date(2027, 2, 22));
    assert_eq!(counted().await, 0, "the next is months away");
}

#[tokio::test]
async fn acc_12_two_laptops_are_listed_as_issued_apart_and_no_password_is_asked_for() {
    let rig = Rig::of("comprehensive", |_| ()).await;
    laptops(&rig).await;
    let office = rig.signed_in("office").await;
    for number in [301, 302] {
        let sent = format!("what=disk&device={}&password=secret", id(number));
        office.post("/equipment/laptops", &sent).await.leads_to();
    }
    let again = office.post("/equipment/laptops", &format!("what=disk&device={}", id(301))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let kept = rig.books.values::<Issued>().await.unwrap();
    let whose: Vec<_> = kept.iter().map(|entry| (entry.to, entry.what.clone(), entry.by)).collect();
    let disk = |device| What::DiskPassword(Id::new(device));
    assert_eq!(whose, [(Id::new(7), disk(301), Id::new(9)), (Id::new(5), disk(302), Id::new(9))]);
    assert!(!serde_json::to_string(&kept).unwrap().contains("secret"));
    let page = office.get("/equipment/laptops").await;
    assert_eq!(page.page().matches("24 November 2026, by Olive Desk").count(), 2);
    assert!(!page.text.contains("type=\"password\""));
}

#[tokio::test]
async fn acc_13_a_laptop_is_lent_until_a_time_of_today_and_shows() {
    let rig = Rig::of("comprehensive", |_| ()).await;
    laptops(&rig).await;
    let office = rig.signed_in("office").await;
    let lend = async |until: &str| {
        let form = format!("laptop={}&borrower={}&lent-until={until}", id(301), id(8));
        office.post("/equipment/laptops/lend", &form).await
    };
    for until in ["", "09:00"] {
        assert_eq!(lend(until).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
    }
    let without_address = format!("laptop={}&borrower={}&lent-until=15%3A30", id(302), id(8));
    let refused = office.post("/equipment/laptops/lend", &without_address).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody could be signed out at it");
    let to_a_child = format!("laptop={}&borrower={}&lent-until=15%3A30", id(301), id(crate::rig::ADA));
    assert_eq!(office.post("/equipment/laptops/lend", &to_a_child).await.status, StatusCode::NOT_FOUND);
    lend("15%3A30").await.leads_to();
    let page = office.get("/equipment/laptops").await;
    assert!(page.page().contains("Sue Port, until 15:30"), "{}", page.text);
    assert_eq!(lend("15%3A00").await.status, StatusCode::UNPROCESSABLE_ENTITY, "one at a time");
    let lending = rig.books.values::<Lending>().await.unwrap().pop().unwrap();
    office.post(&format!("/equipment/laptops/lent/{}/end", lending.id), "").await.leads_to();
    let until: Vec<Moment> =
        rig.books.values::<Lending>().await.unwrap().iter().map(|one| one.until).collect();
    assert_eq!(until, [now()]);
}

#[tokio::test]
async fn acc_13_a_school_that_lends_none_lends_none() {
    let rig = Rig::of("numbered", |_| ()).await;
    laptops(&rig).await;
    let office = rig.signed_in("office").await;
    let form = format!("laptop={}&borrower={}&lent-until=15%3A30", id(301), id(8));
    assert_eq!(office.post("/equipment/laptops/lend", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rig.books.values::<Lending>().await.unwrap().is_empty());
}

#[tokio::test]
async fn acc_14_the_list_shows_which_parents_have_a_sign_in_at_another_site() {
    let rig = Rig::new().await;
    let office = rig.signed_in("office").await;
    let give = async |parent: &str, site: &str| {
        office.post("/equipment/sites", &format!("parent-known={parent}&site={site}")).await
    };
    assert_eq!(give("Nobody+Here", "Class+news").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nameless = give("Pat+Bell", "").await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.text.contains("value=\"Pat Bell\""), "what was typed is kept");
    give("pat++bell", "Class+news").await.leads_to();
    assert_eq!(give("Pat+Bell", "Class+news").await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let page = office.get("/equipment/sites").await;
    assert!(page.page().contains("Pat Bell") && page.page().contains("Class news"));
    let entry = rig.books.values::<Issued>().await.unwrap().pop().unwrap();
    office.post(&format!("/equipment/sites/{}/back", entry.id), "").await.leads_to();
    let over = office.get("/equipment/sites").await;
    assert!(!over.page().contains("/back\""), "and it is over");
}
