//! `usher ca`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;

use super::say;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the certificate that devices must trust
    Export {
        /// The file [default: the terminal]
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write DER, which Windows and Android take, instead of PEM
        #[arg(long, requires = "out")]
        der: bool,
    },
}

pub(super) async fn run(command: Command, opened: Opened) -> anyhow::Result<()> {
    let school = usher_directory::books::school(&opened.books).await?;
    let authority = opened.authority(&school.name)?;
    let Command::Export { out, der } = command;
    let Some(out) = out else {
        say(authority.pem().trim_end());
        return Ok(());
    };
    let bytes = if der { authority.certificate().as_ref() } else { authority.pem().as_bytes() };
    std::fs::write(&out, bytes).with_context(|| format!("{} cannot be written", out.display()))?;
    say(format!("{} written.\nSHA-256 {}", out.display(), authority.fingerprint()));
    Ok(())
}
