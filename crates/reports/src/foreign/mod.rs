//! Access logs of other filters, read as the events Usher would have recorded (EXT-01): a school that keeps its filter
//! gets the same report.
//!
//! Owns: squid's own format, that of web servers, and CSV with a header row, what their lines mean, and the account of lines
//! that mean nothing.
//! Does not: guess who somebody is beyond the user name in the line, or stop at a bad line.

mod csv;
mod glance;
mod squid;
#[cfg(test)]
mod tests;
mod visitors;
mod web_server;

use std::io::{self, BufRead, Read as _};
use std::net::IpAddr;
use std::sync::Arc;

use usher_events::event::{End, Event, Outcome, Protocol, TunnelEvent, WebEvent, What};
use usher_policy::decision::{Decision, Flip, Reason, Step};
use usher_policy::facts::{Circumstances, Device, Subject, TlsFacts, WebFacts};
use usher_policy::verdict::{TlsAction, Verdict};
use usher_scan::features::Features;
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_types::digest::Digest;
use usher_types::ids::{Id, SchoolId};
use usher_types::moment::{Moment, Zone};
use usher_types::url::WebAddress;

use self::glance::Tally;
pub use self::visitors::Visitors;
use crate::access_log::Totals;

/// Longest line read, in bytes. Browsers and proxies cut addresses at 8 KiB; twice that leaves room for the rest.
pub const MAX_LINE_BYTES: usize = 16 * 1024;
/// What logs write where nobody is known.
const NOBODY: [&str; 6] = ["", "-", "anonymous", "unknown", "n/a", "none"];
/// Bad lines kept by name: enough to see what is wrong with a log. The others are counted.
pub const MAX_BAD_LINES_KEPT: usize = 10;

/// One line: somebody asked for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Which line of the log, from 1.
    pub line: u64,
    /// When.
    pub at: Moment,
    /// The device's address, where the line has one.
    pub address: Option<IpAddr>,
    /// The device's name, where the line has that instead.
    pub device: Option<String>,
    /// The user name, in small letters and without its domain.
    pub user: Option<String>,
    /// The method, in capitals.
    pub method: String,
    /// The page, or the site of a tunnel.
    pub page: WebAddress,
    /// Whether the filter refused it.
    pub blocked: bool,
    /// Whether it is a part of a page, as far as its kind or its name says.
    pub part_of_page: bool,
    /// The status the client got, where the line says it.
    pub status: Option<u16>,
    /// Bytes to the client; 0 where the line does not say.
    pub bytes: u64,
    /// Milliseconds it took; 0 where the line does not say.
    pub taken_ms: u32,
    /// The media type, where the line says it.
    pub media: Option<String>,
}

/// What was found in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Lines, empty ones and the header too.
    pub lines: u64,
    /// Lines that were visits.
    pub visits: u64,
    /// Lines that cannot be read.
    pub bad: u64,
    /// The first [`MAX_BAD_LINES_KEPT`] of them: which line, and why.
    pub bad_lines: Vec<(u64, Why)>,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// Longer than [`MAX_LINE_BYTES`].
    #[error("it is longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// Fewer fields than its format has, or a quotation mark that is never closed.
    #[error("it does not have the fields it should have")]
    Fields,
    /// No time, or not one of the forms that are read.
    #[error("it has no time that can be read")]
    Time,
    /// No web address.
    #[error("it has no web address that can be read")]
    Address,
}

/// Reads a log to its end. Which of the formats it is in, its first line says.
///
/// # Errors
/// Only when the log itself cannot be read; a line that cannot be is counted.
pub fn read(from: &mut impl BufRead, zone: &Zone, each: &mut dyn FnMut(Visit)) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut columns = None;
    let mut bytes = Vec::new();
    while let Some(whole) = next_line(from, &mut bytes)? {
        if let Some(visit) = reading.visit(&bytes, whole, &mut columns, zone) {
            each(visit);
        }
    }
    Ok(reading)
}

/// Counts a log to its end, as its visits would be counted; lines of the usual kind are not read further than that takes.
///
/// # Errors
/// Only when the log itself cannot be read; a line that cannot be is counted.
pub fn totals(from: &mut impl BufRead, zone: &Zone) -> io::Result<(Totals, Reading)> {
    let mut reading = Reading::default();
    let mut columns = None;
    let mut bytes = Vec::new();
    let mut tally = Tally::new(zone);
    while let Some(whole) = next_line(from, &mut bytes)? {
        if whole && columns.is_none() && reading.lines > 0 && tally.glance(&bytes) {
            reading.lines += 1;
            reading.visits += 1;
        } else if let Some(visit) = reading.visit(&bytes, whole, &mut columns, zone) {
            tally.add(&visit);
        }
    }
    Ok((tally.finish(), reading))
}

