//! What came of the promises, for a page: those that are not kept with where and why, and how many are kept.

use usher_policy::broken::{self, Way};
use usher_policy::document::PolicyDocument;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::view::says::Says;

/// Ways a promise is broken that are told of one; the rest is counted. More than two fill a telephone's screen.
const TOLD: usize = 2;

/// What came of every promise.
pub(super) struct Tried {
    pub(super) kept: Vec<String>,
    pub(super) broken: Vec<NotKept>,
}

/// A promise that is not kept.
pub(super) struct NotKept {
    pub(super) sentence: String,
    pub(super) ways: Vec<String>,
    pub(super) more: usize,
}

impl Tried {
    /// How many there are.
    pub(super) const fn all(&self) -> usize {
        self.kept.len() + self.broken.len()
    }
}

/// Tries a policy with the lists in use.
pub(super) async fn tried(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    policy: &PolicyDocument,
) -> Result<Tried, AppFault> {
    let mut tried = Tried { kept: Vec::new(), broken: Vec::new() };
    for outcome in app.desk.policies.promises(policy, desk.at).await? {
        let sentence = outcome.must.sentence.clone();
        if outcome.is_kept() {
            tried.kept.push(sentence);
            continue;
        }
        let ways = broken::ways(says.words(), &outcome);
        let more = ways.len().saturating_sub(TOLD);
        let line = |Way { whom, what }| format!("{}: {what}", whom.join(", "));
        let ways = ways.into_iter().take(TOLD).map(line).collect();
        tried.broken.push(NotKept { sentence, ways, more });
    }
    Ok(tried)
}
