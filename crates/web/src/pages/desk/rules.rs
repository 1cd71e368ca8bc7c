//! The rules an entry can name: those of the agreement its person has now, each in its exact version (AGR-20).

use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::register::CitedRule;

use super::agreements::version;
use super::field::{Choice, choosing};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::view::markdown;
use crate::view::says::Says;

/// A choice shows this much of a rule: enough to know it by, in one line of a list.
const SHOWN: usize = 90;

/// The rules of one person.
pub(super) struct Rules(Option<(AgreementVersion, AgreementText)>);

impl Rules {
    /// Those of the version in force of the agreement that is theirs; none, where the school asks for none.
    pub(super) async fn of(app: &App, desk: &AtDesk, person: &Person) -> Result<Self, AppFault> {
        let Some(key) = desk.school.settings.agreement_for(person.kind, person.year) else {
            return Ok(Self(None));
        };
        let versions = app.books.find::<AgreementVersion>("key", key).await?.into_iter();
        let Some(version) = versions.map(|stored| stored.value).find(|version| version.in_force) else {
            return Ok(Self(None));
        };
        let text = version::text(app, version.digest).await?;
        Ok(Self(text.map(|text| (version, text))))
    }

    /// What there is to choose from, with one chosen: none at all where there are no rules.
    pub(super) fn choices(&self, says: &Says, chosen: &str) -> Vec<Choice> {
        let Some((version, text)) = &self.0 else { return Vec::new() };
        let rules = text.clauses.iter().map(|clause| {
            let words = short(&markdown::words(&clause.text));
            let words = says.t2("register-rule-choice", ("number", &clause.number), ("text", &words));
            Choice::new(format!("{}:{}", version.id, clause.id), words)
        });
        let none = Choice::new("", says.t("register-rule-none"));
        choosing(std::iter::once(none).chain(rules).collect(), chosen)
    }

    /// The rule that was chosen, if one was. The version is part of the choice: a rule that was read in an earlier text
    /// is never taken for the one that has its place now.
    pub(super) fn chosen(&self, value: &str) -> Result<Option<CitedRule>, Refusal> {
        if value.is_empty() {
            return Ok(None);
        }
        let (version, text) = self.0.as_ref().ok_or(Refusal::Gone)?;
        let (of, clause) = value.split_once(':').ok_or(Refusal::Gone)?;
        if of != version.id.to_string() {
            return Err(Refusal::AgreementChanged);
        }
        CitedRule::of(version, text, clause).map(Some)
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// What a rule is called, and where its words are read.
pub(super) fn shown(says: &Says, rule: &CitedRule) -> (String, String) {
    let name = says.t2("register-rule", ("agreement", &rule.agreement), ("number", &rule.number));
    (name, format!("{}#rule-{}", version::address(rule.version), rule.clause))
}
