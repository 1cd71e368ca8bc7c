//! Themes of concern in words: our own public lists in `lists/themes/`, by theme, with severity.
//!
//! Severity: 5 a child may be in danger now; 4 a person should look today; 3 this week; 2 seen in the weekly report when
//! repeated; 1 counted only. A phrase is matched in every reading [`crate::fold`] gives, at word boundaries; a trailing
//! `*` matches any ending. A phrase inside one of the theme's `unless` phrases is not a hit: help lines and lessons
//! about hard subjects raise no alarm.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};
use usher_types::url::WebAddress;

use crate::features::{Place, Search, ThemeHit};
use crate::fold;

/// The most hits kept for one text: more say nothing new, and an address can be made of nothing but phrases.
pub(crate) const MOST_HITS: usize = 8;

/// A theme of concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Hurting oneself, suicide, eating disorders.
    SelfHarm,
    /// Bullying.
    Bullying,
    /// Radicalisation and extremism.
    Radicalisation,
    /// Pornography and other adult matter.
    Adult,
    /// Violence and weapons.
    Violence,
    /// Drugs, alcohol, tobacco, vapes.
    Drugs,
    /// Grooming and being groomed.
    Grooming,
    /// Breaking the law: theft, fraud, breaking into computers, gangs.
    Criminal,
    /// Hate of people for what they are.
    Hate,
    /// Betting for money.
    Gambling,
    /// Organisations and their propaganda.
    Extremism,
    /// Programs that play a friend or a lover.
    AiCompanions,
}

impl Theme {
    /// Every theme, gravest first, as lists show them.
    pub const ALL: [Self; 12] = [
        Self::SelfHarm,
        Self::Grooming,
        Self::Radicalisation,
        Self::Violence,
        Self::Bullying,
        Self::Adult,
        Self::Drugs,
        Self::Criminal,
        Self::Hate,
        Self::Gambling,
        Self::Extremism,
        Self::AiCompanions,
    ];

    /// Its name in files and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfHarm => "self-harm",
            Self::Bullying => "bullying",
            Self::Radicalisation => "radicalisation",
            Self::Adult => "adult",
            Self::Violence => "violence",
            Self::Drugs => "drugs",
            Self::Grooming => "grooming",
            Self::Criminal => "criminal",
            Self::Hate => "hate",
            Self::Gambling => "gambling",
            Self::Extremism => "extremism",
            Self::AiCompanions => "ai-companions",
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A theme's list as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ThemeList {
    /// The theme.
    pub theme: Theme,
    /// Phrases that make what they contain harmless.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Phrases by severity.
    pub level: Vec<Level>,
}

/// Phrases of one severity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1 to 5.
    pub severity: u8,
    /// The phrases.
    pub phrases: Vec<String>,
}

