//! One sign-in at a service: who, where, when; and the code and the token it was done with, as digests. One record a sign-in, so the
//! register of who signed in where is these records.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId, SessionId};
use usher_types::moment::Moment;

use super::ServiceId;
use super::consent::Told;
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of sign-ins at services.
#[derive(Debug)]
pub enum EntryNoun {}
impl Named for EntryNoun {
    const NOUN: &'static str = "sign-in at a service";
}
/// A sign-in's id.
pub type EntryId = Id<EntryNoun>;

/// How long a code is good for: one redirect and one request between servers (RFC 6749, 4.1.2, asks for ten minutes at most).
pub const CODE_SECONDS: i64 = 60;
/// How long a token tells a service who somebody is: it asks at once, and keeps what it was told.
pub const TOKEN_MINUTES: i64 = 10;

/// What a code was given for; it is taken back for nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Where the person was led.
    pub returns: String,
    /// The digest of what only the asker can show (PKCE, S256), base 64 for addresses.
    pub challenge: String,
    /// The asker's own mark, given back in the token.
    pub nonce: Option<String>,
    /// What it may be told.
    pub told: Vec<Told>,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// At which service.
    pub service: ServiceId,
    /// Who.
    pub person: PersonId,
    /// Under which sign-in here.
    pub session: SessionId,
    /// When that began: what the service is told as the time of signing in.
    pub signed_in: Moment,
    /// What the code was given for.
    pub asked: Asked,
    /// The code's digest.
    pub code: Digest,
    /// When it was given.
    pub at: Moment,
    /// When the code was taken back, and the digest of the token it gave.
    pub used: Option<(Moment, Digest)>,
    /// When it was called off: its code came twice, which only a thief needs.
    pub revoked: Option<Moment>,
}

impl Noun for Entry {
    const KIND: Kind = Kind::ServiceEntry;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![
            IndexKey::shared("person", self.person),
            IndexKey::shared("service", self.service),
            IndexKey::unique("code", self.code),
        ];
        keys.extend(self.used.iter().map(|(_, token)| IndexKey::unique("token", token)));
        keys
    }
}

impl Entry {
    /// Whether its token still tells who somebody is.
    pub fn tells(&self, at: Moment) -> bool {
        self.revoked.is_none() && self.used.is_some_and(|(used, _)| at < used.plus_minutes(TOKEN_MINUTES))
    }
}

/// Somebody signs in at a service.
pub fn enter(entry: &Entry) -> Change {
    Change::of(Action::ServiceEntered, Write::of(entry, Expect::New)).about(entry.person)
}

/// What a service shows to have a code taken back.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Who it says it is, and has shown to be.
    pub service: ServiceId,
    /// Where it says the person was led.
    pub returns: &'a str,
    /// The digest of what only the asker can show, as [`Asked::challenge`].
    pub challenge: &'a str,
}

/// What becomes of a code that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// It gives the token.
    Token(Change),
    /// It was used before: the whole sign-in is called off (RFC 6749, 4.1.2).
    Twice(Change),
    /// It is not for whoever shows it, or its time is over; nothing changes.
    Refused,
}

/// Takes a code back for a token with this digest.
pub fn redeem(entry: &Stored<Entry>, shown: Shown<'_>, token: Digest, at: Moment) -> Redeemed {
    let of = &entry.value;
    if of.service != shown.service {
        return Redeemed::Refused;
    }
    if of.used.is_some() || of.revoked.is_some() {
        let next = Entry { revoked: of.revoked.or(Some(at)), ..of.clone() };
        return Redeemed::Twice(Change::of(Action::ServiceRevoked, entry.replace(&next)).about(of.person));
    }
    let in_time = of.at <= at && at.unix_ms() < of.at.unix_ms().saturating_add(CODE_SECONDS * 1_000);
    if !in_time || of.asked.returns != shown.returns || of.asked.challenge != shown.challenge {
        return Redeemed::Refused;
    }
    let next = Entry { used: Some((at, token)), ..of.clone() };
    Redeemed::Token(Change::of(Action::ServiceTold, entry.replace(&next)).about(of.person))
}

/// Calls a sign-in off.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn revoke(entry: &Stored<Entry>, at: Moment) -> Result<Change, Refusal> {
    if entry.value.revoked.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = Entry { revoked: Some(at), ..entry.value.clone() };
    Ok(Change::of(Action::ServiceRevoked, entry.replace(&next)).about(next.person))
}
