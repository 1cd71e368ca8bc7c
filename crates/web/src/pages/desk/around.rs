//! What stands around every desk page: the section it belongs to, where else the section leads, and how long the
//! sign-in lasts.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_policy::access::Act;

use super::clock::Clock;
use crate::app::App;
use crate::extract::desk::AtDesk;
use crate::view::frame::Frame;

/// A place in the desk: its address, its words' key, and what it takes to go there.
type Place = (&'static str, &'static str, Act);

/// The desk's places by section. The first place of a section that somebody may see is where its name leads.
const SECTIONS: [(&str, &[Place]); 9] = [
    (
        "nav-today",
        &[
            ("/", "nav-today", Act::UseDesk),
            ("/alerts", "place-alerts", Act::UseDesk),
            ("/report-site", "place-report-site", Act::ReportSite),
            ("/cases", "cases-title", Act::UseDesk),
            ("/cases/new", "case-new-title", Act::UseDesk),
            ("/questions", "questions-title", Act::UseDesk),
            ("/what-counts", "place-what-counts", Act::UseDesk),
        ],
    ),
    (
        "nav-lessons",
        &[
            ("/lessons", "nav-lessons", Act::RunLessons),
            ("/lists-for-lessons", "place-lesson-lists", Act::RunLessons),
            ("/together", "place-together", Act::RunLessons),
        ],
    ),
    (
        "nav-requests",
        &[
            ("/requests", "nav-requests", Act::SeeRequests),
            ("/requests/rate", "place-rate", Act::SeeRequests),
            ("/grants", "place-grants", Act::SeeRequests),
            ("/permissions", "permissions-title", Act::UseDesk),
            ("/permissions/new", "permission-new-title", Act::UseDesk),
        ],
    ),
    (
        "nav-reports",
        &[
            ("/reports", "place-weekly", Act::ReadWeeklyReport),
            ("/register", "place-register", Act::ReadRegister),
            ("/breaches", "breaches-title", Act::ReadRegister),
            ("/looks", "place-looks", Act::ReadJournal),
            ("/private-use", "private-desk-title", Act::SeePrivateUse),
            ("/activity-reviews", "activity-reviews-title", Act::ReviewActivity),
            ("/examinations", "exams-title", Act::ExamineFiles),
            ("/alerts/accuracy", "accuracy-title", Act::UseDesk),
        ],
    ),
    (
        "nav-agreements",
        &[
            ("/agreements", "nav-agreements", Act::SeeSignatures),
            ("/agreements/outstanding", "place-outstanding", Act::SeeSignatures),
            ("/agreements/register", "place-signatures", Act::SeeSignatures),
            ("/ledger", "ledger-title", Act::SeeLedger),
            ("/agreements/slips", "place-slips", Act::EnterPaper),
            ("/agreements/paper", "place-paper", Act::EnterPaper),
            ("/agreements/drafts", "agreement-drafts-title", Act::SeeSettings),
            ("/agreements/posters", "posters-title", Act::SeeSignatures),
            ("/agreements/translations", "translations-title", Act::SeeSignatures),
            ("/agreements/sent", "sent-title", Act::SeeSignatures),
        ],
    ),
    (
        "nav-people",
        &[
            ("/people", "nav-people", Act::SeePeople),
            ("/people/import", "place-import", Act::ManagePeople),
            ("/equipment", "place-equipment", Act::LendEquipment),
            ("/equipment/laptops", "place-laptops", Act::LendEquipment),
            ("/equipment/sites", "place-sites", Act::LendEquipment),
            ("/services", "services-title", Act::KeepServices),
        ],
    ),
    (
        "nav-lists",
        &[
            ("/lists", "nav-lists", Act::ManageLists),
            ("/lists/edits", "place-edits", Act::ManageLists),
            ("/lists/find", "place-find", Act::ManageLists),
            ("/lists/memberships", "place-members", Act::ManageLists),
        ],
    ),
    (
        "nav-policy",
        &[
            ("/policy", "place-in-force", Act::SeeSettings),
            ("/policy/change", "place-policy-change", Act::ManageLists),
            ("/contacts", "contacts-title", Act::SeeSettings),
            ("/policies", "linked-title", Act::SeeSettings),
            ("/reviews", "reviews-title", Act::SeeSettings),
            ("/policy/groups", "scope-groups-title", Act::SeeSettings),
            ("/policy/technologies", "scope-technologies-title", Act::SeeSettings),
            ("/settings", "settings-title", Act::SeeSettings),
            ("/records-kept", "keeping-title", Act::SeeSettings),
            ("/monitoring", "monitoring-title", Act::SeeSettings),
            ("/erasures", "erasures-title", Act::EraseSomebody),
        ],
    ),
    (
        "nav-health",
        &[
            ("/health", "nav-health", Act::SeeHealth),
            ("/unrestricted", "place-unrestricted", Act::OpenUnrestricted),
            ("/network-cards", "cards-title", Act::KeepNetwork),
        ],
    ),
];

