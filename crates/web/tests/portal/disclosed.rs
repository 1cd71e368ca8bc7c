//! "Someone knows my password", and what a new password does to whoever knew the old one.

use usher_events::event::What as Happened;
use usher_policy::decision::Reason;
use usher_records::account::{Account, AccountNoun};
use usher_records::change::{Action, Actor};
use usher_records::disclosure::Disclosure;
use usher_records::told::{Told, What};
use usher_scan::features::{Place, Search, ThemeHit};
use usher_scan::theme::Theme;
use usher_testkit::{events, facts};
use usher_types::ids::Id;
use usher_types::moment::Zone;
use usher_types::role::Reader;
use usher_web::live::Note;

use crate::device::{OTTERS, device};
use crate::rig::{ADA, CLASS, Rig, id};

async fn must_change(rig: &Rig, person: u64) -> bool {
    let account = Id::<AccountNoun>::new(50_000 + person);
    rig.books.get::<Account, _>(account).await.unwrap().unwrap().value.must_change
}

#[tokio::test]
async fn acc_08_someone_knows_my_password_ends_every_sign_in_and_is_told_at_once() {
    let rig = Rig::unasked().await;
    let pc = device(&rig, 1);
    let desk = rig.signed_in("teacher").await;
    pc.sign_in("teacher").await.leads_to();
    let mut live = rig.app.live.listen();
    let pressed = pc.fill("/password", "/password/known", "").await;
    assert_eq!(pressed.leads_to(), "/?done=password-known");
    assert_eq!(pc.decision(OTTERS).reason, Reason::SignIn);
    assert!(desk.get("/").await.leads_to().starts_with("/sign-in"), "at the desk too");

    let told = rig.books.values::<Told>().await.unwrap().pop().unwrap();
    assert_eq!((told.what, told.person, told.group), (What::PasswordKnown, Id::new(7), None));
    assert!(matches!(live.try_recv(), Ok(Note::Told(note)) if note.id == told.id));
    let journal = rig.journal().await;
    let line = journal.iter().find(|line| line.action == Action::PasswordDisclosed).unwrap();
    assert_eq!((&line.actor, line.about), (&Actor::Person(Id::new(7)), Some(Id::new(7))));
    let item = [("name", "Joan Price".into())];
    let item = rig.app.words.say(Reader::Adult, "today-password-known", &item);
    for (username, hears) in [("technician", true), ("computing", true), ("support", false)] {
        let today = rig.signed_in(username).await.get("/").await;
        assert_eq!(today.page().contains(&item), hears, "{username}");
    }
    assert_eq!(pc.sign_in("teacher").await.leads_to(), "/password", "the next sign-in sets a new one");
    let new = "current=wet+otter+lamp+42&new=seven+tin+badgers";
    assert_eq!(pc.fill("/password", "/password", new).await.leads_to(), "/?done=password");
    assert!(!must_change(&rig, 7).await);
}

#[tokio::test]
async fn acc_08_a_childs_teacher_hears_of_it_and_whoever_has_no_password_has_no_button() {
    let rig = Rig::new().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert!(pc.get("/password").await.page().contains(&pc.says(Reader::Ks2, "password-known-send")));
    pc.fill("/password", "/password/known", "").await.leads_to();
    assert!(must_change(&rig, ADA).await);
    let told = rig.books.values::<Told>().await.unwrap().pop().unwrap();
    assert_eq!(told.group, Some(Id::new(CLASS)));
    assert!(rig.signed_in("teacher").await.get("/").await.page().contains("password of Ada Bell"));
    assert_eq!(pc.fill("/sign-in", "/password/known", "").await.leads_to(), "/", "nobody has no password");
}

#[tokio::test]
async fn a_new_password_ends_every_other_sign_in_and_that_device_says_why() {
    let rig = Rig::of("numbered", |school| {
        school.sign_in.second_device = usher_records::settings::SecondDevice::Allow;
    });
    let rig = rig.await;
    let (here, there) = (device(&rig, 1), device(&rig, 2));
    let desk = rig.signed_in("teacher").await;
    here.sign_in("teacher").await.leads_to();
    there.sign_in("teacher").await.leads_to();
    let new = "current=wet+otter+lamp+42&new=seven+tin+badgers";
    here.fill("/password", "/password", new).await.leads_to();
    assert!(here.who().subject.is_somebody() && !there.who().subject.is_somebody());
    assert!(desk.get("/").await.leads_to().starts_with("/sign-in"));
    assert!(there.get("/").await.page().contains(&there.says(Reader::Ks2, "ended-account")));
}

