//! A log as CSV with a header row: its columns in any order, under the names filters usually give them.

use usher_types::moment::{Moment, Zone};
use usher_types::url::WebAddress;

use super::squid;
use super::{Visit, Why, is_part, user};

/// Most columns read. The rest of a row says nothing that a report has room for.
const MAX_COLUMNS: usize = 64;
/// A number of seconds above this is one of milliseconds.
const MOST_SECONDS: i64 = 100_000_000_000;

const STAMPS: [&str; 7] =
    ["timestamp", "datetime", "date time", "date and time", "time stamp", "when", "logged at"];
const USERS: [&str; 8] =
    ["user", "username", "user name", "account", "login", "login name", "authenticated user", "name"];
const PAGES: [&str; 10] =
    ["url", "address", "uri", "web address", "page", "site", "website", "destination", "host", "domain"];
const ACTIONS: [&str; 7] = ["action", "result", "decision", "verdict", "outcome", "access", "status"];
const DEVICES: [&str; 10] = [
    "ip",
    "client",
    "client ip",
    "ip address",
    "source",
    "source ip",
    "source address",
    "device",
    "computer",
    "workstation",
];
const METHODS: [&str; 3] = ["method", "request method", "http method"];

/// Where things stand in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    separator: char,
    /// One column, or a day's and a time's.
    time: (usize, Option<usize>),
    page: usize,
    user: Option<usize>,
    action: Option<usize>,
    device: Option<usize>,
    method: Option<usize>,
}

impl Columns {
    /// The columns of a header row; none when the line is not one.
    pub(super) fn of(header: &str) -> Option<Self> {
        let counted = [',', ';', '\t'].map(|separator| (header.matches(separator).count(), separator));
        let (_, separator) = counted.into_iter().max_by_key(|(count, _)| *count)?;
        let names: Vec<String> = fields(header, separator)?.iter().map(|name| plain(name)).collect();
        let one_of = |known: &[&str]| known.iter().find_map(|name| names.iter().position(|has| has == name));
        let (day, clock) = (one_of(&["date", "day"]), one_of(&["time"]));
        let time = match (one_of(&STAMPS), day, clock) {
            (Some(stamp), ..) => (stamp, None),
            (None, Some(day), clock) => (day, clock),
            (None, None, Some(clock)) => (clock, None),
            (None, None, None) => return None,
        };
        Some(Self {
            separator,
            time,
            page: one_of(&PAGES)?,
            user: one_of(&USERS),
            action: one_of(&ACTIONS),
            device: one_of(&DEVICES),
            method: one_of(&METHODS),
        })
    }

    /// What a row says.
    pub(super) fn visit(&self, row: &str, zone: &Zone) -> Result<Option<Visit>, Why> {
        let fields = fields(row, self.separator).ok_or(Why::Fields)?;
        let field =
            |column: Option<usize>| column.and_then(|column| fields.get(column)).map_or("", |f| f.trim());
        if fields.len() <= self.time.0.max(self.page) {
            return Err(Why::Fields);
        }
        let (day, clock) = (field(Some(self.time.0)), field(self.time.1));
        let at = if clock.is_empty() { moment(day, zone) } else { moment(&format!("{day} {clock}"), zone) };
        let page = field(Some(self.page));
        let page = if page.contains("://") { page.to_owned() } else { format!("http://{page}") };
        let page = WebAddress::parse(&page).map_err(|_odd| Why::Address)?;
        let device = field(self.device);
        let address = device.parse().ok();
        let method: String = field(self.method).to_uppercase().chars().take(32).collect();
        Ok(Some(Visit {
            line: 0,
            at: at.ok_or(Why::Time)?,
            address,
            device: (address.is_none() && !device.is_empty()).then(|| device.chars().take(128).collect()),
            user: user(field(self.user)),
            method: if method.is_empty() { "GET".to_owned() } else { method },
            part_of_page: is_part(&page),
            page,
            blocked: is_block(field(self.action)),
            status: None,
            bytes: 0,
            taken_ms: 0,
            media: None,
        }))
    }
}

/// A column's name in small letters, with one space for whatever stands between its words.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The fields of a row (RFC 4180, except that a row is one line); none when a quotation mark is never closed.
fn fields(row: &str, separator: char) -> Option<Vec<String>> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = row.chars().peekable();
    while let Some(letter) = letters.next() {
        let field = fields.last_mut()?;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            _ if letter == separator && !quoted => {
                if fields.len() == MAX_COLUMNS {
                    break;
                }
                fields.push(String::new());
            }
            _ => field.push(letter),
        }
    }
    (!quoted).then_some(fields)
}

/// Whether the word for what was done says that the page was refused; a status of 403 says it too.
fn is_block(action: &str) -> bool {
    let action = action.to_lowercase();
    let not = ["not blocked", "unblocked", "not denied"].iter().any(|word| action.contains(word));
    let refused = ["block", "den", "refus", "reject", "drop", "forbid", "403", "filtered"];
    !not && refused.iter().any(|word| action.contains(word))
}

/// A time as people and programs write it: ISO 8601, `24/11/2026 10:15`, or seconds or milliseconds since 1970.
fn moment(text: &str, zone: &Zone) -> Option<Moment> {
    if let Ok(number) = text.parse::<i64>()
        && number >= MOST_SECONDS
    {
        return squid::moment(&(number / 1_000).to_string());
    }
    if let Some(moment) = squid::moment(text) {
        return Some(moment);
    }
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    match day.split('/').collect::<Vec<_>>().as_slice() {
        [day, month, year] => zone.parse(&format!("{year:0>4}-{month:0>2}-{day:0>2}T{clock}")).ok(),
        _ => zone.parse(text).or_else(|_other| zone.parse(&format!("{day}T{clock}"))).ok(),
    }
}
