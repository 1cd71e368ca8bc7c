//! The page entries of all sources, by site: sorted texts, each pointing at the longest other it begins with.

use std::net::IpAddr;

use usher_types::host::Host;

use super::CompileError;
use super::sets::Sets;
use crate::hash::{self, Seed};
use crate::layout::{NO_PARENT, SITE_BITS};
use crate::pages::{Pages, ends_segment};
use crate::source::Source;

/// The sections that hold page entries.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Hash of each site and the number of its record, from 1.
    pub(super) keys: Vec<(u64, u32)>,
    pub(super) site_records: Vec<u8>,
    pub(super) page_records: Vec<u8>,
    pub(super) text: Vec<u8>,
}

/// Builds the sections from sorted sources.
pub(super) fn index(sources: &[Source], sets: &mut Sets, seed: Seed) -> Result<Index, CompileError> {
    let mut all: Vec<(&Pages, u16)> = Vec::new();
    for (list, source) in (0_u16..).zip(sources) {
        all.extend(source.entries.pages.iter().map(|pages| (pages, list)));
    }
    all.sort_unstable();
    let mut index = Index::default();
    let mut pages = 0_u32;
    for site in all.chunk_by(|one, other| one.0.site() == other.0.site()) {
        let Some((first, _list)) = site.first() else { continue };
        let count = index.add_pages(site, sets, pages)?;
        index.add_site(first.site(), seed, pages, count)?;
        pages = pages.checked_add(count).ok_or(CompileError::TooManyPages)?;
    }
    Ok(index)
}

impl Index {
    fn add_site(&mut self, site: &Host, seed: Seed, first: u32, count: u32) -> Result<(), CompileError> {
        let number = self.keys.len() as u64 + 1;
        if number >> SITE_BITS != 0 {
            return Err(CompileError::TooManyPages);
        }
        let number = u32::try_from(number).map_err(|_too_many| CompileError::TooManyPages)?;
        let (offset, length) = self.add_text(&site.to_string())?;
        for field in [offset, first, count, u32::from(length)] {
            self.site_records.extend_from_slice(&field.to_le_bytes());
        }
        self.keys.push((hash_of(seed, site), number));
        Ok(())
    }

    /// Adds the entries of one site, sorted by text; says how many different texts there were.
    fn add_pages(
        &mut self,
        site: &[(&Pages, u16)],
        sets: &mut Sets,
        first: u32,
    ) -> Result<u32, CompileError> {
        // The entries that the last one begins with, outermost first: text, number, set.
        let mut above: Vec<(&[u8], u32, u16)> = Vec::new();
        let mut number = first;
        for same in site.chunk_by(|one, other| one.0 == other.0) {
            let Some((pages, _list)) = same.first() else { continue };
            let text = pages.text().as_bytes();
            while above.last().is_some_and(|(outer, ..)| !text.starts_with(outer)) {
                above.pop();
            }
            let covers = |outer: &[u8]| text.get(outer.len()).is_none_or(|next| ends_segment(*next, outer));
            let covered_by = above.iter().rev().find(|(outer, ..)| covers(outer));
            let lists: Vec<u16> = same.iter().map(|(_pages, list)| *list).collect();
            let set = sets.union(&lists, covered_by.map_or(0, |(_text, _number, set)| *set))?;
            let parent = above.last().map_or(NO_PARENT, |(_text, number, _set)| *number);
            let (offset, length) = self.add_text(pages.text())?;
            self.page_records.extend_from_slice(&offset.to_le_bytes());
            self.page_records.extend_from_slice(&length.to_le_bytes());
            self.page_records.extend_from_slice(&set.to_le_bytes());
            self.page_records.extend_from_slice(&parent.to_le_bytes());
            above.push((text, number, set));
            number = number.checked_add(1).ok_or(CompileError::TooManyPages)?;
        }
        Ok(number - first)
    }

    fn add_text(&mut self, text: &str) -> Result<(u32, u16), CompileError> {
        let offset = u32::try_from(self.text.len()).map_err(|_too_much| CompileError::TooManyPages)?;
        let length = u16::try_from(text.len()).map_err(|_too_long| CompileError::TooManyPages)?;
        self.text.extend_from_slice(text.as_bytes());
        Ok((offset, length))
    }
}

fn hash_of(seed: Seed, site: &Host) -> u64 {
    match site {
        Host::Name(name) => hash::of_name(seed, name.as_str()),
        Host::Ip(address) => hash::of_address(seed, IpAddr::to_canonical(address)),
    }
}
