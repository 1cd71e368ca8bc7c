//! `usher policy test`: what the school promises, tried on a policy with the lists in use.

use std::process::ExitCode;

use usher_policy::diff::time_words;
use usher_policy::document::PolicyDocument;
use usher_policy::explain;
use usher_policy::must;
use usher_policy::probe::{Broken, Outcome, probe};
use usher_types::clock::Clock as _;
use usher_types::role::Reader;
use usher_words::Words;

use super::generations;
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Ways a promise is broken that are told of one; the rest is counted.
const TOLD: usize = 6;

/// Tests a policy and says every promise it breaks.
pub(super) async fn run(opened: &Opened, policy: &PolicyDocument) -> anyhow::Result<ExitCode> {
    let outcomes = outcomes(opened, policy).await?;
    let words = Words::english()?;
    let broken = say_broken(&words, &outcomes);
    let kept = outcomes.len().saturating_sub(broken);
    say(format!("{kept} of {} promises are kept.", outcomes.len()));
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What comes of every promise: those that come with Usher, and the school's own.
pub(super) async fn outcomes(opened: &Opened, policy: &PolicyDocument) -> anyhow::Result<Vec<Outcome>> {
    let snapshot = generations(opened).trial(policy).await?;
    let mut promises = must::starter_set()?;
    promises.extend(policy.musts.iter().cloned());
    Ok(probe(&snapshot, &promises, SystemClock.now()))
}

/// Says each promise that is not kept; gives how many.
pub(super) fn say_broken(words: &Words, outcomes: &[Outcome]) -> usize {
    let broken: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.is_kept()).collect();
    for outcome in &broken {
        say(format!("NOT KEPT  {}", outcome.must.sentence));
        let mut told: Vec<(Vec<String>, String)> = Vec::new();
        for one in &outcome.broken {
            let (whom, what) = tell(words, one);
            match told.iter_mut().find(|(_, known)| *known == what) {
                Some((all, _)) if !all.contains(&whom) => all.push(whom),
                Some(_) => {}
                None => told.push((vec![whom], what)),
            }
        }
        for (whom, what) in told.iter().take(TOLD) {
            say(format!("          {}: {what}", whom.join(", ")));
        }
        if let Some(more) = told.len().checked_sub(TOLD).filter(|more| *more > 0) {
            say(format!("          and {more} more"));
        }
    }
    broken.len()
}

/// For whom, and what was decided there: the step that decided, and why, in words.
fn tell(words: &Words, broken: &Broken) -> (String, String) {
    match broken {
        Broken::Decided { kind, year, period, lesson, decision } => {
            let whom = year.map_or_else(|| kind.name().to_owned(), usher_types::role::Year::label);
            let lesson = if *lesson { ", a lesson open" } else { "" };
            let what = format!(
                "{}{lesson}: {}, decided at {}. {}",
                time_words(*period),
                decision.verdict.name(),
                decision.step.name(),
                explain::reason(words, Reader::Adult, decision)
            );
            (whom, what)
        }
        Broken::Nobody => ("nobody".to_owned(), "the policy has no group for these people".to_owned()),
        Broken::Never(period) => {
            ("never".to_owned(), format!("the timetable has nothing {}", time_words(*period)))
        }
        Broken::NoSuchCategory => ("nothing".to_owned(), "there is no such category".to_owned()),
    }
}
