//! Processes that are measured: started, watched from `/proc`, ended.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A clock tick of `/proc` in microseconds (proc(5): `sysconf(_SC_CLK_TCK)`, 100 on every Linux of ours).
const TICK_US: f64 = 10_000.0;
/// A server may take so long to read its lists.
const START_TIME: Duration = Duration::from_secs(60);
const ASKED_EVERY: Duration = Duration::from_millis(50);

/// On which processors a process runs: servers on one, load and site on the others, where there are others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pinned {
    Server,
    Rest,
}

/// A running process.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Starts a process on its processors.
    pub(super) fn start(pinned: Pinned, program: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = pin(pinned, program);
        let child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(child.spawn().with_context(|| format!("{program} does not start"))?))
    }

    /// The same, with the first line it says when it is ready.
    pub(super) fn start_and_hear(
        pinned: Pinned,
        program: &str,
        arguments: &[&str],
    ) -> Result<(Self, Vec<String>)> {
        let mut child =
            pin(pinned, program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        Ok((Self(child), line.split_whitespace().map(str::to_owned).collect()))
    }

    /// Waits until somebody answers at an address.
    pub(super) fn wait_for(&mut self, address: SocketAddr) -> Result<()> {
        let mut waited = Duration::ZERO;
        while TcpStream::connect(address).is_err() {
            if let Some(status) = self.0.try_wait()? {
                bail!("it ended with {status}");
            }
            if waited > START_TIME {
                bail!("it did not listen in time");
            }
            pause(ASKED_EVERY);
            waited += ASKED_EVERY;
        }
        Ok(())
    }

    /// Processor time of the process and everything it started, so far, in microseconds.
    pub(super) fn cpu_us(&self) -> f64 {
        let processes = processes();
        let mut family = vec![self.0.id()];
        let mut ticks = 0.0;
        while let Some(id) = family.pop() {
            family.extend(processes.iter().filter(|process| process.parent == id).map(|process| process.id));
            ticks += processes.iter().find(|process| process.id == id).map_or(0.0, |process| process.ticks);
        }
        ticks * TICK_US
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _status = self.0.wait();
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

/// An address nobody listens at.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
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
fn pause(time: Duration) {
    thread::sleep(time);
}
