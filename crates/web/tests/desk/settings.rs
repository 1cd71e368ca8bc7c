//! The school's own figures at the desk: looked at, kept with a reason, and never against what people signed.

use axum::http::StatusCode;
use usher_records::agreement::{self, AgreementText, AgreementVersion};
use usher_records::change::Action;
use usher_records::permission::matter::Matter;
use usher_records::school::School;
use usher_records::settings::{SecondDevice, Settings};
use usher_records::signature;
use usher_testkit::school::on_screen;
use usher_types::ids::Id;
use usher_types::role::{Role, Year};

use crate::rig::{Answer, Browser, Rig, now, people};

async fn settings(rig: &Rig) -> Settings {
    rig.books.values::<School>().await.unwrap().pop().unwrap().settings
}

/// The value of a field as a page shows it: what is typed, chosen or ticked.
fn values(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let after = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(after.split('"').next()?.to_owned())
    };
    let form =
        page.split("<form method=\"post\" action=\"/settings/").nth(1).unwrap().split("</form>").next();
    let mut found = Vec::new();
    for piece in form.unwrap().split('<').skip(1) {
        let name = || attribute(piece, "name").filter(|name| name.starts_with("set-"));
        if piece.starts_with("input") {
            let ticks = ["radio", "checkbox"].iter().any(|kind| piece.contains(&format!("type=\"{kind}\"")));
            if let Some(name) = name().filter(|_| !ticks || piece.contains(" checked")) {
                found.push((name, attribute(piece, "value").unwrap_or_default()));
            }
        } else if piece.starts_with("select") {
            found.extend(name().map(|name| (name, String::new())));
        } else if piece.starts_with("option") && piece.contains(" selected") {
            found.last_mut().unwrap().1 = attribute(piece, "value").unwrap();
        }
    }
    found
}

/// The form of a part, with some of its fields filled in otherwise; a field with nothing is left out.
async fn send(head: &Browser<'_>, part: &str, other: &[(&str, &str)]) -> Answer {
    let path = format!("/settings/{part}");
    let mut fields = values(&head.get(&path).await.text);
    for (name, value) in other {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let encoded = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    head.post(&path, &fields.join("&")).await
}

fn mark(answer: &Answer) -> String {
    let after = answer.text.split("name=\"mark\" value=\"").nth(1);
    after.unwrap_or_else(|| panic!("{}", answer.text)).split('"').next().unwrap().to_owned()
}

/// Looks at a change and keeps it.
async fn keep(head: &Browser<'_>, part: &str, other: &[(&str, &str)]) -> Answer {
    let looked = send(head, part, &[other, &[("do", "look")]].concat()).await;
    let mark = mark(&looked);
    let kept = [("do", "keep"), ("mark", &mark), ("set-reason", "The governors asked for it")];
    send(head, part, &[other, &kept].concat()).await
}

#[tokio::test]
async fn pol_11_the_head_looks_at_a_change_and_keeps_it_with_a_reason() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let page = head.get("/settings").await;
    assert!(page.page().contains("Tries for pages of a grave kind") && page.text.contains("5 times"));
    assert!(page.page().contains("kept, not acted on yet"), "{}", page.text);
    let before = settings(&rig).await;

    let fewer = [("set-grave-times", "3"), ("set-year-2", "3"), ("do", "look")];
    let looked = send(&head, "alerts", &fewer).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    assert!(looked.page().contains("Tries for pages of a grave kind: 5 times → 3 times"), "{}", looked.text);
    assert!(looked.page().contains("of one year: Year 2: nothing → 3 of 5"), "{}", looked.text);
    assert_eq!(settings(&rig).await, before, "a look keeps nothing");

    let mark = mark(&looked);
    let keep = [("do", "keep"), ("mark", mark.as_str()), ("set-reason", " ")];
    let silent = send(&head, "alerts", &[&fewer[..2], &keep].concat()).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let keep = [("do", "keep"), ("mark", mark.as_str()), ("set-reason", "The governors asked for it")];
    let other = [("set-grave-times", "2"), fewer[1]];
    let unseen = send(&head, "alerts", &[&other[..], &keep].concat()).await;
    assert!(unseen.page().contains("5 times → 2 times"), "what was not looked at is looked at first");
    assert_eq!(settings(&rig).await, before);
    let kept = send(&head, "alerts", &[&fewer[..2], &keep].concat()).await;
    assert_eq!(kept.leads_to(), "/settings?done=settings-kept");

    let after = settings(&rig).await;
    assert_eq!(after.alarms.grave_blocks.times, 3);
    assert_eq!(after.alarms.answer.words_from_years.get(&Year::new(2).unwrap()), Some(&3));
    let line = rig.journal().await.into_iter().rfind(|line| line.action == Action::SettingsChanged).unwrap();
    assert_eq!(line.reason.as_deref(), Some("The governors asked for it"));
    assert!(head.get("/settings?done=settings-kept").await.page().contains("different now"));
}

