//! Agreements in other languages, in large print and with pictures (POL-09): written and approved at the desk, read and signed here.

use axum::http::StatusCode;
use usher_records::agreement::{AgreementText, Clause};
use usher_records::person::Person;
use usher_records::signature::{Part, Signature};
use usher_records::translation::Translation;
use usher_testkit::school::{person, pupil};
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Reader};

use crate::device::{device, field};
use crate::rig::{ADA, CLASS, Rig, id};

/// Writes one piece of an agreement in a language at the desk, and has it approved by another.
async fn translated(rig: &Rig, version: u64, tag: &str, name: &str, pieces: &[(&str, &str)]) -> Translation {
    let lead = rig.signed_in("computing").await;
    let form = format!("translation-tag={tag}&translation-name={name}&translation-by=Ms+Khan");
    let begun = lead.post(&format!("/agreements/version/{}/translate", id(version)), &form).await;
    let edit = begun.leads_to().split('?').next().unwrap().to_owned();
    let page = lead.get(&edit).await;
    let digest = field(page.page(), "digest");
    let mut fields = vec![("digest", digest.as_str()), ("translation-by", "Ms Khan")];
    fields.extend(pieces);
    let address = edit.trim_end_matches("/edit").to_owned();
    assert_eq!(lead.fill_in(&edit, &fields).await.leads_to(), format!("{address}?done=translation-kept"));
    let shown = lead.get(&address).await;
    assert!(!shown.page().contains(&format!("{address}/approve")), "whoever wrote it does not approve it");
    let head = rig.signed_in("headteacher").await;
    let form = format!("digest={}", field(head.get(&address).await.page(), "digest"));
    let done = head.post(&format!("{address}/approve"), &form).await;
    assert_eq!(done.leads_to(), format!("{address}?done=translation-approved"));
    rig.books
        .values::<Translation>()
        .await
        .unwrap()
        .into_iter()
        .find(|one| one.language.tag() == tag)
        .unwrap()
}

fn version(texts: &[AgreementText], key: &str) -> (u64, AgreementText) {
    let at = texts.iter().position(|text| text.head.key == key).unwrap();
    (701 + u64::try_from(at).unwrap(), texts[at].clone())
}

#[tokio::test]
async fn pol_09_a_parent_reads_the_rules_in_their_language_and_the_signature_says_so() {
    let rig = Rig::of("numbered", |settings| settings.agreements.with_parent = true).await;
    let texts = rig.publish_all().await;
    let child = Id::new(ADA);
    let parent = Person { children: vec![child], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let home = device(&rig, 1);
    home.sign_in("pia").await.leads_to();
    let plain = format!("/parents/{child}");
    assert!(!home.get(&plain).await.page().contains("hreflang"), "there is no other language yet");

    let (number, text) = version(&texts, "pupil-ks2");
    let first = format!("piece-clause-{}", text.clauses[0].id);
    let urdu = "میں پہلے پوچھوں گا";
    let pieces = [(first.as_str(), urdu), ("piece-parents", "ہم نے بات کی")];
    let translation = translated(&rig, number, "ur", "%D8%A7%D8%B1%D8%AF%D9%88", &pieces).await;
    let page = home.get(&plain).await;
    assert!(page.page().contains(&format!("href=\"{plain}?lang=ur\" lang=\"ur\"")), "{}", page.text);
    assert!(!page.text.contains(urdu), "English until it is chosen");
    let page = home.get(&format!("{plain}?lang=ur")).await;
    assert!(page.page().contains(&format!("<p lang=\"ur\" dir=\"rtl\">{urdu}</p>")), "{}", page.text);
    let one = page.text.split(&format!("id=\"clause-{}\"", text.clauses[0].id)).nth(1).unwrap();
    assert!(one.split("</li>").next().unwrap().contains("lang=\"en-GB\""), "its English stands beside it");
    let two = page.text.split(&format!("id=\"clause-{}\"", text.clauses[1].id)).nth(1).unwrap();
    let missing = home.says(Reader::Adult, "languages-english-only");
    assert!(two.split("</li>").next().unwrap().contains(&missing), "{two}");

    let read_in = field(&page.text, "read-in");
    let form = |read_in: &str| {
        format!("digest={}&lang=ur&read-in={read_in}&discussed=yes&name=Pia+Bell", text.digest)
    };
    let stale = home.fill(&plain, &plain, &form(&"0".repeat(64))).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "words nobody approved");
    assert!(stale.text.contains(urdu), "and the language stays");
    home.fill(&plain, &plain, &form(&read_in)).await.leads_to();
    let signatures = rig.books.values::<Signature>().await.unwrap();
    let signed = signatures.iter().find(|one| one.part == Part::ParentFor(child)).unwrap();
    assert_eq!(signed.digest, text.digest, "what is signed is the English");
    assert_eq!(Some(&signed.declaration), text.head.parent_declaration.as_ref());
    let read = signed.read_in.as_ref().unwrap();
    assert_eq!((read.language.tag(), Some(read.text)), ("ur", translation.shown()));
    let office = rig.signed_in("office").await;
    let shown = office.get(&format!("/agreements/signature/{}", signed.id)).await;
    assert!(shown.page().contains("اردو, in the words"), "{}", shown.text);
}

