//! One event per request, on every path: a recording holds the reserved place from the moment a request is known, and
//! fills it when the request ends, or when it is dropped, whichever comes first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::time::Instant;
use usher_events::event::{End, Ended, Event, Outcome, Protocol, Turned, What};
use usher_events::sink::Place;
use usher_policy::decision::Decision;
use usher_policy::snapshot::Snapshot;
use usher_scan::phrase::book::PhraseBook;
use usher_types::digest::Digest;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::body::Body;
use crate::case::Case;
use crate::gateway::Gateway;
use crate::guard::Busy;
use crate::identify::Shown;
use crate::shares::Share;

/// What a request began with, and is decided with from head to answer: one generation, whatever is published meanwhile.
struct Kept {
    snapshot: Option<Arc<Snapshot>>,
    phrases: Arc<PhraseBook>,
}

impl Kept {
    fn now(gateway: &Gateway) -> Self {
        Self { snapshot: gateway.parts.snapshot.load_full(), phrases: gateway.book() }
    }
}

/// The event of one request or tunnel, as far as it is known.
pub(crate) struct Recording<C: Case> {
    /// What the decision sees.
    pub(crate) facts: C,
    gateway: Arc<Gateway>,
    /// The event's place, and the client's share of places it is one of.
    place: Option<(Place, Share)>,
    id: EventId,
    at: Moment,
    began: Instant,
    /// What it is judged with until its event is written.
    kept: Option<Kept>,
    judgement: Option<C::Judgement>,
    outcome: Outcome,
    received: Arc<Received>,
    ended: bool,
    /// Whether it was refused after its event was written.
    is_turned: bool,
    /// The credentials it came with, if it did.
    pub(crate) shown: Option<Arc<Shown>>,
    // While it is held, the connection is not idle.
    _busy: Busy,
}

impl<C: Case> std::fmt::Debug for Recording<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("id", &self.id)
            .field("facts", &self.facts)
            .field("judgement", &self.judgement)
            .finish_non_exhaustive()
    }
}

impl<C: Case> Recording<C> {
    /// A recording in a reserved place, not judged yet.
    pub(crate) fn new(
        gateway: &Arc<Gateway>,
        busy: Busy,
        protocol: Protocol,
        facts: C,
        place: (Place, Share),
        at: Moment,
    ) -> Self {
        let outcome = Outcome {
            status: 0,
            protocol,
            received_bytes: 0,
            sent_bytes: 0,
            duration_ms: 0,
            content_type: None,
            title: None,
            end: End::ClientLeft,
        };
        Self {
            facts,
            gateway: Arc::clone(gateway),
            id: place.0.id(),
            place: Some(place),
            at,
            began: Instant::now(),
            kept: Some(Kept::now(gateway)),
            judgement: None,
            outcome,
            received: Arc::default(),
            ended: false,
            is_turned: false,
            shown: None,
            _busy: busy,
        }
    }

    /// The event's id.
    pub(crate) const fn id(&self) -> EventId {
        self.id
    }

    /// When the request came: what it is judged by.
    pub(crate) const fn at(&self) -> Moment {
        self.at
    }

