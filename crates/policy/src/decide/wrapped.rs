//! Pages that show another site's page: a translator opens no page that is shut. What is wrapped is judged as if it were
//! asked for itself, by the same person at the same moment, and what would be refused so is refused wrapped as well.
//!
//! Whoever opened the wrapper (a grant, a lesson's list) looked at the wrapper and not at what is in it: the wrapped page
//! needs to be open itself.

use usher_scan::features::Features;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::case::Case;
use super::{flip, judge, safe};
use crate::decision::{Decision, Flip, Reason, Step};
use crate::facts::WebFacts;
use crate::snapshot::Snapshot;
use crate::verdict::Verdict;

/// The refusal of what is wrapped, where the page around it is open. Of several pages that an address names, one that is
/// refused is enough: which is shown, only the service knows. A word first is said about pages people went to, and not about
/// what they hold.
pub(super) fn refused(
    snapshot: &Snapshot,
    facts: &WebFacts,
    around: &Decision,
    at: Moment,
) -> Option<Decision> {
    if around.verdict > Verdict::Coach || around.reason == Reason::OwnPage {
        return None;
    }
    let inside = snapshot.wrappers.inside(&facts.address);
    let judged = inside.pages.into_iter().map(|address| alone(snapshot, facts, address, at));
    judged.into_iter().find(|decision| decision.verdict > Verdict::Coach).or_else(|| {
        inside.unread.then(|| Decision {
            verdict: Verdict::Block,
            reason: Reason::Unknown,
            matched: None,
            flip: Flip::Nothing,
            adjust: Vec::new(),
            ..around.clone()
        })
    })
}

/// The page as if it were asked for itself.
fn alone(snapshot: &Snapshot, facts: &WebFacts, address: WebAddress, at: Moment) -> Decision {
    let facts = WebFacts {
        address,
        method: "GET".to_owned(),
        user_information: false,
        tunnel: None,
        resolved: None,
        features: Features::default(),
        sent: None,
        carried: None,
        ..facts.clone()
    };
    let case = Case::web(snapshot, &facts, at);
    let decision = judge(&case);
    let decision = flip::with_flip(&case, decision);
    match safe::locked_by(&case, decision.verdict) {
        // Whoever wraps it asks in its place, and nothing that is changed here comes there.
        Some(service) => unsafe_search(decision, service),
        None => decision,
    }
}

/// The refusal of a page that is open only where the request for it can be changed.
fn unsafe_search(mut decision: Decision, service: String) -> Decision {
    decision.trail.retain(|passed| passed.step < Step::SafeSearch);
    Decision {
        verdict: Verdict::Block,
        reason: Reason::UnsafeSearch(service),
        step: Step::SafeSearch,
        matched: None,
        flip: Flip::Nothing,
        adjust: Vec::new(),
        ..decision
    }
}
