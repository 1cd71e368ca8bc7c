//! `usher demo --play trust`: the days of fifty invented schools, on a ClickHouse server.

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use usher_activity_clickhouse::warehouse::Warehouse;
use usher_demo::school::USUAL_SEED;
use usher_demo::trust::{day, schools};
use usher_types::clock::Clock as _;
use usher_types::moment::Zone;

use super::Arguments;
use crate::cli::say;
use crate::server::clock::SystemClock;

/// School days that are played: a week, up to yesterday.
const DAYS: usize = 5;
/// Whose segments these are: a number for the dice.
const NODE: u32 = 1;

/// Plays them. A day that was played before is passed over.
pub(super) async fn play(arguments: &Arguments) -> anyhow::Result<()> {
    let url = arguments
        .clickhouse
        .as_deref()
        .context("name a ClickHouse server: --clickhouse http://127.0.0.1:8123/trust")?;
    let place = url.parse().context("the address of the server cannot be used")?;
    let scale = arguments.scale.min(100);
    let (now, zone) = (SystemClock.now(), Zone::london());
    let days = school_days(zone.local(now).date());
    let played = tokio::task::spawn_blocking(move || -> anyhow::Result<(u64, String)> {
        let warehouse = Warehouse::open(&place).context("the server cannot be used")?;
        let schools = schools(USUAL_SEED);
        let bar = ProgressBar::new(u64::try_from(schools.len())?);
        bar.set_style(ProgressStyle::with_template("  {msg:24} [{bar:30}] {percent:>3} %  {elapsed}")?);
        let mut events = 0;
        for school in &schools {
            bar.set_message(school.name.clone());
            warehouse.name_school(school.number, &school.name, school.pupils, now)?;
            let there = warehouse.school(school.number, zone.clone())?;
            for date in &days {
                let rows = day(school, *date, USUAL_SEED, scale);
                // A day is a segment: its number is the day's.
                let segment =
                    u64::try_from(date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24)?;
                events += there.take_rows(NODE, segment, rows)?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let ends = |date: Option<&Date>| date.map(ToString::to_string).unwrap_or_default();
        Ok((events, format!("--from {} --until {}", ends(days.first()), ends(days.last()))))
    });
    let (events, days) = played.await??;
    say(format!("{events} requests of fifty invented schools are there."));
    say(format!("Compare them: usher trust compare {days} --clickhouse {url}"));
    Ok(())
}

/// The last school days before one.
fn school_days(before: Date) -> Vec<Date> {
    let earlier = (1..).map(|days: i64| before.saturating_sub(days.days()));
    let mut days: Vec<Date> = earlier
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .take(DAYS)
        .collect();
    days.reverse();
    days
}
