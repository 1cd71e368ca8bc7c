//! The file that says which part of somebody's collection of lists goes into which category (`lists/sources/*.toml`).
//!
//! Does not: fetch or open anything. It names folders and files; the caller finds them.

use serde::Deserialize;

use crate::category::{Category, CategoryTable};
use crate::format::Format;
use crate::source::{NotASourceId, SourceId};

/// The shipped manifests, by name.
const OURS: [&str; 2] =
    [include_str!("../../../lists/sources/ut1.toml"), include_str!("../../../lists/sources/merged.toml")];

/// How a collection lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A folder a part, with `domains`, `urls`, `expressions` and `usage`.
    SquidguardFolders,
    /// A file a part.
    Files,
}

/// A collection of lists and where its parts go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name; the names of its sources begin with it.
    pub id: SourceId,
    /// What people call it.
    pub title: String,
    /// Its licence as an SPDX expression.
    pub licence: String,
    /// Who is to be named, as the licence asks.
    pub credit: String,
    /// Where it is fetched from.
    pub origin: String,
    /// How it lies on disk.
    pub layout: Layout,
    /// What its files are written in, when it is a collection of files; found out by looking when not said.
    #[serde(default)]
    pub format: Option<Format>,
    /// Its parts.
    #[serde(rename = "part")]
    pub parts: Vec<Part>,
}

/// One part of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The folder or file.
    pub from: String,
    /// Where its entries go.
    #[serde(default)]
    pub category: Option<Category>,
    /// Why it is left out instead.
    #[serde(default)]
    pub skip: Option<String>,
    /// Its licence, when it is not that of the collection.
    #[serde(default)]
    pub licence: Option<String>,
}

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML of the expected shape.
    #[error("the manifest cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// A part neither goes anywhere nor is left out, or both.
    #[error("part `{0}` needs either a category or a reason to skip it")]
    Undecided(String),
    /// Two parts are of one folder or file, or would have one name.
    #[error("part `{0}` is there twice")]
    Twice(String),
    /// A category that does not exist.
    #[error("part `{part}` goes to `{category}`, which is no category")]
    UnknownCategory {
        /// Which part.
        part: String,
        /// Where it would go.
        category: Category,
    },
    /// A folder or file whose name cannot be made the name of a source.
    #[error("part `{part}` cannot be named")]
    Unnameable {
        /// Which part.
        part: String,
        /// Why not.
        source: NotASourceId,
    },
}

impl Manifest {
    /// Reads a manifest and checks it against the categories there are.
    ///
    /// # Errors
    /// When the text has another shape or an unknown key, or a part is undecided, there twice or of no category.
    pub fn parse(text: &str, categories: &CategoryTable) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        let mut ids = std::collections::BTreeSet::new();
        for part in &manifest.parts {
            if part.category.is_some() == part.skip.is_some() {
                return Err(ManifestError::Undecided(part.from.clone()));
            }
            if let Some(category) = part.category.as_ref().filter(|name| categories.index_of(name).is_none())
            {
                let (part, category) = (part.from.clone(), category.clone());
                return Err(ManifestError::UnknownCategory { part, category });
            }
            let id = manifest.source_id(part);
            let id = id.map_err(|source| ManifestError::Unnameable { part: part.from.clone(), source })?;
            if !ids.insert(id) {
                return Err(ManifestError::Twice(part.from.clone()));
            }
        }
        Ok(manifest)
    }

    /// The manifests that come with the product.
    ///
    /// # Errors
    /// Never for the files as shipped and the product's own categories; a test reads them.
    pub fn ours(categories: &CategoryTable) -> Result<Vec<Self>, ManifestError> {
        OURS.iter().map(|text| Self::parse(text, categories)).collect()
    }

    /// The name of the source that a part becomes: `ut1-audio-video`.
    ///
    /// # Errors
    /// When the part has a name that cannot be made kebab case.
    pub fn source_id(&self, part: &Part) -> Result<SourceId, NotASourceId> {
        let stem = part.from.split('.').next().unwrap_or_default().to_ascii_lowercase().replace('_', "-");
        SourceId::parse(&format!("{}-{stem}", self.id))
    }

    /// The licence of a part.
    pub fn licence_of<'a>(&'a self, part: &'a Part) -> &'a str {
        part.licence.as_deref().unwrap_or(&self.licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalogue;

    fn fault(text: &str) -> String {
        Manifest::parse(text, &Catalogue::ours().unwrap().table()).unwrap_err().to_string()
    }

    #[test]
    fn our_manifests_are_good() {
        let ours = Manifest::ours(&Catalogue::ours().unwrap().table()).unwrap();
        let sizes: Vec<_> =
            ours.iter().map(|manifest| (manifest.id.as_str(), manifest.parts.len())).collect();
        assert_eq!(sizes, [("ut1", 69), ("merged", 28)]);
        let part = ours[0].parts.iter().find(|part| part.from == "mixed_adult").unwrap();
        assert_eq!(ours[0].source_id(part).unwrap().as_str(), "ut1-mixed-adult");
        assert_eq!(ours[0].licence_of(part), "CC-BY-SA-4.0");
    }

    #[test]
    fn a_bad_manifest_is_refused_with_the_name_of_the_fault() {
        let head = "id = \"x\"\ntitle = \"X\"\nlicence = \"MIT\"\ncredit = \"x\"\norigin = \"x\"\nlayout = \"files\"\n";
        let part = |rest: &str| format!("{head}[[part]]\n{rest}\n");
        assert!(fault("id = \"x\"").contains("cannot be read"));
        assert!(
            fault(&part("from = \"a\"\ncategory = \"news\"\ncolour = \"red\"")).contains("cannot be read")
        );
        assert_eq!(fault(&part("from = \"a\"")), "part `a` needs either a category or a reason to skip it");
        assert!(fault(&part("from = \"a\"\ncategory = \"pop\"")).contains("`pop`, which is no category"));
        assert_eq!(fault(&part("from = \"a b\"\nskip = \"x\"")), "part `a b` cannot be named");
        let twice = part("from = \"a.txt\"\nskip = \"x\"") + "[[part]]\nfrom = \"a.list\"\nskip = \"x\"\n";
        assert_eq!(fault(&twice), "part `a.list` is there twice");
    }
}
