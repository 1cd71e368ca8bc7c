//! Sending a request on: resolve, judge the address it will really go to, find or open a connection, pass the answer
//! back.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, Version, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use usher_events::event::{End, UpstreamFault};
use usher_policy::decision::Decision;
use usher_policy::facts::WebFacts;
use usher_policy::verdict::{WebAction, actions};
use usher_types::host::Host;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use crate::body::{Body, BodyFault};
use crate::gateway::Gateway;
use crate::headers;
use crate::record::Recording;
use crate::serve::{self, Asked, Connection};
use crate::tunnel::Inside;
use crate::upstream::channel::{self, Channel, SendFault};
use crate::upstream::pool::Site;
use crate::watched::Watched;
use crate::websocket;

/// Where a connection goes when the answer on it is read to its end.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) channel: Channel,
    pub(crate) to: HomeOf,
}

/// Whose a connection is.
#[derive(Debug)]
pub(crate) enum HomeOf {
    /// Anybody's who asks the same site next.
    Pool(Arc<Gateway>, Site),
    /// The inspected tunnel's.
    Tunnel(Arc<Inside>),
}

impl Home {
    /// Gives the connection back.
    pub(crate) fn return_channel(self) {
        match self.to {
            HomeOf::Pool(gateway, site) => gateway.pool.put(site, self.channel),
            HomeOf::Tunnel(inside) => inside.put_back(self.channel),
        }
    }
}

/// A request on its way, and where its event goes.
struct OnItsWay {
    request: Request<Body>,
    recording: Recording,
    address: WebAddress,
}

/// Sends a request on and passes the answer back.
pub(crate) async fn forward(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
) -> Response<Body> {
    if websocket::is_wanted(&asked.request) {
        return websocket::forward(gateway, connection, asked, decision).await;
    }
    match &connection.inside {
        Some(inside) => through_tunnel(gateway, connection, inside, asked, decision).await,
        None => to_site(gateway, connection, asked, decision).await,
    }
}

/// A plain request: through a kept connection to an address that was judged, or a new one.
async fn to_site(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    mut asked: Asked,
    decision: Decision,
) -> Response<Body> {
    let (host, port) = (asked.facts.address.host.clone(), asked.facts.address.port);
    let reached = reach(gateway, &mut asked.facts, asked.at, decision, (&host, port), true).await;
    let (decision, address, channel) = match reached {
        Reached::Refused(decision) => return refused(gateway, connection, asked, decision),
        Reached::Failed(fault, decision) => return failed(gateway, connection, asked, decision, fault),
        Reached::Kept(channel, address, decision) => (decision, address, Ok(channel)),
        Reached::Opened(stream, address, decision) => (decision, address, Channel::http1(stream).await),
    };
    let mut sending = on_its_way(gateway, connection, asked, decision, false);
    let site = Site { host, address };
    let mut channel = match channel {
        Ok(channel) => channel,
        Err(fault) => return broke_off(sending, fault),
    };
    // A kept connection may have been closed by the site meanwhile; the request then goes on a new one, once.
    let answer = match channel.send(sending.request).await {
        Err(SendFault::NotSent(request)) => match reopen(site.address).await {
            Ok(fresh) => {
                channel = fresh;
                channel.send(*request).await
            }
            Err(fault) => Err(SendFault::Failed(fault)),
        },
        answer => answer,
    };
    sending.request = Request::new(Body::Empty);
    let home = HomeOf::Pool(Arc::clone(gateway), site);
    match answer {
        Ok(answer) => pass_back(sending.recording, answer, Some(Home { channel, to: home })),
        Err(fault) => broke_off(sending, fault.into()),
    }
}

async fn reopen(address: SocketAddr) -> Result<Channel, UpstreamFault> {
    Channel::http1(channel::connect(address).await?).await
}

