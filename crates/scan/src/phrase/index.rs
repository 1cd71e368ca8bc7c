//! Finding twenty thousand parts at once: a first stage that almost always says no, and a second that makes sure.
//!
//! Owns: the choice of one window of four bytes for each part (its rarest), the bitmap of windows that every position
//! of a text is tested against, and the buckets that tell which parts a window may belong to. Does not: know what a part
//! is for, nor keep a text.
//!
//! An automaton visits a cache line for each byte; the bitmap stays in the nearest cache and its test is a
//! multiplication, two shifts and one load, without a branch until eight positions have been tested.

use std::collections::HashMap;

use super::LONGEST_PART_BYTES;
use super::rarity;

/// The windows' length.
const WINDOW_BYTES: usize = 4;
/// Two to this many slots in the bitmap. 2^19 bits are 64 KiB: most lookups hit the nearest cache, and the 12,000 windows
/// of the largest public lists leave 98 slots of 100 empty.
const SLOT_BITS: u32 = 19;
const SLOTS: usize = 1 << SLOT_BITS;
const WORDS: usize = SLOTS / 64;
/// Two to this many buckets for the parts of three bytes, of which there are few.
const SHORT_BUCKET_BITS: u32 = 8;
/// Cells of the window table for each window: half empty, so that a search ends soon.
const CELLS_PER_WINDOW: usize = 2;
/// An odd number with well mixed bits (2^32 divided by the golden ratio): a multiplicative hash.
const MIXER: u32 = 0x9e37_79b1;
/// Positions tested before a branch: one bit each of a word.
const STRIDE: usize = 64;
/// Bytes a stride looks at: the last window reaches three beyond, and is read with four.
const STRIDE_BYTES: usize = STRIDE + 4;
/// With fewer parts the bitmap is almost empty, and it is not worth working out which slots are busy.
const FEW_PARTS: usize = 500;
/// How much dearer a false alarm is than checking one more part at a true window.
const ALARM_COST: f32 = 5.0;
/// This many parts at one window double its cost: without it a page full of one rude word would check hundreds of parts
/// at each of them.
const CROWD: f32 = 8.0;

/// A part at its window.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Up to eight bytes of the part from its window on, and which of them count.
    wanted: u64,
    mask: u64,
    part: u32,
    /// How many bytes of the part stand before the window.
    before: u8,
    /// The eight bytes are the whole part.
    whole: bool,
}

/// A part that fits so far, at a text's end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unfinished {
    /// Where in the text the part began.
    pub(super) start: usize,
    part: u32,
}

/// A window and the entries it has; no entries, no window. What all of them have in common stands here too, so that
/// most false alarms end without a look at the entries, which are farther away.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    wanted: u64,
    mask: u64,
    window: u32,
    first: u32,
    count: u32,
}

/// Where parts are found.
#[derive(Debug)]
pub(super) struct Index {
    bitmap: Box<[u64; WORDS]>,
    /// Windows, each at its hash or in the next free cell behind it.
    cells: Vec<Cell>,
    /// By window.
    entries: Vec<Entry>,
    /// Parts of three bytes, by hash of three bytes.
    short: Vec<Vec<Entry>>,
    /// Parts of two bytes.
    pairs: Vec<([u8; 2], u32)>,
    texts: Vec<u8>,
    starts: Vec<u32>,
}

fn mixed(window: u32) -> u32 {
    window.wrapping_mul(MIXER)
}

fn slot(window: u32) -> usize {
    usize::try_from(mixed(window) >> (32 - SLOT_BITS)).unwrap_or(0)
}

fn short_bucket(three: u32) -> usize {
    usize::try_from(mixed(three) >> (32 - SHORT_BUCKET_BITS)).unwrap_or(0)
}

/// The first three bytes of a window.
const fn three(window: u32) -> u32 {
    window & 0x00ff_ffff
}

