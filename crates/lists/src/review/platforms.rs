//! Well-known names: what lists may say of them without surprising anybody (`lists/platforms.toml`), and how much they
//! are used.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use usher_types::host::HostName;

use crate::category::{Category, CategoryTable};

/// The platforms file, as shipped.
const OURS: &str = include_str!("../../../../lists/platforms.toml");

/// What kind of well-known name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Many strangers publish under it.
    Hosting,
    /// A great many people use it.
    Popular,
    /// A child may need it today. Names below it are held as well.
    Protected,
}

/// The well-known names, and what lists may say of them without surprising anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Platforms {
    names: HashMap<Box<str>, usize>,
    groups: Vec<Group>,
    suffixes: Vec<Category>,
}

/// What is wrong with a platforms file.
#[derive(Debug, thiserror::Error)]
pub enum PlatformsError {
    /// Not TOML of the expected shape.
    #[error("the platforms file cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// A name is in two groups.
    #[error("`{0}` is there twice")]
    Twice(HostName),
    /// A category that does not exist.
    #[error("`{title}` expects `{category}`, which is no category")]
    UnknownCategory {
        /// Which group.
        title: String,
        /// What it expects.
        category: Category,
    },
}

/// Names that are well known for the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) title: String,
    pub(super) expected: Vec<Category>,
    names: Vec<HostName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformsFile {
    public_suffixes: Suffixes,
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suffixes {
    expected: Vec<Category>,
}

impl Platforms {
    /// The file that comes with the product.
    ///
    /// # Errors
    /// Never for the file as shipped and the product's own categories; a test reads it.
    pub fn ours(categories: &CategoryTable) -> Result<Self, PlatformsError> {
        Self::parse(OURS, categories)
    }

    /// Reads a platforms file and checks it against the categories there are.
    ///
    /// # Errors
    /// When the text has another shape or an unknown key, a name twice, or a category that does not exist.
    pub fn parse(text: &str, categories: &CategoryTable) -> Result<Self, PlatformsError> {
        let file: PlatformsFile = toml::from_str(text)?;
        let mut names = HashMap::new();
        let suffixes = ("public_suffixes", &file.public_suffixes.expected);
        let groups = file.group.iter().map(|group| (group.title.as_str(), &group.expected));
        for (title, expected) in groups.chain([suffixes]) {
            if let Some(category) = expected.iter().find(|name| categories.index_of(name).is_none()) {
                return Err(PlatformsError::UnknownCategory {
                    title: title.to_owned(),
                    category: category.clone(),
                });
            }
        }
        for (index, group) in file.group.iter().enumerate() {
            for name in &group.names {
                if names.insert(name.as_str().into(), index).is_some() {
                    return Err(PlatformsError::Twice(name.clone()));
                }
            }
        }
        Ok(Self { names, groups: file.group, suffixes: file.public_suffixes.expected })
    }

    /// The group that has exactly this name.
    pub(super) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(*self.names.get(name)?)
    }

    /// The protected group that has a name above this one.
    pub(super) fn protecting(&self, name: &str) -> Option<&Group> {
        let above = std::iter::successors(name.split_once('.'), |(_label, rest)| rest.split_once('.'));
        above.filter_map(|(_label, rest)| self.group(rest)).find(|group| group.kind == Kind::Protected)
    }

    /// What lists may say of a suffix that its owner declared public.
    pub(super) fn expected_of_suffixes(&self) -> &[Category] {
        &self.suffixes
    }
}

/// The most used sites, best first, from whatever ranking the caller trusts.
#[derive(Debug, Clone, Default)]
pub struct Popularity {
    ranks: HashMap<Box<str>, u32>,
}

impl Popularity {
    /// Keeps the first `down_to` of a ranking.
    pub fn of(ranking: impl IntoIterator<Item = HostName>, down_to: u32) -> Self {
        let ranks = ranking.into_iter().zip(1..=down_to).map(|(name, rank)| (name.as_str().into(), rank));
        Self { ranks: ranks.collect() }
    }

    /// The place of a name, from 1.
    pub(super) fn rank(&self, name: &str) -> Option<u32> {
        self.ranks.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalogue;

    #[test]
    fn a_bad_platforms_file_is_refused() {
        let table = Catalogue::ours().unwrap().table();
        let file = |names: &str, expected: &str| {
            format!(
                "[public_suffixes]\nexpected = []\n[[group]]\nkind = \"hosting\"\ntitle = \"T\"\nexpected = [{expected}]\nnames = [{names}]\n"
            )
        };
        let fault = |text: &str| Platforms::parse(text, &table).unwrap_err().to_string();
        assert_eq!(fault(&file("\"a.example\", \"A.example\"", "")), "`a.example` is there twice");
        assert_eq!(fault(&file("", "\"pop\"")), "`T` expects `pop`, which is no category");
        assert!(fault(&file("\"a b\"", "")).contains("cannot be read"));
    }
}
