//! The copy loop. A school holds thousands of tunnels in which nothing moves, so a tunnel owns no buffer: it takes one of
//! the thread's when there is something to read, and gives it back when the other side has taken everything.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::limits::SPLICE_BUFFER_BYTES;

/// Buffers a thread keeps ready. One is enough while nobody is slow; the others save asking for memory when some are.
const SPARE_BUFFERS: usize = 8;

thread_local! {
    static SPARE: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Site,
}

/// A tunnel being copied both ways.
pub(super) struct Copying<A, B> {
    client: A,
    site: B,
    up: Way,
    down: Way,
}

impl<A, B> Copying<A, B>
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    pub(super) fn new(client: A, site: B) -> Self {
        Self { client, site, up: Way::default(), down: Way::default() }
    }

    /// How many bytes came from the client and from the site.
    pub(super) const fn passed(&self) -> (u64, u64) {
        (self.up.passed, self.down.passed)
    }

    /// Copies what can be copied. Done when both sides have ended; an error says which side broke off.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Side>> {
        let up = self.up.poll(context, &mut self.client, &mut self.site);
        let up = up.map_err(|end| if end == Fault::From { Side::Client } else { Side::Site })?;
        let down = self.down.poll(context, &mut self.site, &mut self.client);
        let down = down.map_err(|end| if end == Fault::From { Side::Site } else { Side::Client })?;
        if up.is_ready() && down.is_ready() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

/// Which end of a way failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    From,
    To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Open,
    /// No more will come; the other side is not told yet.
    Ending,
    Ended,
}

/// One way of a tunnel.
#[derive(Debug, Default)]
struct Way {
    state: State,
    passed: u64,
    waiting: Option<Waiting>,
    unflushed: bool,
}

/// What the other side did not take yet: the bytes of a buffer from `taken` to `filled`.
#[derive(Debug)]
struct Waiting {
    buffer: Box<[u8]>,
    taken: usize,
    filled: usize,
}

impl Way {
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
    ) -> Poll<Result<(), Fault>> {
        loop {
            ready!(self.poll_write_waiting(context, to))?;
            match self.state {
                State::Ended => return Poll::Ready(Ok(())),
                State::Ending => {
                    ready!(Pin::new(&mut *to).poll_shutdown(context)).map_err(|_gone| Fault::To)?;
                    self.state = State::Ended;
                }
                State::Open => {
                    if self.poll_read(context, from)?.is_pending() {
                        if self.unflushed {
                            ready!(Pin::new(&mut *to).poll_flush(context)).map_err(|_gone| Fault::To)?;
                            self.unflushed = false;
                        }
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        from: &mut (impl AsyncRead + Unpin),
    ) -> Poll<Result<(), Fault>> {
        let mut buffer = taken_out();
        let mut read = ReadBuf::new(&mut buffer);
        let polled = Pin::new(from).poll_read(context, &mut read);
        let filled = read.filled().len();
        if filled > 0 {
            self.passed += filled as u64;
            self.waiting = Some(Waiting { buffer, taken: 0, filled });
        } else {
            put_back(buffer);
        }
        ready!(polled).map_err(|_gone| Fault::From)?;
        if filled == 0 {
            self.state = State::Ending;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_waiting(
        &mut self,
        context: &mut Context<'_>,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> Poll<Result<(), Fault>> {
        let Some(waiting) = &mut self.waiting else { return Poll::Ready(Ok(())) };
        while let Some(rest @ [_, ..]) = waiting.buffer.get(waiting.taken..waiting.filled) {
            waiting.taken += some(ready!(Pin::new(&mut *to).poll_write(context, rest)))?;
        }
        self.unflushed = true;
        self.waiting.take().into_iter().for_each(|waiting| put_back(waiting.buffer));
        Poll::Ready(Ok(()))
    }
}

/// One of the thread's buffers, or a new one.
fn taken_out() -> Box<[u8]> {
    let spare = SPARE.with_borrow_mut(Vec::pop);
    spare.unwrap_or_else(|| vec![0; SPLICE_BUFFER_BYTES].into())
}

fn put_back(buffer: Box<[u8]>) {
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < SPARE_BUFFERS {
            spare.push(buffer);
        }
    });
}

/// A side that takes nothing of something has gone.
fn some(taken: io::Result<usize>) -> Result<usize, Fault> {
    taken.ok().filter(|taken| *taken > 0).ok_or(Fault::To)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    /// What came of copying, and how many bytes passed each way.
    type Copied = (Result<(), Side>, (u64, u64));

    /// A copy loop between two small pipes, and the far ends of both.
    fn tunnel(room: usize) -> (DuplexStream, DuplexStream, tokio::task::JoinHandle<Copied>) {
        let (client, near_client) = duplex(room);
        let (site, near_site) = duplex(room);
        let copying = tokio::spawn(async move {
            let mut copying = Copying::new(near_client, near_site);
            let end = std::future::poll_fn(|context| copying.poll(context)).await;
            (end, copying.passed())
        });
        (client, site, copying)
    }

    #[tokio::test]
    async fn all_arrives_in_order_however_slowly_it_is_taken() {
        let (client, mut site, copying) = tunnel(7);
        let sent: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        let (mut reader, mut writer) = tokio::io::split(client);
        let upload = sent.clone();
        let sending = tokio::spawn(async move {
            writer.write_all(&upload).await.unwrap();
            writer.shutdown().await.unwrap();
            writer
        });
        let mut got = Vec::new();
        site.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, sent);
        // The other way stays open after this one has ended.
        site.write_all(b"thanks").await.unwrap();
        drop(site);
        let mut answer = Vec::new();
        reader.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, b"thanks");
        drop(sending.await.unwrap());
        assert_eq!(copying.await.unwrap(), (Ok(()), (200_000, 6)));
    }

    #[tokio::test]
    async fn the_side_that_takes_nothing_more_is_named() {
        let (mut client, site, copying) = tunnel(64);
        drop(site);
        // The site's end is passed on; what is sent after it finds nobody.
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
        client.write_all(b"anybody?").await.unwrap();
        assert_eq!(copying.await.unwrap(), (Err(Side::Site), (8, 0)));
    }
}
