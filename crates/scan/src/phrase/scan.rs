//! Finding phrases in the text of one page as it passes.
//!
//! Owns: the streams a page's text comes in (what is read, what stands in attributes and scripts, what disguised words
//! stand for), what has been found so far, and the score. Does not: take the text out of the page, or say how much is
//! too much.

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::book::PhraseBook;
use super::disguise::Disguises;
use super::fold::Folder;
use super::index::Unfinished;
use super::{Effect, LONGEST_PART_BYTES, PhraseId};

/// Phrases named for each category, heaviest first: enough to explain a score, few enough to record for every page.
pub const NAMED_PER_CATEGORY: usize = 5;
/// Folded text kept before what has been read is let go.
const KEPT_BYTES: usize = 2 * 1_024;

/// A category's part in a page's score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// Its name, as in its list.
    pub category: String,
    /// The sum of its weights.
    pub score: i32,
    /// The heaviest phrases: which, how often each stands on the page (at most 255), and its weight.
    pub top: Vec<(PhraseId, u32, i32)>,
}

/// Text out of a page, on its way to be matched.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// What a person reads.
    pub(crate) body: Vec<u8>,
    /// What stands beside it: attributes, addresses, texts in scripts.
    pub(crate) aside: Vec<u8>,
}

impl Texts {
    /// Ends a word.
    pub(crate) fn break_body(&mut self) {
        self.body.push(b' ');
    }

    /// Ends a word beside.
    pub(crate) fn break_aside(&mut self) {
        self.aside.push(b' ');
    }
}

/// What one page has said so far.
#[derive(Debug)]
pub(crate) struct Matcher {
    body: Stream,
    aside: Stream,
    readings: Stream,
    disguises: Disguises,
    /// What disguised words stand for.
    uncovered: Vec<u8>,
    found: Found,
}

impl Matcher {
    pub(crate) fn new(book: &PhraseBook) -> Self {
        Self {
            body: Stream::new(),
            aside: Stream::new(),
            readings: Stream::new(),
            disguises: Disguises::default(),
            uncovered: Vec::new(),
            found: Found::new(book),
        }
    }

    /// Takes and empties `texts`. At the end of a page everything is closed: nothing may follow.
    pub(crate) fn read(&mut self, book: &PhraseBook, texts: &mut Texts, end: bool) {
        self.disguises.read(&texts.body, &mut self.uncovered);
        if end {
            self.disguises.end(&mut self.uncovered);
        }
        self.body.read(book, &texts.body, end, &mut self.found);
        self.aside.read(book, &texts.aside, end, &mut self.found);
        self.readings.read(book, &self.uncovered, end, &mut self.found);
        self.uncovered.clear();
        texts.body.clear();
        texts.aside.clear();
    }

    pub(crate) const fn found(&self) -> &Found {
        &self.found
    }
}

/// One stream of text, folded and tested as it grows.
#[derive(Debug)]
struct Stream {
    folder: Folder,
    folded: Vec<u8>,
    /// Windows before this have been tested.
    tested: usize,
    unfinished: Vec<Unfinished>,
}

impl Stream {
    fn new() -> Self {
        // A space to begin with: the first word has an edge too.
        Self { folder: Folder::after_space(), folded: vec![b' '], tested: 0, unfinished: Vec::new() }
    }

    fn read(&mut self, book: &PhraseBook, raw: &[u8], end: bool, found: &mut Found) {
        if raw.is_empty() && !end {
            return;
        }
        let before = self.folded.len();
        self.folder.fold(raw, &mut self.folded);
        if end {
            self.folder.space(&mut self.folded);
            // So that the last letters have a window of their own.
            self.folded.extend_from_slice(&[0; 3]);
        }
        let mut again = std::mem::take(&mut self.unfinished);
        let mut hit = |part: u32| found.hit(book, part);
        for here in again.drain(..) {
            book.index.compare(&self.folded, here, &mut self.unfinished, &mut hit);
        }
        self.tested = book.index.find(&self.folded, self.tested, &mut self.unfinished, &mut hit);
        let fresh = self.folded.get(before.saturating_sub(1)..).unwrap_or_default();
        for (pair, part) in book.index.pairs() {
            if !found.has(*part) && memmem::find(fresh, pair).is_some() {
                found.hit(book, *part);
            }
        }
        self.let_go();
    }