impl Index {
    /// Of parts, by number. Each is 2 to [`LONGEST_PART_BYTES`] long; others are left out.
    pub(super) fn build(parts: &[Vec<u8>]) -> Self {
        let mut index = Self {
            bitmap: Box::new([0; WORDS]),
            cells: Vec::new(),
            entries: Vec::new(),
            short: vec![Vec::new(); 1 << SHORT_BUCKET_BITS],
            pairs: Vec::new(),
            texts: Vec::new(),
            starts: vec![0],
        };
        let loads = if parts.len() < FEW_PARTS { Vec::new() } else { rarity::slot_loads(SLOTS, slot) };
        let mut crowds: HashMap<u32, f32> = HashMap::new();
        let mut entries = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            index.texts.extend_from_slice(part);
            index.starts.push(u32::try_from(index.texts.len()).unwrap_or(u32::MAX));
            let Ok(number) = u32::try_from(number) else { break };
            if part.len() > LONGEST_PART_BYTES {
                continue;
            }
            match part.as_slice() {
                // Looked for one by one.
                [_, _] => {}
                [a, b, c] => {
                    (0..=u8::MAX).filter(|next| follows_in_text(*next)).for_each(|next| {
                        index.mark(u32::from_le_bytes([*a, *b, *c, next]));
                    });
                    let three = u32::from_le_bytes([*a, *b, *c, 0]);
                    if let Some(bucket) = index.short.get_mut(short_bucket(three)) {
                        bucket.push(entry(part, 0, number));
                    }
                }
                _ => {
                    if let Some((at, window)) = choose(part, &loads, &crowds) {
                        *crowds.entry(window).or_default() += 1.0;
                        index.mark(window);
                        entries.push((window, entry(part, at, number)));
                    }
                }
            }
        }
        index.place(entries);
        // Apart from the loop above: there, the optimised build (rustc 1.95) gave each the number before its own. The
        // tests of `scan` notice, when run with --release.
        let pair = |part: &Vec<u8>| part.first_chunk::<2>().copied().filter(|_| part.len() == 2);
        index.pairs =
            parts.iter().zip(0..).filter_map(|(part, number)| Some((pair(part)?, number))).collect();
        index
    }

    /// Fills the window table.
    fn place(&mut self, mut entries: Vec<(u32, Entry)>) {
        entries.sort_by_key(|(window, entry)| (*window, entry.part));
        self.cells = vec![Cell::default(); (entries.len() * CELLS_PER_WINDOW).next_power_of_two()];
        let mut first = 0;
        for same in entries.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((window, _)) = same.first() else { continue };
            let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
            let mut at = self.cell(*window);
            // There are more cells than windows.
            while self.cells.get(at).is_some_and(|cell| cell.count > 0) {
                at = (at + 1) % self.cells.len();
            }
            if let Some(cell) = self.cells.get_mut(at) {
                let wanted = same.first().map_or(0, |(_, entry)| entry.wanted);
                let shared =
                    |mask: u64, (_, entry): &(u32, Entry)| mask & entry.mask & !(entry.wanted ^ wanted);
                let mask = same.iter().fold(u64::MAX, shared);
                *cell = Cell { wanted, mask, window: *window, first, count };
            }
            first += count;
        }
        self.entries = entries.into_iter().map(|(_, entry)| entry).collect();
    }

    /// Where a window's search begins.
    fn cell(&self, window: u32) -> usize {
        usize::try_from(mixed(window) >> 8).unwrap_or(0) & (self.cells.len().saturating_sub(1))
    }

    /// The parts that have this window, if what comes with it fits what they have in common.
    fn at_window(&self, window: u32, eight: u64, there: u64) -> &[Entry] {
        let mut at = self.cell(window);
        while let Some(cell) = self.cells.get(at).filter(|cell| cell.count > 0) {
            if cell.window == window {
                if (eight ^ cell.wanted) & cell.mask & there != 0 {
                    break;
                }
                let place = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
                let first = place(cell.first);
                return self.entries.get(first..first.saturating_add(place(cell.count))).unwrap_or_default();
            }
            at = (at + 1) % self.cells.len();
        }
        &[]
    }

    fn mark(&mut self, window: u32) {
        let slot = slot(window);
        if let Some(word) = self.bitmap.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    fn marked(&self, window: u32) -> u64 {
        let slot = slot(window);
        self.bitmap.get(slot / 64 % WORDS).map_or(0, |word| word >> (slot % 64) & 1)
    }

    /// Parts of two bytes, which are looked for one by one: there are few, and each stands on most pages.
    pub(super) fn pairs(&self) -> &[([u8; 2], u32)] {
        &self.pairs
    }

    /// Gives the number of every part whose window begins at `from` or later, for each place it stands at, and the
    /// place up to which windows have been tested. A part that the text's end cuts off is `unfinished`.
    pub(super) fn find(
        &self,
        text: &[u8],
        from: usize,
        unfinished: &mut Vec<Unfinished>,
        found: &mut impl FnMut(u32),
    ) -> usize {
        let mut at = from;
        while let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk::<STRIDE_BYTES>()) {
            let mut alarms = self.test(bytes);
            while alarms != 0 {
                let offset = usize::try_from(alarms.trailing_zeros()).unwrap_or(0);
                alarms &= alarms - 1;
                self.check(text, at + offset, unfinished, found);
            }
            at += STRIDE;
        }
        while let Some(window) = text.get(at..).and_then(|rest| rest.first_chunk::<WINDOW_BYTES>()) {
            if self.marked(u32::from_le_bytes(*window)) != 0 {
                self.check(text, at, unfinished, found);
            }
            at += 1;
        }
        at
    }

    /// One bit for each position whose window a part may have.
    #[inline]
    fn test(&self, bytes: &[u8; STRIDE_BYTES]) -> u64 {
        let (mut alarms, mut shift) = (0, 0);
        // Four positions from each load of eight bytes.
        while let Some(eight) = bytes.get(shift..).and_then(|rest| rest.first_chunk::<8>()) {
            let eight = u64::from_le_bytes(*eight);
            #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
            let window = |at: u32| (eight >> (8 * at)) as u32;
            let four = self.marked(window(0))
                | self.marked(window(1)) << 1
                | self.marked(window(2)) << 2
                | self.marked(window(3)) << 3;
            alarms |= four << shift;
            shift += 4;
        }
        alarms
    }

    /// Which parts have their window here.
    fn check(&self, text: &[u8], at: usize, unfinished: &mut Vec<Unfinished>, found: &mut impl FnMut(u32)) {
        let rest = text.get(at..).unwrap_or_default();
        let mut bytes = [0; 8];
        let mut there = u64::MAX;
        match rest.first_chunk::<8>() {
            Some(eight) => bytes = *eight,
            None => {
                bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                there = first_bytes(rest.len());
            }
        }
        let eight = u64::from_le_bytes(bytes);
        let [a, b, c, d, ..] = bytes;
        let window = u32::from_le_bytes([a, b, c, d]);
        let short = self.short.get(short_bucket(three(window))).map_or(&[][..], Vec::as_slice);
        for entry in self.at_window(window, eight, there).iter().chain(short) {
            if (eight ^ entry.wanted) & entry.mask & there != 0 {
                continue;
            }
            if entry.whole && entry.mask & there == entry.mask {
                found(entry.part);
                continue;
            }
            let Some(start) = at.checked_sub(usize::from(entry.before)) else { continue };
            self.compare(text, Unfinished { start, part: entry.part }, unfinished, found);
        }
    }

    /// Compares a whole part, or as much of it as there is.
    pub(super) fn compare(
        &self,
        text: &[u8],
        here: Unfinished,
        unfinished: &mut Vec<Unfinished>,
        found: &mut impl FnMut(u32),
    ) {
        let part = self.part(here.part);
        let rest = text.get(here.start..).unwrap_or_default();
        if rest.starts_with(part) {
            found(here.part);
        } else if rest.len() < part.len() && part.starts_with(rest) {
            unfinished.push(here);
        }
    }

    /// A part's bytes.
    pub(super) fn part(&self, number: u32) -> &[u8] {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let range = |at: usize| self.starts.get(at).and_then(|start| usize::try_from(*start).ok());
        let (Some(start), Some(end)) = (range(number), range(number.saturating_add(1))) else { return &[] };
        self.texts.get(start..end).unwrap_or_default()
    }

    /// Bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        WORDS * 8
            + self.starts.len() * 4
            + self.cells.len() * size_of::<Cell>()
            + self.entries.len() * size_of::<Entry>()
            + self.texts.len()
    }
}

