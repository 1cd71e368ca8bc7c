//! A device's browser as the gateway sees it: one plain line that is kept, a few tunnels, one request after another.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HOST, UPGRADE, USER_AGENT};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use url::Url;
use usher_types::moment::Moment;

use crate::play::act::{Fetch, Way};
use crate::play::line::{NoLine, Sender, Setup, speak};
use crate::play::tally::Ending;
use crate::websocket::{Opcode, accept_key, base64, read_frame, write_frame};

/// Tunnels a device keeps open at a time.
const MOST_TUNNELS: usize = 3;
/// The most of an answer that is read, so that a fault cannot fill the memory; the largest file has 20 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// How long something that is no TLS waits in a tunnel for an answer.
const ODD_WAIT: Duration = Duration::from_secs(2);
/// What goes into a tunnel in place of a TLS hello.
const NOT_TLS: &[u8] = b"SSH-2.0-demonstration\r\n";

/// What came of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) ending: Ending,
    pub(super) bytes: u64,
    pub(super) tries: u8,
    pub(super) tunnels: u64,
}

impl From<NoLine> for Outcome {
    fn from(NoLine { ending, status, bytes }: NoLine) -> Self {
        Self { status, ending, bytes, tries: 1, tunnels: 0 }
    }
}

/// A device.
pub(super) struct Client {
    setup: Arc<Setup>,
    device: IpAddr,
    /// Newer devices speak HTTP/2 through tunnels.
    newer: bool,
    plain: Option<Sender>,
    /// Oldest first, by `host:port`.
    tunnels: Vec<(String, Sender)>,
    tunnels_opened: u64,
    /// When it was last used, on the school's clock.
    pub(super) used: Moment,
}

/// An address taken apart for asking.
struct Target {
    url: Url,
    /// `host:port`, with the port even where it is the usual one.
    authority: String,
    host: String,
    secure: bool,
}

impl Client {
    pub(super) fn new(setup: Arc<Setup>, device: IpAddr) -> Self {
        let newer = match device {
            // The computers of the suite are older than the tablets and laptops.
            IpAddr::V4(address) => address.octets()[2] != 1,
            IpAddr::V6(_) => true,
        };
        let (plain, tunnels) = (None, Vec::new());
        Self { setup, device, newer, plain, tunnels, tunnels_opened: 0, used: Moment::default() }
    }

    /// Asks for something and reads the answer to its end.
    pub(super) async fn fetch(&mut self, fetch: &Fetch, address: &str) -> Outcome {
        self.tunnels_opened = 0;
        let Some(target) = Target::read(address) else { return NoLine::of(Ending::NoAnswer).into() };
        let outcome = match &fetch.way {
            Way::Usual => self.usual(&target, fetch, address).boxed().await,
            Way::Socket => self.socket(&target, address).boxed().await.unwrap_or_else(Outcome::from),
            Way::OtherName(name) => {
                self.other_name(&target, name).boxed().await.unwrap_or_else(Outcome::from)
            }
            Way::OtherHost(name) => {
                self.other_host(&target, name).boxed().await.unwrap_or_else(Outcome::from)
            }
            Way::NotTls => self.not_tls(&target).boxed().await.unwrap_or_else(Outcome::from),
        };
        Outcome { tunnels: self.tunnels_opened, ..outcome }
    }

    /// A request on a kept line, and once more on a new one if the kept one turns out to be dead.
    async fn usual(&mut self, target: &Target, fetch: &Fetch, address: &str) -> Outcome {
        let mut tries = 0;
        loop {
            tries += 1;
            let (mut sender, kept) = match self.sender(target).await {
                Ok(sender) => sender,
                Err(no_line) => return Outcome { tries, ..no_line.into() },
            };
            let Some(request) = self.request(target, fetch, address, &sender) else {
                return Outcome { tries, ..NoLine::of(Ending::NoAnswer).into() };
            };
            match sender.send(request).await {
                Ok(response) => {
                    let outcome = read_whole(response).await;
                    if outcome.ending == Ending::Complete {
                        self.keep(target, sender);
                    }
                    return Outcome { tries, ..outcome };
                }
                // Only what a browser would send again (RFC 9110, 9.2.2).
                Err(_gone) if kept && tries == 1 && fetch.form.is_none() => {}
                Err(_gone) => return Outcome { tries, ..NoLine::of(Ending::NoAnswer).into() },
            }
        }
    }

