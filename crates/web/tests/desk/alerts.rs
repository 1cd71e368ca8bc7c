//! Alerts: seen by those they are for, first on their page, and seen once.

use usher_events::event::What;
use usher_lists::category::Category;
use usher_policy::decision::Reason;
use usher_records::alert::closing::Verdict;
use usher_records::alert::{Alert, Concern, Off, ProgramRead, Rule, State, Whose, raise};
use usher_records::school::School;
use usher_scan::features::{Carried, File, Place, Says, Sent, SentKind, Subject, ThemeHit};
use usher_scan::kind::Kind;
use usher_scan::theme::Theme;
use usher_testkit::{events, facts};
use usher_types::ids::Id;

use crate::rig::{ADA, GAME, Rig, id, now};

fn alert(id: u64, whose: Whose) -> Alert {
    Alert {
        events: vec![Id::new(902)],
        from: now().plus_minutes(-4),
        until: now().plus_minutes(-1),
        told: vec![Id::new(1), Id::new(4)],
        ..Alert::new(Id::new(id), Concern::ManyBlocks, whose, now().plus_minutes(-1))
    }
}

#[tokio::test]
async fn mon_14_an_alert_comes_first_says_what_happened_and_is_seen_once() {
    let rig = Rig::new().await;
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let event =
        events::web(902, &snapshot, facts::get(facts::at_device(subject), GAME), now().plus_minutes(-4));
    rig.recorded.0.lock().unwrap().push(event);
    rig.commit(&raise(&alert(501, Whose::Person(Id::new(ADA))), vec![])).await;
    let address = format!("/alerts/{}", id(501));
    let (seen_path, done) = (format!("{address}/seen"), format!("{address}?done=alert-seen"));
    let dsl = rig.signed_in("safeguarding").await;
    let today = dsl.get("/").await;
    let needs = today.page().split("need__what").nth(1).unwrap();
    assert!(needs.contains("Many pages kept shut") && needs.contains("Ada Bell"), "{needs}");
    let page = dsl.get(&address).await;
    assert!(page.page().contains("games.example/play"));
    assert_eq!(dsl.post(&seen_path, "").await.leads_to(), done);
    assert!(dsl.get(&done).await.page().contains("Dee Safe"));
    assert_eq!(dsl.post(&seen_path, "").await.status, 409, "somebody has");
    let seen = rig.books.values::<Alert>().await.unwrap().pop().unwrap().seen.unwrap();
    assert_eq!(seen.0, Id::new(4));
    assert!(!dsl.get("/").await.page().contains(&address));
    assert!(dsl.get("/alerts?state=seen").await.page().contains("Ada Bell"));
}

#[tokio::test]
async fn um_01_the_alert_of_a_sealed_page_never_shows_where_it_is() {
    let rig = Rig::new().await;
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(ADA));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut event =
        events::web(902, &snapshot, facts::get(facts::at_device(subject), GAME), now().plus_minutes(-4));
    let What::Web(web) = &mut event.what else { panic!("{event:?}") };
    web.decision.reason = Reason::SealedList;
    rig.recorded.0.lock().unwrap().push(event);
    let sealed = Alert { concern: Concern::SealedPage, ..alert(505, Whose::Person(Id::new(ADA))) };
    rig.commit(&raise(&sealed, vec![])).await;
    for reader in ["safeguarding", "headteacher"] {
        let page = rig.signed_in(reader).await.get(&format!("/alerts/{}", id(505))).await;
        assert!(page.page().contains("Its address is not shown"), "{}", page.text);
        assert!(!page.text.contains("games.example"), "{}", page.text);
    }
}

/// What somebody was about to send when it was kept back.
fn about_to_leave(rig: &Rig, person: u64) {
    let mut subject = facts::subject("pupil.y4");
    subject.person = Some(Id::new(person));
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let mut asked = facts::get(facts::at_device(subject), "https://board.example/post");
    asked.sent = Some(Sent {
        kinds: vec![SentKind::Name, SentKind::Meeting],
        people: vec![Id::new(7), Id::new(999)],
        themes: vec![ThemeHit {
            theme: Theme::Bullying,
            severity: 3,
            phrase: "nobody likes you".into(),
            place: Place::Sent,
        }],
    });
    let mut event = events::web(902, &snapshot, asked, now().plus_minutes(-4));
    let What::Web(web) = &mut event.what else { panic!("{event:?}") };
    web.decision.reason = Reason::Leaving("forms".into(), SentKind::Name);
    web.decision.verdict = usher_policy::verdict::Verdict::Block;
    rig.recorded.0.lock().unwrap().push(event);
}

