//! Records of what people did go when their time is over (DPR-09): whole events become lines, lines go, and the log says what
//! went (DPR-13). What a case holds stays (DPR-07, INC-13).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use usher_activity::engine::Far;
use usher_activity::spool::SpoolFault;
use usher_activity::store::{KeepRules, Keeping as Days, Kept, Store};
use usher_records::case::{Case, held_people};
use usher_records::change::Actor;
use usher_records::keeping::{self, Disposal, KeepDays, Removed};
use usher_records::person::Person;
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::runner::{Job, JobFault};

/// Whether this machine's clock can be believed: one that is years ahead would end the time of everything at once.
pub trait ClockIsRight: Send + Sync + std::fmt::Debug {
    /// Whether something beside the clock itself bears it out.
    fn is_borne_out(&self) -> bool;
}

/// Removes them.
#[derive(Debug)]
pub struct Keeping {
    books: Books,
    store: Arc<Mutex<Store>>,
    ids: Arc<dyn IdSource>,
    clock: Arc<dyn ClockIsRight>,
    /// A copy elsewhere, which is kept no longer.
    copy: Option<Arc<dyn Far>>,
    /// What was removed and is not in the log yet, because the books could not be written then.
    unnoted: tokio::sync::Mutex<Kept>,
}

impl Keeping {
    /// Over these event files.
    pub fn new(
        books: Books,
        store: Arc<Mutex<Store>>,
        ids: Arc<dyn IdSource>,
        clock: Arc<dyn ClockIsRight>,
    ) -> Self {
        Self { books, store, ids, clock, copy: None, unnoted: tokio::sync::Mutex::default() }
    }

    /// Over a copy elsewhere too: by the same rules, and without a line in the log, which has it once already.
    #[must_use]
    pub fn with_copy(self, copy: Option<Arc<dyn Far>>) -> Self {
        Self { copy, ..self }
    }

    async fn note(
        &self,
        done: Kept,
        rules: keeping::KeepRules,
        held: usize,
        at: Moment,
    ) -> Result<(), JobFault> {
        let line = |what, count, rule| Disposal {
            id: Id::new(self.ids.next(at)),
            what,
            count,
            rule,
            held: u32::try_from(held).unwrap_or(u32::MAX),
            at,
        };
        let lines = [
            line(Removed::Whole, done.to_rows, rules.of_whole()),
            line(Removed::Lines, done.gone, rules.of_lines()),
        ];
        if let Some(change) = keeping::dispose(&lines) {
            self.books.commit(&change, &Actor::Usher(self.name().into()), at).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Job for Keeping {
    fn name(&self) -> &'static str {
        "keeping"
    }

    fn every(&self) -> Duration {
        // Time is counted in days; what a school shortens goes within the hour.
        Duration::from_secs(60 * 60)
    }

    /// Each server has files of its own.
    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        // What is removed does not come back; what waits an hour more does no harm.
        if !self.clock.is_borne_out() {
            return Ok(());
        }
        let rules = usher_directory::books::school(&self.books).await?.settings.keeping;
        let adults: BTreeSet<PersonId> = self
            .books
            .values::<Person>()
            .await?
            .iter()
            .filter(|person| person.kind != PersonKind::Pupil)
            .map(|person| person.id)
            .collect();
        let held = held_people(&self.books.values::<Case>().await?);
        let held_count = held.len();
        let mut unnoted = self.unnoted.lock().await;
        let (store, copy, mut done) = (Arc::clone(&self.store), self.copy.clone(), *unnoted);
        let work = move || -> (Kept, Result<(), SpoolFault>) {
            let days = |days: KeepDays| Days { whole_days: days.whole(), row_days: days.rows() };
            let (pupils, adults_days) = (days(rules.pupils), days(rules.adults));
            let rules = KeepRules { pupils, adults: adults_days, adult_people: &adults, held: &held };
            // A run that broke off left the list of files as it was.
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let ran = store.keep(rules, at, &mut done);
            drop(store);
            let copied = copy.map(|copy| copy.reach()?.keep(rules, at, &mut Kept::default()));
            (done, ran.and(copied.unwrap_or(Ok(()))))
        };
        let worked = tokio::task::spawn_blocking(work).await;
        let (done, ran) = worked.map_err(|error| JobFault::Other(error.to_string()))?;
        *unnoted = done;
        self.note(done, rules, held_count, at).await?;
        *unnoted = Kept::default();
        Ok(ran?)
    }
}
