//! Classes, adults, pupils and parents as records.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::civil::date;
use usher_records::group::Group;
use usher_records::lesson::LessonList;
use usher_records::person::{Person, Source};
use usher_records::picture::FACES;
use usher_types::email::EmailAddress;
use usher_types::home::Phone;
use usher_types::ids::{GroupId, Id, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Roles, Year};

use crate::random::Random;
use crate::school::families::{Families, Household};
use crate::school::names::{Names, lines, plain};
use crate::school::{CLASSES, Numbers, SET_UP, class_name, class_year, places};

const STAFF: &str = include_str!("../../content/school/staff.txt");
const OTHERS: &str = include_str!("../../content/school/governors.txt");

/// The system the office keeps its roster in; people and classes that are not in it were added by hand.
pub(super) const ROSTER_SYSTEM: &str = "oneroster";

/// Clubs after school: name, room, and the years they are for.
const CLUBS: [(&str, &str, [i8; 2]); 2] =
    [("Code Club", places::SUITE, [4, 6]), ("Homework Club", "Library", [3, 6])];

/// Children in a club.
const CLUB_SIZE: usize = 20;

/// When the invited visitor's access ends.
const VISIT_ENDS: Moment = Moment::from_unix_ms(1_795_629_600_000);

/// Lists for lessons of the younger classes: name, class, pages.
const LESSON_LISTS: [(&str, &str, &[&str]); 5] = [
    ("Our weather", "RA", &["weather.example", "learning.example"]),
    (
        "Minibeasts",
        "1A",
        &["encyclopaedia.example/article/bees", "minibeasts.blog-host.example", "learning.example"],
    ),
    ("Toys long ago", "1B", &["museum.example", "learning.example"]),
    ("Where we live", "2A", &["maps.example", "encyclopaedia.example", "learning.example"]),
    ("The Great Fire", "2B", &["museum.example", "encyclopaedia.example", "kidsnews.example"]),
];

/// What [`Maker::make`] makes.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) people: Vec<Person>,
    /// User names that were given by hand.
    pub(super) usernames: BTreeMap<PersonId, &'static str>,
    pub(super) addresses: BTreeMap<PersonId, IpAddr>,
}

/// Makes everybody.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    names: &'a Names,
    groups: &'a [Group],
    numbers: &'a mut Numbers,
    random: Random,
    made: Made,
    adults: usize,
}

/// The classes and the clubs.
pub(super) fn groups(numbers: &mut Numbers) -> Vec<Group> {
    let mut group = |name: String, year: Option<Year>, room: String| Group {
        id: Id::new(numbers.next()),
        source: Some(Source { system: ROSTER_SYSTEM.into(), id: group_source(&name) }),
        name,
        year,
        room: Some(room),
        current: true,
    };
    let mut groups: Vec<Group> =
        (0..CLASSES).map(|class| group(class_name(class), class_year(class), places::room(class))).collect();
    groups.extend(CLUBS.map(|(name, room, _)| group(name.into(), None, room.into())));
    groups
}

fn group_source(name: &str) -> String {
    format!("rh-class-{}", name.to_lowercase().replace(' ', "-"))
}

/// The checked lists of pages.
pub(super) fn lesson_lists(groups: &[Group], people: &[Person], numbers: &mut Numbers) -> Vec<LessonList> {
    let list = |(name, class, pages): &(&str, &str, &[&str])| {
        let group = groups.iter().find(|group| group.name == *class)?.id;
        let teacher = people
            .iter()
            .find(|person| person.kind == PersonKind::Staff && person.groups.contains(&group))?;
        Some(LessonList {
            id: Id::new(numbers.next()),
            name: (*name).to_owned(),
            group: Some(group),
            pages: pages.iter().filter_map(|page| page.parse().ok()).collect(),
            checked: Some((teacher.id, SET_UP.plus_minutes(14 * 24 * 60))),
        })
    };
    LESSON_LISTS.iter().filter_map(list).collect()
}

impl<'a> Maker<'a> {
    pub(super) fn new(seed: u64, names: &'a Names, groups: &'a [Group], numbers: &'a mut Numbers) -> Self {
        let random = Random::new(seed, "people");
        Self { names, groups, numbers, random, made: Made::default(), adults: 0 }
    }

    pub(super) fn make(mut self) -> Made {
        lines(STAFF).chain(lines(OTHERS)).for_each(|line| self.adult(line));
        let families = Families::fill(self.names, &mut self.random);
        let ids = self.pupils(&families);
        for household in &families.households {
            self.parents(household, &ids);
        }
        self.made
    }

