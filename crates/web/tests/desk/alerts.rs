//! Alerts: seen by those they are for, first on their page, and seen once.

use usher_records::alert::{Alert, Concern, Off, Whose, raise};
use usher_testkit::{events, facts};
use usher_types::ids::Id;

use crate::rig::{ADA, GAME, Rig, id, now};

fn alert(id: u64, whose: Whose) -> Alert {
    Alert {
        id: Id::new(id),
        concern: Concern::ManyBlocks,
        whose,
        events: vec![Id::new(902)],
        from: now().plus_minutes(-4),
        until: now().plus_minutes(-1),
        at: now().plus_minutes(-1),
        told: vec![Id::new(1), Id::new(4)],
        seen: None,
    }
}

#[tokio::test]
async fn mon_14_an_alert_comes_first_says_what_happened_and_is_seen_once() {
    let rig = Rig::new().await;
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event =
        events::web(902, &snapshot, facts::get(facts::at_device(subject), GAME), now().plus_minutes(-4));
    rig.recorded.0.lock().unwrap().push(event);
    rig.commit(&raise(&alert(501, Whose::Person(Id::new(ADA))), vec![])).await;
    let address = format!("/alerts/{}", id(501));
    let (seen_path, done) = (format!("{address}/seen"), format!("{address}?done=alert-seen"));
    let dsl = rig.signed_in("safeguarding").await;
    let today = dsl.get("/").await;
    let needs = today.page().split("need__what").nth(1).unwrap();
    assert!(needs.contains("Many pages kept shut") && needs.contains("Ada Bell"), "{needs}");
    let page = dsl.get(&address).await;
    assert!(page.page().contains("games.example/play"));
    assert_eq!(dsl.post(&seen_path, "").await.leads_to(), done);
    assert!(dsl.get(&done).await.page().contains("Dee Safe"));
    assert_eq!(dsl.post(&seen_path, "").await.status, 409, "somebody has");
    let seen = rig.books.values::<Alert>().await.unwrap().pop().unwrap().seen.unwrap();
    assert_eq!(seen.0, Id::new(4));
    assert!(!dsl.get("/").await.page().contains(&address));
    assert!(dsl.get("/alerts?state=seen").await.page().contains("Ada Bell"));
}

#[tokio::test]
async fn an_alert_about_an_adult_is_for_the_head_and_about_the_head_for_the_chair() {
    let rig = Rig::new().await;
    rig.commit(&raise(&alert(502, Whose::Person(Id::new(7))), vec![])).await;
    rig.commit(&raise(&alert(503, Whose::Person(Id::new(1))), vec![])).await;
    rig.commit(&raise(&alert(504, Whose::Device("192.0.2.9".parse().unwrap())), vec![])).await;
    for (username, sees) in [
        ("headteacher", [true, false, true]),
        ("safeguarding", [false, false, true]),
        ("chair", [false, true, false]),
        ("teacher", [false, false, false]),
        ("technician", [false, false, false]),
    ] {
        let browser = rig.signed_in(username).await;
        let list = browser.get("/alerts").await;
        for (number, sees) in [502, 503, 504].into_iter().zip(sees) {
            let path = format!("/alerts/{}", id(number));
            assert_eq!(browser.get(&path).await.status == 200, sees, "{username} {path}");
            assert_eq!(list.page().contains(&path), sees, "{username} {path} in the list");
            if !sees {
                assert_eq!(browser.post(&format!("{path}/seen"), "").await.status, 404, "{username} {path}");
            }
        }
    }
}

#[tokio::test]
async fn web_01_that_the_filter_was_off_is_read_by_technician_and_head_and_says_how() {
    let rig = Rig::new().await;
    for (number, off) in (601..).zip(Off::ALL) {
        let alert =
            Alert { concern: Concern::FilterOff, events: vec![], ..alert(number, Whose::Filter(off)) };
        rig.commit(&raise(&alert, vec![])).await;
    }
    for (username, sees) in [
        ("headteacher", true),
        ("technician", true),
        ("computing", true),
        ("safeguarding", false),
        ("teacher", false),
        ("chair", false),
    ] {
        let browser = rig.signed_in(username).await;
        let page = browser.get(&format!("/alerts/{}", id(602))).await;
        assert_eq!(page.status == 200, sees, "{username}");
        assert_eq!(browser.get("/").await.page().contains("The web filter stopped"), sees, "{username}");
    }
    let technician = rig.signed_in("technician").await;
    for (number, words) in [(601, "asked to stop"), (602, "10:11"), (603, "disk is full"), (605, "has ended")]
    {
        let page = technician.get(&format!("/alerts/{}", id(number))).await;
        assert!(page.page().contains(words), "{number}: {}", page.text);
    }
    assert!(technician.get("/alerts").await.page().contains("Usher itself"));
    let seen = format!("/alerts/{}/seen", id(602));
    assert!(technician.post(&seen, "").await.leads_to().contains("alert-seen"));
}
