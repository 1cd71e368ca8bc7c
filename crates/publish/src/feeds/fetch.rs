//! Fetching a list over HTTP: judged addresses, conditional requests, limits of size and time.
//!
//! Does not: read what came, or send anything but the question. No cookie, no credential, no compression.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use usher_types::address::{SpecialRange, special_range};
use usher_types::host::Host;
use usher_types::url::{Scheme, WebAddress};

/// Times a list may lead elsewhere. Public lists lead once, to where they are stored.
const MOST_REDIRECTS: usize = 3;

/// What a fetch may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a connection stands, encrypted.
    pub connect: Duration,
    /// Without a byte.
    pub still: Duration,
    /// Altogether.
    pub whole: Duration,
    /// The longest list.
    pub bytes: u64,
    /// Whether this machine itself may be fetched from. For tests, whose sites are on it: a server that asks itself would
    /// come with its own address where only that is let in.
    pub itself: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A site that does not answer in this does not answer.
            connect: Duration::from_secs(15),
            // Slow lines stand still for seconds, never for half a minute.
            still: Duration::from_secs(30),
            // 256 MiB at 4 Mbit/s, a slow school's line.
            whole: Duration::from_secs(10 * 60),
            // The longest public list has 120 MB.
            bytes: 256 * 1024 * 1024,
            itself: false,
        }
    }
}

/// A fetch that did not come through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// The name leads nowhere.
    #[error("{0} has no address")]
    NoAddress(String),
    /// The address is inside the school, or this machine's own.
    #[error("{0} is inside the school: it is fetched only with --inside, and only where the list itself is")]
    Inside(IpAddr),
    /// The address is this server's own, or of nobody in particular.
    #[error("{0} is this server's own address, or one that only neighbours have: no list is fetched there")]
    Itself(IpAddr),
    /// It says that nothing changed, and was not asked that.
    #[error("it says that the list has not changed, and was not asked whether it has")]
    Unasked,
    /// Nobody answers there.
    #[error("{0} does not answer")]
    Connect(String, #[source] std::io::Error),
    /// It took too long.
    #[error("it took longer than {0} s {1}")]
    Slow(u64, &'static str),
    /// What answers speaks no HTTP, or stopped in the middle.
    #[error("it broke off")]
    BrokeOff(#[source] hyper::Error),
    /// It answered otherwise.
    #[error("it answered {0}")]
    Status(StatusCode),
    /// It leads elsewhere, again and again, or where no list is fetched from.
    #[error("it leads to {0}, where it is not fetched from")]
    Redirect(String),
    /// It is longer than any list.
    #[error("it is longer than {0} bytes")]
    TooLong(u64),
    /// It comes in a coding that was not asked for.
    #[error("it comes as {0}, which was not asked for")]
    Coded(String),
    /// It cannot be kept.
    #[error("what came cannot be kept")]
    Disk(#[source] std::io::Error),
    /// The request cannot be written.
    #[error("it cannot be asked for")]
    Ask(#[from] http::Error),
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It is as it was.
    NotModified,
    /// It lies in the file that was named.
    New {
        /// Its mark, if it has one.
        etag: Option<String>,
        /// Its date, if it has one.
        last_modified: Option<String>,
    },
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Where.
    pub url: &'a WebAddress,
    /// The mark of what is there already.
    pub etag: Option<&'a str>,
    /// The date of what is there already.
    pub last_modified: Option<&'a str>,
    /// Whether it may be inside the school.
    pub inside: bool,
    /// Whether it may come unencrypted.
    pub unencrypted: bool,
}

/// Fetches.
#[derive(Clone)]
pub struct Fetcher {
    tls: Arc<ClientConfig>,
    limits: Limits,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Trusts the system's roots and these.
    ///
    /// # Errors
    /// When a root cannot be used.
    pub fn new(own_roots: &[CertificateDer<'static>], limits: Limits) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for root in own_roots {
            roots.add(root.clone())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(config), limits })
    }

    /// Fetches into a file, unless it is as it was.
    ///
    /// # Errors
    /// See [`FetchFault`]. What lies in the file then is worth nothing.
    pub async fn fetch(&self, asked: Asked<'_>, into: &Path) -> Result<Came, FetchFault> {
        let whole = self.limits.whole;
        let fetching = timeout(whole, self.follow(asked, into)).await;
        fetching.map_err(|_elapsed| FetchFault::Slow(whole.as_secs(), "altogether"))?
    }

    async fn follow(&self, asked: Asked<'_>, into: &Path) -> Result<Came, FetchFault> {
        let mut url = asked.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.ask(&url, asked).await?;
            match answer.status() {
                StatusCode::OK => return self.keep(answer, into).await,
                StatusCode::NOT_MODIFIED if asked.etag.is_some() || asked.last_modified.is_some() => {
                    return Ok(Came::NotModified);
                }
                StatusCode::NOT_MODIFIED => return Err(FetchFault::Unasked),
                status if status.is_redirection() => url = next(&url, answer.headers(), asked)?,
                status => return Err(FetchFault::Status(status)),
            }
        }
        Err(FetchFault::Redirect(url.to_string()))
    }

    async fn ask(&self, url: &WebAddress, asked: Asked<'_>) -> Result<Response<Incoming>, FetchFault> {
        let origin = url.origin();
        let authority =
            origin.split_once("://").map_or(origin.as_str(), |(_, authority)| authority).to_owned();
        let mut request = Request::get(url.path_and_query())
            .header(header::HOST, &authority)
            .header(header::USER_AGENT, concat!("Usher/", env!("CARGO_PKG_VERSION")))
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(etag) = asked.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = asked.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        let request = request.body(Empty::<Bytes>::new())?;
        let connect = self.limits.connect;
        let slow = |_elapsed| FetchFault::Slow(connect.as_secs(), "to connect");
        // Where it leads from there is the site's to say, and what is inside is not.
        let inside = asked.inside && (&url.host, url.port) == (&asked.url.host, asked.url.port);
        let opened = timeout(connect, open(url, inside, self.limits.itself)).await.map_err(slow)??;
        match url.scheme {
            Scheme::Http => self.send(opened, request).await,
            Scheme::Https => {
                let away = |error| FetchFault::Connect(authority.clone(), error);
                let name = match &url.host {
                    Host::Name(name) => ServerName::try_from(name.as_str().to_owned())
                        .map_err(|_odd| FetchFault::NoAddress(authority.clone()))?,
                    Host::Ip(address) => ServerName::from(*address),
                };
                let shaking = TlsConnector::from(Arc::clone(&self.tls)).connect(name, opened);
                let stream = timeout(connect, shaking).await.map_err(slow)?.map_err(away)?;
                self.send(stream, request).await
            }
        }
    }

    async fn send(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        request: Request<Empty<Bytes>>,
    ) -> Result<Response<Incoming>, FetchFault> {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(FetchFault::BrokeOff)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a list's connection ended");
            }
        });
        let still = self.limits.still;
        let answer = timeout(still, sender.send_request(request)).await;
        let answer = answer.map_err(|_elapsed| FetchFault::Slow(still.as_secs(), "to answer"))?;
        answer.map_err(FetchFault::BrokeOff)
    }

    /// Writes what comes, as far as it is allowed to be long.
    async fn keep(&self, answer: Response<Incoming>, into: &Path) -> Result<Came, FetchFault> {
        let (parts, mut body) = answer.into_parts();
        let text = |name| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        if let Some(coding) = text(header::CONTENT_ENCODING).filter(|coding| coding != "identity") {
            return Err(FetchFault::Coded(coding));
        }
        let said: Option<u64> = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        if said.is_some_and(|said| said > self.limits.bytes) {
            return Err(FetchFault::TooLong(self.limits.bytes));
        }
        let mut file = tokio::fs::File::create(into).await.map_err(FetchFault::Disk)?;
        let (mut length, still) = (0, self.limits.still);
        loop {
            let frame = timeout_at(Instant::now() + still, body.frame()).await;
            let frame = frame.map_err(|_elapsed| FetchFault::Slow(still.as_secs(), "without a byte"))?;
            let Some(frame) = frame else { break };
            let Ok(piece) = frame.map_err(FetchFault::BrokeOff)?.into_data() else { continue };
            length += piece.len() as u64;
            if length > self.limits.bytes {
                return Err(FetchFault::TooLong(self.limits.bytes));
            }
            file.write_all(&piece).await.map_err(FetchFault::Disk)?;
        }
        file.flush().await.map_err(FetchFault::Disk)?;
        Ok(Came::New { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) })
    }
}

