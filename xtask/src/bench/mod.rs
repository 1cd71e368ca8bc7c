//! Measurements. Each prints a table, and with `--json` one JSON object on its last line.

mod lists;
mod proxy;

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Compile, open and look up category lists of millions of names.
    Lists(lists::Lists),
    /// Send requests through the gateway and through Squid, Tinyproxy and Privoxy.
    Proxy(proxy::Proxy),
}

impl Bench {
    /// Runs the chosen measurement.
    pub(crate) fn run(self) -> Result<()> {
        if cfg!(debug_assertions) {
            return optimised();
        }
        match self {
            Self::Lists(lists) => lists.run(),
            Self::Proxy(proxy) => proxy.run(),
        }
    }
}

/// Runs the same again in a release build: unoptimised figures mean nothing.
fn optimised() -> Result<()> {
    let mut again = Command::new("cargo");
    again.args(["run", "--quiet", "--release", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    let ended = again.status().context("cargo cannot be run")?;
    ensure!(ended.success(), "the release build ended with {ended}");
    Ok(())
}
