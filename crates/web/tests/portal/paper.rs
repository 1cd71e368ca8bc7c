//! Slips: printed with a code, brought back, typed or scanned, entered once; what opens then, and who sees their pictures.

use std::io::Cursor;

use axum::http::StatusCode;
use image::{GrayImage, ImageFormat};
use usher_policy::decision::Reason;
use usher_records::agreement::AgreementVersion;
use usher_records::change::{Action, To};
use usher_records::code::Code;
use usher_records::person::Person;
use usher_records::reminder::{QUIET_MINUTES, Reminder};
use usher_records::signature::{How, Part, Signature};
use usher_records::slip::Slip;
use usher_records::standing::{self, Known, Standing};
use usher_testkit::school::{person, pupil};
use usher_types::digest::Digest;
use usher_types::email::EmailAddress;
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Reader};

use crate::device::{OTTERS, device};
use crate::rig::{ADA, Browser, CLASS, Rig, id, now};

/// Prints the slips of the class; gives the PDF.
async fn print(office: &Browser<'_>) -> Vec<u8> {
    let printed = office.post("/agreements/slips", &format!("group={}", id(CLASS))).await;
    office.file(printed.leads_to()).await
}

/// The pages of a PDF as a scanner would send them: pictures.
fn scanned(pdf: Vec<u8>) -> Vec<Vec<u8>> {
    let pages = usher_paper::read(pdf, &|| true).unwrap();
    pages.into_iter().map(|page| page.unwrap().picture).collect()
}

async fn slip_of(rig: &Rig, child: u64) -> Slip {
    let slips = rig.books.find::<Slip>("child", Id::<usher_types::ids::Person>::new(child)).await.unwrap();
    slips.into_iter().map(|stored| stored.value).max_by_key(|slip| slip.printed_at).unwrap()
}

/// The class of `classic`: parents come first, and parent and child both sign.
async fn classic() -> Rig {
    let rig = Rig::of("classic", |_| ()).await;
    rig.publish_all().await;
    rig
}

