//! What may be done, and the offices and kinds of people that may: the table itself.
//!
//! Does not: say whether somebody may; [`super::may`] does.

use usher_types::role::{PersonKind, Role};

/// The offices that work in the school. Whoever chairs the governors does not.
const STAFF: [Role; 10] = [
    Role::Headteacher,
    Role::SeniorLeader,
    Role::BusinessManager,
    Role::SafeguardingLead,
    Role::ComputingLead,
    Role::EsafetyCoordinator,
    Role::Teacher,
    Role::SupportStaff,
    Role::Office,
    Role::Technician,
];

/// Whoever answers requests, and whoever releases files.
const SEE_REQUESTS: [Role; 5] = [
    Role::Headteacher,
    Role::SafeguardingLead,
    Role::ComputingLead,
    Role::EsafetyCoordinator,
    Role::Technician,
];

/// Whoever sees who signed which agreement.
const SEE_SIGNATURES: [Role; 7] = [
    Role::Headteacher,
    Role::SeniorLeader,
    Role::BusinessManager,
    Role::SafeguardingLead,
    Role::ComputingLead,
    Role::EsafetyCoordinator,
    Role::Office,
];

/// Who may see the people of the school.
const SEE_PEOPLE: [Role; 7] = [
    Role::Headteacher,
    Role::SeniorLeader,
    Role::BusinessManager,
    Role::SafeguardingLead,
    Role::ComputingLead,
    Role::Office,
    Role::Technician,
];

/// Whoever answers for the safety of children.
const KEEP_SAFE: [Role; 2] = [Role::Headteacher, Role::SafeguardingLead];

/// Something a person may or may not do. Names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Read, and sign, the agreement that is theirs.
    SignOwnAgreement,
    /// Sign beside their child.
    SignForChild,
    /// Tell an adult, or say a visit was an accident.
    Tell,
    /// Ask for a page to be opened.
    AskUnblock,
    /// Change their own password.
    ChangeOwnPassword,
    /// Use the staff desk at all.
    UseDesk,
    /// Report an unsuitable site, which shuts it for everybody.
    ReportSite,
    /// Open, see and end lessons.
    RunLessons,
    /// Open a page to a class until the lesson ends.
    GrantInLesson,
    /// See what people ask to have opened.
    SeeRequests,
    /// Answer requests to open a page, beyond a lesson.
    AnswerRequests,
    /// Release files of a kind that is kept out (WEB-07).
    ReleaseFiles,
    /// Open unrestricted time for themselves.
    OpenUnrestricted,
    /// Read the weekly report.
    ReadWeeklyReport,
    /// Look at a person's activity, with a reason.
    LookAtActivity,
    /// See who signed which agreement.
    SeeSignatures,
    /// Enter paper signatures and print what is outstanding.
    EnterPaper,
    /// Answer in a parent's place for a child whose parents will not, and see why.
    AnswerForChild,
    /// See people and classes.
    SeePeople,
    /// Bring people in, open and close accounts, set passwords.
    ManagePeople,
    /// Lend devices and take them back, see what leavers have to bring back.
    LendEquipment,
    /// Read the violations register.
    ReadRegister,
    /// See the category lists and decide on held entries.
    ManageLists,
    /// See the policy and the school's settings.
    SeeSettings,
    /// Change settings and publish policy or agreements.
    ChangeSettings,
    /// See whether everything works.
    SeeHealth,
    /// Read the journal.
    ReadJournal,
    /// See every sentence people sign and whether it is true.
    SeeLedger,
    /// Write new words of agreements, which somebody else approves and publishes.
    WriteAgreements,
    /// Record what the governors decided at a meeting.
    RecordApproval,
    /// Keep the register of other policies and the log of reviews.
    KeepPolicies,
    /// Approve an agreement in another language, which somebody else wrote.
    ApproveTranslations,
    /// See the items about private time that were handed on.
    SeePrivateUse,
    /// Say what new cards on the network are.
    KeepNetwork,
    /// Look through a sample of the school's web use, without names, and sign it.
    ReviewActivity,
    /// Keep the register of examinations of files and mail; a second person agrees to each.
    ExamineFiles,
    /// Take somebody out of what is kept, at their own request; a second person confirms each.
    EraseSomebody,
    /// Keep the register of services people sign in to from here.
    KeepServices,
    /// Change the monitoring plan.
    KeepMonitoring,
}

