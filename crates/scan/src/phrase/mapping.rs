//! Where the phrases of somebody's lists go: from their names of subjects to ours (`lists/sources/*-phrases.toml`).
//!
//! Owns: that form, and looking a name up. Does not: know which subjects there are (the caller has the catalogue), or
//! guess: a name that is not in the mapping goes nowhere.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What speaks for a page or against it without being a subject. Own lists use it too.
pub const CONTEXT: &str = "context";
/// The mapping for e2guardian's lists, as shipped.
pub const E2GUARDIAN: &str = include_str!("../../../../lists/sources/e2guardian-phrases.toml");

/// A mapping, and what is said of the lists it is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// A short name for the lists.
    pub id: String,
    /// What people call them.
    pub title: String,
    /// Their licence, an SPDX expression.
    pub licence: String,
    /// Who is to be named.
    pub credit: String,
    /// Where they are from.
    pub origin: String,
    /// Whether phrases that let a whole page through are used.
    #[serde(default)]
    pub use_exceptions: bool,
    /// From their names to ours.
    pub place: BTreeMap<String, String>,
    /// Names that are left out, and why.
    #[serde(default)]
    pub leave_out: BTreeMap<String, String>,
    /// Files that are left out, by the end of their path, and why.
    #[serde(default)]
    pub leave_out_files: BTreeMap<String, String>,
}

/// Where a phrase goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// To this subject.
    To(&'a str),
    /// Nowhere, for this reason.
    Out(&'a str),
    /// Nobody said.
    Unknown,
}

/// A mapping that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingFault {
    /// Not TOML of this form.
    #[error("the mapping cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// A name is written otherwise than it is compared.
    #[error("`{0}` must be written as `{1}`")]
    Spelling(String, String),
    /// A name is both placed and left out.
    #[error("`{0}` is placed and left out")]
    Both(String),
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// See [`MappingFault`].
    pub fn parse(text: &str) -> Result<Self, MappingFault> {
        let mapping: Self = toml::from_str(text)?;
        for name in mapping.place.keys().chain(mapping.leave_out.keys()) {
            let compared = compared(name);
            if *name != compared {
                return Err(MappingFault::Spelling(name.clone(), compared));
            }
        }
        match mapping.place.keys().find(|name| mapping.leave_out.contains_key(*name)) {
            Some(both) => Err(MappingFault::Both(both.clone())),
            None => Ok(mapping),
        }
    }

    /// Where phrases of a subject go.
    pub fn place(&self, foreign: &str) -> Place<'_> {
        let name = compared(foreign);
        match (self.place.get(&name), self.leave_out.get(&name)) {
            (Some(ours), _) => Place::To(ours),
            (None, Some(why)) => Place::Out(why),
            (None, None) => Place::Unknown,
        }
    }

    /// Why a file is left out.
    pub fn leaves_file(&self, path: &str) -> Option<&str> {
        let ends =
            |end: &str| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        self.leave_out_files.iter().find(|(end, _)| ends(end)).map(|(_, why)| why.as_str())
    }
}

/// A name as it is compared: small letters, without what stands in brackets behind it.
fn compared(name: &str) -> String {
    let name = name.trim().trim_matches('"').trim().to_lowercase();
    match name.find('(') {
        Some(at) if at > 0 => name.get(..at).unwrap_or_default().trim_end().to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_capitals_and_languages_and_nobody_guesses() {
        let mapping = Mapping::parse(E2GUARDIAN).unwrap();
        assert_eq!(mapping.place("Pornography (Polish"), Place::To("adult"));
        assert_eq!(mapping.place("GoodPhrases (Brazilian Portuguese)"), Place::To(CONTEXT));
        assert_eq!(mapping.place("(Blocked by OpenDNS)"), Place::Out("pages of another filter"));
        assert_eq!(mapping.place("Pornographie"), Place::Unknown);
        assert!(mapping.leaves_file("phraselists/pornography/weighted_japanese").is_some());
        assert!(mapping.leaves_file("pornography/weighted_japanese").is_some());
        assert!(mapping.leaves_file("xpornography/weighted_japanese").is_none());
    }

    #[test]
    fn a_bad_mapping_is_refused_by_name() {
        let head = "id = \"x\"\ntitle = \"X\"\nlicence = \"MIT\"\ncredit = \"x\"\norigin = \"x\"\n";
        let fault = |rest: &str| Mapping::parse(&format!("{head}{rest}")).unwrap_err().to_string();
        assert_eq!(fault("[place]\n\"Chat (x)\" = \"y\""), "`Chat (x)` must be written as `chat`");
        assert_eq!(
            fault("[place]\nchat = \"y\"\n[leave-out]\nchat = \"z\""),
            "`chat` is placed and left out"
        );
        assert!(fault("colour = 1\n[place]").starts_with("the mapping cannot be read"));
    }
}
