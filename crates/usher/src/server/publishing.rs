//! One publisher and one compiler of lists, behind the seams others see them through.

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};
use usher_events::sink::EventSink;
use usher_jobs::feeds::Refresh;
use usher_jobs::follow::Republish;
use usher_lists::source::SourceId;
use usher_policy::document::PolicyDocument;
use usher_policy::must;
use usher_policy::probe::{Outcome, probe};
use usher_policy::snapshot::Snapshot;
use usher_publish::compile::{self, Compiled, ListsFolder};
use usher_publish::feeds::fetch::Fetcher;
use usher_publish::feeds::refresh;
use usher_publish::feeds::{Age, Feed};
use usher_publish::publisher::{Generations, Publisher, keep_policy};
use usher_records::change::Actor;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::moment::Moment;
use usher_web::app::{Publish, PublishFault};
use usher_web::desk::lists::{Lists, ListsFault, OldList, Waiting};
use usher_web::desk::policies::{Policies, PoliciesFault};

/// Publishes, and compiles lists.
pub(crate) struct Publishing {
    publisher: Publisher,
    books: Books,
    lists: Arc<ListsFolder>,
    waiting: ArcSwap<Waiting>,
    old: ArcSwap<Vec<OldList>>,
    fetcher: Fetcher,
    sink: Arc<dyn EventSink>,
    /// Compiling twice at a time would only take longer.
    compiling: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Publishing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publishing").field("books", &self.books).finish_non_exhaustive()
    }
}

impl Publishing {
    /// Everything to do with what is in force.
    pub(crate) fn new(
        publisher: Publisher,
        books: Books,
        lists: Arc<ListsFolder>,
        fetcher: Fetcher,
        sink: Arc<dyn EventSink>,
    ) -> Arc<Self> {
        if let Err(error) = lists.feeds.sweep() {
            tracing::warn!(%error, "what broken-off fetches left cannot be taken away");
        }
        Arc::new(Self {
            publisher,
            books,
            lists,
            waiting: ArcSwap::default(),
            old: ArcSwap::default(),
            fetcher,
            sink,
            compiling: Arc::default(),
        })
    }

    /// Takes what is in force into use, with what waits for a person.
    pub(crate) async fn take(&self, at: Moment) -> Result<(), usher_publish::publisher::PublishFault> {
        self.publisher.publish(at).await?;
        self.read_waiting().await?;
        Ok(())
    }

    async fn read_waiting(&self) -> Result<(), StoreError> {
        let Compiled { held, held_sources, .. } = compile::compiled(&self.books).await?;
        self.waiting.store(Arc::new(Waiting { entries: held, sources: held_sources, old: Vec::new() }));
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

/// Keeping lists fresh.
impl Publishing {
    /// Compiles what was fetched, now or at any time before, and is not compiled yet.
    async fn compile_waiting(&self, feeds: &[Feed], at: Moment) -> Result<(), String> {
        let waits = async || {
            let waits = compile::waits(&self.lists, &self.books, feeds).await;
            waits.map_err(|error| format!("what waits to be compiled: {error}"))
        };
        if !waits().await? {
            return Ok(());
        }
        // Somebody at the desk may be compiling: what waits then is compiled after them.
        let _turn = self.compiling.lock().await;
        if waits().await? { self.compile_now(at).await } else { Ok(()) }
    }

    async fn look_at_ages(&self, at: Moment) -> Result<(), String> {
        let (sealed, school) = (self.publisher.sealed(), self.books.school());
        let old = refresh::watch(&self.lists, &sealed, self.sink.as_ref(), school, at).await;
        let old = old.map_err(|error| error.to_string())?.into_iter().map(|(feed, age)| OldList {
            good_at: feed.good_at(),
            title: feed.title,
            red: age == Age::Red,
        });
        self.old.store(Arc::new(old.collect()));
        Ok(())
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
        let (waiting, old) = (self.0.waiting.load(), self.0.old.load());
        Waiting { old: old.as_ref().clone(), ..waiting.as_ref().clone() }
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

#[async_trait]
impl Policies for ForPages {
    async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PoliciesFault> {
        self.generations().policy(digest).await.map_err(|error| PoliciesFault(error.to_string()))
    }

    async fn keep(&self, policy: &PolicyDocument) -> Result<Digest, PoliciesFault> {
        keep_policy(&self.0.books, policy).await.map_err(|error| PoliciesFault(error.to_string()))
    }

    async fn trial(&self, policy: &PolicyDocument) -> Result<Arc<Snapshot>, PoliciesFault> {
        let snapshot = self.generations().trial(policy).await;
        snapshot.map(Arc::new).map_err(|error| PoliciesFault(error.to_string()))
    }

    async fn promises(&self, policy: &PolicyDocument, at: Moment) -> Result<Vec<Outcome>, PoliciesFault> {
        let snapshot = self.generations().trial(policy).await;
        let snapshot = snapshot.map_err(|error| PoliciesFault(error.to_string()))?;
        let promises = must::of(policy).map_err(|error| PoliciesFault(error.to_string()))?;
        // Some hundred decisions for each promise: too long to keep others waiting.
        let work = tokio::task::spawn_blocking(move || probe(&snapshot, &promises, at));
        work.await.map_err(|error| PoliciesFault(error.to_string()))
    }
}

impl ForPages {
    fn generations(&self) -> Generations {
        Generations::new(self.0.books.clone(), Arc::clone(&self.0.lists))
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

/// For the job that keeps lists fresh.
#[async_trait]
impl Refresh for ForJobs {
    async fn refresh(&self, at: Moment) -> Result<(), String> {
        let this = &self.0;
        let (feeds, mut faults) = refresh::due(&this.lists, &this.fetcher, at).await;
        // Each step has its turn whatever became of those before it.
        faults.extend(this.compile_waiting(&feeds, at).await.err());
        faults.extend(this.look_at_ages(at).await.err());
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }
}
