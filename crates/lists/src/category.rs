//! What a site can be about: the product's own categories, and small sets of them.
//!
//! Owns: the name of a category, the catalogue read from `lists/categories.toml`, and the set a lookup answers with.
//! Does not: say what may be done with a category. That is policy.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::kebab;

/// The product's own catalogue, as shipped.
/// The table that comes with the program, as its file is written.
pub const BUILT_IN: &str = include_str!("../../../lists/categories.toml");

/// Most categories one table can hold: the bits of a [`CategorySet`].
pub const MAX_CATEGORIES: usize = 128;

/// The name of a category in kebab case, as files and events write it. Cheap to copy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(Arc<str>);

/// A text that is not the name of a category.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the name of a category: {why}")]
pub struct NotACategory {
    text: String,
    why: &'static str,
}

/// The categories of the licensed lists of illegal content. Nobody can open what is in them, and no policy, edit or decision
/// takes them away (FM-27); they are named here because whatever is named in a file can be changed.
pub const SEALED: [&str; 2] = ["illegal-images", "unlawful-terrorist"];

impl Category {
    /// Whether it is one of [`SEALED`].
    pub fn is_sealed(&self) -> bool {
        SEALED.contains(&self.as_str())
    }

    /// Reads a name such as `ads-and-tracking`. Whether such a category exists is for a [`CategoryTable`] to say.
    ///
    /// # Errors
    /// When the text is not kebab case of 1 to 64 characters.
    pub fn parse(text: &str) -> Result<Self, NotACategory> {
        kebab::check(text)
            .map(|()| Self(text.into()))
            .map_err(|why| NotACategory { text: text.chars().take(80).collect(), why })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// The four kinds of risk online that guidance to schools in England names (Keeping children safe in education).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// What a child may see.
    Content,
    /// Who a child may meet.
    Contact,
    /// What a child may do.
    Conduct,
    /// What a child may spend, and what may be taken from it.
    Commerce,
}

impl Area {
    /// Every area, in the order the guidance names them.
    pub const ALL: [Self; 4] = [Self::Content, Self::Contact, Self::Conduct, Self::Commerce];

    /// Its name in files and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Contact => "contact",
            Self::Conduct => "conduct",
            Self::Commerce => "commerce",
        }
    }

    /// The area with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }
}

/// One category of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEntry {
    /// Its name in files.
    pub name: Category,
    /// Its name on the screen.
    pub title: String,
    /// What it means, in one sentence.
    pub meaning: String,
    /// The kind of risk.
    pub area: Area,
    /// What alerts and reports group it under, in kebab case.
    pub theme: String,
}

/// All categories, in the order of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue(Vec<CategoryEntry>);

/// What is wrong with a catalogue of categories.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file is not readable as TOML of the expected shape.
    #[error("the catalogue of categories cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// Two entries have one name.
    #[error("the category `{0}` is there twice")]
    Twice(Category),
    /// A text that people see is missing, or a theme is not kebab case.
    #[error("the category `{name}`: {why}")]
    BadEntry {
        /// Which entry.
        name: Category,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More entries than a set can hold.
    #[error("there are {0} categories; at most 128 can be told apart")]
    TooMany(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    category: Vec<CategoryEntry>,
}

impl Catalogue {
    /// The catalogue that comes with the product.
    ///
    /// # Errors
    /// Never for the file as shipped; a test reads it.
    pub fn ours() -> Result<Self, CatalogueError> {
        Self::parse(BUILT_IN)
    }

    /// Reads a catalogue: TOML with one `[[category]]` table an entry.
    ///
    /// # Errors
    /// When the text has another shape, an unknown key, a name twice, an empty text or too many entries.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: CatalogueFile = toml::from_str(text)?;
        if file.category.len() > MAX_CATEGORIES {
            return Err(CatalogueError::TooMany(file.category.len()));
        }
        let mut seen = std::collections::HashSet::new();
        for entry in &file.category {
            if let Some(why) = fault_of(entry) {
                return Err(CatalogueError::BadEntry { name: entry.name.clone(), why });
            }
            if !seen.insert(&entry.name) {
                return Err(CatalogueError::Twice(entry.name.clone()));
            }
        }
        Ok(Self(file.category))
    }

    /// The entries, in the order of the screen.
    pub fn entries(&self) -> &[CategoryEntry] {
        &self.0
    }

    /// The entry of this name.
    pub fn entry(&self, name: &Category) -> Option<&CategoryEntry> {
        self.0.iter().find(|entry| entry.name == *name)
    }

    /// The table that gives each category its bit.
    pub fn table(&self) -> CategoryTable {
        CategoryTable::of(self.0.iter().map(|entry| entry.name.clone()))
    }
}

fn fault_of(entry: &CategoryEntry) -> Option<&'static str> {
    if entry.title.trim().is_empty() {
        return Some("it has no title");
    }
    if !entry.meaning.ends_with('.') {
        return Some("its meaning must be a sentence with a full stop");
    }
    kebab::check(&entry.theme).err()
}

