//! Other people's programs beside ours: Debian's packages of them, and addresses to start them at.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Installs Debian packages.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    let installed = command.output().context("apt-get cannot be run")?;
    ensure!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    Ok(())
}

/// An address nobody listens at.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
