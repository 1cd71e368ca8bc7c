//! Events in, activity out.

use std::collections::{BTreeMap, BTreeSet};

use usher_events::event::{Ended, Event, Outcome, TunnelEvent, WebEvent, What};
use usher_policy::decision::Decision;
use usher_policy::evidence::{self, Named};
use usher_policy::explain;
use usher_policy::facts::WebFacts;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_records::disclosure::Disclosure;
use usher_records::person::Person;
use usher_types::host::Host;
use usher_types::ids::{EventId, PersonId};
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::Words;

use super::stretches::{minutes, stretches};
use super::{PersonActivity, Row, SAME_MINUTES, Site};
use crate::names::{Names, Who};
use crate::period::Period;

/// Media types of what people open; everything else is part of a page. A type that ends in `/` or `.` stands for all
/// that begin with it.
const OPENED: [&str; 12] = [
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "application/pdf",
    "application/zip",
    "application/epub+zip",
    "application/msword",
    "application/octet-stream",
    "application/vnd.",
    "application/x-",
    "audio/",
    "video/",
];

/// What begins like something people open and is a part of a page all the same.
const PARTS: [&str; 2] = ["application/x-javascript", "application/x-font"];

/// Takes the events of one person in any order, each once, and those that end them; passes others over.
#[derive(Debug)]
pub struct PersonFold<'a> {
    period: Period,
    pub(super) person: PersonId,
    who: Who,
    pub(super) words: &'a Words,
    disclosed: Vec<Disclosure>,
    /// By name, for readers who may see who belongs to the school; others are told how many.
    names: Option<BTreeMap<PersonId, String>>,
    seen: BTreeMap<(Moment, EventId), Seen>,
    ends: BTreeMap<EventId, u64>,
    /// What came whole: its row says nothing more.
    whole: BTreeSet<EventId>,
}

#[derive(Debug)]
pub(super) struct Seen {
    pub(super) site: String,
    /// What is shown of it; none for a part of a page.
    pub(super) row: Option<Row>,
}

impl<'a> PersonFold<'a> {
    /// Begins the activity of a person.
    pub fn new(period: Period, person: &Person, names: &Names, words: &'a Words) -> Self {
        let who = Who::Person {
            person: person.id,
            name: Some(person.name()),
            kind: person.kind,
            class: person.groups.iter().find_map(|group| names.class(*group)).map(str::to_owned),
        };
        let disclosed = names.disclosed(person.id);
        Self {
            period,
            person: person.id,
            who,
            words,
            disclosed,
            names: None,
            seen: BTreeMap::new(),
            ends: BTreeMap::new(),
            whole: BTreeSet::new(),
        }
    }

    /// The same for a reader who may see who belongs to the school: whose data was sent is said by name.
    #[must_use]
    pub fn naming(mut self, names: &Names) -> Self {
        self.names = Some(names.everybody());
        self
    }

    /// Whose activity it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The time it is of.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// Takes an event.
    pub fn add(&mut self, event: &Event) {
        if let What::Ended(Ended { event, outcome, .. }) = &event.what {
            self.ends.insert(*event, outcome.sent_bytes);
            return;
        }
        if event.person() != Some(self.person) || !self.period.holds(event.at) {
            return;
        }
        self.whole.insert(event.id);
        let seen = match &event.what {
            What::Web(web) => Some(self.web(event, web)),
            What::Tunnel(tunnel) => self.tunnel(event, tunnel),
            What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
        };
        if let Some(seen) = seen {
            self.seen.insert((event.at, event.id), seen);
        }
    }

    /// Takes what is left of an event: the row it is kept as. A row of what came whole is passed over, so whoever has both
    /// gives the events first.
    pub fn add_row(&mut self, row: &usher_events::row::Row) {
        let ours = row.person == self.person.number() && self.period.holds(row.at);
        if !ours || self.whole.contains(&row.id) {
            return;
        }
        if let Some(seen) = self.short(row) {
            self.seen.insert((row.at, row.id), seen);
        }
    }

    /// Ends the activity.
    pub fn finish(mut self) -> PersonActivity {
        for ((_, id), seen) in &mut self.seen {
            if let (Some(row), Some(bytes)) = (&mut seen.row, self.ends.get(id)) {
                row.bytes = *bytes;
            }
        }
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let parts = count(self.seen.values().filter(|seen| seen.row.is_none()).count());
        let shown = || self.seen.values().filter_map(|seen| seen.row.as_ref());
        let names_only = count(shown().filter(|row| !row.visible && !refused(row)).count());
        let short = count(shown().filter(|row| row.short).count());
        let mut sites = sites(&self.seen);
        sites.sort_by(|one, other| {
            (other.minutes, other.rows, &one.name).cmp(&(one.minutes, one.rows, &other.name))
        });
        let (period, who) = (self.period, self.who);
        PersonActivity { period, who, sites, rows: rows(self.seen), parts, names_only, short }
    }

