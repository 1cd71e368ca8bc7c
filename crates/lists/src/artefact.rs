//! The compiled file: opening it, and what it says of itself. Searching it is in [`crate::lookup`].
//!
//! Opening checks the header, the sections, the sets and the lists, not the millions of words; [`Artefact::verify`]
//! checks every byte. Whoever fetches, copies or restores a file verifies it once before it is used.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;
use usher_types::digest::Digest;

use crate::bytes::{u16_at, u32_at};
use crate::category::Category;
use crate::hash::Seed;
use crate::layout::{BadHeader, DIGEST_BYTES, Header, Section};
use crate::source::SourceInfo;
use crate::table::Table;

/// The number of a set of lists in one compiled file. Number 0 is the empty set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SetId(u16);

impl SetId {
    /// The set without a list.
    pub const EMPTY: Self = Self(0);

    pub(crate) const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Why a file cannot be used as compiled lists.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system would not open or map it.
    #[error("the compiled lists cannot be opened")]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("the file is not compiled lists")]
    Foreign,
    /// Another version of Usher made it.
    #[error("the compiled lists have layout {found}, this program reads layout 1; compile them again")]
    Version {
        /// The layout of the file.
        found: u32,
    },
    /// It ends too early.
    #[error("the compiled lists are cut short")]
    Short,
    /// A section does not lie inside the file or is not what the header says.
    #[error("the section `{0}` of the compiled lists is damaged")]
    Section(&'static str),
    /// The description of the lists cannot be read.
    #[error("the description of the compiled lists is damaged")]
    Lists(#[source] serde_json::Error),
}

/// Why the bytes of a file are not those that were compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Some byte is not as written.
    #[error("the compiled lists are damaged: their digest is {found:?}, not {written:?}")]
    Digest {
        /// The digest in the file.
        written: Digest,
        /// The digest of its bytes.
        found: Digest,
    },
}

/// Compiled lists, mapped from a file. Never changes.
#[derive(Debug)]
pub struct Artefact {
    bytes: Bytes,
    pub(crate) header: Header,
    pub(crate) extents: Extents,
    lists: Vec<SourceInfo>,
    sets: Sets,
    digest: Digest,
}

/// Where the sections that a lookup reads lie; checked when the file was opened.
#[derive(Debug, Clone)]
pub(crate) struct Extents {
    names: std::ops::Range<usize>,
    sites: std::ops::Range<usize>,
    site_records: std::ops::Range<usize>,
    page_records: std::ops::Range<usize>,
    text: std::ops::Range<usize>,
}

#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    Held(Vec<u8>),
}

impl Bytes {
    #[inline]
    fn all(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Held(bytes) => bytes,
        }
    }
}

/// The sets, decoded: where each begins and ends in the numbers of lists.
#[derive(Debug, Default)]
struct Sets {
    ends: Vec<u32>,
    lists: Vec<u16>,
}