#[tokio::test]
async fn web_26_and_20_an_alert_shows_what_was_about_to_leave_and_whose_it_is_to_who_may_see_them() {
    let rig = Rig::new().await;
    about_to_leave(&rig, ADA);
    let leaving =
        |number, person| Alert { concern: Concern::Leaving, ..alert(number, Whose::Person(Id::new(person))) };
    rig.commit(&raise(&leaving(511, ADA), vec![])).await;
    // The head's own goes to the chair, who may not see who belongs to the school.
    rig.commit(&raise(&leaving(512, 1), vec![])).await;
    for reader in ["safeguarding", "headteacher"] {
        let page = rig.signed_in(reader).await.get(&format!("/alerts/{}", id(511))).await;
        let kinds = "about to send: somebody’s full name and a plan to meet somebody. Usher kept it back";
        assert!(page.page().contains(kinds), "{}", page.text);
        assert!(page.page().contains("Whose it is: Joan Price and Somebody who has left"), "{}", page.text);
        assert!(page.page().contains("Bullying: “nobody likes you”"), "{}", page.text);
    }
    let chair = rig.signed_in("chair").await.get(&format!("/alerts/{}", id(512))).await;
    assert!(chair.page().contains("It is about 2 people of the school"), "{}", chair.text);
    assert!(!chair.text.contains("Joan Price"), "{}", chair.text);

    let head = rig.signed_in("headteacher").await;
    let activity = format!("/people/{}/activity", id(ADA));
    assert!(head.post(&activity, "reason=Her+mother+asked").await.leads_to().contains("activity"));
    for shown in [head.get(&activity).await.text, head.get(&format!("{activity}.csv")).await.text] {
        assert!(shown.contains("Whose it is: Joan Price") && shown.contains("nobody likes you"), "{shown}");
    }
}

#[tokio::test]
async fn a_page_kept_shut_for_what_it_says_is_shown_with_the_phrases_and_a_file_with_its_place_in_the_archive()
 {
    let rig = Rig::new().await;
    let snapshot = rig.app.snapshot.load_full().unwrap();
    let about = |category: &str, phrase: &str| Subject {
        category: category.into(),
        score: 120,
        banned: false,
        phrases: vec![phrase.into()],
    };
    let inside = Some((Kind::Elf, "games.zip/fun/run.bin".to_owned()));
    let file = File { kind: Kind::Zip, within: inside, locked: false, unread: None };
    let says =
        Says { subjects: vec![about("gambling", "roulette"), about("games", "chess")], excused: false };
    for (number, reason) in [
        (902, Reason::Says(Category::parse("gambling").unwrap(), 120)),
        (903, Reason::Carries("programs".into())),
        (904, Reason::SealedList),
    ] {
        let mut subject = facts::subject("pupil.y4");
        subject.person = Some(Id::new(ADA));
        let mut asked = facts::get(facts::at_device(subject), GAME);
        let (file, says) = (Some(file.clone()), Some(says.clone()));
        asked.carried = Some(Carried { file, says, ..Carried::default() });
        let mut event = events::web(number, &snapshot, asked, now().plus_minutes(-4));
        let What::Web(web) = &mut event.what else { panic!("{event:?}") };
        (web.decision.verdict, web.decision.reason) = (usher_policy::verdict::Verdict::Block, reason);
        rig.recorded.0.lock().unwrap().push(event);
        let one = Alert { events: vec![Id::new(number)], ..alert(number - 300, Whose::Person(Id::new(ADA))) };
        rig.commit(&raise(&one, vec![])).await;
    }
    let dsl = rig.signed_in("safeguarding").await;
    // What happened, without what came before and after.
    let shown = async |number| {
        let page = dsl.get(&format!("/alerts/{}", id(number))).await.text;
        page.split("What happened").nth(1).unwrap().split("</ol>").next().unwrap().to_owned()
    };
    let words = shown(602).await;
    assert!(words.contains("kept shut for: “roulette”") && !words.contains("chess"), "{words}");
    assert!(!words.contains("run.bin"), "{words}");
    let archive = shown(603).await;
    assert!(archive.contains("inside the file: games.zip/fun/run.bin"), "{archive}");
    assert!(!archive.contains("roulette"), "{archive}");
    let sealed = shown(604).await;
    assert!(!sealed.contains("roulette") && !sealed.contains("run.bin"), "{sealed}");
}

