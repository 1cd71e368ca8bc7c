//! A hash table that is written once and then only read, as bytes.
//!
//! Words of 64 bits in buckets of eight: one bucket is one cache line. A word is the low bits of a key's hash and,
//! below them, the value; zero is an empty slot. The home bucket comes from the high bits of the hash; a key that does
//! not fit stands in the next bucket with room, so a reader stops at the first bucket that is not full.
//!
//! With 17 bits of value, 47 bits of hash are compared within a bucket that 20 other bits have chosen (for six million
//! keys): in effect the whole 64-bit hash. A key that is not there is taken for one that is with a chance of about
//! n / 2^64, for six million keys one in three million million.

use std::io::{self, Write};

/// Slots of a bucket: 64 bytes, one cache line.
const SLOTS: usize = 8;
/// Bytes of a bucket.
pub(crate) const BUCKET_BYTES: usize = SLOTS * 8;
/// Keys for every hundred slots. Fuller saves little (a third of a byte a name for each 3 in 100) and makes the misses,
/// which are nearly all lookups, run into the next bucket more often.
const FILL_PERCENT: u64 = 87;
/// Furthest a key may stand from its home. Far above what happens by chance (under 40 for ten million keys).
const MAX_REACH: usize = 4096;

/// Where a table lies and how it was built; the words are elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table {
    /// Buckets that can be a home.
    pub(crate) homes: u64,
    /// Buckets a reader may have to look at after the home.
    pub(crate) reach: u32,
    /// Bits of a word that are the value.
    pub(crate) value_bits: u32,
}

impl Table {
    /// The value of a key with this hash in the words of this table; zero when it is not there or the words are too
    /// few.
    #[inline]
    pub(crate) fn find(self, words: &[u8], hash: u64) -> u64 {
        let wanted = hash << self.value_bits;
        let below = 1_u64 << self.value_bits;
        let Some(mut rest) = usize::try_from(home(hash, self.homes))
            .ok()
            .and_then(|bucket| words.get(bucket.checked_mul(BUCKET_BYTES)?..))
        else {
            return 0;
        };
        for _ in 0..=self.reach {
            let Some((bucket, after)) = rest.split_first_chunk::<BUCKET_BYTES>() else { return 0 };
            rest = after;
            let (slots, _none) = bucket.as_chunks::<8>();
            let mut found = 0;
            let mut last = 0;
            // No early end: eight comparisons without a branch cost less than one that is guessed wrong.
            for slot in slots {
                last = u64::from_le_bytes(*slot);
                found |= if last ^ wanted < below { last } else { 0 };
            }
            if found != 0 || last == 0 {
                return found & (below - 1);
            }
        }
        0
    }
}

#[inline]
const fn home(hash: u64, homes: u64) -> u64 {
    ((hash as u128 * homes as u128) >> 64) as u64
}

/// Why keys cannot be laid out under this seed. Another seed will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unlucky;

/// Lays out keys, given as hash and value. Values are above zero and fit their bits.
pub(crate) fn lay_out(mut keys: Vec<(u64, u32)>, value_bits: u32) -> Result<(Table, Vec<u64>), Unlucky> {
    keys.sort_unstable();
    let homes = (keys.len() as u64 * 100).div_ceil(SLOTS as u64 * FILL_PERCENT).max(1);
    let mut words = Words::default();
    let mut reach = 0;
    for (hash, value) in keys {
        let home = usize::try_from(home(hash, homes)).map_err(|_too_many| Unlucky)?;
        let word = (hash << value_bits) | u64::from(value);
        reach = reach.max(words.place(home, word, value_bits)?);
    }
    words.fill_up(usize::try_from(homes).map_err(|_too_many| Unlucky)?);
    let reach = u32::try_from(reach).map_err(|_too_far| Unlucky)?;
    Ok((Table { homes, reach, value_bits }, words.0))
}

