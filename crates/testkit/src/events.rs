//! Events as a gateway would record them.

use usher_events::event::{End, Event, Outcome, Protocol, WebEvent, What};
use usher_policy::decide::decide_web;
use usher_policy::facts::WebFacts;
use usher_policy::snapshot::Snapshot;
use usher_types::ids::Id;
use usher_types::moment::Moment;

/// How an ordinary page went.
pub fn outcome(status: u16) -> Outcome {
    Outcome {
        status,
        protocol: Protocol::Http1,
        received_bytes: 0,
        sent_bytes: 1_024,
        duration_ms: 12,
        content_type: Some("text/html".into()),
        title: Some("A page".into()),
        end: End::Complete,
    }
}

/// The event of a web request decided under a snapshot.
pub fn web(id: u64, snapshot: &Snapshot, facts: WebFacts, at: Moment) -> Event {
    let decision = decide_web(snapshot, &facts, at);
    let status = if decision.is_refusal() { 403 } else { 200 };
    let what = What::Web(Box::new(WebEvent { facts, decision, outcome: outcome(status) }));
    Event { id: Id::new(id), school: Id::new(1), at, what }
}