/// A request inside an inspected tunnel: through the tunnel's own connection.
async fn through_tunnel(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    inside: &Arc<Inside>,
    mut asked: Asked,
    decision: Decision,
) -> Response<Body> {
    let (mut channel, decision) = match inside.channel(gateway, &mut asked.facts, asked.at, decision).await {
        Ok(found) => found,
        Err(NoWay::Refused(decision)) => return refused(gateway, connection, asked, *decision),
        Err(NoWay::Failed(fault, decision)) => return failed(gateway, connection, asked, *decision, fault),
    };
    let http2 = matches!(channel, Channel::Http2(..));
    let mut sending = on_its_way(gateway, connection, asked, decision, http2);
    let answer = match channel.send(sending.request).await {
        Err(SendFault::NotSent(request)) => match inside.reopen(gateway).await {
            Ok(fresh) => {
                channel = fresh;
                channel.send(*request).await
            }
            Err(fault) => Err(SendFault::Failed(fault)),
        },
        answer => answer,
    };
    sending.request = Request::new(Body::Empty);
    let home = Home { channel, to: HomeOf::Tunnel(Arc::clone(inside)) };
    match answer {
        // HTTP/2 carries many answers at once: the connection is free again as soon as the request is sent.
        Ok(answer) if http2 => {
            home.return_channel();
            pass_back(sending.recording, answer, None)
        }
        Ok(answer) => pass_back(sending.recording, answer, Some(home)),
        Err(fault) => broke_off(sending, fault.into()),
    }
}

/// What came of reaching a site.
#[derive(Debug)]
pub(crate) enum Reached {
    /// A kept connection to a judged address.
    Kept(Channel, SocketAddr, Decision),
    /// A new connection to a judged address.
    Opened(tokio::net::TcpStream, SocketAddr, Decision),
    /// None of its addresses may be reached.
    Refused(Decision),
    /// It cannot be reached.
    Failed(UpstreamFault, Decision),
}

/// Why a request inside a tunnel has nowhere to go.
#[derive(Debug)]
pub(crate) enum NoWay {
    /// The site's address may not be reached.
    Refused(Box<Decision>),
    /// The site cannot be reached, or not be trusted.
    Failed(UpstreamFault, Box<Decision>),
}

/// Resolves a host, judges each of its addresses, and connects to the first that may be reached and answers.
pub(crate) async fn reach(
    gateway: &Gateway,
    facts: &mut WebFacts,
    at: Moment,
    decision: Decision,
    (host, port): (&Host, u16),
    kept: bool,
) -> Reached {
    let addresses = match gateway.parts.resolver.resolve(host, port).await {
        Ok(addresses) => addresses,
        Err(fault) => return Reached::Failed(fault, decision),
    };
    let mut last = Reached::Failed(UpstreamFault::Unreachable, decision);
    for address in addresses {
        facts.resolved = Some(address.ip());
        let Some(decision) = gateway.decide_web(facts, at) else { return last };
        if actions(decision.verdict).0 != WebAction::Forward {
            last = Reached::Refused(decision);
            continue;
        }
        if kept && let Some(channel) = gateway.pool.take(&Site { host: host.clone(), address }) {
            return Reached::Kept(channel, address, decision);
        }
        match channel::connect(address).await {
            Ok(stream) => return Reached::Opened(stream, address, decision),
            Err(fault) => last = Reached::Failed(fault, decision),
        }
    }
    // The event tells the address that was tried last.
    last
}

fn refused(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
) -> Response<Body> {
    let kind = match actions(decision.verdict).0 {
        WebAction::Page(kind) => kind,
        WebAction::Forward => usher_policy::verdict::PageKind::Blocked,
    };
    serve::refuse(gateway, connection, asked, decision, kind)
}

/// A page that says truthfully why the site cannot be shown.
pub(crate) fn failed(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
    fault: UpstreamFault,
) -> Response<Body> {
    let Asked { facts, at, place, .. } = asked;
    let page = gateway.parts.pages.upstream(&facts.who, fault, &facts.address, place.id());
    let recording = serve::recording(gateway, connection, facts, decision, place, at);
    finished_with(recording, page, End::Upstream(fault))
}

