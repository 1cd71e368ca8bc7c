//! The whole program's start: a school set up by its commands, all domains imported and compiled, then served until its gateway
//! gives the first answer.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::outcome::Figures;
use super::process::{Pinned, Process, now, pause};
use super::servers::text;
use crate::peers::free_address;

/// A start may take so long.
const START_TIME: Duration = Duration::from_secs(60);
/// Far below what is measured.
const ASKED_EVERY: Duration = Duration::from_millis(2);
/// What is asked for: a name of the list.
const ASKED: &[u8] =
    b"GET http://site0.listed0.example/ HTTP/1.1\r\nHost: site0.listed0.example\r\nConnection: close\r\n\r\n";

/// A school that can be served.
#[derive(Debug)]
pub(super) struct School {
    program: String,
    config: PathBuf,
    gateway: SocketAddr,
}

impl School {
    /// Sets one up that refuses these domains.
    pub(super) fn set_up(program: &str, own: &Path, domains: &Path) -> Result<Self> {
        fs::create_dir_all(own)?;
        let [gateway, portal, desk] = [free_address()?, free_address()?, free_address()?];
        let (config, data) = (own.join("usher.toml"), own.join("data"));
        let written = format!(
            "data = {:?}\n[gateway]\nlisten = \"{gateway}\"\n[portal]\nlisten = \"{portal}\"\n[desk]\nlisten = \"{desk}\"\n",
            text(&data)?
        );
        fs::write(&config, written)?;
        let school = Self { program: program.to_owned(), config, gateway };
        school.run(&[
            "init",
            "--data",
            text(&data)?,
            "--name",
            "Rowan Hill Primary",
            "--lead",
            "Ada Bell",
        ])?;
        let about =
            ["--id", "bench-games", "--category", "games", "--licence", "CC0-1.0", "--credit", "nobody"];
        school.run(&[&["lists", "import", text(domains)?], about.as_slice()].concat())?;
        school.run(&["lists", "compile"])?;
        Ok(school)
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.program);
        let done = command.arg("--config").arg(&self.config).args(arguments).output()?;
        ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// Starts it, and says how long it took until it took a connection and until it had given an answer, which has an event of
    /// its own on the disk.
    pub(super) fn start(&self) -> Result<Figures> {
        let arguments = ["--config", text(&self.config)?, "serve"];
        let begun = now();
        let mut process = Process::start(Pinned::Server, &self.program, &arguments)?;
        let mut ready = None;
        let status = loop {
            if let Ok(connection) = TcpStream::connect(self.gateway) {
                ready.get_or_insert_with(|| begun.elapsed());
                // It says 503 for as long as it can decide nothing.
                match answer(connection)? {
                    503 => {}
                    status => break status,
                }
            }
            process.is_running()?;
            ensure!(begun.elapsed() < START_TIME, "no answer came in time");
            pause(ASKED_EVERY);
        };
        let answered = begun.elapsed();
        let ready = ready.context("it took no connection")?;
        Ok(Figures::from([
            ("ready_ms", ready.as_secs_f64() * 1e3),
            ("answered_ms", answered.as_secs_f64() * 1e3),
            ("answer_status", f64::from(status)),
            ("cpu_ms", process.cpu_us() / 1e3),
            ("resident_mb", process.resident_mb()),
            ("own_mb", process.own_mb()),
        ]))
    }
}

/// The status of the answer to a request.
fn answer(mut connection: TcpStream) -> Result<u16> {
    connection.set_read_timeout(Some(START_TIME))?;
    connection.write_all(ASKED)?;
    let mut said = Vec::new();
    connection.read_to_end(&mut said)?;
    let said = String::from_utf8_lossy(&said);
    match said.split(' ').nth(1).map(str::parse) {
        Some(Ok(status)) => Ok(status),
        _ => bail!("no answer: {said:?}"),
    }
}
