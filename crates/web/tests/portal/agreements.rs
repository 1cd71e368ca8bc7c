//! Agreements through the year: due again, published anew, and what stands beside them.

use usher_policy::decision::Reason;
use usher_policy::profile;
use usher_policy::verdict::Verdict;
use usher_records::agreement::AgreementText;
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::signature::{How, Part, Sign, sign};
use usher_records::standing::{DueReason, Standing};
use usher_reports::document::{self, Letterhead};
use usher_testkit::school::pupil;
use usher_types::ids::Id;
use usher_types::moment::Zone;
use usher_types::role::{PersonKind, Reader, Year};

use crate::device::{MODELS, OTTERS, device};
use crate::rig::{CLASS, Rig, people};

/// Somebody signed on paper.
async fn on_paper(rig: &Rig, number: u64, person: &Person, text: &AgreementText) {
    let asked = Sign {
        id: Id::new(number),
        person,
        part: Part::Own,
        shown: text.digest,
        answer: None,
        typed_name: None,
        discussed: false,
        how: How::OnPaper,
        entered_by: Some(Id::new(9)),
        read_in: None,
    };
    let (_, change) = sign(&asked, text, rig.app.now()).unwrap();
    rig.commit(&change).await;
}

/// Those who have still to sign, as the office's list has them.
async fn outstanding(rig: &Rig, names: &[&str]) -> Vec<bool> {
    let page = rig.signed_in("office").await.get("/agreements/outstanding").await;
    names.iter().map(|name| page.page().contains(&format!("{name}</a>"))).collect()
}

fn london(text: &str) -> usher_types::moment::Moment {
    Zone::london().parse(text).unwrap()
}

#[tokio::test]
async fn agr_05_a_new_year_makes_every_pupil_due_and_a_joiner_is_due_from_the_first_day() {
    let rig = Rig::of("comprehensive", |_| ()).await;
    let texts = rig.publish_all().await;
    let text = texts.iter().find(|text| text.head.key == "pupil-ks2").unwrap();
    let (_, ada) = people().into_iter().find(|(username, _)| *username == "ada").unwrap();
    let bo = pupil(72, "Bo Wren", 4, CLASS);
    rig.enrol("bo", &bo).await;
    on_paper(&rig, 801, &ada, text).await;
    on_paper(&rig, 802, &bo, text).await;
    let cy = Person { joined: Some(jiff::civil::date(2027, 1, 11)), ..pupil(73, "Cy Frost", 4, CLASS) };
    let names = ["Ada Bell", "Bo Wren", "Cy Frost"];
    assert_eq!(outstanding(&rig, &names).await, [false, false, false]);

    rig.clock.set(london("2027-01-11T10:15"));
    rig.enrol("cy", &cy).await;
    assert_eq!(outstanding(&rig, &names).await, [false, false, true], "the induction is waiting");
    let pc = device(&rig, 1);
    assert_eq!(pc.sign_in("cy").await.leads_to(), "/agreement");
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::New));

    rig.clock.set(london("2027-08-31T10:15"));
    assert_eq!(outstanding(&rig, &names).await, [false, false, true]);
    rig.clock.set(london("2027-09-01T10:15"));
    assert_eq!(outstanding(&rig, &names).await, [true, true, true]);
    assert_eq!(pc.sign_in("ada").await.leads_to(), "/agreement");
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::NewYear), "access follows");
}

#[tokio::test]
async fn agr_11_the_parents_page_leads_to_the_guide_for_home_on_one_sheet() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let home = device(&rig, 1);
    home.sign_in("parent").await.leads_to();
    assert!(home.get("/parents").await.page().contains("href=\"/home-guide\""));
    let guide = home.get("/home-guide").await;
    assert!(guide.page().contains("href=\"/home-guide.pdf\""));
    let pdf = home.get("/home-guide.pdf").await;
    let school = rig.books.get::<School, _>(rig.books.school()).await.unwrap().unwrap().value;
    let head = Letterhead { school: &school.name, zone: &school.zone, words: &rig.app.words };
    let guide = document::guide(&head, include_str!("../../../../profiles/home-guide.md"));
    let set = rig.app.typesetter.set(guide.source, &guide.files, &guide.title, rig.app.now()).unwrap();
    assert_eq!(set.pages, 1);
    assert!(pdf.status == 200 && pdf.text == String::from_utf8_lossy(&set.pdf), "and that is what is served");
}

