//! Who people are and where they sat, as reports say it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_policy::facts::{Circumstances, Subject};
use usher_records::disclosure::Disclosure;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_types::ids::{GroupId, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Role, Roles, Year};

/// The names of the school's people and classes, as they are now, and when somebody else knew a password of theirs.
#[derive(Debug, Clone, Default)]
pub struct Names {
    people: BTreeMap<PersonId, String>,
    classes: BTreeMap<GroupId, String>,
    disclosed: BTreeMap<PersonId, Vec<Disclosure>>,
}

impl Names {
    /// The names of these people and classes.
    pub fn of(people: &[Person], groups: &[Group]) -> Self {
        Self {
            people: people.iter().map(|person| (person.id, person.name())).collect(),
            classes: groups.iter().map(|group| (group.id, group.name.clone())).collect(),
            disclosed: BTreeMap::new(),
        }
    }

    /// The same, knowing when somebody else knew somebody's password (ACC-06).
    #[must_use]
    pub fn with_disclosed(mut self, disclosed: &[Disclosure]) -> Self {
        for time in disclosed {
            self.disclosed.entry(time.person).or_default().push(*time);
        }
        self
    }

    /// Whether somebody else knew this person's password then.
    pub fn password_known(&self, person: PersonId, at: Moment) -> bool {
        self.disclosed.get(&person).is_some_and(|times| times.iter().any(|time| time.covers(at)))
    }

    /// The times in which somebody else knew this person's password.
    pub(crate) fn disclosed(&self, person: PersonId) -> Vec<Disclosure> {
        self.disclosed.get(&person).cloned().unwrap_or_default()
    }

    /// One more name: of somebody the school's books do not know.
    pub fn also(&mut self, id: PersonId, name: &str) {
        self.people.insert(id, name.to_owned());
    }

    /// Somebody's name; none when the school no longer keeps it.
    pub fn person(&self, id: PersonId) -> Option<&str> {
        self.people.get(&id).map(String::as_str)
    }

    /// Everybody's name.
    pub(crate) fn everybody(&self) -> BTreeMap<PersonId, String> {
        self.people.clone()
    }

    /// A class's name.
    pub fn class(&self, id: GroupId) -> Option<&str> {
        self.classes.get(&id).map(String::as_str)
    }
}

/// Who did something, as far as can be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Who {
    /// One person.
    Person {
        /// Their id.
        person: PersonId,
        /// Their name; none when the school no longer keeps it.
        name: Option<String>,
        /// What they were to the school.
        kind: PersonKind,
        /// For a pupil: the class they were in.
        class: Option<String>,
    },
    /// A sign-in that a year group shares. Which child it was cannot be known.
    Shared {
        /// The year.
        year: Option<Year>,
    },
    /// Nobody was signed in.
    Nobody,
}

impl Who {
    /// Who is behind a request.
    pub fn of(subject: &Subject, names: &Names) -> Self {
        match (subject.person, subject.kind) {
            (Some(person), kind) => {
                let kind = kind.unwrap_or(PersonKind::Visitor);
                let class = || subject.groups.iter().find_map(|group| names.class(*group)).map(str::to_owned);
                let class = if kind == PersonKind::Pupil { class() } else { None };
                Self::Person { person, name: names.person(person).map(str::to_owned), kind, class }
            }
            (None, Some(_)) => Self::Shared { year: subject.year },
            (None, None) => Self::Nobody,
        }
    }
}

/// Where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// What is written on the device; its network address when the school keeps no record of it.
    pub device: String,
    /// The room it stands in.
    pub room: Option<String>,
    /// The class whose lesson it was.
    pub lesson: Option<String>,
}

impl Whereabouts {
    /// Where a request came from.
    pub fn of(from: &Circumstances, names: &Names) -> Self {
        let device = &from.device;
        let lesson = from.lesson.and_then(|lesson| names.class(lesson.group));
        Self {
            device: device.name.clone().unwrap_or_else(|| device.address.to_string()),
            room: device.room.clone(),
            lesson: lesson.map(str::to_owned),
        }
    }
}

/// Who may be shown something that a report found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Every reader of the report.
    Readers,
    /// The headteacher alone: it is about an adult who works in the school or visits it.
    Headteacher,
    /// The chair of governors alone: it is about the headteacher.
    ChairOfGovernors,
}

impl Audience {
    /// Who may be shown what this subject did.
    pub fn of(subject: &Subject) -> Self {
        match subject.kind {
            None | Some(PersonKind::Pupil) => Self::Readers,
            Some(_) if subject.roles.has(Role::Headteacher) => Self::ChairOfGovernors,
            Some(_) => Self::Headteacher,
        }
    }

    /// What somebody with these offices may be shown. `reads` says whether they are a reader of the report at all.
    pub fn seen_by(roles: Roles, reads: bool) -> Vec<Self> {
        let mut seen = Vec::new();
        if reads {
            seen.push(Self::Readers);
        }
        if roles.has(Role::Headteacher) {
            seen.push(Self::Headteacher);
        }
        if roles.has(Role::ChairOfGovernors) {
            seen.push(Self::ChairOfGovernors);
        }
        seen
    }
}

/// What tells one visitor of pages from another: the person, or the device where no person is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Visitor {
    Person(PersonId),
    Shared(Option<Year>, IpAddr),
    Nobody(IpAddr),
}

impl Visitor {
    pub(crate) fn of(from: &Circumstances) -> Self {
        let (subject, address) = (&from.subject, from.device.address);
        match (subject.person, subject.kind) {
            (Some(person), _) => Self::Person(person),
            (None, Some(_)) => Self::Shared(subject.year, address),
            (None, None) => Self::Nobody(address),
        }
    }
}
