//! Names of people and of the school.
//!
//! Owns: the ways a name can be written, which of them are safe to take for a name, and finding them. Does not: know
//! names that are not in the register.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use usher_types::ids::PersonId;

use super::{Entry, Field, Found, folded};
use crate::features::SentKind;

/// The fewest letters of a full name that is taken for one anywhere: "Li Na" and "Al Ba" are also parts of other texts.
const FEWEST_LETTERS: usize = 6;
/// The fewest letters of an only name that is taken for one in a field for names.
const FEWEST_LETTERS_ALONE: usize = 4;
/// How long a field can be that holds one part of a name.
const LONGEST_PART_BYTES: usize = 80;
/// What staff are called by with their family name alone.
const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "mx", "dr", "sir", "madam"];
/// Words in the names of fields that hold names.
const NAME_FIELDS: [&str; 14] = [
    "name",
    "fullname",
    "firstname",
    "lastname",
    "fname",
    "lname",
    "forename",
    "surname",
    "given",
    "family",
    "first",
    "last",
    "child",
    "pupil",
];
/// What people write before their name.
const INTRODUCTIONS: [&str; 7] =
    [" name is ", " names ", " i am ", " im ", " called ", " full name ", " known as "];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ordinary {
    words: String,
}

/// Words that are names as well; a list that cannot be read is empty, which a test would find first.
static ORDINARY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let list: Option<Ordinary> = toml::from_str(include_str!("../../../../lists/name-words.toml")).ok();
    list.map(|list| list.words.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
});

/// One way to write a name, and whose it is.
#[derive(Debug, Default)]
pub(crate) struct Pattern {
    pupils: Vec<PersonId>,
    staff: Vec<PersonId>,
    is_school: bool,
    /// Whether it is a name wherever it stands.
    sure: bool,
    /// Whether it is somebody's only name.
    alone: bool,
}

impl Pattern {
    pub(crate) fn is_of_school(&self) -> bool {
        self.is_school || !self.staff.is_empty()
    }

    pub(crate) fn staff(&self) -> &[PersonId] {
        &self.staff
    }
}

/// A name in a text.
#[derive(Debug)]
pub(crate) struct Mention<'b> {
    pub(crate) pattern: &'b Pattern,
    /// Where, in the folded text; the spaces around it are in it.
    pub(crate) span: Range<usize>,
}

/// All names, by their first words. Most words of a text begin no name, and one look shows it: with 5,000 people that is
/// several times quicker than an automaton of all names, which fits into no cache.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    patterns: Vec<Pattern>,
    by_text: HashMap<String, usize>,
    /// By first word, whether any name goes on after it.
    first_words: HashMap<String, bool>,
    /// Names of one word by it, others by their first two: patterns and their whole texts.
    by_beginning: HashMap<String, Vec<(String, usize)>>,
}

/// Names as they are gathered.
#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<String, Pattern>);

impl Patterns {
    pub(super) fn add(&mut self, entry: &Entry) {
        let families = spellings(&entry.family);
        let mut given: Vec<String> = entry.given.iter().flat_map(|name| spellings(name)).collect();
        // Registers hold `Rose May` where a form says `Rose`.
        let first: Vec<String> =
            given.iter().filter_map(|name| name.split_once(' ')).map(|(first, _)| first.to_owned()).collect();
        given.extend(first);
        for given in &given {
            for family in &families {
                self.person(format!(" {given} {family} "), entry, false);
                self.person(format!(" {family} {given} "), entry, false);
            }
            if families.is_empty() {
                self.person(format!(" {given} "), entry, true);
            }
        }
        if entry.pupil {
            return;
        }
        for family in families {
            for title in TITLES {
                self.person(format!(" {title} {family} "), entry, false);
            }
        }
    }

    pub(super) fn add_school(&mut self, names: &[String]) {
        for name in names {
            let text = folded(name);
            if text.len() > FEWEST_LETTERS {
                self.0.entry(text).or_default().is_school = true;
            }
        }
    }

    fn person(&mut self, text: String, entry: &Entry, alone: bool) {
        let letters = text.chars().filter(|c| *c != ' ').count();
        let is_ordinary = text.split(' ').all(|word| word.is_empty() || ORDINARY.contains(word));
        let pattern = self.0.entry(text).or_default();
        pattern.sure = letters >= FEWEST_LETTERS && !is_ordinary && !alone;
        pattern.alone |= alone;
        let people = if entry.pupil { &mut pattern.pupils } else { &mut pattern.staff };
        if !people.contains(&entry.person) {
            people.push(entry.person);
        }
    }

