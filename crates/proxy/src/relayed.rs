//! Connections that a load balancer brings: whom they are from (PROXY protocol, versions 1 and 2).
//!
//! Owns: reading that header from whoever must send it. Nothing is guessed: whoever is a load balancer by the server's
//! configuration must begin with one, and from anybody else it is no HTTP, which the guard says.

use std::io;
use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use ipnet::IpNet;
use proxy_header::{Error, ParseConfig, Protocol, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::limits::{HEAD_TIME, IDLE_TIME, RELAY_HEADER_BYTES};

/// The longest header of version 1, with its line end.
const VERSION_1_BYTES: usize = 107;
/// What it begins with.
const VERSION_1: &[u8] = b"PROXY ";

/// A header that is missing, broken or too long, or does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclear;

/// Whom a connection is from: the other end, or whom a load balancer at the other end says. What came after its header
/// is left in `first`. None where it asked for nothing and left, as health checks do.
///
/// # Errors
/// When a load balancer does not say it clearly, or asks for something itself: that would be its own, and so everybody's.
pub(crate) async fn client<T: AsyncRead + Unpin>(
    stream: &mut T,
    first: &mut BytesMut,
    peer: SocketAddr,
    relays: &[IpNet],
) -> Result<Option<SocketAddr>, Unclear> {
    if !relays.iter().any(|network| network.contains(&peer.ip())) {
        return Ok(Some(peer));
    }
    match tokio::time::timeout(IDLE_TIME, stream.read_buf(first)).await {
        Ok(Ok(1..)) => {}
        Ok(_) | Err(_) => return Ok(None),
    }
    let header = tokio::time::timeout(HEAD_TIME, header(stream, first)).await;
    let said = header.map_err(|_elapsed| Unclear)??;
    if said.is_some() {
        return Ok(said);
    }
    let asks = !first.is_empty()
        || matches!(tokio::time::timeout(IDLE_TIME, stream.read_buf(first)).await, Ok(Ok(1..)));
    if asks { Err(Unclear) } else { Ok(None) }
}

/// Reads the header to its end. None where it says that the connection is the load balancer's own, or not whose it is.
async fn header<T: AsyncRead + Unpin>(
    stream: &mut T,
    first: &mut BytesMut,
) -> Result<Option<SocketAddr>, Unclear> {
    loop {
        if let Some((said, length)) = read(first)? {
            first.advance(length);
            return Ok(said);
        }
        let read: io::Result<usize> = stream.read_buf(first).await;
        if read.map_err(|_gone| Unclear)? == 0 {
            return Err(Unclear);
        }
    }
}

/// Whom a header names, and how long it is. None where more of it is to come.
fn read(bytes: &[u8]) -> Result<Option<(Option<SocketAddr>, usize)>, Unclear> {
    // Only what may become a header is waited for.
    let begins = |with: &[u8]| bytes.iter().zip(with).all(|(byte, expected)| byte == expected);
    let is_text = bytes.first() == Some(&b'P');
    if is_text && !begins(VERSION_1) {
        return Err(Unclear);
    }
    let longest = if is_text { VERSION_1_BYTES } else { RELAY_HEADER_BYTES };
    let bytes = bytes.get(..longest).unwrap_or(bytes);
    let config = ParseConfig { include_tlvs: false, allow_v1: true, allow_v2: true };
    match ProxyHeader::parse(bytes, config) {
        Ok((header, length)) => match header.proxied_address() {
            Some(address) if address.protocol != Protocol::Stream => Err(Unclear),
            address => {
                let source = address.map(|address| address.source);
                let source = source.map(|source| SocketAddr::new(source.ip().to_canonical(), source.port()));
                Ok(Some((source, length)))
            }
        },
        Err(Error::BufferTooShort) if bytes.len() < longest => Ok(None),
        Err(_) => Err(Unclear),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BALANCER: &str = "10.0.0.5:40000";

    /// What is taken of these bytes, come in pieces of this size, and what is left of them.
    async fn taken(bytes: &[u8], piece: usize) -> (Result<Option<SocketAddr>, Unclear>, Vec<u8>) {
        let (mut near, mut far) = tokio::io::duplex(piece);
        let sent = bytes.to_vec();
        tokio::spawn(async move {
            let _gone = tokio::io::AsyncWriteExt::write_all(&mut near, &sent).await;
        });
        let mut first = BytesMut::new();
        let relays = ["10.0.0.5/32".parse().unwrap()];
        let client = client(&mut far, &mut first, BALANCER.parse().unwrap(), &relays).await;
        let mut rest = first.to_vec();
        far.read_to_end(&mut rest).await.unwrap();
        (client, rest)
    }

    /// A header of version 2: command, family and protocol, and what follows.
    fn version_2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&b"\r\n\r\n\0\r\nQUIT\n"[..], &[command, family], &length, body].concat()
    }

    fn v4() -> Vec<u8> {
        [&[192, 0, 2, 7, 10, 0, 0, 2][..], &40_001_u16.to_be_bytes(), &3128_u16.to_be_bytes()].concat()
    }

    fn v6() -> Vec<u8> {
        let mut address = [0_u8; 32];
        address[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
        address[15] = 7;
        [&address[..], &40_001_u16.to_be_bytes(), &3128_u16.to_be_bytes()].concat()
    }

    #[tokio::test]
    async fn both_versions_in_any_pieces_say_whom_they_bring_and_leave_the_rest() {
        let notes = [&v4()[..], &[4, 0, 3, 1, 2, 3]].concat();
        let mapped = b"PROXY TCP6 ::ffff:192.0.2.7 ::ffff:10.0.0.2 40001 3128\r\n";
        for (header, whom) in [
            (b"PROXY TCP4 192.0.2.7 10.0.0.2 40001 3128\r\n".to_vec(), "192.0.2.7:40001"),
            (b"PROXY TCP6 2001:db8::7 2001:db8::2 40001 3128\r\n".to_vec(), "[2001:db8::7]:40001"),
            (mapped.to_vec(), "192.0.2.7:40001"),
            (version_2(0x21, 0x11, &v4()), "192.0.2.7:40001"),
            (version_2(0x21, 0x11, &notes), "192.0.2.7:40001"),
            (version_2(0x21, 0x21, &v6()), "[2001:db8::7]:40001"),
        ] {
            let all = [&header[..], b"GET / HTTP/1.1\r\n"].concat();
            for piece in [1, 7, 4096] {
                let (client, rest) = taken(&all, piece).await;
                assert_eq!(client, Ok(Some(whom.parse().unwrap())), "{header:?}");
                assert_eq!(rest, b"GET / HTTP/1.1\r\n", "{header:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_not_said_to_be_anybodys_may_ask_for_nothing() {
        for header in [
            b"PROXY UNKNOWN\r\n".to_vec(),
            b"PROXY UNKNOWN ff:: ff:: 1 2\r\n".to_vec(),
            version_2(0x20, 0x00, b""),
            version_2(0x20, 0x11, &v4()),
            version_2(0x21, 0x00, b""),
        ] {
            for piece in [1, 7, 4096] {
                assert_eq!(taken(&header, piece).await.0, Ok(None), "{header:?}");
                let asks = [&header[..], b"GET / HTTP/1.1\r\n"].concat();
                assert_eq!(taken(&asks, piece).await.0, Err(Unclear), "{header:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_missing_broken_or_endless_is_unclear_at_once() {
        let endless = [&b"PROXY UNKNOWN "[..], &[b'x'; 200]].concat();
        for bytes in [
            &b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\n",
            b"PROXY TCP4 192.0.2.700 10.0.0.2 40001 3128\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.2 40001 70000\r\n",
            b"PROXY TCP5 192.0.2.7 10.0.0.2 40001 3128\r\n",
            b"PROXY_TCP4 192.0.2.7 10.0.0.2 40001 3128\r\n",
            b"PROXY TCP4 192.0.2.7 10.0.0.2 40001 3128\n\n",
            b"PROXY TCP4 192.0.2.7",
            &endless,
            &version_2(0x31, 0x11, &v4()),
            &version_2(0x21, 0x12, &v4()),
            &version_2(0x21, 0x11, &v4()[..8]),
            &version_2(0x21, 0x11, &[0; 4_000]),
            &version_2(0x21, 0x21, &v4()),
        ] {
            assert_eq!(taken(bytes, 4096).await.0, Err(Unclear), "{bytes:?}");
        }
        assert_eq!(taken(b"", 1).await.0, Ok(None), "a health check says nothing");
    }

    #[tokio::test]
    async fn nobody_else_is_listened_to() {
        let mut first = BytesMut::new();
        let relays = ["10.0.0.5/32".parse().unwrap()];
        let peer: SocketAddr = "10.0.0.6:1".parse().unwrap();
        let mut bytes = &b"PROXY TCP4 192.0.2.7 10.0.0.2 40001 3128\r\n"[..];
        assert_eq!(client(&mut bytes, &mut first, peer, &relays).await, Ok(Some(peer)));
        assert!(first.is_empty() && bytes.starts_with(b"PROXY"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, begins in 0..3_usize) {
            let begin = [&b""[..], b"PROXY ", b"\r\n\r\n\0\r\nQUIT\n\x21"][begins];
            let all = [begin, &bytes].concat();
            if let Ok(Some((_, length))) = read(&all) {
                prop_assert!(length <= all.len());
            }
        }
    }
}
