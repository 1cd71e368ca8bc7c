//! Measurements. Each prints a table, and with `--json` one JSON object on its last line.

mod lists;
mod proxy;

use anyhow::Result;
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
        match self {
            Self::Lists(lists) => lists.run(),
            Self::Proxy(proxy) => proxy.run(),
        }
    }
}
