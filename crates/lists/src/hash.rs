//! The keyed hash by which hosts are found: SipHash-1-3 over the labels of a name from the right, so that one pass
//! over the name gives the hash of every suffix.
//!
//! The seed is random and secret per compiled file, so that nobody who sees a list can choose a name that is taken for
//! another one. Each label is cut into words of eight bytes and closed by a word that says how much of it is used;
//! name bytes are below 0x80 and the closing byte is not, so no two names give the same words.

use std::fmt;
use std::net::IpAddr;

use crate::bytes::halves;

/// Closes an address, so that no address gives the words of a name.
const ADDRESS_MARK: u64 = 0xff << 56;

/// What keys the hashes of one compiled file. Draw it at random and keep it on the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 16]);

impl Seed {
    /// The seed with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, as a compiled file keeps them.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The seed to try when two names share a hash under this one. Always the same for the same seed.
    pub(crate) fn next(self) -> Self {
        Self(
            u128::from_le_bytes(self.0).wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_le_bytes(),
        )
    }

    fn state(self) -> State {
        let (low, high) = halves(&self.0);
        State::new(u64::from_le_bytes(low), u64::from_le_bytes(high))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(secret)")
    }
}

/// The suffixes of a name from the last label to the whole name, each as where it starts and a hash in the making.
pub(crate) fn suffixes(seed: Seed, name: &str) -> impl Iterator<Item = (usize, State)> {
    let bytes = name.as_bytes();
    let mut state = seed.state();
    let mut end = Some(bytes.len());
    std::iter::from_fn(move || {
        let head = bytes.get(..end?)?;
        let start = head.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
        state.label(head.get(start..)?);
        end = start.checked_sub(1);
        Some((start, state))
    })
}

/// The hash of a whole name.
pub(crate) fn of_name(seed: Seed, name: &str) -> u64 {
    let mut state = seed.state();
    for label in name.as_bytes().rsplit(|&byte| byte == b'.') {
        state.label(label);
    }
    state.finish()
}

/// The hash of a name given as a key: its labels from the right, each closed by a dot (see [`crate::normal`]).
pub(crate) fn of_key(seed: Seed, key: &[u8]) -> u64 {
    let mut state = seed.state();
    for label in key.strip_suffix(b".").unwrap_or(key).split(|&byte| byte == b'.') {
        state.label(label);
    }
    state.finish()
}

/// The hash of an address. IPv4 and its wrapping in IPv6 are the same to [`usher_types::host::Host`] and so here.
pub(crate) fn of_address(seed: Seed, address: IpAddr) -> u64 {
    let address = address.to_canonical();
    let number = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let (low, high) = halves(&number.to_le_bytes());
    let mut state = seed.state();
    state.word(u64::from_le_bytes(low));
    state.word(u64::from_le_bytes(high));
    state.word(ADDRESS_MARK | u64::from(address.is_ipv6()));
    state.finish()
}

/// SipHash-1-3 in the making (Aumasson and Bernstein, "SipHash: a fast short-input PRF", with one and three rounds).
#[derive(Clone, Copy)]
pub(crate) struct State {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl State {
    const fn new(low: u64, high: u64) -> Self {
        Self {
            a: low ^ 0x736f_6d65_7073_6575,
            b: high ^ 0x646f_7261_6e64_6f6d,
            c: low ^ 0x6c79_6765_6e65_7261,
            d: high ^ 0x7465_6462_7974_6573,
        }
    }

    #[inline]
    const fn round(&mut self) {
        self.a = self.a.wrapping_add(self.b);
        self.b = self.b.rotate_left(13) ^ self.a;
        self.a = self.a.rotate_left(32);
        self.c = self.c.wrapping_add(self.d);
        self.d = self.d.rotate_left(16) ^ self.c;
        self.a = self.a.wrapping_add(self.d);
        self.d = self.d.rotate_left(21) ^ self.a;
        self.c = self.c.wrapping_add(self.b);
        self.b = self.b.rotate_left(17) ^ self.c;
        self.c = self.c.rotate_left(32);
    }

