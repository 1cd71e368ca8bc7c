//! Every route of the desk and everybody who may knock: what policy's table says is what the door does.

use axum::http::StatusCode;
use usher_policy::access::{Act, Who, may};
use usher_testkit::school::school;
use usher_web::pages::desk::routes;

use crate::rig::{Rig, people};

/// A path of a route, with names in the place of its parameters that name nothing.
fn concrete(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "999" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn who_is(person: &usher_records::person::Person) -> Who {
    Who { person: person.id, kind: person.kind, roles: person.roles }
}

#[tokio::test]
async fn every_route_is_decided_for_everybody() {
    let rig = Rig::new().await;
    let weekly_to = school("numbered").settings.reports.weekly_to;
    let mut wrong = Vec::new();
    for (username, person) in people() {
        let who = who_is(&person);
        if may(&who, Act::UseDesk).is_err() {
            continue;
        }
        let browser = rig.signed_in(username).await;
        for route in routes() {
            let path = concrete(route.path);
            // Of those who may read the weekly report, the school names its readers.
            let named = route.act != Act::ReadWeeklyReport || person.roles.has_any(&weekly_to);
            let allowed = may(&who, route.act).is_ok() && named;
            let got = browser.get(&path).await;
            // Forms without their token are refused too; what counts is that the door, not the form, says no first.
            let sent = browser.post(&path, "").await;
            for (method, answer) in [("GET", got), ("POST", sent)] {
                let shut = answer.status == StatusCode::FORBIDDEN;
                let odd = answer.status.is_server_error() || answer.text.contains('⟨');
                if shut == allowed || odd {
                    wrong.push(format!("{username} {method} {path} ({:?}): {}", route.act, answer.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nobody_gets_through_without_signing_in() {
    let rig = Rig::new().await;
    let browser = rig.browser();
    for route in routes() {
        let path = concrete(route.path);
        let got = browser.get(&path).await;
        assert!(got.leads_to().starts_with("/sign-in?then="), "GET {path}");
        let sent = browser.send(&path, "", &[]).await;
        assert_eq!(sent.leads_to(), "/sign-in?then=/", "POST {path}");
    }
    let mut forged = rig.browser();
    forged.cookie = Some(format!("__Host-usher={}", "0".repeat(64)));
    assert!(forged.get("/people").await.leads_to().starts_with("/sign-in"));
}

#[tokio::test]
async fn whoever_has_no_place_at_the_desk_is_told_where_theirs_is() {
    let rig = Rig::new().await;
    for (username, person) in people() {
        if may(&who_is(&person), Act::UseDesk).is_ok() {
            continue;
        }
        let browser = rig.browser();
        let token = browser.get("/sign-in").await.token();
        let form = format!("_form={token}&username={username}&password=wet+otter+lamp+42");
        let answer = browser.send("/sign-in", &form, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{username}");
        assert!(answer.headers.get("set-cookie").is_none(), "{username}");
        assert!(answer.text.contains(&person.name()), "{username}");
    }
}

#[tokio::test]
async fn navigation_shows_only_what_the_person_may_do() {
    let rig = Rig::new().await;
    for (username, person) in people() {
        let who = who_is(&person);
        if may(&who, Act::UseDesk).is_err() {
            continue;
        }
        let browser = rig.signed_in(username).await;
        let page = browser.get("/").await;
        for (link, act) in [
            ("href=\"/people\"", Act::SeePeople),
            ("href=\"/lists\"", Act::ManageLists),
            ("href=\"/agreements\"", Act::SeeSignatures),
            ("href=\"/requests\"", Act::SeeRequests),
            ("href=\"/policy\"", Act::SeeSettings),
        ] {
            assert_eq!(page.page().contains(link), may(&who, act).is_ok(), "{username} {link}");
        }
    }
}
