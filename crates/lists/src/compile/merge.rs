//! One pass over the names of all sources: each name once, with the lists it is on, itself or through a name above.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::net::IpAddr;

use super::CompileError;
use super::sets::Sets;
use crate::hash::{self, Seed};
use crate::layout::GOES_ON;
use crate::normal::{Cursor, push_name};
use crate::review::{Held, Review, Ruling, Weighty};
use crate::source::Source;

/// What became of the held entries of one source.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fate {
    pub(super) held: u64,
    pub(super) dropped: u64,
}

/// The names of all sources, ready for the table.
pub(super) struct Merged {
    /// Hash and value of each name, waymark and address to store.
    pub(super) keys: Vec<(u64, u32)>,
    pub(super) sets: Sets,
    pub(super) held: Vec<Held>,
    /// By source.
    pub(super) fates: Vec<Fate>,
    /// Different names and addresses that have an effect.
    pub(super) names: u64,
    /// How many of the keys only mark the way to longer names.
    pub(super) waymarks: u64,
    /// Whether a name of one label is among them.
    pub(super) has_top_levels: bool,
}

/// Merges the names and addresses of sorted sources.
pub(super) fn merge(sources: &[Source], review: &Review, seed: Seed) -> Result<Merged, CompileError> {
    let mut merging = Merging {
        sources,
        review,
        seed,
        above: Vec::new(),
        last: Vec::new(),
        name: String::new(),
        merged: Merged {
            keys: Vec::new(),
            sets: Sets::new(),
            held: Vec::new(),
            fates: vec![Fate::default(); sources.len()],
            names: 0,
            waymarks: 0,
            has_top_levels: false,
        },
    };
    let mut heads: BinaryHeap<Reverse<Head<'_>>> = BinaryHeap::new();
    for (list, source) in (0_u16..).zip(sources) {
        let mut cursor = source.entries.names.cursor();
        if cursor.advance() {
            heads.push(Reverse(Head { cursor, list }));
        }
    }
    let (mut key, mut lists) = (Vec::new(), Vec::new());
    while next_name(&mut heads, &mut key, &mut lists) {
        merging.name(&key, &mut lists)?;
    }
    merging.addresses()?;
    Ok(merging.merged)
}

/// Takes the least key of all sources and the lists that have it.
fn next_name(heads: &mut BinaryHeap<Reverse<Head<'_>>>, key: &mut Vec<u8>, lists: &mut Vec<u16>) -> bool {
    lists.clear();
    while let Some(mut least) = heads.peek_mut() {
        let Reverse(head) = &mut *least;
        if lists.is_empty() {
            key.clear();
            key.extend_from_slice(head.cursor.key());
        } else if head.cursor.key() != key.as_slice() {
            break;
        }
        lists.push(head.list);
        if !head.cursor.advance() {
            PeekMut::pop(least);
        }
    }
    !lists.is_empty()
}

/// Where one source stands. Ordered by key, then list, so that equal keys come out in the order of the lists.
struct Head<'a> {
    cursor: Cursor<'a>,
    list: u16,
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.cursor.key().cmp(other.cursor.key()).then(self.list.cmp(&other.list))
    }
}
impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Head<'_> {}

struct Merging<'a> {
    sources: &'a [Source],
    review: &'a Review,
    seed: Seed,
    /// The stored names and waymarks that the last name is below or is.
    above: Vec<Node>,
    last: Vec<u8>,
    name: String,
    merged: Merged,
}

/// A stored name or waymark.
#[derive(Clone, Copy)]
struct Node {
    /// Bytes of its key.
    length: usize,
    /// The answer for it and what is below it.
    set: u16,
    /// Which of the keys.
    index: usize,
}

