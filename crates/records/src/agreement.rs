//! Agreements: Markdown texts whose clauses have ids and say which controls keep them.
//!
//! A file opens with a TOML head between `+++` lines; each list item is a clause and ends with its attributes:
//!
//! ```markdown
//! +++
//! key = "pupil-ks2"
//! title = "Using computers at our school"
//! …
//! +++
//! ## Being safe
//!
//! - I ask before I open a new website. {#ask-first keeps="web.lesson-session" picture="hand"}
//! ```

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::AgreementVersionId;
use usher_types::moment::Moment;
use usher_types::role::Reader;

use crate::change::{Action, Change, Expect, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::sign_off::SignLine;

/// The head of an agreement file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Head {
    /// Which agreement it is; settings name it by this.
    pub key: String,
    /// Its title, as the reader sees it.
    pub title: String,
    /// The mark people know the version by (POL-08): a year, or a year and a letter.
    pub version: String,
    /// How it speaks.
    pub reader: Reader,
    /// What signing it means, word for word (AGR-03).
    pub declaration: String,
    /// A line shown before the clauses.
    #[serde(default)]
    pub opening: Option<String>,
    /// The short clause accepted at every sign-in (AGR-06).
    #[serde(default)]
    pub each_time: Option<String>,
    /// The question a pupil answers before signing (AGR-17).
    #[serde(default)]
    pub check: Option<Check>,
    /// What the parent declares, where parent and child both sign (AGR-08).
    #[serde(default)]
    pub parent_declaration: Option<String>,
    /// Whether it is a term of the contract of employment (AGR-14).
    #[serde(default)]
    pub contract_term: bool,
    /// The lines to fill in on paper; none means the plain ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_off: Vec<SignLine>,
    /// The lines a parent fills in beside the child.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parent_sign_off: Vec<SignLine>,
}

/// A check question with its answers, of which one is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Check {
    /// The question.
    pub ask: String,
    /// The answers to choose from.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// Its words.
    pub text: String,
    /// The picture beside it.
    #[serde(default)]
    pub picture: Option<String>,
    /// Whether it is the right one.
    #[serde(default)]
    pub right: bool,
    /// What the page says when it is chosen.
    pub reply: String,
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its id within the agreement, kept when its words change.
    pub id: String,
    /// Its number as printed, counting from 1 through the whole agreement (AGR-20).
    pub number: u16,
    /// The heading it stands under.
    pub heading: Option<String>,
    /// Its words, Markdown.
    pub text: String,
    /// The controls that keep it.
    pub keeps: Vec<String>,
    /// The picture that stands for it (KS1).
    pub picture: Option<String>,
}

/// An agreement as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementText {
    /// Its head.
    pub head: Head,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
    /// The digest of the whole file with line ends as `\n`: what a signature is bound to.
    pub digest: Digest,
}

/// What is wrong with an agreement file, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct AgreementFault {
    /// The line, counting from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl AgreementText {
    /// Reads an agreement file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line: no head, an unknown key, a clause without an id, an id used
    /// twice, a check question without exactly one right answer.
    pub fn parse(file: &str) -> Result<Self, AgreementFault> {
        let file = file.replace("\r\n", "\n");
        let (head, body, body_line) = split_head(&file)?;
        let head: Head = toml::from_str(head)
            .map_err(|error| fault(1 + line_of(head, &error), error.message().to_owned()))?;
        check_head(&head)?;
        let (clauses, faults) = read_clauses(body, body_line);
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Self { head, clauses, digest: Digest::of(file.as_bytes()) }),
        }
    }

    /// Reads an agreement file that somebody means to put out: as [`Self::parse`], and every line in it is one that people are
    /// shown. What was published before is read by [`Self::parse`] alone.
    ///
    /// # Errors
    /// As [`Self::parse`]; a line that is no clause and no heading, and attributes in the middle of a clause.
    pub fn parse_new(file: &str) -> Result<Self, AgreementFault> {
        let text = Self::parse(file)?;
        let file = file.replace("\r\n", "\n");
        let (_, body, line) = split_head(&file)?;
        match unread(body, line).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(text),
        }
    }

    /// The ids of all clauses, in order.
    pub fn clause_ids(&self) -> Vec<String> {
        self.clauses.iter().map(|clause| clause.id.clone()).collect()
    }

    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

fn fault(line: usize, what: impl Into<String>) -> AgreementFault {
    AgreementFault { line, what: what.into() }
}

fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let start = error.span().map_or(0, |span| span.start);
    1 + text.get(..start).map_or(0, |before| before.matches('\n').count())
}

/// The head, the rest, and the line the rest begins in.
pub(crate) fn split_head(file: &str) -> Result<(&str, &str, usize), AgreementFault> {
    let rest = file.strip_prefix("+++\n").ok_or_else(|| fault(1, "an agreement begins with a line `+++`"))?;
    let (head, body) =
        rest.split_once("\n+++\n").ok_or_else(|| fault(1, "the head has no closing line `+++`"))?;
    Ok((head, body, head.matches('\n').count() + 4))
}

