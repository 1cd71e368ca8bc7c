//! A page that much hangs on, and quick leave in a lesson: two people for the one, a lesson's length for the other.

use usher_events::event::What;
use usher_lists::category::Category;
use usher_policy::decide::decide_web;
use usher_policy::decision::Reason;
use usher_policy::facts::{Circumstances, LessonFacts, Subject, WebFacts};
use usher_policy::verdict::Verdict;
use usher_records::change::{Action, Change, Expect, Write};
use usher_records::grant::{Grant, Opens};
use usher_records::lesson::{Lesson, Mode};
use usher_records::list_edit::ListEdit;
use usher_records::permission::{Permission, State};
use usher_records::request::{self, UnblockRequest};
use usher_scan::features::{Carried, File, SentKind};
use usher_scan::kind::Kind;
use usher_testkit::{events, facts};
use usher_types::ids::Id;
use usher_types::moment::Moment;

use crate::rig::{ADA, CLASS, Rig, id, now};

const ADULT: &str = "https://adult.example/art/venus";

/// Ada met a page that is shut, and asks for it.
async fn asked(rig: &Rig, page: &str, lesson: Option<u64>) {
    asked_after(rig, facts::get(facts::at_device(ada()), page), lesson).await;
}

fn ada() -> Subject {
    Subject { person: Some(Id::new(ADA)), groups: vec![Id::new(CLASS)], ..facts::subject("pupil.y4") }
}

/// Ada at a device, in a lesson or outside of one.
fn ada_in(lesson: Option<u64>) -> Circumstances {
    let lesson = lesson.map(|lesson| LessonFacts {
        lesson: Id::new(lesson),
        group: Id::new(CLASS),
        adult: Id::new(7),
        mode: Mode::Normal,
        ends_at: now().plus_minutes(30),
    });
    Circumstances { lesson, ..facts::at_device(ada()) }
}

/// The same of what came back when she asked.
async fn asked_after(rig: &Rig, met: WebFacts, lesson: Option<u64>) {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let page = met.address.clone();
    rig.recorded.0.lock().unwrap().push(events::web(902, &snapshot, met, now().plus_minutes(-4)));
    let request = UnblockRequest {
        id: Id::new(700),
        person: Id::new(ADA),
        event: Id::new(902),
        address: page,
        lesson: lesson.map(Id::new),
        reason: None,
        asked_at: now().plus_minutes(-3),
        proposed: None,
        answer: None,
    };
    rig.commit(&request::ask(request, false).unwrap()).await;
}

fn opens(rig: &Rig, page: &str, at: Moment) -> bool {
    opens_in(rig, page, at, Some(8))
}

fn opens_in(rig: &Rig, page: &str, at: Moment, lesson: Option<u64>) -> bool {
    let snapshot = rig.app.snapshot.load_full().unwrap();
    decide_web(&snapshot, &facts::get(ada_in(lesson), page), at).verdict == Verdict::Allow
}

async fn request(rig: &Rig) -> UnblockRequest {
    rig.books.get::<UnblockRequest, usher_types::ids::Request>(Id::new(700)).await.unwrap().unwrap().value
}

fn yes(page: &str) -> String {
    format!("answer=yes&page={page}&scope=person&until=for:30&reason=Art+in+Year+4&words=Look+at+it+with+me")
}

#[tokio::test]
async fn mon_13_a_technician_reads_no_request_for_a_page() {
    let rig = Rig::new().await;
    asked(&rig, ADULT, None).await;
    let technician = rig.signed_in("technician").await;
    for address in ["/", "/requests", "/requests?state=answered"] {
        let page = technician.get(address).await;
        assert!(!page.text.contains("adult.example") && !page.text.contains("Ada Bell"), "{address}");
    }
    let address = format!("/requests/{}", id(700));
    assert_eq!(technician.get(&address).await.status, 404);
    assert_eq!(technician.post(&address, "answer=no").await.status, 404);
    assert!(request(&rig).await.answer.is_none());
    assert!(rig.signed_in("headteacher").await.get("/requests").await.page().contains("adult.example"));
}

