//! People: looking at somebody's web use, bringing people in, accounts.

use usher_events::row::Row;
use usher_records::change::Action;
use usher_records::device::Device;
use usher_records::equipment::ReturnList;
use usher_records::look::Look;
use usher_records::person::Person;
use usher_testkit::{events, facts};
use usher_types::ids::Id;

use crate::rig::{ADA, Rig, id, now};

const ROSTER: &str = "id,kind,given,family,known-as,year,class,roles,username,email,children\r\n\
                      p1,pupil,Mina,Okafor,,3,3A,,mokafor,,\r\n\
                      s1,staff,Ruth,Penhallow,,,3A,teacher,rpenhallow,,";

#[tokio::test]
async fn mon_04_looking_at_web_use_asks_why_and_is_in_the_journal_first() {
    let rig = Rig::new().await;
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event = events::web(
        901,
        &snapshot,
        facts::get(facts::at_device(subject), "https://otters.example/"),
        now().plus_minutes(-5),
    );
    rig.recorded.0.lock().unwrap().push(event);
    let head = rig.signed_in("headteacher").await;
    let address = format!("/people/{}/activity", id(ADA));

    let asks = head.get(&address).await;
    assert!(!asks.page().contains("otters.example"), "nothing is shown before a reason");
    assert_eq!(head.get(&format!("{address}.csv")).await.leads_to(), address, "nor as a table");
    assert_eq!(head.get(&format!("{address}.pdf")).await.leads_to(), address, "nor as a PDF");
    let none = head.post(&address, "reason=+").await;
    assert_eq!(none.status, 422);
    assert_eq!(rig.books.values::<Look>().await.unwrap().len(), 0);

    let looked = head.post(&address, "reason=Her+mother+asked").await;
    assert_eq!(looked.leads_to(), address);
    assert!(head.get(&address).await.page().contains("otters.example"));
    assert!(head.get(&format!("{address}.csv")).await.text.contains("otters.example"));
    let told = rig.journal().await;
    let line = told.iter().find(|line| line.action == Action::ActivityLooked).unwrap();
    assert_eq!(line.about, Some(Id::new(ADA)));
    assert_eq!(line.reason.as_deref(), Some("Her mother asked"));
    assert!(head.get("/looks").await.page().contains("Her mother asked"));

    let dsl = rig.signed_in("safeguarding").await;
    assert!(!dsl.get(&address).await.page().contains("otters.example"), "a look is one person's");
    rig.clock.set(now().plus_minutes(15));
    head.get("/").await.page();
    rig.clock.set(now().plus_minutes(30));
    assert!(!head.get(&address).await.page().contains("otters.example"), "and ends");
}

#[tokio::test]
async fn uf_33_a_day_that_is_kept_as_lines_only_is_shown_and_said_to_be_short() {
    let rig = Rig::new().await;
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event = |number, address: &str, at| {
        let facts = facts::get(facts::at_device(subject.clone()), address);
        events::web(number, &snapshot, facts, at)
    };
    let then = now().plus_minutes(-60 * 24 * 60);
    let old = [
        event(801, "https://www.otters.example/river?q=secret", then),
        event(802, "https://casino.example/spin", then.plus_minutes(3)),
    ];
    rig.recorded.1.lock().unwrap().extend(old.iter().map(Row::of));
    rig.recorded.0.lock().unwrap().push(event(901, "https://whole.example/page", now().plus_minutes(-5)));
    let dsl = rig.signed_in("safeguarding").await;
    let address = format!("/people/{}/activity", id(ADA));
    dsl.post(&address, "reason=Her+mother+asked").await.leads_to();

    let today = dsl.get(&address).await;
    assert!(today.page().contains("whole.example/page") && !today.page().contains("short form"));
    assert!(!today.text.contains("otters.example"), "another day");
    let query = "from=2026-09-25&to=2026-09-25";
    let day = dsl.get(&format!("{address}?{query}")).await;
    for told in ["otters.example", "casino.example", "A page", "11:15", "11:18", "Kept in short form"] {
        assert!(day.page().contains(told), "{told}: {}", day.text);
    }
    assert!(!day.text.contains("secret") && !day.text.contains("/cases/new?event="), "{}", day.text);
    let table = dsl.get(&format!("{address}.csv?{query}")).await;
    assert!(table.text.contains("2026-09-25") && table.text.contains("casino.example"), "{}", table.text);
    assert_eq!(dsl.get(&format!("{address}.pdf?{query}")).await.status, 200);
}

