//! The other main ways through the desk: the weekly report, unrestricted time, forms from elsewhere, agreements, lists.

use std::sync::Arc;

use usher_lists::overlay::Effect;
use usher_records::agreement::{AgreementText, publish};
use usher_records::change::Action;
use usher_records::list_edit::ListEdit;
use usher_records::register::Entry;
use usher_records::report::{IssuedReport, ReportKind, issue, pass_on};
use usher_records::signature::{Sign, sign};
use usher_records::unrestricted::Unrestricted;
use usher_reports::names::Names;
use usher_reports::period::Period;
use usher_reports::weekly::WeeklyFold;
use usher_testkit::school::on_screen;
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_web::desk::probes::{Found, Probes, Tried};

use crate::rig::{ORIGIN, Rig, id, now, people};

#[tokio::test]
async fn fm_47_opening_the_weekly_report_is_noted_for_its_reader() {
    let rig = Rig::new().await;
    let zone = Zone::london();
    let (from, until) = (zone.parse("2026-11-16T00:00").unwrap(), zone.parse("2026-11-23T00:00").unwrap());
    let weekly = WeeklyFold::new(Period { from, until, zone }, &Names::of(&[], &[])).finish(0);
    let figures = serde_json::to_vec(&weekly).unwrap();
    let report = IssuedReport {
        id: Id::new(601),
        kind: ReportKind::WeeklySuspicious,
        from,
        until,
        made_at: until,
        readers: vec![Id::new(1), Id::new(5)],
        figures: rig.books.store().put_blob(Id::new(1), &figures).await.unwrap(),
        pdf: Digest::of(b""),
        items: 0,
        opened: vec![],
        passed_on: vec![],
    };
    rig.commit(&issue(&report, vec![])).await;
    let address = format!("/reports/{}", id(601));
    let computing = rig.signed_in("computing").await;
    assert!(computing.get("/").await.page().contains(&address));
    computing.get("/reports").await.page();
    computing.get(&address).await.page();
    computing.get(&address).await.page();
    let kept = rig.books.values::<IssuedReport>().await.unwrap().pop().unwrap();
    assert_eq!(kept.opened, [(Id::new(5), now())], "once, and with the time");
    computing.get("/reports/preview").await.page();
    // They may where the school names them, and this school does not.
    for other in ["safeguarding", "businessmanager"] {
        let other = rig.signed_in(other).await;
        assert!(!other.get("/").await.page().contains("href=\"/reports\""));
        for address in ["/reports", "/reports/preview", &address, &format!("{address}/pdf")] {
            assert_eq!(other.get(address).await.status, 403, "{address}");
        }
    }
    let pdf = computing.get(&format!("{address}/pdf")).await;
    assert!(pdf.status == 200 && pdf.text.starts_with("%PDF"));

    // One that nobody opened is for whoever it went to then, and no other.
    let late = IssuedReport { id: Id::new(602), from: until, opened: vec![], ..report };
    rig.commit(&issue(&late, vec![])).await;
    let stored = rig.books.get::<IssuedReport, _>(late.id).await.unwrap().unwrap();
    rig.commit(&pass_on(&stored, (Role::SafeguardingLead, &[Id::new(4)]), vec![], now())).await;
    let passed = format!("/reports/{}", id(602));
    let safeguarding = rig.signed_in("safeguarding").await;
    assert!(safeguarding.get("/").await.page().contains(&passed));
    assert_eq!(safeguarding.get(&address).await.status, 403, "no other report");
    safeguarding.get(&passed).await.page();
    let kept = rig.books.get::<IssuedReport, _>(late.id).await.unwrap().unwrap().value;
    assert_eq!(kept.opened, [(Id::new(4), now())]);
    let pdf = safeguarding.get(&format!("{passed}/pdf")).await;
    assert!(pdf.status == 200 && pdf.text.starts_with("%PDF"));
    assert_eq!(rig.signed_in("businessmanager").await.get(&passed).await.status, 403);
    let said = "Nobody had opened it, so it went to: Safeguarding lead";
    assert!(computing.get("/reports").await.page().contains(said));
}

