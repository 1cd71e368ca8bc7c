//! What every page works with.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use usher_activity::question::Activity;
use usher_activity::spool::Spool;
use usher_certs::master::MasterKey;
use usher_certs::token_key::TokenKeys;
use usher_directory::sign_in::SignIn;
use usher_ledger::tally::Tally;
use usher_network::credentials::Presence;
use usher_network::table::Table;
use usher_policy::snapshot::Snapshot;
use usher_records::change::{Actor, Change};
use usher_records::refusal::Refusal;
use usher_reports::document::Document;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::clock::Clock;
use usher_types::ids::IdSource;
use usher_types::moment::Moment;
use usher_typeset::fault::TypesetFault;
use usher_typeset::typesetter::Typesetter;
use usher_words::Words;

use crate::desk::Desk;
use crate::live::Live;
use crate::security::asking::Asking;
use crate::security::key::PageKey;

/// What every page works with. Cloning shares it.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
#[derive(Debug)]
pub struct Parts {
    /// The school's books.
    pub books: Books,
    /// Signing in.
    pub sign_in: SignIn,
    /// Who is at which device.
    pub table: Arc<Table>,
    /// Remembered proxy credentials, to be forgotten when a password changes.
    pub presence: Arc<Presence>,
    /// The snapshot decisions are made with; none before the first.
    pub snapshot: Arc<ArcSwapOption<Snapshot>>,
    /// Makes a new snapshot when something decisions depend on has changed.
    pub publisher: Arc<dyn Publish>,
    /// Questions of events.
    pub activity: Arc<dyn Activity>,
    /// What each control of the ledger did this term.
    pub tally: Tally,
    /// Where events go first, and whether it takes them.
    pub spool: Spool,
    /// What live pages are told.
    pub live: Live,
    /// What only the desk works with.
    pub desk: Desk,
    /// PDFs.
    pub typesetter: Arc<Typesetter>,
    /// Every word.
    pub words: Arc<Words>,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// What signs forms and references.
    pub key: PageKey,
    /// What secrets that lie in the books are encrypted under.
    pub vault: Arc<MasterKey>,
    /// What signs what other services are told of a sign-in.
    pub token_keys: TokenKeys,
    /// How often codes are tried.
    pub asking: Asking,
    /// Where things are.
    pub places: Places,
}

/// Where things are, as pages name them.
#[derive(Debug, Clone)]
pub struct Places {
    /// The portal's origin, as devices behind the gateway reach it: `https://usher.internal`.
    pub portal_origin: String,
    /// The desk's origin: `https://desk.rowanhill.example:8443`.
    pub desk_origin: String,
    /// The gateway, as browsers are told of it: `usher.internal:3128`.
    pub proxy: String,
    /// The school's certificate, PEM, for devices.
    pub authority_pem: String,
    /// Whether this is the demonstration, so that pages say so.
    pub demonstration: bool,
}

/// Makes a new snapshot from the books and takes it into use.
#[async_trait]
pub trait Publish: Send + Sync + std::fmt::Debug {
    /// Makes it. The old one stays in use when it cannot be made.
    async fn publish(&self, at: Moment) -> Result<(), PublishFault>;
}

/// A new snapshot could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the change is kept, but the filter could not take it over: {0}")]
pub struct PublishFault(pub String);

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// An app of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id<T: usher_types::ids::Named>(&self) -> usher_types::ids::Id<T> {
        usher_types::ids::Id::new(self.ids.next(self.now()))
    }

    /// A document as a PDF.
    ///
    /// # Errors
    /// When it cannot be set.
    pub async fn pdf(&self, document: Document, at: Moment) -> Result<Vec<u8>, AppFault> {
        let typesetter = Arc::clone(&self.typesetter);
        // Setting a document takes a good part of a second; other pages need not wait for it.
        let set = tokio::task::spawn_blocking(move || {
            typesetter.pdf(document.source, &document.files, &document.title, at)
        });
        let unfinished = |error: tokio::task::JoinError| {
            AppFault::Store(StoreError::Unreadable { what: format!("a document: {error}") })
        };
        Ok(set.await.map_err(unfinished)??)
    }

    /// Commits a change and, when decisions depend on what it wrote, publishes.
    ///
    /// # Errors
    /// As [`Books::commit`]. A conflict is a refusal people can act on; see [`AppFault`].
    pub async fn commit(&self, change: &Change, actor: &Actor) -> Result<(), AppFault> {
        let at = self.now();
        self.books.commit(change, actor, at).await?;
        if change.writes.iter().any(|write| moves_decisions(write.kind)) {
            self.publisher.publish(at).await?;
        }
        Ok(())
    }
}

/// Kinds whose records are part of a snapshot.
const fn moves_decisions(kind: usher_records::noun::Kind) -> bool {
    use usher_records::noun::Kind;
    matches!(kind, Kind::Grant | Kind::LessonList | Kind::ListEdit | Kind::Policy)
}

/// Why a page could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppFault {
    /// A command refused; its words say what to do.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The books failed.
    #[error("the books are not available")]
    Store(#[source] StoreError),
    /// The filter did not take a change over.
    #[error(transparent)]
    Publish(#[from] PublishFault),
    /// Events cannot be read.
    #[error("the activity store is not available")]
    Activity(#[from] usher_activity::spool::SpoolFault),
    /// A document could not be made.
    #[error("the document could not be made")]
    Document(#[from] TypesetFault),
    /// What the address names is not there.
    #[error("not found")]
    NotFound,
    /// A form was not filled in so that it can be read.
    #[error("the form cannot be read: {0}")]
    Form(String),
}

impl From<StoreError> for AppFault {
    fn from(error: StoreError) -> Self {
        match error {
            // Both are answers for people: somebody was quicker, or the name is taken.
            StoreError::Conflict { .. } => Self::Refused(Refusal::Conflict),
            StoreError::Taken { key: "username", .. } => Self::Refused(Refusal::UsernameTaken),
            StoreError::Taken { .. } => Self::Refused(Refusal::AlreadySo),
            other => Self::Store(other),
        }
    }
}

/// The address a request came from: the device's, whether it came through the gateway or straight to the portal.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The address.
    pub address: IpAddr,
}
