//! Accounts at devices: one person, one place, one sign-in, and what becomes of it.

use axum::http::StatusCode;
use usher_events::event::{System, What};
use usher_policy::decision::Reason;
use usher_policy::verdict::Verdict;
use usher_records::account::{Account, Hashed};
use usher_records::noun::{Kind, Noun as _};
use usher_records::person::{self, Person};
use usher_records::session::KnownBy;
use usher_records::settings::{SecondDevice, Settings};
use usher_testkit::school::{group, pupil};
use usher_types::ids::Id;
use usher_types::role::{Reader, Year};

use crate::device::{OTTERS, device};
use crate::rig::{ADA, Answer, PASSWORD, Rig, id, now};

/// A form that was not taken, and why.
fn refused(answer: &Answer, words: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(answer.text.contains(words), "{words}: {}", answer.text);
}

#[tokio::test]
async fn acc_02_a_shared_sign_in_names_the_year_the_device_and_the_class_and_no_child() {
    let year = Year::new(2).unwrap();
    let share = |settings: &mut Settings| {
        settings.sign_in.shared_years = vec![year];
        settings.sign_in.picture_years.retain(|other| *other != year);
    };
    let rig = Rig::of("numbered", share).await;
    rig.add(&group(21, "2B", 2)).await;
    rig.add(&pupil(211, "Mo Reed", 2, 21)).await;
    let hash = rig.hash("class otter").await;
    rig.account("year2", None, Some(year), Hashed::Password(hash)).await;
    rig.name_device(14, "PC-14", "Library");
    let pc = device(&rig, 14);
    let class = format!("/classes/{}", id(21));
    assert!(pc.get("/classes").await.page().contains(&format!("href=\"{class}\"")));
    assert_eq!(pc.fill(&class, &class, "password=class+otter").await.leads_to(), "/?done=signed-in");

    let event = pc.visit(900, OTTERS);
    assert_eq!(event.person(), None);
    let What::Web(web) = &event.what else { panic!("{event:?}") };
    let who = &web.facts.who;
    assert_eq!((who.subject.known_by, who.subject.year), (Some(KnownBy::SharedAccount), Some(year)));
    assert_eq!(who.subject.groups, [Id::new(21)]);
    assert_eq!((who.device.name.as_deref(), who.device.room.as_deref()), (Some("PC-14"), Some("Library")));
    let line = serde_json::to_string(&event.what).unwrap();
    assert!(!line.contains("Mo") && !line.contains(&id(211)), "{line}");
    assert!(!pc.get("/").await.page().contains("Mo R"), "nor does the page greet one");
}

#[tokio::test]
async fn acc_04_the_same_account_in_two_places_is_an_event_and_no_password_can_be_read() {
    let rig = Rig::of("numbered", |school| {
        school.sign_in.second_device = SecondDevice::Allow;
        school.agreements.audiences.clear();
    })
    .await;
    let (first, second) = (device(&rig, 1), device(&rig, 2));
    assert_eq!(first.sign_in("ada").await.leads_to(), "/?done=signed-in");
    assert_eq!(rig.sink.events(), []);
    second.sign_in("ada").await.leads_to();
    let events: Vec<What> = rig.sink.events().into_iter().map(|event| event.what).collect();
    let both = System::TwoPlaces { person: Id::new(ADA), addresses: (first.address, second.address) };
    assert_eq!(events, [What::System(both)]);
    assert!(first.who().subject.is_somebody() && second.who().subject.is_somebody());

    let accounts = rig.books.store().list(Id::new(1), Kind::Account).await.unwrap();
    assert!(accounts.len() > 10);
    for row in accounts {
        assert!(row.body.contains("$argon2id$") && !row.body.contains(PASSWORD), "{}", row.body);
    }
}

#[tokio::test]
async fn acc_05_wrong_passwords_rest_the_account_and_the_event_names_the_device_and_who_was_there() {
    let rig = Rig::new().await;
    let pc = device(&rig, 14);
    pc.sign_in("support").await.leads_to();
    pc.sign_out().await.leads_to();
    pc.sign_in("teacher").await.leads_to();
    for _ in 1..5 {
        refused(&pc.try_password("ada", "guess").await, &pc.says(Reader::Ks2, "sign-in-wrong"));
    }
    let rests = [("time", "10:25".to_owned().into())];
    let rests = rig.app.words.say(Reader::Ks2, "sign-in-resting", &rests);
    refused(&pc.try_password("ada", "guess").await, &rests);
    refused(&device(&rig, 2).sign_in("ada").await, &rests);
    let events = rig.sink.events();
    let Some(What::SignInFailed(last)) = events.last().map(|event| &event.what) else { panic!("{events:?}") };
    assert_eq!((last.person, last.address), (Some(Id::new(ADA)), pc.address));
    assert_eq!((last.last_here, last.tries, last.rests), (Some(Id::new(7)), 5, true));
    rig.clock.set(now().plus_minutes(10));
    device(&rig, 2).sign_in("ada").await.leads_to();
}