    /// The gateway.
    pub(crate) const fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// The snapshot it began with, or the one in force once its event is written.
    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        match &self.kept {
            Some(kept) => kept.snapshot.clone(),
            None => self.gateway.parts.snapshot.load_full(),
        }
    }

    /// The phrases its answer is read for: those of the time it began, as its snapshot is.
    pub(crate) fn book(&self) -> Arc<PhraseBook> {
        self.kept.as_ref().map_or_else(|| self.gateway.book(), |kept| Arc::clone(&kept.phrases))
    }

    fn decided(&self) -> C::Judgement {
        self.facts.judge(self.snapshot().as_deref(), self.at)
    }

    /// Judges the facts as they are now; the last judgement is the one that is recorded.
    pub(crate) fn judge(&mut self) -> &mut C::Judgement {
        let judgement = self.decided();
        self.is_turned = self.place.is_none() && C::decision(&judgement).is_refusal();
        self.judgement.insert(judgement)
    }

    /// Judges with what was learnt meanwhile. Whether that closes what was open.
    pub(crate) fn judge_again(&mut self) -> bool {
        C::decision(self.judge()).is_refusal()
    }

    /// The last judgement, or the first.
    pub(crate) fn judgement(&mut self) -> &mut C::Judgement {
        let judgement = self.judgement.take().unwrap_or_else(|| self.decided());
        self.judgement.insert(judgement)
    }

    /// The decision in the last judgement, or the first.
    pub(crate) fn decision(&mut self) -> &Decision {
        C::decision(self.judgement())
    }

    /// Whether there was a snapshot to judge with. There always is one, except while Usher starts or stops.
    pub(crate) fn is_judged(&mut self) -> bool {
        self.decision().generation != Digest::default()
    }

    /// Judges an open request again, with the snapshot, the person and the time as they are now. That is not the snapshot it
    /// began with, on purpose: a tunnel or a live page stays open for hours, and what is shut meanwhile is to end. What is
    /// recorded of it stays the decision it went on by.
    pub(crate) fn is_still_allowed(&self) -> bool {
        let Some(before) = &self.judgement else { return true };
        let at = self.gateway.now();
        let mut facts = self.facts.clone();
        let who = facts.who();
        *who = match &self.shown {
            Some(shown) => shown.who_lately(&self.gateway, at),
            None => self.gateway.who(who.device.address, at),
        };
        let judgement = facts.judge(self.gateway.snapshot().as_deref(), at);
        if !C::stays_unread(before, &judgement) {
            return false;
        }
        let (now, before) = (C::decision(&judgement), C::decision(before));
        // Bytes on their way to an address that searches freely do not become safe by a new decision.
        now.verdict <= before.verdict && now.connects_to() == before.connects_to()
    }

    /// How long the request has been going on.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.began.elapsed()
    }

    /// Counts the bytes of the request's body.
    pub(crate) fn received(&self) -> Arc<Received> {
        Arc::clone(&self.received)
    }

    /// What the client is answered with.
    pub(crate) fn answered(&mut self, status: u16, headers: &http::HeaderMap) {
        self.outcome.status = status;
        self.outcome.content_type = headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(|kind| {
                kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase().chars().take(80).collect()
            })
            .filter(|kind: &String| !kind.is_empty());
    }

    /// The answer is a page with this title.
    pub(crate) fn titled(&mut self, title: Option<String>) {
        if self.outcome.status == 200 && title.is_some() {
            self.outcome.title = title;
        }
    }

    /// A piece of the answer went to the client.
    pub(crate) fn sent(&mut self, piece: &bytes::Bytes) {
        self.outcome.sent_bytes += piece.len() as u64;
    }

    /// A page of ours went to the client.
    pub(crate) fn sent_whole(&mut self, page: &Body) {
        if let Body::Full(Some(bytes)) = page
            && self.facts.takes_body()
        {
            self.sent(bytes);
        }
    }

    /// So many bytes went each way.
    pub(crate) fn passed(&mut self, received: u64, sent: u64) {
        self.received.bytes.store(received, Ordering::Relaxed);
        self.outcome.sent_bytes = sent;
    }

    /// It is now another protocol.
    pub(crate) const fn becomes(&mut self, protocol: Protocol) {
        self.outcome.protocol = protocol;
    }

    /// Writes the event while the request goes on; its end follows as an event of its own. What it began with is let go of:
    /// from here on it is judged by what is in force, as [`Self::is_still_allowed`] does, and a tunnel that is open all day
    /// does not keep a whole generation of lists in memory.
    pub(crate) fn write_open(&mut self) {
        if let Some((place, _share)) = self.place.take() {
            self.outcome.end = End::StillOpen;
            self.settle();
            self.write(place);
            self.kept = None;
        }
    }

    /// Writes how it ended. Only the first end counts.
    pub(crate) fn finish(&mut self, end: End) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // A site that gets half a request breaks off; the fault is the client's.
        let broke_off = matches!(end, End::Upstream(_)) && self.received.broke_off.load(Ordering::Relaxed);
        self.outcome.end = if broke_off { End::ClientLeft } else { end };
        self.settle();
        match self.place.take() {
            Some((place, _share)) => self.write(place),
            None => self.write_ended(),
        }
    }

    fn settle(&mut self) {
        self.outcome.received_bytes = self.received.bytes.load(Ordering::Relaxed);
        self.outcome.duration_ms = u32::try_from(self.began.elapsed().as_millis()).unwrap_or(u32::MAX);
    }

    fn write(&mut self, place: Place) {
        let judgement = self.judgement().clone();
        let what = self.facts.clone().event(judgement, self.outcome.clone());
        place.fill(Event { id: self.id, school: self.gateway.parts.school, at: self.at, what });
    }

    /// The refusal that came after the event was written.
    fn turned(&self) -> Option<Box<Turned>> {
        let judgement = self.judgement.clone().filter(|_| self.is_turned)?;
        match self.facts.clone().event(judgement, self.outcome.clone()) {
            What::Web(web) => Some(Box::new(Turned { judged_at: self.at, web: *web })),
            _ => None,
        }
    }

    fn write_ended(&self) {
        let event = Event {
            id: self.id,
            school: self.gateway.parts.school,
            at: self.gateway.now(),
            what: What::Ended(Ended { event: self.id, outcome: self.outcome.clone(), turned: self.turned() }),
        };
        match self.gateway.parts.sink.try_reserve() {
            Ok(place) => place.fill(event),
            Err(_busy_or_closed) => {
                // The end of something already recorded may wait for its place.
                let sink = Arc::clone(&self.gateway.parts.sink);
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    runtime.spawn(async move {
                        if let Ok(place) = sink.reserve().await {
                            place.fill(event);
                        }
                    });
                }
            }
        }
    }
}

/// What came of a request's body.
#[derive(Debug, Default)]
pub(crate) struct Received {
    bytes: AtomicU64,
    broke_off: AtomicBool,
    whole: AtomicBool,
}

impl Received {
    /// So many bytes more.
    pub(crate) fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// All of it came.
    pub(crate) fn end(&self) {
        self.whole.store(true, Ordering::Relaxed);
    }

    /// How much came, and whether that is all.
    pub(crate) fn so_far(&self) -> (u64, bool) {
        (self.bytes.load(Ordering::Relaxed), self.whole.load(Ordering::Relaxed))
    }

    /// Whether the client broke off in the middle, or went on in a way that nobody can read.
    pub(crate) fn has_broken_off(&self) -> bool {
        self.broke_off.load(Ordering::Relaxed)
    }

    /// The client broke off in the middle.
    pub(crate) fn break_off(&self) {
        self.broke_off.store(true, Ordering::Relaxed);
    }
}

impl<C: Case> Drop for Recording<C> {
    fn drop(&mut self) {
        self.finish(if self.gateway.cut.is_cancelled() { End::Usher } else { End::ClientLeft });
    }
}
