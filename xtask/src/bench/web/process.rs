//! Processes that are measured: started, watched from `/proc`, ended.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _, Seek as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A clock tick of `/proc` in microseconds (proc(5): `sysconf(_SC_CLK_TCK)`, 100 on every Linux of ours).
const TICK_US: f64 = 10_000.0;
/// A server may take so long to read its lists.
const START_TIME: Duration = Duration::from_secs(180);
/// Of what a process said that ended, so many lines are told.
const LAST_LINES: usize = 4;
const ASKED_EVERY: Duration = Duration::from_millis(5);

/// On which processors a process runs: servers on one, load and site on the others, where there are others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pinned {
    Server,
    Rest,
}

/// A running process.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// What it says, where it says anything.
    said: Option<BufReader<ChildStdout>>,
    /// What it complains of, where nobody hears it at once.
    complaints: Option<File>,
}

impl Process {
    /// Starts a process on its processors.
    pub(super) fn start(pinned: Pinned, program: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = pin(pinned, program);
        let complaints = tempfile::tempfile()?;
        let child = command.args(arguments).stdin(Stdio::null());
        let child = child.stdout(complaints.try_clone()?).stderr(complaints.try_clone()?);
        let child = child.spawn().with_context(|| format!("{program} does not start"))?;
        Ok(Self { child, said: None, complaints: Some(complaints) })
    }

    /// The same, with the first line it says when it is ready.
    pub(super) fn start_and_hear(
        pinned: Pinned,
        program: &str,
        arguments: &[&str],
    ) -> Result<(Self, Vec<String>)> {
        let mut command = pin(pinned, program);
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{program} does not start"))?;
        let said = child.stdout.take().map(BufReader::new);
        let mut process = Self { child, said, complaints: None };
        let line = process.hear()?;
        Ok((process, line.split_whitespace().map(str::to_owned).collect()))
    }

    fn hear(&mut self) -> Result<String> {
        let mut line = String::new();
        self.said.as_mut().context("it says nothing")?.read_line(&mut line)?;
        Ok(line)
    }

    /// Gives it so many lines, spread over a time, each after it answered the one before. How long it took over them.
    pub(super) fn asked_again(&mut self, count: usize, over: Duration) -> Result<Duration> {
        let (begun, mut took) = (now(), Duration::ZERO);
        for number in 0..count {
            let due = over.mul_f64(number as f64 / count as f64);
            pause(due.saturating_sub(begun.elapsed()));
            let asked = now();
            self.child.stdin.as_mut().context("it hears nothing")?.write_all(b"again\n")?;
            anyhow::ensure!(!self.hear()?.is_empty(), "it ended");
            took += asked.elapsed();
        }
        Ok(took)
    }

    /// Waits until somebody answers at an address.
    pub(super) fn wait_for(&mut self, address: SocketAddr) -> Result<()> {
        let mut waited = Duration::ZERO;
        while TcpStream::connect(address).is_err() {
            self.is_running()?;
            if waited > START_TIME {
                bail!("it did not listen in time");
            }
            pause(ASKED_EVERY);
            waited += ASKED_EVERY;
        }
        Ok(())
    }

    /// That it has not ended.
    pub(super) fn is_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("it ended with {status}: {}", self.last_words()),
        }
    }

    /// The last lines of what it said.
    fn last_words(&mut self) -> String {
        let mut said = String::new();
        let read =
            self.complaints.as_mut().map(|file| file.rewind().and_then(|()| file.read_to_string(&mut said)));
        match read {
            Some(Ok(_)) => {
                let lines: Vec<&str> = said.lines().rev().take(LAST_LINES).collect();
                lines.into_iter().rev().collect::<Vec<_>>().join("; ")
            }
            _ => String::new(),
        }
    }

    /// Processor time of the process and everything it started, so far, in microseconds.
    pub(super) fn cpu_us(&self) -> f64 {
        self.family().iter().map(|process| process.ticks).sum::<f64>() * TICK_US
    }

    /// What they hold in memory, in megabytes, pages of files they map among it.
    pub(super) fn resident_mb(&self) -> f64 {
        self.memory_mb("VmRSS:")
    }

    /// Of that, what is their own, and no page of a file.
    pub(super) fn own_mb(&self) -> f64 {
        self.memory_mb("RssAnon:")
    }

    fn memory_mb(&self, field: &str) -> f64 {
        let of = |process: &Stat| {
            let status = fs::read_to_string(format!("/proc/{}/status", process.id)).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix(field))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        };
        self.family().iter().filter_map(of).sum::<f64>() * 1.024e-3
    }

    fn family(&self) -> Vec<Stat> {
        let (mut left, mut family) = (processes(), Vec::new());
        let mut parents = vec![self.child.id()];
        while let Some(parent) = parents.pop() {
            let (of_it, rest) =
                left.into_iter().partition(|process| process.parent == parent || process.id == parent);
            left = rest;
            let of_it: Vec<Stat> = of_it;
            parents.extend(of_it.iter().map(|process| process.id).filter(|id| *id != parent));
            family.extend(of_it);
        }
        family
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Runs a process to its end and gives what it said.
pub(super) fn output(pinned: Pinned, program: &str, arguments: &[&str]) -> Result<String> {
    let output = pin(pinned, program).args(arguments).output()?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether processes can be kept apart.
pub(super) fn can_pin() -> bool {
    thread::available_parallelism().is_ok_and(|count| count.get() > 1)
        && Command::new("taskset").arg("--version").output().is_ok()
}

fn pin(pinned: Pinned, program: &str) -> Command {
    if !can_pin() {
        return Command::new(program);
    }
    let last = thread::available_parallelism().map_or(1, |count| count.get() - 1);
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(match pinned {
        Pinned::Server => "0".to_owned(),
        Pinned::Rest => format!("1-{last}"),
    });
    command.arg(program);
    command
}

struct Stat {
    id: u32,
    parent: u32,
    ticks: f64,
}

/// Every process. Fields are counted after the name, which stands in brackets and may hold blanks (proc(5)).
fn processes() -> Vec<Stat> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    folder
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (_name, fields) = stat.rsplit_once(')')?;
            let fields: Vec<&str> = fields.split_whitespace().collect();
            let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
            Some(Stat { id, parent: fields.get(1)?.parse().ok()?, ticks })
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "other programs do not say when they are ready")]
pub(super) fn pause(time: Duration) {
    thread::sleep(time);
}

#[expect(clippy::disallowed_methods, reason = "a measurement needs the clock")]
pub(super) fn now() -> Instant {
    Instant::now()
}
