//! Which signed clauses a change of the policy would break.

use usher_records::agreement::Clause;
use usher_records::signature::Signature;

use super::check::{Checked, Outcome, Short, Text};

/// A clause that people signed, or that is in force, and that a change would make untrue.
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

/// How a promise somebody signed is in force no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The clause is not there any more.
    Clause,
    /// The clause is there, and this control keeps it no more.
    Control,
}

/// The clauses whose controls hold `before` a change and not `after` it, those that most signed first: those in force, with
/// everybody whose last signature covers a clause of that id in whatever words (nobody, too: that is told), and those that are
/// in force no more, or promise it no more, with those whose last signature is under them and `binds` still.
pub fn breaches(
    texts: &[Text],
    signatures: &[Signature],
    binds: impl Fn(&Signature, Gone) -> bool,
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
    for text in texts {
        let in_force = text.version.in_force;
        let now = texts.iter().find(|one| one.version.in_force && one.version.key == text.version.key);
        for clause in &text.text.clauses {
            let told = |id: &&String| in_force || !promises(now, &clause.id, id);
            let controls: Vec<(String, Short)> = clause.keeps.iter().filter(told).filter_map(falls).collect();
            if controls.is_empty() {
                continue;
            }
            let signed = match in_force {
                true => signatures.iter().filter(|one| covers(texts, one, text, clause)).count(),
                false => {
                    let there = now.is_some_and(|now| now.text.clause(&clause.id).is_some());
                    let gone = if there { Gone::Control } else { Gone::Clause };
                    let under = |one: &&Signature| one.digest == text.version.digest && binds(one, gone);
                    signatures.iter().filter(under).count()
                }
            };
            if !in_force && signed == 0 {
                continue;
            }
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
    found.sort_by_key(|breach| std::cmp::Reverse(breach.signed));
    found
}

/// Whether the words in force still say of a clause that this control keeps it.
fn promises(now: Option<&Text>, clause: &str, control: &str) -> bool {
    let same = now.and_then(|text| text.text.clause(clause));
    same.is_some_and(|same| same.keeps.iter().any(|id| id == control))
}

/// Whether somebody's last signature covers this clause, in these words or in others under the same id.
fn covers(texts: &[Text], signature: &Signature, text: &Text, clause: &Clause) -> bool {
    let theirs = texts.iter().find(|one| one.version.digest == signature.digest);
    theirs
        .filter(|one| one.version.key == text.version.key)
        .is_some_and(|one| one.text.clause(&clause.id).is_some())
}