#[tokio::test]
async fn acc_09_a_second_device_is_refused_and_says_so() {
    let rig = Rig::of("numbered", |school| school.sign_in.second_device = SecondDevice::Refuse).await;
    let (first, second) = (device(&rig, 1), device(&rig, 2));
    first.sign_in("ada").await.leads_to();
    refused(&second.sign_in("ada").await, &second.says(Reader::Ks2, "sign-in-elsewhere"));
    assert!(first.who().subject.is_somebody() && !second.who().subject.is_somebody());
    first.sign_out().await.leads_to();
    second.sign_in("ada").await.leads_to();
}

#[tokio::test]
async fn acc_09_or_the_first_ends_and_its_device_says_why() {
    let rig = Rig::of("numbered", |school| school.sign_in.second_device = SecondDevice::EndFirst).await;
    let (first, second) = (device(&rig, 1), device(&rig, 2));
    first.sign_in("teacher").await.leads_to();
    second.sign_in("teacher").await.leads_to();
    assert!(!first.who().subject.is_somebody() && second.who().subject.is_somebody());
    assert_eq!(first.decision(OTTERS).reason, Reason::SignIn);
    let page = first.get("/").await;
    assert!(page.page().contains(&first.says(Reader::Ks2, "ended-elsewhere")), "{}", page.text);
}

#[tokio::test]
async fn acc_10_left_alone_past_the_limit_a_device_asks_for_a_sign_in() {
    let rig = Rig::unasked().await;
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    rig.clock.set(now().plus_minutes(59));
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Allow, "within the limit");
    rig.clock.set(now().plus_minutes(59 + 60));
    let decision = pc.decision(OTTERS);
    assert_eq!((decision.verdict, decision.reason), (Verdict::Challenge, Reason::SignIn));
    assert_eq!(pc.get("/agreement/mine").await.leads_to(), "/");
    let page = pc.get("/").await;
    assert!(page.page().contains("href=\"/sign-in?for=adult\""));
    assert!(page.page().contains(&pc.says(Reader::Ks2, "ended-idle")), "and says why");
}

#[tokio::test]
async fn acc_16_nobody_signs_in_before_they_come_or_after_they_left() {
    let rig = Rig::new().await;
    let date = jiff::civil::date;
    for (first_day_out, opens) in [((2026, 11, 25), true), ((2026, 11, 24), false)] {
        let stored =
            rig.books.get::<Person, _>(Id::<usher_types::ids::Person>::new(7)).await.unwrap().unwrap();
        let left = Some(date(first_day_out.0, first_day_out.1, first_day_out.2));
        rig.commit(&person::change(&stored, &Person { left, ..stored.value.clone() })).await;
        let answer = device(&rig, 1).sign_in("teacher").await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, opens, "{first_day_out:?}: {}", answer.text);
    }
    let pc = device(&rig, 2);
    refused(&pc.sign_in("teacher").await, &pc.says(Reader::Ks2, "sign-in-closed"));
    let comes = Person { joined: Some(date(2027, 1, 11)), ..pupil(212, "Jo Winter", 4, 30) };
    rig.enrol("jo", &comes).await;
    refused(&pc.sign_in("jo").await, &pc.says(Reader::Ks2, "sign-in-closed"));
    rig.clock.set(now().plus_minutes(48 * 24 * 60));
    pc.sign_in("jo").await.leads_to();
}

#[tokio::test]
async fn a_first_password_is_changed_before_anything_else_and_the_right_one_is_asked_for_first() {
    let rig = Rig::unasked().await;
    let number = Id::<usher_records::account::AccountNoun>::new(50_000 + ADA);
    let stored = rig.books.get::<Account, _>(number).await.unwrap().unwrap();
    assert_eq!(stored.value.number(), number.number());
    let hash = rig.hash("first one").await;
    rig.commit(&usher_records::account::set_secret(&stored, &[], Hashed::Password(hash), true, now())).await;
    let pc = device(&rig, 1);
    assert_eq!(pc.try_password("ada", "first one").await.leads_to(), "/password");
    let wrong = pc.fill("/password", "/password", "current=guess&new=three+blue+kites").await;
    refused(&wrong, &pc.says(Reader::Ks2, "password-current-wrong"));
    let short = pc.fill("/password", "/password", "current=first+one&new=abc").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = pc.fill("/password", "/password", "current=first+one&new=three+blue+kites").await;
    assert_eq!(set.leads_to(), "/?done=password");
    pc.sign_out().await.leads_to();
    assert_eq!(pc.try_password("ada", "three blue kites").await.leads_to(), "/?done=signed-in");
}

#[tokio::test]
async fn acc_11_with_a_password_that_must_be_changed_nothing_opens_before_a_new_one_is_set() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    pc.fill("/password", "/password/known", "").await.leads_to();
    assert_eq!(pc.sign_in("teacher").await.leads_to(), "/password");
    for path in ["/", "/agreement", "/parents", "/clause"] {
        assert_eq!(pc.get(path).await.leads_to(), "/password", "{path}");
    }
    let typed_another_address = pc.decision(OTTERS);
    assert_eq!(
        (typed_another_address.verdict, typed_another_address.reason),
        (Verdict::Challenge, Reason::SignIn)
    );
    let new = "current=wet+otter+lamp+42&new=seven+tin+badgers";
    pc.fill("/password", "/password", new).await.leads_to();
    assert_ne!(pc.decision(OTTERS).reason, Reason::SignIn, "at once");
}
