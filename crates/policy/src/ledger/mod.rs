//! The ledger of clauses (POL-01): for every sentence people sign, the controls that keep it, whether they hold in this school
//! now, and who signed it while they did.
//!
//! Owns: the catalogue of controls, the check of each, the state of a clause, the three lists, and which signed clauses a
//! change of the policy would break.
//! Does not: read the books or count anything; that is done outside, and handed in. Nothing is ever called kept because it
//! is written down somewhere, only because it was tried.

mod breach;
mod check;
mod control;
mod judged;
mod propose;
mod settled;
mod trial;

use usher_records::agreement::Clause;
use usher_records::held::{Held, HeldBook};
use usher_records::signature::Signature;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

pub use breach::{Breach, Gone, breaches};
pub use check::{Checked, Configured, Outcome, Short, Tested, Text, check};
pub use control::{Condition, Control, Level, controls};
pub use propose::{DraftHead, MOST_CLAUSES, Pasted, draft, propose, split};

/// What the ledger is made from.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Versions in force, and earlier ones that somebody's last signature is under.
    pub texts: &'a [Text],
    /// Everybody's last signature for each agreement and part; of people who are here.
    pub signatures: &'a [Signature],
    /// What came of each control's check.
    pub checked: &'a [Checked],
    /// What was found earlier, and when.
    pub book: Option<&'a HeldBook>,
}

/// The state of a clause, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Every control holds, was tested, and rests on nothing outside of Usher.
    Kept,
    /// A person keeps it; Usher shows it, has it signed, or holds the evidence.
    Duty,
    /// Every control holds and was tested, as far as something outside of Usher is so.
    Conditional,
    /// Some of what should keep it holds, and some does not.
    InPart,
    /// What kept it when somebody signed does not hold any more.
    NoLonger,
    /// Nothing keeps it.
    Nothing,
}

impl State {
    /// Every state, best first.
    pub const ALL: [Self; 6] =
        [Self::Kept, Self::Duty, Self::Conditional, Self::InPart, Self::NoLonger, Self::Nothing];

    /// Its name in words' keys and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Duty => "duty",
            Self::Conditional => "conditional",
            Self::InPart => "in-part",
            Self::NoLonger => "no-longer",
            Self::Nothing => "nothing",
        }
    }
}

/// One clause of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which agreement.
    pub agreement: String,
    /// Its title.
    pub title: String,
    /// The mark people know the version by.
    pub version: String,
    /// The digest of the exact text.
    pub digest: Digest,
    /// Whether the version is in force.
    pub in_force: bool,
    /// The clause.
    pub clause: Clause,
    /// Its state.
    pub state: State,
    /// What should keep it, in the order the clause names it. A name nobody knows is left out, and counts as nothing.
    pub kept_by: Vec<Keeping>,
    /// What it rests on outside of Usher.
    pub conditions: Vec<Condition>,
    /// Whose last signature is under this version.
    pub signers: Vec<Signature>,
}

/// One control under a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// The control and what came of its check.
    pub checked: Checked,
    /// Over time; none before the first look.
    pub held: Option<Held>,
    /// Who signed the clause while it held, when it does not hold any more.
    pub ended_for: Vec<Signature>,
}

/// The ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Every clause in force, then clauses of earlier versions that somebody signed and that are kept no longer.
    pub lines: Vec<Line>,
    /// Every control, in the order of the catalogue.
    pub controls: Vec<Checked>,
}

/// Makes the ledger.
pub fn ledger(known: Known<'_>) -> Ledger {
    let mut lines = Vec::new();
    for text in known.texts {
        let signers: Vec<&Signature> =
            known.signatures.iter().filter(|signature| signature.digest == text.version.digest).collect();
        for clause in &text.text.clauses {
            let line = line(text, clause, &signers, known);
            // Of a text nobody is shown any more, only what is untrue now is news.
            if text.version.in_force || line.state == State::NoLonger {
                lines.push(line);
            }
        }
    }
    lines.sort_by_key(|line| !line.in_force);
    Ledger { lines, controls: known.checked.to_vec() }
}