#[tokio::test]
async fn an_alert_about_an_adult_is_for_the_head_and_about_the_head_for_the_chair() {
    let rig = Rig::new().await;
    rig.commit(&raise(&alert(502, Whose::Person(Id::new(7))), vec![])).await;
    rig.commit(&raise(&alert(503, Whose::Person(Id::new(1))), vec![])).await;
    rig.commit(&raise(&alert(504, Whose::Device("192.0.2.9".parse().unwrap())), vec![])).await;
    for (username, sees) in [
        ("headteacher", [true, false, true]),
        ("safeguarding", [false, false, true]),
        ("chair", [false, true, false]),
        ("teacher", [false, false, false]),
        ("technician", [false, false, false]),
    ] {
        let browser = rig.signed_in(username).await;
        let list = browser.get("/alerts").await;
        for (number, sees) in [502, 503, 504].into_iter().zip(sees) {
            let path = format!("/alerts/{}", id(number));
            assert_eq!(browser.get(&path).await.status == 200, sees, "{username} {path}");
            assert_eq!(list.page().contains(&path), sees, "{username} {path} in the list");
            if !sees {
                assert_eq!(browser.post(&format!("{path}/seen"), "").await.status, 404, "{username} {path}");
            }
        }
    }
}

#[tokio::test]
async fn web_01_that_the_filter_was_off_is_read_by_technician_and_head_and_says_how() {
    let rig = Rig::new().await;
    for (number, off) in (601..).zip(Off::ALL) {
        let alert =
            Alert { concern: Concern::FilterOff, events: vec![], ..alert(number, Whose::Filter(off)) };
        rig.commit(&raise(&alert, vec![])).await;
    }
    for (username, sees) in [
        ("headteacher", true),
        ("technician", true),
        ("computing", true),
        ("safeguarding", false),
        ("teacher", false),
        ("chair", false),
    ] {
        let browser = rig.signed_in(username).await;
        let page = browser.get(&format!("/alerts/{}", id(602))).await;
        assert_eq!(page.status == 200, sees, "{username}");
        assert_eq!(browser.get("/").await.page().contains("The web filter stopped"), sees, "{username}");
    }
    let technician = rig.signed_in("technician").await;
    for (number, words) in [(601, "asked to stop"), (602, "10:11"), (603, "disk is full"), (605, "has ended")]
    {
        let page = technician.get(&format!("/alerts/{}", id(number))).await;
        assert!(page.page().contains(words), "{number}: {}", page.text);
    }
    assert!(technician.get("/alerts").await.page().contains("Usher itself"));
    let seen = format!("/alerts/{}/seen", id(602));
    assert!(technician.post(&seen, "").await.leads_to().contains("alert-seen"));
}

#[tokio::test]
async fn fm_50_an_alert_is_closed_with_what_was_done_and_what_came_of_it_or_not_at_all() {
    let rig = Rig::new().await;
    rig.commit(&raise(&alert(701, Whose::Person(Id::new(ADA))), vec![])).await;
    let address = format!("/alerts/{}", id(701));
    let close = format!("{address}/close");
    let dsl = rig.signed_in("safeguarding").await;
    let refused = dsl.post(&close, "alert-acted=nothing&alert-verdict=not-useful&alert-outcome=++").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("If nothing was done, write why"), "{}", refused.text);
    let kept = dsl.post(&close, "alert-outcome=She+looked+for+a+chess+page.").await;
    assert_eq!(kept.status, 422);
    assert!(kept.text.contains("She looked for a chess page."), "what was typed is kept");
    assert!(kept.text.contains("Choose what was done") && kept.text.contains("right to tell you"));
    let form = "alert-acted=talked&alert-verdict=useful&alert-outcome=She+looked+for+a+chess+page.";
    assert_eq!(rig.signed_in("teacher").await.post(&close, form).await.status, 404);
    assert_eq!(dsl.post(&close, form).await.leads_to(), format!("{address}?done=alert-closed"));
    let page = dsl.get(&address).await;
    assert!(page.page().contains("Somebody talked with the person") && page.page().contains("chess page"));
    let stored = rig.books.values::<Alert>().await.unwrap().pop().unwrap();
    assert_eq!(stored.closed.as_ref().unwrap().verdict, Verdict::Useful);
    assert_eq!(stored.seen.unwrap().0, Id::new(4), "closing takes it up");
    assert!(dsl.get("/alerts?state=closed").await.page().contains("Ada Bell"));
    assert_eq!(dsl.post(&close, form).await.status, 422, "somebody has");
    assert!(dsl.post(&format!("{address}/reopen"), "").await.leads_to().contains("alert-reopened"));
    assert_eq!(rig.books.values::<Alert>().await.unwrap().pop().unwrap().state(), State::Seen);
}

#[tokio::test]
async fn fm_48_whoever_an_alert_went_on_to_reads_it_and_nobody_else_of_their_office() {
    let rig = Rig::new().await;
    let handed = vec![(Id::new(6), now())];
    let handed_on = Alert { passed_on: handed, ..alert(702, Whose::Person(Id::new(ADA))) };
    rig.commit(&raise(&handed_on, vec![])).await;
    let address = format!("/alerts/{}", id(702));
    let person = crate::rig::people().into_iter().find(|(_, person)| person.id == Id::new(6)).unwrap();
    let page = rig.signed_in(person.0).await.get(&address).await;
    assert_eq!(page.status, 200, "{}", person.0);
    assert!(page.page().contains("Nobody had taken it up"), "{}", page.text);
    rig.commit(&raise(&alert(703, Whose::Person(Id::new(ADA))), vec![])).await;
    assert_eq!(rig.signed_in(person.0).await.get(&format!("/alerts/{}", id(703))).await.status, 404);
}

