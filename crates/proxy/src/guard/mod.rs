//! What stands between a client's bytes and the HTTP library: heads are read strictly here first, and a request that two
//! readers could read differently never gets further.
//!
//! The library itself drops a `Content-Length` beside a `Transfer-Encoding` and answers what it cannot read with a bare
//! status, so neither could be refused in words nor recorded. The guard hands on only bytes that [`framing`] has
//! judged; at a fault it ends the stream, and when the library closes the connection it first writes a page.

pub mod framing;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};
use usher_events::event::MalformedFault;

use crate::limits::{HEAD_TIME, IDLE_TIME, LINGER_STILL_TIME, LINGER_TIME, STILL_TIME};
use framing::{Framing, Judged};

/// How much is read from a client at once.
const READ_BYTES: usize = 16 * 1024;

/// What a connection and the requests on it share.
#[derive(Debug, Default)]
pub(crate) struct ConnectionState {
    /// Requests whose heads were handed on.
    handed_on: AtomicU32,
    /// Requests that were answered.
    answered: AtomicU32,
    /// What was wrong with a head.
    fault: Mutex<Option<MalformedFault>>,
    /// Whoever waits for the last of them.
    waiting: AtomicWaker,
}

impl ConnectionState {
    /// A request is being answered for as long as this is held: one for each head that was handed on.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        Busy(Arc::clone(self))
    }

    /// What was wrong with a head, once.
    pub(crate) fn take_fault(&self) -> Option<MalformedFault> {
        self.fault.lock().ok()?.take()
    }

    fn is_busy(&self) -> bool {
        self.handed_on.load(Ordering::Acquire) != self.answered.load(Ordering::Acquire)
    }

    /// Waits until no request is being answered.
    fn poll_idle(&self, context: &Context<'_>) -> Poll<()> {
        self.waiting.register(context.waker());
        if self.is_busy() { Poll::Pending } else { Poll::Ready(()) }
    }
}

/// Held while a request is being answered.
#[derive(Debug)]
pub(crate) struct Busy(Arc<ConnectionState>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::AcqRel);
        self.0.waiting.wake();
    }
}

/// The bytes of the page for a fault.
pub(crate) type FaultPage = Box<dyn Fn(MalformedFault) -> Vec<u8> + Send + Sync>;

/// A connection whose requests are judged before they are read.
pub(crate) struct Guarded<T> {
    inner: T,
    framing: Framing,
    /// What came and is not handed on yet.
    buffer: BytesMut,
    /// How much of it may be.
    ready: usize,
    state: Arc<ConnectionState>,
    page: FaultPage,
    /// What is still to be written of the page for a fault.
    farewell: Option<BytesMut>,
    timer: Option<Pin<Box<Sleep>>>,
    timer_for: Waiting,
    /// Once the answer is closed and the rest of a body that nobody wants is let in.
    lingering: Option<Lingering>,
}

/// How long the rest of a body is let in: in all, and since its last piece.
struct Lingering {
    in_all: Pin<Box<Sleep>>,
    still: Pin<Box<Sleep>>,
}

/// What the timer runs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Nothing yet: something came since, and the time begins anew.
    Afresh,
    /// The next request.
    Request,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
}

impl<T> std::fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guarded")
            .field("framing", &self.framing)
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

impl<T> Guarded<T> {
    /// Guards a connection of which `first` was read already.
    pub(crate) fn new(inner: T, first: BytesMut, state: Arc<ConnectionState>, page: FaultPage) -> Self {
        Self {
            inner,
            framing: Framing::default(),
            buffer: first,
            ready: 0,
            state,
            page,
            farewell: None,
            timer: None,
            timer_for: Waiting::Afresh,
            lingering: None,
        }
    }