    fn adult(&mut self, line: &'static str) {
        let mut fields = line.split('|');
        let mut field = || fields.next().unwrap_or_default();
        let (username, given, family, kind, roles, classes) =
            (field(), field(), field(), field(), field(), field());
        let kind =
            PersonKind::ALL.into_iter().find(|known| known.name() == kind).unwrap_or(PersonKind::Visitor);
        let mut person = self.person(kind, given, family);
        let holds = |role: &Role| roles.split(' ').any(|name| name == role.name());
        person.roles = Role::ALL.into_iter().filter(holds).collect();
        person.groups = classes.split(';').filter_map(|name| self.group_named(name)).collect();
        person.groups.sort_unstable();
        if kind == PersonKind::Staff {
            let id = format!("rh-staff-{:02}", self.adults + 1);
            person.source = Some(Source { system: ROSTER_SYSTEM.into(), id });
        }
        if kind == PersonKind::Visitor {
            person.until = Some(VISIT_ENDS);
        } else {
            let local = format!("{}.{}", plain(given), plain(family)).to_lowercase();
            person.email = EmailAddress::parse(&format!("{local}@rowanhill.example")).ok();
        }
        if !username.is_empty() {
            self.made.usernames.insert(person.id, username);
        }
        self.made.addresses.insert(person.id, places::adult_address(self.adults));
        self.adults += 1;
        self.made.people.push(person);
    }

    /// The pupils, class by class as the register lists them; their ids by place in the families' list.
    fn pupils(&mut self, families: &Families) -> BTreeMap<usize, PersonId> {
        let mut ids = BTreeMap::new();
        for class in 0..CLASSES {
            let mut faces = FACES;
            self.random.shuffle(&mut faces);
            for (place, at) in families.class_list(class).into_iter().enumerate() {
                let Some(child) = families.children.get(at) else { continue };
                let mut pupil = self.person(PersonKind::Pupil, &child.given, &child.family);
                pupil.known_as.clone_from(&child.known_as);
                pupil.year = class_year(class);
                pupil.joined = pupil.year.map(|year| date(2026 - i16::from(year.number()), 9, 3));
                pupil.groups = self.groups.get(class).map(|group| group.id).into_iter().collect();
                pupil.source = Some(Source {
                    system: ROSTER_SYSTEM.into(),
                    id: format!("rh-pupil-{:03}", ids.len() + 1),
                });
                if pupil.year.is_some_and(Year::is_key_stage_1) {
                    pupil.picture = faces.get(place).map(|&face| face.to_owned());
                }
                ids.insert(at, pupil.id);
                self.made.addresses.insert(pupil.id, places::tablet_address(class, place));
                self.made.people.push(pupil);
            }
        }
        self.clubs();
        ids
    }

    fn clubs(&mut self) {
        for (name, _, [from, until]) in CLUBS {
            let Some(club) = self.group_named(name) else { continue };
            let fits =
                |person: &Person| person.year.is_some_and(|year| (from..=until).contains(&year.number()));
            let mut members: Vec<usize> = (0..self.made.people.len())
                .filter(|&at| self.made.people.get(at).is_some_and(fits))
                .collect();
            self.random.shuffle(&mut members);
            for at in members.into_iter().take(CLUB_SIZE) {
                if let Some(person) = self.made.people.get_mut(at) {
                    person.groups.push(club);
                }
            }
        }
    }

    fn parents(&mut self, household: &Household, ids: &BTreeMap<usize, PersonId>) {
        let mut children: Vec<PersonId> =
            household.children.iter().filter_map(|at| ids.get(at).copied()).collect();
        children.sort_unstable();
        for (given, family) in &household.adults {
            let mut parent = self.person(PersonKind::Parent, given, family);
            parent.children.clone_from(&children);
            let number =
                self.made.people.iter().filter(|person| person.kind == PersonKind::Parent).count() + 1;
            parent.source =
                Some(Source { system: ROSTER_SYSTEM.into(), id: format!("rh-parent-{number:03}") });
            let local = format!("{}{}.{number}", plain(given), plain(family)).to_lowercase();
            // Numbers nobody has (Ofcom, numbers for use in drama).
            parent.home.phones.extend(Phone::parse(&format!("07700 900{number:03}")));
            parent.email = EmailAddress::parse(&format!("{local}@post.example")).ok();
            self.made.people.push(parent);
        }
    }

    fn person(&mut self, kind: PersonKind, given: &str, family: &str) -> Person {
        let years_ago = i16::try_from(self.random.below(12)).unwrap_or(0);
        let joined = match kind {
            PersonKind::Staff | PersonKind::Governor => date(2026 - years_ago, 9, 1),
            PersonKind::Visitor => date(2026, 11, 25),
            _ => date(2026, 9, 3),
        };
        Person {
            id: Id::new(self.numbers.next()),
            kind,
            given: given.to_owned(),
            family: family.to_owned(),
            known_as: None,
            year: None,
            roles: Roles::NONE,
            groups: Vec::new(),
            email: None,
            children: Vec::new(),
            source: None,
            joined: Some(joined),
            left: None,
            until: None,
            picture: None,
            home: usher_records::person::Home::default(),
        }
    }

    fn group_named(&self, name: &str) -> Option<GroupId> {
        self.groups.iter().find(|group| group.name == name).map(|group| group.id)
    }
}
