//! One event per request, on every path: a recording holds the reserved place and fills it when the request ends, or
//! when it is dropped, whichever comes first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;
use usher_events::event::{End, Ended, Event, Outcome, Protocol, TunnelEvent, WebEvent, What};
use usher_events::sink::Place;
use usher_policy::decision::Decision;
use usher_policy::facts::{TlsFacts, WebFacts};
use usher_policy::verdict::TlsAction;
use usher_types::ids::EventId;
use usher_types::moment::Moment;

use crate::gateway::Gateway;
use crate::guard::Busy;
use crate::title::TitleCapture;

/// What a recording is of.
#[derive(Debug)]
pub(crate) enum Subject {
    /// A request.
    Web(Box<(WebFacts, Decision)>),
    /// A tunnel.
    Tunnel(Box<(TlsFacts, Decision, TlsAction)>),
}

/// The event of one request, as far as it is known.
pub(crate) struct Recording {
    gateway: Arc<Gateway>,
    place: Option<Place>,
    id: EventId,
    at: Moment,
    began: Instant,
    subject: Option<Subject>,
    outcome: Outcome,
    received: Arc<AtomicU64>,
    title: Option<TitleCapture>,
    ended: bool,
    // While it is held, the connection is not idle.
    _busy: Option<Busy>,
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Recording {
    /// A recording in a reserved place.
    pub(crate) fn new(
        gateway: &Arc<Gateway>,
        place: Place,
        subject: Subject,
        protocol: Protocol,
        at: Moment,
        busy: Option<Busy>,
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
            gateway: Arc::clone(gateway),
            id: place.id(),
            place: Some(place),
            at,
            began: Instant::now(),
            subject: Some(subject),
            outcome,
            received: Arc::default(),
            title: None,
            ended: false,
            _busy: busy,
        }
    }

    /// The event's id.
    pub(crate) const fn id(&self) -> EventId {
        self.id
    }

    /// The gateway.
    pub(crate) const fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// How long the request has been going on.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.began.elapsed()
    }

    /// Whether its event is written while it goes on.
    pub(crate) const fn is_written(&self) -> bool {
        self.place.is_none()
    }

    /// What the decision saw, until the event is written.
    pub(crate) const fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    /// Counts the bytes of the request's body.
    pub(crate) fn received(&self) -> Arc<AtomicU64> {
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
        if status == 200 {
            self.title = TitleCapture::for_answer(headers);
        }
    }

    /// A piece of the answer went to the client.
    pub(crate) fn sent(&mut self, piece: &bytes::Bytes) {
        self.outcome.sent_bytes += piece.len() as u64;
        if let Some(title) = &mut self.title {
            title.pass(piece);
        }
    }

    /// So many bytes went each way.
    pub(crate) fn passed(&mut self, received: u64, sent: u64) {
        self.received.store(received, Ordering::Relaxed);
        self.outcome.sent_bytes = sent;
    }

    /// It is now another protocol.
    pub(crate) const fn becomes(&mut self, protocol: Protocol) {
        self.outcome.protocol = protocol;
    }

    /// Writes the event while the request goes on; its end follows as an event of its own.
    pub(crate) fn write_open(&mut self) {
        if self.place.is_some() {
            self.outcome.end = End::StillOpen;
            self.settle();
            self.write();
        }
    }

    /// Writes how it ended. Only the first end counts.
    pub(crate) fn finish(&mut self, end: End) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.outcome.end = end;
        self.settle();
        if self.place.is_some() {
            self.write();
        } else {
            self.write_ended();
        }
    }

    fn settle(&mut self) {
        self.outcome.received_bytes = self.received.load(Ordering::Relaxed);
        self.outcome.duration_ms = u32::try_from(self.began.elapsed().as_millis()).unwrap_or(u32::MAX);
        if let Some(title) = self.title.take() {
            self.outcome.title = title.title();
        }
    }

    fn write(&mut self) {
        let (Some(place), Some(subject)) = (self.place.take(), self.subject.as_ref()) else { return };
        let outcome = self.outcome.clone();
        let what = match subject {
            Subject::Web(parts) => {
                let (facts, decision) = parts.as_ref();
                What::Web(Box::new(WebEvent { facts: facts.clone(), decision: decision.clone(), outcome }))
            }
            Subject::Tunnel(parts) => {
                let (facts, decision, action) = parts.as_ref();
                let (facts, decision) = (facts.clone(), decision.clone());
                What::Tunnel(Box::new(TunnelEvent { facts, decision, action: *action, outcome }))
            }
        };
        place.fill(Event { id: self.id, school: self.gateway.parts.school, at: self.at, what });
    }

    fn write_ended(&self) {
        let event = Event {
            id: self.id,
            school: self.gateway.parts.school,
            at: self.gateway.now(),
            what: What::Ended(Ended { event: self.id, outcome: self.outcome.clone() }),
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

impl Drop for Recording {
    fn drop(&mut self) {
        self.finish(End::ClientLeft);
    }
}
