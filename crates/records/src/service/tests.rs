//! Services, consents and sign-ins: what the commands give and refuse.

use jiff::civil::date;

use super::consent::{Consent, Told, covers, give};
use super::entry::{Asked, Entry, Redeemed, Shown, enter, redeem};
use super::*;

const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);
const TODAY: Date = date(2026, 11, 24);
const HOME: &str = "https://reads.example/back?x=1";

fn details() -> Details {
    Details {
        name: " Otter Reads ".into(),
        returns: vec![ReturnAddress::parse(HOME).unwrap()],
        after: vec![],
        audience: Audience { kinds: vec![PersonKind::Pupil], years: vec![Year::new(4).unwrap()] },
        email: false,
        owner: Id::new(5),
        review: date(2027, 9, 1),
    }
}

fn service() -> Service {
    Service {
        id: Id::new(1),
        details: details(),
        secret: Some(Digest::of(b"secret")),
        salt: Digest::of(b"salt"),
        saved: (Id::new(5), NOW),
        ended: None,
    }
}

#[test]
fn acc_15_an_address_is_https_or_this_machine_and_is_kept_as_written() {
    for fine in
        [HOME, "http://localhost:8080/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb", "https://a.example"]
    {
        assert_eq!(ReturnAddress::parse(&format!(" {fine} ")).unwrap().as_str(), fine);
    }
    for odd in [
        "http://reads.example/cb",
        "https://reads.example/cb#part",
        "https://school@reads.example/cb",
        "https://reads.example/a b",
        "https://reads.example/;script-src",
        "javascript://reads.example/%0aalert(1)",
        "reads.example/cb",
        "https://",
        "",
    ] {
        assert_eq!(ReturnAddress::parse(odd), Err(Refusal::AddressOdd), "{odd}");
    }
    assert_eq!(
        ReturnAddress::parse("https://reads.example:444/x").unwrap().origin(),
        "https://reads.example:444"
    );
}

#[test]
fn acc_15_a_service_has_a_name_an_address_people_and_a_day() {
    let refused = |change: &dyn Fn(&mut Details)| {
        let mut details = details();
        change(&mut details);
        add(Service { details, ..service() }, TODAY).unwrap_err()
    };
    assert_eq!(refused(&|it| it.name = "  ".into()), Refusal::NameNeeded);
    assert_eq!(refused(&|it| it.name = "x".repeat(81)), Refusal::TooMuch);
    assert_eq!(refused(&|it| it.returns.clear()), Refusal::AddressOdd);
    assert_eq!(refused(&|it| it.after = vec![it.returns[0].clone(); MOST_ADDRESSES + 1]), Refusal::TooMuch);
    assert_eq!(refused(&|it| it.audience.kinds.clear()), Refusal::NobodyMeant);
    assert_eq!(refused(&|it| it.review = date(2026, 11, 23)), Refusal::EndNeeded);
    let added = add(service(), TODAY).unwrap();
    let value: Service = serde_json::from_str(&added.writes[0].body).unwrap();
    assert_eq!(value.details.name, "Otter Reads");
    assert!(
        value.knows("secret")
            && !value.knows("other")
            && !added.writes[0].body.contains("\"secret\":\"secret")
    );
    let stored = Stored { value, version: 1 };
    let ended = end(&stored, Id::new(5), NOW).unwrap();
    let stored = Stored { value: serde_json::from_str(&ended.writes[0].body).unwrap(), version: 2 };
    assert_eq!(change(&stored, details(), Id::new(5), NOW, TODAY), Err(Refusal::Gone));
    assert_eq!(renew_secret(&stored, Digest::of(b"n"), Id::new(5), NOW), Err(Refusal::Gone));
    assert_eq!(end(&stored, Id::new(5), NOW), Err(Refusal::AlreadySo));
    assert!(take_up(&stored).is_ok());
}

