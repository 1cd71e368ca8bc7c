//! Listening: each site on its own loopback address, with and without TLS.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::sites::answer::{Ask, Body, Content, Reply, finish, full};
use crate::sites::catalogue::{Catalogue, Kind, Speaks};
use crate::sites::routes;
use crate::websocket::{Opcode, accept_key, read_frame, write_frame};

/// The longest form a site reads; what is beyond it is refused.
pub(super) const MOST_BODY_BYTES: usize = 64 * 1024;
/// Connections a site holds at a time. The busiest lesson has a few hundred; beyond this, new ones wait.
const MOST_CONNECTIONS: usize = 1_000;
/// How long a site waits for somebody to shake hands or to say something through a socket.
const PATIENCE: Duration = Duration::from_secs(30);

/// A site that listens.
#[derive(Clone)]
pub(super) struct Host {
    pub(super) catalogue: Arc<Catalogue>,
    /// Its place in the catalogue.
    pub(super) place: usize,
    pub(super) handshake: Option<Arc<ServerConfig>>,
    /// Ends when the sites do; whatever was taken over from a connection watches it.
    pub(super) running: watch::Receiver<()>,
}

/// Listens on a free port of an address.
pub(super) async fn listen(address: Ipv4Addr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((address, 0)).await?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Takes connections until dropped; then those still open end too.
pub(super) async fn accept(host: Host, listener: TcpListener) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        tokio::select! {
            taken = listener.accept() => {
                let Ok((stream, _)) = taken else { continue };
                let host = host.clone();
                open.spawn(async move {
                    connection(host, stream).await;
                    drop(place);
                });
            }
            Some(_ended) = open.join_next() => {}
        }
    }
}

async fn connection(host: Host, stream: TcpStream) {
    match &host.handshake {
        None => serve(&host, stream, false).await,
        Some(config) => {
            let acceptor = TlsAcceptor::from(Arc::clone(config));
            // Clients that refuse a bad certificate end here; that is what those sites are for.
            if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                serve(&host, stream, true).await;
            }
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(host: &Host, stream: S, secure: bool) {
    let Some(site) = host.catalogue.sites.get(host.place) else { return };
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    builder = match (site.speaks(), secure) {
        (Speaks::Http2, true) => builder.http2_only(),
        (Speaks::Http1, _) => builder.http1_only(),
        (Speaks::Both | Speaks::Http2, _) => builder,
    };
    let service = service_fn(|request| {
        let host = host.clone();
        async move { Ok::<_, Infallible>(respond(&host, request, secure).await) }
    });
    // A visitor who goes away in the middle is no fault of the site's.
    drop(builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await);
}

async fn respond(host: &Host, mut request: Request<Incoming>, secure: bool) -> Response<Body> {
    let Some(site) = host.catalogue.sites.get(host.place) else { return Response::new(full(Bytes::new())) };
    if site.kind == Kind::Socket
        && let Some(response) = socket(&mut request, host.running.clone())
    {
        return response;
    }
    match read(request, secure).await {
        Some(ask) => finish(&ask, routes::answer(&host.catalogue, site, &ask)),
        None => {
            let mut response = Response::new(full("That is too long.\n".into()));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
    }
}

async fn read(request: Request<Incoming>, secure: bool) -> Option<Ask> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MOST_BODY_BYTES).collect().await.ok()?.to_bytes();
    let query = head.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let path = head.uri.path().to_owned();
    Some(Ask { method: head.method, path, query, headers: head.headers, body, secure })
}

/// Takes the line over where a WebSocket is asked for, and says back whatever comes (RFC 6455, 4.2).
fn socket(request: &mut Request<Incoming>, running: watch::Receiver<()>) -> Option<Response<Body>> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if request.uri().path() != "/socket" || !header("upgrade")?.eq_ignore_ascii_case("websocket") {
        return None;
    }
    let accept = accept_key(header("sec-websocket-key")?);
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        if let Ok(line) = upgraded.await {
            say_back(TokioIo::new(line), running).await;
        }
    });
    let reply = Reply::new(StatusCode::SWITCHING_PROTOCOLS, "text/plain", Content::Bytes(Bytes::new()))
        .with(http::header::UPGRADE, "websocket")
        .with(http::header::CONNECTION, "Upgrade")
        .with(http::header::SEC_WEBSOCKET_ACCEPT, &accept);
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response.headers_mut().remove(http::header::CONTENT_TYPE);
    Some(response)
}

async fn say_back<S: AsyncRead + AsyncWrite + Unpin>(mut line: S, mut running: watch::Receiver<()>) {
    loop {
        let read = tokio::select! {
            read = timeout(PATIENCE, read_frame(&mut line)) => read,
            _stopping = running.changed() => return,
        };
        let Ok(Ok((opcode, payload))) = read else { return };
        let answer = if opcode == Opcode::Ping { Opcode::Pong } else { opcode };
        if write_frame(&mut line, answer, &payload, None).await.is_err() || opcode == Opcode::Close {
            return;
        }
    }
}
