//! Requirement rows that only the whole program can show: a device, the gateway, a teacher, the record.

use std::ops::ControlFlow;
use std::path::Path;

use usher_activity::question::{Activity as _, Question};
use usher_activity::spooled::SpoolActivity;
use usher_demo::school::{DemoSchool, DemoSecret, USUAL_SEED};
use usher_events::event::{Event, System, What};
use usher_policy::verdict::Verdict;
use usher_records::alert::Off;
use usher_types::ids::{Id, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::device::{Desk, Device};
use crate::running::{Card, Running, said, usher_on};

const TEACHER: &str = "teacher.y4";
const PASSWORD: &str = "Kettle-Bridge-26";

/// A child of 4A who has signed, with user name and password.
pub(crate) struct Child {
    pub(crate) id: PersonId,
    pub(crate) given: String,
    username: String,
    password: String,
    pub(crate) device: String,
}

pub(crate) fn child_of_4a(school: &DemoSchool, which: usize) -> Child {
    let class = school.group("4A").unwrap().id;
    let mut known = school.pupils_of(class).filter_map(|pupil| {
        let account = school.account_of(pupil.id)?;
        let secret = account.secret.as_ref().map(DemoSecret::text)?;
        let device = school.address_of(pupil.id)?.to_string();
        let (username, password) = (account.username.to_string(), secret.to_owned());
        (username != "pupil.y4").then_some(Child {
            id: pupil.id,
            given: pupil.given.clone(),
            username,
            password,
            device,
        })
    });
    known.nth(which).unwrap()
}

/// The demonstration, running in a folder of its own.
pub(crate) fn running() -> (tempfile::TempDir, DemoSchool, Running, Card) {
    let (folder, school) = (tempfile::tempdir().unwrap(), DemoSchool::rowan_hill(USUAL_SEED));
    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    (folder, school, demo, card)
}

/// A child at their own device, signed in.
pub(crate) fn at_own_device<'a>(card: &'a Card, child: &Child) -> Device<'a> {
    let device = Device::at(card, &child.device);
    assert_eq!(device.sign_in("ks2", &child.username, &child.password).status, 303);
    device
}

/// Opens a lesson for 4A, until the bell.
pub(crate) fn open_lesson(card: &Card, school: &DemoSchool) {
    let desk = Desk::sign_in(card, TEACHER, PASSWORD);
    let group = school.group("4A").unwrap().id.to_string();
    let page = desk.get("/lessons");
    assert_eq!(page.status, 200, "{}", page.text);
    let until = format!("for:{}", 45);
    let start = format!("/lessons/start/{group}");
    let opened = desk.send(
        &start,
        "/lessons",
        &[("group", &group), ("mode", "normal"), ("until", &until), ("room", "Room 9")],
    );
    assert_eq!(opened.status, 303, "{}", opened.text);
}

