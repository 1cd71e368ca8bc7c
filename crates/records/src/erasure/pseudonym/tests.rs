//! What becomes of a name in a record, and what of everything else.

use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use super::*;
use crate::account::State;
use crate::any;
use crate::change::{Action, JournalRecord};
use crate::person::sample::person;

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
const WHO: PersonId = Id::new(0x0180_1234_5678_9abc);
const CODE: PersonId = Id::new(0x0190_1234_5678_9abc);

fn zebedee() -> Person {
    Person {
        id: WHO,
        given: "Zebedee".into(),
        family: "Quill".into(),
        known_as: Some("Zeb".into()),
        email: Some(EmailAddress::parse("zeb@rowan.example").unwrap()),
        ..person(1, PersonKind::Pupil)
    }
}

fn account() -> Account {
    Account {
        id: Id::new(5),
        username: Username::parse("zquill").unwrap(),
        owner: Owner::Person(WHO),
        password: Some("hash".into()),
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state: State::Closed { since: NOW },
    }
}

fn names(others: &[Person]) -> Names {
    Names::of(&[zebedee()], &[account()], others)
}

fn pseudonym() -> Pseudonym {
    let names = names(&[]);
    let words: Vec<String> = names.whole.into_iter().chain(names.single).collect();
    Pseudonym::new(&[zebedee()], &words, CODE)
}

fn told(body: &str) -> Option<String> {
    pseudonym().record(Kind::Told, 9, body).unwrap().map(|(_, body)| body)
}

#[test]
fn a_name_that_somebody_else_has_is_not_looked_for() {
    let alone = names(&[zebedee()]);
    assert_eq!(alone.shared, Vec::<String>::new());
    assert!(alone.may_be("Zebedee Quill") && alone.may_be("Quill, Zeb") && alone.may_be("zquill"));
    let sister = Person { id: Id::new(77), given: "Ann".into(), known_as: None, email: None, ..zebedee() };
    let with_sister = names(&[zebedee(), sister]);
    assert_eq!(with_sister.shared, ["Quill"]);
    assert!(!with_sister.may_be("Quill") && with_sister.may_be("Zebedee Quill"));
    let namesake = Person { id: Id::new(78), email: None, ..zebedee() };
    let with_namesake = names(&[namesake]);
    assert_eq!(with_namesake.whole, ["zeb@rowan.example"]);
    assert_eq!(with_namesake.single, ["zquill"]);
}

#[test]
fn their_own_records_say_no_name_and_are_still_records() {
    let body = serde_json::to_string(&zebedee()).unwrap();
    let (id, body) = pseudonym().record(Kind::Person, WHO.number(), &body).unwrap().unwrap();
    assert_eq!((id, any::read(Kind::Person, &body).unwrap().number), (CODE.number(), CODE.number()));
    assert!(!body.contains("Zeb") && !body.contains("Quill") && !body.contains("rowan"), "{body}");
    let body = serde_json::to_string(&account()).unwrap();
    let (_, body) = pseudonym().record(Kind::Account, 5, &body).unwrap().unwrap();
    assert!(
        any::read(Kind::Account, &body).is_ok() && !body.contains("zquill") && !body.contains("hash"),
        "{body}"
    );
    let other = Account { owner: Owner::Person(Id::new(4)), ..account() };
    let other = serde_json::to_string(&other).unwrap();
    assert_eq!(pseudonym().record(Kind::Account, 5, &other).unwrap(), None);
}

#[test]
fn names_are_looked_for_in_free_text_alone() {
    let body = format!(r#"{{"person":"{WHO}","words":"I am Zeb, \"quill\" at /people/{WHO}","at":12}}"#);
    let after: Value = serde_json::from_str(&told(&body).unwrap()).unwrap();
    assert_eq!(after["person"], CODE.to_string());
    assert_eq!(after["words"], format!("I am Erased {CODE}, \"Erased {CODE}\" at /people/{CODE}"));
    // What a program reads: a class that is called like them, a mail address of somebody else.
    let typed = format!(r#"{{"person":"{WHO}","group":"Zebedee","address":"quill@office.example","zeb":1}}"#);
    let after: Value = serde_json::from_str(&told(&typed).unwrap()).unwrap();
    assert_eq!(
        (after["group"].as_str(), after["address"].as_str(), after["zeb"].as_u64()),
        (Some("Zebedee"), Some("quill@office.example"), Some(1))
    );
    let by_id = format!(r#"{{"consents":{{"{WHO}":1}}}}"#);
    assert_eq!(told(&by_id), Some(format!(r#"{{"consents":{{"{CODE}":1}}}}"#)));
}

#[test]
fn a_single_name_counts_only_in_what_is_about_them_and_never_inside_of_a_word() {
    assert_eq!(told(r#"{"words":"a quill is a pen"}"#), None);
    assert!(told(r#"{"words":"ZEBEDEE QUILL ran"}"#).is_some());
    assert!(
        told(r#"{"words":"quill and Zebedee Quill"}"#)
            .unwrap()
            .contains(&format!("Erased {CODE} and Erased"))
    );
    let near = format!(r#"{{"person":"{WHO}","words":"Zebedees and quills"}}"#);
    assert!(told(&near).unwrap().contains("Zebedees and quills"));
}

#[test]
fn cases_and_agreed_words_stay_as_they_are() {
    for kind in [Kind::Case, Kind::AgreementVersion, Kind::Translation] {
        let body = format!(r#"{{"text":"Zebedee Quill","person":"{WHO}"}}"#);
        assert_eq!(pseudonym().record(kind, 9, &body).unwrap(), None);
    }
}

#[test]
fn a_journal_line_names_the_code_and_the_digests_that_stand_now() {
    let (before, after) = (Digest::of(b"1"), Digest::of(b"2"));
    let record = JournalRecord { kind: Kind::Person, id: WHO.number(), version: 1, digest: before };
    let line = JournalLine {
        at: NOW,
        actor: Actor::Person(WHO),
        action: Action::PersonChanged,
        about: Some(WHO),
        reason: Some("Zeb asked".into()),
        records: vec![record.clone()],
        replaced: None,
    };
    let versions =
        |kind, id, version| ((kind, id, version) == (Kind::Person, WHO.number(), 1)).then_some(after);
    let washed = pseudonym().line(&line, &versions).unwrap();
    assert_eq!((washed.about, washed.actor), (Some(CODE), Actor::Person(CODE)));
    assert_eq!(washed.records, [JournalRecord { id: CODE.number(), digest: after, ..record }]);
    assert_eq!(washed.reason, Some(format!("Erased {CODE} asked")));
    let other = JournalLine { actor: Actor::CommandLine, about: None, records: vec![], ..line };
    let other = JournalLine { reason: Some("A quill".into()), ..other };
    assert_eq!(pseudonym().line(&other, &|_, _, _| None), None);
}
