//! One request, from its head to its answer.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use usher_events::event::{End, Event, Malformed, MalformedFault, Protocol, What};
use usher_events::sink::{Place, SinkClosed};
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::{Circumstances, Tunnel, WebFacts};
use usher_policy::presence::CredentialFault;
use usher_policy::verdict::{PageKind, WebAction, actions};
use usher_types::host::Host;
use usher_types::moment::Moment;
use usher_types::url::{Scheme, WebAddress};

use crate::body::Body;
use crate::forward;
use crate::gateway::Gateway;
use crate::guard::ConnectionState;
use crate::identify;
use crate::pages::{Page, Refused};
use crate::record::{Recording, Subject};
use crate::target::{self, Entry, Target};
use crate::tunnel::{self, Inside};

/// The connection a request came on.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// The client's address.
    pub(crate) peer: SocketAddr,
    /// What its requests share.
    pub(crate) state: Arc<ConnectionState>,
    /// HTTP/1 or HTTP/2.
    pub(crate) protocol: Protocol,
    /// The inspected tunnel it is, if it is one.
    pub(crate) inside: Option<Arc<Inside>>,
    /// Where long work of the connection is kept track of.
    pub(crate) tasks: tokio_util::task::TaskTracker,
}

/// A request whose target and sender are known.
pub(crate) struct Asked {
    /// The request.
    pub(crate) request: Request<Incoming>,
    /// What decisions see of it.
    pub(crate) facts: WebFacts,
    /// When it came.
    pub(crate) at: Moment,
    /// Its place in the spool.
    pub(crate) place: Place,
}

