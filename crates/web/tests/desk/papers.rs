//! What stands around the agreements: the log of reviews, the register of other policies, the rules on the wall.

use axum::http::StatusCode;
use usher_policy::profile;
use usher_publish::set_up::agreements;
use usher_records::agreement::{AgreementText, AgreementVersion, publish};
use usher_records::change::Stored;
use usher_records::code::Code;
use usher_records::linked_policy::LinkedPolicy;
use usher_records::person::{self, Person};
use usher_records::register::Entry;
use usher_records::review::Review;
use usher_records::slip::Parts;
use usher_reports::document::{self, Document, Letterhead, Print, Slip, Slips};
use usher_testkit::school::{person as somebody, school};
use usher_types::ids::{self, Id};
use usher_types::moment::Zone;
use usher_types::role::{PersonKind, Role, Roles, Year};

use crate::cases;
use crate::rig::{ADA, Rig, id, now};

/// The child's part and a parent's.
const BOTH: Parts = Parts { child: true, parent: true };

#[tokio::test]
async fn pol_07_a_review_that_is_overdue_is_on_the_heads_first_page() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/reviews").await.page().contains("No review is written down yet."));
    let review = |day: &str, next: &str, who: &str| {
        format!("review-day={day}&review-next={next}&review-consulted={who}&review-decisions=Nothing+changes")
    };
    for (form, says) in [
        (review("", "2027-01-01", "Two+schools"), "Please give a day."),
        (review("2026-11-20", "2026-11-20", "Two+schools"), "has to be after this one"),
        (review("2026-11-20", "2027-01-01", "+"), "Please say who was consulted."),
    ] {
        let wrong = head.post("/reviews/new", &form).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(says) && wrong.text.contains("Nothing changes"), "{}", wrong.text);
    }
    assert!(!head.get("/").await.page().contains("The policy is due for review"));
    let kept = head.post("/reviews/new", &review("2025-11-20", "2026-11-23", "Two+schools+near+us")).await;
    assert_eq!(kept.leads_to(), "/reviews?done=review-kept");
    let today = head.get("/").await;
    assert!(today.page().contains("A review was due on 23 November 2026."), "{}", today.text);
    assert!(!rig.signed_in("teacher").await.get("/").await.page().contains("due for review"));
    let chair = rig.signed_in("chair").await;
    assert!(chair.get("/reviews").await.page().contains("Two schools near us"));
    assert_eq!(chair.get("/reviews/new").await.status, StatusCode::FORBIDDEN);
    head.post("/reviews/new", &review("2026-11-24", "2027-11-24", "The+authority")).await.leads_to();
    assert!(!head.get("/").await.page().contains("The policy is due for review"));
    assert_eq!(rig.books.values::<Review>().await.unwrap().len(), 2, "both stay");
}

