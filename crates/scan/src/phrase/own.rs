//! Our own phrase lists, `lists/phrases/*.toml`.
//!
//! Owns: that form and the lists that come with Usher. Does not: read other people's lists ([`super::foreign`]).
//!
//! A list has one category and groups of phrases of one weight. A phrase is matched at the edges of words; a `*` before
//! or behind lets the word go on. Several texts in brackets must all be on the page. `unless` texts make the phrases of
//! their group count for nothing on a page that has one of them.

use serde::Deserialize;

use super::{Effect, Phrase, PhraseList};

/// Weights are read against a limit of 60 to 160, so one phrase of more than this would decide alone; that is what
/// `banned` is for.
const GREATEST_WEIGHT: i32 = 150;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    category: String,
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    weight: Option<i32>,
    #[serde(default)]
    banned: bool,
    #[serde(default)]
    exception: bool,
    #[serde(default)]
    unless: Vec<String>,
    phrases: Vec<Texts>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    All(Vec<String>),
}

/// What is wrong with a list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnFault {
    /// It is not TOML of this form.
    #[error("phrase list: {0}")]
    Form(#[from] toml::de::Error),
    /// A group must have exactly one of `weight`, `banned` and `exception`.
    #[error("phrase list `{category}`: group {group} needs one of `weight`, `banned` and `exception`")]
    Effect {
        /// The list.
        category: String,
        /// The group's number, from one.
        group: usize,
    },
    /// A weight beyond what one phrase may weigh.
    #[error("phrase list `{category}`: weight {weight} is beyond {GREATEST_WEIGHT}")]
    Weight {
        /// The list.
        category: String,
        /// The weight.
        weight: i32,
    },
}

const BUILT_IN: [(&str, &str); 12] = [
    ("pornography", include_str!("../../../../lists/phrases/pornography.toml")),
    ("violence", include_str!("../../../../lists/phrases/violence.toml")),
    ("hate", include_str!("../../../../lists/phrases/hate.toml")),
    ("self-harm", include_str!("../../../../lists/phrases/self-harm.toml")),
    ("drugs", include_str!("../../../../lists/phrases/drugs.toml")),
    ("weapons", include_str!("../../../../lists/phrases/weapons.toml")),
    ("gambling", include_str!("../../../../lists/phrases/gambling.toml")),
    ("extremism", include_str!("../../../../lists/phrases/extremism.toml")),
    ("grooming", include_str!("../../../../lists/phrases/grooming.toml")),
    ("web-proxy", include_str!("../../../../lists/phrases/web-proxy.toml")),
    ("piracy", include_str!("../../../../lists/phrases/piracy.toml")),
    ("context", include_str!("../../../../lists/phrases/context.toml")),
];

/// Reads one list.
///
/// # Errors
/// A text that is not of this form, a group without an effect, a weight out of range.
pub fn parse(source: &str, text: &str) -> Result<PhraseList, OwnFault> {
    let written: Written = toml::from_str(text)?;
    let category = written.category;
    let mut phrases = Vec::new();
    for (group, number) in written.group.into_iter().zip(1..) {
        let effect = match (group.weight, group.banned, group.exception) {
            (Some(weight), false, false) if weight.unsigned_abs() <= GREATEST_WEIGHT.unsigned_abs() => {
                Effect::Weighted(weight)
            }
            (Some(weight), false, false) => return Err(OwnFault::Weight { category, weight }),
            (None, true, false) => Effect::Banned,
            (None, false, true) => Effect::Exception,
            _ => return Err(OwnFault::Effect { category, group: number }),
        };
        let unless: Vec<String> = group.unless.iter().map(|text| edged(text)).collect();
        for texts in group.phrases {
            let parts = match texts {
                Texts::One(text) => vec![edged(&text)],
                Texts::All(texts) => texts.iter().map(|text| edged(text)).collect(),
            };
            phrases.push(Phrase { parts, unless: unless.clone(), effect, category: category.clone() });
        }
    }
    Ok(PhraseList { source: source.to_owned(), phrases })
}

/// The lists that come with Usher.
///
/// # Errors
/// When a list in the source is broken; a test finds this first.
pub fn built_in() -> Result<Vec<PhraseList>, OwnFault> {
    BUILT_IN.iter().map(|(source, text)| parse(source, text)).collect()
}

/// With the edges of its words as spaces.
fn edged(text: &str) -> String {
    let (start, text) = text.strip_prefix('*').map_or((" ", text), |text| ("", text));
    let (text, end) = text.strip_suffix('*').map_or((text, " "), |text| (text, ""));
    format!("{start}{text}{end}")
}

#[cfg(test)]
mod tests;