/// The place of a category in a [`CategoryTable`]. Means nothing without that table, and is never written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryIndex(u8);

impl CategoryIndex {
    /// The place, from 0, for tables that have one row a category.
    pub fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// Gives each category a place, so that a set of categories is 128 bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryTable {
    names: Vec<Category>,
    places: HashMap<Category, CategoryIndex>,
}

impl CategoryTable {
    /// A table of these names in this order. Repeated names keep their first place; those after the 128th get none.
    pub fn of(names: impl IntoIterator<Item = Category>) -> Self {
        let mut table = Self::default();
        for name in names {
            let Ok(place) = u8::try_from(table.names.len()) else { break };
            if usize::from(place) < MAX_CATEGORIES && !table.places.contains_key(&name) {
                table.places.insert(name.clone(), CategoryIndex(place));
                table.names.push(name);
            }
        }
        table
    }

    /// The place of a category; none if the table does not have it.
    pub fn index_of(&self, name: &Category) -> Option<CategoryIndex> {
        self.places.get(name).copied()
    }

    /// The category at a place of this table.
    pub fn name_of(&self, index: CategoryIndex) -> Option<&Category> {
        self.names.get(usize::from(index.0))
    }

    /// The names in a set, in the order of the table.
    pub fn names_in(&self, set: CategorySet) -> impl Iterator<Item = &Category> {
        set.iter().filter_map(|index| self.name_of(index))
    }

    /// How many categories the table has.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the table has no category.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// A set of categories as 128 bits over a [`CategoryTable`]. Means nothing without that table; write names down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CategorySet(u128);

impl CategorySet {
    /// No category.
    pub const EMPTY: Self = Self(0);
    /// Every category there can be.
    pub const ALL: Self = Self(u128::MAX);

    /// The set of this one category.
    pub const fn only(index: CategoryIndex) -> Self {
        Self(1 << index.0)
    }

    /// This set and one more category.
    #[must_use]
    pub const fn with(self, index: CategoryIndex) -> Self {
        self.union(Self::only(index))
    }

    /// Whether the category is in the set.
    pub const fn contains(self, index: CategoryIndex) -> bool {
        self.0 & (1 << index.0) != 0
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the two have a category in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The places of its categories, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = CategoryIndex> {
        (0..128_u8).map(CategoryIndex).filter(move |index| self.contains(*index))
    }
}

impl FromIterator<CategoryIndex> for CategorySet {
    fn from_iter<I: IntoIterator<Item = CategoryIndex>>(indexes: I) -> Self {
        indexes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for CategorySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|index| index.0)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_catalogue_is_good() {
        let catalogue = Catalogue::ours().unwrap();
        assert!((45..=MAX_CATEGORIES).contains(&catalogue.entries().len()));
        assert_eq!(catalogue.table().len(), catalogue.entries().len());
        for entry in catalogue.entries() {
            assert!(entry.title.chars().count() <= 40, "{}: a title fits a column", entry.name);
            assert!(entry.meaning.split_whitespace().count() <= 25, "{}: a meaning is short", entry.name);
        }
        for area in Area::ALL {
            assert!(catalogue.entries().iter().any(|entry| entry.area == area), "{area:?}");
        }
    }

    #[test]
    fn a_bad_catalogue_is_refused_with_the_name_of_the_fault() {
        let entry = |name: &str, extra: &str| {
            format!(
                "[[category]]\nname = \"{name}\"\ntitle = \"T\"\nmeaning = \"M.\"\narea = \"content\"\ntheme = \"t\"\n{extra}"
            )
        };
        let fault = |text: &str| Catalogue::parse(text).unwrap_err().to_string();
        assert_eq!(fault(&(entry("a", "") + &entry("a", ""))), "the category `a` is there twice");
        assert!(fault(&entry("a", "colour = \"red\"")).contains("cannot be read"));
        assert!(fault(&entry("Not Kebab", "")).contains("cannot be read"));
        assert!(fault(&entry("a", "").replace("M.", "M")).contains("full stop"));
        let many: String = (0..129).map(|n| entry(&format!("c{n}"), "")).collect();
        assert!(fault(&many).contains("129 categories"));
    }

    #[test]
    fn sets_are_sets() {
        let table = Catalogue::ours().unwrap().table();
        let index = |name: &str| table.index_of(&Category::parse(name).unwrap()).unwrap();
        let (games, news) = (index("games"), index("news"));
        let both = CategorySet::only(games).with(news);
        assert!(both.contains(games) && both.contains(news) && both.len() == 2);
        assert_eq!(both.without(CategorySet::only(news)), CategorySet::only(games));
        assert!(both.meets(CategorySet::only(news)) && !CategorySet::EMPTY.meets(CategorySet::ALL));
        assert_eq!([news, games].into_iter().collect::<CategorySet>(), both);
        let names: Vec<_> = table.names_in(both).map(Category::as_str).collect();
        assert_eq!(names, ["games", "news"]);
        assert_eq!(table.index_of(&Category::parse("unheard-of").unwrap()), None);
    }
}