#[tokio::test]
async fn a_page_that_breaks_a_promise_is_opened_by_two_people_of_two_offices() {
    let rig = Rig::new().await;
    asked(&rig, ADULT, None).await;
    let address = format!("/requests/{}", id(700));
    let lead = rig.signed_in("computing").await;
    let page = lead.get(&address).await;
    for shown in
        ["Everything under", "adult.example/art/", "It breaks a promise of the school", "takes two people"]
    {
        assert!(page.page().contains(shown), "{shown}: {}", page.text);
    }
    let proposed = lead.post(&address, &yes("adult.example/art/venus")).await;
    assert!(proposed.leads_to().ends_with("asked-second"));
    assert!(request(&rig).await.answer.is_none() && !opens(&rig, ADULT, now()), "nothing opens yet");
    // Nobody is their own second, and whoever could not answer alone is none either.
    assert!(lead.get(&address).await.page().contains("You cannot be the second person"));
    let technician = rig.signed_in("technician").await;
    for (browser, status) in [(&lead, 422), (&technician, 404)] {
        assert_eq!(browser.post(&address, "answer=confirm").await.status, status);
        browser.post(&address, &yes("adult.example/art/venus")).await;
        assert!(!opens(&rig, ADULT, now()), "{status}");
    }
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/requests").await.page().contains("Waits for a second person"));
    let page = head.get(&address).await;
    assert!(page.page().contains("Cal Comp wants to open this") && page.page().contains("Art in Year 4"));
    head.post(&address, "answer=confirm").await.leads_to();
    let answer = request(&rig).await.answer.unwrap();
    assert_eq!((answer.by, answer.words.as_str()), (Id::new(1), "Look at it with me"));
    assert!(opens(&rig, ADULT, now()) && !opens(&rig, "https://adult.example/else", now()), "the page alone");
    assert!(!opens(&rig, ADULT, now().plus_minutes(30)), "and ends by itself");
    let grant = rig.books.get::<Grant, _>(answer.grant.unwrap()).await.unwrap().unwrap().value;
    assert_eq!(grant.owner, Id::new(5), "whoever proposed it owns it");
}

#[tokio::test]
async fn what_lists_know_below_a_site_takes_two_and_so_does_one_film_of_many() {
    let rig = Rig::new().await;
    asked(&rig, "https://tube.example/x/fun", None).await;
    let address = format!("/requests/{}", id(700));
    let lead = rig.signed_in("computing").await;
    assert!(lead.get(&address).await.page().contains("tube.example/x/bare"));
    let technician = rig.signed_in("technician").await;
    assert_eq!(technician.get(&address).await.status, 404, "who does not decide");
    for odd in ["other.example", "192.0.2.0/24", "example"] {
        assert_eq!(lead.post(&address, &yes(odd)).await.status, 422, "{odd} was not offered");
    }
    let class = yes("tube.example/x/fun").replace("scope=person", &format!("scope=class:{}", id(CLASS + 1)));
    assert_eq!(lead.post(&address, &class).await.status, 422, "another class");
    for wide in ["tube.example", "tube.example/x"] {
        let proposed = lead.post(&address, &yes(wide)).await;
        assert!(proposed.leads_to().ends_with("asked-second"), "{wide}");
        assert!(!opens(&rig, "https://tube.example/x/bare", now()));
        lead.post(&address, "answer=aside").await.leads_to();
        assert!(request(&rig).await.proposed.is_none());
    }
    lead.post(&address, &yes("tube.example/x/fun")).await.leads_to();
    assert!(opens(&rig, "https://tube.example/x/fun", now()));
    assert!(!opens(&rig, "https://tube.example/x/bare", now()));
}

#[tokio::test]
async fn a_film_is_judged_by_its_query_and_a_typed_one_is_not_widened_unsaid() {
    let rig = Rig::new().await;
    let board = lesson(&rig).await;
    asked(&rig, "https://video.example/watch?v=7", Some(8)).await;
    let teacher = rig.signed_in("teacher").await;
    let answer = teacher.post(&format!("{board}/answer/{}", id(700)), "answer=yes").await;
    assert!(answer.leads_to().ends_with("asked-takes-two"));
    let form = format!("matter=source&whom={}&page=video.example/watch%3Fv%3D3&reason=A+film", id(ADA));
    let typed = teacher.post(&format!("{board}/permit"), &form).await;
    assert!(typed.status == 422 && typed.text.contains("leave out the “?”"), "{}", typed.text);
    for (page, said) in [("video.example/watch", "takes two people"), ("192.0.2.0/24", "many people at once")]
    {
        let form = format!("matter=source&whom={}&page={page}&reason=A+film", id(ADA));
        let typed = teacher.post(&format!("{board}/permit"), &form).await;
        assert!(typed.status == 422 && typed.text.contains(said), "{}", typed.text);
    }
    assert!(!opens(&rig, "https://video.example/watch?v=3", now()));
}

