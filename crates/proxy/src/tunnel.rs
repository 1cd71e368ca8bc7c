//! CONNECT: a tunnel is opened, its first bytes are looked at, and it is spliced, inspected or closed as decided.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use usher_events::event::{End, UpstreamFault};
use usher_policy::facts::{Hello, TlsFacts};
use usher_policy::presence::CredentialFault;
use usher_policy::verdict::TlsAction;
use usher_types::host::Host;

use crate::body::Body;
use crate::case::Case;
use crate::gateway::Gateway;
use crate::guard::Guarded;
use crate::inside::{Inside, Way, first_certificate};
use crate::listener;
use crate::reach::{self, NoWay};
use crate::record::Recording;
use crate::serve::{self, Connection};
use crate::splice::splice;
use crate::tls::client::H2;
use crate::tls::hello::ClientHello;
use crate::tls::peek::{Peeked, Rewound, peek};
use crate::tls::pins;
use crate::upstream::channel::Channel;

/// Answers a CONNECT and goes on in the background. It is always agreed to: what the tunnel is for shows in its first
/// bytes, and a refusal can then be a page.
pub(crate) fn open(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    request: Request<Incoming>,
    recording: Recording<TlsFacts>,
) -> Response<Body> {
    let upgrade = hyper::upgrade::on(request);
    let opened = Opened { gateway: Arc::clone(gateway), connection: connection.clone(), recording };
    connection.spawn(gateway, async move {
        match upgrade.await.map(raw) {
            Ok(Ok(client)) => opened.go(client).await,
            Ok(Err(client)) => opened.go(TokioIo::new(client)).await,
            // The recording says so when it is dropped.
            Err(_left) => {}
        }
    });
    Response::new(Body::Empty)
}

/// Asks for credentials that help. The client may have sent more already, so its connection closes.
pub(crate) fn refuse(mut recording: Recording<TlsFacts>, fault: &CredentialFault) -> Response<Body> {
    recording.judgement().1 = TlsAction::Terminate;
    serve::closing(serve::credentials_refused(recording, fault))
}

/// The plain connection under an upgraded one, so that spliced bytes take the shortest way.
fn raw(upgraded: Upgraded) -> Result<Rewound<TcpStream>, Upgraded> {
    let parts = upgraded.downcast::<TokioIo<Guarded<TcpStream>>>()?;
    let (stream, buffered) = parts.io.into_inner().into_parts();
    let mut first = BytesMut::from(parts.read_buf.as_ref());
    first.extend_from_slice(&buffered);
    Ok(Rewound::new(first, stream))
}

/// The connection to a tunnel's site; none where nothing was to go there.
type Site = Result<Option<(TcpStream, SocketAddr)>, UpstreamFault>;

/// A tunnel that was agreed to.
struct Opened {
    gateway: Arc<Gateway>,
    connection: Connection,
    recording: Recording<TlsFacts>,
}

/// What is done with a tunnel.
enum Next<T> {
    /// Its bytes are copied unread.
    Splice(Rewound<T>, TcpStream, Recording<TlsFacts>),
    /// It is decrypted.
    Inspect(Opened, Rewound<T>, Site, Vec<Vec<u8>>),
    /// Nothing more.
    Nothing,
}

