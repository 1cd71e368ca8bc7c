//! Cases from outside: from a block to a case, who sees it, what is done with it, and how it ends.

use std::sync::Arc;

use usher_policy::facts::{LessonFacts, Subject};
use usher_records::case::rules::Class;
use usher_records::case::thread::{Evidence, Origin, Says};
use usher_records::case::{By, Case, act};
use usher_records::change::To;
use usher_records::lesson::Mode;
use usher_records::person::{self, Person};
use usher_records::sanction::Sanction;
use usher_records::settings::Settings;
use usher_store::store::WaitingMail;
use usher_testkit::school::pupil;
use usher_testkit::{events, facts};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::role::Role;

use crate::rig::{ADA, CLASS, GAME, Rig, id, now};

pub(crate) const MAX: u64 = 72;

/// Records that Ada met a page that is shut, in a lesson or outside of one.
pub(crate) fn block(rig: &Rig, number: u64, in_lesson: bool) {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut who = facts::at_device(subject);
    if in_lesson {
        who.lesson = Some(LessonFacts {
            lesson: Id::new(8),
            group: Id::new(CLASS),
            adult: Id::new(7),
            mode: Mode::Normal,
            ends_at: now().plus_minutes(30),
        });
    }
    let event = events::web(number, &snapshot, facts::get(who, GAME), now().plus_minutes(-4));
    rig.recorded.0.lock().unwrap().push(event);
}

pub(crate) async fn school() -> Rig {
    let rig = Rig::of("numbered", |settings: &mut Settings| {
        settings.conduct.first_breach = Role::Teacher;
        settings.reports.activity_seen_by = vec![Role::Headteacher, Role::SafeguardingLead];
    })
    .await;
    rig.add(&pupil(MAX, "Max Hill", 4, CLASS)).await;
    rig
}

/// Opens a case about somebody and gives its address.
pub(crate) async fn open(rig: &Rig, username: &str, form: &str) -> String {
    let browser = rig.signed_in(username).await;
    let answer = browser.post("/cases/new", form).await;
    answer.leads_to().split('?').next().unwrap().to_owned()
}

pub(crate) fn about(person: u64, kind: &str) -> String {
    format!("breach={kind}&person={}&details=Went+to+a+shop+in+maths+with+Max+Hill", id(person))
}

pub(crate) async fn last(rig: &Rig) -> Case {
    rig.books.values::<Case>().await.unwrap().into_iter().max_by_key(|case| case.number).unwrap()
}

#[tokio::test]
async fn inc_02_inc_06_a_block_fills_in_address_room_and_computer_and_a_case_is_four_interactions_away() {
    let rig = school().await;
    block(&rig, 902, true);
    let teacher = rig.signed_in("teacher").await;
    // One: "Log an incident" beside the block.
    let form = teacher.get(&format!("/cases/new?event={}", id(902))).await;
    for filled in ["value=\"games.example/play\"", "value=\"Room 4\"", "value=\"PC-14\"", "Went to"] {
        let there = form.page().contains(filled);
        assert_eq!(there, filled != "Went to", "{filled}: {}", form.text);
    }
    let chosen = format!("<option value=\"{}\" selected>", id(ADA));
    assert!(form.page().contains(&chosen) && form.page().contains("value=\"off-task\" selected"));
    // Two and three: the kind, what happened. Four: the button.
    let sent = format!(
        "event={}&{}&address=games.example%2Fplay&place=Room+4&computer=PC-14",
        id(902),
        about(ADA, "off-task")
    );
    let opened = teacher.post("/cases/new", &sent).await;
    assert!(opened.leads_to().ends_with("?done=case-opened"));
    let case = last(&rig).await;
    assert_eq!((case.origin(), case.nine().room.as_str()), (Origin::Block(Id::new(902)), "Room 4"));
    let page = teacher.get(&format!("/cases/{}", case.id)).await;
    assert!(page.page().contains("Look after the child first") && page.page().contains("class teacher"));
    let pdf = teacher.get(&format!("/cases/{}/form.pdf", case.id)).await;
    assert!(pdf.status == 200 && pdf.text.starts_with("%PDF"));
    // What happened outside a lesson is for whoever may look at it.
    block(&rig, 903, false);
    assert_eq!(teacher.get(&format!("/cases/new?event={}", id(903))).await.status, 404);
    let head = rig.signed_in("headteacher").await;
    assert!(head.get(&format!("/cases/new?event={}", id(903))).await.page().contains("games.example/play"));
    let empty = format!("breach=off-task&person={}&details=+", id(ADA));
    assert_eq!(teacher.post("/cases/new", &empty).await.status, 422);
    assert_eq!(teacher.post("/cases/new", "breach=off-task&person=&details=Something").await.status, 422);
}

