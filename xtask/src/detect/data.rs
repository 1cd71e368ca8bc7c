//! The texts: labelled ones of others, given as a folder, and our own sentences.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use usher_detect::examples::{self, Examples, half};
use usher_scan::theme::Theme;
use usher_types::digest::Digest;

/// Of the many texts of one label elsewhere, one in so many is used: our own sentences are few and say it as children do.
const DAVIDSON_ONE_IN: usize = 12;
/// Ordinary messages, for the same reason.
const SMS_ONE_IN: usize = 2;

/// What a text is for. No text is for two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// Heads learn from it.
    Train,
    /// Thresholds are set by it.
    Limit,
    /// It measures.
    Measure,
}

/// What is known of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Label {
    /// One of our sentences that worries.
    Ours(Theme),
    /// One of our sentences that only sounds like this theme, looks for help, or is a lesson.
    LookAlike(Theme),
    /// An ordinary search or message.
    Ordinary,
    /// A text of others: for these themes it is known whether it is of them.
    Others(Vec<(Theme, bool)>),
}

/// One text.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) words: String,
    pub(super) label: Label,
    pub(super) half: Half,
}

impl Text {
    /// Whether it is of this theme, where that is known. Themes overlap, so a sentence of one says nothing of another.
    pub(super) fn is(&self, theme: Theme) -> Option<bool> {
        match &self.label {
            Label::Ours(of) => (*of == theme).then_some(true),
            Label::LookAlike(_) | Label::Ordinary => Some(false),
            Label::Others(known) => known.iter().find(|(of, _)| *of == theme).map(|(_, is)| *is),
        }
    }

    /// How much it counts: our own sentences are what children type.
    pub(super) const fn weight(&self) -> f32 {
        match self.label {
            Label::Ours(_) => 1.0,
            Label::LookAlike(_) => 4.0,
            Label::Ordinary => 1.0,
            Label::Others(_) => 0.25,
        }
    }

    pub(super) const fn is_ordinary(&self) -> bool {
        matches!(self.label, Label::Ordinary)
    }

    pub(super) const fn is_look_alike(&self) -> bool {
        matches!(self.label, Label::LookAlike(_))
    }
}

/// All texts.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) texts: Vec<Text>,
    /// Of all of them: which training a head is of.
    pub(super) digest: String,
}

impl Data {
    /// Reads the folder and our own lists.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut texts = Vec::new();
        for list in examples::built_in()? {
            ours(&list, &mut texts);
        }
        let file = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).with_context(|| path.display().to_string())
        };
        moderation(&file("moderation.tsv")?, &mut texts);
        davidson(&file("davidson.tsv")?, &mut texts);
        for words in file("sms.tsv")?.lines().filter_map(|line| line.strip_prefix("0\t")).step_by(SMS_ONE_IN)
        {
            texts.push(Text { words: words.to_owned(), label: Label::Ordinary, half: Half::Train });
        }
        for (index, words) in file("queries_bing.tsv")?.lines().enumerate() {
            // Given for research alone: no head learns from them. They say only how many would be told wrongly.
            let half = if index % 4 == 0 { Half::Limit } else { Half::Measure };
            texts.push(Text { words: words.to_owned(), label: Label::Ordinary, half });
        }
        let all: String = texts.iter().flat_map(|text| [text.words.as_str(), "\n"]).collect();
        let digest = Digest::of(all.as_bytes()).to_string().chars().take(16).collect();
        Ok(Self { texts, digest })
    }
}

fn ours(list: &Examples, texts: &mut Vec<Text>) {
    let harmless = [&list.look_alike, &list.help, &list.lesson];
    for trains in [true, false] {
        let to = if trains { Half::Train } else { Half::Measure };
        let text = |words: &str, label| Text { words: words.to_owned(), label, half: to };
        texts.extend(half(&list.harmful, trains).map(|words| text(words, Label::Ours(list.theme))));
        for words in harmless.into_iter().flat_map(|sentences| half(sentences, trains)) {
            texts.push(text(words, Label::LookAlike(list.theme)));
        }
    }
}

/// Columns: sexual, hateful, violent, harassing, self-harm, two more, the text. An empty cell is not known.
fn moderation(file: &str, texts: &mut Vec<Text>) {
    const COLUMNS: [Theme; 5] =
        [Theme::Adult, Theme::Hate, Theme::Violence, Theme::Bullying, Theme::SelfHarm];
    for (index, line) in file.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split('\t').collect();
        let Some(words) = cells.get(7) else { continue };
        let known = COLUMNS.iter().zip(&cells).filter_map(|(theme, cell)| match *cell {
            "1" => Some((*theme, true)),
            "0" => Some((*theme, false)),
            _ => None,
        });
        let half = if index % 2 == 0 { Half::Train } else { Half::Measure };
        texts.push(Text { words: (*words).to_owned(), label: Label::Others(known.collect()), half });
    }
}

/// Label 0 hates, 2 does neither that nor offend.
fn davidson(file: &str, texts: &mut Vec<Text>) {
    let hates = file.lines().filter_map(|line| match line.split_once('\t')? {
        ("0", words) => Some((true, words)),
        ("2", words) => Some((false, words)),
        _ => None,
    });
    for (index, (is, words)) in hates.step_by(DAVIDSON_ONE_IN).enumerate() {
        let half = if index % 2 == 0 { Half::Train } else { Half::Measure };
        let label = Label::Others(vec![(Theme::Hate, is)]);
        texts.push(Text { words: words.to_owned(), label, half });
    }
}
