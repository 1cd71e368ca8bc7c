//! The trait every engine answers.

use async_trait::async_trait;
use usher_policy::generation::Generation;
use usher_records::change::{Actor, Change, Mail};
use usher_records::erasure::Rewritten;
use usher_records::erasure::pseudonym::Pseudonym;
use usher_records::noun::Kind;
use usher_types::digest::Digest;
use usher_types::ids::{PersonId, SchoolId};
use usher_types::moment::Moment;

use crate::journal::JournalEntry;

/// One record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id as a number.
    pub id: u64,
    /// How often it has been written.
    pub version: u64,
    /// Its content, canonical JSON.
    pub body: String,
}

/// A mail that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMail {
    /// Its number in the outbox.
    pub number: i64,
    /// The mail.
    pub mail: Mail,
    /// Tries so far.
    pub tries: u32,
}

/// Mails that have not gone out yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outbox {
    /// How many.
    pub waiting: u64,
    /// How many of them have failed before.
    pub failing: u64,
    /// When the oldest was written.
    pub oldest: Option<Moment>,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else wrote the record in between. Read it again and retry.
    #[error("{kind:?} {id} was changed by somebody else in between", id = id)]
    Conflict {
        /// What it is.
        kind: Kind,
        /// Its id as a number.
        id: u64,
    },
    /// Another record already has a key only one may have. Retrying does not help.
    #[error("another {kind:?} already has this {key}")]
    Taken {
        /// What it is.
        kind: Kind,
        /// Which key.
        key: &'static str,
    },
    /// A row cannot be read: it was altered from outside, or written by a later version.
    #[error("{what} cannot be read")]
    Unreadable {
        /// Which row.
        what: String,
    },
    /// The engine failed. May pass.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Records, journal, blobs, generations, outbox and leases of every school on this server.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Makes a school's empty books. Making them again changes nothing.
    async fn add_school(&self, school: SchoolId, at: Moment) -> Result<()>;

    /// Every school, oldest first.
    async fn schools(&self) -> Result<Vec<SchoolId>>;

    /// One record.
    async fn get(&self, school: SchoolId, kind: Kind, id: u64) -> Result<Option<Row>>;

    /// Every record of a kind, by id.
    async fn list(&self, school: SchoolId, kind: Kind) -> Result<Vec<Row>>;

    /// Every record of a kind that has this key, by id.
    async fn find(&self, school: SchoolId, kind: Kind, key: &str, value: &str) -> Result<Vec<Row>>;

    /// One version of one record.
    async fn version(&self, school: SchoolId, kind: Kind, id: u64, version: u64) -> Result<Option<Row>>;

    /// Every version of one record, oldest first.
    async fn history(&self, school: SchoolId, kind: Kind, id: u64) -> Result<Vec<Row>>;

    /// Writes a change whole, with its journal entry and its mails, or not at all. Gives the journal entry's number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] and [`StoreError::Taken`] when the change cannot be made; nothing is written then.
    async fn commit(&self, school: SchoolId, change: &Change, actor: &Actor, at: Moment) -> Result<u64>;

    /// Journal entries after `after`, at most `limit`, in order.
    async fn journal(&self, school: SchoolId, after: u64, limit: u32) -> Result<Vec<JournalEntry>>;

    /// Keeps bytes under their digest. Keeping them again changes nothing.
    async fn put_blob(&self, school: SchoolId, bytes: &[u8]) -> Result<Digest>;

    /// The bytes with this digest.
    async fn blob(&self, school: SchoolId, digest: Digest) -> Result<Option<Vec<u8>>>;

    /// Deletes the bytes with this digest: for what may be kept for a time only, and by whoever alone names it. Deleting what is
    /// not there changes nothing.
    async fn remove_blob(&self, school: SchoolId, digest: Digest) -> Result<()>;

    /// Keeps what a generation was made from.
    async fn put_generation(&self, school: SchoolId, generation: &Generation, at: Moment) -> Result<()>;

    /// What the generation with this digest was made from.
    async fn generation(&self, school: SchoolId, digest: Digest) -> Result<Option<Generation>>;

    /// The generation taken into use last.
    async fn latest_generation(&self, school: SchoolId) -> Result<Option<Generation>>;

    /// Mails due at `at`, at most `limit`; each is held for this caller until `held_until`.
    async fn take_mails(
        &self,
        school: SchoolId,
        at: Moment,
        held_until: Moment,
        limit: u32,
    ) -> Result<Vec<WaitingMail>>;

    /// A mail went out.
    async fn mail_sent(&self, school: SchoolId, number: i64, at: Moment) -> Result<()>;

    /// A mail did not go out; it is tried again at `again_at`.
    async fn mail_failed(&self, school: SchoolId, number: i64, again_at: Moment, why: &str) -> Result<()>;

    /// What waits in the outbox.
    async fn outbox(&self, school: SchoolId) -> Result<Outbox>;

    /// Takes a job for one holder until `until`. False when another holds it at `at`.
    async fn take_lease(&self, job: &str, holder: &str, at: Moment, until: Moment) -> Result<bool>;

    /// Puts what `pseudonym` says in the place of what was written, in every version, mail and journal line of a school, with one
    /// journal entry about `about` that vouches for the lines that were replaced (`docs/adr/0030`).
    ///
    /// # Errors
    /// When a line, a mail or a version cannot be read, or could not be read any more; when the engine fails. Nothing is changed then.
    async fn rewrite(
        &self,
        school: SchoolId,
        pseudonym: Pseudonym,
        about: PersonId,
        actor: &Actor,
        at: Moment,
    ) -> Result<Rewritten>;

    /// Leaves nothing of what was rewritten in the engine's own files.
    async fn scour(&self) -> Result<()>;

    /// A copy of all books for tests of tampering and for back-ups: where the engine keeps them, if that is a file.
    fn file(&self) -> Option<std::path::PathBuf> {
        None
    }
}