#[tokio::test]
async fn inc_10_inc_11_the_first_goes_to_the_class_teacher_the_second_to_the_head_and_the_head_has_both() {
    let rig = school().await;
    let first = open(&rig, "support", &about(ADA, "off-task")).await;
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains(&first), "on the first page of whoever deals with it");
    assert!(teacher.get(&first).await.page().contains("Joan Price"));
    let second = open(&rig, "support", &about(ADA, "off-task")).await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get(&second).await.page().contains("Headteacher (Hester Hale)"));
    let list = head.get("/cases").await;
    assert!(
        list.page().contains(&first) && list.page().contains(&second) && list.page().contains("Reported")
    );
    // Whoever reported it sees it; somebody else does not.
    assert_eq!(rig.signed_in("support").await.get(&first).await.status, 200);
    for username in ["office", "technician", "supply"] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&first).await.status, 404, "{username}");
        assert!(!browser.get("/cases").await.page().contains(&first), "{username}");
    }
}

#[tokio::test]
async fn inc_18_the_lead_loses_sight_of_it_at_once_when_it_is_a_childs_safety() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "hurtful-message")).await;
    let computing = rig.signed_in("computing").await;
    assert_eq!(computing.get(&case).await.status, 200);
    let hide = format!("{case}/do/class");
    assert_eq!(computing.post(&hide, "choice=child-protection&text=A+worry").await.status, 404);
    let dsl = rig.signed_in("safeguarding").await;
    assert!(
        dsl.post(&hide, "choice=child-protection&text=A+worry+at+home")
            .await
            .leads_to()
            .contains("case-added")
    );
    for username in ["computing", "teacher", "seniorleader"] {
        let browser = rig.signed_in(username).await;
        for path in [case.clone(), format!("{case}/form.pdf"), format!("{case}/do/note")] {
            assert_eq!(browser.get(&path).await.status, 404, "{username} {path}");
        }
        assert!(!browser.get("/cases").await.page().contains(&case), "{username}");
    }
    assert_eq!(rig.signed_in("headteacher").await.get(&case).await.status, 200);
    assert!(
        dsl.get(&case).await.page().contains("It is in the safeguarding record"),
        "not in the safeguarding record"
    );
    assert!(dsl.post(&format!("{case}/do/entered"), "").await.leads_to().contains("case-added"));
    assert!(dsl.get(&case).await.page().contains("Dee Safe"));
    assert_eq!(dsl.post(&format!("{case}/do/entered"), "").await.status, 422);
}

#[tokio::test]
async fn inc_12_inc_15_staff_cases_are_the_heads_and_the_heads_the_chairs() {
    let rig = school().await;
    let staff = open(&rig, "support", &about(7, "private-use")).await;
    assert_eq!(staff, "/cases", "whoever reported it is thanked and sees no more");
    let staff = format!("/cases/{}", last(&rig).await.id);
    let head = rig.signed_in("headteacher").await;
    let computing = rig.signed_in("computing").await;
    assert_eq!(head.get(&staff).await.status, 200);
    assert_eq!(computing.get(&staff).await.status, 404);
    assert!(
        head.post(&format!("{staff}/do/share"), &format!("person={}", id(5)))
            .await
            .leads_to()
            .contains("case-added")
    );
    assert_eq!(computing.get(&staff).await.status, 200, "inc_07: shared");
    assert_eq!(computing.get(&format!("{staff}/do/close")).await.status, 404, "and no more than that");
    assert_eq!(head.post(&format!("{staff}/do/share"), &format!("person={}", id(7))).await.status, 422);

    open(&rig, "support", &format!("{}&class=whistleblowing", about(1, "other"))).await;
    let case = last(&rig).await;
    assert_eq!((case.class(), case.origin()), (Class::Whistleblowing, Origin::Whistleblowing));
    let path = format!("/cases/{}", case.id);
    for (username, sees) in [
        ("headteacher", false),
        ("technician", false),
        ("computing", false),
        ("support", false),
        ("chair", true),
    ] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&path).await.status == 200, sees, "{username}");
        assert_eq!(browser.get("/cases").await.page().contains(&path), sees, "{username}");
    }
    let journal = rig.journal().await;
    let about: Vec<_> = journal.iter().filter(|line| line.about == Some(Id::new(1))).collect();
    assert!(about.iter().all(|line| !format!("{:?}", line.action).starts_with("Case")), "{about:?}");
}