impl Act {
    /// Every act, in the order the table shows them.
    pub const ALL: [Self; 39] = [
        Self::SignOwnAgreement,
        Self::SignForChild,
        Self::Tell,
        Self::AskUnblock,
        Self::ChangeOwnPassword,
        Self::UseDesk,
        Self::ReportSite,
        Self::RunLessons,
        Self::GrantInLesson,
        Self::SeeRequests,
        Self::AnswerRequests,
        Self::ReleaseFiles,
        Self::OpenUnrestricted,
        Self::ReadWeeklyReport,
        Self::LookAtActivity,
        Self::SeeSignatures,
        Self::EnterPaper,
        Self::AnswerForChild,
        Self::SeePeople,
        Self::ManagePeople,
        Self::LendEquipment,
        Self::ReadRegister,
        Self::ManageLists,
        Self::SeeSettings,
        Self::ChangeSettings,
        Self::SeeHealth,
        Self::ReadJournal,
        Self::SeeLedger,
        Self::WriteAgreements,
        Self::RecordApproval,
        Self::KeepPolicies,
        Self::ApproveTranslations,
        Self::SeePrivateUse,
        Self::KeepNetwork,
        Self::ReviewActivity,
        Self::ExamineFiles,
        Self::EraseSomebody,
        Self::KeepServices,
        Self::KeepMonitoring,
    ];

