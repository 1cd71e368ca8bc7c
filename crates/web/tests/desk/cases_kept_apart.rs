//! What cases keep apart: whose they become, who is no wrongdoer in them, and what they do not begin from.

use usher_policy::facts::LessonFacts;
use usher_records::case::nine::Nine;
use usher_records::case::rules::{Class, Rung, Step};
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::case::{By, Case, open as opened};
use usher_records::change::{Action, Change};
use usher_records::lesson::Mode;
use usher_records::person::Person;
use usher_records::told::{Told, What};
use usher_testkit::{events, facts};
use usher_types::ids::{self, Id};

use crate::cases::{MAX, about, block, last, open, school};
use crate::rig::{ADA, CLASS, Rig, id, now};

async fn leaves(rig: &Rig, person: u64) {
    let mut stored = rig.books.get::<Person, ids::Person>(Id::new(person)).await.unwrap().unwrap();
    stored.value.left = Some(jiff::civil::date(2026, 11, 1));
    let write = stored.replace(&stored.value);
    rig.commit(&Change::of(Action::PersonChanged, write)).await;
}

#[tokio::test]
async fn inc_12_an_adult_is_not_made_the_one_an_ordinary_case_is_about() {
    let rig = school().await;
    let case = open(&rig, "support", &about(ADA, "off-task")).await;
    let person = format!("{case}/do/person");
    let (support, head) = (rig.signed_in("support").await, rig.signed_in("headteacher").await);
    // Whoever sees it says who was hurt or saw it; whom it is about, only those who decide it.
    let form = support.get(&person).await;
    assert!(form.page().contains("value=\"witness\"") && !form.page().contains("value=\"subject\""));
    for who in [1, MAX] {
        let locked = support.post(&person, &format!("person={}&choice=subject", id(who))).await;
        assert!(locked.status == 422 && locked.text.contains("Only those who decide"), "{}", locked.text);
    }
    assert_eq!(head.get(&case).await.status, 200, "the head is not locked out");
    let witness = support.post(&person, &format!("person={}&choice=witness", id(7))).await;
    assert!(witness.leads_to().contains("case-added"));
    let teacher = format!("person={}&choice=subject", id(7));
    let refused = head.post(&person, &teacher).await;
    assert!(
        refused.status == 422 && refused.text.contains("Change who may see it first"),
        "{}",
        refused.text
    );
    let pupil = head.post(&person, &format!("person={}&choice=subject", id(MAX))).await;
    assert!(pupil.leads_to().contains("case-added"));
    assert_eq!(
        head.post(&format!("{case}/do/class"), "choice=staff&text=It+was+the+teacher").await.status,
        303
    );
    assert!(head.post(&person, &teacher).await.leads_to().contains("case-added"));
    // Without a chair of governors nobody would see it any more.
    leaves(&rig, 11).await;
    let nobodys = head.post(&person, &format!("person={}&choice=subject", id(1))).await;
    assert!(nobodys.status == 422 && nobodys.text.contains("Nobody here could read"), "{}", nobodys.text);
    let another = head.post(&person, &format!("person={}&choice=subject", id(2))).await;
    assert!(another.leads_to().contains("case-added"), "another adult is the head's");
}

#[tokio::test]
async fn inc_12_what_nobody_would_read_is_refused_and_says_whom_to_tell() {
    let rig = school().await;
    leaves(&rig, 11).await;
    let support = rig.signed_in("support").await;
    for form in [about(1, "private-use"), format!("{}&class=whistleblowing", about(1, "other"))] {
        let refused = support.post("/cases/new", &form).await;
        assert!(
            refused.status == 422 && refused.text.contains("Nobody here could read this"),
            "{}",
            refused.text
        );
        assert!(refused.text.contains("Went to a shop"), "what was typed is kept");
    }
    assert!(rig.books.values::<Case>().await.unwrap().is_empty());
    assert_eq!(
        open(&rig, "support", &about(7, "private-use")).await,
        "/cases",
        "the head reads of a teacher"
    );
}

#[tokio::test]
async fn inc_01_whoever_told_of_it_is_no_wrongdoer_in_the_register() {
    let rig = school().await;
    let told = Told {
        id: Id::new(640),
        person: Id::new(ADA),
        what: What::TellSomeone,
        event: None,
        address: None,
        group: Some(Id::new(CLASS)),
        lesson: None,
        words: Some("Somebody sent me a nasty message".into()),
        at: now(),
        seen: None,
    };
    rig.add(&told).await;
    let form = format!("told={}&{}", told.id, about(ADA, "hurtful-message"));
    let case = open(&rig, "teacher", &form).await;
    let people = last(&rig).await.people().into_iter().map(|one| one.part).collect::<Vec<_>>();
    assert_eq!(people, [Part::Affected]);
    let head = rig.signed_in("headteacher").await;
    assert!(!head.get("/register").await.page().contains(&case), "it is about nobody yet");
    assert!(
        !head.get("/cases/behaviour").await.page().contains(&case),
        "nor does the behaviour system get it"
    );
    // Whom it is about stands in the register, once somebody says so.
    let subject = format!("person={}&choice=subject", id(MAX));
    assert!(head.post(&format!("{case}/do/person"), &subject).await.leads_to().contains("case-added"));
    assert!(head.get("/register").await.page().contains(&case));
    // From what Ada told, a case may be about somebody else.
    let other = open(&rig, "teacher", &format!("told={}&{}", told.id, about(MAX, "hurtful-message"))).await;
    assert!(head.get("/register").await.page().contains(&other));
}

