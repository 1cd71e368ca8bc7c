//! The ledger of clauses in words: the same for the page, for paper and for the command line.
//!
//! Owns: how states, levels, conditions, evidence and signers are said, and whose names a reader sees. Does not: judge anything
//! (`policy::ledger` does), or count (`evidence` does).

use std::collections::BTreeMap;

use usher_policy::ledger::{Checked, Keeping, Ledger, Line, Outcome, State};
use usher_records::signature::Signature;
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::moment::{Moment, Zone};
use usher_types::role::{PersonKind, Roles};
use usher_words::Words;

use crate::evidence::Evidence;
use crate::say::Say;

/// Whose names a reader sees among those who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Nobody's: numbers by kind of person.
    Nobody,
    /// Those of adults of the school; pupils and families are numbers.
    Adults,
    /// Everybody's.
    Everybody,
}

/// What a ledger is said with.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The words.
    pub words: &'a Words,
    /// The school's clock.
    pub zone: &'a Zone,
    /// Offices of those who signed.
    pub offices: &'a BTreeMap<PersonId, Roles>,
    /// Whose names are shown.
    pub names: Names,
    /// What each control did this term; none where it leaves nothing to count.
    pub evidence: &'a dyn Counts,
}

/// Whoever knows what a control did.
pub trait Counts: std::fmt::Debug + Sync {
    /// What it did this term; none where it leaves nothing to count.
    fn of(&self, control: &str) -> Option<Evidence>;
}

/// A ledger in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How many clauses in force are in each state, best first; states of none are left out.
    pub states: Vec<(State, usize, String)>,
    /// Promises nothing keeps.
    pub unkept: Vec<Clause>,
    /// True when signed and not any more.
    pub no_longer: Vec<Clause>,
    /// Controls nobody was told of.
    pub untold: Vec<Control>,
    /// Every clause in force.
    pub all: Vec<Clause>,
}

/// A clause in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The digest of the exact text.
    pub digest: Digest,
    /// Its id.
    pub id: String,
    /// The agreement's title and version.
    pub version: String,
    /// Its number.
    pub number: u16,
    /// Its words, Markdown.
    pub text: String,
    /// Its state, and the state's name.
    pub state: (State, String),
    /// What the state means.
    pub means: String,
    /// Since when.
    pub since: Option<String>,
    /// What it rests on.
    pub rests: Option<String>,
    /// What should keep it.
    pub controls: Vec<Control>,
    /// How many signed these words.
    pub signed: String,
    /// Who signed it while it was true, and is not told otherwise since.
    pub ended_for: Option<(String, Vec<String>)>,
}

/// A control in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its id.
    pub id: String,
    /// What it does.
    pub title: String,
    /// How strongly.
    pub level: String,
    /// What it rests on outside of Usher.
    pub conditions: Vec<String>,
    /// Whether it falls short.
    pub falls: bool,
    /// What came of its check.
    pub outcome: String,
    /// What it did this term.
    pub evidence: Counted,
    /// When it came to hold or ceased to, latest first.
    pub history: Vec<String>,
}

/// What a control did this term, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How often, or that there is nothing to count.
    pub count: String,
    /// By week, for the small picture; none where there is nothing to count.
    pub weeks: Option<Vec<u32>>,
    /// The same figures as text, and when last.
    pub more: Option<String>,
}

