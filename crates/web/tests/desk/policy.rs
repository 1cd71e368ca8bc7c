//! The policy at the desk: read by those who may, changed by one or by two, and never against a promise.

use axum::http::StatusCode;
use usher_events::event::What;
use usher_policy::facts::LessonFacts;
use usher_policy::profile;
use usher_records::change::{Action, Actor};
use usher_records::in_force::InForce;
use usher_records::lesson::Mode;
use usher_records::person::{self, Person};
use usher_records::policy_draft::PolicyDraft;
use usher_testkit::{events, facts, snapshot};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::{self, Id};

use crate::rig::{Answer, Browser, CLASS, GAME, Rig, now};

/// A category rule as the file has it.
const ASTROLOGY: &str = "name = \"astrology\"\nverdict = \"block\"";
const GAMBLING: &str = "name = \"gambling\"\nverdict = \"block\"";
/// Something weighty that breaks no promise.
const WORDS: &str = "upper-ks2 = 80";

fn text() -> String {
    profile::written(&snapshot::policy("numbered")).unwrap()
}

/// The policy with one thing changed.
fn with(from: &str, to: &str) -> String {
    let text = text();
    assert!(text.contains(from), "{from}\n{text}");
    text.replacen(from, to, 1)
}

fn open(rule: &str) -> String {
    with(rule, &rule.replace("block", "allow"))
}

fn mark(answer: &Answer) -> String {
    let after =
        answer.text.split("name=\"mark\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", answer.text));
    after.split('"').next().unwrap().to_owned()
}

async fn in_force(rig: &Rig) -> String {
    let found = rig.books.get::<InForce, ids::School>(Id::new(1)).await.unwrap().unwrap();
    found.value.policy.to_string()
}

/// Looks at a policy and publishes what was looked at.
async fn publish(browser: &Browser<'_>, policy: &str, reason: &str) -> Answer {
    let looked = browser.fill_in("/policy/change", &[("policy", policy), ("do", "look")]).await;
    let mark = mark(&looked);
    let fields = [("policy", policy), ("reason", reason), ("mark", &mark), ("do", "publish")];
    browser.fill_in("/policy/change", &fields).await
}

#[tokio::test]
async fn the_policy_in_force_is_said_in_sentences_and_given_as_the_file_that_publishes_it() {
    let rig = Rig::new().await;
    for username in ["headteacher", "computing", "safeguarding", "technician", "chair"] {
        let page = rig.signed_in(username).await.get("/policy").await;
        let page = page.page();
        assert!(page.contains("Searches with strict safe search."), "{username}: {page}");
        assert!(page.contains("Reception to Year 2") && page.contains("a payment card number"), "{page}");
        assert!(page.contains("It is about these pages: childline.org.uk, "), "{page}");
        assert!(page.contains("Shut: programs, installers"), "{page}");
        assert!(page.contains("too deep to look into and files that could not be looked through"), "{page}");
        let unscanned = "Open: files of every kind. It counts for these reasons: the file is too large to check. Staff may";
        assert!(page.contains(unscanned), "{page}");
        assert!(page.contains("Every other file that no virus scanner could look at is shut."), "{page}");
        assert!(page.contains("No pupil can reach gambling at any time"), "{page}");
        assert!(page.contains("tested just now, and are kept"), "{page}");
        assert!(page.contains("whoever looks after the server"), "{page}");
        assert_eq!(page.contains("href=\"/policy/change\""), !["technician", "chair"].contains(&username));
    }
    assert_eq!(rig.signed_in("teacher").await.get("/policy").await.status, StatusCode::FORBIDDEN);
    let file = rig.signed_in("chair").await.get("/policy/file").await;
    assert_eq!(profile::policy(&file.text).unwrap(), snapshot::policy("numbered"));
}

