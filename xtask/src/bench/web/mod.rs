//! The gateway beside Debian's proxies, in one run: what a unit of each work costs the processor, how long one takes,
//! and what it keeps in memory.
//!
//! How it is measured. For each work its servers are started, asked in turn, and the turns are repeated; figures are
//! medians over the rounds. Servers are pinned to the first processor, load and site to the others. Processor time is
//! that of the server and of what it started, from `/proc`. Ours writes one event per request to a real spool; the
//! others write one line to their logs.

mod lists;
mod outcome;
mod plot;
mod process;
mod school;
mod servers;
mod turns;
mod work;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum as _};

use outcome::Outcome;
use process::{Pinned, Process};

use servers::{Kind, text};
use turns::Rig;
use work::Work;

use crate::peers;

/// The package with pages of HTML that are nobody's of ours, and where it puts them.
const PAGES: (&str, &str) = ("python3.11-doc", "/usr/share/doc/python3.11/html/library");
/// The page that phrases are looked for in.
const PAGE_BYTES: usize = 64 * 1024;

/// Measure the gateway beside other proxies.
#[derive(Debug, Args)]
pub(crate) struct Web {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
    /// Write web.json, web.md and web.svg into this folder as well.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Domains that are refused where lists are measured, made up; other works take at most 10,000.
    #[arg(long, default_value_t = 5_000_000)]
    domains: usize,
    /// Seconds of one turn.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Rounds of turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Tunnels that stand idle, as far as this machine's limit of open files goes.
    #[arg(long, default_value_t = 10_000)]
    tunnels: usize,
    /// Install peers that are missing, with apt-get.
    #[arg(long)]
    install: bool,
    /// Measure only these servers, ours among them.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Kind>,
    /// Do only these works.
    #[arg(long, value_delimiter = ',')]
    works: Vec<Work>,
}

impl Web {
    /// All works.
    pub(super) fn run(mut self) -> Result<()> {
        if self.works.is_empty() {
            self.works = Work::value_variants().to_vec();
        }
        let outcome = self.measure()?;
        print!("{}", outcome.table());
        if let Some(folder) = &self.out {
            fs::create_dir_all(folder)?;
            fs::write(folder.join("web.json"), format!("{:#}\n", outcome.json()))?;
            fs::write(folder.join("web.md"), outcome.markdown())?;
            fs::write(folder.join("web.svg"), plot::svg(&outcome))?;
        }
        if self.json {
            println!("{}", outcome.json());
        }
        Ok(())
    }

    /// One KiB each way: the gateway's path alone, without what it reads.
    pub(super) fn run_proxy(mut self) -> Result<()> {
        self.domains = self.domains.min(10_000);
        if self.works.is_empty() {
            self.works = vec![Work::Plain1k, Work::Splice1k, Work::Inspect1k, Work::InspectHttp2];
        }
        self.run()
    }

    fn measure(&self) -> Result<Outcome> {
        let ours = build()?;
        let folder = in_small_letters()?;
        let page = folder.path().join("page.html");
        fs::write(&page, self.page()?)?;
        let arguments = ["site", text(folder.path())?, text(&page)?];
        let (_site, sites) = Process::start_and_hear(Pinned::Rest, &ours, &arguments)?;
        let mut outcome = Outcome::begin(self);
        let mut rig =
            Rig::new(ours, folder.path().to_owned(), sites, self.seconds, self.domains, self.tunnels);
        for work in &self.works {
            for kind in work.servers().iter().filter(|kind| self.is_asked_for(**kind)) {
                if let Err(error) = self.installed(*kind) {
                    outcome.is_absent(*work, *kind, &error);
                }
            }
            let kinds: Vec<Kind> = work
                .servers()
                .iter()
                .copied()
                .filter(|kind| self.is_asked_for(*kind) && !outcome.misses(*work, *kind))
                .collect();
            eprintln!(
                "{}: {}",
                work.name(),
                kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
            );
            rig.work(*work, &kinds, self.rounds, &mut outcome);
        }
        Ok(outcome)
    }

    fn is_asked_for(&self, kind: Kind) -> bool {
        self.only.is_empty() || self.only.contains(&kind)
    }

    fn installed(&self, kind: Kind) -> Result<()> {
        let Some((program, package)) = kind.package() else { return Ok(()) };
        if Command::new("which").arg(program).output().is_ok_and(|found| found.status.success()) {
            return Ok(());
        }
        self.install(package)
    }

    fn install(&self, package: &str) -> Result<()> {
        ensure!(self.install, "not installed: apt-get install {package}, or run with --install");
        peers::install(&[package])
    }

    /// 64 KiB of a real page.
    fn page(&self) -> Result<Vec<u8>> {
        let (package, folder) = PAGES;
        if !Path::new(folder).exists() && self.works.contains(&Work::Scan64k) {
            self.install(package)?;
        }
        let mut pages: Vec<Vec<u8>> = Vec::new();
        for file in fs::read_dir(folder).into_iter().flatten() {
            let page = fs::read(file?.path()).unwrap_or_default();
            if page.len() >= PAGE_BYTES {
                pages.push(page);
            }
        }
        // The shortest that is long enough, so that little of it is cut.
        let mut page = pages.into_iter().min_by_key(Vec::len).unwrap_or_else(|| vec![b'x'; PAGE_BYTES]);
        page.truncate(PAGE_BYTES);
        Ok(page)
    }
}

/// A folder for the run. E2guardian folds the paths of files that its lists include to small letters, and so finds none
/// in a folder whose name has capitals.
fn in_small_letters() -> Result<tempfile::TempDir> {
    let name = format!("usher-bench-{}", std::process::id());
    Ok(tempfile::Builder::new().prefix(&name).rand_bytes(0).tempdir()?)
}

/// Builds the processes of ours, and says where they are.
fn build() -> Result<String> {
    built(&["--package", "usher-proxy", "--example", "bench"], "examples/bench")
}

/// Builds the whole program, and says where it is.
fn build_whole() -> Result<String> {
    built(&["--package", "usher"], "usher")
}

fn built(what: &[&str], name: &str) -> Result<String> {
    let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--release"]).args(what).status()?;
    ensure!(built.success(), "{name} could not be built");
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).context("this program is in no target folder")?;
    Ok(text(&target.join("release").join(name))?.to_owned())
}
