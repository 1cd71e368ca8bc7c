//! What scanning found, small enough to keep with every event. Never a body.

use serde::{Deserialize, Serialize};

use crate::theme::Theme;

/// What scanning found in one request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Features {
    /// What was searched for.
    pub search: Option<Search>,
    /// Themes of concern.
    pub themes: Vec<ThemeHit>,
}

/// Words typed into a search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The engine, as people call it.
    pub engine: String,
    /// The words, decoded, at most [`crate::search::LONGEST_SEARCH_CHARS`].
    pub words: String,
}

/// Where a phrase was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In search words.
    Search,
    /// In the page's address.
    Address,
}

/// One phrase of concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeHit {
    /// The theme.
    pub theme: Theme,
    /// How grave, 1 to 5; see [`crate::theme`].
    pub severity: u8,
    /// The phrase as the list has it.
    pub phrase: String,
    /// Where it was found.
    pub place: Place,
}

impl Features {
    /// The gravest severity; 0 when nothing was found.
    pub fn severity(&self) -> u8 {
        self.themes.iter().map(|hit| hit.severity).max().unwrap_or(0)
    }
}
