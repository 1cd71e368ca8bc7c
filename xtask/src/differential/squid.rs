//! Squid: all folders as one `dstdomain`, asked by real requests. It has nowhere to go, so what it does not refuse (403) it
//! cannot reach (502, 503).

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::hosts::Asked;
use super::ours::Ours;
use super::{Difference, Peer};
use crate::peers::free_address;

/// Squid reads 370,000 names before it listens.
const START_TIME: Duration = Duration::from_secs(180);
/// A request takes less than a millisecond.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// How often it is looked whether it listens.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A Squid that ends with its run.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Asks about every name.
pub(super) fn compare(
    ours: &Ours,
    asked: &[Asked],
    said: &[BTreeSet<usize>],
    work: &Path,
) -> Result<Vec<Difference>> {
    let address = free_address()?;
    let logs = work.join("squid");
    fs::create_dir(&logs)?;
    // It gives up being root, and must reach its files all the same.
    fs::set_permissions(work, Permissions::from_mode(0o755))?;
    fs::set_permissions(&logs, Permissions::from_mode(0o777))?;
    fs::write(work.join("listed"), listed(ours))?;
    let config = work.join("squid.conf");
    fs::write(&config, configuration(work, address))?;
    let log = fs::File::create(work.join("squid.out"))?;
    let squid = Command::new("squid")
        .args(["-N", "-f"])
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("squid cannot be run; --install installs it")?;
    let _running = Running(squid);
    let mut line = Line::open(address, START_TIME)
        .with_context(|| fs::read_to_string(work.join("squid.out")).unwrap_or_default())?;
    let mut differences = Vec::new();
    let mut unread = Vec::new();
    for (Asked { name, oddity }, folders) in asked.iter().zip(said) {
        let theirs = match line.status(name)? {
            403 => true,
            502 | 503 => false,
            // A name that Squid would not read goes nowhere, as with us.
            400 => {
                unread.push(name.as_str());
                continue;
            }
            other => bail!("squid answers {other} for {name}"),
        };
        if theirs == folders.is_empty() {
            let about = name.clone();
            differences.push(Difference { peer: Peer::Squid, oddity: *oddity, ours: !theirs, about });
        }
    }
    println!("Squid: {} answers, {} differ, not read: {unread:?}", asked.len(), differences.len());
    Ok(differences)
}

/// Every listed name once, without those below another: Squid wants it so. A dot before a name means all below it.
fn listed(ours: &Ours) -> String {
    let lines = ours.folders.iter().flat_map(|folder| &folder.lines);
    let names: HashSet<String> = lines.map(|line| line.trim().to_lowercase()).collect();
    let covered = |name: &str| {
        let mut rest = name;
        while let Some((_, above)) = rest.split_once('.') {
            if names.contains(above) {
                return true;
            }
            rest = above;
        }
        false
    };
    let mut text = String::new();
    for name in names.iter().filter(|name| !name.is_empty() && !name.starts_with('#')) {
        if name.parse::<std::net::IpAddr>().is_ok() {
            text.push_str(&format!("{name}\n"));
        } else if !covered(name) {
            text.push_str(&format!(".{name}\n"));
        }
    }
    text
}

fn configuration(work: &Path, address: SocketAddr) -> String {
    let work = work.display();
    format!(
        "http_port {address}\nvisible_hostname differential.example\nacl listed dstdomain \"{work}/listed\"\n\
         http_access deny listed\nhttp_access allow all\nnever_direct allow all\ncache deny all\naccess_log none\n\
         cache_log {work}/squid/log\npid_filename none\ncoredump_dir {work}\npinger_enable off\n\
         client_persistent_connections on\ncache_store_log none\nshutdown_lifetime 0 seconds\ndns_nameservers 127.0.0.1\n"
    )
}

/// A connection that is opened again when Squid closes it.
struct Line {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Line {
    /// Waits until Squid listens.
    #[expect(clippy::disallowed_methods, reason = "a chore waits for another program by the machine's clock")]
    fn open(address: SocketAddr, patience: Duration) -> Result<Self> {
        let deadline = Instant::now() + patience;
        loop {
            match TcpStream::connect(address) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    stream.set_read_timeout(Some(ANSWER_TIME))?;
                    return Ok(Self { address, stream: BufReader::new(stream) });
                }
                Err(error) => {
                    ensure!(Instant::now() < deadline, "squid does not listen: {error}");
                    std::thread::sleep(LOOK_AGAIN);
                }
            }
        }
    }

    /// The status for a name. Answers to HEAD have no body.
    fn status(&mut self, name: &str) -> Result<u16> {
        for _again in 0..2 {
            let ask = format!("HEAD http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n");
            if self.stream.get_mut().write_all(ask.as_bytes()).is_ok()
                && let Some(status) = self.head()
            {
                return Ok(status);
            }
            *self = Self::open(self.address, ANSWER_TIME)?;
        }
        bail!("squid does not answer for {name}")
    }

    fn head(&mut self) -> Option<u16> {
        let mut line = String::new();
        self.stream.read_line(&mut line).ok().filter(|&count| count > 0)?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line).ok().filter(|&count| count > 0)?;
        }
        Some(status)
    }
}
