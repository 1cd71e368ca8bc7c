//! Spot checks: a few searches that raised no alert, looked at without names, and what was missed becomes an alert.

use usher_records::alert::{Alert, Concern, Whose, raise};
use usher_records::change::Action;
use usher_records::spot_check::SpotCheck;
use usher_scan::features::{Features, Search};
use usher_testkit::{events, facts};
use usher_types::ids::{EventId, Id};

use crate::rig::{ADA, Rig, id, now};

/// A search of a child of Year 4, an hour ago.
fn searched(rig: &Rig, number: u64, words: &str) {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut facts = facts::get(facts::at_device(subject), "https://www.kiddle.co/s.php?q=x");
    facts.features =
        Features { search: Some(Search { engine: "Kiddle".into(), words: words.into() }), themes: vec![] };
    rig.recorded.0.lock().unwrap().push(events::web(number, &snapshot, facts, now().plus_minutes(-60)));
}

#[tokio::test]
async fn um_04_searches_without_an_alert_are_looked_at_without_names_and_what_was_missed_becomes_an_alert() {
    let rig = Rig::new().await;
    searched(&rig, 901, "why does nobody want me here");
    searched(&rig, 902, "otters of the river");
    searched(&rig, 903, "told already");
    let told = Alert {
        events: vec![Id::new(903)],
        ..Alert::new(Id::new(501), Concern::GraveWords, Whose::Person(Id::new(ADA)), now().plus_minutes(-59))
    };
    rig.commit(&raise(&told, vec![])).await;

    let dsl = rig.signed_in("safeguarding").await;
    assert!(dsl.get("/").await.page().contains("Searches that raised no alert are due for a look"));
    assert!(dsl.get("/alerts/accuracy").await.page().contains("nobody knows what the alerts miss"));
    let address = dsl.post("/alerts/spot-checks", "").await.leads_to().to_owned();
    let shown = dsl.get(&address).await;
    assert!(shown.page().contains("why does nobody want me here") && shown.page().contains("otters"));
    assert!(!shown.text.contains("told already"), "what raised an alert is not missed");
    assert!(!shown.text.contains("Ada Bell"), "no name");
    let head = rig.signed_in("headteacher").await;
    let second = head.post("/alerts/spot-checks", "").await;
    assert_eq!(second.leads_to(), "/alerts/spot-checks?done=spot-check-open", "one at a time");

    let event: EventId = Id::new(901);
    let done = head.post(&address, &format!("overlooked={event}")).await;
    assert_eq!(done.leads_to(), "/alerts/spot-checks?done=spot-check-done");
    assert_eq!(head.post(&address, "").await.status, 409, "once");
    let raised: Vec<Alert> = rig.books.values::<Alert>().await.unwrap();
    let overlooked = raised.iter().find(|alert| alert.concern == Concern::Overlooked).unwrap();
    assert_eq!((overlooked.whose, overlooked.events.as_slice()), (Whose::Person(Id::new(ADA)), &[event][..]));
    let page = dsl.get(&format!("/alerts/{}", overlooked.id)).await;
    assert!(page.page().contains("Ada Bell") && page.page().contains("why does nobody want me here"));
    let kept = rig.books.values::<SpotCheck>().await.unwrap().pop().unwrap();
    assert!(kept.drawn.is_empty(), "no words of the others stay");
    assert!(!dsl.get(&address).await.text.contains("otters"));

    let list = dsl.get("/alerts/spot-checks").await;
    assert!(list.page().contains("one was missed, and became an alert"), "{}", list.text);
    let accuracy = dsl.get("/alerts/accuracy").await;
    assert!(
        accuracy.page().contains("2 searches without an alert were looked at so far")
            && accuracy.page().contains("One of them should have been an alert")
            && accuracy.page().contains("likely 95 to 905"),
        "{}",
        accuracy.text
    );
    assert!(!dsl.get("/").await.page().contains("Searches that raised no alert are due"));
    let actions: Vec<Action> = rig.journal().await.iter().map(|line| line.action).collect();
    assert!(actions.contains(&Action::SpotCheckBegun) && actions.contains(&Action::SpotCheckDone));
}

#[tokio::test]
async fn um_04_spot_checks_are_for_those_who_are_told_of_alerts() {
    let rig = Rig::new().await;
    searched(&rig, 901, "otters of the river");
    let dsl = rig.signed_in("safeguarding").await;
    let address = dsl.post("/alerts/spot-checks", "").await.leads_to().to_owned();
    for username in ["teacher", "technician"] {
        let other = rig.signed_in(username).await;
        for path in ["/alerts/spot-checks", &address] {
            assert_eq!(other.get(path).await.status, 404, "{username} {path}");
            assert_eq!(other.post(path, "").await.status, 404, "{username} {path}");
        }
        assert!(!other.get("/").await.page().contains("Searches that raised no alert"));
    }
    assert_eq!(dsl.get(&format!("/alerts/spot-checks/{}", id(77))).await.status, 404);
}