/// Bytes that can stand behind a part in folded text: letters, digits, the space, the first byte of a longer character,
/// and the zero that ends a text.
const fn follows_in_text(byte: u8) -> bool {
    matches!(byte, 0 | b' ' | b'a'..=b'z' | b'0'..=b'9' | 0xc2..=0xf4)
}

const fn first_bytes(count: usize) -> u64 {
    if count >= 8 { u64::MAX } else { (1 << (8 * count)) - 1 }
}

fn entry(part: &[u8], at: usize, number: u32) -> Entry {
    let rest = part.get(at..).unwrap_or_default();
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    Entry {
        wanted: u64::from_le_bytes(bytes),
        mask: first_bytes(rest.len()),
        part: number,
        before: u8::try_from(at).unwrap_or(0),
        whole: at == 0 && part.len() <= 8,
    }
}

/// The window of a part that costs least: the one ordinary text rarely has, and few other parts share.
fn choose(part: &[u8], loads: &[f32], crowds: &HashMap<u32, f32>) -> Option<(usize, u32)> {
    let mut best: Option<(f32, usize, u32)> = None;
    for (at, bytes) in part.windows(WINDOW_BYTES).enumerate() {
        let Some(bytes) = bytes.first_chunk::<WINDOW_BYTES>() else { continue };
        let window = u32::from_le_bytes(*bytes);
        let own = rarity::likelihood(*bytes);
        let crowd = crowds.get(&window).copied().unwrap_or(0.0);
        // A window another part has already pays for its alarms.
        let alarms = if crowd > 0.0 {
            0.0
        } else {
            ALARM_COST * own.max(loads.get(slot(window)).copied().unwrap_or(0.0))
        };
        let cost = (alarms + own) * (1.0 + crowd / CROWD);
        if best.is_none_or(|(least, ..)| cost < least) {
            best = Some((cost, at, window));
        }
    }
    best.map(|(_, at, window)| (at, window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(parts: &[Vec<u8>], text: &[u8]) -> Vec<(u32, usize)> {
        let index = Index::build(parts);
        let mut counts = std::collections::BTreeMap::new();
        let mut ended = text.to_vec();
        ended.extend_from_slice(&[0; 3]);
        index.find(&ended, 0, &mut Vec::new(), &mut |part| *counts.entry(part).or_insert(0) += 1);
        counts.into_iter().collect()
    }

    proptest! {
        #[test]
        fn equals_looking_for_each_part_in_turn(
            mut parts in prop::collection::vec("[ab é]{3,9}", 1..30),
            text in "[ab é]{0,300}",
        ) {
            parts.sort();
            parts.dedup();
            let parts: Vec<Vec<u8>> = parts.into_iter().map(String::into_bytes).collect();
            let text = text.into_bytes();
            let naive: Vec<(u32, usize)> = parts
                .iter()
                .zip(0..)
                .map(|(part, number)| (number, text.windows(part.len()).filter(|window| *window == part).count()))
                .filter(|(_, count)| *count > 0)
                .collect();
            prop_assert_eq!(found(&parts, &text), naive);
        }
    }
}
