//! Usher carries out a school's acceptable-use policy: one program, one data folder.
//!
//! Owns: the command line and putting the parts together.
//! Does not: decide, record, store or show anything itself.

mod cli;
mod demo;
mod server;

use clap::Parser as _;
use std::process::ExitCode;

/// What is allocated for a request is freed by the thread that writes events.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    if arguments.reads_paper() {
        return cli::read_paper::run();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::failed(&miette::miette!("no threads could be started: {error}")),
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(report) => cli::failed(&report),
    }
}
