//! Sending a case through the gateway, from this device.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::error::Elapsed;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use usher_types::url::{Scheme, WebAddress};

use crate::answer::{ANSWER_TIME, Answer, Answers, By, Read};
use crate::case::{Hello, Inside, OddHello, Request2, Way};
use crate::hello::{self, Pieces};
use crate::judge::{Inspected, Seen};
use crate::rows;
use crate::sites::Sites;
use crate::tls::{self, Client};

/// The gateway is in the same building.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// The most read of an answer to a hello: certificates are far shorter.
const HELLO_ANSWER_BYTES: u64 = 64 * 1024;

/// The gateway, and how this device shows who uses it.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Where it listens.
    pub address: SocketAddr,
    /// The address to send from, where the device has several.
    pub from: Option<IpAddr>,
    /// The value of `Proxy-Authorization`, where one is needed.
    pub credentials: Option<String>,
    /// The name of the gateway's authority, as the bytes of the name in certificates; none while it is not known.
    pub authority: Option<Vec<u8>>,
}

/// What keeps a case from being sent.
type NotSent = Seen;

impl Gateway {
    /// The gateway whose authority has this certificate (DER).
    #[must_use]
    pub fn of_authority(self, certificate: &[u8]) -> Self {
        Self { authority: tls::subject_of(certificate), ..self }
    }

    /// Goes a way and says what was seen.
    pub(crate) async fn send(&self, way: &Way, sites: &Sites) -> Seen {
        let sent = match way {
            Way::Plain(bytes, number) => self.plain(&self.fill(bytes, sites), *number).await,
            Way::Plain2(requests) => match self.connect().await {
                Ok(stream) => {
                    let credentials = self.credentials.as_deref();
                    Ok(http2(stream, (requests, credentials), sites, Inspected::NotShown).await)
                }
                Err(not_sent) => Err(not_sent),
            },
            Way::Tunnel(head, inside) => self.tunnel(&self.fill(head, sites), inside, sites).await,
        };
        sent.unwrap_or_else(|not_sent| not_sent)
    }

    /// Opens a tunnel to the open site and says who answers for it there.
    pub(crate) async fn who_answers(&self, sites: &Sites) -> Option<Vec<u8>> {
        let stream = self.opened(&self.fill(&rows::tunnel("{o}:443"), sites)).await.ok()?;
        let hello = rows::hello("{o}");
        let client = tls::client(&["http/1.1"], true, None).ok()?;
        drop(shake_hands(stream, &hello, server_name(&hello, sites)?, &client).await);
        client.shown.issuer()
    }

