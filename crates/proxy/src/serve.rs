//! One request, from its head to its answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use usher_events::event::{End, Event, Malformed, MalformedFault, Protocol, UpstreamFault, What};
use usher_events::sink::{Place, SinkClosed};
use usher_policy::decision::Reason;
use usher_policy::facts::{Circumstances, TlsFacts, Tunnel, WebFacts};
use usher_policy::presence::CredentialFault;
use usher_policy::verdict::{WebAction, actions};
use usher_types::host::Host;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::url::{Scheme, WebAddress};

use crate::body::Body;
use crate::case::Case;
use crate::coming::Rest;
use crate::forward;
use crate::gateway::Gateway;
use crate::guard::ConnectionState;
use crate::headers;
use crate::identify;
use crate::inside::Inside;
use crate::leaving::Upload;
use crate::pages::{OWN, PROXY_STATUS, Page, Refused};
use crate::reach::NoWay;
use crate::record::Recording;
use crate::target::{self, Entry, Target};
use crate::tunnel;

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
    pub(crate) tasks: TaskTracker,
    /// Pulled when the gateway stops.
    pub(crate) stop: CancellationToken,
    /// Its place among those that may be open. Whatever goes on on the connection holds it.
    pub(crate) room: Arc<OwnedSemaphorePermit>,
}

impl Connection {
    /// Goes on in the background until the gateway cuts it off.
    pub(crate) fn spawn(&self, gateway: &Gateway, work: impl Future<Output = ()> + Send + 'static) {
        let (cut, room) = (gateway.cut.clone(), Arc::clone(&self.room));
        // Boxed once, or the task would have room for it three times over.
        let work = Box::pin(work);
        self.tasks.spawn(async move {
            cut.run_until_cancelled(work).await;
            drop(room);
        });
    }
}

/// Answers one request. Whatever happens, exactly one event is written, unless events cannot be written at all.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    connection: Connection,
    request: Request<Incoming>,
) -> Response<Body> {
    let busy = connection.state.busy();
    let share = gateway.requests.one(connection.peer.ip()).await;
    let place = match gateway.place().await {
        Ok(place) => place,
        Err(closed) => return closing(gateway.parts.pages.unrecorded(closed).into_response()),
    };
    let at = gateway.now();
    let (parts, body) = request.into_parts();
    let entry = if connection.inside.is_some() { Entry::Tunnel } else { Entry::Proxy };
    let target = match target::read(&parts, entry) {
        Ok(target) => target,
        Err(fault) => return malformed(&gateway, connection.peer.ip(), fault, place, at),
    };
    let shown = connection.inside.as_ref().and_then(|inside| inside.shown.clone());
    let who = match &shown {
        Some(shown) => shown.who_or_nobody(shown.last()),
        None => gateway.who(connection.peer.ip(), at),
    };
    let request = Request::from_parts(parts, body);
    let (address, user_information) = match target {
        Target::Page { address, user_information } => (address, user_information),
        Target::Here => match own_address(&gateway, request.uri()) {
            Some(address) => (address, false),
            None => {
                return malformed(&gateway, connection.peer.ip(), MalformedFault::TargetUnclear, place, at);
            }
        },
        Target::Tunnel(host, port) => {
            let facts = TlsFacts::to(who, (host, port));
            let mut recording = Recording::new(&gateway, busy, Protocol::Tunnel, facts, (place, share), at);
            return match identify::sign_in(&mut recording, &connection, request.headers()).await {
                Ok(()) => tunnel::open(&gateway, &connection, request, recording),
                Err(fault) => tunnel::refuse(recording, &fault),
            };
        }
    };
    let facts = facts(&gateway, &connection, &request, who, address, user_information);
    let mut recording = Recording::new(&gateway, busy, connection.protocol, facts, (place, share), at);
    recording.shown = shown;
    answer(&gateway, &connection, request, recording).await
}