#[tokio::test]
async fn agr_15_the_agreement_leads_to_the_list_of_what_may_follow_for_every_reader() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let pc = device(&rig, 1);
    for username in ["teacher", "volunteer", "parent", "ada"] {
        pc.sign_in(username).await.leads_to();
        let agreement = pc.get("/agreement").await;
        assert!(agreement.page().contains("href=\"/rules/sanctions\""), "{username}");
        let list = pc.get("/rules/sanctions").await;
        assert!(list.page().contains("<li>"), "{username}");
    }
    assert!(pc.get("/rules/sanctions").await.page().contains(&pc.says(Reader::Ks2, "sanctions-summary")));
}

#[test]
fn agr_16_everybody_who_signs_in_any_profile_signs_to_promote_safety() {
    let texts: Vec<AgreementText> = MODELS.iter().map(|file| AgreementText::parse(file).unwrap()).collect();
    let kinds = [PersonKind::Staff, PersonKind::Governor, PersonKind::Visitor, PersonKind::Pupil];
    for name in ["classic", "codes", "comprehensive", "numbered", "trust"] {
        let settings = profile::built_in(name).unwrap().unwrap().settings;
        for kind in kinds {
            let year = (kind == PersonKind::Pupil).then(|| Year::new(4).unwrap());
            let key = settings.agreement_for(kind, year).unwrap();
            let text = texts.iter().find(|text| text.head.key == key).unwrap();
            let promotes = |keeps: &String| keeps == "duty.promote-safety";
            assert!(text.clauses.iter().any(|clause| clause.keeps.iter().any(promotes)), "{name} {kind:?}");
        }
    }
}

#[tokio::test]
async fn agr_19_a_material_version_is_due_for_the_whole_group_and_access_narrows_on_its_day() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let text = texts.iter().find(|text| text.head.key == "staff").unwrap();
    let settings = profile::built_in("numbered").unwrap().unwrap().settings;
    let asks = |person: &Person| settings.agreement_for(person.kind, None) == Some("staff");
    let staff: Vec<Person> = people().into_iter().map(|(_, person)| person).filter(asks).collect();
    for (number, person) in (801..).zip(&staff) {
        on_paper(&rig, number, person, text).await;
    }
    let size = staff.len();
    let names: Vec<String> = staff.iter().map(Person::name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (first, later) = (london("2026-11-25T10:15"), london("2026-12-09T10:15"));
    rig.clock.set(first);
    assert_eq!(outstanding(&rig, &names).await, vec![false; size]);
    let tidied =
        MODELS[0].replace("version = \"2026\"", "version = \"2026a\"").replace("please ask", "do ask");
    rig.publish(711, &tidied, false).await;
    assert_eq!(outstanding(&rig, &names).await, vec![false; size], "words alone ask nobody");
    let changed =
        tidied.replace("version = \"2026a\"", "version = \"2027\"").replace("somebody else", "others");
    rig.publish(712, &changed, true).await;
    assert_eq!(outstanding(&rig, &names).await, vec![true; size]);

    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    assert!(matches!(pc.who().subject.standing, Standing::DueBy { by, .. } if by == later));
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Allow, "until its day");
    assert!(pc.get("/").await.page().contains("9 December 2026"));
    rig.clock.set(later);
    pc.sign_in("teacher").await.leads_to();
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignAgreement(DueReason::Changed));
    let page = pc.get("/agreement").await;
    assert!(page.page().contains(&pc.says(Reader::Adult, "agreement-marked")));
    pc.sign("Joan Price", "").await.leads_to();
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Allow);
}

#[tokio::test]
async fn agr_20_every_rule_has_a_number_and_an_id_that_can_be_pointed_to() {
    let rig = Rig::new().await;
    let texts = rig.publish_all().await;
    let pc = device(&rig, 1);
    for (username, key) in [("teacher", "staff"), ("volunteer", "visitor"), ("ada", "pupil-ks2")] {
        let text = texts.iter().find(|text| text.head.key == key).unwrap();
        pc.sign_in(username).await.leads_to();
        let page = pc.get("/agreement").await;
        for (number, clause) in (1..).zip(&text.clauses) {
            assert_eq!(clause.number, number);
            let item = page.page().split(&format!("id=\"clause-{}\"", clause.id)).nth(1).unwrap();
            let item = item.split("</li>").next().unwrap();
            assert!(item.contains(&format!("<span class=\"clause__number\">{number}</span>")), "{item}");
        }
    }
}