impl Artefact {
    /// Maps a compiled file.
    ///
    /// # Errors
    /// When the file cannot be mapped, or is not what this program writes. What is wrong is named.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let file = File::open(path)?;
        Self::read(Bytes::Mapped(map(&file)?))
    }

    /// The same from bytes in memory: for small lists and tests.
    ///
    /// # Errors
    /// When the bytes are not what this program writes. What is wrong is named.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, OpenError> {
        Self::read(Bytes::Held(bytes))
    }

    fn read(bytes: Bytes) -> Result<Self, OpenError> {
        let file = bytes.all();
        let header = Header::read(file)?;
        let digest = file.last_chunk::<DIGEST_BYTES>().ok_or(OpenError::Short)?;
        let digest = Digest::from_bytes(*digest);
        let section = |section: Section| header.extent(section).of(file).unwrap_or_default();
        let lists: Vec<SourceInfo> =
            serde_json::from_slice(section(Section::Lists)).map_err(OpenError::Lists)?;
        let sets = Sets::read(section(Section::Sets), lists.len()).ok_or(OpenError::Section("sets"))?;
        let range = |section: Section| {
            let extent = header.extent(section);
            let start = usize::try_from(extent.offset).unwrap_or(usize::MAX);
            start..start.saturating_add(usize::try_from(extent.length).unwrap_or(usize::MAX))
        };
        let extents = Extents {
            names: range(Section::Names),
            sites: range(Section::Sites),
            site_records: range(Section::SiteRecords),
            page_records: range(Section::PageRecords),
            text: range(Section::Text),
        };
        Ok(Self { header, extents, lists, sets, digest, bytes })
    }

    /// The digest that names the file: SHA-256 of all but its last 32 bytes, which hold it.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Bytes of the file.
    pub fn len_bytes(&self) -> usize {
        self.bytes.all().len()
    }

    /// Where each list comes from and what was in it, by number.
    pub fn lists(&self) -> &[SourceInfo] {
        &self.lists
    }

    /// The category of a list.
    pub fn category_of(&self, list: u16) -> Option<&Category> {
        self.lists.get(usize::from(list)).map(|info| &info.origin.category)
    }

    /// The lists of each set, by number of the set.
    pub fn sets(&self) -> impl ExactSizeIterator<Item = &[u16]> {
        (0..self.sets.len()).map(|number| self.sets.get(number))
    }

    /// The lists of a set. None for a number that the file does not have.
    pub fn lists_of(&self, set: SetId) -> &[u16] {
        self.sets.get(usize::from(set.0))
    }

    /// Reads the whole file and compares its digest.
    ///
    /// # Errors
    /// When a byte differs from what was written.
    pub fn verify(&self) -> Result<(), VerifyError> {
        let file = self.bytes.all();
        let body = file.get(..file.len().saturating_sub(DIGEST_BYTES)).unwrap_or_default();
        let found = Digest::of(body);
        if found == self.digest { Ok(()) } else { Err(VerifyError::Digest { written: self.digest, found }) }
    }

    pub(crate) const fn seed(&self) -> Seed {
        self.header.seed
    }

    #[inline]
    pub(crate) fn names(&self) -> (Table, &[u8]) {
        (self.header.names, self.part(&self.extents.names))
    }

    #[inline]
    pub(crate) fn sites(&self) -> (Table, &[u8]) {
        (self.header.sites, self.part(&self.extents.sites))
    }

    pub(crate) fn site_records(&self) -> &[u8] {
        self.part(&self.extents.site_records)
    }

    pub(crate) fn page_records(&self) -> &[u8] {
        self.part(&self.extents.page_records)
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.part(&self.extents.text)
    }

    #[inline]
    fn part(&self, range: &std::ops::Range<usize>) -> &[u8] {
        self.bytes.all().get(range.start..range.end).unwrap_or_default()
    }
}

#[expect(unsafe_code, reason = "mapping a file is the point of this module; see the proof inside")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read-only and private to us, and every read of it is a checked read of bytes, which may have
    // any value. What could still go wrong is that somebody changes or cuts the file while it is mapped. Compiled
    // files are written under another name, flushed, renamed to their digest and never opened for writing again (an
    // invariant of ARCHITECTURE.md); they lie in a folder that only the service may write, and removing one leaves the
    // mapped pages alive. A file cut short from outside ends the process by a signal: traffic stops, nothing leaks.
    unsafe { Mmap::map(file) }
}

impl From<BadHeader> for OpenError {
    fn from(bad: BadHeader) -> Self {
        match bad {
            BadHeader::Short => Self::Short,
            BadHeader::Magic => Self::Foreign,
            BadHeader::Version(found) => Self::Version { found },
            BadHeader::Section(name) => Self::Section(name),
        }
    }
}

impl Sets {
    /// Decodes the sets; none when they do not add up or name a list that is not there.
    fn read(bytes: &[u8], lists: usize) -> Option<Self> {
        let count = u32_at(bytes, 0)? as usize;
        if count == 0 || count > usize::from(u16::MAX) + 1 {
            return None;
        }
        let ends: Vec<u32> = (0..=count).map(|index| u32_at(bytes, 4 + index * 4)).collect::<Option<_>>()?;
        let start = 4 + (count + 1) * 4;
        let total = *ends.last()? as usize;
        let rising = ends.first() == Some(&0) && ends.is_sorted() && ends.get(1) == Some(&0);
        if !rising || bytes.len() != start.checked_add(total.checked_mul(2)?)? {
            return None;
        }
        let numbers: Vec<u16> =
            (0..total).map(|index| u16_at(bytes, start + index * 2)).collect::<Option<_>>()?;
        let known = numbers.iter().all(|number| usize::from(*number) < lists);
        known.then_some(Self { ends, lists: numbers })
    }

    fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    fn get(&self, number: usize) -> &[u16] {
        let bounds = self.ends.get(number).zip(self.ends.get(number + 1));
        bounds.and_then(|(start, end)| self.lists.get(*start as usize..*end as usize)).unwrap_or_default()
    }
}
