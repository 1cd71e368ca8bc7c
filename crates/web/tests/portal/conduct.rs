//! What breaks a rule and what may follow: made from the school's lists, read in one's own words, and read again when it changes.

use usher_records::case::rules::{KindRule, Sort};
use usher_records::change::{Action, Change};
use usher_records::reading::Reading;
use usher_records::school::School;
use usher_types::ids;
use usher_types::ids::Id;
use usher_types::role::Reader;

use crate::device::{device, field};
use crate::rig::{CLASS, Rig, id};

const PAGE: &str = "/rules/what-counts";

/// The school's own list gets one kind more.
async fn one_more(rig: &Rig, title: &str, sort: Sort) {
    let mut school = rig.books.get::<School, ids::School>(Id::new(1)).await.unwrap().unwrap();
    let name = title.to_lowercase().replace(' ', "-");
    let kind = KindRule { name, title: title.into(), sort, severity: 1 };
    school.value.settings.cases.more_kinds.push(kind);
    rig.commit(&Change::of(Action::SettingsChanged, school.replace(&school.value))).await;
}

#[tokio::test]
async fn inc_22_a_pupil_reads_what_counts_in_their_words_and_a_change_of_the_lists_asks_again() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    assert!(!pc.get(PAGE).await.page().contains("name=\"digest\""), "nobody is signed in");
    pc.sign_in("ada").await.leads_to();
    let first = pc.get(PAGE).await;
    for key in ["case-kind-hurtful-message", "case-step-tell-parents", "conduct-narrowing-no-web"] {
        let words = pc.says(Reader::Ks2, key);
        assert!(
            first.page().contains(&words) && words != pc.says(Reader::Adult, key),
            "{key}: {}",
            first.text
        );
    }
    assert!(!first.page().contains(&pc.says(Reader::Adult, "case-kind-data-breach")), "that is for adults");
    let paper = pc.get(&format!("{PAGE}.pdf")).await;
    assert!(paper.text.starts_with("%PDF"));
    assert_eq!(pc.get(&format!("{PAGE}.pdf")).await.text, paper.text);

    let head = rig.signed_in("headteacher").await;
    let unread = format!("/what-counts/unread?group={}", id(CLASS));
    assert!(head.get(&unread).await.page().contains("Ada Bell"));
    let old = format!("digest={}", field(first.page(), "digest"));
    assert_eq!(pc.fill(PAGE, PAGE, &old).await.leads_to(), PAGE);
    pc.fill(PAGE, PAGE, &old).await.leads_to();
    assert_eq!(rig.books.values::<Reading>().await.unwrap().len(), 1, "pressed twice is read once");
    let told = rig.journal().await;
    assert_eq!(told.iter().filter(|line| line.action == Action::ConductRead).count(), 1);
    assert!(!pc.get(PAGE).await.page().contains("name=\"digest\""));
    let page = head.get(&unread).await;
    assert!(!page.page().contains("Ada Bell") && page.page().contains("1 of 1 have read it."));

    // What only adults are told asks no child to read again.
    one_more(&rig, "Keys left in the door", Sort::Staff).await;
    assert!(!head.get(&unread).await.page().contains("Ada Bell"));
    one_more(&rig, "Printing for fun", Sort::Pupil).await;
    assert!(head.get(&unread).await.page().contains("Ada Bell"), "the unread list begins anew");
    assert!(pc.get(PAGE).await.page().contains("Printing for fun"));
    assert_ne!(pc.get(&format!("{PAGE}.pdf")).await.text, paper.text);
    // What was shown before is not taken for what is there now.
    pc.fill(PAGE, PAGE, &old).await.leads_to();
    assert!(head.get(&unread).await.page().contains("Ada Bell"));
    let now = format!("digest={}", field(pc.get(PAGE).await.page(), "digest"));
    pc.fill(PAGE, PAGE, &now).await.leads_to();
    assert!(!head.get(&unread).await.page().contains("Ada Bell"));
}

#[tokio::test]
async fn inc_22_staff_read_what_counts_for_them_at_the_desk() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let first = teacher.get("/what-counts").await;
    let words = |key| rig.app.words.say(Reader::Adult, key, &[]);
    for key in ["case-kind-data-breach", "case-kind-hurtful-message", "case-step-discipline"] {
        assert!(first.page().contains(&words(key)), "{key}");
    }
    assert!(teacher.get("/what-counts.pdf").await.text.starts_with("%PDF"));
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/what-counts/unread").await.page().contains("Joan Price"));
    let digest = format!("digest={}", field(first.page(), "digest"));
    assert!(teacher.post("/what-counts", &digest).await.leads_to().contains("conduct-kept"));
    assert!(!teacher.get("/what-counts").await.page().contains("name=\"digest\""));
    let unread = head.get("/what-counts/unread").await;
    assert!(!unread.page().contains("Joan Price") && unread.page().contains("Sue Port"));
    assert!(!unread.page().contains("Pat Bell"), "a parent is not asked");
    one_more(&rig, "Keys left in the door", Sort::Staff).await;
    assert!(teacher.post("/what-counts", &digest).await.leads_to().contains("conduct-changed"));
    assert!(head.get("/what-counts/unread").await.page().contains("Joan Price"));
    assert_eq!(rig.signed_in("support").await.get("/what-counts/unread").await.status, 403);
}
