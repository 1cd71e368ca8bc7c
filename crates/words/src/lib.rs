//! Every word people see, from Fluent files in `locales/`, by reader.
//!
//! Owns: the embedded files, and [`Words::say`].
//! Does not: choose what to say, escape for HTML (templates do), or hold words in code.
//!
//! A language is a folder `locales/<tag>/` with one folder a reader: `ks1`, `ks2`, `adult`. A reader who has no words
//! of their own for a key gets the next older reader's: KS1 → KS2 → adult.

mod files {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;
use usher_types::role::Reader;

/// The words of one language.
pub struct Words {
    ks1: FluentBundle<FluentResource>,
    ks2: FluentBundle<FluentResource>,
    adult: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").field("languages", &self.adult.locales).finish_non_exhaustive()
    }
}

/// A value put into a sentence.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number, so that plurals come out right.
    Number(f64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}
impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                // Counts people read are far below 2^53, where this would round.
                Self::Number(number as f64)
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64, usize, i64);

/// Values by name, for one sentence.
pub type Values<'a> = [(&'a str, Value<'a>)];

/// What is wrong with the words files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WordsFault {
    /// A file does not follow Fluent's grammar.
    #[error("{file}: {what}")]
    Grammar {
        /// The file.
        file: &'static str,
        /// The parser's words.
        what: String,
    },
    /// Two files of one reader define the same key.
    #[error("{file}: {what}")]
    Twice {
        /// The later file.
        file: &'static str,
        /// Which keys.
        what: String,
    },
}

impl Words {
    /// The words for schools in England.
    ///
    /// # Errors
    /// When a file is not Fluent or defines a key twice. The files are part of the binary, so a test finds this first.
    pub fn english() -> Result<Self, WordsFault> {
        Ok(Self { ks1: bundle(files::KS1)?, ks2: bundle(files::KS2)?, adult: bundle(files::ADULT)? })
    }

    /// The sentence under `key`, as this reader is spoken to. A key nobody wrote is shown in angle brackets, which a
    /// test of every page looks for.
    pub fn say(&self, reader: Reader, key: &str, values: &Values<'_>) -> String {
        self.find(reader, key, values).unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    /// The sentence under `key`, if there is one for this reader or an older one.
    pub fn find(&self, reader: Reader, key: &str, values: &Values<'_>) -> Option<String> {
        let chain: &[&FluentBundle<FluentResource>] = match reader {
            Reader::Ks1 => &[&self.ks1, &self.ks2, &self.adult],
            Reader::Ks2 => &[&self.ks2, &self.adult],
            Reader::Adult => &[&self.adult],
        };
        chain.iter().find_map(|bundle| format(bundle, key, values))
    }

    /// Whether a reader or an older one has words for `key`.
    pub fn has(&self, reader: Reader, key: &str) -> bool {
        self.find(reader, key, &[]).is_some()
    }
}

fn bundle(
    files: &'static [(&'static str, &'static str)],
) -> Result<FluentBundle<FluentResource>, WordsFault> {
    let english: LanguageIdentifier = unic_langid::langid!("en-GB");
    let mut bundle = FluentBundle::new_concurrent(vec![english]);
    // Isolation marks around values help right-to-left scripts in running text, and break attributes and PDFs.
    bundle.set_use_isolating(false);
    for &(file, text) in files {
        let resource = FluentResource::try_new(text.to_owned())
            .map_err(|(_, errors)| WordsFault::Grammar { file, what: format!("{errors:?}") })?;
        bundle
            .add_resource(resource)
            .map_err(|errors| WordsFault::Twice { file, what: format!("{errors:?}") })?;
    }
    Ok(bundle)
}

fn format(bundle: &FluentBundle<FluentResource>, key: &str, values: &Values<'_>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        let value = match value {
            Value::Text(text) => FluentValue::from(text.as_ref()),
            Value::Number(number) => FluentValue::from(*number),
        };
        arguments.set(*name, value);
    }
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_fluent_and_no_key_is_written_twice() {
        Words::english().unwrap();
    }

    #[test]
    fn a_reader_falls_back_to_the_next_older_one() {
        let words = Words::english().unwrap();
        assert!(words.has(Reader::Ks1, "refusal-gone"));
        assert!(!words.has(Reader::Adult, "no-such-key"));
        assert_eq!(words.say(Reader::Adult, "no-such-key", &[]), "⟨no-such-key⟩");
    }
}
