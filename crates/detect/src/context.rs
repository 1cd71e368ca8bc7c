//! What surrounds the words: somebody who looks for help, a lesson, or words that say the opposite. Read from
//! `lists/detect/context.toml`, before any model: these are our own public lists, and they only ever calm.

use serde::Deserialize;
use usher_scan::fold;

const BUILT_IN: &str = include_str!("../../../lists/detect/context.toml");

/// Why a text is harmless whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calm {
    /// Somebody looks for help, for themselves or a friend: never to be punished by an alarm.
    Help,
    /// It is schoolwork.
    Lesson,
    /// The words mean something else beside these.
    Meaning,
    /// It says the opposite.
    Negation,
}

impl Calm {
    /// Its name in files and words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Lesson => "lesson",
            Self::Meaning => "meaning",
            Self::Negation => "negation",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    calm: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    kind: Calm,
    phrases: Vec<String>,
}

/// The phrases that calm.
#[derive(Debug)]
pub struct Context {
    groups: Vec<(Calm, Vec<String>)>,
}

impl Context {
    /// Those that come with Usher.
    ///
    /// # Errors
    /// When the list is broken, which a test finds first.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        let list: List = toml::from_str(BUILT_IN)?;
        let folded = |phrases: Vec<String>| {
            phrases.iter().map(|phrase| format!(" {} ", fold::phrase(phrase))).collect::<Vec<_>>()
        };
        Ok(Self { groups: list.calm.into_iter().map(|group| (group.kind, folded(group.phrases))).collect() })
    }

    /// What makes this text harmless, and by which phrase.
    pub fn calms(&self, text: &str) -> Option<(Calm, &str)> {
        let folded = format!(" {} ", fold::phrase(text));
        self.groups.iter().find_map(|(kind, phrases)| {
            let phrase = phrases.iter().find(|phrase| folded.contains(phrase.as_str()))?;
            Some((*kind, phrase.trim()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_and_lessons_and_other_meanings_are_known() {
        let context = Context::built_in().unwrap();
        for (text, kind) in [
            ("how do I kill a process in linux", Some(Calm::Meaning)),
            ("Childline phone number", Some(Calm::Help)),
            ("how can I help my friend who wants to die", Some(Calm::Help)),
            ("ks2 worksheet on the blitz", Some(Calm::Lesson)),
            ("i dont want to hurt anyone", Some(Calm::Negation)),
            ("how to hurt someone", None),
            ("i want to disappear for good", None),
        ] {
            assert_eq!(context.calms(text).map(|(kind, _)| kind), kind, "{text}");
        }
    }
}
