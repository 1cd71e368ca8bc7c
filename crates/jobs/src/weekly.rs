//! The weekly report is made when the school says, also when nothing was found, and goes to whoever holds the offices
//! (MON-06).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::ToSpan as _;
use usher_activity::question::Activity;
use usher_records::change::{Actor, Mail};
use usher_records::disclosure::Disclosure;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::report::{self, IssuedReport, ReportKind};
use usher_records::school::School;
use usher_records::settings::Reports;
use usher_records::told::Told;
use usher_reports::document::{self, Letterhead};
use usher_reports::names::{Audience, Names};
use usher_reports::period::Period;
use usher_reports::weekly::{self, Weekly};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::ids::{Id, IdSource, ReportId};
use usher_types::moment::{Moment, Zone};
use usher_types::role::Role;
use usher_typeset::fault::TypesetFault;
use usher_typeset::typesetter::Typesetter;
use usher_words::Words;

use crate::readers::holders;
use crate::runner::{Job, JobFault};

/// Weeks that are made up for after Usher was off. Older ones would bury the last.
const MADE_UP_FOR: i64 = 4;
/// Events of the last seconds may still be on their way to the disk when a week ends.
const SETTLED_SECONDS: i64 = 30;

/// Makes the weekly report.
#[derive(Debug)]
pub struct WeeklyJob {
    /// The school's books.
    pub books: Books,
    /// Its events.
    pub activity: Arc<dyn Activity>,
    /// PDFs.
    pub typesetter: Arc<Typesetter>,
    /// Words.
    pub words: Arc<Words>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
}

#[async_trait]
impl Job for WeeklyJob {
    fn name(&self) -> &'static str {
        "weekly-report"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let school = usher_directory::books::school(&self.books).await?;
        let issued: BTreeSet<Moment> =
            self.books.values::<IssuedReport>().await?.iter().map(|report| report.from).collect();
        let settled = at.plus_seconds(-SETTLED_SECONDS);
        for period in due(&school.settings.reports, &school.zone, school.set_up_at, settled) {
            if !issued.contains(&period.from) {
                self.issue(&school, period, at).await?;
            }
        }
        Ok(())
    }
}

/// The weeks that have ended and should have a report, oldest first. A week is from one report to the next.
pub fn due(reports: &Reports, zone: &Zone, since: Moment, at: Moment) -> Vec<Period> {
    let today = zone.local(at).date();
    let ends_on = |weeks: i64| {
        let back = today.checked_sub(weeks.weeks()).unwrap_or(today);
        let day = back.nth_weekday(1, reports.weekly_day.into()).unwrap_or(back);
        zone.moment(day, reports.weekly_time)
    };
    let ends: Vec<Moment> = (0..=MADE_UP_FOR + 2).rev().map(ends_on).filter(|end| *end <= at).collect();
    let weeks = ends.iter().zip(ends.iter().skip(1));
    let due: Vec<Period> = weeks
        .filter(|(_, until)| since < **until)
        .map(|(from, until)| Period { from: *from, until: *until, zone: zone.clone() })
        .collect();
    let late = due.len().saturating_sub(usize::try_from(MADE_UP_FOR).unwrap_or(1));
    due.into_iter().skip(late).collect()
}

impl WeeklyJob {
    /// Makes one week's report: figures and paper are kept, and its mails are in the same change.
    ///
    /// # Errors
    /// When the books, the events or the paper fail; nothing is kept then.
    pub async fn issue(&self, school: &School, period: Period, at: Moment) -> Result<IssuedReport, JobFault> {
        let weekly = fold(&self.books, Arc::clone(&self.activity), period.clone()).await?;
        let readers = self.readers(school, &weekly, at).await?;
        let id: ReportId = Id::new(self.ids.next(at));
        let figures = self.keep(weekly.json().as_bytes()).await?;
        let common = self.paper(school, weekly.for_readers(&[Audience::Readers]), at).await?;
        let mut mails = Vec::new();
        for (reader, sees) in &readers {
            mails.push(self.mail(school, id, &weekly.for_readers(sees), reader, at).await?);
        }
        let report = IssuedReport {
            id,
            kind: ReportKind::WeeklySuspicious,
            from: period.from,
            until: period.until,
            made_at: at,
            readers: readers.iter().map(|(reader, _)| reader.id).collect(),
            figures,
            pdf: common,
            items: weekly.figures.items,
            opened: Vec::new(),
            passed_on: Vec::new(),
        };
        let actor = Actor::Usher(self.name().into());
        match self.books.commit(&report::issue(&report, mails), &actor, at).await {
            // Another server was quicker: the week has its report.
            Ok(_) | Err(StoreError::Taken { .. }) => Ok(report),
            Err(error) => Err(error.into()),
        }
    }

