//! Who people are in a school and which offices they hold.

use serde::{Deserialize, Serialize};

/// What somebody is to the school. Decides which agreement they sign and how pages speak to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonKind {
    /// A child on roll.
    Pupil,
    /// Employed by the school.
    Staff,
    /// Supply staff for a day or a while.
    Supply,
    /// A student on placement.
    Student,
    /// A volunteer.
    Volunteer,
    /// A contractor or supplier at work in the school.
    Contractor,
    /// A governor.
    Governor,
    /// A parent or carer.
    Parent,
    /// Anybody else who came today.
    Visitor,
}

impl PersonKind {
    /// Every kind, in the order lists show them.
    pub const ALL: [Self; 9] = [
        Self::Pupil,
        Self::Staff,
        Self::Supply,
        Self::Student,
        Self::Volunteer,
        Self::Contractor,
        Self::Governor,
        Self::Parent,
        Self::Visitor,
    ];

    /// Its name in files and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pupil => "pupil",
            Self::Staff => "staff",
            Self::Supply => "supply",
            Self::Student => "student",
            Self::Volunteer => "volunteer",
            Self::Contractor => "contractor",
            Self::Governor => "governor",
            Self::Parent => "parent",
            Self::Visitor => "visitor",
        }
    }
}

/// An office in the school that carries rights or receives reports. One person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The headteacher, head of school or head of site.
    Headteacher,
    /// A senior leader.
    SeniorLeader,
    /// The school business manager.
    BusinessManager,
    /// The designated safeguarding lead or a deputy.
    SafeguardingLead,
    /// The computing lead or ICT co-ordinator.
    ComputingLead,
    /// The e-safety co-ordinator.
    EsafetyCoordinator,
    /// A teacher.
    Teacher,
    /// A teaching assistant or other support staff.
    SupportStaff,
    /// The school office.
    Office,
    /// The ICT technician, often from a company.
    Technician,
    /// The chair of governors.
    ChairOfGovernors,
}

impl Role {
    /// Every role, in the order lists show them.
    pub const ALL: [Self; 11] = [
        Self::Headteacher,
        Self::SeniorLeader,
        Self::BusinessManager,
        Self::SafeguardingLead,
        Self::ComputingLead,
        Self::EsafetyCoordinator,
        Self::Teacher,
        Self::SupportStaff,
        Self::Office,
        Self::Technician,
        Self::ChairOfGovernors,
    ];

    /// Its name in files and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headteacher => "headteacher",
            Self::SeniorLeader => "senior-leader",
            Self::BusinessManager => "business-manager",
            Self::SafeguardingLead => "safeguarding-lead",
            Self::ComputingLead => "computing-lead",
            Self::EsafetyCoordinator => "esafety-coordinator",
            Self::Teacher => "teacher",
            Self::SupportStaff => "support-staff",
            Self::Office => "office",
            Self::Technician => "technician",
            Self::ChairOfGovernors => "chair-of-governors",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The roles one person holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Roles(u16);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// These roles together.
    pub fn of(roles: &[Role]) -> Self {
        roles.iter().copied().collect()
    }

    /// Whether `role` is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether any of `roles` is among them.
    pub fn has_any(self, roles: &[Role]) -> bool {
        roles.iter().any(|&role| self.has(role))
    }

    /// These roles and one more.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in list order.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |&role| self.has(role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

impl std::fmt::Debug for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Roles {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self.iter())
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            Vec::<Role>::deserialize(deserializer).map(|roles| roles.into_iter().collect())
        } else {
            u16::deserialize(deserializer).map(Self)
        }
    }
}

/// A school year: Reception is 0, Year 6 is 6. Nursery is -1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Year(i8);

impl Year {
    /// Reception.
    pub const RECEPTION: Self = Self(0);

    /// The year with this number, -1 (Nursery) to 13.
    pub const fn new(number: i8) -> Option<Self> {
        if number >= -1 && number <= 13 { Some(Self(number)) } else { None }
    }

    /// Its number; Reception is 0.
    pub const fn number(self) -> i8 {
        self.0
    }

    /// Nursery to Year 2: the early years and Key Stage 1, who get pictures and sound.
    pub const fn is_key_stage_1(self) -> bool {
        self.0 <= 2
    }

    /// `Reception`, `Year 4`.
    pub fn label(self) -> String {
        match self.0 {
            -1 => "Nursery".to_owned(),
            0 => "Reception".to_owned(),
            number => format!("Year {number}"),
        }
    }
}

/// How a page speaks to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Five to seven: pictures, short words, sound.
    Ks1,
    /// Seven to eleven.
    Ks2,
    /// Staff, governors, parents and visitors.
    Adult,
}

impl Reader {
    /// The reader somebody of this kind and year is.
    pub const fn of(kind: PersonKind, year: Option<Year>) -> Self {
        match (kind, year) {
            (PersonKind::Pupil, Some(year)) if year.is_key_stage_1() => Self::Ks1,
            (PersonKind::Pupil, _) => Self::Ks2,
            _ => Self::Adult,
        }
    }

    /// Its name in files and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ks1 => "ks1",
            Self::Ks2 => "ks2",
            Self::Adult => "adult",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_own_bit_and_name() {
        let all: Roles = Role::ALL.into_iter().collect();
        assert_eq!(all.iter().count(), Role::ALL.len());
        for role in Role::ALL {
            assert!(!Roles::NONE.has(role));
            assert!(Roles::of(&[role]).has(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.name()));
        }
    }

    #[test]
    fn readers_follow_the_key_stages() {
        let year = |number| Year::new(number).unwrap();
        assert_eq!(Reader::of(PersonKind::Pupil, Some(Year::RECEPTION)), Reader::Ks1);
        assert_eq!(Reader::of(PersonKind::Pupil, Some(year(2))), Reader::Ks1);
        assert_eq!(Reader::of(PersonKind::Pupil, Some(year(3))), Reader::Ks2);
        assert_eq!(Reader::of(PersonKind::Governor, None), Reader::Adult);
        assert_eq!(Year::new(14), None);
    }
}
