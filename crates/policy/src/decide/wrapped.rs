//! Pages that show another site's page: a translator opens no page that is shut. What is wrapped is judged as if it were
//! asked for itself, by the same person at the same moment, and what would be refused so is refused wrapped as well.
//!
//! Whoever opened the wrapper (a grant, a lesson's list) looked at the wrapper and not at what is in it: the wrapped page
//! needs to be open itself.

use usher_scan::features::Features;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::case::Case;
use super::{flip, judge};
use crate::decision::{Decision, Flip, Reason};
use crate::facts::WebFacts;
use crate::snapshot::Snapshot;
use crate::verdict::Verdict;

/// A translation of an archived page is two deep. Beyond this nobody means to read anything.
const DEEPEST: usize = 4;

/// The refusal of what is wrapped, where the page around it is open. A word first is said about pages people went to, and not
/// about what they hold.
pub(super) fn refused(
    snapshot: &Snapshot,
    facts: &WebFacts,
    around: &Decision,
    at: Moment,
) -> Option<Decision> {
    if around.verdict > Verdict::Coach || around.reason == Reason::OwnPage {
        return None;
    }
    let mut inner = snapshot.wrappers.inner(&facts.address);
    for _deep in 0..DEEPEST {
        let address = inner?;
        let decision = alone(snapshot, facts, address.clone(), at);
        if decision.verdict > Verdict::Coach {
            return Some(decision);
        }
        inner = snapshot.wrappers.inner(&address);
    }
    inner.map(|_deeper| Decision {
        verdict: Verdict::Block,
        reason: Reason::Unknown,
        matched: None,
        flip: Flip::Nothing,
        adjust: Vec::new(),
        ..around.clone()
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
    flip::with_flip(&case, decision)
}