/// How many rules or parts of an agreement's page can be heard in English, in another language, and how much else.
fn heard(page: &str) -> (usize, usize, usize) {
    let buttons: Vec<&str> =
        page.split("<button").filter(|button| button.contains("data-listen=\"")).collect();
    let (rules, rest): (Vec<&str>, Vec<&str>) =
        buttons.into_iter().partition(|button| button.contains("listen--rule"));
    let other = rules.iter().filter(|rule| rule.contains("data-lang=\"")).count();
    (rules.len() - other, other, rest.len())
}

#[tokio::test]
async fn pol_09_every_rule_and_the_declaration_can_be_heard_by_every_reader() {
    let rig = Rig::of("numbered", |settings| settings.agreements.with_parent = true).await;
    let texts = rig.publish_all().await;
    let pc = device(&rig, 1);
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let child = format!("/parents/{}", id(ADA));
    for (username, address, key) in [
        ("teacher", "/agreement", "staff"),
        ("ada", "/agreement", "pupil-ks2"),
        ("pia", child.as_str(), "pupil-ks2"),
    ] {
        pc.sign_in(username).await.leads_to();
        let (_, text) = version(&texts, key);
        let page = pc.get(address).await;
        let (rules, other, rest) = heard(page.page());
        let parts = if username == "ada" {
            text.clauses.len()
        } else {
            page.text.matches("<ol class=\"clauses\">").count()
        };
        assert_eq!((rules, other), (parts, 0), "{username}: {}", page.text);
        let aloud: String =
            page.text.split("data-listen=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        // Words without marks stand in the page as they are written.
        let plain = |clause: &&Clause| !clause.text.contains(['*', '[', '&', '\'', '"', '<']);
        let told: Vec<&Clause> = text.clauses.iter().filter(plain).collect();
        assert!(
            told.len() > 3 && told.iter().all(|clause| aloud.contains(&clause.text)),
            "{username}: {aloud}"
        );
        let opening = usize::from(text.head.opening.is_some());
        assert_eq!(rest, opening + 1, "{username}: the opening and the declaration");
    }
    let (number, text) = version(&texts, "pupil-ks2");
    let first = format!("piece-clause-{}", text.clauses[0].id);
    translated(&rig, number, "pl", "Polski", &[(first.as_str(), "Najpierw pytam")]).await;
    pc.sign_in("pia").await.leads_to();
    let page = pc.get(&format!("{child}?lang=pl")).await;
    assert_eq!(heard(page.page()).1, 1, "what is translated, in both: {}", page.text);
    assert!(page.text.contains("data-listen=\"Najpierw pytam\" data-lang=\"pl\""));
}

#[tokio::test]
async fn pol_09_a_translation_is_for_the_words_it_was_made_of_and_can_be_taken_back() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let (number, text) = version(&texts, "staff");
    let first = format!("piece-clause-{}", text.clauses[0].id);
    let translation = translated(&rig, number, "pl", "Polski", &[(first.as_str(), "Najpierw pytam")]).await;
    let pc = device(&rig, 2);
    pc.sign_in("teacher").await.leads_to();
    assert!(pc.get("/agreement?lang=pl").await.page().contains("Najpierw pytam"));
    assert!(!pc.get("/agreement?lang=ur").await.page().contains("Najpierw pytam"));
    let address = format!("/agreements/translations/{}", translation.id);
    let lead = rig.signed_in("computing").await;
    for (form, says) in [
        (
            "translation-tag=english&translation-name=x&translation-by=x",
            "code of a language other than English",
        ),
        (
            "translation-tag=pl&translation-name=Polski&translation-by=x",
            "being written in this language already",
        ),
        ("translation-tag=ro&translation-name=&translation-by=x", "what its readers call the language"),
    ] {
        let begun = lead.post(&format!("/agreements/version/{}/translate", id(number)), form).await;
        assert_eq!(begun.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(begun.text.contains(says) && begun.text.contains("value=\"x\""), "{form}: {}", begun.text);
    }
    // Two people write at once: nothing that was typed is lost.
    let fields = |words| {
        let digest = "0".repeat(64);
        [("digest".to_owned(), digest), ("translation-by".into(), "Jan".into()), (first.clone(), words)]
    };
    let fields = fields("Inne słowa".to_owned());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(one, two)| (one.as_str(), two.as_str())).collect();
    let late = lead.fill_in(&format!("{address}/edit"), &fields).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("Inne słowa") && late.text.contains("Yours are still here"), "{}", late.text);

    assert_eq!(lead.post(&format!("{address}/withdraw"), "").await.status, StatusCode::FORBIDDEN);
    let head = rig.signed_in("headteacher").await;
    head.post(&format!("{address}/withdraw"), "").await.leads_to();
    let page = pc.get("/agreement?lang=pl").await;
    assert!(!page.page().contains("Najpierw pytam") && !page.text.contains("hreflang"));
    assert!(head.get(&address).await.page().contains("Hester Hale took it back"));
}

