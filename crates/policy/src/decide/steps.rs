//! The steps, in the order of [`super::ORDER`]. Each answers for itself and knows nothing of the others.

use std::cmp::Reverse;
use std::net::Ipv4Addr;

use usher_lists::category::{CategoryIndex, CategorySet};
use usher_records::grant::{Opens, Scope};
use usher_records::lesson::Mode;
use usher_records::sanction::Restriction;
use usher_records::standing::{DueReason, Standing};
use usher_types::address::{SpecialRange, special_range};
use usher_types::host::Host;
use usher_types::ids::{GrantId, LessonListId};
use usher_types::role::PersonKind;

use super::carriage::{carries, content, leaving};
use super::case::Case;
use super::safe::safe_search;
use crate::decision::{Matched, Note, Reason};
use crate::facts::{Restricted, Subject};
use crate::snapshot::OpenGrant;
use crate::verdict::Verdict;

/// What a step answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// It has nothing against it and nothing for it; the next step is asked.
    Pass(Note),
    /// It decides.
    Decided {
        /// What.
        verdict: Verdict,
        /// Why.
        reason: Reason,
        /// The list entry it rests on.
        matched: Option<Matched>,
    },
}

/// A step.
pub(super) type Ask = fn(&Case<'_>) -> Answer;

pub(super) const fn decided(verdict: Verdict, reason: Reason) -> Answer {
    Answer::Decided { verdict, reason, matched: None }
}

pub(super) fn own_pages(case: &Case<'_>) -> Answer {
    if case.snapshot.is_own(case.target.host) {
        return decided(Verdict::Allow, Reason::OwnPage);
    }
    Answer::Pass(Note::NotOwn)
}

pub(super) fn lockdown(case: &Case<'_>) -> Answer {
    if case.snapshot.document.lockdown.is_none() || case.without.lockdown {
        return Answer::Pass(Note::NoLockdown);
    }
    if case.is_in(&case.snapshot.kept_in_lockdown) {
        // A page that stays open is on no sealed list, brings in no malware and takes nothing out.
        let closed = [sealed_lists(case), carries(case), leaving(case)]
            .into_iter()
            .find(|answer| matches!(answer, Answer::Decided { .. }));
        return closed.unwrap_or_else(|| decided(Verdict::Allow, Reason::KeptInLockdown));
    }
    decided(Verdict::Block, Reason::Lockdown)
}

/// Sealed lists, which pupils are not served without, and addresses inside the school or this server: an address is judged as written and as resolved.
pub(super) fn sealed_lists(case: &Case<'_>) -> Answer {
    if case.categories().meets(case.snapshot.sealed) {
        let matched = case.matched(case.snapshot.sealed);
        return Answer::Decided { verdict: Verdict::Block, reason: Reason::SealedList, matched };
    }
    let written = match case.target.host {
        Host::Ip(address) => Some(*address),
        // Whatever a resolver says (RFC 6761, 6.3).
        Host::Name(name) if name.is_localhost() => Some(Ipv4Addr::LOCALHOST.into()),
        Host::Name(_) => None,
    };
    for address in written.into_iter().chain(case.resolved) {
        if case.snapshot.is_server(address) {
            return decided(Verdict::Block, Reason::ForbiddenAddress(SpecialRange::Loopback));
        }
        if let Some(range) = special_range(address)
            && !case.snapshot.may_reach(address)
        {
            return decided(Verdict::Block, Reason::ForbiddenAddress(range));
        }
    }
    if let (Some(missing), false) = (case.snapshot.missing_seal(), case.without.missing_seal)
        && case.who.subject.kind == Some(PersonKind::Pupil)
    {
        return decided(Verdict::Block, Reason::SealMissing(missing.clone()));
    }
    Answer::Pass(Note::NotSealed)
}

pub(super) fn agreement_standing(case: &Case<'_>) -> Answer {
    let subject = &case.who.subject;
    if !subject.is_somebody() {
        return decided(Verdict::Challenge, Reason::SignIn);
    }
    if case.group.is_none() {
        return decided(Verdict::Block, Reason::NoGroup);
    }
    if !subject.standing.opens(case.at) {
        let reason = match &subject.standing {
            Standing::ParentMissing { .. } | Standing::ParentBy { .. } => Reason::ParentMissing,
            Standing::Due { why, .. } => Reason::SignAgreement(*why),
            // Its time to sign again is over.
            Standing::DueBy { .. } | Standing::Signed | Standing::NoneAsked => {
                Reason::SignAgreement(DueReason::Changed)
            }
        };
        return decided(Verdict::Challenge, reason);
    }
    if !subject.clause_accepted {
        return decided(Verdict::Challenge, Reason::AcceptClause);
    }
    Answer::Pass(Note::MayUse)
}

/// The strictest sanction that holds. What it leaves is still judged by the later steps.
pub(super) fn sanction(case: &Case<'_>) -> Answer {
    if case.without.sanctions {
        return Answer::Pass(Note::NoSanction);
    }
    let holding =
        case.who.subject.restrictions.iter().filter(|one| one.from <= case.at && case.at < one.until);
    let mut holding: Vec<_> = holding.collect();
    holding.sort_by_key(|one| one.restriction);
    let Some(strictest) = holding.first() else {
        return Answer::Pass(Note::NoSanction);
    };
    // Each narrows in its own way, so that being within one says nothing of the next.
    match holding.iter().find_map(|one| kept_away(case, one)) {
        Some(reason) => decided(Verdict::Block, reason),
        None => Answer::Pass(Note::WithinSanction(strictest.sanction)),
    }
}

/// Why this sanction keeps the page away, if it does.
fn kept_away(case: &Case<'_>, one: &Restricted) -> Option<Reason> {
    let id = one.sanction;
    let lesson = case.lesson.map(|lesson| lesson.mode);
    match one.restriction {
        Restriction::NoWeb => Some(Reason::SanctionNoWeb(id)),
        Restriction::ListOnly if matches!(lesson, Some(Mode::ListOnly(_))) => None,
        Restriction::ListOnly => Some(Reason::SanctionListOnly(id)),
        Restriction::LessonOnly => lesson.is_none().then_some(Reason::SanctionLessonOnly(id)),
        Restriction::SupervisedOnly => {
            let room = case.who.device.room.as_ref();
            let supervised = &case.snapshot.document.lessons.supervised_rooms;
            let here = room.is_some_and(|room| supervised.contains(room));
            (!here).then_some(Reason::SanctionSupervisedOnly(id))
        }
        Restriction::NoMail => {
            let mail = case.categories().meets(case.snapshot.mail);
            mail.then_some(Reason::SanctionNoMail(id))
        }
    }
}

/// Unrestricted time, then grants. A grant opens its page whatever the lesson, the hour or the category; it opens
/// nothing that a step above closed.
pub(super) fn granted_exception(case: &Case<'_>) -> Answer {
    if let Some((id, until)) = case.who.subject.unrestricted
        && case.at < until
        && !case.without.unrestricted
    {
        return decided(Verdict::Allow, Reason::Unrestricted(id));
    }
    if case.without.grants {
        return Answer::Pass(Note::NoGrant);
    }
    if let Some(id) = grant_for(case, Opens::Page) {
        return decided(Verdict::Allow, Reason::Granted(id));
    }
    match case.embedded_in.filter(|_| comes_along(case)).and_then(|page| grant_of_site(case, page)) {
        Some(id) => decided(Verdict::Allow, Reason::EmbeddedIn(id)),
        None => Answer::Pass(Note::NoGrant),
    }
}

/// Whether this is of the kind that comes along with a page that was opened. All its categories must be named: what
/// is a film site and something grave as well stays shut. Whoever opened the page looked at the page and not at this:
/// what a rule, safe search or its own words shut stays shut as well.
fn comes_along(case: &Case<'_>) -> bool {
    let categories = case.categories();
    let named = if categories.is_empty() {
        case.snapshot.document.embedded.unknown
    } else {
        categories.without(case.snapshot.embedded).is_empty()
    };
    let refuses = |ask: Ask| matches!(ask(case), Answer::Decided { verdict, .. } if verdict > Verdict::Allow);
    named && ![safe_search as Ask, group_rules, content].into_iter().any(refuses)
}

/// The grant that opens a page of this site. Browsers tell other sites no more of a page than its site.
fn grant_of_site(case: &Case<'_>, site: &Host) -> Option<GrantId> {
    let mut grants = case.snapshot.granted_sites.find_all(site, "/").map(|(_, grant)| grant);
    grants.find(|grant| fits(case, grant, Opens::Page)).map(|grant| grant.id)
}

/// The grant that opens this here.
pub(super) fn grant_for(case: &Case<'_>, opens: Opens) -> Option<GrantId> {
    let under = |host| {
        let grants = case.snapshot.grants.find_all(host, case.target.path);
        grants.map(|(_, grant)| grant).find(|grant| fits(case, grant, opens)).map(|grant| grant.id)
    };
    // Every name the connection goes by must be opened, not only the one it shows.
    case.hosts().all(|host| under(host).is_some()).then(|| under(case.target.host)).flatten()
}

/// Whether a grant is open now and to them.
fn fits(case: &Case<'_>, grant: &OpenGrant, opens: Opens) -> bool {
    let open = grant.from <= case.at && case.at < grant.until;
    let mine = match grant.scope {
        Scope::Lesson(lesson) => case.lesson.is_some_and(|now| now.lesson == lesson),
        Scope::Group(group) => is_in_group(&case.who.subject, group),
        Scope::PupilIn(lesson, person) => {
            case.who.subject.person == Some(person) && case.lesson.is_some_and(|now| now.lesson == lesson)
        }
        Scope::Person(person) => case.who.subject.person == Some(person),
        Scope::Kind(kind) => case.who.subject.kind == Some(kind),
    };
    grant.opens == opens && open && mine
}

fn is_in_group(subject: &Subject, group: usher_types::ids::GroupId) -> bool {
    subject.groups.contains(&group)
}

pub(super) fn lesson_session(case: &Case<'_>) -> Answer {
    if let Some(lesson) = case.lesson {
        let Mode::ListOnly(list) = lesson.mode else { return Answer::Pass(Note::InLesson(lesson.lesson)) };
        let listed = case.snapshot.lesson_lists.get(&list).is_some_and(|pages| case.is_in(pages));
        return if listed && !case.without.lesson_list {
            decided(Verdict::Allow, Reason::InLessonList(list))
        } else if is_part_of_list(case, list) {
            decided(Verdict::Allow, Reason::EmbeddedInLessonList(list))
        } else {
            decided(Verdict::Block, Reason::NotInLessonList(list))
        };
    }
    let (whom, during) = case.snapshot.lessons;
    let needed = case.group.is_some_and(|group| whom.has(group)) && during.has(case.period);
    if needed { decided(Verdict::Challenge, Reason::NoLesson) } else { Answer::Pass(Note::NoLessonNeeded) }
}

/// Whether this comes along with a page of the lesson's list.
fn is_part_of_list(case: &Case<'_>, list: LessonListId) -> bool {
    let sites = case.snapshot.lesson_sites.get(&list).filter(|_| !case.without.lesson_list);
    let listed = |page: &Host| sites.is_some_and(|sites| sites.find_all(page, "/").next().is_some());
    case.embedded_in.is_some_and(listed) && comes_along(case)
}

/// A lesson an adult opened is open whatever the hour: a club after school is a lesson too.
pub(super) fn timetable(case: &Case<'_>) -> Answer {
    let closed = case.lesson.is_none()
        && case.group.is_some_and(|group| {
            case.snapshot.hours.iter().any(|(whom, during)| whom.has(group) && during.has(case.period))
        });
    if closed {
        decided(Verdict::Block, Reason::OutsideHours(case.period))
    } else {
        Answer::Pass(Note::Open(case.period))
    }
}

/// The first rule that fits. Its verdict stands alone: staff must be able to explain it.
pub(super) fn group_rules(case: &Case<'_>) -> Answer {
    let rules = case.snapshot.rules.iter().enumerate();
    let first =
        rules.filter(|(index, _)| case.without.rule != Some(*index)).find(|(_, rule)| case.fits(rule));
    let Some((_, compiled)) = first else { return Answer::Pass(Note::NoRule) };
    let matched = compiled.categories.and_then(|categories| case.matched(categories));
    Answer::Decided {
        verdict: compiled.rule.verdict,
        reason: Reason::Rule(compiled.rule.id.clone()),
        matched,
    }
}

/// Every category of the page is asked; the strictest answer counts, so that one more list can only close.
pub(super) fn categories(case: &Case<'_>) -> Answer {
    let Some(group) = case.group else { return Answer::Pass(Note::NoCategory) };
    let verdict_of = |index: CategoryIndex| {
        let verdicts = case.snapshot.categories.get(index.place())?;
        Some((verdicts.of(group, case.period)?, index))
    };
    // Of two equally strict, the one that stands first in the catalogue is named.
    let strictest = case
        .categories()
        .iter()
        .filter_map(verdict_of)
        .max_by_key(|&(verdict, index)| (verdict, Reverse(index)));
    let named =
        strictest.and_then(|(verdict, index)| Some((verdict, index, case.snapshot.table().name_of(index)?)));
    let Some((verdict, index, category)) = named else { return Answer::Pass(Note::NoCategory) };
    let matched = case.matched(CategorySet::only(index));
    Answer::Decided { verdict, reason: Reason::Category(category.clone()), matched }
}

pub(super) fn otherwise(case: &Case<'_>) -> Answer {
    let verdict = case.group.map_or(Verdict::Block, |group| case.snapshot.unknown_for(group));
    decided(verdict, Reason::Unknown)
}
