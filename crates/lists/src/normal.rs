//! The entries of one source in one order and one spelling, each once: what is compiled, compared and kept for audit.
//!
//! A name is kept as its labels from the right, each closed by a dot (`example.games.`), so that a name stands
//! directly before all names below it. Names are stored as what differs from the one before: about half the text.

use std::io::{self, BufRead, Write};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use usher_types::host::{Host, HostName};

use crate::bytes::halves;
use crate::format::{Entry, What};
use crate::pages::Pages;

/// Most entries one source may have. Three times all public lists together; a feed that is larger is broken.
pub const MAX_ENTRIES: usize = 20_000_000;

/// How many entries a source has, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Names, each with all names below it.
    pub names: u64,
    /// Addresses.
    pub addresses: u64,
    /// Entries for some pages of a host.
    pub pages: u64,
}

impl Size {
    /// All of them.
    pub const fn total(self) -> u64 {
        self.names + self.addresses + self.pages
    }
}

/// The entries of one source, sorted, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    pub(crate) names: Names,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) pages: Vec<Pages>,
    duplicates: u64,
}

/// How two versions of one source differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Entries that only the newer one has.
    pub added: u64,
    /// Entries that only the older one has.
    pub removed: u64,
}

/// A source with more entries than any honest list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list has more than {MAX_ENTRIES} entries")]
pub struct TooLarge;

impl Entries {
    /// How many there are.
    pub const fn size(&self) -> Size {
        Size {
            names: self.names.count as u64,
            addresses: self.addresses.len() as u64,
            pages: self.pages.len() as u64,
        }
    }

    /// How many entries were given more than once, each repetition counted.
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// What changed since an older version.
    pub fn difference_from(&self, older: &Self) -> Difference {
        let mut difference = Difference::default();
        let (mut new, mut old) = (self.names.cursor(), older.names.cursor());
        let (mut has_new, mut has_old) = (new.advance(), old.advance());
        while has_new || has_old {
            let order = match (has_new, has_old) {
                (true, true) => new.key().cmp(old.key()),
                (true, false) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            difference.added += u64::from(order.is_lt());
            difference.removed += u64::from(order.is_gt());
            has_new = if order.is_le() { new.advance() } else { has_new };
            has_old = if order.is_ge() { old.advance() } else { has_old };
        }
        let rest = [
            only_in(&self.addresses, &older.addresses) + only_in(&self.pages, &older.pages),
            only_in(&older.addresses, &self.addresses) + only_in(&older.pages, &self.pages),
        ];
        let [added, removed] = rest;
        Difference { added: difference.added + added, removed: difference.removed + removed }
    }

    /// Writes one entry a line, in the order of this module: names, addresses, pages. Pages have a slash.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let mut cursor = self.names.cursor();
        let mut line = String::new();
        while cursor.advance() {
            line.clear();
            push_name(&mut line, cursor.key());
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        for address in &self.addresses {
            writeln!(out, "{address}")?;
        }
        for pages in &self.pages {
            writeln!(out, "{pages}")?;
        }
        Ok(())
    }

    /// Reads what [`Entries::write_text`] wrote. Lines that are no entries are refused, for nobody else writes this.
    ///
    /// # Errors
    /// When the reader fails, or a line is no entry.
    pub fn read_text(input: impl BufRead) -> io::Result<Self> {
        let mut collector = Collector::default();
        for line in input.lines() {
            let line = line?;
            let odd = || io::Error::new(io::ErrorKind::InvalidData, format!("`{line}` is not an entry"));
            let what = if line.contains('/') {
                What::Pages(Pages::parse(&line).map_err(|_not_pages| odd())?)
            } else {
                match Host::parse(&line).map_err(|_not_a_host| odd())? {
                    Host::Name(name) => What::Name(name),
                    Host::Ip(address) => What::Address(address),
                }
            };
            collector.add(Entry { what, line_number: 0 });
        }
        collector.finish().map_err(io::Error::other)
    }
}

/// How many of the first sorted items are not among the second.
fn only_in<T: Ord>(these: &[T], those: &[T]) -> u64 {
    these.iter().filter(|item| those.binary_search(item).is_err()).count() as u64
}

/// Gathers entries as a reader finds them.
#[derive(Debug, Default)]
pub struct Collector {
    text: Vec<u8>,
    spans: Vec<Span>,
    addresses: Vec<IpAddr>,
    pages: Vec<Pages>,
    too_many: bool,
}

/// Where a name lies in the text, and its first bytes, which settle most comparisons.
#[derive(Debug, Clone, Copy)]
struct Span {
    head: [u64; 2],
    start: u32,
    length: u32,
}

impl Collector {
    /// Adds an entry. After [`MAX_ENTRIES`] no more are kept, and [`Collector::finish`] says so.
    pub fn add(&mut self, entry: Entry) {
        if self.spans.len() + self.addresses.len() + self.pages.len() >= MAX_ENTRIES {
            self.too_many = true;
            return;
        }
        match entry.what {
            What::Name(name) => self.add_name(&name),
            What::Address(address) => self.addresses.push(address.to_canonical()),
            What::Pages(pages) => self.pages.push(pages),
        }
    }

