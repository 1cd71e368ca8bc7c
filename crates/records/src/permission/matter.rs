//! What leave may be asked for: one table. Each line says what has to be told, for whom it is, how it ends, who decides
//! unless the school says otherwise, and how long it may last.

use serde::{Deserialize, Serialize};
use usher_types::role::Role;

/// What leave is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// Software or hardware is installed (PRM-01).
    Install,
    /// Settings, switches or configuration are changed (PRM-02).
    Configuration,
    /// Something is connected (PRM-03).
    Connect,
    /// Personal data leaves the school (PRM-04).
    DataOffSite,
    /// More file space (PRM-05).
    FileSpace,
    /// Somebody's material is moved or copied (PRM-06).
    Material,
    /// A use beyond school work is allowed to staff (PRM-07).
    PrivateUse,
    /// A project in which pupils join a service, send a picture or meet somebody (PRM-08).
    Project,
    /// A site stays open although its kind is shut (PRM-10).
    Exception,
    /// School mail on a phone of one's own.
    PhoneMail,
    /// A mail to many people.
    MassMail,
    /// A device or phone of one's own.
    OwnDevice,
    /// A trip on which pictures are taken.
    PhotoTrip,
    /// A source nobody approved yet (PRM-09).
    Source,
    /// A pupil's own device on the school's wireless (PRM-09).
    PupilDevice,
    /// A call on a phone (PRM-09).
    PhoneCall,
    /// A device of the school for pictures (PRM-09).
    SchoolCamera,
}

/// Something that has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// What it is: a program, a setting, a thing, a use.
    What,
    /// Which machine.
    Machine,
    /// Under which licence.
    Licence,
    /// Which data.
    Data,
    /// What carries it.
    Carrier,
    /// How it is protected.
    Protected,
    /// How much is used now.
    Used,
    /// How much there is.
    Quota,
    /// How much is asked for.
    Wanted,
    /// Whose it is.
    Owner,
    /// When its owner said yes.
    OwnerAgreed,
    /// The responsible adult.
    Adult,
    /// How the phone or device is locked.
    Lock,
    /// Who gets it.
    Recipients,
    /// Where to.
    Place,
}

/// How leave ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// On a day that has to be named.
    OnADay,
    /// On a day, if one is named.
    Perhaps,
    /// With the lesson it was given in.
    WithTheLesson,
}

/// For whom leave is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever asks.
    Asker,
    /// Pupils or a class, who are named.
    Pupils,
    /// A class, or everybody of a kind.
    Many,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Of what.
    pub matter: Matter,
    /// Its name in files, forms and addresses.
    pub name: &'static str,
    /// What has to be told.
    pub needs: &'static [Detail],
    /// For whom.
    pub whom: For,
    /// How it ends.
    pub ends: Ends,
    /// Whether pages are named, which it opens.
    pub pages: bool,
    /// Who decides, unless the school says otherwise.
    pub deciders: &'static [Role],
    /// Who alone can decide, whatever the school says; empty where a school is free.
    pub only: &'static [Role],
    /// The longest it may last, in days.
    pub longest_days: u16,
    /// Whether everybody at the desk may see it once it is given.
    pub shown: bool,
}

/// Those who look after the machines.
const MACHINES: &[Role] = &[Role::ComputingLead, Role::Technician];
/// Those who answer for what pupils reach.
const PUPILS: &[Role] =
    &[Role::Headteacher, Role::SafeguardingLead, Role::ComputingLead, Role::EsafetyCoordinator];
/// Those who answer for the school (PRM-04, PRM-07).
const SCHOOL: &[Role] = &[Role::Headteacher, Role::ChairOfGovernors];
/// A school year and its summer: what is not looked at for longer is forgotten.
const A_YEAR: u16 = 366;
/// A term.
const A_TERM: u16 = 120;
/// What is taken home comes back within half a term.
const HALF_A_TERM: u16 = 60;

/// A line from which the others differ: asked for oneself, a day perhaps, nothing opened.
const PLAIN: Shape = Shape {
    matter: Matter::Install,
    name: "install",
    needs: &[],
    whom: For::Asker,
    ends: Ends::Perhaps,
    pages: false,
    deciders: MACHINES,
    only: &[],
    longest_days: A_YEAR,
    shown: false,
};

/// A quick leave, which ends with its lesson.
const QUICK: Shape = Shape {
    matter: Matter::Source,
    name: "source",
    needs: &[],
    whom: For::Pupils,
    ends: Ends::WithTheLesson,
    deciders: &[],
    longest_days: 1,
    ..PLAIN
};

