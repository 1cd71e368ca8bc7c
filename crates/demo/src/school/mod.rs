//! Rowan Hill Primary School, invented: two classes a year from Reception to Year 6, 420 pupils, 45 staff, nine governors
//! and some five hundred parents, with their rooms, devices, sign-ins and school year.
//!
//! Owns: who is in the school, made from a seed, with the same ids every time.
//! Does not: keep anything; [`install`] hands it to the books.

mod accounts;
mod alerts;
mod breaches;
mod calendar;
mod cases;
mod families;
pub mod install;
mod keeping;
mod languages;
mod names;
mod network_cards;
mod papers;
mod people;
mod permissions;
pub mod places;
mod private_use;
pub mod roster;
mod services;
pub mod sign_ins;
pub mod signing;
mod slips;

use std::collections::BTreeMap;
use std::net::IpAddr;

use usher_records::device::Device;
use usher_records::group::Group;
use usher_records::lesson::LessonList;
use usher_records::person::Person;
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::{GroupId, PersonId, compose};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};

pub use accounts::{DemoAccount, DemoSecret};

use crate::random::Random;

/// The school's name.
pub const SCHOOL_NAME: &str = "Rowan Hill Primary School";

/// The seed `script/demo` uses; the names in the documents are this school's.
pub const USUAL_SEED: u64 = 2026;

/// The week that is played unless another is asked for: Monday 23 November 2026.
pub const USUAL_WEEK: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

/// Classes: two in each of seven years.
pub const CLASSES: usize = 14;

/// Children in a class.
pub const CLASS_SIZE: usize = 30;

/// The moment ids are counted from: 24 August 2026, 08:00 UTC, when the office set the school up.
const SET_UP: Moment = Moment::from_unix_ms(1_787_558_400_000);

/// The invented school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSchool {
    /// What it was made from.
    pub seed: u64,
    /// The fourteen classes, `RA` to `6B`, and after them the clubs.
    pub groups: Vec<Group>,
    /// Everybody: adults of the school first, then pupils by class, then parents.
    pub people: Vec<Person>,
    /// Devices on the school's list.
    pub devices: Vec<Device>,
    /// Sign-ins with their secrets in plain text.
    pub accounts: Vec<DemoAccount>,
    /// Terms, closed days and bells.
    pub calendar: SchoolCalendar,
    /// Lists of pages the younger classes' lessons are held to.
    pub lesson_lists: Vec<LessonList>,
    addresses: BTreeMap<PersonId, IpAddr>,
}

impl DemoSchool {
    /// Makes the school. The same seed makes the same school, byte for byte.
    pub fn rowan_hill(seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        let names = names::Names::load();
        let groups = people::groups(&mut numbers);
        let devices = places::devices(&mut numbers);
        let made = people::Maker::new(seed, &names, &groups, &mut numbers).make();
        let accounts = accounts::accounts(seed, &made, &names, &mut numbers);
        let lesson_lists = people::lesson_lists(&groups, &made.people, &mut numbers);
        Self {
            seed,
            groups,
            people: made.people,
            devices,
            accounts,
            calendar: calendar::calendar(),
            lesson_lists,
            addresses: made.addresses,
        }
    }

    /// The person with this id.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The group with this name, `3A` or `Code Club`.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The children of a class or club, in the order of the register.
    pub fn pupils_of(&self, group: GroupId) -> impl Iterator<Item = &Person> {
        self.people
            .iter()
            .filter(move |person| person.kind == PersonKind::Pupil && person.groups.contains(&group))
    }

    /// Who teaches a class or runs a club: the first adult of the school in it.
    pub fn adult_of(&self, group: GroupId) -> Option<&Person> {
        self.people.iter().find(|person| person.kind == PersonKind::Staff && person.groups.contains(&group))
    }

    /// The address of the device somebody uses when they are not in the suite.
    pub fn address_of(&self, person: PersonId) -> Option<IpAddr> {
        self.addresses.get(&person).copied()
    }

    /// Somebody's sign-in.
    pub fn account_of(&self, person: PersonId) -> Option<&DemoAccount> {
        self.accounts.iter().find(|account| account.person == person)
    }
}

/// Gives ids: a second apart, so that they sort as they were given, with dice in the rest.
#[derive(Debug)]
pub(crate) struct Numbers {
    at: Moment,
    random: Random,
}

impl Numbers {
    fn new(seed: u64) -> Self {
        Self { at: SET_UP, random: Random::new(seed, "ids") }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.at = self.at.plus_seconds(1);
        compose(self.at, u32::try_from(self.random.below(1 << 21)).unwrap_or(0))
    }
}

/// `RA` for 0 to `6B` for 13.
fn class_name(class: usize) -> String {
    let form = if class.is_multiple_of(2) { 'A' } else { 'B' };
    match class / 2 {
        0 => format!("R{form}"),
        year => format!("{year}{form}"),
    }
}

/// The school year of a class, by its number.
fn class_year(class: usize) -> Option<Year> {
    i8::try_from(class / 2).ok().and_then(Year::new)
}
