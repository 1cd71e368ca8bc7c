//! Sign-ins: who is behind a device's address, and who has which browser at the desk.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::ids::{GroupId, PersonId, SessionId};
use usher_types::moment::Moment;

use crate::account::{AccountId, Owner};
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;
use crate::settings::SecondDevice;

/// What a session is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// A device's address: everything it asks of the gateway is this person's.
    Device(IpAddr),
    /// A browser at the desk, by its cookie; the gateway knows nothing of it.
    Desk,
    /// A browser that signs in to other services, by its cookie, likewise; it opens nothing at the desk.
    Services,
}

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownBy {
    /// A user name and password.
    Password,
    /// A picture password.
    Pictures,
    /// A shared year-group account: the child cannot be named (ACC-02).
    SharedAccount,
    /// A visitor's form.
    VisitorForm,
    /// Basic credentials on the request itself.
    ProxyPassword,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// Nothing was asked for the idle limit.
    Idle,
    /// The absolute limit was reached.
    Over,
    /// The same person signed in elsewhere and the school ends the first.
    Elsewhere,
    /// Somebody else signed in at the same device.
    Replaced,
    /// The account was closed or its password changed.
    AccountChanged,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The account signed in with; none for a visitor.
    pub account: Option<AccountId>,
    /// Whose account.
    pub owner: Owner,
    /// For a shared account: the class it was used for.
    pub group: Option<GroupId>,
    /// What it is bound to.
    pub bound: Bound,
    /// How they showed who they are.
    pub known_by: KnownBy,
    /// Whether the short clause was accepted at this sign-in (AGR-06).
    pub clause_accepted: bool,
    /// For a desk session: the digest of the cookie's secret.
    pub secret: Option<usher_types::digest::Digest>,
    /// When it began.
    pub from: Moment,
    /// When it ends whatever happens.
    pub until: Moment,
    /// Minutes without a request after which it ends.
    pub idle_minutes: u16,
    /// When and why it ended, if it did.
    pub ended: Option<(Moment, EndReason)>,
}

impl Session {
    /// The person, where the account is one person's.
    pub const fn person(&self) -> Option<PersonId> {
        match self.owner {
            Owner::Person(person) => Some(person),
            Owner::YearGroup(_) => None,
        }
    }

    /// Whether it holds, idleness aside.
    pub fn holds(&self, at: Moment) -> bool {
        self.from <= at && at < self.until && self.ended.is_none()
    }
}

impl Noun for Session {
    const KIND: Kind = Kind::Session;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        if self.ended.is_some() {
            return Vec::new();
        }
        let mut keys = vec![IndexKey::shared("open", "yes")];
        keys.extend(self.account.iter().map(|account| IndexKey::shared("account", account)));
        if let Bound::Device(address) = self.bound {
            keys.push(IndexKey::shared("address", address));
        }
        keys.extend(self.secret.iter().map(|secret| IndexKey::unique("secret", secret)));
        keys
    }
}

/// Begins a session. Whoever was at the device before is signed out; what happens to the same person elsewhere is the
/// school's setting (ACC-09). Desk sessions neither count nor end others.
///
/// # Errors
/// [`Refusal::AlreadySo`] when the person is signed in at another device and the school refuses a second.
pub fn begin(
    session: &Session,
    open: &[Stored<Session>],
    second_device: SecondDevice,
    at: Moment,
) -> Result<Change, Refusal> {
    let mut change = Change::of(Action::SignedIn, Write::of(session, Expect::New));
    change.about = session.person();
    let Bound::Device(address) = session.bound else { return Ok(change) };
    let elsewhere = |other: &Session| match (session.owner, other.bound) {
        // A shared account is at many devices by its nature.
        (Owner::Person(_), Bound::Device(there)) => other.owner == session.owner && there != address,
        _ => false,
    };
    for other in open.iter().filter(|other| other.value.holds(at)) {
        if other.value.bound == session.bound {
            change = change.and(ended(other, EndReason::Replaced, at));
        } else if elsewhere(&other.value) {
            match second_device {
                SecondDevice::Refuse => return Err(Refusal::AlreadySo),
                SecondDevice::EndFirst => change = change.and(ended(other, EndReason::Elsewhere, at)),
                SecondDevice::Allow => {}
            }
        }
    }
    Ok(change)
}