#[tokio::test]
async fn an_adults_web_use_is_for_the_head_alone() {
    let rig = Rig::new().await;
    let dsl = rig.signed_in("safeguarding").await;
    assert_eq!(dsl.get(&format!("/people/{}/activity", id(7))).await.status, 403);
    assert_eq!(dsl.get(&format!("/people/{}/activity", id(ADA))).await.status, 200);
    let head = rig.signed_in("headteacher").await;
    assert_eq!(head.get(&format!("/people/{}/activity", id(7))).await.status, 200);
    assert_eq!(head.get(&format!("/people/{}/activity", id(1))).await.status, 403, "not their own");
}

#[tokio::test]
async fn a_roster_brought_in_twice_changes_nothing_the_second_time() {
    let rig = Rig::new().await;
    let office = rig.signed_in("office").await;
    let plan = office.upload("/people/import/plan", ROSTER).await;
    assert!(plan.page().contains("Mina Okafor"), "{}", plan.text);
    assert_eq!(rig.books.values::<Person>().await.unwrap().len(), 16, "nothing changes before the yes");
    let carry = |page: &str| {
        let action = page.split("action=\"/people/import/plan/").nth(1)?;
        Some(format!("/people/import/plan/{}", action.split('"').next()?))
    };
    let done = office.post(&carry(plan.page()).unwrap(), "").await;
    let issued = office.get(done.leads_to()).await;
    assert!(issued.page().contains("mokafor"), "first passwords are shown");
    assert!(office.get(done.leads_to()).await.leads_to().contains("password-shown-before"), "once");
    assert_eq!(rig.books.values::<Person>().await.unwrap().len(), 18);
    let again = office.upload("/people/import/plan", ROSTER).await;
    assert!(carry(again.page()).is_none(), "there is nothing to carry out");
}

#[tokio::test]
async fn a_roster_gives_nobody_an_office_that_whoever_brings_it_in_may_not_give() {
    const HEADS: &str = "id,kind,given,family,known-as,year,class,roles,username,email,children\r\n\
                         s1,staff,Ruth,Penhallow,,,,teacher,rpenhallow,,\r\n\
                         s2,staff,Tom,Sly,,,,headteacher,tsly,,";
    let rig = Rig::new().await;
    let carry = |page: &str| {
        let action = page.split("action=\"/people/import/plan/").nth(1)?;
        Some(format!("/people/import/plan/{}", action.split('"').next()?))
    };
    let ruth = async || {
        let people = rig.books.values::<Person>().await.unwrap();
        people.into_iter().find(|person| person.given == "Ruth")
    };
    let tom = async || {
        let people = rig.books.values::<Person>().await.unwrap();
        people.into_iter().any(|person| person.given == "Tom")
    };
    for who in ["technician", "office"] {
        let actor = rig.signed_in(who).await;
        let plan = actor.upload("/people/import/plan", HEADS).await;
        assert!(plan.page().contains("Tom Sly holds, or would hold, an office"), "{}", plan.text);
        if let Some(carry) = carry(plan.page()) {
            actor.post(&carry, "").await.leads_to();
        }
        assert!(ruth().await.is_some() && !tom().await, "{who}");
    }
    // Nor does a file change, or close, somebody who has such an office already.
    let head = rig.signed_in("headteacher").await;
    let plan = head.upload("/people/import/plan", HEADS).await;
    head.post(&carry(plan.page()).unwrap(), "").await.leads_to();
    assert!(tom().await, "the headteacher may");
    let office = rig.signed_in("office").await;
    for file in
        [HEADS.replace("tsly,,", "tsly,mine@elsewhere.example,"), HEADS.split("s2,").next().unwrap().into()]
    {
        let plan = office.upload("/people/import/plan", &file).await;
        assert!(plan.page().contains("Tom Sly holds") && carry(plan.page()).is_none(), "{}", plan.text);
    }
}

#[tokio::test]
async fn a_file_that_is_no_roster_and_a_form_without_its_token_are_refused() {
    let rig = Rig::new().await;
    let office = rig.signed_in("office").await;
    let odd = office.upload("/people/import/plan", "\u{1}\u{2} not a roster").await;
    assert!(odd.status.is_client_error(), "{}", odd.status);
    let bare = office.send("/people/import/plan", "file=x", &[]).await;
    assert!(bare.status.is_client_error());
}

#[tokio::test]
async fn nobody_changes_the_password_of_somebody_who_may_do_more() {
    let rig = Rig::new().await;
    let office = rig.signed_in("office").await;
    assert_eq!(office.post(&format!("/people/{}/password", id(1)), "").await.status, 403, "the head's");
    assert_eq!(office.post(&format!("/people/{}/account", id(1)), "state=closed&reason=x").await.status, 403);
    assert_eq!(office.post(&format!("/people/{}/roles", id(7)), "roles=headteacher").await.status, 403);
    let issued = office.post(&format!("/people/{}/password", id(7)), "").await;
    let slip = office.get(issued.leads_to()).await;
    assert!(slip.page().contains("teacher"));
    assert!(office.get(issued.leads_to()).await.leads_to().contains("password-shown-before"));
}

