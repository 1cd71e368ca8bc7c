//! The order of judgement, and how a decision is made from it.

mod carriage;
mod case;
mod flip;
mod inspect;
mod safe;
mod steps;
mod wrapped;

use usher_lists::category::CategorySet;
use usher_types::moment::Moment;

use crate::decision::{Adjust, Decision, Flip, Note, Passed, Reason, Step};
use crate::facts::{Facts, TlsFacts, WebFacts};
use crate::snapshot::Snapshot;
use crate::verdict::{TlsAction, Verdict, tls_action};

use case::Case;
use steps::{Answer, Ask};

/// The order of judgement. Each step decides or passes; the first that decides counts, and the passes before it are the
/// trail. Nothing below a step can undo it: that is why help for a child in lockdown, or a sealed list, stands where it
/// stands.
const ORDER: [(Step, Ask); 15] = [
    (Step::OwnPages, steps::own_pages),
    (Step::Lockdown, steps::lockdown),
    (Step::SealedLists, steps::sealed_lists),
    (Step::AgreementStanding, steps::agreement_standing),
    (Step::Sanction, steps::sanction),
    (Step::Carries, carriage::carries),
    (Step::Leaving, carriage::leaving),
    (Step::GrantedException, steps::granted_exception),
    (Step::LessonSession, steps::lesson_session),
    (Step::Timetable, steps::timetable),
    (Step::SafeSearch, safe::safe_search),
    (Step::GroupRules, steps::group_rules),
    (Step::Content, carriage::content),
    (Step::Categories, steps::categories),
    (Step::Default, steps::otherwise),
];

/// The steps in the order of judgement.
pub fn order() -> impl Iterator<Item = Step> {
    ORDER.into_iter().map(|(step, _)| step)
}

/// Decides on one web request.
pub fn decide_web(snapshot: &Snapshot, facts: &WebFacts, at: Moment) -> Decision {
    web(&Case::web(snapshot, facts, at), facts)
}

/// Judges a web request, and the pages inside its address.
fn web(case: &Case<'_>, facts: &WebFacts) -> Decision {
    let mut decision = flip::with_flip(case, judge(case));
    decision.adjust = safe::adjust(case, decision.verdict);
    wrapped::refused(case, facts, &decision).unwrap_or(decision)
}

/// Decides on one tunnel: whether its site is open to this person, and what to do with the bytes.
pub fn decide_tls(snapshot: &Snapshot, facts: &TlsFacts, at: Moment) -> (Decision, TlsAction) {
    let case = Case::tls(snapshot, facts, at);
    let decision = judge(&case);
    let mut decision = flip::with_flip(&case, decision);
    // Nothing but the address can be changed about bytes that nobody reads.
    decision.adjust = safe::adjust(&case, decision.verdict);
    decision.adjust.retain(|adjust| matches!(adjust, Adjust::Connect(_)));
    let (inside, why) = inspect::inside(&case, facts, decision.verdict);
    let action = tls_action(decision.verdict, inside);
    if let (TlsAction::Splice, Some(why)) = (action, why) {
        decision.trail.push(Passed { step: Step::Inspection, note: Note::NotRead(why) });
    }
    (decision, action)
}

/// Decides on a page as if it were listed under `as_if` too, and the school were in no lockdown and no
/// sealed list were missing: for testing what a policy
/// promises, never for a request.
pub(crate) fn decide_probe(
    snapshot: &Snapshot,
    facts: &WebFacts,
    as_if: CategorySet,
    at: Moment,
) -> Decision {
    let mut case = Case::web(snapshot, facts, at);
    case.as_if = as_if;
    case.without.lockdown = true;
    case.without.missing_seal = true;
    web(&case, facts)
}

/// Decides again on recorded facts.
pub fn decide(snapshot: &Snapshot, facts: &Facts, at: Moment) -> Decision {
    match facts {
        Facts::Web(facts) => decide_web(snapshot, facts, at),
        Facts::Tls(facts) => decide_tls(snapshot, facts, at).0,
    }
}

/// Asks the steps in order.
fn judge(case: &Case<'_>) -> Decision {
    let mut trail = Vec::with_capacity(ORDER.len());
    for (step, ask) in ORDER {
        match ask(case) {
            Answer::Pass(note) => trail.push(Passed { step, note }),
            Answer::Decided { verdict, reason, matched } => {
                return case.decision(step, verdict, reason, matched, trail);
            }
        }
    }
    // The last step always decides. If that ever changes, nothing goes through.
    case.decision(Step::Default, Verdict::Block, Reason::Unknown, None, trail)
}

impl Decision {
    fn turned_by(mut self, flip: Flip) -> Self {
        self.flip = flip;
        self
    }
}