    fn add_name(&mut self, name: &HostName) {
        let start = self.text.len();
        push_key(&mut self.text, name.as_str());
        let key = self.text.get(start..).unwrap_or_default();
        // Names with more than 4 GB of text between them are no list.
        match (u32::try_from(start), u32::try_from(key.len())) {
            (Ok(start), Ok(length)) => self.spans.push(Span { head: head_of(key), start, length }),
            _ => self.too_many = true,
        }
    }

    /// Sorts what was added and leaves out what was there twice.
    ///
    /// # Errors
    /// When there were too many entries.
    pub fn finish(mut self) -> Result<Entries, TooLarge> {
        if self.too_many {
            return Err(TooLarge);
        }
        let text = &self.text;
        let key = |span: &Span| {
            text.get(span.start as usize..span.start as usize + span.length as usize).unwrap_or_default()
        };
        self.spans
            .sort_unstable_by(|one, other| one.head.cmp(&other.head).then_with(|| key(one).cmp(key(other))));
        let given = self.spans.len() + self.addresses.len() + self.pages.len();
        let mut names = NamesBuilder::default();
        self.spans.iter().for_each(|span| names.push(key(span)));
        self.addresses.sort_unstable();
        self.addresses.dedup();
        self.pages.sort_unstable();
        self.pages.dedup();
        let (names, addresses, pages) = (names.finish(), self.addresses, self.pages);
        let kept = names.count + addresses.len() + pages.len();
        Ok(Entries { names, addresses, pages, duplicates: (given - kept) as u64 })
    }
}

fn head_of(key: &[u8]) -> [u64; 2] {
    let mut head = [0_u8; 16];
    head.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let (first, second) = halves(&head);
    [u64::from_be_bytes(first), u64::from_be_bytes(second)]
}

/// Appends the labels of a name from the right, each closed by a dot.
fn push_key(text: &mut Vec<u8>, name: &str) {
    for label in name.as_bytes().rsplit(|&byte| byte == b'.') {
        text.extend_from_slice(label);
        text.push(b'.');
    }
}

/// Appends the name that a key is of.
pub(crate) fn push_name(text: &mut String, key: &[u8]) {
    let key = key.strip_suffix(b".").unwrap_or(key);
    for (index, label) in key.rsplit(|&byte| byte == b'.').enumerate() {
        if index > 0 {
            text.push('.');
        }
        text.extend(label.iter().copied().map(char::from));
    }
}

/// Sorted keys, each as how many bytes it shares with the one before, how many follow, and those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    bytes: Vec<u8>,
    count: usize,
}

impl Names {
    /// Reads the keys from the first.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        Cursor { rest: &self.bytes, key: Vec::new() }
    }
}

#[derive(Default)]
struct NamesBuilder {
    names: Names,
    last: Vec<u8>,
}

