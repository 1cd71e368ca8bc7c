//! Permissions from outside: asked for, decided by whoever may, in force, over; each matter as its row asks.

use usher_policy::decide::decide_web;
use usher_policy::facts::LessonFacts;
use usher_policy::verdict::Verdict;
use usher_records::lesson::Mode;
use usher_records::permission::matter::Matter;
use usher_records::permission::{Permission, State};
use usher_records::settings::Settings;
use usher_testkit::facts;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;

use crate::rig::{ADA, CLASS, Rig, id, now};

const SCRATCH: &str = "what=Scratch&machine=PC-14&licence=MIT&reason=Coding+club+on+Tuesdays";

async fn last(rig: &Rig) -> Permission {
    rig.books.values::<Permission>().await.unwrap().into_iter().max_by_key(|one| one.id).unwrap()
}

/// Asks, and gives the permission's address.
async fn ask(rig: &Rig, username: &str, matter: &str, form: &str) -> String {
    let browser = rig.signed_in(username).await;
    let answer = browser.post(&format!("/permissions/new/{matter}"), form).await;
    answer.leads_to().split('?').next().unwrap().to_owned()
}

/// Says yes or no, and gives what was said to whoever said it.
async fn decide(rig: &Rig, username: &str, address: &str, form: &str) -> String {
    let browser = rig.signed_in(username).await;
    let answer = browser.post(&format!("{address}/decide"), form).await;
    answer.leads_to().split("done=").nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn prm_01_the_technician_approves_scratch_and_the_register_has_its_licence_and_the_refused_one() {
    let rig = Rig::new().await;
    let scratch = ask(&rig, "teacher", "install", SCRATCH).await;
    let other = ask(&rig, "teacher", "install", &SCRATCH.replace("Scratch", "Roblox+Studio")).await;
    let technician = rig.signed_in("technician").await;
    let today = technician.get("/").await;
    assert!(today.page().contains("2 people ask for permission") && today.page().contains("Scratch"));
    let page = technician.get(&scratch).await;
    assert!(page.page().contains("Coding club on Tuesdays") && page.page().contains("Say yes"));
    // Who asked cannot say yes, and neither can whoever does not decide on it.
    for (username, refused) in [("teacher", "permission-not-yours"), ("headteacher", "permission-not-yours")]
    {
        assert_eq!(decide(&rig, username, &scratch, "answer=yes").await, refused, "{username}");
    }
    assert_eq!(decide(&rig, "technician", &scratch, "answer=yes&words=On+PC-14").await, "permission-given");
    assert_eq!(
        decide(&rig, "technician", &other, "answer=no&words=Not+for+this+age").await,
        "permission-refused"
    );
    let register = technician.get("/permissions?matter=install&state=all").await;
    for kept in ["Scratch", "MIT", "PC-14", "In force", "Roblox Studio", "Refused"] {
        assert!(register.page().contains(kept), "{kept}: {}", register.text);
    }
    let teacher = rig.signed_in("teacher").await;
    let today = teacher.get("/").await;
    assert!(
        today.page().contains("On PC-14") && today.page().contains("Not for this age"),
        "an answer in words"
    );
    let mails = rig.books.store().take_mails(Id::new(1), now(), now().plus_minutes(5), 10).await.unwrap();
    assert!(mails.iter().any(|one| one.mail.text.contains("On PC-14") && one.mail.text.contains(&scratch)));
    assert_eq!(decide(&rig, "technician", &scratch, "answer=no").await, "permission-too-late");
}

#[tokio::test]
async fn prm_02_prm_03_leave_until_a_day_ends_by_itself_and_what_is_missing_is_said_and_kept() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    for matter in ["configuration", "connect"] {
        let form = "what=A+memory+stick&machine=PC-14&reason=Slides+of+a+visitor&until=2026-11-24";
        let address = ask(&rig, "teacher", matter, form).await;
        assert_eq!(decide(&rig, "computing", &address, "answer=yes").await, "permission-given");
        let given = last(&rig).await;
        assert_eq!(given.state(now().plus_minutes(60), None), State::Open);
        assert_eq!(given.state(now().plus_minutes(24 * 60), None), State::Over);
        let none =
            teacher.post(&format!("/permissions/new/{matter}"), "what=A+stick&machine=&reason=Slides").await;
        assert_eq!(none.status, 422);
        assert!(
            none.text.contains("href=\"#machine\"") && none.text.contains("value=\"A stick\""),
            "{}",
            none.text
        );
        let late = teacher
            .post(&format!("/permissions/new/{matter}"), &form.replace("2026-11-24", "2028-11-24"))
            .await;
        assert!(late.status == 422 && late.text.contains("days at most"), "{}", late.text);
    }
}

