//! What Usher recorded, as the lines of an access log that other programs read (what Usher counts can
//! then be checked with them): squid's native format, and the common and combined formats of web servers.
//!
//! Owns: which events are a line, what stands in it, how odd characters are written, and totals of lines.
//! Does not: ask for events, write files, or judge who may have a log.

mod combined;
mod squid;
#[cfg(test)]
mod tests;
mod totals;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use usher_events::event::{End, Ended, Event, Outcome, Protocol, What};
use usher_policy::decision::Decision;
use usher_policy::facts::{Circumstances, Subject};
use usher_policy::verdict::TlsAction;
use usher_records::account::{Account, Owner};
use usher_types::ids::PersonId;
use usher_types::moment::{Moment, Zone};
use usher_types::role::Year;

use crate::names::Audience;

pub use self::totals::{Sums, Totals};

/// Most bytes of an address in a line. Squid cuts them there too, and readers of logs count on it.
pub const MOST_ADDRESS_BYTES: usize = 8_191;

/// The formats a log can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Squid's own `access.log`.
    Squid,
    /// The common format of web servers.
    Common,
    /// The same with a referring page and a browser, neither of which is told here.
    Combined,
}

/// User names by who they belong to.
#[derive(Debug, Clone, Default)]
pub struct UserNames {
    people: BTreeMap<PersonId, String>,
    years: BTreeMap<Year, String>,
}

impl UserNames {
    /// The user names of these accounts. Of somebody's several the first in the alphabet is used.
    pub fn of(accounts: &[Account]) -> Self {
        let mut names = Self::default();
        let mut accounts: Vec<&Account> = accounts.iter().collect();
        accounts.sort_by(|one, other| one.username.cmp(&other.username));
        for account in accounts {
            let name = account.username.to_string();
            match account.owner {
                Owner::Person(person) => _ = names.people.entry(person).or_insert(name),
                Owner::YearGroup(year) => _ = names.years.entry(year).or_insert(name),
            }
        }
        names
    }

    /// The user name behind a request; none when nobody was signed in. Whose account is gone is told by number, so that
    /// their requests stay together and nobody else's; no account can have the tilde in these names.
    fn behind(&self, subject: &Subject) -> Option<String> {
        match (subject.person, subject.kind, subject.year) {
            (Some(person), ..) => {
                let gone = || format!("person~{}", person.number());
                Some(self.people.get(&person).cloned().unwrap_or_else(gone))
            }
            (None, Some(_), Some(year)) => {
                Some(self.years.get(&year).cloned().unwrap_or_else(|| format!("year~{}", year.number())))
            }
            (None, Some(_), None) => Some("~shared".to_owned()),
            (None, None, _) => None,
        }
    }
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Its page was kept from the reader.
    Denied,
    /// The reader was told something, or asked to sign in, instead.
    Asked,
    /// It went through.
    Through,
    /// It went through in part: the client went away, or got no answer.
    Broken,
}

/// One line: a request, or a connection that was not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was asked for. (Squid writes when it ended.)
    pub at: Moment,
    /// Milliseconds it took.
    pub taken_ms: u32,
    /// The device's address.
    pub client: IpAddr,
    /// The user name; none when nobody was signed in.
    pub user: Option<String>,
    /// What came of it.
    pub came: Came,
    /// The status the client got; 0 when it got none.
    pub status: u16,
    /// Body bytes to the client.
    pub bytes: u64,
    /// The method; `CONNECT` for what was not looked into.
    pub method: String,
    /// The address, or host and port of a connection.
    pub address: String,
    /// The host in it.
    pub site: String,
    /// Whether it was not looked into.
    pub unread: bool,
    /// The site's network address, where one was asked.
    pub origin: Option<IpAddr>,
    /// The media type.
    pub media: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// Who may be shown it.
    pub audience: Audience,
}

