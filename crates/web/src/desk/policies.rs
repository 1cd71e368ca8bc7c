//! What the desk asks of whoever keeps the school's policies and can try them.

use std::sync::Arc;

use async_trait::async_trait;
use usher_policy::document::PolicyDocument;
use usher_policy::probe::Outcome;
use usher_policy::snapshot::Snapshot;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// Whoever keeps policies.
#[async_trait]
pub trait Policies: Send + Sync + std::fmt::Debug {
    /// A policy that was kept.
    async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PoliciesFault>;

    /// Keeps a policy. Nothing is decided by it yet.
    async fn keep(&self, policy: &PolicyDocument) -> Result<Digest, PoliciesFault>;

    /// A policy with the lists in use, for trying it out. Nothing is kept of it.
    async fn trial(&self, policy: &PolicyDocument) -> Result<Arc<Snapshot>, PoliciesFault>;

    /// What was in force at a generation, with this policy in the place of the one of then. Nothing is kept of it.
    async fn then(&self, generation: Digest, policy: &PolicyDocument)
    -> Result<Arc<Snapshot>, PoliciesFault>;

    /// What comes of every promise, those that come with Usher first, with the lists in use.
    async fn promises(&self, policy: &PolicyDocument, at: Moment) -> Result<Vec<Outcome>, PoliciesFault>;
}

/// A policy is not there, or cannot be kept or tried.
#[derive(Debug, thiserror::Error)]
#[error("the policy cannot be read or tried: {0}")]
pub struct PoliciesFault(pub String);

/// For an app without policies of its own: none is there.
#[derive(Debug)]
pub struct NoPolicies;

#[async_trait]
impl Policies for NoPolicies {
    async fn policy(&self, digest: Digest) -> Result<PolicyDocument, PoliciesFault> {
        Err(PoliciesFault(format!("nobody keeps {digest}")))
    }

    async fn keep(&self, _policy: &PolicyDocument) -> Result<Digest, PoliciesFault> {
        Err(PoliciesFault("nobody keeps policies".into()))
    }

    async fn trial(&self, _policy: &PolicyDocument) -> Result<Arc<Snapshot>, PoliciesFault> {
        Err(PoliciesFault("nobody keeps policies".into()))
    }

    async fn then(
        &self,
        generation: Digest,
        _policy: &PolicyDocument,
    ) -> Result<Arc<Snapshot>, PoliciesFault> {
        Err(PoliciesFault(format!("nobody keeps {generation}")))
    }

    async fn promises(&self, _policy: &PolicyDocument, _at: Moment) -> Result<Vec<Outcome>, PoliciesFault> {
        Err(PoliciesFault("nobody keeps policies".into()))
    }
}
