//! Pictures of paper slips are deleted when their agreement is long over: the encrypted bytes first, then the books say so.
//! What a case holds stays (INC-13).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_records::agreement::AgreementVersion;
use usher_records::case::{Case, held_people};
use usher_records::change::Actor;
use usher_records::keeping::{Disposal, Removed, Rule};
use usher_records::person::Person;
use usher_records::slip::{Keeping, Slip, forget, pictures_until};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// Deletes them.
#[derive(Debug)]
pub struct Scans {
    /// The school's books.
    pub books: Books,
    /// New ids, for the log of what was removed.
    pub ids: Arc<dyn IdSource>,
}

#[async_trait]
impl Job for Scans {
    fn name(&self) -> &'static str {
        "scans"
    }

    fn every(&self) -> Duration {
        // Their time is counted in days.
        Duration::from_secs(60 * 60)
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let school = usher_directory::books::school(&self.books).await?;
        let versions = self.books.values::<AgreementVersion>().await?;
        let agreements = &school.settings.agreements;
        let (yearly, days) = (agreements.pupils_yearly, agreements.scan_days);
        let keeping = Keeping { yearly, days, versions: &versions, zone: &school.zone };
        let held = held_people(&self.books.values::<Case>().await?);
        for slip in self.books.find::<Slip>("pictures", "yes").await? {
            if held.contains(&slip.value.child) {
                continue;
            }
            let child = self.books.get::<Person, _>(slip.value.child).await?.map(|child| child.value);
            let until = pictures_until(&slip.value, child.as_ref(), keeping);
            if until.is_none_or(|until| at < until) {
                continue;
            }
            for (_, scan) in slip.value.pictures() {
                self.books.store().remove_blob(self.books.school(), scan.sealed).await?;
            }
            let Some(change) = forget(&slip, at) else { continue };
            let line = Disposal {
                id: Id::new(self.ids.next(at)),
                what: Removed::Pictures,
                count: slip.value.pictures().count().try_into().unwrap_or(u64::MAX),
                rule: Rule::AfterAgreement { days },
                held: u32::try_from(held.len()).unwrap_or(u32::MAX),
                at,
            };
            let change = change.and(line.write());
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                // Somebody brought another picture meanwhile: the next run finds it.
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
