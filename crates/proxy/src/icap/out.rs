//! What an ICAP client is answered.

use std::io;

use http::{HeaderMap, Response, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::time::timeout;

use super::Side;
use crate::body::Body;
use crate::limits::STILL_TIME;

/// How much of a body the client is asked to show first: enough to tell what it is ([`crate::limits::KIND_BYTES`]).
const PREVIEW_BYTES: u64 = 1_024;
/// How long the client may remember what this server does, in seconds. It changes with the version only.
const OPTIONS_SECONDS: u64 = 3_600;

/// A message for the client.
#[derive(Debug)]
pub(super) enum Answer {
    /// As it was (4.6).
    AsItWas,
    /// The request, changed or repeated.
    Request(Box<http::request::Parts>, Body),
    /// An answer: the site's as far as it goes, or a page of ours.
    Response(Box<Response<Body>>),
}

/// The connection's writing side, and what every answer says.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) socket: OwnedWriteHalf,
    /// What the decisions rest on.
    pub(super) istag: String,
    /// Whether the connection ends after this answer.
    pub(super) closes: bool,
}

impl Writing {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match timeout(STILL_TIME, self.socket.write_all(bytes)).await {
            Ok(written) => written,
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn head(&self, status: &str, fields: &str) -> String {
        let close = if self.closes { "Connection: close\r\n" } else { "" };
        format!("ICAP/1.0 {status}\r\nISTag: \"{}\"\r\nService: Usher\r\n{close}{fields}\r\n", self.istag)
    }

    /// Says what this server does.
    pub(super) async fn options(&mut self, side: Side, connections: usize) -> io::Result<()> {
        let method = match side {
            Side::Request => "REQMOD",
            Side::Answer => "RESPMOD",
        };
        let fields = format!(
            "Methods: {method}\r\nAllow: 204\r\nPreview: {PREVIEW_BYTES}\r\nTransfer-Preview: *\r\n\
             Max-Connections: {connections}\r\nOptions-TTL: {OPTIONS_SECONDS}\r\nEncapsulated: null-body=0\r\n"
        );
        let head = self.head("200 OK", &fields);
        self.write(head.as_bytes()).await
    }

    /// Asks for what is behind a preview.
    pub(super) async fn go_on(&mut self) -> io::Result<()> {
        self.write(b"ICAP/1.0 100 Continue\r\n\r\n").await
    }

    /// Says that it was not understood.
    pub(super) async fn refuse(&mut self, status: &str) -> io::Result<()> {
        let head = self.head(status, "Encapsulated: null-body=0\r\n");
        self.write(head.as_bytes()).await
    }

    /// Answers. A body that breaks off leaves a connection that cannot be used any more: that is the error.
    pub(super) async fn answer(&mut self, answer: Answer) -> io::Result<()> {
        match answer {
            Answer::AsItWas => {
                let head = self.head("204 No Content", "");
                self.write(head.as_bytes()).await
            }
            Answer::Request(parts, body) => {
                let line = format!("{} {} HTTP/1.1\r\n", parts.method, parts.uri);
                self.message("req", line, &parts.headers, body).await
            }
            Answer::Response(response) => {
                let (parts, body) = response.into_parts();
                let reason = parts.status.canonical_reason().unwrap_or("");
                let line = format!("HTTP/1.1 {} {reason}\r\n", parts.status.as_u16());
                self.message("res", line, &parts.headers, body).await
            }
        }
    }

    async fn message(
        &mut self,
        side: &str,
        line: String,
        headers: &HeaderMap,
        mut body: Body,
    ) -> io::Result<()> {
        let mut inner = line.into_bytes();
        for (name, value) in headers.iter().filter(|(name, _)| *name != header::TRANSFER_ENCODING) {
            inner.extend_from_slice(name.as_str().as_bytes());
            inner.extend_from_slice(b": ");
            inner.extend_from_slice(value.as_bytes());
            inner.extend_from_slice(b"\r\n");
        }
        inner.extend_from_slice(b"\r\n");
        let has_body = !body.is_end_stream();
        let part = if has_body { format!("{side}-body") } else { "null-body".to_owned() };
        let fields = format!("Encapsulated: {side}-hdr=0, {part}={}\r\n", inner.len());
        let mut head = self.head("200 OK", &fields).into_bytes();
        head.extend_from_slice(&inner);
        self.write(&head).await?;
        if !has_body {
            return Ok(());
        }
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(io::Error::other)?;
            let Some(piece) = frame.data_ref().filter(|piece| !piece.is_empty()) else { continue };
            let length = format!("{:x}\r\n", piece.len());
            let is_last = body.is_end_stream();
            let end: &[u8] = if is_last { b"\r\n0\r\n\r\n" } else { b"\r\n" };
            self.write(&[length.as_bytes(), piece, end].concat()).await?;
            if is_last {
                return Ok(());
            }
        }
        self.write(b"0\r\n\r\n").await
    }
}
