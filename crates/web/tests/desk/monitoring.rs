//! The monitoring plan at the desk, and what is seen of which device.

use std::sync::Arc;
use usher_policy::decision::Decision;
use usher_policy::facts::{Circumstances, Device as At, Subject, WebFacts};
use usher_records::account::{self, OpenAccount, Owner as AccountOwner, Username};
use usher_records::device::{Device, Loan};
use usher_records::monitoring::{Limit, Plan};
use usher_testkit::events;
use usher_testkit::facts::{at_device, get};
use usher_types::calendar::Term;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::Year;

use crate::rig::{GAME, Rig, now};

/// A day, in minutes.
const DAY: i64 = 24 * 60;

fn device(id: u64, name: &str, room: Option<&str>, address: Option<&str>) -> Device {
    Device {
        id: Id::new(id),
        name: name.into(),
        room: room.map(str::to_owned),
        address: address.map(|text| text.parse().unwrap()),
        managed: true,
        loan: None,
        hardware: None,
    }
}

fn lent(device: Device) -> Device {
    Device { loan: Some(Loan { to: Id::new(7), by: Id::new(9), at: now().plus_minutes(-9 * DAY) }), ..device }
}

/// Something passes at a device.
fn pass(rig: &Rig, number: u64, name: Option<&str>, address: &str, at: Moment) -> Decision {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let facts = get(at_device(Subject::nobody()), GAME);
    let device =
        At { address: address.parse().unwrap(), device: None, name: name.map(str::to_owned), room: None };
    let who = Circumstances { device: Arc::new(device), ..facts.who.clone() };
    let event = events::web(number, &snapshot, WebFacts { who, ..facts }, at);
    let decision = event.decision().unwrap().clone();
    rig.recorded.0.lock().unwrap().push(event);
    decision
}

const SUITE: &str = "%7B%22room%22%3A%22Suite%22%7D";

#[tokio::test]
async fn fm_45_a_plan_names_each_way_in_each_room_and_group_and_never_usher_as_software_on_a_device() {
    let rig = Rig::new().await;
    rig.add(&device(301, "PC-1", Some("Suite"), None)).await;
    let lead = rig.signed_in("safeguarding").await;
    let page = lead.get("/monitoring").await;
    for named in ["Suite", "Year 4", "Staff", "Visitors", "The plan says nothing about this yet"] {
        assert!(page.page().contains(named), "{named}: {}", page.text);
    }
    assert!(page.page().contains("Usher is the web log and nothing else"), "{}", page.text);

    let form = |product: &str| {
        format!(
            "monitoring-place={SUITE}&monitoring-in-person=The+teacher+sees+each+screen&monitoring-web-log=yes\
             &monitoring-product={product}&monitoring-whose=The+trust"
        )
    };
    for (form, field) in [
        (form("Usher"), "monitoring-product"),
        (form(""), "monitoring-product"),
        (format!("monitoring-place={SUITE}"), "monitoring-in-person"),
    ] {
        let refused = lead.post("/monitoring/watch", &form).await;
        assert_eq!(refused.status, 422, "{form}");
        assert!(refused.text.contains(&format!("href=\"#{field}\"")), "{form}: {}", refused.text);
    }
    let elsewhere = "monitoring-place=%7B%22room%22%3A%22Moon%22%7D&monitoring-web-log=yes";
    assert_eq!(lead.post("/monitoring/watch", elsewhere).await.status, 404, "a room nobody has");
    let kept = lead.post("/monitoring/watch", &form("ScreenCare")).await;
    assert!(kept.leads_to().contains("monitoring-kept"), "{}", kept.text);
    let head = rig.signed_in("headteacher").await;
    let staff = "monitoring-place=%7B%22kind%22%3A%22staff%22%7D&monitoring-web-log=yes";
    assert!(head.post("/monitoring/watch", staff).await.leads_to().contains("monitoring-kept"));

    for reader in ["technician", "chair"] {
        let browser = rig.signed_in(reader).await;
        let page = browser.get("/monitoring").await;
        assert!(page.page().contains("ScreenCare (The trust)"), "{reader}: {}", page.text);
        assert!(!page.text.contains("/monitoring/watch"), "{reader} changes nothing");
        assert_eq!(browser.post("/monitoring/watch", staff).await.status, 403, "{reader}");
    }
    let plans = rig.books.values::<Plan>().await.unwrap();
    assert_eq!((plans.len(), plans[0].watched.len()), (1, 2));
    let journal = rig.journal().await;
    let changed = journal.iter().filter(|line| {
        line.records.iter().any(|record| record.kind == usher_records::noun::Kind::MonitoringPlan)
    });
    let versions: Vec<u64> = changed.map(|line| line.records[0].version).collect();
    assert_eq!(versions, [1, 2], "one entry of the journal a change");
    let gone = lead.post("/monitoring/leave-out", &format!("place={SUITE}")).await;
    assert!(gone.leads_to().contains("monitoring-kept"), "{}", gone.text);
    assert!(!lead.get("/monitoring").await.page().contains("ScreenCare"));
}

