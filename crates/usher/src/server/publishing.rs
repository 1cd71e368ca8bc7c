//! One publisher and one compiler of lists, behind the seams others see them through.

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};
use usher_jobs::follow::Republish;
use usher_lists::source::SourceId;
use usher_publish::compile::{self, Compiled, ListsFolder};
use usher_publish::publisher::Publisher;
use usher_records::change::Actor;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;
use usher_web::app::{Publish, PublishFault};
use usher_web::desk::lists::{Lists, ListsFault, Waiting};

/// Publishes, and compiles lists.
#[derive(Debug)]
pub(crate) struct Publishing {
    publisher: Publisher,
    books: Books,
    lists: Arc<ListsFolder>,
    waiting: ArcSwap<Waiting>,
    /// Compiling twice at a time would only take longer.
    compiling: Arc<Mutex<()>>,
}

impl Publishing {
    /// Everything to do with what is in force.
    pub(crate) fn new(publisher: Publisher, books: Books, lists: Arc<ListsFolder>) -> Arc<Self> {
        Arc::new(Self { publisher, books, lists, waiting: ArcSwap::default(), compiling: Arc::default() })
    }

    /// Takes what is in force into use, with what waits for a person.
    pub(crate) async fn take(&self, at: Moment) -> Result<(), usher_publish::publisher::PublishFault> {
        self.publisher.publish(at).await?;
        self.read_waiting().await?;
        Ok(())
    }

    async fn read_waiting(&self) -> Result<(), StoreError> {
        let Compiled { held, held_sources, .. } = compile::compiled(&self.books).await?;
        self.waiting.store(Arc::new(Waiting { entries: held, sources: held_sources }));
        Ok(())
    }

    async fn compile_now(&self, at: Moment) -> Result<(), String> {
        let words = |error: &dyn std::error::Error| error.to_string();
        let outcome = compile::compile(&self.lists, &self.books, |_| {}).await.map_err(|e| words(&e))?;
        let actor = Actor::Usher("lists".into());
        compile::take(&self.lists, &self.books, outcome, &actor, at).await.map_err(|e| words(&e))?;
        self.take(at).await.map_err(|e| words(&e))
    }
}

/// The right to compile: one at a time.
type Turn = OwnedMutexGuard<()>;

impl Publishing {
    fn turn(&self) -> Result<Turn, ListsFault> {
        let turn = Arc::clone(&self.compiling).try_lock_owned();
        turn.map_err(|_taken| ListsFault("they are being compiled already; try again in a minute".into()))
    }

    /// Compiles beside everything else; whoever asked does not wait for it.
    fn begin(self: Arc<Self>, turn: Turn, at: Moment) {
        tokio::spawn(async move {
            if let Err(error) = self.compile_now(at).await {
                tracing::error!(%error, "the lists could not be compiled");
            }
            drop(turn);
        });
    }
}

/// For the web app.
#[derive(Debug)]
pub(crate) struct ForPages(pub(crate) Arc<Publishing>);

#[async_trait]
impl Publish for ForPages {
    async fn publish(&self, at: Moment) -> Result<(), PublishFault> {
        self.0.publisher.publish(at).await.map(drop).map_err(|error| PublishFault(error.to_string()))
    }
}

#[async_trait]
impl Lists for ForPages {
    fn waiting(&self) -> Waiting {
        self.0.waiting.load().as_ref().clone()
    }

    async fn compile(&self, at: Moment) -> Result<(), ListsFault> {
        let turn = self.0.turn()?;
        Arc::clone(&self.0).begin(turn, at);
        Ok(())
    }

    async fn accept(&self, source: &SourceId, at: Moment) -> Result<(), ListsFault> {
        // Compiling reads the files that accepting moves, so it has its turn like compiling.
        let turn = self.0.turn()?;
        self.0.lists.sources.use_new(source).map_err(|error| ListsFault(error.to_string()))?;
        Arc::clone(&self.0).begin(turn, at);
        Ok(())
    }
}

/// For the job that follows the journal.
#[derive(Debug)]
pub(crate) struct ForJobs(pub(crate) Arc<Publishing>);

#[async_trait]
impl Republish for ForJobs {
    async fn republish(&self, at: Moment) -> Result<(), String> {
        self.0.take(at).await.map_err(|error| error.to_string())
    }
}
