//! The steps about what passes through rather than where it goes: what a download is, what a form would take out, what
//! a page's words are about.
//!
//! What harms computers is shut whoever opened the page, so these steps stand before grants and lessons; only words are
//! asked later, because a page that a teacher checked is open whatever words are on it.

use std::cmp::Reverse;

use usher_lists::category::Category;
use usher_records::grant::Opens;
use usher_scan::features::{File, Malware, ScanFailure, SentKind, Subject};
use usher_scan::kind::Class;
use usher_types::ids::GrantId;

use super::case::Case;
use super::steps::{Answer, decided, grant_for};
use crate::decision::{Note, Reason};
use crate::document::UnscannedRule;
use crate::verdict::Verdict;

/// What a download is. Nobody opens malware; files of a closed kind are opened by a release.
pub(super) fn carries(case: &Case<'_>) -> Answer {
    let Some(carried) = case.target.carried else { return Answer::Pass(Note::Harmless) };
    if let Malware::Found(name) = &carried.malware {
        return decided(Verdict::Block, Reason::Malware(name.clone()));
    }
    let class = carried.file.as_ref().map(File::class);
    if let Malware::Failed(failure) = carried.malware {
        let verdict = unscanned(case, failure, class);
        if verdict != Verdict::Allow {
            return decided(verdict, Reason::Unscanned(failure));
        }
    }
    let (Some(file), Some(class)) = (&carried.file, class) else { return Answer::Pass(Note::Harmless) };
    let mut rules = case.snapshot.carries.iter();
    let first = rules.find(|closing| {
        let fits =
            closing.rule.classes.contains(&class) || closing.rule.states.iter().any(|&state| file.is(state));
        fits && case.group.is_some_and(|group| closing.whom.has(group)) && !case.is_except(&closing.except)
    });
    let Some(closing) = first.filter(|closing| closing.rule.verdict != Verdict::Allow) else {
        return Answer::Pass(Note::Harmless);
    };
    match grant_for(case, Opens::Files) {
        Some(release) if !case.without.grants => Answer::Pass(Note::Released(release)),
        _ => decided(closing.rule.verdict, Reason::Carries(closing.rule.id.clone())),
    }
}

/// What happens when nobody could look. What no rule names stays shut.
fn unscanned(case: &Case<'_>, failure: ScanFailure, class: Option<Class>) -> Verdict {
    let fits = |rule: &UnscannedRule| {
        (rule.failures.is_empty() || rule.failures.contains(&failure))
            && (rule.classes.is_empty() || class.is_some_and(|class| rule.classes.contains(&class)))
    };
    let theirs =
        case.snapshot.unscanned.iter().filter(|(whom, _)| case.group.is_some_and(|group| whom.has(group)));
    theirs.map(|(_, rule)| rule).find(|rule| fits(rule)).map_or(Verdict::Block, |rule| rule.verdict)
}

/// What a form or an upload would take out.
pub(super) fn leaving(case: &Case<'_>) -> Answer {
    let Some(sent) = case.target.sent else { return Answer::Pass(Note::NothingLeaves) };
    let mut opened = None;
    for closing in &case.snapshot.leaving {
        let whom = case.group.is_some_and(|group| closing.whom.has(group));
        if !whom || case.is_except(&closing.except) {
            continue;
        }
        // What a project opens is passed over; what goes out with it is still asked about.
        let mut shut = None;
        for &kind in closing.rule.kinds.iter().filter(|kind| sent.kinds.contains(kind)) {
            match project(case, kind) {
                Some(note) => opened = Some(note),
                None => shut = shut.or(Some(kind)),
            }
        }
        let Some(kind) = shut else { continue };
        if closing.rule.verdict == Verdict::Allow {
            break;
        }
        return decided(closing.rule.verdict, Reason::Leaving(closing.rule.id.clone(), kind));
    }
    Answer::Pass(opened.unwrap_or(Note::NothingLeaves))
}

/// The project that lets this go out: signing up (WEB-27), a picture (IMG-17).
fn project(case: &Case<'_>, kind: SentKind) -> Option<Note> {
    let (opens, note): (Opens, fn(GrantId) -> Note) = match kind {
        SentKind::SignUp => (Opens::SignUp, Note::SignUpOpen),
        SentKind::Picture => (Opens::Picture, Note::PictureOpen),
        _ => return None,
    };
    grant_for(case, opens).filter(|_| !case.without.grants).map(note)
}

/// What the page's words are about. Over the group's limit it counts as listed under that subject.
pub(super) fn content(case: &Case<'_>) -> Answer {
    let says = case.target.carried.and_then(|carried| carried.says.as_ref());
    let (Some(says), Some(group)) = (says.filter(|says| !says.excused), case.group) else {
        return Answer::Pass(Note::NothingSaid);
    };
    let Some(limit) = case.snapshot.content_limit(group) else { return Answer::Pass(Note::NothingSaid) };
    let verdict_of = |subject: &Subject| {
        let category = Category::parse(&subject.category).ok()?;
        let index = case.snapshot.table().index_of(&category)?;
        if case.without.category == Some(index) {
            return None;
        }
        let verdict = case.snapshot.categories.get(index.place())?.of(group, case.period)?;
        (verdict > Verdict::Allow).then_some((verdict, category, subject.score))
    };
    let strictest = says
        .subjects
        .iter()
        .filter(|subject| subject.banned || subject.score >= limit)
        .filter_map(verdict_of)
        .max_by_key(|(verdict, category, score)| (*verdict, *score, Reverse(category.clone())));
    match strictest {
        Some((verdict, category, score)) => decided(verdict, Reason::Says(category, score)),
        None => Answer::Pass(Note::NothingSaid),
    }
}
