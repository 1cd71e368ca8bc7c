//! Turns: one server does one work for a while, and the figures of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::outcome::{Figures, Outcome};
use super::process::{Pinned, Process, output};
use super::school::School;
use super::servers::{Kind, Server, Settings, text};
use super::work::Work;
use super::{build_whole, lists};

/// Servers that go through their lists one by one are given no more.
const FEW_DOMAINS: usize = 10_000;
/// Names asked for in one turn, each once, of a server that has seen none.
const NAMES: u64 = 400;
/// Certificates made in one turn.
const MINTED: &str = "1000";
/// Times the lists are taken anew.
const RELOADS: usize = 200;
/// Times they are before that: by then the allocator has what it keeps.
const WARMED: usize = 50;
/// Open files a process has besides its tunnels.
const OTHER_FILES: usize = 500;

/// What turns need.
pub(super) struct Rig {
    ours: String,
    folder: PathBuf,
    /// The plain and the TLS address.
    sites: Vec<String>,
    seconds: u64,
    domains: usize,
    tunnels: usize,
    started: usize,
    school: Option<School>,
}

impl Rig {
    pub(super) const fn new(
        ours: String,
        folder: PathBuf,
        sites: Vec<String>,
        seconds: u64,
        domains: usize,
        tunnels: usize,
    ) -> Self {
        Self { ours, folder, sites, seconds, domains, tunnels, started: 0, school: None }
    }

    /// All rounds of one work.
    pub(super) fn work(&mut self, work: Work, kinds: &[Kind], rounds: usize, outcome: &mut Outcome) {
        let mut servers = BTreeMap::new();
        for round in 0..rounds {
            for kind in kinds.iter().copied() {
                if outcome.misses(work, kind) {
                    continue;
                }
                match self.turn(work, kind, &mut servers) {
                    // The first turn of a load warms what is kept.
                    Ok(_) if round == 0 && rounds > 1 && work.way().is_some() && !work.begins_anew() => {}
                    Ok(figures) => outcome.add(work, kind, figures),
                    Err(error) => outcome.is_absent(work, kind, &error),
                }
            }
        }
    }

    fn turn(&mut self, work: Work, kind: Kind, servers: &mut BTreeMap<Kind, Server>) -> Result<Figures> {
        match work {
            Work::MintLeaf => return self.mint(),
            Work::WholeStart => return self.whole_start(),
            _ => {}
        }
        if work.begins_anew() {
            drop(servers.remove(&kind));
        }
        let server = match servers.entry(kind) {
            Entry::Occupied(server) => server.into_mut(),
            Entry::Vacant(place) => place.insert(self.start(work, kind)?),
        };
        match work {
            Work::Start => {
                let figures = [
                    ("ready_ms", server.ready_ms),
                    ("cpu_ms", server.process.cpu_us() / 1e3),
                    ("resident_mb", server.process.resident_mb()),
                ];
                Ok(BTreeMap::from(figures))
            }
            Work::IdleTunnels => self.idle(server),
            Work::Reloads => self.reloads(server),
            _ => self.load(work, server),
        }
    }

    fn start(&mut self, work: Work, kind: Kind) -> Result<Server> {
        let all = work.with_all_domains() && matches!(kind, Kind::Usher | Kind::Squid);
        let count = if all { self.domains } else { self.domains.min(FEW_DOMAINS) };
        let domains = lists::domains(&self.folder, count)?;
        let compiled =
            if kind == Kind::Usher { lists::compiled(&self.folder, count)? } else { PathBuf::new() };
        let phrases = if work == Work::Scan64k { Some(lists::phrases(&self.folder)?) } else { None };
        self.started += 1;
        let own = self.folder.join(format!("{}-{}", kind.name(), self.started));
        let (ours, folder) = (self.ours.as_str(), self.folder.as_path());
        Server::start(
            kind,
            &Settings { ours, folder, own: &own, domains: &domains, compiled: &compiled, phrases },
        )
    }

    fn mint(&self) -> Result<Figures> {
        let said = output(Pinned::Server, &self.ours, &["leaf", text(&self.folder)?, MINTED])?;
        let said: Vec<f64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [cpu_us, p99_cpu_us, p50_us] = said[..] else { anyhow::bail!("it said {said:?}") };
        Ok(BTreeMap::from([("cpu_us", cpu_us), ("p99_cpu_us", p99_cpu_us), ("p50_us", p50_us)]))
    }

    /// Starts the school, which is set up once.
    fn whole_start(&mut self) -> Result<Figures> {
        let school = match self.school.take() {
            Some(school) => school,
            None => {
                let domains = lists::domains(&self.folder, self.domains)?;
                School::set_up(&build_whole()?, &self.folder.join("school"), &domains)?
            }
        };
        self.school.insert(school).start()
    }

