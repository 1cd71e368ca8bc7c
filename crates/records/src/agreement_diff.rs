//! What changed between two texts of an agreement, clause by clause, and whether it matters (AGR-19).

use serde::{Deserialize, Serialize};

use crate::agreement::{AgreementText, Clause};
use crate::agreement_edit::folded;

/// What happened to a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It was not there.
    New,
    /// Its words say something else.
    Changed,
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
    pub const ALL: [Self; 6] =
        [Self::New, Self::Changed, Self::Tidied, Self::Moved, Self::KeptBy, Self::Removed];

    /// Its name in words' keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Tidied => "tidied",
            Self::Moved => "moved",
            Self::KeptBy => "kept-by",
            Self::Removed => "removed",
        }
    }

    /// Whether people who signed should sign again for it.
    pub const fn matters(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Removed)
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
            Some(was) if folded(&was.text) != folded(&clause.text) => What::Changed,
            Some(was) if was.text != clause.text => What::Tidied,
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

/// Whether what changed matters enough to be signed again: a clause, or what signing means.
pub fn material(before: &AgreementText, after: &AgreementText) -> bool {
    let declared = |text: &AgreementText| {
        (folded(&text.head.declaration), text.head.parent_declaration.as_deref().map(folded))
    };
    declared(before) != declared(after) || diff(before, after).iter().any(|changed| changed.what.matters())
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
}
