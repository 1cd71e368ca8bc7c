//! What nobody can open is opened by no form of the desk (FM-27): each is refused in words, and that somebody tried is in the
//! journal with who and by which form, and without the address.

use usher_policy::decide::decide_web;
use usher_policy::decision::Reason;
use usher_policy::facts::{Circumstances, LessonFacts};
use usher_policy::permission::terms;
use usher_policy::profile;
use usher_policy::verdict::Verdict;
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::grant::{Grant, Scope};
use usher_records::in_force::InForce;
use usher_records::lesson::{Lesson, LessonList, Mode};
use usher_records::list_edit::ListEdit;
use usher_records::permission::act::{self, By};
use usher_records::permission::matter::Matter;
use usher_records::permission::{Ask, Permission};
use usher_records::request::{self, Proposed, UnblockRequest};
use usher_records::school::School;
use usher_records::sealed::Way;
use usher_testkit::{events, facts, snapshot};
use usher_types::ids::{self, Id};
use usher_types::url::WebAddress;

use crate::rig::{ADA, Answer, Browser, CLASS, Rig, id, now};

/// A site that is sealed, and a sealed corner of another.
const SEALED: [&str; 2] = ["https://sealed.example/x", "https://pages.example/bad-corner/x"];
const REFUSED: &str = "Nobody in the school can open this page";

fn ada(lesson: Option<&Lesson>) -> Circumstances {
    let mut subject = facts::subject("pupil.y4");
    (subject.person, subject.groups) = (Some(Id::new(ADA)), vec![Id::new(CLASS)]);
    let lesson = lesson.map(|lesson| LessonFacts {
        lesson: lesson.id,
        group: lesson.group,
        adult: lesson.adult,
        mode: lesson.mode,
        ends_at: lesson.ends_at,
    });
    Circumstances { lesson, ..facts::at_device(subject) }
}

/// Both pages are shut to a child in any lesson, to staff and to whoever has unrestricted time.
fn stays_shut(rig: &Rig) {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut free = facts::subject("staff.computing-lead");
    free.unrestricted = Some((Id::new(1), now().plus_minutes(30)));
    for who in [ada(None), facts::at_device(facts::subject("staff.head")), facts::at_device(free)] {
        for url in SEALED {
            let decision = decide_web(&snapshot, &facts::get(who.clone(), url), now());
            let told = (decision.verdict, &decision.reason);
            assert_eq!(told, (Verdict::Block, &Reason::SealedList), "{url} {:?}", who.subject);
        }
    }
}

/// The try is the journal's last line, by whom and by which form; no line of it leads there.
async fn is_told(rig: &Rig, who: u64, way: Way) {
    let journal = rig.journal().await;
    let last = journal.last().unwrap();
    assert_eq!((last.action, &last.actor), (Action::SealedTried, &Actor::Person(Id::new(who))));
    assert_eq!((last.reason.as_deref(), &last.records[..]), (Some(way.words()), &[][..]));
    let told = format!("{journal:?}");
    assert!(!told.contains("sealed.example") && !told.contains("bad-corner"), "{told}");
    stays_shut(rig);
}

async fn tries(rig: &Rig) -> usize {
    rig.journal().await.iter().filter(|line| line.action == Action::SealedTried).count()
}

fn refused(answer: &Answer, words: &str) {
    assert!(answer.status.is_client_error() && answer.text.contains(words), "{}", answer.text);
}

#[tokio::test]
async fn fm_27_no_edit_of_the_lists_opens_a_sealed_page() {
    let rig = Rig::sealed().await;
    let lead = rig.signed_in("computing").await;
    let below = "Pages under this address are on a list that nobody";
    for (tried, (form, words)) in [
        (
            "address=sealed.example&effect=remove&category=illegal-images",
            "Nobody can take a page off this list",
        ),
        (
            "address=anything.example&effect=remove&category=illegal-images",
            "Nobody can take a page off this list",
        ),
        ("address=sealed.example&effect=remove&category=games", REFUSED),
        ("address=sealed.example&effect=clear", REFUSED),
        ("address=www.sealed.example/x&effect=clear", REFUSED),
        ("address=sealed.example&effect=add&category=education", REFUSED),
        ("address=pages.example/bad-corner/x&effect=clear", REFUSED),
        // Wider than what is sealed.
        ("address=pages.example&effect=clear", below),
        ("address=pages.example&effect=remove&category=games", below),
    ]
    .into_iter()
    .enumerate()
    {
        let form = format!("{form}&reason=It+is+harmless&review=2027-06-01");
        refused(&lead.post("/lists/edits", &form).await, words);
        is_told(&rig, 5, Way::ListEdit).await;
        assert_eq!(tries(&rig).await, tried + 1, "{form}: one line a try");
    }
    assert!(rig.books.values::<ListEdit>().await.unwrap().is_empty());
    let about = "address=pages.example&effect=add&category=games&reason=Chess&review=2027-06-01";
    assert_eq!(lead.post("/lists/edits", about).await.leads_to(), "/lists/edits?done=edit-added");
    assert_ne!(rig.journal().await.last().unwrap().action, Action::SealedTried, "what shuts is no try");
    stays_shut(&rig);
}