#[tokio::test]
async fn web_21_unrestricted_time_needs_a_reason_and_an_end_and_tells_the_head() {
    let rig = Rig::new().await;
    let computing = rig.signed_in("computing").await;
    computing.get("/unrestricted").await.page();
    for form in
        ["until=for:30", "reason=+&until=for:30", "reason=Look+into+a+block", "reason=Look&until=for:100000"]
    {
        assert_eq!(computing.post("/unrestricted", form).await.status, 422, "{form}");
    }
    assert_eq!(rig.books.values::<Unrestricted>().await.unwrap().len(), 0);
    let opened = computing.post("/unrestricted", "reason=Look+into+a+block&until=for:30").await;
    assert_eq!(opened.leads_to(), "/unrestricted?done=unrestricted-opened");
    let time = rig.books.values::<Unrestricted>().await.unwrap().pop().unwrap();
    assert_eq!((time.person, time.until), (Id::new(5), now().plus_minutes(30)));
    let entry = rig.books.values::<Entry>().await.unwrap().pop().unwrap();
    assert_eq!(entry.number, 1);
    assert!(entry.text.contains("Cal Comp") && entry.text.contains("Look into a block"), "{}", entry.text);
    let outbox = rig.books.store().outbox(Id::new(1)).await.unwrap();
    assert_eq!(outbox.waiting, 1, "the head's notice waits to go out");
    assert!(rig.journal().await.iter().any(|line| line.action == Action::UnrestrictedOpened));

    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/register").await.page().contains("Look into a block"));
    assert!(
        head.post(&format!("/register/{}/entered", entry.id), "")
            .await
            .leads_to()
            .contains("register-entered")
    );
    let correction = head.post(&format!("/register/{}/correct", entry.id), "text=It+was+Tuesday").await;
    assert!(correction.leads_to().contains("register-corrected"));
    assert_eq!(rig.books.values::<Entry>().await.unwrap().len(), 2);
    assert!(computing.post("/unrestricted/end", "").await.leads_to().contains("unrestricted-ended"));
}

#[tokio::test]
async fn forms_from_other_sites_and_without_their_token_do_nothing() {
    let rig = Rig::new().await;
    let computing = rig.signed_in("computing").await;
    let token = computing.get("/").await.token();
    let form = format!("_form={token}&reason=Look+into+a+block&until=for:30");
    for header in [("origin", "https://games.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        assert_eq!(computing.send("/unrestricted", &form, &[header]).await.status, 403, "{header:?}");
    }
    let bare = computing.send("/unrestricted", "reason=Look+into+a+block&until=for:30", &[]).await;
    assert_eq!(bare.status, 403);
    let other = rig.signed_in("technician").await;
    assert_eq!(other.send("/unrestricted", &form, &[]).await.status, 403, "somebody else's token");
    assert_eq!(rig.books.values::<Unrestricted>().await.unwrap().len(), 0);
    assert_eq!(computing.send("/unrestricted", &form, &[("origin", ORIGIN)]).await.status, 303);
}

#[tokio::test]
async fn acc_10_a_sign_in_left_alone_ends_and_signing_out_ends_it_at_once() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    teacher.get("/").await.page();
    rig.clock.set(now().plus_minutes(12 * 60));
    assert!(teacher.get("/").await.leads_to().starts_with("/sign-in"));
    rig.clock.set(now());
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.post("/sign-out", "").await.leads_to().starts_with("/sign-in"));
    assert!(teacher.get("/").await.leads_to().starts_with("/sign-in"));
}

#[tokio::test]
async fn agr_01_the_register_tells_who_signed_which_version_when_and_who_has_not() {
    let rig = Rig::new().await;
    let key = usher_testkit::school::school("numbered")
        .settings
        .agreement_for(usher_types::role::PersonKind::Staff, None)
        .unwrap()
        .to_owned();
    let file = format!(
        "+++\nkey = \"{key}\"\ntitle = \"Staff agreement\"\nversion = \"2026\"\nreader = \"adult\"\n\
         declaration = \"I will keep these rules.\"\n+++\n\n- I ask before I open a new website. {{#ask-first}}\n"
    );
    let text = AgreementText::parse(&file).unwrap();
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    rig.commit(&publish(Id::new(701), &text, None, true, now().plus_minutes(-60))).await;
    let (_, teacher) = people().into_iter().find(|(name, _)| *name == "teacher").unwrap();
    let asked = Sign { typed_name: Some("Joan Price"), ..on_screen(702, &teacher, &text) };
    let (_, change) = sign(&asked, &text, now().plus_minutes(-30)).unwrap();
    rig.commit(&change).await;

    let office = rig.signed_in("office").await;
    assert!(office.get("/agreements").await.page().contains("Staff agreement"));
    let register = office.get("/agreements/register").await;
    assert!(register.page().contains("Joan Price") && register.page().contains("version 2026"));
    assert!(register.page().contains("24 November 2026, 09:45"));
    let narrowed = office.get("/agreements/register?section=staff&q=nobody").await;
    assert!(!narrowed.page().contains("Joan Price"));
    let outstanding = office.get("/agreements/outstanding").await;
    assert!(outstanding.page().contains("Hester Hale") && !outstanding.page().contains("Joan Price</a>"));
    let table = office.get("/agreements/register.csv").await;
    assert!(table.text.contains("\"Joan Price\"") && table.text.contains("I will keep these rules."));
    for pdf in ["/agreements/register.pdf", "/agreements/outstanding.pdf"] {
        let pdf = office.get(pdf).await;
        assert!(pdf.status == 200 && pdf.text.starts_with("%PDF"));
    }
    let signature = format!("/agreements/signature/{}", id(702));
    let one = office.get(&signature).await;
    assert!(one.page().contains("I ask before I open a new website."));
    assert!(office.get(&format!("/people/{}", id(7))).await.page().contains(&signature));
}

