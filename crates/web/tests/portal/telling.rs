//! Telling: a grown-up, somebody, that it was an accident; and being told what the school can see.

use usher_policy::verdict::Verdict;
use usher_records::case::Case;
use usher_records::case::rules::Class;
use usher_records::case::thread::Origin;
use usher_records::change::{Action, Change};
use usher_records::person::Person;
use usher_records::request::UnblockRequest;
use usher_records::told::{Told, What};
use usher_testkit::school::pupil;
use usher_types::digest::Digest;
use usher_types::ids::{self, Id};
use usher_types::role::Reader;
use usher_web::live::Note;

use crate::device::{LESSON, OTTERS, PORTAL, device, form_to};
use crate::rig::{ADA, CLASS, GAME, Rig, id, now};

async fn told(rig: &Rig) -> Vec<Told> {
    rig.books.values::<Told>().await.unwrap()
}

#[tokio::test]
async fn web_13_i_have_told_an_adult_reaches_the_lesson_with_the_press_and_is_marked() {
    let rig = Rig::unasked().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    let event = pc.visit(900, GAME);
    assert_eq!(event.decision().unwrap().verdict, Verdict::Block);
    let page = pc.refusal(&event, GAME);
    assert!(page.contains(&pc.says(Reader::Ks2, "block-told")), "{page}");
    let mut live = rig.app.live.listen();
    let thanks = pc.send("/told", &form_to(&page, "/told")).await;
    assert!(thanks.page().contains(&pc.says(Reader::Ks2, "told-thanks-title")));
    let Ok(Note::Told(note)) = live.try_recv() else { panic!("nothing was heard") };
    assert_eq!((note.person, note.what), (Id::new(ADA), What::ToldAnAdult));
    assert_eq!((note.event, note.lesson), (Some(event.id), Some(Id::new(LESSON))));
    pc.send("/told", &form_to(&page, "/told")).await.page();
    assert_eq!(told(&rig).await.len(), 1, "pressed twice is told once");

    let teacher = rig.signed_in("teacher").await;
    assert!(teacher.get("/").await.page().contains("games.example/play"));
    let seen = teacher.post(&format!("/told/{}/seen", note.id), "then=/").await;
    assert!(seen.leads_to().contains("told-seen"));
    assert_eq!(told(&rig).await[0].seen, Some((Id::new(7), now())));
    assert!(matches!(live.try_recv(), Ok(Note::Told(again)) if again.seen.is_some()));
}

#[tokio::test]
async fn web_14_the_class_teacher_gets_what_a_child_tells_with_the_page_and_the_time() {
    let rig = Rig::unasked().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    let sent = pc.fill("/tell", "/tell", "words=Somebody+was+mean+to+me").await;
    assert!(pc.get(sent.leads_to()).await.page().contains(&pc.says(Reader::Ks2, "tell-thanks-title")));
    rig.clock.set(now().plus_minutes(4));
    let page = pc.refusal(&pc.visit(900, GAME), GAME);
    pc.send("/told", &form_to(&page, "/told")).await.page();
    let told = told(&rig).await;
    assert_eq!(told.iter().map(|told| told.group).collect::<Vec<_>>(), [Some(Id::new(CLASS)); 2]);
    let today = rig.signed_in("teacher").await.get("/").await;
    for words in ["Ada Bell", "Somebody was mean to me", "10:15", "games.example/play", "10:19"] {
        assert!(today.page().contains(words), "{words}");
    }
    let other = rig.signed_in("support").await.get("/").await;
    assert!(!other.page().contains("Somebody was mean"), "nobody else's teacher reads it");
}

#[tokio::test]
async fn web_14_every_page_a_child_may_see_has_the_button() {
    let rig = Rig::new().await;
    rig.publish_all().await;
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    let pages = [
        "/",
        "/agreement",
        "/agreement/mine",
        "/password",
        "/clause",
        "/notice",
        "/rules/sanctions",
        "/rules/what-counts",
    ];
    for path in pages.into_iter().chain(["/home-guide", "/certificate", "/classes", "/sign-in", "/visitor"]) {
        let answer = pc.get(path).await;
        if answer.status.is_redirection() {
            continue;
        }
        assert!(answer.page().contains("href=\"/tell\""), "{path}");
    }
    assert!(pc.get("/tell").await.page().contains("action=\"/tell\""));
}