    /// The readers the school names; besides them only somebody for whose eyes alone something was found.
    async fn readers(
        &self,
        school: &School,
        weekly: &Weekly,
        at: Moment,
    ) -> Result<Vec<(Person, Vec<Audience>)>, JobFault> {
        let named = &school.settings.reports.weekly_to;
        let mut roles = named.clone();
        for part in &weekly.confidential {
            roles.extend(match part.audience {
                Audience::Readers => None,
                Audience::Headteacher => Some(Role::Headteacher),
                Audience::ChairOfGovernors => Some(Role::ChairOfGovernors),
            });
        }
        let people = holders(&self.books, &roles, &school.zone, at).await?.into_iter();
        Ok(people
            .map(|person| {
                let sees = Audience::seen_by(person.roles, person.roles.has_any(named));
                (person, sees)
            })
            .collect())
    }

    async fn mail(
        &self,
        school: &School,
        id: ReportId,
        weekly: &Weekly,
        reader: &Person,
        at: Moment,
    ) -> Result<Mail, JobFault> {
        let link = format!("{}/reports/{id}", self.desk_origin);
        let (subject, text) = weekly::mail(&self.letterhead(school), weekly, &link);
        let digest = self.paper(school, weekly.clone(), at).await?;
        Ok(Mail {
            to: reader.id.into(),
            subject,
            text,
            attachment: Some((paper_name(&weekly.period), digest)),
        })
    }

    /// Sets a report and keeps it. The same report is the same bytes, so it is kept once for all who may see the same.
    async fn paper(&self, school: &School, weekly: Weekly, at: Moment) -> Result<Digest, JobFault> {
        let document = document::weekly(&self.letterhead(school), &weekly);
        let typesetter = Arc::clone(&self.typesetter);
        let work = move || typesetter.pdf(document.source, &document.files, &document.title, at);
        let pdf = blocking(move || work().map_err(|error: TypesetFault| JobFault::from(error))).await?;
        self.keep(&pdf).await
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Digest, JobFault> {
        Ok(self.books.store().put_blob(self.books.school(), bytes).await?)
    }

    fn letterhead<'a>(&'a self, school: &'a School) -> Letterhead<'a> {
        Letterhead { school: &school.name, zone: &school.zone, words: &self.words }
    }
}

/// What a report's paper is called in mails.
pub(crate) fn paper_name(period: &Period) -> String {
    format!("weekly-report-{}.pdf", period.zone.local(period.until).date())
}

/// What was recorded in a time, folded.
///
/// # Errors
/// When the books or the events fail.
pub async fn fold(books: &Books, activity: Arc<dyn Activity>, period: Period) -> Result<Weekly, JobFault> {
    let people = books.values::<Person>().await?;
    let groups = books.values::<Group>().await?;
    let disclosed = books.values::<Disclosure>().await?;
    let told = books.values::<Told>().await?;
    let told = told.iter().filter(|told| period.holds(told.at)).count();
    let told = u32::try_from(told).unwrap_or(u32::MAX);
    let school = books.school();
    let kept = books.get::<School, _>(school).await?;
    let mut weekly = blocking(move || {
        let names = Names::of(&people, &groups).with_disclosed(&disclosed);
        Ok(usher_activity::weekly::fold(activity.as_ref(), school, period, &names, told)?)
    })
    .await?;
    weekly.unseen.tunnelled = kept.is_some_and(|school| !school.value.settings.off_site.is_none());
    Ok(weekly)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JobFault> + Send + 'static,
) -> Result<T, JobFault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| JobFault::Other(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_testkit::school::school;

    fn ends(at: &str, since: &str) -> Vec<String> {
        let (school, zone) = (school("comprehensive"), Zone::london());
        let moment = |text: &str| zone.parse(text).unwrap();
        due(&school.settings.reports, &zone, moment(since), moment(at))
            .iter()
            .map(|period| format!("{} {}", period.from, period.until))
            .collect()
    }

    #[test]
    fn a_week_is_due_from_its_end_and_never_before_the_school_was_set_up() {
        let week = "2026-11-20T15:30:00Z 2026-11-27T15:30:00Z";
        assert_eq!(ends("2026-11-27T15:29", "2026-11-23T08:00"), [""; 0]);
        assert_eq!(ends("2026-11-27T15:30", "2026-11-23T08:00"), [week]);
        assert_eq!(ends("2026-11-28T09:00", "2026-11-23T08:00"), [week]);
        assert_eq!(ends("2026-12-03T09:00", "2026-11-23T08:00"), [week]);
        assert_eq!(ends("2026-12-04T15:30", "2026-11-23T08:00").len(), 2);
    }

    #[test]
    fn after_a_long_pause_the_last_weeks_are_made_up_for() {
        let due = ends("2027-02-01T09:00", "2026-09-01T08:00");
        assert_eq!(due.len(), 4);
        assert_eq!(due[3], "2027-01-22T15:30:00Z 2027-01-29T15:30:00Z");
    }

    #[test]
    fn summer_time_moves_the_clock_and_not_the_hour() {
        let due = ends("2026-10-31T09:00", "2026-10-19T08:00");
        assert_eq!(
            due,
            ["2026-10-16T14:30:00Z 2026-10-23T14:30:00Z", "2026-10-23T14:30:00Z 2026-10-30T15:30:00Z"]
        );
    }
}
