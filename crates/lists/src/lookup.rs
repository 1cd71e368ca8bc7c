//! Searching compiled lists: which set a page is in, and, for people, which entries say so.

use usher_types::host::Host;

use crate::artefact::{Artefact, SetId};
use crate::bytes::{text_at, u16_at, u32_at};
use crate::category::Category;
use crate::hash;
use crate::layout::{GOES_ON, NO_PARENT, PAGE_BYTES, SITE_BYTES};
use crate::pages::{Request, without_www};

/// What a lookup found. Small and without memory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hit {
    /// The lists the host is on, itself or through a name above it.
    pub host_set: SetId,
    /// The lists this page of the host is on.
    pub page_set: SetId,
    /// Bytes of the longest listed suffix of the host's name; 0 when none is listed, or for an address.
    pub suffix_length: u8,
}

impl Hit {
    /// Whether nothing was found.
    pub fn is_empty(self) -> bool {
        self.host_set == SetId::EMPTY && self.page_set == SetId::EMPTY
    }
}

/// One list that a page is on, and the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The number of the list.
    pub list: u16,
    /// What the list is about.
    pub category: Category,
    /// The entry: a name, an address, or `host/path`. Of several, the one that means most.
    pub entry: String,
}

/// The number of a page entry and its text.
struct PageEntry<'a> {
    number: u32,
    text: &'a [u8],
    set: SetId,
    parent: u32,
}

/// The entries of one site.
struct Site<'a> {
    name: &'a str,
    first: u32,
    count: u32,
}

impl Artefact {
    /// Which lists a page is on. The path is in normal form ([`usher_types::url::normal_path`]).
    ///
    /// Costs one cache line for every label from the right until no listed name goes on: one or two for most hosts.
    pub fn lookup(&self, host: &Host, path: &str, query: Option<&str>) -> Hit {
        let (host_set, suffix_length) = match host {
            Host::Name(name) => self.longest_suffix(name.as_str()),
            Host::Ip(address) => {
                let (table, words) = self.names();
                (set_of(table.find(words, hash::of_address(self.seed(), *address))), 0)
            }
        };
        let page_set = if self.page_records().is_empty() {
            SetId::EMPTY
        } else {
            self.longest_page(host, Request::new(path, query)).map_or(SetId::EMPTY, |page| page.set)
        };
        Hit { host_set, page_set, suffix_length }
    }

    /// For each list that a page is on, the entry that says so. For people: slower than [`Artefact::lookup`].
    pub fn explain(&self, host: &Host, path: &str, query: Option<&str>) -> Vec<Match> {
        let mut matches = Vec::new();
        match host {
            Host::Name(name) => {
                for (start, set) in self.listed_suffixes(name.as_str()) {
                    self.add_matches(&mut matches, set, 0, || {
                        name.as_str().get(start..).unwrap_or_default().to_owned()
                    });
                }
            }
            Host::Ip(address) => {
                let set = self.lookup(host, path, query).host_set;
                self.add_matches(&mut matches, set, 0, || address.to_string());
            }
        }
        let hosts = matches.len();
        let request = Request::new(path, query);
        let mut chain: Vec<PageEntry<'_>> = Vec::new();
        let mut page = self.longest_page(host, request);
        while let Some(inner) = page {
            page = self.covering_page(inner.parent, inner.number, request);
            chain.push(inner);
        }
        let site = self.site(host).map_or("", |site| site.name);
        for entry in chain.iter().rev() {
            let text = String::from_utf8_lossy(entry.text);
            let slash = if text.starts_with('/') { "" } else { "/" };
            self.add_matches(&mut matches, entry.set, hosts, || format!("{site}{slash}{text}"));
        }
        matches
    }

    /// The sets that any page of a host is on: what must be seen page by page, because of one of them.
    pub fn page_sets(&self, host: &Host) -> impl Iterator<Item = SetId> {
        let pages = self.site(host).map(|site| site.first..site.first.saturating_add(site.count));
        pages.into_iter().flatten().map_while(|number| self.page(number)).map(|page| page.set)
    }

    /// The entries that mean some pages of hosts for which `wanted` holds, as site, text and set. Looks at every site
    /// that has any: for people who are about to open something, not for traffic.
    pub fn page_entries(&self, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, &str, SetId)> {
        let sites = self.site_records().chunks_exact(SITE_BYTES);
        sites
            .filter_map(|record| {
                let length = u32_at(record, 12)? as usize;
                let name = text_at(self.text(), u32_at(record, 0)? as usize, length)?;
                Some(Site { name, first: u32_at(record, 4)?, count: u32_at(record, 8)? })
            })
            .filter(move |site| wanted(site.name))
            .flat_map(|site| {
                let pages = site.first..site.first.saturating_add(site.count);
                pages.map_while(|number| self.page(number)).filter_map(move |page| {
                    std::str::from_utf8(page.text).ok().map(|text| (site.name, text, page.set))
                })
            })
    }