#[tokio::test]
async fn web_14_a_child_behind_a_shared_sign_in_taps_their_picture() {
    let year = usher_types::role::Year::new(4).unwrap();
    let rig = Rig::of("numbered", |school| school.sign_in.shared_years = vec![year]).await;
    let hash = usher_records::account::Hashed::Password(rig.hash("class otter").await);
    rig.account("year4", None, Some(year), hash).await;
    let pc = device(&rig, 1);
    let class = format!("/classes/{}", id(CLASS));
    pc.fill(&class, &class, "password=class+otter").await.leads_to();
    let faces = pc.fill("/tell", "/tell", "words=I+saw+something").await;
    assert!(faces.page().contains("Ada B") && told(&rig).await.is_empty(), "{}", faces.text);
    let form = format!("_form={}&words=I+saw+something&face=", faces.token());
    assert_eq!(
        pc.send("/tell", &format!("{form}{}", id(1))).await.page(),
        faces.text.as_str(),
        "no classmate"
    );
    pc.send("/tell", &format!("{form}{}", id(ADA))).await.leads_to();
    assert_eq!(told(&rig).await[0].person, Id::new(ADA));
}

#[tokio::test]
async fn web_15_an_accident_is_tied_to_the_visit_and_shown_to_the_technician_and_not_to_colleagues() {
    let rig = Rig::unasked().await;
    let pc = device(&rig, 1);
    pc.sign_in("teacher").await.leads_to();
    let shut = "https://adult.example/";
    let event = pc.visit(900, shut);
    let page = pc.refusal(&event, shut);
    let thanks = pc.send("/accident", &form_to(&page, "/accident")).await;
    assert!(thanks.page().contains(&pc.says(Reader::Adult, "accident-thanks-title")));
    let explained = rig.books.find::<Told>("event", event.id).await.unwrap();
    assert_eq!(explained.len(), 1);
    let told = &explained[0].value;
    assert_eq!((told.person, told.what, told.at), (Id::new(7), What::Accident, now()));
    for (username, hears) in [
        ("technician", true),
        ("computing", true),
        ("safeguarding", true),
        ("support", false),
        ("office", false),
    ] {
        let today = rig.signed_in(username).await.get("/").await;
        assert_eq!(today.page().contains("adult.example"), hears, "{username}");
    }
}

#[tokio::test]
async fn mon_11_every_way_of_signing_in_says_in_its_readers_words_what_the_school_sees() {
    let rig = Rig::new().await;
    rig.add(&usher_testkit::school::group(11, "1 Elm", 1)).await;
    rig.add(&pupil(111, "Mo Reed", 1, 11)).await;
    let pc = device(&rig, 1);
    let pictures = format!("/classes/{}/{}", id(11), id(111));
    for (path, reader) in [
        ("/sign-in?for=ks2", Reader::Ks2),
        ("/sign-in?for=adult", Reader::Adult),
        ("/sign-in?for=parent", Reader::Adult),
        ("/visitor", Reader::Adult),
        ("/classes", Reader::Ks1),
        (&pictures, Reader::Ks1),
    ] {
        let page = pc.get(path).await;
        assert!(page.page().contains(&pc.says(reader, "sign-in-notice")), "{path}: {}", page.text);
    }
    let (child, adult) = (pc.says(Reader::Ks1, "sign-in-notice"), pc.says(Reader::Adult, "sign-in-notice"));
    assert_ne!(child, adult);
    assert!(pc.get("/notice").await.page().contains(&pc.says(Reader::Ks2, "notice-what")));
    pc.sign_in("teacher").await.leads_to();
    let notice = pc.get("/notice").await;
    assert!(notice.page().contains(&pc.says(Reader::Adult, "notice-what-searches")));
    assert!(notice.page().contains(&pc.says(Reader::Adult, "role-headteacher")), "and who may look");
}

