//! A weekly report that none of its readers opened goes to the next office (FM-47): when, `policy` says.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use usher_policy::answering;
use usher_policy::snapshot::Snapshot;
use usher_records::change::{Actor, Change, Mail, Stored};
use usher_records::person::Person;
use usher_records::report::{self, IssuedReport};
use usher_records::school::School;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::{Value, Words};

use crate::readers::holders;
use crate::runner::{Job, JobFault};

/// Passes reports on.
#[derive(Debug)]
pub struct Unopened {
    /// The school's books.
    pub books: Books,
    /// The policy in use, for its terms.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// Words.
    pub words: Arc<Words>,
    /// Where the desk is, for the link in mails.
    pub desk_origin: String,
}

#[async_trait]
impl Job for Unopened {
    fn name(&self) -> &'static str {
        "unopened-reports"
    }

    fn every(&self) -> Duration {
        // It is a matter of days.
        Duration::from_secs(10 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let Some(snapshot) = self.snapshot.load_full() else { return Ok(()) };
        let school = usher_directory::books::school(&self.books).await?;
        // Older ones are history: the newest tells that nobody reads them.
        let reports = self.books.all::<IssuedReport>().await?;
        let Some(newest) = reports.into_iter().max_by_key(|report| report.value.from) else { return Ok(()) };
        let calendar = &snapshot.document.calendar;
        let Some(role) = answering::unopened(&newest.value, calendar, &school.zone, at) else {
            return Ok(());
        };
        let to = holders(&self.books, &[role], &school.zone, at).await?;
        let change = self.pass_on(&newest, role, &to, &school, at);
        match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
            // A reader opened it in the same instant.
            Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Unopened {
    /// An office nobody holds is passed over in the same way, so that the one after it is asked next.
    fn pass_on(
        &self,
        report: &Stored<IssuedReport>,
        role: usher_types::role::Role,
        to: &[Person],
        school: &School,
        at: Moment,
    ) -> Change {
        let day = school.zone.local(report.value.made_at).spoken_date();
        let values = [
            ("day", Value::from(day)),
            ("count", Value::from(report.value.items)),
            ("link", Value::from(format!("{}/reports/{}", self.desk_origin, report.value.id))),
        ];
        let say = |key: &str| self.words.say(Reader::Adult, key, &values);
        let mail = |person: &Person| Mail {
            to: person.id.into(),
            subject: say("unopened-report-subject"),
            text: format!("{}\n", say("unopened-report-text")),
            attachment: None,
        };
        let ids: Vec<PersonId> = to.iter().map(|person| person.id).collect();
        report::pass_on(report, (role, &ids), to.iter().map(mail).collect(), at)
    }
}
