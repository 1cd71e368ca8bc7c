//! Playing the week, with progress, and what came of it.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use usher_demo::play::plan::plan;
use usher_demo::play::player::{Pace, Player};
use usher_demo::play::tally::{Answer, Tally};
use usher_demo::school::{DemoSchool, USUAL_SEED};
use usher_demo::sites::Sites;
use usher_jobs::runner::Job as _;
use usher_types::moment::Zone;

use super::Arguments;
use super::stage::OnServer;
use crate::cli::say;
use crate::server::Server;
use crate::server::clock::SchoolClock;

/// The weekly report waits this long for events that are still on their way to the disk.
const SETTLED_MINUTES: i64 = 2;

/// Plays the week the server's clock stands before.
pub(super) async fn week(
    arguments: &Arguments,
    school: &DemoSchool,
    sites: &Sites,
    server: &Server,
    clock: Arc<SchoolClock>,
) -> anyhow::Result<()> {
    let zone = Zone::london();
    let monday = zone.local(server.app.now()).monday();
    let acts = plan(school, monday, USUAL_SEED, arguments.scale);
    say(format!("Playing the week of {monday}: {} acts …", acts.len()));
    // What devices trust: the school's authority, and the sites' own for what goes through unopened.
    let trust = format!("{}{}", server.authority.pem(), sites.ca_pem);
    let pace = Pace { marked: arguments.answers.is_some(), ..Pace::default() };
    let player = Player::new(server.addresses.gateway, &trust, pace)?;
    let mut log = arguments.answers.as_deref().map(AnswerLog::open).transpose()?;
    let bar = ProgressBar::new(u64::try_from(acts.len())?);
    bar.set_style(ProgressStyle::with_template("  {msg:24} [{bar:30}] {percent:>3} %  {elapsed}")?);
    let stage = OnServer::new(&server.app, school, Arc::clone(&clock));
    let tally = player
        .run(&acts, &stage, &mut |progress| {
            let local = zone.local(progress.at);
            bar.set_message(format!("{} {}", local.spoken_date(), local.spoken_time()));
            bar.set_position(u64::try_from(progress.done).unwrap_or(u64::MAX));
            if let Some(log) = &mut log {
                log.write(progress.answers);
            }
        })
        .await;
    bar.finish_and_clear();
    say_tally(&tally);
    clock.forward_to(server.app.now().plus_minutes(SETTLED_MINUTES));
    server.app.spool.flush().await;
    server.weekly.run(server.app.now()).await.context("the weekly report could not be made")?;
    say(format!("The weekly report is at {}/reports.", server.addresses.desk_origin));
    Ok(())
}

fn say_tally(tally: &Tally) {
    let seconds = tally.took_ms / 1000;
    say(format!(
        "{} requests in {seconds} s, {} tunnels, {} bytes; {} sign-ins, lessons and the like.",
        tally.requests(),
        tally.tunnels,
        tally.bytes,
        tally.staged
    ));
    let by_status: Vec<String> =
        tally.by_status.iter().map(|(status, count)| format!("{status}: {count}")).collect();
    say(format!("  answers  {}", by_status.join(", ")));
    let by_ending: Vec<String> =
        tally.by_ending.iter().map(|(ending, count)| format!("{ending:?}: {count}")).collect();
    say(format!("  endings  {}", by_ending.join(", ")));
    if tally.declined_count > 0 {
        let first = tally.declined.first().map_or("", |(_, why)| why.as_str());
        say(format!("  declined {} (the first: {first})", tally.declined_count));
    }
    if let Some(stopped) = tally.stopped {
        say(format!("  THE WEEK WAS NOT PLAYED TO ITS END: {stopped:?}"));
    }
}

/// A line for every answer. What is written here is on its way to the disk before the next moment is played, so that
/// it survives the end of the process.
struct AnswerLog(File);

#[derive(Serialize)]
struct Line<'a> {
    act: u32,
    address: &'a str,
    device: std::net::IpAddr,
    status: u16,
    whole: bool,
    ended_ms: u64,
}

impl AnswerLog {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self(file.with_context(|| format!("{} cannot be written", path.display()))?))
    }

    fn write(&mut self, answers: &[Answer]) {
        let mut text = Vec::new();
        for answer in answers {
            let line = Line {
                act: answer.act,
                address: &answer.address,
                device: answer.device,
                status: answer.status,
                whole: answer.ending.is_whole(),
                ended_ms: answer.ended_ms,
            };
            if serde_json::to_writer(&mut text, &line).is_ok() {
                text.push(b'\n');
            }
        }
        if let Err(error) = self.0.write_all(&text) {
            tracing::error!(%error, "answers could not be written down");
        }
    }
}