#[tokio::test]
async fn prm_04_only_head_or_chair_lets_data_leave_and_never_without_protected_how() {
    let rig = Rig::new().await;
    let form =
        "data=Reading+ages+of+4A&carrier=Laptop+7&protected=Encrypted+disk&until=2026-11-30&reason=Reports";
    let teacher = rig.signed_in("teacher").await;
    let without = form.replace("Encrypted+disk", "");
    let refused = teacher.post("/permissions/new/data-off-site", &without).await;
    assert!(refused.status == 422 && refused.text.contains("href=\"#protected\""), "{}", refused.text);
    let address = ask(&rig, "teacher", "data-off-site", form).await;
    for username in ["computing", "technician", "office", "businessmanager"] {
        let answer = rig.signed_in(username).await.get(&address).await;
        assert_eq!(answer.status, 404, "{username}");
    }
    assert_eq!(decide(&rig, "chair", &address, "answer=yes").await, "permission-given");
    let own = ask(&rig, "headteacher", "data-off-site", form).await;
    assert_eq!(decide(&rig, "headteacher", &own, "answer=yes").await, "permission-not-yours");
    let page = rig.signed_in("headteacher").await.get(&own).await;
    assert!(page.page().contains("Gov Chair"), "whoever else may is named: {}", page.text);
}

#[tokio::test]
async fn prm_05_prm_06_file_space_shows_quota_and_use_and_material_its_owner_and_their_day() {
    let rig = Rig::new().await;
    let space =
        ask(&rig, "teacher", "file-space", "used=9+GB&quota=10+GB&wanted=20+GB&reason=Films+of+plays").await;
    let page = rig.signed_in("technician").await.get(&space).await;
    for shown in ["9 GB", "10 GB", "20 GB"] {
        assert!(page.page().contains(shown), "{shown}");
    }
    let form = "what=Planets+worksheets&owner=Hester+Hale&owner-agreed=2026-11-20&reason=For+my+class";
    let material = ask(&rig, "teacher", "material", form).await;
    let page = rig.signed_in("headteacher").await.get(&material).await;
    assert!(page.page().contains("Hester Hale") && page.page().contains("2026-11-20"));
    let teacher = rig.signed_in("teacher").await;
    let ownerless = teacher.post("/permissions/new/material", &form.replace("Hester+Hale", "")).await;
    assert_eq!(ownerless.status, 422);
}

#[tokio::test]
async fn prm_07_a_private_use_is_shown_to_all_staff_once_the_head_or_governors_allow_it() {
    let rig = Rig::new().await;
    let form = "what=Personal+banking&category=finance-and-banking&periods=lunch&reason=Reasonable+at+lunch&until=2027-07-20";
    let address = ask(&rig, "businessmanager", "private-use", form).await;
    let list = "/permissions?matter=private-use&state=open";
    let supply = rig.signed_in("supply").await;
    assert!(!supply.get(list).await.page().contains("Personal banking"));
    let lead = rig.signed_in("computing").await;
    assert_eq!(lead.post(&format!("{address}/decide"), "answer=yes").await.status, 404, "not theirs to see");
    assert_eq!(decide(&rig, "chair", &address, "answer=yes").await, "permission-given");
    let page = supply.get(list).await;
    assert!(page.page().contains("Personal banking") && page.page().contains("at lunch"), "{}", page.text);
}

