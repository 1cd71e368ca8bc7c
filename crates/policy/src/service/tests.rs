//! Who may sign in to a service: each reason against, one by one.

use jiff::civil::date;
use usher_records::account::Username;
use usher_records::service::{Audience, Details, ReturnAddress};
use usher_records::standing::DueReason;
use usher_types::digest::Digest;
use usher_types::ids::Id;
use usher_types::role::{PersonKind, Roles, Year};

use super::*;

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
const TODAY: Date = date(2026, 11, 18);

fn service() -> Service {
    let details = Details {
        name: "Otter Reads".into(),
        returns: vec![ReturnAddress::parse("https://reads.example/back").unwrap()],
        after: vec![],
        audience: Audience { kinds: vec![PersonKind::Pupil], years: vec![Year::new(4).unwrap()] },
        email: false,
        owner: Id::new(5),
        review: date(2027, 9, 1),
    };
    let (secret, salt) = (None, Digest::of(b"salt"));
    Service { id: Id::new(1), details, secret, salt, saved: (Id::new(5), NOW), ended: None }
}

fn ada() -> Person {
    Person {
        id: Id::new(7),
        kind: PersonKind::Pupil,
        given: "Ada".into(),
        family: "Bell".into(),
        known_as: None,
        year: Year::new(4),
        roles: Roles::NONE,
        groups: vec![],
        email: None,
        children: vec![],
        source: None,
        joined: Some(date(2022, 9, 1)),
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    }
}

fn account(owner: Owner) -> Account {
    Account {
        id: Id::new(3),
        username: Username::parse("ada").unwrap(),
        owner,
        password: None,
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state: State::Open,
    }
}

/// What comes out for Ada, but for what the case changes.
fn entering(
    change: impl FnOnce(&mut Service, &mut Account, &mut Person, &mut Standing, &mut Vec<Restricted>),
) -> Result<(), Refused> {
    let (mut service, mut account, mut person) = (service(), account(Owner::Person(Id::new(7))), ada());
    let (mut standing, mut restrictions) = (Standing::Signed, vec![]);
    change(&mut service, &mut account, &mut person, &mut standing, &mut restrictions);
    may_enter(Asking {
        service: &service,
        account: &account,
        person: Some(&person),
        standing: &standing,
        restrictions: &restrictions,
        today: TODAY,
        at: NOW,
    })
    .map(|_| ())
}

fn shut(restriction: Restriction, from: Moment, until: Moment) -> Restricted {
    Restricted { sanction: Id::new(2), restriction, from, until }
}

#[test]
fn acc_15_a_year_groups_account_is_nobody_and_ones_own_is_let_in() {
    assert_eq!(entering(|_, _, _, _, _| ()), Ok(()));
    let shared = account(Owner::YearGroup(Year::new(2).unwrap()));
    assert_eq!(entering(|_, account, _, _, _| *account = shared), Err(Refused::Shared));
    let (service, other, person) = (service(), account(Owner::Person(Id::new(8))), ada());
    let asking = |account, person| Asking {
        service: &service,
        account,
        person,
        standing: &Standing::Signed,
        restrictions: &[],
        today: TODAY,
        at: NOW,
    };
    assert_eq!(may_enter(asking(&other, Some(&person))), Err(Refused::Shared), "somebody else's account");
    assert_eq!(may_enter(asking(&other, None)), Err(Refused::Shared));
}

#[test]
fn acc_15_each_reason_against_has_its_own_word() {
    let (hour_ago, soon) = (NOW.plus_minutes(-60), NOW.plus_minutes(60));
    let due = Standing::Due { agreement: "pupil".into(), why: DueReason::New };
    let late = Standing::DueBy { agreement: "pupil".into(), by: NOW };
    let in_time = Standing::DueBy { agreement: "pupil".into(), by: soon };
    let parent = Standing::ParentMissing { agreement: "pupil".into() };
    let cases = [
        (entering(|s, _, _, _, _| s.ended = Some((Id::new(5), NOW))), Err(Refused::Ended)),
        (entering(|_, a, _, _, _| a.state = State::Closed { since: hour_ago }), Err(Refused::Closed)),
        (entering(|_, a, _, _, _| a.must_change = true), Err(Refused::NewPassword)),
        (entering(|_, _, p, _, _| p.left = Some(TODAY)), Err(Refused::Left)),
        (
            entering(|_, _, p, _, _| p.joined = Some(date(2026, 11, 19))),
            Err(Refused::NotYet(date(2026, 11, 19))),
        ),
        (entering(|_, _, p, _, _| p.joined = Some(TODAY)), Ok(())),
        (entering(|_, _, _, standing, _| *standing = due), Err(Refused::Unsigned)),
        (entering(|_, _, _, standing, _| *standing = late), Err(Refused::Unsigned)),
        (entering(|_, _, _, standing, _| *standing = in_time), Ok(())),
        (entering(|_, _, _, standing, _| *standing = parent), Err(Refused::ParentMissing)),
        (
            entering(|_, _, _, _, all| all.push(shut(Restriction::NoWeb, hour_ago, soon))),
            Err(Refused::WebRemoved(soon)),
        ),
        (entering(|_, _, _, _, all| all.push(shut(Restriction::NoWeb, soon, soon.plus_minutes(9)))), Ok(())),
        (entering(|_, _, _, _, all| all.push(shut(Restriction::NoWeb, hour_ago, NOW))), Ok(())),
        (entering(|_, _, _, _, all| all.push(shut(Restriction::NoMail, hour_ago, soon))), Ok(())),
        (entering(|_, _, p, _, _| p.year = Year::new(5)), Err(Refused::NotForThem)),
        (entering(|_, _, p, _, _| p.kind = PersonKind::Parent), Err(Refused::NotForThem)),
    ];
    for (number, (got, expected)) in cases.into_iter().enumerate() {
        assert_eq!(got, expected, "case {number}");
    }
}

#[test]
fn acc_15_a_service_is_told_what_it_asks_for_and_the_register_allows() {
    let mut service = service();
    assert_eq!(told(&service, true, true), [Told::Profile]);
    assert!(told(&service, false, false).is_empty());
    service.details.email = true;
    assert_eq!(told(&service, true, true), [Told::Profile, Told::Email]);
    assert_eq!(told(&service, true, false), [Told::Profile]);
}

#[test]
fn acc_15_a_password_is_typed_again_when_the_service_asks_or_the_sign_in_is_old() {
    let ago = |minutes: i64| NOW.plus_minutes(-minutes);
    let none = Fresh::default();
    let anew = Fresh { anew: true, ..none };
    let within = |seconds| Fresh { max_age_seconds: Some(seconds), ..none };
    for (minutes, wanted, answered, again) in [
        (60, none, false, false),
        (60, none, true, false),
        (0, anew, false, true),
        (5, anew, true, false),
        (6, anew, true, true),
        (1, within(60), false, false),
        (2, within(60), false, true),
        (0, within(0), false, false),
        // Reading what a service will know takes a while; nobody types their password twice for it.
        (1, within(0), true, false),
        (6, within(0), true, true),
    ] {
        let got = must_sign_in_again(ago(minutes), wanted, answered, NOW);
        assert_eq!(got, again, "{minutes} {wanted:?} {answered}");
    }
}
