//! The one fast reading of page text: lower case, no accents, look-alike letters as Latin ones, nothing invisible, one
//! space for any run of spaces and punctuation.
//!
//! Owns: that reading, in a stream, for pages and for the phrases looked for in them; the two must be folded alike or
//! nothing is found. Does not: read digits as letters, join spelled-out words or shorten stretched ones (see
//! `disguise`), nor fold short texts such as searches in all their readings (see [`crate::fold`]).

use std::sync::LazyLock;

use unicode_normalization::char::decompose_compatible;
use wide::u8x16;

use crate::fold::{is_inside_word, is_invisible, is_mark, look_alike};

/// Marks a byte that leaves nothing behind.
const DROPPED: u8 = 0;
/// Bytes folded at a time; small enough to stay in registers and the nearest cache.
const BLOCK_BYTES: usize = 64;
/// Below this every character is looked up: Latin, Greek, Cyrillic, Hebrew, Arabic, Indic scripts, and the typographic
/// signs that English pages are full of.
const LOOKED_UP: u32 = 0x2100;

/// What each byte of ASCII becomes.
const ASCII: [u8; 256] = {
    let mut table = [b' '; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "at is below 256")]
        let byte = at as u8;
        #[expect(clippy::indexing_slicing, reason = "checked by the compiler: this runs at build time")]
        if byte.is_ascii_alphanumeric() {
            table[at] = byte.to_ascii_lowercase();
        } else if byte == b'\'' || byte == b'`' {
            table[at] = DROPPED;
        }
        at += 1;
    }
    table
};

/// A folded character: up to seven bytes and their number; none means "a space", [`Folded::GONE`] nothing at all.
#[derive(Clone, Copy)]
struct Folded {
    bytes: [u8; 7],
    length: u8,
}

impl Folded {
    const SPACE: Self = Self { bytes: [b' ', 0, 0, 0, 0, 0, 0], length: 1 };
    const GONE: Self = Self { bytes: [0; 7], length: 0 };

    fn of(c: char) -> Self {
        let mut folded = Self::GONE;
        let mut full = false;
        let mut kept = false;
        decompose_compatible(c, |c| {
            if is_invisible(c) || is_mark(c) || is_inside_word(c) {
                return;
            }
            let plain = if c.is_alphanumeric() { c } else { ' ' };
            // Lowering can split a mark off again (U+0130).
            for c in plain.to_lowercase().filter(|c| !is_mark(*c)).map(look_alike) {
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).as_bytes();
                let start = usize::from(folded.length);
                match folded.bytes.get_mut(start..start + bytes.len()) {
                    Some(room) if !full => {
                        room.copy_from_slice(bytes);
                        folded.length += u8::try_from(bytes.len()).unwrap_or(0);
                        kept = true;
                    }
                    // Ligatures of whole phrases (U+FDFA): their beginning is enough.
                    _ => full = true,
                }
            }
        });
        if kept { folded } else { Self::GONE }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

static TABLE: LazyLock<Vec<Folded>> = LazyLock::new(|| {
    (0..LOOKED_UP).map(|code| char::from_u32(code).map_or(Folded::SPACE, Folded::of)).collect()
});

/// Scripts whose letters have no case, accents or look-alikes worth undoing, and whose pages are long: kana, Chinese
/// characters, Hangul. Decomposing them would only make them longer.
const fn stands_as_it_is(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Folds a text that comes in pieces.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// The last byte written was a space.
    spaced: bool,
}

impl Folder {
    /// A folder whose output so far ends in a space.
    pub(crate) const fn after_space() -> Self {
        Self { spaced: true }
    }

    /// A folder whose output so far ends in a word, or is empty.
    pub(crate) const fn after_word() -> Self {
        Self { spaced: false }
    }

    /// Folds one piece, which ends at the end of a character. Bytes that are no UTF-8 become spaces.
    pub(crate) fn fold(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        let mut rest = raw;
        while !rest.is_empty() {
            let plain = ascii_prefix(rest);
            let (now, later) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
            self.ascii(now, out);
            let other = later.iter().position(u8::is_ascii).unwrap_or(later.len());
            let (now, later) = later.split_at_checked(other).unwrap_or((later, &[]));
            for chunk in now.utf8_chunks() {
                chunk.valid().chars().for_each(|c| self.char(c, out));
                if !chunk.invalid().is_empty() {
                    self.space(out);
                }
            }
            rest = later;
        }
    }

    /// Ends a word.
    pub(crate) fn space(&mut self, out: &mut Vec<u8>) {
        if !self.spaced {
            out.push(b' ');
            self.spaced = true;
        }
    }

    fn ascii(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
        for block in blocks {
            self.block(block, out);
        }
        let mut spaced = self.spaced;
        let mut block = [0_u8; BLOCK_BYTES];
        let mut length = 0_usize;
        for &byte in rest {
            // No branch: every byte is written, and overwritten by the next if it was not to stay.
            let folded = ASCII.get(usize::from(byte)).copied().unwrap_or(b' ');
            if let Some(slot) = block.get_mut(length % BLOCK_BYTES) {
                *slot = folded;
            }
            let space = folded == b' ';
            let gone = folded == DROPPED;
            length += usize::from(!(gone | (space & spaced)));
            spaced = (gone & spaced) | (!gone & space);
        }
        out.extend_from_slice(block.get(..length).unwrap_or_default());
        self.spaced = spaced;
    }

