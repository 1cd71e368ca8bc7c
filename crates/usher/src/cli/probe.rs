//! `usher probe`: tries to walk around a filter, from a device and over its real wire.
//!
//! Needs no school: it is run where a pupil sits, against any Usher. Exit code 0: no hole; 1: a hole; 2: nothing can be
//! told.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use usher_probe::case::{KINDS, Kind};
use usher_probe::judge::Found;
use usher_probe::notice::{self, notice};
use usher_probe::report::{Report, Tally, text};
use usher_probe::run::{Outcome, run as try_all};
use usher_probe::send::Gateway;
use usher_probe::sites::Sites;
use usher_web::security::base64;

use super::say;

/// The exit code when nothing can be told.
const CANNOT_JUDGE: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The gateway, as devices have it: a name or number, and a port
    #[arg(long, value_name = "HOST:PORT")]
    proxy: String,
    /// A page that must be shut to whoever uses this device
    #[arg(long, value_name = "URL", required_unless_present = "notice")]
    blocked: Option<String>,
    /// A page that must be open to them, on another site
    #[arg(long, value_name = "URL")]
    open: String,
    /// Show this user name to the gateway, on devices where nobody signs in at the portal
    #[arg(long, value_name = "USERNAME", requires = "password_file")]
    user: Option<String>,
    /// Their password: the first line of this file
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// The school's certificate; without it, whoever shows a certificate for the open page counts as the gateway
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Send from this address of the device, where it has several
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,
    /// Only cases of this kind; may be given again
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(KINDS.map(Kind::name)))]
    only: Vec<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Try no tricks: say whether whoever comes to sign in on this device is told that the school filters and watches
    #[arg(long)]
    notice: bool,
    /// The portal, as devices behind the gateway reach it
    #[arg(long, value_name = "URL", default_value = "https://usher.internal", requires = "notice")]
    portal: String,
}

/// Runs the probe. What keeps it from trying anything is no hole, and has an exit code of its own.
pub(super) async fn run(asked: Arguments) -> ExitCode {
    match tried(&asked).await {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell when this fails.
            drop(writeln!(std::io::stderr(), "Nothing can be told: {error:#}."));
            ExitCode::from(CANNOT_JUDGE)
        }
    }
}

/// Whether those who come to sign in are told. Exit code 0: everywhere; 1: a page does not; 2: some page cannot be asked for.
async fn told(asked: &Arguments) -> anyhow::Result<ExitCode> {
    let shown = notice(&gateway(asked).await?, &asked.portal, &asked.open).await?;
    say(if asked.json { serde_json::to_string_pretty(&shown)? } else { notice::text(&shown) });
    let any = |found| shown.iter().any(|one| one.found == found);
    Ok(match (any(Found::Hole), any(Found::Untried)) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(CANNOT_JUDGE),
        (false, false) => ExitCode::SUCCESS,
    })
}

async fn tried(asked: &Arguments) -> anyhow::Result<ExitCode> {
    if asked.notice {
        return told(asked).await;
    }
    let sites = Sites::new(asked.blocked.as_deref().unwrap_or_default(), &asked.open)?;
    let gateway = gateway(asked).await?;
    let only: Vec<Kind> =
        KINDS.into_iter().filter(|kind| asked.only.iter().any(|name| name == kind.name())).collect();
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
    let mut holes = 0_usize;
    let tried = try_all(gateway, &sites, &only, |outcome, count| {
        bar.set_length(count as u64);
        bar.inc(1);
        if outcome.found == Found::Hole {
            holes += 1;
            bar.set_message(format!("{holes} holes"));
        }
    });
    let tried = tried.await;
    bar.finish_and_clear();
    tell(asked, &sites, &tried?)
}

fn tell(asked: &Arguments, sites: &Sites, outcomes: &[Outcome]) -> anyhow::Result<ExitCode> {
    let tally = Tally::of(outcomes);
    if asked.json {
        let (blocked, open) = (sites.blocked.as_str(), sites.open.as_str());
        say(serde_json::to_string_pretty(&Report { blocked, open, tally, cases: outcomes })?);
    } else {
        say(text(outcomes));
    }
    Ok(match (tally.holes, tally.tried()) {
        (_, 0) => ExitCode::from(CANNOT_JUDGE),
        (0, _) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

async fn gateway(asked: &Arguments) -> anyhow::Result<Gateway> {
    let address = resolved(&asked.proxy).await?;
    let credentials = match (&asked.user, &asked.password_file) {
        (Some(user), Some(file)) => Some(basic(user, file)?),
        _ => None,
    };
    let gateway = Gateway { address, from: asked.from, credentials, authority: None };
    let Some(file) = &asked.ca else { return Ok(gateway) };
    let certificate = CertificateDer::from_pem_file(file)
        .with_context(|| format!("{} is no certificate in PEM", file.display()))?;
    Ok(gateway.of_authority(&certificate))
}

async fn resolved(proxy: &str) -> anyhow::Result<SocketAddr> {
    // Cards and settings often have it as an address.
    let proxy = proxy.strip_prefix("http://").unwrap_or(proxy).trim_end_matches('/');
    let mut found = tokio::net::lookup_host(proxy)
        .await
        .with_context(|| format!("`{proxy}` is no host and port that can be reached"))?;
    found.next().with_context(|| format!("`{proxy}` has no address"))
}

/// A user name and password as a browser shows them (RFC 7617).
fn basic(user: &str, file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let password = text.lines().next().unwrap_or_default();
    Ok(format!("Basic {}", base64::encode(format!("{user}:{password}").as_bytes())))
}
