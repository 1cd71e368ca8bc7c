//! `usher policy test`: what the school promises, tried on a policy with the lists in use.

use std::process::ExitCode;

use usher_policy::broken::{self, Way};
use usher_policy::document::PolicyDocument;
use usher_policy::probe::Outcome;
use usher_types::clock::Clock as _;
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
    Ok(generations(opened).promises(policy, SystemClock.now()).await?)
}

/// Says each promise that is not kept; gives how many.
pub(super) fn say_broken(words: &Words, outcomes: &[Outcome]) -> usize {
    let outcomes: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.is_kept()).collect();
    for outcome in &outcomes {
        say(format!("NOT KEPT  {}", outcome.must.sentence));
        let ways = broken::ways(words, outcome);
        for Way { whom, what } in ways.iter().take(TOLD) {
            say(format!("          {}: {what}", whom.join(", ")));
        }
        if let Some(more) = ways.len().checked_sub(TOLD).filter(|more| *more > 0) {
            say(format!("          and {more} more"));
        }
    }
    outcomes.len()
}
