//! What changed between two texts of an agreement, clause by clause and in its head, and whether it matters (AGR-19).

use serde::{Deserialize, Serialize};

use crate::agreement::{AgreementText, Clause, Head};

/// What happened to a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It was not there.
    New,
    /// Its words say something else.
    Changed,
    /// Its words stand under another heading.
    Heading,
    /// Its words are spelled or punctuated otherwise.
    Tidied,
    /// It stands elsewhere.
    Moved,
    /// Something else keeps it.
    KeptBy,
    /// It is not there any more.
    Removed,
}

impl What {
    /// Every kind of change.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Changed, Self::Heading, Self::Tidied, Self::Moved, Self::KeptBy, Self::Removed];

    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Heading => "heading",
            Self::Tidied => "tidied",
            Self::Moved => "moved",
            Self::KeptBy => "kept-by",
            Self::Removed => "removed",
        }
    }

    /// Whether people who signed should sign again for it.
    pub const fn matters(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Heading | Self::Removed)
    }
}

/// One clause that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What happened.
    pub what: What,
    /// Its id.
    pub id: String,
    /// The clause as it was; none for a new one.
    pub before: Option<Clause>,
    /// The clause as it is; none for one that is gone.
    pub after: Option<Clause>,
}

/// Every clause that changed, in the order of the new text, then those that are gone.
pub fn diff(before: &AgreementText, after: &AgreementText) -> Vec<Changed> {
    let moved = moved(before, after);
    let one = |clause: &Clause| {
        let was = before.clause(&clause.id);
        let what = match was {
            None => What::New,
            Some(was) if meaning(&was.text) != meaning(&clause.text) => What::Changed,
            Some(was) if other(was.heading.as_deref(), clause.heading.as_deref()) => What::Heading,
            Some(was) if was.text != clause.text || was.heading != clause.heading => What::Tidied,
            Some(_) if moved.contains(&clause.id.as_str()) => What::Moved,
            Some(was) if was.keeps != clause.keeps => What::KeptBy,
            Some(_) => return None,
        };
        Some(Changed { what, id: clause.id.clone(), before: was.cloned(), after: Some(clause.clone()) })
    };
    let gone = before.clauses.iter().filter(|clause| after.clause(&clause.id).is_none());
    let gone = gone.map(|clause| Changed {
        what: What::Removed,
        id: clause.id.clone(),
        before: Some(clause.clone()),
        after: None,
    });
    after.clauses.iter().filter_map(one).chain(gone).collect()
}

/// A part of an agreement's head that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it is called.
    Title,
    /// What stands before the clauses.
    Opening,
    /// What signing it means.
    Declaration,
    /// What a parent declares.
    Parents,
    /// The clause accepted at every sign-in.
    EachTime,
    /// The question asked before signing, with its answers.
    Check,
    /// Whether it is a term of the contract of employment.
    ContractTerm,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 7] = [
        Self::Title,
        Self::Opening,
        Self::Declaration,
        Self::Parents,
        Self::EachTime,
        Self::Check,
        Self::ContractTerm,
    ];

    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Opening => "opening",
            Self::Declaration => "declaration",
            Self::Parents => "parents",
            Self::EachTime => "each-time",
            Self::Check => "check",
            Self::ContractTerm => "contract-term",
        }
    }

    /// Whether people who signed should sign again for it. A title alone says nothing else.
    pub const fn matters(self) -> bool {
        !matches!(self, Self::Title)
    }

    fn changed(self, before: &Head, after: &Head) -> bool {
        match self {
            Self::Title => before.title != after.title,
            Self::Opening => other(before.opening.as_deref(), after.opening.as_deref()),
            Self::Declaration => other(Some(&before.declaration), Some(&after.declaration)),
            Self::Parents => other(before.parent_declaration.as_deref(), after.parent_declaration.as_deref()),
            Self::EachTime => other(before.each_time.as_deref(), after.each_time.as_deref()),
            Self::Check => before.check != after.check,
            Self::ContractTerm => before.contract_term != after.contract_term,
        }
    }
}

/// The parts of the head that say something else.
pub fn head_diff(before: &AgreementText, after: &AgreementText) -> Vec<Part> {
    Part::ALL.into_iter().filter(|part| part.changed(&before.head, &after.head)).collect()
}

/// Whether what changed matters enough to be signed again: a clause, its heading, or what stands around the clauses.
pub fn material(before: &AgreementText, after: &AgreementText) -> bool {
    head_diff(before, after).into_iter().any(Part::matters)
        || diff(before, after).iter().any(|changed| changed.what.matters())
}

/// Whether a clause is one somebody has read already: the same words under the same heading.
pub fn is_read(earlier: &AgreementText, clause: &Clause) -> bool {
    earlier.clause(&clause.id).is_some_and(|was| was.text == clause.text && was.heading == clause.heading)
}

fn other(before: Option<&str>, after: Option<&str>) -> bool {
    before.map(meaning) != after.map(meaning)
}

/// What may change in a sentence without it saying something else, besides capitals. Other signs say something: `<`, `£`, `%`.
const PUNCTUATION: &str = ".,;:!?'\"‘’“”„…-–—()[]*_`";

