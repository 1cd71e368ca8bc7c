//! New network cards at the desk: what somebody says they are.

use usher_records::case::Case;
use usher_records::change::Action;
use usher_records::device::Device;
use usher_records::network_card::{MadeUp, NetworkCard, NetworkCardNoun, What, see};
use usher_records::noun::Kind;
use usher_types::ids::Id;

use crate::rig::{Rig, now};

fn card(id: u64, last: &str) -> NetworkCard {
    NetworkCard {
        id: Id::new(id),
        card: format!("3c:52:82:0a:0b:{last}").parse().unwrap(),
        address: "10.0.0.77".parse().unwrap(),
        at: now(),
        told: true,
        said: None,
    }
}

fn address(id: u64) -> String {
    format!("/network-cards/{}", Id::<NetworkCardNoun>::new(id))
}

async fn said(rig: &Rig, id: u64) -> Option<What> {
    let kept = rig.books.get::<NetworkCard, _>(Id::<NetworkCardNoun>::new(id)).await.unwrap().unwrap();
    kept.value.said.map(|said| said.what)
}

#[tokio::test]
async fn prm_03_a_new_card_is_ours_asked_for_or_not_ours_and_said_once() {
    let rig = Rig::new().await;
    let technician = rig.signed_in("technician").await;
    let empty = technician.get("/network-cards").await;
    for told in ["No new card is waiting", "only on Linux", "None have been counted"] {
        assert!(empty.page().contains(told), "{told}: {}", empty.text);
    }
    rig.commit(&see(&[card(901, "01"), card(902, "02"), card(903, "03")], vec![]).unwrap()).await;
    let day = usher_types::moment::Zone::london().local(now()).date();
    let made_up = "da:a1:19:00:00:01".parse().unwrap();
    rig.add(&MadeUp { id: Id::new(904), day, cards: vec![made_up] }).await;
    let list = technician.get("/network-cards").await;
    assert!(
        list.page().contains("3c:52:82:0a:0b:01") && list.page().contains("one address"),
        "{}",
        list.text
    );
    assert!(!technician.get("/network-cards?q=0b%3A02").await.page().contains("3c:52:82:0a:0b:01"));
    assert_eq!(rig.signed_in("teacher").await.get("/network-cards").await.status, 403);

    let nameless = technician.post(&address(901), "what=ours&card-name=+").await;
    assert!(nameless.status == 422 && nameless.text.contains("href=\"#card-name\""), "{}", nameless.text);
    technician.post(&address(901), "what=ours&card-name=PC-77").await.leads_to();
    let device = rig.books.find_one::<Device>("name", "PC-77").await.unwrap().unwrap().value;
    assert_eq!(device.hardware, Some(card(901, "01").card));
    assert_eq!(said(&rig, 901).await, Some(What::Ours(device.id)));
    let again = technician.post(&address(901), "what=ours&card-name=PC-78").await;
    assert!(again.leads_to().contains("card-said-before"));
    let taken = technician.post(&address(902), "what=ours&card-name=PC-77").await;
    assert!(taken.status == 422 && taken.text.contains("has another card"), "{}", taken.text);

    let nothing = technician.post(&address(902), "what=leave&card-leave=999").await;
    assert_eq!(nothing.status, 422);
    assert!(technician.get(&address(902)).await.page().contains("No permission is in force that fits"));
    let form = "what=A+printer&machine=PC-14&reason=For+the+office&until=2026-11-30";
    let asked = rig.signed_in("office").await.post("/permissions/new/connect", form).await;
    let asked = asked.leads_to().split('?').next().unwrap().to_owned();
    technician.post(&format!("{asked}/decide"), "answer=yes").await.leads_to();
    let leave = asked.rsplit('/').next().unwrap();
    assert!(technician.get(&address(902)).await.page().contains("A printer, Olive Desk"));
    technician.post(&address(902), &format!("what=leave&card-leave={leave}")).await.leads_to();
    let page = technician.get(&address(902)).await;
    assert!(page.page().contains("Asked for") && page.page().contains(&asked), "{}", page.text);

    assert_eq!(technician.post(&address(903), "what=not-ours&card-details=").await.status, 422);
    assert!(rig.books.values::<Case>().await.unwrap().is_empty());
    technician.post(&address(903), "what=not-ours&card-details=Behind+the+printer").await.leads_to();
    let cases = rig.books.values::<Case>().await.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(said(&rig, 903).await, Some(What::NotOurs(cases[0].id)));
    let list = technician.get("/network-cards").await;
    for told in ["No new card is waiting", "Ours: PC-77", "Asked for", "Not ours"] {
        assert!(list.page().contains(told), "{told}: {}", list.text);
    }
}

#[tokio::test]
async fn prm_03_not_ours_pressed_twice_at_once_opens_one_case_and_marks_the_card_with_it() {
    let rig = Rig::new().await;
    rig.commit(&see(&[card(901, "01")], vec![]).unwrap()).await;
    let (one, other) = (rig.signed_in("technician").await, rig.signed_in("computing").await);
    let (path, form) = (address(901), "what=not-ours&card-details=Plugged+in+behind+the+piano");
    let (first, second) = tokio::join!(one.post(&path, form), other.post(&path, form));
    first.leads_to();
    second.leads_to();
    assert_eq!(rig.books.values::<Case>().await.unwrap().len(), 1);
    let journal = rig.journal().await;
    let opened = journal.iter().filter(|line| line.action == Action::CaseOpened);
    let kinds: Vec<Vec<Kind>> =
        opened.map(|line| line.records.iter().map(|record| record.kind).collect()).collect();
    assert_eq!(kinds, [vec![Kind::Case, Kind::NetworkCard]], "in one change");
}