#[tokio::test]
async fn inc_04_inc_08_support_first_then_the_web_is_narrowed_at_once_and_opens_by_itself() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "buying-online")).await;
    let head = rig.signed_in("headteacher").await;
    let narrow = format!("{case}/do/narrow");
    let form = format!("person={}&choice=no-web&days=3&text=Bought+things+in+maths", id(ADA));
    let early = head.post(&narrow, &form).await;
    assert!(early.status == 422 && early.text.contains("Say why support comes later"), "{}", early.text);
    assert!(
        head.post(&format!("{case}/do/support"), "text=We+talked+about+it").await.leads_to().contains(&case)
    );
    sign_in_ada(&rig);
    assert!(!narrowed(&rig));
    assert!(head.post(&narrow, &form).await.leads_to().contains("case-added"));
    // Without waiting for anything: the gateway's own table knows.
    assert!(narrowed(&rig));
    let sanction = rig.books.values::<Sanction>().await.unwrap().pop().unwrap();
    let friday = usher_types::moment::Zone::london().parse("2026-11-27T00:00").unwrap();
    assert_eq!(sanction.until, friday, "Tuesday, Wednesday, Thursday");
    assert!(sanction.holds(friday.plus_seconds(-1)) && !sanction.holds(friday));
    let page = head.get(&case).await;
    assert!(page.page().contains("27 November 2026") && page.page().contains("Lift it early"));
    let lift = format!("{case}/do/lift?sanction={}", sanction.id);
    assert!(head.get(&lift).await.page().contains(&sanction.id.to_string()));
    let lifted = head
        .post(&format!("{case}/do/lift"), &format!("sanction={}&text=She+put+it+right", sanction.id))
        .await;
    assert!(lifted.leads_to().contains("case-added"));
    assert!(!narrowed(&rig));
    // The class teacher may not narrow what the head decides: a second case is the head's.
    let second = open(&rig, "support", &about(ADA, "off-task")).await;
    let teacher = rig.signed_in("teacher").await;
    assert_eq!(teacher.get(&format!("{second}/do/narrow")).await.status, 404);
}

fn sign_in_ada(rig: &Rig) {
    let subject = Subject { person: Some(Id::new(ADA)), ..facts::subject("pupil.y4") };
    let session = usher_records::session::Session {
        id: Id::new(77),
        account: None,
        owner: usher_records::account::Owner::Person(Id::new(ADA)),
        group: None,
        bound: usher_records::session::Bound::Device("192.0.2.50".parse().unwrap()),
        known_by: usher_records::session::KnownBy::Password,
        clause_accepted: true,
        secret: None,
        from: now(),
        until: now().plus_minutes(600),
        idle_minutes: 60,
        ended: None,
    };
    rig.app.table.sign_in(session, Arc::new(subject));
}

/// Whether the table of the gateway has Ada's web shut.
fn narrowed(rig: &Rig) -> bool {
    let who = rig.app.table.who("192.0.2.50".parse().unwrap(), now().plus_minutes(1));
    let at = now().plus_minutes(1);
    who.subject.restrictions.iter().any(|one| one.from <= at && at < one.until)
}

