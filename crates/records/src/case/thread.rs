//! The entries of a case: what may be said in one, and by whom.

use serde::{Deserialize, Serialize};
use usher_lists::category::Area;
use usher_types::digest::Digest;
use usher_types::ids::{EventId, PersonId, SanctionId};
use usher_types::moment::Moment;

use crate::alert::AlertId;
use crate::case::CaseId;
use crate::case::nine::Nine;
use crate::case::rules::{Class, Step};
use crate::register::{CitedPolicy, CitedRule};
use crate::sanction::Restriction;
use crate::told::ToldId;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the case, counting from 1.
    pub number: u32,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// What it says.
    pub says: Says,
}

/// What a case began from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A member of staff wrote it down.
    Report,
    /// A page that was kept shut.
    Block(EventId),
    /// An alert.
    Alert(AlertId),
    /// What somebody told.
    Told(ToldId),
    /// A pupil's report of what somebody did (INC-20).
    PupilReport,
    /// A complaint (INC-16).
    Complaint,
    /// The whistleblowing channel (INC-15).
    Whistleblowing,
}

impl Origin {
    /// Its name in words: the route it came by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Block(_) => "block",
            Self::Alert(_) => "alert",
            Self::Told(_) => "told",
            Self::PupilReport => "pupil-report",
            Self::Complaint => "complaint",
            Self::Whistleblowing => "whistleblowing",
        }
    }
}

/// Somebody in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Somebody the school's books know.
    Person(PersonId),
    /// Somebody they do not, by name (INC-14).
    Outside(String),
}

impl Party {
    /// The person, if the books know them.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(*person),
            Self::Outside(_) => None,
        }
    }
}

/// What somebody has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Whom it is about.
    Subject,
    /// Who saw it or was hurt by it, and is looked after first (INC-04).
    Affected,
    /// Who saw it happen.
    Witness,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Affected, Self::Witness];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Affected => "affected",
            Self::Witness => "witness",
        }
    }
}

/// A person with their part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involved {
    /// Who.
    pub who: Party,
    /// Their part.
    pub part: Part,
}

/// How a case begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// From what.
    pub origin: Origin,
    /// The kind of infringement.
    pub kind: String,
    /// How weighty, from 1 to 4.
    pub severity: u8,
    /// How confidential.
    pub class: Class,
    /// People with their part in it.
    pub people: Vec<Involved>,
    /// The form.
    pub nine: Nine,
    /// The rule it is about, in the version that was in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<CitedRule>,
    /// The area of risk (KC-05), where somebody chose one; else that of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
}

/// A file that is kept with a case (INC-03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its digest.
    pub digest: Digest,
    /// The digest it is kept by, sealed; none where it was kept under its own, as it was, by an earlier build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Digest>,
    /// Its name, as it was uploaded.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// What it shows.
    pub shows: String,
}

/// How parents were reached (MON-12, INC-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contact {
    /// A letter.
    Letter,
    /// A call.
    Call,
    /// A meeting.
    Meeting,
}

impl Contact {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Letter, Self::Call, Self::Meeting];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Call => "call",
            Self::Meeting => "meeting",
        }
    }
}

/// To whom a case is referred (MON-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agency {
    /// The trust or local authority.
    Authority,
    /// The police.
    Police,
    /// Social services.
    SocialServices,
    /// The local authority's designated officer, for what an adult of the school is said to have done (KC-14).
    DesignatedOfficer,
    /// The Prevent partnership, which may lead to Channel (KC-16).
    Prevent,
}

impl Agency {
    /// Every agency.
    pub const ALL: [Self; 5] =
        [Self::Authority, Self::Police, Self::SocialServices, Self::DesignatedOfficer, Self::Prevent];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Police => "police",
            Self::SocialServices => "social-services",
            Self::DesignatedOfficer => "designated-officer",
            Self::Prevent => "prevent",
        }
    }
}

/// What came of a worry that somebody is drawn into extremism (KC-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreventOutcome {
    /// It was looked at, and nothing points to it.
    NoConcern,
    /// The school looks after it by itself.
    InSchool,
    /// It was passed on to the Prevent partnership.
    Referred,
    /// Channel did not take it on.
    NotTakenOn,
    /// Channel took it on.
    Channel,
    /// Channel has ended.
    Ended,
}

impl PreventOutcome {
    /// Every outcome, in the order they may come.
    pub const ALL: [Self; 6] =
        [Self::NoConcern, Self::InSchool, Self::Referred, Self::NotTakenOn, Self::Channel, Self::Ended];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoConcern => "no-concern",
            Self::InSchool => "in-school",
            Self::Referred => "referred",
            Self::NotTakenOn => "not-taken-on",
            Self::Channel => "channel",
            Self::Ended => "ended",
        }
    }
}

