//! `usher ledger`: every sentence people sign, and whether it is true now; the three lists first (POL-01).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use usher_ledger::look;
use usher_ledger::tally::{Tally, Term};
use usher_policy::ledger::State;
use usher_publish::publisher::Generations;
use usher_reports::document::{self, Letterhead};
use usher_reports::ledger::{Clause, Names, Teller, Told};
use usher_types::clock::Clock as _;
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_typeset::typesetter::Typesetter;
use usher_web::assets;
use usher_words::Words;

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write a PDF into this file, for a governor: pupils and families are numbers in it
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

/// Says the ledger. Fails when something was true when people signed it and is not any more.
pub(super) async fn run(asked: &Arguments, opened: &Opened) -> anyhow::Result<ExitCode> {
    let at = SystemClock.now();
    let generations = Generations::new(opened.books.clone(), Arc::clone(&opened.lists));
    let snapshot = Arc::new(generations.trial(&generations.policy_in_force().await?).await?);
    let (read, checked) = look(&opened.books, Arc::clone(&snapshot), at).await?;
    let ledger = read.ledger(&checked);
    let activity = Arc::new(opened.activity());
    let term = Tally::new(opened.books.clone(), activity).term(&snapshot, at).await?;
    let words = Words::english()?;
    let offices: BTreeMap<_, _> = read.people.iter().map(|(id, person)| (*id, person.roles)).collect();
    let zone = &read.school.zone;
    let teller = Teller { words: &words, zone, offices: &offices, names: Names::Adults, evidence: &term };
    let told = teller.told(&ledger);
    let lines = [teller.when(at), counted(&words, &term)];
    let head = Letterhead { school: &read.school.name, zone, words: &words };
    match &asked.pdf {
        Some(file) => write(file, &head, (&told, &lines), at)?,
        None => say_told(&words, &told, &lines),
    }
    let untrue = told.no_longer.iter().any(|clause| clause.state.0 == State::NoLonger);
    Ok(if untrue { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The days that were counted.
fn counted(words: &Words, term: &Term) -> String {
    let (first, last) = term.days();
    words.say(Reader::Adult, "ledger-term", &[("first", first.into()), ("last", last.into())])
}

fn write(
    file: &std::path::Path,
    head: &Letterhead<'_>,
    (told, lines): (&Told, &[String]),
    at: Moment,
) -> anyhow::Result<()> {
    let document = document::ledger(head, told, lines);
    let typesetter = Typesetter::new(assets::typeset_fonts())?;
    let pdf = typesetter.pdf(document.source, &document.files, &document.title, at)?;
    std::fs::write(file, pdf).with_context(|| format!("{} cannot be written", file.display()))?;
    say(format!("The ledger is in {}.", file.display()));
    Ok(())
}

fn say_told(words: &Words, told: &Told, lines: &[String]) {
    let plain = |key: &str| words.say(Reader::Adult, key, &[]);
    for line in lines {
        say(line);
    }
    for (_, count, state) in &told.states {
        say(format!("{count:4}  {state}"));
    }
    for (list, clauses) in [("ledger-list-unkept", &told.unkept), ("ledger-list-no-longer", &told.no_longer)]
    {
        say(format!("\n{}", plain(list)));
        if clauses.is_empty() {
            say(format!("  {}", plain(&format!("{list}-none"))));
        }
        clauses.iter().for_each(say_clause);
    }
    say(format!("\n{}", plain("ledger-list-untold")));
    if told.untold.is_empty() {
        say(format!("  {}", plain("ledger-list-untold-none")));
    }
    for control in &told.untold {
        say(format!("  {}: {} {}", control.id, control.title, control.evidence.count));
    }
    say(format!("\n{}", plain("ledger-list-all")));
    told.all.iter().for_each(say_clause);
}

fn say_clause(clause: &Clause) {
    say(format!("  [{}] {} {}. {}", clause.state.1, clause.version, clause.number, clause.text));
    say(format!("      {}", clause.rests.as_ref().unwrap_or(&clause.means)));
    for control in &clause.controls {
        say(format!("      {}: {} {}", control.id, control.outcome, control.evidence.count));
    }
    if let Some((head, signers)) = &clause.ended_for {
        say(format!("      {head}"));
        for signer in signers {
            say(format!("        {signer}"));
        }
    }
}