fn broke_off(sending: OnItsWay, fault: UpstreamFault) -> Response<Body> {
    let recording = sending.recording;
    let gateway = Arc::clone(recording.gateway());
    let who = match recording.subject() {
        Some(crate::record::Subject::Web(parts)) => parts.0.who.clone(),
        _ => return Response::new(Body::Empty),
    };
    let page = gateway.parts.pages.upstream(&who, fault, &sending.address, recording.id());
    finished_with(recording, page, End::Upstream(fault))
}

fn finished_with(mut recording: Recording, page: crate::pages::Page, end: End) -> Response<Body> {
    let response = page.into_response();
    recording.answered(response.status().as_u16(), response.headers());
    recording.finish(end);
    response
}

/// Makes the request the site gets.
fn on_its_way(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    asked: Asked,
    decision: Decision,
    http2: bool,
) -> OnItsWay {
    let Asked { request, facts, at, place } = asked;
    let address = facts.address.clone();
    let recording = serve::recording(gateway, connection, facts, decision, place, at);
    let (mut parts, body) = request.into_parts();
    prepare(&mut parts, &address, http2);
    let body = if http_body::Body::is_end_stream(&body) {
        Body::Empty
    } else {
        Body::other(FromClient { inner: body, received: recording.received() })
    };
    OnItsWay { request: Request::from_parts(parts, body), recording, address }
}

/// Target, version and header fields as the site is to see them. The path goes as the client wrote it.
pub(crate) fn prepare(parts: &mut http::request::Parts, address: &WebAddress, http2: bool) {
    let from_http2 = parts.version == Version::HTTP_2;
    headers::clean_request(&mut parts.headers);
    let path = parts.uri.path_and_query().cloned();
    let authority = authority(address);
    if http2 {
        parts.headers.remove(header::HOST);
        let path = path.as_ref().map_or("/", |path| path.as_str());
        if let Ok(uri) =
            Uri::builder().scheme("https").authority(authority.as_str()).path_and_query(path).build()
        {
            parts.uri = uri;
        }
        parts.version = Version::HTTP_2;
    } else {
        if let Ok(value) = HeaderValue::from_str(&authority) {
            parts.headers.insert(header::HOST, value);
        }
        parts.uri = path.map_or_else(|| Uri::from_static("/"), Uri::from);
        parts.version = Version::HTTP_11;
        if from_http2 {
            join_cookies(&mut parts.headers);
        }
    }
}

/// Host and port as the site is named by.
pub(crate) fn authority(address: &WebAddress) -> String {
    if address.port == address.scheme.default_port() {
        address.host.to_string()
    } else {
        format!("{}:{}", address.host, address.port)
    }
}

/// HTTP/2 may split cookies; HTTP/1.1 has one field of them (RFC 9113, 8.2.3).
fn join_cookies(headers: &mut http::HeaderMap) {
    let cookies: Vec<&[u8]> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

/// Passes an answer back as it comes.
pub(crate) fn pass_back(
    mut recording: Recording,
    answer: Response<Incoming>,
    home: Option<Home>,
) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    headers::clean_response(&mut parts.headers);
    recording.answered(parts.status.as_u16(), &parts.headers);
    parts.version = Version::HTTP_11;
    if http_body::Body::is_end_stream(&body) {
        recording.finish(End::Complete);
        if let Some(home) = home {
            home.return_channel();
        }
        return Response::from_parts(parts, Body::Empty);
    }
    Response::from_parts(parts, Body::Watched(Box::new(Watched::new(body, recording, home))))
}

impl From<SendFault> for UpstreamFault {
    fn from(fault: SendFault) -> Self {
        match fault {
            SendFault::NotSent(_) => Self::BrokeOff,
            SendFault::Failed(fault) => fault,
        }
    }
}

/// A request's body on its way to the site, counted.
#[derive(Debug)]
pub(crate) struct FromClient {
    pub(crate) inner: Incoming,
    pub(crate) received: Arc<AtomicU64>,
}

impl http_body::Body for FromClient {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(piece) = frame.data_ref()
        {
            self.received.fetch_add(piece.len() as u64, Ordering::Relaxed);
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
