//! One head a theme: how near a sentence is to what the theme's examples say. Made by `cargo xtask detect train`.

use serde::{Deserialize, Serialize};
use usher_scan::theme::Theme;

use crate::model::{Sentence, WIDTH};

/// What was trained, as it is kept in the repository.
const TRAINED: &str = include_str!("../../../lists/detect/heads.json");

/// One theme's head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The theme.
    pub theme: Theme,
    /// From this score on it is told: where one ordinary search in two thousand is told wrongly, or fewer.
    pub threshold: f32,
    /// From this score on it is told as grave.
    pub sure: f32,
    /// What is added.
    pub bias: f32,
    /// What each number of a sentence weighs.
    pub weights: Vec<f32>,
}

impl Head {
    /// How sure it is, 0 to 1.
    pub fn score(&self, sentence: &Sentence) -> f32 {
        let sum: f32 = self.weights.iter().zip(sentence).map(|(weight, number)| weight * number).sum();
        1.0 / (1.0 + (-(sum + self.bias)).exp())
    }
}

/// All heads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Which training made them: the digest of the examples they were made of.
    pub version: String,
    /// One a theme.
    pub heads: Vec<Head>,
}

/// Why heads cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeadsFault {
    /// They are not of this form.
    #[error("the heads are not of this form")]
    Form(#[from] serde_json::Error),
    /// One has another width than a sentence.
    #[error("the head of `{0}` does not fit the sentence model")]
    Width(Theme),
}

impl Heads {
    /// Those that come with Usher.
    ///
    /// # Errors
    /// When they are broken, which a test finds first.
    pub fn built_in() -> Result<Self, HeadsFault> {
        Self::parse(TRAINED)
    }

    /// Reads heads.
    ///
    /// # Errors
    /// When they are not of this form, or do not fit.
    pub fn parse(text: &str) -> Result<Self, HeadsFault> {
        let heads: Self = serde_json::from_str(text)?;
        match heads.heads.iter().find(|head| head.weights.len() != WIDTH) {
            Some(head) => Err(HeadsFault::Width(head.theme)),
            None => Ok(heads),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heads_that_come_with_usher_fit_and_there_is_one_for_every_theme() {
        let heads = Heads::built_in().unwrap();
        let themes: Vec<Theme> = heads.heads.iter().map(|head| head.theme).collect();
        assert_eq!(themes, Theme::ALL);
        for head in &heads.heads {
            assert!(head.threshold > 0.0 && head.threshold <= head.sure && head.sure < 1.0, "{}", head.theme);
        }
    }

    #[test]
    fn heads_of_another_width_are_refused() {
        let text = r#"{"version":"x","heads":[{"theme":"drugs","threshold":0.5,"sure":0.9,"bias":0,"weights":[1.0]}]}"#;
        assert!(matches!(Heads::parse(text), Err(HeadsFault::Width(Theme::Drugs))));
    }
}
