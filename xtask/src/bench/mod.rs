//! Measurements. Each prints a table, and with `--json` one JSON object on its last line.

mod lists;

use anyhow::Result;
use clap::Subcommand;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Compile, open and look up category lists of millions of names.
    Lists(lists::Lists),
}

impl Bench {
    /// Runs the chosen measurement.
    pub fn run(self) -> Result<()> {
        match self {
            Self::Lists(lists) => lists.run(),
        }
    }
}