#[tokio::test]
async fn a_long_narrowing_waits_for_a_second_person_and_something_heavy_for_a_reason() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "off-task")).await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.post(&format!("{case}/do/support"), "text=We+talked+about+it").await.status == 303);
    let heavy = head.post(&format!("{case}/do/decide"), "choice=exclusion&text=Excluded").await;
    assert!(heavy.status == 422 && heavy.text.contains("heavier"), "inc_09: {}", heavy.text);
    let form = format!("person={}&choice=lesson-only&days=10&text=Every+day+this+week", id(ADA));
    assert!(head.post(&format!("{case}/do/narrow"), &form).await.leads_to().contains("case-added"));
    assert!(rig.books.values::<Sanction>().await.unwrap().is_empty(), "it waits");
    assert_eq!(head.post(&format!("{case}/do/confirm"), "").await.status, 422, "not the same person");
    let dsl = rig.signed_in("safeguarding").await;
    assert!(dsl.get(&case).await.page().contains("Confirm the narrower web"));
    // It can be turned down, and proposed again.
    assert_eq!(dsl.post(&format!("{case}/do/decline"), "text=+").await.status, 422);
    assert!(dsl.get(&format!("{case}/do/decline")).await.page().contains("Every day this week"));
    let decline = format!("{case}/do/decline");
    assert!(dsl.post(&decline, "text=Three+days+will+do").await.leads_to().contains("case-added"));
    let page = dsl.get(&case).await;
    assert!(page.page().contains("Three days will do") && !page.page().contains("do/confirm"));
    assert_eq!(dsl.post(&format!("{case}/do/confirm"), "").await.status, 422);
    assert!(head.post(&format!("{case}/do/narrow"), &form).await.leads_to().contains("case-added"));
    let noted = head.post(&format!("{case}/do/note"), "text=Talked+with+her").await;
    assert!(noted.leads_to().contains("case-added"));
    assert!(dsl.post(&format!("{case}/do/confirm"), "").await.leads_to().contains("case-added"));
    assert_eq!(rig.books.values::<Sanction>().await.unwrap().len(), 1);
}

#[tokio::test]
async fn mon_07_inc_01_a_case_closes_with_a_note_and_an_outcome_and_corrections_show_in_the_register() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "off-task")).await;
    let head = rig.signed_in("headteacher").await;
    let close = format!("{case}/do/close");
    assert_eq!(head.post(&close, "text=Talked+it+over").await.status, 422, "no note");
    let spoke = format!("text=She+was+looking+for+a+present&person={}", id(7));
    assert!(head.post(&format!("{case}/do/note"), &spoke).await.status == 303);
    assert_eq!(head.post(&close, "text=+").await.status, 422, "no outcome");
    assert!(head.get(&format!("{case}/do/correct?number=1")).await.page().contains("value=\"1\""));
    let correct = head.post(&format!("{case}/do/correct"), "number=1&text=It+was+science").await;
    assert!(correct.leads_to().contains("case-added"));
    assert!(head.post(&close, "text=Talked+it+over").await.leads_to().contains(&case));
    let register = head.get("/register").await;
    for words in ["Went to a shop in maths", "It was science", "Talked it over", &case] {
        assert!(register.page().contains(words), "{words}");
    }
    let pdf = head.get("/register.pdf?term=").await;
    assert!(pdf.status == 200 && pdf.text.starts_with("%PDF"));
    let page = head.get(&case).await;
    assert!(page.page().contains("Joan Price") && page.page().contains("Open it again"));
    assert!(head.get("/cases?state=closed").await.page().contains(&case));
}

