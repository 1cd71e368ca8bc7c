//! `usher report export` and `usher report totals`: what was recorded as an access log that other programs read, and
//! totals of it or of any such log. Both leave out what adults did: whoever has this command line need not be the headteacher.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_activity::access_log::{Each, For, Told, lines};
use usher_activity::question::Question;
use usher_directory::books;
use usher_records::account::Account;
use usher_records::change::{Action, Actor, Change};
use usher_reports::access_log::{self, Line, Sums, Totals, UserNames};
use usher_reports::foreign;
use usher_reports::names::Audience;
use usher_types::clock::Clock as _;
use usher_types::moment::Zone;

use super::tell;
use crate::cli::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

/// Sites and people shown at a terminal; as JSON there are all of them.
const MOST_SHOWN: usize = 20;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// Squid's own access.log
    Squid,
    /// The common log format of web servers
    Common,
    /// The combined log format of web servers
    Combined,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Exported {
    /// How lines are written
    #[arg(long, value_enum)]
    format: Format,
    #[command(flatten)]
    days: Days,
    /// Write into this new file, which only you can read [default: to the screen, or wherever it is piped]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Days {
    /// The first day, like 2026-11-23
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day, that one too
    #[arg(long, value_name = "DATE")]
    until: Date,
}

impl Days {
    fn ensure_some(&self) -> anyhow::Result<()> {
        let Self { from, until } = self;
        anyhow::ensure!(from <= until, "the last day, {until}, is before the first, {from}");
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Totalled {
    /// The first day of what Usher recorded, like 2026-11-23
    #[arg(long, value_name = "DATE", required_unless_present = "log", requires = "until")]
    from: Option<Date>,
    /// The last day, that one too
    #[arg(long, value_name = "DATE", requires = "from")]
    until: Option<Date>,
    /// Of this access log instead: squid's own, a web server's, or CSV with a header row
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "until"])]
    pub(super) log: Option<PathBuf>,
    /// Write all of it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn export(asked: Exported, opened: &Opened) -> anyhow::Result<()> {
    let format = match asked.format {
        Format::Squid => access_log::Format::Squid,
        Format::Common => access_log::Format::Common,
        Format::Combined => access_log::Format::Combined,
    };
    let zone = books::school(&opened.books).await?.zone;
    asked.days.ensure_some()?;
    let out: Box<dyn Write + Send> = match &asked.out {
        None => Box::new(io::stdout()),
        Some(file) => {
            let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
            Box::new(new.with_context(|| format!("{} cannot be written", file.display()))?)
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut text = String::new();
    let mut failed = None;
    let mut write = |line: &Line| {
        text.clear();
        line.write(format, &zone, &mut text);
        match out.write_all(text.as_bytes()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let told = recorded(opened, &asked.days, &zone, "access log", &mut write).await?;
    // A reader that has seen enough is no fault.
    match failed.map_or_else(|| out.flush(), Err) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(error).context("the log cannot be written to its end");
        }
        _ => {}
    }
    say_left_out(told);
    Ok(())
}

pub(super) async fn totals(asked: Totalled, opened: Option<&Opened>) -> anyhow::Result<()> {
    let zone = match opened {
        Some(opened) => books::school(&opened.books).await?.zone,
        None => Zone::london(),
    };
    let totals = match (&asked.log, opened, asked.from.zip(asked.until)) {
        (Some(log), ..) => of_log(log, &zone)?,
        (None, Some(opened), Some((from, until))) => {
            let mut totals = Totals::default();
            let mut add = |line: &Line| {
                totals.add(line, &zone);
                ControlFlow::Continue(())
            };
            let told = recorded(opened, &Days { from, until }, &zone, "totals", &mut add).await?;
            say_left_out(told);
            totals
        }
        (None, ..) => anyhow::bail!("no school is set up here"),
    };
    if asked.json {
        say(serde_json::to_string_pretty(&totals)?);
        return Ok(());
    }
    say(format!("{:<40} {:>12} {:>16} {:>10}", "", "requests", "bytes", "denied"));
    row("all", totals.all);
    totals.by_day.iter().for_each(|(day, sums)| row(day, *sums));
    most("by person", &totals.by_person);
    most("by site", &totals.by_site);
    Ok(())
}

fn of_log(log: &Path, zone: &Zone) -> anyhow::Result<Totals> {
    let cannot = || format!("{} cannot be read", log.display());
    let mut file = BufReader::with_capacity(1 << 18, File::open(log).with_context(cannot)?);
    let (totals, reading) = foreign::totals(&mut file, zone).with_context(cannot)?;
    tell(log, &reading);
    Ok(totals)
}

/// Gives the lines of these days. That somebody read them is written in the journal first.
async fn recorded(
    opened: &Opened,
    days: &Days,
    zone: &Zone,
    what: &str,
    each: &mut Each<'_>,
) -> anyhow::Result<Told> {
    let Days { from, until } = days;
    days.ensure_some()?;
    let after = until.checked_add(1.day()).context("there is no day after that")?;
    let reading = Change {
        action: Action::ReportOpened,
        about: None,
        reason: Some(format!("{what}, {from} to {until}, at the command line")),
        writes: Vec::new(),
        mails: Vec::new(),
    };
    opened.books.commit(&reading, &Actor::CommandLine, SystemClock.now()).await?;
    let users = UserNames::of(&opened.books.values::<Account>().await?);
    let question = Question::all(opened.books.school(), zone.start_of(*from), zone.start_of(after));
    let whom = For { audiences: &[Audience::Readers], users: &users, zone };
    let activity = opened.activity();
    // This process does nothing else meanwhile.
    Ok(lines(&activity, &question, whom, each)?)
}

/// Says on the error stream what is not in a log, which may be piped somewhere.
fn say_left_out(told: Told) {
    let Told { withheld, reduced, .. } = told;
    let say = |text: String| drop(writeln!(io::stderr(), "{text}"));
    if withheld > 0 {
        say(format!("{withheld} requests of adults are left out: those are for the headteacher."));
    }
    if reduced > 0 {
        say(format!("{reduced} requests are kept without their addresses, and are left out."));
    }
}

fn row(name: impl Display, sums: Sums) {
    // Names of somebody else's log must not move a terminal's cursor.
    let shown = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let name: String = name.to_string().chars().take(40).map(shown).collect();
    say(format!("{name:<40} {:>12} {:>16} {:>10}", sums.requests, sums.bytes, sums.denied));
}

/// Those with the most requests.
fn most(title: &str, all: &BTreeMap<String, Sums>) {
    let mut all: Vec<(&String, &Sums)> = all.iter().collect();
    all.sort_by(|(one, has), (other, more)| (more.requests, one).cmp(&(has.requests, other)));
    say(format!("\n{title}, {} in all", all.len()));
    all.into_iter().take(MOST_SHOWN).for_each(|(name, sums)| row(name, *sums));
}
