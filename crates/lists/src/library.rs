//! Compiled lists and the school's edits together: the one question that policy asks of lists.

use std::sync::Arc;

use usher_types::host::Host;

use crate::artefact::{Artefact, SetId};
use crate::category::{Category, CategorySet, CategoryTable};
use crate::lookup::{Hit, Match};
use crate::overlay::{Edit, Overlay};

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