#[tokio::test]
async fn fm_48_a_drill_is_marked_everywhere_and_its_answer_is_timed_apart() {
    let rig = Rig::new().await;
    assert_eq!(rig.signed_in("teacher").await.post("/alerts/drill", "").await.status, 404);
    let dsl = rig.signed_in("safeguarding").await;
    assert!(dsl.get("/alerts").await.page().contains("Start a drill"));
    assert!(dsl.post("/alerts/drill", "").await.leads_to().contains("alert-drill"));
    let drill = rig.books.values::<Alert>().await.unwrap().pop().unwrap();
    assert!(dsl.get("/alerts").await.page().contains("Drill: nothing has happened"));
    let address = format!("/alerts/{}", drill.id);
    let page = dsl.get(&address).await;
    assert!(page.page().contains("Drill: nothing has happened") && !page.page().contains("/cases/new?alert"));
    assert!(dsl.get("/alerts/accuracy").await.page().contains("nobody has answered"));
    assert!(dsl.post(&format!("{address}/seen"), "").await.leads_to().contains("alert-seen"));
    let figures = dsl.get("/alerts/accuracy").await;
    assert!(figures.page().contains("Dee Safe answered after"), "{}", figures.text);
    assert!(figures.page().contains("No alert has been taken up yet"), "in no other figure");
}

#[tokio::test]
async fn um_04_a_rule_that_is_seldom_right_is_proposed_and_the_head_retires_it_with_a_reason() {
    let rig = Rig::new().await;
    let rule = Rule::Program("gambling".into());
    let dsl = rig.signed_in("safeguarding").await;
    for number in 801..806 {
        let raised = Alert { rules: vec![rule.clone()], ..alert(number, Whose::Person(Id::new(ADA))) };
        rig.commit(&raise(&raised, vec![])).await;
        let verdict = if number == 801 { "useful" } else { "not-useful" };
        let form = format!("alert-acted=nothing&alert-verdict={verdict}&alert-outcome=A+board+game.");
        let closed = dsl.post(&format!("/alerts/{}/close", id(number)), &form).await;
        assert!(closed.leads_to().contains("alert-closed"));
    }
    let page = dsl.get("/alerts/accuracy").await;
    assert!(page.page().contains("program’s reading: Gambling"), "{}", page.text);
    assert!(page.page().contains("Right in 20 of 100, by 5 answers") && page.page().contains("too seldom"));
    assert!(page.page().contains("1 useful alerts would have been missed and 4 useless ones"));
    assert!(!page.page().contains("accuracy/retire") && !page.page().contains("Ada Bell"));
    let form = "rule=program.gambling&reason=Only+board+games+so+far";
    assert_eq!(dsl.post("/alerts/accuracy/retire", form).await.status, 403);
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/alerts/accuracy").await.page().contains("/alerts/accuracy/retire"));
    let silent = head.post("/alerts/accuracy/retire", "rule=program.gambling&reason=+").await;
    assert!(silent.leads_to().contains("needs-reason"));
    assert_eq!(head.post("/alerts/accuracy/retire", "rule=seen.malware&reason=x").await.status, 404);
    assert!(head.post("/alerts/accuracy/retire", form).await.leads_to().contains("accuracy-retired"));
    let retired = async || {
        let school = rig.books.values::<School>().await.unwrap().pop().unwrap();
        school.settings.alarms.answer.retired
    };
    assert_eq!(retired().await, ["program.gambling"]);
    assert!(head.post("/alerts/accuracy/retire", form).await.leads_to().contains("accuracy-restored"));
    assert!(retired().await.is_empty());
}

#[tokio::test]
async fn um_18_a_reading_by_a_program_is_said_to_be_one() {
    let rig = Rig::new().await;
    let read = vec![ProgramRead { event: Id::new(902), theme: "self-harm".into(), percent: 91 }];
    let by_program = Alert { read, severity: 4, ..alert(711, Whose::Person(Id::new(ADA))) };
    rig.commit(&raise(&by_program, vec![])).await;
    rig.commit(&raise(&alert(712, Whose::Person(Id::new(ADA))), vec![])).await;
    let dsl = rig.signed_in("safeguarding").await;
    let page = dsl.get(&format!("/alerts/{}", id(711))).await;
    assert!(
        page.page().contains("A reading by a program") && page.page().contains("91 % sure"),
        "{}",
        page.text
    );
    assert!(!dsl.get(&format!("/alerts/{}", id(712))).await.page().contains("A reading by a program"));
}
