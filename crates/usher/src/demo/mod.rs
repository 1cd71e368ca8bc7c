//! `usher demo`: an invented school, its own small web, and a server in between.
//!
//! Owns: making the school once, carrying on with it at every later start, and the card of what to try.
//! Does not: make up the school or its week; `usher_demo` does.

mod begin;
mod card;
mod clock;
mod play;
mod stage;
mod trust;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use usher_demo::school::{DemoSchool, USUAL_SEED};
use usher_demo::sites::Sites;

use crate::cli::{StopAsked, say, start_log};
use crate::server::folder::DataFolder;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder the demonstration is kept in
    #[arg(long, default_value = "usher-demo", value_name = "FOLDER")]
    data: PathBuf,
    /// Play a busy school week of traffic through the gateway, or the days of a whole trust into its store of events
    #[arg(long, value_enum)]
    play: Option<Play>,
    /// Begin at this time, if it is later than what was recorded: `2026-11-27T10:00`
    #[arg(long, value_name = "TIME", conflicts_with = "play")]
    from: Option<String>,
    /// Stop when the week was played
    #[arg(long, requires = "play")]
    then_stop: bool,
    /// Pupils and adults in a hundred who take part
    #[arg(long, default_value_t = usher_demo::play::plan::WHOLE_SCHOOL, value_name = "PER CENT", requires = "play")]
    scale: u32,
    /// Write a line for every answer that was played, as JSON
    #[arg(long, value_name = "FILE", requires = "play")]
    answers: Option<PathBuf>,
    /// Category lists besides the demonstration's own: the UT1 collection's folder
    #[arg(long, value_name = "FOLDER")]
    ut1: Option<PathBuf>,
    /// Where the trust keeps its events, like http://127.0.0.1:8123/trust
    #[arg(long, value_name = "URL", requires = "play")]
    clickhouse: Option<String>,
    /// Where the gateway listens
    #[arg(long, default_value = "127.0.0.1:3128")]
    gateway: SocketAddr,
    /// Where the portal listens for devices that are not behind the gateway
    #[arg(long, default_value = "127.0.0.1:8080")]
    portal: SocketAddr,
    /// Where the desk listens
    #[arg(long, default_value = "127.0.0.1:8443")]
    desk: SocketAddr,
    /// Write what the card says as JSON, when the server runs
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// What is logged
    #[arg(long, default_value = "warn", value_name = "FILTER")]
    log: String,
}

/// What can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Play {
    /// Five school days.
    Week,
    /// Five days of fifty schools, as rows on a ClickHouse server.
    Trust,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    start_log(&arguments.log);
    if arguments.play == Some(Play::Trust) {
        return trust::play(&arguments).await;
    }
    let school = DemoSchool::rowan_hill(USUAL_SEED);
    say("Starting the demonstration's web sites …");
    let folder = DataFolder::at(&arguments.data)?.path().join("sites");
    std::fs::create_dir_all(&folder)?;
    let sites = Sites::start(&folder).await?;
    let (server, clock) = begin::start(&arguments, &school, &sites).await?;
    let mut stop = StopAsked::listen()?;
    card::write(&arguments, &school, &server)?;
    let ended = match arguments.play {
        Some(Play::Week) => tokio::select! {
            played = play::week(&arguments, &school, &sites, &server, Arc::clone(&clock)) => Some(played),
            () = stop.asked() => None,
        },
        Some(Play::Trust) | None => Some(Ok(())),
    };
    match ended {
        Some(played) => {
            played?;
            if !arguments.then_stop {
                say("Ctrl-C stops it; the next start carries on with the same school.");
                stop.asked().await;
            }
        }
        None => say("Stopped in the middle of the week."),
    }
    say("Stopping.");
    server.stop().await;
    sites.stop().await;
    Ok(())
}
