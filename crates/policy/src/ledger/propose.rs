//! A school's own policy, pasted as text: split into sentences of one promise each, and for each the controls of the catalogue that
//! speak of the same things. A person confirms each.
//!
//! Owns: the splitting and a small score by words. Does not: understand anything; what it proposes is a start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use usher_records::agreement::AgreementText;

use super::control::{Control, controls};

/// The model agreements: each clause says which controls keep it, in the words schools use.
const MODELS: [&str; 5] = [
    include_str!("../../../../profiles/agreements/parent.md"),
    include_str!("../../../../profiles/agreements/pupil-ks1.md"),
    include_str!("../../../../profiles/agreements/pupil-ks2.md"),
    include_str!("../../../../profiles/agreements/staff.md"),
    include_str!("../../../../profiles/agreements/visitor.md"),
];
/// Clauses taken from one text: more than any school's policy has, and a page can still show them.
pub const MOST_CLAUSES: usize = 300;
/// Controls proposed for one clause; more would be no help to whoever confirms them.
const MOST_PROPOSED: usize = 4;
/// From this share of the words that weigh something on, a control is proposed.
const LEAST_SHARE: f64 = 0.3;
/// A paragraph of more words than this is several promises, and is cut at its sentences.
const LONG_WORDS: usize = 45;
/// A line of at most so many words without a full stop is a heading.
const HEADING_WORDS: usize = 9;
/// Words of a clause's id.
const ID_WORDS: usize = 4;
/// Fewer words in common than this may be chance.
const LEAST_COMMON: usize = 2;
/// Words schools use for what the catalogue calls otherwise, both without their endings.
const ALIKE: [(&str, &str); 16] = [
    ("block", "shut"),
    ("unsuitabl", "shut"),
    ("inappropriat", "shut"),
    ("filter", "shut"),
    ("photograph", "pictur"),
    ("photo", "pictur"),
    ("imag", "pictur"),
    ("internet", "web"),
    ("online", "web"),
    ("onlin", "web"),
    ("monitor", "record"),
    ("log", "record"),
    ("email", "mail"),
    ("lock", "rest"),
    ("child", "pupil"),
    ("children", "pupil"),
];
/// Words that say nothing about what a clause is about.
const SMALL: [&str; 58] = [
    "a", "all", "also", "always", "am", "an", "and", "any", "anybody", "are", "as", "at", "be", "been",
    "before", "but", "by", "can", "do", "each", "for", "from", "has", "have", "i", "if", "in", "is", "it",
    "its", "may", "must", "my", "no", "not", "of", "on", "only", "or", "other", "our", "school", "schools",
    "shall", "should", "so", "that", "the", "their", "them", "they", "this", "to", "we", "when", "will",
    "with", "you",
];

/// One promise of a pasted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The heading it stands under.
    pub heading: Option<String>,
    /// An id for it, of its first words; each once in a text.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// Splits a text into promises: list items, numbered paragraphs, and sentences of long paragraphs. Numbers and bullets are
/// left out; an agreement counts its clauses itself.
pub fn split(text: &str) -> Vec<Pasted> {
    let mut found: Vec<(Option<String>, String)> = Vec::new();
    let (mut heading, mut open) = (None, String::new());
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (index, line) in lines.iter().enumerate() {
        let (item, begins) = without_mark(line);
        let alone = open.is_empty()
            && lines.get(index + 1).is_none_or(|next| next.is_empty() || without_mark(next).1);
        if line.is_empty() || begins {
            close(&mut found, heading.as_ref(), &mut open);
        }
        if line.starts_with('#') || (!begins && alone && is_heading(line)) {
            close(&mut found, heading.as_ref(), &mut open);
            heading = Some(line.trim_matches(['#', ' ', ':', '*']).to_owned());
        } else if !item.is_empty() {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(item);
        }
    }
    close(&mut found, heading.as_ref(), &mut open);
    let mut ids = BTreeSet::new();
    let named = found.into_iter().take(MOST_CLAUSES).map(|(heading, text)| {
        let id = id_of(&text, &mut ids);
        Pasted { heading, id, text }
    });
    named.collect()
}