/// What a page marks as the notice, in the words it has there.
fn noticed(page: &str) -> String {
    let after = page
        .split("data-notice=\"filtered watched\">")
        .nth(1)
        .unwrap_or_else(|| panic!("no notice in {page}"));
    after.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn fm_49_whoever_comes_to_sign_in_is_told_of_filtering_and_watching_at_the_portal_and_by_the_gateway() {
    let rig = Rig::new().await;
    rig.add(&usher_testkit::school::group(11, "1 Elm", 1)).await;
    rig.add(&pupil(111, "Mo Reed", 1, 11)).await;
    let pc = device(&rig, 1);
    // What says that pages are shut, and what says that somebody sees: in words of the one who reads them.
    let words = |reader| match reader {
        Reader::Adult => ["filters the web", "keeps a record"],
        Reader::Ks2 => ["shuts some pages", "can see which pages"],
        Reader::Ks1 => ["shuts some pages", "can see what I do"],
    };
    let pictures = format!("/classes/{}/{}", id(11), id(111));
    let mut pages = Vec::new();
    for (path, reader) in [
        ("/sign-in?for=adult", Reader::Adult),
        ("/sign-in?for=parent", Reader::Adult),
        ("/sign-in?for=ks2", Reader::Ks2),
        ("/visitor", Reader::Adult),
        ("/classes", Reader::Ks1),
        (pictures.as_str(), Reader::Ks1),
    ] {
        pages.push((path, reader, pc.get(path).await.page().to_owned()));
    }
    let event = pc.visit(901, GAME);
    assert_eq!(event.decision().unwrap().reason, usher_policy::decision::Reason::SignIn);
    pages.push(("the gateway", Reader::Ks2, pc.refusal(&event, GAME)));
    for (page, reader, text) in pages {
        let notice = noticed(&text);
        for said in words(reader) {
            assert!(notice.contains(said), "{page}: {said} is not in {notice:?}");
        }
    }
    pc.sign_in("teacher").await.leads_to();
    let event = pc.visit(902, "https://adult.example/");
    assert!(
        !pc.refusal(&event, "https://adult.example/").contains("data-notice"),
        "who signed in was told then"
    );
}

#[tokio::test]
async fn uf_32_asking_for_a_page_reaches_those_who_answer_and_a_yes_opens_it_for_whoever_asked() {
    let rig = Rig::unasked().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Block, "nobody has sorted it");
    let page = pc.refusal(&pc.visit(900, OTTERS), OTTERS);
    let thanks = pc.send("/ask", &form_to(&page, "/ask")).await;
    assert!(thanks.page().contains(&pc.says(Reader::Ks2, "ask-thanks-title")));
    assert!(rig.signed_in("computing").await.get("/requests").await.page().contains("otters.example"));
    let again = pc.send("/ask", &form_to(&page, "/ask")).await;
    assert!(again.page().contains(&pc.says(Reader::Ks2, "ask-already-title")), "{PORTAL}: {}", again.text);

    rig.enrol("max", &pupil(72, "Max Hill", 4, CLASS)).await;
    let other = device(&rig, 2);
    other.sign_in("max").await.leads_to();
    let [asked] = rig.books.values::<UnblockRequest>().await.unwrap().try_into().unwrap();
    assert_eq!((asked.person, asked.lesson, &asked.answer), (Id::new(ADA), Some(Id::new(LESSON)), &None));
    let form = "answer=yes&page=otters.example%2F&scope=person&until=for:5\
                &reason=Her+talk+is+about+otters&words=Have+fun+with+your+otters";
    let lead = rig.signed_in("computing").await;
    assert!(lead.post(&format!("/requests/{}", asked.id), form).await.leads_to().contains("asked-yes"));
    let answer = rig.books.values::<UnblockRequest>().await.unwrap().pop().unwrap().answer.unwrap();
    assert_eq!((answer.by, answer.at), (Id::new(5), now()));
    assert_eq!(answer.words, "Have fun with your otters");
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Allow);
    assert_eq!(other.decision(OTTERS).verdict, Verdict::Block, "for Ada alone");
    rig.clock.set(now().plus_minutes(6));
    assert_eq!(pc.decision(OTTERS).verdict, Verdict::Block, "and ends by itself");
}

#[tokio::test]
async fn inc_20_a_pupils_report_of_a_teacher_is_for_the_head_and_the_safeguarding_lead_alone() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    assert!(!pc.get("/report").await.page().contains("<textarea"), "nobody is signed in");
    pc.sign_in("ada").await.leads_to();
    assert!(pc.get("/tell").await.page().contains("href=\"/report\""));
    let empty = pc.fill("/report", "/report", &format!("who={}&words=+", id(7))).await;
    assert_eq!(empty.status, 422);
    let sent = pc.fill("/report", "/report", &format!("who={}&words=He+looked+at+my+phone", id(7))).await;
    assert!(pc.get(sent.leads_to()).await.page().contains(&pc.says(Reader::Ks2, "report-thanks-title")));
    let case = rig.books.values::<Case>().await.unwrap().pop().unwrap();
    assert_eq!((case.class(), case.origin()), (Class::Staff, Origin::PupilReport));
    let path = format!("/cases/{}", case.id);
    for (username, sees) in [
        ("headteacher", true),
        ("safeguarding", true),
        ("teacher", false),
        ("computing", false),
        ("technician", false),
        ("seniorleader", false),
    ] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&path).await.status == 200, sees, "{username}");
        assert_eq!(browser.get("/").await.page().contains(&path), username == "headteacher", "{username}");
    }
    assert!(rig.signed_in("headteacher").await.get("/cases").await.page().contains("Reported by a pupil"));
}

#[tokio::test]
async fn inc_20_what_a_pupil_says_of_a_child_or_of_nobody_in_particular_is_for_the_same_two() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    pc.fill("/report", "/report", "who=&words=My+teacher+shouts+at+Max").await.leads_to();
    let case = rig.books.values::<Case>().await.unwrap().pop().unwrap();
    assert_eq!((case.class(), case.origin()), (Class::Ordinary, Origin::PupilReport));
    let path = format!("/cases/{}", case.id);
    for (username, sees) in [
        ("headteacher", true),
        ("safeguarding", true),
        ("teacher", false),
        ("seniorleader", false),
        ("computing", false),
        ("esafety", false),
    ] {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&path).await.status == 200, sees, "{username}");
        assert!(sees || !browser.get("/register").await.text.contains(&path), "{username}");
    }
    let register = rig.signed_in("headteacher").await.get("/register").await;
    assert!(!register.page().contains(&path), "a child who tells of something broke no rule");
}

