//! What a request costs: a gateway, a site and a load, each a process of its own on this machine, one way after another.
//!
//! ```sh
//! cargo run --release -p usher-proxy --example bench -- [plain|splice|http1|http2|tunnels|kept|all]
//! ```
//!
//! Prints requests a second and the gateway's processor time for one, or its memory for one idle connection.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement stops at a fault")]
#![allow(clippy::indexing_slicing, clippy::print_stdout, reason = "it is a command for the terminal")]
#![allow(missing_docs, reason = "it is no library")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use usher_certs::authority::Authority;
use usher_certs::leaf::Minter;
use usher_certs::master::MasterKey;
use usher_events::event::{Event, MalformedFault, UpstreamFault};
use usher_events::sink::{EventSink, Place, SinkClosed};
use usher_policy::facts::Circumstances;
use usher_policy::presence::{CredentialFault, Credentialed, Credentials, Presences};
use usher_proxy::body::Body;
use usher_proxy::gateway::{Gateway, Parts};
use usher_proxy::pages::{Page, Pages, Refused};
use usher_proxy::tls::client::SiteTls;
use usher_proxy::upstream::resolve::{Overrides, Resolver};
use usher_scan::search::SearchEngines;
use usher_scan::theme::Themes;
use usher_testkit::{facts, lists, snapshot};
use usher_types::clock::HandClock;
use usher_types::host::HostName;
use usher_types::ids::{EventId, Id};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

const CONNECTIONS: usize = 32;
const STREAMS: usize = 8;
const SECONDS: u64 = 8;
const IDLE: usize = 4_000;
const INSPECTED: &str = "inspected.example";
const SPLICED: &str = "spliced.example";
const PLAIN: &str = "plain.example";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.as_slice() {
        ["site", folder] => runtime.block_on(site(folder)),
        ["gateway", folder, plain, tls] => {
            runtime.block_on(gateway(folder, plain.parse().unwrap(), tls.parse().unwrap()));
        }
        [] | ["all"] => ["plain", "splice", "http1", "http2", "tunnels", "kept"]
            .map(|way| measure(&runtime, way))
            .into_iter()
            .for_each(drop),
        ways => ways.iter().for_each(|way| measure(&runtime, way)),
    }
}

// --- the processes ------------------------------------------------------------------------------------------------

struct Running {
    child: Child,
    said: Vec<String>,
}

impl Running {
    /// Starts this program in another part, and waits for the line it says when it is ready.
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, said: line.split_whitespace().map(str::to_owned).collect() }
    }

    /// Processor time so far, in microseconds.
    fn cpu_us(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        ticks * 10_000.0
    }

    /// Memory in use, in KiB.
    fn memory_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn measure(runtime: &tokio::runtime::Runtime, way: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let site = Running::start(&["site", path]);
    let gateway = Running::start(&["gateway", path, &site.said[0], &site.said[1]]);
    let address: SocketAddr = gateway.said[0].parse().unwrap();
    let pem = std::fs::read(folder.path().join("authority.pem")).unwrap();
    let site_pem = std::fs::read(folder.path().join("site.pem")).unwrap();
    let roots = [pem, site_pem].map(|pem| CertificateDer::from_pem_slice(&pem).unwrap());
    match way {
        "tunnels" | "kept" => {
            let before = gateway.memory_kib();
            let (held, count) = runtime.block_on(idle(address, way == "tunnels", &roots));
            let each = (gateway.memory_kib() - before) / count as f64;
            println!("{way:8} {count} idle: {each:.1} KiB each");
            drop(held);
        }
        _ => {
            let count = Arc::new(AtomicU64::new(0));
            let load =
                Load { address, way: way.to_owned(), roots: roots.to_vec(), count: Arc::clone(&count) };
            let loading = runtime.spawn(load.run());
            runtime.block_on(async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let (cpu, done, began) = (gateway.cpu_us(), count.load(Ordering::Relaxed), Instant::now());
                tokio::time::sleep(Duration::from_secs(SECONDS)).await;
                let (cpu, done) = (gateway.cpu_us() - cpu, count.load(Ordering::Relaxed) - done);
                let rate = done as f64 / began.elapsed().as_secs_f64();
                println!("{way:8} {rate:8.0} requests/s {:8.1} µs of the gateway each", cpu / done as f64);
            });
            loading.abort();
        }
    }
}

// --- the load -----------------------------------------------------------------------------------------------------

struct Load {
    address: SocketAddr,
    way: String,
    roots: Vec<CertificateDer<'static>>,
    count: Arc<AtomicU64>,
}

