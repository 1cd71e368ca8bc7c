//! Safe search: which searches are shut, and what a request says so that a service leaves out what is not for children.
//!
//! The step stands after grants and lessons, so that a teacher can open an engine for a piece of work, and before the
//! school's rules, so that a rule that opens a lot opens none by accident.

use usher_scan::safe::{Force, SafeService, SafeSetting};
use usher_types::host::Host;

use super::case::Case;
use super::steps::{Answer, decided};
use crate::decision::{Adjust, Note, Reason};
use crate::document::{ImageSearch, SafeLevel};
use crate::snapshot::SafeFor;
use crate::verdict::Verdict;

/// Engines that nothing can lock, and picture search.
pub(super) fn safe_search(case: &Case<'_>) -> Answer {
    let passed = Answer::Pass(Note::NoUnsafeSearch);
    let Some(safe) = safe_for(case).filter(|_| !case.without.safe_search) else { return passed };
    let services = case.snapshot.safe_services;
    if safe.search > SafeLevel::Off
        && let Some(engine) = case.hosts().find_map(|host| services.unlockable(host))
    {
        return decided(Verdict::Block, Reason::UnsafeSearch(engine.to_owned()));
    }
    let shut = match safe.image_search {
        ImageSearch::Open => None,
        ImageSearch::InLessons if case.lesson.is_some() => None,
        ImageSearch::InLessons => Some(Reason::ImageSearchOutsideLesson),
        ImageSearch::Shut => Some(Reason::ImageSearch),
    };
    match shut {
        Some(reason) if searches_pictures(case) => decided(Verdict::Block, reason),
        _ => passed,
    }
}

fn searches_pictures(case: &Case<'_>) -> bool {
    let (path, query) = (case.target.path, case.target.query);
    services_of(case).any(|(host, service)| service.is_picture_search(host, path, query))
}

/// The service that is changed on its way, by the name people know; none where nothing is changed.
pub(super) fn locked_by(case: &Case<'_>, verdict: Verdict) -> Option<String> {
    if adjust(case, verdict).is_empty() {
        return None;
    }
    services_of(case).map(|(_, service)| service.name.clone()).next()
}

/// What is changed about a request that goes on.
pub(super) fn adjust(case: &Case<'_>, verdict: Verdict) -> Vec<Adjust> {
    let Some(safe) = safe_for(case).filter(|_| verdict <= Verdict::Coach) else { return Vec::new() };
    let locked = services_of(case).find_map(|(host, service)| {
        let level = match service.setting {
            SafeSetting::Search => safe.search,
            SafeSetting::Youtube => safe.youtube,
        };
        (level > SafeLevel::Off).then(|| (host, service, service.force(level == SafeLevel::Moderate)))
    });
    let Some((host, service, force)) = locked else { return Vec::new() };
    let Force { query, headers, cookies, connect } = force;
    let query = query.iter().filter(|_| service.takes_query(case.target.path));
    let query = query.cloned().map(|(name, value)| Adjust::Query(name, value));
    let headers = headers.iter().cloned().map(|(name, value)| Adjust::Header(name, value));
    let cookies = cookies.iter().cloned().map(|(name, value)| Adjust::Cookie(name, value));
    let connect =
        connect.iter().filter(|_| service.may_connect_elsewhere(host)).cloned().map(Adjust::Connect);
    query.chain(headers).chain(cookies).chain(connect).collect()
}

/// The services the request goes to, under every name the connection goes by.
fn services_of<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'a Host, &'static SafeService)> {
    let services = case.snapshot.safe_services;
    case.hosts().filter_map(move |host| Some((host, services.at(host)?)))
}

fn safe_for(case: &Case<'_>) -> Option<SafeFor> {
    case.group.map(|group| case.snapshot.safe_for(group))
}
