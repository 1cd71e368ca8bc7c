//! The body an ICAP client shows: read from its connection in chunks, given on as it comes.

use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::io::AsyncReadExt as _;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc;
use tokio::time::timeout;
use usher_scanners::icap::answer::Chunks;

use crate::body::BodyFault;
use crate::limits::{REQUEST_BODY_BYTES, STILL_TIME};

/// How much is read at a time.
const READ_BYTES: usize = 16 * 1024;
/// Pieces under way between the connection and whoever looks at them: 64 KiB, after which the client has to wait.
const PIECES: usize = 4;

/// Why a body broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BrokeOff {
    /// The client left.
    #[error("the ICAP client left in the middle of a body")]
    Left,
    /// It stood still.
    #[error("the ICAP client stood still in the middle of a body")]
    StoodStill,
    /// Its chunks are none.
    #[error("the ICAP client sent a broken chunk")]
    Chunk,
    /// It is longer than any body.
    #[error("the ICAP client sent a body without end")]
    TooLong,
}

/// A connection's reading side, and what was read from it and not used yet.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) socket: OwnedReadHalf,
    pub(super) read: Vec<u8>,
}

impl Reading {
    /// Reads some more. None at the end of the connection.
    pub(super) async fn more(&mut self) -> Option<()> {
        self.read.reserve(READ_BYTES);
        match self.socket.read_buf(&mut self.read).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(()),
        }
    }

    /// The next piece of a body; empty at the end of its chunks.
    async fn piece(&mut self, chunks: &mut Chunks) -> Result<Bytes, BrokeOff> {
        loop {
            let mut piece = Vec::new();
            let taken = chunks.push(&self.read, &mut |bytes| piece.extend_from_slice(bytes));
            self.read.drain(..taken.map_err(|_broken| BrokeOff::Chunk)?);
            if !piece.is_empty() || chunks.is_end() {
                return Ok(piece.into());
            }
            match timeout(STILL_TIME, self.more()).await {
                Ok(Some(())) => {}
                Ok(None) => return Err(BrokeOff::Left),
                Err(_elapsed) => return Err(BrokeOff::StoodStill),
            }
        }
    }

    /// Reads a preview: what came of the body, and whether that is all of it. It is as long as was said, or shorter.
    pub(super) async fn preview(&mut self, longest: u64) -> Result<(Bytes, bool), BrokeOff> {
        let (mut chunks, mut preview) = (Chunks::default(), Vec::new());
        while !chunks.is_end() {
            let piece = self.piece(&mut chunks).await?;
            preview.extend_from_slice(&piece);
            if preview.len() as u64 > longest {
                return Err(BrokeOff::TooLong);
            }
        }
        Ok((preview.into(), chunks.is_whole()))
    }

    /// Reads a body to its end, for nobody.
    pub(super) async fn skip(&mut self) -> Result<(), BrokeOff> {
        let (nobody, receiver) = mpsc::channel(1);
        drop(receiver);
        self.pump(Sender(nobody)).await
    }

    /// Reads a body to its end and gives it on, or lets it go where nobody wants it any more.
    pub(super) async fn pump(&mut self, to: Sender) -> Result<(), BrokeOff> {
        let (mut chunks, mut length, mut to) = (Chunks::default(), 0, Some(to.0));
        loop {
            let piece = match self.piece(&mut chunks).await {
                Ok(piece) => piece,
                Err(fault) => {
                    if let Some(to) = to {
                        drop(to.send(Err(fault)).await);
                    }
                    return Err(fault);
                }
            };
            length += piece.len() as u64;
            if length > REQUEST_BODY_BYTES {
                return Err(BrokeOff::TooLong);
            }
            if let Some(wanted) = to.take_if(|_| !piece.is_empty())
                && wanted.send(Ok(piece)).await.is_ok()
            {
                to = Some(wanted);
            }
            if chunks.is_end() {
                // Only this end says that it is whole.
                if let Some(to) = to {
                    drop(to.send(Ok(Bytes::new())).await);
                }
                return Ok(());
            }
        }
    }
}

/// Where a body is given on to.
#[derive(Debug)]
pub(super) struct Sender(mpsc::Sender<Result<Bytes, BrokeOff>>);

/// A body that is shown, piece by piece.
#[derive(Debug)]
pub(crate) struct Pieces {
    first: Option<Bytes>,
    /// None where nothing more comes.
    rest: Option<mpsc::Receiver<Result<Bytes, BrokeOff>>>,
}

impl Pieces {
    /// A body whose beginning is there and whose rest, if there is one, comes through the sender.
    pub(super) fn beginning(first: Bytes, has_rest: bool) -> (Self, Option<Sender>) {
        let (sender, receiver) = if has_rest {
            let (sender, receiver) = mpsc::channel(PIECES);
            (Some(Sender(sender)), Some(receiver))
        } else {
            (None, None)
        };
        let first = Some(first).filter(|first| !first.is_empty());
        (Self { first, rest: receiver }, sender)
    }

    pub(crate) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        match std::task::ready!(rest.poll_recv(context)) {
            Some(Ok(piece)) if piece.is_empty() => {
                self.rest = None;
                Poll::Ready(None)
            }
            Some(Ok(piece)) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            ended => {
                self.rest = None;
                let fault = ended.and_then(Result::err).unwrap_or(BrokeOff::Left);
                Poll::Ready(Some(Err(fault.into())))
            }
        }
    }

    pub(crate) const fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_none()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.first.as_ref().map_or(0, |first| first.len() as u64));
        if self.rest.is_none() {
            hint.set_upper(hint.lower());
        }
        hint
    }
}