fn verdict(rig: &Rig, child: u64, class: u64, at: Moment) -> Verdict {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(child));
    subject.groups = vec![Id::new(class)];
    let mut who = facts::at_device(subject);
    who.lesson = Some(LessonFacts {
        lesson: Id::new(8),
        group: Id::new(class),
        adult: Id::new(7),
        mode: Mode::Normal,
        ends_at: at.plus_minutes(30),
    });
    let snapshot = rig.app.snapshot.load_full().unwrap();
    decide_web(&snapshot, &facts::get(who, "https://games.example/chess"), at).verdict
}

const PROJECT: &str = "what=Chess+with+another+school&pages=https%3A%2F%2Fgames.example%2Fchess&opens=sign-up\
                       &reason=Chess+club&until=2026-11-27";

#[tokio::test]
async fn prm_08_a_project_opens_for_its_class_until_friday_once_somebody_else_says_yes() {
    let rig = Rig::new().await;
    let class = Id::<usher_types::ids::Group>::new(CLASS);
    let address = ask(&rig, "teacher", "project", &format!("{PROJECT}&whom=class:{class}")).await;
    let friday = Zone::london().parse("2026-11-27T14:00").unwrap();
    assert_ne!(verdict(&rig, ADA, CLASS, friday), Verdict::Allow, "asking opens nothing");
    let lead = rig.signed_in("computing").await;
    assert!(lead.get(&address).await.page().contains("games.example/chess"), "what it would open is shown");
    assert_eq!(decide(&rig, "computing", &address, "answer=yes&words=Have+fun").await, "permission-given");
    assert_eq!(verdict(&rig, ADA, CLASS, friday), Verdict::Allow);
    assert_ne!(verdict(&rig, ADA, CLASS + 1, friday), Verdict::Allow, "another class");
    let saturday = Zone::london().parse("2026-11-28T10:15").unwrap();
    assert_ne!(verdict(&rig, ADA, CLASS, saturday), Verdict::Allow, "Saturday");
    let ended = lead.post(&format!("{address}/end"), "why=The+other+school+cannot").await;
    assert!(ended.leads_to().ends_with("permission-ended"));
    assert_ne!(verdict(&rig, ADA, CLASS, friday), Verdict::Allow, "ended early");
    let nobody = rig.signed_in("teacher").await.post("/permissions/new/project", PROJECT).await;
    assert!(nobody.status == 422 && nobody.text.contains("href=\"#whom\""), "{}", nobody.text);
    let lines = format!("%2Fchess{}", "%0Aa.example".repeat(10));
    let many = format!("{PROJECT}&whom=class:{class}").replace("%2Fchess", &lines);
    let many = rig.signed_in("teacher").await.post("/permissions/new/project", &many).await;
    assert!(many.status == 422 && many.text.contains("href=\"#pages\""), "{}", many.text);
    let film = format!("{PROJECT}&whom=class:{class}").replace("%2Fchess", "%2Fwatch%3Fv%3D1");
    let film = rig.signed_in("teacher").await.post("/permissions/new/project", &film).await;
    assert!(film.status == 422 && film.text.contains("href=\"#pages\""), "{}", film.text);
    let long = format!("{PROJECT}&whom=class:{class}&what={}", "x".repeat(1_001))
        .replace("what=Chess+with+another+school&", "");
    let long = rig.signed_in("teacher").await.post("/permissions/new/project", &long).await;
    assert!(long.status == 422 && long.text.contains("href=\"#what\""), "{}", long.text);
    let meeting = format!("{PROJECT}&opens=meeting&pupils={}", id(ADA));
    let alone = rig.signed_in("teacher").await.post("/permissions/new/project", &meeting).await;
    assert!(alone.status == 422 && alone.text.contains("href=\"#adult\""), "{}", alone.text);
}

