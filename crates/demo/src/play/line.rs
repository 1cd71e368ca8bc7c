//! Lines to the gateway: each device from its own loopback address, plain or through a tunnel with TLS inside.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use usher_types::moment::Moment;

use crate::play::tally::Ending;

/// A tunnel to a site.
pub(super) type Tunnel = TlsStream<TokioIo<Upgraded>>;

/// Why there is no line, with the status the gateway gave instead, if it gave one.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoLine {
    pub(super) ending: Ending,
    pub(super) status: u16,
    pub(super) bytes: u64,
}

impl NoLine {
    pub(super) const fn of(ending: Ending) -> Self {
        Self { ending, status: 0, bytes: 0 }
    }
}

/// Someone to send requests to.
pub(super) enum Sender {
    /// HTTP/1.1.
    Http1(http1::SendRequest<Full<Bytes>>),
    /// HTTP/2.
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Sender {
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> hyper::Result<http::Response<Incoming>> {
        match self {
            Self::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request).await
            }
            Self::Http2(sender) => {
                sender.ready().await?;
                sender.send_request(request).await
            }
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Http1(sender) => sender.is_closed(),
            Self::Http2(sender) => sender.is_closed(),
        }
    }
}

/// Certificates are judged by the school's clock, which is not this machine's.
#[derive(Debug)]
struct SchoolTime(Arc<AtomicI64>);

impl TimeProvider for SchoolTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.load(Ordering::Relaxed) / 1000).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// What every device of the school is set up with.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) gateway: SocketAddr,
    clock: Arc<AtomicI64>,
    /// Offers HTTP/2 and HTTP/1.1.
    newer: Arc<ClientConfig>,
    /// Offers HTTP/1.1 only.
    older: Arc<ClientConfig>,
}

impl Setup {
    /// Trusts every certificate in `trust`, PEM.
    pub(super) fn new(gateway: SocketAddr, trust: &str) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        let unreadable = || rustls::Error::InvalidCertificate(rustls::CertificateError::BadEncoding);
        for certificate in CertificateDer::pem_slice_iter(trust.as_bytes()) {
            roots.add(certificate.map_err(|_not_pem| unreadable())?)?;
        }
        let clock = Arc::new(AtomicI64::new(0));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let time: Arc<dyn TimeProvider> = Arc::new(SchoolTime(Arc::clone(&clock)));
        let (roots, protocols) = (Arc::new(roots), [b"h2".to_vec(), b"http/1.1".to_vec()]);
        let config = |offered: &[Vec<u8>]| config(&provider, &time, &roots, offered);
        let (newer, older) = (config(&protocols)?, config(&protocols[1..])?);
        Ok(Self { gateway, clock, newer, older })
    }

    pub(super) fn set_clock(&self, at: Moment) {
        self.clock.store(at.unix_ms(), Ordering::Relaxed);
    }

    /// A plain line from a device to the gateway.
    pub(super) async fn connect(&self, device: IpAddr) -> Result<http1::SendRequest<Full<Bytes>>, NoLine> {
        let gone = |_: std::io::Error| NoLine::of(Ending::NotConnected);
        let socket = match device {
            IpAddr::V4(_) => TcpSocket::new_v4(),
            IpAddr::V6(_) => TcpSocket::new_v6(),
        };
        let socket = socket.map_err(gone)?;
        socket.bind(SocketAddr::new(device, 0)).map_err(gone)?;
        let stream = socket.connect(self.gateway).await.map_err(gone)?;
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|_gone| NoLine::of(Ending::NotConnected))?;
        tokio::spawn(connection.with_upgrades());
        Ok(sender)
    }

    /// A tunnel from a device to `host:port`, nothing in it yet.
    pub(super) async fn tunnel(&self, device: IpAddr, to: &str) -> Result<TokioIo<Upgraded>, NoLine> {
        let mut sender = self.connect(device).await?;
        let request = Request::builder()
            .method(Method::CONNECT)
            .uri(to.parse::<Uri>().map_err(|_odd| NoLine::of(Ending::NoAnswer))?)
            .header(http::header::HOST, to)
            .body(Full::new(Bytes::new()))
            .map_err(|_odd| NoLine::of(Ending::NoAnswer))?;
        let response = sender.send_request(request).await.map_err(|_gone| NoLine::of(Ending::NoAnswer))?;
        let status = response.status();
        if status != StatusCode::OK {
            let body = response.into_body().collect().await;
            let ending = if body.is_ok() { Ending::TunnelRefused } else { Ending::BrokeOff };
            let bytes = body.map_or(0, |body| u64::try_from(body.to_bytes().len()).unwrap_or(0));
            return Err(NoLine { ending, status: status.as_u16(), bytes });
        }
        let upgraded = hyper::upgrade::on(response).await;
        upgraded.map(TokioIo::new).map_err(|_gone| NoLine { status: 200, ..NoLine::of(Ending::NoAnswer) })
    }

    /// Shakes hands inside a tunnel, asking for `name`.
    pub(super) async fn shake_hands(
        &self,
        tunnel: TokioIo<Upgraded>,
        name: &str,
        newer: bool,
    ) -> Result<Tunnel, NoLine> {
        let failed = NoLine::of(Ending::HandshakeFailed);
        let bare = name.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|_odd| failed)?;
        let config = Arc::clone(if newer { &self.newer } else { &self.older });
        TlsConnector::from(config).connect(name, tunnel).await.map_err(|_refused| failed)
    }
}

fn config(
    provider: &Arc<CryptoProvider>,
    time: &Arc<dyn TimeProvider>,
    roots: &Arc<RootCertStore>,
    offered: &[Vec<u8>],
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider));
    let verifier = verifier.build().map_err(|error| rustls::Error::General(error.to_string()))?;
    let mut config = ClientConfig::builder_with_details(Arc::clone(provider), Arc::clone(time))
        .with_safe_default_protocol_versions()?
        .with_webpki_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = offered.to_vec();
    Ok(Arc::new(config))
}

/// Speaks the version of HTTP that was agreed on inside a tunnel.
pub(super) async fn speak(tunnel: Tunnel) -> Result<Sender, NoLine> {
    let failed = |_: hyper::Error| NoLine::of(Ending::HandshakeFailed);
    if tunnel.get_ref().1.alpn_protocol() == Some(b"h2") {
        let shaken = http2::handshake(TokioExecutor::new(), TokioIo::new(tunnel)).await;
        let (sender, connection) = shaken.map_err(failed)?;
        tokio::spawn(connection);
        return Ok(Sender::Http2(sender));
    }
    let (sender, connection) = http1::handshake(TokioIo::new(tunnel)).await.map_err(failed)?;
    tokio::spawn(connection.with_upgrades());
    Ok(Sender::Http1(sender))
}