/// Ada met a sealed page and asks for it.
async fn asked(rig: &Rig, lesson: Option<&Lesson>, proposed: Option<Proposed>) -> String {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event = events::web(900, &snapshot, facts::get(ada(lesson), SEALED[0]), now().plus_minutes(-4));
    assert_eq!(event.decision().unwrap().reason, Reason::SealedList);
    rig.recorded.0.lock().unwrap().push(event.clone());
    let request = UnblockRequest {
        id: Id::new(700),
        person: Id::new(ADA),
        event: event.id,
        address: WebAddress::parse(SEALED[0]).unwrap(),
        lesson: lesson.map(|lesson| lesson.id),
        reason: None,
        asked_at: now().plus_minutes(-3),
        proposed,
        answer: None,
    };
    rig.commit(&request::ask(request, false).unwrap()).await;
    format!("/requests/{}", id(700))
}

async fn no_grant(rig: &Rig) {
    assert!(rig.books.values::<Grant>().await.unwrap().is_empty());
}

#[tokio::test]
async fn fm_27_no_yes_to_a_request_opens_a_sealed_page() {
    let rig = Rig::sealed().await;
    let address = asked(&rig, None, None).await;
    let head = rig.signed_in("headteacher").await;
    for page in ["sealed.example/x", "sealed.example"] {
        let yes = format!("answer=yes&page={page}&scope=person&until=for:30&reason=Art&words=Look");
        refused(&head.post(&address, &yes).await, REFUSED);
        is_told(&rig, 1, Way::Request).await;
    }
    no_grant(&rig).await;
}

#[tokio::test]
async fn fm_27_a_yes_that_waited_while_the_page_was_sealed_is_confirmed_by_nobody() {
    let rig = Rig::sealed().await;
    let proposed = Proposed {
        by: Id::new(5),
        at: now().plus_minutes(-2),
        scope: Scope::Person(Id::new(ADA)),
        page: "sealed.example".parse().unwrap(),
        minutes: 30,
        reason: "Art".into(),
        words: "Look".into(),
        risks: vec![],
    };
    let address = asked(&rig, None, Some(proposed)).await;
    refused(&rig.signed_in("headteacher").await.post(&address, "answer=confirm").await, REFUSED);
    is_told(&rig, 1, Way::Request).await;
    no_grant(&rig).await;
}

#[tokio::test]
async fn fm_27_no_permission_opens_a_sealed_page() {
    let rig = Rig::sealed().await;
    let teacher = rig.signed_in("teacher").await;
    let rest = format!("whom=class:{}&reason=History&until=2026-11-27", id(CLASS));
    for (matter, page) in [("project", "sealed.example"), ("exception", "pages.example/bad-corner")] {
        let form = format!("what=History&pages=maps.example%0A{page}&{rest}");
        refused(&teacher.post(&format!("/permissions/new/{matter}"), &form).await, REFUSED);
        is_told(&rig, 7, Way::Permission).await;
    }
    assert!(rig.books.values::<Permission>().await.unwrap().is_empty());
}

#[tokio::test]
async fn fm_27_leave_asked_for_before_the_page_was_sealed_is_given_by_nobody() {
    let rig = Rig::sealed().await;
    let school = rig.books.get::<School, ids::School>(Id::new(1)).await.unwrap().unwrap().value;
    let ask = Ask {
        matter: Matter::Exception,
        reason: "Listed by mistake".into(),
        details: [].into(),
        whom: vec![Scope::Group(Id::new(CLASS))],
        pages: vec!["sealed.example".parse().unwrap()],
        opens: vec![],
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: None,
        from: now().plus_minutes(-10),
        until: Some(now().plus_minutes(24 * 60)),
    };
    let by = By { person: Id::new(7), at: now().plus_minutes(-10) };
    let (permission, change) =
        act::ask(Id::new(600), ask, &terms(&school.settings, Matter::Exception), by).unwrap();
    rig.commit(&change).await;
    let decide = format!("/permissions/{}/decide", permission.id);
    for (username, who) in [("computing", 5), ("headteacher", 1)] {
        refused(&rig.signed_in(username).await.post(&decide, "answer=yes").await, REFUSED);
        is_told(&rig, who, Way::Permission).await;
    }
    no_grant(&rig).await;
}

