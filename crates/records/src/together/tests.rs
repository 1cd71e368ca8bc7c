//! What a class that signs on one device may and may not do.

use super::*;
use crate::standing::DueReason;
use proptest::prelude::*;
use usher_types::role::{PersonKind, Roles, Year};

const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);
const FILE: &str = r#"+++
key = "pupil-ks1"
title = "Using computers"
version = "2026"
reader = "ks1"
declaration = "I will."
[check]
ask = "What do you do?"
answers = [{ text = "Tell", right = true, reply = "Yes." }, { text = "Hide it", reply = "No." }]
+++
- I ask first. {#ask-first}
"#;

fn child(id: u64, group: u64) -> Person {
    Person {
        id: Id::new(id),
        kind: PersonKind::Pupil,
        given: "Ada".into(),
        family: "Bell".into(),
        known_as: None,
        year: Year::new(1),
        roles: Roles::NONE,
        groups: vec![Id::new(group)],
        email: None,
        children: vec![],
        source: None,
        joined: None,
        left: None,
        until: None,
        picture: None,
        home: crate::person::Home::default(),
    }
}

fn at_device(device: Option<&str>) -> Together {
    Together {
        id: Id::new(1),
        group: Id::new(30),
        adult: Id::new(7),
        code: Code::of([3; 11]),
        opened_at: NINE,
        ends_at: NINE.plus_minutes(LONGEST_MINUTES),
        device: device.map(|device| device.parse().unwrap()),
        ended_at: None,
    }
}

fn stored(value: Together) -> Stored<Together> {
    Stored { value, version: 1 }
}

fn due() -> Standing {
    Standing::Due { agreement: "pupil-ks1".into(), why: DueReason::New }
}

#[test]
fn agr_04_a_child_signs_with_the_adult_as_witness_and_the_exact_text() {
    let text = AgreementText::parse(FILE).unwrap();
    let (here, ada, due) = (at_device(Some("10.0.0.5")), child(71, 30), due());
    let hand = Hand { id: Id::new(2), child: &ada, standing: &due, shown: text.digest, answer: Some(0) };
    let (signature, change) = hand_in(&here, &hand, &text, NINE).unwrap();
    let witness = How::Together { witness: Id::new(7), device: "10.0.0.5".parse().unwrap() };
    assert_eq!((signature.how, signature.person, signature.check_passed), (witness, ada.id, Some(true)));
    assert_eq!((signature.digest, signature.clauses), (text.digest, vec!["ask-first".to_owned()]));
    assert_eq!(change.about, Some(ada.id));
    let refused = |hand: Hand<'_>, here: &Together, at| hand_in(here, &hand, &text, at).unwrap_err();
    assert_eq!(refused(Hand { answer: Some(1), ..hand }, &here, NINE), Refusal::CheckWrong);
    assert_eq!(refused(Hand { answer: None, ..hand }, &here, NINE), Refusal::CheckWrong);
    assert_eq!(refused(Hand { standing: &Standing::Signed, ..hand }, &here, NINE), Refusal::AlreadySo);
    let stranger = child(99, 31);
    assert_eq!(refused(Hand { child: &stranger, ..hand }, &here, NINE), Refusal::Gone);
    assert_eq!(refused(hand, &here, here.ends_at), Refusal::Gone, "it ends by itself");
    assert_eq!(refused(hand, &at_device(None), NINE), Refusal::Gone, "no device has it yet");
}

#[test]
fn a_code_is_typed_once_and_not_for_long() {
    let here = stored(at_device(None));
    let address: IpAddr = "10.0.0.5".parse().unwrap();
    assert!(take_device(&here, address, &[], NINE).is_ok());
    let late = NINE.plus_minutes(CODE_MINUTES);
    assert_eq!(take_device(&here, address, &[], late).unwrap_err(), Refusal::Gone);
    let taken = stored(at_device(Some("10.0.0.5")));
    assert_eq!(take_device(&taken, address, &[], NINE).unwrap_err(), Refusal::Gone);
    assert!(!taken.value.keys().iter().any(|key| key.name == "code"), "and is no key any more");
    let other = stored(Together { id: Id::new(2), ..at_device(Some("10.0.0.5")) });
    let change = take_device(&here, address, &[other], NINE).unwrap();
    assert_eq!(change.writes.len(), 2, "one class at one device");
}

proptest! {
    /// However often and in whatever order children press, each has one signature, and nobody outside the class any.
    #[test]
    fn signing_twice_is_signing_once(presses in proptest::collection::vec((0_u64..6, 0_usize..3), 0..60)) {
        let text = AgreementText::parse(FILE).unwrap();
        let here = at_device(Some("10.0.0.5"));
        let mut signed: Vec<PersonId> = Vec::new();
        for (number, answer) in presses {
            let child = child(number, if number < 4 { 30 } else { 31 });
            let standing = if signed.contains(&child.id) { Standing::Signed } else { due() };
            let hand = Hand {
                id: Id::new(1), child: &child, standing: &standing, shown: text.digest, answer: Some(answer),
            };
            if let Ok((signature, change)) = hand_in(&here, &hand, &text, NINE) {
                prop_assert_eq!(change.writes.len(), 1);
                prop_assert!(!signed.contains(&signature.person) && number < 4 && answer == 0);
                signed.push(signature.person);
            }
        }
    }
}
