//! The activity store: taking events in, what they weigh, and what questions of a year cost.
//!
//! The load is one school day of 420 pupils and 40 adults, made with a fixed seed: people go from page to page in lessons,
//! a page brings its parts, some of them from elsewhere; a few per cent are searches and refusals. A year is that day
//! again and again with its times moved. Each day is a file of its own, so that repeating one makes no file smaller.
//!
//! How it is measured. *Ingest* is from the first place reserved to the last event durable in the spool, one thread
//! handing in and the spool's own writing. *Bytes* are of files on the disk, everything in them. *Questions* are asked by a
//! process of their own, whose peak of memory is told: the middle of five runs, after one that is told apart as the
//! first. The last week is kept whole and the year before as rows, as the product does. *Logs* are of that week: what sarg,
//! goaccess and lightsquid take for the totals of one squid log, beside what we take.

mod ask;
mod day;
mod logs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use usher_activity::spool::Spool;
use usher_activity::store::{Store, StoreVerdict, verify};
use usher_events::event::Event;
use usher_events::row::Row;
use usher_events::sink::EventSink as _;
use usher_types::clock::HandClock;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};

use super::now;

/// The Monday of the week that is kept whole.
const WEEK: Date = date(2026, 11, 9);
/// School days of that week.
const WHOLE_DAYS: u64 = 5;
/// Events of a day: a hundred million a year, in 190 school days.
const DAY_EVENTS: u64 = 526_316;

/// Take events in, weigh them, and ask a year's questions.
#[derive(Debug, Args)]
pub(crate) struct Activity {
    /// Print one JSON object on the last line.
    #[arg(long)]
    json: bool,
    /// How many events there are in all.
    #[arg(long, default_value_t = 100_000_000)]
    events: u64,
    /// Keep the files here, to ask others of them.
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Ask DuckDB and SQLite too, by this Python that has `duckdb`.
    #[arg(long, value_name = "PYTHON")]
    peers: Option<PathBuf>,
    /// Only ask of what an earlier run kept there.
    #[arg(long, requires = "work")]
    ask: bool,
    /// Only write the week's access log, and have sarg, goaccess and lightsquid count it beside us.
    #[arg(long)]
    logs: bool,
    /// Only count what an earlier run kept there: its log or its files.
    #[arg(long, requires = "work", hide = true, value_parser = ["log", "files"])]
    count: Option<String>,
}

/// Figures by name.
type Figures = BTreeMap<String, f64>;

impl Activity {
    /// Runs the measurement.
    pub(crate) fn run(self) -> Result<()> {
        let own = tempfile::tempdir()?;
        let work = self.work.clone().unwrap_or_else(|| own.path().to_owned());
        if let Some(which) = &self.count {
            return logs::count(&work, which);
        }
        // The log of an earlier run's week can be written again.
        let is_made = self.ask || (self.logs && work.join("activity").exists());
        let mut figures = match (self.ask, is_made) {
            (true, _) => ask::run(&work)?,
            (false, true) => Figures::new(),
            (false, false) => self.make(&work)?,
        };
        if self.logs {
            figures.extend(logs::run(&work)?);
        } else if !self.ask {
            figures.extend(asked(&work)?);
            if let Some(python) = &self.peers {
                figures.extend(peers(python, &work)?);
            }
        }
        for (name, value) in &figures {
            println!("{name:<32} {value:>16.3}");
        }
        if self.json {
            println!("{}", serde_json::to_string(&figures)?);
        }
        Ok(())
    }

    fn make(&self, work: &Path) -> Result<Figures> {
        let per_day = DAY_EVENTS.min(self.events / (WHOLE_DAYS + 1));
        let events = day::events(usize::try_from(per_day)?, WEEK);
        let mut figures = Figures::new();
        ingest(work, &events, &mut figures)?;
        let rows: Vec<Row> = events.iter().map(Row::of).collect();
        drop(events);
        let mut store = open(work)?;
        compact(work, &mut store, &mut figures)?;
        reduced(&mut store, &rows, self.events.saturating_sub(per_day * WHOLE_DAYS) / per_day, &mut figures)?;
        drop(store);
        let start = now();
        let verdict = verify(&work.join("activity"))?;
        ensure!(matches!(verdict, StoreVerdict::Clean { .. }), "the files are not as they were written");
        figures.insert("verify_s".into(), start.elapsed().as_secs_f64());
        Ok(figures)
    }
}

fn open(work: &Path) -> Result<Store> {
    Ok(Store::open(&work.join("activity"), Zone::london())?)
}

fn put(figures: &mut Figures, name: &str, value: f64) {
    println!("{name:<32} {value:>16.3}");
    figures.insert(name.to_owned(), value);
}

