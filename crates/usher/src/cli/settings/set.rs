//! `usher settings set`: the school's own figures, changed from a file by somebody who may, with a reason.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use usher_policy::access::{self, Act};
use usher_policy::profile::ProfileFault;
use usher_policy::settings::{differences, is_acted_on, read};
use usher_records::change::Actor;
use usher_records::school::{self, School};
use usher_types::clock::Clock as _;
use usher_words::Words;

use crate::cli::policy::publish::By;
use crate::cli::policy::signed;
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Why settings that make untrue what people signed stay out, and what to do.
const SIGNED: &str = "people signed what it makes untrue. Publish new words of the agreement first, with `usher agreement \
    publish`; what they take out goes once they are signed or the time for it is over. Or leave the setting";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The settings to change, a TOML file
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// Why they change; kept in the journal
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// Keep it; without this, what would change is only said
    #[arg(long)]
    yes: bool,
}

pub(super) async fn set(asked: &Arguments, opened: &Opened) -> anyhow::Result<ExitCode> {
    let file = &asked.file;
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let before = opened.books.get::<School, _>(opened.books.school()).await?;
    let before = before.context("no school is set up here")?;
    let words = Words::english()?;
    let after = match read(&text, &before.value.settings, &words) {
        Ok(after) => after,
        Err(faults) => {
            say_faults(file, &faults);
            return Ok(kept_out("it has faults"));
        }
    };
    let changed = differences(&before.value.settings, &after);
    if changed.is_empty() {
        say("Nothing changes: these are the settings in force.");
        return Ok(ExitCode::SUCCESS);
    }
    let who = asked.by.who(opened).await?;
    access::may(&who, Act::ChangeSettings).context("settings are changed by the headteacher")?;
    for change in &changed {
        let idle = if is_acted_on(&change.key) { "" } else { "   (kept, not acted on yet)" };
        say(format!("  {}{idle}", change.said(&words)));
    }
    if signed::say_breaches_of_settings(opened, &after).await? > 0 {
        return Ok(kept_out(SIGNED));
    }
    if !asked.yes {
        say("Nothing is changed yet. Say it again with --yes to keep it.");
        return Ok(ExitCode::SUCCESS);
    }
    let change = school::set(&before, &after, &asked.reason)?;
    opened.books.commit(&change, &Actor::Person(who.person), SystemClock.now()).await?;
    say("Kept. A running server goes by it within seconds.");
    Ok(ExitCode::SUCCESS)
}

fn say_faults(file: &Path, faults: &[ProfileFault]) {
    for fault in faults {
        say(format!("{}:{}: {}", file.display(), fault.line, fault.what));
    }
}

fn kept_out(why: &str) -> ExitCode {
    say(format!("Not kept: {why}. The settings in force stay as they are."));
    ExitCode::FAILURE
}
