//! Our own sentences, by theme: what worries, what only sounds like it, who looks for help, what is a lesson. In
//! `lists/detect/*.toml`; one half trains, the other measures and is the labelled test set (UM-02).

use serde::Deserialize;
use usher_scan::theme::Theme;

const BUILT_IN: [&str; 12] = [
    include_str!("../../../lists/detect/self-harm.toml"),
    include_str!("../../../lists/detect/grooming.toml"),
    include_str!("../../../lists/detect/radicalisation.toml"),
    include_str!("../../../lists/detect/violence.toml"),
    include_str!("../../../lists/detect/bullying.toml"),
    include_str!("../../../lists/detect/adult.toml"),
    include_str!("../../../lists/detect/drugs.toml"),
    include_str!("../../../lists/detect/criminal.toml"),
    include_str!("../../../lists/detect/hate.toml"),
    include_str!("../../../lists/detect/gambling.toml"),
    include_str!("../../../lists/detect/extremism.toml"),
    include_str!("../../../lists/detect/ai-companions.toml"),
];

/// One theme's sentences.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Examples {
    /// The theme.
    pub theme: Theme,
    /// Sentences that worry.
    pub harmful: Vec<String>,
    /// Sentences that only sound like it.
    pub look_alike: Vec<String>,
    /// Somebody looks for help.
    pub help: Vec<String>,
    /// Schoolwork on the subject.
    pub lesson: Vec<String>,
}

/// All of them.
///
/// # Errors
/// When a list is broken, which a test finds first.
pub fn built_in() -> Result<Vec<Examples>, toml::de::Error> {
    BUILT_IN.iter().map(|text| toml::from_str(text)).collect()
}

/// One half of a list: every second sentence trains, the others were never seen by what is measured.
pub fn half(sentences: &[String], trains: bool) -> impl Iterator<Item = &str> {
    sentences.iter().skip(usize::from(!trains)).step_by(2).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_has_sentences_of_every_kind_and_none_twice() {
        let all = built_in().unwrap();
        let mut themes: Vec<Theme> = all.iter().map(|examples| examples.theme).collect();
        themes.sort_unstable();
        let mut every = Theme::ALL.to_vec();
        every.sort_unstable();
        assert_eq!(themes, every);
        let mut seen = std::collections::BTreeSet::new();
        for examples in &all {
            let Examples { harmful, look_alike, help, lesson, theme } = examples;
            assert!(harmful.len() >= 30 && look_alike.len() >= 12, "{theme}");
            assert!(help.len() >= 4 && lesson.len() >= 4, "{theme}");
            for sentence in [harmful, look_alike, help, lesson].into_iter().flatten() {
                assert!(seen.insert(sentence), "{sentence} is there twice");
            }
        }
    }

    #[test]
    fn the_halves_share_nothing_and_lose_nothing() {
        let three = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(half(&three, true).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(half(&three, false).collect::<Vec<_>>(), ["b"]);
    }
}