#[tokio::test]
async fn inc_07_a_case_is_not_shown_to_somebody_who_would_still_not_see_it() {
    let rig = school().await;
    open(&rig, "support", &format!("{}&class=whistleblowing", about(7, "other"))).await;
    let case = format!("/cases/{}", last(&rig).await.id);
    let share = format!("{case}/do/share");
    let head = rig.signed_in("headteacher").await;
    leaves(&rig, 3).await;
    for (who, words) in [
        (id(10), "They would still not see it"),
        (id(7), "They would still not see it"),
        (id(3), "Choose somebody who works here"),
        (id(999), "Choose somebody who works here"),
        (String::new(), "Choose somebody who works here"),
    ] {
        let refused = head.post(&share, &format!("person={who}")).await;
        assert!(refused.status == 422 && refused.text.contains(words), "{who}: {}", refused.text);
    }
    assert!(head.post(&share, &format!("person={}", id(2))).await.leads_to().contains("case-added"));
    assert_eq!(rig.signed_in("seniorleader").await.get(&case).await.status, 200);
}

#[tokio::test]
async fn inc_02_a_case_begins_only_from_what_was_kept_shut() {
    let rig = school().await;
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut subject = facts::subject("staff");
    subject.person = Some(Id::new(ADA));
    let mut who = facts::at_device(subject);
    who.lesson = Some(LessonFacts {
        lesson: Id::new(8),
        group: Id::new(CLASS),
        adult: Id::new(7),
        mode: Mode::Normal,
        ends_at: now().plus_minutes(30),
    });
    let event = events::web(904, &snapshot, facts::get(who, "https://otters.example/"), now());
    assert!(!event.decision().unwrap().is_refusal(), "{event:?}");
    rig.recorded.0.lock().unwrap().push(event);
    block(&rig, 905, true);
    for username in ["teacher", "headteacher"] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&format!("/cases/new?event={}", id(904))).await.status, 404, "{username}");
        assert_eq!(browser.get(&format!("/cases/new?event={}", id(905))).await.status, 200, "{username}");
    }
}

#[tokio::test]
async fn inc_09_why_a_narrowing_is_heavier_stands_in_the_thread() {
    let rig = Rig::of("numbered", |settings| {
        settings.cases.ladder = vec![Rung { step: Step::Narrow, from_severity: 3 }];
    })
    .await;
    let case = open(&rig, "teacher", &about(ADA, "off-task")).await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.post(&format!("{case}/do/support"), "text=We+talked+about+it").await.status == 303);
    let narrow = format!("{case}/do/narrow");
    let form = format!("person={}&choice=no-web&days=1&text=Every+day", id(ADA));
    assert_eq!(head.post(&narrow, &form).await.status, 422);
    assert!(
        head.post(&narrow, &format!("{form}&more=The+fifth+time")).await.leads_to().contains("case-added")
    );
    assert!(head.get(&case).await.page().contains("Why this and not less: The fifth time"));
}

#[tokio::test]
async fn mon_07_every_case_is_reached_however_many_there_are() {
    let rig = school().await;
    let by = By { person: Id::new(7), at: now() };
    for number in 1..=101 {
        let opening = Opening {
            origin: Origin::Report,
            kind: "off-task".into(),
            severity: 1,
            class: Class::Ordinary,
            people: vec![Involved { who: Party::Person(Id::new(ADA)), part: Part::Subject }],
            nine: Nine { details: "Went to a shop in maths".into(), ..Nine::default() },
            rule: None,
            area: None,
        };
        let (_, change) = opened(Id::new(7_000 + u64::from(number)), number, opening, by).unwrap();
        rig.commit(&change).await;
    }
    let head = rig.signed_in("headteacher").await;
    let first = format!("/cases/{}", id(7_001));
    let newest = head.get("/cases?sort=misuse").await;
    assert!(!newest.page().contains(&first));
    let older = "/cases?state=open&#38;sort=misuse&#38;area=&#38;before=2";
    assert!(newest.page().contains(older), "{}", newest.text);
    let rest = head.get(&older.replace("&#38;", "&")).await;
    assert!(rest.page().contains(&first) && !rest.page().contains("before="));
}