/// A line without its bullet or number, and whether it had one.
fn without_mark(line: &str) -> (&str, bool) {
    if let Some(rest) = line.strip_prefix(['-', '*', '•', '–', '▪', '◦', '·']) {
        return (rest.trim_start(), rest.starts_with([' ', '\t']));
    }
    let Some((mark, rest)) = line.split_once([' ', '\t']) else { return (line, false) };
    let inside = mark.trim_matches(['(', ')', '.']);
    let ends = mark.ends_with(['.', ')']) || inside.contains('.');
    let number = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || c == '.');
    let letter = inside.len() <= 3
        && !inside.is_empty()
        && inside.chars().all(|c| matches!(c, 'a'..='h' | 'i' | 'v' | 'x'));
    if ends && (number || letter) { (rest.trim_start(), true) } else { (line, false) }
}

fn is_heading(line: &str) -> bool {
    !line.is_empty()
        && !line.ends_with(['.', '!', '?', ';', ','])
        && line.split_whitespace().count() <= HEADING_WORDS
}

/// Ends the paragraph that is open: one promise, or its sentences where it is long.
fn close(found: &mut Vec<(Option<String>, String)>, heading: Option<&String>, open: &mut String) {
    let paragraph = std::mem::take(open);
    if paragraph.split_whitespace().count() <= LONG_WORDS {
        if !paragraph.is_empty() {
            found.push((heading.cloned(), paragraph));
        }
        return;
    }
    let mut sentence = String::new();
    for word in paragraph.split_whitespace() {
        if !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(word);
        if word.ends_with(['.', '!', '?']) && sentence.split_whitespace().count() > 3 {
            found.push((heading.cloned(), std::mem::take(&mut sentence)));
        }
    }
    if !sentence.is_empty() {
        found.push((heading.cloned(), sentence));
    }
}

fn id_of(text: &str, ids: &mut BTreeSet<String>) -> String {
    let kept = stems(text, false).into_iter().take(ID_WORDS).collect::<Vec<_>>().join("-");
    let base = if kept.is_empty() { "clause".to_owned() } else { kept };
    let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|id| !ids.contains(id)).unwrap_or(base);
    ids.insert(free.clone());
    free
}

/// Words that weigh something, without their endings where that is asked.
fn stems(text: &str, bare: bool) -> Vec<String> {
    let lower = text.to_lowercase().replace(['’', '\''], "");
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 1 && !SMALL.contains(word));
    words.map(|word| if bare { stem(word).to_owned() } else { word.to_owned() }).collect()
}

/// A word without the endings English puts on: enough for `passwords` to meet `password`.
fn stem(word: &str) -> &str {
    for ending in ["ing", "ers", "ies", "ed", "es", "er", "s", "y", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 3
        {
            return alike(stem);
        }
    }
    alike(word)
}

fn alike(stem: &str) -> &str {
    ALIKE.iter().find(|(word, _)| *word == stem).map_or(stem, |(_, other)| other)
}

/// What a control is about: its title, and the model clauses that name it.
struct About {
    control: &'static Control,
    texts: Vec<BTreeSet<String>>,
}