fn events(folder: &Path) -> Vec<Event> {
    let ever = Question::all(Id::new(1), Moment::from_unix_ms(i64::MIN), Moment::from_unix_ms(i64::MAX));
    let mut found = Vec::new();
    let activity = SpoolActivity::new(folder.join("data/spool"));
    activity
        .scan(&ever, &mut |event| {
            found.push(event);
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

#[test]
fn acc_03_and_web_12_nothing_opens_without_a_sign_in_and_a_lesson() {
    let (folder, school, demo, card) = running();
    let child = child_of_4a(&school, 3);
    let device = Device::at(&card, &child.device);

    let nobody = device.get("https://encyclopaedia.example/");
    assert!(nobody.status == 403 && nobody.text.contains("Sign in first"), "{nobody:?}");
    assert_eq!(device.sign_in("ks2", &child.username, &child.password).status, 303);
    let early = device.get("https://encyclopaedia.example/");
    assert!(early.status == 403 && early.text.to_lowercase().contains("teacher"), "{early:?}");
    open_lesson(&card, &school);
    let opened = device.get("https://encyclopaedia.example/");
    assert_eq!(opened.status, 200, "{opened:?}");

    assert!(demo.stop().success());
    let adult = school.people.iter().find(|person| {
        school.account_of(person.id).is_some_and(|account| account.username.as_str() == TEACHER)
    });
    let events = events(folder.path());
    let last = events.iter().rev().find_map(|event| match &event.what {
        What::Web(web) if web.decision.verdict == Verdict::Allow && web.outcome.status == 200 => Some(web),
        _ => None,
    });
    let who = &last.unwrap().facts.who;
    assert_eq!(who.subject.person, Some(child.id));
    assert_eq!(who.lesson.unwrap().adult, adult.unwrap().id, "the log names the adult");
}

#[test]
fn web_02_web_06_and_web_32_kinds_of_pages_are_shut_on_every_device() {
    let (_folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let wired = "127.1.1.7";
    let children = [(child_of_4a(&school, 4), None), (child_of_4a(&school, 5), Some(wired))];
    for (child, other) in &children {
        let device = Device::at(&card, other.unwrap_or(&child.device));
        assert_eq!(device.sign_in("ks2", &child.username, &child.password).status, 303);
        for shut in ["https://social.example/", "https://adult-fixture.example/", "https://games.example/"] {
            let page = device.get(shut);
            assert_eq!(page.status, 403, "{shut}: {page:?}");
        }
        for open in ["https://learning.example/", "https://encyclopaedia.example/"] {
            assert_eq!(device.get(open).status, 200, "{open}");
        }
    }
    assert!(demo.stop().success());
}

#[test]
fn web_07_programs_and_malware_are_stopped_whatever_they_are_called() {
    let (folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let child = child_of_4a(&school, 4);
    let device = at_own_device(&card, &child);
    for shut in ["setup.exe", "photo.jpg", "homework.zip", "eicar.com", "eicar.zip"] {
        let page = device.get(&format!("https://learning.example/{shut}"));
        assert_eq!(page.status, 403, "{shut}: {page:?}");
    }
    for open in ["notes.zip", "list.txt"] {
        assert_eq!(device.get(&format!("https://learning.example/{open}")).status, 200, "{open}");
    }
    assert!(demo.stop().success());
    let reasons: Vec<String> = events(folder.path())
        .iter()
        .filter_map(|event| match &event.what {
            What::Web(web) if web.facts.address.host.to_string() == "learning.example" => {
                Some(format!("{:?}", web.decision.reason))
            }
            _ => None,
        })
        .collect();
    let stopped = |reason: &str| reasons.iter().filter(|seen| seen.starts_with(reason)).count();
    assert_eq!((stopped("Carries"), stopped("Malware")), (4, 1), "{reasons:?}");
}

#[test]
fn web_26_and_web_05_private_things_stay_in_and_the_schools_own_services_get_them() {
    let (_folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let child = child_of_4a(&school, 4);
    let device = at_own_device(&card, &child);
    let other = school.people.iter().find(|person| person.kind == PersonKind::Pupil && person.id != child.id);
    let name = other.map(|person| format!("{} {}", person.given, person.family)).unwrap();
    let about = format!("My friend is called {name} and the number is 01632 960 123.");
    let held = device.post("https://encyclopaedia.example/", &[("text", &about)]);
    assert!(held.status == 403 && held.text.contains("We did not send this"), "{held:?}");
    let event = held.text.split("name=\"event\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let event = event.unwrap().to_owned();
    let held = device.post("https://encyclopaedia.example/", &[("number", "4111 1111 1111 1111")]);
    assert_eq!(held.status, 403, "{held:?}");
    let passed = device.post("https://learning.example/answers", &[("answer", &about)]);
    assert_eq!(passed.status, 303, "{passed:?}");
    let harmless = device.post("https://encyclopaedia.example/", &[("text", "Otters eat fish.")]);
    assert_ne!(harmless.status, 403, "{harmless:?}");
    assert!(demo.stop().success());
    let explained = said(&usher_on(&card.config, &["explain", "--event", &event]));
    assert!(explained.contains("about to send: somebody’s full name and a phone number"), "{explained}");
    assert!(explained.contains(&format!("Whose it is: {name}")), "{explained}");
    assert!(!explained.contains("01632"), "never the body: {explained}");
}

#[test]
fn web_03_and_web_04_nobody_gambles_and_pupils_shop_only_where_somebody_approved_it() {
    let (_folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let child = child_of_4a(&school, 4);
    let (pupil, teacher) = (Device::at(&card, &child.device), Device::at(&card, "127.1.1.8"));
    assert_eq!(pupil.sign_in("ks2", &child.username, &child.password).status, 303);
    assert_eq!(teacher.sign_in("adult", TEACHER, PASSWORD).status, 303);
    for device in [&pupil, &teacher] {
        assert_eq!(device.get("https://gambling.example/").status, 403);
        assert_eq!(device.get("http://auction.example/").status, 403);
    }
    assert_eq!(pupil.get("https://shop.example/").status, 403);
    let desk = Desk::sign_in(&card, "head", PASSWORD);
    let reason = "Maths project: prices";
    for (effect, category) in [("add", "school-services"), ("remove", "shopping")] {
        let edit = [
            ("address", "shop.example"),
            ("effect", effect),
            ("category", category),
            ("reason", reason),
            ("review", "2027-07-01"),
        ];
        let sent = desk.send("/lists/edits", "/lists/edits", &edit);
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    let mut tries = (0..50).map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        pupil.get("https://shop.example/").status
    });
    assert!(tries.any(|status| status == 200), "it opens within seconds");
    let register = desk.get("/lists/edits").text;
    assert!(register.contains(reason) && register.contains("shop.example"), "{register}");
    assert!(demo.stop().success());
}

#[test]
fn mon_01_each_request_is_a_line_with_its_person_device_and_class_or_says_that_nobody_is_known() {
    let (folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let class = school.group("4A").unwrap();
    let child = child_of_4a(&school, 7);
    let teacher = school.people.iter().find(|person| {
        person.kind == PersonKind::Staff
            && school.account_of(person.id).is_some_and(|account| account.username.as_str() == TEACHER)
    });
    let teacher = teacher.unwrap();
    let address = school.address_of(teacher.id).unwrap().to_string();
    let device = Device::at(&card, &address);
    assert_eq!(device.sign_in("adult", TEACHER, PASSWORD).status, 303);
    let sites = ["encyclopaedia.example", "museum.example", "weather.example"];
    // A computer that stands in a room; a laptop stands in none.
    let wired = "127.1.1.7".to_owned();
    let pc = Device::at(&card, &wired);
    assert_eq!(pc.sign_in("ks2", &child.username, &child.password).status, 303);
    for site in sites {
        assert_eq!(device.get(&format!("https://{site}/")).status, 200, "{site}");
        assert_eq!(pc.get(&format!("https://{site}/")).status, 200, "{site}");
    }
    let unknown = "127.1.1.8";
    assert_eq!(Device::at(&card, unknown).get("http://museum.example/").status, 403);
    assert!(demo.stop().success());

    let events = events(folder.path());
    let at = |site: &str, address: &str| -> Vec<&Event> {
        let fits = |event: &&Event| match &event.what {
            What::Web(web) => {
                web.facts.address.host.to_string() == site
                    && web.facts.who.device.address.to_string() == address
            }
            _ => false,
        };
        events.iter().filter(fits).collect()
    };
    for site in sites {
        for (person, address) in [(teacher.id, &address), (child.id, &wired)] {
            let lines = at(site, address);
            assert_eq!(lines.len(), 1, "{site} {address}");
            assert_eq!(lines[0].person(), Some(person));
            let What::Web(web) = &lines[0].what else { panic!("{:?}", lines[0]) };
            let device = &web.facts.who.device;
            assert!(device.device.is_some() && device.name.is_some(), "{device:?}");
            assert_eq!(device.room.is_some(), address == &wired, "{device:?}");
            assert!(web.facts.who.subject.groups.contains(&class.id), "{:?}", web.facts.who.subject);
            assert_eq!(web.decision.verdict, Verdict::Allow);
            assert!(web.outcome.title.as_ref().is_some_and(|title| !title.is_empty()), "{:?}", web.outcome);
        }
    }
    let nobodys = at("museum.example", unknown);
    assert_eq!(nobodys.len(), 1, "{nobodys:?}");
    let What::Web(web) = &nobodys[0].what else { panic!("{nobodys:?}") };
    assert_eq!((nobodys[0].person(), web.facts.who.subject.is_somebody()), (None, false));
    assert!(web.facts.who.device.device.is_some() && web.decision.is_refusal());
}

#[test]
fn web_24_addresses_in_numbers_and_tunnels_around_names_are_refused_and_recorded() {
    let (folder, school, demo, card) = running();
    open_lesson(&card, &school);
    let child = child_of_4a(&school, 6);
    let device = at_own_device(&card, &child);
    let tricks = [
        "http://192.0.2.8/",
        "http://3221225992/",
        "http://0xC0000208/",
        "http://0300.0.02.010/",
        "http://[::ffff:192.0.2.8]/",
        "https://192.0.2.8/",
        "http://127.0.0.1/",
        "http://localhost/",
        "https://vpn.example/",
        "https://proxy.example/",
    ];
    for trick in tricks {
        let page = device.get(trick);
        assert!(matches!(page.status, 403 | 502), "{trick}: {page:?}");
        assert!(!page.text.contains("Index of"), "{trick}");
    }
    assert!(demo.stop().success());
    let refused = events(folder.path())
        .iter()
        .filter(|event| {
            event.person() == Some(child.id) && event.decision().is_some_and(|decision| decision.is_refusal())
        })
        .count();
    assert!(refused >= tricks.len(), "{refused} refusals of {} tricks", tricks.len());
}

/// Mails that went out and say this.
fn mails(folder: &Path, words: &str) -> usize {
    let mails = std::fs::read_dir(folder.join("data/mail")).into_iter().flatten().flatten();
    let mails = mails.map(|mail| mail.path()).filter(|mail| mail.extension().is_some_and(|end| end == "eml"));
    mails.filter(|mail| std::fs::read_to_string(mail).unwrap().contains(words)).count()
}

#[test]
fn web_01_when_the_filter_stops_nothing_is_reached_and_technician_and_head_are_told() {
    let (folder, school) = (tempfile::tempdir().unwrap(), DemoSchool::rowan_hill(USUAL_SEED));
    let teacher = school.people.iter().find(|person| {
        school.account_of(person.id).is_some_and(|account| account.username.as_str() == TEACHER)
    });
    let address = school.address_of(teacher.unwrap().id).unwrap().to_string();
    let site = "https://encyclopaedia.example/";
    let told = "the web filter stopped";

    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    let device = Device::at(&card, &address);
    assert_eq!(device.sign_in("adult", TEACHER, PASSWORD).status, 303);
    assert_eq!(device.get(site).status, 200);
    let heartbeat = folder.path().join("data/heartbeat.json");
    demo.until("its sign of life", folder.path(), || heartbeat.exists().then_some(()));
    demo.kill();
    for url in [site, "http://encyclopaedia.example/", "http://usher.internal/"] {
        let page = device.get(url);
        assert!(page.status == 0 && page.text.is_empty(), "{url}: {page:?}");
    }
    assert_eq!(mails(folder.path(), told), 0);

    let mut again = Running::demo(folder.path(), &[]);
    let card = again.card(folder.path());
    assert_eq!(Device::at(&card, &address).get(site).status, 200, "it is back");
    again.until("the alert's mails", folder.path(), || (mails(folder.path(), told) >= 2).then_some(()));
    let desk = Desk::sign_in(&card, "technician", PASSWORD);
    let alerts = desk.get("/alerts");
    assert!(alerts.text.contains("The web filter stopped"), "{}", alerts.text);
    let mut links = alerts.text.split("href=\"");
    let path = links.find(|link| link.starts_with("/alerts/") && !link.starts_with("/alerts/accuracy"));
    let alert = desk.get(path.unwrap().split('"').next().unwrap());
    assert!(alert.text.contains("stopped without being asked"), "{}", alert.text);

    // A stop in order that is short is nobody's concern, and both stops are on the record.
    let before = mails(folder.path(), told);
    assert!(again.stop().success());
    let mut third = Running::demo(folder.path(), &[]);
    let card = third.card(folder.path());
    assert!(
        Desk::sign_in(&card, "technician", PASSWORD).get("/alerts").text.contains("The web filter stopped")
    );
    assert!(third.stop().success());
    assert_eq!(mails(folder.path(), told), before);
    let events = events(folder.path());
    let of = |wanted: fn(&System) -> bool| {
        events.iter().filter(|event| matches!(&event.what, What::System(system) if wanted(system))).count()
    };
    assert_eq!(of(|system| matches!(system, System::FilterOff { why: Off::Crashed, .. })), 1);
    assert_eq!(of(|system| matches!(system, System::FilterOff { .. })), 1);
    assert_eq!(of(|system| matches!(system, System::Stopped)), 2);
}
