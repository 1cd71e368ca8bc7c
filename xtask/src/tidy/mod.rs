//! The rules of CONTRIBUTING.md that a machine can check.

mod files;
mod rooms;

use std::path::Path;

use anyhow::{Result, bail};

/// Checks everything and names every fault.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut faults = rooms::check(root)?;
    faults.extend(files::check(root)?);
    for fault in &faults {
        eprintln!("tidy: {fault}");
    }
    if !faults.is_empty() {
        bail!("{} things are not as CONTRIBUTING.md says", faults.len());
    }
    println!("tidy: rooms, files and names are as CONTRIBUTING.md says");
    Ok(())
}
