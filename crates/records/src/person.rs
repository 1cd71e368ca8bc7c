//! People: pupils, staff, governors, parents, visitors.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::email::EmailAddress;
use usher_types::home::{Phone, Postcode};
use usher_types::ids::{GroupId, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader, Roles, Year};

use crate::change::{Action, Change, Stored};
use crate::noun::{IndexKey, Kind, Noun};

/// Somebody the school knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id, the same for as long as the record is kept.
    pub id: PersonId,
    /// What they are to the school.
    pub kind: PersonKind,
    /// Given name or names, as they write it.
    pub given: String,
    /// Family name; may be empty.
    pub family: String,
    /// The name they go by, where it differs.
    pub known_as: Option<String>,
    /// For a pupil: the school year.
    pub year: Option<Year>,
    /// Offices they hold.
    pub roles: Roles,
    /// Classes a pupil is in or an adult teaches.
    pub groups: Vec<GroupId>,
    /// Where mail reaches them.
    pub email: Option<EmailAddress>,
    /// Where they are reached at home, where the roster says so.
    #[serde(default, skip_serializing_if = "Home::is_unknown")]
    pub home: Home,
    /// For a parent: their children at the school.
    pub children: Vec<PersonId>,
    /// The roster they came from and their id there; none when added by hand.
    pub source: Option<Source>,
    /// First day.
    pub joined: Option<Date>,
    /// Leaving date: from this day on, nothing opens for them (ACC-16).
    pub left: Option<Date>,
    /// For a visitor: when their access ends (AGR-18).
    pub until: Option<Moment>,
    /// For a pupil who signs in by pictures: the picture beside their name.
    pub picture: Option<String>,
}

/// Where somebody is reached at home. It is kept for one thing: to notice that it is about to be sent somewhere (WEB-26);
/// no page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Home {
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// Postcode.
    #[serde(default)]
    pub postcode: Option<Postcode>,
}

impl Home {
    /// Whether nothing is known of it.
    pub const fn is_unknown(&self) -> bool {
        self.phones.is_empty() && self.postcode.is_none()
    }
}

/// Where a record came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The system: `oneroster`, `csv`.
    pub system: String,
    /// The id there.
    pub id: String,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.system, self.id)
    }
}

impl Person {
    /// The name pages show: the one they go by, and the family name.
    pub fn name(&self) -> String {
        let first = self.known_as.as_deref().unwrap_or(&self.given);
        [first, &self.family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The short name other children may see: given name and initial.
    pub fn short_name(&self) -> String {
        let first = self.known_as.as_deref().unwrap_or(&self.given);
        match self.family.chars().next() {
            Some(initial) => format!("{first} {}", initial.to_uppercase()),
            None => first.to_owned(),
        }
    }

    /// How pages speak to them.
    pub const fn reader(&self) -> Reader {
        Reader::of(self.kind, self.year)
    }

    /// Whether they belong to the school on this day: joined by then, and the leaving date not reached.
    pub fn is_here(&self, today: Date) -> bool {
        self.joined.is_none_or(|joined| joined <= today) && self.left.is_none_or(|left| today < left)
    }
}

impl Noun for Person {
    const KIND: Kind = Kind::Person;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::shared("kind", self.kind.name())];
        keys.extend(self.groups.iter().map(|group| IndexKey::shared("group", group)));
        keys.extend(self.roles.iter().map(|role| IndexKey::shared("role", role.name())));
        keys.extend(self.children.iter().map(|child| IndexKey::shared("child", child)));
        keys.extend(self.source.iter().map(|source| IndexKey::unique("source", source)));
        keys
    }
}

/// Changes somebody's record by hand: their offices, their leaving date.
pub fn change(before: &Stored<Person>, after: &Person) -> Change {
    Change::of(Action::PersonChanged, before.replace(after)).about(after.id)
}

#[cfg(test)]
pub(crate) mod sample {
    use usher_types::ids::Id;
    use usher_types::role::{PersonKind, Roles, Year};

    use super::{Home, Person};

    /// Ada Bell, who holds no office; a pupil is in Year 4.
    pub(crate) fn person(id: u64, kind: PersonKind) -> Person {
        Person {
            id: Id::new(id),
            kind,
            given: "Ada".into(),
            family: "Bell".into(),
            known_as: None,
            year: (kind == PersonKind::Pupil).then(|| Year::new(4).unwrap()),
            roles: Roles::NONE,
            groups: vec![],
            email: None,
            home: Home::default(),
            children: vec![],
            source: None,
            joined: None,
            left: None,
            until: None,
            picture: None,
        }
    }
}
