//! The school's own edits: what it says a page is about, whatever the lists say.
//!
//! Kept apart from the compiled lists, so that an edit takes effect at once. For each category the edit with the
//! longest pattern decides; of two with the same pattern the later one does.

use serde::{Deserialize, Serialize};
use usher_types::host::Host;
use usher_types::moment::Moment;

use crate::category::{Category, CategorySet, CategoryTable};
use crate::patterns::{AddressPattern, PatternMap};

/// One edit of the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What it is known by in events and on the screen.
    pub id: String,
    /// What it is about.
    pub pattern: AddressPattern,
    /// What it does.
    pub effect: Effect,
    /// Why, in the words of who made it.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was made.
    pub added_at: Moment,
    /// When somebody is to look at it again.
    pub review_on: jiff::civil::Date,
}

/// What an edit does to the categories of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It is about this.
    AddCategory(Category),
    /// It is not about this.
    RemoveCategory(Category),
    /// It is about nothing that lists say.
    ClearCategories,
}

/// Edits that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverlayError {
    /// A category that does not exist.
    #[error("the edit `{id}` names `{category}`, which is no category")]
    UnknownCategory {
        /// Which edit.
        id: String,
        /// What it names.
        category: Category,
    },
}

/// The edits, ready to be applied. Never changes; a new edit makes a new overlay.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    groups: PatternMap<Group>,
}

/// The edits with one pattern, and what they come to.
#[derive(Debug, Clone)]
struct Group {
    added: CategorySet,
    removed: CategorySet,
    /// In the order in which they were made.
    edits: Vec<Edit>,
}

impl Overlay {
    /// Makes the edits ready. Takes about a millisecond for a thousand.
    ///
    /// # Errors
    /// When an edit names a category that the table does not have.
    pub fn build(
        edits: impl IntoIterator<Item = Edit>,
        categories: &CategoryTable,
    ) -> Result<Self, OverlayError> {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        edits.sort_by(|one, other| {
            (&one.pattern, one.added_at, &one.id).cmp(&(&other.pattern, other.added_at, &other.id))
        });
        let groups: Result<Vec<_>, OverlayError> = edits
            .chunk_by(|one, other| one.pattern == other.pattern)
            .filter_map(|same| same.first().map(|first| (first.pattern.clone(), same)))
            .map(|(pattern, same)| Ok((pattern, Group::of(same, categories)?)))
            .collect();
        Ok(Self { groups: groups?.into_iter().collect() })
    }

    /// Whether there is no edit.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// What is left of the lists' categories of a page after the edits.
    #[inline]
    pub fn apply(&self, host: &Host, path: &str, listed: CategorySet) -> CategorySet {
        if self.groups.is_empty() {
            return listed;
        }
        let mut categories = listed;
        let mut settled = CategorySet::EMPTY;
        for (_pattern, group) in self.groups.find_all(host, path) {
            categories =
                categories.union(group.added.without(settled)).without(group.removed.without(settled));
            settled = settled.union(group.added).union(group.removed);
        }
        categories
    }

    /// The addresses that edits are about.
    pub fn patterns(&self) -> impl Iterator<Item = &AddressPattern> {
        self.groups.iter().map(|(pattern, _group)| pattern)
    }

    /// The edits that match a page, the longest pattern first and of one pattern the latest first. For people.
    pub fn matches<'a>(&'a self, host: &'a Host, path: &'a str) -> impl Iterator<Item = &'a Edit> {
        self.groups.find_all(host, path).flat_map(|(_pattern, group)| group.edits.iter().rev())
    }
}

impl Group {
    fn of(edits: &[Edit], categories: &CategoryTable) -> Result<Self, OverlayError> {
        let (mut added, mut removed) = (CategorySet::EMPTY, CategorySet::EMPTY);
        for edit in edits {
            let only = |category: &Category| {
                let unknown =
                    || OverlayError::UnknownCategory { id: edit.id.clone(), category: category.clone() };
                categories.index_of(category).map(CategorySet::only).ok_or_else(unknown)
            };
            match &edit.effect {
                Effect::AddCategory(category) => {
                    let set = only(category)?;
                    (added, removed) = (added.union(set), removed.without(set));
                }
                Effect::RemoveCategory(category) => {
                    let set = only(category)?;
                    (added, removed) = (added.without(set), removed.union(set));
                }
                Effect::ClearCategories => (added, removed) = (CategorySet::EMPTY, CategorySet::ALL),
            }
        }
        Ok(Self { added, removed, edits: edits.to_vec() })
    }
}
