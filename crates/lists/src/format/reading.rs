//! The account of a reading: how many lines, entries and comments, what was not used, what was bad.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::host::Host;

use super::{Entry, What};
use crate::pages::Pages;

/// Bad lines kept by name. Enough to see what is wrong with a feed; a wholly bad one must not fill the memory.
pub const MAX_BAD_LINES_KEPT: usize = 20;
/// Characters kept of a bad line: enough to find it again.
const MAX_BAD_TEXT_CHARS: usize = 100;

/// What was found in a list besides its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Lines, empty ones too.
    pub lines: u64,
    /// Entries given, repeated ones too.
    pub entries: u64,
    /// Empty lines, comments and headings.
    pub comments: u64,
    /// Entries that the list excepts rather than names.
    pub exceptions: u64,
    /// Things that are right in their format and that Usher has no use for.
    pub not_used: BTreeMap<NotUsed, u64>,
    /// Lines that are no entries, by what is wrong.
    pub bad: BTreeMap<Why, u64>,
    /// The first [`MAX_BAD_LINES_KEPT`] of them.
    pub bad_lines: Vec<BadLine>,
}

impl Reading {
    /// How many lines were bad.
    pub fn bad_total(&self) -> u64 {
        self.bad.values().sum()
    }

    /// Adds the account of another part of the same source.
    pub fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.entries += other.entries;
        self.comments += other.comments;
        self.exceptions += other.exceptions;
        other.not_used.into_iter().for_each(|(kind, count)| *self.not_used.entry(kind).or_default() += count);
        other.bad.into_iter().for_each(|(why, count)| *self.bad.entry(why).or_default() += count);
        self.bad_lines.extend(other.bad_lines);
        self.bad_lines.truncate(MAX_BAD_LINES_KEPT);
    }
}

/// A line that is no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadLine {
    /// Which line, from 1.
    pub line_number: u64,
    /// How it begins, without control characters.
    pub text: String,
    /// What is wrong with it.
    pub why: Why,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: `{}`: {}", self.line_number, self.text, self.why)
    }
}

/// What is wrong with a line.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// More bytes than any entry needs.
    #[error("it is too long")]
    TooLong,
    /// Not UTF-8.
    #[error("it is not UTF-8 text")]
    NotUtf8,
    /// Not a name of a host, nor an address.
    #[error("it is not a host name")]
    NotAHost,
    /// A list of names holds a whole web address or a path.
    #[error("it is a web address where only a host name belongs")]
    NotOnlyAHost,
    /// A range of addresses.
    #[error("it is a range of addresses; only single addresses can be listed")]
    Range,
    /// Several words where one belongs.
    #[error("it has more than one word")]
    SeveralWords,
    /// A hosts line that does not begin with an address.
    #[error("it does not begin with an address")]
    NoAddress,
    /// A list of pages holds something else.
    #[error("it is not a web address")]
    NotAWebAddress,
    /// Not of the shape that the format asks for.
    #[error("it is not a line of this format")]
    NotThisFormat,
}

/// Something that is right in its format and not used.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum NotUsed {
    /// A regular expression.
    #[error("regular expression")]
    Expression,
    /// A name that is given an address or another name rather than shut.
    #[error("name that is sent elsewhere")]
    LocalData,
    /// A rule that hides parts of a page.
    #[error("rule for parts of pages")]
    PagePart,
    /// A rule about paths, parts of addresses, or with a star inside.
    #[error("rule with a pattern")]
    Pattern,
    /// A rule that only holds on certain conditions.
    #[error("rule with conditions")]
    Conditions,
    /// A response-policy trigger other than a name.
    #[error("trigger other than a name")]
    Trigger,
    /// A setting of the program whose format it is.
    #[error("setting")]
    Setting,
}

/// Where a format puts what it finds on one line.
pub(super) struct Sink<'a> {
    reading: &'a mut Reading,
    each: &'a mut dyn FnMut(Entry),
}

impl<'a> Sink<'a> {
    /// A sink for the line that was counted last.
    pub(super) fn new(reading: &'a mut Reading, each: &'a mut dyn FnMut(Entry)) -> Self {
        Self { reading, each }
    }

    pub(super) fn comment(&mut self) {
        self.reading.comments += 1;
    }

    pub(super) fn exception(&mut self) {
        self.reading.exceptions += 1;
    }

    pub(super) fn not_used(&mut self, kind: NotUsed) {
        *self.reading.not_used.entry(kind).or_default() += 1;
    }

    pub(super) fn bad(&mut self, text: &str, why: Why) {
        *self.reading.bad.entry(why).or_default() += 1;
        if self.reading.bad_lines.len() < MAX_BAD_LINES_KEPT {
            let shown = text.trim().chars().map(|char| if char.is_control() { '\u{fffd}' } else { char });
            let text = shown.take(MAX_BAD_TEXT_CHARS).collect();
            self.reading.bad_lines.push(BadLine { line_number: self.reading.lines, text, why });
        }
    }

    /// A name or an address; a leading `*.` or `.` says what is meant anyway. Anything else is bad.
    pub(super) fn host(&mut self, text: &str) {
        let bare = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
        // Browsers read `12345` and `1.2` as addresses; in a list they are slips.
        let written_out = || bare.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        match Host::parse(bare) {
            Ok(Host::Name(name)) => self.entry(What::Name(name)),
            Ok(Host::Ip(address)) if bare.len() == text.len() && written_out() => {
                self.entry(What::Address(address));
            }
            Ok(Host::Ip(_)) => self.bad(text, Why::NotAHost),
            Err(_) => self.bad(text, why_not_a_host(bare)),
        }
    }

    /// A web address or the part of it from the host on.
    pub(super) fn pages(&mut self, text: &str) {
        match Pages::parse(text) {
            Ok(pages) => self.entry(What::Pages(pages)),
            Err(_) => self.bad(text, Why::NotAWebAddress),
        }
    }

    fn entry(&mut self, what: What) {
        self.reading.entries += 1;
        (self.each)(Entry { what, line_number: self.reading.lines });
    }
}

fn why_not_a_host(text: &str) -> Why {
    if text.contains(char::is_whitespace) {
        return Why::SeveralWords;
    }
    match text.split_once('/') {
        Some((before, after))
            if matches!(Host::parse(before), Ok(Host::Ip(_))) && after.parse::<u8>().is_ok() =>
        {
            Why::Range
        }
        Some(_) => Why::NotOnlyAHost,
        None => Why::NotAHost,
    }
}
