//! Connections to sites that speak HTTP.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use usher_events::event::UpstreamFault;

use crate::body::Body;
use crate::limits::{
    ANSWER_TIME, CONNECT_TIME, H2_WINDOW_BYTES, HEAD_FIELDS, JUDGED_AGAIN_EVERY, STILL_TIME,
};
use crate::record::Received;

/// A way to send requests to a site.
#[derive(Debug)]
pub(crate) enum Channel {
    /// One at a time; whether one was answered already.
    Http1(http1::SendRequest<Body>, bool),
    /// Many at once; whether the site takes WebSockets this way is known when its settings have come.
    Http2(http2::SendRequest<Body>, Arc<AtomicBool>),
}

/// A request that was not answered.
#[derive(Debug)]
pub(crate) enum SendFault {
    /// The connection was closed before the request was sent on it: it may go on another.
    NotSent(Box<Request<Body>>),
    /// The site failed.
    Failed(UpstreamFault),
}

/// Opens a connection to an address.
///
/// # Errors
/// When nobody answers there.
pub(crate) async fn connect(address: SocketAddr) -> Result<TcpStream, UpstreamFault> {
    match tokio::time::timeout(CONNECT_TIME, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // Small requests must not wait for the kernel to gather them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no delay could not be set");
            }
            Ok(stream)
        }
        Ok(Err(_refused)) => Err(UpstreamFault::Unreachable),
        Err(_elapsed) => Err(UpstreamFault::TimedOut),
    }
}

impl Channel {
    /// Speaks HTTP/1.1 on a connection.
    ///
    /// # Errors
    /// When the connection is gone already.
    pub(crate) async fn http1<T>(connection: T) -> Result<Self, UpstreamFault>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = http1::Builder::new()
            .preserve_header_case(true)
            .max_headers(HEAD_FIELDS)
            .handshake(TokioIo::new(connection))
            .await;
        let (sender, driver) = handshake.map_err(|_gone| UpstreamFault::BrokeOff)?;
        tokio::spawn(async move {
            if let Err(error) = driver.with_upgrades().await {
                tracing::trace!(%error, "a connection to a site ended");
            }
        });
        Ok(Self::Http1(sender, false))
    }

    /// Speaks HTTP/2 on a connection.
    ///
    /// # Errors
    /// When the connection is gone already, or the site speaks something else.
    pub(crate) async fn http2<T>(connection: T) -> Result<Self, UpstreamFault>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_stream_window_size(H2_WINDOW_BYTES)
            .initial_connection_window_size(H2_WINDOW_BYTES * 4)
            .handshake(TokioIo::new(connection))
            .await;
        let (sender, mut driver) = handshake.map_err(|_odd| UpstreamFault::Protocol)?;
        let extended = Arc::new(AtomicBool::new(false));
        let known = Arc::clone(&extended);
        tokio::spawn(async move {
            let ended = std::future::poll_fn(|context| {
                let polled = Pin::new(&mut driver).poll(context);
                known.store(driver.is_extended_connect_protocol_enabled(), Ordering::Relaxed);
                polled
            });
            if let Err(error) = ended.await {
                tracing::trace!(%error, "a connection to a site ended");
            }
        });
        Ok(Self::Http2(sender, extended))
    }

    /// Whether it cannot be used any more.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Http1(sender, _) => sender.is_closed(),
            Self::Http2(sender, _) => sender.is_closed(),
        }
    }

    /// Whether the site takes WebSockets over HTTP/2 (RFC 8441).
    pub(crate) fn takes_extended_connect(&self) -> bool {
        matches!(self, Self::Http2(_, extended) if extended.load(Ordering::Relaxed))
    }

    /// Sends a request and waits for the head of its answer. What comes of its body is counted in `received`.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
        received: &Received,
    ) -> Result<Response<Incoming>, SendFault> {
        if request.body().is_end_stream() {
            received.end();
        }
        let sent = async {
            match self {
                Self::Http1(sender, used) => {
                    if sender.ready().await.is_err() {
                        return Err(SendFault::NotSent(Box::new(request)));
                    }
                    let spare = if *used { repeatable(&request) } else { None };
                    let answer =
                        sender.try_send_request(request).await.map_err(|error| fault(error, spare))?;
                    *used = true;
                    undecoded(answer)
                }
                Self::Http2(sender, _) => {
                    if sender.ready().await.is_err() {
                        return Err(SendFault::NotSent(Box::new(request)));
                    }
                    sender.try_send_request(request).await.map_err(|error| fault(error, None))
                }
            }
        };
        tokio::select! {
            answer = sent => answer,
            () = nothing_comes(received) => Err(SendFault::Failed(UpstreamFault::TimedOut)),
        }
    }
}

/// Waits until a request's body stands still for too long, or there is no answer too long after it is sent.
async fn nothing_comes(received: &Received) {
    let (mut so_far, mut since) = (received.so_far(), Instant::now());
    loop {
        tokio::time::sleep(JUDGED_AGAIN_EVERY).await;
        let limit = if so_far.1 { ANSWER_TIME } else { STILL_TIME };
        if received.so_far() != so_far {
            (so_far, since) = (received.so_far(), Instant::now());
        } else if since.elapsed() >= limit {
            return;
        }
    }
}

/// The request once more, where asking twice is the same as asking once (RFC 9110, 9.2.2).
fn repeatable(request: &Request<Body>) -> Option<Box<Request<Body>>> {
    if !request.method().is_idempotent() || !matches!(request.body(), Body::Empty) {
        return None;
    }
    let mut again = Request::new(Body::Empty);
    again.method_mut().clone_from(request.method());
    again.uri_mut().clone_from(request.uri());
    *again.version_mut() = request.version();
    again.headers_mut().clone_from(request.headers());
    again.extensions_mut().clone_from(request.extensions());
    Some(Box::new(again))
}

/// An answer, unless its body is in a coding of the transfer that nobody asked for (RFC 9112, 7.4): handed on as it is it
/// would be called something it is not.
fn undecoded(answer: Response<Incoming>) -> Result<Response<Incoming>, SendFault> {
    let codings = answer.headers().get_all(http::header::TRANSFER_ENCODING);
    // `identity` was no coding at all (RFC 2616, 3.6), and some servers still say it.
    let is_plain = |coding: &[u8]| {
        [&b"chunked"[..], b"identity"].iter().any(|plain| coding.trim_ascii().eq_ignore_ascii_case(plain))
    };
    let plain = codings.iter().all(|line| is_plain(line.as_bytes()));
    if plain { Ok(answer) } else { Err(SendFault::Failed(UpstreamFault::Protocol)) }
}

/// What a failure means. A site may close a connection it kept just when the next request comes on it: `spare` then goes on
/// another one.
fn fault(
    mut error: hyper::client::conn::TrySendError<Request<Body>>,
    spare: Option<Box<Request<Body>>>,
) -> SendFault {
    match (error.take_message(), spare) {
        (Some(request), _) => SendFault::NotSent(Box::new(request)),
        (None, Some(spare)) if went_away(error.error()) => SendFault::NotSent(spare),
        (None, _) if error.error().is_parse() => SendFault::Failed(UpstreamFault::Protocol),
        (None, _) => SendFault::Failed(UpstreamFault::BrokeOff),
    }
}

/// Whether the connection ended before any answer began.
fn went_away(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    error.is_incomplete_message()
        || source.is_some_and(|source| {
            matches!(
                source.kind(),
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
            )
        })
}
