//! One ICAP message: judged like a request on the proxy's own port, or read like an answer there.
//!
//! Owns: what the gateway's own way is given, and what its outcome means in ICAP. Does not: decide, identify, read or record
//! by ways of its own; it calls those of [`crate::serve`], [`crate::leaving`] and [`crate::answer`].

use std::sync::Arc;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri, header};
use usher_events::event::{End, MalformedFault, Protocol};
use usher_events::sink::Place;
use usher_policy::facts::{Hello, TlsFacts, WebFacts};
use usher_policy::verdict::{Inside, TlsAction, WebAction, actions, tls_action};
use usher_scan::coding;
use usher_types::host::Host;
use usher_types::url::{Scheme, WebAddress};

use super::body::Pieces;
use super::out::Answer;
use crate::adjust;
use crate::answer::{self, reading::Reading, reading::Way};
use crate::body::Body;
use crate::forward;
use crate::gateway::Gateway;
use crate::headers;
use crate::leaving;
use crate::pages::Refused;
use crate::record::Recording;
use crate::serve::{self, Connection};
use crate::shares::Share;
use crate::target::{self, Entry, Target};

/// A message that is shown, as far as it is there.
pub(super) struct Shown {
    /// The request, or the one that an answer is to.
    pub(super) request: http::request::Parts,
    /// The answer.
    pub(super) response: Option<http::response::Parts>,
    /// The beginning of its body.
    pub(super) preview: Bytes,
    /// Whether the client waits to be asked for the rest.
    pub(super) waits: bool,
}

/// What its client can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Can {
    /// Decrypt tunnels, and ask about what is in them.
    pub(super) decrypt: bool,
    /// Take "as it was" for an answer whatever was shown.
    pub(super) leave_as_it_was: bool,
}

/// What is known before the rest of the body is asked for.
pub(super) enum First {
    /// It can be answered.
    Answered(Answer),
    /// The rest must be seen.
    GoOn(Box<Begun>),
}

/// A message under way.
pub(super) struct Begun {
    recording: Recording<WebFacts>,
    request: http::request::Parts,
    response: Option<http::response::Parts>,
    /// Whether it is for a page of ours, which takes the whole request.
    is_own: bool,
}

fn page(response: Response<Body>) -> First {
    First::Answered(Answer::Response(Box::new(response)))
}

/// Judges a message by its heads and what is there of its body.
pub(super) async fn first(gateway: &Arc<Gateway>, connection: &Connection, shown: Shown, can: Can) -> First {
    let share = gateway.requests.one(connection.peer.ip()).await;
    let place = match gateway.place().await {
        Ok(place) => place,
        Err(closed) => return page(gateway.parts.pages.unrecorded(closed).into_response()),
    };
    // A proxy that decrypts shows what was inside by its whole address.
    let entry = if shown.request.uri.scheme_str() == Some("https") { Entry::Tunnel } else { Entry::Proxy };
    match target::read(&shown.request, entry) {
        Ok(Target::Page { address, user_information }) => {
            web(gateway, connection, shown, (address, user_information), (place, share)).await
        }
        Ok(Target::Tunnel(host, port)) if shown.response.is_none() => {
            tunnel(gateway, connection, (shown.request, can), (host, port), (place, share))
        }
        Ok(Target::Tunnel(..) | Target::Here) => {
            malformed(gateway, connection, MalformedFault::TargetUnclear, place)
        }
        Err(fault) => malformed(gateway, connection, fault, place),
    }
}

/// What cannot be read has its event, and goes no further.
fn malformed(gateway: &Gateway, connection: &Connection, fault: MalformedFault, place: Place) -> First {
    let from = connection.peer.ip();
    page(serve::write_malformed(gateway, from, fault, place, gateway.now()).into_response())
}

async fn web(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    shown: Shown,
    (address, user_information): (WebAddress, bool),
    place: (Place, Share),
) -> First {
    let at = gateway.now();
    let who = gateway.who(connection.peer.ip(), at);
    let Shown { request, response, preview, waits } = shown;
    let host = address.host.clone();
    let request = Request::from_parts(request, ());
    let facts = serve::facts(gateway, connection, &request, who, address, user_information);
    let busy = connection.state.busy();
    let recording = Recording::new(gateway, busy, Protocol::Http1, facts, place, at);
    let is_own = recording.snapshot().is_some_and(|snapshot| snapshot.is_own(&host));
    let (request, ()) = request.into_parts();
    let Some(response) = response else {
        if is_own {
            return First::GoOn(Box::new(Begun { recording, request, response: None, is_own }));
        }
        let (body, _none) = Pieces::beginning(Bytes::new(), false);
        let (request, credentials) = without_credentials(Request::from_parts(request, body));
        return match serve::before(gateway, connection, request, recording).await {
            Err(answered) => page(*answered),
            Ok((request, recording)) => {
                let (mut request, _nothing) = request.into_parts();
                if let Some(credentials) = credentials {
                    request.headers.insert(header::PROXY_AUTHORIZATION, credentials);
                }
                First::GoOn(Box::new(Begun { recording, request, response: None, is_own }))
            }
        };
    };
    let mut recording = recording;
    if !recording.is_judged() {
        return page(serve::unjudged(recording));
    }
    if let WebAction::Page(_) = actions(recording.decision().verdict).0 {
        return page(serve::refuse(serve::shows_pages(&request.headers), recording));
    }
    if waits && passes(&recording, &response, &preview) {
        recording.answered(response.status.as_u16(), &response.headers);
        recording.finish(End::Complete);
        return First::Answered(Answer::AsItWas);
    }
    First::GoOn(Box::new(Begun { recording, request, response: Some(response), is_own }))
}

