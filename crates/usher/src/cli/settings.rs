//! `usher settings`: every figure on which schools differ, where this school differs from its profile, and changing them
//! from a file (POL-11).

mod set;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use usher_policy::profile;
use usher_policy::settings::{flat, is_acted_on};
use usher_records::settings::Settings;

use super::say;
use crate::server::opened::Opened;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Show a ready-made profile instead: classic, comprehensive, trust, codes or numbered
    #[arg(long)]
    profile: Option<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Change settings from a file with the shape of a profile's `[settings]`; what it leaves out stays
    Set(set::Arguments),
}

pub(super) async fn run(arguments: Arguments, opened: Opened) -> anyhow::Result<ExitCode> {
    if let Some(Command::Set(asked)) = arguments.command {
        return set::set(&asked, &opened).await;
    }
    let school = usher_directory::books::school(&opened.books).await?;
    let name = arguments.profile.as_deref().unwrap_or(&school.profile);
    let profile = profile::built_in(name).transpose()?;
    let settings = match (&arguments.profile, &profile) {
        (Some(name), None) => anyhow::bail!("there is no profile `{name}`"),
        (Some(_), Some(profile)) => &profile.settings,
        (None, _) => &school.settings,
    };
    if arguments.json {
        say(serde_json::to_string_pretty(settings)?);
        return Ok(ExitCode::SUCCESS);
    }
    say(format!("{}, from the profile {name}. Differences are marked with *.", school.name));
    for line in lines(settings, profile.as_ref().map(|profile| &profile.settings)) {
        say(line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Every setting by its dotted name, as it is written in the file.
fn lines(settings: &Settings, began: Option<&Settings>) -> Vec<String> {
    let began = began.map(flat).unwrap_or_default();
    let line = |(key, value): (String, serde_json::Value)| {
        let mark = if began.get(&key) == Some(&value) { ' ' } else { '*' };
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let idle = if is_acted_on(&key) { "" } else { "   (kept, not acted on yet)" };
        format!("{mark} {key:44} {written}{idle}")
    };
    flat(settings).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pol_11_settings_are_listed_with_what_differs_and_what_nothing_acts_on() {
        let began = profile::built_in("comprehensive").unwrap().unwrap().settings;
        let mut now = began.clone();
        now.unrestricted.longest_minutes = 45;
        let lines = lines(&now, Some(&began));
        let of =
            |key: &str| lines.iter().find(|line| line.get(2..).is_some_and(|rest| rest.starts_with(key)));
        let changed = of("unrestricted.longest-minutes ").unwrap();
        assert!(changed.starts_with('*') && changed.ends_with(" 45"), "{changed}");
        let same = of("reports.weekly-day ").unwrap();
        assert!(same.starts_with(' ') && same.ends_with("friday"), "{same}");
        assert!(of("conduct.sticks ").unwrap().ends_with("encrypted-by-permit   (kept, not acted on yet)"));
    }
}