#[tokio::test]
async fn what_the_filter_read_on_a_page_in_no_list_counts_and_so_do_accounts() {
    let rig = Rig::new().await;
    let board = lesson(&rig).await;
    asked(&rig, "https://story.example/one", Some(8)).await;
    let teacher = rig.signed_in("teacher").await;
    let found = |reason: Reason| {
        if let Some(What::Web(web)) = rig.recorded.0.lock().unwrap().last_mut().map(|event| &mut event.what) {
            web.decision.reason = reason;
        }
    };
    found(Reason::Says(Category::parse("adult").unwrap(), 300));
    let answer = teacher.post(&format!("{board}/answer/{}", id(700)), "answer=yes").await;
    assert!(answer.leads_to().ends_with("asked-takes-two"));
    let lead = rig.signed_in("computing").await;
    for kind in [SentKind::Picture, SentKind::SignUp] {
        found(Reason::Leaving("held".into(), kind));
        let answer = lead.post(&format!("/requests/{}", id(700)), &yes("story.example/one")).await;
        assert!(answer.status == 422 && answer.text.contains("opened by a project"), "{}", answer.text);
    }
    assert!(request(&rig).await.answer.is_none());
}

#[tokio::test]
async fn while_a_yes_waits_a_teacher_gives_no_other_beside_it() {
    let rig = Rig::new().await;
    let board = lesson(&rig).await;
    asked(&rig, "https://tube.example/x/fun", Some(8)).await;
    let lead = rig.signed_in("computing").await;
    lead.post(&format!("/requests/{}", id(700)), &yes("tube.example")).await.leads_to();
    let teacher = rig.signed_in("teacher").await;
    let answer = teacher.post(&format!("{board}/answer/{}", id(700)), "answer=yes").await;
    assert!(answer.leads_to().ends_with("asked-takes-two"));
    let waits = request(&rig).await;
    assert!(waits.answer.is_none() && waits.proposed.is_some());
    assert!(!opens(&rig, "https://tube.example/x/fun", now()));
}