    /// Folds a whole block at once: lower case and spaces in a few steps, then the runs that stay one by one; there are
    /// few, because two signs in a row that become spaces are rare.
    fn block(&mut self, block: &[u8; BLOCK_BYTES], out: &mut Vec<u8>) {
        let mut folded = [0_u8; BLOCK_BYTES];
        let (mut spaces, mut gone) = (0_u64, 0_u64);
        let sixteens = block.as_chunks::<16>().0.iter().zip(folded.as_chunks_mut::<16>().0);
        for ((sixteen, to), shift) in sixteens.zip([0, 16, 32, 48]) {
            let bytes = u8x16::new(*sixteen);
            let low = bytes | u8x16::splat(0x20);
            let letters = within(low, b'a', 25);
            let word = letters | within(bytes, b'0', 9);
            // A digit has the bit that makes letters small already.
            *to = ((low & word) | (u8x16::splat(b' ') & !word)).to_array();
            spaces |= u64::from((!word).to_bitmask() & 0xffff) << shift;
            let apostrophes = bytes.simd_eq(u8x16::splat(b'\'')) | bytes.simd_eq(u8x16::splat(b'`'));
            gone |= u64::from(apostrophes.to_bitmask()) << shift;
        }
        if gone != 0 {
            return self.block_with_gaps(block, gone, out);
        }
        let repeated = spaces & ((spaces << 1) | u64::from(self.spaced));
        self.spaced = spaces >> 63 == 1;
        if repeated == 0 {
            out.extend_from_slice(&folded);
            return;
        }
        runs(!repeated, |from, to| out.extend_from_slice(folded.get(from..to).unwrap_or_default()));
    }

    /// A block with signs that vanish: what stands between them, piece by piece.
    fn block_with_gaps(&mut self, block: &[u8; BLOCK_BYTES], gone: u64, out: &mut Vec<u8>) {
        let mut plain = [b'-'; BLOCK_BYTES];
        let mut length = 0;
        runs(!gone, |from, to| {
            let run = block.get(from..to).unwrap_or_default();
            if let Some(room) = plain.get_mut(length..length + run.len()) {
                room.copy_from_slice(run);
                length += run.len();
            }
        });
        // Shorter than a block now, so this does not come back here.
        self.ascii(plain.get(..length).unwrap_or_default(), out);
    }

    fn char(&mut self, c: char, out: &mut Vec<u8>) {
        if stands_as_it_is(c) {
            let mut buffer = [0; 4];
            out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            self.spaced = false;
            return;
        }
        let code = usize::try_from(u32::from(c)).unwrap_or(usize::MAX);
        let folded = TABLE.get(code).copied().unwrap_or_else(|| Folded::of(c));
        for &byte in folded.bytes() {
            if byte == b' ' {
                self.space(out);
            } else {
                out.push(byte);
                self.spaced = false;
            }
        }
    }
}

/// The runs of set bits, as places from and to.
fn runs(mut bits: u64, mut run: impl FnMut(usize, usize)) {
    let place = |bits: u64| usize::try_from(bits.trailing_zeros()).unwrap_or(0);
    while bits != 0 {
        let from = place(bits);
        let filled = bits | (bits - 1);
        let to = place(!filled);
        run(from, to);
        bits = if to < 64 { bits & (u64::MAX << to) } else { 0 };
    }
}

/// Which bytes are between `first` and `first + span`.
pub(super) fn within(bytes: u8x16, first: u8, span: u8) -> u8x16 {
    let from_first = bytes - u8x16::splat(first);
    from_first.min(u8x16::splat(span)).simd_eq(from_first)
}

/// How many bytes of ASCII a text begins with.
fn ascii_prefix(text: &[u8]) -> usize {
    let blocks = text.chunks(BLOCK_BYTES).take_while(|block| block.is_ascii()).count();
    let sure = (blocks * BLOCK_BYTES).min(text.len());
    let rest = text.get(sure..).unwrap_or_default();
    sure + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

/// A part of a phrase folded as pages are; a space at either end is kept.
pub(crate) fn part(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    Folder::after_word().fold(text.as_bytes(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        String::from_utf8(part(text)).unwrap()
    }

    #[test]
    fn pages_and_phrases_read_alike() {
        for (text, expected) in [
            ("Kill Myself", "kill myself"),
            ("kíll\u{200b} mysëlf!", "kill myself "),
            ("кill myѕelf", "kill myself"),
            ("ｋｉｌｌ　ｍｙｓｅｌｆ", "kill myself"),
            ("< don\u{2019}t > don't", " dont dont"),
            ("?q=naked+women&", " q naked women "),
            ("Ciąża, łódź Straße", "ciaza lodz straße"),
            ("xxx 100%", "xxx 100 "),
            ("日本語 がぎ", "日本語 がぎ"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_split_folds_the_same(pieces in prop::collection::vec("[a-zA-Z ,.'é—а中\u{200b}]{0,90}", 0..6)) {
            let whole = part(&pieces.concat());
            let mut folder = Folder::after_word();
            let mut out = Vec::new();
            for piece in &pieces {
                folder.fold(piece.as_bytes(), &mut out);
            }
            prop_assert_eq!(&out, &whole);
            prop_assert!(!out.windows(2).any(|pair| pair == b"  "));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,100}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn bytes_that_are_no_text_fold_too(bytes: Vec<u8>) {
            let mut out = Vec::new();
            Folder::after_space().fold(&bytes, &mut out);
            prop_assert!(std::str::from_utf8(&out).is_ok());
        }
    }
}
