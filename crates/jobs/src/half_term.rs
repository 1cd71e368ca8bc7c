//! Staff passwords lapse when a half-term begins, where the school says so (ACC-11): whoever signs in next sets a new one first.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::Date;
use usher_policy::snapshot::Snapshot;
use usher_records::account::{self, Account, Owner};
use usher_records::change::{Actor, Stored};
use usher_records::person::Person;
use usher_records::school::{self, School};
use usher_records::settings::Lapse;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// Days after which a half-term that begun lets nothing lapse any more: the server was off over a long weekend.
const BELATED: i64 = 4;

/// Lets them lapse.
#[derive(Debug)]
pub struct HalfTerm {
    /// The school's books.
    pub books: Books,
    /// The policy in use, for its terms.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
}

#[async_trait]
impl Job for HalfTerm {
    fn name(&self) -> &'static str {
        "half-term"
    }

    fn every(&self) -> Duration {
        // Half-terms begin at midnight, and nobody signs in within ten minutes of it.
        Duration::from_secs(10 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let stored = self.books.get::<School, _>(self.books.school()).await?;
        let Some(stored) = stored else { return Ok(()) };
        let Some(snapshot) = self.snapshot.load_full() else { return Ok(()) };
        let school = &stored.value;
        let today = school.zone.local(at).date();
        let Ok(tomorrow) = today.tomorrow() else { return Ok(()) };
        let asked = school.settings.passwords.lapse == Lapse::HalfTermly;
        let Some(from) = school.lapse_from.filter(|_| asked) else {
            // Nothing lapses in the middle of the half-term in which the school, or a new version, began with it.
            let next = asked.then_some(tomorrow);
            return if school.lapse_from == next { Ok(()) } else { self.count_from(&stored, next, at).await };
        };
        let Some(begun) = snapshot.document.calendar.half_term_begun(today) else { return Ok(()) };
        // Terms that are entered late, or mended, let nothing lapse on the day somebody does so.
        let late = begun.checked_add(BELATED.days()).is_ok_and(|late| late < today);
        if begun < from || late {
            return Ok(());
        }
        self.lapse(school.zone.start_of(begun), at).await?;
        self.count_from(&stored, Some(tomorrow), at).await
    }
}

impl HalfTerm {
    /// Half-terms that begin from this day on let passwords lapse.
    async fn count_from(
        &self,
        before: &Stored<School>,
        from: Option<Date>,
        at: Moment,
    ) -> Result<(), JobFault> {
        let after = School { lapse_from: from, ..before.value.clone() };
        let change = school::change(before, &after, "from when staff passwords lapse with a half-term");
        match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
            // The school's settings were changed in the same instant: the next run does it.
            Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn lapse(&self, begun: Moment, at: Moment) -> Result<(), JobFault> {
        for account in self.books.all::<Account>().await? {
            let Owner::Person(owner) = account.value.owner else { continue };
            let Some(person) = self.books.get::<Person, _>(owner).await? else { continue };
            let Some(change) = account::lapse(&account, person.value.kind, begun) else { continue };
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // A password was set in the same instant: it is new.
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