    /// A line for the target, and whether it was kept from before.
    async fn sender(&mut self, target: &Target) -> Result<(Sender, bool), NoLine> {
        if !target.secure {
            if let Some(sender) = self.plain.take().filter(|sender| !sender.is_closed()) {
                return Ok((sender, true));
            }
            return Ok((Sender::Http1(self.setup.connect(self.device).await?), false));
        }
        if let Some(place) = self.tunnels.iter().position(|(to, _)| *to == target.authority) {
            let (_, sender) = self.tunnels.remove(place);
            if !sender.is_closed() {
                return Ok((sender, true));
            }
        }
        Ok((self.open(target, &target.host, self.newer).await?, false))
    }

    async fn open(&mut self, target: &Target, name: &str, newer: bool) -> Result<Sender, NoLine> {
        let tunnel = self.setup.tunnel(self.device, &target.authority).await?;
        self.tunnels_opened += 1;
        speak(self.setup.shake_hands(tunnel, name, newer).await?).await
    }

    fn keep(&mut self, target: &Target, sender: Sender) {
        if !target.secure {
            self.plain = Some(sender);
            return;
        }
        if self.tunnels.len() >= MOST_TUNNELS {
            self.tunnels.remove(0);
        }
        self.tunnels.push((target.authority.clone(), sender));
    }

