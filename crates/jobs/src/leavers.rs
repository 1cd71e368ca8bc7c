//! When somebody's leaving date comes, what they have to bring back is listed (ACC-16). The desk and an import do the same
//! at once for a date that has come already; this is for dates that come later, and for what they missed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_records::change::{Actor, Change, Stored};
use usher_records::device::Device;
use usher_records::equipment::{self, ReturnList};
use usher_records::person::Person;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::{Id, IdSource, PersonId};
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// Lists what leavers have to bring back.
#[derive(Debug)]
pub struct Leavers {
    /// The school's books.
    pub books: Books,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
}

#[async_trait]
impl Job for Leavers {
    fn name(&self) -> &'static str {
        "leavers"
    }

    fn every(&self) -> Duration {
        // Nobody waits for a list by the minute, and each run reads everybody.
        Duration::from_secs(5 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let today = usher_directory::books::school(&self.books).await?.zone.local(at).date();
        let lists = self.books.all::<ReturnList>().await?;
        let live: BTreeMap<PersonId, Stored<ReturnList>> = lists
            .into_iter()
            .filter(|list| list.value.called_off.is_none())
            .map(|list| (list.value.person, list))
            .collect();
        let devices = self.books.all::<Device>().await?;
        for person in self.books.values::<Person>().await? {
            let live = live.get(&person.id);
            let id = Id::new(self.ids.next(at));
            let change = equipment::on_leaving(id, &person, live, &devices, today, at)
                .map(|(action, write)| Change::of(action, write).about(person.id))
                .or_else(|| live.and_then(|list| equipment::complete(list, &devices)));
            let Some(change) = change else { continue };
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // The desk was quicker; what is left to do is done at the next run.
                Ok(_) | Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