    /// The connection itself, and bytes that came and were not handed on, when it is no longer HTTP.
    pub(crate) fn into_parts(self) -> (T, BytesMut) {
        (self.inner, self.buffer)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.ready > 0 {
                let count = this.ready.min(out.remaining());
                out.put_slice(this.buffer.get(..count).unwrap_or_default());
                this.buffer.advance(count);
                this.ready -= count;
                return Poll::Ready(Ok(()));
            }
            // The common case of a long body or a raw tunnel: straight through, without a copy.
            if this.buffer.is_empty()
                && let Some(most) = this.framing.passes()
            {
                return this.read_through(context, out, most);
            }
            let is_head = this.framing.is_between_requests();
            match this.framing.judge(&this.buffer) {
                Ok(Judged::Ready(count)) => {
                    this.ready = count;
                    if is_head {
                        this.state.handed_on.fetch_add(1, Ordering::AcqRel);
                    }
                }
                Ok(Judged::Skip(count)) => this.buffer.advance(count),
                Ok(Judged::More) => {
                    if ready!(this.fill(context))? == 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
                Err(fault) => {
                    // What goes wrong in a body is the end of a request that has its event.
                    if this.framing.is_between_requests() {
                        // The requests before it are answered first.
                        ready!(this.state.poll_idle(context));
                        this.refuse(fault);
                    }
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl<T: AsyncRead + Unpin> Guarded<T> {
    /// Reads more into the buffer, for as long as that may take. 0 at the end, or when the time is up.
    fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        // A head has to be whole in time however its pieces come; everything else only has to go on.
        let continues_head = self.framing.is_between_requests() && !self.buffer.is_empty();
        self.buffer.reserve(READ_BYTES);
        match tokio_util::io::poll_read_buf(Pin::new(&mut self.inner), context, &mut self.buffer) {
            Poll::Pending => self.time_out(context),
            ready @ Poll::Ready(_) => {
                if !continues_head {
                    self.timer_for = Waiting::Afresh;
                }
                ready
            }
        }
    }

    /// Reads at most `most` bytes straight to whoever wants them.
    fn read_through(
        &mut self,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
        most: u64,
    ) -> Poll<io::Result<()>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(out.remaining());
        let mut part = ReadBuf::new(out.initialize_unfilled_to(most));
        match Pin::new(&mut self.inner).poll_read(context, &mut part) {
            Poll::Ready(Ok(())) => {
                let count = part.filled().len();
                out.advance(count);
                self.framing.passed(count as u64);
                self.timer_for = Waiting::Afresh;
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.framing.is_raw() => Poll::Pending,
            Poll::Pending => self.time_out(context).map_ok(|_| ()),
        }
    }

    /// Nothing came: waits on, or ends the stream when its time is up.
    fn time_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let (waiting, limit) = match (self.framing.is_between_requests(), self.buffer.is_empty()) {
            (true, true) => (Waiting::Request, IDLE_TIME),
            (true, false) => (Waiting::Head, HEAD_TIME),
            (false, _) => (Waiting::Body, STILL_TIME),
        };
        loop {
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
            if waiting != self.timer_for {
                self.timer_for = waiting;
                timer.as_mut().reset(Instant::now() + limit);
            }
            ready!(timer.as_mut().poll(context));
            // A long answer is no idleness: nothing more is asked while it lasts.
            if waiting == Waiting::Request && self.state.is_busy() {
                timer.as_mut().reset(Instant::now() + limit);
                continue;
            }
            if waiting == Waiting::Head {
                self.refuse(MalformedFault::HeadTooSlow);
            }
            return Poll::Ready(Ok(0));
        }
    }
}

impl<T> Guarded<T> {
    /// Notes a fault, and the page that is written when the connection closes.
    fn refuse(&mut self, fault: MalformedFault) {
        if let Ok(mut slot) = self.state.fault.lock() {
            *slot = Some(fault);
        }
        self.farewell = Some(BytesMut::from((self.page)(fault).as_slice()));
    }
}

impl<T: AsyncRead + Unpin> Guarded<T> {
    /// Lets in and drops what a client still sends of a body whose request is answered. Whoever closes while bytes come
    /// tears the connection down, and a client that reads only when it has sent everything never sees its answer.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let lingering = self.lingering.get_or_insert_with(|| Lingering {
            in_all: Box::pin(tokio::time::sleep(LINGER_TIME)),
            still: Box::pin(tokio::time::sleep(LINGER_STILL_TIME)),
        });
        loop {
            if lingering.in_all.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            self.buffer.clear();
            self.buffer.reserve(READ_BYTES);
            match tokio_util::io::poll_read_buf(Pin::new(&mut self.inner), context, &mut self.buffer) {
                Poll::Ready(Ok(1..)) => lingering.still.as_mut().reset(Instant::now() + LINGER_STILL_TIME),
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(()),
                Poll::Pending => return lingering.still.as_mut().poll(context),
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<T> {
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
        let this = &mut *self;
        while let Some(farewell) = this.farewell.as_mut().filter(|farewell| !farewell.is_empty()) {
            let count = ready!(Pin::new(&mut this.inner).poll_write(context, farewell))?;
            farewell.advance(count);
        }
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.inner).poll_flush(context))?;
            ready!(Pin::new(&mut this.inner).poll_shutdown(context))?;
        }
        if !this.framing.is_between_requests() && !this.framing.is_raw() {
            ready!(this.linger(context));
        }
        Poll::Ready(Ok(()))
    }
}
