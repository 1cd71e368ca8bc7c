//! All phrases in use, compiled.
//!
//! Owns: folding the phrases, finding out which are the same, which parts make which phrases, the digest that names the
//! whole, and what is told about a phrase to people. Does not: match ([`super::scan`]) or read files.

use std::collections::HashMap;

use usher_types::digest::{Digest, Hasher};

use super::index::Index;
use super::{Effect, LONGEST_PART_BYTES, Phrase, PhraseId, PhraseList, SHORTEST_PART_BYTES, fold};

/// The most parts of two letters: each is looked for by itself on every page that does not have it.
const MOST_PAIRS: usize = 64;

/// Phrases ready to be found. Never changed after it is made; shared by all pages.
#[derive(Debug)]
pub struct PhraseBook {
    pub(super) index: Index,
    pub(super) phrases: Vec<Compiled>,
    /// The parts that phrases need and the parts that undo them.
    part_numbers: Vec<u32>,
    /// For each part, the phrases it belongs to: as a part, then as an `unless`.
    uses: Vec<u32>,
    use_starts: Vec<u32>,
    categories: Vec<String>,
    sources: Vec<String>,
    written: Vec<Phrase>,
    digest: Digest,
    left_out: Vec<LeftOut>,
    same: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Compiled {
    pub(super) effect: Effect,
    pub(super) category: u32,
    source: u32,
    first: u32,
    parts: u32,
    unless: u32,
}

/// A phrase that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its list.
    pub source: String,
    /// The part that is too short, too long, or nothing but punctuation.
    pub part: String,
}

/// Collects phrases while they are compiled.
#[derive(Default)]
struct Builder {
    parts: Vec<Vec<u8>>,
    numbers: HashMap<Vec<u8>, u32>,
    pairs: usize,
    part_numbers: Vec<u32>,
    phrases: Vec<Compiled>,
    written: Vec<Phrase>,
    known: HashMap<(Vec<u32>, Vec<u32>, u8), usize>,
    categories: Vec<String>,
    category_numbers: HashMap<String, u32>,
    left_out: Vec<LeftOut>,
    same: usize,
}

impl PhraseBook {
    /// Compiles lists. Phrases that read the same once folded count once, with the greater weight; phrases that cannot
    /// be used are in [`Self::left_out`].
    pub fn compile(lists: &[PhraseList]) -> Self {
        let mut builder = Builder::default();
        for (list, source) in lists.iter().zip(0..) {
            for phrase in &list.phrases {
                if let Err(part) = builder.add(phrase, source) {
                    builder.left_out.push(LeftOut { source: list.source.clone(), part });
                }
            }
        }
        let mut hasher = Hasher::new().part(b"phrases 1");
        for list in lists {
            hasher = hasher.part(list.source.as_bytes());
            for phrase in &list.phrases {
                hasher = digest_phrase(hasher, phrase);
            }
        }
        let (use_starts, uses) = builder.uses();
        Self {
            index: Index::build(&builder.parts),
            phrases: builder.phrases,
            part_numbers: builder.part_numbers,
            uses,
            use_starts,
            categories: builder.categories,
            sources: lists.iter().map(|list| list.source.clone()).collect(),
            written: builder.written,
            digest: hasher.finish(),
            left_out: builder.left_out,
            same: builder.same,
        }
    }

    /// Names the content: the same lists in the same order give the same digest.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// How many phrases there are.
    pub const fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// How many different texts are looked for.
    pub const fn parts(&self) -> usize {
        self.use_starts.len().saturating_sub(1)
    }

    /// Phrases that could not be used.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// How many phrases said the same as one before them.
    pub const fn repeated(&self) -> usize {
        self.same
    }

    /// A phrase as written, for people to read.
    pub fn phrase(&self, id: PhraseId) -> Option<&Phrase> {
        self.written.get(usize::try_from(id.0).ok()?)
    }

    /// The list a phrase comes from.
    pub fn source(&self, id: PhraseId) -> Option<&str> {
        let phrase = self.phrases.get(usize::try_from(id.0).ok()?)?;
        self.sources.get(usize::try_from(phrase.source).ok()?).map(String::as_str)
    }

    /// Bytes of memory the matching needs, without the phrases as written.
    pub fn memory_bytes(&self) -> usize {
        self.index.memory_bytes()
            + self.phrases.len() * size_of::<Compiled>()
            + (self.part_numbers.len() + self.uses.len() + self.use_starts.len()) * 4
    }

    pub(super) fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The phrases a part belongs to, as one it needs or one that undoes it.
    pub(super) fn uses(&self, part: u32) -> &[u32] {
        let at = usize::try_from(part).unwrap_or(usize::MAX);
        let start = |at: usize| self.use_starts.get(at).and_then(|start| usize::try_from(*start).ok());
        let (Some(from), Some(to)) = (start(at), start(at.saturating_add(1))) else { return &[] };
        self.uses.get(from..to).unwrap_or_default()
    }

    /// The parts a phrase needs, and those that undo it.
    pub(super) fn needs(&self, phrase: &Compiled) -> (&[u32], &[u32]) {
        let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        let (first, parts, unless) = (at(phrase.first), at(phrase.parts), at(phrase.unless));
        let all = self.part_numbers.get(first..first.saturating_add(parts).saturating_add(unless));
        all.and_then(|all| all.split_at_checked(parts)).unwrap_or_default()
    }
}