    #[inline]
    const fn word(&mut self, word: u64) {
        self.d ^= word;
        self.round();
        self.a ^= word;
    }

    /// Takes in one label of a name.
    #[inline]
    pub(crate) fn label(&mut self, label: &[u8]) {
        let (words, rest) = label.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        self.word(closing_word(rest));
    }

    /// The hash of the labels taken in so far.
    #[inline]
    pub(crate) const fn finish(mut self) -> u64 {
        self.c ^= 0xff;
        self.round();
        self.round();
        self.round();
        self.a ^ self.b ^ self.c ^ self.d
    }
}

/// Up to seven bytes and, in the top byte, 0x80 plus how many.
#[inline]
fn closing_word(rest: &[u8]) -> u64 {
    let mark = (0x80 | rest.len() as u64) << 56;
    let part = |from: usize, length: usize| rest.get(from..from + length);
    // Two overlapping reads instead of a loop: where they overlap they agree.
    let bytes = if let (Some(&[a, b, c, d]), Some(&[w, x, y, z])) =
        (part(0, 4), rest.len().checked_sub(4).and_then(|from| part(from, 4)))
    {
        u64::from(u32::from_le_bytes([a, b, c, d]))
            | (u64::from(u32::from_le_bytes([w, x, y, z])) << (8 * (rest.len() - 4)))
    } else {
        match *rest {
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_le_bytes([a, b])),
            [a, b, c] => u64::from(u32::from_le_bytes([a, b, c, 0])),
            _ => 0,
        }
    };
    mark | bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hasher as _;

    const SEED: Seed = Seed([7; 16]);

    #[test]
    fn the_rounds_are_those_of_the_standard_library() {
        // `DefaultHasher::new` is SipHash-1-3 with a key of zeros; its last word holds the length.
        let text = b"0123456789abcdef";
        let mut theirs = std::hash::DefaultHasher::new();
        theirs.write(text);
        let mut ours = State::new(0, 0);
        for word in text.as_chunks::<8>().0 {
            ours.word(u64::from_le_bytes(*word));
        }
        ours.word((text.len() as u64) << 56);
        assert_eq!(ours.finish(), theirs.finish());
    }

    #[test]
    fn every_suffix_hashes_as_if_it_stood_alone() {
        let name = "a.bc.def.ghij.klmno.pqrstu.vwxyz01.23456789.abcdefghi.example";
        let found: Vec<_> = suffixes(SEED, name).collect();
        assert_eq!(found.len(), 10);
        for (start, state) in found {
            assert_eq!(state.finish(), of_name(SEED, &name[start..]), "{}", &name[start..]);
        }
        assert_eq!(of_key(SEED, b"example.b.a."), of_name(SEED, "a.b.example"));
    }

    #[test]
    fn names_that_only_differ_in_where_the_dots_are_differ() {
        let names = ["ab.c", "a.bc", "abc", "abcdefgh.i", "abcdefghi", "abcdefg.hi", "c.ab"];
        let hashes: std::collections::HashSet<_> = names.iter().map(|name| of_name(SEED, name)).collect();
        assert_eq!(hashes.len(), names.len());
        assert_ne!(of_name(SEED, "a.example"), of_name(SEED.next(), "a.example"));
    }

    #[test]
    fn the_closing_word_holds_every_byte() {
        for length in 0..8_usize {
            let rest: Vec<u8> = (1_u8..).take(length).collect();
            let mut wanted = [0_u8; 8];
            wanted[..length].copy_from_slice(&rest);
            wanted[7] = 0x80 | u8::try_from(length).unwrap();
            assert_eq!(closing_word(&rest), u64::from_le_bytes(wanted), "{length}");
        }
    }

    #[test]
    fn addresses_are_neither_names_nor_each_other() {
        let hash = |text: &str| of_address(SEED, text.parse().unwrap());
        assert_eq!(hash("192.0.2.1"), hash("::ffff:192.0.2.1"));
        assert_ne!(hash("0.0.0.1"), hash("::1"));
        assert_ne!(hash("192.0.2.1"), of_name(SEED, "192.0.2.1"));
    }
}
