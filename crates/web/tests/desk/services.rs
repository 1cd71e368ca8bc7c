//! The register of services at the desk.

use axum::http::StatusCode;
use usher_records::change::Action;
use usher_records::service::Service;
use usher_types::role::PersonKind;

use crate::rig::{Rig, id};

const FORM: &str =
    "name=Otter+Reads&returns=https%3A%2F%2Freads.example%2Fback&kinds=pupil&kinds=staff&years=4";

async fn kept(rig: &Rig) -> Vec<Service> {
    rig.books.values().await.unwrap()
}

#[tokio::test]
async fn acc_15_a_service_is_added_with_a_secret_shown_once_changed_ended_and_started_again() {
    let rig = Rig::new().await;
    let computing = rig.signed_in("computing").await;
    assert!(computing.get("/services").await.page().contains("No service has been added"));
    assert!(computing.get("/services/new").await.page().contains("Cal Comp"));
    let form = format!("{FORM}&owner={}&review=2027-09-01", id(5));
    let added = computing.post("/services/new", &form).await;
    let secret =
        added.page().split("<code class=\"long\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let service = kept(&rig).await.remove(0);
    assert!(secret.len() == 64 && service.knows(&secret));
    assert_eq!(service.details.audience.kinds, [PersonKind::Pupil, PersonKind::Staff]);
    let page = format!("/services/{}", service.id);
    let shown = computing.get(&page).await;
    assert!(!shown.page().contains(&secret) && shown.text.contains("pupils in Year 4"), "{}", shown.text);
    assert!(shown.text.contains("Nobody has signed in yet"));

    let renewed = computing.post(&format!("{page}/secret"), "").await;
    assert!(!renewed.page().contains(&secret) && !kept(&rig).await[0].knows(&secret));
    let change = form.replace("Otter+Reads", "Otter+Books").replace("&years=4", "&email=yes");
    assert_eq!(
        computing.post(&format!("{page}/change"), &change).await.leads_to(),
        format!("{page}?done=service-saved")
    );
    let changed = kept(&rig).await.remove(0);
    assert!(changed.details.name == "Otter Books" && changed.details.email && changed.salt == service.salt);
    computing.post(&format!("{page}/end"), "").await.leads_to();
    assert!(computing.get(&page).await.page().contains("Ended by Cal Comp"));
    assert!(computing.get("/services").await.page().contains("Otter Books"));
    assert_eq!(
        computing.post(&format!("{page}/change"), &change).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    computing.post(&format!("{page}/take-up"), "").await.leads_to();
    assert!(kept(&rig).await[0].ended.is_none());
    let actions: Vec<Action> = rig.journal().await.iter().map(|line| line.action).collect();
    assert_eq!(actions.iter().filter(|action| **action == Action::ServiceSaved).count(), 4);
}

#[tokio::test]
async fn acc_15_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays() {
    let rig = Rig::new().await;
    let technician = rig.signed_in("technician").await;
    let form = format!("{FORM}&owner={}&review=2027-09-01", id(5));
    for (from, to, field) in [
        ("Otter+Reads", "", "name"),
        ("https%3A%2F%2Freads.example%2Fback", "http%3A%2F%2Freads.example", "returns"),
        ("https%3A%2F%2Freads.example%2Fback", "", "returns"),
        ("&kinds=pupil&kinds=staff", "", "kinds"),
        ("2027-09-01", "2026-01-01", "review"),
        ("2027-09-01", "soon", "review"),
    ] {
        let answer = technician.post("/services/new", &form.replace(from, to)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", answer.text);
        assert!(field == "name" || answer.text.contains("Otter Reads"), "{field}");
    }
    assert!(kept(&rig).await.is_empty());
    let public = technician.post("/services/new", &format!("{form}&public=yes")).await;
    assert!(public.page().contains("an app that cannot keep one") && kept(&rig).await[0].secret.is_none());
}
