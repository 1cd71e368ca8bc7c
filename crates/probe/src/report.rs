//! What a run shows, for people and for programs.

use serde::Serialize;

use crate::case::KINDS;
use crate::judge::Found;
use crate::run::Outcome;

/// How many were held, are holes, and could not be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Held.
    pub held: usize,
    /// Holes.
    pub holes: usize,
    /// Not tried.
    pub untried: usize,
}

impl Tally {
    /// Counts them.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        outcomes.into_iter().fold(Self::default(), |mut tally, outcome| {
            match outcome.found {
                Found::Held => tally.held += 1,
                Found::Hole => tally.holes += 1,
                Found::Untried => tally.untried += 1,
            }
            tally
        })
    }

    /// Those that show something.
    pub const fn tried(self) -> usize {
        self.held + self.holes
    }
}

/// A run as JSON has it.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// The page that must be shut.
    pub blocked: &'a str,
    /// The page that must be open.
    pub open: &'a str,
    /// All of it.
    pub tally: Tally,
    /// Case by case.
    pub cases: &'a [Outcome],
}

/// A run in words: a table by kind, the holes and what to do, and what could not be tried.
pub fn text(outcomes: &[Outcome]) -> String {
    let mut text = format!("{:36} {:>6} {:>6} {:>10}\n", "", "held", "holes", "not tried");
    let mut row = |title: &str, tally: Tally| {
        let Tally { held, holes, untried } = tally;
        text.push_str(&format!("{title:36} {held:>6} {holes:>6} {untried:>10}\n"));
    };
    for kind in KINDS {
        let of_kind = || outcomes.iter().filter(move |outcome| outcome.kind == kind);
        if of_kind().next().is_some() {
            row(kind.title(), Tally::of(of_kind()));
        }
    }
    let all = Tally::of(outcomes);
    row("All", all);
    holes(&mut text, outcomes);
    untried(&mut text, outcomes);
    let end = match all.holes {
        0 => "No hole was found.".to_owned(),
        1 => "1 HOLE was found.".to_owned(),
        count => format!("{count} HOLES were found."),
    };
    format!("{text}\n{} cases were tried. {end}", all.tried())
}

fn holes(text: &mut String, outcomes: &[Outcome]) {
    for kind in KINDS {
        let holes: Vec<&Outcome> =
            outcomes.iter().filter(|one| one.kind == kind && one.found == Found::Hole).collect();
        if holes.is_empty() {
            continue;
        }
        let (title, advice, kind) = (kind.title().to_uppercase(), kind.advice(), kind.name());
        text.push_str(&format!("\n{title}\n  What to do: {advice}.\n"));
        for Outcome { name, what, how, .. } in holes {
            text.push_str(&format!("  HOLE {kind}/{name}: {what}: {how}\n"));
        }
    }
}

fn untried(text: &mut String, outcomes: &[Outcome]) {
    let mut untried = outcomes.iter().filter(|one| one.found == Found::Untried).peekable();
    if untried.peek().is_some() {
        text.push_str("\nNOT TRIED\n");
    }
    for Outcome { kind, name, how, .. } in untried {
        text.push_str(&format!("  {}/{name}: {how}\n", kind.name()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Kind;

    fn outcome(kind: Kind, name: &str, found: Found) -> Outcome {
        Outcome { kind, name: name.into(), what: "Does it".into(), found, how: "so".into() }
    }

    #[test]
    fn a_run_is_told_by_kind_with_what_to_do_about_its_holes() {
        let outcomes = [
            outcome(Kind::Fronting, "a", Found::Held),
            outcome(Kind::Fronting, "b", Found::Hole),
            outcome(Kind::Dns, "c", Found::Untried),
        ];
        let told = text(&outcomes);
        assert!(told.contains("One site's name before another's          1      1          0"), "{told}");
        assert!(told.contains("HOLE fronting/b: Does it: so"), "{told}");
        assert!(told.contains("What to do: the policy needs a rule that blocks the mismatches"), "{told}");
        assert!(told.contains("dns/c: so"), "{told}");
        assert!(told.ends_with("2 cases were tried. 1 HOLE was found."), "{told}");
        assert!(text(&outcomes[..1]).ends_with("1 cases were tried. No hole was found."));
    }
}
