//! Sites of every kind, on addresses of their own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{HandshakeKind, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// A connection, encrypted or not.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub(crate) type Stream = Box<dyn Io>;

/// A running site.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    /// Connections taken so far.
    connections: Arc<AtomicUsize>,
    /// Those of them that took up an earlier TLS session.
    resumed: Arc<AtomicUsize>,
    /// Requests read so far.
    seen: Arc<Mutex<Vec<Seen>>>,
    /// What answers of HTTP/2 wait for.
    gate: Arc<Mutex<Option<Arc<Notify>>>>,
}

/// A request as a site read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The head, as it came.
    pub(crate) head: String,
    /// The body, without its coding.
    pub(crate) body: Vec<u8>,
    /// On which connection, counting from 1.
    pub(crate) connection: usize,
}

impl Seen {
    /// The value of a field, by its name in any case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The request line.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

impl Origin {
    /// A site that does `serve` with each connection.
    pub(crate) async fn raw<F, S>(serve: F) -> Self
    where
        F: Fn(Stream, usize) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        Self::start(None, serve).await
    }

    /// The same behind TLS.
    pub(crate) async fn tls_raw<F, S>(config: Arc<ServerConfig>, serve: F) -> Self
    where
        F: Fn(Stream, usize) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        Self::start(Some(config), serve).await
    }

    async fn start<F, S>(tls: Option<Arc<ServerConfig>>, serve: F) -> Self
    where
        F: Fn(Stream, usize) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.77.1:0").await.unwrap();
        let origin = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            resumed: Arc::default(),
            seen: Arc::default(),
            gate: Arc::default(),
        };
        let (connections, serve) = (Arc::clone(&origin.connections), Arc::new(serve));
        let resumed = Arc::clone(&origin.resumed);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let number = connections.fetch_add(1, Ordering::SeqCst) + 1;
                let (tls, serve, resumed) = (tls.clone(), Arc::clone(&serve), Arc::clone(&resumed));
                tokio::spawn(async move {
                    match tls {
                        None => serve(Box::new(stream), number).await,
                        // A handshake the other side breaks off is no fault of a site.
                        Some(config) => {
                            if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                                let kind = stream.get_ref().1.handshake_kind();
                                resumed.fetch_add(
                                    usize::from(kind == Some(HandshakeKind::Resumed)),
                                    Ordering::SeqCst,
                                );
                                serve(Box::new(stream), number).await;
                            }
                        }
                    }
                });
            }
        });
        origin
    }

    /// A site of HTTP/1.1 that answers each request with these bytes, and keeps the connection unless they say
    /// `connection: close`.
    pub(crate) async fn http1<F>(answer: F) -> Self
    where
        F: Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::http1_over(None, answer).await
    }

    /// The same behind TLS.
    pub(crate) async fn https1<F>(config: Arc<ServerConfig>, answer: F) -> Self
    where
        F: Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::http1_over(Some(config), answer).await
    }

    async fn http1_over<F>(tls: Option<Arc<ServerConfig>>, answer: F) -> Self
    where
        F: Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
    {
        let (seen, answer) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::new(answer));
        let kept = Arc::clone(&seen);
        let origin = Self::start(tls, move |mut stream, number| {
            let (seen, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            async move {
                while let Some(mut request) = read_request(&mut stream).await {
                    request.connection = number;
                    seen.lock().unwrap().push(request.clone());
                    let bytes = answer(&request);
                    if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                    if String::from_utf8_lossy(&bytes).to_ascii_lowercase().contains("connection: close") {
                        break;
                    }
                }
                // The other side may have gone already.
                let _gone = stream.shutdown().await;
            }
        })
        .await;
        Self { seen, ..origin }
    }

    /// A site of HTTP/2 behind TLS.
    pub(crate) async fn http2<F>(config: Arc<ServerConfig>, extended_connect: bool, answer: F) -> Self
    where
        F: Fn(&Request<()>) -> Response<Full<Bytes>> + Send + Sync + 'static,
    {
        let (seen, answer) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::new(answer));
        let gate = Arc::<Mutex<Option<Arc<Notify>>>>::default();
        let (kept, shut) = (Arc::clone(&seen), Arc::clone(&gate));
        let origin = Self::start(Some(config), move |stream, number| {
            let (seen, answer, gate) = (Arc::clone(&kept), Arc::clone(&answer), Arc::clone(&shut));
            async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                    let gate = gate.lock().unwrap().clone();
                    async move {
                        if let Some(gate) = gate {
                            gate.notified().await;
                        }
                        Ok::<_, Infallible>(answer_http2(request, number, &seen, answer.as_ref()).await)
                    }
                });
                let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                if extended_connect {
                    builder.enable_connect_protocol();
                }
                // A client that goes away is no fault of a site.
                let _gone = builder.serve_connection(TokioIo::new(stream), service).await;
            }
        })
        .await;
        Self { seen, gate, ..origin }
    }

    /// Lets answers of HTTP/2 wait for this from now on.
    pub(crate) fn hold(&self, gate: Arc<Notify>) {
        *self.gate.lock().unwrap() = Some(gate);
    }

    /// Connections taken so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Connections that took up an earlier TLS session.
    pub(crate) fn resumed(&self) -> usize {
        self.resumed.load(Ordering::SeqCst)
    }

    /// Requests read so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer_http2(
    mut request: Request<Incoming>,
    connection: usize,
    seen: &Mutex<Vec<Seen>>,
    answer: &(dyn Fn(&Request<()>) -> Response<Full<Bytes>> + Send + Sync),
) -> Response<Full<Bytes>> {
    let upgrade = hyper::upgrade::on(&mut request);
    let is_websocket = request.extensions().get::<hyper::ext::Protocol>().is_some();
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let mut head = format!("{} {} HTTP/2", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        head.push_str(&format!("\r\n{name}: {}", value.to_str().unwrap()));
    }
    seen.lock().unwrap().push(Seen { head, body, connection });
    if is_websocket {
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            echo(Box::new(TokioIo::new(upgraded))).await;
        });
    }
    answer(&Request::from_parts(parts, ()))
}

