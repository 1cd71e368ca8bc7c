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
use usher_policy::probe::Outcome;
use usher_policy::snapshot::Snapshot;
use usher_publish::compile::{self, Compiled, ListsFolder};
use usher_publish::feeds::fetch::Fetcher;
use usher_publish::feeds::refresh;
use usher_publish::feeds::{Age, Feed};
use usher_publish::publisher::{Generations, Publisher, keep_policy};
use usher_publish::sources::SourcesFault;
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
        let told = |fault: compile::ListsFault| refresh::told(&fault);
        let outcome = compile::compile(&self.lists, &self.books, |_| {}).await.map_err(told)?;
        let actor = Actor::Usher("lists".into());
        compile::take(&self.lists, &self.books, outcome, &actor, at).await.map_err(told)?;
        self.take(at).await.map_err(|fault| refresh::told(&fault))
    }
}

/// Keeping lists fresh.
impl Publishing {
    /// Compiles what was fetched, now or at any time before, and is not compiled yet.
    async fn compile_waiting(&self, feeds: &[Feed], at: Moment) -> Result<(), String> {
        let waits = async || {
            let waits = compile::waits(&self.lists, &self.books, feeds).await;
            waits.map_err(|fault| format!("what waits to be compiled: {}", refresh::told(&fault)))
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
        let old = old.map_err(|fault| refresh::told(&fault))?.into_iter().map(|(feed, age)| OldList {
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
        turn.map_err(|_taken| ListsFault::Busy)
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
        self.0.publisher.publish(at).await.map(drop).map_err(|fault| PublishFault(refresh::told(&fault)))
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

    async fn accept(
        &self,
        source: &SourceId,
        why: &str,
        actor: &Actor,
        at: Moment,
    ) -> Result<(), ListsFault> {
        // Compiling reads the files that accepting moves, so it has its turn like compiling.
        let turn = self.0.turn()?;
        let accepted = compile::accept(&self.0.lists, &self.0.books, source, why, actor, at).await;
        accepted.map_err(|fault| match fault {
            compile::ListsFault::Refused(refusal) => ListsFault::Refused(refusal),
            compile::ListsFault::Sources(fault @ SourcesFault::Sealed(..)) => {
                ListsFault::Sealed(fault.to_string())
            }
            other => ListsFault::Failed(refresh::told(&other)),
        })?;
        Arc::clone(&self.0).begin(turn, at);
        Ok(())
    }
}

#[async_trait]
impl Policies for ForPages {
    async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PoliciesFault> {
        self.generations().policy(digest).await.map_err(|fault| PoliciesFault(refresh::told(&fault)))
    }

    async fn keep(&self, policy: &PolicyDocument) -> Result<Digest, PoliciesFault> {
        keep_policy(&self.0.books, policy).await.map_err(|fault| PoliciesFault(refresh::told(&fault)))
    }

    async fn trial(&self, policy: &PolicyDocument) -> Result<Arc<Snapshot>, PoliciesFault> {
        let snapshot = self.generations().trial(policy).await;
        snapshot.map(Arc::new).map_err(|error| PoliciesFault(error.to_string()))
    }

    async fn then(
        &self,
        generation: Digest,
        policy: &PolicyDocument,
    ) -> Result<Arc<Snapshot>, PoliciesFault> {
        let snapshot = self.generations().remake_with(generation, policy).await;
        snapshot.map(Arc::new).map_err(|error| PoliciesFault(error.to_string()))
    }

    async fn promises(&self, policy: &PolicyDocument, at: Moment) -> Result<Vec<Outcome>, PoliciesFault> {
        let outcomes = self.generations().promises(policy, at).await;
        outcomes.map_err(|fault| PoliciesFault(refresh::told(&fault)))
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
        self.0.take(at).await.map_err(|fault| refresh::told(&fault))
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
