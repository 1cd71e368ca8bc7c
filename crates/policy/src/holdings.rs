//! What Usher keeps of people, in groups a school can read: what for, on what ground, who may read it, and for how long
//! (DPR-01, DPR-13). Made from the settings in use; every kind of record is in one of them.
//!
//! Does not: remove anything, or say it in words.

use usher_records::keeping::KeepRules;
use usher_records::noun::Kind;
use usher_records::settings::Settings;

use crate::access::Act;

/// A group of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// What people did on the web, whole.
    WebWhole,
    /// The same, as lines.
    WebLines,
    /// Weekly reports, alerts, and who looked at whose activity.
    Reports,
    /// People, classes, accounts and passwords.
    People,
    /// Who signed in where.
    SignIns,
    /// Agreements and who signed.
    Signatures,
    /// Pictures of paper slips.
    Pictures,
    /// What was sent to people and asked by them.
    Letters,
    /// Lessons, and what was opened in them.
    Lessons,
    /// Leave, and pages people asked to have opened.
    Leave,
    /// What children told, the register of violations, cases and what followed.
    Cases,
    /// Private time of staff.
    PrivateTime,
    /// Devices, and who has them.
    Devices,
    /// The policy, lists and settings.
    Policy,
    /// The journal of every change.
    Journal,
    /// The log of what was removed.
    Disposals,
}

/// The lawful ground (UK GDPR, article 6; for cases also Data Protection Act 2018, schedule 1, paragraph 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A task in the public interest: running a school.
    PublicTask,
    /// The same, and keeping children safe where it is special-category data.
    Safeguarding,
    /// A duty in law: showing what was done.
    LegalDuty,
}

impl Ground {
    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PublicTask => "public-task",
            Self::Safeguarding => "safeguarding",
            Self::LegalDuty => "legal-duty",
        }
    }
}

/// For how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Days after it happened, of pupils and of adults.
    Days {
        /// Of pupils.
        pupils: u16,
        /// Of adults.
        adults: u16,
    },
    /// Days after the agreement ended.
    AfterAgreement {
        /// So many.
        days: u16,
    },
    /// As long as the school keeps its books: nothing removes it by itself.
    Books,
}

