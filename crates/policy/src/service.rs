//! Whether somebody may sign in to a web service with their sign-in here (ACC-15): individual accounts only, of people who may use the
//! web at all.
//!
//! Does not: check the password or the service's own proof.

use jiff::civil::Date;
use usher_records::account::{Account, Owner, State};
use usher_records::person::Person;
use usher_records::sanction::Restriction;
use usher_records::service::Service;
use usher_records::service::consent::Told;
use usher_records::standing::Standing;
use usher_types::moment::Moment;

use crate::facts::Restricted;

/// Everything that counts.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The service.
    pub service: &'a Service,
    /// The account signed in with.
    pub account: &'a Account,
    /// Whose it is; none for a year group's.
    pub person: Option<&'a Person>,
    /// Where they stand with the agreement.
    pub standing: &'a Standing,
    /// What narrows their web.
    pub restrictions: &'a [Restricted],
    /// The school's day.
    pub today: Date,
    /// Now.
    pub at: Moment,
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The service has ended here.
    Ended,
    /// The account is a year group's: nobody in particular.
    Shared,
    /// The account is closed.
    Closed,
    /// They left the school.
    Left,
    /// They do not belong to the school before this day.
    NotYet(Date),
    /// Their password has lapsed, is the first, or is known to somebody else.
    NewPassword,
    /// The agreement is not signed.
    Unsigned,
    /// A parent's answer is missing.
    ParentMissing,
    /// Their web is shut until then.
    WebRemoved(Moment),
    /// The service is for others.
    NotForThem,
}

impl Refused {
    /// The key of its words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ended => "service-no-ended",
            Self::Shared => "service-no-shared",
            Self::Closed => "service-no-closed",
            Self::Left => "service-no-left",
            Self::NotYet(_) => "service-no-not-yet",
            Self::NewPassword => "service-no-password",
            Self::Unsigned => "service-no-unsigned",
            Self::ParentMissing => "service-no-parent",
            Self::WebRemoved(_) => "service-no-web",
            Self::NotForThem => "service-no-others",
        }
    }
}

/// Whether they may; gives the person, who is one.
///
/// # Errors
/// [`Refused`], the first that holds.
pub fn may_enter<'a>(asking: Asking<'a>) -> Result<&'a Person, Refused> {
    let Asking { service, account, standing, restrictions, today, at, .. } = asking;
    if service.ended.is_some() {
        return Err(Refused::Ended);
    }
    let person = match (account.owner, asking.person) {
        (Owner::Person(id), Some(person)) if person.id == id => person,
        _ => return Err(Refused::Shared),
    };
    if let Some(joined) = person.joined.filter(|joined| today < *joined) {
        return Err(Refused::NotYet(joined));
    }
    if !person.is_here(today) {
        return Err(Refused::Left);
    }
    if account.state != State::Open {
        return Err(Refused::Closed);
    }
    if account.must_change {
        return Err(Refused::NewPassword);
    }
    if let Some(until) = web_removed(restrictions, at) {
        return Err(Refused::WebRemoved(until));
    }
    if !standing.opens(at) {
        let missing = matches!(standing, Standing::ParentMissing { .. } | Standing::ParentBy { .. });
        return Err(if missing { Refused::ParentMissing } else { Refused::Unsigned });
    }
    if !service.details.audience.takes(person.kind, person.year) {
        return Err(Refused::NotForThem);
    }
    Ok(person)
}

/// Until when the web is taken away altogether, if it is.
fn web_removed(restrictions: &[Restricted], at: Moment) -> Option<Moment> {
    let holds = |one: &&Restricted| one.restriction == Restriction::NoWeb && one.from <= at && at < one.until;
    restrictions.iter().filter(holds).map(|one| one.until).max()
}

/// What a service is told of what it asks for: never more than its entry in the register says.
pub fn told(service: &Service, profile: bool, email: bool) -> Vec<Told> {
    let mut told = Vec::new();
    if profile {
        told.push(Told::Profile);
    }
    if email && service.details.email {
        told.push(Told::Email);
    }
    told
}

/// How fresh a sign-in a service wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fresh {
    /// It wants the password typed anew (`prompt=login`).
    pub anew: bool,
    /// How old the sign-in may be (`max_age`).
    pub max_age_seconds: Option<i64>,
}

/// Whether somebody must type their password again although they are signed in. `answered` is whether what is sent comes from the page
/// that asked for it, or from the one after.
pub fn must_sign_in_again(signed_in: Moment, wanted: Fresh, answered: bool, at: Moment) -> bool {
    let age_ms = at.unix_ms().saturating_sub(signed_in.unix_ms());
    let too_old = wanted.max_age_seconds.is_some_and(|most| age_ms > most.saturating_mul(1_000));
    let just_typed = answered && age_ms <= FRESH_MS;
    !just_typed && (wanted.anew || too_old)
}

/// A sign-in this young answers a service that asks for one: the page that says what it will know comes in between, and is read.
const FRESH_MS: i64 = 300_000;

#[cfg(test)]
mod tests;
