//! The gateway beside Squid, Tinyproxy and Privoxy, in one run: requests a second, how long one takes, and what it costs
//! the processor.
//!
//! How it is measured. The same load asks the same site for the same KiB through each server in turn, and the turns are
//! repeated; the figures are medians over the rounds. Servers are pinned to the first processor, load and site to the
//! others. Processor time is that of the server and of what it started, from `/proc`. Ours writes one event per request
//! to a real spool; the others write one line to their logs. All load the same list of domains, as far as they can: for
//! Squid it is a tree, for Tinyproxy and Privoxy one pattern after the other.

mod process;
mod servers;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;

use process::{Pinned, Process, output};
use servers::{Kind, Server, Way, text};

/// Measure the gateway beside other proxies.
#[derive(Debug, Args)]
pub(crate) struct Proxy {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
    /// Domains every server refuses, made up.
    #[arg(long, default_value_t = 10_000)]
    domains: usize,
    /// A file of domains to load instead, one a line.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Seconds of one turn.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Rounds of turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Install peers that are missing, with apt-get.
    #[arg(long)]
    install: bool,
    /// Measure only these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// One turn, and the median of turns.
#[derive(Debug, Clone, Copy, Serialize)]
struct Figures {
    requests_per_second: f64,
    p50_us: f64,
    p99_us: f64,
    cpu_us_per_request: f64,
}

impl Figures {
    /// Each figure as a multiple of another's.
    fn by(&self, other: &Self) -> Ratios {
        Ratios {
            requests_per_second: self.requests_per_second / other.requests_per_second,
            p50: self.p50_us / other.p50_us,
            p99: self.p99_us / other.p99_us,
            cpu_per_request: self.cpu_us_per_request / other.cpu_us_per_request,
        }
    }
}

/// One server's figures by another's.
#[derive(Debug, Clone, Copy, Serialize)]
struct Ratios {
    requests_per_second: f64,
    p50: f64,
    p99: f64,
    cpu_per_request: f64,
}

#[derive(Debug, Default, Serialize)]
struct Outcome {
    cores: usize,
    pinned: bool,
    load_average: String,
    domains: usize,
    /// By way and server.
    figures: BTreeMap<String, BTreeMap<String, Figures>>,
    /// Our figures by those of Squid, by way: less is better, but for requests a second.
    ours_by_squid: BTreeMap<String, Ratios>,
    /// Why a peer is missing.
    absent: BTreeMap<String, String>,
}

impl Proxy {
    /// Runs the measurement.
    pub(super) fn run(self) -> Result<()> {
        let ours = build()?;
        let folder = Folder::new()?;
        let domains = self.names()?;
        let mut outcome = Outcome {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            pinned: process::can_pin(),
            load_average: fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned(),
            domains: domains.len(),
            ..Outcome::default()
        };
        let arguments = ["site", text(&folder.0)?];
        let (_site, sites) = Process::start_and_hear(Pinned::Rest, &ours, &arguments)?;
        let mut servers = Vec::new();
        for kind in Kind::ALL {
            if !self.only.is_empty() && !self.only.iter().any(|name| name == kind.name()) {
                outcome.absent.insert(kind.name().into(), "not asked for".into());
                continue;
            }
            match self.server(kind, &ours, &folder.0, &domains) {
                Ok(server) => servers.push((kind, server)),
                Err(error) => drop(outcome.absent.insert(kind.name().into(), format!("{error:#}"))),
            }
        }
        let mut turns: BTreeMap<(&str, &str), Vec<Figures>> = BTreeMap::new();
        for _ in 0..self.rounds {
            for way in Way::ALL {
                for (kind, server) in servers.iter().filter(|(kind, _)| kind.ways().contains(&way)) {
                    match self.turn(&ours, &folder.0, server, &sites, way) {
                        Ok(turn) => turns.entry((way.name(), kind.name())).or_default().push(turn),
                        Err(error) => {
                            let what = format!("{} {}", kind.name(), way.name());
                            outcome.absent.insert(what, format!("{error:#}"));
                        }
                    }
                }
            }
        }
        for ((way, server), turns) in turns {
            outcome.figures.entry(way.into()).or_default().insert(server.into(), median(&turns));
        }
        for (way, servers) in &outcome.figures {
            let of = |kind: Kind| servers.get(kind.name());
            if let (Some(ours), Some(theirs)) = (of(Kind::Usher), of(Kind::Squid)) {
                outcome.ours_by_squid.insert(way.clone(), ours.by(theirs));
            }
        }
        print(&outcome);
        if self.json {
            println!("{}", serde_json::to_string(&outcome)?);
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>> {
        Ok(match &self.list {
            Some(file) => fs::read_to_string(file)?.lines().map(|line| line.trim().to_owned()).collect(),
            None => (0..self.domains).map(|number| format!("site{number}.listed.test")).collect(),
        })
    }

    fn server(&self, kind: Kind, ours: &str, folder: &Path, domains: &[String]) -> Result<Server> {
        if let Some(package) = kind.package()
            && Command::new("which").arg(kind.name()).output().is_ok_and(|found| !found.status.success())
        {
            ensure!(self.install, "not installed: apt-get install {package}, or run with --install");
            let installed =
                Command::new("apt-get").args(["install", "--yes", "--quiet", package]).output()?;
            ensure!(
                installed.status.success(),
                "apt-get install {package}: {}",
                String::from_utf8_lossy(&installed.stderr)
            );
        }
        Server::start(kind, ours, folder, domains)
    }

    fn turn(
        &self,
        ours: &str,
        folder: &Path,
        server: &Server,
        sites: &[String],
        way: Way,
    ) -> Result<Figures> {
        let site = sites.get(usize::from(way != Way::Plain)).context("the site did not start")?;
        let (proxy, seconds) = (server.address.to_string(), self.seconds.to_string());
        let before = server.process.cpu_us();
        let arguments = ["load", text(folder)?, &proxy, site, way.name(), &seconds];
        let said = output(Pinned::Rest, ours, &arguments)?;
        let cpu_us = server.process.cpu_us() - before;
        let said: Vec<f64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [requests, seconds, p50_us, p99_us] = said[..] else { anyhow::bail!("the load said {said:?}") };
        Ok(Figures {
            requests_per_second: requests / seconds,
            p50_us,
            p99_us,
            cpu_us_per_request: cpu_us / requests,
        })
    }
}

/// Builds the processes of ours, and says where they are.
fn build() -> Result<String> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "usher-proxy", "--example", "bench"])
        .status()?;
    ensure!(built.success(), "the gateway could not be built");
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).context("this program is in no target folder")?;
    Ok(text(&target.join("release/examples/bench"))?.to_owned())
}

