//! What a slip may and may not do.

use super::*;
use crate::person::sample::person;
use proptest::prelude::*;
use usher_types::role::PersonKind;

use crate::signature::Signature;

const FILE: &str = r#"+++
key = "pupil-ks2"
title = "Using computers"
version = "2026"
reader = "ks2"
declaration = "I will keep these rules."
parent-declaration = "We talked about these rules."
+++
- I ask first. {#ask-first}
"#;

fn london(text: &str) -> Moment {
    Zone::london().parse(text).unwrap()
}

fn version(id: u64, digest: Digest, published_at: Moment, material: bool) -> AgreementVersion {
    AgreementVersion {
        id: Id::new(id),
        key: "pupil-ks2".into(),
        version: "2026".into(),
        title: "Using computers".into(),
        digest,
        published_at,
        material,
        in_force: true,
        contract_term: false,
    }
}

fn printed(text: &AgreementText) -> (Stored<Slip>, AgreementVersion) {
    let version = version(1, text.digest, london("2026-09-01T08:00"), true);
    let asked = Print {
        id: Id::new(3),
        code: Code::of([7; 11]),
        child: Id::new(5),
        version: &version,
        by: Id::new(9),
    };
    let change = print(vec![asked], london("2026-09-02T08:00")).unwrap();
    (Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 1 }, version)
}

fn asked<'a>(child: &'a Person, parent: Option<(&'a Person, bool)>) -> Enter<'a> {
    let ids = [Id::new(21), Id::new(22)];
    Enter { child, parent, child_signed: true, discussed: true, ids, by: Id::new(9) }
}

fn wanted(versions: &[AgreementVersion]) -> Wanted<'_> {
    Wanted { agreement: Some("pupil-ks2"), year: None, versions }
}

fn scan(bytes: &[u8], at: Moment) -> Scan {
    let uploaded = Digest::of(bytes);
    Scan { uploaded, sealed: Digest::of(b"sealed"), name: "a.png".into(), by: Id::new(9), at, deleted: None }
}

#[test]
fn agr_09_a_slip_is_entered_once_with_both_signatures_and_a_parent_who_was_not_known() {
    let text = AgreementText::parse(FILE).unwrap();
    let (slip, version) = printed(&text);
    let (child, parent) = (person(5, PersonKind::Pupil), person(6, PersonKind::Parent));
    let at = london("2026-09-10T09:00");
    let change = enter(
        &slip,
        &asked(&child, Some((&parent, true))),
        &text,
        wanted(std::slice::from_ref(&version)),
        at,
    )
    .unwrap();
    let kinds: Vec<Kind> = change.writes.iter().map(|write| write.kind).collect();
    assert_eq!(kinds, [Kind::Slip, Kind::Person, Kind::Signature, Kind::Signature]);
    let beside: Signature = serde_json::from_str(&change.writes[3].body).unwrap();
    assert_eq!((beside.part, beside.how), (Part::ParentFor(child.id), How::OnPaper));
    assert_eq!((beside.entered_by, beside.digest), (Some(Id::new(9)), text.digest));
    let next = Stored { value: serde_json::from_str(&change.writes[0].body).unwrap(), version: 2 };
    let again = enter(&next, &asked(&child, None), &text, wanted(std::slice::from_ref(&version)), at);
    assert_eq!(again.unwrap_err(), Refusal::AlreadySo);
    let empty = Enter { child_signed: false, ..asked(&child, None) };
    assert_eq!(enter(&slip, &empty, &text, wanted(&[version]), at).unwrap_err(), Refusal::NothingSigned);
}

#[test]
fn agr_19_a_slip_of_a_text_that_changed_in_what_matters_is_not_entered() {
    let text = AgreementText::parse(FILE).unwrap();
    let (slip, first) = printed(&text);
    let child = person(5, PersonKind::Pupil);
    let at = london("2026-09-10T09:00");
    let enter = |next: AgreementVersion| {
        enter(&slip, &asked(&child, None), &text, wanted(&[first.clone(), next]), at).map(|_| ())
    };
    let later = |material| version(2, Digest::of(b"later"), london("2026-09-05T08:00"), material);
    assert_eq!(enter(later(true)), Err(Refusal::AgreementChanged));
    assert_eq!(enter(later(false)), Ok(()), "a comma is no reason to print again");
    let earlier = version(3, Digest::of(b"earlier"), london("2026-01-05T08:00"), true);
    assert_eq!(enter(earlier), Ok(()));
}

