//! Writing an agreement by hand: its head in fields, its clauses as a text; ids that come by themselves and stay with their
//! clause when its words change (AGR-20).
//!
//! Owns: ids for clauses that have none, and everything that is wrong with a text, line by line.
//! Does not: keep a draft; [`crate::agreement_draft`] does.

use std::collections::BTreeSet;

use usher_types::digest::Digest;

use crate::agreement::{AgreementFault, AgreementText, Clause, Head};
use crate::agreement::{Item, attributes_of, check_head, items, read_clauses, split_head, unread};

/// The most words of a clause that become its id: enough to tell clauses apart, short enough to read.
const ID_WORDS: usize = 4;
/// Words shorter than this say little of what a clause is about.
const ID_WORD_LETTERS: usize = 3;
/// A clause with nearly all of its words the same is the same clause, said otherwise. One word of five can turn a sentence round.
const SAME_CLAUSE: (usize, usize) = (9, 10);

/// An agreement as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its head.
    pub head: Head,
    /// What comes after the head.
    pub body: String,
}

impl Written {
    /// Takes a file apart; none when its head cannot be read.
    pub fn of(file: &str) -> Option<Self> {
        let file = file.replace("\r\n", "\n");
        let (head, body, _) = split_head(&file).ok()?;
        Some(Self { head: toml::from_str(head).ok()?, body: body.trim().to_owned() })
    }

    /// The whole as a file, every clause with an id, and as a text. Clauses without an id get that of the `earlier` clause
    /// they are, with what keeps it where they are word for word the same, or one from their words.
    ///
    /// # Errors
    /// Everything that is wrong, with its line in the body as it was typed.
    pub fn finish(
        &self,
        earlier: Option<&AgreementText>,
    ) -> Result<(String, AgreementText), Vec<AgreementFault>> {
        let body = with_ids(self.body.replace("\r\n", "\n").trim(), earlier);
        let (clauses, mut faults) = read_clauses(&body, 1);
        faults.extend(unread(&body, 1));
        faults.sort_by_key(|fault| fault.line);
        if let Err(fault) = check_head(&self.head) {
            faults.push(fault);
        }
        let empty = [
            (&self.head.title, "title"),
            (&self.head.version, "version"),
            (&self.head.declaration, "declaration"),
        ];
        for (_, name) in empty.into_iter().filter(|(value, _)| value.trim().is_empty()) {
            faults.push(AgreementFault { line: 0, what: format!("it needs a {name}") });
        }
        let head = toml::to_string(&self.head)
            .map_err(|error| vec![AgreementFault { line: 0, what: error.to_string() }])?;
        if !faults.is_empty() {
            return Err(faults);
        }
        let file = format!("+++\n{}\n+++\n\n{body}\n", head.trim_end());
        let digest = Digest::of(file.as_bytes());
        Ok((file, AgreementText { head: self.head.clone(), clauses, digest }))
    }
}

/// The same text, where every clause has an id.
pub fn with_ids(body: &str, earlier: Option<&AgreementText>) -> String {
    let found = items(body);
    let given = |text: &str| {
        let (_, attributes) = attributes_of(text)?;
        attributes.split_whitespace().find_map(|part| part.strip_prefix('#')).map(str::to_owned)
    };
    // An id that was ever somebody else's is not given again.
    let mut taken: BTreeSet<String> = found.iter().filter_map(|item| given(&item.text)).collect();
    let mut lines: Vec<String> = body.lines().map(|line| line.trim_end().to_owned()).collect();
    let unnamed: Vec<&Item> = found.iter().filter(|item| given(&item.text).is_none()).collect();
    let were = matched(&unnamed, earlier, &taken);
    for (item, was) in unnamed.into_iter().zip(were) {
        let (words, rest) = attributes_of(&item.text).unwrap_or((&item.text, ""));
        let mut attributes = match was {
            Some(clause) => attributes_from(clause, words, rest),
            None => format!("#{}", new_id(words, &taken, earlier)),
        };
        if let Some(id) = attributes.split(' ').next().and_then(|id| id.strip_prefix('#')) {
            taken.insert(id.to_owned());
        }
        if !rest.trim().is_empty() {
            attributes = format!("{attributes} {}", rest.trim());
        }
        if let Some(line) = lines.get_mut(item.last) {
            // Attributes without an id end the line already.
            let kept = if line.ends_with('}') { line.rfind('{').and_then(|at| line.get(..at)) } else { None };
            *line = format!("{} {{{attributes}}}", kept.unwrap_or(line).trim_end());
        }
    }
    lines.join("\n")
}

