//! Chores of the repository, in Rust so that they run wherever the rest does.
//!
//! `cargo xtask tidy` checks the rules of CONTRIBUTING.md that a machine can check, `docs` and `requirements` make the
//! pages that come from the code and its tests, `bench …` measures, `differential` compares.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is for the terminal")]

mod bench;
mod detect;
mod differential;
mod docs;
mod peers;
mod requirements;
mod source;
mod tidy;

use std::path::Path;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Measure, beside other programs where they can be had.
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
    },
    /// The program's reading of short texts: train it, measure it.
    Detect {
        #[command(subcommand)]
        detect: detect::Detect,
    },
    /// Compare our verdicts on the same lists with other programs'.
    Differential(differential::Differential),
    /// Check the rules of CONTRIBUTING.md that a machine can check.
    Tidy,
    /// Write the pages of docs/ that are made from the code.
    Docs {
        /// Only say whether they are as the code says.
        #[arg(long)]
        check: bool,
    },
    /// Write docs/requirements.md from this build's test reports.
    Requirements(requirements::Reports),
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."));
    match Arguments::parse().chore {
        Chore::Bench { bench } => bench.run(),
        Chore::Detect { detect } => detect.run(root),
        Chore::Differential(differential) => differential.run(),
        Chore::Tidy => tidy::run(root),
        Chore::Docs { check } => docs::run(root, check),
        Chore::Requirements(reports) => requirements::run(root, &reports),
    }
}
