//! A ready-made school: settings and policy in one TOML file. Five come with Usher; a school starts from one and makes
//! it its own (POL-11).

use std::collections::BTreeMap;

use serde::Deserialize;
use usher_records::settings::Settings;
use usher_records::wording::Wording;

use crate::document::{CategoryRule, HoursRule, LessonRule, PolicyDocument, Rule, SafeSearch};
use crate::verdict::Verdict;

/// A profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name: `classic`, `trust`.
    pub name: String,
    /// What kind of school it suits, in a sentence.
    pub character: String,
    /// What the books and pages go by.
    pub settings: Settings,
    /// What the gateway decides by.
    pub policy: PolicyDocument,
    /// What its agreements say otherwise than the models.
    pub agreements: Vec<Wording>,
}

/// A profile as written: settings, and what it changes in the policy all profiles start from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    name: String,
    character: String,
    settings: Settings,
    #[serde(default)]
    changes: Changes,
    #[serde(default)]
    agreement: Vec<Wording>,
}

/// What a profile changes. Categories and rules replace the one of the same name; new rules come first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Changes {
    lessons: Option<LessonRule>,
    hours: Option<Vec<HoursRule>>,
    unknown: Option<BTreeMap<String, Verdict>>,
    safe_search: Option<SafeSearch>,
    #[serde(default)]
    category: Vec<CategoryRule>,
    #[serde(default)]
    rule: Vec<Rule>,
}

/// What is wrong with a profile or policy file, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ProfileFault {
    /// The line, counting from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl Profile {
    /// Reads a profile file.
    ///
    /// # Errors
    /// The first thing that is not as it should be, with its line.
    pub fn parse(text: &str) -> Result<Self, ProfileFault> {
        let mut written: Written = toml::from_str(text).map_err(|error| fault(text, &error))?;
        if written.settings.agreements.parent_first && !written.settings.sign_in.shared_years.is_empty() {
            // Under a password the class shares, nobody can see whose parent answered (AGR-07).
            let before = text.find("parent-first").and_then(|start| text.get(..start)).unwrap_or_default();
            let line = 1 + before.matches('\n').count();
            let what = "parent-first and shared-years together: a child whose parent has not answered would use the \
                        class's password; leave one of them out";
            return Err(ProfileFault { line, what: what.into() });
        }
        let policy = std::mem::take(&mut written.changes).applied_to(policy(STARTING_POLICY)?);
        let Written { name, character, settings, agreement: agreements, .. } = written;
        Ok(Self { name, character, settings, policy, agreements })
    }
}

impl Changes {
    fn applied_to(self, mut policy: PolicyDocument) -> PolicyDocument {
        policy.lessons = self.lessons.unwrap_or(policy.lessons);
        policy.hours = self.hours.unwrap_or(policy.hours);
        policy.safe_search = self.safe_search.unwrap_or(policy.safe_search);
        policy.unknown = self.unknown.unwrap_or(policy.unknown);
        for category in self.category {
            policy.categories.retain(|earlier| earlier.name != category.name);
            policy.categories.push(category);
        }
        policy.rules.retain(|earlier| self.rule.iter().all(|rule| rule.id != earlier.id));
        policy.rules.splice(0..0, self.rule);
        policy
    }
}

/// Reads a policy document.
///
/// # Errors
/// The first thing that is not as it should be, with its line.
pub fn policy(text: &str) -> Result<PolicyDocument, ProfileFault> {
    toml::from_str(text).map_err(|error| fault(text, &error))
}

/// A policy document as the file [`policy`] reads.
///
/// # Errors
/// When it cannot be written so: nothing a school can write down leads there.
pub fn written(policy: &PolicyDocument) -> Result<String, toml::ser::Error> {
    toml::to_string_pretty(policy)
}

pub(crate) fn fault(text: &str, error: &toml::de::Error) -> ProfileFault {
    let start = error.span().map_or(0, |span| span.start);
    let line = 1 + text.get(..start).map_or(0, |before| before.matches('\n').count());
    ProfileFault { line, what: error.message().to_owned() }
}

/// The policy all profiles start from.
pub const STARTING_POLICY: &str = include_str!("../../../profiles/policy.toml");

/// The profiles that come with Usher, by name.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("classic", include_str!("../../../profiles/classic.toml")),
    ("comprehensive", include_str!("../../../profiles/comprehensive.toml")),
    ("trust", include_str!("../../../profiles/trust.toml")),
    ("codes", include_str!("../../../profiles/codes.toml")),
    ("numbered", include_str!("../../../profiles/numbered.toml")),
];

/// The built-in profile with this name.
pub fn built_in(name: &str) -> Option<Result<Profile, ProfileFault>> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| Profile::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pol_11_all_five_profiles_are_read_and_differ() {
        let all: Vec<Profile> = BUILT_IN.iter().map(|(name, _)| built_in(name).unwrap().unwrap()).collect();
        for (one, (name, _)) in all.iter().zip(BUILT_IN) {
            assert_eq!(one.name, name);
        }
        for (index, one) in all.iter().enumerate() {
            for other in all.iter().skip(index + 1) {
                assert_ne!(one.settings, other.settings, "{} and {}", one.name, other.name);
            }
        }
    }

    #[test]
    fn unknown_keys_are_refused_with_their_line() {
        let (_, text) = BUILT_IN[0];
        let wrong = text.replace("pupils-yearly", "pupils-yaerly");
        let fault = Profile::parse(&wrong).unwrap_err();
        assert!(fault.what.contains("pupils-yaerly"), "{fault}");
        assert!(fault.line > 20, "{fault}");
    }
}