/// For each item without an id the earlier clause it is: first those with the same words, then the nearest pairs of the rest.
fn matched<'a>(
    items: &[&Item],
    earlier: Option<&'a AgreementText>,
    taken: &BTreeSet<String>,
) -> Vec<Option<&'a Clause>> {
    let clauses = earlier.into_iter().flat_map(|text| &text.clauses);
    let clauses: Vec<&Clause> = clauses.filter(|clause| !taken.contains(&clause.id)).collect();
    let mut pairs: Vec<(bool, usize, usize, &'a Clause)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let (words, _) = attributes_of(&item.text).unwrap_or((&item.text, ""));
        for clause in clauses.iter().filter(|clause| is_same(words, &clause.text)) {
            let exact = folded(words) == folded(&clause.text);
            pairs.push((exact, likeness(words, &clause.text), at, clause));
        }
    }
    pairs.sort_by_key(|(exact, like, at, _)| (!exact, std::cmp::Reverse(*like), *at));
    let mut found: Vec<Option<&'a Clause>> = vec![None; items.len()];
    for (_, _, at, clause) in pairs {
        let free = !found.iter().flatten().any(|had| had.id == clause.id);
        if let Some(place) = found.get_mut(at).filter(|place| free && place.is_none()) {
            *place = Some(clause);
        }
    }
    found
}

/// The id of an earlier clause; and what it was kept by, where its words are the same and do not say so themselves.
fn attributes_from(clause: &Clause, words: &str, rest: &str) -> String {
    let mut text = format!("#{}", clause.id);
    if folded(words) != folded(&clause.text) {
        return text;
    }
    if !clause.keeps.is_empty() && !rest.contains("keeps=") {
        text.push_str(&format!(" keeps=\"{}\"", clause.keeps.join(" ")));
    }
    if let Some(picture) = clause.picture.as_ref().filter(|_| !rest.contains("picture=")) {
        text.push_str(&format!(" picture=\"{picture}\""));
    }
    text
}

fn new_id(words: &str, taken: &BTreeSet<String>, earlier: Option<&AgreementText>) -> String {
    let plain = folded(words);
    let telling: Vec<&str> = plain
        .iter()
        .filter(|word| word.len() >= ID_WORD_LETTERS && word.is_ascii())
        .map(String::as_str)
        .take(ID_WORDS)
        .collect();
    let stem = if telling.is_empty() { "rule".to_owned() } else { telling.join("-") };
    let used = |id: &str| taken.contains(id) || earlier.is_some_and(|text| text.clause(id).is_some());
    let numbered = (2_u32..).map(|number| format!("{stem}-{number}"));
    std::iter::once(stem.clone()).chain(numbered).find(|id| !used(id)).unwrap_or(stem)
}

