//! What makes a value a record: its kind, its id, and the keys it is found by.

use serde::{Serialize, de::DeserializeOwned};

/// Every kind of record, with the name it has in storage. A name is never reused for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The school itself: its name, its settings.
    School,
    /// [`crate::person::Person`].
    Person,
    /// [`crate::account::Account`].
    Account,
    /// [`crate::group::Group`].
    Group,
    /// [`crate::device::Device`].
    Device,
    /// [`crate::agreement::AgreementVersion`].
    AgreementVersion,
    /// [`crate::signature::Signature`].
    Signature,
    /// [`crate::session::Session`].
    Session,
    /// [`crate::lesson::Lesson`].
    Lesson,
    /// [`crate::lesson::LessonList`].
    LessonList,
    /// [`crate::grant::Grant`].
    Grant,
    /// [`crate::request::UnblockRequest`].
    Request,
    /// [`crate::told::Told`].
    Told,
    /// [`crate::register::Entry`].
    RegisterEntry,
    /// [`crate::unrestricted::Unrestricted`].
    Unrestricted,
    /// [`crate::sanction::Sanction`].
    Sanction,
    /// [`crate::report::IssuedReport`].
    Report,
    /// [`crate::look::Look`].
    Look,
    /// [`crate::list_edit::ListEdit`].
    ListEdit,
    /// [`crate::list_edit::ListDecision`].
    ListDecision,
    /// [`crate::in_force::InForce`].
    Policy,
    /// [`crate::alert::Alert`].
    Alert,
    /// [`crate::disclosure::Disclosure`].
    Disclosure,
    /// [`crate::equipment::ReturnList`].
    ReturnList,
    /// [`crate::policy_draft::PolicyDraft`].
    PolicyDraft,
    /// [`crate::case::Case`].
    Case,
    /// [`crate::held::HeldBook`].
    HeldBook,
    /// [`crate::permission::Permission`].
    Permission,
    /// [`crate::contact::Card`].
    ContactCard,
    /// [`crate::slip::Slip`].
    Slip,
    /// [`crate::together::Together`].
    Together,
    /// [`crate::reminder::Reminder`].
    Reminder,
    /// [`crate::issued::Issued`].
    Issued,
    /// [`crate::lending::Lending`].
    Lending,
    /// [`crate::agreement_draft::AgreementDraft`].
    AgreementDraft,
    /// [`crate::question::Question`].
    Question,
    /// [`crate::review::Review`].
    Review,
    /// [`crate::linked_policy::LinkedPolicy`].
    LinkedPolicy,
    /// [`crate::poster::Poster`].
    Poster,
    /// [`crate::reading::Reading`].
    Reading,
    /// [`crate::translation::Translation`].
    Translation,
    /// [`crate::rules_sent::RulesSent`].
    RulesSent,
    /// [`crate::private_use::PrivateTime`].
    PrivateTime,
    /// [`crate::network_card::NetworkCard`].
    NetworkCard,
    /// [`crate::network_card::MadeUp`].
    MadeUp,
    /// [`crate::spot_check::SpotCheck`].
    SpotCheck,
    /// [`crate::activity_review::ActivityReview`].
    ActivityReview,
    /// [`crate::examination::Examination`].
    Examination,
    /// [`crate::service::Service`].
    Service,
    /// [`crate::service::consent::Consent`].
    ServiceConsent,
    /// [`crate::service::entry::Entry`].
    ServiceEntry,
    /// [`crate::keeping::Disposal`].
    Disposal,
    /// [`crate::breach::Breach`].
    Breach,
    /// [`crate::parents_place::ParentsPlace`].
    ParentsPlace,
    /// [`crate::monitoring::Plan`].
    MonitoringPlan,
    /// [`crate::term_change::TermChange`].
    TermChange,
    /// [`crate::erasure::Erasure`].
    Erasure,
    /// [`crate::list_belief::ListBelief`].
    ListBelief,
}

