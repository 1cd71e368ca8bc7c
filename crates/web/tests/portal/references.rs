//! What a page that stands in for another sends: taken once from where it stood, and from nobody else.

use axum::http::{Method, StatusCode};
use usher_records::grant::Grant;
use usher_records::request::UnblockRequest;
use usher_records::told::Told;

use crate::device::{Device, OTTERS, PORTAL, device, form_to};
use crate::rig::{GAME, Rig, now};

/// Ada was shown the page that stands in for the game; the form of its "I have told an adult".
async fn shown(pc: &Device<'_>) -> String {
    pc.sign_in("ada").await.leads_to();
    form_to(&pc.refusal(&pc.visit(900, GAME), GAME), "/told")
}

async fn nothing_kept(rig: &Rig) {
    assert_eq!(rig.books.values::<Told>().await.unwrap(), []);
    assert_eq!(rig.books.values::<UnblockRequest>().await.unwrap(), []);
    assert_eq!(rig.books.values::<Grant>().await.unwrap(), []);
}

async fn rig() -> Rig {
    let rig = Rig::unasked().await;
    rig.open_lesson();
    rig
}

#[tokio::test]
async fn a_forged_or_changed_reference_is_refused_at_every_button() {
    let rig = rig().await;
    let pc = device(&rig, 1);
    let form = shown(&pc).await;
    let (unmarked, _) = form.split_once("&mark=").unwrap();
    let other_page = form.replace("games.example", "adult.example");
    let other_event = form.replacen("event=", "event=1", 1);
    assert!(other_page != form && other_event != form);
    let made_up = format!("{unmarked}&mark={}", "A".repeat(43));
    for path in ["/told", "/accident", "/ask", "/coach"] {
        for form in ["", unmarked, &made_up, &other_page, &other_event, "event=%00&session=&address=x&mark="]
        {
            let answer = pc.send(path, form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {form}: {}", answer.text);
        }
    }
    for path in ["/accident", "/ask", "/coach"] {
        assert_eq!(pc.send(path, &form).await.status, StatusCode::FORBIDDEN, "another button: {path}");
    }
    nothing_kept(&rig).await;
    pc.send("/told", &form).await.page();
}

#[tokio::test]
async fn a_reference_is_no_good_in_another_session_or_when_its_own_is_over() {
    let rig = rig().await;
    let (pc, other) = (device(&rig, 1), device(&rig, 2));
    let form = shown(&pc).await;
    assert_eq!(other.send("/told", &form).await.status, StatusCode::FORBIDDEN, "nobody's");
    other.sign_in("support").await.leads_to();
    assert_eq!(other.send("/told", &form).await.status, StatusCode::FORBIDDEN, "somebody else's");
    rig.clock.set(now().plus_minutes(31));
    assert_eq!(pc.send("/told", &form).await.status, StatusCode::FORBIDDEN, "left alone too long");
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.send("/told", &form).await.status, StatusCode::FORBIDDEN, "her own, of before");
    let form = form_to(&pc.refusal(&pc.visit(901, GAME), GAME), "/told");
    pc.sign_out().await.leads_to();
    assert_eq!(pc.send("/told", &form).await.status, StatusCode::FORBIDDEN, "signed out");
    nothing_kept(&rig).await;
}

#[tokio::test]
async fn a_reference_comes_from_the_page_it_stood_on() {
    let rig = rig().await;
    let pc = device(&rig, 1);
    let form = shown(&pc).await;
    for headers in [
        [("origin", "https://otters.example"), ("sec-fetch-mode", "navigate")],
        [("origin", "https://games.example.evil.example"), ("sec-fetch-mode", "navigate")],
        [("origin", "https://games.example"), ("sec-fetch-mode", "cors")],
        [("origin", PORTAL), ("sec-fetch-mode", "no-cors")],
    ] {
        let answer = pc.ask(Method::POST, "/told", &form, &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    nothing_kept(&rig).await;
    let own = [("origin", "https://games.example"), ("sec-fetch-mode", "navigate")];
    pc.ask(Method::POST, "/told", &form, &own).await.page();
}

#[tokio::test]
async fn nobody_tells_without_signing_in_and_a_page_without_a_button_opens_nothing() {
    let rig = rig().await;
    let pc = device(&rig, 1);
    let page = pc.refusal(&pc.visit(900, OTTERS), OTTERS);
    assert!(!page.contains("<form"), "whoever is nobody has nothing to press: {page}");
    assert_eq!(pc.fill("/sign-in", "/tell", "words=x").await.leads_to(), "/");
    nothing_kept(&rig).await;
}