    /// Whether some name below this one is on other lists than it is itself. Which one the lists do not tell: they keep
    /// no names that can be read.
    pub fn has_names_below(&self, name: &str) -> bool {
        let (table, words) = self.names();
        let whole = hash::suffixes(self.seed(), name).last();
        whole.is_some_and(|(_start, state)| table.find(words, state.finish()) & u64::from(GOES_ON) != 0)
    }

    /// Adds the lists of a set that are not among the matches from one on.
    fn add_matches(&self, matches: &mut Vec<Match>, set: SetId, from: usize, entry: impl Fn() -> String) {
        for list in self.lists_of(set) {
            let known = matches.iter().skip(from).any(|found| found.list == *list);
            if let Some(category) = self.category_of(*list).filter(|_| !known) {
                matches.push(Match { list: *list, category: category.clone(), entry: entry() });
            }
        }
    }

    #[inline]
    fn longest_suffix(&self, name: &str) -> (SetId, u8) {
        let longest = self.listed_suffixes(name).last();
        longest.map_or((SetId::EMPTY, 0), |(start, set)| {
            (set, u8::try_from(name.len() - start).unwrap_or(u8::MAX))
        })
    }

    /// The listed suffixes of a name, shortest first, as where they start and their set.
    #[inline]
    fn listed_suffixes(&self, name: &str) -> impl Iterator<Item = (usize, SetId)> {
        let (table, words) = self.names();
        let mut look_at_top_level = self.header.has_top_levels;
        let mut goes_on = true;
        hash::suffixes(self.seed(), name)
            .skip(usize::from(!look_at_top_level))
            .map_while(move |(start, state)| {
                if !goes_on {
                    return None;
                }
                let value = table.find(words, state.finish());
                // Names of one label are not marked as going on: nearly all do.
                goes_on = std::mem::take(&mut look_at_top_level) || value & u64::from(GOES_ON) != 0;
                Some((start, set_of(value)))
            })
            .filter(|(_start, set)| *set != SetId::EMPTY)
    }

    fn site(&self, host: &Host) -> Option<Site<'_>> {
        let (table, words) = self.sites();
        let (hash, name) = match host {
            Host::Name(name) => {
                let site = without_www(name.as_str());
                (hash::of_name(self.seed(), site), Some(site))
            }
            Host::Ip(address) => (hash::of_address(self.seed(), *address), None),
        };
        let index = usize::try_from(table.find(words, hash).checked_sub(1)?).ok()?;
        let record = self.site_records().get(index.checked_mul(SITE_BYTES)?..)?;
        let length = u32_at(record, 12)? as usize;
        let site = text_at(self.text(), u32_at(record, 0)? as usize, length)?;
        let same = name.map_or_else(|| host.to_string() == site, |name| name == site);
        same.then_some(Site { name: site, first: u32_at(record, 4)?, count: u32_at(record, 8)? })
    }

    fn page(&self, number: u32) -> Option<PageEntry<'_>> {
        let record = self.page_records().get((number as usize).checked_mul(PAGE_BYTES)?..)?;
        let (offset, length) = (u32_at(record, 0)? as usize, usize::from(u16_at(record, 4)?));
        let text = self.text().get(offset..offset.checked_add(length)?)?;
        Some(PageEntry { number, text, set: SetId::new(u16_at(record, 6)?), parent: u32_at(record, 8)? })
    }

    /// The longest entry that covers a request.
    ///
    /// Any entry that the request begins with is also what the last entry not after the request begins with, so one
    /// search and the chain from there find it.
    fn longest_page(&self, host: &Host, request: Request<'_>) -> Option<PageEntry<'_>> {
        let site = self.site(host)?;
        let (mut low, mut high) = (site.first, site.first.checked_add(site.count)?);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.page(middle)?.text.iter().copied().le(request.bytes()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.covering_page(low.checked_sub(1).filter(|last| *last >= site.first)?, low, request)
    }

    /// The longest entry that covers a request among an entry and those it begins with. Numbers fall along the chain;
    /// one that does not is a lie and ends it.
    fn covering_page(&self, number: u32, below: u32, request: Request<'_>) -> Option<PageEntry<'_>> {
        let (mut number, mut below) = (number, below);
        while number != NO_PARENT && number < below {
            let page = self.page(number)?;
            if request.is_covered_by(page.text) {
                return Some(page);
            }
            below = number;
            number = page.parent;
        }
        None
    }
}

/// The set in a value of the names table.
#[inline]
const fn set_of(value: u64) -> SetId {
    SetId::new((value >> 1 & 0xffff) as u16)
}