/// Hands a week in, day by day.
fn ingest(work: &Path, events: &[Event], figures: &mut Figures) -> Result<()> {
    let clock = Arc::new(HandClock::at(Moment::from_unix_ms(0)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut seconds = 0.0;
    runtime.block_on(async {
        for day in 0..WHOLE_DAYS {
            let moved = i64::try_from(day)? * 24 * 60 * 60;
            let first = events.first().context("no events")?;
            clock.set(first.at.plus_seconds(moved));
            let moved: Vec<Event> = events
                .iter()
                .map(|event| Event { at: event.at.plus_seconds(moved), ..event.clone() })
                .collect();
            let (spool, _) = Spool::open(&work.join("spool"), Arc::clone(&clock) as _)?;
            let start = now();
            for event in moved {
                spool.reserve().await?.fill(event);
            }
            spool.flush().await;
            seconds += start.elapsed().as_secs_f64();
            spool.close().await;
        }
        // The first event of the next day closes the last segment.
        clock.set(clock_after(events)?);
        let (spool, _) = Spool::open(&work.join("spool"), Arc::clone(&clock) as _)?;
        spool
            .reserve()
            .await?
            .fill(Event { at: clock_after(events)?, ..events.first().context("no events")?.clone() });
        spool.close().await;
        anyhow::Ok(())
    })?;
    let count = events.len() as f64 * WHOLE_DAYS as f64;
    put(figures, "ingest_events", count);
    put(figures, "ingest_events_per_s", count / seconds);
    put(figures, "spool_bytes_per_event", folder_bytes(&work.join("spool"))? / count);
    Ok(())
}

fn clock_after(events: &[Event]) -> Result<Moment> {
    Ok(events.last().context("no events")?.at.plus_seconds(i64::try_from(WHOLE_DAYS)? * 24 * 60 * 60))
}

fn compact(work: &Path, store: &mut Store, figures: &mut Figures) -> Result<()> {
    let start = now();
    let after = Zone::london().start_of(WEEK.checked_add(9.days())?);
    let done = store.compact(&work.join("spool"), after)?;
    let seconds = start.elapsed().as_secs_f64();
    let (_, whole, bytes) = store.size();
    put(figures, "compact_events_per_s", done.events as f64 / seconds);
    put(figures, "bytes_per_event_whole", bytes as f64 / whole as f64);
    Ok(())
}

/// The school days before the week, as rows.
fn reduced(store: &mut Store, rows: &[Row], days: u64, figures: &mut Figures) -> Result<()> {
    let (_, _, before) = store.size();
    let start = now();
    let mut day = WEEK;
    let mut id = 1;
    for number in 1..=days {
        day = day.yesterday()?;
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            day = day.yesterday()?;
        }
        let zone = Zone::london();
        let moved = zone.start_of(day).seconds_since(zone.start_of(WEEK));
        let rows = rows.iter().map(|row| {
            id += 1;
            Row { id: Id::new(id), at: row.at.plus_seconds(moved), ..row.clone() }
        });
        store.take_rows(Id::new(1), day, rows.collect())?;
        if number % 10 == 0 {
            println!("{number} of {days} days");
        }
    }
    let count = rows.len() as f64 * days as f64;
    let (all, _, after) = store.size();
    put(figures, "reduced_events", count);
    put(figures, "reduced_events_per_s", count / start.elapsed().as_secs_f64());
    if count > 0.0 {
        put(figures, "bytes_per_event_reduced", (after - before) as f64 / count);
    }
    put(figures, "events", all as f64);
    put(figures, "bytes_per_event", after as f64 / all as f64);
    Ok(())
}

/// The same program again, only asking.
fn asked(work: &Path) -> Result<Figures> {
    let mut again = Command::new(std::env::current_exe()?);
    again.args(["bench", "activity", "--json", "--ask", "--work"]).arg(work).stderr(Stdio::inherit());
    let out = again.output()?;
    ensure!(out.status.success(), "asking ended with {}", out.status);
    let text = String::from_utf8(out.stdout)?;
    Ok(serde_json::from_str(text.lines().last().context("nothing was said")?)?)
}

/// What others take for the same.
fn peers(python: &Path, work: &Path) -> Result<Figures> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/activity/peers.py");
    let mut asking = Command::new(python);
    asking.arg(script).arg(work.join("activity")).arg(WEEK.to_string()).arg(day::person(77).to_string());
    let out = asking.stderr(Stdio::inherit()).output()?;
    ensure!(out.status.success(), "the peers ended with {}", out.status);
    let told: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&out.stdout)?;
    // A version is no figure; it is told in the text.
    Ok(told.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect())
}

fn folder_bytes(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|end| end == "spool") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes as f64)
}