#[tokio::test]
async fn what_is_due_to_be_looked_at_is_marked_with_who_answers_for_it() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let help = "id = \"help-stays-open\"";
    let due = with(help, &format!("{help}\nowner = \"Dee Safe\"\nreview = \"2026-11-02\""));
    assert_eq!(publish_by_two(&rig, &due).await, "/policy?done=policy-confirmed");
    let page = head.get("/policy").await;
    assert!(page.page().contains("One thing is due to be looked at again"), "{}", page.text);
    assert!(page.text.contains("Dee Safe answers for it"), "{}", page.text);
    assert!(page.text.contains("Due since 2 November 2026"), "{}", page.text);
}

#[tokio::test]
async fn what_no_scanner_could_look_at_is_said_by_the_kind_of_file() {
    let rig = Rig::new().await;
    let failures = "failures = [\"too-large\"]";
    let narrow = format!("{failures}\nclasses = [\"document\", \"image\"]");
    assert_eq!(publish_by_two(&rig, &with(failures, &narrow)).await, "/policy?done=policy-confirmed");
    let page = rig.signed_in("headteacher").await.get("/policy").await;
    let said = "Open: documents and pictures. It counts for these reasons: the file is too large to check.";
    assert!(page.page().contains(said), "{}", page.text);
}

async fn publish_by_two(rig: &Rig, policy: &str) -> String {
    let waits = publish(&rig.signed_in("headteacher").await, policy, "Agreed with the governors").await;
    let draft = waits.leads_to().split('?').next().unwrap().to_owned();
    let second = rig.signed_in("computing").await;
    second.post(&format!("{draft}/confirm"), "").await.leads_to().to_owned()
}

#[tokio::test]
async fn the_head_publishes_what_is_light_and_the_journal_says_who_and_why() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let before = in_force(&rig).await;
    let looked = head.fill_in("/policy/change", &[("policy", &open(ASTROLOGY)), ("do", "look")]).await;
    assert!(looked.page().contains("was blocked, is now allowed"), "{}", looked.text);
    assert_eq!(in_force(&rig).await, before, "looking changes nothing");
    let done = publish(&head, &open(ASTROLOGY), "Year 6 project on newspapers").await;
    assert_eq!(done.leads_to(), "/policy?done=policy-changed");
    assert_ne!(in_force(&rig).await, before);
    let line = rig.journal().await.pop().unwrap();
    assert_eq!((line.action, line.actor), (Action::PolicyPublished, Actor::Person(Id::new(1))));
    assert_eq!(line.reason.as_deref(), Some("Year 6 project on newspapers"));
    let page = head.get("/policy").await;
    assert!(page.page().contains("Published by Hester Hale"), "{}", page.text);
    assert!(page.text.contains("Year 6 project on newspapers"), "{}", page.text);
}

