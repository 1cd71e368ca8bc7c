//! CONNECT: a tunnel is opened, its first bytes are looked at, and it is spliced, inspected or closed as decided.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use usher_events::event::{End, Protocol, UpstreamFault};
use usher_events::sink::Place;
use usher_policy::decision::{Decision, Reason};
use usher_policy::facts::{CertificateFit, Circumstances, Hello, TlsFacts, WebFacts};
use usher_policy::presence::CredentialFault;
use usher_policy::verdict::{TlsAction, Verdict};
use usher_types::host::{Host, HostName};
use usher_types::moment::Moment;

use crate::body::Body;
use crate::forward::{self, NoWay, Reached};
use crate::gateway::Gateway;
use crate::guard::Guarded;
use crate::listener;
use crate::record::{Recording, Subject};
use crate::serve::Connection;
use crate::splice::splice;
use crate::tls::client::{H2, HTTP_11, server_name};
use crate::tls::hello::ClientHello;
use crate::tls::peek::{Peeked, Rewound, peek};
use crate::upstream::channel::{self, Channel};

/// Answers a CONNECT and goes on in the background. It is always agreed to: what the tunnel is for shows in its first
/// bytes, and a refusal can then be a page.
pub(crate) fn open(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<Incoming>,
    connect: (Host, u16),
    who: Result<Circumstances, CredentialFault>,
    place: Place,
) -> Response<Body> {
    let at = gateway.now();
    let who = match who {
        Ok(who) => who,
        Err(fault) => return wrong_credentials(gateway, connection, connect, &fault, place, at),
    };
    let opening =
        Opening { gateway: Arc::clone(gateway), connection: connection.clone(), connect, who, place, at };
    let upgrade = hyper::upgrade::on(request);
    connection.tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => match raw(upgraded) {
                Ok(client) => opening.look(client).await,
                Err(client) => opening.look(TokioIo::new(client)).await,
            },
            Err(_left) => opening.left(),
        }
    });
    Response::new(Body::Empty)
}

fn wrong_credentials(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    connect: (Host, u16),
    fault: &CredentialFault,
    place: Place,
    at: Moment,
) -> Response<Body> {
    let here = gateway.who(connection.peer.ip(), at);
    let who =
        Circumstances { subject: Arc::new(usher_policy::facts::Subject::nobody()), lesson: None, ..here };
    let facts = TlsFacts { who, connect, hello: Hello::Silent, resolved: None };
    let mut page = gateway.parts.pages.credentials(fault);
    page.status = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
    page.headers.push((
        header::PROXY_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"Usher\", charset=\"UTF-8\""),
    ));
    page.headers.push((header::CONNECTION, HeaderValue::from_static("close")));
    let response = page.into_response();
    if let Some((decision, _)) = gateway.decide_tls(&facts, at) {
        let subject = Subject::Tunnel(Box::new((facts, decision, TlsAction::Terminate)));
        let mut recording = Recording::new(gateway, place, subject, Protocol::Tunnel, at, None);
        recording.answered(response.status().as_u16(), response.headers());
        recording.finish(End::Complete);
    }
    response
}

/// The plain connection under an upgraded one, so that spliced bytes take the shortest way.
fn raw(upgraded: Upgraded) -> Result<Rewound<TcpStream>, Upgraded> {
    let parts = upgraded.downcast::<TokioIo<Guarded<TcpStream>>>()?;
    let (stream, buffered) = parts.io.into_inner().into_parts();
    let mut first = BytesMut::from(parts.read_buf.as_ref());
    first.extend_from_slice(&buffered);
    Ok(Rewound::new(first, stream))
}

/// A tunnel whose first bytes are not known yet.
struct Opening {
    gateway: Arc<Gateway>,
    connection: Connection,
    connect: (Host, u16),
    who: Circumstances,
    place: Place,
    at: Moment,
}

