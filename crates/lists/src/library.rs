//! Compiled lists and the school's edits together: the one question that policy asks of lists.

use std::sync::Arc;

use usher_types::host::Host;
use usher_types::url::WebAddress;

use crate::artefact::{Artefact, SetId};
use crate::category::{Category, CategorySet, CategoryTable};
use crate::lookup::{Hit, Match};
use crate::overlay::{Edit, Overlay};
use crate::pages::without_www;
use crate::patterns::AddressPattern;

/// Compiled lists that cannot be used with these categories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list `{list}` is of `{category}`, which is no category")]
pub struct UnknownCategory {
    list: String,
    category: Category,
}

/// What says that a page is, or is not, in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    /// An entry of a list.
    List(Match),
    /// An edit of the school.
    Edit(Edit),
}

/// What is known below an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Below {
    /// One page of each set of categories that there is.
    pub pages: Vec<(WebAddress, CategorySet)>,
    /// Whether there are sites below it that are on lists and cannot be named.
    pub more: bool,
}

impl Below {
    fn add(&mut self, page: WebAddress, categories: CategorySet) {
        if !categories.is_empty() && !self.pages.iter().any(|(_, known)| *known == categories) {
            self.pages.push((page, categories));
        }
    }
}

/// Answers which categories a page is in. Never changes; a new file or a new edit makes a new one.
#[derive(Debug, Clone)]
pub struct Library {
    artefact: Arc<Artefact>,
    overlay: Arc<Overlay>,
    categories: Arc<CategoryTable>,
    /// The categories of each set of the artefact, by its number.
    by_set: Arc<[CategorySet]>,
}

impl Library {
    /// Puts compiled lists and edits together.
    ///
    /// # Errors
    /// When a list is of a category that the table does not have: acting on half the lists would be worse.
    pub fn new(
        artefact: Arc<Artefact>,
        overlay: Arc<Overlay>,
        categories: Arc<CategoryTable>,
    ) -> Result<Self, UnknownCategory> {
        let by_list: Vec<CategorySet> = artefact
            .lists()
            .iter()
            .map(|info| {
                let category = &info.origin.category;
                let unknown =
                    || UnknownCategory { list: info.origin.id.to_string(), category: category.clone() };
                categories.index_of(category).map(CategorySet::only).ok_or_else(unknown)
            })
            .collect::<Result<_, _>>()?;
        let of_list = |list: &u16| by_list.get(usize::from(*list)).copied().unwrap_or_default();
        let by_set = artefact
            .sets()
            .map(|lists| lists.iter().map(of_list).fold(CategorySet::EMPTY, CategorySet::union))
            .collect();
        Ok(Self { artefact, overlay, categories, by_set })
    }

    /// The same lists with other edits.
    #[must_use]
    pub fn with_overlay(&self, overlay: Arc<Overlay>) -> Self {
        Self { overlay, ..self.clone() }
    }

    /// The compiled lists.
    pub const fn artefact(&self) -> &Arc<Artefact> {
        &self.artefact
    }

    /// The edits.
    pub const fn overlay(&self) -> &Arc<Overlay> {
        &self.overlay
    }

    /// The table that the sets are over.
    pub const fn categories(&self) -> &Arc<CategoryTable> {
        &self.categories
    }

    /// The categories of a page, by lists and edits. The path is in normal form
    /// ([`usher_types::url::normal_path`]). Does not allocate.
    pub fn categories_of(&self, host: &Host, path: &str, query: Option<&str>) -> CategorySet {
        self.categories_keeping(CategorySet::EMPTY, host, path, query)
    }

    /// The same, but no edit takes one of `kept` away that a list says.
    pub fn categories_keeping(
        &self,
        kept: CategorySet,
        host: &Host,
        path: &str,
        query: Option<&str>,
    ) -> CategorySet {
        let listed = self.listed(self.artefact.lookup(host, path, query));
        self.overlay.apply(host, path, listed).union(listed.intersection(kept))
    }

    /// Whether some page of a host is in one of `categories` by a list.
    pub fn has_pages_in(&self, categories: CategorySet, host: &Host) -> bool {
        let of_set = |set: SetId| self.by_set.get(usize::from(set.number())).copied().unwrap_or_default();
        self.artefact.page_sets(host).any(|set| of_set(set).meets(categories))
    }

    /// What lists and edits know below a pattern. No edit takes one of `kept` away that a list says.
    pub fn below(&self, kept: CategorySet, pattern: &AddressPattern) -> Below {
        let mut found = Below::default();
        let Some(host) = pattern.host() else { return Below { more: true, ..found } };
        let wanted = |site: &str| match &host {
            Host::Name(name) => {
                let name = without_www(name.as_str());
                site.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Host::Ip(address) => Host::Ip(*address).to_string() == site,
        };
        let entries = self.artefact.page_entries(wanted).filter_map(|(site, text, set)| {
            let slash = if text.starts_with('/') { "" } else { "/" };
            let page = WebAddress::parse(&format!("https://{site}{slash}{text}")).ok()?;
            // A list means the pages of `www.` with the others.
            let path = pattern.matches_path(&page.path);
            path.then_some((page, set))
        });
        for (page, set) in entries {
            let listed = self.listed(Hit { page_set: set, ..self.artefact.lookup(&page.host, "/", None) });
            let categories =
                self.overlay.apply(&page.host, &page.path, listed).union(listed.intersection(kept));
            found.add(page, categories);
        }
        for edited in self.overlay.patterns().filter(|edited| !edited.is_range()) {
            let page = WebAddress::parse(&format!("https://{edited}")).ok();
            for page in page.into_iter().filter(|page| pattern.matches(page)) {
                let categories = self.categories_keeping(kept, &page.host, &page.path, None);
                found.add(page, categories);
            }
        }
        found.more = host.name().is_some_and(|name| self.artefact.has_names_below(name.as_str()));
        found
    }

    /// The categories of what a lookup found, before the edits.
    pub fn listed(&self, hit: Hit) -> CategorySet {
        let of_set = |set: SetId| self.by_set.get(usize::from(set.number())).copied().unwrap_or_default();
        of_set(hit.host_set).union(of_set(hit.page_set))
    }

    /// Everything that speaks about a page, edits first: what explains the answer to people. Allocates.
    pub fn matches(&self, host: &Host, path: &str, query: Option<&str>) -> Vec<Matched> {
        let edits = self.overlay.matches(host, path).cloned().map(Matched::Edit);
        edits.chain(self.artefact.explain(host, path, query).into_iter().map(Matched::List)).collect()
    }
}
