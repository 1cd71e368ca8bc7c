//! A child for whom no parent will ever answer: the school answers in a parent's place, says so, and can end it.

use axum::http::StatusCode;
use usher_policy::decision::Reason;
use usher_records::agreement::AgreementText;
use usher_records::change::Action;
use usher_records::parents_place::{Decider, ParentsPlace};
use usher_records::person::Person;
use usher_records::signature::Signature;
use usher_records::standing::Standing;
use usher_types::ids::Id;
use usher_types::role::PersonKind;

use crate::device::{Device, OTTERS, device};
use crate::rig::{ADA, Browser, Rig, id, now};

/// Signs Ada's agreement with the right answer.
async fn ada_signs(pc: &Device<'_>, texts: &[AgreementText]) {
    let text = texts.iter().find(|text| text.head.key == "pupil").unwrap();
    let answers = text.head.check.iter().flat_map(|check| &check.answers);
    let right = answers.clone().position(|answer| answer.right).map(|place| place.to_string());
    pc.sign("Ada", &right.unwrap_or_default()).await.leads_to();
}

/// Every field that is left out, or wrong, is named.
async fn names_what_is_missing(dsl: &Browser<'_>, form: &str) {
    for (wrong, field) in [
        ("decider=&decided-by=Ros+Amory&place-reason=Full+care+order", "decider"),
        ("decider=school&decided-by=&place-reason=Full+care+order", "decided-by"),
        ("decider=school&decided-by=Ros+Amory&place-reason=", "place-reason"),
        ("decider=school&decided-by=Ros+Amory&place-reason=Full+care+order&last-day=2020-01-01", "last-day"),
    ] {
        let refused = dsl.post(form, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text.contains(&format!("href=\"#{field}")), "{field}: {}", refused.text);
    }
}

#[tokio::test]
async fn agr_07_the_school_answers_for_a_child_in_care_says_so_and_makes_a_parent_of_nobody() {
    let rig = Rig::of("classic", |_| ()).await;
    let texts = rig.publish_all().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.decision(OTTERS).reason, Reason::ParentMissing);

    let office = rig.signed_in("office").await;
    let (child, form) = (format!("/people/{}", id(ADA)), format!("/people/{}/parents-place", id(ADA)));
    let filled = "decider=authority&decided-by=Ros+Amory&place-reason=Full+care+order&last-day=";
    assert_eq!(office.get(&form).await.status, StatusCode::FORBIDDEN, "the office may not");
    assert_eq!(office.post(&form, filled).await.status, StatusCode::FORBIDDEN);
    let dsl = rig.signed_in("safeguarding").await;
    names_what_is_missing(&dsl, &form).await;
    assert_eq!(rig.books.values::<ParentsPlace>().await.unwrap(), []);
    let adult = format!("/people/{}/parents-place", id(9));
    assert_eq!(dsl.post(&adult, filled).await.status, StatusCode::NOT_FOUND, "it is for pupils");

    let parents = async || {
        let people = rig.books.values::<Person>().await.unwrap();
        people.iter().filter(|person| person.kind == PersonKind::Parent).count()
    };
    let before = parents().await;
    let given = dsl.post(&form, filled).await;
    assert_eq!(given.leads_to(), format!("{child}?done=place-of-parent-taken"));
    let place = &rig.books.values::<ParentsPlace>().await.unwrap()[0];
    assert_eq!(
        (place.decider, place.decided_by.as_str(), place.by),
        (Decider::Authority, "Ros Amory", Id::new(4))
    );
    assert_eq!((parents().await, rig.books.values::<Signature>().await.unwrap()), (before, vec![]));
    assert_eq!(dsl.post(&form, filled).await.status, StatusCode::UNPROCESSABLE_ENTITY, "one at a time");

    assert_ne!(pc.decision(OTTERS).reason, Reason::ParentMissing, "her own part is asked next");
    assert!(pc.who().subject.standing.owed().is_some(), "and nothing opens before it");
    ada_signs(&pc, &texts).await;
    assert_eq!(pc.who().subject.standing, Standing::Signed);

    let page = office.get(&child).await;
    assert!(page.page().contains("answers in a parent’s place since"));
    let register = office.get("/agreements/register").await;
    assert!(register.page().contains("Ada Bell: the school answers in a parent’s place since"));
    let table = office.get("/agreements/register.csv").await;
    let row = table.text.lines().find(|line| line.contains("The school, in a parent’s place")).unwrap();
    assert!(row.contains("Ada Bell"));
    let signature = rig.books.values::<Signature>().await.unwrap().pop().unwrap();
    let shown = office.get(&format!("/agreements/signature/{}", signature.id)).await;
    assert!(shown.page().contains("A parent’s part"));
    for seen in [&page.text, &register.text, &table.text, &shown.text] {
        assert!(!seen.contains("Full care order") && !seen.contains("Amory"), "why is for fewer eyes");
    }
    assert!(office.file("/agreements/register.pdf").await.starts_with(b"%PDF"));
    let certificate = format!("/agreements/signature/{}/certificate.pdf", signature.id);
    assert!(office.file(&certificate).await.starts_with(b"%PDF"));
    let told = dsl.get(&form).await;
    assert!(told.page().contains("Full care order") && told.page().contains("Ros Amory"));

    let ended = dsl.post(&format!("{form}/end"), "").await;
    assert_eq!(ended.leads_to(), format!("{child}?done=place-of-parent-left"));
    assert_eq!(pc.decision(OTTERS).reason, Reason::ParentMissing, "at once");
    assert!(!office.get("/agreements/register").await.page().contains("in a parent’s place"));
    let lines = rig.journal().await;
    let of = |action| lines.iter().filter(|line| line.action == action).collect::<Vec<_>>();
    for action in [Action::ParentsPlaceTaken, Action::ParentsPlaceLeft] {
        let [line] = of(action)[..] else { panic!("one line each") };
        assert_eq!(
            (line.about, line.reason.as_deref()),
            (Some(Id::new(ADA)), None),
            "the journal's readers are others"
        );
    }
}

#[tokio::test]
async fn agr_07_an_answer_in_a_parents_place_ends_after_its_last_day() {
    let rig = Rig::of("classic", |_| ()).await;
    let texts = rig.publish_all().await;
    let head = rig.signed_in("headteacher").await;
    let today = usher_types::moment::Zone::london().local(now()).date();
    let form = format!("/people/{}/parents-place", id(ADA));
    let filled =
        format!("decider=school&decided-by=Hester+Hale&place-reason=Parents+abroad&last-day={today}");
    head.post(&form, &filled).await.leads_to();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    ada_signs(&pc, &texts).await;
    let standing = async || {
        let school = usher_directory::books::school(&rig.books).await.unwrap();
        let ada = usher_directory::books::person(&rig.books, Id::new(ADA)).await.unwrap();
        usher_directory::books::standing(&rig.books, &school, &ada, rig.app.now()).await.unwrap()
    };
    assert_eq!(standing().await, Standing::Signed);
    rig.clock.set(now().plus_minutes(24 * 60));
    assert!(matches!(standing().await, Standing::ParentMissing { .. }));
    let head = rig.signed_in("headteacher").await;
    head.post(&form, "decider=school&decided-by=Hester+Hale&place-reason=Still+abroad").await.leads_to();
    assert_eq!(standing().await, Standing::Signed, "and can be given anew");
}