impl Opening {
    /// The client left before it said anything.
    fn left(self) {
        let facts = TlsFacts { who: self.who, connect: self.connect, hello: Hello::Silent, resolved: None };
        if let Some((decision, action)) = self.gateway.decide_tls(&facts, self.at) {
            let subject = Subject::Tunnel(Box::new((facts, decision, action)));
            Recording::new(&self.gateway, self.place, subject, Protocol::Tunnel, self.at, None)
                .finish(End::ClientLeft);
        }
    }

    /// Looks at the first bytes, decides, and does it.
    async fn look<T>(self, client: T)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (peeked, client) = peek(client).await;
        let (hello, offered) = match peeked {
            Peeked::Hello(hello) => {
                let ClientHello { server_name: sni, protocols, hides_name: hidden } = hello;
                (Hello::Tls { sni, hidden }, protocols)
            }
            Peeked::Other => (Hello::Other, Vec::new()),
            Peeked::Silent => (Hello::Silent, Vec::new()),
            Peeked::Gone => return self.left(),
        };
        let Self { gateway, connection, connect, who, place, at } = self;
        let mut facts = TlsFacts { who, connect, hello, resolved: None };
        let Some((decision, action)) = gateway.decide_tls(&facts, at) else { return };
        let may_reach = decision.verdict <= Verdict::Coach && decision.reason != Reason::OwnPage;
        let reached = if may_reach {
            reach(&gateway, &mut facts, at, (decision, action)).await
        } else {
            Site::NotAsked(decision, action)
        };
        let (site, decision, action) = match reached {
            Site::Opened(stream, address, decision, action) => {
                (Ok(Some((stream, address))), decision, action)
            }
            Site::NotAsked(decision, action) => (Ok(None), decision, action),
            Site::Failed(fault, decision, action) => (Err(fault), decision, action),
        };
        let tunnel = Judged { gateway, connection, facts, decision, place, at, offered };
        match (action, site) {
            (TlsAction::Inspect, site) => tunnel.inspect(client, site).await,
            (TlsAction::Splice, Ok(Some((stream, _)))) => {
                splice(client, stream, tunnel.recording(action)).await;
            }
            (TlsAction::Splice, Err(fault)) => tunnel.recording(action).finish(End::Upstream(fault)),
            (TlsAction::Splice | TlsAction::Terminate, _) => {
                tunnel.recording(TlsAction::Terminate).finish(End::Complete);
            }
        }
    }
}

/// What came of reaching a tunnel's site.
enum Site {
    Opened(TcpStream, SocketAddr, Decision, TlsAction),
    NotAsked(Decision, TlsAction),
    Failed(UpstreamFault, Decision, TlsAction),
}

/// Resolves, judges each address, connects to the first that may be reached and answers.
async fn reach(gateway: &Gateway, facts: &mut TlsFacts, at: Moment, first: (Decision, TlsAction)) -> Site {
    let (host, port) = site_of(facts);
    let addresses = match gateway.parts.resolver.resolve(&host, port).await {
        Ok(addresses) => addresses,
        Err(fault) => return Site::Failed(fault, first.0, first.1),
    };
    let mut last = Site::Failed(UpstreamFault::Unreachable, first.0, first.1);
    for address in addresses {
        facts.resolved = Some(address.ip());
        let Some((decision, action)) = gateway.decide_tls(facts, at) else { return last };
        if decision.verdict > Verdict::Coach {
            last = Site::NotAsked(decision, action);
            continue;
        }
        match channel::connect(address).await {
            Ok(stream) => return Site::Opened(stream, address, decision, action),
            Err(fault) => last = Site::Failed(fault, decision, action),
        }
    }
    last
}

/// Where a tunnel goes: the host of the CONNECT line. A server name that differs is a fact for the decision, never an
/// address to connect to.
fn site_of(facts: &TlsFacts) -> (Host, u16) {
    facts.connect.clone()
}

/// A tunnel that was decided on.
struct Judged {
    gateway: Arc<Gateway>,
    connection: Connection,
    facts: TlsFacts,
    decision: Decision,
    place: Place,
    at: Moment,
    offered: Vec<Vec<u8>>,
}