impl Teller<'_> {
    fn say(&self) -> Say<'_> {
        Say::new(self.words, self.zone)
    }

    /// The whole ledger.
    pub fn told(&self, ledger: &Ledger) -> Told {
        let clauses = |lines: &mut dyn Iterator<Item = &Line>| lines.map(|line| self.clause(line)).collect();
        let states = State::ALL.into_iter().map(|state| (state, ledger.count(state), self.state(state)));
        Told {
            states: states.filter(|(_, count, _)| *count > 0).collect(),
            unkept: clauses(&mut ledger.unkept()),
            no_longer: clauses(&mut ledger.no_longer()),
            untold: ledger.untold().map(|checked| self.control(checked, None)).collect(),
            all: clauses(&mut ledger.lines.iter().filter(|line| line.in_force)),
        }
    }

    /// A state's name.
    pub fn state(&self, state: State) -> String {
        self.say().plain(&format!("ledger-state-{}", state.name()))
    }

    /// One clause.
    pub fn clause(&self, line: &Line) -> Clause {
        let say = self.say();
        let key = if line.in_force { "ledger-version" } else { "ledger-version-past" };
        let values = [("title", line.title.as_str().into()), ("version", line.version.as_str().into())];
        let ended = line.ended_for();
        let conditions =
            line.conditions.iter().map(|one| say.plain(&format!("ledger-condition-{}", one.name())));
        let conditions: Vec<String> = conditions.collect();
        let rests = || say.say("ledger-if", &[("conditions", self.list(&conditions).into())]);
        Clause {
            digest: line.digest,
            id: line.clause.id.clone(),
            version: say.say(key, &values),
            number: line.clause.number,
            text: line.clause.text.clone(),
            state: (line.state, self.state(line.state)),
            means: say.plain(&format!("ledger-state-{}-text", line.state.name())),
            since: line.since().map(|at| say.say("ledger-since", &[("when", say.date_and_time(at).into())])),
            rests: (line.state == State::Conditional).then(rests),
            controls: line
                .kept_by
                .iter()
                .map(|keeping| self.control(&keeping.checked, Some(keeping)))
                .collect(),
            signed: say.say("ledger-signed", &[("count", line.signers.len().into())]),
            ended_for: (!ended.is_empty()).then(|| {
                let head = say.say("ledger-ended-for", &[("count", ended.len().into())]);
                (head, self.signers(&ended))
            }),
        }
    }

    fn list(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let values = [("first", first.join(", ").into()), ("last", last.as_str().into())];
                self.say().say("list-and", &values)
            }
        }
    }

    /// One control.
    pub fn control(&self, checked: &Checked, keeping: Option<&Keeping>) -> Control {
        let (say, control) = (self.say(), checked.control);
        let outcome = match &checked.outcome {
            Outcome::Falls(short) => {
                say.say("ledger-outcome-falls", &[("why", short.said(say.words).into())])
            }
            other => say.plain(&format!("ledger-outcome-{}", other.name())),
        };
        let turns = keeping.and_then(|keeping| keeping.held.as_ref()).map_or(&[][..], |held| &held.turns);
        let turn = |turn: &usher_records::held::Turn| {
            let key = if turn.holds { "ledger-history-line-holds" } else { "ledger-history-line-falls" };
            say.say(key, &[("when", say.date_and_time(turn.at).into())])
        };
        let conditions = control.conditions.iter();
        Control {
            id: control.id.clone(),
            title: control.title.clone(),
            level: say.plain(&format!("ledger-level-{}", control.level.name())),
            conditions: conditions
                .map(|one| say.plain(&format!("ledger-condition-{}", one.name())))
                .collect(),
            falls: matches!(checked.outcome, Outcome::Falls(_) | Outcome::NotBuilt),
            outcome,
            evidence: self.counted(&control.id),
            history: turns.iter().rev().map(turn).collect(),
        }
    }

    fn counted(&self, control: &str) -> Counted {
        let say = self.say();
        let Some(evidence) = self.evidence.of(control) else {
            return Counted { count: say.plain("ledger-evidence-none"), weeks: None, more: None };
        };
        let key = format!("ledger-count-{}", control.replace('.', "-"));
        let last = match evidence.last {
            Some(at) => say.say("ledger-evidence-last", &[("when", say.date_and_time(at).into())]),
            None => say.plain("ledger-evidence-never"),
        };
        let weeks = evidence.weeks.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let weeks = say.say("ledger-evidence-weeks", &[("weeks", weeks.into())]);
        let more = if evidence.count > 0 { format!("{weeks} {last}") } else { last };
        Counted {
            count: say.say(&key, &[("count", evidence.count.into())]),
            weeks: Some(evidence.weeks),
            more: Some(more),
        }
    }

    /// Who signed, in lines: by name where the reader sees names, counted by kind of person where not.
    pub fn signers(&self, signatures: &[&Signature]) -> Vec<String> {
        let say = self.say();
        let named = |signature: &&&Signature| match self.names {
            Names::Nobody => false,
            Names::Adults => !matches!(signature.kind, PersonKind::Pupil | PersonKind::Parent),
            Names::Everybody => true,
        };
        let mut lines: Vec<String> =
            signatures.iter().filter(named).map(|signature| self.signer(signature)).collect();
        let mut others: BTreeMap<PersonKind, usize> = BTreeMap::new();
        for signature in signatures.iter().filter(|signature| !named(signature)) {
            *others.entry(signature.kind).or_default() += 1;
        }
        let kinds = others.into_iter().map(|(kind, count)| {
            let kind = say.plain(&format!("report-kinds-{}", kind.name()));
            say.say("ledger-signers-of", &[("kind", kind.into()), ("count", count.into())])
        });
        lines.extend(kinds);
        lines
    }

    fn signer(&self, signature: &Signature) -> String {
        let say = self.say();
        let roles = self.offices.get(&signature.person).copied().unwrap_or(Roles::NONE);
        let offices: Vec<String> =
            roles.iter().map(|role| say.plain(&format!("report-role-{}", role.name()))).collect();
        let role = if offices.is_empty() { say.person_kind(signature.kind) } else { offices.join(", ") };
        let values = [
            ("name", signature.name.as_str().into()),
            ("role", role.into()),
            ("when", say.date_and_time(signature.at).into()),
            ("version", signature.version.as_str().into()),
        ];
        say.say("ledger-signer", &values)
    }

    /// When it was tried: `24 November 2026, 10:15`.
    pub fn when(&self, at: Moment) -> String {
        self.say().say("ledger-at", &[("when", self.say().date_and_time(at).into())])
    }
}