/// Ada looks for something grave at this time.
fn ada_searches(rig: &Rig, number: u64, at: &str) {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut asked =
        facts::get(facts::at_device(subject), &format!("https://www.kiddle.co/s.php?q=at-{number}"));
    let (engine, words) = ("Kiddle".into(), format!("words {number}"));
    asked.features.search = Some(Search { engine, words });
    let (phrase, place) = (format!("phrase {number}"), Place::Search);
    asked.features.themes = vec![ThemeHit { theme: Theme::SelfHarm, severity: 5, phrase, place }];
    let event = events::web(number, &snapshot, asked, Zone::london().parse(at).unwrap());
    assert!(matches!(event.what, Happened::Web(_)));
    rig.recorded.0.lock().unwrap().push(event);
}

#[tokio::test]
async fn acc_06_lines_after_the_time_named_carry_the_mark_until_the_password_is_reset() {
    let rig = Rig::new().await;
    rig.open_lesson();
    let clock = |at: &str| rig.clock.set(Zone::london().parse(at).unwrap());
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    clock("2026-11-24T10:22");
    for odd in ["2026-11-24T10:23", "when+I+was+out"] {
        let refused = pc.fill("/password", "/password/known", &format!("since={odd}")).await;
        assert_eq!(refused.status, 422, "{odd}");
    }
    pc.fill("/password", "/password/known", "since=2026-11-24T10%3A20").await.leads_to();
    clock("2026-11-24T10:30");
    pc.sign_in("ada").await.leads_to();
    let new = "current=wet+otter+lamp+42&new=seven+tin+badgers";
    pc.fill("/password", "/password", new).await.leads_to();
    for (number, at) in [(1, "10:19"), (2, "10:20"), (3, "10:29"), (4, "10:31")] {
        ada_searches(&rig, 900 + number, &format!("2026-11-24T{at}"));
    }

    clock("2026-11-24T10:40");
    let mark = rig.app.words.say(Reader::Adult, "report-password-known", &[]);
    let head = rig.signed_in("headteacher").await;
    let address = format!("/people/{}/activity", id(ADA));
    head.post(&address, "reason=Her+mother+asked").await.leads_to();
    let (csv, page) = (head.get(&format!("{address}.csv")).await, head.get(&address).await);
    let lines: Vec<bool> = csv.text.lines().skip(1).map(|line| line.contains(&mark)).collect();
    assert_eq!(lines, [false, true, true, false], "{}", csv.text);
    let rows = page.page().split("<li class").skip(1).map(|row| row.contains(&mark));
    assert_eq!(rows.collect::<Vec<_>>(), lines, "the page says what the table says");
    let preview = head.get("/reports/preview").await;
    let rows: Vec<&str> = preview.page().split("<tr>").filter(|row| row.contains("at-90")).collect();
    let marked: Vec<bool> = ["at-901", "at-902", "at-903", "at-904"]
        .map(|which| rows.iter().find(|row| row.contains(which)).unwrap().contains(&mark))
        .to_vec();
    assert_eq!(marked, lines, "and so does the weekly report");

    let kept = rig.books.values::<Disclosure>().await.unwrap().pop().unwrap();
    let at = |time: &str| Zone::london().parse(&format!("2026-11-24T{time}")).unwrap();
    assert_eq!((kept.since, kept.told_at, kept.reset_at), (at("10:20"), at("10:22"), Some(at("10:30"))));
    let journal = rig.journal().await;
    let tells = |action, kind| {
        let has = |line: &&usher_records::change::JournalLine| line.action == action;
        journal.iter().filter(has).any(|line| line.records.iter().any(|record| record.kind == kind))
    };
    let kind = usher_records::noun::Kind::Disclosure;
    assert!(tells(Action::PasswordDisclosed, kind) && tells(Action::PasswordSet, kind), "both ends");
}

#[tokio::test]
async fn acc_06_a_password_the_office_makes_ends_it_too() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    pc.fill("/password", "/password/known", "").await.leads_to();
    rig.clock.set(rig.app.now().plus_minutes(5));
    let office = rig.signed_in("office").await;
    office.post(&format!("/people/{}/password", id(7)), "").await.leads_to();
    let kept = rig.books.values::<Disclosure>().await.unwrap().pop().unwrap();
    assert_eq!(kept.reset_at, Some(rig.app.now()));
}
