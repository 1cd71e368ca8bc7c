//! The whole words of an agreement, for whoever approves or publishes them: what stands around the rules, and each rule with its
//! heading and what keeps it.

use usher_records::agreement::{AgreementText, Head};
use usher_records::agreement_diff::Part;

use crate::view::markdown;
use crate::view::says::Says;

/// All that people will read.
pub(super) struct Whole {
    /// Parts of the head that have words: what each is, and its words.
    pub(super) head: Vec<(String, String)>,
    /// The rules, in order.
    pub(super) clauses: Vec<Clause>,
}

/// One rule.
pub(super) struct Clause {
    pub(super) number: u16,
    /// The heading, where it opens a section.
    pub(super) heading: Option<String>,
    pub(super) html: String,
    pub(super) id: String,
    /// What keeps it.
    pub(super) keeps: String,
}

impl Whole {
    pub(super) fn of(says: &Says, text: &AgreementText) -> Self {
        let mut heading = None;
        let clauses = text.clauses.iter().map(|clause| {
            let opens = clause.heading != heading;
            heading.clone_from(&clause.heading);
            Clause {
                number: clause.number,
                heading: clause.heading.clone().filter(|_| opens),
                html: markdown::inline(&clause.text),
                id: clause.id.clone(),
                keeps: says.t1("agreement-kept-by", "what", kept_by(says, &clause.keeps)),
            }
        });
        let clauses = clauses.collect();
        let head = Part::ALL.into_iter().filter(|part| *part != Part::Title);
        let head = head.filter_map(|part| Some((name(says, part), said(says, &text.head, part)?))).collect();
        Self { head, clauses }
    }
}

/// What a part of the head is called.
pub(super) fn name(says: &Says, part: Part) -> String {
    says.of("agreement-part", part.name())
}

/// Controls as the ledger names them; nothing, in words.
pub(super) fn kept_by(says: &Says, keeps: &[String]) -> String {
    if keeps.is_empty() { says.t("agreement-kept-none") } else { keeps.join(", ") }
}

/// The words of a part of the head; none where it has none.
pub(super) fn said(says: &Says, head: &Head, part: Part) -> Option<String> {
    match part {
        Part::Title => Some(head.title.clone()),
        Part::Opening => head.opening.clone(),
        Part::Declaration => Some(head.declaration.clone()),
        Part::Parents => head.parent_declaration.clone(),
        Part::EachTime => head.each_time.clone(),
        Part::Check => head.check.as_ref().map(|check| {
            let answer = |answer: &usher_records::agreement::Answer| {
                let key = if answer.right { "agreement-answer-right" } else { "agreement-answer-wrong" };
                says.t2(key, ("answer", &answer.text), ("reply", &answer.reply))
            };
            let answers: Vec<String> = check.answers.iter().map(answer).collect();
            format!("{} {}", check.ask, answers.join(" "))
        }),
        Part::ContractTerm => head.contract_term.then(|| says.t("agreement-is-contract")),
    }
}