#[test]
fn agr_12_a_slip_of_another_agreement_or_of_last_school_year_is_not_entered() {
    let text = AgreementText::parse(FILE).unwrap();
    let (slip, version) = printed(&text);
    let (child, versions) = (person(5, PersonKind::Pupil), [version]);
    let at = london("2027-09-10T09:00");
    let enter = |wanted| enter(&slip, &asked(&child, None), &text, wanted, at).map(|_| ());
    let good = wanted(&versions);
    assert_eq!(enter(good), Ok(()));
    for agreement in [Some("pupil-ks1"), None] {
        assert_eq!(enter(Wanted { agreement, ..good }), Err(Refusal::AgreementChanged));
    }
    let last_year = Wanted { year: Some(london("2027-09-01T00:00")), ..good };
    assert_eq!(enter(last_year), Err(Refusal::AgreementChanged));
    assert_eq!(enter(Wanted { year: Some(london("2026-09-01T00:00")), ..good }), Ok(()));
}

#[test]
fn the_pictures_of_a_slip_go_some_time_after_its_agreement_ended() {
    let text = AgreementText::parse(FILE).unwrap();
    let (slip, version) = printed(&text);
    let zone = Zone::london();
    let until = |child: &Person, yearly, versions: &[AgreementVersion]| {
        pictures_until(&slip.value, Some(child), Keeping { yearly, days: 30, versions, zone: &zone })
    };
    let here = person(5, PersonKind::Pupil);
    assert_eq!(until(&here, true, std::slice::from_ref(&version)), Some(london("2027-10-01T00:00")));
    assert_eq!(until(&here, false, std::slice::from_ref(&version)), None, "it goes on");
    let leaver = Person { left: Some(jiff::civil::date(2026, 12, 1)), ..here.clone() };
    assert_eq!(until(&leaver, true, std::slice::from_ref(&version)), Some(london("2026-12-31T00:00")));
    let next = self::version(2, Digest::of(b"later"), london("2027-01-01T00:00"), true);
    assert_eq!(until(&here, false, &[version, next]), Some(london("2027-01-31T00:00")));
    let gone = Keeping { yearly: false, days: 30, versions: &[], zone: &zone };
    assert!(
        pictures_until(&slip.value, None, gone).is_some(),
        "of a child nobody knows any more, nothing stays"
    );
    let late = attach(&slip, scan(b"late", london("2027-02-01T00:00"))).unwrap();
    let late: Slip = serde_json::from_str(&late.writes[0].body).unwrap();
    let until = pictures_until(&late, Some(&leaver), Keeping { yearly: true, ..gone });
    assert_eq!(
        until,
        Some(london("2027-03-03T00:00")),
        "one that was brought late is not gone within the hour"
    );
}

proptest! {
    /// Facts are only added: no order of scans and deletions takes one out or changes who brought it.
    #[test]
    fn what_was_noted_on_a_slip_stays_noted(acts in proptest::collection::vec(0_u8..4, 1..30)) {
        let text = AgreementText::parse(FILE).unwrap();
        let (mut slip, _) = printed(&text);
        for (turn, act) in (0_i64..).zip(acts) {
            let at = london("2026-09-10T09:00").plus_minutes(turn);
            let change = match act {
                3 => forget(&slip, at),
                file => attach(&slip, scan(&[file], at)).ok(),
            };
            let Some(change) = change else { continue };
            let next: Slip = serde_json::from_str(&change.writes[0].body).unwrap();
            prop_assert!(next.pictures().count() <= MOST_SCANS);
            for (before, after) in slip.value.scans.iter().zip(&next.scans) {
                prop_assert_eq!(&Scan { deleted: None, ..before.clone() }, &Scan { deleted: None, ..after.clone() });
                prop_assert!(before.deleted.is_none() || before.deleted == after.deleted);
            }
            prop_assert!(next.scans.len() >= slip.value.scans.len());
            slip = Stored { value: next, version: slip.version + 1 };
        }
    }
}
