//! Copying a tunnel's bytes unread, both ways, until an end or until it would not be allowed any more.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use usher_events::event::End;

use crate::limits::{JUDGED_AGAIN_EVERY, SPLICE_BUFFER_BYTES};
use crate::record::Recording;
use crate::watched::is_still_allowed;

/// Copies both ways until both ends are done. The recording is written at once, and again at the end.
pub(crate) async fn splice<A, B>(client: A, site: B, mut recording: Recording)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    recording.write_open();
    let (from_client, from_site) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut client = Metered { inner: client, read: Arc::clone(&from_client) };
    let mut site = Metered { inner: site, read: Arc::clone(&from_site) };
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
        loop {
            tokio::select! {
                done = &mut copying => break if done.is_ok() { End::Complete } else { End::ClientLeft },
                _ = again.tick() => {
                    if !is_still_allowed(&recording) {
                        break End::Usher;
                    }
                }
            }
        }
    };
    recording.passed(from_client.load(Ordering::Relaxed), from_site.load(Ordering::Relaxed));
    recording.finish(end);
}

/// Counts what is read.
struct Metered<T> {
    inner: T,
    read: Arc<AtomicU64>,
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
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
