//! Which signed clauses a change of the policy would break.

use usher_records::agreement::Clause;
use usher_records::signature::Signature;

use super::check::{Checked, Outcome, Short, Text};

/// A clause in force that people signed, and that a change would make untrue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which agreement.
    pub agreement: String,
    /// Its title.
    pub title: String,
    /// The mark people know the version by.
    pub version: String,
    /// The clause's number as printed.
    pub number: u16,
    /// Its words.
    pub text: String,
    /// The controls that would hold no more: what each does, and why it would fall.
    pub controls: Vec<(String, Short)>,
    /// How many people's last signature is under it.
    pub signed: usize,
}

impl Breach {
    /// Whether it keeps a change from being published: what nobody signed yet is only told.
    pub const fn refuses(&self) -> bool {
        self.signed > 0
    }
}

/// The clauses in force whose controls hold `before` a change and not `after` it, those that most signed first. A clause
/// nobody signed yet is told too, with nobody's signature.
pub fn breaches(
    texts: &[Text],
    signatures: &[Signature],
    before: &[Checked],
    after: &[Checked],
) -> Vec<Breach> {
    let falls = |id: &String| {
        let held = before.iter().any(|one| one.control.id == *id && one.outcome.holds());
        let after = after.iter().find(|one| one.control.id == *id)?;
        match &after.outcome {
            Outcome::Falls(short) if held => Some((after.control.title.clone(), short.clone())),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for text in texts.iter().filter(|text| text.version.in_force) {
        for clause in &text.text.clauses {
            let controls: Vec<(String, Short)> = clause.keeps.iter().filter_map(falls).collect();
            if !controls.is_empty() {
                let broken = |id: &String| falls(id).is_some();
                let signed =
                    signatures.iter().filter(|one| promised(texts, one, text, clause, broken)).count();
                found.push(Breach {
                    agreement: text.version.key.clone(),
                    title: text.version.title.clone(),
                    version: text.version.version.clone(),
                    number: clause.number,
                    text: clause.text.clone(),
                    controls,
                    signed,
                });
            }
        }
    }
    found.sort_by_key(|breach| std::cmp::Reverse(breach.signed));
    found
}

/// Whether somebody's last signature is under this clause: in these words, or in earlier ones that said it was kept by what
/// would fall. Signatures under earlier words go on counting where little changed.
fn promised(
    texts: &[Text],
    signature: &Signature,
    text: &Text,
    clause: &Clause,
    broken: impl Fn(&String) -> bool,
) -> bool {
    if signature.digest == text.version.digest {
        return true;
    }
    let theirs = texts.iter().find(|one| one.version.digest == signature.digest);
    theirs.filter(|one| one.version.key == text.version.key).is_some_and(|one| {
        let same = one.text.clauses.iter().find(|other| other.id == clause.id);
        same.is_some_and(|same| same.keeps.iter().any(broken))
    })
}