#[tokio::test]
async fn inc_03_evidence_has_a_hash_and_what_may_be_illegal_closes_the_upload() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "hurtful-message")).await;
    let teacher = rig.signed_in("teacher").await;
    let upload = format!("{case}/evidence");
    let kept = teacher.fill_in(&upload, &[("shows", "The message"), ("kept", "a screen")]).await;
    assert!(kept.leads_to().contains("case-evidence-kept"), "{}", kept.text);
    let page = teacher.get(&case).await;
    let hash = Digest::of(b"a screen").to_string();
    assert!(page.page().contains(&hash) && page.page().contains("Joan Price"));
    let saved = teacher.get(&format!("{case}/kept/2")).await;
    assert_eq!((saved.status.as_u16(), saved.text.as_str()), (200, "a screen"));
    assert_eq!(teacher.fill_in(&upload, &[("kept", "")]).await.status, 422);
    let illegal = teacher.fill_in(&upload, &[("illegal", "yes"), ("kept", "a second screen")]).await;
    assert!(illegal.text.contains("The upload is closed") && illegal.text.contains("101"));
    let second = Digest::of(b"a second screen");
    assert!(rig.books.store().blob(Id::new(1), second).await.unwrap().is_none(), "nothing is kept of it");
    assert!(!teacher.get(&upload).await.page().contains("type=\"file\""));
    // What was kept before is not copied either.
    let saved = format!("{case}/kept/2");
    assert!(!teacher.get(&case).await.page().contains(&saved));
    let refused = teacher.get(&saved).await;
    assert!(refused.status == 409 && !refused.text.contains("a screen"), "{}", refused.text);
    assert!(teacher.fill_in(&upload, &[("kept", "a third")]).await.text.contains("The upload is closed"));
    assert_eq!(rig.signed_in("office").await.get(&format!("{case}/kept/2")).await.status, 404);
}

/// Whether these bytes stand anywhere in the files of the books.
pub(crate) fn lie_plainly(rig: &Rig, wanted: &[u8]) -> bool {
    let file = rig.books.store().file().unwrap();
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let mut books = files.filter(|path| path.to_string_lossy().contains("books.sqlite"));
    books.any(|path| std::fs::read(path).unwrap().windows(wanted.len()).any(|part| part == wanted))
}

#[tokio::test]
async fn inc_03_evidence_lies_sealed_in_the_books_and_what_an_earlier_build_kept_still_opens() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "hurtful-message")).await;
    let teacher = rig.signed_in("teacher").await;
    let upload = format!("{case}/evidence");
    let shown = "eight words that only this screen ever showed";
    teacher.fill_in(&upload, &[("shows", "The message"), ("kept", shown)]).await.leads_to();
    assert_eq!(teacher.get(&format!("{case}/kept/2")).await.text, shown);
    assert!(!lie_plainly(&rig, shown.as_bytes()), "the books alone show nothing");

    let before = b"words that an earlier build kept as they were";
    rig.books.store().put_blob(Id::new(1), before).await.unwrap();
    assert!(lie_plainly(&rig, before), "these would be found");
    let evidence: Evidence = serde_json::from_value(serde_json::json!({
        "digest": Digest::of(before), "name": "old.txt", "bytes": before.len(), "shows": "An older message",
    }))
    .unwrap();
    let stored = rig.books.get::<Case, _>(last(&rig).await.id).await.unwrap().unwrap();
    let by = By { person: Id::new(1), at: now() };
    rig.commit(&act::keep(&stored, by, evidence).unwrap()).await;
    assert_eq!(teacher.get(&format!("{case}/kept/3")).await.text.as_bytes(), before);

    // One file never opens as another: what lies under a digest is bound to what was kept.
    let entries = last(&rig).await.entries;
    let sealed = entries.iter().find_map(|entry| match &entry.says {
        Says::Evidence(evidence) => evidence.sealed,
        _ => None,
    });
    let other = Evidence {
        digest: Digest::of(b"another"),
        sealed,
        name: "other.txt".into(),
        bytes: 7,
        shows: "Another".into(),
    };
    let stored = rig.books.get::<Case, _>(last(&rig).await.id).await.unwrap().unwrap();
    rig.commit(&act::keep(&stored, by, other).unwrap()).await;
    assert!(teacher.get(&format!("{case}/kept/4")).await.status.is_server_error());
}