#[tokio::test]
async fn one_person_puts_nothing_grave_into_a_list_for_lessons() {
    let rig = Rig::new().await;
    let teacher = rig.signed_in("teacher").await;
    for page in ["adult.example", "tube.example", "video.example/watch"] {
        let form = format!("name=Volcanoes&class={}&checked=yes&pages=maps.example%0A{page}", id(CLASS));
        let refused = teacher.post("/lists-for-lessons/new", &form).await;
        assert!(refused.status == 422 && refused.text.contains("takes two people"), "{}", refused.text);
    }
    assert!(rig.books.values::<usher_records::lesson::LessonList>().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_page_nobody_minds_takes_one_person_and_the_narrowest_and_shortest_is_proposed() {
    let rig = Rig::new().await;
    asked(&rig, "https://games.example/maths/times", None).await;
    let address = format!("/requests/{}", id(700));
    let lead = rig.signed_in("computing").await;
    let page = lead.get(&address).await;
    let chosen: Vec<&str> = page.page().split("<input").filter(|input| input.contains(" checked")).collect();
    let value = |value: &str| chosen.iter().any(|input| input.contains(value));
    assert!(value("value=\"games.example/maths/times\"") && value("value=\"person\""), "{chosen:?}");
    lead.post(&address, &yes("games.example/maths/times")).await.leads_to();
    assert!(request(&rig).await.answer.is_some_and(|answer| answer.grant.is_some()));
}

async fn lesson(rig: &Rig) -> String {
    let lesson = Lesson {
        id: Id::new(8),
        group: Id::new(CLASS),
        adult: Id::new(7),
        room: None,
        mode: Mode::Normal,
        opened_at: now().plus_minutes(-5),
        ends_at: now().plus_minutes(30),
        ended_at: None,
    };
    rig.commit(&Change::of(Action::LessonOpened, Write::of(&lesson, Expect::New))).await;
    format!("/lessons/{}", id(8))
}

#[tokio::test]
async fn a_teacher_alone_opens_nothing_that_takes_two() {
    let rig = Rig::new().await;
    let board = lesson(&rig).await;
    asked(&rig, ADULT, Some(8)).await;
    let teacher = rig.signed_in("teacher").await;
    let answer = teacher.post(&format!("{board}/answer/{}", id(700)), "answer=yes").await;
    assert!(answer.leads_to().ends_with("asked-takes-two"));
    assert!(request(&rig).await.answer.is_none(), "it stays for those who answer requests");
    let form = format!("matter=source&whom={}&page=adult.example&reason=Art+today", id(ADA));
    let permit = teacher.post(&format!("{board}/permit"), &form).await;
    assert!(permit.status == 422 && permit.text.contains("takes two people"), "{}", permit.text);
    assert!(!opens(&rig, ADULT, now()));
}

#[tokio::test]
async fn prm_09_wi_fi_for_one_child_for_one_lesson_ends_with_the_lesson() {
    let rig = Rig::new().await;
    let board = lesson(&rig).await;
    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get(&board).await.page().contains(&format!("{board}/permit")));
    teacher.get(&format!("{board}/permit")).await.page();
    let given =
        teacher.post(&format!("{board}/permit"), &format!("matter=pupil-device&whom={}", id(ADA))).await;
    assert!(given.leads_to().ends_with("permitted"));
    let source = format!("matter=source&whom={}&page=games.example%2Fchess&reason=Chess+today", id(ADA));
    teacher.post(&format!("{board}/permit"), &source).await.leads_to();
    let chess = "https://games.example/chess";
    assert!(opens(&rig, chess, now()));
    assert!(
        !opens_in(&rig, chess, now(), None) && !opens_in(&rig, chess, now(), Some(9)),
        "in this lesson only"
    );
    let page = teacher.get(&format!("{board}/permit")).await;
    assert!(page.page().contains("Ada Bell") && page.page().contains("own device"), "{}", page.text);
    let nobody = teacher.post(&format!("{board}/permit"), "matter=phone-call&whom=").await;
    assert!(nobody.status == 422 && nobody.text.contains("href=\"#whom\""), "{}", nobody.text);
    let other = teacher.post(&format!("{board}/permit"), &format!("matter=phone-call&whom={}", id(7))).await;
    assert_eq!(other.status, 422, "only children of the class");
    teacher.post(&format!("{board}/end"), "").await.leads_to();
    let lesson = rig.books.get::<Lesson, usher_types::ids::Lesson>(Id::new(8)).await.unwrap().unwrap().value;
    for permission in rig.books.values::<Permission>().await.unwrap() {
        assert_eq!(permission.state(now(), Some(&lesson)), State::Over);
    }
    assert!(!opens_in(&rig, chess, now(), None), "what was opened to the child ended too");
}

#[tokio::test]
async fn fm_43_how_often_what_was_shut_should_have_been_open_is_told_by_kind_and_class() {
    let rig = Rig::new().await;
    let lead = rig.signed_in("computing").await;
    assert!(lead.get("/requests/rate").await.page().contains("Nothing was shut, and nobody asked"));
    asked(&rig, ADULT, None).await;
    for event in rig.recorded.0.lock().unwrap().iter_mut() {
        let What::Web(web) = &mut event.what else { continue };
        web.decision.verdict = Verdict::Block;
        web.decision.reason = Reason::Category(Category::parse("adult").unwrap());
    }
    let page = lead.get("/requests/rate").await;
    assert!(page.page().contains("0 for each thousand pages shut; 0 opened in all"), "{}", page.text);
    let address = format!("/requests/{}", id(700));
    lead.post(&address, &yes("adult.example/art/venus")).await;
    rig.signed_in("headteacher").await.post(&address, "answer=confirm").await.leads_to();
    let page = lead.get("/requests/rate").await;
    assert!(page.page().contains("1000 for each thousand pages shut; 1 opened in all"), "{}", page.text);
    assert!(page.page().contains("4 Oak"), "{}", page.text);
}

#[tokio::test]
async fn web_31_an_edit_that_opens_what_is_grave_for_everybody_is_not_for_one_person() {
    let rig = Rig::new().await;
    let computing = rig.signed_in("computing").await;
    let edit = |effect: &str| {
        format!("address=adult.example%2Fart%2F&{effect}&reason=Art+in+Year+4&review=2027-11-24")
    };
    for effect in ["effect=clear", "effect=remove&category=adult"] {
        for username in ["computing", "headteacher"] {
            let refused = rig.signed_in(username).await.post("/lists/edits", &edit(effect)).await;
            assert_eq!(refused.status, 422, "{username}, {effect}: {}", refused.text);
            assert!(refused.text.contains("One person cannot open this for everybody"), "{}", refused.text);
        }
    }
    assert!(rig.books.values::<ListEdit>().await.unwrap().is_empty() && !opens(&rig, ADULT, now()));
    // What shuts goes at once, and whoever is to know is told of both: that it came, and that it went.
    let shuts = edit("effect=add&category=games").replace("adult.example%2Fart%2F", "hats.example");
    computing.post("/lists/edits", &shuts).await.leads_to();
    let kept = rig.books.values::<ListEdit>().await.unwrap().remove(0);
    computing.post(&format!("/lists/edits/{}/remove", kept.id), "reason=It+sells+hats").await.leads_to();
    let mails = rig.books.store().take_mails(Id::new(1), now(), now(), 100).await.unwrap();
    let of = |words: &str| mails.iter().filter(|mail| format!("{mail:?}").contains(words)).count();
    assert!(of("made this edit") > 0 && of("made this edit") == of("It sells hats"), "{mails:?}");
}

/// A program from a site that opens, whatever it is called.
fn program(page: &str) -> WebFacts {
    let file = File { kind: Kind::Pe, within: None, locked: false, unread: None };
    let mut came = facts::get(ada_in(Some(8)), page);
    came.carried = Some(Carried { file: Some(file), ..Carried::default() });
    came
}

#[tokio::test]
async fn web_07_a_technician_lets_a_program_through_until_a_time_and_a_leader_cannot() {
    const SETUP: &str = "https://maths.gov.uk/setup";
    let rig = Rig::new().await;
    let comes = |at| {
        let snapshot = rig.app.snapshot.load_full().unwrap();
        decide_web(&snapshot, &program(SETUP), at).verdict == Verdict::Allow
    };
    let plain = facts::get(ada_in(Some(8)), SETUP);
    let opens = decide_web(&rig.app.snapshot.load_full().unwrap(), &plain, now());
    assert_eq!(opens.verdict, Verdict::Allow, "the site itself is open: {:?}", opens.reason);
    assert!(!comes(now()), "the program is not");
    asked_after(&rig, program(SETUP), None).await;
    let address = format!("/requests/{}", id(700));
    let form =
        "answer=yes&page=maths.gov.uk/setup&scope=person&until=for:30&reason=Times+tables&words=It+is+safe";
    let head = rig.signed_in("headteacher").await;
    let refused = head.post(&address, form).await;
    assert!(refused.status.is_client_error() && !comes(now()), "a program is no leader's: {}", refused.text);
    assert!(request(&rig).await.answer.is_none());
    let technician = rig.signed_in("technician").await;
    assert!(technician.get(&address).await.page().contains("value=\"yes\""));
    technician.post(&address, form).await.leads_to();
    let answer = request(&rig).await.answer.unwrap();
    let grant = rig.books.get::<Grant, _>(answer.grant.unwrap()).await.unwrap().unwrap().value;
    assert_eq!(grant.opens, Opens::Files);
    assert!(comes(now()) && comes(grant.until.plus_minutes(-1)), "until its end");
    assert!(!comes(grant.until), "and ends by itself");
    let other = program("https://maths.gov.uk/other");
    let elsewhere = decide_web(&rig.app.snapshot.load_full().unwrap(), &other, now());
    assert_eq!(elsewhere.verdict, Verdict::Block, "that page's alone");
}
