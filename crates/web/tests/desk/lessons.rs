//! A teacher's lesson: opened, watched as it happens, a page opened in it, ended.

use std::time::Duration;

use http_body_util::BodyExt as _;
use usher_policy::verdict::Verdict;
use usher_records::agreement::AgreementText;
use usher_records::grant::{Grant, Scope};
use usher_records::lesson::{Lesson, LessonList};
use usher_records::told::{Told, What, tell};
use usher_testkit::{events, facts};
use usher_types::ids::Id;
use usher_types::role::Year;
use usher_web::live::Note;

use crate::rig::{ADA, Browser, CLASS, GAME, Rig, id, now};

/// A page of the live stream comes within this.
const SOON: Duration = Duration::from_secs(2);

async fn open_lesson(rig: &Rig, teacher: &Browser<'_>) -> Lesson {
    let answer = teacher.post("/lessons", &format!("group={}&mode=normal&until=for:60", id(CLASS))).await;
    assert!(answer.leads_to().starts_with("/lessons/"));
    rig.books.values::<Lesson>().await.unwrap().pop().unwrap()
}

/// Ada tries a game in this lesson, and is refused.
fn block(rig: &Rig, lesson: &Lesson) -> usher_events::event::Event {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    subject.year = Year::new(4);
    let mut who = facts::at_device(subject);
    who.lesson = Some(usher_policy::facts::LessonFacts {
        lesson: lesson.id,
        group: lesson.group,
        adult: lesson.adult,
        mode: lesson.mode,
        ends_at: lesson.ends_at,
    });
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event = events::web(900, &snapshot, facts::get(who, GAME), now());
    assert!(event.decision().unwrap().verdict >= Verdict::Hold, "the game is shut");
    rig.recorded.0.lock().unwrap().push(event.clone());
    event
}

/// Reads a stream until it holds these words.
async fn hears(body: &mut axum::body::Body, words: &str) -> String {
    let mut heard = String::new();
    let wait = async {
        while !heard.contains(words) {
            let Some(frame) = body.frame().await else { panic!("the stream ended: {heard}") };
            if let Ok(data) = frame.unwrap().into_data() {
                heard.push_str(&String::from_utf8_lossy(&data));
            }
        }
    };
    assert!(tokio::time::timeout(SOON, wait).await.is_ok(), "never heard {words}: {heard}");
    heard
}

#[tokio::test]
async fn a_teacher_opens_a_lesson_sees_a_block_and_a_child_who_told_and_opens_the_page() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains("4 Oak"), "my class is on my first page");
    let lesson = open_lesson(&rig, &teacher).await;
    let address = format!("/lessons/{}", lesson.id);
    assert!(teacher.get(&address).await.page().contains("Ada Bell"));

    let mut live = teacher.stream(&format!("{address}/live")).await;
    hears(&mut live, "Ada Bell").await;
    let event = block(&rig, &lesson);
    rig.app.live.tell(Note::Recorded(event.clone().into()));
    hears(&mut live, "games.example/play").await;
    let told = Told {
        id: Id::new(801),
        person: Id::new(ADA),
        what: What::ToldAnAdult,
        event: Some(event.id),
        address: None,
        group: Some(Id::new(CLASS)),
        lesson: Some(lesson.id),
        words: None,
        at: now(),
        seen: None,
    };
    rig.commit(&tell(&told)).await;
    rig.app.live.tell(Note::Told(told.clone().into()));
    hears(&mut live, &format!("told-{}", told.id)).await;

    let answer = teacher
        .post(&format!("{address}/open"), &format!("event={}&page=games.example/play", event.id))
        .await;
    assert_eq!(answer.leads_to(), format!("{address}?done=page-opened"));
    let grant = rig.books.values::<Grant>().await.unwrap().pop().unwrap();
    assert_eq!((grant.scope, grant.owner), (Scope::Lesson(lesson.id), Id::new(7)));
    assert!(grant.until <= lesson.ends_at, "never longer than the lesson");
    let seen = teacher.post(&format!("/told/{}/seen", told.id), &format!("then={address}")).await;
    assert_eq!(seen.leads_to(), format!("{address}?done=told-seen"));
    assert!(teacher.get(&address).await.page().contains("games.example/play"));

    let ended = teacher.post(&format!("{address}/end"), "").await;
    assert_eq!(ended.leads_to(), format!("{address}?done=lesson-ended"));
    hears(&mut live, "event: ended").await;
}

