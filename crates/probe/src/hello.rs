//! Hellos on their way: cut into pieces, or with server names that no library writes.

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::case::{Cut, OddHello};

/// Before the fields of a hello: record head (5), handshake head (4), version (2), random (32).
const BEFORE_SESSION: usize = 5 + 4 + 2 + 32;
/// Extensions (RFC 6066, 3; RFC 9849, 5).
const SERVER_NAME: u16 = 0;
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;
/// The handshake message that holds the certificates (RFC 5246, 7.4.2).
const CERTIFICATE: u8 = 11;
const HANDSHAKE: u8 = 22;

/// A hello of TLS 1.2 with these server names, as one record. Its answer shows a certificate in the clear.
pub(crate) fn odd(wanted: &OddHello) -> Option<Vec<u8>> {
    let plain = plain()?;
    let at = extensions_at(&plain)?;
    let mut extensions = plain.get(at..)?.to_vec();
    for names in &wanted.extensions {
        let list: Vec<u8> = names.iter().flat_map(|name| prefixed(&[0], name.as_bytes())).collect();
        extension(&mut extensions, SERVER_NAME, &prefixed(&[], &list));
    }
    if wanted.hides {
        // What browsers send that have no name to hide: random bytes of a likely length.
        extension(&mut extensions, ENCRYPTED_CLIENT_HELLO, &[0; 200]);
    }
    let mut body = plain.get(9..at - 2)?.to_vec();
    body.extend(prefixed(&[], &extensions));
    let length = u32::try_from(body.len()).ok()?.to_be_bytes();
    let mut message = vec![1];
    message.extend_from_slice(length.get(1..)?);
    message.extend(body);
    Some(prefixed(&[HANDSHAKE, 3, 1], &message))
}

/// Where a hello's extensions begin, behind their length.
fn extensions_at(hello: &[u8]) -> Option<usize> {
    let mut at = BEFORE_SESSION;
    at += 1 + usize::from(*hello.get(at)?);
    at += 2 + usize::from(two(hello, at)?);
    at += 1 + usize::from(*hello.get(at)?);
    Some(at + 2)
}

/// The hello of a library that speaks TLS 1.2, to a number: such a hello has no server name (RFC 6066, 3).
fn plain() -> Option<Vec<u8>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .ok()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::from(Ipv4Addr::LOCALHOST);
    let mut connection = ClientConnection::new(Arc::new(config), name).ok()?;
    let mut bytes = Vec::new();
    connection.write_tls(&mut bytes).ok()?;
    Some(bytes)
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.first_chunk().map(|pair| u16::from_be_bytes(*pair))
}

/// Bytes, and more bytes with their length in two before them.
fn prefixed(before: &[u8], bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    [before, &length, bytes].concat()
}

fn extension(to: &mut Vec<u8>, kind: u16, content: &[u8]) {
    to.extend(prefixed(&kind.to_be_bytes(), content));
}

/// The first certificate in an answer to a hello of TLS 1.2; none while it has not come.
pub(crate) fn certificate(answer: &[u8]) -> Option<Vec<u8>> {
    let mut messages = Vec::new();
    let mut rest = answer;
    while let (Some(&HANDSHAKE), Some(length)) = (rest.first(), two(rest, 3)) {
        let Some(record) = rest.get(5..5 + usize::from(length)) else { break };
        messages.extend_from_slice(record);
        rest = rest.get(5 + usize::from(length)..)?;
    }
    let mut rest = messages.as_slice();
    loop {
        let (&kind, length) = (rest.first()?, three(rest, 1)?);
        let body = rest.get(4..4 + length)?;
        if kind == CERTIFICATE {
            let first = three(body, 3)?;
            return body.get(6..6 + first).map(<[u8]>::to_vec);
        }
        rest = rest.get(4 + length..)?;
    }
}

fn three(bytes: &[u8], at: usize) -> Option<usize> {
    let [a, b, c] = *bytes.get(at..at + 3)?.first_chunk::<3>()?;
    usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()
}

/// A connection on which the first thing written goes out in pieces.
#[derive(Debug)]
pub(crate) struct Pieces<S> {
    inner: S,
    cut: Cut,
    waiting: Vec<u8>,
}

impl<S> Pieces<S> {
    pub(crate) const fn new(inner: S, cut: Cut) -> Self {
        Self { inner, cut, waiting: Vec::new() }
    }
}