    pub(super) fn build(self) -> Naming {
        let mut all: Vec<(String, Pattern)> = self.0.into_iter().collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut naming = Naming::default();
        for (at, (text, pattern)) in all.into_iter().enumerate() {
            let mut words = text.trim().splitn(3, ' ');
            let first = words.next().unwrap_or_default().to_owned();
            let second = words.next();
            *naming.first_words.entry(first.clone()).or_default() |= second.is_some();
            let beginning = second.map_or_else(|| first.clone(), |second| format!("{first} {second}"));
            naming.by_beginning.entry(beginning).or_default().push((text.clone(), at));
            naming.by_text.insert(text, at);
            naming.patterns.push(pattern);
        }
        naming
    }
}

impl Naming {
    /// Every name in a folded text.
    pub(crate) fn mentions<'b>(&'b self, folded: &'b str) -> impl Iterator<Item = Mention<'b>> {
        memchr::memchr_iter(b' ', folded.as_bytes()).flat_map(move |at| {
            let rest = folded.get(at + 1..).unwrap_or_default();
            let first = rest.split(' ').next().unwrap_or_default();
            let goes_on = self.first_words.get(first);
            let two = goes_on.filter(|goes_on| **goes_on).and_then(|_| {
                let second = rest.get(first.len() + 1..)?.split(' ').next()?;
                rest.get(..first.len() + 1 + second.len())
            });
            let beginnings = goes_on.map(|_| first).into_iter().chain(two);
            let candidates = beginnings.filter_map(|words| self.by_beginning.get(words)).flatten();
            candidates.filter_map(move |(text, pattern)| {
                let here = folded.get(at..)?.starts_with(text.as_str());
                let pattern = self.patterns.get(*pattern).filter(|_| here)?;
                Some(Mention { pattern, span: at..at + text.len() })
            })
        })
    }

    /// Pupils named in a form's fields.
    pub(super) fn pupils(&self, fields: &[Field<'_>], found: &mut Found) {
        if self.patterns.is_empty() {
            return;
        }
        for field in fields {
            for mention in self.mentions(&field.folded) {
                let before = field.folded.get(..=mention.span.start).unwrap_or_default();
                let introduced = || INTRODUCTIONS.iter().any(|words| before.ends_with(words));
                if mention.pattern.sure || !mention.pattern.alone && introduced() {
                    name(mention.pattern, found);
                }
            }
            if is_name_field(field)
                && let Some(pattern) = self.whole(&field.folded)
                && (!pattern.alone || field.folded.len() >= FEWEST_LETTERS_ALONE + 2)
            {
                name(pattern, found);
            }
        }
        self.across(fields, found);
    }

    /// Names whose parts stand in fields of their own, next to each other or with one between them.
    fn across(&self, fields: &[Field<'_>], found: &mut Found) {
        let parts: Vec<&Field<'_>> = fields
            .iter()
            .filter(|field| field.folded.len() > 1 && field.folded.len() <= LONGEST_PART_BYTES)
            .collect();
        let mut text = String::new();
        for (at, first) in parts.iter().enumerate() {
            for second in parts.iter().skip(at + 1).take(2) {
                text.clear();
                text.push_str(first.folded.trim_end());
                text.push_str(&second.folded);
                if let Some(pattern) = self.whole(&text)
                    && (pattern.sure || is_name_field(first) && is_name_field(second))
                {
                    name(pattern, found);
                }
            }
        }
    }

    fn whole(&self, folded: &str) -> Option<&Pattern> {
        self.patterns.get(*self.by_text.get(folded)?)
    }
}

fn name(pattern: &Pattern, found: &mut Found) {
    if !pattern.pupils.is_empty() {
        found.add(SentKind::Name);
        found.add_people(&pattern.pupils);
    }
}

fn is_name_field(field: &Field<'_>) -> bool {
    field.is_called(&NAME_FIELDS)
}

/// A part of a name in the ways it is written: `O'Neil` also as `O Neil`, `Smith-Jones` also as `SmithJones`.
fn spellings(name: &str) -> Vec<String> {
    let open = name.replace(['\'', '\u{2019}', '\u{2018}', '`'], " ");
    let closed = name.replace(['-', '\u{2010}', '\u{2011}'], "");
    let mut all: Vec<String> =
        [name, &open, &closed].into_iter().map(|text| folded(text).trim().to_owned()).collect();
    all.sort();
    all.dedup();
    all.retain(|text| !text.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_are_names_as_well_are_there() {
        assert!(ORDINARY.len() > 200 && ORDINARY.contains("rose"));
    }

    #[test]
    fn names_are_written_in_several_ways() {
        assert_eq!(spellings("O'Neil"), ["o neil", "oneil"]);
        assert_eq!(spellings("Smith-Jones"), ["smith jones", "smithjones"]);
        assert_eq!(spellings(" Müller "), ["muller"]);
        assert!(spellings("-").is_empty());
    }
}
