//! `usher trust`: the schools of a trust, on the server that has the events of all of them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_activity_clickhouse::warehouse::Warehouse;
use usher_config::config::Config;
use usher_reports::plot::Medium;
use usher_reports::trust::{Comparison, School};
use usher_types::clock::Clock as _;
use usher_types::moment::Zone;
use usher_words::Words;

use super::say;
use crate::server::clock::SystemClock;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compare the schools for their size: requests, what was kept from readers, finds of concern
    Compare(Compare),
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The first day [default: six days before the last]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The trust's ClickHouse server [default: activity.clickhouse of the configuration]
    #[arg(long, value_name = "URL")]
    clickhouse: Option<String>,
    /// Write the table as CSV into this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the plot as SVG into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Command {
    /// Whether the configuration is needed to know where the server is.
    pub(super) const fn needs_a_place(&self) -> bool {
        let Self::Compare(asked) = self;
        asked.clickhouse.is_none()
    }
}

pub(super) async fn run(command: Command, config: Option<&Path>) -> miette::Result<()> {
    let Command::Compare(asked) = command;
    let config = config.map(Config::read).transpose()?;
    let named = config.and_then(|config| config.trust).map(|trust| trust.clickhouse);
    compare(asked, named).await.map_err(super::into_report)
}

async fn compare(asked: Compare, named: Option<String>) -> anyhow::Result<()> {
    let zone = Zone::london();
    let last = asked.until.unwrap_or_else(|| zone.local(SystemClock.now()).date());
    let first = asked.from.unwrap_or_else(|| last.saturating_sub(6.days()));
    anyhow::ensure!(first <= last, "{first} is after {last}");
    let url =
        asked.clickhouse.or(named).context("this school is in no trust: activity.clickhouse is not set")?;
    let place = url.parse().context("the address of the trust's server cannot be used")?;
    let day = |day: Date| zone.moment(day, jiff::civil::Time::midnight());
    let (from, until) = (day(first), day(last.saturating_add(1.day())));
    let asked_for = move || Warehouse::open(&place)?.compare(from, until);
    let compared = tokio::task::spawn_blocking(asked_for).await?.context("the schools cannot be compared")?;
    let school = |one: usher_activity_clickhouse::compare::Compared| School {
        number: one.school.number(),
        name: one.name,
        pupils: one.pupils,
        requests: one.figures.requests,
        blocked: one.figures.blocked,
        found: one.figures.found,
    };
    let comparison = Comparison::new(compared.into_iter().map(school).collect());
    let words = Words::english()?;
    let write = |file: &Path, text: String| {
        std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
    };
    if let Some(file) = &asked.csv {
        write(file, comparison.csv(&words))?;
    }
    if let Some(file) = &asked.svg {
        write(file, comparison.plot(&words).svg("trust", Medium::Paper))?;
    }
    say(comparison.text(&words, &zone, (first, last)));
    Ok(())
}
