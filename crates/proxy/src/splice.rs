//! Copying a tunnel's bytes unread, both ways, until an end or until it would not be allowed any more.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use usher_events::event::{End, UpstreamFault};

use crate::case::Case;
use crate::limits::{JUDGED_AGAIN_EVERY, SPLICE_BUFFER_BYTES, TUNNEL_STILL_TIME};
use crate::record::Recording;

/// Copies both ways until both ends are done. The recording is written at once, and again at the end.
pub(crate) async fn splice<A, B, C>(client: A, site: B, mut recording: Recording<C>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
    C: Case,
{
    recording.write_open();
    let (from_client, from_site) = (Arc::<Meter>::default(), Arc::<Meter>::default());
    let mut client = Metered { inner: client, meter: Arc::clone(&from_client) };
    let mut site = Metered { inner: site, meter: Arc::clone(&from_site) };
    let end = {
        let copying = tokio::io::copy_bidirectional_with_sizes(
            &mut client,
            &mut site,
            SPLICE_BUFFER_BYTES,
            SPLICE_BUFFER_BYTES,
        );
        tokio::pin!(copying);
        let mut again = tokio::time::interval(JUDGED_AGAIN_EVERY);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        again.tick().await;
        let moved = || from_client.read.load(Ordering::Relaxed) + from_site.read.load(Ordering::Relaxed);
        let mut last_move = (moved(), Instant::now());
        loop {
            tokio::select! {
                done = &mut copying => break match done {
                    Ok(_) => End::Complete,
                    Err(_) if from_site.broke_off.load(Ordering::Relaxed) => {
                        End::Upstream(UpstreamFault::BrokeOff)
                    }
                    Err(_) => End::ClientLeft,
                },
                _ = again.tick() => {
                    if !recording.is_still_allowed() {
                        break End::Usher;
                    }
                    if moved() != last_move.0 {
                        last_move = (moved(), Instant::now());
                    } else if last_move.1.elapsed() >= TUNNEL_STILL_TIME {
                        break End::Upstream(UpstreamFault::TimedOut);
                    }
                }
            }
        }
    };
    recording.passed(from_client.read.load(Ordering::Relaxed), from_site.read.load(Ordering::Relaxed));
    recording.finish(end);
}

/// What came from one side.
#[derive(Debug, Default)]
struct Meter {
    read: AtomicU64,
    broke_off: AtomicBool,
}

impl Meter {
    /// Notes whose side an error came from.
    fn note<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(_)) = polled {
            self.broke_off.store(true, Ordering::Relaxed);
        }
        polled
    }
}

/// One side of a tunnel, metered.
struct Metered<T> {
    inner: T,
    meter: Arc<Meter>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, out);
        let count = out.filled().len() - before;
        self.meter.read.fetch_add(count as u64, Ordering::Relaxed);
        self.meter.note(polled)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.meter.note(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(context);
        self.meter.note(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_shutdown(context);
        self.meter.note(polled)
    }
}