/// The words of a sentence and the signs that say something.
fn meaning(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() && !PUNCTUATION.contains(c) {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Clauses that are in both texts and not in the longest row that kept its order.
fn moved<'a>(before: &AgreementText, after: &'a AgreementText) -> Vec<&'a str> {
    let place = |id: &str| before.clauses.iter().position(|clause| clause.id == id);
    let row: Vec<(&str, usize)> =
        after.clauses.iter().filter_map(|clause| Some((clause.id.as_str(), place(&clause.id)?))).collect();
    // For each, the longest rising row that ends with it. Agreements have tens of clauses, so this may be quadratic.
    let mut best: Vec<Vec<&str>> = Vec::new();
    for (at, (id, was)) in row.iter().enumerate() {
        let earlier = row.iter().zip(&best).take(at).filter(|((_, place), _)| place < was);
        let mut longest =
            earlier.map(|(_, row)| row).max_by_key(|row| row.len()).cloned().unwrap_or_default();
        longest.push(id);
        best.push(longest);
    }
    let kept = best.into_iter().max_by_key(Vec::len).unwrap_or_default();
    row.into_iter().map(|(id, _)| id).filter(|id| !kept.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> AgreementText {
        let head = "+++\nkey = \"k\"\ntitle = \"T\"\nversion = \"1\"\nreader = \"adult\"\ndeclaration = \"I do.\"\n+++\n";
        AgreementText::parse(&format!("{head}{body}")).unwrap()
    }

    fn told(before: &AgreementText, after: &AgreementText) -> Vec<(&'static str, String)> {
        diff(before, after).into_iter().map(|changed| (changed.what.name(), changed.id)).collect()
    }

    #[test]
    fn agr_19_each_clause_that_changed_is_told_with_how() {
        let before = text(
            "- One. {#one}\n- Two. {#two}\n- Three. {#three}\n- Four. {#four keeps=\"a\"}\n- Five. {#five}\n",
        );
        let after = text(
            "- Three. {#three}\n- one! {#one}\n- Two and more. {#two}\n- Four. {#four keeps=\"b\"}\n- Six. {#six}\n",
        );
        let expected = [
            ("moved", "three"),
            ("tidied", "one"),
            ("changed", "two"),
            ("kept-by", "four"),
            ("new", "six"),
            ("removed", "five"),
        ];
        assert_eq!(told(&before, &after), expected.map(|(what, id)| (what, id.to_owned())));
        assert!(material(&before, &after));
        assert_eq!(told(&before, &before), []);
    }

    #[test]
    fn agr_19_order_spelling_and_controls_ask_nobody_to_sign_again() {
        let before = text("- One rule. {#one}\n- Two. {#two}\n");
        let tidied = text("- Two. {#two keeps=\"x\"}\n- One rule! {#one}\n");
        assert!(!material(&before, &tidied));
        let mut declared = before.clone();
        declared.head.declaration = "I do, always.".into();
        assert!(material(&before, &declared));
        assert!(material(&before, &text("- One rule. {#one}\n")));
    }

    #[test]
    fn agr_19_a_clause_under_the_opposite_heading_and_a_sign_that_counts_say_something_else() {
        let before =
            text("## What I may do\n\n- Phones. {#phones}\n\n## What I must not do\n\n- Play. {#play}\n");
        let turned =
            text("## What I must not do\n\n- Phones. {#phones}\n\n## What I may do\n\n- Play. {#play}\n");
        assert_eq!(
            told(&before, &turned),
            [("heading", "phones".to_owned()), ("heading", "play".to_owned())]
        );
        assert!(material(&before, &turned));
        assert!(!is_read(&before, &turned.clauses[0]));
        assert!(is_read(&before, &before.clauses[0]));
        let (young, old) = (text("- Pupils <13. {#one}\n"), text("- Pupils >13. {#one}\n"));
        assert_eq!(told(&young, &old), [("changed", "one".to_owned())]);
    }

    #[test]
    fn agr_19_each_part_of_the_head_that_people_read_is_compared_and_only_the_title_asks_nobody() {
        let before = text("- One. {#one}\n");
        let changed = |change: &dyn Fn(&mut Head)| {
            let mut after = before.clone();
            change(&mut after.head);
            let parts: Vec<&str> = head_diff(&before, &after).into_iter().map(Part::name).collect();
            (parts, material(&before, &after))
        };
        assert_eq!(changed(&|head| head.declaration = "I do!".into()), (vec![], false));
        assert_eq!(changed(&|head| head.title = "U".into()), (vec!["title"], false));
        assert_eq!(changed(&|head| head.opening = Some("At home too.".into())), (vec!["opening"], true));
        assert_eq!(changed(&|head| head.declaration = "I may.".into()), (vec!["declaration"], true));
        assert_eq!(changed(&|head| head.parent_declaration = Some("So.".into())), (vec!["parents"], true));
        assert_eq!(changed(&|head| head.each_time = Some("I am seen.".into())), (vec!["each-time"], true));
        assert_eq!(changed(&|head| head.contract_term = true), (vec!["contract-term"], true));
        let check = crate::agreement::Check { ask: "What first?".into(), answers: vec![] };
        assert_eq!(changed(&|head| head.check = Some(check.clone())), (vec!["check"], true));
    }
}
