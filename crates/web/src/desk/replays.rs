//! A policy tried on the requests of a past time, beside everything else: one at a time, the last few kept in memory.
//!
//! Does not: decide or count; `activity::replay` and `reports::replay` do.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use usher_activity::question::{Activity, Question};
use usher_activity::replay::replay;
use usher_policy::document::PolicyDocument;
use usher_reports::replay::{Figures, Replayed};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::policies::Policies;

/// Requests looked at in one go, the oldest first. A week of a large school; about a minute of one core.
pub const MOST_REQUESTS: u64 = 500_000;
/// Results kept, the latest last. Whoever weighs two changes goes back and forth between them.
const MOST_KEPT: usize = 8;
/// Requests between two signs of progress.
const PROGRESS_EVERY: u64 = 256;

/// What became of the policies that were tried.
#[derive(Debug, Clone, Default)]
pub struct Replays(Arc<Mutex<VecDeque<Tried>>>);

/// A policy that was tried, or is.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Which policy.
    pub policy: Digest,
    /// From when its requests are.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// How far it is.
    pub state: State,
}

/// How far it is.
#[derive(Debug, Clone)]
pub enum State {
    /// So many requests were looked at.
    Running(u64),
    /// What came of it.
    Done(Arc<Replayed>),
    /// The events cannot be read.
    Failed,
}

/// Somebody else's is not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl Replays {
    /// How far this policy is; none when it was not tried, or others were since.
    pub fn of(&self, policy: Digest) -> Option<Tried> {
        self.all(|all| all.iter().find(|tried| tried.policy == policy).cloned())
    }

    /// Begins to try a policy on the requests of a time. Needs the runtime of whoever calls.
    ///
    /// # Errors
    /// [`Busy`] while another one is tried.
    pub fn begin(
        &self,
        (digest, policy): (Digest, PolicyDocument),
        question: Question,
        activity: Arc<dyn Activity>,
        policies: Arc<dyn Policies>,
    ) -> Result<(), Busy> {
        let (from, until) = (question.from, question.until);
        self.all(|all| {
            if all.iter().any(|tried| matches!(tried.state, State::Running(_))) {
                return Err(Busy);
            }
            all.retain(|tried| tried.policy != digest);
            if all.len() >= MOST_KEPT {
                all.pop_front();
            }
            all.push_back(Tried { policy: digest, from, until, state: State::Running(0) });
            Ok(())
        })?;
        let (this, runtime) = (self.clone(), Handle::current());
        // A thread of its own, which a server that stops does not wait for: nothing is written.
        let begun = std::thread::Builder::new().name("replay".into()).spawn(move || {
            let mut remake = |generation| {
                let then = policies.then(generation, &policy);
                runtime.block_on(then).map_err(|fault| fault.0)
            };
            let counted = this.count(digest, activity.as_ref(), &question, &mut remake);
            this.is(digest, counted.map_or(State::Failed, |told| State::Done(Arc::new(told))));
        });
        if let Err(error) = begun {
            tracing::error!(%error, "no thread to try a policy on");
            self.is(digest, State::Failed);
        }
        Ok(())
    }

    fn count(
        &self,
        policy: Digest,
        activity: &dyn Activity,
        question: &Question,
        remake: &mut usher_activity::replay::Remake<'_>,
    ) -> Option<Replayed> {
        let mut figures = Figures::default();
        let read = replay(activity, question, remake, &mut |subject, site, came| {
            figures.count(subject, site, came);
            let requests = figures.requests();
            if requests.is_multiple_of(PROGRESS_EVERY) {
                self.is(policy, State::Running(requests));
            }
            if requests < MOST_REQUESTS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        match read {
            Ok(()) => Some(figures.told()),
            Err(error) => {
                tracing::error!(%error, "the events cannot be read to try a policy on them");
                None
            }
        }
    }

    fn is(&self, policy: Digest, state: State) {
        self.all(|all| {
            if let Some(tried) = all.iter_mut().find(|tried| tried.policy == policy) {
                tried.state = state;
            }
        });
    }

    fn all<R>(&self, act: impl FnOnce(&mut VecDeque<Tried>) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
