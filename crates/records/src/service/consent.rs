//! What a service may know of somebody, as they were told the first time. Told anew where it would know more.

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use super::ServiceId;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of consents.
#[derive(Debug)]
pub enum ConsentNoun {}
impl Named for ConsentNoun {
    const NOUN: &'static str = "consent";
}
/// A consent's id.
pub type ConsentId = Id<ConsentNoun>;

/// Something a service may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// The name, what they are to the school, and a pupil's year.
    Profile,
    /// The mail address.
    Email,
}

/// What somebody said yes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Who.
    pub person: PersonId,
    /// To which service.
    pub service: ServiceId,
    /// What it may know.
    pub told: Vec<Told>,
    /// When.
    pub at: Moment,
}

impl Noun for Consent {
    const KIND: Kind = Kind::ServiceConsent;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("of", of(self.person, self.service))]
    }
}

/// The key of somebody's consent to a service.
pub fn of(person: PersonId, service: ServiceId) -> String {
    format!("{person} {service}")
}

/// Whether what was said yes to takes all of this in.
pub fn covers(consent: Option<&Consent>, told: &[Told]) -> bool {
    consent.is_some_and(|consent| told.iter().all(|one| consent.told.contains(one)))
}

/// Keeps a yes.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it takes in nothing new.
pub fn give(consent: Consent, before: Option<&Stored<Consent>>) -> Result<Change, Refusal> {
    let person = consent.person;
    let write = match before {
        Some(before) if covers(Some(&before.value), &consent.told) => return Err(Refusal::AlreadySo),
        Some(before) => before.replace(&Consent { id: before.value.id, ..consent }),
        None => Write::of(&consent, Expect::New),
    };
    Ok(Change::of(Action::ServiceConsented, write).about(person))
}