impl Kind {
    /// Every kind, in storage order.
    pub const ALL: [Self; 58] = [
        Self::School,
        Self::Person,
        Self::Account,
        Self::Group,
        Self::Device,
        Self::AgreementVersion,
        Self::Signature,
        Self::Session,
        Self::Lesson,
        Self::LessonList,
        Self::Grant,
        Self::Request,
        Self::Told,
        Self::RegisterEntry,
        Self::Unrestricted,
        Self::Sanction,
        Self::Report,
        Self::Look,
        Self::ListEdit,
        Self::ListDecision,
        Self::Policy,
        Self::Alert,
        Self::Disclosure,
        Self::ReturnList,
        Self::PolicyDraft,
        Self::Case,
        Self::HeldBook,
        Self::Permission,
        Self::ContactCard,
        Self::Slip,
        Self::Together,
        Self::Reminder,
        Self::Issued,
        Self::Lending,
        Self::AgreementDraft,
        Self::Question,
        Self::Review,
        Self::LinkedPolicy,
        Self::Poster,
        Self::Reading,
        Self::Translation,
        Self::RulesSent,
        Self::PrivateTime,
        Self::NetworkCard,
        Self::MadeUp,
        Self::SpotCheck,
        Self::ActivityReview,
        Self::Examination,
        Self::Service,
        Self::ServiceConsent,
        Self::ServiceEntry,
        Self::Disposal,
        Self::Breach,
        Self::ParentsPlace,
        Self::MonitoringPlan,
        Self::TermChange,
        Self::Erasure,
        Self::ListBelief,
    ];

    /// Its name in storage and in the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Person => "person",
            Self::Account => "account",
            Self::Group => "group",
            Self::Device => "device",
            Self::AgreementVersion => "agreement-version",
            Self::Signature => "signature",
            Self::Session => "session",
            Self::Lesson => "lesson",
            Self::LessonList => "lesson-list",
            Self::Grant => "grant",
            Self::Request => "request",
            Self::Told => "told",
            Self::RegisterEntry => "register-entry",
            Self::Unrestricted => "unrestricted",
            Self::Sanction => "sanction",
            Self::Report => "report",
            Self::Look => "look",
            Self::ListEdit => "list-edit",
            Self::ListDecision => "list-decision",
            Self::Policy => "policy",
            Self::Alert => "alert",
            Self::Disclosure => "disclosure",
            Self::ReturnList => "return-list",
            Self::PolicyDraft => "policy-draft",
            Self::Case => "case",
            Self::HeldBook => "held-book",
            Self::Permission => "permission",
            Self::ContactCard => "contact-card",
            Self::Slip => "slip",
            Self::Together => "together",
            Self::Reminder => "reminder",
            Self::Issued => "issued",
            Self::Lending => "lending",
            Self::AgreementDraft => "agreement-draft",
            Self::Question => "question",
            Self::Review => "review",
            Self::LinkedPolicy => "linked-policy",
            Self::Poster => "poster",
            Self::Reading => "reading",
            Self::Translation => "translation",
            Self::RulesSent => "rules-sent",
            Self::PrivateTime => "private-time",
            Self::NetworkCard => "network-card",
            Self::MadeUp => "made-up",
            Self::SpotCheck => "spot-check",
            Self::ActivityReview => "activity-review",
            Self::Examination => "examination",
            Self::Service => "service",
            Self::ServiceConsent => "service-consent",
            Self::ServiceEntry => "service-entry",
            Self::Disposal => "disposal",
            Self::Breach => "breach",
            Self::ParentsPlace => "parents-place",
            Self::MonitoringPlan => "monitoring-plan",
            Self::TermChange => "term-change",
            Self::Erasure => "erasure",
            Self::ListBelief => "list-belief",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A key a record is found by besides its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexKey {
    /// Which key, like `username`.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether two records of this kind in one school may not share it.
    pub unique: bool,
}

impl IndexKey {
    /// A key that several records may share.
    pub fn shared(name: &'static str, value: impl ToString) -> Self {
        Self { name, value: value.to_string(), unique: false }
    }

    /// A key that only one record may have.
    pub fn unique(name: &'static str, value: impl ToString) -> Self {
        Self { name, value: value.to_string(), unique: true }
    }
}

/// A value that is kept as a record.
pub trait Noun: Serialize + DeserializeOwned + Send + Sync {
    /// Its kind.
    const KIND: Kind;

    /// Its id as a number.
    fn number(&self) -> u64;

    /// The keys it is found by.
    fn keys(&self) -> Vec<IndexKey> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_belong_together() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
        assert_eq!(Kind::named("nothing"), None);
    }
}
