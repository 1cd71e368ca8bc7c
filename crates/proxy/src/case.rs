//! The two things the gateway judges, a request and a tunnel, as far as the rest treats them alike.

use std::net::IpAddr;

use usher_events::event::{Outcome, TunnelEvent, WebEvent, What};
use usher_policy::decide::{decide_tls, decide_web};
use usher_policy::decision::{Decision, Flip, Reason, Step};
use usher_policy::facts::{Circumstances, TlsFacts, WebFacts};
use usher_policy::snapshot::Snapshot;
use usher_policy::verdict::{TlsAction, Verdict, WebAction, actions};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// The facts of a request or a tunnel: how they are judged, and what becomes of them.
pub(crate) trait Case: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// What is decided on them.
    type Judgement: std::fmt::Debug + Clone + Send + Sync + 'static;

    /// Decides with a snapshot. Without one nothing goes through.
    fn judge(&self, snapshot: Option<&Snapshot>, at: Moment) -> Self::Judgement;

    /// The decision in it.
    fn decision(judgement: &Self::Judgement) -> &Decision;

    /// Whether what is judged `now` may be read as little as it is being read.
    fn stays_unread(_before: &Self::Judgement, _now: &Self::Judgement) -> bool {
        true
    }

    /// Whether its site may be connected to.
    fn may_connect(judgement: &Self::Judgement) -> bool;

    /// Who asks.
    fn who(&mut self) -> &mut Circumstances;

    /// The address that would be connected to.
    fn resolved(&mut self) -> &mut Option<IpAddr>;

    /// Whether an answer to it has a body.
    fn takes_body(&self) -> bool;

    /// Its event.
    fn event(self, judgement: Self::Judgement, outcome: Outcome) -> What;
}

impl Case for WebFacts {
    type Judgement = Decision;

    fn judge(&self, snapshot: Option<&Snapshot>, at: Moment) -> Decision {
        snapshot.map_or_else(unjudged, |snapshot| decide_web(snapshot, self, at))
    }

    fn decision(judgement: &Decision) -> &Decision {
        judgement
    }

    fn may_connect(judgement: &Decision) -> bool {
        actions(judgement.verdict).0 == WebAction::Forward
    }

    fn who(&mut self) -> &mut Circumstances {
        &mut self.who
    }

    fn resolved(&mut self) -> &mut Option<IpAddr> {
        &mut self.resolved
    }

    fn takes_body(&self) -> bool {
        self.method != "HEAD"
    }

    fn event(self, decision: Decision, outcome: Outcome) -> What {
        What::Web(Box::new(WebEvent { facts: self, decision, outcome }))
    }
}

impl Case for TlsFacts {
    type Judgement = (Decision, TlsAction);

    fn judge(&self, snapshot: Option<&Snapshot>, at: Moment) -> (Decision, TlsAction) {
        let unjudged = || (unjudged(), TlsAction::Terminate);
        snapshot.map_or_else(unjudged, |snapshot| decide_tls(snapshot, self, at))
    }

    fn decision((decision, _): &(Decision, TlsAction)) -> &Decision {
        decision
    }

    /// A tunnel that is passed on unread ends where it would be read by now: an app's hour is over, or somebody else sits there.
    fn stays_unread((_, before): &(Decision, TlsAction), (_, now): &(Decision, TlsAction)) -> bool {
        *before != TlsAction::Splice || *now == TlsAction::Splice
    }

    /// A word first is said on the pages inside, which come from the site afterwards. Own pages have no site.
    fn may_connect((decision, _): &(Decision, TlsAction)) -> bool {
        decision.verdict <= Verdict::Coach && decision.reason != Reason::OwnPage
    }

    fn who(&mut self) -> &mut Circumstances {
        &mut self.who
    }

    fn resolved(&mut self) -> &mut Option<IpAddr> {
        &mut self.resolved
    }

    fn takes_body(&self) -> bool {
        true
    }

    fn event(self, (decision, action): (Decision, TlsAction), outcome: Outcome) -> What {
        What::Tunnel(Box::new(TunnelEvent { facts: self, decision, action, outcome }))
    }
}

/// What stands for a decision where there is no snapshot to decide with. Its generation is none.
fn unjudged() -> Decision {
    Decision {
        verdict: Verdict::Block,
        reason: Reason::Unknown,
        step: Step::Default,
        group: None,
        matched: None,
        mismatches: Vec::new(),
        generation: Digest::default(),
        trail: Vec::new(),
        flip: Flip::Nothing,
        adjust: Vec::new(),
    }
}