    /// A page through the gateway, as a browser asks for it: encrypted in a tunnel, or plainly.
    pub(crate) async fn page(&self, address: &WebAddress) -> Result<(Answer, String), NotSent> {
        let (host, path) = (address.host.to_string(), page_path(address));
        let sign_in = |text: String| {
            let line = self.credentials.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n"));
            text.replacen("\r\n", &format!("\r\n{}", line.unwrap_or_default()), 1)
        };
        let nothing = || Seen::Nothing;
        if address.scheme == Scheme::Http {
            let mut stream = self.connect().await?;
            drop(stream.write_all(sign_in(rows::get(&host, &path)).as_bytes()).await);
            return Answers::new(stream).page().await.ok_or_else(nothing);
        }
        let stream = self.opened(&sign_in(rows::tunnel(&format!("{host}:443")))).await?;
        let client = tls::client(&["http/1.1"], true, None)
            .map_err(|error| Seen::NotSent(format!("no hello could be made: {error}")))?;
        let name =
            ServerName::try_from(host.clone()).map_err(|_odd| Seen::NotSent("a portal has a name".into()))?;
        let shaken = shake_hands(stream, &rows::hello(&host), name, &client).await;
        let mut stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(_refused)) => return Err(Seen::NoHandshake(Inspected::NotShown)),
            Err(_late) => return Err(Seen::Nothing),
        };
        drop(stream.write_all(rows::page(&host, &path).as_bytes()).await);
        drop(stream.flush().await);
        Answers::new(stream).page().await.ok_or_else(nothing)
    }

    /// The text with the sites in it, and the sign-in after the first line unless it says where.
    fn fill(&self, text: &str, sites: &Sites) -> String {
        let line = self.credentials.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n"));
        let line = line.unwrap_or_default();
        let placed = if text.contains("{auth}") {
            text.replace("{auth}", &line)
        } else {
            text.replacen("\r\n", &format!("\r\n{line}"), 1)
        };
        sites.fill(&placed)
    }

    async fn connect(&self) -> Result<TcpStream, NotSent> {
        let connecting = async {
            let socket = if self.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            if let Some(from) = self.from {
                socket.bind(SocketAddr::new(from, 0))?;
            }
            let stream = socket.connect(self.address).await?;
            // Pieces of a hello are to go out as pieces.
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(stream)
        };
        match tokio::time::timeout(CONNECT_TIME, connecting).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(Seen::NotSent(format!("the gateway cannot be reached: {error}"))),
            Err(_late) => Err(Seen::NotSent("the gateway cannot be reached".into())),
        }
    }

    async fn plain(&self, bytes: &str, number: usize) -> Result<Seen, NotSent> {
        let mut stream = self.connect().await?;
        // A gateway that has heard enough may close before it heard all; what it said counts.
        drop(stream.write_all(bytes.as_bytes()).await);
        Ok(seen(Answers::new(stream).number(number).await, Inspected::NotShown))
    }

    /// A tunnel that was agreed to, or what came instead.
    async fn opened(&self, head: &str) -> Result<TcpStream, NotSent> {
        let mut stream = self.connect().await?;
        drop(stream.write_all(head.as_bytes()).await);
        let mut answers = Answers::new(stream);
        match answers.number(1).await {
            Read::Answer(Answer { status: 200..=299, by: By::Site, .. }) => {
                answers.into_inner().ok_or(Seen::Bytes)
            }
            other => Err(seen(other, Inspected::NotShown)),
        }
    }

    async fn tunnel(&self, head: &str, inside: &Inside, sites: &Sites) -> Result<Seen, NotSent> {
        let mut stream = self.opened(head).await?;
        match inside {
            Inside::Bytes(bytes) => {
                drop(stream.write_all(sites.fill(bytes).as_bytes()).await);
                Ok(seen(Answers::new(stream).number(1).await, Inspected::NotShown)
                    .in_a_tunnel(Inspected::NotShown))
            }
            Inside::Http1(hello, bytes, number) => {
                let (mut stream, inspected) = self.shaken(stream, hello, &["http/1.1"], sites).await?;
                drop(stream.write_all(sites.fill(bytes).as_bytes()).await);
                drop(stream.flush().await);
                Ok(seen(Answers::new(stream).number(*number).await, inspected).in_a_tunnel(inspected))
            }
            Inside::Http2(hello, requests) => {
                let (stream, inspected) = self.shaken(stream, hello, &["h2"], sites).await?;
                if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                    return Err(Seen::NotSent("this site does not speak HTTP/2 through the gateway".into()));
                }
                Ok(http2(stream, (requests, None), sites, inspected).await.in_a_tunnel(inspected))
            }
            Inside::Odd(wanted) => self.odd(stream, wanted, sites).await,
        }
    }

    /// TLS in a tunnel, and whose certificate it showed.
    async fn shaken(
        &self,
        stream: TcpStream,
        hello: &Hello,
        protocols: &[&str],
        sites: &Sites,
    ) -> Result<(TlsStream<Pieces<TcpStream>>, Inspected), NotSent> {
        let shows = hello.shows.as_deref().map(|shows| sites.fill(shows));
        let client = tls::client(protocols, hello.server_name.is_some(), shows.as_deref())
            .map_err(|error| Seen::NotSent(format!("no hello could be made: {error}")))?;
        let name = server_name(hello, sites).ok_or_else(|| {
            Seen::NotSent(format!("no library sends the server name {:?}", hello.server_name))
        })?;
        let shaken = shake_hands(stream, hello, name, &client).await;
        let inspected = self.inspected(client.shown.issuer().as_deref());
        match shaken {
            Ok(Ok(stream)) => Ok((stream, inspected)),
            Ok(Err(_refused)) => Err(Seen::NoHandshake(inspected)),
            Err(_late) => Err(Seen::Nothing),
        }
    }

    async fn odd(&self, mut stream: TcpStream, wanted: &OddHello, sites: &Sites) -> Result<Seen, NotSent> {
        let fill = |names: &Vec<String>| names.iter().map(|name| sites.fill(name)).collect();
        let wanted =
            OddHello { extensions: wanted.extensions.iter().map(fill).collect(), hides: wanted.hides };
        let bytes = hello::odd(&wanted).ok_or_else(|| Seen::NotSent("no hello could be made".to_owned()))?;
        drop(stream.write_all(&bytes).await);
        let mut answer = Vec::new();
        let reading = async {
            let mut stream = stream.take(HELLO_ANSWER_BYTES);
            while hello::certificate(&answer).is_none() {
                if !matches!(stream.read_buf(&mut answer).await, Ok(count) if count > 0) {
                    break;
                }
            }
        };
        if tokio::time::timeout(ANSWER_TIME, reading).await.is_err() {
            return Ok(Seen::Nothing);
        }
        let issuer = hello::certificate(&answer).and_then(|certificate| tls::issuer_of(&certificate));
        Ok(Seen::NoHandshake(self.inspected(issuer.as_deref())))
    }

    fn inspected(&self, issuer: Option<&[u8]>) -> Inspected {
        match issuer {
            None => Inspected::NotShown,
            Some(issuer) if self.authority.as_deref() == Some(issuer) => Inspected::Yes,
            Some(_) => Inspected::No,
        }
    }
}

