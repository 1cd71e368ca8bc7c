//! `usher settings`: every figure on which schools differ, and where this school differs from its profile (POL-11).

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;
use usher_policy::profile;
use usher_records::settings::Settings;

use super::say;
use crate::server::opened::Opened;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Show a ready-made profile instead: classic, comprehensive, trust, codes or numbered
    #[arg(long)]
    profile: Option<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, opened: Opened) -> anyhow::Result<()> {
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
        return Ok(());
    }
    let began = profile.as_ref().map(|profile| flat(&profile.settings)).transpose()?.unwrap_or_default();
    say(format!("{}, from the profile {name}. Differences are marked with *.", school.name));
    for (key, value) in flat(settings)? {
        let mark = if began.get(&key) == Some(&value) { ' ' } else { '*' };
        say(format!("{mark} {key:44} {value}"));
    }
    Ok(())
}

/// Every setting by its dotted name, as it is written in the file.
fn flat(settings: &Settings) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    walk("", &serde_json::to_value(settings).context("the settings cannot be written")?, &mut found);
    Ok(found)
}

fn walk(name: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                walk(&name, value, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, item) in items.iter().enumerate() {
                walk(&format!("{name}[{at}]"), item, found);
            }
        }
        Value::String(text) => {
            found.insert(name.to_owned(), text.clone());
        }
        other => {
            found.insert(name.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pol_11_each_profile_reads_as_its_own_figures() {
        let figure = |profile: &str, key: &str| {
            let settings = profile::built_in(profile).unwrap().unwrap().settings;
            flat(&settings).unwrap().get(key).cloned().unwrap_or_default()
        };
        assert_eq!(figure("comprehensive", "unrestricted.longest-minutes"), "60");
        assert_eq!(figure("comprehensive", "reports.weekly-day"), "friday");
        let seen: Vec<String> =
            profile::BUILT_IN.iter().map(|(name, _)| figure(name, "passwords.adults.characters")).collect();
        assert!(seen.iter().all(|figure| figure.parse::<u8>().is_ok()), "{seen:?}");
    }
}
