//! Everything a decision may see, and nothing else. Facts are stored with the event, so that the decision can be made
//! again.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use usher_records::lesson::Mode;
use usher_records::sanction::Restriction;
use usher_records::session::KnownBy;
use usher_records::standing::Standing;
use usher_records::unrestricted::UnrestrictedId;
use usher_scan::features::{Carried, Features, Sent};
use usher_types::host::{Host, HostName};
use usher_types::ids::{DeviceId, GroupId, LessonId, PersonId, SanctionId, SessionId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader, Roles, Year};
use usher_types::url::WebAddress;

/// Who asks, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The session they are known by; none when nobody is signed in.
    pub session: Option<SessionId>,
    /// The person; none for nobody and for shared accounts.
    pub person: Option<PersonId>,
    /// What they are to the school.
    pub kind: Option<PersonKind>,
    /// A pupil's year; for a shared account, its year.
    pub year: Option<Year>,
    /// Offices they hold.
    pub roles: Roles,
    /// Classes.
    pub groups: Vec<GroupId>,
    /// How they showed who they are.
    pub known_by: Option<KnownBy>,
    /// Whether the short clause was accepted at this sign-in, where the school asks for it.
    pub clause_accepted: bool,
    /// Where they stand with their agreement.
    pub standing: Standing,
    /// Sanctions on them.
    pub restrictions: Vec<Restricted>,
    /// Unrestricted time they opened.
    pub unrestricted: Option<(UnrestrictedId, Moment)>,
}

/// One sanction as the decision sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restricted {
    /// The sanction.
    pub sanction: SanctionId,
    /// What it narrows.
    pub restriction: Restriction,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
}

impl Subject {
    /// Nobody: no session at this device.
    pub const fn nobody() -> Self {
        Self {
            session: None,
            person: None,
            kind: None,
            year: None,
            roles: Roles::NONE,
            groups: Vec::new(),
            known_by: None,
            clause_accepted: false,
            standing: Standing::NoneAsked,
            restrictions: Vec::new(),
            unrestricted: None,
        }
    }

    /// Somebody who is known, but must set a new password before anything opens: for decisions nobody is signed in.
    pub fn before_a_new_password(session: SessionId, person: PersonId) -> Self {
        Self { session: Some(session), person: Some(person), ..Self::nobody() }
    }

    /// Whether a new password must be set before anything opens.
    pub const fn must_set_password(&self) -> bool {
        self.person.is_some() && self.kind.is_none()
    }

    /// Whether anybody is signed in.
    pub const fn is_somebody(&self) -> bool {
        self.kind.is_some()
    }

    /// How pages speak to them. Nobody is spoken to like a child of eight: anybody can read that.
    pub const fn reader(&self) -> Reader {
        match self.kind {
            Some(kind) => Reader::of(kind, self.year),
            None => Reader::Ks2,
        }
    }
}

/// The device a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its network address.
    pub address: IpAddr,
    /// The device record with that address, if the school keeps one.
    pub device: Option<DeviceId>,
    /// What is written on it.
    pub name: Option<String>,
    /// Where it stands.
    pub room: Option<String>,
}

/// The lesson the subject's class is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonFacts {
    /// The lesson.
    pub lesson: LessonId,
    /// The class it was opened for.
    pub group: GroupId,
    /// The adult who opened it.
    pub adult: PersonId,
    /// What it opens.
    pub mode: Mode,
    /// When it ends.
    pub ends_at: Moment,
}

/// Who asks, from where, in which lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// Who. Shared, because the same person asks again and again.
    pub subject: Arc<Subject>,
    /// From where.
    pub device: Arc<Device>,
    /// In which lesson.
    pub lesson: Option<LessonFacts>,
}

/// The names a tunnel was opened under. They are separate facts because they can differ, and a difference says
/// something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tunnel {
    /// The host and port of the CONNECT line.
    pub connect: (Host, u16),
    /// The server name in the TLS hello.
    pub sni: Option<HostName>,
    /// What the verified certificate says of the host asked for inside; none before there is one.
    pub certificate: Option<CertificateFit>,
}

/// Whether a certificate covers a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFit {
    /// One of its names is the host.
    Covers,
    /// None is.
    DoesNotCover,
}

/// How two names that should be one differ. Rules see these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// The server name differs from the CONNECT host.
    ServerName,
    /// The Host header or `:authority` differs from the server name.
    HostHeader,
    /// The certificate does not cover the host asked for.
    Certificate,
    /// A tunnel to a name whose hello carries no server name.
    NoServerName,
    /// The hello hides its server name (encrypted client hello).
    HiddenServerName,
}

