//! Reporting an unsuitable site: shut at once, told inside and outside.

use usher_policy::decide::decide_web;
use usher_policy::facts::LessonFacts;
use usher_records::change::{Action, To};
use usher_records::grant::{Grant, MakeGrant, Opens, Scope, make};
use usher_records::lesson::Mode;
use usher_records::list_edit::ListEdit;
use usher_testkit::facts;
use usher_types::ids::{Id, PersonId};
use usher_types::role::PersonKind;

use crate::rig::{Rig, now};

const SLIPPED: &str = "https://www.slipped.example/pictures/7";

/// Whether a page is kept from somebody now.
fn is_shut(rig: &Rig, whom: &str, address: &str) -> bool {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut who = facts::at_device(facts::subject(whom));
    who.lesson = who.subject.year.map(|_| LessonFacts {
        lesson: Id::new(9),
        group: Id::new(30),
        adult: Id::new(7),
        mode: Mode::Normal,
        ends_at: now().plus_minutes(30),
    });
    decide_web(&snapshot, &facts::get(who, address), now()).is_block()
}

#[tokio::test]
async fn web_16_one_form_shuts_a_site_tells_two_inside_and_two_outside() {
    let rig = Rig::new().await;
    let asked = MakeGrant {
        id: Id::new(801),
        scope: Scope::Kind(PersonKind::Staff),
        opens: Opens::Page,
        page: "slipped.example".parse().unwrap(),
        reason: "Looked harmless",
        owner: Id::new(5),
        until: now().plus_minutes(60),
        sealed: false,
    };
    let (_, granted) = make(asked, 120, now().plus_minutes(-5)).unwrap();
    rig.commit(&granted).await;
    assert!(!is_shut(&rig, "staff", SLIPPED));

    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains("href=\"/report-site\""));
    let page = teacher.get("/report-site").await;
    for line in ["Hester Hale, Cal Comp get a mail", "internet provider gets a mail", "shut at once"] {
        assert!(page.page().contains(line), "{line}");
    }
    let form = "address=https%3A%2F%2Fwww.slipped.example%2Fpictures%2F7&breadth=site";
    let sent = teacher.post("/report-site", &format!("{form}&wrong=Cruel+pictures+of+animals")).await;
    assert_eq!(sent.leads_to(), "/report-site?done=site-reported");
    assert!(teacher.get("/report-site?done=site-reported").await.page().contains("The site is shut"));

    for whom in ["staff", "pupil.y4", "staff.headteacher"] {
        assert!(is_shut(&rig, whom, SLIPPED), "{whom}");
        assert!(is_shut(&rig, whom, "http://slipped.example/"), "{whom}");
    }
    assert!(!rig.books.values::<Grant>().await.unwrap().pop().unwrap().is_open(now()), "what opened it ends");
    let mails = rig.books.store().take_mails(Id::new(1), now(), now().plus_minutes(5), 10).await.unwrap();
    let inside: Vec<PersonId> = mails
        .iter()
        .filter_map(|waiting| match waiting.mail.to {
            To::Person(id) => Some(id),
            To::Outside(_) | To::Hook => None,
        })
        .collect();
    assert_eq!(inside, [Id::new(1), Id::new(5)], "the head and the computing lead");
    let outside: Vec<_> = mails.iter().filter(|waiting| matches!(waiting.mail.to, To::Outside(_))).collect();
    let to = |at: usize| outside[at].mail.to.clone();
    assert_eq!((outside.len(), mails.len()), (2, 4));
    assert_ne!(to(0), to(1));
    for waiting in &outside {
        let text = &waiting.mail.text;
        assert!(text.contains(SLIPPED) && text.contains("Cruel pictures"), "{text}");
        assert!(!text.contains("Joan Price") && !text.contains('⟨'), "nobody of the school is named: {text}");
    }
    let line = rig.journal().await.pop().unwrap();
    assert_eq!(
        (line.action, line.reason.as_deref()),
        (Action::SiteReported, Some("Cruel pictures of animals"))
    );
}

#[tokio::test]
async fn ext_10_the_next_report_uses_what_the_authoritys_card_says_now() {
    let rig = Rig::new().await;
    let lead = rig.signed_in("computing").await;
    assert!(
        lead.get("/contacts").await.page().contains("online-safety@authority.example"),
        "from the settings"
    );
    let odd = lead.post("/contacts/authority", "name=Rowanshire&mail=nobody").await;
    assert!(odd.status == 422 && odd.text.contains("href=\"#mail\""), "{}", odd.text);
    assert_eq!(lead.post("/contacts/authority", "name=+&mail=").await.status, 422);
    let card = "name=Rowanshire+Council&mail=children%40rowanshire.example&phone=01632+960+100";
    lead.post("/contacts/authority", card).await.leads_to();
    lead.post("/contacts/authority", card).await.leads_to();
    let page = lead.get("/contacts").await;
    assert!(page.page().contains("Rowanshire Council") && page.page().contains("Cal Comp"), "{}", page.text);
    assert_eq!(rig.signed_in("seniorleader").await.get("/contacts/authority").await.status, 403);
    let form = "address=https%3A%2F%2Fslipped.example%2F&breadth=site&wrong=Cruel+pictures";
    rig.signed_in("teacher").await.post("/report-site", form).await.leads_to();
    let mails = rig.books.store().take_mails(Id::new(1), now(), now().plus_minutes(5), 10).await.unwrap();
    let outside: Vec<String> = mails
        .iter()
        .filter_map(|waiting| match &waiting.mail.to {
            To::Outside(address) => Some(address.to_string()),
            To::Person(_) | To::Hook => None,
        })
        .collect();
    assert_eq!(outside, ["abuse@provider.example", "children@rowanshire.example"]);
}

#[tokio::test]
async fn web_16_a_report_needs_an_address_and_a_reason_and_never_shuts_half_the_web() {
    let rig = Rig::new().await;
    let supply = rig.signed_in("supply").await;
    for form in [
        "address=&wrong=Cruel+pictures",
        "address=slipped&wrong=Cruel+pictures",
        "address=co.uk&wrong=Cruel+pictures",
        "address=slipped.example&wrong=",
    ] {
        assert_eq!(supply.post("/report-site", form).await.status, 422, "{form}");
    }
    assert!(rig.books.values::<ListEdit>().await.unwrap().is_empty());
    let page_only = "address=slipped.example/pictures&breadth=page&wrong=Cruel+pictures";
    assert_eq!(supply.post("/report-site", page_only).await.status, 303);
    assert!(is_shut(&rig, "staff", "https://slipped.example/pictures/7"));
    assert!(!is_shut(&rig, "staff", "https://slipped.example/maps"));
    assert_eq!(supply.post("/report-site", page_only).await.status, 409, "it is shut already");
}