#[tokio::test]
async fn pol_04_a_register_entry_opens_the_edition_of_the_policy_it_cites() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/policies").await.page().contains("No other policy has been brought in yet."));
    let fields = |version, file| {
        [
            ("linked-name", "Behaviour policy"),
            ("linked-version", version),
            ("linked-review", "2027-09-01"),
            ("linked-file", file),
        ]
    };
    let odd = head.fill_in("/linked-policies/new", &fields("2025", "MZ a program")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text.contains("Please choose a PDF"), "{}", odd.text);
    let kept = head.fill_in("/linked-policies/new", &fields("2025", "%PDF-1.7 the first")).await;
    assert_eq!(kept.leads_to(), "/policies?done=linked-kept");
    let twice = head.fill_in("/linked-policies/new", &fields("2026", "%PDF-1.7 again")).await;
    assert!(twice.text.contains("There is a policy with this title already"), "{}", twice.text);

    let form = format!("/register/new/{}", id(ADA));
    assert!(head.get(&form).await.page().contains("Behaviour policy"));
    let written = head.post(&form, "text=Shouted+in+the+suite&entry-policy=behaviour-policy").await;
    assert_eq!(written.leads_to(), "/register?done=register-written");
    let cited = rig.books.values::<Entry>().await.unwrap().pop().unwrap().policy.unwrap();
    assert_eq!((cited.title.as_str(), cited.version.as_str()), ("Behaviour policy", "2025"));

    let policy = rig.books.values::<LinkedPolicy>().await.unwrap().pop().unwrap();
    let renew = format!("/linked-policies/{}/edition", policy.id);
    assert!(head.get(&renew).await.page().contains("A newer edition: Behaviour policy"));
    head.fill_in(&renew, &fields("2026", "%PDF-1.7 the second")).await.leads_to();
    let link = "/policies/behaviour-policy?version=2025";
    let register = head.get("/register").await;
    let words = format!("<a href=\"{link}\">Behaviour policy, version 2025</a>");
    assert!(register.page().contains(&words), "{}", register.text);
    assert_eq!(head.get(link).await.text, "%PDF-1.7 the first");
    let teacher = rig.signed_in("teacher").await;
    assert_eq!(teacher.get("/policies/behaviour-policy").await.text, "%PDF-1.7 the second");
    assert_eq!(teacher.get("/policies/behaviour-policy?version=1999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(teacher.get("/linked-policies/new").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pol_04_a_note_in_a_case_cites_another_policy_and_opens_its_edition() {
    let rig = cases::school().await;
    let address = cases::open(&rig, "headteacher", &cases::about(ADA, "off-task")).await;
    let head = rig.signed_in("headteacher").await;
    let form = format!("{address}/do/note");
    assert!(!head.get(&form).await.page().contains("entry-policy"), "there is none to cite yet");
    let fields = [
        ("linked-name", "Behaviour policy"),
        ("linked-version", "2025"),
        ("linked-review", "2027-09-01"),
        ("linked-file", "%PDF-1.7 the first"),
    ];
    head.fill_in("/linked-policies/new", &fields).await.leads_to();
    assert!(head.get(&form).await.page().contains("Behaviour policy"));
    head.post(&form, "text=Talked+it+through&entry-policy=behaviour-policy").await.leads_to();
    let link = "/policies/behaviour-policy?version=2025";
    let words = format!("<a href=\"{link}\">Behaviour policy, version 2025</a>");
    let page = head.get(&address).await;
    assert!(page.page().contains(&words), "{}", page.text);
    assert_eq!(head.get(link).await.text, "%PDF-1.7 the first");
}

#[tokio::test]
async fn agr_13_the_poster_is_printed_and_rooms_without_the_rules_of_now_are_shown() {
    let rig = Rig::new().await;
    let key = school("numbered").settings;
    let key = key.agreement_for(PersonKind::Pupil, Year::new(4)).unwrap();
    let file = format!(
        "+++\nkey = \"{key}\"\ntitle = \"Our computer rules\"\nversion = \"2026\"\nreader = \"ks2\"\n\
         declaration = \"I will keep these rules.\"\n+++\n\n- I ask first. {{#ask}}\n- I am kind. {{#kind}}\n"
    );
    let put = async |number: u64, file: &str| {
        let text = AgreementText::parse(file).unwrap();
        rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
        let earlier = rig.books.find("key", key).await.unwrap();
        let earlier = earlier.iter().find(|version: &&Stored<AgreementVersion>| version.value.in_force);
        rig.commit(&publish(Id::new(number), &text, earlier, true, now())).await;
    };
    put(701, &file).await;
    let teacher = rig.signed_in("teacher").await;
    let page = teacher.get("/agreements/posters").await;
    assert!(page.page().contains("One room is without the rules of now."), "{}", page.text);
    let pdf = teacher.get(&format!("/agreements/posters/{key}/poster.pdf")).await;
    assert!(pdf.status == StatusCode::OK && pdf.text.starts_with("%PDF-"));
    let room = page.text.split("name=\"room\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = format!("up=yes&room={}", room.replace(' ', "+"));
    assert_eq!(
        teacher.post("/agreements/posters", &form).await.leads_to(),
        "/agreements/posters?done=poster-noted"
    );
    let page = teacher.get("/agreements/posters").await;
    assert!(page.page().contains("Every room has the rules of now."), "{}", page.text);
    assert!(page.text.contains("Put up by Joan Price, 24 November 2026"), "{}", page.text);
    assert_eq!(teacher.post("/agreements/posters", "up=yes&room=Nowhere").await.status, 409);

    put(702, &file.replace("I am kind", "I am kind to all")).await;
    let page = teacher.get("/agreements/posters").await;
    assert!(page.page().contains("Older rules, put up by Joan Price"), "{}", page.text);
    assert!(page.text.contains("One room is without the rules of now."), "{}", page.text);
}

#[tokio::test]
async fn pol_02_a_group_that_is_added_owes_its_signature_at_once() {
    let rig = Rig::of("numbered", |settings| {
        for audience in &mut settings.agreements.audiences {
            audience.kinds.retain(|kind| *kind != PersonKind::Contractor);
        }
    })
    .await;
    let file = "+++\nkey = \"visitor\"\ntitle = \"Visitors\"\nversion = \"2026\"\nreader = \"adult\"\n\
                declaration = \"I will.\"\n+++\n\n- I ask first. {#ask}\n";
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let text = AgreementText::parse(file).unwrap();
    rig.commit(&publish(Id::new(701), &text, None, true, now())).await;
    rig.add(&somebody(91, PersonKind::Contractor, "Con Tractor")).await;
    let head = rig.signed_in("headteacher").await;
    let outstanding = "/agreements/outstanding";
    assert!(!head.get(outstanding).await.page().contains("Con Tractor"));
    let groups = head.get("/policy/groups").await;
    assert!(groups.page().contains("Not covered"), "{}", groups.text);
    assert!(head.get("/policy/groups/change?scope-kind=contractor").await.page().contains("Visitors"));
    let silent = head.post("/policy/groups/change", "scope-kind=contractor&scope-signs=visitor").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = "scope-kind=contractor&scope-signs=visitor&scope-why=Builders+in+the+hall";
    let done = head.post("/policy/groups/change", form).await;
    assert_eq!(done.leads_to(), "/policy/groups?done=scope-changed");
    assert!(head.get(outstanding).await.page().contains("Con Tractor"));
    let groups = head.get("/policy/groups").await;
    assert!(!groups.page().contains("Not covered"), "{}", groups.text);
    let chair = rig.signed_in("chair").await;
    assert_eq!(chair.get("/policy/groups/change").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pol_03_eleven_technologies_each_lead_to_a_category_or_a_register_and_the_list_can_be_changed() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let page = head.get("/policy/technologies").await;
    let links: Vec<&str> = page.page().split("class=\"need__who\"><a href=\"").skip(1).collect();
    assert_eq!(links.len(), 11, "{}", page.text);
    for link in links {
        let address = link.split('"').next().unwrap();
        assert!(head.get(address).await.page().contains("<h1>"), "{address}");
    }
    let form = "scope-name=Talking+toys&scope-leads=category:ai-companions";
    let added = head.post("/policy/technologies/change", form).await;
    assert_eq!(added.leads_to(), "/policy/technologies?done=scope-covered");
    let page = head.get("/policy/technologies").await;
    assert!(page.page().contains("Talking toys") && page.text.contains("/policy/categories/ai-companions"));
    assert_eq!(head.post("/policy/technologies/change", form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    head.post("/policy/technologies/remove", "scope-name=Talking+toys").await.leads_to();
    assert!(!head.get("/policy/technologies").await.page().contains("Talking toys"));
    assert_eq!(head.get("/policy/categories/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pol_09_an_agreement_is_printed_large() {
    let rig = Rig::new().await;
    let file = "+++\nkey = \"staff\"\ntitle = \"Staff\"\nversion = \"2026\"\nreader = \"adult\"\n\
                declaration = \"I will.\"\n+++\n\n- I ask first. {#ask}\n";
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let text = AgreementText::parse(file).unwrap();
    rig.commit(&publish(Id::new(701), &text, None, true, now())).await;
    let office = rig.signed_in("office").await;
    let index = office.get("/agreements").await;
    let version =
        index.page().split("href=\"/agreements/version/").nth(1).unwrap().split('"').next().unwrap();
    let shown = format!("/agreements/version/{version}");
    let large = format!("{shown}/paper.pdf?large=yes");
    assert!(office.get(&shown).await.page().contains(&large));
    let (plain, large) = (office.get(&format!("{shown}/paper.pdf")).await, office.get(&large).await);
    assert!(plain.text.starts_with("%PDF-") && large.text.starts_with("%PDF-"));
    assert_ne!(plain.text, large.text);
    let (words, zone) = (&rig.app.words, Zone::london());
    let head = Letterhead { school: "Rowan Hill Primary", zone: &zone, words };
    let data = |print| {
        String::from_utf8(document::agreement(&head, &text, (print, BOTH), None).files[0].1.clone()).unwrap()
    };
    assert!(data(Print::Large).contains("\"size\":18.0") && data(Print::Ordinary).contains("\"size\":11.5"));
}

#[tokio::test]
async fn pol_06_the_staffs_paper_names_whoever_answers_questions_today() {
    let rig = Rig::of("numbered", |settings| settings.contacts.questions = Role::EsafetyCoordinator).await;
    let file = "+++\nkey = \"staff\"\ntitle = \"Staff\"\nversion = \"2026\"\nreader = \"adult\"\n\
                declaration = \"I will.\"\n+++\n\n- I ask first. {#ask}\n";
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let text = AgreementText::parse(file).unwrap();
    rig.commit(&publish(Id::new(701), &text, None, true, now())).await;
    let (words, zone) = (&rig.app.words, Zone::london());
    let head = Letterhead { school: "Rowan Hill Primary", zone: &zone, words };
    let set = |name| {
        let made = document::agreement(&head, &text, (Print::Ordinary, BOTH), Some(name));
        let set = rig.app.typesetter.set(made.source, &made.files, &made.title, rig.app.now()).unwrap();
        String::from_utf8_lossy(&set.pdf).into_owned()
    };
    let office = rig.signed_in("office").await;
    let paper = format!("/agreements/version/{}/paper.pdf", id(701));
    assert!(office.get(&paper).await.text == set("Eve Net"));
    let change = async |number: u64, roles: &[Role]| {
        let stored: Stored<Person> = rig.books.get(Id::<ids::Person>::new(number)).await.unwrap().unwrap();
        let next = Person { roles: Roles::of(roles), ..stored.value.clone() };
        rig.commit(&person::change(&stored, &next)).await;
    };
    change(6, &[Role::Teacher]).await;
    change(8, &[Role::SupportStaff, Role::EsafetyCoordinator]).await;
    assert!(
        office.get(&paper).await.text == set("Sue Port"),
        "another holds the office, and no text was changed"
    );
}

#[test]
fn agr_03_the_printed_page_and_the_slip_end_with_the_lines_of_each_profiles_own_block() {
    let (words, zone) = (usher_words::Words::english().unwrap(), Zone::london());
    let head = Letterhead { school: "Rowan Hill Primary", zone: &zone, words: &words };
    let code = Code::of([17; Code::BYTES]);
    for (name, adults, pupils, parents) in [
        (
            "classic",
            "Signature|Date|Name|Job title",
            "Child’s name|Child’s own name or mark|Date",
            "Signature",
        ),
        (
            "comprehensive",
            "Name|Class|Signature|Date",
            "Child’s name|Child’s own name or mark|Class|Date",
            "",
        ),
        ("trust", "Signature|Date|Name|Job title", "Child’s name|Class|Child’s own name or mark|Date", ""),
        (
            "codes",
            "Signature|Name|Date",
            "Child’s name|Child’s own name or mark|Date|Name of class teacher",
            "",
        ),
        ("numbered", "Signature|Date|Name", "Child’s name|Date", ""),
    ] {
        let profile = profile::built_in(name).unwrap().unwrap();
        let texts = agreements(&profile).unwrap();
        let text =
            |key: &str| texts.iter().find(|(text, _)| text.head.key == key).map(|(text, _)| text).unwrap();
        let parts = Parts::asked(&profile.settings);
        let sheet = document::agreement(&head, text("staff"), (Print::Ordinary, parts), None);
        assert_eq!(blocks(&sheet), [adults], "{name}");
        let year = Some(Year::new(1).unwrap());
        let pupil = text(profile.settings.agreement_for(PersonKind::Pupil, year).unwrap());
        let slips = vec![Slip { child: "Ada Bell".into(), code: &code, text: pupil }];
        let slips = document::slips(&head, &Slips { class: "1 Elm", by: "Friday".into(), parts, slips });
        let wanted: Vec<&str> = [parents, pupils].into_iter().filter(|block| !block.is_empty()).collect();
        assert_eq!(blocks(&slips), wanted, "{name}");
    }
}

/// The lines to fill in, block by block.
fn blocks(document: &Document) -> Vec<String> {
    fn within(value: &serde_json::Value, found: &mut Vec<String>) {
        if let Some(labels) = value.get("labels").and_then(|labels| labels.as_array()) {
            found.push(labels.iter().filter_map(|label| label.as_str()).collect::<Vec<_>>().join("|"));
        }
        let children: Vec<&serde_json::Value> = match value {
            serde_json::Value::Array(all) => all.iter().collect(),
            serde_json::Value::Object(fields) => fields.values().collect(),
            _ => vec![],
        };
        children.into_iter().for_each(|child| within(child, found));
    }
    let mut found = Vec::new();
    within(&serde_json::from_slice(&document.files[0].1).unwrap(), &mut found);
    found
}
