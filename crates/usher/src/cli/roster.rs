//! `usher roster`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use usher_directory::import::{self, Done, Issued, Tools};
use usher_directory::password::{Cost, Passwords};
use usher_directory::{books, csv_roster, oneroster};
use usher_records::change::Actor;
use usher_types::clock::Clock as _;

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Lines shown of a long list; the rest is counted.
const SHOWN: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take people and classes over: a folder of OneRoster 1.2 CSV files, or one plain CSV file
    Import(Import),
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The folder or file
    path: PathBuf,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
    /// Where first passwords are written, for handing out; the file is for nobody else to read
    #[arg(long, value_name = "FILE", default_value = "first-passwords.csv")]
    letters: PathBuf,
}

pub(super) async fn run(command: Command, opened: Opened) -> anyhow::Result<()> {
    let Command::Import(asked) = command;
    let school = books::school(&opened.books).await?;
    let read =
        if asked.path.is_dir() { oneroster::read(&asked.path)? } else { csv_roster::read(&asked.path)? };
    let passwords = Passwords::new(Cost::Ordinary)?;
    let tools = Tools { books: &opened.books, passwords: &passwords, ids: opened.ids.as_ref() };
    let at = SystemClock.now();
    let plan = import::plan(tools, &read, school.zone.local(at).date(), at).await?;
    if asked.dry_run || plan.is_empty() {
        say(format!(
            "{} to add, {} to change, {} have left, {} classes.{}",
            plan.added.len(),
            plan.changed.len(),
            plan.left.len(),
            plan.groups.len(),
            if plan.is_empty() { " Nothing to do." } else { " Nothing was changed." }
        ));
        say_faults(&plan.faults);
        return Ok(());
    }
    let done = import::carry_out(tools, plan, &school, &Actor::CommandLine, at).await?;
    let Done { added, changed, left, groups, faults, issued } = done;
    say(format!("{added} added, {changed} changed, {left} left, {groups} classes."));
    say_faults(&faults);
    if !issued.is_empty() {
        write_letters(&asked.letters, &issued)?;
        say(format!(
            "{} first passwords are in {}. Hand them out and delete the file: they are kept nowhere else.",
            issued.len(),
            asked.letters.display()
        ));
    }
    Ok(())
}

fn say_faults(faults: &[String]) {
    for fault in faults.iter().take(SHOWN) {
        say(format!("  not taken: {fault}"));
    }
    if faults.len() > SHOWN {
        say(format!("  and {} more", faults.len() - SHOWN));
    }
}

fn write_letters(path: &Path, issued: &[Issued]) -> anyhow::Result<()> {
    let fault =
        || format!("{} cannot be written; the first passwords are lost, set new ones", path.display());
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).with_context(fault)?;
    let mut text = String::from("class,name,user name,first password\n");
    for one in issued {
        let fields = [&one.class, &one.name, &one.username, &one.secret].map(|field| quoted(field));
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    file.write_all(text.as_bytes()).with_context(fault)
}

/// A field as RFC 4180 has it, never read as a formula by a spreadsheet.
fn quoted(field: &str) -> String {
    let safe = if field.starts_with(['=', '+', '-', '@']) { format!("'{field}") } else { field.to_owned() };
    format!("\"{}\"", safe.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn letters_are_for_nobody_else_and_spreadsheets_run_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letters.csv");
        let issued = Issued {
            name: "=1+1 \"Ada\"".into(),
            class: "4A".into(),
            username: "ada".into(),
            secret: "otter lamp 42".into(),
        };
        write_letters(&path, &[issued]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"4A\",\"'=1+1 \"\"Ada\"\"\",\"ada\",\"otter lamp 42\""), "{text}");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
