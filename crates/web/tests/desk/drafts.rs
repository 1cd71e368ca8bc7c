//! New words of agreements at the desk: written, looked at, approved by the governors where the school asks for it, published.

use axum::http::StatusCode;
use usher_records::agreement::{AgreementText, AgreementVersion, publish};
use usher_records::agreement_draft::AgreementDraft;
use usher_records::change::Action;
use usher_records::signature::{How, Part, Sign, sign};
use usher_types::ids::Id;

use crate::rig::{Answer, Browser, Rig, now, people};

const STAFF: &str = "+++\nkey = \"staff\"\ntitle = \"Staff agreement\"\nversion = \"2026\"\nreader = \"adult\"\n\
                     declaration = \"I will keep to this.\"\n+++\n\n## Signing in\n\n\
                     - I keep my password secret. {#password keeps=\"duty.keep-secret\"}\n\
                     - I sign out. {#sign-out keeps=\"account.time-limits\"}\n";

/// Fields as a browser sends them.
fn form(fields: &[(&str, &str)]) -> String {
    let percent = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
}

/// A hidden field.
fn hidden(page: &Answer, name: &str) -> String {
    let after = page.text.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after.unwrap_or_else(|| panic!("no {name} in {}", page.text)).split('"').next().unwrap().to_owned()
}

/// The staff's words in force, signed by a teacher.
async fn signed(rig: &Rig) {
    let text = AgreementText::parse(STAFF).unwrap();
    rig.books.store().put_blob(Id::new(1), STAFF.as_bytes()).await.unwrap();
    rig.commit(&publish(Id::new(7), &text, None, true, now().plus_minutes(-600))).await;
    let (_, joan) = people().into_iter().find(|(username, _)| *username == "teacher").unwrap();
    let asked = Sign {
        id: Id::new(11),
        person: &joan,
        part: Part::Own,
        shown: text.digest,
        answer: None,
        typed_name: None,
        discussed: false,
        how: How::OnPaper,
        entered_by: None,
        read_in: None,
    };
    rig.commit(&sign(&asked, &text, now().plus_minutes(-300)).unwrap().1).await;
}

async fn begun(browser: &Browser<'_>) -> String {
    let begun = browser.post("/agreements/drafts/begin", "key=staff").await;
    begun.leads_to().split("/edit").next().unwrap().to_owned()
}

/// Keeps these rules, as somebody does who opened the form just now.
async fn keep(browser: &Browser<'_>, draft: &str, rules: &str) -> Answer {
    let edit = format!("{draft}/edit");
    let digest = hidden(&browser.get(&edit).await, "digest");
    browser.post(&edit, &format!("{}&digest={digest}", form(&typed(rules, "keep")))).await
}

/// The form of a draft, filled in.
fn typed<'a>(rules: &'a str, what: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("agreement-title", "Staff agreement"),
        ("agreement-mark", "2027"),
        ("agreement-declaration", "I will keep to this."),
        ("agreement-opening", ""),
        ("agreement-each-time", ""),
        ("agreement-rules", rules),
        ("do", what),
    ]
}

const RULES: &str = "## Signing in\r\n\r\n- I keep my password secret from everybody. {#password keeps=\"duty.keep-secret\"}\r\n- I sign out.\r\n- I lock my screen.";