#[tokio::test]
async fn fm_44_a_limit_without_an_answer_says_so_and_an_overdue_one_stands_on_the_first_page() {
    let rig = Rig::new().await;
    let lead = rig.signed_in("safeguarding").await;
    let page = lead.get("/monitoring").await;
    assert_eq!(page.text.matches("Nothing is written yet.").count(), Limit::ALL.len());
    assert!(page.page().contains("11 have no answer yet"), "{}", page.text);
    let address = "/monitoring/limits/off-site";
    let form = |what: &str, day: &str| {
        format!("monitoring-what={what}&monitoring-who=safeguarding-lead&monitoring-next={day}")
    };
    for (what, day, field) in [
        ("", "2027-01-01", "monitoring-what"),
        ("Laptops+stay+here", "", "monitoring-next"),
        ("Laptops+stay+here", "2026-11-24", "monitoring-next"),
        ("Laptops+stay+here", "2028-01-01", "monitoring-next"),
    ] {
        let refused = lead.post(address, &form(what, day)).await;
        assert_eq!(refused.status, 422, "{what} {day}");
        assert!(refused.text.contains(&format!("href=\"#{field}\"")), "{what} {day}: {}", refused.text);
    }
    assert_eq!(lead.get("/monitoring/limits/nothing").await.status, 404);
    let kept = lead.post(address, &form("Laptops+stay+here", "2027-01-08")).await;
    assert!(kept.leads_to().contains("monitoring-kept"), "{}", kept.text);
    let page = lead.get("/monitoring").await;
    assert_eq!(page.text.matches("Nothing is written yet.").count(), Limit::ALL.len() - 1);
    assert!(page.page().contains("To be looked at again by 8 January 2027"), "{}", page.text);
    assert!(!lead.get("/").await.page().contains("needs a new look"));

    rig.clock.set(now().plus_minutes(50 * DAY));
    for (who, sees) in [("safeguarding", true), ("headteacher", true), ("technician", false)] {
        let today = rig.signed_in(who).await.get("/").await;
        assert_eq!(today.page().contains("One thing nobody sees needs a new look"), sees, "{who}");
    }
    let page = rig.signed_in("chair").await.get("/monitoring").await;
    assert!(page.page().contains("Should have been looked at by 8 January 2027"), "{}", page.text);
}