/// What is wrong with a theme list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ThemeFault {
    /// It is not TOML of this form.
    #[error("theme list: {0}")]
    Form(#[from] toml::de::Error),
    /// A severity is not 1 to 5.
    #[error("theme `{theme}`: severity {severity} is not 1 to 5")]
    Severity {
        /// The theme.
        theme: Theme,
        /// The number.
        severity: u8,
    },
    /// A phrase has nothing in it.
    #[error("theme `{theme}`: a phrase is empty")]
    Empty {
        /// The theme.
        theme: Theme,
    },
    /// The automaton could not be built.
    #[error("theme lists are too large")]
    TooLarge(#[source] Box<aho_corasick::BuildError>),
}

const BUILT_IN: [&str; 14] = [
    include_str!("../../../lists/themes/self-harm.toml"),
    include_str!("../../../lists/themes/self-harm-languages.toml"),
    include_str!("../../../lists/themes/bullying.toml"),
    include_str!("../../../lists/themes/radicalisation.toml"),
    include_str!("../../../lists/themes/adult.toml"),
    include_str!("../../../lists/themes/adult-languages.toml"),
    include_str!("../../../lists/themes/violence.toml"),
    include_str!("../../../lists/themes/drugs.toml"),
    include_str!("../../../lists/themes/grooming.toml"),
    include_str!("../../../lists/themes/criminal.toml"),
    include_str!("../../../lists/themes/hate.toml"),
    include_str!("../../../lists/themes/gambling.toml"),
    include_str!("../../../lists/themes/extremism.toml"),
    include_str!("../../../lists/themes/ai-companions.toml"),
];

/// All themes in one automaton.
#[derive(Debug)]
pub struct Themes {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    theme: Theme,
    /// 0 marks an `unless` phrase.
    severity: u8,
    phrase: String,
}

impl Themes {
    /// Reads theme lists, one TOML text each.
    ///
    /// # Errors
    /// A text that is not of this form, a severity out of range, an empty phrase.
    pub fn parse(texts: &[&str]) -> Result<Self, ThemeFault> {
        let mut entries = Vec::new();
        for text in texts {
            let list: ThemeList = toml::from_str(text)?;
            for phrase in &list.unless {
                entries.push((list.theme, 0, phrase.clone()));
            }
            for level in &list.level {
                if !(1..=5).contains(&level.severity) {
                    return Err(ThemeFault::Severity { theme: list.theme, severity: level.severity });
                }
                entries
                    .extend(level.phrases.iter().map(|phrase| (list.theme, level.severity, phrase.clone())));
            }
        }
        let mut patterns = Vec::with_capacity(entries.len());
        for (theme, _, phrase) in &entries {
            let (stem, ending) = phrase.strip_suffix('*').map_or((phrase.as_str(), " "), |stem| (stem, ""));
            let folded = fold::phrase(stem);
            if folded.is_empty() {
                return Err(ThemeFault::Empty { theme: *theme });
            }
            patterns.push(format!(" {folded}{ending}"));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .map_err(|error| ThemeFault::TooLarge(Box::new(error)))?;
        let entries =
            entries.into_iter().map(|(theme, severity, phrase)| Entry { theme, severity, phrase }).collect();
        Ok(Self { automaton, entries })
    }

    /// The lists that come with Usher.
    ///
    /// # Errors
    /// When a list in the source is broken; a test finds this first.
    pub fn built_in() -> Result<Self, ThemeFault> {
        Self::parse(&BUILT_IN)
    }

    /// Themes in search words and in the address: its host's labels and its path.
    pub fn scan(&self, search: Option<&Search>, address: &WebAddress) -> Vec<ThemeHit> {
        let mut hits = Vec::new();
        if let Some(search) = search {
            self.find(&search.words, Place::Search, &mut hits);
        }
        let path = percent_encoding::percent_decode_str(&address.path).decode_utf8_lossy();
        let place = format!("{} {path}", address.host);
        self.find(&place, Place::Address, &mut hits);
        hits
    }

    /// Themes in a text, at most [`MOST_HITS`], each phrase once.
    pub fn find(&self, text: &str, place: Place, hits: &mut Vec<ThemeHit>) {
        for reading in fold::readings(text) {
            let found: Vec<_> = self
                .automaton
                .find_overlapping_iter(&reading)
                .filter_map(|found| Some((found.span(), self.entries.get(found.pattern().as_usize())?)))
                .collect();
            for (span, entry) in &found {
                let excused = || {
                    let holds =
                        |outer: &aho_corasick::Span| outer.start <= span.start && span.end <= outer.end;
                    found.iter().any(|(outer, other)| {
                        other.severity == 0 && other.theme == entry.theme && holds(outer)
                    })
                };
                let known = |hit: &ThemeHit| hit.phrase == entry.phrase && hit.theme == entry.theme;
                if entry.severity > 0 && hits.len() < MOST_HITS && !hits.iter().any(known) && !excused() {
                    hits.push(ThemeHit {
                        theme: entry.theme,
                        severity: entry.severity,
                        phrase: entry.phrase.clone(),
                        place,
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Theme, u8)> {
        let themes = Themes::built_in().unwrap();
        let mut hits = Vec::new();
        themes.find(text, Place::Search, &mut hits);
        hits.into_iter().map(|hit| (hit.theme, hit.severity)).collect()
    }

    #[test]
    fn worrying_words_are_found_in_every_disguise() {
        for text in
            ["how to kill myself", "k1ll mys3lf", "i want to d i e", "SUICIDE methods", "cutting myself"]
        {
            assert!(
                found(text).iter().any(|(theme, severity)| *theme == Theme::SelfHarm && *severity >= 4),
                "{text}"
            );
        }
        assert!(found("nobody likes me at school").iter().any(|(theme, _)| *theme == Theme::Bullying));
        assert!(
            found("he asked me to send a picture of my body")
                .iter()
                .any(|(theme, _)| *theme == Theme::Grooming)
        );
    }

    #[test]
    fn lessons_and_help_raise_no_alarm() {
        for text in [
            "how do i kill a process",
            "killer whales",
            "childline phone number",
            "suicide prevention helpline",
            "how to help a friend who is being bullied",
            "world war 2 bombs",
            "the battle of hastings weapons",
            "bonfire night gunpowder plot",
            "kill bacteria",
            "sussex",
            "middlesex cricket",
            "sextant",
            "cockerel",
            "scunthorpe",
            "viking shields and swords",
            "essex county council",
            "medicine drugs victorian times",
            "how does the heart pump blood",
            "anne frank diary",
            "romeo and juliet summary",
            "drug awareness lesson",
            "anti bullying week 2026",
            "shuttlecock",
            "great tit bird",
            "why did hitler invade poland",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn addresses_are_read_by_their_words() {
        let themes = Themes::built_in().unwrap();
        let address = WebAddress::parse("https://forum.example/posts/how-to-kill-myself?page=2").unwrap();
        let hits = themes.scan(None, &address);
        assert_eq!((hits[0].theme, hits[0].place), (Theme::SelfHarm, Place::Address));
    }

    #[test]
    fn faults_are_named() {
        let wrong = "theme = \"drugs\"\n[[level]]\nseverity = 9\nphrases = [\"x\"]";
        assert!(Themes::parse(&[wrong]).unwrap_err().to_string().contains("severity 9"));
        let empty = "theme = \"drugs\"\n[[level]]\nseverity = 1\nphrases = [\"...\"]";
        assert!(Themes::parse(&[empty]).unwrap_err().to_string().contains("empty"));
    }
}