#[tokio::test]
async fn acc_16_a_closed_account_is_out_at_once() {
    let rig = Rig::new().await;
    let (office, teacher) = (rig.signed_in("office").await, rig.signed_in("teacher").await);
    teacher.get("/").await.page();
    assert!(
        office
            .post(&format!("/people/{}/account", id(7)), "state=closed&reason=Left")
            .await
            .leads_to()
            .contains("done=account-closed")
    );
    assert!(teacher.get("/").await.leads_to().starts_with("/sign-in"));
    assert!(
        office
            .post(&format!("/people/{}/account", id(7)), "state=open")
            .await
            .leads_to()
            .contains("done=account-opened")
    );
    rig.signed_in("teacher").await.get("/").await.page();
}

#[tokio::test]
async fn acc_16_a_leaving_date_of_today_ends_sign_ins_and_lists_what_has_to_come_back() {
    let rig = Rig::new().await;
    let joan = format!("/people/{}", id(7));
    let technician = rig.signed_in("technician").await;
    for name in ["LAP-07", "LAP-08", "LAP-09"] {
        technician.post("/equipment", &format!("written={name}")).await.leads_to();
    }
    assert_eq!(technician.post("/equipment", "written=LAP-07").await.status, 422, "names are unique");
    assert_eq!(technician.post("/equipment", "written=+").await.status, 422);
    let devices = rig.books.values::<Device>().await.unwrap();
    for device in &devices[..2] {
        technician.post(&format!("{joan}/lend"), &format!("device={}", device.id)).await.leads_to();
    }
    assert!(technician.get(&joan).await.page().contains("LAP-09"), "it can be lent");

    let (office, teacher) = (rig.signed_in("office").await, rig.signed_in("teacher").await);
    teacher.get("/").await.page();
    office.post(&format!("{joan}/leave"), "left=2026-11-25").await.leads_to();
    assert!(rig.books.values::<ReturnList>().await.unwrap().is_empty(), "tomorrow is not today");
    teacher.get("/").await.page();
    office.post(&format!("{joan}/leave"), "left=2026-11-24").await.leads_to();
    assert!(teacher.get("/").await.leads_to().starts_with("/sign-in"), "out at once");
    let browser = rig.browser();
    let token = browser.get("/sign-in").await.token();
    let form = format!("_form={token}&username=teacher&password=wet+otter+lamp+42");
    assert!(browser.send("/sign-in", &form, &[]).await.headers.get("set-cookie").is_none(), "refused");

    let list = rig.books.values::<ReturnList>().await.unwrap().pop().unwrap();
    let index = office.get("/equipment").await;
    let address = format!("/equipment/returns/{}", list.id);
    assert!(index.page().contains(&address) && index.text.contains("2 things not back yet"));
    assert!(office.get("/").await.page().contains("href=\"/equipment\""), "today says so");
    let page = office.get(&address).await;
    assert!(page.page().contains("LAP-07") && page.text.contains("LAP-08") && !page.text.contains("LAP-09"));
    assert_eq!(page.text.matches("Not back yet").count(), 2);
    for device in &devices[..2] {
        let back = format!("/equipment/{}/back", device.id);
        let done = office.post(&back, &format!("then={address}")).await;
        assert_eq!(done.leads_to(), format!("{address}?done=device-back"));
    }
    let page = office.get(&address).await;
    assert!(
        !page.page().contains("Not back yet") && page.text.contains("Olive Desk, 24 November 2026, 10:15")
    );
    assert!(!office.get("/equipment").await.page().contains(&address), "nothing is waiting");
    assert!(office.get("/equipment?state=all").await.page().contains(&address));

    office.post(&format!("{joan}/leave"), "left=").await.leads_to();
    assert!(office.get(&address).await.page().contains("they stay"));
    let journal = rig.journal().await;
    for action in [Action::DeviceSaved, Action::DeviceLent, Action::DeviceReturned] {
        assert!(journal.iter().any(|line| line.action == action), "{action:?}");
    }
    let kind = usher_records::noun::Kind::ReturnList;
    let made = journal.iter().find(|line| line.records.iter().any(|record| record.kind == kind)).unwrap();
    assert_eq!((made.action, made.about), (Action::PersonChanged, Some(Id::new(7))), "one change");
}
