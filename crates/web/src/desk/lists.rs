//! What the desk asks of whoever compiles the category lists.

use async_trait::async_trait;
use usher_lists::compile::HeldSource;
use usher_lists::review::Held;
use usher_lists::source::SourceId;
use usher_records::change::Actor;
use usher_records::refusal::Refusal;
use usher_types::moment::Moment;

/// What waits for a person since the lists were last compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Entries without effect until somebody decides.
    pub entries: Vec<Held>,
    /// Sources that changed too much to be believed; their earlier entries are used.
    pub sources: Vec<HeldSource>,
    /// Lists that were to be fresher than they are.
    pub old: Vec<OldList>,
}

/// A list whose keeper was not heard of for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldList {
    /// What people call it.
    pub title: String,
    /// When its keeper was last heard.
    pub good_at: Moment,
    /// Whether it is a sealed list that is as good as missing.
    pub red: bool,
}

/// Whoever compiles the lists.
#[async_trait]
pub trait Lists: Send + Sync + std::fmt::Debug {
    /// What waits for a person. Answers at once.
    fn waiting(&self) -> Waiting;

    /// Compiles again, with the decisions that are in the books now. Comes back when it is begun.
    async fn compile(&self, at: Moment) -> Result<(), ListsFault>;

    /// Believes a source that waits as it is now, notes in the journal who did and why, or that they tried, and compiles
    /// again. Comes back when that is begun.
    async fn accept(&self, source: &SourceId, why: &str, actor: &Actor, at: Moment)
    -> Result<(), ListsFault>;
}

/// Compiling could not be begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListsFault {
    /// It is under way already.
    #[error("the lists are being compiled already")]
    Busy,
    /// It is a sealed list that shrank, which nobody can believe.
    #[error("{0}")]
    Sealed(String),
    /// It may not be so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Anything else.
    #[error("the lists could not be compiled: {0}")]
    Failed(String),
}

/// For an app without lists of its own: nothing waits.
#[derive(Debug)]
pub struct NobodyCompiles;

#[async_trait]
impl Lists for NobodyCompiles {
    fn waiting(&self) -> Waiting {
        Waiting::default()
    }

    async fn compile(&self, _at: Moment) -> Result<(), ListsFault> {
        Ok(())
    }

    async fn accept(
        &self,
        _source: &SourceId,
        _why: &str,
        _actor: &Actor,
        _at: Moment,
    ) -> Result<(), ListsFault> {
        Ok(())
    }
}