/// Writes words as a reader expects them.
pub(crate) fn write(words: &[u64], out: &mut impl Write) -> io::Result<()> {
    for bucket in words.chunks(512) {
        let mut bytes = Vec::with_capacity(bucket.len() * 8);
        bucket.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// Buckets filled from the left. Keys come in the order of their homes, so only the last bucket has room.
#[derive(Default)]
struct Words(Vec<u64>);

impl Words {
    /// Puts a word into the first bucket with room from its home on; says how far from home that is.
    fn place(&mut self, home: usize, word: u64, value_bits: u32) -> Result<usize, Unlucky> {
        let same = |other: &u64| (other ^ word) >> value_bits == 0 && *other != 0;
        if self.0.get(home * SLOTS..).is_some_and(|near| near.iter().any(same)) {
            return Err(Unlucky);
        }
        self.0.resize(self.0.len().max(home * SLOTS), 0);
        let reach = self.0.len() / SLOTS - home;
        self.0.push(word);
        if reach > MAX_REACH { Err(Unlucky) } else { Ok(reach) }
    }

    fn fill_up(&mut self, buckets: usize) {
        let whole = self.0.len().div_ceil(SLOTS).max(buckets);
        self.0.resize(whole * SLOTS, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn written(keys: &[(u64, u32)], value_bits: u32) -> (Table, Vec<u8>) {
        let (table, words) = lay_out(keys.to_vec(), value_bits).unwrap();
        let mut bytes = Vec::new();
        write(&words, &mut bytes).unwrap();
        (table, bytes)
    }

    /// Spreads a number as a hash would (SplitMix64).
    fn spread(number: u64) -> u64 {
        let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        for count in [0, 1, 7, 8, 9, 100, 10_000] {
            let keys: Vec<_> = (0..count).map(|n| (spread(n), u32::try_from(n % 999 + 1).unwrap())).collect();
            let (table, bytes) = written(&keys, 16);
            for (hash, value) in &keys {
                assert_eq!(table.find(&bytes, *hash), u64::from(*value));
            }
            for other in count..count + 10_000 {
                assert_eq!(table.find(&bytes, spread(other)), 0);
            }
            if count >= 10_000 {
                assert!(bytes.len() as u64 * 10 < count * 95, "{} bytes", bytes.len());
            }
        }
    }

    #[test]
    fn two_keys_that_cannot_be_told_apart_are_refused() {
        assert_eq!(lay_out(vec![(5, 1), (5, 2)], 16).unwrap_err(), Unlucky);
        // They differ only in bits that a small table looks at for nothing.
        assert_eq!(lay_out(vec![(5, 1), (5 | 1 << 63, 2)], 16).unwrap_err(), Unlucky);
        assert!(lay_out(vec![(5, 1), (5 | 1 << 40, 2)], 16).is_ok());
    }

    #[test]
    fn keys_crowded_into_one_home_are_found() {
        let keys: Vec<_> = (0..100_u32).map(|n| (u64::from(n) << 8, n + 1)).collect();
        let (table, bytes) = written(&keys, 16);
        for (hash, value) in keys {
            assert_eq!(table.find(&bytes, hash), u64::from(value));
        }
    }

    proptest! {
        #[test]
        fn a_table_is_a_map(keys in proptest::collection::btree_map(any::<u64>(), 1_u32..1 << 16, 0..200)) {
            let keys: BTreeMap<u64, u32> = keys;
            if let Ok((table, words)) = lay_out(keys.iter().map(|(hash, value)| (*hash, *value)).collect(), 16) {
                let mut bytes = Vec::new();
                write(&words, &mut bytes).unwrap();
                for (hash, value) in keys {
                    prop_assert_eq!(table.find(&bytes, hash), u64::from(value));
                }
            }
        }

        #[test]
        fn words_that_lie_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300),
            homes: u64, reach in 0..100_u32, hash: u64)
        {
            let _any = Table { homes, reach, value_bits: 16 }.find(&bytes, hash);
        }
    }
}
