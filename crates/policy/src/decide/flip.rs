//! The smallest single change that would have turned a decision between going through and not.
//!
//! Candidates follow from the reason and are tried: the case is changed in that one thing and judged again. A refusal
//! that would still be a refusal says the grant, which opens the page alone; a page let through for a reason of its own
//! says that reason.

use usher_types::calendar::PeriodKind;

use super::case::Case;
use super::judge;
use crate::decision::{Decision, Flip, Reason, Step};
use crate::snapshot::CompiledRule;
use crate::verdict::Verdict;

/// Parts of the day in the order they are offered: the ones people can wait for first.
const OTHER_TIMES: [PeriodKind; 6] = [
    PeriodKind::Lunch,
    PeriodKind::Break,
    PeriodKind::Lesson,
    PeriodKind::AfterSchool,
    PeriodKind::BeforeSchool,
    PeriodKind::Closed,
];

pub(super) fn with_flip(case: &Case<'_>, decision: Decision) -> Decision {
    let flip =
        if decision.verdict == Verdict::Allow { closing(case, &decision) } else { opening(case, &decision) };
    decision.turned_by(flip)
}

fn allows(case: &Case<'_>) -> bool {
    judge(case).verdict == Verdict::Allow
}

/// What would have let a refused page through.
fn opening(case: &Case<'_>, decision: &Decision) -> Flip {
    match &decision.reason {
        Reason::SealedList | Reason::ForbiddenAddress(_) | Reason::NoGroup | Reason::SealMissing(_) => {
            Flip::Nothing
        }
        Reason::Lockdown => Flip::LockdownEnds,
        Reason::SignIn => Flip::SignIn,
        Reason::AcceptClause => Flip::AcceptClause,
        Reason::SignAgreement(_) => Flip::Sign,
        Reason::ParentMissing => Flip::ParentAnswers,
        Reason::SanctionNoWeb(id)
        | Reason::SanctionListOnly(id)
        | Reason::SanctionLessonOnly(id)
        | Reason::SanctionSupervisedOnly(id)
        | Reason::SanctionNoMail(id) => {
            if allows(&case.but(|case| case.without.sanctions = true)) {
                Flip::SanctionEnds(*id)
            } else {
                Flip::Nothing
            }
        }
        Reason::Malware(_) => Flip::Nothing,
        Reason::Unscanned(_) => Flip::Scanned,
        Reason::Carries(_) => Flip::Release,
        Reason::Leaving(_, kind) => Flip::WithoutSending(*kind),
        Reason::Says(category, _) => Flip::WithoutWords(category.clone()),
        Reason::NoLesson => Flip::LessonOpens,
        Reason::UnsafeSearch(_) | Reason::ImageSearch => Flip::Grant,
        Reason::ImageSearchOutsideLesson => {
            let otherwise_open = allows(&case.but(|case| case.without.safe_search = true));
            if otherwise_open { Flip::LessonOpens } else { Flip::Grant }
        }
        Reason::NotInLessonList(list) => {
            if allows(&case.but(|case| case.lesson = None)) {
                Flip::LessonNormal
            } else {
                Flip::AddToLessonList(*list)
            }
        }
        Reason::OutsideHours(_) => other_time(case).unwrap_or(Flip::Grant),
        Reason::Rule(id) => {
            let index = case.snapshot.rules.iter().position(|rule: &CompiledRule| rule.rule.id == *id);
            if allows(&case.but(|case| case.without.rule = index)) {
                Flip::WithoutRule(id.clone())
            } else {
                other_time(case).unwrap_or(Flip::Grant)
            }
        }
        Reason::Category(category) => {
            let index = case.snapshot.table().index_of(category);
            match other_time(case) {
                Some(time) => time,
                None if allows(&case.but(|case| case.without.category = index)) => {
                    Flip::WithoutCategory(category.clone())
                }
                None => Flip::Grant,
            }
        }
        _ => other_time(case).unwrap_or(Flip::Grant),
    }
}

/// What would have kept a page back that went through.
fn closing(case: &Case<'_>, decision: &Decision) -> Flip {
    let closed_by = |change: fn(&mut Case<'_>), flip: Flip| {
        if allows(&case.but(change)) { Flip::ListedInShutCategory } else { flip }
    };
    match &decision.reason {
        Reason::OwnPage | Reason::KeptInLockdown => Flip::Nothing,
        Reason::Granted(id) | Reason::EmbeddedIn(id) => {
            closed_by(|case| case.without.grants = true, Flip::WithoutGrant(*id))
        }
        Reason::Unrestricted(id) => {
            closed_by(|case| case.without.unrestricted = true, Flip::WithoutUnrestricted(*id))
        }
        Reason::InLessonList(list) | Reason::EmbeddedInLessonList(list) => Flip::RemoveFromLessonList(*list),
        Reason::Rule(id) => {
            let index = case.snapshot.rules.iter().position(|rule| rule.rule.id == *id);
            let without = case.but(|case| case.without.rule = index);
            if allows(&without) { Flip::ListedInShutCategory } else { Flip::WithoutRule(id.clone()) }
        }
        Reason::Category(_) => other_verdict_time(case).unwrap_or(Flip::ListedInShutCategory),
        _ if decision.step == Step::Default => Flip::ListedInShutCategory,
        _ => Flip::Nothing,
    }
}

fn other_time(case: &Case<'_>) -> Option<Flip> {
    let others = OTHER_TIMES.into_iter().filter(|&time| time != case.period);
    others.into_iter().find(|&time| allows(&case.but(|case| case.period = time))).map(Flip::At)
}

fn other_verdict_time(case: &Case<'_>) -> Option<Flip> {
    let others = OTHER_TIMES.into_iter().filter(|&time| time != case.period);
    others.into_iter().find(|&time| !allows(&case.but(|case| case.period = time))).map(Flip::At)
}