fn median(turns: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut all: Vec<f64> = turns.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Figures {
        requests_per_second: of(|turn| turn.requests_per_second),
        p50_us: of(|turn| turn.p50_us),
        p99_us: of(|turn| turn.p99_us),
        cpu_us_per_request: of(|turn| turn.cpu_us_per_request),
    }
}

fn print(outcome: &Outcome) {
    println!(
        "{} processors, servers on one: {}; load average before: {}; {} domains",
        outcome.cores, outcome.pinned, outcome.load_average, outcome.domains
    );
    println!("way      server     requests/s   p50 µs   p99 µs   CPU µs each   CPU by ours");
    for way in Way::ALL {
        let Some(servers) = outcome.figures.get(way.name()) else { continue };
        let ours = servers.get(Kind::Usher.name()).map(|ours| ours.cpu_us_per_request);
        for kind in Kind::ALL {
            let Some(figures) = servers.get(kind.name()) else { continue };
            let Figures { requests_per_second, p50_us, p99_us, cpu_us_per_request } = figures;
            let ratio = ours.map_or(f64::NAN, |ours| cpu_us_per_request / ours);
            println!(
                "{:8} {:10} {requests_per_second:10.0} {p50_us:8.0} {p99_us:8.0} {cpu_us_per_request:13.1} {ratio:12.2}×",
                way.name(),
                kind.name()
            );
        }
    }
    for (way, ratios) in &outcome.ours_by_squid {
        let Ratios { requests_per_second, p50, p99, cpu_per_request } = ratios;
        println!(
            "ours by squid, {way}: requests/s {requests_per_second:.2}, p50 {p50:.2}, p99 {p99:.2}, CPU {cpu_per_request:.2}"
        );
    }
    for (what, why) in &outcome.absent {
        println!("{what}: absent: {why}");
    }
}

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("usher-bench-proxy-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is in the folder for temporary files.
        let _gone = fs::remove_dir_all(&self.0);
    }
}