#[tokio::test]
async fn pol_a_weighty_change_waits_for_a_second_office_and_shows_up_in_their_day() {
    let rig = Rig::new().await;
    let dee = rig.books.get::<Person, ids::Person>(Id::new(4)).await.unwrap().unwrap();
    let email = EmailAddress::parse("dee@rowanhill.example").ok();
    rig.commit(&person::change(&dee, &Person { email, ..dee.value.clone() })).await;
    let before = in_force(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let waits = publish(&head, &with(WORDS, "upper-ks2 = 70"), "Too much got through").await;
    let draft = waits.leads_to().split('?').next().unwrap().to_owned();
    assert_eq!(in_force(&rig).await, before);
    assert_eq!(rig.journal().await.pop().unwrap().action, Action::PolicyDrafted);
    let mails = rig.books.store().take_mails(Id::new(1), now(), now().plus_minutes(5), 10).await.unwrap();
    let [waiting] = &mails[..] else { panic!("one mail, to whoever has an address: {mails:?}") };
    assert_eq!(waiting.mail.to, Id::new(4).into());
    assert!(!waiting.mail.text.contains("Too much got through"), "it says nothing of what");

    let confirm = format!("{draft}/confirm");
    assert!(!head.get("/").await.page().contains(&draft), "not for whoever wrote it");
    assert!(!head.get(&draft).await.page().contains(&confirm));
    assert!(head.post(&confirm, "").await.leads_to().ends_with("policy-not-second"));
    for username in ["technician", "chair"] {
        let browser = rig.signed_in(username).await;
        assert!(browser.get(&draft).await.page().contains("Too much got through"), "{username} reads it");
        assert_eq!(browser.post(&confirm, "").await.status, StatusCode::FORBIDDEN, "{username}");
    }
    let second = rig.signed_in("safeguarding").await;
    assert!(second.get("/").await.page().contains(&draft));
    let page = second.get(&draft).await;
    assert!(page.page().contains(&confirm) && page.text.contains("how far the words of a page may go"));
    assert_eq!(second.post(&confirm, "").await.leads_to(), "/policy?done=policy-confirmed");
    assert_ne!(in_force(&rig).await, before);
    let line = rig.journal().await.pop().unwrap();
    assert_eq!((line.action, line.actor), (Action::PolicyPublished, Actor::Person(Id::new(4))));
    assert!(second.post(&confirm, "").await.leads_to().ends_with("policy-too-late"), "once");
    assert!(second.get(&draft).await.page().contains("Confirmed by Dee Safe"));
    assert!(!second.get("/").await.page().contains(&draft));
}

#[tokio::test]
async fn a_draft_that_was_overtaken_waits_for_nobody_and_says_so() {
    let rig = Rig::new().await;
    let lead = rig.signed_in("computing").await;
    let mut drafts = Vec::new();
    for rule in [ASTROLOGY, &ASTROLOGY.replace("astrology", "celebrity")] {
        let waits = publish(&lead, &open(rule), "For the newspaper project").await;
        drafts.push(waits.leads_to().split('?').next().unwrap().to_owned());
    }
    let head = rig.signed_in("headteacher").await;
    let today = head.get("/").await;
    assert!(drafts.iter().all(|draft| today.page().contains(draft)), "{}", today.text);
    assert_eq!(
        head.post(&format!("{}/confirm", drafts[0]), "").await.leads_to(),
        "/policy?done=policy-confirmed"
    );
    assert!(!head.get("/").await.page().contains(&drafts[1]), "it waits for nobody");
    let page = head.get("/policy").await;
    assert!(page.page().contains(&drafts[1]) && page.text.contains("Another policy was published since"));
    assert!(!page.text.contains("waits for a second person"), "{}", page.text);
    assert!(head.post(&format!("{}/confirm", drafts[1]), "").await.leads_to().ends_with("policy-too-late"));
}

#[tokio::test]
async fn what_a_rule_about_decrypting_is_about_is_said() {
    let rig = Rig::new().await;
    let rule = "[[inspection.rule]]\nid = \"read-the-bank\"\nwhy = \"The office asked for it.\"\ninspect = true\n\
                sites = [\"bank.example\"]\ncategories = [\"games\"]\n";
    let policy = profile::written(&profile::policy(&format!("{}\n{rule}", text())).unwrap()).unwrap();
    assert_eq!(publish_by_two(&rig, &policy).await, "/policy?done=policy-confirmed");
    let page = rig.signed_in("chair").await.get("/policy").await;
    let about = "The office asked for it. It is about pages of these kinds: Games; and only on bank.example.";
    assert!(page.page().contains(about), "{}", page.text);
}

#[tokio::test]
async fn a_draft_is_declined_for_a_reason_and_taken_back_by_whoever_wrote_it() {
    let rig = Rig::new().await;
    let (head, lead) = (rig.signed_in("headteacher").await, rig.signed_in("computing").await);
    let before = in_force(&rig).await;
    for (writer, other) in [(&lead, &head), (&lead, &lead)] {
        let waits = publish(writer, &open(ASTROLOGY), "For the newspaper project").await;
        let draft = waits.leads_to().split('?').next().unwrap().to_owned();
        let decline = format!("{draft}/decline");
        let unsaid = other.post(&decline, "reason=+").await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            other.post(&decline, "reason=After+Christmas").await.leads_to(),
            "/policy?done=policy-declined"
        );
        let line = rig.journal().await.pop().unwrap();
        assert_eq!((line.action, line.reason.as_deref()), (Action::PolicyDeclined, Some("After Christmas")));
        assert!(head.post(&format!("{draft}/confirm"), "").await.leads_to().ends_with("policy-too-late"));
    }
    assert_eq!(in_force(&rig).await, before);
}

