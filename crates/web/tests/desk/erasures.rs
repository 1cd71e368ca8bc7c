//! Taking somebody out of what is kept, at the desk.

use usher_records::account::{Account, State as AccountState};
use usher_records::case;
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::change::Action;
use usher_records::erasure::{Done, Erasure, Rewritten, State, finish};
use usher_records::person::Person;
use usher_types::ids::{Id, PersonId};

use crate::rig::{ADA, Rig, id, now};

/// She left, and her account is closed.
async fn left(rig: &Rig) {
    let stored = rig.books.get::<Person, _>(PersonId::new(ADA)).await.unwrap().unwrap();
    let gone = Person { left: Some(jiff::civil::date(2026, 9, 1)), ..stored.value.clone() };
    rig.commit(&usher_records::person::change(&stored, &gone)).await;
    close_account(rig).await;
}

async fn close_account(rig: &Rig) {
    let stored = rig.books.find_one::<Account>("owner", id(ADA)).await.unwrap();
    let Some(stored) = stored else { return };
    let closed = Account { state: AccountState::Closed { since: now() }, ..stored.value.clone() };
    rig.commit(&usher_records::change::Change::of(Action::AccountClosed, stored.replace(&closed))).await;
}

#[tokio::test]
async fn one_asks_another_of_another_office_confirms_and_a_certificate_names_the_code() {
    let rig = Rig::new().await;
    left(&rig).await;
    let books_manager = rig.signed_in("businessmanager").await;
    let about = format!("/erasures/new/{}", id(ADA));
    assert!(books_manager.get(&format!("/people/{}", id(ADA))).await.text.contains(&about));
    assert!(!rig.signed_in("teacher").await.get(&format!("/people/{}", id(ADA))).await.text.contains(&about));
    assert_eq!(books_manager.post(&about, "erasure-reason=+").await.status, 422);
    let asked = books_manager.post(&about, "erasure-reason=Her+parents+wrote+a+letter").await;
    assert_eq!(asked.leads_to(), "/erasures?done=erasure-asked");
    assert_eq!(books_manager.post(&about, "erasure-reason=Her+parents+wrote").await.status, 422, "once");
    let one = || async { rig.books.values::<Erasure>().await.unwrap().remove(0) };
    let at = format!("/erasures/{}", one().await.id);

    assert_eq!(
        books_manager.post(&format!("{at}/answer"), "agree=yes").await.status,
        403,
        "not whoever asked"
    );
    let dsl = rig.signed_in("safeguarding").await;
    assert_eq!(
        dsl.post(&format!("{at}/answer"), "agree=yes").await.status,
        403,
        "one of the two is the head"
    );
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/").await.page().contains("Somebody is to be taken out"));
    assert_eq!(head.get(&format!("{at}/certificate.pdf")).await.status, 404, "nothing is done yet");
    assert_eq!(
        head.post(&format!("{at}/answer"), "agree=yes").await.leads_to(),
        "/erasures?done=erasure-agreed"
    );
    assert_eq!(one().await.state(), State::Agreed);

    let list = head.get("/erasures").await;
    assert!(
        list.page().contains("Until then it can be called off") && list.page().contains("Ada Bell"),
        "{}",
        list.text
    );

    let stored = rig.books.get::<Erasure, _>(one().await.id).await.unwrap().unwrap();
    let books = Rewritten { versions: 31, lines: 12, sent: 2, ..Rewritten::default() };
    rig.commit(&finish(&stored, Done { at: now(), books }).unwrap()).await;
    let list = head.get("/erasures").await;
    assert!(list.page().contains("Done") && list.text.contains("certificate.pdf"), "{}", list.text);
    assert_eq!(head.get(&format!("{at}/certificate.pdf")).await.status, 200);
    assert_eq!(rig.signed_in("teacher").await.get("/erasures").await.status, 403);
}

#[tokio::test]
async fn it_is_refused_while_a_law_or_a_door_stands_against_it_and_the_page_says_which() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let about = format!("/erasures/new/{}", id(ADA));
    let form = "erasure-reason=Her+parents+wrote+a+letter";
    assert!(head.post(&about, form).await.text.contains("This pupil has not left"));
    left(&rig).await;
    let odd = format!("{form}&erasure-words=the");
    assert!(head.post(&about, &odd).await.text.contains("The names have changed"), "not a name of hers");
    let opening = Opening {
        origin: Origin::Report,
        kind: "off-task".into(),
        severity: 1,
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(Id::new(ADA)), part: Part::Subject }],
        nine: Nine { details: "Went to a shop".into(), ..Nine::default() },
        rule: None,
        area: None,
    };
    let by = case::By { person: Id::new(4), at: now() };
    rig.commit(&case::open(Id::new(900), 1, opening, by).unwrap().1).await;
    let refused = head.post(&about, form).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("This pupil is in a case"), "{}", refused.text);
    assert!(rig.books.values::<Erasure>().await.unwrap().is_empty());
}

#[tokio::test]
async fn it_is_called_off_by_whoever_might_ask_and_asked_for_anew() {
    let rig = Rig::new().await;
    left(&rig).await;
    let head = rig.signed_in("headteacher").await;
    let about = format!("/erasures/new/{}", id(ADA));
    let form = "erasure-reason=Her+parents+wrote+a+letter&erasure-words=Ada";
    let page = head.get(&about).await;
    assert!(page.page().contains("Ada Bell") && page.text.contains("value=\"Ada\""), "{}", page.text);
    assert_eq!(head.post(&about, form).await.leads_to(), "/erasures?done=erasure-asked");
    let one = rig.books.values::<Erasure>().await.unwrap().remove(0);
    assert!(one.words.contains(&"Ada".to_owned()) && one.words.contains(&"Ada Bell".to_owned()), "{one:?}");
    let at = format!("/erasures/{}/call-off", one.id);
    assert_eq!(rig.signed_in("teacher").await.post(&at, "").await.status, 403);
    let dsl = rig.signed_in("safeguarding").await;
    assert_eq!(dsl.post(&at, "").await.leads_to(), "/erasures?done=erasure-called-off");
    assert!(head.get("/erasures").await.page().contains("Called off by"));
    assert_eq!(head.post(&about, form).await.leads_to(), "/erasures?done=erasure-asked", "again");
}
