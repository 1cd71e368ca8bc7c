//! One person at one device for a while: pages with what belongs to them, searches, reading time, and a cache like a
//! browser's.

use std::collections::BTreeSet;
use std::net::IpAddr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::play::act::{Fetch, Place, Purpose, Way, What};
use crate::play::searches::Searches;
use crate::random::Random;
use crate::sites::catalogue::{Catalogue, Site};
use crate::sites::page::Page;

/// How long somebody looks at a page, in milliseconds.
const READING_MS: (i64, i64) = (15_000, 100_000);
/// How far apart a page's parts are asked for.
const PART_GAP_MS: (i64, i64) = (5, 60);
/// The most parts fetched with one page: the rest is in the device's cache from another day, or below the fold.
const MOST_PARTS: usize = 3;

/// Somebody's sitting.
#[derive(Debug)]
pub(super) struct Browser<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) searches: &'a mut Searches,
    pub(super) random: Random,
    person: Option<PersonId>,
    device: IpAddr,
    at: Moment,
    until: Moment,
    cached: BTreeSet<String>,
    acts: Vec<(Moment, What)>,
}

impl<'a> Browser<'a> {
    /// Somebody at a device, from one moment until another. Nothing is asked for outside.
    pub(super) fn open(
        catalogue: &'a Catalogue,
        searches: &'a mut Searches,
        random: Random,
        (person, device): (Option<PersonId>, IpAddr),
        (from, until): (Moment, Moment),
    ) -> Self {
        let (cached, acts) = (BTreeSet::new(), Vec::new());
        Self { catalogue, searches, random, person, device, at: from, until, cached, acts }
    }

    /// What was done, to be put into the plan.
    pub(super) fn close(self) -> Vec<(Moment, What)> {
        self.acts
    }

    /// Signs in and takes a moment to look round.
    pub(super) fn sign_in(&mut self) {
        if let Some(place) = self.place() {
            self.act(What::SignIn(place));
            self.wait(8_000, 25_000);
        }
    }

    /// Signs out, at the end of the sitting at the latest.
    pub(super) fn sign_out(&mut self) {
        if let Some(place) = self.place() {
            self.at = self.at.min(self.until);
            self.acts.push((self.at, What::SignOut(place)));
        }
    }

    /// Visits a page: the page, its parts that are not in the cache yet, and then some reading.
    pub(super) fn visit(&mut self, name: &str, path: &str) {
        self.visit_as(name, path, Purpose::Page);
    }

    /// Visits a page for a purpose of its own. A page that is closed comes without its parts.
    pub(super) fn visit_as(&mut self, name: &str, path: &str, purpose: Purpose) {
        let Some(site) = self.catalogue.site(name) else { return };
        self.ask(&site.address(path), purpose);
        let closed = matches!(purpose, Purpose::Closed | Purpose::Trick);
        if let Some(page) = site.page(path).filter(|_| !closed) {
            self.parts(site, page);
        }
        self.read();
    }

    /// Visits one of a site's pages by chance.
    pub(super) fn visit_any(&mut self, name: &str, purpose: Purpose) {
        let Some(site) = self.catalogue.site(name) else { return };
        let path = self.random.pick(&site.pages).map_or("/", |page| page.path.as_str()).to_owned();
        self.visit_as(name, &path, purpose);
    }

    fn parts(&mut self, site: &Site, page: &Page) {
        let count = self.random.below(MOST_PARTS + 1);
        let new = site.parts_of(page).into_iter().filter(|part| !self.cached.contains(part));
        for part in new.take(count).collect::<Vec<_>>() {
            self.wait(PART_GAP_MS.0, PART_GAP_MS.1);
            self.ask(&part, Purpose::Part);
            self.cached.insert(part);
        }
    }

    /// Types words into the search engine, looks at the results and follows one that is not closed.
    pub(super) fn search(&mut self, words: &str, purpose: Purpose) {
        let begun: String = words.chars().take(words.chars().count() / 2).collect();
        self.ask(&format!("https://finder.example/complete?words={}", encoded(&begun)), Purpose::Suggestion);
        self.wait(600, 2_500);
        self.ask(&format!("https://finder.example/find?words={}", encoded(words)), purpose);
        self.wait(3_000, 12_000);
        let good =
            |site: &Site| site.categories.iter().any(|one| matches!(*one, "education" | "childrens-sites"));
        let found = self.catalogue.search(words, None);
        let found = found.iter().find(|(site, page)| good(site) && page.path != "/");
        if let Some((name, path)) = found.map(|(site, page)| (site.name, page.path.clone())) {
            self.visit(name, &path);
        }
    }

    /// Searches the encyclopaedia.
    pub(super) fn look_up(&mut self, words: &str, purpose: Purpose) {
        self.ask(&format!("https://encyclopaedia.example/search?q={}", encoded(words)), purpose);
        self.read();
    }

    /// Sends a form.
    pub(super) fn send(&mut self, address: &str, form: &str) {
        self.push(Fetch { form: Some(form.to_owned()), ..self.fetch(address, Purpose::Form) });
        self.wait(500, 2_000);
    }

    /// Asks for one thing in the usual way.
    pub(super) fn ask(&mut self, address: &str, purpose: Purpose) {
        let fetch = self.fetch(address, purpose);
        self.push(fetch);
    }

    /// Asks for one thing in another way.
    pub(super) fn ask_so(&mut self, address: &str, way: Way, purpose: Purpose) {
        self.push(Fetch { way, ..self.fetch(address, purpose) });
        self.wait(2_000, 20_000);
    }

    /// Presses "I have told an adult" on the page that came instead of a site's first page.
    pub(super) fn tell_of(&mut self, name: &str) {
        let Some((place, site)) = self.place().zip(self.catalogue.site(name)) else { return };
        self.act(What::Tell { place, page: site.address("/") });
        self.wait(5_000, 30_000);
    }

    /// Reads for a while.
    pub(super) fn read(&mut self) {
        self.wait(READING_MS.0, READING_MS.1);
    }

    fn wait(&mut self, low_ms: i64, high_ms: i64) {
        let gap = self.random.between(low_ms, high_ms);
        self.at = Moment::from_unix_ms(self.at.unix_ms() + gap);
    }

    const fn place(&self) -> Option<Place> {
        match self.person {
            Some(person) => Some(Place { person, device: self.device }),
            None => None,
        }
    }

    fn fetch(&self, address: &str, purpose: Purpose) -> Fetch {
        let (address, way) = (address.to_owned(), Way::Usual);
        Fetch { person: self.person, device: self.device, address, form: None, way, purpose }
    }

    fn push(&mut self, fetch: Fetch) {
        self.act(What::Fetch(fetch));
    }

    fn act(&mut self, what: What) {
        if self.at < self.until {
            self.acts.push((self.at, what));
        }
    }
}

fn encoded(words: &str) -> String {
    utf8_percent_encode(words, NON_ALPHANUMERIC).to_string().replace("%20", "+")
}