impl NamesBuilder {
    /// Adds a key that is not below the last one; the same key again is left out.
    fn push(&mut self, key: &[u8]) {
        if self.last == key {
            return;
        }
        let shared = self.last.iter().zip(key).take_while(|(one, other)| one == other).count();
        let rest = key.get(shared..).unwrap_or_default();
        // A key has at most 254 bytes: a name of 253 and a dot.
        let lengths = [u8::try_from(shared).unwrap_or(u8::MAX), u8::try_from(rest.len()).unwrap_or(u8::MAX)];
        self.names.bytes.extend_from_slice(&lengths);
        self.names.bytes.extend_from_slice(rest);
        self.names.count += 1;
        self.last.truncate(shared);
        self.last.extend_from_slice(rest);
    }

    fn finish(mut self) -> Names {
        self.names.bytes.shrink_to_fit();
        self.names
    }
}

/// Walks over sorted keys.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    key: Vec<u8>,
}

impl Cursor<'_> {
    /// Moves to the next key; says whether there is one.
    pub(crate) fn advance(&mut self) -> bool {
        let Some((&[shared, length], rest)) = self.rest.split_first_chunk::<2>() else { return false };
        let Some((new, rest)) = rest.split_at_checked(usize::from(length)) else { return false };
        self.key.truncate(usize::from(shared));
        self.key.extend_from_slice(new);
        self.rest = rest;
        true
    }

    /// The key it stands on.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(names: &[&str]) -> Entries {
        let mut collector = Collector::default();
        for name in names {
            let what = if name.contains('/') {
                What::Pages(Pages::parse(name).unwrap())
            } else {
                match Host::parse(name).unwrap() {
                    Host::Name(name) => What::Name(name),
                    Host::Ip(address) => What::Address(address),
                }
            };
            collector.add(Entry { what, line_number: 0 });
        }
        collector.finish().unwrap()
    }

    fn text(entries: &Entries) -> String {
        let mut out = Vec::new();
        entries.write_text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_name_stands_before_the_names_below_it() {
        let sorted = entries(&[
            "b.example",
            "a-b.example",
            "example",
            "c.a.example",
            "a.example",
            "192.0.2.9",
            "a.example/x",
            "b.example",
            "192.0.2.1",
            "a.example/x/",
        ]);
        assert_eq!(
            text(&sorted),
            "example\na-b.example\na.example\nc.a.example\nb.example\n192.0.2.1\n192.0.2.9\na.example/x\n"
        );
        assert_eq!(sorted.duplicates(), 2);
        assert_eq!(sorted.size(), Size { names: 5, addresses: 2, pages: 1 });
        assert_eq!(Entries::read_text(text(&sorted).as_bytes()).unwrap().size(), sorted.size());
    }

    #[test]
    fn differences_are_counted_by_entry() {
        let old = entries(&["a.example", "b.example", "192.0.2.1", "c.example/x"]);
        let new = entries(&["b.example", "d.example", "e.example", "192.0.2.2", "c.example/x"]);
        assert_eq!(new.difference_from(&old), Difference { added: 3, removed: 2 });
        assert_eq!(new.difference_from(&new), Difference::default());
        assert_eq!(new.difference_from(&Entries::default()), Difference { added: 5, removed: 0 });
    }

    #[test]
    fn a_line_that_is_no_entry_is_refused() {
        assert!(Entries::read_text(&b"a.example\na b\n"[..]).unwrap_err().to_string().contains("a b"));
    }

    proptest! {
        #[test]
        fn sorting_keeps_every_name_once(names in proptest::collection::vec("[a-c]{1,2}(\\.[a-c-]{1,20}x){0,3}", 0..60)) {
            let given: Vec<&str> = names.iter().map(String::as_str).collect();
            let sorted = entries(&given);
            let mut found: Vec<String> = text(&sorted).lines().map(str::to_owned).collect();
            found.sort();
            let mut wanted = names.clone();
            wanted.sort();
            wanted.dedup();
            prop_assert_eq!(found, wanted);
        }
    }
}
