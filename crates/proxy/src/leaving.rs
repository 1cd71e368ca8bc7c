//! What a request would take out of the school: its form or upload is read before any of it goes on.
//!
//! Owns: taking the beginning of a body, and what it says as facts. Does not: decide, or keep the body: what goes on is
//! what came.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, header};
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::Instant;
use usher_policy::facts::WebFacts;
use usher_scan::coding::{self, Coding, Decoder};
use usher_scan::features::{Sent, SentKind};
use usher_scan::{form, sent};
use usher_types::url::WebAddress;

use crate::answer::{name, stopwatch};
use crate::body::BodyFault;
use crate::coming::{Coming, Rest, Took};
use crate::gateway::Gateway;
use crate::limits::{SENT_AT_ONCE_BYTES, SENT_LOOKED_AT_BYTES, SENT_TIME};
use crate::record::Recording;

/// A client's body, of which some was taken already.
#[derive(Debug)]
pub(crate) struct Upload(Coming);

impl Upload {
    /// Takes pieces until there is enough to look at, it is at its end, or nothing comes for too long.
    async fn take(&mut self, bytes: usize, until: Instant) -> Bytes {
        let mut taken = BytesMut::new();
        while taken.len() < bytes
            && let Took::Piece(piece) = self.0.take(until).await
        {
            taken.extend_from_slice(&piece);
        }
        taken.freeze()
    }
}

impl<B: Into<Rest>> From<B> for Upload {
    fn from(body: B) -> Self {
        Self(Coming::new(body))
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        self.0.poll_next(context).map_ok(|(frame, _is_new)| frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_given_out()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Looks at what a request would take out. Whether that closes what was open; the request goes on as it came.
pub(crate) async fn look(
    gateway: &Arc<Gateway>,
    recording: &mut Recording<WebFacts>,
    request: Request<impl Into<Rest>>,
) -> (Request<Upload>, bool) {
    let (parts, body) = request.into_parts();
    let mut upload = Upload::from(body);
    let text = |name| parts.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    // A call that stays open both ways would wait for its own answer.
    let is_stream = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/grpc"));
    let found = if upload.is_end_stream() || is_stream {
        in_address(gateway, &recording.facts)
    } else {
        // Most requests have no body: what reading one takes is not set aside for all of them.
        let found = Box::pin(in_body(gateway, recording, &parts.headers, &mut upload)).await;
        found.or_else(|| in_address(gateway, &recording.facts))
    };
    let refused = match found {
        None => false,
        Some(sent) => {
            recording.facts.sent = Some(sent);
            recording.judge_again()
        }
    };
    (Request::from_parts(parts, upload), refused)
}

/// What a form takes out in its address. Words for a search engine are searched for and
/// not given to anybody, and parts of a page are what its site made of them.
fn in_address(gateway: &Gateway, facts: &WebFacts) -> Option<Sent> {
    let query = facts.address.query.as_deref().filter(|query| query.contains('='))?;
    if facts.part_of_page || facts.features.search.is_some() {
        return None;
    }
    let form = form::read(Some("application/x-www-form-urlencoded"), query.as_bytes());
    sent::look(&form, &facts.address, &gateway.parts.people.load(), &gateway.parts.themes)
}

async fn in_body(
    gateway: &Arc<Gateway>,
    recording: &Recording<WebFacts>,
    headers: &HeaderMap,
    upload: &mut Upload,
) -> Option<Sent> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let asked = Asked {
        gateway: Arc::clone(gateway),
        address: recording.facts.address.clone(),
        kind: text(header::CONTENT_TYPE).map(str::to_owned),
        coding: name::codings(headers),
        body: upload.take(SENT_LOOKED_AT_BYTES, Instant::now() + SENT_TIME).await,
    };
    if asked.body.len() <= SENT_AT_ONCE_BYTES {
        return asked.find();
    }
    let found = tokio::task::spawn_blocking(move || asked.find()).await;
    // What could not be looked at to its end is not said to hold nothing.
    found.unwrap_or_else(|_broke_off| Some(unread()))
}

fn unread() -> Sent {
    Sent { kinds: vec![SentKind::Unread], ..Sent::default() }
}

/// A body to look at.
struct Asked {
    gateway: Arc<Gateway>,
    address: WebAddress,
    kind: Option<String>,
    coding: Option<String>,
    body: Bytes,
}

impl Asked {
    fn find(&self) -> Option<Sent> {
        let body = match self.coding.as_deref().map(coding::codings) {
            None => self.body.clone(),
            Some(Ok(codings)) => plain(&codings, &self.body),
            // Nobody here can read it, and that is a fact too.
            Some(Err(_unknown)) => return Some(unread()),
        };
        let form = form::read(self.kind.as_deref(), &body);
        let parts = &self.gateway.parts;
        sent::look(&form, &self.address, &parts.people.load(), &parts.themes)
    }
}

/// A body without its coding, as far as it can be read.
fn plain(codings: &[Coding], body: &[u8]) -> Bytes {
    let mut plain = BytesMut::new();
    // What is broken or cut off gives what was read before.
    let _partly = Decoder::new(codings, stopwatch()).push(body, |piece| {
        if plain.len() < SENT_LOOKED_AT_BYTES {
            plain.extend_from_slice(piece);
        }
    });
    plain.freeze()
}
