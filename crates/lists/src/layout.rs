//! The bytes of a compiled file, shared by the writer and the reader.
//!
//! ```text
//! header    256 bytes: magic, version, seed, where each section lies, how each table was built
//! names     hash table: name or address -> set, goes on  (buckets of 64 bytes)
//! sites     hash table: site -> number of its record     (buckets of 64 bytes)
//! site      records of 16 bytes: name, first page, how many
//! page      records of 12 bytes: text, set, the page entry it begins with
//! text      names of sites and texts of pages
//! sets      how many, where each begins, then numbers of lists, two bytes each
//! lists     where each list comes from, as JSON
//! digest    SHA-256 of everything before it
//! ```
//!
//! All numbers are little-endian. A reader checks that every section lies inside the file; each later read is checked
//! again where it is done, so a file that lies can give wrong answers but cannot stop the program.

use crate::bytes::{u32_at, u64_at};
use crate::hash::Seed;
use crate::table::{BUCKET_BYTES, Table};

/// How a compiled file begins.
pub(crate) const MAGIC: [u8; 8] = *b"ushlists";
/// The version of this layout. A reader refuses any other: files are made anew, never converted.
pub(crate) const VERSION: u32 = 1;
/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 256;
/// Bytes of the digest at the end.
pub(crate) const DIGEST_BYTES: usize = 32;
/// Bits of a word of the names table that are its value: the number of a set, and whether longer names follow.
pub(crate) const NAME_BITS: u32 = 17;
/// Says in the value of a name that names below it are in the table.
pub(crate) const GOES_ON: u32 = 1;
/// Bits of a word of the sites table that are the number of a site's record, from 1.
pub(crate) const SITE_BITS: u32 = 24;
/// Bytes of a site's record.
pub(crate) const SITE_BYTES: usize = 16;
/// Bytes of a page's record.
pub(crate) const PAGE_BYTES: usize = 12;
/// Says that a page entry begins with no other.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// The sections, in the order in which they lie and are listed in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Names,
    Sites,
    SiteRecords,
    PageRecords,
    Text,
    Sets,
    Lists,
}

/// All sections and their names in errors.
pub(crate) const SECTIONS: [(Section, &str); 7] = [
    (Section::Names, "names"),
    (Section::Sites, "sites"),
    (Section::SiteRecords, "site records"),
    (Section::PageRecords, "page records"),
    (Section::Text, "text"),
    (Section::Sets, "sets"),
    (Section::Lists, "lists"),
];

/// Where one section lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Extent {
    /// The section in the bytes of the file; none when it is not all there.
    pub(crate) fn of(self, bytes: &[u8]) -> Option<&[u8]> {
        let start = usize::try_from(self.offset).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(self.length).ok()?)?)
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) seed: Seed,
    /// Whether a name of one label is in the table.
    pub(crate) has_top_levels: bool,
    pub(crate) names: Table,
    pub(crate) sites: Table,
    extents: [Extent; SECTIONS.len()],
}

/// Why bytes are not a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadHeader {
    Short,
    Magic,
    Version(u32),
    Section(&'static str),
}

impl Header {
    /// A header for tables and sections of these lengths, laid one after another.
    pub(crate) fn new(
        seed: Seed,
        has_top_levels: bool,
        tables: [Table; 2],
        lengths: [u64; SECTIONS.len()],
    ) -> Self {
        let [names, sites] = tables;
        let mut extents = [Extent::default(); SECTIONS.len()];
        let mut offset = HEADER_BYTES as u64;
        for (extent, length) in extents.iter_mut().zip(lengths) {
            *extent = Extent { offset, length };
            offset += length;
        }
        Self { seed, has_top_levels, names, sites, extents }
    }

    /// Where a section lies.
    pub(crate) fn extent(&self, section: Section) -> Extent {
        let index = SECTIONS.iter().position(|(other, _name)| *other == section);
        index.and_then(|index| self.extents.get(index)).copied().unwrap_or_default()
    }

    /// The bytes of the header.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&u32::from(self.has_top_levels).to_le_bytes());
        bytes.extend_from_slice(self.seed.as_bytes());
        for table in [self.names, self.sites] {
            bytes.extend_from_slice(&table.homes.to_le_bytes());
            bytes.extend_from_slice(&table.reach.to_le_bytes());
            bytes.extend_from_slice(&table.value_bits.to_le_bytes());
        }
        for extent in self.extents {
            bytes.extend_from_slice(&extent.offset.to_le_bytes());
            bytes.extend_from_slice(&extent.length.to_le_bytes());
        }
        bytes.resize(HEADER_BYTES, 0);
        bytes
    }

    /// Reads the header of a whole file and checks that its sections lie inside it.
    pub(crate) fn read(file: &[u8]) -> Result<Self, BadHeader> {
        if !file.starts_with(&MAGIC) {
            return Err(if file.len() < MAGIC.len() { BadHeader::Short } else { BadHeader::Magic });
        }
        match u32_at(file, 8) {
            Some(VERSION) if file.len() >= HEADER_BYTES + DIGEST_BYTES => {}
            Some(VERSION) | None => return Err(BadHeader::Short),
            Some(other) => return Err(BadHeader::Version(other)),
        }
        let header = Self::fields(file).ok_or(BadHeader::Short)?;
        let body = file.get(..file.len() - DIGEST_BYTES).ok_or(BadHeader::Short)?;
        for (section, name) in SECTIONS {
            let whole =
                header.extent(section).of(body).is_some_and(|bytes| header.fits(section, bytes.len()));
            if !whole {
                return Err(BadHeader::Section(name));
            }
        }
        Ok(header)
    }

    fn fields(file: &[u8]) -> Option<Self> {
        let seed = Seed::from_bytes(*file.get(16..)?.first_chunk()?);
        let table = |offset: usize| {
            let (homes, reach) = (u64_at(file, offset)?, u32_at(file, offset + 8)?);
            Some(Table { homes, reach, value_bits: u32_at(file, offset + 12)? })
        };
        let mut extents = [Extent::default(); SECTIONS.len()];
        for (index, extent) in extents.iter_mut().enumerate() {
            let offset = 64 + index * 16;
            *extent = Extent { offset: u64_at(file, offset)?, length: u64_at(file, offset + 8)? };
        }
        let (names, sites) = (table(32)?, table(48)?);
        Some(Self { seed, has_top_levels: u32_at(file, 12)? != 0, names, sites, extents })
    }

    /// Whether a section of this length can be what the header says it is.
    fn fits(&self, section: Section, length: usize) -> bool {
        let table = |table: Table, bits: u32| {
            let buckets = (length / BUCKET_BYTES) as u64;
            table.value_bits == bits && length.is_multiple_of(BUCKET_BYTES) && table.homes <= buckets
        };
        match section {
            Section::Names => table(self.names, NAME_BITS),
            Section::Sites => table(self.sites, SITE_BITS),
            Section::SiteRecords => length.is_multiple_of(SITE_BYTES),
            Section::PageRecords => length.is_multiple_of(PAGE_BYTES),
            Section::Text | Section::Sets | Section::Lists => true,
        }
    }
}
