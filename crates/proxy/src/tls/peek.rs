//! Looking at the first bytes of a tunnel without taking them away.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use super::hello::{self, ClientHello, Reading};
use crate::limits::{HELLO_BYTES, PEEK_TIME};

/// How much is read at once while peeking.
const READ_BYTES: usize = 4 * 1024;

/// What the first bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peeked {
    /// A TLS hello.
    Hello(ClientHello),
    /// Something else.
    Other,
    /// Nothing came: the client waits for the server to speak.
    Silent,
    /// The client went away.
    Gone,
}

/// Reads until the first bytes are known for what they are; gives them back in front of the connection.
pub async fn peek<T: AsyncRead + Unpin>(mut inner: T) -> (Peeked, Rewound<T>) {
    let mut bytes = BytesMut::with_capacity(READ_BYTES);
    let deadline = tokio::time::Instant::now() + PEEK_TIME;
    let found = loop {
        match hello::read(&bytes) {
            Reading::Hello(hello) => break Peeked::Hello(hello),
            Reading::NotTls => break Peeked::Other,
            Reading::More => {}
        }
        if bytes.len() > HELLO_BYTES {
            break Peeked::Other;
        }
        bytes.reserve(READ_BYTES);
        match tokio::time::timeout_at(deadline, inner.read_buf(&mut bytes)).await {
            Ok(Ok(0) | Err(_)) => break Peeked::Gone,
            Ok(Ok(_)) => {}
            Err(_elapsed) if bytes.is_empty() => break Peeked::Silent,
            // Half a hello and no more is a broken client, or one that is no TLS client.
            Err(_elapsed) => break Peeked::Other,
        }
    };
    (found, Rewound { first: bytes, inner })
}

/// A connection with bytes put back in front of it.
#[derive(Debug)]
pub struct Rewound<T> {
    first: BytesMut,
    inner: T,
}

impl<T> Rewound<T> {
    /// A connection with these bytes in front of it.
    pub const fn new(first: BytesMut, inner: T) -> Self {
        Self { first, inner }
    }

    /// The bytes in front, and the connection.
    pub fn into_parts(self) -> (BytesMut, T) {
        (self.first, self.inner)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Rewound<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.inner).poll_read(context, out);
        }
        let count = self.first.len().min(out.remaining());
        out.put_slice(self.first.get(..count).unwrap_or_default());
        self.first.advance(count);
        if self.first.is_empty() {
            // Its memory goes too: a tunnel may stand still for hours.
            self.first = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Rewound<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::hello::tests::real_hello;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn a_hello_one_byte_a_segment_is_peeked_and_nothing_is_lost() {
        let hello = real_hello("games.example", &["h2"]);
        let (mut client, server) = tokio::io::duplex(1);
        let sent = [hello.clone(), b"and more".to_vec()].concat();
        let writing = tokio::spawn({
            let sent = sent.clone();
            async move { client.write_all(&sent).await.unwrap() }
        });
        let (found, mut rewound) = peek(server).await;
        let Peeked::Hello(found) = found else { panic!("it is a hello") };
        assert_eq!(found.server_name.unwrap().as_str(), "games.example");
        let mut read = Vec::new();
        rewound.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, sent);
        writing.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_for_the_server_is_silent_and_does_not_hang() {
        let (_client, server) = tokio::io::duplex(64);
        assert_eq!(peek(server).await.0, Peeked::Silent);
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(b"\x16\x03").await.unwrap();
        assert_eq!(peek(server).await.0, Peeked::Other);
    }

    #[tokio::test]
    async fn other_bytes_and_goodbyes_are_told_apart() {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(b"SSH-2.0").await.unwrap();
        assert_eq!(peek(server).await.0, Peeked::Other);
        let (client, server) = tokio::io::duplex(64);
        drop(client);
        assert_eq!(peek(server).await.0, Peeked::Gone);
    }
}