/// The table.
const SHAPES: [Shape; 17] = {
    use Detail as D;
    use Matter as M;
    [
        Shape { needs: &[D::What, D::Machine, D::Licence], ..PLAIN },
        Shape {
            matter: M::Configuration,
            name: "configuration",
            needs: &[D::What, D::Machine],
            ends: Ends::OnADay,
            longest_days: A_TERM,
            ..PLAIN
        },
        Shape {
            matter: M::Connect,
            name: "connect",
            needs: &[D::What, D::Machine],
            ends: Ends::OnADay,
            ..PLAIN
        },
        Shape {
            matter: M::DataOffSite,
            name: "data-off-site",
            needs: &[D::Data, D::Carrier, D::Protected],
            ends: Ends::OnADay,
            deciders: SCHOOL,
            only: SCHOOL,
            longest_days: HALF_A_TERM,
            ..PLAIN
        },
        Shape { matter: M::FileSpace, name: "file-space", needs: &[D::Used, D::Quota, D::Wanted], ..PLAIN },
        Shape {
            matter: M::Material,
            name: "material",
            needs: &[D::What, D::Owner, D::OwnerAgreed],
            deciders: &[Role::ComputingLead, Role::Technician, Role::Headteacher],
            ..PLAIN
        },
        Shape {
            matter: M::PrivateUse,
            name: "private-use",
            needs: &[D::What],
            ends: Ends::OnADay,
            deciders: SCHOOL,
            only: SCHOOL,
            shown: true,
            ..PLAIN
        },
        Shape {
            matter: M::Project,
            name: "project",
            needs: &[D::What],
            whom: For::Pupils,
            ends: Ends::OnADay,
            pages: true,
            deciders: PUPILS,
            longest_days: A_TERM,
            shown: true,
            ..PLAIN
        },
        Shape {
            matter: M::Exception,
            name: "exception",
            whom: For::Many,
            ends: Ends::OnADay,
            pages: true,
            deciders: PUPILS,
            shown: true,
            ..PLAIN
        },
        Shape {
            matter: M::PhoneMail,
            name: "phone-mail",
            needs: &[D::What, D::Lock],
            ends: Ends::OnADay,
            ..PLAIN
        },
        Shape {
            matter: M::MassMail,
            name: "mass-mail",
            needs: &[D::What, D::Recipients],
            ends: Ends::OnADay,
            deciders: &[Role::Headteacher, Role::BusinessManager],
            longest_days: 31,
            ..PLAIN
        },
        Shape {
            matter: M::OwnDevice,
            name: "own-device",
            needs: &[D::What, D::Lock],
            ends: Ends::OnADay,
            ..PLAIN
        },
        Shape {
            matter: M::PhotoTrip,
            name: "photo-trip",
            needs: &[D::Place, D::What, D::Adult],
            whom: For::Pupils,
            ends: Ends::OnADay,
            deciders: &[Role::Headteacher, Role::SafeguardingLead],
            longest_days: A_TERM,
            ..PLAIN
        },
        QUICK,
        Shape { matter: M::PupilDevice, name: "pupil-device", ..QUICK },
        Shape { matter: M::PhoneCall, name: "phone-call", ..QUICK },
        Shape { matter: M::SchoolCamera, name: "school-camera", ..QUICK },
    ]
};

impl Matter {
    /// Every matter, in the order lists show them.
    pub fn all() -> impl Iterator<Item = Self> {
        SHAPES.iter().map(|shape| shape.matter)
    }

    /// Its line of the table.
    pub fn shape(self) -> &'static Shape {
        SHAPES.iter().find(|shape| shape.matter == self).unwrap_or(&SHAPES[0])
    }

    /// Its name in files, forms and addresses.
    pub fn name(self) -> &'static str {
        self.shape().name
    }

    /// The matter with this name.
    pub fn named(name: &str) -> Option<Self> {
        SHAPES.iter().find(|shape| shape.name == name).map(|shape| shape.matter)
    }

    /// Whether a teacher gives it at once, for a lesson (PRM-09).
    pub fn is_quick(self) -> bool {
        self.shape().ends == Ends::WithTheLesson
    }
}

impl Detail {
    /// Every detail.
    pub const ALL: [Self; 15] = [
        Self::What,
        Self::Machine,
        Self::Licence,
        Self::Data,
        Self::Carrier,
        Self::Protected,
        Self::Used,
        Self::Quota,
        Self::Wanted,
        Self::Owner,
        Self::OwnerAgreed,
        Self::Adult,
        Self::Lock,
        Self::Recipients,
        Self::Place,
    ];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::What => "what",
            Self::Machine => "machine",
            Self::Licence => "licence",
            Self::Data => "data",
            Self::Carrier => "carrier",
            Self::Protected => "protected",
            Self::Used => "used",
            Self::Quota => "quota",
            Self::Wanted => "wanted",
            Self::Owner => "owner",
            Self::OwnerAgreed => "owner-agreed",
            Self::Adult => "adult",
            Self::Lock => "lock",
            Self::Recipients => "recipients",
            Self::Place => "place",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matter_has_one_line_and_one_name() {
        for shape in &SHAPES {
            assert_eq!(shape.matter.shape().name, shape.name);
            assert_eq!(Matter::named(shape.name), Some(shape.matter));
            let written = serde_json::to_string(&shape.matter).unwrap();
            assert_eq!(written, format!("\"{}\"", shape.name));
            assert!(shape.only.is_empty() || shape.deciders.iter().all(|role| shape.only.contains(role)));
            assert_eq!(shape.deciders.is_empty(), shape.matter.is_quick(), "{}", shape.name);
        }
        for detail in Detail::ALL {
            assert_eq!(serde_json::to_string(&detail).unwrap(), format!("\"{}\"", detail.name()));
        }
        assert_eq!(Matter::named("anything"), None);
    }
}