#[tokio::test]
async fn agr_07_a_pupil_waits_for_a_parent_and_a_slip_that_is_scanned_and_entered_opens_the_web_at_once() {
    let rig = classic().await;
    rig.open_lesson();
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.decision(OTTERS).reason, Reason::ParentMissing);
    let event = pc.visit(1, OTTERS);
    let refusal = pc.refusal(&event, OTTERS);
    assert!(refusal.contains("not done anything wrong"), "a child reads it without fright: {refusal}");

    let office = rig.signed_in("office").await;
    let pdf = print(&office).await;
    let pages = usher_paper::read(pdf.clone(), &|| true).unwrap();
    let codes: Vec<String> = pages.into_iter().flat_map(|page| page.unwrap().codes).collect();
    let slip = slip_of(&rig, ADA).await;
    assert_eq!(codes, [format!("USHER:{}", slip.code)], "the code says nothing of the child");

    let sent = office.upload_all("/agreements/paper/scans", "files", &[("class.pdf", pdf.clone())]).await;
    let form = format!("/agreements/paper/{}", slip.id);
    assert!(sent.page().contains(&format!("href=\"{form}\"")), "the slip is found among the pages");
    assert!(sent.text.contains("class.pdf, page 1"), "and the cover is named as no slip: {}", sent.text);
    let slip_alone = scanned(pdf).pop().unwrap();
    let again = office.upload_all("/agreements/paper/scans", "files", &[("slip.jpg", slip_alone)]).await;
    assert_eq!(again.leads_to(), form, "one slip by itself leads to its form");
    let page = office.get(&form).await;
    assert!(page.page().contains("Ada Bell") && page.page().contains(&format!("{form}/picture/0")));
    let picture = office.file(&format!("{form}/picture/0")).await;
    let sealed = slip_of(&rig, ADA).await.scans[0].clone();
    let kept = rig.books.store().blob(Id::new(1), sealed.sealed).await.unwrap().unwrap();
    assert!(picture.starts_with(&[0xFF, 0xD8]) && !kept.windows(64).any(|part| part == &picture[..64]));
    assert_eq!(sealed.by, Id::new(9), "who brought it is written down");

    let nameless = office.post(&form, "parent=other&parent-name=&discussed=yes&child-signed=yes").await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rig.books.values::<Signature>().await.unwrap(), []);
    let entered =
        office.post(&form, "parent=other&parent-name=Pia+Bell&discussed=yes&child-signed=yes").await;
    assert_eq!(entered.leads_to(), "/agreements/paper?done=slip-entered");
    assert_eq!(pc.who().subject.standing, Standing::Signed, "at once, where she is signed in");
    assert_ne!(pc.decision(OTTERS).reason, Reason::ParentMissing);
    let signatures = rig.books.values::<Signature>().await.unwrap();
    assert_eq!(signatures.len(), 2);
    assert!(signatures.iter().all(|one| one.how == How::OnPaper && one.entered_by == Some(Id::new(9))));
    assert!(signatures.iter().any(|one| one.part == Part::ParentFor(Id::new(ADA)) && one.name == "Pia Bell"));
    let again = office.post(&form, "parent=nobody&child-signed=yes").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a slip is entered once");
    assert_eq!(rig.books.values::<Signature>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn agr_07_the_only_parent_on_file_is_chosen_and_what_the_paper_must_say_is_not() {
    let rig = classic().await;
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.add(&parent).await;
    let office = rig.signed_in("office").await;
    print(&office).await;
    let form = format!("/agreements/paper/{}", slip_of(&rig, ADA).await.id);
    let page = office.get(&form).await;
    let ticked = page.page().matches(" checked").count();
    assert_eq!(ticked, 1, "the parent, and nothing that only the paper can say");
    let other = Person { children: vec![Id::new(ADA)], ..person(82, PersonKind::Parent, "Amy Bell") };
    rig.add(&other).await;
    assert!(!office.get(&form).await.page().contains(" checked"), "of two nobody is chosen");
    let unsaid = office.post(&form, "discussed=yes&child-signed=yes").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pressed = format!("parent={}&discussed=yes&child-signed=yes", id(81));
    office.post(&form, &pressed).await.leads_to();
    let signed = rig.books.values::<Signature>().await.unwrap();
    assert!(signed.iter().any(|one| one.person == parent.id));
    let pc = device(&rig, 1);
    pc.sign_in("ada").await.leads_to();
    assert_eq!(pc.who().subject.standing, Standing::Signed);
}

#[tokio::test]
async fn agr_09_two_slips_typed_in_shrink_the_outstanding_list_by_two() {
    let rig = classic().await;
    for (number, name) in [(72, "Bo Wren"), (73, "Cy Frost")] {
        rig.add(&pupil(number, name, 4, CLASS)).await;
    }
    let office = rig.signed_in("office").await;
    let waiting = async || {
        let page = office.get("/agreements/outstanding").await;
        let count = |name: &str| usize::from(page.page().contains(&format!("{name}</a>")));
        count("Ada Bell") + count("Bo Wren") + count("Cy Frost")
    };
    assert_eq!(waiting().await, 3);
    let list = office.file("/agreements/outstanding.pdf?section=class%3A4%20Oak").await;
    assert!(list.starts_with(b"%PDF"), "the list of one class on paper");
    print(&office).await;
    for child in [ADA, 72] {
        let slip = slip_of(&rig, child).await;
        let typed = slip.code.to_string().to_lowercase();
        let found = office.post("/agreements/paper", &format!("code={typed}")).await;
        let form = found.leads_to().to_owned();
        assert_eq!(form, format!("/agreements/paper/{}", slip.id));
        office
            .post(&form, "parent=other&parent-name=Some+Body&discussed=yes&child-signed=yes")
            .await
            .leads_to();
    }
    assert_eq!(waiting().await, 1);
    let again = print(&office).await;
    assert_eq!(scanned(again).len(), 2, "a cover and the one that is missing");
}

#[tokio::test]
async fn a_code_typed_wrong_is_told_apart_from_one_that_is_not_ours_and_kept_to_be_mended() {
    let rig = classic().await;
    let office = rig.signed_in("office").await;
    let says = |key: &str| rig.app.words.say(Reader::Adult, key, &[]);
    let other = Code::of([9; 11]).to_string();
    let mut wrong = other.clone();
    wrong.replace_range(0..1, if other.starts_with('4') { "5" } else { "4" });
    for (typed, key) in [(&wrong, "paper-code-wrong"), (&other, "paper-code-unknown")] {
        let answer = office.post("/agreements/paper", &format!("code={typed}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(&says(key)) && answer.text.contains(typed.as_str()), "{key}");
    }
}

#[tokio::test]
async fn agr_09_many_files_at_once_are_each_matched_or_named_with_what_to_do() {
    let rig = classic().await;
    rig.add(&pupil(72, "Bo Wren", 4, CLASS)).await;
    let office = rig.signed_in("office").await;
    let mut pages = scanned(print(&office).await);
    let (bo, ada) = (pages.pop().unwrap(), pages.pop().unwrap());
    let mut blank = Cursor::new(Vec::new());
    GrayImage::from_pixel(600, 800, image::Luma([250])).write_to(&mut blank, ImageFormat::Png).unwrap();
    let files = [
        ("ada.jpg", ada.clone()),
        ("bo.jpg", bo),
        ("ada-again.jpg", ada),
        ("blank.png", blank.into_inner()),
        ("letter.txt", b"Dear school".to_vec()),
        ("cut.pdf", b"%PDF-1.7".to_vec()),
    ];
    let answer = office.upload_all("/agreements/paper/scans", "files", &files).await;
    let says = |key: &str| rig.app.words.say(Reader::Adult, key, &[]);
    let page = answer.page();
    for (name, why) in [("blank.png", "no-code"), ("letter.txt", "other-kind"), ("cut.pdf", "damaged")] {
        let line = format!("<strong>{name}</strong>: {}", says(&format!("paper-unread-{why}")));
        assert!(page.contains(&line), "{line} in {page}");
    }
    for child in [ADA, 72] {
        let slip = slip_of(&rig, child).await;
        assert_eq!(page.matches(&format!("/agreements/paper/{}\"", slip.id)).count(), 1);
        assert_eq!(slip.scans.len(), if child == ADA { 2 } else { 1 });
    }
    let empty = office.upload_all("/agreements/paper/scans", "files", &[]).await;
    assert!(empty.text.contains(&says("paper-no-file")));
}

#[tokio::test]
async fn agr_09_reminders_go_by_mail_to_whom_they_can_and_say_who_chased_whom_when() {
    let rig = classic().await;
    rig.add(&pupil(72, "Bo Wren", 4, CLASS)).await;
    let email = Some(EmailAddress::parse("pia@home.example").unwrap());
    let parent = Person { children: vec![Id::new(ADA)], email, ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.add(&parent).await;
    let office = rig.signed_in("office").await;
    let press = async || office.post("/agreements/remind", "section=class%3A4%20Oak").await;
    assert!(press().await.leads_to().ends_with("done=reminded"));
    let later = now().plus_minutes(5);
    let mails = rig.books.store().take_mails(Id::new(1), later, later, 10).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].mail.to, To::Person(parent.id));
    assert!(mails[0].mail.text.contains("Ada Bell") && !mails[0].mail.text.contains("Bo Wren"));
    let kept = rig.books.values::<Reminder>().await.unwrap();
    assert_eq!((kept[0].mailed.clone(), kept[0].on_paper.clone()), (vec![parent.id], vec![Id::new(72)]));
    let counts = [("mails", 1_u8.into()), ("papers", 1_u8.into())];
    let counts = rig.app.words.say(Reader::Adult, "reminder-counts", &counts);
    let page = office.get("/agreements/outstanding").await;
    assert!(page.page().contains(&counts) && page.page().contains("Olive Desk"), "{}", page.text);
    assert_eq!(press().await.status, StatusCode::CONFLICT, "once in half a day");
    rig.clock.set(now().plus_minutes(QUIET_MINUTES));
    let office = rig.signed_in("office").await;
    office.post("/agreements/remind", "section=class%3A4%20Oak").await.leads_to();
    let told = rig.journal().await.into_iter().filter(|line| line.action == Action::Reminded);
    assert_eq!(told.count(), 2);
}

#[tokio::test]
async fn a_certificate_says_true_by_initials_alone_and_only_so_often() {
    let rig = classic().await;
    let office = rig.signed_in("office").await;
    print(&office).await;
    let form = format!("/agreements/paper/{}", slip_of(&rig, ADA).await.id);
    let entered = office.post(&form, "parent=nobody&child-signed=yes").await;
    assert!(entered.leads_to().ends_with("done=slip-entered-waits"), "a parent's answer is still missing");
    let signature = rig.books.values::<Signature>().await.unwrap().pop().unwrap();
    let path = format!("/agreements/signature/{}/certificate.pdf", signature.id);
    assert!(office.file(&path).await.starts_with(b"%PDF"));
    let pc = device(&rig, 1);
    let code = usher_web::desk::codes::of_certificate(&rig.app.vault, signature.id);
    let truth = pc.get(&format!("/verify?code={code}")).await;
    assert!(truth.page().contains("A B signed on 24 November 2026"), "{}", truth.text);
    assert!(!truth.text.contains("Ada") && !truth.text.contains("Bell"));
    let other = usher_web::desk::codes::of_certificate(&rig.app.vault, Id::new(1));
    let guess = pc.get(&format!("/verify?code={other}")).await;
    assert!(guess.text.contains(&pc.says(Reader::Adult, "verify-unknown")));
    for _ in 0..18 {
        pc.get(&format!("/verify?code={other}")).await;
    }
    let shut = pc.get(&format!("/verify?code={code}")).await;
    assert_eq!(shut.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(device(&rig, 2).get(&format!("/verify?code={code}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn acc_14_a_parents_page_without_a_sign_in_is_refused() {
    let rig = classic().await;
    let parent = Person { children: vec![Id::new(ADA)], ..person(81, PersonKind::Parent, "Pia Bell") };
    rig.enrol("pia", &parent).await;
    let home = device(&rig, 1);
    let pages =
        ["/parents".to_owned(), format!("/parents/{}", id(ADA)), format!("/parents/{}/filter", id(ADA))];
    for path in &pages {
        let refused = home.get(path).await;
        assert_eq!(refused.leads_to(), "/", "{path}");
        assert!(!refused.text.contains("Ada"), "{path}");
    }
    home.sign_in("pia").await.leads_to();
    for path in &pages {
        assert!(home.get(path).await.page().contains("Ada"), "{path}");
    }
}

/// What a parent's earlier answer is worth is a matter of days, as a child's own is (AGR-19).
#[test]
fn agr_19_a_parent_who_answered_earlier_words_has_as_long_as_anybody_to_answer_again() {
    let london = |text: &str| usher_types::moment::Zone::london().parse(text).unwrap();
    let (school, child) = (usher_testkit::school::school("classic"), pupil(ADA, "Ada Bell", 4, CLASS));
    let version = |id: u64, words: &[u8], published: &str, in_force| AgreementVersion {
        id: Id::new(id),
        key: school.settings.agreement_for(child.kind, child.year).unwrap().to_owned(),
        version: id.to_string(),
        title: "Using computers".into(),
        digest: Digest::of(words),
        published_at: london(published),
        material: true,
        in_force,
        contract_term: false,
    };
    let first = version(1, b"first", "2026-09-01T08:00", false);
    let signed = |id: u64, part, at: &str| Signature {
        id: Id::new(id),
        person: if part == Part::Own { child.id } else { Id::new(81) },
        name: "Bell".into(),
        kind: if part == Part::Own { PersonKind::Pupil } else { PersonKind::Parent },
        part,
        agreement: first.key.clone(),
        version: "1".into(),
        digest: first.digest,
        clauses: vec![],
        declaration: "I will".into(),
        check_passed: None,
        discussed: None,
        at: london(at),
        how: How::OnPaper,
        entered_by: None,
        read_in: None,
    };
    let both =
        [signed(1, Part::Own, "2026-09-10T09:00"), signed(2, Part::ParentFor(child.id), "2026-09-10T09:00")];
    let versions = [first.clone(), version(2, b"second", "2026-11-24T10:00", true)];
    let known = Known {
        settings: &school.settings,
        versions: &versions,
        in_place: &[],
        calendar: None,
        zone: &school.zone,
    };
    let stands = |signatures: &[Signature], at: &str| standing::of(&child, signatures, known, london(at));
    let days = i64::from(school.settings.agreements.days_to_sign_again);
    let by = london("2026-11-24T10:00").plus_minutes(days * 24 * 60);
    let agreement = first.key.clone();
    let parents = Standing::ParentBy { agreement: agreement.clone(), by };
    let due = Standing::DueBy { agreement: agreement.clone(), by };
    assert_eq!(stands(&both, "2026-11-24T10:01"), due, "nothing shuts in the middle of a lesson");
    let own_again = [
        both[1].clone(),
        Signature { digest: versions[1].digest, ..signed(3, Part::Own, "2026-11-25T09:00") },
    ];
    assert_eq!(stands(&own_again, "2026-11-25T10:00"), parents, "the parent's is still due");
    assert_eq!(
        stands(&own_again, "2027-01-25T10:00"),
        Standing::ParentMissing { agreement: agreement.clone() }
    );
    assert_eq!(
        stands(&both[..1], "2026-11-24T10:01"),
        Standing::ParentMissing { agreement },
        "none ever answered"
    );
}
