//! The register of web services that people sign in to with their own sign-in here (ACC-15): what each is called, where it lives,
//! for whom it is, and what it is told. Does not: say whether somebody may sign in there (`policy::service`), or speak the protocol.

pub mod consent;
pub mod entry;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};
use usher_types::url::{Scheme, WebAddress};

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of services.
#[derive(Debug)]
pub enum ServiceNoun {}
impl Named for ServiceNoun {
    const NOUN: &'static str = "service";
}
/// A service's id; it is also the name by which the service calls itself (`client_id`).
pub type ServiceId = Id<ServiceNoun>;

/// The longest name, in characters: it stands in a sentence a child reads.
const LONGEST_NAME_CHARS: usize = 80;
/// Addresses of one kind. A service with a test site and three regions needs eight.
pub const MOST_ADDRESSES: usize = 10;
/// The longest address, in bytes: it comes back in every request.
const LONGEST_ADDRESS_BYTES: usize = 1_000;

/// A place in a service that somebody is led to: `https`, or this very machine for an app that is being written. Compared byte for
/// byte (RFC 9700, 2.1), so it is kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnAddress(String);

impl ReturnAddress {
    /// Reads one.
    ///
    /// # Errors
    /// [`Refusal::AddressOdd`] for anything but a whole `https` address without a fragment or a name before the host, and
    /// `http` on `localhost`, `127.0.0.1` or `[::1]`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let plain = text.len() <= LONGEST_ADDRESS_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || text.contains(['#', '\\', '"', '\'', '<', '>', ';', ',']) {
            return Err(Refusal::AddressOdd);
        }
        let (_, rest) = text.split_once("://").ok_or(Refusal::AddressOdd)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let address = WebAddress::parse(text).map_err(|_odd| Refusal::AddressOdd)?;
        let host = address.host.to_string();
        let here = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(&host.as_str());
        if authority.contains('@') || (address.scheme != Scheme::Https && !here) {
            return Err(Refusal::AddressOdd);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its scheme, host and port.
    pub fn origin(&self) -> String {
        WebAddress::parse(&self.0).map(|address| address.origin()).unwrap_or_default()
    }
}

/// Who may sign in there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audience {
    /// Kinds of people.
    pub kinds: Vec<PersonKind>,
    /// Of the pupils, those of these years; of all years where none is named.
    pub years: Vec<Year>,
}

impl Audience {
    /// Whether it takes somebody in.
    pub fn takes(&self, kind: PersonKind, year: Option<Year>) -> bool {
        let year_fits = kind != PersonKind::Pupil
            || self.years.is_empty()
            || year.is_some_and(|year| self.years.contains(&year));
        self.kinds.contains(&kind) && year_fits
    }
}

/// What is said of a service; all of it can be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What people call it.
    pub name: String,
    /// Where it takes people back after signing in.
    pub returns: Vec<ReturnAddress>,
    /// Where it takes them back after signing out.
    pub after: Vec<ReturnAddress>,
    /// Who may sign in.
    pub audience: Audience,
    /// Whether it is told mail addresses as well.
    pub email: bool,
    /// Who in the school answers for it.
    pub owner: PersonId,
    /// When it is looked at again.
    pub review: Date,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// What is said of it.
    pub details: Details,
    /// The digest of the secret it shows; none for an app that cannot keep one.
    pub secret: Option<Digest>,
    /// What its names for people are made with, so that two services cannot compare theirs (OpenID Connect Core, 8.1).
    pub salt: Digest,
    /// Who wrote it last, and when.
    pub saved: (PersonId, Moment),
    /// Who ended it, and when.
    pub ended: Option<(PersonId, Moment)>,
}

impl Noun for Service {
    const KIND: Kind = Kind::Service;

    fn number(&self) -> u64 {
        self.id.number()
    }
}

impl Service {
    /// Its name for somebody: the same each time, and no other service's.
    pub fn subject(&self, person: PersonId) -> String {
        Digest::of(format!("{} {person}", self.salt).as_bytes()).to_string()
    }

