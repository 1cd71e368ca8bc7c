//! Phrase lists as e2guardian keeps them, which most free phrase lists are in.
//!
//! Owns: that form, including its many charsets, and naming every line that is not of it. Does not: open the files a
//! list includes (they are named to the caller), or keep time limits (counted; the policy has times of its own).
//!
//! A line is `<part>`, `<part>,<part>` or either with a weight, `<part>,<part><40>`. A space inside the brackets is the
//! edge of a word. `#listcategory: "X"` names the category from there on; other lines with `#` are remarks.

use std::collections::BTreeMap;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::{Effect, Phrase, PhraseList};

/// The longest list read. The largest public one is 200 KB; this bounds what a mistaken upload costs.
pub const LONGEST_LIST_BYTES: usize = 32 * 1_024 * 1_024;
/// The longest line: a phrase of the most parts, each of the longest.
const LONGEST_LINE_BYTES: usize = 4_096;
/// The most parts of one phrase. Public lists have seven.
const MOST_PARTS: usize = 16;
/// Bad lines named; more are only counted. Nobody reads on after a hundred.
const MOST_BAD_NAMED: usize = 100;
/// Weights beyond this say no more than "always".
const GREATEST_WEIGHT: i32 = 100_000;
/// What `<10%>` is a share of: per cent of a page's limit, which differs by class; a limit of 100 suits most of a
/// primary school.
const NOMINAL_LIMIT: i32 = 100;

/// What a list's phrases do when they carry no weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every phrase has a weight.
    Weighted,
    /// A phrase refuses the page.
    Banned,
    /// A phrase lets the page through.
    Exception,
}

impl Kind {
    /// By a file's name: `banned…` and `exception…` are what they say, all others weighted.
    pub fn of_file(name: &str) -> Self {
        let file = name.rsplit('/').next().unwrap_or(name);
        if file.starts_with("banned") {
            Self::Banned
        } else if file.starts_with("exception") {
            Self::Exception
        } else {
            Self::Weighted
        }
    }
}

/// A list as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its phrases.
    pub list: PhraseList,
    /// Paths of lists it includes, in order.
    pub includes: Vec<String>,
    /// Lines that limit it to times of day; not kept.
    pub time_limits: usize,
    /// The charset of its lines that are not UTF-8, as guessed.
    pub charset: Option<&'static str>,
    /// How many lines could not be read.
    pub bad_lines: usize,
    /// The same by what is wrong with them.
    pub by_reason: BTreeMap<Why, usize>,
    /// The first of them.
    pub bad: Vec<BadLine>,
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadLine {
    /// Its number, from one.
    pub line: usize,
    /// What is wrong with it.
    pub why: Why,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// It does not begin with `<`.
    #[error("not a phrase")]
    NotAPhrase,
    /// A bracket is missing.
    #[error("a bracket is not closed")]
    Open,
    /// What stands behind the phrase is no weight.
    #[error("the weight is not a number")]
    Weight,
    /// A weighted list's phrase without a weight.
    #[error("no weight")]
    NoWeight,
    /// Too many parts, or the line is too long.
    #[error("too long")]
    TooLong,
    /// The list goes on beyond what is read.
    #[error("the list is too long; the rest is not read")]
    ListTooLong,
}

/// Reads a list. `name` is how people know it; its category unless it names one itself.
pub fn read(name: &str, bytes: &[u8], kind: Kind) -> Reading {
    let (bytes, cut) = match bytes.get(..LONGEST_LIST_BYTES) {
        Some(start) if bytes.len() > LONGEST_LIST_BYTES => (start, true),
        _ => (bytes, false),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let legacy = legacy_charset(bytes);
    let mut reading = Reading {
        list: PhraseList { source: name.to_owned(), phrases: Vec::new() },
        includes: Vec::new(),
        time_limits: 0,
        charset: legacy.map(Encoding::name),
        bad_lines: 0,
        by_reason: BTreeMap::new(),
        bad: Vec::new(),
    };
    let mut category = name.to_owned();
    let mut last = 0;
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        last = number;
        if line.len() > LONGEST_LINE_BYTES {
            reading.complain(number, Why::TooLong);
            continue;
        }
        let text = match (std::str::from_utf8(line), legacy) {
            (Err(_), Some(legacy)) => legacy.decode_without_bom_handling(line).0,
            _ => String::from_utf8_lossy(line),
        };
        if let Err(why) = reading.line(text.trim(), kind, &mut category) {
            reading.complain(number, why);
        }
    }
    if cut {
        reading.complain(last + 1, Why::ListTooLong);
    }
    reading
}

/// The charset of the lines that are not UTF-8, guessed from all of them together; None when there are none. Public
/// lists mix charsets in one file, so each line counts for itself.
fn legacy_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut any = false;
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| std::str::from_utf8(line).is_err()) {
        any = true;
        detector.feed(line, false);
    }
    detector.feed(b"", true);
    any.then(|| detector.guess(None, Utf8Detection::Deny)).filter(|guess| *guess != UTF_8)
}

impl Reading {
    fn complain(&mut self, line: usize, why: Why) {
        self.bad_lines += 1;
        *self.by_reason.entry(why).or_default() += 1;
        if self.bad.len() < MOST_BAD_NAMED {
            self.bad.push(BadLine { line, why });
        }
    }

