//! The rules an entry or a case can name: those of the agreement its person has now, or of every agreement where nobody is
//! chosen yet, each in its exact version (AGR-20, INC-24).

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

/// The rules there are to choose from, agreement by agreement.
pub(super) struct Rules(Vec<(AgreementVersion, AgreementText)>);

impl Rules {
    /// Those of the version in force of the agreement that is theirs; none, where the school asks for none.
    pub(super) async fn of(app: &App, desk: &AtDesk, person: &Person) -> Result<Self, AppFault> {
        let Some(key) = desk.school.settings.agreement_for(person.kind, person.year) else {
            return Ok(Self(Vec::new()));
        };
        let versions = app.books.find::<AgreementVersion>("key", key).await?;
        Self::read(app, versions.into_iter().map(|stored| stored.value)).await
    }

    /// Those of every agreement in force: while nobody has said whom it is about, and for people from outside (INC-24).
    pub(super) async fn all(app: &App) -> Result<Self, AppFault> {
        let mut versions = app.books.values::<AgreementVersion>().await?;
        versions.sort_by_cached_key(|version| version.title.to_lowercase());
        Self::read(app, versions.into_iter()).await
    }

    async fn read(app: &App, versions: impl Iterator<Item = AgreementVersion>) -> Result<Self, AppFault> {
        let mut rules = Vec::new();
        for version in versions.filter(|version| version.in_force) {
            let text = version::text(app, version.digest).await?;
            rules.extend(text.map(|text| (version, text)));
        }
        Ok(Self(rules))
    }

    /// What there is to choose from, with one chosen: none at all where there are no rules.
    pub(super) fn choices(&self, says: &Says, chosen: &str) -> Vec<Choice> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let several = self.0.len() > 1;
        let rules = self.0.iter().flat_map(|(version, text)| {
            text.clauses.iter().map(move |clause| {
                let words = short(&markdown::words(&clause.text));
                let words = says.t2("register-rule-choice", ("number", &clause.number), ("text", &words));
                let words = if several {
                    says.t2("rule-choice-of", ("agreement", &version.title), ("rule", &words))
                } else {
                    words
                };
                Choice::new(format!("{}:{}", version.id, clause.id), words)
            })
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
        let (of, clause) = value.split_once(':').ok_or(Refusal::Gone)?;
        let found = self.0.iter().find(|(version, _)| of == version.id.to_string());
        let (version, text) = found.ok_or(Refusal::AgreementChanged)?;
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

/// A rule's words, as they stand in the version it was cited from.
pub(super) async fn words(app: &App, rule: &CitedRule) -> Result<Option<String>, AppFault> {
    let text = version::text(app, rule.digest).await?;
    Ok(text.and_then(|text| text.clause(&rule.clause).map(|clause| markdown::words(&clause.text))))
}