    /// Forgets text that no part can reach back to.
    fn let_go(&mut self) {
        let gone = self.tested.saturating_sub(LONGEST_PART_BYTES);
        if self.folded.len() > KEPT_BYTES {
            self.folded.drain(..gone);
            self.tested -= gone;
            self.unfinished.iter_mut().for_each(|here| here.start = here.start.saturating_sub(gone));
        }
    }
}

/// Parts and phrases found on one page.
#[derive(Debug)]
pub(crate) struct Found {
    /// How often each part was found, up to 255.
    counts: Vec<u8>,
    /// One bit for each phrase that counts.
    counting: Vec<u64>,
    total: i32,
    scores: Vec<i32>,
    banned: Option<PhraseId>,
    exception: Option<PhraseId>,
}

impl Found {
    fn new(book: &PhraseBook) -> Self {
        Self {
            counts: vec![0; book.parts()],
            counting: vec![0; book.len().div_ceil(64)],
            total: 0,
            scores: vec![0; book.categories().len()],
            banned: None,
            exception: None,
        }
    }

    /// The score so far.
    pub(crate) const fn total(&self) -> i32 {
        self.total
    }

    /// The first banned phrase.
    pub(crate) const fn banned(&self) -> Option<PhraseId> {
        self.banned
    }

    /// The first phrase that lets the page through.
    pub(crate) const fn exception(&self) -> Option<PhraseId> {
        self.exception
    }

    fn count(&self, part: u32) -> u8 {
        usize::try_from(part).ok().and_then(|part| self.counts.get(part)).copied().unwrap_or(0)
    }

    fn has(&self, part: u32) -> bool {
        self.count(part) > 0
    }

    fn hit(&mut self, book: &PhraseBook, part: u32) {
        let Some(count) = usize::try_from(part).ok().and_then(|part| self.counts.get_mut(part)) else {
            return;
        };
        *count = count.saturating_add(1);
        if *count == 1 {
            book.uses(part).iter().for_each(|phrase| self.judge(book, *phrase));
        }
    }

    /// Counts a phrase, or stops counting it.
    fn judge(&mut self, book: &PhraseBook, id: u32) {
        let at = usize::try_from(id).unwrap_or(usize::MAX);
        let Some(phrase) = book.phrases.get(at) else { return };
        let (parts, unless) = book.needs(phrase);
        let counts = parts.iter().all(|part| self.has(*part)) && !unless.iter().any(|part| self.has(*part));
        let Some(word) = self.counting.get_mut(at / 64) else { return };
        let bit = 1 << (at % 64);
        if (*word & bit != 0) == counts {
            return;
        }
        *word ^= bit;
        match phrase.effect {
            Effect::Weighted(weight) => {
                let weight = if counts { weight } else { weight.saturating_neg() };
                self.total = self.total.saturating_add(weight);
                let category = usize::try_from(phrase.category).unwrap_or(usize::MAX);
                if let Some(score) = self.scores.get_mut(category) {
                    *score = score.saturating_add(weight);
                }
            }
            Effect::Banned => note(&mut self.banned, PhraseId(id), counts),
            Effect::Exception => note(&mut self.exception, PhraseId(id), counts),
        }
    }

    /// The phrases that count, in order.
    fn counting_phrases(&self) -> impl Iterator<Item = u32> {
        self.counting.iter().zip(0_u32..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// What each category that has a phrase on the page comes to, highest score first.
    pub(crate) fn categories(&self, book: &PhraseBook) -> Vec<CategoryScore> {
        let mut tops: Vec<Vec<(PhraseId, u32, i32)>> = vec![Vec::new(); self.scores.len()];
        for id in self.counting_phrases() {
            let at = usize::try_from(id).unwrap_or(usize::MAX);
            let Some(phrase) = book.phrases.get(at) else { continue };
            let Effect::Weighted(weight) = phrase.effect else { continue };
            let often = book.needs(phrase).0.iter().map(|part| u32::from(self.count(*part))).min();
            let category = usize::try_from(phrase.category).unwrap_or(usize::MAX);
            if let Some(top) = tops.get_mut(category) {
                top.push((PhraseId(id), often.unwrap_or(0), weight));
            }
        }
        let mut categories: Vec<CategoryScore> = Vec::new();
        for ((mut top, score), category) in tops.into_iter().zip(&self.scores).zip(book.categories()) {
            if !top.is_empty() {
                top.sort_by_key(|(id, often, weight)| {
                    (std::cmp::Reverse(weight.unsigned_abs()), std::cmp::Reverse(*often), *id)
                });
                top.truncate(NAMED_PER_CATEGORY);
                categories.push(CategoryScore { category: category.clone(), score: *score, top });
            }
        }
        categories.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.category.cmp(&b.category)));
        categories
    }
}