impl Holding {
    /// Every group, in the order people read them.
    pub const ALL: [Self; 16] = [
        Self::WebWhole,
        Self::WebLines,
        Self::Reports,
        Self::People,
        Self::SignIns,
        Self::Signatures,
        Self::Pictures,
        Self::Letters,
        Self::Lessons,
        Self::Leave,
        Self::Cases,
        Self::PrivateTime,
        Self::Devices,
        Self::Policy,
        Self::Journal,
        Self::Disposals,
    ];

    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebWhole => "web-whole",
            Self::WebLines => "web-lines",
            Self::Reports => "reports",
            Self::People => "people",
            Self::SignIns => "sign-ins",
            Self::Signatures => "signatures",
            Self::Pictures => "pictures",
            Self::Letters => "letters",
            Self::Lessons => "lessons",
            Self::Leave => "leave",
            Self::Cases => "cases",
            Self::PrivateTime => "private-time",
            Self::Devices => "devices",
            Self::Policy => "policy",
            Self::Journal => "journal",
            Self::Disposals => "disposals",
        }
    }

    /// Where it lies, as a name in keys.
    pub const fn place(self) -> &'static str {
        match self {
            Self::WebWhole | Self::WebLines => "files",
            Self::Pictures => "pictures",
            _ => "books",
        }
    }

    /// The group a kind of record is in.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Report | Kind::Alert | Kind::SpotCheck | Kind::Look => Self::Reports,
            Kind::Person | Kind::Account | Kind::Group | Kind::Issued => Self::People,
            Kind::Session | Kind::Unrestricted | Kind::ServiceConsent | Kind::ServiceEntry => Self::SignIns,
            Kind::AgreementVersion
            | Kind::AgreementDraft
            | Kind::Translation
            | Kind::Signature
            | Kind::Slip
            | Kind::ParentsPlace
            | Kind::Together => Self::Signatures,
            Kind::Question | Kind::Reminder | Kind::RulesSent | Kind::Reading | Kind::Poster => Self::Letters,
            Kind::Lesson | Kind::LessonList => Self::Lessons,
            Kind::Grant | Kind::Request | Kind::Permission => Self::Leave,
            Kind::Told
            | Kind::RegisterEntry
            | Kind::Sanction
            | Kind::Case
            | Kind::Disclosure
            | Kind::Breach
            | Kind::Erasure
            | Kind::Examination => Self::Cases,
            Kind::PrivateTime => Self::PrivateTime,
            Kind::Device | Kind::Lending | Kind::ReturnList | Kind::NetworkCard | Kind::MadeUp => {
                Self::Devices
            }
            Kind::School
            | Kind::ListEdit
            | Kind::ListDecision
            | Kind::ListBelief
            | Kind::Policy
            | Kind::PolicyDraft
            | Kind::HeldBook
            | Kind::ContactCard
            | Kind::Review
            | Kind::LinkedPolicy
            | Kind::ActivityReview
            | Kind::MonitoringPlan
            | Kind::TermChange
            | Kind::Service => Self::Policy,
            Kind::Disposal => Self::Disposals,
        }
    }

    /// The right that opens most of it.
    pub const fn act(self) -> Act {
        match self {
            Self::WebWhole | Self::WebLines => Act::LookAtActivity,
            Self::Reports => Act::ReadWeeklyReport,
            Self::People | Self::SignIns => Act::SeePeople,
            Self::Signatures | Self::Letters => Act::SeeSignatures,
            Self::Pictures => Act::EnterPaper,
            Self::Lessons => Act::RunLessons,
            Self::Leave => Act::SeeRequests,
            Self::Cases => Act::ReadRegister,
            Self::PrivateTime => Act::SeePrivateUse,
            Self::Devices => Act::LendEquipment,
            Self::Policy | Self::Disposals => Act::SeeSettings,
            Self::Journal => Act::ReadJournal,
        }
    }

    /// The lawful ground.
    pub const fn ground(self) -> Ground {
        match self {
            Self::WebWhole | Self::WebLines | Self::Reports | Self::Cases => Ground::Safeguarding,
            Self::Journal | Self::Disposals | Self::Policy => Ground::LegalDuty,
            _ => Ground::PublicTask,
        }
    }

    /// For how long, by a school's settings.
    pub const fn until(self, settings: &Settings) -> Until {
        let KeepRules { pupils, adults } = settings.keeping;
        match self {
            Self::WebWhole => Until::Days { pupils: pupils.whole(), adults: adults.whole() },
            Self::WebLines => Until::Days { pupils: pupils.rows(), adults: adults.rows() },
            Self::Pictures => Until::AfterAgreement { days: settings.agreements.scan_days },
            _ => Until::Books,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::profile;

    #[test]
    fn dpr_01_every_register_is_in_a_group_and_what_watches_people_ends() {
        let of_records: BTreeSet<Holding> = Kind::ALL.into_iter().map(Holding::of).collect();
        let others = [Holding::WebWhole, Holding::WebLines, Holding::Pictures, Holding::Journal];
        let all: BTreeSet<Holding> = of_records.into_iter().chain(others).collect();
        assert_eq!(all, BTreeSet::from(Holding::ALL));
        let settings = profile::built_in("numbered").unwrap().unwrap().settings;
        for holding in [Holding::WebWhole, Holding::WebLines, Holding::Pictures] {
            assert_ne!(holding.until(&settings), Until::Books, "{holding:?}");
        }
        assert_eq!(Holding::WebWhole.until(&settings), Until::Days { pupils: 30, adults: 30 });
    }
}