impl<S: AsyncWrite + Unpin> Pieces<S> {
    fn drain(&mut self, context: &mut Context<'_>, piece: usize) -> Poll<io::Result<()>> {
        while !self.waiting.is_empty() {
            let next = self.waiting.get(..piece.min(self.waiting.len())).unwrap_or_default();
            let count = ready!(Pin::new(&mut self.inner).poll_write(context, next))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.waiting.drain(..count);
            ready!(Pin::new(&mut self.inner).poll_flush(context))?;
        }
        self.cut = Cut::Whole;
        Poll::Ready(Ok(()))
    }

    const fn piece(&self) -> usize {
        match self.cut {
            Cut::Segments(size) => size,
            Cut::Whole | Cut::Records(_) => usize::MAX,
        }
    }
}

/// The one record of a hello as several.
fn in_records(record: &[u8], size: usize) -> Vec<u8> {
    let Some((head, message)) = record.split_at_checked(5) else { return record.to_vec() };
    let kind = head.get(..3).unwrap_or_default();
    message.chunks(size.max(1)).flat_map(|part| prefixed(kind, part)).collect()
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Pieces<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.cut {
            Cut::Whole => return Pin::new(&mut self.inner).poll_write(context, bytes),
            _ if !self.waiting.is_empty() => {
                let piece = self.piece();
                ready!(self.drain(context, piece))?;
                return Pin::new(&mut self.inner).poll_write(context, bytes);
            }
            Cut::Segments(_) => self.waiting = bytes.to_vec(),
            Cut::Records(size) => self.waiting = in_records(bytes, size),
        }
        let piece = self.piece();
        match self.drain(context, piece) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // What waits goes out when it is flushed.
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let piece = self.piece();
        if !self.waiting.is_empty() {
            ready!(self.drain(context, piece))?;
        }
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Pieces<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn names(hello: &[u8]) -> usize {
        hello.windows(7).filter(|window| *window == b".exampl").count()
    }

    #[test]
    fn odd_hellos_have_the_names_they_should_and_whole_lengths() {
        let of = |extensions: &[&[&str]], hides| {
            let extensions = extensions.iter().map(|list| list.iter().map(|name| (*name).into()).collect());
            odd(&OddHello { extensions: extensions.collect(), hides }).unwrap()
        };
        assert_eq!(names(&of(&[], false)), 0);
        let (nameless, mut kinds) = (plain().unwrap(), Vec::new());
        let mut rest = &nameless[extensions_at(&nameless).unwrap()..];
        while let [first, second, high, low, after @ ..] = rest {
            kinds.push(u16::from_be_bytes([*first, *second]));
            rest = &after[usize::from(u16::from_be_bytes([*high, *low]))..];
        }
        assert!(!kinds.is_empty() && !kinds.contains(&SERVER_NAME), "{kinds:?}");
        assert_eq!(names(&of(&[&["a.example", "b.example"]], false)), 2);
        assert_eq!(names(&of(&[&["a.example"], &["b.example"]], true)), 2);
        for hello in [of(&[], false), of(&[&["a.example"]], true)] {
            assert_eq!(usize::from(two(&hello, 3).unwrap()), hello.len() - 5);
            assert_eq!(three(&hello, 6).unwrap(), hello.len() - 9);
        }
    }

    #[tokio::test]
    async fn a_hello_in_pieces_is_the_same_hello() {
        let hello = prefixed(&[HANDSHAKE, 3, 1], b"abcdefg");
        for (cut, expected) in [
            (Cut::Whole, hello.clone()),
            (Cut::Segments(2), hello.clone()),
            (Cut::Records(3), b"\x16\x03\x01\0\x03abc\x16\x03\x01\0\x03def\x16\x03\x01\0\x01g".to_vec()),
        ] {
            let (near, mut far) = tokio::io::duplex(4);
            let reading = tokio::spawn(async move {
                let mut read = Vec::new();
                far.read_to_end(&mut read).await.unwrap();
                read
            });
            let mut pieces = Pieces::new(near, cut);
            pieces.write_all(&hello).await.unwrap();
            pieces.write_all(b"more").await.unwrap();
            pieces.flush().await.unwrap();
            drop(pieces);
            assert_eq!(reading.await.unwrap(), [expected, b"more".to_vec()].concat(), "{cut:?}");
        }
    }
}