#[tokio::test]
async fn prm_10_what_is_grave_takes_two_people_of_two_offices_and_opens_with_the_second() {
    let rig = Rig::new().await;
    let form = "whom=kind:pupil&pages=adult.example&reason=Listed+by+mistake&until=2026-12-18";
    let address = ask(&rig, "teacher", "exception", form).await;
    let mine = rig.signed_in("teacher").await.get(&address).await;
    assert!(!mine.page().contains("What it would open"), "what lists know is for those who decide");
    let lead = rig.signed_in("computing").await;
    let page = lead.get(&address).await;
    assert!(page.page().contains("This takes two people") && page.page().contains("It breaks a promise"));
    assert_eq!(decide(&rig, "computing", &address, "answer=yes").await, "permission-agreed");
    assert!(last(&rig).await.grants().is_empty());
    assert_eq!(decide(&rig, "computing", &address, "answer=yes").await, "permission-not-yours");
    assert_eq!(decide(&rig, "headteacher", &address, "answer=yes").await, "permission-given");
    assert_eq!(last(&rig).await.grants().len(), 1);
    let list = lead.get("/permissions?matter=exception&state=open").await;
    assert!(list.page().contains("adult.example") && list.page().contains("18 December 2026"));
    let grant = last(&rig).await.grants()[0];
    lead.post(&format!("/grants/{grant}/end"), "").await.leads_to();
    let list = lead.get("/permissions?matter=exception&state=open").await;
    assert!(!list.page().contains("adult.example"), "nothing of it is open any more");
}

#[tokio::test]
async fn what_nobody_could_decide_is_said_at_once() {
    let rig = Rig::of("numbered", |settings: &mut Settings| {
        let rule = usher_records::permission::rules::MatterRule {
            name: Matter::Install,
            deciders: vec![Role::Technician],
            longest_days: None,
            two_people: true,
        };
        settings.permissions.matters.push(rule);
    })
    .await;
    let own = rig.signed_in("technician").await.post("/permissions/new/install", SCRATCH).await;
    assert!(own.status == 422 && own.text.contains("Nobody at this school can decide"), "{}", own.text);
    // And where a second is asked for that is not there.
    let address = ask(&rig, "teacher", "install", SCRATCH).await;
    let first = rig.signed_in("technician").await.post(&format!("{address}/decide"), "answer=yes").await;
    assert!(first.status == 422 && first.text.contains("Nobody at this school can decide"), "{}", first.text);
}

#[tokio::test]
async fn every_matter_has_its_form_and_what_a_school_rules_holds() {
    let rig = Rig::of("numbered", |settings: &mut Settings| {
        let rule = usher_records::permission::rules::MatterRule {
            name: Matter::Install,
            deciders: vec![Role::BusinessManager, Role::Headteacher],
            longest_days: None,
            two_people: true,
        };
        settings.permissions.matters.push(rule);
    })
    .await;
    let teacher = rig.signed_in("teacher").await;
    for matter in Matter::all() {
        let form = teacher.get(&format!("/permissions/new/{}", matter.name())).await;
        assert_eq!(form.status == 200, !matter.is_quick(), "{}", matter.name());
        if !matter.is_quick() {
            form.page();
        }
    }
    assert!(teacher.get("/permissions/new").await.page().contains("/permissions/new/phone-mail"));
    let address = ask(&rig, "teacher", "install", SCRATCH).await;
    assert_eq!(rig.signed_in("technician").await.get(&address).await.status, 404);
    assert_eq!(decide(&rig, "businessmanager", &address, "answer=yes").await, "permission-agreed");
    assert_eq!(decide(&rig, "headteacher", &address, "answer=yes").await, "permission-given");
    let back = ask(&rig, "teacher", "install", SCRATCH).await;
    let wordless = teacher.post(&format!("{back}/end"), "why=").await;
    assert_eq!(wordless.status, 422);
    let taken = teacher.post(&format!("{back}/end"), "why=Found+another+way").await;
    assert!(taken.leads_to().ends_with("permission-ended"));
    assert!(
        teacher.get("/permissions?q=nothing+like+it&state=all").await.page().contains("No permission fits")
    );
}