#[tokio::test]
async fn pol_05_words_the_governors_did_not_approve_are_not_put_out_and_approved_ones_are() {
    let rig = Rig::of("trust", |_| ()).await;
    signed(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let draft = begun(&head).await;
    let kept = keep(&head, &draft, RULES).await;
    assert_eq!(kept.leads_to(), format!("{draft}?done=agreement-kept"));
    let page = head.get(&draft).await;
    let digest = hidden(&page, "digest");
    assert!(page.page().contains("They wait for the governors"), "{}", page.text);
    let second = head.get(&format!("{draft}/publish")).await;
    assert!(second.page().contains("The governors have not approved these words yet"), "{}", second.text);
    let publish = format!("digest={digest}&agreement-again=yes");
    let refused = head.post(&format!("{draft}/publish"), &publish).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("The governors have not approved these words yet"), "{}", refused.text);
    let versions = rig.books.values::<AgreementVersion>().await.unwrap();
    assert_eq!(versions.iter().filter(|one| one.in_force).count(), 1, "and nothing came into force");

    let chair = rig.signed_in("chair").await;
    assert!(chair.get("/").await.page().contains("New words of an agreement wait for the governors"));
    assert_eq!(chair.post(&format!("{draft}/publish"), &publish).await.status, StatusCode::FORBIDDEN);
    let approve = |day: &str, minute: &str| {
        let fields = [("digest", digest.as_str()), ("agreement-meeting", day), ("agreement-minute", minute)];
        form(&fields)
    };
    for (day, minute, says) in [
        ("", "7.2", "Please give the day of the meeting."),
        ("2026-11-25", "7.2", "That day is still to come."),
        ("2026-11-20", " ", "Please say where the minutes say so"),
    ] {
        let wrong = chair.post(&format!("{draft}/approve"), &approve(day, minute)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {minute}");
        assert!(wrong.text.contains(says) && wrong.text.contains(minute.trim()), "{}", wrong.text);
    }
    let approved = chair.post(&format!("{draft}/approve"), &approve("2026-11-20", "7.2")).await;
    assert_eq!(approved.leads_to(), format!("{draft}?done=agreement-approved"));
    assert_eq!(rig.journal().await.pop().unwrap().action, Action::AgreementApproved);

    assert!(head.get("/").await.page().contains("approved and can be published"));
    let second = head.get(&format!("{draft}/publish")).await;
    assert!(second.page().contains("Meeting of 20 November 2026, minute 7.2."), "{}", second.text);
    assert_eq!(
        head.post(&format!("{draft}/publish"), &publish).await.leads_to(),
        "/agreements?done=agreement-published"
    );
    let versions = rig.books.values::<AgreementVersion>().await.unwrap();
    let now = versions.iter().find(|one| one.in_force).unwrap();
    assert_eq!((now.version.as_str(), now.digest.to_string()), ("2027", digest));
    assert_eq!(rig.journal().await.pop().unwrap().action, Action::AgreementPublished);
}

#[tokio::test]
async fn pol_05_one_word_changed_after_the_approval_is_not_approved_any_more() {
    let rig = Rig::of("trust", |_| ()).await;
    signed(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let draft = begun(&head).await;
    let digest = hidden(&head.get(&draft).await, "digest");
    let fields =
        [("digest", digest.as_str()), ("agreement-meeting", "2026-11-20"), ("agreement-minute", "7")];
    head.post(&format!("{draft}/approve"), &form(&fields)).await.leads_to();
    assert!(head.get(&draft).await.page().contains("The governors have approved them"));
    keep(&head, &draft, RULES).await.leads_to();
    assert!(head.get(&draft).await.page().contains("They wait for the governors"));
}

#[tokio::test]
async fn agr_20_rules_keep_their_ids_and_new_ones_get_theirs_while_they_are_written() {
    let rig = Rig::new().await;
    signed(&rig).await;
    let lead = rig.signed_in("computing").await;
    let draft = begun(&lead).await;
    let edit = format!("{draft}/edit");
    let looked = lead.post(&edit, &form(&typed(RULES, "look"))).await;
    assert!(looked.page().contains("#lock-screen") && looked.text.contains("#password"), "{}", looked.text);
    assert!(looked.text.contains("Changed") && looked.text.contains("I keep my password secret."));
    let stored = rig.books.values::<AgreementDraft>().await.unwrap().pop().unwrap();
    assert_eq!(stored.entries.len(), 1, "looking keeps nothing");

    let odd = "- One. {#a}\r\n- Two. {#a}\r\n- Three. {#b keeps=\"web.nothing\"}";
    let wrong = lead.post(&edit, &form(&typed(odd, "keep"))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Line 2") && wrong.text.contains("is used twice"), "{}", wrong.text);
    assert!(wrong.text.contains("- Three. {#b"), "what was typed stays");
    let unknown = lead.post(&edit, &form(&typed("- Three. {#b keeps=\"web.nothing\"}", "keep"))).await;
    assert!(unknown.text.contains("There is no control called web.nothing"), "{}", unknown.text);
    let part = lead.post(&format!("{draft}/preview"), &form(&typed(RULES, ""))).await;
    assert!(part.page().contains("I lock my screen.") && !part.text.contains("<html"), "{}", part.text);

    keep(&lead, &draft, RULES).await.leads_to();
    let file = lead.get(&format!("{draft}/file")).await;
    let text = AgreementText::parse(&file.text).unwrap();
    assert_eq!(text.clause_ids(), ["password", "sign-out", "lock-screen"]);
    assert_eq!(text.clauses[0].keeps, ["duty.keep-secret"], "and what keeps a rule stays with it");
    let again = lead.post("/agreements/drafts/begin", "key=staff").await;
    assert_eq!(again.leads_to(), format!("{draft}?done=agreement-draft-there"), "one draft at a time");
    assert_eq!(lead.get(&format!("{draft}/publish")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn agr_19_the_second_look_says_who_signs_again_and_a_change_that_matters_is_minor_only_for_a_reason() {
    let rig = Rig::new().await;
    signed(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let draft = begun(&head).await;
    keep(&head, &draft, RULES).await.leads_to();
    let publish = format!("{draft}/publish");
    let second = head.get(&publish).await;
    assert!(second.page().contains("One person is asked to sign."), "{}", second.text);
    assert!(second.text.contains("Nobody who has signed is asked again."), "{}", second.text);
    assert!(second.text.contains("3. I lock my screen.") && second.text.contains("Nothing keeps this."));
    let digest = hidden(&second, "digest");
    let send =
        |why: &str| form(&[("digest", &digest), ("agreement-again", "no"), ("agreement-minor-why", why)]);
    let refused = head.post(&publish, &send("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(head.post(&publish, "digest=odd").await.leads_to().ends_with("agreement-looked-again"));
    head.post(&publish, &send("Only says what we did")).await.leads_to();
    assert_eq!(rig.journal().await.pop().unwrap().reason.as_deref(), Some("Only says what we did"));
    let office = rig.signed_in("office").await;
    assert!(!office.get("/agreements/outstanding").await.page().contains("Joan Price"));

    let next = begun(&head).await;
    let more = format!("{RULES}\r\n- I tell the truth.");
    keep(&head, &next, &more).await.leads_to();
    let digest = hidden(&head.get(&format!("{next}/publish")).await, "digest");
    head.post(&format!("{next}/publish"), &format!("digest={digest}&agreement-again=yes")).await.leads_to();
    assert!(office.get("/agreements/outstanding").await.page().contains("Joan Price"));
    let over = head.get(&next).await;
    assert!(over.page().contains("Hester Hale published it"), "{}", over.text);
    assert!(head.get("/agreements/drafts").await.page().contains("People sign again."));
}

#[tokio::test]
async fn agr_19_words_around_the_rules_are_shown_where_they_are_approved_and_published_and_ask_for_signing_again()
 {
    let rig = Rig::new().await;
    signed(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let draft = begun(&head).await;
    let edit = format!("{draft}/edit");
    let digest = hidden(&head.get(&edit).await, "digest");
    let rules = "## Signing in\r\n\r\n- I keep my password secret. {#password keeps=\"duty.keep-secret\"}\r\n\
                 - I sign out. {#sign-out keeps=\"account.time-limits\"}";
    let mut fields = typed(rules, "keep");
    fields[2].1 = "I agree that the school looks at my own devices.";
    head.post(&edit, &format!("{}&digest={digest}", form(&fields))).await.leads_to();
    for page in [draft.clone(), format!("{draft}/publish")] {
        let seen = head.get(&page).await;
        assert!(seen.page().contains("I agree that the school looks at my own devices."), "{}", seen.text);
        assert!(seen.text.contains("I will keep to this."), "and what it was");
        assert!(seen.text.contains("Kept by: duty.keep-secret"), "with every rule and what keeps it");
    }
    let digest = hidden(&head.get(&draft).await, "digest");
    let minor = head.post(&format!("{draft}/publish"), &format!("digest={digest}&agreement-again=no")).await;
    assert_eq!(minor.status, StatusCode::UNPROCESSABLE_ENTITY, "it needs a reason");
}

#[tokio::test]
async fn whoever_keeps_words_second_sees_the_first_ones_and_loses_nothing() {
    let rig = Rig::new().await;
    signed(&rig).await;
    let (head, lead) = (rig.signed_in("headteacher").await, rig.signed_in("computing").await);
    let draft = begun(&head).await;
    let edit = format!("{draft}/edit");
    let digest = hidden(&lead.get(&edit).await, "digest");
    keep(&head, &draft, &format!("{RULES}\r\n- I tell the truth.")).await.leads_to();
    let mine = "- I keep my password secret. {#password}\r\n- I wave.";
    let late = lead.post(&edit, &format!("{}&digest={digest}", form(&typed(mine, "keep")))).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("Somebody else kept other words"), "{}", late.text);
    assert!(late.text.contains("- I wave.") && late.text.contains("I tell the truth."), "{}", late.text);
    assert_eq!(rig.books.values::<AgreementDraft>().await.unwrap()[0].entries.len(), 2, "theirs stand");
    let digest = hidden(&late, "digest");
    lead.post(&edit, &format!("{}&digest={digest}", form(&typed(mine, "keep")))).await.leads_to();
}

#[tokio::test]
async fn where_people_are_asked_for_an_agreement_that_is_not_in_force_the_head_is_told_and_so_is_health() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let told = "because what they are to sign is not in force";
    assert!(head.get("/").await.page().contains(told));
    let health = head.get("/health").await;
    assert!(
        health.page().contains("These agreements are asked for and are not in force yet"),
        "{}",
        health.text
    );
    let texts = ["pupil-ks1", "pupil-ks2", "staff", "visitor", "parent"];
    let school =
        rig.books.get::<usher_records::school::School, _>(rig.books.school()).await.unwrap().unwrap().value;
    for (at, one) in (20..).zip(&school.settings.agreements.audiences) {
        let file = STAFF.replace("\"staff\"", &format!("\"{}\"", one.agreement));
        let text = AgreementText::parse(&file).unwrap();
        if rig.books.find_one::<AgreementVersion>("digest", text.digest).await.unwrap().is_none() {
            rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
            rig.commit(&publish(Id::new(at), &text, None, true, now().plus_minutes(-600))).await;
        }
        assert!(texts.contains(&one.agreement.as_str()), "a model comes with Usher: {}", one.agreement);
    }
    assert!(!head.get("/").await.page().contains(told));
    assert!(
        head.get("/health").await.page().contains("Every agreement that people are to sign is in force.")
    );
}

#[tokio::test]
async fn a_draft_that_is_given_up_says_why_and_nothing_is_asked_of_anybody() {
    let rig = Rig::new().await;
    signed(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let draft = begun(&head).await;
    let silent = head.post(&format!("{draft}/withdraw"), "agreement-withdraw=").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = head.post(&format!("{draft}/withdraw"), "agreement-withdraw=Not+this+year").await;
    assert_eq!(done.leads_to(), "/agreements/drafts?done=agreement-withdrawn");
    assert!(head.get("/agreements/drafts").await.page().contains("Not this year"));
    assert!(head.get(&format!("{draft}/edit")).await.leads_to().ends_with("agreement-draft-over"));
    assert_ne!(begun(&head).await, draft);
}

#[tokio::test]
async fn agr_14_the_adult_agreement_report_says_whether_it_is_a_term_of_the_contract() {
    let rig = Rig::new().await;
    signed(&rig).await;
    let office = rig.signed_in("office").await;
    let csv = office.get("/agreements/register.csv").await;
    assert!(csv.page().contains("\"Contract term\"") && csv.text.contains("\"no\""), "{}", csv.text);
    let head = rig.signed_in("headteacher").await;
    let text = STAFF.replace("+++\n\n##", "contract-term = true\n+++\n\n##").replace("2026", "2028");
    let read = AgreementText::parse(&text).unwrap();
    rig.books.store().put_blob(Id::new(1), text.as_bytes()).await.unwrap();
    let versions = rig.books.find::<AgreementVersion>("key", "staff").await.unwrap();
    rig.commit(&publish(Id::new(8), &read, versions.first(), true, now())).await;
    let (_, eve) = people().into_iter().find(|(username, _)| *username == "esafety").unwrap();
    let asked = Sign {
        id: Id::new(12),
        person: &eve,
        part: Part::Own,
        shown: read.digest,
        answer: None,
        typed_name: None,
        discussed: false,
        how: How::OnPaper,
        entered_by: None,
        read_in: None,
    };
    rig.commit(&sign(&asked, &read, now()).unwrap().1).await;
    let page = head.get("/agreements/register").await;
    assert!(page.page().contains("<td data-label=\"Contract term\">yes</td>"), "{}", page.text);
    let csv = head.get("/agreements/register.csv").await;
    assert!(
        csv.text.lines().any(|line| line.contains("Eve Net") && line.ends_with("\"yes\"")),
        "{}",
        csv.text
    );
}