#[tokio::test]
async fn what_a_page_fetches_by_itself_does_not_need_the_teacher() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    block(&rig, &lesson);
    if let Some(event) = rig.recorded.0.lock().unwrap().first_mut()
        && let usher_events::event::What::Web(web) = &mut event.what
    {
        // Nobody had a page before them: the answer was a line of text.
        web.outcome.content_type = Some("text/plain".into());
    }
    let board = teacher.get(&format!("/lessons/{}", lesson.id)).await;
    assert!(!board.page().contains("games.example"));
}

#[tokio::test]
async fn a_look_closer_shows_the_choices_and_a_sealed_or_odd_page_is_refused() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    let event = block(&rig, &lesson);
    let address = format!("/lessons/{}", lesson.id);
    let closer = teacher.get(&format!("{address}/open?event={}", event.id)).await;
    assert!(closer.page().contains("games.example/play"));
    for page in ["not+an+address", "example", "com", "other.example/play"] {
        let odd = format!("event={}&page={page}", event.id);
        let odd = teacher.post(&format!("{address}/open"), &odd).await;
        assert!(odd.status.is_client_error(), "{page}: {}", odd.status);
    }
    assert_eq!(rig.books.values::<Grant>().await.unwrap().len(), 0);
}

#[tokio::test]
async fn web_08_a_list_of_three_pages_is_of_use_only_when_somebody_has_looked_at_them() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let pages = "encyclopaedia.example/volcanoes%0Amuseum.example/lava%0Amaps.example/etna";
    let form = format!("name=Volcanoes&class={}&pages={pages}", id(CLASS));
    let kept = teacher.post("/lists-for-lessons/new", &form).await;
    assert_eq!(kept.leads_to(), "/lists-for-lessons?done=list-saved-unchecked");
    let list = rig.books.values::<LessonList>().await.unwrap().pop().unwrap();
    assert!(list.pages.len() == 3 && list.checked.is_none());
    let start = format!("/lessons/start/{}", id(CLASS));
    assert!(!teacher.get(&start).await.page().contains("Volcanoes"));
    // Nor when it is asked for all the same.
    let lesson = format!("group={}&mode=list:{}&until=for:60", id(CLASS), list.id);
    let refused = teacher.post("/lessons", &lesson).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(rig.books.values::<Lesson>().await.unwrap().is_empty());

    let ticked = format!("{form}&checked=yes").replace("Volcanoes", "Etna");
    teacher.post("/lists-for-lessons/new", &ticked).await.leads_to();
    assert!(teacher.get(&start).await.page().contains("Etna"));
    let list =
        rig.books.values::<LessonList>().await.unwrap().into_iter().find(|list| list.name == "Etna").unwrap();
    assert!(list.checked.is_some() && list.group.is_some());
    let lesson = format!("group={}&mode=list:{}&until=for:60", id(CLASS), list.id);
    teacher.post("/lessons", &lesson).await.leads_to();
    assert_eq!(rig.books.values::<Lesson>().await.unwrap().len(), 1);
    assert!(teacher.get("/lists-for-lessons").await.page().contains("Etna"));
}

#[tokio::test]
async fn a_lesson_shows_what_was_refused_in_it_and_nothing_else_that_anybody_opened() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut subject = facts::subject("staff.headteacher");
    subject.person = Some(Id::new(1));
    let theirs = facts::get(facts::at_device(subject), "https://solicitors.example/leaving");
    rig.recorded.0.lock().unwrap().push(events::web(903, &snapshot, theirs, now()));
    let here = block(&rig, &lesson);
    let address = format!("/lessons/{}/open", lesson.id);
    let other = teacher.get(&format!("{address}?event={}", id(903))).await;
    assert!(other.status == 404 && !other.text.contains("solicitors"), "{}", other.text);
    let form = format!("event={}&page=solicitors.example/leaving", id(903));
    assert_eq!(teacher.post(&address, &form).await.status, 404);
    // Of another lesson, too.
    let mut elsewhere = lesson.clone();
    elsewhere.id = Id::new(977);
    rig.add(&elsewhere).await;
    let address = format!("/lessons/{}/open?event={}", elsewhere.id, here.id);
    assert_eq!(teacher.get(&address).await.status, 404);
}

