//! Staff passwords lapse when a half-term begins, where the school says so (ACC-11): whoever signs in next sets a new one first.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use usher_policy::snapshot::Snapshot;
use usher_records::account::{self, Account, Owner};
use usher_records::change::Actor;
use usher_records::person::Person;
use usher_records::settings::Lapse;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

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
        let school = usher_directory::books::school(&self.books).await?;
        let Some(snapshot) = self.snapshot.load_full() else { return Ok(()) };
        if school.settings.passwords.lapse != Lapse::HalfTermly {
            return Ok(());
        }
        let calendar = &snapshot.document.calendar;
        let Some(begun) = calendar.half_term_begun(school.zone.local(at).date()) else { return Ok(()) };
        let begun = school.zone.start_of(begun);
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
