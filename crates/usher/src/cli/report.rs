//! `usher report`: reports at the command line, of what Usher recorded or of the log of another filter (EXT-01).

mod access_log;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_directory::books;
use usher_jobs::weekly;
use usher_records::account::{Account, Owner};
use usher_records::change::{Action, Actor, Change};
use usher_records::group::Group;
use usher_records::person::Person;
use usher_reports::document::{self, Letterhead};
use usher_reports::foreign::{self, Reading, Scan, Visit, Visitors};
use usher_reports::names::{Audience, Names};
use usher_reports::period::Period;
use usher_reports::weekly::{Weekly, WeeklyFold, text};
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_types::clock::Clock as _;
use usher_types::ids::Id;
use usher_types::moment::{Moment, Zone};
use usher_typeset::typesetter::Typesetter;
use usher_web::assets;
use usher_words::Words;

use super::say;
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The weekly report of suspicious words and searches. What is for the headteacher alone is left out
    Weekly(Asked),
    /// What pupils asked for, as an access log that other programs read
    Export(access_log::Exported),
    /// Requests, bytes and refusals of pupils by person, site and day, or those of any access log
    Totals(access_log::Totalled),
}

#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The last of its seven days, like 2026-11-29 [default: today, or the last day in the log]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The access log of another filter: squid's own, or CSV with a header row (time, user, address, action)
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Write the figures as JSON
    #[arg(long, group = "form")]
    json: bool,
    /// Write plain text, as without any of these
    #[arg(long, group = "form")]
    text: bool,
    /// Write a PDF into this file
    #[arg(long, group = "form", value_name = "FILE")]
    pdf: Option<PathBuf>,
}

impl Command {
    /// Whether it can be done without a school: a log needs none.
    pub(super) const fn needs_a_school(&self) -> bool {
        match self {
            Self::Weekly(asked) => asked.log.is_none(),
            Self::Export(_) => true,
            Self::Totals(asked) => asked.log.is_none(),
        }
    }
}

pub(super) async fn run(command: Command, opened: Option<Opened>) -> anyhow::Result<()> {
    match (command, opened) {
        (Command::Weekly(asked), opened) => run_weekly(asked, opened).await,
        (Command::Export(asked), Some(opened)) => access_log::export(asked, &opened).await,
        (Command::Export(_), None) => anyhow::bail!("no school is set up here"),
        (Command::Totals(asked), opened) => access_log::totals(asked, opened.as_ref()).await,
    }
}

async fn run_weekly(asked: Asked, opened: Option<Opened>) -> anyhow::Result<()> {
    let (school, zone) = match &opened {
        None => (String::new(), Zone::london()),
        Some(opened) => {
            let school = books::school(&opened.books).await?;
            (school.name, school.zone)
        }
    };
    let weekly = match (&asked.log, &opened) {
        (Some(log), opened) => of_log(log, asked.until, &zone, opened.as_ref()).await?,
        (None, Some(opened)) => of_events(opened, asked.until, &zone).await?,
        (None, None) => anyhow::bail!("no school is set up here"),
    };
    // Whoever has this command line need not be the headteacher.
    let weekly = weekly.for_readers(&[Audience::Readers]);
    let words = Words::english()?;
    let head = Letterhead { school: &school, zone: &zone, words: &words };
    if let Some(file) = &asked.pdf {
        let document = document::weekly(&head, &weekly);
        let typesetter = Typesetter::new(assets::typeset_fonts())?;
        let at = weekly.period.until;
        let pdf = typesetter.pdf(document.source, &document.files, &document.title, at)?;
        std::fs::write(file, pdf).with_context(|| format!("{} cannot be written", file.display()))?;
        say(format!("The report is in {}.", file.display()));
    } else if asked.json {
        say(weekly.json());
    } else {
        say(text(&head, &weekly).trim_end());
    }
    Ok(())
}

/// The seven days that end with this one.
fn period(last: Date, zone: &Zone) -> Period {
    Period::week(last.checked_sub(6.days()).unwrap_or(last), zone.clone())
}

/// Of what Usher recorded. That somebody read it is written in the journal.
async fn of_events(opened: &Opened, until: Option<Date>, zone: &Zone) -> anyhow::Result<Weekly> {
    let at = SystemClock.now();
    let period = period(until.unwrap_or_else(|| zone.local(at).date()), zone);
    let (first, last) = period.ends();
    let activity = Arc::new(opened.activity());
    let weekly = weekly::fold(&opened.books, activity, period).await?;
    let opening = Change {
        action: Action::ReportOpened,
        about: None,
        reason: Some(format!("weekly report, {first} to {last}, at the command line")),
        writes: Vec::new(),
        mails: Vec::new(),
    };
    opened.books.commit(&opening, &Actor::CommandLine, at).await?;
    Ok(weekly)
}

