//! The load: connections that each ask for the next page when they have the one before.

use std::net::SocketAddr;
use std::sync::Arc;
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

use crate::{INSPECTED, SPLICED};

const CONNECTIONS: usize = 32;
const STREAMS: usize = 8;

/// Where and how.
pub(crate) struct Load {
    proxy: SocketAddr,
    site: SocketAddr,
    way: String,
    roots: rustls::RootCertStore,
    until: Instant,
}

/// Asks through a proxy for so many seconds, and says how many pages came, and the quantiles of how long one took.
pub(crate) async fn run(folder: &str, proxy: SocketAddr, site: SocketAddr, way: &str, seconds: u64) {
    let mut roots = rustls::RootCertStore::empty();
    for name in ["site.pem", "peers.pem", "authority.pem"] {
        if let Ok(root) = CertificateDer::from_pem_file(format!("{folder}/{name}")) {
            roots.add(root).unwrap();
        }
    }
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let load = Arc::new(Load { proxy, site, way: way.to_owned(), roots, until });
    let connections = if way == "http2" { CONNECTIONS / STREAMS } else { CONNECTIONS };
    let tasks: Vec<_> = (0..connections).map(|_| tokio::spawn(Arc::clone(&load).one())).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    times.sort_unstable();
    let quantile = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{} {} {} {}", times.len(), began.elapsed().as_secs_f64(), quantile(50), quantile(99));
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
            match self.way.as_str() {
                "plain" => {
                    let site = self.site.to_string();
                    self.http1(stream, &request(&format!("http://{site}/1k"), &site), began, &mut times)
                        .await;
                }
                "splice" | "inspect" => {
                    let name = if self.way == "splice" { SPLICED } else { INSPECTED };
                    let stream = tunnel(stream, self.site).await;
                    let stream = tls(stream, name, &[b"http/1.1"], &self.roots).await;
                    self.http1(stream, &request("/1k", &self.authority(name)), began, &mut times).await;
                }
                _ => return self.http2(stream).await,
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
        let mut buffer = vec![0; 16 * 1024];
        while Instant::now() < self.until {
            if stream.write_all(request.as_bytes()).await.is_err() {
                return;
            }
            let mut length = 0;
            loop {
                // A connection that was kept may close before it takes the next request.
                let Ok(count @ 1..) = stream.read(&mut buffer[length..]).await else {
                    if length > 0 {
                        fail(&buffer[..length]);
                    }
                    return;
                };
                length += count;
                let end = buffer[..length].windows(4).position(|window| window == b"\r\n\r\n");
                if end.is_some() && buffer.get(9..12) != Some(b"200") {
                    fail(&buffer[..length]);
                }
                if end.is_some_and(|end| length >= end + 4 + 1024) {
                    break;
                }
            }
            times.push(u32::try_from(began.elapsed().as_micros()).unwrap());
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

async fn tunnel(mut stream: TcpStream, to: SocketAddr) -> TcpStream {
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

async fn tls(
    stream: TcpStream,
    host: &str,
    protocols: &[&[u8]],
    roots: &rustls::RootCertStore,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}