#[tokio::test]
async fn web_31_what_breaks_a_promise_is_not_published_and_the_promise_is_named() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let before = in_force(&rig).await;
    let typed = open(GAMBLING);
    let looked = head.fill_in("/policy/change", &[("policy", &typed), ("do", "look")]).await;
    assert!(looked.page().contains("No pupil can reach gambling at any time"), "{}", looked.text);
    assert!(!looked.text.contains("value=\"publish\""), "no button for it");
    let forced = [("policy", typed.as_str()), ("reason", "All the same"), ("mark", "x"), ("do", "publish")];
    let refused = head.fill_in("/policy/change", &forced).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("It cannot be published"), "{}", refused.text);
    assert!(rig.books.values::<PolicyDraft>().await.unwrap().is_empty());
    assert_eq!(in_force(&rig).await, before);
}

#[tokio::test]
async fn a_draft_that_breaks_a_promise_by_now_is_not_confirmed() {
    let rig = Rig::new().await;
    let bytes = serde_json::to_vec(&profile::policy(&open(GAMBLING)).unwrap()).unwrap();
    let policy = rig.books.store().put_blob(Id::new(1), &bytes).await.unwrap();
    let base = in_force(&rig).await.parse().unwrap();
    let draft = PolicyDraft {
        id: Id::new(900),
        policy,
        base,
        by: Id::new(1),
        reason: "It kept them when it was written".into(),
        weighty: vec![],
        made_at: now(),
        confirmed: None,
        declined: None,
    };
    rig.add(&draft).await;
    let lead = rig.signed_in("computing").await;
    let confirm = format!("/policy/drafts/{}/confirm", draft.id);
    assert!(lead.post(&confirm, "").await.leads_to().ends_with("policy-broken"));
    assert_eq!(in_force(&rig).await, base.to_string());
}

#[tokio::test]
async fn faults_stand_beside_their_lines_and_nothing_typed_is_lost() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let wrong = with(GAMBLING, "name = \"gambling\"\nverdikt = \"block\"");
    let line = wrong.lines().position(|line| line.starts_with("verdikt")).unwrap() + 1;
    let sent = [("policy", wrong.as_str()), ("reason", "We agreed <it>"), ("do", "look")];
    let answer = head.fill_in("/policy/change", &sent).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains(&format!("Line {line}")), "{}", answer.text);
    assert!(answer.text.contains("What to do:"), "{}", answer.text);
    assert!(answer.text.contains("verdikt = &#34;block&#34;\n"), "the text is still in the box");
    let no_reason = publish(&head, &open(ASTROLOGY), " ").await;
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(no_reason.text.contains("Please say why"), "{}", no_reason.text);
    assert!(no_reason.text.contains("name=\"mark\""), "it can be sent again at once");
}

#[tokio::test]
async fn a_file_takes_the_place_of_the_box_and_is_looked_at_before_it_is_published() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let before = in_force(&rig).await;
    let (file, boxed) = (open(ASTROLOGY), text());
    let sent =
        [("policy", boxed.as_str()), ("document", file.as_str()), ("reason", "Agreed"), ("do", "publish")];
    let looked = head.fill_in("/policy/change", &sent).await;
    assert!(looked.page().contains("was blocked, is now allowed"), "{}", looked.text);
    assert_eq!(in_force(&rig).await, before);
    let token = mark(&looked);
    let other = open(&ASTROLOGY.replace("astrology", "celebrity"));
    let sent = [("policy", other.as_str()), ("reason", "Agreed"), ("mark", &token), ("do", "publish")];
    assert!(head.fill_in("/policy/change", &sent).await.page().contains("name=\"mark\""), "looked at first");
    assert_eq!(in_force(&rig).await, before, "what was not looked at is not published");
}