/// Reads one request; none at the end of the connection.
pub(crate) async fn read_request(stream: &mut Stream) -> Option<Seen> {
    let head = read_head(stream).await?;
    let mut seen = Seen { head, body: Vec::new(), connection: 0 };
    let length = seen.field("content-length").map_or(0, |length| length.parse().unwrap());
    if seen.field("transfer-encoding").is_some() {
        loop {
            let line = read_line(stream).await?;
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            if size == 0 {
                while !read_line(stream).await?.is_empty() {}
                break;
            }
            stream.read_exact(&mut chunk).await.ok()?;
            seen.body.extend_from_slice(&chunk[..size]);
        }
    } else {
        seen.body = vec![0; length];
        stream.read_exact(&mut seen.body).await.ok()?;
    }
    Some(seen)
}

/// Reads a head, without the empty line after it.
pub(crate) async fn read_head<T: AsyncRead + Unpin + ?Sized>(stream: &mut T) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    head.truncate(head.len() - 4);
    Some(String::from_utf8_lossy(&head).into_owned())
}

async fn read_line(stream: &mut Stream) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    line.truncate(line.len() - 2);
    String::from_utf8(line).ok()
}

/// Sends back what comes, until the end.
pub(crate) async fn echo(mut stream: Stream) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..count]).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    let _gone = stream.shutdown().await;
}

/// An answer of HTTP/1.1 with these fields and this body.
pub(crate) fn answer(status: &str, fields: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{fields}\r\n{body}").into_bytes()
}

/// A good answer of HTTP/1.1 with these fields and any bytes.
pub(crate) fn file(fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The beginning of a Windows program: a DOS head whose 60th byte says where the other one is.
pub(crate) fn program() -> Vec<u8> {
    let mut bytes = vec![0_u8; 512];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[60] = 128;
    bytes[128..132].copy_from_slice(b"PE\0\0");
    bytes
}

/// A plain page.
pub(crate) fn page(body: &str) -> Vec<u8> {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body)
}