impl Judged {
    fn recording(self, action: TlsAction) -> Recording {
        let subject = Subject::Tunnel(Box::new((self.facts, self.decision, action)));
        let mut recording =
            Recording::new(&self.gateway, self.place, subject, Protocol::Tunnel, self.at, None);
        recording.answered(200, &http::HeaderMap::new());
        recording
    }

    /// Decrypts: the site's handshake first, then the client's with a leaf of ours and the same protocol inside.
    async fn inspect<T>(
        self,
        client: Rewound<T>,
        site: Result<Option<(TcpStream, SocketAddr)>, UpstreamFault>,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let gateway = Arc::clone(&self.gateway);
        let name =
            self.facts.sni().map_or_else(|| self.facts.connect.0.clone(), |sni| Host::Name(sni.clone()));
        let way = match site {
            Ok(Some((stream, address))) => self.shake_hands(stream, address, &name).await,
            Ok(None) => Way::Closed(None),
            Err(fault) => Way::Closed(Some(fault)),
        };
        let protocols = way.protocols(&self.offered);
        let leaf = match gateway.parts.minter.leaf(&name, gateway.parts.certificate_clock.now()) {
            Ok(leaf) => leaf,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no certificate for a site");
                return self.recording(TlsAction::Terminate).finish(End::Usher);
            }
        };
        let inside = Arc::new(Inside {
            connect: self.facts.connect.clone(),
            sni: self.facts.sni().cloned(),
            name,
            who: self.facts.who.clone(),
            way: Mutex::new(way),
            offered: self.offered.clone(),
        });
        let connection = self.connection.clone();
        let mut recording = self.recording(TlsAction::Inspect);
        match gateway.client_tls.accept(client, leaf, &protocols).await {
            Ok(stream) => {
                recording.finish(End::Complete);
                let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
                listener::serve_inside(gateway, connection, inside, stream, http2).await;
            }
            Err(error) => {
                tracing::debug!(%error, "a client broke off its handshake");
                recording.finish(End::ClientLeft);
            }
        }
    }

    async fn shake_hands(&self, stream: TcpStream, address: SocketAddr, name: &Host) -> Way {
        let stream = match self.gateway.parts.site_tls.connect(stream, name, &self.offered).await {
            Ok(stream) => stream,
            Err(fault) => return Way::Closed(Some(fault)),
        };
        let (_, session) = stream.get_ref();
        let certificate = session.peer_certificates().and_then(|chain| chain.first()).cloned();
        let http2 = session.alpn_protocol() == Some(H2);
        let channel = if http2 { Channel::http2(stream).await } else { Channel::http1(stream).await };
        match channel {
            Ok(channel) => Way::Open { channel: Some(channel), address, http2, certificate },
            Err(fault) => Way::Closed(Some(fault)),
        }
    }
}

/// The way from an inspected tunnel to its site.
#[derive(Debug)]
enum Way {
    /// Trusted and open; the channel is away while a request is on it.
    Open {
        channel: Option<Channel>,
        address: SocketAddr,
        http2: bool,
        certificate: Option<CertificateDer<'static>>,
    },
    /// Not opened, because nothing was to go there, or failed.
    Closed(Option<UpstreamFault>),
}

impl Way {
    /// What the client is offered inside: the same as the site speaks, so that nothing has to be translated.
    fn protocols(&self, offered: &[Vec<u8>]) -> Vec<&'static [u8]> {
        let offers = |protocol: &[u8]| offered.iter().any(|offered| offered == protocol);
        match self {
            Self::Open { http2: true, .. } => vec![H2],
            // A client that takes only HTTP/2 gets its page that way.
            Self::Closed(_) if offers(H2) && !offers(HTTP_11) => vec![H2],
            _ if offers(HTTP_11) => vec![HTTP_11],
            _ => Vec::new(),
        }
    }
}

/// An inspected tunnel: what its requests share.
#[derive(Debug)]
pub(crate) struct Inside {
    /// The host and port of the CONNECT line.
    pub(crate) connect: (Host, u16),
    /// The server name of the hello.
    pub(crate) sni: Option<HostName>,
    /// The name the site was asked for, and shown to the client under.
    name: Host,
    who: Circumstances,
    way: Mutex<Way>,
    offered: Vec<Vec<u8>>,
}

