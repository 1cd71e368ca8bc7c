//! What the law on keeping children safe asks of a case: reasons beside decisions, where it is sent, and what is never taken.

use usher_types::digest::Digest;
use usher_types::ids::Id;

use crate::cases::{about, lie_plainly, open, school};
use crate::rig::ADA;

#[tokio::test]
async fn kc_13_a_decision_and_its_reason_are_kept_apart_and_both_are_asked_for() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "off-task")).await;
    let teacher = rig.signed_in("teacher").await;
    teacher.post(&format!("{case}/do/support"), "text=We+talked+about+it").await.leads_to();
    let decide = format!("{case}/do/decide");
    for (form, words) in [
        ("choice=talk&text=We+agreed+what+is+for+lessons&why=", "why it was decided so"),
        ("choice=talk&text=&why=It+was+the+first+time", "say why, in a few words"),
        ("choice=&text=Nothing+more&why=+", "why it was decided so"),
    ] {
        let refused = teacher.post(&decide, form).await;
        assert!(refused.status == 422 && refused.text.contains(words), "{form}: {}", refused.text);
    }
    let form = "choice=talk&text=We+agreed+what+is+for+lessons&why=It+was+the+first+time";
    teacher.post(&decide, form).await.leads_to();
    let page = teacher.get(&case).await;
    assert!(page.page().contains("We agreed what is for lessons"));
    assert!(page.page().contains("Why: It was the first time"), "{}", page.text);
}

#[tokio::test]
async fn kc_16_what_came_of_a_worry_about_extremism_is_kept_and_goes_to_prevent() {
    let rig = school().await;
    let case = open(&rig, "safeguarding", &about(ADA, "radicalisation")).await;
    let dsl = rig.signed_in("safeguarding").await;
    assert!(dsl.get(&case).await.page().contains("do/prevent"));
    let step = format!("{case}/do/prevent");
    assert_eq!(dsl.post(&step, "choice=channel&text=").await.status, 422, "it says why");
    assert_eq!(dsl.post(&step, "choice=&text=Because").await.status, 422, "and what");
    let form = "choice=referred&text=What+was+said+twice+in+a+week";
    dsl.post(&step, form).await.leads_to();
    let page = dsl.get(&case).await;
    assert!(page.page().contains("Referred to the Prevent partnership"), "{}", page.text);
    assert!(page.page().contains("What was said twice in a week"));
    let refer = format!("{case}/do/refer");
    assert!(dsl.get(&refer).await.page().contains("Prevent partnership"));
    let other = open(&rig, "teacher", &about(ADA, "off-task")).await;
    assert!(!rig.signed_in("headteacher").await.get(&other).await.page().contains("do/prevent"));
}

#[tokio::test]
async fn kc_08_kc_18_of_pictures_that_may_be_illegal_nothing_is_ever_taken() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "made-images")).await;
    let teacher = rig.signed_in("teacher").await;
    let upload = format!("{case}/evidence");
    assert!(!teacher.get(&case).await.page().contains(&upload), "there is no way in");
    let form = teacher.get(&upload).await;
    assert!(form.page().contains("The upload is closed") && !form.page().contains("type=\"file\""));
    let sent = teacher.fill_in(&upload, &[("shows", "It"), ("kept", "a picture nobody may keep")]).await;
    assert!(sent.text.contains("The upload is closed"), "{}", sent.text);
    let digest = Digest::of(b"a picture nobody may keep");
    assert!(rig.books.store().blob(Id::new(1), digest).await.unwrap().is_none());
    assert!(!lie_plainly(&rig, b"a picture nobody may keep"));
    // Who was told is still written down.
    let told = teacher.post(&format!("{case}/do/illegal"), "text=The+safeguarding+lead").await;
    assert!(told.leads_to().contains("case-added"));
}

#[tokio::test]
async fn kc_14_what_is_said_of_an_adult_goes_to_the_designated_officer_with_the_heads_package() {
    let rig = school().await;
    let case = open(&rig, "headteacher", &about(7, "offensive-material")).await;
    let teacher = rig.signed_in("teacher").await;
    assert_eq!(teacher.get(&case).await.status, 404, "hidden from whom it is about");
    let head = rig.signed_in("headteacher").await;
    let refer = format!("{case}/do/refer");
    assert!(head.get(&refer).await.page().contains("designated officer"));
    let form = "choice=designated-officer&to=The+LADO&text=Working+together+to+safeguard+children";
    head.post(&refer, form).await.leads_to();
    let page = head.get(&case).await;
    assert!(page.page().contains("The local authority designated officer (LADO)"), "{}", page.text);
}

#[tokio::test]
async fn kc_05_every_case_is_of_one_of_four_areas_of_risk_and_they_are_counted() {
    let rig = school().await;
    let bought = open(&rig, "teacher", &about(ADA, "buying-online")).await;
    let chosen = open(&rig, "teacher", &format!("{}&area=contact", about(ADA, "off-task"))).await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get(&bought).await.page().contains("Commerce: money"), "its kind says so");
    let page = head.get(&chosen).await;
    assert!(page.page().contains("Contact: who got in touch") && !page.page().contains("Content: what"));
    let list = head.get("/cases").await;
    let count = |words: &str| {
        let after = list.page().split(&format!("<dt>{words}")).nth(1).unwrap();
        after.split("<dd>").nth(1).unwrap().split("</dd>").next().unwrap().to_owned()
    };
    let counts = ["Content", "Contact", "Conduct", "Commerce"].map(count);
    assert_eq!(counts, ["0", "1", "0", "1"]);
    let narrowed = head.get("/cases?area=contact").await;
    assert!(narrowed.page().contains(&format!("href=\"{chosen}\"")), "{}", narrowed.text);
    assert!(!narrowed.page().contains(&format!("href=\"{bought}\"")));
    assert!(head.get(&format!("{chosen}/form.pdf")).await.text.starts_with("%PDF-"));
}
