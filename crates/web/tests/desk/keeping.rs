//! What is kept, and how long, at the desk.

use std::sync::Arc;

use async_trait::async_trait;
use usher_activity::store::Reach;
use usher_records::keeping::{Disposal, Removed, Rule};
use usher_records::school::School;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_web::desk::probes::{Found, Probes, Tried};

use crate::rig::{Rig, now};

fn line(id: u64, what: Removed, count: u64) -> Disposal {
    let rule = match what {
        Removed::Pictures => Rule::AfterAgreement { days: 365 },
        _ => Rule::Days { pupils: 30, adults: 60 },
    };
    Disposal {
        id: Id::new(id),
        what,
        count,
        rule,
        held: 2,
        at: now().plus_seconds(i64::try_from(id).unwrap()),
    }
}

#[tokio::test]
async fn dpr_01_each_register_and_log_has_a_row_from_the_live_settings() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let page = head.get("/records-kept").await;
    let rows = page.text.matches("<th scope=\"row\">").count();
    assert_eq!(rows, usher_policy::holdings::Holding::ALL.len());
    for told in [
        "The journal of every change",
        "Pictures of paper slips",
        "30 days",
        "365 days after the agreement ends",
        "headteacher and safeguarding lead",
        "keeping children safe",
        "Nothing has been removed yet",
        "No case holds anybody",
    ] {
        assert!(page.page().contains(told), "{told}: {}", page.text);
    }
    let form = "keeping-pupils-whole=90&keeping-pupils-lines=200&keeping-adults-whole=30\
                &keeping-adults-lines=365&keeping-reason=The+governors+agreed";
    let done = head.post("/records-kept/change", form).await;
    assert!(done.leads_to().contains("keeping-changed"), "{}", done.text);
    let page = head.get("/records-kept").await;
    assert!(page.page().contains("90 days for pupils, 30 days for adults"), "{}", page.text);
}

#[tokio::test]
async fn dpr_09_only_the_head_sets_the_days_and_none_is_for_ever() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let days = async || {
        let school = rig.books.get::<School, _>(rig.books.school()).await.unwrap().unwrap();
        school.value.settings.keeping.pupils.whole()
    };
    for (whole, lines, reason, wrong) in [
        ("0", "365", "The+governors+agreed", "keeping-pupils-whole"),
        ("ever", "365", "The+governors+agreed", "keeping-pupils-whole"),
        ("90", "89", "The+governors+agreed", "keeping-pupils-lines"),
        ("90", "99999", "The+governors+agreed", "keeping-pupils-lines"),
        ("90", "365", "", "keeping-reason"),
    ] {
        let form = format!(
            "keeping-pupils-whole={whole}&keeping-pupils-lines={lines}&keeping-adults-whole=30\
             &keeping-adults-lines=365&keeping-reason={reason}"
        );
        let refused = head.post("/records-kept/change", &form).await;
        assert_eq!(refused.status, 422, "{form}");
        assert!(refused.text.contains(&format!("href=\"#{wrong}\"")), "{wrong}: {}", refused.text);
        assert!(refused.text.contains(&format!("value=\"{whole}\"")), "what was typed stays");
    }
    assert_eq!(days().await, 30);
    let technician = rig.signed_in("technician").await;
    assert_eq!(technician.get("/records-kept").await.status, 200);
    assert_eq!(technician.get("/records-kept/change").await.status, 403);
}

#[tokio::test]
async fn dpr_13_the_log_shows_what_kind_how_many_when_and_by_which_rule() {
    let rig = Rig::new().await;
    rig.add(&line(901, Removed::Lines, 4_711)).await;
    rig.add(&line(902, Removed::Pictures, 3)).await;
    for id in 0..99 {
        rig.add(&line(1_000 + id, Removed::Whole, 12)).await;
    }
    let head = rig.signed_in("headteacher").await;
    let first = head.get("/records-kept").await;
    assert!(first.page().contains("Full records on the web") && first.text.contains("/records-kept?back=1"));
    assert!(!first.page().contains("4711"));
    let earlier = head.get("/records-kept?back=1").await;
    let all = format!("{}{}", first.page(), earlier.page());
    for told in ["Short lines on the web", "4711", "30 days for pupils, 60 days for adults"] {
        assert!(earlier.page().contains(told), "{told}: {}", earlier.text);
    }
    assert!(all.contains("365 days after the agreement ends"));
    assert!(!earlier.text.contains("back=2"));
}

/// So many parts wait to be sent to the trust, the oldest for so many days.
#[derive(Debug)]
struct Sent(u64, Option<i64>, bool);

#[async_trait]
impl Probes for Sent {
    async fn try_all(&self, at: Moment) -> Vec<Tried> {
        let since = self.1.map(|days| at.plus_minutes(-24 * 60 * days));
        vec![Tried { at, found: Found::Trust { segments: self.0, since, failing: self.2 } }]
    }
}

#[tokio::test]
async fn health_says_how_far_behind_the_copy_of_the_trust_is() {
    for (found, tone, told) in [
        (Sent(0, None, false), "go", "All that is ready has been sent"),
        (Sent(1, Some(1), true), "wait", "One part of the records waits"),
        (Sent(9, Some(5), true), "stop", "9 parts of the records wait"),
    ] {
        let rig = Rig::with_probes(Arc::new(found)).await;
        let health = rig.signed_in("headteacher").await.get("/health").await;
        assert!(health.page().contains(told), "{told}: {}", health.text);
        let card =
            health.text.split("<li class=\"card").find(|card| card.contains("copy of records")).unwrap();
        assert!(card.starts_with(&format!(" card--{tone}")), "{tone}: {card}");
    }
}

/// The event files reach back so many days.
#[derive(Debug)]
struct Files(Option<[i64; 2]>);

#[async_trait]
impl Probes for Files {
    async fn try_all(&self, at: Moment) -> Vec<Tried> {
        let day = |days| Some(Zone::london().local(at.plus_minutes(-24 * 60 * days)).date());
        let reach = self.0.map(|[whole, rows]| Reach { whole: day(whole), rows: day(rows) });
        vec![Tried { at, found: Found::Files { reach } }]
    }
}

#[tokio::test]
async fn dpr_09_health_says_when_records_stay_too_long_or_their_list_is_damaged() {
    for (found, told, not) in [
        (Some([33, 368]), "What is kept goes back to", "kept longer"),
        (Some([34, 368]), "are kept longer than the school says", "damaged"),
        (Some([33, 369]), "are kept longer than the school says", "damaged"),
        (None, "The list of the files with records is damaged", "kept longer"),
    ] {
        let rig = Rig::with_probes(Arc::new(Files(found))).await;
        let health = rig.signed_in("headteacher").await.get("/health").await;
        assert!(health.page().contains(told) && !health.page().contains(not), "{told}: {}", health.text);
    }
}
