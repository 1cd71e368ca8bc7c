//! A small school's own records.

use std::sync::atomic::{AtomicU64, Ordering};

use usher_policy::profile;
use usher_records::agreement::AgreementText;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::signature::{How, Part, Sign};
use usher_types::ids::{Id, IdSource};
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Role, Roles, Year};

/// Ids that count up from 1000.
#[derive(Debug)]
pub struct Counting(AtomicU64);

impl Default for Counting {
    fn default() -> Self {
        Self(AtomicU64::new(1_000))
    }
}

impl Counting {
    /// Ids that count up from `first`.
    pub const fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }
}

impl IdSource for Counting {
    fn next(&self, _at: Moment) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// A school with a built-in profile's settings.
pub fn school(profile: &str) -> School {
    School {
        id: Id::new(1),
        name: "Rowan Hill Primary".into(),
        profile: profile.into(),
        settings: profile::built_in(profile).unwrap().unwrap().settings,
        zone: Zone::london(),
        set_up_at: Moment::from_unix_ms(0),
        lapse_from: None,
    }
}

/// Somebody on roll or on the staff since 1 September 2026.
pub fn person(id: u64, kind: PersonKind, name: &str) -> Person {
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    Person {
        id: Id::new(id),
        kind,
        given: given.into(),
        family: family.into(),
        known_as: None,
        year: None,
        roles: Roles::NONE,
        groups: vec![],
        email: None,
        children: vec![],
        source: None,
        joined: Some(jiff::civil::date(2026, 9, 1)),
        left: None,
        until: None,
        picture: None,
        home: usher_records::person::Home::default(),
    }
}

/// A pupil of a year and class.
pub fn pupil(id: u64, name: &str, year: i8, group: u64) -> Person {
    Person { year: Year::new(year), groups: vec![Id::new(group)], ..person(id, PersonKind::Pupil, name) }
}

/// A member of staff with these roles.
pub fn staff(id: u64, name: &str, roles: &[Role]) -> Person {
    Person { roles: Roles::of(roles), ..person(id, PersonKind::Staff, name) }
}

/// What an adult hands in who signs this text on screen, for themselves.
pub const fn on_screen<'a>(id: u64, person: &'a Person, text: &AgreementText) -> Sign<'a> {
    Sign {
        id: Id::new(id),
        person,
        part: Part::Own,
        shown: text.digest,
        answer: None,
        typed_name: None,
        discussed: false,
        how: How::OnScreen,
        entered_by: None,
        read_in: None,
    }
}

/// A class.
pub fn group(id: u64, name: &str, year: i8) -> Group {
    Group {
        id: Id::new(id),
        name: name.into(),
        year: Year::new(year),
        room: Some("Room 4".into()),
        source: None,
        current: true,
    }
}