impl Builder {
    /// Adds a phrase, or gives the part that makes it useless.
    fn add(&mut self, phrase: &Phrase, source: u32) -> Result<(), String> {
        let parts = self.all_numbers(&phrase.parts)?;
        let unless = self.all_numbers(&phrase.unless)?;
        if parts.is_empty() {
            return Err(String::new());
        }
        let kind = match phrase.effect {
            Effect::Weighted(_) => 0,
            Effect::Banned => 1,
            Effect::Exception => 2,
        };
        if let Some(known) = self.known.get(&(parts.clone(), unless.clone(), kind)) {
            self.same += 1;
            if let Some(known) = self.phrases.get_mut(*known)
                && let (Effect::Weighted(old), Effect::Weighted(new)) = (known.effect, phrase.effect)
                && new.unsigned_abs() > old.unsigned_abs()
            {
                known.effect = phrase.effect;
            }
            return Ok(());
        }
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let category = match self.category_numbers.get(&phrase.category) {
            Some(category) => *category,
            None => {
                let category = number(self.categories.len());
                self.categories.push(phrase.category.clone());
                self.category_numbers.insert(phrase.category.clone(), category);
                category
            }
        };
        let first = number(self.part_numbers.len());
        self.part_numbers.extend(parts.iter().chain(&unless));
        self.phrases.push(Compiled {
            effect: phrase.effect,
            category,
            source,
            first,
            parts: number(parts.len()),
            unless: number(unless.len()),
        });
        self.written.push(phrase.clone());
        self.known.insert((parts, unless, kind), self.phrases.len() - 1);
        Ok(())
    }

    /// The numbers of these parts, in order and each once.
    fn all_numbers(&mut self, parts: &[String]) -> Result<Vec<u32>, String> {
        let mut folded = Vec::with_capacity(parts.len());
        for part in parts {
            let bytes = fold::part(part);
            let letters = bytes.iter().filter(|byte| **byte != b' ').count();
            let pair_too_many = bytes.len() == 2
                && self.pairs + folded.len() >= MOST_PAIRS
                && !self.numbers.contains_key(&bytes);
            if letters < SHORTEST_PART_BYTES || bytes.len() > LONGEST_PART_BYTES || pair_too_many {
                return Err(part.clone());
            }
            folded.push(bytes);
        }
        let mut numbers: Vec<u32> = folded.into_iter().map(|part| self.number(part)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn number(&mut self, part: Vec<u8>) -> u32 {
        if let Some(number) = self.numbers.get(&part) {
            return *number;
        }
        let number = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        self.pairs += usize::from(part.len() == 2);
        self.parts.push(part.clone());
        self.numbers.insert(part, number);
        number
    }

    /// Which phrases each part is used by.
    fn uses(&self) -> (Vec<u32>, Vec<u32>) {
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); self.parts.len()];
        for (phrase, id) in self.phrases.iter().zip(0..) {
            let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
            let numbers = at(phrase.first)..at(phrase.first + phrase.parts + phrase.unless);
            for number in self.part_numbers.get(numbers).unwrap_or_default() {
                if let Some(list) = lists.get_mut(at(*number)) {
                    list.push(id);
                }
            }
        }
        let mut starts = vec![0];
        let mut uses = Vec::new();
        for list in lists {
            uses.extend(list);
            starts.push(u32::try_from(uses.len()).unwrap_or(u32::MAX));
        }
        (starts, uses)
    }
}

fn digest_phrase(hasher: Hasher, phrase: &Phrase) -> Hasher {
    let effect = match phrase.effect {
        Effect::Weighted(weight) => format!("weighted {weight}"),
        Effect::Banned => "banned".to_owned(),
        Effect::Exception => "exception".to_owned(),
    };
    let mut hasher = hasher.part(effect.as_bytes()).part(phrase.category.as_bytes());
    for (name, texts) in [("parts", &phrase.parts), ("unless", &phrase.unless)] {
        hasher = hasher.part(name.as_bytes());
        for text in texts {
            hasher = hasher.part(text.as_bytes());
        }
    }
    hasher
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(parts: &[&str], weight: i32) -> Phrase {
        Phrase {
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            unless: Vec::new(),
            effect: Effect::Weighted(weight),
            category: "test".to_owned(),
        }
    }

    fn list(phrases: Vec<Phrase>) -> PhraseList {
        PhraseList { source: "a list".to_owned(), phrases }
    }

    #[test]
    fn phrases_that_read_the_same_are_one() {
        let book = PhraseBook::compile(&[list(vec![
            weighted(&["Café", "tea"], 5),
            weighted(&["tea", "cafe", "tea"], 9),
            weighted(&["..."], 5),
            weighted(&["x"], 5),
        ])]);
        assert_eq!((book.len(), book.parts(), book.repeated(), book.left_out().len()), (1, 2, 1, 2));
        assert_eq!(book.phrases[0].effect, Effect::Weighted(9));
        assert_eq!(book.phrase(PhraseId(0)).unwrap().parts, ["Café", "tea"]);
        assert_eq!(book.source(PhraseId(0)), Some("a list"));
    }

    #[test]
    fn the_digest_names_the_content() {
        let one = PhraseBook::compile(&[list(vec![weighted(&["abc"], 5)])]);
        let same = PhraseBook::compile(&[list(vec![weighted(&["abc"], 5)])]);
        let other = PhraseBook::compile(&[list(vec![weighted(&["abc"], 6)])]);
        assert_eq!(one.digest(), same.digest());
        assert_ne!(one.digest(), other.digest());
    }
}
