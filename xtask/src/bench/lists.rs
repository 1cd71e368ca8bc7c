//! The category lists: bytes a name, time to open, time to compile, time to look up.

use anyhow::Result;
use clap::Args;

/// Compile, open and look up category lists.
#[derive(Debug, Args)]
pub struct Lists {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
}

impl Lists {
    /// Runs the measurement.
    pub fn run(self) -> Result<()> {
        let _ = self.json;
        anyhow::bail!("not written yet")
    }
}
