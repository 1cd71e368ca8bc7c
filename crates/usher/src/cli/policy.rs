//! `usher policy`: the school's policy as one readable file: shown, checked, compared, tried, published.
//!
//! Owns: reading the file and saying what came of it. Does not: judge; `usher_policy` does.

pub(in crate::cli) mod publish;
mod replay;
pub(in crate::cli) mod signed;
mod tried;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use serde::Serialize;
use usher_lists::category::Catalogue;
use usher_policy::check::{self, Fault};
use usher_policy::diff::{self, Difference};
use usher_policy::document::{PolicyDocument, UnscannedRule};
use usher_policy::profile;
use usher_publish::publisher::Generations;
use usher_types::clock::Clock as _;

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the policy in force, as a file to change and publish
    Show,
    /// Name every fault of a policy file: the line, what is wrong, what to do
    Check {
        /// The policy, a TOML file
        file: PathBuf,
    },
    /// Say in plain sentences what a policy file changes, and what of it takes two people
    Diff {
        /// The policy, a TOML file
        file: PathBuf,
        /// What it is compared with [default: the policy in force]
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Test what must be reached and what must not, with the lists in use
    Test {
        /// The policy, a TOML file [default: the policy in force]
        file: Option<PathBuf>,
    },
    /// Decide recorded requests again with another policy: what would newly be blocked, and newly allowed
    Replay(replay::Arguments),
    /// Bring a policy file into force; what is weighty waits for a second person
    Publish(publish::Publish),
    /// Confirm, as the second person, a policy that waits
    Confirm(publish::Confirm),
    /// Show the policies that wait for a second person
    Waiting,
}

impl Command {
    /// Whether it can be done without a school: reading a file needs none.
    pub(super) const fn needs_a_school(&self) -> bool {
        !matches!(self, Self::Check { .. } | Self::Diff { against: Some(_), .. })
    }

    /// Whether it does more where there is one.
    pub(super) const fn uses_a_school(&self) -> bool {
        !matches!(self, Self::Diff { against: Some(_), .. })
    }
}

pub(super) async fn run(command: Command, opened: Option<Opened>) -> anyhow::Result<ExitCode> {
    let opened = opened.as_ref();
    let school = || opened.context("no school is set up here");
    match command {
        Command::Check { file } => check(&file, opened).await,
        Command::Show => {
            let policy = generations(school()?).policy_in_force().await?;
            say(written(&policy)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Diff { file, against } => {
            let Some(new) = read(&file)? else { return Ok(ExitCode::FAILURE) };
            let old = match against {
                None => generations(school()?).policy_in_force().await?,
                Some(other) => match read(&other)? {
                    None => return Ok(ExitCode::FAILURE),
                    Some(old) => old,
                },
            };
            say_differences(&diff::diff(&old, &new, &Catalogue::ours()?));
            Ok(ExitCode::SUCCESS)
        }
        Command::Test { file } => {
            let opened = school()?;
            let policy = match file {
                None => generations(opened).policy_in_force().await?,
                Some(file) => match read(&file)? {
                    None => return Ok(ExitCode::FAILURE),
                    Some(policy) => policy,
                },
            };
            tried::run(opened, &policy).await
        }
        Command::Replay(asked) => replay::run(asked, school()?).await,
        Command::Publish(asked) => publish::publish(&asked, school()?).await,
        Command::Confirm(asked) => publish::confirm(&asked, school()?).await,
        Command::Waiting => publish::waiting(school()?).await,
    }
}

fn generations(opened: &Opened) -> Generations {
    Generations::new(opened.books.clone(), Arc::clone(&opened.lists))
}

/// The policy as a file.
fn written(policy: &PolicyDocument) -> anyhow::Result<String> {
    let text = profile::written(policy).context("the policy cannot be written as a file")?;
    Ok(format!("# The policy in force. Change it, then: usher policy check, diff, test, publish.\n\n{text}"))
}

/// A policy file, read; none after its faults were said.
fn read(file: &Path) -> anyhow::Result<Option<PolicyDocument>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match check::check(&text, &Catalogue::ours()?.table()) {
        Ok(policy) => Ok(Some(policy)),
        Err(faults) => {
            say_faults(file, &faults);
            Ok(None)
        }
    }
}

/// Names every fault of a file, and where a school is, what of its promises the policy would break.
async fn check(file: &Path, opened: Option<&Opened>) -> anyhow::Result<ExitCode> {
    let Some(policy) = read(file)? else { return Ok(ExitCode::FAILURE) };
    say_check(file, &policy);
    let Some(opened) = opened else {
        say("  No school is set up here, so it was not held against what people signed.");
        return Ok(ExitCode::SUCCESS);
    };
    let signed = signed::say_breaches(opened, &policy).await?;
    Ok(if signed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say_check(file: &Path, policy: &PolicyDocument) {
    say(format!(
        "{}: no faults. {} groups, {} rules, {} categories, {} promises of its own.",
        file.display(),
        policy.groups.len(),
        policy.rules.len(),
        policy.categories.len(),
        policy.musts.len()
    ));
    for rule in &policy.unscanned {
        say(format!("  when no scanner could look: {}", unscanned(rule)));
    }
    let today = policy.zone.local(SystemClock.now()).date();
    for due in policy.due_for_review(today) {
        let owner = due.owner.map_or_else(String::new, |owner| format!(", {owner} answers for it"));
        say(format!("  to be looked at since {}: {}{owner}", due.review, due.place));
    }
}

/// What a rule says, for whom and of what, by the names it has in the file.
fn unscanned(rule: &UnscannedRule) -> String {
    let whom = if rule.whom.is_empty() { "everybody".to_owned() } else { rule.whom.join(", ") };
    let (failures, classes) = (named(&rule.failures), named(&rule.classes));
    format!("{} for {whom}; failures: {failures}; classes: {classes}", rule.verdict.name())
}

/// Things by the names they have in the file.
fn named(all: &[impl Serialize]) -> String {
    let name = |one| serde_json::to_value(one).ok().and_then(|value| value.as_str().map(str::to_owned));
    let names: Vec<String> = all.iter().filter_map(name).collect();
    if names.is_empty() { "any".to_owned() } else { names.join(", ") }
}

fn say_faults(file: &Path, faults: &[Fault]) {
    for fault in faults {
        let line = fault.line.map_or_else(String::new, |line| format!(":{line}"));
        say(format!("{}{line}: {}", file.display(), fault.what));
        say(format!("    {}", fault.remedy));
    }
    let count = faults.len();
    say(format!("{count} {} to put right.", if count == 1 { "fault" } else { "faults" }));
}

fn say_differences(differences: &[Difference]) {
    if differences.is_empty() {
        say("Nothing changes.");
    }
    for difference in differences {
        let mark = if difference.weighty.is_some() { "!" } else { " " };
        say(format!("{mark} {}", difference.sentence));
    }
    let weighty = diff::weighty(differences);
    if !weighty.is_empty() {
        let words: Vec<&str> = weighty.into_iter().map(diff::Weighty::words).collect();
        say(format!("Lines with ! take two people: this changes {}.", words.join("; ")));
    }
}
