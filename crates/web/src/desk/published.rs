//! Who published the policy in force, when and why. The journal says so; it is read once and then only what is new.

use tokio::sync::Mutex;
use usher_records::change::{Action, JournalLine};
use usher_store::books::Books;
use usher_store::store::StoreError;

/// Entries read at a time.
const AT_A_TIME: u32 = 1_000;

/// The last entry of the journal that was read, and the last that published a policy.
#[derive(Debug, Default)]
pub struct Published(Mutex<(u64, Option<JournalLine>)>);

impl Published {
    /// What the journal says of the policy in force.
    ///
    /// # Errors
    /// When the books fail.
    pub async fn last(&self, books: &Books) -> Result<Option<JournalLine>, StoreError> {
        let mut read = self.0.lock().await;
        loop {
            let entries = books.store().journal(books.school(), read.0, AT_A_TIME).await?;
            let Some(last) = entries.last() else { return Ok(read.1.clone()) };
            read.0 = last.number;
            let lines = entries.iter().rev().filter_map(|entry| entry.read().ok());
            let published = lines.into_iter().find(|line| line.action == Action::PolicyPublished);
            read.1 = published.or_else(|| read.1.take());
        }
    }
}
