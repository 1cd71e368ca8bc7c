//! `usher policy replay`: every recorded request of a time, decided again with another policy and with the lists, grants
//! and lesson lists of its own moment.
//!
//! What cannot be told is counted apart and never guessed: a generation whose lists are gone; a site that was not
//! decrypted then and would be now. A page that was refused was never read, so of those newly allowed it is said how many
//! could still be shut by their words or files.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;
use jiff::civil::Date;
use tokio::runtime::Handle;
use usher_activity::question::Question;
use usher_activity::replay::replay;
use usher_lists::category::{Catalogue, CategoryEntry};
use usher_reports::replay::{Figures, Line, Replayed, Side, Site};
use usher_types::moment::Moment;

use super::{generations, read};
use crate::cli::say;
use crate::server::opened::Opened;

/// Events between two signs of progress.
const PROGRESS_EVERY: u64 = 1_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The first day, like 2026-11-23
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The day after the last [default: everything since]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The policy that is tried, a TOML file
    #[arg(long, value_name = "FILE")]
    draft: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(asked: Arguments, opened: &Opened) -> anyhow::Result<ExitCode> {
    let Some(draft) = read(&asked.draft)? else { return Ok(ExitCode::FAILURE) };
    let zone = usher_directory::books::school(&opened.books).await?.zone;
    let until = asked.until.map_or(Moment::from_unix_ms(i64::MAX), |date| zone.start_of(date));
    let question = Question::all(opened.books.school(), zone.start_of(asked.from), until);
    let activity = opened.activity();
    let (generations, runtime) = (generations(opened), Handle::current());
    let told = tokio::task::spawn_blocking(move || {
        let mut remake = |generation| {
            let then = runtime.block_on(generations.remake_with(generation, &draft));
            then.map(Arc::new).map_err(|error| error.to_string())
        };
        let (mut figures, progress) = (Figures::default(), ProgressBar::new_spinner());
        let read = replay(&activity, &question, &mut remake, &mut |subject, site, came| {
            figures.count(subject, site, came);
            if figures.requests().is_multiple_of(PROGRESS_EVERY) {
                progress.set_message(format!("{} requests", figures.requests()));
                progress.tick();
            }
            ControlFlow::Continue(())
        });
        progress.finish_and_clear();
        read.map(|()| figures.told())
    });
    let told = told.await??;
    if asked.json {
        say(serde_json::to_string(&told)?);
    } else {
        tell(&told, &Catalogue::ours()?);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(told: &Replayed, catalogue: &Catalogue) {
    say(format!("{} requests: {} come out the same.", told.requests, told.same));
    if told.otherwise > 0 {
        say(format!("{} are refused as before, in another way.", told.otherwise));
    }
    say_side("newly blocked", &told.newly_blocked, catalogue);
    say_side("newly allowed", &told.newly_allowed, catalogue);
    if told.newly_allowed.never_read > 0 {
        say(format!(
            "  {} of them were never read, because they were refused: their words or files may still shut them.",
            told.newly_allowed.never_read
        ));
    }
    if told.not_decrypted > 0 {
        say(format!(
            "{} cannot be told: they were not decrypted then, and would be now.",
            told.not_decrypted
        ));
    }
    for (why, count) in &told.not_kept {
        say(format!("{count} cannot be told: {why}."));
    }
}

fn say_side(name: &str, side: &Side, catalogue: &Catalogue) {
    say(format!("{} {name}.", side.count));
    for Line { whom, category, count } in &side.by {
        let named = |entry: &&CategoryEntry| category.as_deref() == Some(entry.name.as_str());
        let title = catalogue.entries().iter().find(named);
        let title = title.map_or("no category", |entry| entry.title.as_str());
        say(format!("  {count:>8}  {:18} {title}", whom.to_string()));
    }
    for Site { site, count } in &side.sites {
        say(format!("  {count:>8}  {site}"));
    }
}
