//! Totals by person, site and day: ours, and those of programs that read squid's log, of the same events.
//!
//! What is measured is a process from its start to its end: its own and its children's time on a processor, and the time
//! on the clock. Ours is this program again, once over the log and once over the event files. All are told how many
//! requests and bytes they counted, and are held against each other.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use jiff::ToSpan as _;
use usher_activity::access_log::{For, lines};
use usher_activity::files::FilesActivity;
use usher_activity::question::{Activity as _, By, Question};
use usher_reports::access_log::{Format, UserNames};
use usher_reports::foreign;
use usher_reports::names::Audience;
use usher_types::ids::Id;
use usher_types::moment::Zone;

use super::{Figures, WEEK};
use crate::bench::{median, now};

/// Clock ticks of a second in /proc (`getconf CLK_TCK`), on every Linux.
const TICKS: f64 = 100.0;
/// Runs of each program after the first, which reads the log into memory.
const RUNS: usize = 3;
/// goaccess's names for the fields of squid's own log.
const GOACCESS: &str = "%x.%^ %~%L %h %^/%s %b %m %U %e %^";

/// Writes the week's log, has everybody count it, and says how often our time goes into theirs.
pub(super) fn run(work: &Path) -> Result<Figures> {
    let log = work.join("access.log");
    let mut figures = Figures::new();
    let count = write(work, &log)?;
    figures.insert("log_lines".into(), count as f64);
    figures.insert("log_bytes".into(), std::fs::metadata(&log)?.len() as f64);
    let own = std::env::current_exe()?;
    let again = |which: &str| {
        let mut again = Command::new(&own);
        again.args(["bench", "activity", "--count", which, "--work"]).arg(work);
        again
    };
    timed("log_totals", &mut figures, &mut || vec![again("log")])?;
    timed("files_totals", &mut figures, &mut || vec![again("files")])?;
    goaccess(work, &log, count, &mut figures)?;
    sarg(work, &log, &mut figures)?;
    lightsquid(work, &log, &mut figures)?;
    for ours in ["log", "files"] {
        for peer in ["sarg", "goaccess", "lightsquid"] {
            for unit in ["cpu_s", "wall_s"] {
                let time = |name: String| figures.get(&name).copied().unwrap_or_default();
                let ratio = time(format!("{peer}_{unit}")) / time(format!("{ours}_totals_{unit}"));
                figures.insert(format!("ratio_to_{peer}_{ours}_{unit}"), ratio);
            }
        }
    }
    Ok(figures)
}

/// What one of our own processes does.
pub(super) fn count(work: &Path, which: &str) -> Result<()> {
    let zone = Zone::london();
    let (requests, names) = if which == "log" {
        let mut log = BufReader::with_capacity(1 << 18, File::open(work.join("access.log"))?);
        let (totals, _) = foreign::totals(&mut log, &zone)?;
        (totals.all.requests, totals.by_person.len() + totals.by_site.len() + totals.by_day.len())
    } else {
        let activity = FilesActivity::new(work.join("activity"), work.join("none"));
        let week = week(&zone)?;
        let mut names = 0;
        for by in [By::Person, By::Site, By::Day(zone)] {
            names += activity.counts(&week, &by)?.len();
        }
        (activity.counts(&week, &By::All)?.remove("").unwrap_or_default().requests, names)
    };
    println!("{requests} requests under {names} names");
    ensure!(requests > 0 && names > 0, "nothing was counted");
    Ok(())
}

fn week(zone: &Zone) -> Result<Question> {
    let until = zone.start_of(WEEK.checked_add(7.days())?);
    Ok(Question::all(Id::new(1), zone.start_of(WEEK), until))
}