/// Whoever signed in without accepting the short clause accepts it now (AGR-06).
///
/// # Errors
/// [`Refusal::AlreadySo`] when it was accepted; [`Refusal::Gone`] when the session is over.
pub fn accept_clause(session: &Stored<Session>, at: Moment) -> Result<(Session, Change), Refusal> {
    if !session.value.holds(at) {
        return Err(Refusal::Gone);
    }
    if session.value.clause_accepted {
        return Err(Refusal::AlreadySo);
    }
    let next = Session { clause_accepted: true, ..session.value.clone() };
    let mut change = Change::of(Action::ClauseAccepted, session.replace(&next));
    change.about = next.person();
    Ok((next, change))
}

/// Ends a session.
pub fn end(session: &Stored<Session>, why: EndReason, at: Moment) -> Change {
    let mut change = Change::of(Action::SessionEnded, ended(session, why, at));
    change.about = session.value.person();
    change
}

fn ended(session: &Stored<Session>, why: EndReason, at: Moment) -> Write {
    let mut next = session.value.clone();
    next.ended = Some((at, why));
    session.replace(&next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;
    use usher_types::role::Year;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn session(id: u64, owner: Owner, address: &str) -> Session {
        Session {
            id: Id::new(id),
            account: Some(Id::new(1)),
            owner,
            group: None,
            bound: Bound::Device(address.parse().unwrap()),
            known_by: KnownBy::Password,
            clause_accepted: true,
            secret: None,
            from: NINE,
            until: NINE.plus_minutes(60),
            idle_minutes: 20,
            ended: None,
        }
    }

    fn stored(session: Session) -> Stored<Session> {
        Stored { value: session, version: 1 }
    }

    #[test]
    fn acc_09_a_second_device_is_refused_or_ends_the_first() {
        let me = Owner::Person(Id::new(5));
        let first = stored(session(1, me, "10.0.0.1"));
        let second = session(2, me, "10.0.0.2");
        let open = [first];
        assert_eq!(begin(&second, &open, SecondDevice::Refuse, NINE).unwrap_err(), Refusal::AlreadySo);
        let change = begin(&second, &open, SecondDevice::EndFirst, NINE).unwrap();
        assert!(change.writes[1].body.contains("elsewhere"));
        assert_eq!(begin(&second, &open, SecondDevice::Allow, NINE).unwrap().writes.len(), 1);
    }

    #[test]
    fn whoever_was_at_the_device_is_signed_out() {
        let open = [stored(session(1, Owner::Person(Id::new(5)), "10.0.0.1"))];
        let next = session(2, Owner::Person(Id::new(6)), "10.0.0.1");
        let change = begin(&next, &open, SecondDevice::Refuse, NINE).unwrap();
        assert!(change.writes[1].body.contains("replaced"));
    }

    #[test]
    fn agr_06_the_clause_can_be_accepted_once_while_the_session_holds() {
        let open = Session { clause_accepted: false, ..session(1, Owner::Person(Id::new(5)), "10.0.0.1") };
        let (accepted, change) = accept_clause(&stored(open.clone()), NINE).unwrap();
        assert!(accepted.clause_accepted);
        assert_eq!((change.action, change.about), (Action::ClauseAccepted, Some(Id::new(5))));
        assert_eq!(accept_clause(&stored(accepted), NINE).unwrap_err(), Refusal::AlreadySo);
        assert_eq!(accept_clause(&stored(open), NINE.plus_minutes(60)).unwrap_err(), Refusal::Gone);
    }

    #[test]
    fn a_shared_account_is_at_many_devices() {
        let year_2 = Owner::YearGroup(Year::new(2).unwrap());
        let open = [stored(session(1, year_2, "10.0.0.1"))];
        let change = begin(&session(2, year_2, "10.0.0.2"), &open, SecondDevice::Refuse, NINE).unwrap();
        assert_eq!(change.writes.len(), 1);
        assert_eq!(change.about, None);
    }
}