impl Load {
    async fn run(self) {
        let connections = if self.way == "http2" { CONNECTIONS / STREAMS } else { CONNECTIONS };
        let load = Arc::new(self);
        let tasks: Vec<_> = (0..connections).map(|_| tokio::spawn(Arc::clone(&load).one())).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }

    async fn one(self: Arc<Self>) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        match self.way.as_str() {
            "plain" => self.http1(stream, &request(&format!("http://{PLAIN}/1k"), PLAIN)).await,
            "splice" => {
                let stream = tls(tunnel(stream, SPLICED).await, SPLICED, &[b"http/1.1"], &self.roots).await;
                self.http1(stream, &request("/1k", SPLICED)).await;
            }
            "http1" => {
                let stream =
                    tls(tunnel(stream, INSPECTED).await, INSPECTED, &[b"http/1.1"], &self.roots).await;
                self.http1(stream, &request("/1k", INSPECTED)).await;
            }
            _ => {
                let stream = tls(tunnel(stream, INSPECTED).await, INSPECTED, &[b"h2"], &self.roots).await;
                let (sender, driver) =
                    hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                        .await
                        .unwrap();
                tokio::spawn(driver);
                let streams: Vec<_> =
                    (0..STREAMS).map(|_| tokio::spawn(Arc::clone(&self).http2(sender.clone()))).collect();
                for stream in streams {
                    stream.await.unwrap();
                }
            }
        }
    }

    async fn http1(&self, mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, request: &str) {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut length = 0;
            loop {
                let count = stream.read(&mut buffer[length..]).await.unwrap();
                assert!(count > 0, "the gateway closed: {}", String::from_utf8_lossy(&buffer[..length]));
                length += count;
                let end = buffer[..length].windows(4).position(|window| window == b"\r\n\r\n");
                if end.is_some_and(|end| length >= end + 4 + 1024) {
                    break;
                }
            }
            assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..length]));
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn http2(self: Arc<Self>, mut sender: hyper::client::conn::http2::SendRequest<Full<Bytes>>) {
        loop {
            let mut request = Request::get(format!("https://{INSPECTED}/1k"));
            for line in HEADERS.lines() {
                let (name, value) = line.split_once(": ").unwrap();
                request = request.header(name.to_ascii_lowercase(), value);
            }
            let answer = sender.send_request(request.body(Full::default()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes().len(), 1024);
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }
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

async fn tunnel(mut stream: TcpStream, host: &str) -> TcpStream {
    stream
        .write_all(format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    stream
}

async fn tls(
    stream: TcpStream,
    host: &str,
    protocols: &[&[u8]],
    roots: &[CertificateDer<'static>],
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut store = rustls::RootCertStore::empty();
    for root in roots {
        store.add(root.clone()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

/// Idle connections: tunnels that are spliced, or connections that were used once and kept.
async fn idle(
    address: SocketAddr,
    tunnels: bool,
    roots: &[CertificateDer<'static>],
) -> (Vec<Box<dyn std::any::Any>>, usize) {
    let mut held: Vec<Box<dyn std::any::Any>> = Vec::new();
    for _ in 0..IDLE {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if tunnels {
            held.push(Box::new(tls(tunnel(stream, SPLICED).await, SPLICED, &[b"http/1.1"], roots).await));
        } else {
            stream.write_all(request(&format!("http://{PLAIN}/1k"), PLAIN).as_bytes()).await.unwrap();
            let mut length = 0;
            while length < 1024 {
                length += stream.read(&mut [0; 4096]).await.unwrap();
            }
            held.push(Box::new(stream));
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    (held, IDLE)
}

// --- the site -----------------------------------------------------------------------------------------------------

async fn site(folder: &str) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters =
        rcgen::CertificateParams::new(vec![INSPECTED.to_owned(), SPLICED.to_owned()]).unwrap();
    parameters.is_ca = rcgen::IsCa::ExplicitNoCa;
    let certificate = parameters.self_signed(&key).unwrap();
    std::fs::write(format!("{folder}/site.pem"), certificate.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (plain, tls) =
        (TcpListener::bind("127.0.77.1:0").await.unwrap(), TcpListener::bind("127.0.77.1:0").await.unwrap());
    println!("{} {}", plain.local_addr().unwrap(), tls.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = plain.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(serve(stream, false));
        }
    });
    loop {
        let (stream, _) = tls.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            serve(stream, http2).await;
        });
    }
}

async fn serve(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    http2: bool,
) {
    let service = service_fn(|_: Request<Incoming>| async {
        let mut answer = Response::new(Full::new(Bytes::from_static(&[b'x'; 1024])));
        let headers = answer.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert("cache-control", HeaderValue::from_static("private, max-age=0"));
        headers.insert("set-cookie", HeaderValue::from_static("seen=2; path=/; secure; httponly"));
        Ok::<_, Infallible>(answer)
    });
    // The load stops in the middle of things.
    if http2 {
        let _ended = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    } else {
        let _ended =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }
}

// --- the gateway --------------------------------------------------------------------------------------------------

async fn gateway(folder: &str, plain: SocketAddr, tls: SocketAddr) {
    let folder = std::path::Path::new(folder);
    let now = Moment::from_unix_ms(i64::try_from(UnixTime::now().as_secs()).unwrap() * 1000);
    let master = MasterKey::load_or_make(&folder.join("master.key")).unwrap();
    let authority = Authority::load_or_make(folder, &master, "Rowan Hill Primary", now).unwrap();
    let site = CertificateDer::from_pem_file(folder.join("site.pem")).unwrap();
    let mut policy = snapshot::policy("classic");
    policy.reach = vec!["127.0.77.0/24".parse().unwrap()];
    let library = lists::library(
        &[("games", "games.example\nplay.example"), ("finance-and-banking", SPLICED)],
        Vec::new(),
    );
    let snapshot = snapshot::build(policy, library, &[], &[]);
    let mut overrides = Overrides::new();
    for (name, port, address) in [(PLAIN, 80, plain), (INSPECTED, 443, tls), (SPLICED, 443, tls)] {
        overrides.insert((HostName::parse(name).unwrap(), port), address);
    }
    let gateway = Gateway::new(Parts {
        school: Id::new(1),
        snapshot: Arc::new(arc_swap::ArcSwapOption::from_pointee(snapshot)),
        presences: Arc::new(Staff::default()),
        sink: Arc::new(Counted::default()),
        pages: Arc::new(NoPages),
        engines: SearchEngines::built_in().unwrap(),
        themes: Themes::built_in().unwrap(),
        minter: Minter::new(Arc::new(authority)).unwrap(),
        site_tls: SiteTls::new(&[site]).unwrap(),
        resolver: Resolver::new(overrides),
        clock: Arc::new(HandClock::at(now)),
        certificate_clock: Arc::new(HandClock::at(now)),
    })
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    usher_proxy::listener::listen(Arc::new(gateway), listener, tokio_util::sync::CancellationToken::new())
        .await;
}

/// One member of staff is at every device.
struct Staff(HashMap<IpAddr, Circumstances>);

impl Default for Staff {
    fn default() -> Self {
        let mut who = facts::at_device(facts::subject("staff"));
        let here = [127, 0, 0, 1].into();
        Arc::make_mut(&mut who.device).address = here;
        Self(HashMap::from([(here, who)]))
    }
}

impl Presences for Staff {
    fn who(&self, address: IpAddr, _at: Moment) -> Circumstances {
        self.0[&address].clone()
    }

    fn with_credentials(&self, _: IpAddr, _: Credentials, _: Moment) -> Credentialed {
        Credentialed::Known(Err(CredentialFault::Wrong))
    }
}

/// Takes every event and keeps none.
#[derive(Default)]
struct Counted(AtomicU64);

impl EventSink for Counted {
    fn reserve(&self) -> Pin<Box<dyn Future<Output = Result<Place, SinkClosed>> + Send + '_>> {
        Box::pin(async { self.try_reserve() })
    }

    fn try_reserve(&self) -> Result<Place, SinkClosed> {
        let id = Id::new(self.0.fetch_add(1, Ordering::Relaxed));
        Ok(Place::new(id, Box::new(|event: Event| drop(event))))
    }
}

struct NoPages;

impl NoPages {
    fn page(status: StatusCode, text: String) -> Page {
        Page { status, headers: Vec::new(), body: text.into() }
    }
}

impl Pages for NoPages {
    fn own(&self, _: Request<Body>, _: IpAddr) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(async { Response::new(Body::Empty) })
    }

    fn refusal(&self, refused: &Refused<'_>) -> Page {
        Self::page(StatusCode::FORBIDDEN, format!("{:?}", refused.decision))
    }

    fn upstream(&self, _: &Circumstances, fault: UpstreamFault, _: &WebAddress, _: EventId) -> Page {
        Self::page(StatusCode::BAD_GATEWAY, format!("{fault:?}"))
    }

    fn malformed(&self, fault: MalformedFault) -> Page {
        Self::page(StatusCode::BAD_REQUEST, format!("{fault:?}"))
    }

    fn unrecorded(&self, why: SinkClosed) -> Page {
        Self::page(StatusCode::SERVICE_UNAVAILABLE, format!("{why:?}"))
    }

    fn credentials(&self, why: &CredentialFault) -> Page {
        Self::page(StatusCode::PROXY_AUTHENTICATION_REQUIRED, format!("{why:?}"))
    }
}