#[tokio::test]
async fn a_form_without_its_token_proposes_nothing() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let before = in_force(&rig).await;
    let sent = head.send("/policy/change", "policy=x", &[]).await;
    assert!(sent.status.is_client_error(), "{}", sent.status);
    assert_eq!(in_force(&rig).await, before);
}

#[tokio::test]
async fn a_policy_longer_than_any_is_refused_before_it_is_read() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    for (kib, taken) in [(500, true), (600, false)] {
        let long = text() + &"# a remark\n".repeat(kib * 1024 / 11 - text().len() / 11);
        let answer = head.fill_in("/policy/change", &[("policy", &long), ("do", "look")]).await;
        assert_eq!(answer.status == StatusCode::OK, taken, "{kib} KiB: {}", answer.status);
        assert_eq!(answer.status.is_client_error(), !taken, "{kib} KiB: {}", answer.status);
    }
}

/// Looks at a page until it says these words.
async fn until_it_says(browser: &Browser<'_>, page: &str, words: &str) -> Answer {
    let look = async {
        loop {
            let answer = browser.get(page).await;
            if answer.page().contains(words) {
                return answer;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), look)
        .await
        .unwrap_or_else(|_| panic!("it never says {words}"))
}

#[tokio::test]
async fn what_a_policy_would_have_done_is_tried_on_last_weeks_requests_and_changes_nothing() {
    let rig = Rig::new().await;
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let days = |days: i64| now().plus_minutes(-days * 24 * 60);
    for (number, at) in [(900, days(1)), (901, days(2)), (902, days(8)), (903, days(3))] {
        let mut who = facts::at_device(facts::subject("pupil.y4"));
        who.lesson = Some(LessonFacts {
            lesson: Id::new(8),
            group: Id::new(CLASS),
            adult: Id::new(7),
            mode: Mode::Normal,
            ends_at: at.plus_minutes(30),
        });
        let mut event = events::web(number, &snapshot, facts::get(who, GAME), at);
        if let What::Web(web) = &mut event.what
            && number == 903
        {
            web.decision.generation = Digest::of(b"its lists are gone");
        }
        rig.recorded.0.lock().unwrap().push(event);
    }
    let games = "name = \"games\"\nverdict = \"block\"";
    let before = in_force(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let open = open(games);
    let asked = head.fill_in("/policy/change", &[("policy", &open), ("do", "replay")]).await;
    let page = asked.leads_to().to_owned();
    assert!(page.starts_with("/policy/replay/"), "{page}");
    assert!(head.get(&page).await.page().contains("Try it on the last seven days"));
    for username in ["technician", "chair", "teacher"] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&page).await.status, StatusCode::FORBIDDEN, "{username}");
    }
    assert_eq!(head.post(&page, "").await.leads_to(), format!("{page}?done=replay-begun"));
    let done = until_it_says(&head, &page, "Try it again").await;
    let said = done.page();
    assert!(said.contains("<strong>3</strong> <span>requests looked at</span>"), "{said}");
    assert!(said.contains("<strong>2</strong> <span>would be open</span>"), "{said}");
    assert!(said.contains("<strong>0</strong> <span>would be shut</span>"), "{said}");
    assert!(said.contains("Year 4") && said.contains("Games") && said.contains("games.example"), "{said}");
    assert!(said.contains("2 of them were never read"), "{said}");
    assert!(said.contains("For one request the lists of then are not kept any more."), "{said}");
    assert!(!said.contains("hx-trigger"), "it does not look again by itself: {said}");
    assert_eq!(in_force(&rig).await, before);
    let odd = format!("/policy/replay/{}", Digest::of(b"no policy"));
    assert_eq!(head.get(&odd).await.status, StatusCode::NOT_FOUND);
    assert_eq!(head.get("/policy/replay/nonsense").await.status, StatusCode::NOT_FOUND);
}