#[tokio::test]
async fn inc_10_those_whose_a_new_case_is_have_a_mail_that_says_nothing_of_it() {
    let rig = school().await;
    for stored in rig.books.all::<Person>().await.unwrap() {
        let email = EmailAddress::parse(&format!("p{}@rowanhill.example", stored.value.id)).unwrap();
        let after = Person { email: Some(email), ..stored.value.clone() };
        rig.commit(&person::change(&stored, &after)).await;
    }
    let told = async || {
        let mails = rig.books.store().take_mails(Id::new(1), now(), now().plus_minutes(5), 20).await.unwrap();
        for waiting in &mails {
            let said = format!("{} {}", waiting.mail.subject, waiting.mail.text);
            for word in ["Ada", "Price", "private", "hurtful"] {
                assert!(!said.contains(word), "{said}");
            }
        }
        let to = |waiting: &WaitingMail| match waiting.mail.to {
            To::Person(id) => Some(id.number()),
            To::Outside(_) | To::Hook => None,
        };
        mails.iter().filter_map(to).collect::<Vec<_>>()
    };
    open(&rig, "support", &about(7, "private-use")).await;
    assert_eq!(told().await, [1], "about a teacher: the head's alone");
    open(&rig, "support", &about(ADA, "hurtful-message")).await;
    let first = told().await;
    assert!(!first.is_empty() && !first.contains(&8), "not to whoever opened it: {first:?}");
    open(&rig, "support", &about(ADA, "hurtful-message")).await;
    assert_eq!(told().await, [1], "the second is the head's");
    open(&rig, "headteacher", &about(ADA, "hurtful-message")).await;
    assert_eq!(told().await, [0; 0], "who opens their own knows of it");
}

#[tokio::test]
async fn ext_09_each_case_goes_to_the_behaviour_system_once() {
    let rig = school().await;
    open(&rig, "teacher", &about(ADA, "off-task")).await;
    open(&rig, "teacher", &about(MAX, "off-task")).await;
    open(&rig, "support", &about(7, "private-use")).await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/cases/behaviour").await.page().contains("Ada Bell"));
    let first = head.post("/cases/behaviour.csv", "").await;
    assert_eq!(first.text.lines().count(), 3, "a row for each pupil's case: {}", first.text);
    assert!(!first.text.contains("Joan Price,"), "no adult's");
    assert_eq!(head.post("/cases/behaviour.csv", "").await.text.lines().count(), 1);
    assert_eq!(rig.signed_in("teacher").await.get("/cases/behaviour").await.status, 404);
}

#[tokio::test]
async fn mon_10_a_referral_keeps_its_package_under_its_hash_with_recipient_and_ground() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "hurtful-message")).await;
    let head = rig.signed_in("headteacher").await;
    let refer = format!("{case}/do/refer");
    assert_eq!(head.post(&refer, "choice=police&to=&text=Public+task").await.status, 422);
    assert_eq!(head.post(&refer, "choice=police&to=PC+Example&text=").await.status, 422);
    let sent = "choice=police&to=PC+Example&text=Public+task%2C+safeguarding";
    assert!(head.post(&refer, sent).await.leads_to().contains("case-added"));
    let disclosed = last(&rig).await.entries.into_iter().find_map(|entry| match entry.says {
        Says::Referred(disclosed) => Some((entry.number, disclosed)),
        _ => None,
    });
    let (number, disclosed) = disclosed.unwrap();
    let lies = async |digest| rig.books.store().blob(Id::new(1), digest).await.unwrap();
    assert_eq!(lies(disclosed.package).await, None, "it does not lie there as it is");
    let sealed = lies(disclosed.sealed.unwrap()).await.unwrap();
    assert!(!sealed.windows(4).any(|part| part == b"%PDF"), "but sealed");
    let page = head.get(&case).await;
    assert!(page.page().contains("PC Example") && page.page().contains(&disclosed.package.to_string()));
    let saved = head.file(&format!("{case}/kept/{number}")).await;
    assert_eq!((saved.starts_with(b"%PDF"), Digest::of(&saved)), (true, disclosed.package));
    assert_eq!(rig.signed_in("teacher").await.get(&refer).await.status, 404);
}