    fn load(&self, work: Work, server: &Server) -> Result<Figures> {
        let way = work.way().context("it is no load")?;
        let amount = if work == Work::InspectNewHost { NAMES } else { self.seconds };
        let before = server.process.cpu_us();
        let said = self.said(server.address, work.is_secure(), way, amount)?;
        let cpu_us = server.process.cpu_us() - before;
        let mut figures = BTreeMap::from([
            ("per_second", said.units / said.seconds),
            ("p50_us", said.p50_us),
            ("p99_us", said.p99_us),
            ("cpu_us", cpu_us / said.units),
            ("resident_mb", server.process.resident_mb()),
        ]);
        if work == Work::SpliceLarge {
            figures.insert("mb_per_cpu_s", said.units / cpu_us);
        }
        if work == Work::Scan64k {
            figures.insert("pages_per_cpu_s", said.units * 1e6 / cpu_us);
        }
        Ok(figures)
    }

    fn said(&self, proxy: SocketAddr, secure: bool, way: &str, amount: u64) -> Result<Said> {
        let site = self.sites.get(usize::from(secure)).context("the site did not start")?;
        let (proxy, amount) = (proxy.to_string(), amount.to_string());
        let arguments = ["load", text(&self.folder)?, &proxy, site, way, &amount];
        Said::parse(&output(Pinned::Rest, &self.ours, &arguments)?)
    }

    fn idle(&self, server: &Server) -> Result<Figures> {
        let tunnels = self.tunnels.min(open_files()?.saturating_sub(OTHER_FILES) / 2);
        let site = self.sites.get(1).context("the site did not start")?;
        let (proxy, count) = (server.address.to_string(), tunnels.to_string());
        let before = server.process.resident_mb();
        let arguments = ["idle", text(&self.folder)?, &proxy, site, &count];
        let (_held, said) = Process::start_and_hear(Pinned::Rest, &self.ours, &arguments)?;
        ensure!(said.first() == Some(&count), "{} of {count} tunnels stand", said.join(" "));
        let after = server.process.resident_mb();
        let each = (after - before) / tunnels as f64;
        Ok(BTreeMap::from([
            ("tunnels", tunnels as f64),
            ("resident_mb", after),
            ("kb_each", each * 1e3),
            ("mb_of_10000", before + each * 1e4),
        ]))
    }

    /// A steady load without and then with lists taken anew.
    fn reloads(&self, server: &mut Server) -> Result<Figures> {
        let seconds = (self.seconds * 3).max(10);
        // A school has taken lists anew before: what that takes once is not growth.
        server.process.asked_again(WARMED, std::time::Duration::from_secs(1))?;
        // As long as the other load, so that what a load alone takes of memory is there before.
        let still = self.said(server.address, false, "paced", seconds)?;
        let (before, own_before) = (server.process.resident_mb(), server.process.own_mb());
        let (moved, took) = std::thread::scope(|scope| {
            let loaded = scope.spawn({
                let address = server.address;
                move || self.said(address, false, "paced", seconds)
            });
            let took = server.process.asked_again(RELOADS, std::time::Duration::from_secs(seconds - 1));
            let moved = loaded.join().map_err(|_panic| anyhow::anyhow!("the load broke off"))?;
            anyhow::Ok((moved?, took?))
        })?;
        let (after, own_after) = (server.process.resident_mb(), server.process.own_mb());
        Ok(BTreeMap::from([
            ("reloads", RELOADS as f64),
            ("reload_ms", took.as_secs_f64() * 1e3 / RELOADS as f64),
            ("requests", moved.units),
            ("failed", moved.failed),
            ("p99_still_us", still.p99_us),
            ("p99_us", moved.p99_us),
            ("p99_moved_us", moved.p99_us - still.p99_us),
            ("resident_mb", after),
            ("grown_percent", (after - before) * 100.0 / before),
            ("own_mb", own_after),
            ("own_grown_percent", (own_after - own_before) * 100.0 / own_before),
        ]))
    }
}

/// What a load says at its end.
struct Said {
    units: f64,
    seconds: f64,
    p50_us: f64,
    p99_us: f64,
    /// Requests that were not answered: the connection was closed, or could not be written to.
    failed: f64,
}

impl Said {
    fn parse(text: &str) -> Result<Self> {
        let said: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [units, seconds, p50_us, p99_us, failed] = said[..] else {
            anyhow::bail!("the load said {text:?}")
        };
        Ok(Self { units, seconds, p50_us, p99_us, failed })
    }
}

/// How many files a process may hold open here.
fn open_files() -> Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find(|line| line.starts_with("Max open files")).context("no limit is said")?;
    line.split_whitespace().nth(3).context("no limit is said")?.parse().context("no number")
}