fn page_path(address: &WebAddress) -> String {
    let query = address.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", address.path)
}

/// The name a hello is made for. A library wants one even where it does not send it.
fn server_name(hello: &Hello, sites: &Sites) -> Option<ServerName<'static>> {
    ServerName::try_from(sites.fill(hello.server_name.as_deref().unwrap_or("{o}"))).ok()
}

/// Shakes hands, unless nothing comes in time: then nobody knows what would have come.
async fn shake_hands(
    stream: TcpStream,
    hello: &Hello,
    name: ServerName<'static>,
    client: &Client,
) -> Result<std::io::Result<TlsStream<Pieces<TcpStream>>>, Elapsed> {
    let connector = TlsConnector::from(Arc::new(client.config.clone()));
    let shaking = connector.connect(name, Pieces::new(stream, hello.cut));
    tokio::time::timeout(ANSWER_TIME, shaking).await
}

/// Requests on one connection, one after the other, with the sign-in where it is needed; the last answer counts.
async fn http2<S>(
    stream: S,
    (requests, credentials): (&[Request2], Option<&str>),
    sites: &Sites,
    inspected: Inspected,
) -> Seen
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Ok((mut sender, driver)) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await else {
        return Seen::Closed;
    };
    // It ends with the connection, which ends with the sender.
    tokio::spawn(driver);
    let mut last = Seen::NotSent("it has no requests".into());
    for asked in requests {
        let mut request = Request::builder().method(asked.method).uri(sites.fill(&asked.uri));
        if let Some(host) = &asked.host {
            request = request.header("host", sites.fill(host));
        }
        if let Some(credentials) = credentials {
            request = request.header("proxy-authorization", credentials);
        }
        if let Some(protocol) = asked.protocol {
            request = request.extension(hyper::ext::Protocol::from_static(protocol));
        }
        let Ok(request) = request.header("accept", "text/html").body(Empty::<Bytes>::new()) else {
            return Seen::NotSent("no library sends this request".into());
        };
        let ready = sender.ready().await.is_ok();
        last = match tokio::time::timeout(ANSWER_TIME, sender.send_request(request)).await {
            Ok(Ok(answer)) => {
                Seen::Answer(Answer::new(answer.status().as_u16(), answer.headers()), inspected)
            }
            Ok(Err(error)) if ready && error.is_user() => {
                return Seen::NotSent("the gateway takes no such request over HTTP/2".into());
            }
            Ok(Err(_closed)) => Seen::Closed,
            Err(_late) => Seen::Nothing,
        };
    }
    last
}

impl Seen {
    /// What was seen inside a tunnel that was agreed to: its end need not be the gateway's doing.
    fn in_a_tunnel(self, inspected: Inspected) -> Self {
        match self {
            Self::Closed => Self::TunnelClosed(inspected),
            other => other,
        }
    }
}

fn seen(read: Read, inspected: Inspected) -> Seen {
    match read {
        Read::Answer(answer) => Seen::Answer(answer, inspected),
        Read::Bytes => Seen::Bytes,
        Read::End => Seen::Closed,
        Read::Nothing => Seen::Nothing,
    }
}
