//! A record of whatever kind, read as what it is: for whoever changes texts as they lie in the store and must know that they
//! still say something.

use crate::noun::{IndexKey, Kind, Noun};

/// What a body of this kind says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// Its id.
    pub number: u64,
    /// The keys it is found by.
    pub keys: Vec<IndexKey>,
}

/// Reads a body as the kind it is of.
///
/// # Errors
/// When it is not a record of that kind.
pub fn read(kind: Kind, body: &str) -> Result<ReadBack, serde_json::Error> {
    match kind {
        Kind::School => made::<crate::school::School>(body),
        Kind::Person => made::<crate::person::Person>(body),
        Kind::Account => made::<crate::account::Account>(body),
        Kind::Group => made::<crate::group::Group>(body),
        Kind::Device => made::<crate::device::Device>(body),
        Kind::AgreementVersion => made::<crate::agreement::AgreementVersion>(body),
        Kind::Signature => made::<crate::signature::Signature>(body),
        Kind::Session => made::<crate::session::Session>(body),
        Kind::Lesson => made::<crate::lesson::Lesson>(body),
        Kind::LessonList => made::<crate::lesson::LessonList>(body),
        Kind::Grant => made::<crate::grant::Grant>(body),
        Kind::Request => made::<crate::request::UnblockRequest>(body),
        Kind::Told => made::<crate::told::Told>(body),
        Kind::RegisterEntry => made::<crate::register::Entry>(body),
        Kind::Unrestricted => made::<crate::unrestricted::Unrestricted>(body),
        Kind::Sanction => made::<crate::sanction::Sanction>(body),
        Kind::Report => made::<crate::report::IssuedReport>(body),
        Kind::Look => made::<crate::look::Look>(body),
        Kind::ListEdit => made::<crate::list_edit::ListEdit>(body),
        Kind::ListDecision => made::<crate::list_edit::ListDecision>(body),
        Kind::Policy => made::<crate::in_force::InForce>(body),
        Kind::Alert => made::<crate::alert::Alert>(body),
        Kind::Disclosure => made::<crate::disclosure::Disclosure>(body),
        Kind::ReturnList => made::<crate::equipment::ReturnList>(body),
        Kind::PolicyDraft => made::<crate::policy_draft::PolicyDraft>(body),
        Kind::Case => made::<crate::case::Case>(body),
        Kind::HeldBook => made::<crate::held::HeldBook>(body),
        Kind::Permission => made::<crate::permission::Permission>(body),
        Kind::ContactCard => made::<crate::contact::Card>(body),
        Kind::Slip => made::<crate::slip::Slip>(body),
        Kind::Together => made::<crate::together::Together>(body),
        Kind::Reminder => made::<crate::reminder::Reminder>(body),
        Kind::Issued => made::<crate::issued::Issued>(body),
        Kind::Lending => made::<crate::lending::Lending>(body),
        Kind::AgreementDraft => made::<crate::agreement_draft::AgreementDraft>(body),
        Kind::Question => made::<crate::question::Question>(body),
        Kind::Review => made::<crate::review::Review>(body),
        Kind::LinkedPolicy => made::<crate::linked_policy::LinkedPolicy>(body),
        Kind::Poster => made::<crate::poster::Poster>(body),
        Kind::Reading => made::<crate::reading::Reading>(body),
        Kind::Translation => made::<crate::translation::Translation>(body),
        Kind::RulesSent => made::<crate::rules_sent::RulesSent>(body),
        Kind::PrivateTime => made::<crate::private_use::PrivateTime>(body),
        Kind::NetworkCard => made::<crate::network_card::NetworkCard>(body),
        Kind::MadeUp => made::<crate::network_card::MadeUp>(body),
        Kind::SpotCheck => made::<crate::spot_check::SpotCheck>(body),
        Kind::ActivityReview => made::<crate::activity_review::ActivityReview>(body),
        Kind::Examination => made::<crate::examination::Examination>(body),
        Kind::Service => made::<crate::service::Service>(body),
        Kind::ServiceConsent => made::<crate::service::consent::Consent>(body),
        Kind::ServiceEntry => made::<crate::service::entry::Entry>(body),
        Kind::Disposal => made::<crate::keeping::Disposal>(body),
        Kind::Breach => made::<crate::breach::Breach>(body),
        Kind::ParentsPlace => made::<crate::parents_place::ParentsPlace>(body),
        Kind::MonitoringPlan => made::<crate::monitoring::Plan>(body),
        Kind::TermChange => made::<crate::term_change::TermChange>(body),
        Kind::Erasure => made::<crate::erasure::Erasure>(body),
        Kind::ListBelief => made::<crate::list_belief::ListBelief>(body),
    }
}

fn made<N: Noun>(body: &str) -> Result<ReadBack, serde_json::Error> {
    let noun: N = serde_json::from_str(body)?;
    Ok(ReadBack { number: noun.number(), keys: noun.keys() })
}
