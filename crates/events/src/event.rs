//! Events. Facts and decision are kept whole, so that every decision can be made again.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_policy::decision::Decision;
use usher_policy::facts::{Circumstances, TlsFacts, WebFacts};
use usher_policy::verdict::TlsAction;
use usher_records::alert::Off;
use usher_types::digest::Digest;
use usher_types::ids::{EventId, PersonId, SchoolId};
use usher_types::moment::Moment;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, given when its place in the spool was reserved.
    pub id: EventId,
    /// In which school.
    pub school: SchoolId,
    /// When it was decided, or happened.
    pub at: Moment,
    /// What happened.
    pub what: What,
}

/// What happened. The order of variants is the wire form: new ones go to the end; see [`crate::catalogue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A web request.
    Web(Box<WebEvent>),
    /// A CONNECT tunnel was opened or refused.
    Tunnel(Box<TunnelEvent>),
    /// A request that could not be read.
    Malformed(Malformed),
    /// The end of a request or tunnel that was still open when its event was written.
    Ended(Ended),
    /// Signing in failed.
    SignInFailed(SignInFailed),
    /// Something about Usher itself.
    System(System),
}

/// A web request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebEvent {
    /// What the decision saw.
    pub facts: WebFacts,
    /// What was decided.
    pub decision: Decision,
    /// How it went.
    pub outcome: Outcome,
}

/// A CONNECT tunnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TunnelEvent {
    /// What the decision saw.
    pub facts: TlsFacts,
    /// What was decided.
    pub decision: Decision,
    /// What was done with the bytes.
    pub action: TlsAction,
    /// How it went. A spliced tunnel's event is written when it opens; its end is an [`Ended`].
    pub outcome: Outcome,
}

/// How a request went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The HTTP status the client got; 0 when it got none.
    pub status: u16,
    /// The HTTP version between client and gateway.
    pub protocol: Protocol,
    /// Body bytes from the client.
    pub received_bytes: u64,
    /// Body bytes to the client.
    pub sent_bytes: u64,
    /// Milliseconds from the request's head to its last byte.
    pub duration_ms: u32,
    /// The answer's media type, without parameters.
    pub content_type: Option<String>,
    /// The page's title, where it could be read.
    pub title: Option<String>,
    /// How it ended.
    pub end: End,
}

/// The protocol a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP/1.0 or 1.1.
    Http1,
    /// HTTP/2.
    Http2,
    /// A WebSocket.
    WebSocket,
    /// Bytes in a tunnel.
    Tunnel,
}

/// How a request ended, and whose side failed if one did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// All of it was delivered.
    Complete,
    /// The client went away.
    ClientLeft,
    /// The site failed.
    Upstream(UpstreamFault),
    /// Usher failed or stopped.
    Usher,
    /// It was still open when the event was written; an [`Ended`] follows.
    StillOpen,
    /// The client said that it does not trust the school's certificate.
    CertificateRefused,
}

/// How a site failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpstreamFault {
    /// Its name has no address.
    NoSuchName,
    /// Nothing answers at its address.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// Its certificate is not to be trusted.
    Certificate(CertificateFault),
    /// Its TLS is broken or too old.
    Tls,
    /// Its answer is not HTTP.
    Protocol,
    /// It broke off in the middle.
    BrokeOff,
}

/// Why a certificate is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// It has run out.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Nobody the school trusts signed it.
    UnknownIssuer,
    /// It was taken back.
    Revoked,
    /// It is broken in another way.
    Other,
}

/// A request that could not be read (RFC 9112; smuggling defences).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed {
    /// Who, from where.
    pub who: Circumstances,
    /// What is wrong with it.
    pub fault: MalformedFault,
    /// The status it was answered with.
    pub status: u16,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MalformedFault {
    /// It is not HTTP.
    NotHttp,
    /// Its head is too large.
    HeadTooLarge,
    /// It has too many header fields.
    TooManyFields,
    /// Its head did not arrive in time.
    HeadTooSlow,
    /// It has both `Content-Length` and `Transfer-Encoding` (RFC 9112, 6.1).
    TwoLengths,
    /// Its `Content-Length` fields differ or are no numbers.
    LengthUnclear,
    /// Its transfer coding is not plain chunked.
    CodingUnclear,
    /// Its `Host` is missing, doubled, or not a host.
    HostUnclear,
    /// Its target is not one a proxy takes.
    TargetUnclear,
    /// Its address contradicts its `Host` or `:authority`.
    HostDiffers,
    /// Its method may not be used.
    Method,
    /// A load balancer did not say, or not clearly, whom it brings.
    RelayUnclear,
}

