//! A body of which some was taken already, to be looked at: given out again first, then the rest as it comes.
//!
//! What was taken is in memory, or, for a download, in a file: [`Stored`].

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use usher_scanners::held::Reader;

use crate::body::BodyFault;
use crate::icap::body::Pieces;
use crate::shares::Share;

/// How much of a stored file is given out at once, in bytes.
const STORED_PIECE_BYTES: usize = 64 * 1024;

/// A piece, and whether it is new.
type Piece = Result<(Frame<Bytes>, bool), BodyFault>;

/// A download that was held, and its part of what held files may take of the disk.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) reader: Reader,
    pub(crate) _room: Vec<OwnedSemaphorePermit>,
    /// One of the client's share: who does not read gets no more.
    pub(crate) _share: Share,
}

/// Where a body comes from.
#[derive(Debug)]
pub(crate) enum Rest {
    /// From HTTP.
    Http(Incoming),
    /// From an ICAP client, which shows a body of somebody else's.
    Shown(Pieces),
}

impl From<Incoming> for Rest {
    fn from(body: Incoming) -> Self {
        Self::Http(body)
    }
}

impl From<Pieces> for Rest {
    fn from(body: Pieces) -> Self {
        Self::Shown(body)
    }
}

impl Rest {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        match self {
            Self::Http(body) => Pin::new(body).poll_frame(context).map_err(Into::into),
            Self::Shown(body) => body.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http(body) => body.is_end_stream(),
            Self::Shown(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http(body) => body.size_hint(),
            Self::Shown(body) => body.size_hint(),
        }
    }
}

/// A body of a site, or of a client.
#[derive(Debug)]
pub(crate) struct Coming {
    stored: Option<Stored>,
    taken: VecDeque<Frame<Bytes>>,
    rest: Rest,
    ended: bool,
    fault: Option<BodyFault>,
    paused: bool,
}

/// What came of waiting for a piece.
#[derive(Debug)]
pub(crate) enum Took {
    /// A piece. It stays to be given out.
    Piece(Bytes),
    /// Nothing more comes: it is whole, or the site broke off.
    End,
    /// Nothing came before the deadline.
    Nothing,
}

impl Coming {
    pub(crate) fn new(rest: impl Into<Rest>) -> Self {
        let rest = rest.into();
        let ended = rest.is_end_stream();
        Self { stored: None, taken: VecDeque::new(), rest, ended, fault: None, paused: false }
    }

    /// Whether all of it came whole.
    pub(crate) const fn is_whole(&self) -> bool {
        self.ended && self.fault.is_none()
    }

    /// Takes the next piece, and keeps it.
    pub(crate) async fn take(&mut self, until: Instant) -> Took {
        loop {
            if self.ended {
                return Took::End;
            }
            let frame = match timeout_at(until, poll_fn(|context| self.rest.poll_frame(context))).await {
                Err(_elapsed) => return Took::Nothing,
                Ok(frame) => frame,
            };
            match frame {
                None => self.ended = true,
                Some(Err(fault)) => {
                    self.fault = Some(fault);
                    self.ended = true;
                }
                Some(Ok(frame)) => {
                    let piece = frame.data_ref().cloned();
                    self.ended = self.rest.is_end_stream();
                    self.taken.push_back(frame);
                    if let Some(piece) = piece {
                        return Took::Piece(piece);
                    }
                }
            }
        }
    }

    /// Gives up what was taken, for whoever keeps it elsewhere.
    pub(crate) fn let_go(&mut self) -> impl Iterator<Item = Bytes> + use<> {
        std::mem::take(&mut self.taken).into_iter().filter_map(|frame| frame.into_data().ok())
    }

    /// Puts back what was taken out, before what came after it.
    pub(crate) fn put_back(&mut self, pieces: Vec<Bytes>) {
        for piece in pieces.into_iter().rev() {
            self.taken.push_front(Frame::data(piece));
        }
    }

    /// Gives out what was kept elsewhere, before all that comes.
    pub(crate) fn stored(&mut self, stored: Stored) {
        self.stored = Some(stored);
    }

    /// The next piece: what was taken first. Also whether it is new: what was taken was read then.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        if let Some(piece) = self.stored_piece() {
            return Poll::Ready(Some(piece.map(|piece| (Frame::data(piece), false)).map_err(Into::into)));
        }
        if let Some(frame) = self.taken.pop_front() {
            return Poll::Ready(Some(Ok((frame, false))));
        }
        // What came before a fault is written out first: whoever waits sees as much of it as there is.
        if self.fault.is_some() && !std::mem::replace(&mut self.paused, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(fault) = self.fault.take() {
            return Poll::Ready(Some(Err(fault)));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        self.rest.poll_frame(context).map_ok(|frame| (frame, true))
    }

    /// Files that are held lie in memory or were written a moment ago: reading one waits for nothing.
    fn stored_piece(&mut self) -> Option<io::Result<Bytes>> {
        let stored = self.stored.as_mut()?;
        let mut piece = vec![0; STORED_PIECE_BYTES];
        let read = stored.reader.read(&mut piece);
        let count = *read.as_ref().unwrap_or(&0);
        piece.truncate(count);
        if read.is_err() || count == 0 || stored.reader.left() == 0 {
            self.stored = None;
        }
        match read {
            Ok(0) => None,
            read => Some(read.map(|_| piece.into())),
        }
    }

    /// Whether all of it is given out, without asking for the end.
    pub(crate) fn is_given_out(&self) -> bool {
        self.stored.is_none()
            && self.taken.is_empty()
            && self.fault.is_none()
            && (self.ended || self.rest.is_end_stream())
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let taken: u64 = self.taken.iter().filter_map(Frame::data_ref).map(|piece| piece.len() as u64).sum();
        let rest = if self.ended { SizeHint::with_exact(0) } else { self.rest.size_hint() };
        let mut hint = SizeHint::new();
        let taken = taken + self.stored.as_ref().map_or(0, |stored| stored.reader.left());
        hint.set_lower(rest.lower().saturating_add(taken));
        // What broke off is not as long as its head said.
        if self.fault.is_none()
            && let Some(upper) = rest.upper()
        {
            hint.set_upper(upper.saturating_add(taken));
        }
        hint
    }
}
