//! Chores of the repository, in Rust so that they run wherever the rest does.
//!
//! `cargo xtask tidy` checks the rules of CONTRIBUTING.md that a machine can check; `cargo xtask bench …` measures.

mod bench;

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
}

fn main() -> Result<()> {
    match Arguments::parse().chore {
        Chore::Bench { bench } => bench.run(),
    }
}