/// The end of something that was still open when its event was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The event.
    pub event: EventId,
    /// How it went in the end.
    pub outcome: Outcome,
    /// What was decided after the event was written, if that turned it: an answer that became harmful is cut.
    pub turned: Option<Box<Turned>>,
}

/// A request that was judged otherwise after its event was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// The moment it was judged by: when the request came.
    pub judged_at: Moment,
    /// The request with all that was known then.
    pub web: WebEvent,
}

/// Signing in failed (ACC-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFailed {
    /// The user name tried.
    pub username: String,
    /// Whose account it is, if there is one.
    pub person: Option<PersonId>,
    /// From which device.
    pub address: IpAddr,
    /// Who was last signed in there.
    pub last_here: Option<PersonId>,
    /// Wrong tries in a row, this one included.
    pub tries: u8,
    /// Whether the account rests now.
    pub rests: bool,
}

/// Something about Usher itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum System {
    /// Usher started.
    Started {
        /// Its version.
        version: String,
    },
    /// Usher stopped in an orderly way.
    Stopped,
    /// The spool was found torn after a crash and cut back to its last whole record.
    SpoolRecovered {
        /// Bytes that were cut off.
        cut_bytes: u64,
    },
    /// A new generation was taken into use.
    GenerationTaken {
        /// Its digest.
        generation: Digest,
    },
    /// A new generation could not be made; the old one stays.
    GenerationFailed {
        /// What was wrong.
        why: String,
    },
    /// Somebody is signed in at two devices (ACC-04).
    TwoPlaces {
        /// Who.
        person: PersonId,
        /// The devices.
        addresses: (IpAddr, IpAddr),
    },
    /// A list that is kept fresh was not heard of for too long (FM-26).
    ListOld {
        /// Its name.
        list: String,
        /// When whoever keeps it was last heard.
        good_at: Moment,
        /// Whether it is a sealed list.
        sealed: bool,
        /// Whether it is as good as missing.
        red: bool,
    },
    /// Nothing was reached through the filter for a while (WEB-01).
    FilterOff {
        /// The last moment it was known to work.
        from: Moment,
        /// When it worked again.
        until: Moment,
        /// Why.
        why: Off,
    },
}

impl Event {
    /// Who it is about, if somebody.
    pub fn person(&self) -> Option<PersonId> {
        match &self.what {
            What::Web(web) => web.facts.who.subject.person,
            What::Tunnel(tunnel) => tunnel.facts.who.subject.person,
            What::Malformed(malformed) => malformed.who.subject.person,
            What::SignInFailed(failed) => failed.person,
            What::System(System::TwoPlaces { person, .. }) => Some(*person),
            What::Ended(_) | What::System(_) => None,
        }
    }

    /// Whether it names somebody: as the one it is about, or beside them.
    pub fn mentions(&self, person: PersonId) -> bool {
        let in_who = |who: &Circumstances| {
            who.subject.person == Some(person) || who.lesson.is_some_and(|lesson| lesson.adult == person)
        };
        match &self.what {
            What::Web(web) => in_who(&web.facts.who),
            What::Tunnel(tunnel) => in_who(&tunnel.facts.who),
            What::Malformed(malformed) => in_who(&malformed.who),
            What::Ended(ended) => ended.turned.as_ref().is_some_and(|turned| in_who(&turned.web.facts.who)),
            What::SignInFailed(failed) => [failed.person, failed.last_here].contains(&Some(person)),
            What::System(System::TwoPlaces { person: named, .. }) => *named == person,
            What::System(_) => false,
        }
    }

    /// The decision, where one was made.
    pub fn decision(&self) -> Option<&Decision> {
        match &self.what {
            What::Web(web) => Some(&web.decision),
            What::Tunnel(tunnel) => Some(&tunnel.decision),
            What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
        }
    }
}
