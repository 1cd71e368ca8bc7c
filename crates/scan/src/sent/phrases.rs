//! Phrases that matter only in what is sent: `lists/sent.toml`.
//!
//! Owns: reading that list and finding its phrases in folded text. Does not: find disguised spelling; the themes of
//! concern do, and the gravest words are in them.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::features::ThemeHit;
use crate::personal::folded;
use crate::theme::Theme;

/// How many words `...` stands for at most.
const MOST_WORDS_BETWEEN: usize = 5;
/// Bullying that is milder is counted in reports and hurts nobody by itself (`lists/themes/bullying.toml`).
const LEAST_BULLYING: u8 = 3;
/// Violence that is milder is about films and sport.
const LEAST_VIOLENCE: u8 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Meeting,
    Unkind,
    Against,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    meeting: List,
    unkind: List,
    against: List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct List {
    phrases: Vec<String>,
    unless: Vec<String>,
    #[serde(default)]
    threats: Vec<String>,
    #[serde(default)]
    own_pain: Vec<String>,
}

struct Entry {
    group: Group,
    excuses: bool,
    /// What must follow within a few words.
    then: Option<String>,
}

/// The phrases, in one automaton.
#[derive(Default)]
pub(super) struct Phrases {
    automaton: Option<AhoCorasick>,
    entries: Vec<Entry>,
    threats: Vec<String>,
    own_pain: Vec<String>,
}

/// A phrase in a text.
pub(super) struct Hit {
    group: Group,
    /// Where, in the folded text; the spaces around it are in it.
    pub(super) span: Range<usize>,
}

impl Hit {
    pub(super) fn is_meeting(&self) -> bool {
        self.group == Group::Meeting
    }

    pub(super) fn is_unkind(&self) -> bool {
        self.group == Group::Unkind
    }

    pub(super) fn is_against(&self) -> bool {
        self.group == Group::Against
    }
}

/// A list that cannot be read is empty, which a test would find first.
static BUILT_IN: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::parse(include_str!("../../../../lists/sent.toml")).unwrap_or_default());

impl Phrases {
    pub(super) fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn parse(text: &str) -> Option<Self> {
        let written: Written = toml::from_str(text).ok()?;
        let mut phrases = Self {
            threats: written.unkind.threats.clone(),
            own_pain: written.unkind.own_pain.clone(),
            ..Self::default()
        };
        let mut patterns = Vec::new();
        let lists = [
            (Group::Meeting, written.meeting),
            (Group::Unkind, written.unkind),
            (Group::Against, written.against),
        ];
        for (group, list) in lists {
            for (phrase, excuses) in
                list.phrases.iter().map(|p| (p, false)).chain(list.unless.iter().map(|p| (p, true)))
            {
                let (first, then) = match phrase.split_once("...") {
                    Some((first, then)) => (first, Some(folded(then))),
                    None => (phrase.as_str(), None),
                };
                patterns.push(folded(first));
                phrases.entries.push(Entry { group, excuses, then });
            }
        }
        phrases.automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).ok();
        Some(phrases)
    }

    /// Phrases in a folded text, but for excused ones.
    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let found = self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
        let found: Vec<(Range<usize>, &Entry)> = found
            .filter_map(|found| {
                let entry = self.entries.get(found.pattern().as_usize())?;
                let end = match &entry.then {
                    Some(then) => follows(text, found.end(), then)?,
                    None => found.end(),
                };
                Some((found.start()..end, entry))
            })
            .collect();
        let excuses = Excuses::of(&found);
        found
            .iter()
            .filter(|(span, entry)| !entry.excuses && !excuses.cover(entry.group, span.start))
            .map(|(span, entry)| Hit { group: entry.group, span: span.clone() })
            .collect()
    }

    /// Whether a theme's phrase hurts or threatens somebody else than the writer.
    pub(super) fn hurts(&self, hit: &ThemeHit) -> bool {
        let has =
            |words: &[String]| hit.phrase.split(' ').any(|word| words.iter().any(|known| known == word));
        match hit.theme {
            Theme::Bullying => hit.severity >= LEAST_BULLYING && !has(&self.own_pain),
            Theme::Violence => hit.severity >= LEAST_VIOLENCE && has(&self.threats) && !has(&self.own_pain),
            _ => false,
        }
    }
}

/// Stretches of a text that are harmless to a group, in order and apart from each other: a text can be made of nothing
/// but phrases, so they are not compared each with each.
struct Excuses(Vec<(Group, Range<usize>)>);

impl Excuses {
    fn of(found: &[(Range<usize>, &Entry)]) -> Self {
        let mut spans: Vec<(Group, Range<usize>)> = found
            .iter()
            .filter(|(_, entry)| entry.excuses)
            // The space after belongs to the next phrase as well.
            .map(|(span, entry)| (entry.group, span.start..span.end.saturating_sub(1)))
            .collect();
        spans.sort_by_key(|(group, span)| (*group, span.start));
        let mut apart: Vec<(Group, Range<usize>)> = Vec::new();
        for (group, span) in spans {
            match apart.last_mut() {
                Some((last_group, last)) if *last_group == group && span.start <= last.end => {
                    last.end = last.end.max(span.end);
                }
                _ => apart.push((group, span)),
            }
        }
        Self(apart)
    }

    fn cover(&self, group: Group, start: usize) -> bool {
        let after = self.0.partition_point(|(known, span)| (*known, span.start) <= (group, start));
        let last = after.checked_sub(1).and_then(|at| self.0.get(at));
        last.is_some_and(|(known, span)| *known == group && start < span.end)
    }
}

/// Where `then` ends when it follows within a few words.
fn follows(text: &str, from: usize, then: &str) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut at = 0;
    for _ in 0..MOST_WORDS_BETWEEN {
        at += rest.get(at..)?.find(' ')? + 1;
        // The space before belongs to both.
        let here = rest.get(at - 1..)?;
        if here.starts_with(then) {
            return Some(from + at - 1 + then.len());
        }
        if here.starts_with(" \u{1}") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sound() {
        let phrases = Phrases::built_in();
        assert!(phrases.automaton.is_some() && phrases.entries.len() > 250);
        assert!(!phrases.threats.is_empty() && !phrases.own_pain.is_empty());
    }

    #[test]
    fn words_may_stand_between() {
        let found = |text: &str| Phrases::built_in().find(&folded(text)).iter().any(Hit::is_meeting);
        assert!(found("i go to Rowan Hill school"));
        assert!(found("I live on Old Mill Road!"));
        assert!(!found("i go to school"));
        assert!(!found("i go to the shops and then after tea to school"));
    }
}
