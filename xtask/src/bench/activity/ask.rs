//! The questions, asked of a store that was made before.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Result, ensure};
use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_activity::files::FilesActivity;
use usher_activity::question::{Activity as _, By, Question};
use usher_records::person::Person;
use usher_reports::names::Names;
use usher_reports::period::Period;
use usher_reports::person::PersonFold;
use usher_types::ids::{Id, PersonId};
use usher_types::moment::Zone;
use usher_words::Words;

use super::day::person;
use super::{Figures, WEEK};
use crate::bench::{median, now, peak_rss_mb};

/// Runs of each question after the first.
const RUNS: usize = 5;

/// Asks, and says how long each answer took.
pub(super) fn run(work: &Path) -> Result<Figures> {
    // What is still in the spool is another matter: the folder is left out.
    let activity = FilesActivity::new(work.join("activity"), work.join("none"));
    let (zone, school) = (Zone::london(), Id::new(1));
    let week = Period::week(WEEK, zone.clone());
    let all = Question::all(school, week.from, week.until);
    let day = |first: Date| Question {
        person: Some(Id::new(person(77))),
        ..Question::all(
            school,
            zone.start_of(first),
            zone.start_of(first.checked_add(1.day()).unwrap_or(first)),
        )
    };
    let term = Question { from: zone.start_of(WEEK.checked_sub(12.weeks())?), ..all.clone() };
    let mut figures = Figures::new();
    let mut found = Vec::new();
    let mut time = |name: &str, work: &mut dyn FnMut() -> Result<usize>| -> Result<()> {
        let mut times = Vec::new();
        for _ in 0..=RUNS {
            let start = now();
            found.push(black_box(work()?));
            times.push(start.elapsed().as_secs_f64());
        }
        figures.insert(format!("{name}_first_s"), times.remove(0));
        figures.insert(format!("{name}_s"), median(times));
        Ok(())
    };
    time("weekly_report", &mut || {
        let names = Names::default();
        let weekly = usher_activity::weekly::fold(&activity, school, week.clone(), &names, 0)?;
        Ok(usize::try_from(weekly.unseen.requests)?)
    })?;
    time("pupil_day", &mut || Ok(activity.find(&day(WEEK), usize::MAX)?.len()))?;
    // The Friday before: there is one in the shortest run.
    let before = WEEK.checked_sub(3.days())?;
    time("pupil_reduced_day", &mut || Ok(activity.page(&day(before), None, 100_000)?.rows.len()))?;
    time("person_day_page", &mut || person_day(&activity, before, &zone))?;
    let phrase = Question { phrase: Some("volcano romans".into()), ..term.clone() };
    time("term_phrase", &mut || {
        let mut rows = 0;
        activity.rows(&phrase, &mut |_| {
            rows += 1;
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    })?;
    let site = Question { site: Some("site-1234.example".into()), ..term.clone() };
    time("site_term", &mut || Ok(activity.counts(&site, &By::Day(zone.clone()))?.len()))?;
    time("term_by_site", &mut || Ok(activity.counts(&term, &By::Site)?.len()))?;
    let theme = Question { theme: Some(usher_scan::theme::Theme::Bullying), ..all };
    time("theme_week", &mut || Ok(activity.counts(&theme, &By::Class)?.len()))?;
    for (name, value) in &figures {
        println!("{name:<32} {value:>16.3}");
    }
    ensure!(found.iter().all(|found| *found > 0), "a question found nothing: {found:?}");
    figures.insert("peak_rss_mb".into(), peak_rss_mb()?);
    Ok(figures)
}

/// What the page of one person's day does: rows and events in, its lines out.
fn person_day(activity: &FilesActivity, day: Date, zone: &Zone) -> Result<usize> {
    let (words, school) = (Words::english()?, Id::new(1));
    let next = zone.start_of(day.tomorrow()?);
    let period = Period { from: zone.start_of(day), until: next, zone: zone.clone() };
    let id: PersonId = Id::new(person(77));
    let pupil: Person = serde_json::from_value(serde_json::json!({
        "id": id, "kind": "pupil", "given": "A", "family": "Pupil", "known_as": null,
        "year": null, "roles": [], "groups": [], "email": null, "children": [], "source": null, "joined": null,
        "left": null, "until": null, "picture": null,
    }))?;
    let folded = usher_activity::person::fold(
        activity,
        school,
        PersonFold::new(period, &pupil, &Names::default(), &words),
    )?;
    Ok(folded.rows.len())
}