/// Whether a head makes sense by itself.
pub(crate) fn check_head(head: &Head) -> Result<(), AgreementFault> {
    let Some(check) = &head.check else { return Ok(()) };
    let right = check.answers.iter().filter(|answer| answer.right).count();
    if right == 1 && check.answers.len() > 1 {
        Ok(())
    } else {
        Err(fault(1, "the check question needs two answers or more, exactly one of them right"))
    }
}

/// The clauses of a text that begins in this line, and everything that is wrong with them.
pub(crate) fn read_clauses(body: &str, first_line: usize) -> (Vec<Clause>, Vec<AgreementFault>) {
    let (mut clauses, mut faults): (Vec<Clause>, Vec<AgreementFault>) = (Vec::new(), Vec::new());
    for item in items(body) {
        let line = first_line + item.line;
        match read_clause(line, &item.text, item.heading, clauses.len() + 1) {
            Ok(clause) if clauses.iter().any(|earlier| earlier.id == clause.id) => {
                faults.push(fault(line, format!("clause id `{}` is used twice", clause.id)));
            }
            Ok(clause) => clauses.push(clause),
            Err(fault) => faults.push(fault),
        }
    }
    if clauses.is_empty() && faults.is_empty() {
        let what = "an agreement has at least one clause, a line that begins with `- `";
        faults.push(fault(first_line, what));
    }
    (clauses, faults)
}

/// What stands in a text and nobody would be shown: lines that are neither clauses nor headings, and attributes that are not at
/// a clause's end.
pub(crate) fn unread(body: &str, first_line: usize) -> Vec<AgreementFault> {
    let items = items(body);
    let known = |at: usize| items.iter().any(|item| (item.line..=item.last).contains(&at));
    let lines = body.lines().map(str::trim_end).enumerate();
    let lost = lines.filter(|(at, line)| !line.is_empty() && !line.starts_with("## ") && !known(*at));
    let lost = lost.map(|(at, _)| {
        let what = "nobody would be shown this: a clause begins with `- `, a heading with `## `";
        fault(first_line + at, what)
    });
    let inside = |item: &&Item| {
        let words = attributes_of(&item.text).map_or(item.text.as_str(), |(words, _)| words);
        ["{#", "{keeps=", "{picture="].iter().any(|mark| words.contains(mark))
    };
    let marks = items.iter().filter(inside);
    let marks = marks.map(|item| {
        fault(first_line + item.line, "the marks in curly brackets stand at the very end of a clause")
    });
    lost.chain(marks).collect()
}

/// A list item of a text.
pub(crate) struct Item {
    /// Its first line, counting from 0.
    pub(crate) line: usize,
    /// Its last line.
    pub(crate) last: usize,
    /// Its words in one line.
    pub(crate) text: String,
    /// The heading it stands under.
    heading: Option<String>,
}

/// The list items of a text.
pub(crate) fn items(body: &str) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    let (mut heading, mut open) = (None, false);
    for (at, line) in body.lines().map(str::trim_end).enumerate() {
        if let Some(text) = line.strip_prefix("- ") {
            found.push(Item { line: at, last: at, text: text.to_owned(), heading: heading.clone() });
            open = true;
        } else if line.is_empty() || line.starts_with('#') {
            open = false;
            if let Some(words) = line.strip_prefix("## ") {
                heading = Some(words.to_owned());
            }
        } else if let Some(item) = found.last_mut().filter(|_| open) {
            item.text.push(' ');
            item.text.push_str(line.trim_start());
            item.last = at;
        }
    }
    found
}

fn read_clause(
    line: usize,
    item: &str,
    heading: Option<String>,
    number: usize,
) -> Result<Clause, AgreementFault> {
    let (text, attributes) = attributes_of(item).ok_or_else(|| {
        fault(line, "a clause ends with its attributes, as in {#ask-first keeps=\"web.lesson-session\"}")
    })?;
    let mut clause = Clause {
        id: String::new(),
        number: u16::try_from(number).unwrap_or(u16::MAX),
        heading,
        text: text.trim().to_owned(),
        keeps: Vec::new(),
        picture: None,
    };
    for (name, value) in attribute_pairs(attributes) {
        match (name, value) {
            (id, None) if id.starts_with('#') => clause.id = id.trim_start_matches('#').to_owned(),
            ("keeps", Some(value)) => clause.keeps = value.split_whitespace().map(str::to_owned).collect(),
            ("picture", Some(value)) => clause.picture = Some(value.to_owned()),
            _ => {
                return Err(fault(
                    line,
                    format!("`{name}` is no attribute of a clause: #id, keeps, picture"),
                ));
            }
        }
    }
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if clause.id.is_empty() || !clause.id.chars().all(fine) {
        return Err(fault(
            line,
            "a clause needs an id of small letters, digits and hyphens, as in {#ask-first}",
        ));
    }
    if clause.text.is_empty() {
        return Err(fault(line, format!("clause `{}` has no words", clause.id)));
    }
    Ok(clause)
}

