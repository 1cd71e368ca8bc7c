//! What happened, one event of an alert: what it was, what was found in it, and what was decided.

use usher_events::event::{Ended, Event, System, What};
use usher_policy::decision::Reason;
use usher_policy::evidence::{self, Named};
use usher_policy::explain;
use usher_records::alert::Off;
use usher_records::disclosure::Disclosure;
use usher_types::moment::Moment;
use usher_types::role::Reader;

use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::pages::desk::{address, opening};
use crate::view::says::Says;

/// One event of an alert.
pub(super) struct Happened {
    pub(super) time: String,
    pub(super) what: String,
    pub(super) found: Vec<String>,
    pub(super) address: Option<String>,
    pub(super) refused: bool,
    pub(super) reason: Option<String>,
    pub(super) known: bool,
}

/// When the filter was off and why. Told from the alert itself: a disk that takes no events has none to read.
pub(super) fn off(says: &Says, clock: Clock<'_>, why: Off, (from, until): (Moment, Moment)) -> String {
    let key = format!("filter-off-{}", why.name());
    says.t2(key, ("from", &clock.full(from)), ("until", &clock.full(until)))
}

pub(super) fn happened(
    says: &Says,
    roll: &Roll,
    clock: Clock<'_>,
    (disclosed, named): (&[Disclosure], Named<'_>),
    event: &Event,
) -> Happened {
    let turned = match &event.what {
        What::Ended(Ended { turned: Some(turned), .. }) => Some(&turned.web.decision),
        _ => None,
    };
    let decision = event.decision().or(turned);
    // What is sealed is shown nowhere: whoever answers the alert must not be led there (UM-01).
    let sealed = decision.is_some_and(|decision| matches!(decision.reason, Reason::SealedList));
    let page = opening::page_of(event).map(|page| address::shown(&page)).filter(|_page| !sealed);
    let mut found = Vec::new();
    let what = match &event.what {
        What::Web(_) | What::Tunnel(_) | What::Ended(_) if sealed => says.t("alert-sealed-hidden"),
        What::Web(web) => {
            let features = &web.facts.features;
            found = features.themes.iter().map(|hit| evidence::phrase(says.words(), hit)).collect();
            found.extend(evidence::found(says.words(), named, &web.facts, &web.decision));
            let search = features.search.as_ref();
            let search = search.map(|search| {
                says.t2("report-searched", ("words", &search.words), ("engine", &search.engine))
            });
            search.or_else(|| web.outcome.title.clone()).or_else(|| page.clone()).unwrap_or_default()
        }
        What::SignInFailed(failed) => {
            if let Some(last) = failed.last_here {
                found.push(says.t1("alert-last-here", "name", roll.name(says, last)));
            }
            says.t2("alert-wrong-password", ("username", &failed.username), ("device", &failed.address))
        }
        What::System(System::TwoPlaces { addresses: (one, other), .. }) => {
            says.t2("alert-devices", ("one", one), ("other", other))
        }
        What::System(System::FilterOff { from, until, why }) => off(says, clock, *why, (*from, *until)),
        What::Ended(Ended { turned: Some(turned), .. }) => {
            found = evidence::found(says.words(), named, &turned.web.facts, &turned.web.decision);
            says.t("alert-turned")
        }
        What::Tunnel(_) | What::Malformed(_) | What::Ended(_) | What::System(_) => {
            page.clone().unwrap_or_default()
        }
    };
    Happened {
        time: clock.time(event.at),
        address: page.filter(|page| *page != what),
        what,
        found,
        refused: decision.is_some_and(usher_policy::decision::Decision::is_refusal),
        reason: decision.map(|decision| explain::reason(says.words(), Reader::Adult, decision)),
        known: disclosed.iter().any(|time| Some(time.person) == event.person() && time.covers(event.at)),
    }
}
