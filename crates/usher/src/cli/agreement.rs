//! `usher agreement`: new words of an agreement. They come into force at once, and the earlier ones out of it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use usher_policy::access::{self, Act};
use usher_policy::ledger::controls;
use usher_records::agreement::{self, AgreementText, AgreementVersion};
use usher_records::change::Actor;
use usher_types::clock::Clock as _;
use usher_types::ids::Id;

use super::policy::publish::By;
use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring new words of an agreement into force; who signed the earlier ones signs again, unless nothing that matters changed
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The agreement, a Markdown file with its head between +++ lines
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// Nothing that matters changed: signatures under the earlier words still count
    #[arg(long)]
    minor: bool,
}

pub(super) async fn run(command: Command, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Command::Publish(asked) = command;
    publish(&asked, opened).await
}

async fn publish(asked: &Publish, opened: &Opened) -> anyhow::Result<ExitCode> {
    let name = asked.file.display();
    let file = std::fs::read_to_string(&asked.file).with_context(|| format!("{name} cannot be read"))?;
    let file = file.replace("\r\n", "\n");
    let text = match AgreementText::parse(&file) {
        Ok(text) => text,
        Err(fault) => {
            say(format!("{name}, {fault}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let known = controls()?;
    let unknown = |id: &&String| !known.iter().any(|control| control.id == **id);
    if let Some(id) = text.clauses.iter().flat_map(|clause| &clause.keeps).find(unknown) {
        say(format!("{name}: there is no control `{id}`; `usher ledger` names those there are."));
        return Ok(ExitCode::FAILURE);
    }
    let who = asked.by.who(opened).await?;
    access::may(&who, Act::ChangeSettings).context("an agreement is published by the headteacher")?;
    let books = &opened.books;
    if books.find_one::<AgreementVersion>("digest", text.digest).await?.is_some() {
        say("Nothing changes: these words were published before.");
        return Ok(ExitCode::FAILURE);
    }
    let versions = books.find::<AgreementVersion>("key", &text.head.key).await?;
    let earlier = versions.iter().find(|version| version.value.in_force);
    let at = SystemClock.now();
    books.store().put_blob(books.school(), file.as_bytes()).await?;
    let change = agreement::publish(Id::new(opened.ids.next(at)), &text, earlier, !asked.minor, at);
    books.commit(&change, &Actor::Person(who.person), at).await?;
    say(format!(
        "Published: {}, version {}, {} clauses.",
        text.head.title,
        text.head.version,
        text.clauses.len()
    ));
    let nothing = text.clauses.iter().filter(|clause| clause.keeps.is_empty());
    for clause in nothing {
        say(format!("  {}. {} Nothing keeps this yet.", clause.number, clause.text));
    }
    Ok(ExitCode::SUCCESS)
}
