//! What tests say about events: each in a line, and what must be true of all of them.

use std::collections::HashMap;
use std::sync::Arc;

use usher_events::event::{End, Event, Outcome, What};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::Verdict;
use usher_types::digest::Digest;
use usher_types::ids::EventId;

/// An event in a line, without what differs from run to run: `GET http://a.example/ Allow Unknown 200 Complete`.
pub(crate) fn line(event: &Event) -> String {
    match &event.what {
        What::Web(web) => format!(
            "{} {} {:?} {:?} {}",
            web.facts.method,
            web.facts.address,
            web.decision.verdict,
            web.decision.reason,
            went(&web.outcome)
        ),
        What::Tunnel(tunnel) => {
            let (host, port) = &tunnel.facts.connect;
            format!(
                "CONNECT {host}:{port} {:?} {:?} {:?} {}",
                tunnel.decision.verdict,
                tunnel.decision.reason,
                tunnel.action,
                went(&tunnel.outcome)
            )
        }
        What::Malformed(malformed) => format!("malformed {:?} {}", malformed.fault, malformed.status),
        What::Ended(ended) => format!("ended {}", went(&ended.outcome)),
        other => format!("{other:?}"),
    }
}

fn went(outcome: &Outcome) -> String {
    format!("{} {:?}", outcome.status, outcome.end)
}

/// Body bytes from and to the client.
pub(crate) fn bytes(event: &Event) -> (u64, u64) {
    let outcome = outcome(event);
    (outcome.received_bytes, outcome.sent_bytes)
}

/// How the request with this event went, to the last word on it.
pub(crate) fn outcome(event: &Event) -> &Outcome {
    match &event.what {
        What::Web(web) => &web.outcome,
        What::Tunnel(tunnel) => &tunnel.outcome,
        What::Ended(ended) => &ended.outcome,
        other => panic!("{other:?} went nowhere"),
    }
}

/// Every decision can be made again from the facts beside it, and what was still open has exactly one end.
pub(crate) fn check(events: &[Event], generations: &HashMap<Digest, Arc<Snapshot>>) {
    let mut open: Vec<EventId> = Vec::new();
    for event in events {
        if let Some(decision) = event.decision()
            && decision.generation == Digest::default()
        {
            assert_eq!(decision.verdict, Verdict::Block, "nothing goes through unjudged");
            continue;
        }
        match &event.what {
            What::Web(web) => {
                let snapshot = &generations[&web.decision.generation];
                assert_eq!(decide_web(snapshot, &web.facts, event.at), web.decision, "{}", line(event));
                open.extend((web.outcome.end == End::StillOpen).then_some(event.id));
            }
            What::Tunnel(tunnel) => {
                let snapshot = &generations[&tunnel.decision.generation];
                let (decision, _) = decide_tls(snapshot, &tunnel.facts, event.at);
                assert_eq!(decision, tunnel.decision, "{}", line(event));
                open.extend((tunnel.outcome.end == End::StillOpen).then_some(event.id));
            }
            What::Ended(ended) => {
                let at = open.iter().position(|id| *id == ended.event);
                open.remove(at.expect("only what was open ends, and ends once"));
                assert_ne!(ended.outcome.end, End::StillOpen);
                if let Some(turned) = &ended.turned {
                    let snapshot = &generations[&turned.web.decision.generation];
                    let again = decide_web(snapshot, &turned.web.facts, turned.judged_at);
                    assert_eq!(again, turned.web.decision, "{}", line(event));
                }
            }
            _ => {}
        }
    }
    assert_eq!(open, [], "what was written open has its end");
}
