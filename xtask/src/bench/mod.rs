//! Measurements. Each prints a table, and with `--json` one JSON object on its last line.

mod activity;
mod lists;
mod web;

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Take events in, weigh them, and ask a year's questions.
    Activity(activity::Activity),
    /// Compile, open and look up category lists of millions of names.
    Lists(lists::Lists),
    /// Have the gateway and its peers do all works in turn: requests, tunnels, pages, reloads, starts.
    Web(web::Web),
    /// Only the ways of one KiB through the gateway and through Squid, Tinyproxy, Privoxy and mitmproxy.
    Proxy(web::Web),
}

impl Bench {
    /// Runs the chosen measurement.
    pub(crate) fn run(self) -> Result<()> {
        if cfg!(debug_assertions) {
            return optimised();
        }
        match self {
            Self::Activity(activity) => activity.run(),
            Self::Lists(lists) => lists.run(),
            Self::Web(web) => web.run(),
            Self::Proxy(web) => web.run_proxy(),
        }
    }
}

/// The middle of some figures; between the two in the middle where they are even in number.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or_default();
    f64::midpoint(at(values.len().saturating_sub(1) / 2), at(values.len() / 2))
}

/// The most memory this process had.
fn peak_rss_mb() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("no peak in /proc/self/status")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1024.0)
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this program does")]
fn now() -> Instant {
    Instant::now()
}

/// Runs the same again in a release build: unoptimised figures mean nothing.
fn optimised() -> Result<()> {
    let mut again = Command::new("cargo");
    again.args(["run", "--quiet", "--release", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    let ended = again.status().context("cargo cannot be run")?;
    ensure!(ended.success(), "the release build ended with {ended}");
    Ok(())
}