    fn request(
        &self,
        target: &Target,
        fetch: &Fetch,
        address: &str,
        sender: &Sender,
    ) -> Option<Request<Full<Bytes>>> {
        // To the gateway in absolute form; inside a tunnel as a site expects it.
        let uri: Uri = match (target.secure, sender) {
            (true, Sender::Http1(_)) => target.path().parse().ok()?,
            (true, Sender::Http2(_)) => target.url.as_str().parse().ok()?,
            (false, _) => address.parse().ok()?,
        };
        let mut request = Request::builder().uri(uri).header(USER_AGENT, self.user_agent());
        request = request.header(ACCEPT, "*/*").header(ACCEPT_ENCODING, "gzip, br");
        if matches!(sender, Sender::Http1(_)) {
            request = request.header(HOST, target.host_field());
        }
        match &fetch.form {
            Some(form) => request
                .method(Method::POST)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Full::new(Bytes::from(form.clone())))
                .ok(),
            None => request.body(Full::new(Bytes::new())).ok(),
        }
    }

    const fn user_agent(&self) -> &'static str {
        if self.newer { "RowanHillTablet/2.0" } else { "RowanHillSuite/1.0" }
    }

    /// Opens a WebSocket, sends a message and waits for it to come back.
    async fn socket(&mut self, target: &Target, address: &str) -> Result<Outcome, NoLine> {
        let key = base64(b"sixteen demo key");
        let mut sender = if target.secure {
            self.open(target, &target.host, false).await?
        } else {
            Sender::Http1(self.setup.connect(self.device).await?)
        };
        let uri = if target.secure { target.path() } else { address.to_owned() };
        let request = Request::builder()
            .uri(uri)
            .header(HOST, target.host_field())
            .header(USER_AGENT, self.user_agent())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", &key)
            .body(Full::new(Bytes::new()))
            .map_err(|_odd| NoLine::of(Ending::NoAnswer))?;
        let response = sender.send(request).await.map_err(|_gone| NoLine::of(Ending::NoAnswer))?;
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Ok(read_whole(response).await);
        }
        let broke = NoLine { status: 101, ..NoLine::of(Ending::BrokeOff) };
        if response.headers().get("sec-websocket-accept").is_none_or(|accept| *accept != accept_key(&key)) {
            return Err(broke);
        }
        let mut line = TokioIo::new(hyper::upgrade::on(response).await.map_err(|_gone| broke)?);
        let mask = Some([0x1d, 0x2e, 0x3f, 0x40]);
        write_frame(&mut line, Opcode::Text, b"Is anybody there?", mask).await.map_err(|_gone| broke)?;
        let (_, echo) = read_frame(&mut line).await.map_err(|_gone| broke)?;
        write_frame(&mut line, Opcode::Close, &1000_u16.to_be_bytes(), mask).await.map_err(|_gone| broke)?;
        let bytes = u64::try_from(echo.len()).unwrap_or(0);
        Ok(Outcome { status: 101, ending: Ending::Complete, bytes, tries: 1, tunnels: 0 })
    }

    /// A tunnel to one host whose hello asks for another.
    async fn other_name(&mut self, target: &Target, name: &str) -> Result<Outcome, NoLine> {
        let mut sender = self.open(target, name, false).await?;
        let request = plain_request("/", name).ok_or(NoLine::of(Ending::NoAnswer))?;
        let response = sender.send(request).await.map_err(|_gone| NoLine::of(Ending::NoAnswer))?;
        Ok(read_whole(response).await)
    }

    /// A request inside a good tunnel whose `Host` is another.
    async fn other_host(&mut self, target: &Target, name: &str) -> Result<Outcome, NoLine> {
        let mut sender = self.open(target, &target.host, false).await?;
        let request = plain_request(&target.path(), name).ok_or(NoLine::of(Ending::NoAnswer))?;
        let response = sender.send(request).await.map_err(|_gone| NoLine::of(Ending::NoAnswer))?;
        Ok(read_whole(response).await)
    }

    /// A tunnel with something else in it. It counts as whole when the other side ends it.
    async fn not_tls(&mut self, target: &Target) -> Result<Outcome, NoLine> {
        let mut tunnel = self.setup.tunnel(self.device, &target.authority).await?;
        self.tunnels_opened += 1;
        let broke = NoLine { status: 200, ..NoLine::of(Ending::BrokeOff) };
        tunnel.write_all(NOT_TLS).await.map_err(|_gone| broke)?;
        let mut heard = Vec::new();
        let read = timeout(ODD_WAIT, tunnel.take(MOST_BYTES).read_to_end(&mut heard)).await;
        let ending = if read.is_ok() { Ending::HandshakeFailed } else { Ending::TimedOut };
        let bytes = u64::try_from(heard.len()).unwrap_or(0);
        Ok(Outcome { status: 200, ending, bytes, tries: 1, tunnels: 0 })
    }
}

impl Target {
    fn read(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        // As it was written, not as the parser reads it: `2130726150` is a trick only as long as it stays so.
        let host = address.parse::<Uri>().ok()?.host()?.to_owned();
        let port = url.port_or_known_default()?;
        let secure = url.scheme() == "https";
        Some(Self { authority: format!("{host}:{port}"), host, secure, url })
    }

    fn path(&self) -> String {
        self.url
            .query()
            .map_or_else(|| self.url.path().to_owned(), |query| format!("{}?{query}", self.url.path()))
    }

    fn host_field(&self) -> String {
        self.url.port().map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }
}

fn plain_request(path: &str, host: &str) -> Option<Request<Full<Bytes>>> {
    Request::builder().uri(path).header(HOST, host).body(Full::new(Bytes::new())).ok()
}

/// Reads an answer to its end, counting its bytes and keeping none.
async fn read_whole(response: Response<Incoming>) -> Outcome {
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = 0;
    let ending = loop {
        match body.frame().await {
            None => break Ending::Complete,
            Some(Err(_broke)) => break Ending::BrokeOff,
            Some(Ok(frame)) => {
                bytes += frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(0));
                if bytes > MOST_BYTES {
                    break Ending::BrokeOff;
                }
            }
        }
    };
    Outcome { status, ending, bytes, tries: 1, tunnels: 0 }
}