/// Remembers the first phrase of its kind, or forgets it when it is undone.
fn note(first: &mut Option<PhraseId>, id: PhraseId, counts: bool) {
    if counts {
        first.get_or_insert(id);
    } else if *first == Some(id) {
        *first = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Phrase, PhraseList, fold};
    use super::*;
    use proptest::prelude::*;

    fn book(phrases: &[(&[&str], &[&str], i32)]) -> PhraseBook {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let phrases = phrases
            .iter()
            .map(|(parts, unless, weight)| Phrase {
                parts: owned(parts),
                unless: owned(unless),
                effect: Effect::Weighted(*weight),
                category: "test".to_owned(),
            })
            .collect();
        PhraseBook::compile(&[PhraseList { source: "test".to_owned(), phrases }])
    }

    fn score(book: &PhraseBook, pieces: &[&str]) -> i32 {
        let mut matcher = Matcher::new(book);
        for piece in pieces {
            let mut texts = Texts { body: piece.as_bytes().to_vec(), aside: Vec::new() };
            matcher.read(book, &mut texts, false);
        }
        matcher.read(book, &mut Texts::default(), true);
        matcher.found().total()
    }

    #[test]
    fn edges_combinations_and_what_undoes_them() {
        let book = book(&[
            (&[" slot "], &[], 1),
            (&["poker"], &[], 10),
            (&["red", "black"], &[], 100),
            (&["chips"], &["fish and"], 1_000),
            (&["sex"], &[], 10_000),
            (&["cd"], &[], 100_000),
        ]);
        for (text, expected) in [
            ("Slot", 1),
            ("slots, a sloth", 0),
            ("videopoker poker POKER", 10),
            ("black and blue", 0),
            ("black and red", 100),
            ("chips", 1_000),
            ("Fish and chips", 0),
            ("chips with fish\nand peas", 0),
            ("Essex", 10_000),
            ("sex", 10_000),
            ("abcd", 100_000),
            ("p0ker", 10),
            ("p o k e r", 10),
        ] {
            assert_eq!(score(&book, &[text]), expected, "{text}");
        }
    }

    #[test]
    fn a_mild_word_repeated_counts_once() {
        let book = book(&[(&["silly"], &[], 5)]);
        assert_eq!(score(&book, &["silly ".repeat(500).as_str()]), 5);
    }

    proptest! {
        #[test]
        fn equals_a_plain_search_however_the_text_is_cut(
            parts in prop::collection::vec("[ abcé.中]{2,12}", 1..40),
            pieces in prop::collection::vec("[ abcABCé.中]{0,40}", 0..12),
        ) {
            let phrases: Vec<(Vec<&str>, i32)> =
                parts.iter().zip(0..).map(|(part, at)| (vec![part.as_str()], 1 << (at % 30))).collect();
            let phrases: Vec<(&[&str], &[&str], i32)> =
                phrases.iter().map(|(parts, weight)| (parts.as_slice(), [].as_slice(), *weight)).collect();
            let book = book(&phrases);
            let mut text = Vec::new();
            let mut folder = Folder::after_space();
            text.push(b' ');
            folder.fold(pieces.concat().as_bytes(), &mut text);
            folder.space(&mut text);
            let naive: i32 = (0..)
                .map_while(|id| book.phrase(PhraseId(id)).zip(book.phrases.get(id as usize)))
                .filter(|(phrase, _)| memmem::find(&text, &fold::part(&phrase.parts[0])).is_some())
                .map(|(_, compiled)| match compiled.effect {
                    Effect::Weighted(weight) => weight,
                    Effect::Banned | Effect::Exception => 0,
                })
                .fold(0, i32::saturating_add);
            let mut plain = Stream::new();
            let mut found = Found::new(&book);
            for piece in &pieces {
                plain.read(&book, piece.as_bytes(), false, &mut found);
            }
            plain.read(&book, &[], true, &mut found);
            prop_assert_eq!(found.total(), naive);
        }
    }
}