/// Of another filter's log. It is read twice: for its people and its last day, and for what it says.
async fn of_log(
    log: &Path,
    until: Option<Date>,
    zone: &Zone,
    opened: Option<&Opened>,
) -> anyhow::Result<Weekly> {
    let (mut visitors, mut names) = match opened {
        None => (Visitors::default(), Names::default()),
        Some(opened) => school(opened).await?,
    };
    let mut latest: Option<Moment> = None;
    let reading = read(log, zone, &mut |visit| {
        latest = latest.max(Some(visit.at));
        if let Some(user) = &visit.user {
            visitors.meet(user, &mut names);
        }
    })?;
    tell(log, &reading);
    let latest = latest.with_context(|| format!("nothing in {} could be read as a visit", log.display()))?;
    let last = until.unwrap_or_else(|| zone.local(latest).date());
    let scan = Scan { engines: SearchEngines::built_in()?, themes: Themes::built_in()? };
    let mut fold = WeeklyFold::new(period(last, zone), &names);
    read(log, zone, &mut |visit| {
        fold.add(&visit.event(Id::new(1), visitors.subject(visit.user.as_deref()), &scan));
    })?;
    Ok(fold.finish(0))
}

fn read(log: &Path, zone: &Zone, each: &mut dyn FnMut(Visit)) -> anyhow::Result<Reading> {
    let cannot = || format!("{} cannot be read", log.display());
    let mut file = BufReader::new(File::open(log).with_context(cannot)?);
    foreign::read(&mut file, zone, each).with_context(cannot)
}

/// The school's people by user name, and everybody's names.
async fn school(opened: &Opened) -> anyhow::Result<(Visitors, Names)> {
    let people = opened.books.values::<Person>().await?;
    let names = Names::of(&people, &opened.books.values::<Group>().await?);
    let mut by_id: BTreeMap<_, Person> = people.into_iter().map(|person| (person.id, person)).collect();
    let accounts = opened.books.values::<Account>().await?.into_iter();
    let known = accounts.filter_map(|account| match account.owner {
        Owner::Person(id) => Some((account.username.to_string().to_lowercase(), by_id.remove(&id)?)),
        Owner::YearGroup(_) => None,
    });
    Ok((Visitors::of(known), names))
}

/// Says on the error stream what could not be read: what is asked for may be piped somewhere.
fn tell(log: &Path, reading: &Reading) {
    if reading.bad == 0 {
        return;
    }
    let named = reading.bad_lines.iter().map(|(line, why)| format!("\n  line {line}: {why}"));
    let named: String = named.collect();
    let (bad, lines, log) = (reading.bad, reading.lines, log.display());
    drop(writeln!(std::io::stderr(), "{bad} of {lines} lines in {log} cannot be read:{named}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ext_01_the_log_of_another_filter_needs_no_school_to_give_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let (log, pdf) = (folder.path().join("access.log"), folder.path().join("week.pdf"));
        let line = "1795515300.120 310 10.0.0.14 TCP_MISS/200 9820 GET \
            http://www.bing.com/search?q=i+keep+hurting+myself ada.bell HIER_DIRECT/192.0.2.9 text/html";
        std::fs::write(&log, format!("{line}\nhalf a line\n")).unwrap();
        let weekly = of_log(&log, None, &Zone::london(), None).await.unwrap();
        assert_eq!(weekly.figures.items, 1);
        assert_eq!(weekly.period.ends().1, jiff::civil::date(2026, 11, 24), "the last day in the log");
        let earlier =
            of_log(&log, Some(jiff::civil::date(2026, 11, 1)), &Zone::london(), None).await.unwrap();
        assert_eq!(earlier.figures.items, 0);

        let asked =
            Asked { until: None, log: Some(log.clone()), json: false, text: false, pdf: Some(pdf.clone()) };
        run(Command::Weekly(asked), None).await.unwrap();
        assert!(std::fs::read(pdf).unwrap().starts_with(b"%PDF-"));
        std::fs::write(&log, "nothing\n").unwrap();
        let nothing = of_log(&log, None, &Zone::london(), None).await.unwrap_err();
        assert!(nothing.to_string().contains("could be read as a visit"), "{nothing}");
    }
}
