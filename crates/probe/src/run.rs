//! A run: first whether anything can be told at all, then case after case.

use futures_util::StreamExt as _;
use serde::Serialize;

use crate::answer::{Answer, By};
use crate::case::{Case, Kind, Wanted};
use crate::cases;
use crate::judge::{Found, Inspected, Seen, judge};
use crate::rows::{http, https};
use crate::send::Gateway;
use crate::sites::Sites;

/// Cases sent at once. A device of a child does about this much; the gateway gives each device its share.
const AT_ONCE: usize = 6;

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What was done.
    pub what: String,
    /// What it shows.
    pub found: Found,
    /// By what.
    pub how: String,
}

/// Why nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotJudge {
    /// The open page must come: else everything seems shut.
    #[error(
        "the open page did not come ({0}): sign in on this device and open a lesson first, or give another page"
    )]
    OpenIsShut(String),
    /// The blocked page must not come: else nothing is a trick.
    #[error(
        "the blocked page is not refused when it is simply asked for ({0}): give a page that is shut to you"
    )]
    BlockedIsOpen(String),
}

/// Tries every case of these kinds; of all kinds, if none is named. `tell` hears of each as it ends, and of how many
/// there are.
///
/// # Errors
/// When the blocked page is not refused plainly, or the open one does not come.
pub async fn run(
    mut gateway: Gateway,
    sites: &Sites,
    only: &[Kind],
    mut tell: impl FnMut(&Outcome, usize),
) -> Result<Vec<Outcome>, CannotJudge> {
    if gateway.authority.is_none() {
        gateway.authority = gateway.who_answers(sites).await;
    }
    control(&gateway, sites).await?;
    let wanted = |case: &Case| only.is_empty() || only.contains(&case.kind);
    let all: Vec<Case> = cases::all().into_iter().filter(wanted).collect();
    let count = all.len();
    let gateway = &gateway;
    let sending = all.into_iter().enumerate().map(|(place, case)| async move {
        let (found, how) = judge(case.wanted, &gateway.send(&case.way, sites).await);
        let what = sites.fill(&case.what);
        (place, Outcome { kind: case.kind, name: case.name, what, found, how })
    });
    let mut running = futures_util::stream::iter(sending).buffer_unordered(AT_ONCE);
    let mut outcomes = Vec::with_capacity(count);
    while let Some((place, outcome)) = running.next().await {
        tell(&outcome, count);
        outcomes.push((place, outcome));
    }
    outcomes.sort_by_key(|(place, _)| *place);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// The two pages asked for plainly, as anybody would.
async fn control(gateway: &Gateway, sites: &Sites) -> Result<(), CannotJudge> {
    match gateway.send(&https("{o}", "{o-path}"), sites).await {
        Seen::Answer(Answer { by: By::Site, status: 200..=399, .. }, _) => {}
        other => return Err(CannotJudge::OpenIsShut(told(&other))),
    }
    for way in [http("{b}", "{path}"), https("{b}", "{path}")] {
        let seen = gateway.send(&way, sites).await;
        if !is_refused(&seen) {
            return Err(CannotJudge::BlockedIsOpen(told(&seen)));
        }
    }
    Ok(())
}

/// Whether the gateway says itself that it refuses. A connection that ends may have any cause.
fn is_refused(seen: &Seen) -> bool {
    matches!(seen, Seen::Answer(Answer { by: By::Denied, .. }, inspected) if *inspected != Inspected::No)
}

fn told(seen: &Seen) -> String {
    judge(Wanted::Refusal, seen).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::KINDS;

    #[test]
    fn there_are_cases_of_every_kind_and_each_has_a_name_of_its_own() {
        let all = cases::all();
        for kind in KINDS {
            assert!(all.iter().any(|case| case.kind == kind), "{kind:?}");
        }
        assert_eq!(all.len(), 497, "docs/probe.md says how many there are");
        let mut names: Vec<(Kind, String)> =
            cases::all().into_iter().map(|case| (case.kind, case.name)).collect();
        names.sort();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn only_a_page_that_says_so_counts_as_a_refusal_of_the_blocked_page() {
        let by = |by, inspected| Seen::Answer(Answer { status: 403, by, offers: false }, inspected);
        assert!(is_refused(&by(By::Denied, Inspected::Yes)));
        assert!(is_refused(&by(By::Denied, Inspected::NotShown)));
        assert!(!is_refused(&by(By::Denied, Inspected::No)), "a site can say anything");
        for other in [By::Site, By::OwnPage, By::Unreachable, By::Down] {
            assert!(!is_refused(&by(other, Inspected::Yes)));
        }
        for inspected in [Inspected::Yes, Inspected::No, Inspected::NotShown] {
            assert!(
                !is_refused(&Seen::NoHandshake(inspected)) && !is_refused(&Seen::TunnelClosed(inspected))
            );
        }
        assert!(!is_refused(&Seen::Closed) && !is_refused(&Seen::Nothing));
    }

    #[test]
    fn no_place_is_left_unfilled() {
        let sites = Sites::new("https://games.example/", "https://open.example/").unwrap();
        for case in cases::all() {
            let filled = sites.fill(&format!("{case:?}")).replace("{auth}", "");
            let left = ["{b", "{o", "{p", "{w", "{c", "{i", "{s", "{z", "{l", "{d", "{B", "{h"];
            for place in left {
                assert!(!filled.contains(place), "{place} in {filled}");
            }
        }
    }
}
