//! Disguised words on pages: digits and signs for letters (`k1ll`), stretched letters (`killlll`), spelled-out words
//! (`k i l l`).
//!
//! Owns: finding them in running text and giving what they stand for, at next to no cost where there are none. Does
//! not: read whole passages anew, as [`crate::fold::readings`] does for short texts: only the words that carry such
//! signs, each for itself.

use wide::u8x16;

use super::fold::within;
use crate::fold::leet;

/// The longest word read, in bytes. Longer ones are identifiers, hashes and coded data.
const LONGEST_WORD_BYTES: usize = 32;
/// The longest spelled-out word, in letters.
const LONGEST_SPELLED_LETTERS: usize = 32;
/// Fewer single letters in a row are initials and formulas.
const FEWEST_SPELLED_LETTERS: usize = 3;
/// As many equal letters in a row no word has.
const STRETCHED: usize = 3;
/// Bytes looked over at a time: one bit of a mask each.
const BLOCK_BYTES: usize = 64;

/// Finds disguised words in a text that comes in pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disguises {
    word: Vec<u8>,
    /// The word under way is too long; its length.
    long: bool,
    /// Single letters in a row, one sign apart.
    spelled: Vec<u8>,
    /// Signs since the last word.
    apart: usize,
}

impl Disguises {
    /// Looks through a piece; `out` gets what disguised words stand for, with a space before and after each.
    pub(crate) fn read(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut rest = text;
        while !rest.is_empty() {
            if self.is_idle() {
                let plain = skippable(rest);
                rest = rest.get(plain..).unwrap_or_default();
            }
            // Word by word through what could not be skipped.
            while let Some((byte, later)) = rest.split_first() {
                self.byte(*byte, out);
                rest = later;
                if self.is_idle() && rest.len() >= BLOCK_BYTES {
                    break;
                }
            }
        }
    }

    /// The text is over.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) {
        self.byte(b' ', out);
        self.byte(b' ', out);
    }

    fn is_idle(&self) -> bool {
        self.word.is_empty() && self.spelled.is_empty() && !self.long
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        if is_word(byte) {
            if self.word.len() < LONGEST_WORD_BYTES {
                self.word.push(byte);
            } else {
                self.long = true;
            }
            return;
        }
        let letter = match self.word.as_slice() {
            [letter] if letter.is_ascii_alphabetic() && !self.long => Some(*letter),
            _ => None,
        };
        if !self.word.is_empty() {
            if self.apart > 1 || letter.is_none() || self.spelled.len() >= LONGEST_SPELLED_LETTERS {
                self.join(out);
            }
            match letter {
                Some(letter) => self.spelled.push(letter),
                None if !self.long => uncover(&self.word, out),
                None => {}
            }
            self.word.clear();
            self.long = false;
            self.apart = 0;
        }
        self.apart += 1;
        if self.apart > 1 && !self.spelled.is_empty() {
            self.join(out);
        }
    }

    /// Gives the spelled-out word, if it is one.
    fn join(&mut self, out: &mut Vec<u8>) {
        if self.spelled.len() >= FEWEST_SPELLED_LETTERS {
            out.push(b' ');
            out.extend_from_slice(&self.spelled);
            out.push(b' ');
        }
        self.spelled.clear();
    }
}

/// Letters and digits of any alphabet, and the signs that stand for letters.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'@' | b'$' | b'!' | b'|' | b'+' | b'*')
}

/// What a disguised word stands for; nothing for an ordinary one.
fn uncover(word: &[u8], out: &mut Vec<u8>) {
    // Signs at the end are signs: "Stop!", "C++".
    let mut word = word;
    while let [start @ .., b'!' | b'|' | b'+' | b'*'] = word {
        word = start;
    }
    while let [b'!' | b'|' | b'+' | b'*', end @ ..] = word {
        word = end;
    }
    let mut letters = 0;
    let mut signs = 0;
    let mut plain = [0_u8; LONGEST_WORD_BYTES];
    for (slot, &byte) in plain.iter_mut().zip(word) {
        *slot = byte;
        if byte.is_ascii_alphabetic() || byte >= 0x80 {
            letters += 1;
        } else if let Some(letter) = leet(char::from(byte)).and_then(|c| u8::try_from(c).ok()) {
            signs += 1;
            *slot = letter;
        } else {
            // 2, 6, 8 and 9 stand for nothing: an identifier.
            return;
        }
    }
    if letters == 0 || word.len() < 3 {
        return;
    }
    let plain = plain.get(..word.len()).unwrap_or_default();
    if signs > 0 {
        out.push(b' ');
        out.extend_from_slice(plain);
        out.push(b' ');
    }
    let stretched = |run: &[u8]| run.len() >= STRETCHED && run.iter().all(u8::is_ascii_alphabetic);
    if plain.chunk_by(u8::eq_ignore_ascii_case).any(stretched) {
        for kept in [1, 2] {
            out.push(b' ');
            for run in plain.chunk_by(u8::eq_ignore_ascii_case) {
                let length = if stretched(run) { kept } else { run.len() };
                out.extend(run.iter().take(length));
            }
            out.push(b' ');
        }
    }
}