fn line(text: &Text, clause: &Clause, signers: &[&Signature], known: Known<'_>) -> Line {
    let keeping = |id: &String| {
        let checked = known.checked.iter().find(|checked| checked.control.id == *id)?.clone();
        let held = known.book.and_then(|book| book.of(id)).cloned();
        let ended = matches!(checked.outcome, Outcome::Falls(_));
        let true_then =
            |signature: &&&Signature| held.as_ref().is_some_and(|held| held.held_at(signature.at));
        let ended_for = signers.iter().filter(|signature| ended && true_then(signature));
        let ended_for = ended_for.copied().cloned().collect();
        Some(Keeping { checked, held, ended_for })
    };
    let kept_by: Vec<Keeping> = clause.keeps.iter().filter_map(keeping).collect();
    Line {
        agreement: text.version.key.clone(),
        title: text.version.title.clone(),
        version: text.version.version.clone(),
        digest: text.version.digest,
        in_force: text.version.in_force,
        state: state(&kept_by, clause.keeps.len()),
        conditions: conditions(&kept_by),
        kept_by,
        clause: clause.clone(),
        signers: signers.iter().copied().cloned().collect(),
    }
}

/// The state of a clause that names so many controls.
fn state(kept_by: &[Keeping], named: usize) -> State {
    let outcome = |keeping: &Keeping| keeping.checked.outcome.clone();
    let tested = kept_by.iter().filter(|keeping| keeping.checked.outcome.holds());
    let person = kept_by.iter().any(|keeping| outcome(keeping) == Outcome::Person);
    let tested: Vec<&Keeping> = tested.collect();
    let acting: Vec<&&Keeping> =
        tested.iter().filter(|keeping| keeping.checked.control.level.acts()).collect();
    // Whoever signed while something kept it is told so first.
    if kept_by.iter().any(|keeping| !keeping.ended_for.is_empty()) {
        return State::NoLonger;
    }
    if tested.is_empty() && !person {
        return State::Nothing;
    }
    let missing = |keeping: &Keeping| matches!(outcome(keeping), Outcome::Falls(_) | Outcome::NotBuilt);
    if kept_by.len() < named || kept_by.iter().any(missing) {
        State::InPart
    } else if acting.is_empty() {
        State::Duty
    } else if acting.iter().any(|keeping| !keeping.checked.control.conditions.is_empty()) {
        State::Conditional
    } else {
        State::Kept
    }
}

/// What the controls that hold rest on.
fn conditions(kept_by: &[Keeping]) -> Vec<Condition> {
    let holding = kept_by.iter().filter(|keeping| keeping.checked.outcome.holds());
    let mut all: Vec<Condition> =
        holding.flat_map(|keeping| keeping.checked.control.conditions.iter().copied()).collect();
    all.sort();
    all.dedup();
    all
}

impl Line {
    /// Everybody who signed it while something kept it that does not any more, each once, earliest first.
    pub fn ended_for(&self) -> Vec<&Signature> {
        let mut all: Vec<&Signature> = self.kept_by.iter().flat_map(|keeping| &keeping.ended_for).collect();
        all.sort_by_key(|signature| (signature.at, signature.id));
        all.dedup_by_key(|signature| signature.id);
        all
    }

    /// Since when its state is as it is: the last time one of its controls turned; of a clause that is kept no longer, one of
    /// those that ended. None while none was looked at.
    pub fn since(&self) -> Option<Moment> {
        let counts = |keeping: &&Keeping| self.state != State::NoLonger || !keeping.ended_for.is_empty();
        self.kept_by.iter().filter(counts).filter_map(|keeping| keeping.held.as_ref()?.since()).max()
    }
}

impl Ledger {
    /// Promises in force that nothing keeps.
    pub fn unkept(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.in_force && line.state == State::Nothing)
    }

    /// Clauses that were kept when somebody signed them and are not any more.
    pub fn no_longer(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.state == State::NoLonger)
    }

    /// Controls that hold, and no clause in force tells anybody of them.
    pub fn untold(&self) -> impl Iterator<Item = &Checked> {
        self.controls
            .iter()
            .filter(|checked| checked.outcome.holds() && self.naming(&checked.control.id).next().is_none())
    }

    /// The clauses in force that name a control.
    pub fn naming<'a>(&'a self, control: &'a str) -> impl Iterator<Item = &'a Line> {
        let names = move |line: &&Line| line.clause.keeps.iter().any(|id| id == control);
        self.lines.iter().filter(|line| line.in_force).filter(names)
    }

    /// How many clauses in force are in this state.
    pub fn count(&self, state: State) -> usize {
        self.lines.iter().filter(|line| line.in_force && line.state == state).count()
    }
}

/// What the book of turns notes: each control that can be tested, and whether it holds.
pub fn to_note(checked: &[Checked]) -> Vec<(&str, bool)> {
    let tested = checked.iter().filter(|checked| checked.outcome != Outcome::Person);
    tested.map(|checked| (checked.control.id.as_str(), checked.outcome.holds())).collect()
}
