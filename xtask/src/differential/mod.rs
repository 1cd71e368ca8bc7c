//! The same lists in other programs: what squidGuard and Squid say of 100,000 names, beside what we say.
//!
//! The lists are the UT1 directory in its native folders. They are not ours to keep here: they are looked for in
//! `../shared/data` beside the repository, or where `--data` says; without them the run says that it is skipped. squidGuard is
//! asked about every name and every folder, over its own pipe. Squid is asked about every name and all folders together
//! (`dstdomain`), by real requests of which it refuses the listed ones. Differences that `docs/conformance.md` explains are
//! counted by what is odd about the name; any other fails the run.

mod hosts;
mod ours;
mod squid;
mod squidguard;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::peers;

use hosts::Oddity;
use ours::Ours;

/// The lists, inside the data folder.
const ARCHIVE: &str = "ut1_directory_2026-08.tar.xz";
/// Names asked about.
const NAMES: usize = 100_000;
/// Differences of one kind that are printed; the rest is counted.
const SHOWN: usize = 5;

/// Compare our verdicts on the same lists with squidGuard's and Squid's.
#[derive(Debug, Args)]
pub(crate) struct Differential {
    /// Where the lists lie.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Install Debian's squidguard and squid first.
    #[arg(long)]
    install: bool,
    /// How many names are asked about.
    #[arg(long, default_value_t = NAMES, value_name = "COUNT")]
    names: usize,
}

/// Somebody else who reads the same lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    SquidGuard,
    Squid,
}

/// One name on which two programs disagree.
#[derive(Debug)]
pub(crate) struct Difference {
    /// Who says otherwise.
    peer: Peer,
    /// What is odd about the name.
    oddity: Oddity,
    /// Whether we say that it is listed.
    ours: bool,
    /// The name, and the folder if one was asked about.
    about: String,
}

/// Differences that `docs/conformance.md` explains: who, about which names, and what we say.
const EXPLAINED: [(Peer, Oddity, bool); 2] =
    [(Peer::SquidGuard, Oddity::Before, false), (Peer::SquidGuard, Oddity::LeadingDot, false)];

impl Differential {
    /// Runs the comparison.
    pub(crate) fn run(self) -> Result<()> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
        let archive = self.data.unwrap_or(beside).join(ARCHIVE);
        if !archive.exists() {
            println!("skipped: {} is not there (--data DIR says where)", archive.display());
            return Ok(());
        }
        if self.install {
            peers::install(&["squidguard", "squid-openssl"])?;
        }
        let work = tempfile::tempdir()?;
        let lists = unpack(&archive, work.path())?;
        let ours = Ours::read(&lists)?;
        let asked = hosts::choose(&ours, self.names);
        let said: Vec<_> = asked.iter().map(|asked| ours.folders_of(&asked.name)).collect();
        println!(
            "{} names, {} of them listed by us in one of {} folders",
            asked.len(),
            said.iter().filter(|folders| !folders.is_empty()).count(),
            ours.folders.len()
        );
        let mut differences = squidguard::compare(&ours, &asked, &said, work.path())?;
        differences.extend(squid::compare(&ours, &asked, &said, work.path())?);
        report(&differences)
    }
}

/// Unpacks the lists where other users, as Squid becomes, can read them.
fn unpack(archive: &Path, to: &Path) -> Result<PathBuf> {
    let unpacked = Command::new("tar")
        .args(["--extract", "--no-same-permissions", "--mode=u+rwX,go+rX", "--file"])
        .arg(archive)
        .arg("--directory")
        .arg(to)
        .status()
        .context("tar cannot be run")?;
    ensure!(unpacked.success(), "tar ended with {unpacked}");
    Ok(to.join("blacklists"))
}

fn report(differences: &[Difference]) -> Result<()> {
    let mut kinds: BTreeMap<(Peer, Oddity, bool), Vec<&str>> = BTreeMap::new();
    for difference in differences {
        let kind = (difference.peer, difference.oddity, difference.ours);
        kinds.entry(kind).or_default().push(&difference.about);
    }
    for ((peer, oddity, ours), abouts) in &kinds {
        let known = if EXPLAINED.contains(&(*peer, *oddity, *ours)) { "explained" } else { "NOT EXPLAINED" };
        let says = if *ours { "only we list" } else { "only they list" };
        println!("{peer:?}, {oddity:?}, {says}: {} ({known})", abouts.len());
        for about in abouts.iter().take(SHOWN) {
            println!("    {about}");
        }
    }
    let new = kinds.keys().filter(|kind| !EXPLAINED.contains(kind)).count();
    ensure!(new == 0, "{new} kinds of differences are not explained in docs/conformance.md");
    println!("every difference is explained in docs/conformance.md");
    Ok(())
}