impl Merging<'_> {
    /// Takes in the next name in order and the lists it is on.
    fn name(&mut self, key: &[u8], lists: &mut Vec<u16>) -> Result<(), CompileError> {
        self.name.clear();
        push_name(&mut self.name, key);
        if let Some(weighty) = self.review.weigh(&self.name) {
            lists.retain(|list| {
                keep(self.sources, self.review, &mut self.merged, (*list, &self.name), &weighty)
            });
            if lists.is_empty() {
                return Ok(());
            }
        }
        let shared = self.last.iter().zip(key).take_while(|(one, other)| one == other).count();
        while self.above.last().is_some_and(|node| node.length > shared) {
            self.above.pop();
        }
        self.last.truncate(shared);
        self.last.extend_from_slice(key.get(shared..).unwrap_or_default());
        let above = self.above.last().map_or(0, |node| node.set);
        let set = self.merged.sets.union(lists, above)?;
        self.merged.names += 1;
        if set != above {
            self.store(key, above, set);
        }
        Ok(())
    }

    /// Stores a name, and a waymark for each name on the way to it that is not stored yet. No reader stops after the
    /// last label, so names of one label need no mark.
    fn store(&mut self, key: &[u8], above: u16, set: u16) {
        let from = self.above.last().map_or(0, |node| node.length);
        let first_label = key.iter().position(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
        for (at, _dot) in key.iter().enumerate().skip(from).filter(|(_at, byte)| **byte == b'.') {
            let length = at + 1;
            let is_name = length == key.len();
            if length == first_label && !is_name {
                continue;
            }
            let outer = self.above.last().and_then(|node| self.merged.keys.get_mut(node.index));
            if let Some((_hash, value)) = outer {
                *value |= GOES_ON;
            }
            let hash = hash::of_key(self.seed, key.get(..length).unwrap_or(key));
            let index = self.merged.keys.len();
            self.merged.keys.push((hash, if is_name { value_of(set) } else { GOES_ON }));
            self.merged.waymarks += u64::from(!is_name);
            self.merged.has_top_levels |= length == first_label;
            self.above.push(Node { length, set: if is_name { set } else { above }, index });
        }
    }

    fn addresses(&mut self) -> Result<(), CompileError> {
        let mut all: Vec<(IpAddr, u16)> = Vec::new();
        for (list, source) in (0_u16..).zip(self.sources) {
            all.extend(source.entries.addresses.iter().map(|address| (*address, list)));
        }
        all.sort_unstable();
        for same in all.chunk_by(|one, other| one.0 == other.0) {
            let Some((address, _list)) = same.first() else { continue };
            let lists: Vec<u16> = same.iter().map(|(_address, list)| *list).collect();
            let set = self.merged.sets.number(&lists)?;
            self.merged.names += 1;
            self.merged.keys.push((hash::of_address(self.seed, *address), value_of(set)));
        }
        Ok(())
    }
}

const fn value_of(set: u16) -> u32 {
    (set as u32) << 1
}

/// Whether one list's weighty entry counts; if not, says so in the outcome.
fn keep(
    sources: &[Source],
    review: &Review,
    merged: &mut Merged,
    entry: (u16, &str),
    weighty: &Weighty<'_>,
) -> bool {
    let (list, name) = entry;
    let Some(origin) = sources.get(usize::from(list)).map(|source| &source.info.origin) else { return false };
    // Nobody drops what is on a sealed list: dropped, it waits as if nobody had decided.
    let may_drop = !origin.category.is_sealed();
    let ruling = review.ruling(&origin.id, name).filter(|ruling| *ruling != Ruling::Drop || may_drop);
    if ruling == Some(Ruling::Apply) || (ruling.is_none() && weighty.is_expected(&origin.category)) {
        return true;
    }
    if let Some(fate) = merged.fates.get_mut(usize::from(list)) {
        fate.dropped += u64::from(ruling.is_some());
        fate.held += u64::from(ruling.is_none());
    }
    if ruling.is_none() {
        merged.held.push(Held {
            source: origin.id.clone(),
            category: origin.category.clone(),
            entry: name.to_owned(),
            reason: weighty.reason.clone(),
        });
    }
    false
}