/// Connects to an address that was judged: the one that was looked at is the one that is used.
async fn open(url: &WebAddress, inside: bool, itself: bool) -> Result<TcpStream, FetchFault> {
    let addresses: Vec<SocketAddr> = match &url.host {
        Host::Ip(address) => vec![SocketAddr::new(*address, url.port)],
        Host::Name(name) => match tokio::net::lookup_host((name.as_str(), url.port)).await {
            Ok(found) => found.collect(),
            Err(_unknown) => Vec::new(),
        },
    };
    let no_address = || FetchFault::NoAddress(url.host.to_string());
    let mut last = None;
    for address in addresses {
        let special = special_range(address.ip());
        if !inside && special.is_some() {
            return Err(FetchFault::Inside(address.ip()));
        }
        if !itself && (is_near(special) || is_own(address).await) {
            return Err(FetchFault::Itself(address.ip()));
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(FetchFault::Connect(address.to_string(), error)),
        }
    }
    Err(last.unwrap_or_else(no_address))
}

/// Whether an address is on this machine, or on the wire beside it, where routers and clouds keep what is nobody else's.
const fn is_near(special: Option<SpecialRange>) -> bool {
    matches!(special, Some(SpecialRange::Loopback | SpecialRange::LinkLocal | SpecialRange::Multicast))
}

/// Whether an address is one of this machine's: then what is sent there would come from it. Nothing is sent.
async fn is_own(address: SocketAddr) -> bool {
    let from: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let Ok(socket) = UdpSocket::bind(from).await else { return false };
    let comes_from = socket.connect(address).await.and_then(|()| socket.local_addr());
    comes_from.is_ok_and(|own| own.ip() == address.ip())
}

/// Where it leads, if a list may be fetched there.
fn next(from: &WebAddress, headers: &HeaderMap, asked: Asked<'_>) -> Result<WebAddress, FetchFault> {
    let to = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refused = || FetchFault::Redirect(to.chars().take(200).collect());
    let absolute = match to.strip_prefix('/') {
        Some(path) if !path.starts_with('/') => format!("{}/{path}", from.origin()),
        _ => to.to_owned(),
    };
    let next = WebAddress::parse(&absolute).map_err(|_odd| refused())?;
    if next.scheme == Scheme::Http && !asked.unencrypted { Err(refused()) } else { Ok(next) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_of_this_machine_is_known_by_what_would_come_from_it() {
        assert!(is_own("127.0.0.1:9".parse().unwrap()).await);
        assert!(!is_own("192.0.2.1:9".parse().unwrap()).await);
    }
}
