//! Recorded requests decided again with another policy, and with the lists, grants and lesson lists of their own moment.
//!
//! Does not: make snapshots, or count; whoever asks brings the ones and does the other.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use usher_events::event::{Event, TunnelEvent, WebEvent, What};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::facts::Subject;
use usher_policy::replay::{Came, Unknown, compared};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::TlsAction;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::question::{Activity, Question};
use crate::spool::SpoolFault;

/// Generations kept made. A grant makes a new one; events of the same minutes share a few.
const MOST_MADE: usize = 64;

/// Makes the snapshot of a generation with the other policy in it, or says which part of it is missing.
pub type Remake<'a> = dyn FnMut(Digest) -> Result<Arc<Snapshot>, String> + 'a;

/// Takes whose request it was, of which site, and what came of it.
pub type Each<'a> = dyn FnMut(&Subject, &str, Came) -> ControlFlow<()> + 'a;

/// Decides every request of a question again. Blocks on the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn replay(
    activity: &dyn Activity,
    question: &Question,
    remake: &mut Remake<'_>,
    each: &mut Each<'_>,
) -> Result<(), SpoolFault> {
    let mut then = Then { remake, made: HashMap::new() };
    activity.scan(question, &mut |event| match again(&mut then, &event) {
        Some((subject, site, came)) => each(subject, &site, came),
        None => ControlFlow::Continue(()),
    })
}

/// What was in force then, with the other policy in it.
struct Then<'a, 'b> {
    remake: &'a mut Remake<'b>,
    made: HashMap<Digest, Result<Arc<Snapshot>, String>>,
}

impl Then<'_, '_> {
    fn snapshot(&mut self, generation: Digest) -> Result<Arc<Snapshot>, Unknown> {
        if self.made.len() >= MOST_MADE && !self.made.contains_key(&generation) {
            self.made.clear();
        }
        let made = self.made.entry(generation).or_insert_with(|| (self.remake)(generation));
        made.clone().map_err(Unknown::NotKept)
    }
}

/// None when the event is no request, or its requests have events of their own.
fn again<'e>(then: &mut Then<'_, '_>, event: &'e Event) -> Option<(&'e Subject, String, Came)> {
    match &event.what {
        What::Web(web) => {
            let came = web_again(then, web, event.at).unwrap_or_else(Came::Unknown);
            Some((&web.facts.who.subject, web.facts.address.host.to_string(), came))
        }
        What::Tunnel(tunnel) if tunnel.action != TlsAction::Inspect => {
            let came = tunnel_again(then, tunnel, event.at).unwrap_or_else(Came::Unknown);
            Some((&tunnel.facts.who.subject, tunnel.facts.connect.0.to_string(), came))
        }
        _ => None,
    }
}

fn web_again(then: &mut Then<'_, '_>, web: &WebEvent, at: Moment) -> Result<Came, Unknown> {
    let snapshot = then.snapshot(web.decision.generation)?;
    let again = decide_web(&snapshot, &web.facts, at);
    Ok(compared(&web.decision, again, web.facts.carried.is_some()))
}

fn tunnel_again(then: &mut Then<'_, '_>, tunnel: &TunnelEvent, at: Moment) -> Result<Came, Unknown> {
    let snapshot = then.snapshot(tunnel.decision.generation)?;
    match decide_tls(&snapshot, &tunnel.facts, at) {
        (_, TlsAction::Inspect) if tunnel.action == TlsAction::Splice => Err(Unknown::NotDecrypted),
        (again, _) => Ok(compared(&tunnel.decision, again, false)),
    }
}
