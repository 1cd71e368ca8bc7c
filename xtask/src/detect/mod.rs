//! The heads of `crates/detect`: training them from labelled texts that are not in the repository and from our own
//! sentences, and measuring them beside the word lists.

mod data;
mod measure;
mod read;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use usher_detect::heads::{Head, Heads};
use usher_detect::model::{Embedder, Sentence};
use usher_detect::train::{self, Example};
use usher_scan::theme::Theme;

use data::{Data, Half, Text};
use read::Read;

/// One ordinary search of so many may be told wrongly (issue 5).
const ORDINARY_FOR_ONE: usize = 2_000;
/// Harmless look-alikes that may be told: four in a hundred (issue 5).
const LOOK_ALIKES_PERCENT: usize = 4;
/// No head tells anything it is not at least this sure of.
const LEAST: f32 = 0.5;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Detect {
    /// Make lists/detect/heads.json anew.
    Train(Given),
    /// Write docs/detection.md: what lists find, what lists and model find, and what they tell wrongly.
    Measure(Given),
}

/// Where things are.
#[derive(Debug, Args)]
pub(crate) struct Given {
    /// The folder of labelled texts.
    #[arg(long)]
    data: PathBuf,
    /// The folder `usher detect fetch` put the model in.
    #[arg(long)]
    model: PathBuf,
}

impl Detect {
    /// Does it.
    pub(crate) fn run(self, root: &Path) -> Result<()> {
        let (Self::Train(given) | Self::Measure(given)) = &self;
        let data = Data::read(&given.data)?;
        let embedder = Embedder::load(&given.model)?;
        let mut read = Read::open(&given.model)?;
        match self {
            Self::Train(_) => train_all(root, &data, &embedder, &mut read)?,
            Self::Measure(_) => measure::run(root, &data, &embedder, &mut read)?,
        }
        read.keep()
    }
}

/// Texts with their sentences.
fn embedded<'a>(
    embedder: &Embedder,
    read: &mut Read,
    texts: &[&'a Text],
) -> Result<Vec<(&'a Text, Sentence)>> {
    texts.iter().map(|text| Ok((*text, read.sentence(embedder, &text.words)?))).collect()
}

fn train_all(root: &Path, data: &Data, embedder: &Embedder, read: &mut Read) -> Result<()> {
    let of = |half: Half| -> Vec<&Text> { data.texts.iter().filter(|text| text.half == half).collect() };
    let learn = embedded(embedder, read, &of(Half::Train))?;
    let limit = embedded(embedder, read, &of(Half::Limit))?;
    let mut heads = Vec::new();
    for theme in Theme::ALL {
        let examples: Vec<Example<'_>> = learn
            .iter()
            .filter_map(|(text, sentence)| {
                let is = text.is(theme)?;
                Some(Example { sentence, is, weight: text.weight() })
            })
            .collect();
        let mut head = train::train(theme, &examples);
        set_limits(&mut head, &learn, &limit);
        println!(
            "{theme}: {} examples, told from {:.3}, sure from {:.3}",
            examples.len(),
            head.threshold,
            head.sure
        );
        heads.push(rounded(head));
    }
    let heads = Heads { version: data.digest.clone(), heads };
    let path = root.join("lists/detect/heads.json");
    fs::write(&path, serde_json::to_string(&heads)?).with_context(|| path.display().to_string())?;
    Ok(())
}

/// A head tells from where it would be wrong in one ordinary search of two thousand, on searches it did not learn from;
/// and it is sure from where it would not have been wrong in any.
fn set_limits(head: &mut Head, learn: &[(&Text, Sentence)], limit: &[(&Text, Sentence)]) {
    let scores = |texts: &[(&Text, Sentence)], of: &dyn Fn(&Text) -> bool| {
        let mut scores: Vec<f32> =
            texts.iter().filter(|(text, _)| of(text)).map(|(_, sentence)| head.score(sentence)).collect();
        scores.sort_by(|one, other| other.total_cmp(one));
        scores
    };
    let ordinary = scores(limit, &|text| text.is_ordinary());
    let alike = scores(learn, &|text| text.is_look_alike());
    let above = |scores: &[f32], allowed: usize| {
        scores.get(allowed).map_or(LEAST, |score| (score + 0.001).min(0.98)).max(LEAST)
    };
    let told = above(&ordinary, ordinary.len() / ORDINARY_FOR_ONE);
    head.threshold = told.max(above(&alike, alike.len() * LOOK_ALIKES_PERCENT / 100));
    head.sure = above(&ordinary, 0).max(head.threshold + 0.01);
}

/// Four digits are more than the model's own whole numbers carry.
fn rounded(head: Head) -> Head {
    let round = |number: f32| (number * 10_000.0).round() / 10_000.0;
    let weights = head.weights.iter().map(|weight| round(*weight)).collect();
    Head { threshold: round(head.threshold), sure: round(head.sure), bias: round(head.bias), weights, ..head }
}
