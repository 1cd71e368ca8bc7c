//! The web app's own listeners: the desk over HTTPS, the portal for devices that are not behind the gateway yet.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use usher_certs::leaf::Minter;
use usher_types::clock::Clock;
use usher_types::host::Host;
use usher_web::app::Peer;

/// Connections at a time: every adult's browser, and a class of devices that are just being set up.
const CONNECTIONS: usize = 2_048;
/// How long a TLS handshake or a request's head may take, so that an idle client holds no place.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// How long open pages may take to finish when the server stops.
const DRAIN_TIME: Duration = Duration::from_secs(3);

/// Serves pages until `stop` is pulled, then lets those being sent finish.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let connection = Connection { peer, router: router.clone(), permit };
        tokio::spawn(connection.open(stream, tls.clone(), graceful.watcher()));
    }
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown()).await.is_err() {
        tracing::debug!("pages were still open and are closed now");
    }
}

struct Connection {
    peer: SocketAddr,
    router: Router,
    permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn open(self, stream: TcpStream, tls: Option<TlsAcceptor>, watcher: Watcher) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no delay could not be set");
        }
        let Some(tls) = tls else { return self.serve(stream, watcher).await };
        match tokio::time::timeout(HEAD_TIME, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.serve(stream, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_slow) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn serve<S>(self, stream: S, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { peer, router, permit } = self;
        let peer = Peer { address: peer.ip().to_canonical() };
        let service = tower::service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            tower::ServiceExt::oneshot(router.clone(), request.map(axum::body::Body::new))
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIME);
        let serving =
            builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
        if let Err(error) = watcher.watch(serving.into_owned()).await {
            tracing::trace!(%error, "a browser's connection ended");
        }
        drop(permit);
    }
}

/// TLS for the desk, with a certificate of the school's authority that is renewed by itself.
pub(crate) fn desk_tls(minter: Minter, host: Host, clock: Arc<dyn Clock>) -> anyhow::Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(DeskLeaf { minter, host, clock }));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[derive(Debug)]
struct DeskLeaf {
    minter: Minter,
    host: Host,
    clock: Arc<dyn Clock>,
}

impl ResolvesServerCert for DeskLeaf {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match self.minter.leaf(&self.host, self.clock.now()) {
            Ok(leaf) => Some(leaf),
            Err(error) => {
                tracing::error!(%error, "the desk has no certificate");
                None
            }
        }
    }
}