struct Corpus {
    abouts: Vec<About>,
    /// In how many texts each word stands.
    seen_in: BTreeMap<String, u32>,
    texts: u32,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let all = controls().unwrap_or_default();
    let clauses: Vec<_> = MODELS
        .iter()
        .filter_map(|model| AgreementText::parse(model).ok())
        .flat_map(|text| text.clauses)
        .collect();
    let set = |text: &str| stems(text, true).into_iter().collect::<BTreeSet<String>>();
    let abouts = all.iter().map(|control| {
        let named = clauses
            .iter()
            .filter(|clause| clause.keeps.contains(&control.id))
            .map(|clause| set(&clause.text));
        About { control, texts: std::iter::once(set(&control.title)).chain(named).collect() }
    });
    let mut corpus = Corpus { abouts: abouts.collect(), seen_in: BTreeMap::new(), texts: 0 };
    let titles = all.iter().map(|control| set(&control.title));
    for text in clauses.iter().map(|clause| set(&clause.text)).chain(titles) {
        corpus.texts += 1;
        for word in text {
            *corpus.seen_in.entry(word).or_default() += 1;
        }
    }
    corpus
});

impl Corpus {
    /// How much a word says: one that stands everywhere says little, and one no text has speaks against them all.
    fn weight(&self, word: &str) -> f64 {
        let seen = self.seen_in.get(word).copied().unwrap_or(1);
        (1.0 + f64::from(self.texts) / f64::from(seen)).ln()
    }

    /// The weight of what a clause and a text have in common, against the weight of both.
    fn score(&self, clause: &BTreeSet<String>, text: &BTreeSet<String>) -> f64 {
        if clause.intersection(text).count() < LEAST_COMMON {
            return 0.0;
        }
        let sum = |words: &mut dyn Iterator<Item = &String>| words.map(|word| self.weight(word)).sum::<f64>();
        let (own, other) = (sum(&mut clause.iter()), sum(&mut text.iter()));
        let common = sum(&mut clause.intersection(text));
        if own > 0.0 && other > 0.0 { common / (own * other).sqrt() } else { 0.0 }
    }
}

/// The controls that speak of the same things as a clause, the likeliest first; none where none does.
pub fn propose(text: &str) -> Vec<&'static Control> {
    let clause: BTreeSet<String> = stems(text, true).into_iter().collect();
    let best = |about: &About| about.texts.iter().map(|text| CORPUS.score(&clause, text)).fold(0.0, f64::max);
    let mut scored: Vec<(f64, &'static Control)> =
        CORPUS.abouts.iter().map(|about| (best(about), about.control)).collect();
    scored.retain(|(score, _)| *score >= LEAST_SHARE);
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.into_iter().take(MOST_PROPOSED).map(|(_, control)| control).collect()
}

/// What a draft's head says.
#[derive(Debug, Clone, Copy)]
pub struct DraftHead<'a> {
    /// Which agreement: `staff`, `pupil-ks2`.
    pub key: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The mark people will know the version by.
    pub version: &'a str,
    /// How it speaks: `adult`, `ks1`, `ks2`.
    pub reader: &'a str,
    /// What signing it means.
    pub declaration: &'a str,
}

/// A draft agreement file of these clauses, each with the controls a person confirmed. It is read by the reader of
/// agreements; line breaks and braces in a clause's words are taken out, so that nothing of them becomes markup of ours.
pub fn draft(head: DraftHead<'_>, clauses: &[(Pasted, Vec<String>)]) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut file = String::from("+++\n");
    for (name, value) in [
        ("key", head.key),
        ("title", head.title),
        ("version", head.version),
        ("reader", head.reader),
        ("declaration", head.declaration),
    ] {
        file.push_str(&format!("{name} = {}\n", quoted(&plain(value))));
    }
    file.push_str("+++\n");
    let mut heading = None;
    for (clause, keeps) in clauses {
        if heading != clause.heading.as_ref() {
            heading = clause.heading.as_ref();
            if let Some(heading) = heading {
                file.push_str(&format!("\n## {}\n\n", plain(heading)));
            }
        }
        let keeps = if keeps.is_empty() { String::new() } else { format!(" keeps=\"{}\"", keeps.join(" ")) };
        file.push_str(&format!("- {} {{#{}{keeps}}}\n", plain(&clause.text), clause.id));
    }
    file
}

/// Words on one line, without what a file of agreements means something by.
fn plain(text: &str) -> String {
    text.replace(['{', '}'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}
