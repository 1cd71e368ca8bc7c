//! "Someone knows my password", and what a new password does to whoever knew the old one.

use usher_policy::decision::Reason;
use usher_records::account::{Account, AccountNoun};
use usher_records::change::{Action, Actor};
use usher_records::told::{Told, What};
use usher_types::ids::Id;
use usher_types::role::Reader;
use usher_web::live::Note;

use crate::device::{OTTERS, device};
use crate::rig::{ADA, CLASS, Rig};

async fn must_change(rig: &Rig, person: u64) -> bool {
    let account = Id::<AccountNoun>::new(50_000 + person);
    rig.books.get::<Account, _>(account).await.unwrap().unwrap().value.must_change
}

#[tokio::test]
async fn acc_08_someone_knows_my_password_ends_every_sign_in_and_is_told_at_once() {
    let rig = Rig::new().await;
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
