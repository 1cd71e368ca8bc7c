//! Who may be taken out, and how long it can be called off.

use super::*;
use crate::account::Username;
use crate::alert::{AlertId, Concern};
use crate::person::sample::person;

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
const WHO: PersonId = Id::new(0x0180_1234_5678_9abc);
const CODE: PersonId = Id::new(0x0190_1234_5678_9abc);

fn erasure() -> Erasure {
    Erasure {
        id: Id::new(1),
        person: WHO,
        code: CODE,
        reason: "The parents wrote".into(),
        words: vec!["Zebedee Quill".into()],
        by: Id::new(3),
        at: NOW,
        answer: None,
        called_off: None,
        begun: None,
        lapsed: None,
        events: Events::default(),
        done: None,
    }
}

fn zebedee() -> Person {
    Person {
        id: WHO,
        given: "Zebedee".into(),
        family: "Quill".into(),
        known_as: Some("Zeb".into()),
        left: Some(jiff::civil::date(2026, 7, 20)),
        ..person(1, PersonKind::Pupil)
    }
}

fn account(state: AccountState) -> Account {
    Account {
        id: Id::new(5),
        username: Username::parse("zquill").unwrap(),
        owner: Owner::Person(WHO),
        password: Some("hash".into()),
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state,
    }
}

struct Asked {
    person: Person,
    accounts: Vec<Account>,
    alerts: Vec<Alert>,
    erasures: Vec<Erasure>,
    words: Vec<String>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            person: zebedee(),
            accounts: vec![account(AccountState::Closed { since: NOW })],
            alerts: vec![],
            erasures: vec![],
            words: vec!["Zebedee Quill".into()],
        }
    }
}

impl Asked {
    fn then<T>(&self, then: impl FnOnce(&Known<'_>) -> T) -> T {
        let names = Names {
            whole: vec!["Zebedee Quill".into()],
            single: vec!["Quill".into()],
            shared: vec!["Zebedee".into()],
        };
        then(&Known {
            person: &self.person,
            names: &names,
            accounts: &self.accounts,
            cases: &[],
            alerts: &self.alerts,
            erasures: &self.erasures,
            today: jiff::civil::date(2026, 11, 18),
        })
    }

    fn refused(&self) -> Option<Refusal> {
        let asked = Erasure { words: self.words.clone(), ..erasure() };
        self.then(|known| ask(&asked, known)).err()
    }
}

#[test]
fn only_a_pupil_who_left_and_is_shut_out_and_in_no_open_alert_is_taken_out() {
    let fine = Asked::default;
    assert_eq!(fine().refused(), None);
    let staff = Person { kind: PersonKind::Staff, ..zebedee() };
    assert_eq!(Asked { person: staff, ..fine() }.refused(), Some(Refusal::NotAPupil));
    for left in [None, Some(jiff::civil::date(2026, 11, 19))] {
        let person = Person { left, ..zebedee() };
        assert_eq!(Asked { person, ..fine() }.refused(), Some(Refusal::StillHere));
    }
    let accounts = vec![account(AccountState::Open)];
    assert_eq!(Asked { accounts, ..fine() }.refused(), Some(Refusal::AccountOpen));
    let alert = |id: u64| Alert::new(AlertId::new(id), Concern::Drill, Whose::Person(WHO), NOW);
    assert_eq!(Asked { alerts: vec![alert(1)], ..fine() }.refused(), Some(Refusal::AlertOpen));
    let asked = Asked { erasures: vec![erasure()], ..fine() };
    assert_eq!(asked.refused(), Some(Refusal::AlreadySo));
    let again = Erasure { called_off: Some((Id::new(3), NOW)), ..erasure() };
    assert_eq!(Asked { erasures: vec![again], ..fine() }.refused(), None);
}

#[test]
fn names_are_theirs_alone_and_all_whole_ones_are_looked_for() {
    let of = |words: &[&str]| Asked {
        words: words.iter().map(|word| (*word).into()).collect(),
        ..Asked::default()
    };
    assert_eq!(of(&["Zebedee Quill", "Quill"]).refused(), None);
    assert_eq!(of(&["Quill"]).refused(), Some(Refusal::NamesChanged), "the whole name is missing");
    assert_eq!(of(&["Zebedee Quill", "Zebedee"]).refused(), Some(Refusal::NamesChanged), "others have it");
    assert_eq!(of(&["Zebedee Quill", "the"]).refused(), Some(Refusal::NamesChanged), "not a name of theirs");
}

#[test]
fn it_waits_a_week_and_can_be_called_off_until_the_code_stands() {
    let stored = |value| Stored { value, version: 1 };
    let yes = Answer { by: Id::new(4), at: NOW, agreed: true };
    let fine = Asked::default();
    assert!(fine.then(|known| answer(&stored(erasure()), yes, known)).is_ok());
    let agreed = Erasure { answer: Some(yes), ..erasure() };
    assert_eq!((erasure().due(), agreed.due()), (None, Some(NOW.plus_minutes(7 * 24 * 60))));
    let again = fine.then(|known| answer(&stored(agreed.clone()), yes, known));
    assert_eq!(again, Err(Refusal::AlreadySo));
    for one in [erasure(), agreed.clone()] {
        assert!(call_off(&stored(one), Id::new(9), NOW).is_ok());
    }
    // Once it has begun nobody is told that nothing was taken out, and what has not begun ends where it may not be done.
    assert_eq!(begin(&stored(erasure()), NOW), Err(Refusal::AlreadySo), "nobody confirmed it");
    assert!(begin(&stored(agreed.clone()), NOW).is_ok());
    let begun = Erasure { begun: Some(NOW), ..agreed.clone() };
    assert_eq!(call_off(&stored(begun.clone()), Id::new(9), NOW), Err(Refusal::AlreadySo));
    assert_eq!(begin(&stored(begun.clone()), NOW), Err(Refusal::AlreadySo));
    assert_eq!(lapse(&stored(begun), &Refusal::InACase, NOW), Err(Refusal::AlreadySo));
    assert!(lapse(&stored(agreed.clone()), &Refusal::InACase, NOW).is_ok());
    let lapsed = Erasure { lapsed: Some(NOW), ..agreed.clone() };
    assert_eq!(lapsed.state(), State::Lapsed);
    assert_eq!(Asked { erasures: vec![lapsed], ..Asked::default() }.refused(), None, "it is asked for anew");
    let stands = Erasure { person: CODE, ..agreed.clone() };
    assert_eq!(call_off(&stored(stands), Id::new(9), NOW), Err(Refusal::AlreadySo));
    let done = Done { at: NOW, books: Rewritten::default() };
    assert_eq!(finish(&stored(erasure()), done), Err(Refusal::AlreadySo));
    assert!(finish(&stored(agreed.clone()), done).is_ok());
    let over = Erasure { done: Some(done), ..agreed };
    assert_eq!(
        (over.state(), call_off(&stored(over), Id::new(9), NOW)),
        (State::Done, Err(Refusal::AlreadySo))
    );
}