pub(crate) fn facts<B>(
    gateway: &Gateway,
    connection: &Connection,
    request: &Request<B>,
    who: Circumstances,
    address: WebAddress,
    user_information: bool,
) -> WebFacts {
    let tunnel = connection.inside.as_ref().map(|inside| Tunnel {
        connect: inside.connect.clone(),
        sni: inside.sni.clone(),
        certificate: inside.certificate_fit(&address.host),
    });
    let websocket = request.extensions().get::<hyper::ext::Protocol>().is_some();
    let method =
        if websocket { "GET".to_owned() } else { request.method().as_str().chars().take(32).collect() };
    let features = gateway.features(&address);
    let part_of_page = is_part_of_page(request.headers());
    // What a page keeps open to talk with is more than a part of it.
    let talks = websocket || headers::wants_websocket(request.headers());
    let embedded_in = page_around(request.headers()).filter(|_| part_of_page && !talks);
    WebFacts {
        who,
        method,
        address,
        user_information,
        tunnel,
        resolved: None,
        features,
        sent: None,
        carried: None,
        part_of_page,
        embedded_in,
    }
}

/// A page of whoever answers here is one of Usher's own, under its own name.
fn own_address(gateway: &Gateway, uri: &Uri) -> Option<WebAddress> {
    let snapshot = gateway.snapshot();
    let host = snapshot.as_ref()?.document.own_hosts.first()?.clone();
    Some(WebAddress {
        scheme: Scheme::Http,
        host: Host::Name(host),
        port: Scheme::Http.default_port(),
        path: usher_types::url::normal_path(uri.path()).into_owned(),
        query: uri.query().map(str::to_owned),
    })
}

/// Decides, and does it.
async fn answer(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<Incoming>,
    recording: Recording<WebFacts>,
) -> Response<Body> {
    match before(gateway, connection, request, recording).await {
        Ok((request, recording)) => forward::forward(gateway, connection, request, recording).await,
        Err(answered) => *answered,
    }
}

/// Decides on a request by all that is known before any of its body is read.
///
/// # Errors
/// Its answer, where it does not go on to a site.
pub(crate) async fn before<B: Into<Rest>>(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<B>,
    mut recording: Recording<WebFacts>,
) -> Result<(Request<B>, Recording<WebFacts>), Box<Response<Body>>> {
    if let Err(fault) = identify::sign_in(&mut recording, connection, request.headers()).await {
        return Err(Box::new(credentials_refused(recording, &fault)));
    }
    if !recording.is_judged() {
        return Err(Box::new(unjudged(recording)));
    }
    if recording.decision().reason == Reason::OwnPage {
        return Err(Box::new(own(gateway, connection, request, recording).await));
    }
    match actions(recording.decision().verdict).0 {
        WebAction::Page(_) => Err(Box::new(refuse(shows_pages(request.headers()), recording))),
        WebAction::Forward => Ok((request, recording)),
    }
}

/// There is nothing to judge with, so nothing goes on.
pub(crate) fn unjudged<C: Case>(recording: Recording<C>) -> Response<Body> {
    let page = recording.gateway().parts.pages.unrecorded(SinkClosed::Stopping);
    closing(finished(recording, page, End::Usher))
}

/// Shows a page instead of the one asked for.
pub(crate) fn refuse(shows_pages: bool, mut recording: Recording<WebFacts>) -> Response<Body> {
    let decision = recording.decision().clone();
    let page = recording.gateway().parts.pages.refusal(&Refused {
        decision: &decision,
        who: &recording.facts.who,
        address: &recording.facts.address,
        event: recording.id(),
        at: recording.at(),
        shows_pages,
    });
    finished(recording, page, End::Complete)
}

/// A page that says truthfully why the site cannot be shown.
pub(crate) fn failed(recording: Recording<WebFacts>, fault: UpstreamFault) -> Response<Body> {
    let facts = &recording.facts;
    let page = recording.gateway().parts.pages.upstream(&facts.who, fault, &facts.address, recording.id());
    finished(recording, page, End::Upstream(fault))
}

/// A page that says that a request's body could not be read. Whoever went away in the middle of one does not see it.
pub(crate) fn unread(recording: Recording<WebFacts>) -> Response<Body> {
    let page = recording.gateway().parts.pages.malformed(MalformedFault::CodingUnclear);
    closing(finished(recording, page, End::ClientLeft))
}

/// A page that says that nobody can be asked for this address as it was judged.
pub(crate) fn unclear(recording: Recording<WebFacts>) -> Response<Body> {
    let page = recording.gateway().parts.pages.malformed(MalformedFault::TargetUnclear);
    finished(recording, page, End::Complete)
}

/// Why a request goes no further, as a page.
pub(crate) fn no_way(shows_pages: bool, recording: Recording<WebFacts>, no_way: NoWay) -> Response<Body> {
    match no_way {
        NoWay::Refused => refuse(shows_pages, recording),
        NoWay::Failed(fault) => failed(recording, fault),
    }
}

