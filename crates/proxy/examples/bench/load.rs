//! The load: connections that each ask for the next page when they have the one before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::{INSPECTED, LARGE_BYTES, SPLICED};

const CONNECTIONS: usize = 32;
/// Of downloads and of new names: a handshake or a download keeps a core busy by itself.
const LARGE_CONNECTIONS: usize = 4;
const STREAMS: usize = 8;

/// Connections of a load that keeps to a pace, and requests a second of all of them.
const PACED: u32 = 2_000;

/// Where and how.
pub(crate) struct Load {
    proxy: SocketAddr,
    site: SocketAddr,
    way: Way,
    roots: Roots,
    until: Instant,
    /// Numbers of names not yet asked for.
    names: AtomicUsize,
    /// Requests that were not answered.
    failed: AtomicUsize,
}

/// What is asked, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One KiB in the clear, as fast as may be.
    Plain,
    /// The same at a steady pace; what is late is counted from when it was due.
    Paced,
    /// A page of HTML in the clear.
    Page,
    /// One KiB in a tunnel that is not opened.
    Splice,
    /// A large download in a tunnel that is not opened.
    Large,
    /// One KiB in a tunnel that is.
    Inspect,
    /// One KiB in a tunnel that is, each from a name that was never asked for.
    NewHost,
    /// One KiB in streams of a tunnel that is opened.
    Http2,
}

impl Way {
    fn named(name: &str) -> Self {
        match name {
            "plain" => Self::Plain,
            "paced" => Self::Paced,
            "page" => Self::Page,
            "splice" => Self::Splice,
            "large" => Self::Large,
            "inspect" => Self::Inspect,
            "new_host" => Self::NewHost,
            "http2" => Self::Http2,
            other => panic!("no way is called {other}"),
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Page => "/page",
            Self::Large => "/large",
            _ => "/1k",
        }
    }
}

/// Asks through a proxy for so many seconds, or for so many names, and says how many pages (or bytes) came, and the
/// quantiles of how long one took, and how many were not answered.
pub(crate) async fn run(folder: &str, proxy: SocketAddr, site: SocketAddr, way: &str, amount: u64) {
    let way = Way::named(way);
    let began = Instant::now();
    let (seconds, names) =
        if way == Way::NewHost { (600, usize::try_from(amount).unwrap()) } else { (amount, 0) };
    let until = began + Duration::from_secs(seconds);
    let load = Arc::new(Load {
        proxy,
        site,
        way,
        roots: Roots::load(folder),
        until,
        names: AtomicUsize::new(names),
        failed: AtomicUsize::new(0),
    });
    let connections = match way {
        Way::Http2 => CONNECTIONS / STREAMS,
        Way::Large | Way::NewHost => LARGE_CONNECTIONS,
        _ => CONNECTIONS,
    };
    let tasks: Vec<_> = (0..connections).map(|_| tokio::spawn(Arc::clone(&load).one())).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    times.sort_unstable();
    let quantile = |share: usize| times[(times.len() - 1) * share / 100];
    let units = if way == Way::Large { times.len() * LARGE_BYTES } else { times.len() };
    let failed = load.failed.load(Relaxed);
    println!("{units} {} {} {} {failed}", began.elapsed().as_secs_f64(), quantile(50), quantile(99));
}

impl Load {
    /// The time each of one connection's pages took, in microseconds.
    async fn one(self: Arc<Self>) -> Vec<u32> {
        let mut times = Vec::new();
        // A proxy may close after any answer; the page after it pays for the new connection.
        while Instant::now() < self.until {
            let began = Instant::now();
            let stream = TcpStream::connect(self.proxy).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let path = self.way.path();
            match self.way {
                Way::Plain | Way::Paced | Way::Page => {
                    let site = self.site.to_string();
                    let request = request(&format!("http://{site}{path}"), &site);
                    self.http1(stream, &request, began, &mut times).await;
                }
                Way::Splice | Way::Large | Way::Inspect => {
                    let name = if self.way == Way::Inspect { INSPECTED } else { SPLICED };
                    let stream = tunnel(stream, self.site).await;
                    let stream = tls(stream, name, &[b"http/1.1"], &self.roots).await;
                    self.http1(stream, &request(path, &self.authority(name)), began, &mut times).await;
                }
                Way::NewHost => {
                    let left = self.names.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
                    let Ok(number) = left else { break };
                    let name = format!("h{number}.{INSPECTED}");
                    let stream =
                        tls(tunnel(stream, self.site).await, &name, &[b"http/1.1"], &self.roots).await;
                    let last = request(path, &self.authority(&name))
                        .replace("Accept:", "Connection: close\r\nAccept:");
                    self.http1(stream, &last, began, &mut times).await;
                }
                Way::Http2 => return self.http2(stream).await,
            }
        }
        times
    }