    fn web(&self, event: &Event, web: &WebEvent) -> Seen {
        let (facts, outcome) = (&web.facts, &web.outcome);
        let opened = outcome.content_type.as_deref().is_some_and(is_opened);
        let shown = opened || facts.features.search.is_some() || web.decision.is_refusal();
        let row = Row {
            title: outcome.title.clone(),
            media_type: outcome.content_type.clone(),
            search: facts.features.search.clone(),
            found: self.found(facts, &web.decision),
            ..self.row(event, facts.address.to_string(), &web.decision, outcome)
        };
        Seen { site: site(&facts.address.host), row: shown.then_some(row) }
    }

    /// What is inside an inspected tunnel comes as requests of its own.
    fn tunnel(&self, event: &Event, tunnel: &TunnelEvent) -> Option<Seen> {
        if tunnel.action == TlsAction::Inspect {
            return None;
        }
        let host = &tunnel.facts.connect.0;
        let row = Row { visible: false, ..self.row(event, site(host), &tunnel.decision, &tunnel.outcome) };
        Some(Seen { site: site(host), row: Some(row) })
    }

    fn row(&self, event: &Event, address: String, decision: &Decision, outcome: &Outcome) -> Row {
        Row {
            at: event.at,
            count: 1,
            address,
            visible: true,
            title: None,
            media_type: None,
            bytes: outcome.sent_bytes,
            search: None,
            verdict: decision.verdict,
            reason: explain::reason(self.words, Reader::Adult, decision),
            event: event.id,
            found: Vec::new(),
            password_known: self.known_at(event.at),
            short: false,
        }
    }

    /// What was found in it. A search's own words are on its row already.
    fn found(&self, facts: &WebFacts, decision: &Decision) -> Vec<String> {
        let by_name = |id| self.names.as_ref().and_then(|names| names.get(&id).cloned());
        let named = if self.names.is_some() { Named::As(&by_name) } else { Named::Counted };
        evidence::found(self.words, named, facts, decision)
    }

    /// Whether somebody else knew the password then.
    pub(super) fn known_at(&self, at: Moment) -> bool {
        self.disclosed.iter().any(|time| time.covers(at))
    }
}

/// Whether people open this kind of thing, so that it is no part of a page.
pub(crate) fn is_opened(media_type: &str) -> bool {
    let begins = |known: &str| {
        if known.ends_with(['/', '.', '-']) { media_type.starts_with(known) } else { media_type == known }
    };
    OPENED.into_iter().any(begins) && !PARTS.into_iter().any(|part| media_type.starts_with(part))
}

/// A site's name, without `www.`.
pub(crate) fn site(host: &Host) -> String {
    match host {
        Host::Name(name) => {
            let name = name.display_unicode();
            name.strip_prefix("www.").map_or_else(|| name.clone(), str::to_owned)
        }
        Host::Ip(address) => address.to_string(),
    }
}

fn refused(row: &Row) -> bool {
    row.verdict != Verdict::Allow
}

/// The sites with their time and rows.
fn sites(seen: &BTreeMap<(Moment, EventId), Seen>) -> Vec<Site> {
    let mut sites: BTreeMap<&str, (Site, i64)> = BTreeMap::new();
    for request in seen.values() {
        let Some(row) = &request.row else { continue };
        let fresh = || Site { name: request.site.clone(), minutes: 0, rows: 0, refused: 0, visible: false };
        let (site, _) = sites.entry(&request.site).or_insert_with(|| (fresh(), 0));
        site.rows += 1;
        site.visible |= row.visible;
        site.refused += u32::from(refused(row));
    }
    let opened = |request: &'_ Seen| request.row.as_ref().is_some_and(|row| !refused(row));
    let requests: Vec<(Moment, Option<&str>)> = seen
        .iter()
        .map(|((at, _), request)| (*at, opened(request).then_some(request.site.as_str())))
        .collect();
    for (name, _, seconds) in stretches(&requests) {
        if let Some((_, sum)) = sites.get_mut(name) {
            *sum += seconds;
        }
    }
    sites.into_values().map(|(site, seconds)| Site { minutes: minutes(seconds), ..site }).collect()
}

/// The rows by time, with repeats of what says nothing new folded into the first.
fn rows(seen: BTreeMap<(Moment, EventId), Seen>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut last: BTreeMap<_, (usize, Moment)> = BTreeMap::new();
    for ((at, _), Seen { site, row }) in seen {
        let Some(row) = row else { continue };
        if row.search.is_some() || (row.visible && !refused(&row)) {
            rows.push(row);
            continue;
        }
        // A row is marked whole or not at all.
        let key = (site, row.verdict, row.visible, row.password_known, row.short, row.found.clone());
        let near = last.get(&key).filter(|(_, last_at)| at <= last_at.plus_minutes(SAME_MINUTES));
        match near.and_then(|(index, _)| Some((*index, rows.get_mut(*index)?))) {
            Some((index, first)) => {
                first.count += 1;
                first.bytes = first.bytes.saturating_add(row.bytes);
                last.insert(key, (index, at));
            }
            None => {
                last.insert(key, (rows.len(), at));
                rows.push(row);
            }
        }
    }
    rows
}