impl Inside {
    /// Who opened it.
    pub(crate) const fn who(&self) -> &Circumstances {
        &self.who
    }

    /// Whether the site's certificate is for a host; not known while the site was not asked.
    pub(crate) fn certificate_fit(&self, host: &Host) -> Option<CertificateFit> {
        let way = self.way.lock().ok()?;
        let Way::Open { certificate: Some(certificate), .. } = &*way else { return None };
        if *host == self.name {
            // It was verified for this very name.
            return Some(CertificateFit::Covers);
        }
        let parsed = webpki::EndEntityCert::try_from(certificate).ok()?;
        let covers =
            server_name(host).is_some_and(|name| parsed.verify_is_valid_for_subject_name(&name).is_ok());
        Some(if covers { CertificateFit::Covers } else { CertificateFit::DoesNotCover })
    }

    /// The connection a request goes on, and the decision with the address it goes to.
    pub(crate) async fn channel(
        self: &Arc<Self>,
        gateway: &Arc<Gateway>,
        facts: &mut WebFacts,
        at: Moment,
        decision: Decision,
    ) -> Result<(Channel, Decision), NoWay> {
        let Some(decision) = self.judge_address(gateway, facts, at, decision)? else {
            // The tunnel was shut when it was opened, and this page of it is open: its site is asked now.
            return self.open_late(gateway, facts, at).await;
        };
        if let Some(channel) = self.take() {
            return Ok((channel, decision));
        }
        match self.reopen(gateway).await {
            Ok(channel) => Ok((channel, decision)),
            Err(fault) => Err(NoWay::Failed(fault, Box::new(decision))),
        }
    }

    /// A connection for a WebSocket: the tunnel's own if it takes them, else one of its own that speaks HTTP/1.1.
    pub(crate) async fn websocket_channel(
        self: &Arc<Self>,
        gateway: &Arc<Gateway>,
        facts: &mut WebFacts,
        at: Moment,
        decision: Decision,
        from_http2: bool,
    ) -> Result<(Channel, Decision), NoWay> {
        let (channel, decision) = self.channel(gateway, facts, at, decision).await?;
        if !from_http2 || channel.takes_extended_connect() {
            return Ok((channel, decision));
        }
        self.put_back(channel);
        match self.connect(gateway, &[HTTP_11.to_vec()]).await {
            Ok((channel, ..)) => Ok((channel, decision)),
            Err(fault) => Err(NoWay::Failed(fault, Box::new(decision))),
        }
    }

    /// Decides with the address the tunnel is connected to. `None` when it is connected to none.
    fn judge_address(
        &self,
        gateway: &Gateway,
        facts: &mut WebFacts,
        at: Moment,
        decision: Decision,
    ) -> Result<Option<Decision>, NoWay> {
        let address = match self.way.lock().as_deref() {
            Ok(Way::Open { address, .. }) => *address,
            Ok(Way::Closed(Some(fault))) => return Err(NoWay::Failed(*fault, Box::new(decision))),
            Ok(Way::Closed(None)) => return Ok(None),
            Err(_poisoned) => return Err(NoWay::Failed(UpstreamFault::BrokeOff, Box::new(decision))),
        };
        facts.resolved = Some(address.ip());
        match gateway.decide_web(facts, at) {
            Some(now) if now.verdict == Verdict::Allow => Ok(Some(now)),
            Some(now) => Err(NoWay::Refused(Box::new(now))),
            None => Err(NoWay::Refused(Box::new(decision))),
        }
    }

