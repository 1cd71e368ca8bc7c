//! Taking connections: a permit for each, HTTP/1 behind the guard, HTTP/2 by its preface, an orderly end.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::BytesMut;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use usher_events::event::{MalformedFault, Protocol};

use crate::body::Body;
use crate::gateway::Gateway;
use crate::guard::{ConnectionState, FaultPage, Guarded};
use crate::inside::Inside;
use crate::limits::{
    CONNECTIONS, DRAIN_TIME, H2_HEAD_BYTES, H2_STREAMS, H2_WINDOW_BYTES, HEAD_BYTES, HEAD_FIELDS, HEAD_TIME,
    IDLE_TIME,
};
use crate::relayed;
use crate::serve::{self, Connection};
use crate::websocket;

/// What an HTTP/2 client that knows it beforehand sends first (RFC 9113, 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Takes connections until `stop` is pulled, then lets those that are open finish for a while.
pub async fn listen(gateway: Arc<Gateway>, listener: TcpListener, stop: CancellationToken) {
    listen_with_room(gateway, listener, stop, Arc::new(Semaphore::new(CONNECTIONS))).await;
}

/// Takes connections as [`listen`] does, as many at once as there is room for.
pub async fn listen_with_room(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: CancellationToken,
    room: Arc<Semaphore>,
) {
    let serve = |stream, peer, held| Some(serve_connection(Arc::clone(&gateway), stream, peer, held));
    accept(&gateway, listener, stop, room, serve).await;
}

/// What a connection holds as long as it is open: what tells it to end, whoever waits for its work, and its place.
pub(crate) type Held = (CancellationToken, TaskTracker, Arc<OwnedSemaphorePermit>);

/// Takes connections and has each served, where it is to be, until `stop` is pulled; then lets those that are open finish
/// for a while.
pub(crate) async fn accept<S>(
    gateway: &Gateway,
    listener: TcpListener,
    stop: CancellationToken,
    room: Arc<Semaphore>,
    serve: impl Fn(TcpStream, SocketAddr, Held) -> Option<S>,
) where
    S: Future<Output = ()> + Send + 'static,
{
    let tasks = TaskTracker::new();
    loop {
        // When all places are taken, clients wait in the kernel's queue.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let held = (stop.clone(), tasks.clone(), Arc::new(permit));
                if let Some(serving) = serve(stream, peer, held) {
                    // Boxed once, or the task would have room for it three times over.
                    let (cut, serving) = (gateway.cut.clone(), Box::pin(serving));
                    tasks.spawn(async move {
                        cut.run_until_cancelled(serving).await;
                    });
                }
            }
            Err(error) => {
                // Too many files, or a client that left before it was taken: neither is cured by trying faster.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(DRAIN_TIME, tasks.wait()).await.is_err() {
        tracing::info!("connections were still open and are closed now");
        gateway.cut.cancel();
        tasks.wait().await;
    }
}

async fn serve_connection(
    gateway: Arc<Gateway>,
    mut stream: TcpStream,
    peer: SocketAddr,
    (stop, tasks, room): Held,
) {
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no delay could not be set");
    }
    let mut first = BytesMut::new();
    let client = tokio::select! {
        client = relayed::client(&mut stream, &mut first, peer, &gateway.parts.relays) => client,
        () = stop.cancelled() => return,
    };
    let peer = match client {
        Ok(Some(peer)) => peer,
        Ok(None) => return,
        Err(_unclear) => return refuse_relay(&gateway, stream, peer).await,
    };
    let waited = tokio::time::timeout(IDLE_TIME, first_bytes(&mut stream, &mut first));
    let http2 = tokio::select! {
        read = waited => match read {
            Ok(Ok(http2)) => http2,
            Ok(Err(_)) | Err(_) => return,
        },
        () = stop.cancelled() => return,
    };
    let state = Arc::new(ConnectionState::default());
    let protocol = if http2 { Protocol::Http2 } else { Protocol::Http1 };
    let connection = Connection { peer, state, protocol, inside: None, tasks, stop: stop.clone(), room };
    if http2 {
        let stream = crate::tls::peek::Rewound::new(first, stream);
        serve_http2(gateway, connection, stream, stop).await;
    } else {
        serve_http1(gateway, connection, stream, first, stop).await;
    }
}