    /// Whether this secret is its own. What is compared are digests of long random texts, so how long it takes tells nothing.
    pub fn knows(&self, secret: &str) -> bool {
        self.secret == Some(Digest::of(secret.as_bytes()))
    }

    /// Where it takes people back, if it is exactly one of its addresses.
    pub fn return_address(&self, text: &str) -> Option<&ReturnAddress> {
        self.details.returns.iter().find(|address| address.as_str() == text)
    }

    /// Where it takes people back after signing out, likewise.
    pub fn after_address(&self, text: &str) -> Option<&ReturnAddress> {
        self.details.after.iter().find(|address| address.as_str() == text)
    }
}

/// Adds a service.
///
/// # Errors
/// As [`change`].
pub fn add(service: Service, today: Date) -> Result<Change, Refusal> {
    let service = Service { details: checked(service.details, today)?, ..service };
    Ok(Change::of(Action::ServiceSaved, Write::of(&service, Expect::New)))
}

/// Changes what is said of it.
///
/// # Errors
/// [`Refusal::NameNeeded`] without a name, [`Refusal::TooMuch`] for one that is too long or more than [`MOST_ADDRESSES`],
/// [`Refusal::AddressOdd`] without an address, [`Refusal::NobodyMeant`] when it is for nobody, [`Refusal::EndNeeded`] when it is
/// looked at again in the past; [`Refusal::Gone`] when it has ended.
pub fn change(
    before: &Stored<Service>,
    details: Details,
    by: PersonId,
    at: Moment,
    today: Date,
) -> Result<Change, Refusal> {
    let next = Service { details: checked(details, today)?, saved: (by, at), ..live(before)?.clone() };
    Ok(Change::of(Action::ServiceSaved, before.replace(&next)))
}

/// Gives it a new secret; the one before opens nothing from now on.
///
/// # Errors
/// [`Refusal::Gone`] when it has ended, [`Refusal::NotInThisSchool`] when it keeps none.
pub fn renew_secret(
    before: &Stored<Service>,
    secret: Digest,
    by: PersonId,
    at: Moment,
) -> Result<Change, Refusal> {
    let service = live(before)?;
    if service.secret.is_none() {
        return Err(Refusal::NotInThisSchool);
    }
    let next = Service { secret: Some(secret), saved: (by, at), ..service.clone() };
    Ok(Change::of(Action::ServiceSaved, before.replace(&next)))
}

/// Ends it: nobody signs in there any more.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn end(before: &Stored<Service>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if before.value.ended.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = Service { ended: Some((by, at)), ..before.value.clone() };
    Ok(Change::of(Action::ServiceEnded, before.replace(&next)))
}

/// Takes the ending back.
///
/// # Errors
/// [`Refusal::AlreadySo`] when it has not ended.
pub fn take_up(before: &Stored<Service>) -> Result<Change, Refusal> {
    if before.value.ended.is_none() {
        return Err(Refusal::AlreadySo);
    }
    let next = Service { ended: None, ..before.value.clone() };
    Ok(Change::of(Action::ServiceSaved, before.replace(&next)))
}

const fn live(service: &Stored<Service>) -> Result<&Service, Refusal> {
    match service.value.ended {
        Some(_) => Err(Refusal::Gone),
        None => Ok(&service.value),
    }
}

fn checked(details: Details, today: Date) -> Result<Details, Refusal> {
    let name = details.name.trim().to_owned();
    if name.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let many = details.returns.len() > MOST_ADDRESSES || details.after.len() > MOST_ADDRESSES;
    if name.chars().count() > LONGEST_NAME_CHARS || many {
        return Err(Refusal::TooMuch);
    }
    if details.returns.is_empty() {
        return Err(Refusal::AddressOdd);
    }
    if details.audience.kinds.is_empty() {
        return Err(Refusal::NobodyMeant);
    }
    if details.review < today {
        return Err(Refusal::EndNeeded);
    }
    Ok(Details { name, ..details })
}

#[cfg(test)]
mod tests;
