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
/// Two to this many slots in the bitmap. 2^18 bits are 32 KiB: most of the nearest cache. Twice that was slower.
const SLOT_BITS: u32 = 18;
const SLOTS: usize = 1 << SLOT_BITS;
const WORDS: usize = SLOTS / 64;
/// Two to this many buckets behind the bitmap: about as many as there are windows in the largest public lists.
const BUCKET_BITS: u32 = 14;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// An odd number with well mixed bits (2^32 divided by the golden ratio): a multiplicative hash.
const MIXER: u32 = 0x9e37_79b1;
/// Positions tested before a branch.
const STRIDE: usize = 8;
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
}

/// A part that fits so far, at a text's end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unfinished {
    /// Where in the text the part began.
    pub(super) start: usize,
    part: u32,
}

/// Where parts are found.
#[derive(Debug)]
pub(super) struct Index {
    bitmap: Box<[u64; WORDS]>,
    heads: Vec<u32>,
    entries: Vec<Entry>,
    /// Parts of three bytes, by hash of three bytes.
    short_heads: Vec<u32>,
    short: Vec<Entry>,
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

fn bucket(window: u32) -> usize {
    usize::try_from(mixed(window) >> (32 - BUCKET_BITS)).unwrap_or(0)
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
            heads: Vec::new(),
            entries: Vec::new(),
            short_heads: Vec::new(),
            short: Vec::new(),
            pairs: Vec::new(),
            texts: Vec::new(),
            starts: vec![0],
        };
        let loads = if parts.len() < FEW_PARTS { Vec::new() } else { rarity::slot_loads(SLOTS, slot) };
        let mut crowds: HashMap<u32, f32> = HashMap::new();
        let (mut entries, mut short) = (Vec::new(), Vec::new());
        for (number, part) in parts.iter().enumerate() {
            index.texts.extend_from_slice(part);
            index.starts.push(u32::try_from(index.texts.len()).unwrap_or(u32::MAX));
            let Ok(number) = u32::try_from(number) else { break };
            if part.len() > LONGEST_PART_BYTES {
                continue;
            }
            match part.as_slice() {
                [a, b] => index.pairs.push(([*a, *b], number)),
                [a, b, c] => {
                    (0..=u8::MAX).filter(|next| follows_in_text(*next)).for_each(|next| {
                        index.mark(u32::from_le_bytes([*a, *b, *c, next]));
                    });
                    short.push((bucket(three(u32::from_le_bytes([*a, *b, *c, 0]))), entry(part, 0, number)));
                }
                _ => {
                    if let Some((at, window)) = choose(part, &loads, &crowds) {
                        *crowds.entry(window).or_default() += 1.0;
                        index.mark(window);
                        entries.push((bucket(window), entry(part, at, number)));
                    }
                }
            }
        }
        (index.heads, index.entries) = bucketed(entries);
        (index.short_heads, index.short) = bucketed(short);
        index
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
        while let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk::<{ STRIDE + 4 }>()) {
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

    /// One bit for each of the eight positions whose window may begin a part.
    #[inline]
    fn test(&self, bytes: &[u8; STRIDE + 4]) -> u64 {
        let [a, b, c, d, e, f, g, h, i, j, k, _] = *bytes;
        let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let high = u64::from_le_bytes([e, f, g, h, i, j, k, 0]);
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
        let window = |bytes: u64, at: u32| (bytes >> (8 * at)) as u32;
        self.marked(window(low, 0))
            | self.marked(window(low, 1)) << 1
            | self.marked(window(low, 2)) << 2
            | self.marked(window(low, 3)) << 3
            | self.marked(window(high, 0)) << 4
            | self.marked(window(high, 1)) << 5
            | self.marked(window(high, 2)) << 6
            | self.marked(window(high, 3)) << 7
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
        let long = within(&self.heads, &self.entries, bucket(window));
        let short = within(&self.short_heads, &self.short, bucket(three(window)));
        for entry in long.iter().chain(short) {
            if (eight ^ entry.wanted) & entry.mask & there != 0 {
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
            + (self.heads.len() + self.short_heads.len() + self.starts.len()) * 4
            + (self.entries.len() + self.short.len()) * size_of::<Entry>()
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

fn bucketed(mut entries: Vec<(usize, Entry)>) -> (Vec<u32>, Vec<Entry>) {
    entries.sort_by_key(|(bucket, entry)| (*bucket, entry.part));
    let mut heads = vec![0_u32; BUCKETS + 1];
    for (bucket, _) in &entries {
        if let Some(head) = heads.get_mut(bucket + 1) {
            *head += 1;
        }
    }
    let mut sum = 0;
    for head in &mut heads {
        sum += *head;
        *head = sum;
    }
    (heads, entries.into_iter().map(|(_, entry)| entry).collect())
}

fn within<'a>(heads: &[u32], entries: &'a [Entry], bucket: usize) -> &'a [Entry] {
    let head = |at: usize| heads.get(at).and_then(|head| usize::try_from(*head).ok());
    let (Some(start), Some(end)) = (head(bucket), head(bucket + 1)) else { return &[] };
    entries.get(start..end).unwrap_or_default()
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
