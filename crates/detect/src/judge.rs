//! One text read whole: first what calms, then the model. Explains itself.

use usher_scan::theme::Theme;

use crate::context::{Calm, Context};
use crate::heads::{Heads, HeadsFault};
use crate::model::{Embedder, ModelFault};

/// A theme a text was read to be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The theme.
    pub theme: Theme,
    /// How sure the program is, 0 to 1.
    pub score: f32,
    /// Whether it is as sure as it gets before it is wrong in one ordinary search of ten thousand.
    pub sure: bool,
}

impl Reading {
    /// How sure it is, in a hundred.
    pub fn percent(&self) -> u8 {
        (1..=100_u8).rev().find(|percent| f32::from(*percent) <= self.score * 100.0).unwrap_or(0)
    }
}

/// What came of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Themes it is about, surest first. Empty where something calms.
    pub readings: Vec<Reading>,
    /// What makes it harmless, and by which phrase.
    pub calm: Option<(Calm, String)>,
    /// All scores, in the order of the themes; for whoever asks why.
    pub scores: Vec<(Theme, f32)>,
}

/// What is wrong with what comes with Usher.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JudgeFault {
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelFault),
    /// The heads.
    #[error(transparent)]
    Heads(#[from] HeadsFault),
    /// The calming phrases.
    #[error("the phrases that calm are not of this form")]
    Context(#[from] toml::de::Error),
    /// The system.
    #[error("no thread could be started for the sentence model")]
    Thread(#[source] std::io::Error),
    /// The thread.
    #[error("the thread of the sentence model ended while it loaded")]
    Ended,
}

/// Reads texts.
#[derive(Debug)]
pub struct Judge {
    embedder: Embedder,
    heads: Heads,
    context: Context,
}

impl Judge {
    /// With what comes with Usher, and the model in this folder.
    ///
    /// # Errors
    /// When the model is not there or another than was checked.
    pub fn load(folder: &std::path::Path) -> Result<Self, JudgeFault> {
        let (heads, context) = (Heads::built_in()?, Context::built_in()?);
        Ok(Self { embedder: Embedder::load(folder)?, heads, context })
    }

    /// Which training its heads are of.
    pub fn version(&self) -> &str {
        &self.heads.version
    }

    /// Reads one text.
    ///
    /// # Errors
    /// When the model gives no answer.
    pub fn read(&self, text: &str) -> Result<Read, ModelFault> {
        let calm = self.context.calms(text).map(|(kind, phrase)| (kind, phrase.to_owned()));
        let sentence = self.embedder.read(text)?;
        let scored: Vec<_> = self.heads.heads.iter().map(|head| (head, head.score(&sentence))).collect();
        let scores = scored.iter().map(|(head, score)| (head.theme, *score)).collect();
        let mut readings: Vec<Reading> = scored
            .iter()
            .filter(|(head, score)| calm.is_none() && *score >= head.threshold)
            .map(|(head, score)| Reading { theme: head.theme, score: *score, sure: *score >= head.sure })
            .collect();
        readings.sort_by(|one, other| other.score.total_cmp(&one.score));
        Ok(Read { readings, calm, scores })
    }
}