#[tokio::test]
async fn mon_12_inc_05_inc_13_inc_17_inc_23_what_else_a_case_holds() {
    let rig = school().await;
    let case = open(&rig, "teacher", &about(ADA, "cyberbullying")).await;
    let head = rig.signed_in("headteacher").await;
    let step = |name: &'static str| format!("{case}/do/{name}");
    assert!(head.get(&step("check")).await.page().contains("knows whom to come to"));
    for (name, form, shows) in [
        ("check", "choice=4", "The sender is blocked"),
        ("parents", "choice=call&to=Pat+Bell&text=Told+what+happened", "Pat Bell"),
        ("cost", "text=A+new+screen&pounds=89.50", "£89.50"),
        ("cost", "text=Courier&pounds=12.5", "£102.00"),
        ("hold", "text=The+police+asked", "On hold"),
        (
            "custody",
            "text=Tablet+12&from=The+office&to=The+police&choice=whole",
            "From The office to The police",
        ),
        ("custody", "text=tablet+12&from=The+police&to=The+office&choice=broken", "The seal is broken"),
        ("person", "outside=A+cousin&choice=witness", "A cousin"),
    ] {
        let done = head.post(&step(name), form).await;
        assert_eq!(done.status, 303, "{name}: {}", done.text);
        assert!(head.get(&case).await.page().contains(shows), "{name}: {shows}");
    }
    let unsealed = head.post(&step("custody"), "text=Tablet+12&from=The+office&to=The+police").await;
    assert!(unsealed.status == 422 && unsealed.text.contains("how its seal is"), "{}", unsealed.text);
    let case_now = last(&rig).await;
    let custody = case_now.custody();
    assert_eq!(
        custody.iter().map(|(item, hands)| (*item, hands.len())).collect::<Vec<_>>(),
        [("Tablet 12", 2)]
    );
    assert!(head.get(&case).await.page().contains(&format!("{case}/custody.pdf")));
    assert!(head.get(&format!("{case}/custody.pdf")).await.text.starts_with("%PDF"));
    assert_eq!(head.post(&step("cost"), "text=Odd&pounds=1.234").await.status, 422);
    assert_eq!(head.post(&step("seen"), "").await.status, 422, "they wrote in it");
    let lead = rig.signed_in("seniorleader").await;
    assert_eq!(lead.post(&step("seen"), "").await.status, 303);
    assert_eq!(lead.post(&step("seen"), "").await.status, 422);
    assert!(head.get(&format!("{case}/letter.pdf")).await.text.starts_with("%PDF"));
    assert!(head.get(&format!("{case}/hand-over.pdf")).await.text.starts_with("%PDF"));
    let other = open(&rig, "teacher", &about(MAX, "cyberbullying")).await;
    assert_eq!(head.get(&format!("{other}/custody.pdf")).await.status, 404, "no device changed hands");
    let number = last(&rig).await.number;
    assert!(head.post(&step("link"), &format!("number={number}")).await.status == 303);
    assert!(head.post(&step("merge"), &format!("number={number}")).await.status == 303);
    assert!(
        head.get(&case).await.page().contains("Closed") && head.get(&other).await.page().contains("Took in")
    );
}

#[tokio::test]
async fn inc_14_inc_16_inc_19_people_from_outside_complaints_and_accidents_have_their_own_lists() {
    let rig = school().await;
    let outside =
        open(&rig, "headteacher", "breach=community&outside=A+neighbour&details=Posted+names+online").await;
    let complaint =
        open(&rig, "headteacher", "breach=complaint&outside=A+parent&details=A+page+was+shut").await;
    let accident = open(&rig, "teacher", &about(ADA, "accident")).await;
    let misuse = open(&rig, "teacher", &about(MAX, "off-task")).await;
    let (head, computing) = (rig.signed_in("headteacher").await, rig.signed_in("computing").await);
    assert!(head.get(&outside).await.page().contains("not in the school’s books"));
    for browser in [&head, &computing] {
        assert!(browser.get("/cases?sort=complaint").await.page().contains(&complaint));
    }
    let page = head.get(&complaint).await;
    assert!(page.page().contains("Hester Hale") && page.page().contains("Cal Comp"));
    let accidents = computing.get("/cases?sort=accident").await;
    assert!(accidents.page().contains(&accident) && !accidents.page().contains(&misuse));
    let misuses = computing.get("/cases?sort=misuse").await;
    assert!(misuses.page().contains(&misuse) && !misuses.page().contains(&accident));
}