#[tokio::test]
async fn pol_09_every_reader_prints_their_agreement_large_and_the_youngest_with_pictures() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let kit = pupil(90, "Kit Small", 1, CLASS);
    rig.enrol("kit", &kit).await;
    let pc = device(&rig, 3);
    assert_eq!(pc.get("/print/staff?as=large").await.leads_to(), "/", "for those signed in");
    for (username, key) in [("teacher", "staff"), ("ada", "pupil-ks2"), ("parent", "parent")] {
        pc.sign_in(username).await.leads_to();
        let page = pc.get("/agreement").await;
        assert!(
            page.page().contains(&format!("href=\"/print/{key}?as=large\"")),
            "{username}: {}",
            page.text
        );
        let (plain, large) =
            (pc.get(&format!("/print/{key}")).await, pc.get(&format!("/print/{key}?as=large")).await);
        assert!(plain.text.starts_with("%PDF-") && large.text.starts_with("%PDF-"), "{username}");
        assert_ne!(plain.text, large.text);
    }
    assert_eq!(pc.get("/print/nothing").await.status, StatusCode::NOT_FOUND);
    let (number, ks1) = version(&texts, "pupil-ks1");
    assert!(ks1.clauses.iter().all(|clause| clause.picture.is_some()), "each rule has its picture");
    let office = rig.signed_in("office").await;
    let address = format!("/agreements/version/{}", id(number));
    let symbols = format!("{address}/paper.pdf?symbols=yes");
    assert!(office.get(&address).await.page().contains(&symbols));
    assert!(office.get(&symbols).await.text.starts_with("%PDF-"));
    assert!(office.get("/agreements/translations").await.page().contains(&symbols));
    let parent = Person { children: vec![kit.id], ..person(82, PersonKind::Parent, "Pia Small") };
    rig.enrol("pia", &parent).await;
    pc.sign_in("pia").await.leads_to();
    let page = pc.get(&format!("/parents/{}", kit.id)).await;
    assert!(page.page().contains("href=\"/print/pupil-ks1?as=symbols\""), "{}", page.text);
    assert!(pc.get("/print/pupil-ks1?as=symbols").await.text.starts_with("%PDF-"));
}

