//! Clients: bytes as they are, HTTP by a library, TLS by a library.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::origin::Stream;
use crate::rig::{PATIENCE, Rig};
use crate::trust;

/// A connection on which bytes are written as they are, and answers read.
pub(crate) struct Wire(pub(crate) BufReader<Stream>);

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The head, without the empty line after it.
    pub(crate) head: String,
    /// The body, without its coding.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a field, by its name in any case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Wire {
    pub(crate) fn new(stream: impl crate::origin::Io + 'static) -> Self {
        Self(BufReader::new(Box::new(stream)))
    }

    /// Writes bytes as they are.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Reads one answer to anything but HEAD; panics when there is none.
    pub(crate) async fn answer(&mut self) -> Answer {
        let read = async {
            let head = self.head().await.expect("an answer");
            self.body_after(head).await
        };
        tokio::time::timeout(PATIENCE, read).await.expect("an answer in time")
    }

    /// Reads the head of an answer; none at the end of the connection.
    pub(crate) async fn head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match tokio::time::timeout(PATIENCE, self.0.read_until(b'\n', &mut head)).await.expect("in time")
            {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
        head.truncate(head.len() - 4);
        Some(String::from_utf8(head).unwrap())
    }

    async fn body_after(&mut self, head: String) -> Answer {
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: Vec::new() };
        if let Some(length) = answer.field("content-length") {
            answer.body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut answer.body).await.unwrap();
        } else if answer.field("transfer-encoding").is_some() {
            loop {
                let mut line = String::new();
                self.0.read_line(&mut line).await.unwrap();
                let size = usize::from_str_radix(line.trim(), 16).unwrap();
                let mut chunk = vec![0; size + 2];
                self.0.read_exact(&mut chunk).await.unwrap();
                if size == 0 {
                    break;
                }
                answer.body.extend_from_slice(&chunk[..size]);
            }
        } else if status != 204 && status != 304 {
            self.0.read_to_end(&mut answer.body).await.unwrap();
        }
        answer
    }

    /// Reads everything until the end. A connection that is torn down ends as well.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match tokio::time::timeout(PATIENCE, self.0.read(&mut piece)).await.expect("an end in time") {
                Ok(0) | Err(_) => return bytes,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
            }
        }
    }

    /// Reads exactly so many bytes.
    pub(crate) async fn exactly(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = self.0.read_exact(&mut bytes);
        tokio::time::timeout(PATIENCE, read).await.expect("bytes in time").expect("bytes");
        bytes
    }
}

impl Rig {
    /// A connection to the gateway.
    pub(crate) async fn connect(&self) -> TcpStream {
        self.connect_from("127.0.0.1").await
    }

    /// A connection to the gateway from the device at this address.
    pub(crate) async fn connect_from(&self, device: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(device.parse::<IpAddr>().unwrap(), 0)).unwrap();
        let stream = socket.connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// A connection to write bytes on.
    pub(crate) async fn wire(&self) -> Wire {
        Wire::new(self.connect().await)
    }

    /// Sends these bytes on a new connection and reads one answer.
    pub(crate) async fn ask(&self, request: &str) -> Answer {
        let mut wire = self.wire().await;
        wire.send(request).await;
        wire.answer().await
    }

    /// Gets a page on a new connection.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(&get(address)).await
    }

    /// A tunnel that was agreed to.
    pub(crate) async fn tunnel(&self, to: &str) -> Stream {
        self.tunnel_from("127.0.0.1", to).await
    }

    /// The same from the device at this address.
    pub(crate) async fn tunnel_from(&self, device: &str, to: &str) -> Stream {
        let mut wire = Wire::new(self.connect_from(device).await);
        wire.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n")).await;
        let head = wire.head().await.expect("an answer");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(wire.0.buffer().is_empty(), "nothing comes before the client speaks");
        wire.0.into_inner()
    }

    /// TLS in a tunnel, for a client that trusts the school's authority.
    pub(crate) async fn tls(
        &self,
        stream: Stream,
        name: &str,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<Stream>> {
        let config = Arc::new(trust::client(self.authority(), protocols));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let handshake = TlsConnector::from(config).connect(name, stream);
        tokio::time::timeout(PATIENCE, handshake).await.expect("a handshake in time")
    }

    /// HTTP/1.1 inside a tunnel to port 443.
    pub(crate) async fn https(&self, name: &str) -> Wire {
        let stream = self.tunnel(&format!("{name}:443")).await;
        Wire::new(self.tls(stream, name, &["http/1.1"]).await.unwrap())
    }

    /// HTTP/2 inside a tunnel to port 443.
    pub(crate) async fn https2(&self, name: &str) -> http2::SendRequest<Full<Bytes>> {
        let stream = self.tunnel(&format!("{name}:443")).await;
        let stream = self.tls(stream, name, &["h2", "http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        h2(stream).await
    }
}

/// A GET as a browser sends it to a proxy.
pub(crate) fn get(address: &str) -> String {
    let host = address.split('/').nth(2).unwrap();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("GET {address} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
}

/// HTTP/2 by a library.
pub(crate) async fn h2(stream: impl crate::origin::Io + 'static) -> http2::SendRequest<Full<Bytes>> {
    let (sender, driver) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(driver);
    sender
}
