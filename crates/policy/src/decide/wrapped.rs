//! Pages that show another site's page: a translator opens no page that is shut. What is wrapped is judged as if it were
//! asked for itself, by the same person at the same moment, and what would be refused so is refused wrapped as well.
//!
//! Whoever opened the wrapper (a grant, a lesson's list) looked at the wrapper and not at what is in it: the wrapped page
//! needs to be open itself.

use usher_types::url::WebAddress;

use super::case::Case;
use super::{flip, judge, safe};
use crate::decision::{Decision, Flip, Reason, Step};
use crate::facts::WebFacts;
use crate::verdict::Verdict;

/// The refusal of what is wrapped, where the page around it is open. Of several pages that an address names, one that is
/// refused is enough: which is shown, only the service knows. A word first is said about pages people went to, and not about
/// what they hold.
pub(super) fn refused(case: &Case<'_>, facts: &WebFacts, around: &Decision) -> Option<Decision> {
    if around.verdict > Verdict::Coach || around.reason == Reason::OwnPage {
        return None;
    }
    let inside = case.snapshot.wrappers.inside(&facts.address);
    let mut judged = inside.pages.into_iter().map(|address| alone(case, facts, address));
    let refused = judged.find(|decision| decision.verdict > Verdict::Coach);
    refused.or_else(|| inside.unread.then(|| shut(around.clone(), Step::Default, Reason::Unknown)))
}

/// The page as if it were asked for itself, with what is left out or taken for granted about the one around it.
fn alone(around: &Case<'_>, facts: &WebFacts, address: WebAddress) -> Decision {
    let facts = WebFacts {
        part_of_page: facts.part_of_page,
        embedded_in: facts.embedded_in.clone(),
        ..WebFacts::page(facts.who.clone(), address)
    };
    let mut case = Case::web(around.snapshot, &facts, around.at);
    case.without = around.without;
    case.as_if = around.as_if;
    let decision = flip::with_flip(&case, judge(&case));
    match safe::locked_by(&case, decision.verdict) {
        // Whoever wraps it asks in its place, and nothing that is changed here comes there.
        Some(service) => shut(decision, Step::SafeSearch, Reason::UnsafeSearch(service)),
        None => decision,
    }
}

/// The refusal, at this step, of what was open. Whatever opened it says nothing about it, nor does any step from this on.
fn shut(mut opened: Decision, step: Step, reason: Reason) -> Decision {
    opened.trail.retain(|passed| passed.step < step);
    Decision {
        verdict: Verdict::Block,
        reason,
        step,
        matched: None,
        flip: Flip::Nothing,
        adjust: Vec::new(),
        ..opened
    }
}