/// The words of a sentence without case and signs.
pub(crate) fn folded(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// How many words two sentences share.
fn likeness(one: &str, other: &str) -> usize {
    let other: BTreeSet<String> = folded(other).into_iter().collect();
    folded(one).into_iter().collect::<BTreeSet<_>>().intersection(&other).count()
}

/// Whether one sentence is the other, said a little otherwise.
fn is_same(one: &str, other: &str) -> bool {
    let distinct = |text: &str| folded(text).into_iter().collect::<BTreeSet<_>>().len();
    let most = distinct(one).max(distinct(other));
    most > 0 && likeness(one, other) * SAME_CLAUSE.1 >= most * SAME_CLAUSE.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "+++\nkey = \"staff\"\ntitle = \"Our rules\"\nversion = \"2026\"\nreader = \"adult\"\n\
                        declaration = \"I will.\"\n+++\n";

    fn text(body: &str) -> AgreementText {
        AgreementText::parse(&format!("{HEAD}{body}")).unwrap()
    }

    fn ids(body: &str, earlier: Option<&AgreementText>) -> Vec<String> {
        text(&with_ids(body, earlier)).clause_ids()
    }

    #[test]
    fn agr_20_a_clause_without_an_id_gets_one_from_its_words() {
        assert_eq!(
            ids("- I ask before I open a page.\n- I ask before I open a page.", None),
            ["ask-before-open-page", "ask-before-open-page-2"]
        );
        assert_eq!(ids("- Ça va?\n- I do.", None), ["rule", "rule-2"]);
        assert_eq!(with_ids("- A\n  long rule.", None), "- A\n  long rule. {#long-rule}");
    }

    #[test]
    fn agr_20_an_edited_clause_keeps_its_id_and_what_keeps_it() {
        let before = text(
            "- I keep my password secret. {#password keeps=\"duty.keep-secret\" picture=\"key\"}\n- I ask. {#ask}\n",
        );
        let after = with_ids("- I keep my password secret!\n- Something else entirely.", Some(&before));
        let after = text(&after);
        assert_eq!(after.clause_ids(), ["password", "something-else-entirely"]);
        assert_eq!(after.clauses[0].keeps, ["duty.keep-secret"]);
        assert_eq!(after.clauses[0].picture.as_deref(), Some("key"));
        assert_eq!(ids("- Quite other words now. {#password}", Some(&before)), ["password"]);
        let own = with_ids("- I keep my password secret. {keeps=\"account.own\"}", Some(&before));
        assert_eq!(text(&own).clauses[0].keeps, ["account.own"], "what is written wins");
        let never = text("- Something else entirely. {#words}\n");
        assert_ne!(ids("- One. {#words}\n- Other words.", Some(&never)), ["words", "words"]);
    }

    #[test]
    fn agr_20_a_sentence_that_says_the_opposite_takes_neither_the_id_nor_what_kept_the_other() {
        let before = text("- I never share my password. {#password keeps=\"duty.keep-secret\"}\n");
        let turned = text(&with_ids("- I may share my password.", Some(&before)));
        assert_ne!(turned.clauses[0].id, "password");
        assert_eq!(turned.clauses[0].keeps, Vec::<String>::new());
        let long =
            text("- I keep my own password secret from everybody in school and at home. {#p keeps=\"x\"}\n");
        let near = "- I keep my own password secret from everybody in the school and at home.";
        let near = text(&with_ids(near, Some(&long)));
        assert_eq!((near.clauses[0].id.as_str(), near.clauses[0].keeps.len()), ("p", 0));
        // The clause that stands unchanged keeps its id, whatever new one stands above it.
        let above = "- I keep my own password secret from everybody in the school and at home.\n\
                     - I keep my own password secret from everybody in school and at home.";
        assert_eq!(ids(above, Some(&long))[1], "p");
    }

    #[test]
    fn agr_20_a_line_that_is_no_rule_and_marks_inside_a_rule_are_faults_and_nothing_vanishes() {
        let head = text("- I ask. {#ask}\n").head;
        let faults = |body: &str| -> Vec<usize> {
            let typed = Written { head: head.clone(), body: body.into() };
            typed.finish(None).unwrap_err().iter().map(|fault| fault.line).collect()
        };
        assert_eq!(faults("- One.\n\n* Two.\n\n1. Three.\n\n### Four\n\nFive."), [3, 5, 7, 9]);
        assert_eq!(faults("- One. {#one keeps=\"x\"}\n  and more."), [1]);
    }

    #[test]
    fn every_fault_is_told_with_its_line_as_typed() {
        let head = text("- I ask. {#ask}\n").head;
        let typed = Written {
            head: head.clone(),
            body: "## A\r\n\r\n- One. {#a}\r\n- Two. {#a}\r\n- {#b}\r\n".into(),
        };
        let faults: Vec<usize> = typed.finish(None).unwrap_err().iter().map(|fault| fault.line).collect();
        assert_eq!(faults, [4, 5]);
        let unnamed = Written { head: Head { title: " ".into(), ..head.clone() }, body: "- One.".into() };
        assert_eq!(unnamed.finish(None).unwrap_err()[0].what, "it needs a title");
        let empty = Written { head, body: "Words alone.".into() };
        assert!(
            empty.finish(None).unwrap_err().iter().any(|fault| fault.what.contains("at least one clause"))
        );
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same_text() {
        let head = text("- I ask. {#ask}\n").head;
        let (file, made) =
            Written { head, body: "## Asking\n\n- I ask.\n- I tell.\n".into() }.finish(None).unwrap();
        assert_eq!(AgreementText::parse(&file).unwrap(), made);
        let again = Written::of(&file).unwrap();
        assert_eq!(again.finish(None).unwrap(), (file, made));
    }

    proptest! {
        /// Whatever is typed as clauses, each has an id, all differ, and doing it again changes nothing.
        #[test]
        fn ids_are_distinct_and_stay(words in proptest::collection::vec("[a-zé ]{1,20}[a-z]", 1..8)) {
            let body: String = words.iter().map(|line| format!("- {}\n", line.trim())).collect();
            let once = with_ids(&body, None);
            let before = text(&once);
            prop_assert_eq!(before.clauses.len(), words.len());
            prop_assert_eq!(with_ids(&once, Some(&before)), once);
            // The same clauses without their ids, in another order, find their ids again.
            let turned: String = words.iter().rev().map(|line| format!("- {}\n", line.trim())).collect();
            let mut found = ids(&turned, Some(&before));
            let mut had = before.clause_ids();
            found.sort();
            had.sort();
            prop_assert_eq!(found, had);
        }
    }
}