/// One web request: plain, or inside an inspected tunnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebFacts {
    /// Who, from where, in which lesson.
    pub who: Circumstances,
    /// The method, in capitals.
    pub method: String,
    /// The address in normal form, from the request line and the Host header or `:authority`.
    pub address: WebAddress,
    /// Whether the address came with user information, which browsers never send.
    pub user_information: bool,
    /// The tunnel it came through, if any.
    pub tunnel: Option<Tunnel>,
    /// The address the gateway will really connect to; none before it is resolved.
    pub resolved: Option<IpAddr>,
    /// What scanning found: search words, themes.
    pub features: Features,
    /// What its form or upload would take out of the school; none where it takes nothing, or before it is read.
    pub sent: Option<Sent>,
    /// What the answer carries; none before there is one.
    pub carried: Option<Carried>,
    /// Whether it is part of a page (a picture, a script, a frame, data) rather than a page somebody went to, as far as
    /// its headers say. Alone it decides nothing: a browser could say anything. Alerts and reports count pages (MON-14).
    pub part_of_page: bool,
    /// The site of the page it is part of, as far as its headers say; only what names its host and scheme is kept.
    pub embedded_in: Option<WebAddress>,
}

/// What the first bytes of a tunnel are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hello {
    /// A TLS hello.
    Tls {
        /// The server name.
        sni: Option<HostName>,
        /// Whether it carries an encrypted inner hello (not GREASE alone: both look alike, so either counts).
        hidden: bool,
    },
    /// Something that is not TLS.
    Other,
    /// Nothing before the limit: the client waits for the server to speak.
    Silent,
}

/// A CONNECT tunnel, before anything passes through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// Who, from where, in which lesson.
    pub who: Circumstances,
    /// The host and port of the CONNECT line.
    pub connect: (Host, u16),
    /// The first bytes.
    pub hello: Hello,
    /// The address the gateway will really connect to; none before it is resolved.
    pub resolved: Option<IpAddr>,
    /// That this device lately refused the school's certificate for this site; none when it did not.
    pub refused: Option<Refused>,
}

/// A certificate of the school's that was refused, though its site was in order: by an app that trusts no authority but
/// its maker's, or by a device that lacks the school's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// When it was refused last.
    pub at: Moment,
    /// When this device last took one, for whichever site; none when nobody saw it.
    pub device_took_at: Option<Moment>,
}

/// One DNS question. Judged by a later room; the type stands so that the order of judgement covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsFacts {
    /// Who, from where, in which lesson.
    pub who: Circumstances,
    /// The name asked for.
    pub name: HostName,
    /// The record type's number (RFC 1035, 3.2.2).
    pub record_type: u16,
}

/// One mail. Judged by a later room; the type stands so that the order of judgement covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFacts {
    /// The sender in the envelope, as a person of the school where known.
    pub sender: Subject,
    /// Whether every recipient belongs to the school.
    pub inside_only: bool,
    /// What scanning found.
    pub features: Features,
}

/// The facts of a recorded decision, whatever the point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made when a recorded event is read again, and never kept"
)]
pub enum Facts {
    /// A web request.
    Web(WebFacts),
    /// A tunnel.
    Tls(TlsFacts),
}

impl Facts {
    /// Who, from where, in which lesson.
    pub const fn who(&self) -> &Circumstances {
        match self {
            Self::Web(facts) => &facts.who,
            Self::Tls(facts) => &facts.who,
        }
    }
}

impl WebFacts {
    /// A page as somebody opens it, of whom and of which nothing else is known.
    pub fn page(who: Circumstances, address: WebAddress) -> Self {
        Self {
            who,
            method: "GET".into(),
            address,
            user_information: false,
            tunnel: None,
            resolved: None,
            features: Features::default(),
            sent: None,
            carried: None,
            part_of_page: false,
            embedded_in: None,
        }
    }

    /// The names that should be one and are not.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        let Some(tunnel) = &self.tunnel else { return Vec::new() };
        let mut found = name_mismatches(&tunnel.connect.0, tunnel.sni.as_ref());
        let outer =
            tunnel.sni.as_ref().map_or_else(|| tunnel.connect.0.clone(), |sni| Host::Name(sni.clone()));
        if outer != self.address.host {
            found.push(Mismatch::HostHeader);
        }
        if tunnel.certificate == Some(CertificateFit::DoesNotCover) {
            found.push(Mismatch::Certificate);
        }
        found
    }
}

impl TlsFacts {
    /// A tunnel of which nothing but its CONNECT line is known.
    pub const fn to(who: Circumstances, connect: (Host, u16)) -> Self {
        Self { who, connect, hello: Hello::Silent, resolved: None, refused: None }
    }

    /// The names that should be one and are not.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        match &self.hello {
            Hello::Tls { sni, hidden } => {
                let mut found = name_mismatches(&self.connect.0, sni.as_ref());
                if *hidden {
                    found.push(Mismatch::HiddenServerName);
                }
                found
            }
            Hello::Other | Hello::Silent => Vec::new(),
        }
    }

    /// The server name, where the hello has one.
    pub const fn sni(&self) -> Option<&HostName> {
        match &self.hello {
            Hello::Tls { sni, .. } => sni.as_ref(),
            Hello::Other | Hello::Silent => None,
        }
    }
}

fn name_mismatches(connect: &Host, sni: Option<&HostName>) -> Vec<Mismatch> {
    match (connect, sni) {
        (Host::Name(connect), Some(sni)) if connect != sni => vec![Mismatch::ServerName],
        // A tunnel to a bare address that then names a site is how names are smuggled past a list of addresses.
        (Host::Ip(_), Some(_)) => vec![Mismatch::ServerName],
        (Host::Name(_), None) => vec![Mismatch::NoServerName],
        _ => Vec::new(),
    }
}