    /// Its words in the table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SignOwnAgreement => "read and sign their own agreement",
            Self::SignForChild => "sign beside their child",
            Self::Tell => "tell an adult, or say it was an accident",
            Self::AskUnblock => "ask for a page to be opened",
            Self::ChangeOwnPassword => "change their own password",
            Self::UseDesk => "use the staff desk",
            Self::ReportSite => "report an unsuitable site, which shuts it",
            Self::RunLessons => "open, see and end lessons",
            Self::GrantInLesson => "open a page to a class until the lesson ends",
            Self::SeeRequests => "see what people ask to have opened",
            Self::AnswerRequests => "answer requests to open a page",
            Self::ReleaseFiles => "release files of a kind that is kept out",
            Self::OpenUnrestricted => "open unrestricted time for themselves",
            Self::ReadWeeklyReport => "read the weekly report",
            Self::LookAtActivity => "look at a person's activity, with a reason",
            Self::SeeSignatures => "see who signed which agreement",
            Self::EnterPaper => "enter paper signatures",
            Self::AnswerForChild => "answer in a parent's place, and see why",
            Self::SeePeople => "see people and classes",
            Self::ManagePeople => "bring people in, open and close accounts",
            Self::LendEquipment => "lend devices and take them back",
            Self::ReadRegister => "read the violations register",
            Self::ManageLists => "see category lists, decide on held entries",
            Self::SeeSettings => "see the policy and the settings",
            Self::ChangeSettings => "change settings, publish policy and agreements",
            Self::SeeHealth => "see whether everything works",
            Self::ReadJournal => "read the journal",
            Self::SeeLedger => "see whether what people sign is true",
            Self::WriteAgreements => "write new words of agreements",
            Self::RecordApproval => "record that the governors approved an agreement",
            Self::KeepPolicies => "keep other policies and the log of reviews",
            Self::ApproveTranslations => "approve a translation of an agreement",
            Self::SeePrivateUse => "see items about private time that were handed on",
            Self::KeepNetwork => "say what new cards on the network are",
            Self::ReviewActivity => "look through a sample of web use and sign it",
            Self::EraseSomebody => "take somebody out of what is kept, and confirm it",
            Self::ExamineFiles => "ask for and agree to examinations of files and mail",
            Self::KeepServices => "keep the services people sign in to",
            Self::KeepMonitoring => "change the monitoring plan",
        }
    }

    /// The offices whose holders may.
    pub(super) const fn roles(self) -> &'static [Role] {
        use Role as R;
        match self {
            Self::SignOwnAgreement
            | Self::SignForChild
            | Self::Tell
            | Self::AskUnblock
            | Self::ChangeOwnPassword => &[],
            Self::UseDesk => &Role::ALL,
            Self::ReportSite => &STAFF,
            Self::RunLessons | Self::GrantInLesson => &[
                R::Headteacher,
                R::SeniorLeader,
                R::SafeguardingLead,
                R::ComputingLead,
                R::EsafetyCoordinator,
                R::Teacher,
                R::SupportStaff,
            ],
            Self::SeeRequests => &SEE_REQUESTS,
            Self::AnswerRequests | Self::WriteAgreements => {
                &[R::Headteacher, R::SafeguardingLead, R::ComputingLead, R::EsafetyCoordinator]
            }
            Self::ReleaseFiles | Self::OpenUnrestricted => &[R::ComputingLead, R::Technician],
            Self::ReadWeeklyReport => {
                &[R::Headteacher, R::BusinessManager, R::ComputingLead, R::SafeguardingLead]
            }
            Self::LookAtActivity | Self::AnswerForChild | Self::KeepMonitoring => &KEEP_SAFE,
            Self::SeeSignatures => &SEE_SIGNATURES,
            Self::EnterPaper => &[R::Headteacher, R::BusinessManager, R::Office],
            Self::SeePeople => &SEE_PEOPLE,
            Self::ManagePeople | Self::LendEquipment => {
                &[R::Headteacher, R::BusinessManager, R::Office, R::Technician]
            }
            Self::ReadRegister => {
                &[R::Headteacher, R::BusinessManager, R::SafeguardingLead, R::ComputingLead]
            }
            Self::ManageLists => &[R::Headteacher, R::SafeguardingLead, R::ComputingLead],
            Self::SeeSettings => &[
                R::Headteacher,
                R::SeniorLeader,
                R::BusinessManager,
                R::SafeguardingLead,
                R::ComputingLead,
                R::EsafetyCoordinator,
                R::Technician,
                R::ChairOfGovernors,
            ],
            Self::ChangeSettings => &[R::Headteacher],
            Self::SeeHealth => {
                &[R::Headteacher, R::BusinessManager, R::SafeguardingLead, R::ComputingLead, R::Technician]
            }
            Self::ReadJournal | Self::SeePrivateUse => &[R::Headteacher, R::ChairOfGovernors],
            Self::SeeLedger => &[R::Headteacher, R::SafeguardingLead, R::ComputingLead, R::ChairOfGovernors],
            Self::RecordApproval => &[R::Headteacher, R::BusinessManager, R::ChairOfGovernors],
            Self::ReviewActivity => &[R::Headteacher, R::SeniorLeader, R::ComputingLead],
            Self::ExamineFiles => {
                &[R::Headteacher, R::SafeguardingLead, R::ComputingLead, R::ChairOfGovernors]
            }
            Self::EraseSomebody => &[R::Headteacher, R::BusinessManager, R::SafeguardingLead],
            Self::KeepNetwork | Self::KeepServices => &[R::Headteacher, R::ComputingLead, R::Technician],
            Self::KeepPolicies => &[R::Headteacher, R::SeniorLeader, R::BusinessManager, R::ComputingLead],
            Self::ApproveTranslations => &[R::Headteacher, R::SeniorLeader, R::BusinessManager],
        }
    }

    /// The kinds of people who may, whatever their office.
    pub(super) const fn kinds(self) -> &'static [PersonKind] {
        match self {
            Self::SignOwnAgreement | Self::ChangeOwnPassword => &PersonKind::ALL,
            Self::SignForChild => &[PersonKind::Parent],
            Self::Tell | Self::AskUnblock => &[
                PersonKind::Pupil,
                PersonKind::Staff,
                PersonKind::Supply,
                PersonKind::Student,
                PersonKind::Volunteer,
                PersonKind::Contractor,
                PersonKind::Governor,
                PersonKind::Visitor,
            ],
            // Supply staff hold no office, and teach.
            Self::UseDesk | Self::ReportSite | Self::RunLessons | Self::GrantInLesson => {
                &[PersonKind::Supply]
            }
            _ => &[],
        }
    }
}