    async fn http1(
        &self,
        mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
        request: &str,
        mut began: Instant,
        times: &mut Vec<u32>,
    ) {
        let mut buffer = vec![0; 256 * 1024];
        let mut due = began;
        while Instant::now() < self.until {
            if self.way == Way::Paced {
                tokio::time::sleep_until(due).await;
                began = due;
                due += Duration::from_secs(1) * u32::try_from(CONNECTIONS).unwrap() / PACED;
            }
            // TLS may keep the end of it until it is told to send.
            if stream.write_all(request.as_bytes()).await.is_err() || stream.flush().await.is_err() {
                self.failed.fetch_add(1, Relaxed);
                return;
            }
            if !answer(&mut stream, &mut buffer).await {
                self.failed.fetch_add(1, Relaxed);
                return;
            }
            times.push(u32::try_from(began.elapsed().as_micros()).unwrap());
            if self.way == Way::NewHost {
                return;
            }
            began = Instant::now();
        }
    }

    /// The site as a browser names it in a request: with its port, where that is not the usual one (RFC 9110, 7.2).
    /// Squid keeps a tunnel's connection to the site for one name and port, and answers 503 `ERR_CANNOT_FORWARD` to a
    /// request for any other.
    fn authority(&self, name: &str) -> String {
        format!("{name}:{}", self.site.port())
    }

    async fn http2(self: &Arc<Self>, stream: TcpStream) -> Vec<u32> {
        let stream = tls(tunnel(stream, self.site).await, INSPECTED, &[b"h2"], &self.roots).await;
        let (sender, driver) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        let streams = (0..STREAMS).map(|_| self.one_stream(sender.clone()));
        futures_util::future::join_all(streams).await.concat()
    }

    async fn one_stream(&self, mut sender: hyper::client::conn::http2::SendRequest<Full<Bytes>>) -> Vec<u32> {
        let mut times = Vec::new();
        while Instant::now() < self.until {
            let began = Instant::now();
            let mut request = Request::get(format!("https://{}/1k", self.authority(INSPECTED)));
            for line in HEADERS.lines() {
                let (name, value) = line.split_once(": ").unwrap();
                request = request.header(name.to_ascii_lowercase(), value);
            }
            let answer = sender.send_request(request.body(Full::default()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes().len(), 1024);
            times.push(u32::try_from(began.elapsed().as_micros()).unwrap());
        }
        times
    }
}

/// Reads one answer to its end. False when the connection was closed before it began, as one that was kept may be.
async fn answer(stream: &mut (impl AsyncReadExt + Unpin), buffer: &mut [u8]) -> bool {
    let (mut length, mut missing) = (0, None);
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer[length..]).await else {
            if length > 0 {
                fail(&buffer[..length]);
            }
            return false;
        };
        let passed: usize = match missing {
            Some(missing) => {
                usize::checked_sub(missing, count).unwrap_or_else(|| fail(b"more came than was said"))
            }
            None => {
                length += count;
                let Some(end) = buffer[..length].windows(4).position(|window| window == b"\r\n\r\n") else {
                    continue;
                };
                body_bytes(&buffer[..end]) - (length - end - 4)
            }
        };
        if passed == 0 {
            return true;
        }
        // Nothing of it is looked at.
        (length, missing) = (0, Some(passed));
    }
}

/// How long the body is that a head speaks of.
fn body_bytes(head: &[u8]) -> usize {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    match length {
        Some(length) if head.get(9..12) == Some(b"200") => length,
        _ => fail(head),
    }
}

/// Ends the whole load: figures of failures mean nothing.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "it is a command for the terminal"
)]
fn fail(answer: &[u8]) -> ! {
    eprintln!("{}", String::from_utf8_lossy(answer));
    std::process::exit(1)
}

/// What a browser sends besides.
const HEADERS: &str =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0\r
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r
Accept-Language: en-GB,en;q=0.9\r
Accept-Encoding: gzip, deflate, br, zstd\r
Sec-Fetch-Dest: document\r
Sec-Fetch-Mode: navigate\r
Sec-Fetch-Site: same-origin\r
Cookie: session=0123456789abcdef0123456789abcdef; theme=light; seen=1";

fn request(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{HEADERS}\r\n\r\n")
}

pub(crate) async fn tunnel(mut stream: TcpStream, to: SocketAddr) -> TcpStream {
    stream.write_all(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(
        head.starts_with(b"HTTP/1.") && head.get(9..12) == Some(b"200"),
        "{}",
        String::from_utf8_lossy(&head)
    );
    stream
}

pub(crate) async fn tls(
    stream: TcpStream,
    host: &str,
    protocols: &[&[u8]],
    roots: &Roots,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut config = roots.0.clone();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

/// What is believed: the site, and whoever reads on the way. No session is taken up again.
pub(crate) struct Roots(rustls::ClientConfig);

impl Roots {
    pub(crate) fn load(folder: &str) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        for name in ["site.pem", "peers.pem", "authority.pem", "mitmproxy/mitmproxy-ca-cert.pem"] {
            if let Ok(root) = CertificateDer::from_pem_file(format!("{folder}/{name}")) {
                roots.add(root).unwrap();
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = rustls::client::Resumption::disabled();
        Self(config)
    }
}