#[tokio::test]
async fn web_13_what_a_child_tells_is_for_those_whom_it_concerns() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    let told = Told {
        id: Id::new(802),
        person: Id::new(ADA),
        what: What::TellSomeone,
        event: None,
        address: None,
        group: Some(Id::new(CLASS)),
        lesson: Some(lesson.id),
        words: Some("somebody hurts me".into()),
        at: now(),
        seen: None,
    };
    rig.commit(&tell(&told)).await;
    let address = format!("/lessons/{}", lesson.id);
    let seen = format!("/told/{}/seen", told.id);
    for other in ["supply", "support", "seniorleader"] {
        let other = rig.signed_in(other).await;
        let board = other.get(&address).await;
        assert!(!board.page().contains("hurts me") && !board.text.contains("child--stop"), "{}", board.text);
        assert_eq!(other.post(&seen, "").await.status, 404);
        let mut live = other.stream(&format!("{address}/live")).await;
        assert!(!hears(&mut live, "Ada Bell").await.contains("hurts me"));
    }
    for theirs in ["teacher", "safeguarding"] {
        let theirs = rig.signed_in(theirs).await;
        assert!(theirs.get(&address).await.page().contains("hurts me"));
    }
    teacher.post(&format!("{address}/end"), "").await.leads_to();
    assert_eq!(teacher.post(&seen, "").await.status, 303, "after the lesson as well");
}

/// The address behind the last link with these words: the menu has one too.
fn link(page: &str, words: &str) -> String {
    let at = page.rfind(&format!("{words}</a>")).unwrap_or_else(|| panic!("no link {words}: {page}"));
    let (_, from) = page[..at].rsplit_once("<a href=\"").unwrap();
    from.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn agr_04_from_a_lesson_a_teacher_comes_to_where_that_class_signs_together() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    let shown = teacher.get(&format!("/lessons/{}", lesson.id)).await;
    let together = link(shown.page(), "Sign together");
    assert_eq!(together, format!("/together/{}", id(CLASS)));
    let page = teacher.get(&together).await;
    assert!(
        page.page().contains("4 Oak") && page.text.contains(&format!("action=\"{together}\"")),
        "{}",
        page.text
    );
    assert_eq!(teacher.post(&together, "").await.leads_to(), format!("{together}?done=together-opened"));
    let opened = rig.books.values::<usher_records::together::Together>().await.unwrap().pop().unwrap();
    assert_eq!((opened.group, opened.adult), (Id::new(CLASS), Id::new(7)));
}

#[tokio::test]
async fn fm_46_whoever_opens_a_lesson_sees_that_class_now_and_has_signed_to_supervise_it() {
    let rig = Rig::new().await;
    let staff = AgreementText::parse(include_str!("../../../../profiles/agreements/staff.md")).unwrap();
    let supervise =
        staff.clauses.iter().find(|clause| clause.keeps.iter().any(|kept| kept == "duty.supervise"));
    let supervise = supervise.expect("every member of staff signs to supervise");
    assert!(supervise.keeps.iter().any(|kept| kept == "seen.lesson-live"), "and is shown what to watch");
    let teacher = rig.signed_in("teacher").await;
    let lesson = open_lesson(&rig, &teacher).await;
    let address = format!("/lessons/{}", lesson.id);
    let mut live = teacher.stream(&format!("{address}/live")).await;
    hears(&mut live, "Ada Bell").await;
    let event = block(&rig, &lesson);
    rig.app.live.tell(Note::Recorded(event.into()));
    hears(&mut live, "games.example/play").await;
}