#[test]
fn acc_15_two_services_cannot_compare_their_names_for_a_person() {
    let other = Service { salt: Digest::of(b"other"), ..service() };
    let (one, two) = (service().subject(Id::new(7)), other.subject(Id::new(7)));
    assert_eq!(one, service().subject(Id::new(7)));
    assert!(one != two && one != service().subject(Id::new(8)) && one.len() == 64);
}

#[test]
fn acc_15_an_audience_is_kinds_and_of_pupils_years() {
    let four = Year::new(4);
    let audience = details().audience;
    assert!(audience.takes(PersonKind::Pupil, four));
    assert!(!audience.takes(PersonKind::Pupil, Year::new(5)) && !audience.takes(PersonKind::Pupil, None));
    assert!(!audience.takes(PersonKind::Staff, None));
    let all = Audience { kinds: vec![PersonKind::Pupil, PersonKind::Staff], years: vec![] };
    assert!(all.takes(PersonKind::Pupil, None) && all.takes(PersonKind::Staff, None));
}

fn entry() -> Entry {
    Entry {
        id: Id::new(9),
        service: Id::new(1),
        person: Id::new(7),
        session: Id::new(3),
        signed_in: NOW,
        asked: Asked { returns: HOME.into(), challenge: "c".into(), nonce: None, told: vec![Told::Profile] },
        code: Digest::of(b"code"),
        at: NOW,
        used: None,
        revoked: None,
    }
}

const RIGHT: Shown<'_> = Shown { service: Id::new(1), returns: HOME, challenge: "c" };

#[test]
fn acc_15_a_code_is_taken_once_in_a_minute_by_whom_it_was_given_to() {
    let stored = Stored { value: entry(), version: 1 };
    let token = Digest::of(b"token");
    let late = Moment::from_unix_ms(NOW.unix_ms() + 60_000);
    for (shown, at) in [
        (Shown { service: Id::new(2), ..RIGHT }, NOW),
        (Shown { returns: "https://reads.example/back", ..RIGHT }, NOW),
        (Shown { challenge: "d", ..RIGHT }, NOW),
        (RIGHT, late),
        (RIGHT, NOW.plus_minutes(-1)),
    ] {
        assert_eq!(redeem(&stored, shown, token, at), Redeemed::Refused, "{shown:?}");
    }
    let Redeemed::Token(change) = redeem(&stored, RIGHT, token, NOW) else { panic!("no token") };
    assert_eq!(change.about, Some(Id::new(7)));
    let used: Entry = serde_json::from_str(&change.writes[0].body).unwrap();
    assert!(used.tells(NOW.plus_minutes(9)) && !used.tells(NOW.plus_minutes(10)) && !entry().tells(NOW));
    let used = Stored { value: used, version: 2 };
    let Redeemed::Twice(change) = redeem(&used, RIGHT, token, late) else { panic!("taken twice") };
    let off: Entry = serde_json::from_str(&change.writes[0].body).unwrap();
    assert!(!off.tells(NOW) && off.revoked == Some(late));
    assert_eq!(redeem(&used, Shown { service: Id::new(2), ..RIGHT }, token, NOW), Redeemed::Refused);
    assert!(!enter(&entry()).writes[0].body.contains("\"code\":\"code\""));
}

#[test]
fn acc_15_a_yes_is_asked_for_once_and_again_where_more_would_be_known() {
    let yes =
        |told: Vec<Told>| Consent { id: Id::new(4), person: Id::new(7), service: Id::new(1), told, at: NOW };
    let first = yes(vec![Told::Profile]);
    assert!(!covers(None, &[]) && covers(Some(&first), &[Told::Profile]));
    assert!(!covers(Some(&first), &[Told::Profile, Told::Email]));
    assert_eq!(give(first.clone(), None).unwrap().writes[0].expect, Expect::New);
    let stored = Stored { value: first.clone(), version: 1 };
    assert_eq!(give(first, Some(&stored)), Err(Refusal::AlreadySo));
    let more = Consent { id: Id::new(5), ..yes(vec![Told::Profile, Told::Email]) };
    assert_eq!((give(more, Some(&stored)).unwrap().writes[0].id, stored.version), (4, 1));
}