#[tokio::test]
async fn inc_20_what_nobody_would_read_is_not_sent_and_the_child_is_told_so() {
    let rig = Rig::new().await;
    for person in [1, 4] {
        let mut stored = rig.books.get::<Person, ids::Person>(Id::new(person)).await.unwrap().unwrap();
        stored.value.left = Some(jiff::civil::date(2026, 11, 1));
        rig.commit(&Change::of(Action::PersonChanged, stored.replace(&stored.value))).await;
    }
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    let refused = pc.fill("/report", "/report", "who=&words=Max+was+mean").await;
    assert!(refused.text.contains(&pc.says(Reader::Ks2, "report-nobody-reads")), "{}", refused.text);
    assert!(refused.text.contains("Max was mean"), "what was typed is kept");
    assert!(rig.books.values::<Case>().await.unwrap().is_empty());
}

#[tokio::test]
async fn inc_16_a_parents_complaint_lands_with_the_head_and_the_computing_lead() {
    let rig = Rig::new().await;
    let pc = device(&rig, 1);
    pc.sign_in("parent").await.leads_to();
    let sent = pc.fill("/report", "/report", "words=The+catalogue+is+shut").await;
    pc.get(sent.leads_to()).await.page();
    let case = rig.books.values::<Case>().await.unwrap().pop().unwrap();
    let path = format!("/cases/{}", case.id);
    for username in ["headteacher", "computing"] {
        let browser = rig.signed_in(username).await;
        assert!(browser.get("/").await.page().contains(&path), "{username}");
        let page = browser.get(&path).await;
        assert!(
            page.page().contains("The catalogue is shut") && page.page().contains("Pat Bell"),
            "{username}"
        );
    }
}

#[tokio::test]
async fn inc_21_a_copy_of_a_nasty_message_is_kept_and_an_adult_is_told_at_once() {
    let rig = Rig::new().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    assert_eq!(pc.get("/nasty").await.leads_to(), "/tell", "nobody is signed in");
    pc.sign_in("ada").await.leads_to();
    assert!(pc.get("/tell").await.page().contains("href=\"/nasty\""));
    let page = pc.get("/nasty").await;
    for key in ["nasty-step-1", "nasty-step-2", "nasty-step-3", "nasty-never"] {
        assert!(page.page().contains(&pc.says(Reader::Ks2, key)), "{key}");
    }
    let empty = pc.fill_with_file("/nasty", &[("words", " "), ("copy", "")]).await;
    assert!(empty.status == 422 && empty.text.contains(&pc.says(Reader::Ks2, "nasty-nothing")));
    assert!(told(&rig).await.is_empty());

    let mut live = rig.app.live.listen();
    let sent = pc.fill_with_file("/nasty", &[("words", "It is Max"), ("copy", "a screen")]).await;
    assert!(pc.get(sent.leads_to()).await.page().contains(&pc.says(Reader::Ks2, "nasty-thanks-title")));
    let Ok(Note::Told(note)) = live.try_recv() else { panic!("nothing was heard") };
    assert_eq!((note.person, note.lesson), (Id::new(ADA), Some(Id::new(LESSON))));
    assert!(rig.signed_in("teacher").await.get("/").await.page().contains("It is Max"), "the class teacher");
    let case = rig.books.values::<Case>().await.unwrap().pop().unwrap();
    let (_, copy) = case.evidence().next().unwrap();
    assert_eq!((copy.digest, copy.name.as_str()), (Digest::of(b"a screen"), "screen.png"));
    assert_eq!(
        (case.kind(), case.origin(), case.subjects().count()),
        ("hurtful-message", Origin::PupilReport, 0)
    );
    let kept = format!("/cases/{}/kept/2", case.id);
    for (username, sees) in
        [("headteacher", true), ("safeguarding", true), ("teacher", false), ("technician", false)]
    {
        let browser = rig.signed_in(username).await;
        assert_eq!(browser.get(&kept).await.text == "a screen", sees, "{username}");
    }
    // Words alone will do, however few.
    pc.fill_with_file("/nasty", &[("words", "Max"), ("copy", "")]).await.leads_to();
    let cases = rig.books.values::<Case>().await.unwrap();
    assert_eq!((cases.len(), cases.iter().map(|case| case.evidence().count()).sum::<usize>()), (2, 1));
}