/// Answers one request. Whatever happens, exactly one event is written, unless events cannot be written at all.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    connection: Connection,
    request: Request<Incoming>,
) -> Response<Body> {
    let place = match gateway.parts.sink.try_reserve() {
        Ok(place) => Ok(place),
        Err(SinkClosed::Busy) => gateway.parts.sink.reserve().await,
        Err(closed) => Err(closed),
    };
    let place = match place {
        Ok(place) => place,
        Err(closed) => return closing(gateway.parts.pages.unrecorded(closed).into_response()),
    };
    let at = gateway.now();
    let (parts, body) = request.into_parts();
    let entry = if connection.inside.is_some() { Entry::Tunnel } else { Entry::Proxy };
    let target = match target::read(&parts, entry) {
        Ok(target) => target,
        Err(fault) => return malformed(&gateway, &connection, fault, place, at),
    };
    let who = match &connection.inside {
        // Who a tunnel belongs to by credentials was settled when it was opened.
        Some(inside) => Ok(gateway.who_now(inside.who(), at)),
        None => identify::who(&gateway, connection.peer.ip(), &parts.headers, at).await,
    };
    let request = Request::from_parts(parts, body);
    match target {
        Target::Tunnel(host, port) => tunnel::open(&gateway, &connection, request, (host, port), who, place),
        Target::Here => here(&gateway, &connection, request, who, place, at).await,
        Target::Page { address, user_information } => {
            let asked = asked(&gateway, &connection, request, address, user_information, &who, place, at);
            match who {
                Ok(_) => answer(&gateway, &connection, asked).await,
                Err(fault) => credentials_refused(&gateway, &connection, asked, &fault),
            }
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "it puts one value together from what serve() found out")]
fn asked(
    gateway: &Gateway,
    connection: &Connection,
    request: Request<Incoming>,
    address: WebAddress,
    user_information: bool,
    who: &Result<Circumstances, CredentialFault>,
    place: Place,
    at: Moment,
) -> Asked {
    let who = match who {
        Ok(who) => who.clone(),
        Err(_) => nobody(gateway, connection, at),
    };
    let tunnel = connection.inside.as_ref().map(|inside| Tunnel {
        connect: inside.connect.clone(),
        sni: inside.sni.clone(),
        certificate: inside.certificate_fit(&address.host),
    });
    let websocket = request.extensions().get::<hyper::ext::Protocol>().is_some();
    let method =
        if websocket { "GET".to_owned() } else { request.method().as_str().chars().take(32).collect() };
    let features = gateway.features(&address);
    let facts = WebFacts { who, method, address, user_information, tunnel, resolved: None, features };
    Asked { request, facts, at, place }
}

/// Whoever is at a device as if nobody were signed in: credentials that do not help are nobody's.
fn nobody(gateway: &Gateway, connection: &Connection, at: Moment) -> Circumstances {
    let here = gateway.who(connection.peer.ip(), at);
    Circumstances { subject: Arc::new(usher_policy::facts::Subject::nobody()), lesson: None, ..here }
}

/// Decides, and does it.
async fn answer(gateway: &Arc<Gateway>, connection: &Connection, asked: Asked) -> Response<Body> {
    let Some(decision) = gateway.decide_web(&asked.facts, asked.at) else {
        return closing(gateway.parts.pages.unrecorded(SinkClosed::Stopping).into_response());
    };
    if decision.reason == Reason::OwnPage {
        return own(gateway, connection, asked, decision).await;
    }
    match actions(decision.verdict).0 {
        WebAction::Page(kind) => refuse(gateway, connection, asked, decision, kind),
        WebAction::Forward => forward::forward(gateway, connection, asked, decision).await,
    }
}

/// Shows a page instead of the one asked for.
pub(crate) fn refuse(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
    _kind: PageKind,
) -> Response<Body> {
    let Asked { request, facts, at, place } = asked;
    let page = gateway.parts.pages.refusal(&Refused {
        decision: &decision,
        who: &facts.who,
        address: &facts.address,
        event: place.id(),
        at,
        shows_pages: shows_pages(request.headers()),
    });
    let recording = recording(gateway, connection, facts, decision, place, at);
    finished(recording, page)
}

/// Records a request answered with a page of ours.
pub(crate) fn finished(mut recording: Recording, page: Page) -> Response<Body> {
    let response = page.into_response();
    recording.answered(response.status().as_u16(), response.headers());
    if let Body::Full(Some(bytes)) = response.body() {
        recording.sent(bytes);
    }
    recording.finish(End::Complete);
    response
}

/// The recording of a request.
pub(crate) fn recording(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    facts: WebFacts,
    decision: Decision,
    place: Place,
    at: Moment,
) -> Recording {
    let subject = Subject::Web(Box::new((facts, decision)));
    Recording::new(gateway, place, subject, connection.protocol, at, Some(connection.state.busy()))
}

/// One of Usher's own pages, answered within this process: nothing that is not a portal page can be reached so.
async fn own(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
) -> Response<Body> {
    let Asked { request, facts, at, place } = asked;
    let address = facts.address.clone();
    let mut recording = recording(gateway, connection, facts, decision, place, at);
    let (mut parts, body) = request.into_parts();
    crate::headers::clean_request(&mut parts.headers);
    let path = match &address.query {
        Some(query) => format!("{}?{query}", address.path),
        None => address.path.clone(),
    };
    let Ok(uri) = path.parse() else {
        return finished(recording, gateway.parts.pages.malformed(MalformedFault::TargetUnclear));
    };
    parts.uri = uri;
    let request = Request::from_parts(parts, Body::Incoming(body));
    let response = gateway.parts.pages.own(request, connection.peer.ip()).await;
    recording.answered(response.status().as_u16(), response.headers());
    // A live page stays open for a lesson; its event need not wait for that.
    recording.finish(End::Complete);
    response
}

/// A request for whoever answers here: the same pages as under their own name.
async fn here(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<Incoming>,
    who: Result<Circumstances, CredentialFault>,
    place: Place,
    at: Moment,
) -> Response<Body> {
    let host = gateway.snapshot().as_ref().and_then(|snapshot| snapshot.document.own_hosts.first().cloned());
    let Some(host) = host else {
        return malformed(gateway, connection, MalformedFault::TargetUnclear, place, at);
    };
    let address = WebAddress {
        scheme: Scheme::Http,
        host: Host::Name(host),
        port: Scheme::Http.default_port(),
        path: usher_types::url::normal_path(request.uri().path()).into_owned(),
        query: request.uri().query().map(str::to_owned),
    };
    let asked = asked(gateway, connection, request, address, false, &who, place, at);
    answer(gateway, connection, asked).await
}

fn malformed(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    fault: MalformedFault,
    place: Place,
    at: Moment,
) -> Response<Body> {
    let page = gateway.parts.pages.malformed(fault);
    let what = What::Malformed(Malformed {
        who: gateway.who(connection.peer.ip(), at),
        fault,
        status: page.status.as_u16(),
    });
    place.fill(Event { id: usher_types::ids::Id::new(0), school: gateway.parts.school, at, what });
    closing(page.into_response())
}

fn credentials_refused(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    fault: &CredentialFault,
) -> Response<Body> {
    let Asked { facts, at, place, .. } = asked;
    let Some(decision) = gateway.decide_web(&facts, at) else {
        return closing(gateway.parts.pages.unrecorded(SinkClosed::Stopping).into_response());
    };
    let mut page = gateway.parts.pages.credentials(fault);
    page.status = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
    page.headers.push((
        header::PROXY_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"Usher\", charset=\"UTF-8\""),
    ));
    finished(recording(gateway, connection, facts, decision, place, at), page)
}

/// Whether whoever asks shows pages to a person, rather than fetching data for one (Fetch Metadata, else Accept).
fn shows_pages(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-dest") {
        Some(destination) => matches!(destination, "document" | "iframe" | "frame" | "empty-document"),
        None => text("accept").is_none_or(|accept| accept.contains("text/html") || accept.trim() == "*/*"),
    }
}

/// An answer after which the connection closes.
fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