/// How the seal of a device is when it changes hands (INC-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seal {
    /// It is whole.
    Whole,
    /// It is broken.
    Broken,
    /// It has none.
    None,
}

impl Seal {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Broken, Self::None];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Broken => "broken",
            Self::None => "none",
        }
    }
}

/// The terms of a narrowing of somebody's web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// On whom.
    pub person: PersonId,
    /// What is narrowed.
    pub restriction: Restriction,
    /// For how many school days.
    pub school_days: u16,
    /// Why.
    pub reason: String,
    /// Why it is narrowed although the ladder says less, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heavier: Option<String>,
}

/// What was handed over: what it held, by its digest, to whom and on what ground in law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosed {
    /// To which agency.
    pub to: Agency,
    /// To whom there.
    pub recipient: String,
    /// The ground in law.
    pub basis: String,
    /// The package's digest.
    pub package: Digest,
    /// The digest it is kept by, sealed; none where it was kept under its own, as it was, by an earlier build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Digest>,
    /// Its length.
    pub bytes: u64,
}

/// What an entry says. Names are stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// The case was opened.
    Opened(Box<Opening>),
    /// A note, and who was spoken to (MON-07).
    Note {
        /// What was found out.
        text: String,
        /// Who was spoken to.
        spoken_to: Vec<PersonId>,
        /// Another policy of the school it goes by, in the edition of that day (POL-04).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<CitedPolicy>,
    },
    /// One more person has to do with it.
    Involved(Involved),
    /// A file is kept with it.
    Evidence(Evidence),
    /// What was seen may be illegal: nothing was copied (INC-03).
    MayBeIllegal {
        /// Who was told.
        told: String,
    },
    /// What was done for the child first (INC-04).
    Support(String),
    /// A sanction came before any support, for this reason.
    SupportLater(String),
    /// What was decided, on which step of the ladder, and why where it is heavier than the ladder says.
    Decided {
        /// The step; none for a decision in words alone.
        step: Option<Step>,
        /// The decision.
        text: String,
        /// Why it was decided so (KC-13); empty in what earlier builds kept.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// Why something heavier, where it is.
        heavier: Option<String>,
    },
    /// A narrowing waits for a second person.
    Proposed(Terms),
    /// The narrowing that waited is not wanted.
    Declined {
        /// Why not.
        why: String,
    },
    /// Somebody's web was narrowed.
    Narrowed {
        /// The sanction.
        sanction: SanctionId,
        /// Its terms.
        terms: Terms,
        /// Until when.
        until: Moment,
        /// The entry that proposed it, if it waited for a second person.
        confirms: Option<u32>,
    },
    /// A narrowing was lifted early.
    Lifted {
        /// The sanction.
        sanction: SanctionId,
        /// Why.
        why: String,
    },
    /// Parents were told (MON-12).
    Parents {
        /// How.
        how: Contact,
        /// Who.
        who: String,
        /// What was said.
        text: String,
    },
    /// It was referred, with a package (MON-10).
    Referred(Disclosed),
    /// What came of a worry about extremism.
    Prevent {
        /// What.
        outcome: PreventOutcome,
        /// Why.
        why: String,
    },
    /// It is in the school's safeguarding record (EXT-02).
    Entered,
    /// It is in the behaviour system (EXT-09).
    Transferred,
    /// It is of another class now (INC-18).
    Classed {
        /// The class.
        class: Class,
        /// Why.
        why: String,
    },
    /// Somebody else may see it (INC-07).
    Shared(PersonId),
    /// Whoever it was reported to has seen it (INC-11).
    Seen,
    /// An item of the checklist was seen to (INC-17).
    Checked(u8),
    /// A cost (INC-23).
    Cost {
        /// For what.
        what: String,
        /// How much.
        pence: u32,
    },
    /// What is kept of its people is kept until this is lifted (INC-13).
    Hold {
        /// Whether it holds.
        on: bool,
        /// Why.
        why: String,
    },
    /// A device changed hands (INC-13).
    Custody {
        /// What.
        item: String,
        /// From whom.
        from: String,
        /// To whom.
        to: String,
        /// How its seal was then; none where nobody was asked yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Seal>,
    },
    /// An earlier entry was wrong; it stays.
    Correction {
        /// The entry's number.
        of: u32,
        /// What is right.
        text: String,
    },
    /// It has to do with another case.
    Linked(CaseId),
    /// It goes on in another case.
    MergedInto(CaseId),
    /// Another case goes on in this one.
    TookIn(CaseId),
    /// It is closed, with this outcome.
    Closed(String),
    /// It is open again.
    Reopened(String),
}