/// Where the header of a desk page leads: address, words' key, whether it is here.
pub(crate) fn navigation(desk: &AtDesk, here: &str) -> Vec<(&'static str, &'static str, bool)> {
    let section = section_of(here);
    SECTIONS
        .iter()
        .filter_map(|(words, places)| {
            let (address, _, _) = places.iter().find(|(_, _, act)| desk.may(*act).is_ok())?;
            Some((*address, *words, section == Some(*words)))
        })
        .collect()
}

/// The section whose place this address is in.
fn section_of(here: &str) -> Option<&'static str> {
    SECTIONS.iter().find(|(_, places)| place_of(places, here).is_some()).map(|(words, _)| *words)
}

/// The place an address is in: the one with the longest address that begins it.
fn place_of(places: &[Place], here: &str) -> Option<&'static str> {
    let begins = |address: &str| {
        here == address
            || (address != "/" && here.strip_prefix(address).is_some_and(|rest| rest.starts_with(['/', '?'])))
    };
    let within = places.iter().map(|(address, _, _)| *address).filter(|address| begins(address));
    within.max_by_key(|address| address.len())
}

/// What every desk template has as `d`.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// Where else this section leads: address, words' key, whether it is here.
    pub(crate) places: Vec<(&'static str, &'static str, bool)>,
    /// Something just done that can be undone: where to send it and its words.
    pub(crate) undo: Option<(String, String)>,
    /// When the sign-in ends if nothing is done: milliseconds since 1970, for the script, and in words.
    pub(crate) ends_ms: i64,
    /// The same in words.
    pub(crate) ends: String,
    /// The address of this page, to come back to.
    pub(crate) here: String,
}

/// A page's frame and what stands around it.
pub(crate) fn around(app: &App, desk: &AtDesk, here: &str, title: &str) -> (Frame, Around) {
    let frame = Frame::desk(app, desk, here, title);
    let idle = desk.at.plus_minutes(i64::from(desk.session.idle_minutes));
    let ends = idle.min(desk.session.until);
    let section = SECTIONS.iter().find(|(_, places)| place_of(places, here).is_some());
    let places: Vec<_> = section
        .map(|(_, places)| {
            let current = place_of(places, here);
            places
                .iter()
                .filter(|(_, _, act)| desk.may(*act).is_ok())
                .map(|(address, words, _)| (*address, *words, current == Some(*address)))
                .collect()
        })
        .unwrap_or_default();
    let around = Around {
        // One place alone needs no list of places.
        places: if places.len() > 1 { places } else { Vec::new() },
        undo: None,
        ends_ms: ends.unix_ms(),
        ends: Clock::at(desk).time(ends),
        here: here.to_owned(),
    };
    (frame, around)
}

/// What a page was told by the address it was led to: `?done=lesson-ended`.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Done {
    /// What was done.
    #[serde(default)]
    pub(crate) done: Option<String>,
}

/// Leads to a page that says what was done. After this, going back or loading again repeats nothing.
pub(crate) fn lead(to: &str, done: &str) -> Response {
    let sign = if to.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{to}{sign}done={done}")).into_response()
}

/// A PDF to be kept under this name.
pub(crate) fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    file("application/pdf", &format!("{name}.pdf"), bytes)
}

/// A file to be kept under this name, which has letters, digits, dots and hyphens only.
pub(crate) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}

/// A path of ours that a form asks to be led back to; anything else leads to the first page.
pub(crate) fn own_path(path: Option<&str>) -> &str {
    let fine = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\')
    };
    path.filter(fine).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_led_to() {
        for (path, led) in [
            (Some("/lessons?x=1"), "/lessons?x=1"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("/a\r\nSet-Cookie: x"), "/"),
            (Some(""), "/"),
            (None, "/"),
        ] {
            assert_eq!(own_path(path), led, "{path:?}");
        }
    }

    #[test]
    fn a_page_belongs_to_the_place_with_the_longest_address() {
        assert_eq!(section_of("/lists-for-lessons/7"), Some("nav-lessons"));
        assert_eq!(section_of("/lists/find"), Some("nav-lists"));
        assert_eq!(section_of("/agreements/outstanding?class=3A"), Some("nav-agreements"));
        assert_eq!(section_of("/"), Some("nav-today"));
        assert_eq!(section_of("/nowhere"), None);
        let (_, people) = SECTIONS[5];
        assert_eq!(place_of(people, "/people/import"), Some("/people/import"));
        assert_eq!(place_of(people, "/people/7"), Some("/people"));
    }
}
