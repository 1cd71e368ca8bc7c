//! A language by its tag (BCP 47), and in which direction it is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// A language other than English, as its canonical tag: `pl`, `ur`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// It is no tag of another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the tag of a language other than English")]
pub struct NoLanguage;

impl FromStr for Language {
    type Err = NoLanguage;

    fn from_str(tag: &str) -> Result<Self, NoLanguage> {
        let read: LanguageIdentifier = tag.trim().parse().map_err(|_odd| NoLanguage)?;
        // Codes have two or three letters; a longer word is somebody writing the language out.
        match read.language.as_str() {
            "en" | "und" => Err(NoLanguage),
            code if matches!(code.len(), 2 | 3) => Ok(Self(read.to_string())),
            _ => Err(NoLanguage),
        }
    }
}

impl TryFrom<String> for Language {
    type Error = NoLanguage;

    fn try_from(tag: String) -> Result<Self, NoLanguage> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Language {
    /// The tag, as pages have it in `lang`.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// The language alone, two or three letters, without script and country.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The direction it is written in, as pages have it in `dir`.
    pub fn direction(&self) -> &'static str {
        let right = |read: LanguageIdentifier| read.character_direction() == CharacterDirection::RTL;
        if self.0.parse().is_ok_and(right) { "rtl" } else { "ltr" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pol_09_a_tag_is_read_in_any_case_and_knows_its_direction() {
        for (typed, tag, direction) in [
            ("PL", "pl", "ltr"),
            (" ur ", "ur", "rtl"),
            ("ar-SY", "ar-SY", "rtl"),
            ("zh-hant", "zh-Hant", "ltr"),
            ("pa-arab", "pa-Arab", "rtl"),
            ("az-Latn", "az-Latn", "ltr"),
        ] {
            let language: Language = typed.parse().unwrap();
            assert_eq!((language.tag(), language.direction()), (tag, direction), "{typed}");
        }
        assert_eq!("zh-Hant".parse::<Language>().unwrap().primary(), "zh");
        for odd in ["", "en", "en-GB", "und", "Polish language", "polish", "x", "\"><script>"] {
            assert!(odd.parse::<Language>().is_err(), "{odd}");
        }
        assert!(serde_json::from_str::<Language>("\"not a tag\"").is_err());
    }
}