/// A lesson in which only a list is open, and the list.
async fn lesson(rig: &Rig) -> (Lesson, String) {
    let list = LessonList {
        id: Id::new(40),
        name: "Volcanoes".into(),
        group: Some(Id::new(CLASS)),
        pages: vec!["maps.example".parse().unwrap()],
        checked: Some((Id::new(7), now())),
    };
    rig.add(&list).await;
    let lesson = Lesson {
        id: Id::new(8),
        group: Id::new(CLASS),
        adult: Id::new(7),
        room: None,
        mode: Mode::ListOnly(list.id),
        opened_at: now().plus_minutes(-5),
        ends_at: now().plus_minutes(30),
        ended_at: None,
    };
    rig.commit(&Change::of(Action::LessonOpened, Write::of(&lesson, Expect::New))).await;
    (lesson, format!("/lessons/{}", id(8)))
}

#[tokio::test]
async fn fm_27_nothing_in_a_lesson_opens_a_sealed_page() {
    let rig = Rig::sealed().await;
    let (lesson, board) = lesson(&rig).await;
    asked(&rig, Some(&lesson), None).await;
    let teacher = rig.signed_in("teacher").await;
    let permit = "matter=source&whom=class&page=sealed.example&reason=Art".to_owned();
    for (path, form, way) in [
        ("/open", format!("event={}&page=sealed.example/x&reason=Art", id(900)), Way::Lesson),
        ("/open", format!("event={}&page=sealed.example&reason=Art", id(900)), Way::Lesson),
        (&format!("/answer/{}", id(700)), "answer=yes".to_owned(), Way::Lesson),
        ("/permit", permit.clone(), Way::Lesson),
        ("/permit", permit.replace("whom=class", &format!("whom={}", id(ADA))), Way::Lesson),
        ("/add-page", "add=sealed.example".to_owned(), Way::LessonList),
    ] {
        refused(&teacher.post(&format!("{board}{path}"), &form).await, "Nobody in the school can open");
        is_told(&rig, 7, way).await;
    }
    assert_eq!(tries(&rig).await, 6);
    no_grant(&rig).await;
}

#[tokio::test]
async fn fm_27_no_list_for_lessons_has_a_sealed_page() {
    let rig = Rig::sealed().await;
    let (_, _) = lesson(&rig).await;
    let teacher = rig.signed_in("teacher").await;
    for path in ["new".to_owned(), id(40)] {
        let pages = "maps.example%0Asealed.example%0Apages.example/bad-corner/x";
        let form = format!("name=Art&class={}&checked=yes&pages={pages}", id(CLASS));
        let answer = teacher.post(&format!("/lists-for-lessons/{path}"), &form).await;
        refused(&answer, "Line 2: nobody can open");
        is_told(&rig, 7, Way::LessonList).await;
    }
    assert_eq!(tries(&rig).await, 2, "one line a form, however many pages");
    let kept = rig.books.values::<LessonList>().await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].pages.len(), 1);
}

#[tokio::test]
async fn fm_27_unrestricted_time_does_not_open_a_sealed_page() {
    let rig = Rig::sealed().await;
    let lead = rig.signed_in("computing").await;
    assert!(lead.get("/unrestricted").await.page().contains("Sealed lists stay shut"));
    lead.post("/unrestricted", "reason=Look+into+a+block&until=for:30").await.leads_to();
    stays_shut(&rig);
}

async fn in_force(rig: &Rig) -> String {
    rig.books.get::<InForce, ids::School>(Id::new(1)).await.unwrap().unwrap().value.policy.to_string()
}

async fn sends(browser: &Browser<'_>, policy: &str, pressed: &str) -> Answer {
    let fields = [("policy", policy), ("reason", "We do not need it"), ("mark", "x"), ("do", pressed)];
    browser.fill_in("/policy/change", &fields).await
}

#[tokio::test]
async fn fm_27_no_policy_leaves_the_sealed_categories_out() {
    let rig = Rig::sealed().await;
    let before = in_force(&rig).await;
    let text = profile::written(&snapshot::policy("numbered")).unwrap();
    let from = text.find("sealed = [").unwrap();
    let said = &text[from..from + text[from..].find(']').unwrap() + 1];
    assert!(said.contains("illegal-images"), "{said}");
    let head = rig.signed_in("headteacher").await;
    for altered in ["sealed = [\"unlawful-terrorist\"]", "sealed = []", ""] {
        for pressed in ["look", "publish", "replay"] {
            let answer = sends(&head, &text.replace(said, altered), pressed).await;
            refused(&answer, "illegal-images`, which nobody can open");
            is_told(&rig, 1, Way::Policy).await;
        }
    }
    assert_eq!((tries(&rig).await, in_force(&rig).await), (9, before));
    refused(&sends(&head, &text.replace("[hours]", "[ours]"), "look").await, "ours");
    assert_eq!(tries(&rig).await, 9, "another fault is no try");
}
