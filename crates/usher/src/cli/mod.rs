//! The command line. Each command is a module; what they share is [`Opened`].

mod agreement;
mod ca;
mod detect;
mod explain;
mod init;
mod ledger;
pub(crate) mod lists;
mod policy;
mod probe;
pub(crate) mod read_paper;
mod report;
mod roster;
mod serve;
mod settings;
mod trust;
mod verify;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::demo;
use crate::server::opened::{Opened, into_report};

/// Where the configuration is looked for when no file is named.
const CONFIG_FILES: [&str; 2] = ["usher.toml", "/etc/usher/usher.toml"];

/// Usher carries out a school's acceptable-use policy: it filters the web, takes signatures, and shows what happened to
/// the people who must act.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which server a command is about.
#[derive(Debug, Args)]
struct Place {
    /// The configuration file [default: usher.toml here, or /etc/usher/usher.toml]
    #[arg(long, short, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up a school on this machine: its configuration, books, certificate authority and first sign-in
    Init(init::Arguments),
    /// Run the server: gateway, portal and desk
    Serve,
    /// Run the demonstration: an invented school with its own small web
    Demo(demo::Arguments),
    /// Say what would be decided about a page, or why something was decided
    Explain(explain::Arguments),
    /// The school's policy: show it, check, compare, test, try on last week, publish
    #[command(subcommand)]
    Policy(policy::Command),
    /// Agreements: bring new words into force
    #[command(subcommand)]
    Agreement(agreement::Command),
    /// Category lists: import, compile, look at, decide about held entries
    #[command(subcommand)]
    Lists(lists::Command),
    /// People and classes from the school's information system
    #[command(subcommand)]
    Roster(roster::Command),
    /// Try hundreds of known ways round the filter, from the device this runs on
    Probe(probe::Arguments),
    /// The school's certificate authority
    #[command(subcommand)]
    Ca(ca::Command),
    /// Check that nobody altered the books or the recorded events
    Verify,
    /// Reports: the weekly one, of what Usher recorded or of another filter's log; access logs for other programs, totals
    #[command(subcommand)]
    Report(report::Command),
    /// The schools of a trust, beside each other
    #[command(subcommand)]
    Trust(trust::Command),
    /// Every sentence people sign: what keeps it, and whether it is true now
    Ledger(ledger::Arguments),
    /// The program that reads searches past the words of lists: fetch its model, try it
    #[command(subcommand)]
    Detect(detect::Command),
    /// The school's settings, where they differ from the profile it began with, and changing them
    Settings(settings::Arguments),
    /// Read one scanned file, for the server: bytes in, pages out
    #[command(name = usher_web::desk::reading::COMMAND, hide = true)]
    ReadPaper,
}

impl Arguments {
    /// Whether one scanned file is to be read: before there are threads, so that limits hold for all of it.
    pub(crate) const fn reads_paper(&self) -> bool {
        matches!(self.command, Command::ReadPaper)
    }
}

/// Runs a command.
pub(crate) async fn run(arguments: Arguments) -> miette::Result<ExitCode> {
    let Arguments { place, command } = arguments;
    let opened = || async { Opened::read(&place.file()?).await };
    let done = match command {
        Command::Init(init) => init::run(init, place.config).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Probe(probe) => return Ok(probe::run(probe).await),
        Command::ReadPaper => return Ok(read_paper::run()),
        Command::Serve => serve::run(opened().await?).await,
        Command::Explain(explain) => {
            return explain::run(explain, opened().await?).await.map_err(into_report);
        }
        Command::Policy(policy) => {
            // A file can be checked where no school is; where one is, it is held against what people signed.
            let opened = match (policy.needs_a_school(), place.file()) {
                (true, _) => Some(opened().await?),
                (false, Ok(file)) if policy.uses_a_school() => Some(Opened::read(&file).await?),
                (false, _) => None,
            };
            return policy::run(policy, opened).await.map_err(into_report);
        }
        Command::Agreement(agreement) => {
            return agreement::run(agreement, &opened().await?).await.map_err(into_report);
        }
        Command::Lists(lists) => lists::run(lists, opened().await?).await,
        Command::Roster(roster) => roster::run(roster, opened().await?).await,
        Command::Ca(ca) => ca::run(ca, opened().await?).await,
        Command::Report(report) => {
            // A log can be read where no school is set up; where one is, its people have their names.
            let place = place.file();
            let opened = match place {
                Ok(file) => Some(Opened::read(&file).await?),
                Err(missing) if report.needs_a_school() => return Err(missing),
                Err(_) => None,
            };
            report::run(report, opened).await
        }
        Command::Trust(asked) => {
            let file = if asked.needs_a_place() { Some(place.file()?) } else { None };
            trust::run(asked, file.as_deref()).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Verify => return verify::run(opened().await?).await.map_err(into_report),
        Command::Ledger(asked) => {
            return ledger::run(&asked, &opened().await?).await.map_err(into_report);
        }
        Command::Detect(detect) => detect::run(detect, opened().await?).await,
        Command::Settings(settings) => {
            return settings::run(settings, opened().await?).await.map_err(into_report);
        }
    };
    done.map_err(into_report)?;
    Ok(ExitCode::SUCCESS)
}

impl Place {
    fn file(&self) -> miette::Result<PathBuf> {
        if let Some(file) = &self.config {
            return Ok(file.clone());
        }
        let found = CONFIG_FILES.iter().map(Path::new).find(|file| file.exists());
        found.map(Path::to_owned).ok_or_else(|| {
            miette::miette!(
                help = "make one with `usher init`, or name it with --config FILE",
                "there is no configuration file here"
            )
        })
    }
}

/// Says what went wrong, and what to do.
pub(crate) fn failed(report: &miette::Report) -> ExitCode {
    // Nobody is left to tell when this fails.
    drop(writeln!(std::io::stderr(), "{report:?}"));
    ExitCode::FAILURE
}

/// Writes lines to the terminal. Whoever closed the other end of a pipe has read enough.
pub(crate) fn say(text: impl AsRef<str>) {
    drop(writeln!(std::io::stdout(), "{}", text.as_ref()));
}

/// Writes logs to the terminal, as the filter says.
pub(crate) fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    if log.try_init().is_err() {
        tracing::debug!("a log is open already");
    }
}

/// Listens for being asked to stop: Ctrl-C, or the service manager. Made before anybody is told that the server runs: who asks
/// it to stop before anything listens ends it in the middle.
#[derive(Debug)]
pub(crate) struct StopAsked {
    interrupted: Signal,
    terminated: Signal,
}

impl StopAsked {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let interrupted = signal(SignalKind::interrupt())?;
        Ok(Self { interrupted, terminated: signal(SignalKind::terminate())? })
    }

    /// Waits until it is asked to stop.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}