/// Credentials in a message are for the proxy that shows it. Whoever sent it is at its device, in whatever is asked about it:
/// a request, its answer, a tunnel.
fn without_credentials<B>(mut request: Request<B>) -> (Request<B>, Option<HeaderValue>) {
    let credentials = request.headers_mut().remove(header::PROXY_AUTHORIZATION);
    (request, credentials)
}

/// Whether nothing in an answer is read, by its beginning, and nothing in its head must change: the rest of a film need not
/// come here.
fn passes(recording: &Recording<WebFacts>, response: &http::response::Parts, preview: &Bytes) -> bool {
    let mut clean = response.headers.clone();
    answer::clean(&mut clean);
    let whole = response.status == http::StatusCode::OK && clean == response.headers;
    let known = answer::name::codings(&response.headers).is_none_or(|all| coding::codings(&all).is_ok());
    let mut reading = Reading::of(&response.headers, &recording.facts, recording.book());
    reading.feed(preview);
    whole && known && reading.way() == Way::Pass
}

/// A tunnel is judged by the name it is asked for. What a proxy sees of the TLS inside it does not tell, so it is taken to
/// be TLS with that name. A proxy that decrypts asks about every page afterwards; with any other, nobody reads what is in
/// it, and the table says what becomes of such a tunnel.
fn tunnel(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    (request, can): (http::request::Parts, Can),
    (host, port): (Host, u16),
    place: (Place, Share),
) -> First {
    let at = gateway.now();
    let who = gateway.who(connection.peer.ip(), at);
    let hello = Hello::Tls { sni: host.name().cloned(), hidden: false };
    let facts = TlsFacts { who, connect: (host.clone(), port), hello, resolved: None, refused: None };
    let mut recording = Recording::new(gateway, connection.state.busy(), Protocol::Tunnel, facts, place, at);
    if !recording.is_judged() {
        return page(serve::unjudged(recording));
    }
    let action = match (recording.judgement(), can.decrypt) {
        ((_, action), true) => *action,
        ((decision, _), false) => tls_action(decision.verdict, Inside::Opaque),
    };
    // What is done is what is recorded.
    recording.judgement().1 = action;
    if action != TlsAction::Terminate {
        recording.finish(End::Complete);
        return First::Answered(match can.leave_as_it_was {
            true => Answer::AsItWas,
            false => Answer::Request(Box::new(request), Body::Empty),
        });
    }
    let address = WebAddress { scheme: Scheme::Https, host, port, path: "/".to_owned(), query: None };
    let decision = recording.decision().clone();
    let refusal = gateway.parts.pages.refusal(&Refused {
        decision: &decision,
        who: &recording.facts.who,
        address: &address,
        event: recording.id(),
        at,
        shows_pages: true,
    });
    page(serve::finished(recording, refusal, End::Complete))
}

/// Judges a message with its body.
pub(super) async fn then(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    begun: Begun,
    body: Pieces,
    allows_204: bool,
) -> Answer {
    let Begun { recording, request, response, is_own } = begun;
    let shows_pages = serve::shows_pages(&request.headers);
    match response {
        Some(response) => {
            let response = Response::from_parts(response, body);
            Answer::Response(Box::new(answer::pass_back(shows_pages, recording, response, None).await))
        }
        None if is_own => {
            let (request, _credentials) = without_credentials(Request::from_parts(request, body));
            match serve::before(gateway, connection, request, recording).await {
                Err(answered) => Answer::Response(answered),
                // The policy changed just now: whoever asks again is answered by the new one.
                Ok((_request, recording)) => Answer::Response(Box::new(serve::unjudged(recording))),
            }
        }
        None => to_site(gateway, recording, Request::from_parts(request, body), allows_204).await,
    }
}

/// A request that may go on: as it was, or as it must be.
async fn to_site(
    gateway: &Arc<Gateway>,
    mut recording: Recording<WebFacts>,
    request: Request<Pieces>,
    allows_204: bool,
) -> Answer {
    let (request, refused) = leaving::look(gateway, &mut recording, request).await;
    let shows_pages = serve::shows_pages(request.headers());
    if refused {
        return Answer::Response(Box::new(serve::refuse(shows_pages, recording)));
    }
    let (before, body) = request.into_parts();
    let mut parts = before.clone();
    let asked = forward::judged_path(&parts.uri, &recording.facts.address);
    let Ok(uri) = asked.and_then(|path| with_path(&parts.uri, path)) else {
        return Answer::Response(Box::new(serve::unclear(recording)));
    };
    parts.uri = uri;
    headers::only_readable(&mut parts.headers);
    adjust::apply(&mut parts, &recording.decision().adjust);
    let is_same = parts.uri == before.uri && parts.headers == before.headers;
    if is_same && allows_204 {
        recording.finish(End::Complete);
        return Answer::AsItWas;
    }
    // Its event is written with what is known now; the bytes that follow are the client's own.
    let body = forward::counted(body, &recording);
    recording.finish(End::Complete);
    Answer::Request(Box::new(parts), body)
}

/// An address with another path, as the proxy that asks will ask for it.
fn with_path(uri: &Uri, path: PathAndQuery) -> Result<Uri, http::Error> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Ok(Uri::from_parts(parts)?)
}
