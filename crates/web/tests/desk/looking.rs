//! Looking into things with leave: leaders' reviews of web use, examinations of files, and who sees the system but nobody's pages.

use usher_records::activity_review::ActivityReview;
use usher_records::change::Action;
use usher_records::examination::{Examination, State};
use usher_testkit::{events, facts};
use usher_types::ids::Id;

use crate::rig::{ADA, Rig, id, now};

/// A page a child of the class opened five minutes ago.
fn opened(rig: &Rig, number: u64, url: &str) {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let facts = facts::get(facts::at_device(subject), url);
    rig.recorded.0.lock().unwrap().push(events::web(number, &snapshot, facts, now().plus_minutes(-5)));
}

#[tokio::test]
async fn mon_05_leaders_look_through_a_sample_without_names_sign_it_and_are_told_when_one_is_overdue() {
    let rig = Rig::new().await;
    opened(&rig, 901, "https://otters.example/river?who=ada");
    let head = rig.signed_in("headteacher").await;
    assert!(
        head.get("/").await.page().contains("Web use is due to be looked through"),
        "never done since 1970"
    );
    let list = head.get("/activity-reviews").await;
    assert!(
        list.page().contains("A review was due on") && list.page().contains("No review has been signed yet.")
    );

    let begun = head.post("/activity-reviews", "").await;
    let address = begun.leads_to().to_owned();
    let shown = head.get(&address).await;
    assert!(shown.page().contains("otters.example/river"), "{}", shown.text);
    assert!(!shown.text.contains("who=ada") && !shown.text.contains("Ada"), "neither words asked nor names");
    let lead = rig.signed_in("computing").await;
    assert_eq!(
        lead.post("/activity-reviews", "").await.leads_to(),
        "/activity-reviews?done=activity-review-open"
    );

    let empty = lead.post(&address, "comments=+").await;
    assert_eq!(empty.status, 422);
    let signed = lead.post(&address, "comments=Nothing+worries+us").await;
    assert_eq!(signed.leads_to(), "/activity-reviews?done=activity-review-signed");
    assert_eq!(lead.post(&address, "comments=Again").await.status, 422, "signed once");
    let list = head.get("/activity-reviews").await;
    assert!(list.page().contains("Nothing worries us") && list.page().contains("The next review is due on"));
    assert!(!head.get("/").await.page().contains("Web use is due"));
    assert_eq!(rig.books.values::<ActivityReview>().await.unwrap().len(), 1);
    let actions: Vec<Action> = rig.journal().await.iter().map(|line| line.action).collect();
    assert!(
        actions.contains(&Action::ActivityReviewBegun) && actions.contains(&Action::ActivityReviewSigned)
    );

    // Half a term and a day later.
    rig.clock.set(now().plus_minutes(43 * 24 * 60));
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/").await.page().contains("Web use is due to be looked through"));
    assert_eq!(rig.signed_in("technician").await.get("/activity-reviews").await.status, 403);
}

#[tokio::test]
async fn mon_09_an_examination_needs_a_reason_and_a_second_person_and_stays_when_it_is_over() {
    let rig = Rig::new().await;
    let lead = rig.signed_in("computing").await;
    let about = format!("/examinations/new/{}", id(ADA));
    assert!(lead.get(&format!("/people/{}", id(ADA))).await.text.contains(&about));
    let bare = lead.post(&about, "exam-place=Her+folder&exam-reason=+").await;
    assert_eq!(bare.status, 422);
    assert!(bare.text.contains("Her folder"), "what was typed stays");
    let asked = lead.post(&about, "exam-place=Her+folder&exam-reason=A+threat+was+printed+from+it").await;
    assert_eq!(asked.leads_to(), "/examinations?done=exam-asked");
    let one = || async { rig.books.values::<Examination>().await.unwrap().remove(0) };
    let at = format!("/examinations/{}", one().await.id);

    assert_eq!(lead.post(&format!("{at}/answer"), "agree=yes").await.status, 403, "not whoever asked");
    let early = lead.post(&format!("{at}/over"), "exam-outcome=Nothing").await;
    assert_ne!(early.status, 303, "not before somebody agreed");
    let dsl = rig.signed_in("safeguarding").await;
    assert_eq!(
        dsl.post(&format!("{at}/answer"), "agree=yes").await.status,
        403,
        "one of the two is the head"
    );
    assert_eq!(one().await.state(), State::Waiting);
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/").await.page().contains("An examination of files waits for you"));
    head.post(&format!("{at}/answer"), "agree=yes").await.leads_to();
    assert_eq!(one().await.state(), State::Agreed);

    assert_eq!(lead.post(&format!("{at}/over"), "exam-outcome=+").await.status, 422);
    lead.post(&format!("{at}/over"), "exam-outcome=The+page+was+found+and+copied+to+the+case")
        .await
        .leads_to();
    let list = head.get("/examinations").await;
    for told in ["Her folder of", "A threat was printed from it", "was found and copied to the case", "Over"]
    {
        assert!(list.page().contains(told), "{told}: {}", list.text);
    }
    assert_eq!(rig.signed_in("teacher").await.get("/examinations").await.status, 403);
}

#[tokio::test]
async fn mon_13_a_technician_sees_that_the_system_works_and_nobodys_pages() {
    let rig = Rig::new().await;
    opened(&rig, 901, "https://otters.example/river");
    let technician = rig.signed_in("technician").await;
    assert_eq!(technician.get("/health").await.status, 200);
    for address in ["activity", "activity.csv", "activity.pdf"] {
        let refused = technician.get(&format!("/people/{}/{address}", id(ADA))).await;
        assert_eq!(refused.status, 403, "{address}");
        assert!(!refused.text.contains("otters.example"));
    }
    assert_eq!(
        technician.post(&format!("/people/{}/activity", id(ADA)), "reason=It+is+slow").await.status,
        403
    );
    for address in ["/reports", "/register", "/activity-reviews", "/examinations", "/looks"] {
        assert_eq!(technician.get(address).await.status, 403, "{address}");
    }
}