#[tokio::test]
async fn pol_11_what_is_out_of_range_is_named_beside_its_field_and_quiet_hours_come_and_go() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let before = settings(&rig).await;
    for (part, field, value, words) in [
        ("alerts", "set-words-from", "9", "whole number from 1 to 5"),
        ("alerts", "set-many-minutes", "soon", "whole number from 1 to 1440"),
        ("alerts", "set-quiet-from", "evening", "Type a time"),
        ("alerts", "set-alerts-to", "nobody", "somebody has to be named"),
        ("agreements", "set-joiner-days", "21", "whole number from 0 to 20"),
        ("cases", "set-days-2", "-1", "whole number from 0 to 60"),
        ("leave-install", "set-leave-days", "0", "whole number from 1 to 366"),
        ("leave-data-off-site", "set-leave-who", "technician", "none of these offices may decide"),
    ] {
        let refused = send(&head, part, &[(field, value), ("do", "look")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{part} {field}");
        assert!(refused.text.contains(words), "{part} {field}: {}", refused.text);
        assert!(refused.text.contains(&format!("{field}-error")), "{part} {field}: {}", refused.text);
    }
    assert_eq!(settings(&rig).await, before);

    let quiet = [("set-quiet-from", "18:30"), ("set-quiet-until", "07:15"), ("set-quiet-passes", "4")];
    assert!(keep(&head, "alerts", &quiet).await.leads_to().contains("settings-kept"));
    let hours = settings(&rig).await.alarms.answer.quiet.unwrap();
    assert_eq!((hours.from.hour(), hours.until.minute(), hours.passes_from), (18, 15, 4));
    let none = [("set-quiet-from", ""), ("set-quiet-until", "")];
    assert!(keep(&head, "alerts", &none).await.leads_to().contains("settings-kept"));
    assert_eq!(settings(&rig).await, before);
}

#[tokio::test]
async fn pol_11_leave_cases_and_agreements_have_their_figures_and_who_decides() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let leave = [("set-leave-days", "5"), ("set-leave-two", "yes"), ("set-leave-who", "headteacher")];
    let alone = send(&head, "leave-mass-mail", &[&leave[..], &[("do", "look")]].concat()).await;
    assert!(
        alone.status == 422 && alone.text.contains("only one office decides"),
        "it could never be given: {}",
        alone.text
    );
    let leave = [("set-leave-days", "5"), ("set-leave-two", "no"), ("set-leave-who", "headteacher")];
    assert!(keep(&head, "leave-mass-mail", &leave).await.leads_to().contains("settings-kept"));
    let after = settings(&rig).await;
    let terms = after.permissions.terms(Matter::MassMail, &after.conduct);
    assert_eq!((terms.longest_days, terms.two_people, terms.deciders), (5, false, vec![Role::Headteacher]));
    assert!(head.get("/settings").await.page().contains("the school’s own rule"));

    let cases = [("set-first-breach", "headteacher"), ("set-days-1", "2"), ("set-step-exclusion", "")];
    assert!(keep(&head, "cases", &cases).await.leads_to().contains("settings-kept"));
    assert!(
        keep(&head, "agreements", &[("set-sign-again", "21")]).await.leads_to().contains("settings-kept")
    );
    let after = settings(&rig).await;
    assert_eq!(after.conduct.first_breach, Role::Headteacher);
    assert_eq!((after.cases.longest_alone(1), after.agreements.days_to_sign_again), (2, 21));
    assert!(after.cases.is_heavier(usher_records::case::rules::Step::Exclusion, 4));
    assert_eq!(head.get("/settings/leave-phone-call").await.status, 404, "it ends with its lesson");
    assert_eq!(rig.signed_in("technician").await.get("/settings").await.status, 200);
    assert_eq!(rig.signed_in("technician").await.get("/settings/alerts").await.status, 403);
}