#[tokio::test]
async fn an_edit_of_the_lists_has_a_reason_tells_those_who_are_to_know_and_can_be_taken_out() {
    let rig = Rig::new().await;
    let computing = rig.signed_in("computing").await;
    for page in ["/lists", "/lists/edits", "/lists/find", "/lists/find?address=games.example"] {
        computing.get(page).await.page();
    }
    let form = "address=slipped.example&effect=add&category=games&review=2027-11-24";
    assert_eq!(computing.post("/lists/edits", form).await.status, 422, "a reason is needed");
    assert_eq!(computing.post("/lists/edits", "effect=clear&reason=x&review=2027-11-24").await.status, 422);
    let kept = computing.post("/lists/edits", &format!("{form}&reason=A+game")).await;
    assert_eq!(kept.leads_to(), "/lists/edits?done=edit-added");
    let edit = rig.books.values::<ListEdit>().await.unwrap().pop().unwrap();
    assert!(matches!(&edit.edit.effect, Effect::AddCategory(category) if category.as_str() == "games"));
    assert_eq!(rig.books.store().outbox(Id::new(1)).await.unwrap().waiting, 2, "the head and e-safety");
    assert!(computing.get("/lists/edits").await.page().contains("slipped.example"));
    let out = format!("/lists/edits/{}/remove", edit.id);
    assert_eq!(computing.post(&out, "reason=Not+a+game").await.leads_to(), "/lists/edits?done=edit-removed");
    assert!(!computing.get("/lists/edits").await.page().contains("slipped.example"));
}

/// Somebody who found that devices refused the school's certificate for these sites.
#[derive(Debug)]
struct Refused(usize);

#[async_trait::async_trait]
impl Probes for Refused {
    async fn try_all(&self, at: Moment) -> Vec<Tried> {
        let sites = (0..self.0).map(|number| format!("app{number:02}.example")).collect();
        vec![Tried { at, found: Found::Refusals { sites } }]
    }
}

#[tokio::test]
async fn health_names_the_sites_an_app_refused_the_certificate_for() {
    for (count, said, unsaid) in [
        (0, "every app took it", "app00"),
        (2, "app00.example, app01.example", "more"),
        (14, "app11.example, 2 more", "app12"),
    ] {
        let rig = Rig::with_probes(Arc::new(Refused(count))).await;
        let page = rig.signed_in("technician").await.get("/health").await;
        assert!(page.page().contains(said) && !page.page().contains(unsaid), "{count}: {}", page.page());
    }
}

/// Finds the clock this far off.
#[derive(Debug)]
struct Ahead(Option<i64>);

#[async_trait::async_trait]
impl Probes for Ahead {
    async fn try_all(&self, at: Moment) -> Vec<Tried> {
        vec![Tried { at, found: Found::Clock { ahead_ms: self.0 } }]
    }
}

#[tokio::test]
async fn fm_39_a_clock_two_seconds_off_is_told() {
    for (ahead, said) in [
        (None, "Too few sites"),
        (Some(1_900), "It agrees with the clocks of the sites"),
        (Some(-2_100), "It is off by 2 seconds."),
        (Some(4_000), "It is off by 4 seconds."),
    ] {
        let rig = Rig::with_probes(Arc::new(Ahead(ahead))).await;
        let page = rig.signed_in("technician").await.get("/health").await;
        assert!(page.page().contains(said), "{ahead:?}: {}", page.page());
    }
}

#[tokio::test]
async fn health_is_never_green_for_what_nobody_tried() {
    let rig = Rig::new().await;
    let technician = rig.signed_in("technician").await;
    let page = technician.get("/health").await;
    assert!(page.page().contains("Not tried") && page.page().contains("Every request is written down."));
    let sealed = "Illegal images of children: There is no list and no membership.";
    assert!(page.page().contains(sealed), "their slot is empty, and that is red: {}", page.text);
}