impl Line {
    /// The line of an event, with what is known of its end; none when the event is no request, or its requests have
    /// events of their own.
    pub fn of(event: &Event, ended: Option<&Ended>, users: &UserNames) -> Option<Self> {
        let end = |outcome: &Outcome| ended.map_or_else(|| outcome.clone(), |ended| ended.outcome.clone());
        match &event.what {
            What::Web(web) => {
                let turned = ended.and_then(|ended| ended.turned.as_deref()).map(|turned| &turned.web);
                let judged = turned.unwrap_or(web);
                let facts = &web.facts;
                let line = Self::begun(event, &facts.who, &judged.decision, &end(&web.outcome), users);
                Some(Self {
                    method: facts.method.clone(),
                    address: facts.address.to_string(),
                    site: facts.address.host.to_string(),
                    origin: facts.resolved.filter(|_| !judged.decision.is_block()),
                    ..line
                })
            }
            // A device that did not take the certificate was never looked into.
            What::Tunnel(tunnel)
                if tunnel.action != TlsAction::Inspect || tunnel.outcome.end == End::CertificateRefused =>
            {
                let facts = &tunnel.facts;
                let line = Self::begun(event, &facts.who, &tunnel.decision, &end(&tunnel.outcome), users);
                let (host, port) = &facts.connect;
                Some(Self {
                    method: "CONNECT".to_owned(),
                    address: format!("{host}:{port}"),
                    site: host.to_string(),
                    unread: true,
                    origin: facts.resolved.filter(|_| !tunnel.decision.is_block()),
                    ..line
                })
            }
            What::Tunnel(_)
            | What::Malformed(_)
            | What::Ended(_)
            | What::SignInFailed(_)
            | What::System(_) => None,
        }
    }

    fn begun(
        event: &Event,
        who: &Circumstances,
        decision: &Decision,
        outcome: &Outcome,
        users: &UserNames,
    ) -> Self {
        let came = came(decision, outcome);
        Self {
            at: event.at,
            taken_ms: outcome.duration_ms,
            client: who.device.address,
            user: users.behind(&who.subject),
            came,
            status: if came == Came::Denied { 403 } else { outcome.status },
            bytes: outcome.sent_bytes,
            method: String::new(),
            address: String::new(),
            site: String::new(),
            unread: false,
            origin: None,
            media: outcome.content_type.clone(),
            protocol: outcome.protocol,
            audience: Audience::of(&who.subject),
        }
    }

    /// Who, as tools that read logs tell people apart: the user name, or the device where nobody was signed in.
    pub fn who(&self) -> String {
        self.user.clone().unwrap_or_else(|| self.client.to_string())
    }

    /// Writes the line, with its end.
    pub fn write(&self, format: Format, zone: &Zone, out: &mut String) {
        match format {
            Format::Squid => squid::write(self, out),
            Format::Common => combined::write(self, zone, false, out),
            Format::Combined => combined::write(self, zone, true, out),
        }
    }

    /// Writes the address, cut where it is too long for a line.
    fn target(&self, out: &mut String) {
        let begin = out.len();
        for byte in self.address.bytes() {
            let end = out.len();
            escape_byte(byte, &[], out);
            if out.len() - begin > MOST_ADDRESS_BYTES {
                out.truncate(end);
                return;
            }
        }
    }
}

fn came(decision: &Decision, outcome: &Outcome) -> Came {
    if decision.is_block() {
        Came::Denied
    } else if matches!(outcome.end, End::ClientLeft | End::CertificateRefused | End::Usher)
        || outcome.status == 0
    {
        Came::Broken
    } else if decision.is_refusal() {
        Came::Asked
    } else {
        Came::Through
    }
}

/// What is escaped in every format: what would end a quoted field or be read as an escape in one, and what would be
/// markup in the pages that readers of logs write. Browsers escape these in addresses too, all but the backslash.
const ALWAYS: &[u8] = b"\"<>\\";

/// Writes what came from outside so that it stays one field of one line: whatever is no plain visible letter, and what
/// `also` names, becomes its bytes in hexadecimal after a percent sign, as squid writes it.
fn escape(text: &str, also: &[u8], out: &mut String) {
    text.bytes().for_each(|byte| escape_byte(byte, also, out));
}

fn escape_byte(byte: u8, also: &[u8], out: &mut String) {
    if (0x21..0x7f).contains(&byte) && !ALWAYS.contains(&byte) && !also.contains(&byte) {
        out.push(char::from(byte));
    } else {
        put(out, format_args!("%{byte:02X}"));
    }
}

/// A field that may be empty: then it is a hyphen, and what is a hyphen is escaped.
fn field(text: Option<&str>, also: &[u8], out: &mut String) {
    match text {
        Some("-") => out.push_str("%2D"),
        Some(text) if !text.is_empty() => escape(text, also, out),
        _ => out.push('-'),
    }
}

/// Text goes into a text without fail.
fn put(out: &mut String, text: fmt::Arguments<'_>) {
    _ = out.write_fmt(text);
}

/// The text before it was escaped; the same text where that makes no sense.
pub(crate) fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_odd| text.to_owned(), Cow::into_owned)
}