    async fn open_late(
        self: &Arc<Self>,
        gateway: &Arc<Gateway>,
        facts: &mut WebFacts,
        at: Moment,
    ) -> Result<(Channel, Decision), NoWay> {
        let Some(decision) = gateway.decide_web(facts, at) else {
            return Err(NoWay::Failed(UpstreamFault::BrokeOff, Box::new(unjudged(gateway, facts))));
        };
        let (host, port) = (&self.connect.0, self.connect.1);
        let (stream, address, decision) =
            match forward::reach(gateway, facts, at, decision, (host, port), false).await {
                Reached::Opened(stream, address, decision) => (stream, address, decision),
                Reached::Refused(decision) => return Err(NoWay::Refused(Box::new(decision))),
                Reached::Failed(fault, decision) => return Err(NoWay::Failed(fault, Box::new(decision))),
                Reached::Kept(channel, _, decision) => return Ok((channel, decision)),
            };
        let offered = [HTTP_11.to_vec()];
        let made = async {
            let stream = gateway.parts.site_tls.connect(stream, &self.name, &offered).await?;
            let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned();
            Ok::<_, UpstreamFault>((Channel::http1(stream).await?, certificate))
        };
        match made.await {
            Ok((channel, certificate)) => {
                if let Ok(mut way) = self.way.lock() {
                    *way = Way::Open { channel: None, address, http2: false, certificate };
                }
                Ok((channel, decision))
            }
            Err(fault) => Err(NoWay::Failed(fault, Box::new(decision))),
        }
    }

    /// A new connection in place of one that was closed: the same address, the same protocol.
    pub(crate) async fn reopen(&self, gateway: &Gateway) -> Result<Channel, UpstreamFault> {
        let offered = match self.way.lock().as_deref() {
            Ok(Way::Open { http2: true, .. }) => self.offered.clone(),
            Ok(Way::Open { http2: false, .. }) => vec![HTTP_11.to_vec()],
            _ => return Err(UpstreamFault::BrokeOff),
        };
        let (channel, http2) = self.connect(gateway, &offered).await?;
        // The client was promised a protocol; a site that changes its mind is not translated for.
        let promised = matches!(self.way.lock().as_deref(), Ok(Way::Open { http2: true, .. }));
        if promised == http2 { Ok(channel) } else { Err(UpstreamFault::Protocol) }
    }

    async fn connect(
        &self,
        gateway: &Gateway,
        offered: &[Vec<u8>],
    ) -> Result<(Channel, bool), UpstreamFault> {
        let address = match self.way.lock().as_deref() {
            Ok(Way::Open { address, .. }) => *address,
            _ => return Err(UpstreamFault::BrokeOff),
        };
        let stream = channel::connect(address).await?;
        let stream = gateway.parts.site_tls.connect(stream, &self.name, offered).await?;
        let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        let channel = if http2 { Channel::http2(stream).await? } else { Channel::http1(stream).await? };
        Ok((channel, http2))
    }

    fn take(&self) -> Option<Channel> {
        let mut way = self.way.lock().ok()?;
        let Way::Open { channel: slot, .. } = &mut *way else { return None };
        match slot {
            // Many requests share an HTTP/2 connection: each gets a sender of its own.
            Some(Channel::Http2(sender, extended)) if !sender.is_closed() => {
                Some(Channel::Http2(sender.clone(), Arc::clone(extended)))
            }
            _ => slot.take().filter(|channel| !channel.is_closed()),
        }
    }

    /// Gives the tunnel's connection back.
    pub(crate) fn put_back(&self, channel: Channel) {
        if let Ok(mut way) = self.way.lock()
            && let Way::Open { channel: slot, .. } = &mut *way
            && !channel.is_closed()
        {
            *slot = Some(channel);
        }
    }
}

/// A decision for a request that could not be judged because the snapshot went away: only while Usher stops.
fn unjudged(gateway: &Gateway, facts: &WebFacts) -> Decision {
    Decision {
        verdict: Verdict::Block,
        reason: Reason::Unknown,
        step: usher_policy::decision::Step::Default,
        group: None,
        matched: None,
        mismatches: facts.mismatches(),
        generation: gateway.snapshot().as_ref().map(|snapshot| snapshot.digest()).unwrap_or_default(),
        trail: Vec::new(),
        flip: usher_policy::decision::Flip::Nothing,
    }
}
