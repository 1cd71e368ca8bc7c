//! Laptops lent until a time: when it comes, whoever they were lent to is signed out at them (ACC-13).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_network::table::Table;
use usher_records::change::Actor;
use usher_records::device::Device;
use usher_records::lending::{self, Lending};
use usher_records::session::{EndReason, Session};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};
use crate::sweep;

/// Ends what was lent.
#[derive(Debug)]
pub struct Lendings {
    /// The school's books.
    pub books: Books,
    /// Who is signed in where.
    pub table: Arc<Table>,
}

#[async_trait]
impl Job for Lendings {
    fn name(&self) -> &'static str {
        "lendings"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn is_shared(&self) -> bool {
        // Each server has sign-ins of its own to end.
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        for lending in self.books.find::<Lending>("open", "yes").await? {
            if at < lending.value.until {
                continue;
            }
            let device = self.books.get::<Device, _>(lending.value.device).await?;
            if let Some(address) = device.and_then(|device| device.value.address) {
                let there = self.books.find::<Session>("address", address).await?;
                let theirs = |session: &Session| session.person() == Some(lending.value.to);
                for session in there.into_iter().filter(|session| theirs(&session.value)) {
                    self.table.end(session.value.id, EndReason::Over);
                    sweep::end(&self.books, session.value.id, EndReason::Over, at).await?;
                }
            }
            let Ok(change) = lending::end(&lending, at) else { continue };
            match self.books.commit(&change, &Actor::Usher(self.name().into()), at).await {
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