impl Reading {
    /// What the next line says; none where it says nothing.
    fn visit(
        &mut self,
        bytes: &[u8],
        whole: bool,
        columns: &mut Option<csv::Columns>,
        zone: &Zone,
    ) -> Option<Visit> {
        self.lines += 1;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if self.lines == 1 {
            *columns = csv::Columns::of(text);
        }
        if text.is_empty() || text.starts_with('#') || (self.lines == 1 && columns.is_some()) {
            return None;
        }
        let found = match columns {
            _ if !whole => Err(Why::TooLong),
            Some(columns) => columns.visit(text, zone),
            None if web_server::is_one(text) => web_server::visit(text),
            None => squid::visit(text),
        };
        match found {
            Ok(visit) => {
                self.visits += u64::from(visit.is_some());
                visit.map(|visit| Visit { line: self.lines, ..visit })
            }
            Err(why) => {
                self.bad += 1;
                if self.bad_lines.len() < MAX_BAD_LINES_KEPT {
                    self.bad_lines.push((self.lines, why));
                }
                None
            }
        }
    }
}

/// The next line without its end, and whether it is whole; the rest of a longer one is passed over.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let most = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    if from.by_ref().take(most).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") || line.len() < MAX_LINE_BYTES {
        return Ok(Some(true));
    }
    loop {
        let (used, over) = match from.fill_buf()? {
            [] => return Ok(Some(false)),
            rest => match rest.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (rest.len(), false),
            },
        };
        from.consume(used);
        if over {
            return Ok(Some(false));
        }
    }
}

/// A user name as logs have it; none where they say that there is none.
fn user(text: &str) -> Option<String> {
    let name = text.rsplit('\\').next().unwrap_or(text).trim();
    let name: String = name.to_lowercase().chars().take(128).collect();
    (!NOBODY.contains(&name.as_str())).then_some(name)
}

/// Whether a page's name is a picture's, a script's or the like.
fn is_part(page: &WebAddress) -> bool {
    const ENDINGS: [&str; 18] = [
        "avif", "css", "gif", "ico", "jpeg", "jpg", "js", "json", "m4s", "map", "mjs", "mp3", "mp4", "png",
        "svg", "webp", "woff", "woff2",
    ];
    let name = page.path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// What addresses are scanned with.
#[derive(Debug)]
pub struct Scan {
    /// The search engines.
    pub engines: SearchEngines,
    /// The phrases of concern.
    pub themes: Themes,
}

impl Visit {
    /// Who, as totals tell people apart: the user name, or the device where there is none.
    pub fn who(&self) -> String {
        let address = || self.address.map(|address| address.to_string());
        self.user.clone().or_else(address).or_else(|| self.device.clone()).unwrap_or_default()
    }

    /// The event Usher would have recorded. Its number is the line's, so that what a report shows can be found again.
    pub fn event(&self, school: SchoolId, subject: Arc<Subject>, scan: &Scan) -> Event {
        let device = Device {
            address: self.address.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)),
            device: None,
            name: self.device.clone().or_else(|| self.address.is_none().then(|| "–".to_owned())),
            room: None,
        };
        let who = Circumstances { subject, device: Arc::new(device), lesson: None };
        let what = if self.method == "CONNECT" { self.tunnel(who) } else { self.web(who, scan) };
        Event { id: Id::new(self.line), school, at: self.at, what }
    }

    fn web(&self, who: Circumstances, scan: &Scan) -> What {
        let search = scan.engines.read(&self.page);
        let themes = scan.themes.scan(search.as_ref(), &self.page);
        let facts = WebFacts {
            method: self.method.clone(),
            features: Features { search, themes },
            part_of_page: self.part_of_page,
            ..WebFacts::page(who, self.page.clone())
        };
        What::Web(Box::new(WebEvent { facts, decision: self.decision(), outcome: self.outcome() }))
    }

    fn tunnel(&self, who: Circumstances) -> What {
        let facts = TlsFacts::to(who, (self.page.host.clone(), self.page.port));
        let action = if self.blocked { TlsAction::Terminate } else { TlsAction::Splice };
        let (decision, outcome) = (self.decision(), self.outcome());
        What::Tunnel(Box::new(TunnelEvent { facts, decision, action, outcome }))
    }

    /// What the other filter decided, as far as its log says.
    fn decision(&self) -> Decision {
        Decision {
            verdict: if self.blocked { Verdict::Block } else { Verdict::Allow },
            reason: Reason::Unknown,
            step: Step::Default,
            group: None,
            matched: None,
            mismatches: Vec::new(),
            generation: Digest::default(),
            trail: Vec::new(),
            flip: Flip::Nothing,
            adjust: Vec::new(),
        }
    }

    fn outcome(&self) -> Outcome {
        Outcome {
            status: self.status.unwrap_or(if self.blocked { 403 } else { 200 }),
            protocol: Protocol::Http1,
            received_bytes: 0,
            sent_bytes: self.bytes,
            duration_ms: self.taken_ms,
            content_type: self.media.clone(),
            title: None,
            end: End::Complete,
        }
    }
}