#[tokio::test]
async fn pol_09_the_policy_is_read_in_another_language_too() {
    let rig = Rig::new().await;
    let policy = rig.publish(801, include_str!("../../../../profiles/agreements/policy.md"), true).await;
    let first = format!("piece-clause-{}", policy.clauses[0].id);
    translated(&rig, 801, "am", "Amharic", &[(first.as_str(), "ሰላም")]).await;
    let pc = device(&rig, 4);
    pc.sign_in("teacher").await.leads_to();
    let page = pc.get("/policy").await;
    assert!(
        page.page().contains("href=\"/policy?lang=am\"")
            && page.text.contains("href=\"/print/policy?as=large\"")
    );
    let page = pc.get("/policy?lang=am").await;
    assert!(page.page().contains("<p lang=\"am\" dir=\"ltr\">ሰላም</p>"), "{}", page.text);
    assert!(page.text.contains("Print this page from your browser"), "no font of ours has this script");
    assert!(pc.get("/print/policy?lang=am").await.text.starts_with("%PDF-"), "in English, without boxes");
}

#[tokio::test]
async fn pol_09_every_card_is_read_in_the_words_the_signature_names() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let kit = pupil(90, "Kit Small", 1, CLASS);
    rig.enrol("kit", &kit).await;
    let (number, text) = version(&texts, "pupil-ks1");
    let second = format!("piece-clause-{}", text.clauses[1].id);
    let polish = translated(&rig, number, "pl", "Polski", &[(second.as_str(), "Pytam najpierw")]).await;
    let pc = device(&rig, 5);
    pc.sign_in("kit").await.leads_to();
    let first = pc.get("/agreement?lang=pl").await;
    let of = format!("{}-{}", text.digest.short(), polish.shown().unwrap().short());
    let next = format!("/agreement?card=2&amp;of={of}&amp;lang=pl").replace("&amp;", "&#38;");
    assert!(first.page().contains(&next), "{}", first.text);
    let at = |card: usize| format!("/agreement?card={card}&of={of}&lang=pl");
    let card = pc.get(&at(2)).await;
    assert!(
        card.page().contains("<p class=\"lead\" lang=\"pl\" dir=\"ltr\">Pytam najpierw</p>"),
        "{}",
        card.text
    );
    assert!(
        card.text.contains("href=\"/agreement?card=1\""),
        "English begins at the first card: {}",
        card.text
    );
    // Half in English and half in Polish is read again from the beginning.
    let mixed = pc.get(&format!("/agreement?card=3&of={}&lang=pl", text.digest.short())).await;
    let says = "The rules have changed";
    assert!(
        mixed.page().contains(&format!("card=2&#38;of={of}")) && !card.text.contains(says),
        "{}",
        mixed.text
    );
    // A question at a card comes back to that card in that language.
    let form = format!("of={}&clause={}&card=2", text.digest, text.clauses[1].id);
    let asks = format!("{form}&lang=pl&read-in={}", field(card.page(), "read-in"));
    let asked = pc.fill(&at(2), "/questions", &asks).await;
    assert_eq!(asked.leads_to(), format!("/agreement?card=2&of={of}&asked=yes&lang=pl"));
    let odd = pc.fill(&at(2), "/questions", &format!("{form}&lang=p%0Al&read-in=x")).await;
    assert_eq!(odd.leads_to(), format!("/agreement?card=2&of={}&asked=yes", text.digest.short()));
    // A wrong answer leads back to the question in that language; what is no language is left out.
    let wrong = text.head.check.as_ref().unwrap().answers.iter().position(|answer| !answer.right).unwrap();
    for (lang, kept) in [("pl", "&lang=pl"), ("%0D%0Ax", "")] {
        let form = format!("digest={}&answer={wrong}&lang={lang}&read-in=", text.digest);
        let back = pc.fill(&at(2), "/agreement", &form).await;
        assert_eq!(back.leads_to(), format!("/agreement?card={}{kept}", text.clauses.len() + 1));
    }
    let right = text.head.check.as_ref().unwrap().answers.iter().position(|answer| answer.right).unwrap();
    let last = format!("{}&answer={right}", at(text.clauses.len() + 2));
    let page = pc.get(&last).await;
    let form = format!(
        "digest={}&answer={right}&lang=pl&read-in={}",
        field(page.page(), "digest"),
        field(page.text.as_str(), "read-in")
    );
    pc.fill(&last, "/agreement", &form).await.leads_to();
    let signed = rig.books.values::<Signature>().await.unwrap().pop().unwrap();
    assert_eq!(signed.read_in.map(|read| read.text), polish.shown());
}