/// Records a request answered with a page of ours.
pub(crate) fn finished<C: Case>(mut recording: Recording<C>, page: Page, end: End) -> Response<Body> {
    let response = page.into_response();
    recording.answered(response.status().as_u16(), response.headers());
    recording.sent_whole(response.body());
    recording.finish(end);
    response
}

/// One of Usher's own pages, answered within this process: nothing that is not a portal page can be reached so.
async fn own<B: Into<Rest>>(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<B>,
    mut recording: Recording<WebFacts>,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    headers::clean_request(&mut parts.headers);
    let Ok(uri) = recording.facts.address.path_and_query().parse() else {
        return unclear(recording);
    };
    parts.uri = uri;
    let request = Request::from_parts(parts, forward::counted(Upload::from(body), &recording));
    let mut response = gateway.parts.pages.own(request, connection.peer.ip()).await;
    response.headers_mut().insert(PROXY_STATUS, OWN);
    recording.answered(response.status().as_u16(), response.headers());
    recording.sent_whole(response.body());
    // A live page stays open for a lesson; its event need not wait for that.
    recording.finish(End::Complete);
    response
}

/// What cannot be read goes no further.
fn malformed(
    gateway: &Gateway,
    from: IpAddr,
    fault: MalformedFault,
    place: Place,
    at: Moment,
) -> Response<Body> {
    closing(write_malformed(gateway, from, fault, place, at).into_response())
}

/// Records a request that cannot be read, and gives the page that says so.
pub(crate) fn write_malformed(
    gateway: &Gateway,
    from: IpAddr,
    fault: MalformedFault,
    place: Place,
    at: Moment,
) -> Page {
    let page = gateway.parts.pages.malformed(fault);
    let who = gateway.who(from, at);
    let what = What::Malformed(Malformed { who, fault, status: page.status.as_u16() });
    place.fill(Event { id: Id::new(0), school: gateway.parts.school, at, what });
    page
}

/// Asks for credentials that help.
pub(crate) fn credentials_refused<C: Case>(
    recording: Recording<C>,
    fault: &CredentialFault,
) -> Response<Body> {
    let mut page = recording.gateway().parts.pages.credentials(fault);
    page.status = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
    page.headers.push((
        header::PROXY_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"Usher\", charset=\"UTF-8\""),
    ));
    finished(recording, page, End::Complete)
}

/// Whether whoever asks shows pages to a person, rather than fetching data for one (Fetch Metadata, else Accept).
pub(crate) fn shows_pages(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-dest") {
        Some(destination) => matches!(destination, "document" | "iframe" | "frame" | "empty-document"),
        None => text("accept").is_none_or(|accept| accept.contains("text/html") || accept.trim() == "*/*"),
    }
}

/// Whether a request is for a part of a page rather than for a page somebody went to. A frame shows a page to a person
/// and is a part of another all the same.
fn is_part_of_page(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-dest") {
        Some(destination) => destination != "document",
        // Browsers say it to encrypted sites only; to the others they say what they would like to have.
        None => !shows_pages(headers),
    }
}

/// The site of the page a request is part of, as far as its headers say. Browsers tell other sites no more of a page
/// than that, and no more is kept.
fn page_around(headers: &HeaderMap) -> Option<WebAddress> {
    let read = |name: header::HeaderName| WebAddress::parse(headers.get(name)?.to_str().ok()?).ok();
    let page = read(header::REFERER).or_else(|| read(header::ORIGIN))?;
    Some(WebAddress { path: "/".to_owned(), query: None, ..page })
}

/// An answer after which the connection closes.
pub(crate) fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &'static str, value: &'static str) -> bool {
        let headers = [(header::HeaderName::from_static(name), HeaderValue::from_static(value))];
        is_part_of_page(&headers.into_iter().collect())
    }

    #[test]
    fn mon_14_pictures_scripts_and_frames_are_parts_of_a_page() {
        for destination in ["image", "script", "style", "font", "iframe", "empty", "video"] {
            assert!(part("sec-fetch-dest", destination), "{destination}");
        }
        assert!(!part("sec-fetch-dest", "document"));
        assert!(part("accept", "image/avif,image/webp,*/*;q=0.8"));
        assert!(!part("accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!is_part_of_page(&HeaderMap::new()), "what says nothing is a page");
    }
}