/// A staff agreement that a teacher signed.
async fn signed(rig: &Rig, keeps: &str) {
    let file = format!(
        "+++\nkey = \"staff\"\ntitle = \"Staff agreement\"\nversion = \"2026\"\nreader = \"adult\"\n\
         declaration = \"I will.\"\ncontract-term = true\n+++\n- The school keeps to this. {{#this keeps=\"{keeps}\"}}\n"
    );
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let text = AgreementText::parse(&file).unwrap();
    let versions = rig.books.find::<AgreementVersion>("key", "staff").await.unwrap();
    let earlier = versions.iter().find(|version| version.value.in_force);
    rig.commit(&agreement::publish(Id::new(7), &text, earlier, true, now())).await;
    let joan = people().into_iter().find(|(username, _)| *username == "teacher").unwrap().1;
    let (_, change) = signature::sign(&on_screen(11, &joan, &text), &text, now()).unwrap();
    rig.commit(&change).await;
}

#[tokio::test]
async fn pol_01_a_figure_that_makes_a_signed_clause_untrue_is_not_kept() {
    let rig = Rig::of("numbered", |settings| {
        settings.sign_in.second_device = SecondDevice::Refuse;
        settings.agreements.days_to_sign_again = 14;
    })
    .await;
    signed(&rig, "agreement.material-change").await;
    let before = settings(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let looked = send(&head, "agreements", &[("set-sign-again", "90"), ("do", "look")]).await;
    assert!(
        looked.page().contains("Clause 1 of Staff agreement 2026, signed by one person."),
        "{}",
        looked.text
    );
    assert!(looked.page().contains("Not kept") && !looked.text.contains("name=\"mark\""), "{}", looked.text);
    let forged = [("set-sign-again", "90"), ("do", "keep"), ("mark", ""), ("set-reason", "It is simpler")];
    assert_eq!(send(&head, "agreements", &forged).await.status, 200, "looked at again");
    assert_eq!(settings(&rig).await, before);
    // What keeps the promise is kept.
    assert!(
        keep(&head, "agreements", &[("set-sign-again", "20")]).await.leads_to().contains("settings-kept")
    );
}

#[tokio::test]
async fn pol_01_who_signs_what_is_held_against_signatures_too() {
    let rig = Rig::new().await;
    signed(&rig, "agreement.contract-term").await;
    let head = rig.signed_in("headteacher").await;
    let before = settings(&rig).await;
    let without = "scope-kind=staff&scope-signs=&scope-why=They+sign+elsewhere";
    let answer = head.post("/policy/groups/change", without).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(
        answer.text.contains("Clause 1 of Staff agreement 2026, signed by one person."),
        "{}",
        answer.text
    );
    assert_eq!(settings(&rig).await, before);
    let others = "scope-kind=student&scope-signs=&scope-why=None+comes+this+year";
    let answer = head.post("/policy/groups/change", others).await;
    assert!(answer.leads_to().contains("scope-changed"), "{}", answer.text);
}
