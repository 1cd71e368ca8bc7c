//! Making a snapshot of what is in force, taking it into use, and making earlier ones again.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Mutex;
use usher_events::event::{Event, System, What};
use usher_events::sink::EventSink;
use usher_lists::category::{Catalogue, Category};
use usher_lists::library::{Library, UnknownCategory};
use usher_lists::overlay::{Overlay, OverlayError};
use usher_policy::document::PolicyDocument;
use usher_policy::generation::Generation;
use usher_policy::live::Live;
use usher_policy::must;
use usher_policy::probe::{Outcome, probe};
use usher_policy::profile::ProfileFault;
use usher_policy::snapshot::{Parts, PolicyFault, Snapshot};
use usher_policy::tables;
use usher_records::grant::Grant;
use usher_records::in_force::InForce;
use usher_records::lesson::LessonList;
use usher_records::list_edit::ListEdit;
use usher_records::membership::Used;
use usher_records::school::School;
use usher_scan::phrase::book::PhraseBook;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::artefacts::ArtefactFault;
use crate::compile::ListsFolder;
use crate::phrases::{self, BookFault};
use crate::sealed::{self, SealedLost};

/// A snapshot cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishFault {
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// No policy was ever published.
    #[error("no policy is in force: the school is not set up")]
    NothingInForce,
    /// Nothing is known of the generation.
    #[error("nothing is kept of generation {0}")]
    UnknownGeneration(Digest),
    /// A part is not kept any more.
    #[error("the {what} {digest} is not kept any more")]
    Gone {
        /// Which part.
        what: &'static str,
        /// Its digest.
        digest: Digest,
    },
    /// A part cannot be read: written by another version.
    #[error("the {what} {digest} cannot be read: {why}")]
    Unreadable {
        /// Which part.
        what: &'static str,
        /// Its digest.
        digest: Digest,
        /// What is wrong with it.
        why: String,
    },
    /// The policy contradicts itself.
    #[error("the policy cannot be used: {0}")]
    Policy(#[from] PolicyFault),
    /// The compiled lists cannot be used.
    #[error(transparent)]
    Lists(#[from] ArtefactFault),
    /// A list or an edit is of a category that does not exist.
    #[error(transparent)]
    Category(#[from] UnknownCategory),
    /// A sealed list would be gone.
    #[error(transparent)]
    Sealed(#[from] SealedLost),
    /// The imported phrases cannot be used.
    #[error(transparent)]
    Phrases(#[from] BookFault),
    /// A list edit cannot be used.
    #[error(transparent)]
    Edit(#[from] OverlayError),
    /// The product's own categories cannot be read.
    #[error("the product's own categories cannot be read")]
    Catalogue(#[from] usher_lists::category::CatalogueError),
    /// The product's own promises cannot be read.
    #[error("the promises that come with the product cannot be read")]
    Promises(#[from] ProfileFault),
    /// The work was broken off.
    #[error("making the snapshot was broken off")]
    BrokenOff,
}

/// Every generation that was ever in use, as long as its parts are kept.
#[derive(Debug, Clone)]
pub struct Generations {
    books: Books,
    lists: Arc<ListsFolder>,
}

/// Makes snapshots of what is in force.
pub struct Publisher {
    books: Books,
    generations: Generations,
    snapshot: Arc<ArcSwapOption<Snapshot>>,
    phrases: Arc<ArcSwap<PhraseBook>>,
    sink: Arc<dyn EventSink>,
    own_addresses: Vec<IpAddr>,
    /// One at a time: what is read last is what is used last. Holds which imported phrases are in the book in use.
    turn: Mutex<Option<Digest>>,
}

/// A snapshot, and a new book where it needs one.
type Made = (Snapshot, Option<Arc<PhraseBook>>);

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("books", &self.books).finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher that puts its snapshots into `snapshot`, and books with imported phrases into `phrases`, which holds
    /// the product's own. Nothing is fetched from `own_addresses`.
    pub fn new(
        books: Books,
        lists: Arc<ListsFolder>,
        snapshot: Arc<ArcSwapOption<Snapshot>>,
        phrases: Arc<ArcSwap<PhraseBook>>,
        sink: Arc<dyn EventSink>,
        own_addresses: Vec<IpAddr>,
    ) -> Self {
        let generations = Generations::new(books.clone(), lists);
        Self { books, generations, snapshot, phrases, sink, own_addresses, turn: Mutex::new(None) }
    }

    /// Makes a snapshot of what is in force and takes it into use; gives its generation. What is in use stays when the
    /// new one cannot be made, and an event says so.
    ///
    /// # Errors
    /// See [`PublishFault`].
    pub async fn publish(&self, at: Moment) -> Result<Digest, PublishFault> {
        let mut turn = self.turn.lock().await;
        match self.make(at, *turn).await {
            Ok(None) => Ok(self.in_use().unwrap_or_default()),
            Ok(Some((snapshot, book))) => {
                let generation = snapshot.digest();
                if let Some(book) = book {
                    self.phrases.store(book);
                    *turn = snapshot.generation.phrases;
                }
                self.snapshot.store(Some(Arc::new(snapshot)));
                self.record(System::GenerationTaken { generation }, at).await;
                Ok(generation)
            }
            Err(error) => {
                self.record(System::GenerationFailed { why: error.to_string() }, at).await;
                Err(error)
            }
        }
    }

    /// The categories nobody can open, by the policy in use.
    pub fn sealed(&self) -> Vec<Category> {
        self.snapshot.load().as_ref().map(|snapshot| snapshot.sealed().cloned().collect()).unwrap_or_default()
    }

    fn in_use(&self) -> Option<Digest> {
        self.snapshot.load().as_ref().map(|snapshot| snapshot.digest())
    }

    /// The new snapshot, and the new book where its phrases are others than those in use; none when it would be the one
    /// in use.
    async fn make(&self, at: Moment, phrases: Option<Digest>) -> Result<Option<Made>, PublishFault> {
        let (books, school) = (&self.books, self.books.school());
        let in_force = books.get::<InForce, _>(school).await?.ok_or(PublishFault::NothingInForce)?.value;
        let grants = books.find::<Grant>("state", "open").await?.into_iter().map(|kept| kept.value).collect();
        let edits = books.find::<ListEdit>("state", "in-use").await?.into_iter();
        let live = Live {
            grants,
            lesson_lists: books.values::<LessonList>().await?,
            edits: edits.map(|kept| kept.value.edit).collect(),
            own_addresses: self.own_addresses.clone(),
            sealed_above: Some(self.sealed_above().await?),
            tables: Some(tables::digest()),
        }
        .settled(at);
        let bytes = live.bytes();
        let parts = Generation {
            policy: in_force.policy,
            lists: in_force.lists,
            live: Digest::of(&bytes),
            phrases: in_force.phrases,
        };
        if self.in_use() == Some(parts.digest()) {
            return Ok(None);
        }
        let snapshot = self.generations.build(parts, live).await?;
        self.keep_sealed(&snapshot).await?;
        let other = parts.phrases != phrases;
        let book = if other { Some(phrases::book(books, parts.phrases).await?) } else { None };
        // Kept before it is used: no event may name a generation that nobody can find.
        books.store().put_blob(school, &bytes).await?;
        books.store().put_generation(school, &parts, at).await?;
        Ok(Some((snapshot, book)))
    }

    /// What the school's memberships say is shut above. One that is over still says so: the desk is red for it, and the
    /// filter above did not go with its paper.
    async fn sealed_above(&self) -> Result<Vec<Category>, PublishFault> {
        let school = self.books.get::<School, _>(self.books.school()).await?;
        let memberships = school.map(|kept| kept.value.settings.memberships).unwrap_or_default();
        let above = memberships.iter().filter(|one| one.used == Used::Above);
        Ok(above.filter_map(|one| Category::parse(&one.category).ok()).collect())
    }

    /// Compares with the lists in use, or after a start with those used last: whoever changed what is in force behind the
    /// program's back took no sealed list with it.
    async fn keep_sealed(&self, new: &Snapshot) -> Result<(), PublishFault> {
        let after = new.library().artefact().lists();
        if let Some(before) = self.snapshot.load_full() {
            return Ok(sealed::kept(before.library().artefact().lists(), after)?);
        }
        let Some(last) = self.books.store().latest_generation(self.books.school()).await? else {
            return Ok(());
        };
        Ok(sealed::compared(&self.generations.lists, &self.books, last.lists, after).await??)
    }

    async fn record(&self, what: System, at: Moment) {
        match self.sink.reserve().await {
            Ok(place) => {
                let id = place.id();
                place.fill(Event { id, school: self.books.school(), at, what: What::System(what) });
            }
            Err(error) => tracing::warn!(%error, "that a generation was taken could not be recorded"),
        }
    }
}

impl Generations {
    /// The generations of this school.
    pub const fn new(books: Books, lists: Arc<ListsFolder>) -> Self {
        Self { books, lists }
    }

    /// The snapshot of a generation.
    ///
    /// # Errors
    /// Which part is not there, or cannot be read.
    pub async fn remake(&self, generation: Digest) -> Result<Snapshot, PublishFault> {
        let store = self.books.store();
        let kept = store.generation(self.books.school(), generation).await?;
        let parts = kept.ok_or(PublishFault::UnknownGeneration(generation))?;
        let live: Live = self.read("live part", parts.live).await?;
        self.build(parts, live).await
    }

    /// The snapshot of a generation with another policy in it: what would have been decided then.
    ///
    /// # Errors
    /// See [`Generations::remake`].
    pub async fn remake_with(
        &self,
        generation: Digest,
        document: &PolicyDocument,
    ) -> Result<Snapshot, PublishFault> {
        let kept = self.books.store().generation(self.books.school(), generation).await?;
        let parts = kept.ok_or(PublishFault::UnknownGeneration(generation))?;
        let live: Live = self.read("live part", parts.live).await?;
        self.with(parts, document.clone(), live).await
    }

    /// A policy with the lists in force, and with what was open when the server last looked: for trying it out. Nothing
    /// is kept of it.
    ///
    /// # Errors
    /// [`PublishFault::NothingInForce`]; what cannot be read.
    pub async fn trial(&self, document: &PolicyDocument) -> Result<Snapshot, PublishFault> {
        let (books, school) = (&self.books, self.books.school());
        let in_force = books.get::<InForce, _>(school).await?.ok_or(PublishFault::NothingInForce)?.value;
        let live = match books.store().latest_generation(school).await? {
            Some(latest) => self.read("live part", latest.live).await?,
            None => Live::default(),
        };
        let parts = Generation {
            policy: in_force.policy,
            lists: in_force.lists,
            live: live.digest(),
            phrases: in_force.phrases,
        };
        self.with(parts, document.clone(), live).await
    }

    /// What comes of every promise, those that come with Usher first, were this the policy, as [`Generations::trial`] has it.
    ///
    /// # Errors
    /// As [`Generations::trial`].
    pub async fn promises(
        &self,
        document: &PolicyDocument,
        at: Moment,
    ) -> Result<Vec<Outcome>, PublishFault> {
        let promises = must::of(document)?;
        let snapshot = self.trial(document).await?;
        // Some hundred decisions for each promise: too long to keep others waiting.
        let work = tokio::task::spawn_blocking(move || probe(&snapshot, &promises, at));
        work.await.map_err(|_broken| PublishFault::BrokenOff)
    }

    /// The policy in force.
    ///
    /// # Errors
    /// [`PublishFault::NothingInForce`]; what cannot be read.
    pub async fn policy_in_force(&self) -> Result<PolicyDocument, PublishFault> {
        let in_force = self.books.get::<InForce, _>(self.books.school()).await?;
        self.policy(in_force.ok_or(PublishFault::NothingInForce)?.value.policy).await
    }

    /// A policy that was kept.
    ///
    /// # Errors
    /// When it is not kept any more, or cannot be read.
    pub async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PublishFault> {
        self.read("policy", digest).await
    }

    async fn build(&self, parts: Generation, live: Live) -> Result<Snapshot, PublishFault> {
        let document = self.policy(parts.policy).await?;
        self.with(parts, document, live).await
    }

    async fn with(
        &self,
        parts: Generation,
        document: PolicyDocument,
        live: Live,
    ) -> Result<Snapshot, PublishFault> {
        let (lists, school) = (Arc::clone(&self.lists), self.books.school());
        let work = tokio::task::spawn_blocking(move || {
            let table = Arc::new(Catalogue::ours()?.table());
            let overlay = Overlay::build(live.edits.iter().cloned(), &table)?;
            let library = Library::new(lists.artefacts.open(parts.lists)?, Arc::new(overlay), table)?;
            let parts = Parts { school, generation: parts, library, live: &live };
            Ok(Snapshot::build(document, parts)?)
        });
        work.await.map_err(|_broken| PublishFault::BrokenOff)?
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        digest: Digest,
    ) -> Result<T, PublishFault> {
        let bytes = self.books.store().blob(self.books.school(), digest).await?;
        let bytes = bytes.ok_or(PublishFault::Gone { what, digest })?;
        serde_json::from_slice(&bytes).map_err(|error| PublishFault::Unreadable {
            what,
            digest,
            why: error.to_string(),
        })
    }
}

/// Keeps a policy document and gives its digest: canonical JSON.
///
/// # Errors
/// When the books fail.
pub async fn keep_policy(books: &Books, document: &PolicyDocument) -> Result<Digest, StoreError> {
    let bytes = serde_json::to_vec(document)
        .map_err(|error| StoreError::Unreadable { what: format!("the policy: {error}") })?;
    books.store().put_blob(books.school(), &bytes).await
}