#[tokio::test]
async fn um_06_the_grid_is_made_from_the_register_and_from_what_passed() {
    let rig = Rig::new().await;
    rig.add(&device(301, "PC-1", Some("Suite"), None)).await;
    rig.add(&device(302, "iPad-7", None, None)).await;
    let owner = AccountOwner::YearGroup(Year::RECEPTION);
    let username = Username::parse("reception").unwrap();
    let asked = OpenAccount { id: Id::new(60_001), username, person: None, year: Some(Year::RECEPTION) };
    let (account, change) = account::open(asked).unwrap();
    assert_eq!(account.owner, owner);
    rig.commit(&change).await;
    pass(&rig, 1, Some("PC-1"), "10.0.0.14", now().plus_minutes(-3 * DAY));
    pass(&rig, 2, None, "10.0.9.9", now().plus_minutes(-60));
    let page = rig.signed_in("technician").await.get("/monitoring").await;
    let text = page.page();
    for said in [
        "The school’s, in its rooms",
        "Not seen since 21 November 2026",
        "100% had nobody signed in",
        "People’s own devices <small class=\"quiet\">None.",
        "Nobody knows whose <small class=\"quiet\">One, 1 seen in the last 92 days. Seen today",
        "None: what pictures show is never looked at",
        "Usher is a gateway only",
        "Of all that passed in 28 days: 100% had nobody signed in, 0% a shared sign-in",
        "An account that all of Reception share",
        "ChromeOS",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let browser = rig.signed_in("chair").await;
    let csv = browser.get("/monitoring/csv").await;
    assert!(csv.text.contains("\"People’s own devices\",\"None\""), "{}", csv.text);
    assert!(browser.get("/monitoring/pdf").await.text.starts_with("%PDF"));
}

#[tokio::test]
async fn mon_15_a_lent_laptop_is_watched_away_from_school_only_through_the_tunnel_and_else_says_since_when_it_was_not_seen()
 {
    let rig = Rig::new().await;
    rig.add(&lent(device(301, "Laptop-1", None, Some("10.99.0.7")))).await;
    rig.add(&lent(device(302, "Laptop-2", None, None))).await;
    rig.add(&lent(device(303, "Laptop-3", None, None))).await;
    let at = now().plus_minutes(-30);
    let tunnelled = pass(&rig, 1, Some("Laptop-1"), "10.99.0.7", at);
    assert_eq!(
        tunnelled,
        pass(&rig, 4, None, "10.0.0.9", at),
        "the same rules hold in the tunnel and at school"
    );
    pass(&rig, 2, Some("Laptop-2"), "10.0.0.8", now().plus_minutes(-12 * DAY));
    let office = rig.signed_in("office").await;
    let list = office.get("/equipment").await;
    assert_eq!(list.text.matches("Not watched off site").count(), 3, "{}", list.text);
    for said in ["Seen today", "Not seen since 12 November 2026", "Not seen in the last 92 days"] {
        assert!(list.page().contains(said), "{said}: {}", list.text);
    }

    let technician = rig.signed_in("technician").await;
    for (ranges, why, field) in
        [("ten", "A+tunnel", "off-site-tunnels"), ("10.99.0.0%2F16", "", "off-site-why")]
    {
        let form = format!("off-site-tunnels={ranges}&off-site-why={why}");
        let refused = technician.post("/monitoring/off-site", &form).await;
        assert_eq!(refused.status, 422, "{ranges}");
        assert!(refused.text.contains(&format!("href=\"#{field}\"")), "{ranges}: {}", refused.text);
    }
    let form = "off-site-tunnels=10.99.0.0%2F16&off-site-why=The+new+tunnel";
    let kept = technician.post("/monitoring/off-site", form).await;
    assert!(kept.leads_to().contains("off-site-kept"), "{}", kept.text);
    let list = office.get("/equipment").await;
    assert_eq!(list.text.matches("Not watched off site").count(), 2, "{}", list.text);
    assert!(list.page().contains("Watched off site through the school’s tunnel"), "{}", list.text);
    let page = technician.get("/monitoring").await;
    assert!(page.page().contains("only devices in the school’s tunnel are watched: 1 of 3"), "{}", page.text);
    assert!(page.page().contains("10.99.0.0/16"));
}

#[tokio::test]
async fn mon_15_the_weekly_report_says_in_one_line_that_nothing_is_monitored_off_site() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let report = head.get("/reports/preview").await;
    assert!(report.page().contains("Not monitored off site: what school devices do away"), "{}", report.text);
    let form = "off-site-tunnels=10.99.0.0%2F16&off-site-why=The+new+tunnel";
    assert!(head.post("/monitoring/off-site", form).await.leads_to().contains("off-site-kept"));
    let report = head.get("/reports/preview").await;
    assert!(
        report.page().contains("Not monitored off site, but for devices that come back"),
        "{}",
        report.text
    );
}

#[tokio::test]
async fn um_12_after_a_term_its_themes_ask_what_was_changed_until_somebody_says() {
    let rig = Rig::new().await;
    let mut policy = usher_testkit::snapshot::policy("numbered");
    let (first, last) = (jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 12, 18));
    policy.calendar.terms = vec![Term { name: "Autumn 2".into(), first, last }];
    let library = usher_testkit::lists::library(&[("games", "games.example")], vec![]);
    let snapshot = usher_testkit::snapshot::build(policy, library, &[], &[]);
    rig.app.snapshot.store(Some(Arc::new(snapshot)));
    let lead = rig.signed_in("safeguarding").await;
    assert!(!lead.get("/").await.page().contains("What did we change"), "the term goes on");
    assert!(lead.get("/monitoring/terms/new").await.leads_to().ends_with("/monitoring/terms"));

    rig.clock.set(now().plus_minutes(30 * DAY));
    let lead = rig.signed_in("safeguarding").await;
    assert!(lead.get("/").await.page().contains("What did we change after Autumn 2?"));
    let technician = rig.signed_in("technician").await;
    assert!(!technician.get("/").await.page().contains("What did we change"));
    assert!(technician.get("/monitoring/terms").await.page().contains("Nobody has written yet"));
    let form = lead.get("/monitoring/terms/new").await;
    assert!(form.page().contains("Nothing of concern was found."), "{}", form.text);
    assert_eq!(lead.post("/monitoring/terms/new", "term-changed=-").await.status, 422);
    let kept = lead.post("/monitoring/terms/new", "term-changed=An+assembly+on+kindness").await;
    assert!(kept.leads_to().contains("term-change-kept"), "{}", kept.text);
    assert!(technician.get("/monitoring/terms").await.page().contains("An assembly on kindness"));
    assert!(!lead.get("/").await.page().contains("What did we change"));
    assert!(
        lead.post("/monitoring/terms/new", "term-changed=Again")
            .await
            .leads_to()
            .ends_with("/monitoring/terms")
    );
}