/// Everybody's requests of the week, as squid would have logged them.
fn write(work: &Path, log: &Path) -> Result<u64> {
    let (zone, users) = (Zone::london(), UserNames::default());
    let activity = FilesActivity::new(work.join("activity"), work.join("none"));
    let mut out = BufWriter::new(File::create(log)?);
    let mut text = String::new();
    let mut failed = None;
    let audiences = &[Audience::Readers, Audience::Headteacher, Audience::ChairOfGovernors];
    let start = now();
    let told = lines(&activity, &week(&zone)?, For { audiences, users: &users, zone: &zone }, &mut |line| {
        text.clear();
        line.write(Format::Squid, &zone, &mut text);
        failed = out.write_all(text.as_bytes()).err();
        if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    failed.map_or(Ok(()), Err)?;
    out.flush()?;
    println!("{} lines written in {:.1} s", told.lines, start.elapsed().as_secs_f64());
    Ok(told.lines)
}

/// Runs commands one after the other, some times over, and keeps the middle of their time.
fn timed(name: &str, figures: &mut Figures, commands: &mut dyn FnMut() -> Vec<Command>) -> Result<()> {
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let (before, start) = (children_s()?, now());
        for mut command in commands() {
            let done = command
                .stdin(Stdio::null())
                .output()
                .with_context(|| format!("{command:?} cannot be run"))?;
            let said = String::from_utf8_lossy(&done.stderr);
            ensure!(done.status.success(), "{command:?} ended with {}: {said}", done.status);
        }
        if run > 0 {
            wall.push(start.elapsed().as_secs_f64());
            cpu.push(children_s()? - before);
        }
    }
    for (unit, times) in [("cpu_s", cpu), ("wall_s", wall)] {
        let middle = median(times);
        println!("{name}_{unit:<20} {middle:>12.3}");
        figures.insert(format!("{name}_{unit}"), middle);
    }
    Ok(())
}

/// Seconds on a processor of all children that ended.
fn children_s() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // What stands before the bracket may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("no name in /proc/self/stat")?;
    let ticks = |field: usize| -> Result<f64> {
        Ok(rest.split_ascii_whitespace().nth(field).context("too few fields in /proc/self/stat")?.parse()?)
    };
    Ok((ticks(13)? + ticks(14)?) / TICKS)
}

fn goaccess(work: &Path, log: &Path, count: u64, figures: &mut Figures) -> Result<()> {
    let out = work.join("goaccess.json");
    timed("goaccess", figures, &mut || {
        let mut goaccess = Command::new("goaccess");
        goaccess.arg(log).args(["--no-global-config", "--datetime-format=%s", "--date-format=%s"]);
        goaccess.args(["--time-format=%s", "--tz=Europe/London", "--output"]).arg(&out);
        goaccess.arg(format!("--log-format={GOACCESS}"));
        vec![goaccess]
    })?;
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(out)?)?;
    let valid = told.pointer("/general/valid_requests").and_then(serde_json::Value::as_u64);
    ensure!(valid == Some(count), "goaccess counted {valid:?} of {count} lines");
    Ok(())
}

fn sarg(work: &Path, log: &Path, figures: &mut Figures) -> Result<()> {
    let (out, config) = (work.join("sarg"), work.join("sarg.conf"));
    std::fs::create_dir_all(&out)?;
    // No more than totals by person, site and day.
    let told = format!(
        "output_dir {out}\ntemporary_dir {work}\nresolve_ip no\nrecords_without_userid ip\ndate_format e\nlastlog 0\n\
         overwrite_report yes\nshow_successful_message no\ngraphs no\nreport_type topusers topsites\n",
        out = out.display(),
        work = work.display()
    );
    std::fs::write(&config, told)?;
    timed("sarg", figures, &mut || {
        let mut sarg = Command::new("sarg");
        sarg.arg("-f").arg(&config).arg("-l").arg(log).arg("-o").arg(&out);
        vec![sarg]
    })?;
    ensure!(std::fs::read_dir(&out)?.count() > 1, "sarg made no report");
    Ok(())
}

fn lightsquid(work: &Path, log: &Path, figures: &mut Figures) -> Result<()> {
    let place = work.join("lightsquid");
    let report = place.join("report");
    std::fs::create_dir_all(&report)?;
    for (name, of) in [
        ("access.log", log),
        ("common.pl", Path::new("/usr/share/lightsquid/common.pl")),
        ("ip2name", Path::new("/usr/share/lightsquid/ip2name")),
    ] {
        let link = place.join(name);
        if !link.exists() {
            std::os::unix::fs::symlink(of, link)?;
        }
    }
    let shipped = std::fs::read_to_string("/etc/lightsquid/lightsquid.cfg")?;
    let ours = [("reportpath", &report), ("lockpath", &place), ("logpath", &place)];
    let set = ours.map(|(name, at)| format!("${name} = \"{}\";\n", at.display())).concat();
    std::fs::write(
        place.join("lightsquid.cfg"),
        format!("{shipped}\n{set}$ip2namepath = \"{}\";\n1;\n", place.join("ip2name").display()),
    )?;
    // It passes over whatever is later than 2020, the year it has in it as its last; all else is as it is shipped.
    let shipped = std::fs::read_to_string("/usr/share/lightsquid/lightparser.pl")?;
    ensure!(shipped.contains("2020-1900"), "this is another lightsquid");
    std::fs::write(place.join("lightparser.pl"), shipped.replace("2020-1900", "2099-1900"))?;
    timed("lightsquid", figures, &mut || {
        let mut perl = Command::new("perl");
        perl.current_dir(&place).env("TZ", "Europe/London").arg("-I").arg(&place).arg("lightparser.pl");
        vec![perl]
    })?;
    ensure!(std::fs::read_dir(&report)?.count() == 5, "lightsquid made no report of five days");
    Ok(())
}