/// The words of an item and what stands in braces at its end.
pub(crate) fn attributes_of(item: &str) -> Option<(&str, &str)> {
    item.strip_suffix('}').and_then(|item| item.rsplit_once('{'))
}

/// Splits `#id keeps="a b" picture=c` at spaces outside quotes.
fn attribute_pairs(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    })
    .filter(|piece| !piece.is_empty())
    .map(|piece| match piece.split_once('=') {
        Some((name, value)) => (name, Some(value.trim_matches('"'))),
        None => (piece, None),
    })
    .collect()
}

/// One published version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementVersion {
    /// Its id.
    pub id: AgreementVersionId,
    /// Which agreement.
    pub key: String,
    /// The mark people know it by.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The digest of its text; the text itself is a blob under this digest.
    pub digest: Digest,
    /// When it was published.
    pub published_at: Moment,
    /// Whether it must be signed again by those who signed an earlier one (AGR-19).
    pub material: bool,
    /// Whether it is the one in force.
    pub in_force: bool,
    /// Whether it is a term of the contract of employment (AGR-14).
    #[serde(default)]
    pub contract_term: bool,
}

impl Noun for AgreementVersion {
    const KIND: Kind = Kind::AgreementVersion;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("key", &self.key), IndexKey::unique("digest", self.digest)]
    }
}

impl AgreementVersion {
    /// A text as the version in force.
    pub fn of(id: AgreementVersionId, text: &AgreementText, material: bool, at: Moment) -> Self {
        Self {
            id,
            key: text.head.key.clone(),
            version: text.head.version.clone(),
            title: text.head.title.clone(),
            digest: text.digest,
            published_at: at,
            material,
            in_force: true,
            contract_term: text.head.contract_term,
        }
    }
}

/// Publishes a text as the version in force, and takes the earlier one out of force.
pub fn publish(
    id: AgreementVersionId,
    text: &AgreementText,
    earlier: Option<&crate::change::Stored<AgreementVersion>>,
    material: bool,
    at: Moment,
) -> Change {
    let version = AgreementVersion::of(id, text, material, at);
    let change = Change::of(Action::AgreementPublished, Write::of(&version, Expect::New));
    match earlier {
        Some(earlier) => {
            let mut old = earlier.value.clone();
            old.in_force = false;
            change.and(earlier.replace(&old))
        }
        None => change,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"+++
key = "pupil-ks2"
title = "Using computers"
version = "2026"
reader = "ks2"
declaration = "I will keep these rules."

[check]
ask = "What do you do first?"
answers = [
  { text = "Tell a grown-up", right = true, reply = "Yes." },
  { text = "Keep looking", reply = "Not this one." },
]
+++

Words before the rules are not clauses.

## Asking

- I ask before I open a new website, and I wait
  until I hear yes. {#ask-first keeps="web.lesson-session web.list-only" picture="hand"}
- I tell a grown-up. {#tell}
"#;

    #[test]
    fn a_file_becomes_numbered_clauses() {
        let text = AgreementText::parse(FILE).unwrap();
        assert_eq!(text.clause_ids(), ["ask-first", "tell"]);
        let first = &text.clauses[0];
        assert_eq!(first.text, "I ask before I open a new website, and I wait until I hear yes.");
        assert_eq!(first.keeps, ["web.lesson-session", "web.list-only"]);
        assert_eq!((first.number, first.heading.as_deref()), (1, Some("Asking")));
        assert_eq!(text.clauses[1].keeps, Vec::<String>::new());
    }

    #[test]
    fn pol_08_one_changed_word_is_another_version_and_line_ends_are_not() {
        let text = AgreementText::parse(FILE).unwrap();
        let edited = AgreementText::parse(&FILE.replace("a grown-up. {", "an adult. {")).unwrap();
        assert_ne!(text.digest, edited.digest);
        let windows = AgreementText::parse(&FILE.replace('\n', "\r\n")).unwrap();
        assert_eq!(text.digest, windows.digest);
    }

    #[test]
    fn agr_20_what_is_newly_put_out_has_no_line_that_nobody_is_shown() {
        let lost = AgreementText::parse_new(FILE).unwrap_err();
        assert_eq!(FILE.lines().nth(lost.line - 1), Some("Words before the rules are not clauses."));
        let fine = FILE.replace("Words before the rules are not clauses.", "");
        assert_eq!(AgreementText::parse_new(&fine), AgreementText::parse(&fine));
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let cases = [
            (FILE.replace("{#tell}", "{#ask-first}"), "line 22: clause id `ask-first` is used twice"),
            (FILE.replace("{#tell}", ""), "line 22: a clause ends with its attributes"),
            (FILE.replace("{#tell}", "{#tell color=red}"), "line 22: `color` is no attribute"),
            (FILE.replace("right = true, ", ""), "exactly one of them right"),
            (FILE.replace("version =", "vershun ="), "line 4"),
            ("no head".to_owned(), "begins with a line `+++`"),
        ];
        for (file, expected) in cases {
            let fault = AgreementText::parse(&file).unwrap_err().to_string();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}
