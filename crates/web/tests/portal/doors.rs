//! Every route of the portal, for nobody and for everybody: it answers, it has words, and it takes only its own forms.

use axum::http::{Method, StatusCode};
use usher_records::linked_policy::{self, Edition};
use usher_records::person::Person;
use usher_testkit::school::person;
use usher_types::ids::Id;
use usher_types::role::PersonKind;

use crate::device::{Device, PORTAL, device};
use crate::rig::{ADA, CLASS, Rig, id, now};

/// The portal's routes as they are written: their paths, and whether something can be sent there.
fn routes() -> Vec<(String, bool)> {
    let source = include_str!("../../src/pages/portal/mod.rs");
    let lines = source.split(".route(\"").skip(1).map(|line| line.split_once("\", ").unwrap());
    let routes: Vec<_> = lines
        .map(|(path, rest)| {
            let rest = rest.lines().next().unwrap();
            (path.to_owned(), rest.contains("post("))
        })
        .collect();
    assert!(routes.len() >= 25, "{routes:?}");
    routes
}

/// A path with ids that are somebody's, and one with ids that are nobody's.
fn concrete(path: &str) -> Vec<String> {
    let real = |part: &str| match part {
        "{group}" => id(CLASS),
        "{person}" | "{child}" => id(ADA),
        "{control}" => "tell.button".to_owned(),
        "{linked}" => "behaviour".to_owned(),
        "{agreement}" => "policy".to_owned(),
        other => other.to_owned(),
    };
    let odd = |part: &str| if part.starts_with('{') { "999".to_owned() } else { part.to_owned() };
    let parts: Vec<&str> = path.split('/').collect();
    let one = parts.iter().map(|part| real(part)).collect::<Vec<_>>().join("/");
    let other = parts.iter().map(|part| odd(part)).collect::<Vec<_>>().join("/");
    if one == other { vec![one] } else { vec![one, other] }
}

/// A school with everything there is to see, and a parent of Ada's.
async fn school() -> Rig {
    let rig = Rig::of("classic", |settings| {
        settings.sign_in.picture_years = usher_types::role::Year::new(4).into_iter().collect();
    });
    let rig = rig.await;
    rig.publish_all().await;
    rig.publish(720, include_str!("../../../../profiles/agreements/policy.md"), true).await;
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let document = rig.books.store().put_blob(Id::new(1), b"%PDF-1.7").await.unwrap();
    let (review, by) = (jiff::civil::date(2027, 9, 1), Id::new(1));
    let edition = Edition { version: "2026".into(), review, document, by, at: now() };
    rig.commit(&linked_policy::bring(Id::new(901), "Behaviour", edition, review).unwrap()).await;
    rig
}

/// A token of whoever is here.
async fn token(pc: &Device<'_>) -> String {
    pc.get("/sign-in").await.token()
}

#[tokio::test]
async fn every_route_answers_everybody_and_has_words() {
    let rig = school().await;
    let mut wrong = Vec::new();
    for username in [None, Some("ada"), Some("teacher"), Some("pia"), Some("volunteer")] {
        let pc = device(&rig, 1);
        for (path, sends) in routes() {
            for path in concrete(&path) {
                if let Some(username) = username.filter(|_| !pc.who().subject.is_somebody()) {
                    pc.sign_in(username).await.leads_to();
                }
                let sheet = path == "/home-guide.pdf" && username.is_some();
                let mut answers = if sheet { vec![] } else { vec![("GET", pc.get(&path).await)] };
                if sends {
                    let form = format!("_form={}", token(&pc).await);
                    answers.push(("POST", pc.send(&path, &form).await));
                }
                for (method, answer) in answers {
                    let lost =
                        method == "GET" && answer.status == StatusCode::NOT_FOUND && !path.contains("999");
                    if answer.status.is_server_error() || answer.text.contains('⟨') || lost {
                        wrong.push(format!("{username:?} {method} {path}: {}", answer.status));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A form with its token alone, as a browser sends it there: where a file can be handed in, a field after the other.
fn as_sent(path: &str, form: &str) -> (String, &'static str) {
    let token = form.strip_prefix("_form=").unwrap_or_default();
    if path != "/nasty" {
        return (form.to_owned(), "application/x-www-form-urlencoded");
    }
    let field = format!("--b\r\ncontent-disposition: form-data; name=\"_form\"\r\n\r\n{token}\r\n--b--\r\n");
    (field, "multipart/form-data; boundary=b")
}

#[tokio::test]
async fn nothing_is_taken_from_another_site_without_its_token_or_with_somebody_elses() {
    let rig = school().await;
    let (pc, other) = (device(&rig, 1), device(&rig, 2));
    other.sign_in("support").await.leads_to();
    let foreign = token(&other).await;
    for username in [None, Some("ada"), Some("pia")] {
        if let Some(username) = username {
            pc.sign_in(username).await.leads_to();
        }
        let before = rig.journal().await.len();
        let own = token(&pc).await;
        for (path, _) in routes().into_iter().filter(|(_, sends)| *sends) {
            let path = concrete(&path).remove(0);
            let good = [("origin", PORTAL), ("sec-fetch-site", "same-origin")];
            for (form, headers) in [
                (String::new(), good),
                (format!("_form={foreign}"), good),
                (format!("_form={own}x"), good),
                (
                    format!("_form={own}"),
                    [("origin", "https://games.example"), ("sec-fetch-site", "cross-site")],
                ),
                (format!("_form={own}"), [("origin", PORTAL), ("sec-fetch-site", "same-site")]),
                (format!("_form={own}"), [("origin", "null"), ("sec-fetch-site", "none")]),
            ] {
                let (form, kind) = as_sent(&path, &form);
                let more = [headers.as_slice(), &[("content-type", kind)]].concat();
                let answer = pc.ask(Method::POST, &path, &form, &more).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{username:?} {path} {form} {headers:?}");
            }
        }
        assert_eq!(rig.journal().await.len(), before, "nothing is written");
    }
}

#[tokio::test]
async fn a_form_shown_before_a_sign_in_or_half_a_day_ago_is_asked_for_again() {
    let rig = school().await;
    let pc = device(&rig, 1);
    let before = token(&pc).await;
    pc.sign_in("teacher").await.leads_to();
    assert_eq!(pc.send("/sign-out", &format!("_form={before}")).await.status, StatusCode::FORBIDDEN);
    pc.sign_out().await.leads_to();
    let old = token(&pc).await;
    rig.clock.set(now().plus_minutes(12 * 60 + 1));
    let form = format!("_form={old}&username=teacher&password=x");
    assert_eq!(pc.send("/sign-in", &form).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn where_somebody_was_going_is_kept_as_a_web_address_and_as_nothing_else() {
    let rig = school().await;
    let pc = device(&rig, 1);
    let page = pc.get("/?then=https%3A%2F%2Fotters.example%2Fpups").await;
    assert!(page.page().contains("then=https%3A%2F%2Fotters.example%2Fpups"));
    for then in ["javascript%3Aalert(1)", "%2F%2Fotters.example", "https%3A%2F%2Fusher.internal%2Fsign-out"] {
        let page = pc.get(&format!("/?then={then}")).await;
        assert!(!page.page().contains("then="), "{then}");
    }
    let form = "username=office&password=wet+otter+lamp+42&then=https%3A%2F%2Fotters.example%2Fpups";
    let answer = pc.fill("/sign-in?for=adult", "/sign-in", form).await;
    assert!(answer.leads_to().starts_with('/'), "no form leads out of the portal by itself");
}
