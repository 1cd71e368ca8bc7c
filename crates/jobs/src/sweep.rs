//! Sign-ins end by themselves: left alone, over, or of somebody who has left meanwhile (ACC-10).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use usher_network::table::Table;
use usher_records::change::Actor;
use usher_records::session::{self, EndReason, Session};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::ids::SessionId;
use usher_types::moment::Moment;

use crate::runner::{Job, JobFault};

/// Writes down which sign-ins ended by themselves. The table no longer counts them from the moment they are over; this
/// is for the journal.
#[derive(Debug)]
pub struct Sweep {
    /// The school's books.
    pub books: Books,
    /// Who is signed in where.
    pub table: Arc<Table>,
}

#[async_trait]
impl Job for Sweep {
    fn name(&self) -> &'static str {
        "sweep"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        for (session, why) in self.table.take_ended(at) {
            end(&self.books, session, why, at).await?;
        }
        Ok(())
    }
}

/// Writes the end of a session, unless it is written already.
pub(crate) async fn end(
    books: &Books,
    session: SessionId,
    why: EndReason,
    at: Moment,
) -> Result<(), StoreError> {
    let Some(stored) = books.get::<Session, _>(session).await? else { return Ok(()) };
    if stored.value.ended.is_some() {
        return Ok(());
    }
    let actor = Actor::Usher("sweep".into());
    match books.commit(&session::end(&stored, why, at), &actor, at).await {
        // Somebody signed out in the same instant: it is written.
        Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