/// How many bytes from the start, which is the start of a word or stands between words, hold nothing disguised.
fn skippable(text: &[u8]) -> usize {
    let mut skipped = 0;
    while let Some(block) = text.get(skipped..).and_then(|rest| rest.first_chunk::<BLOCK_BYTES>()) {
        let (end, plain) = Masks::of(block).plain();
        skipped += end;
        if !plain {
            break;
        }
    }
    skipped
}

/// One bit for each byte of a block.
#[derive(Default)]
struct Masks {
    /// Of any alphabet.
    letters: u64,
    /// Digits that look like letters.
    digits: u64,
    signs: u64,
    /// `@` and `$`, which may also begin a word.
    leading: u64,
    word: u64,
    /// The same as the byte before.
    again: u64,
}

impl Masks {
    fn of(block: &[u8; BLOCK_BYTES]) -> Self {
        let mut masks = Self::default();
        let mut before = 0_u8;
        for (at, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let shift = 16 * at;
            let add = |mask: &mut u64, found: u8x16| *mask |= u64::from(found.to_bitmask()) << shift;
            let bytes = u8x16::new(*sixteen);
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            let low = bytes | u8x16::splat(0x20);
            let letters = within(low, b'a', 25) | within(bytes, 0x80, 0x7f);
            let decimal = within(bytes, b'0', 9);
            let digits = is(b'0') | is(b'1') | within(bytes, b'3', 2) | is(b'7');
            let leading = is(b'@') | is(b'$');
            let signs = leading | is(b'!') | is(b'|') | within(bytes, b'*', 1);
            let mut shifted = [0_u8; 16];
            shifted
                .iter_mut()
                .zip(std::iter::once(&before).chain(sixteen))
                .for_each(|(to, from)| *to = *from);
            before = sixteen.last().copied().unwrap_or(0);
            add(&mut masks.letters, letters);
            add(&mut masks.digits, digits);
            add(&mut masks.signs, signs);
            add(&mut masks.leading, leading);
            add(&mut masks.word, letters | decimal | signs);
            add(&mut masks.again, low.simd_eq(u8x16::new(shifted) | u8x16::splat(0x20)));
        }
        masks
    }

    /// Where the last whole word of two or more signs ends before the first disguised one; and whether there is none
    /// such in the block, so that the next block may begin there.
    const fn plain(&self) -> (usize, bool) {
        let Self { letters, digits, signs, leading, word, again } = *self;
        let mixed = digits & ((letters << 1) | (letters >> 1));
        let signed = (signs & (word << 1) & (word >> 1)) | (leading & ((word << 1) | (word >> 1)));
        let stretched = again & (again << 1) & letters;
        let single = letters & !(word << 1) & !(word >> 1);
        // All but the first of the letters; the first is found by going back.
        let spelled = single & (single << 2) & (single << 4);
        let disguised = mixed | signed | stretched | (spelled >> 4);
        let ends = !word & (word << 1) & (word << 2);
        let before = match disguised.checked_ilog2() {
            None => u64::MAX,
            Some(_) => (1 << disguised.trailing_zeros()) - 1,
        };
        let ends = ends & before;
        let end = 64 - ends.leading_zeros() as usize;
        (end, disguised == 0 && end != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn readings(pieces: &[&str]) -> Vec<String> {
        let mut disguises = Disguises::default();
        let mut out = Vec::new();
        for piece in pieces {
            disguises.read(piece.as_bytes(), &mut out);
        }
        disguises.end(&mut out);
        String::from_utf8(out).unwrap().split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn disguised_words_come_out_and_ordinary_ones_do_not() {
        for (text, expected) in [
            ("k1ll my$elf, f*ck a$$", vec!["kill", "myself", "fuck", "ass"]),
            ("k i l l and k.i.l.l", vec!["kill", "kill"]),
            ("s - e - x", vec![]),
            ("killlll", vec!["kil", "kill"]),
            ("Hello! The year 2026, C++ and A B tests, http://www 1,000", vec!["w", "ww"]),
            ("a1b2c3d4e6", vec![]),
        ] {
            assert_eq!(readings(&[text]), expected, "{text}");
            let long = format!("{}{text}", "an ordinary line of words which is skipped. ".repeat(9));
            assert_eq!(readings(&[&long]), expected, "{long}");
        }
    }

    proptest! {
        #[test]
        fn any_split_reads_the_same(pieces in prop::collection::vec("([a-zA-Z]{1,9} |[a-e] |[aaa0-9$@!*+é,. ]){0,40}", 0..5)) {
            let whole = pieces.concat();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(readings(&pieces), readings(&[&whole]));
        }

        #[test]
        fn skipping_leaves_nothing_out(text in "([a-zA-Z]{1,9}[ ,]|[a-e] |[aaa0-9$@!*+é,. ]){0,80}") {
            let mut slow = Disguises::default();
            let mut out = Vec::new();
            text.bytes().for_each(|byte| slow.byte(byte, &mut out));
            slow.end(&mut out);
            let slow: Vec<String> =
                String::from_utf8(out).unwrap().split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(readings(&[&text]), slow);
        }
    }
}
