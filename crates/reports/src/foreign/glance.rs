//! Totals of squid's own log without reading more of a line than they need.
//!
//! A line is counted at a glance when its person and its site have been counted before under the very letters that stand
//! in it, and nothing else in it is unusual. Every other line is read whole, so that both ways give the same totals; a
//! property test holds them against each other.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_types::moment::{Moment, Zone};

use super::squid::LATEST_SECOND;
use super::{NOBODY, Visit};
use crate::access_log::{Sums, Totals};

/// Counts of a log that is being read.
pub(super) struct Tally<'a> {
    zone: &'a Zone,
    people: HashMap<Vec<u8>, Sums>,
    sites: HashMap<Vec<u8>, Sums>,
    /// The day of the last line, its first millisecond and that of the next, and what was counted in it.
    day: Option<(Date, i64, i64, Sums)>,
    totals: Totals,
}

impl<'a> Tally<'a> {
    pub(super) fn new(zone: &'a Zone) -> Self {
        let (people, sites) = (HashMap::new(), HashMap::new());
        Self { zone, people, sites, day: None, totals: Totals::default() }
    }

    /// Counts what was read whole. Its person and site are known from here on.
    pub(super) fn add(&mut self, visit: &Visit) {
        self.totals.add_visit(visit, self.zone);
        self.people.entry(visit.who().into_bytes()).or_default();
        self.sites.entry(visit.page.host.to_string().into_bytes()).or_default();
        self.enter_day(visit.at);
    }

    /// Counts a line; false where it has to be read whole.
    pub(super) fn glance(&mut self, line: &[u8]) -> bool {
        let Some(seen) = Seen::of(line) else { return false };
        let (Some(person), Some(site)) = (self.people.get_mut(seen.who), self.sites.get_mut(seen.site))
        else {
            return false;
        };
        let Some((_, first, next, day)) = &mut self.day else { return false };
        if !(*first..*next).contains(&seen.at_ms) {
            return false;
        }
        for sums in [person, site, day] {
            sums.add(seen.bytes, seen.is_denied);
        }
        true
    }

    fn enter_day(&mut self, at: Moment) {
        if let Some((date, _, _, sums)) = self.day.take() {
            self.totals.by_day.entry(date).or_default().join(sums);
            self.totals.all.join(sums);
        }
        let date = self.zone.local(at).date();
        let next = date.checked_add(1.day()).unwrap_or(date);
        let (first, next) = (self.zone.start_of(date).unix_ms(), self.zone.start_of(next).unix_ms());
        self.day = Some((date, first, next, Sums::default()));
    }

    /// The totals.
    pub(super) fn finish(mut self) -> Totals {
        if let Some((date, _, _, sums)) = self.day.take() {
            self.totals.by_day.entry(date).or_default().join(sums);
            self.totals.all.join(sums);
        }
        let Self { people, sites, mut totals, .. } = self;
        for (by, counted) in [(&mut totals.by_person, people), (&mut totals.by_site, sites)] {
            for (name, sums) in counted {
                by.entry(String::from_utf8_lossy(&name).into_owned()).or_default().join(sums);
            }
        }
        totals
    }
}

/// What totals need of a line.
struct Seen<'a> {
    at_ms: i64,
    who: &'a [u8],
    site: &'a [u8],
    bytes: u64,
    is_denied: bool,
}

impl<'a> Seen<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let mut fields = line.split(|byte| byte.is_ascii_whitespace()).filter(|field| !field.is_empty());
        let at_ms = millisecond(fields.next()?)?;
        let _taken = fields.next()?;
        let client = fields.next()?;
        let result = fields.next()?;
        let bytes = digits(fields.next()?, 19)?;
        let method = fields.next()?;
        let site = site(method, fields.next()?)?;
        let user = fields.next()?;
        // A line that ends here was cut, and odd spaces at its end are none of it.
        let _hierarchy = fields.next().filter(|field| field.iter().all(u8::is_ascii_graphic))?;
        Some(Self { at_ms, who: who(user, client)?, site, bytes, is_denied: is_denied(result)? })
    }
}

/// `1795515300.120`, no other way.
fn millisecond(field: &[u8]) -> Option<i64> {
    let (seconds, fraction) = (field.get(..10)?, field.get(11..)?);
    if field.get(10) != Some(&b'.') || fraction.len() != 3 {
        return None;
    }
    let seconds = i64::try_from(digits(seconds, 10)?).ok().filter(|seconds| *seconds < LATEST_SECOND)?;
    Some(seconds * 1_000 + i64::try_from(digits(fraction, 3)?).ok()?)
}

/// A number of at most so many digits.
fn digits(field: &[u8], most: usize) -> Option<u64> {
    if field.is_empty() || field.len() > most {
        return None;
    }
    field
        .iter()
        .try_fold(0_u64, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
}

/// The user name, or the device, where neither can be written in another way.
fn who<'a>(user: &'a [u8], client: &'a [u8]) -> Option<&'a [u8]> {
    if user == b"-" {
        return (!client.contains(&b':')).then_some(client);
    }
    let is_plain = user.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'\\'));
    (is_plain && !NOBODY.iter().any(|word| word.as_bytes() == user)).then_some(user)
}

/// The host, where nothing before or behind it could make it another one.
fn site<'a>(method: &[u8], address: &'a [u8]) -> Option<&'a [u8]> {
    let (rest, is_tunnel) = match method {
        b"CONNECT" => (address, true),
        _ => (address.strip_prefix(b"https://").or_else(|| address.strip_prefix(b"http://"))?, false),
    };
    let is_name =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    let end = rest.iter().position(|byte| !is_name(byte)).unwrap_or(rest.len());
    let (host, after) = rest.split_at_checked(end)?;
    let after = match after.strip_prefix(b":") {
        None => after,
        Some(port) => {
            let end = port.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(port.len());
            let (port, after) = port.split_at_checked(end)?;
            u16::try_from(digits(port, 5)?).ok()?;
            after
        }
    };
    let is_path = matches!(after, [] | [b'/' | b'?' | b'#', ..]) && after.is_ascii();
    (is_path && (!is_tunnel || after.is_empty())).then_some(host)
}

/// Whether it was refused, as far as squid's word and the status say.
fn is_denied(result: &[u8]) -> Option<bool> {
    let slash = result.iter().rposition(|byte| *byte == b'/')?;
    let (tag, status) = result.split_at_checked(slash)?;
    // What begins with a bracket might be a web server's line.
    if tag.first() == Some(&b'[') {
        return None;
    }
    let is_denied = tag.windows(b"DENIED".len()).any(|part| part == b"DENIED");
    Some(is_denied && !matches!(status, b"/401" | b"/407"))
}