    fn line(&mut self, line: &str, kind: Kind, category: &mut String) -> Result<(), Why> {
        if let Some(remark) = line.strip_prefix('#') {
            let remark = remark.trim_start();
            if let Some(named) = remark.strip_prefix("listcategory:") {
                let named = named.trim().trim_matches('"').trim();
                if !named.is_empty() {
                    named.clone_into(category);
                }
            } else if remark.starts_with("time:") {
                self.time_limits += 1;
            }
            return Ok(());
        }
        if let Some(include) = line.strip_prefix(".Include<") {
            let (path, _) = include.split_once('>').ok_or(Why::Open)?;
            self.includes.push(path.trim().to_owned());
            return Ok(());
        }
        if line.is_empty() {
            return Ok(());
        }
        let (parts, weight) = phrase(line)?;
        let effect = match (kind, weight) {
            (_, Some(weight)) => Effect::Weighted(weight),
            (Kind::Weighted, None) => return Err(Why::NoWeight),
            (Kind::Banned, None) => Effect::Banned,
            (Kind::Exception, None) => Effect::Exception,
        };
        self.list.phrases.push(Phrase { parts, unless: Vec::new(), effect, category: category.clone() });
        Ok(())
    }
}

/// The parts and the weight of a line.
fn phrase(line: &str) -> Result<(Vec<String>, Option<i32>), Why> {
    let mut parts = Vec::new();
    let mut rest = line;
    loop {
        let (part, after) =
            bracket(rest).ok_or(if parts.is_empty() { Why::NotAPhrase } else { Why::Open })??;
        if parts.len() == MOST_PARTS {
            return Err(Why::TooLong);
        }
        parts.push(part.to_owned());
        let after = after.trim_start();
        if let Some(more) = after.strip_prefix(',') {
            rest = more.trim_start();
            continue;
        }
        // Anything else behind the phrase is a remark, with or without its sign.
        return match bracket(after) {
            Some(weight) => Ok((parts, Some(number(weight?.0)?))),
            None => Ok((parts, None)),
        };
    }
}

/// What stands in the bracket that a text begins with, and what comes after it; None if it begins with none.
fn bracket(text: &str) -> Option<Result<(&str, &str), Why>> {
    let inside = text.strip_prefix('<')?;
    let closed = inside.split_once('>').filter(|(part, _)| !part.contains('<'));
    Some(closed.ok_or(Why::Open))
}

fn number(text: &str) -> Result<i32, Why> {
    let text = text.trim();
    let (digits, share) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
    // More digits than a number holds are still a weight.
    let weight: i64 = digits.parse().ok().ok_or(Why::Weight)?;
    let weight = if share { weight.saturating_mul(i64::from(NOMINAL_LIMIT)) / 100 } else { weight };
    let bound = i64::from(GREATEST_WEIGHT);
    i32::try_from(weight.clamp(-bound, bound)).ok().ok_or(Why::Weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(reading: &Reading) -> Vec<String> {
        let effect = |effect| match effect {
            Effect::Weighted(weight) => weight.to_string(),
            Effect::Banned => "banned".to_owned(),
            Effect::Exception => "exception".to_owned(),
        };
        let phrases = reading.list.phrases.iter();
        phrases.map(|p| format!("{}: {} {}", p.category, p.parts.join("|"), effect(p.effect))).collect()
    }

    #[test]
    fn every_kind_of_line_is_read() {
        let list = "\u{feff}#listcategory: \"Chat\"\r\n# a remark\r\n< word ><10>\r\n<a>,<b> , < c ><-20> #remark\r\n\r\n\
                    .Include</etc/e2guardian/lists/x>\r\n#time: 9 0 17 0 01234\r\n<half><50%>\r\n";
        let reading = read("chat/weighted", list.as_bytes(), Kind::Weighted);
        assert_eq!(texts(&reading), ["Chat:  word  10", "Chat: a|b| c  -20", "Chat: half 50"]);
        assert_eq!(reading.includes, ["/etc/e2guardian/lists/x"]);
        assert_eq!((reading.time_limits, reading.bad_lines, reading.charset), (1, 0, None));
    }

    #[test]
    fn bad_lines_are_named_and_not_fatal() {
        let list = "<a<5>\n<b>\nnothing\n<c><d><5>\n<e>,\n<good><5>";
        let reading = read("x", list.as_bytes(), Kind::Weighted);
        let bad: Vec<String> = reading.bad.iter().map(ToString::to_string).collect();
        assert_eq!(
            bad,
            [
                "line 1: a bracket is not closed",
                "line 2: no weight",
                "line 3: not a phrase",
                "line 4: the weight is not a number",
                "line 5: a bracket is not closed",
            ]
        );
        assert_eq!(texts(&reading), ["x: good 5"]);
    }

    #[test]
    fn banned_and_exception_files_need_no_weight() {
        assert_eq!(texts(&read("b", b"<a>,<b>", Kind::of_file("x/banned_dutch"))), ["b: a|b banned"]);
        assert_eq!(texts(&read("e", b"<a b>", Kind::of_file("exception"))), ["e: a b exception"]);
    }

    #[test]
    fn charsets_are_guessed_line_by_line() {
        let russian = "<порнография><50>\n<проститутки и фото девушек><50>\n<секс чат знакомства><9>\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(russian);
        let mut mixed = bytes.into_owned();
        mixed.extend_from_slice("<ciąża><-30>\n".as_bytes());
        let reading = read("x", &mixed, Kind::Weighted);
        assert_eq!(reading.charset, Some("windows-1251"));
        assert_eq!(texts(&reading)[0], "x: порнография 50");
        assert_eq!(texts(&reading)[3], "x: ciąża -30");
    }

    proptest! {
        #[test]
        fn no_bytes_stop_a_reading(bytes: Vec<u8>, text in "[<>,a#0-9% \n-]{0,80}") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let reading = read("x", bytes, Kind::Banned);
                let lines = bytes.split(|byte| *byte == b'\n').count();
                prop_assert!(reading.list.phrases.len() + reading.bad_lines <= lines);
            }
        }
    }
}