impl Opened {
    /// Looks at the first bytes, decides, and does it. Each part is boxed: thousands of tunnels stand still, and each would
    /// keep the room of all that other tunnels do.
    async fn go<T>(self, client: T)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match Box::pin(self.look(client)).await {
            Next::Splice(client, site, recording) => Box::pin(splice(client, site, recording)).await,
            Next::Inspect(opened, client, site, offered) => {
                Box::pin(opened.inspect(client, site, offered)).await;
            }
            Next::Nothing => {}
        }
    }

    /// Looks at the first bytes, and decides.
    async fn look<T>(mut self, client: T) -> Next<T>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.recording.answered(200, &HeaderMap::new());
        let (peeked, client) = peek(client).await;
        let (hello, offered) = match peeked {
            Peeked::Hello(hello) => {
                let ClientHello { server_name: sni, protocols, hides_name: hidden } = hello;
                (Hello::Tls { sni, hidden }, protocols)
            }
            Peeked::Other => (Hello::Other, Vec::new()),
            Peeked::Silent => (Hello::Silent, Vec::new()),
            Peeked::Gone => return Next::Nothing,
        };
        let facts = &mut self.recording.facts;
        facts.hello = hello;
        facts.refused = self.gateway.parts.pins.known(pins::at(&facts.who), &name_of(facts));
        let site = self.site().await;
        match (self.recording.judgement().1, site) {
            (TlsAction::Inspect, site) => return Next::Inspect(self, client, site, offered),
            (TlsAction::Splice, Ok(Some((stream, _)))) => {
                return Next::Splice(client, stream, self.recording);
            }
            (TlsAction::Splice, Err(fault)) => self.recording.finish(End::Upstream(fault)),
            (TlsAction::Splice | TlsAction::Terminate, _) => {
                self.recording.judgement().1 = TlsAction::Terminate;
                self.recording.finish(End::Complete);
            }
        }
        Next::Nothing
    }

    /// Decides, and connects to the host of the CONNECT line where that is open. A server name that differs is a fact
    /// for the decision, never an address to connect to.
    async fn site(&mut self) -> Site {
        if !TlsFacts::may_connect(self.recording.judge()) {
            return Ok(None);
        }
        let (host, port) = self.recording.facts.connect.clone();
        match reach::open(&mut self.recording, &host, port).await {
            Ok(site) => Ok(Some(site)),
            Err(NoWay::Refused) => Ok(None),
            Err(NoWay::Failed(fault)) => Err(fault),
        }
    }

    /// Decrypts: the site's handshake first, then the client's with a leaf of ours and the same protocol inside.
    async fn inspect<T>(self, client: Rewound<T>, site: Site, offered: Vec<Vec<u8>>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { gateway, connection, mut recording } = self;
        let facts = &recording.facts;
        let (name, device) = (name_of(facts), pins::at(&facts.who));
        let way = match site {
            Ok(Some((stream, address))) => shake_hands(&gateway, stream, address, &name, &offered)
                .await
                .unwrap_or_else(|fault| Way::Closed(Some(fault))),
            Ok(None) => Way::Closed(None),
            Err(fault) => Way::Closed(Some(fault)),
        };
        let leaf = match gateway.parts.minter.leaf(&name, gateway.parts.certificate_clock.now()) {
            Ok(leaf) => leaf,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no certificate for a site");
                recording.judgement().1 = TlsAction::Terminate;
                return recording.finish(End::Usher);
            }
        };
        let protocols = way.protocols(&offered);
        let is_site_trusted = matches!(way, Way::Open { .. });
        let inside = Arc::new(Inside {
            connect: facts.connect.clone(),
            sni: facts.sni().cloned(),
            name: name.clone(),
            shown: recording.shown.clone(),
            way: Mutex::new(way),
            offered,
        });
        match gateway.client_tls.accept(client, leaf, &protocols).await {
            Ok(stream) => {
                gateway.parts.pins.took(device, recording.at());
                recording.finish(End::Complete);
                drop(recording);
                let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
                listener::serve_inside(gateway, connection, inside, stream, http2).await;
            }
            Err(error) => {
                tracing::debug!(%error, "a client broke off its handshake");
                let is_distrust = pins::is_distrust(&error);
                // What a site did wrong, or was not asked, says nothing about who its apps trust.
                if is_distrust && is_site_trusted {
                    gateway.parts.pins.refused(device, &name, recording.at());
                }
                recording.finish(if is_distrust { End::CertificateRefused } else { End::ClientLeft });
            }
        }
    }
}

/// The name a tunnel's site is asked for.
fn name_of(facts: &TlsFacts) -> Host {
    facts.sni().map_or_else(|| facts.connect.0.clone(), |sni| Host::Name(sni.clone()))
}

async fn shake_hands(
    gateway: &Gateway,
    stream: TcpStream,
    address: SocketAddr,
    name: &Host,
    offered: &[Vec<u8>],
) -> Result<Way, UpstreamFault> {
    let stream = gateway.parts.site_tls.connect(stream, name, offered).await?;
    let certificate = first_certificate(&stream);
    let http2 = stream.get_ref().1.alpn_protocol() == Some(H2);
    let channel = if http2 { Channel::http2(stream).await? } else { Channel::http1(stream).await? };
    Ok(Way::Open { channel: Some(channel), address, http2, certificate })
}