/// Reads until it is clear whether the client speaks HTTP/2.
async fn first_bytes(stream: &mut TcpStream, first: &mut BytesMut) -> std::io::Result<bool> {
    loop {
        let known = first.len().min(HTTP2_PREFACE.len());
        if first.get(..known) != HTTP2_PREFACE.get(..known) {
            return Ok(false);
        }
        if known == HTTP2_PREFACE.len() {
            return Ok(true);
        }
        if stream.read_buf(first).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A load balancer that does not say clearly whom it brings is told so, and it is written down under its own address.
async fn refuse_relay(gateway: &Gateway, mut stream: TcpStream, relay: SocketAddr) {
    let fault = MalformedFault::RelayUnclear;
    record_malformed(gateway, relay.ip(), fault).await;
    let page = gateway.parts.pages.malformed(fault).to_http1();
    let told = async { stream.write_all(&page).await.and(stream.shutdown().await) };
    if !matches!(tokio::time::timeout(HEAD_TIME, told).await, Ok(Ok(()))) {
        tracing::debug!(%relay, "a load balancer did not wait to be told what is wrong");
    }
}

/// Serves the requests inside an inspected tunnel.
pub(crate) async fn serve_inside<T>(
    gateway: Arc<Gateway>,
    outer: Connection,
    inside: Arc<Inside>,
    stream: T,
    http2: bool,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let state = Arc::new(ConnectionState::default());
    let protocol = if http2 { Protocol::Http2 } else { Protocol::Http1 };
    let connection = Connection { state, protocol, inside: Some(inside), ..outer };
    let stop = connection.stop.clone();
    if http2 {
        serve_http2(gateway, connection, stream, stop).await;
    } else {
        serve_http1(gateway, connection, stream, BytesMut::new(), stop).await;
    }
}

async fn serve_http1<T>(
    gateway: Arc<Gateway>,
    connection: Connection,
    stream: T,
    first: BytesMut,
    stop: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let page: FaultPage = {
        let gateway = Arc::clone(&gateway);
        Box::new(move |fault| gateway.parts.pages.malformed(fault).to_http1())
    };
    let guarded = Guarded::new(stream, first, Arc::clone(&connection.state), page);
    let service = {
        let (gateway, connection) = (Arc::clone(&gateway), connection.clone());
        service_fn(move |request| answer(Arc::clone(&gateway), connection.clone(), request))
    };
    let serving = http1::Builder::new()
        .preserve_header_case(true)
        .auto_date_header(false)
        .max_headers(HEAD_FIELDS)
        .max_header_size(HEAD_BYTES)
        // The guard keeps the times.
        .header_read_timeout(None)
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(guarded), service)
        .with_upgrades();
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a client's connection ended");
    }
    if let Some(fault) = connection.state.take_fault() {
        record_malformed(&gateway, connection.peer.ip(), fault).await;
    }
}

async fn serve_http2<T>(gateway: Arc<Gateway>, connection: Connection, stream: T, stop: CancellationToken)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(Arc::clone(&gateway), connection.clone(), request));
    let serving = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(H2_STREAMS)
        .initial_stream_window_size(H2_WINDOW_BYTES)
        .initial_connection_window_size(H2_WINDOW_BYTES * 4)
        .max_header_list_size(H2_HEAD_BYTES)
        .keep_alive_interval(HEAD_TIME * 3)
        .keep_alive_timeout(HEAD_TIME)
        .auto_date_header(false)
        .enable_connect_protocol()
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a client's connection ended");
    }
}

async fn answer(
    gateway: Arc<Gateway>,
    connection: Connection,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let ends_http1 = connection.protocol == Protocol::Http1 && websocket::is_wanted(&request);
    // Boxed, because the largest way through is far larger than the usual one.
    let is_head = request.version() == Version::HTTP_2 && request.method() == Method::HEAD;
    let mut answer = Box::pin(serve::serve(gateway, connection, request)).await;
    // A page of ours says how long it is. On HTTP/1.1 the library keeps it back; on HTTP/2 it would send it, and a client
    // that gets a body to HEAD breaks the stream off.
    if is_head && matches!(answer.body(), Body::Full(_)) {
        *answer.body_mut() = Body::Empty;
    }
    // The guard took what follows such a request for a WebSocket's and did not judge it.
    let refused = ends_http1 && answer.status() != StatusCode::SWITCHING_PROTOCOLS;
    Ok(if refused { serve::closing(answer) } else { answer })
}

/// A head that could not be read is a request all the same, and has its event.
pub(crate) async fn record_malformed(gateway: &Gateway, from: IpAddr, fault: MalformedFault) {
    let Ok(place) = gateway.place().await else { return };
    let _page = serve::write_malformed(gateway, from, fault, place, gateway.now());
}
