//! The answer's body on its way to the client: counted, read, judged again while it lasts, recorded when it ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep};
use usher_events::event::{End, UpstreamFault};
use usher_policy::facts::WebFacts;

use crate::answer::reading::Reading;
use crate::body::BodyFault;
use crate::coming::Coming;
use crate::forward::Home;
use crate::limits::{JUDGED_AGAIN_EVERY, RECORDED_OPEN_AFTER, STILL_TIME};
use crate::record::Recording;

/// A site's answer, watched.
#[derive(Debug)]
pub struct Watched {
    inner: Coming,
    /// Reads what passes, where its words count.
    reading: Option<Box<Reading>>,
    recording: Arc<Mutex<Recording<WebFacts>>>,
    /// Writes the event of a request that takes long, also for a client that takes nothing: nobody asks for more of the
    /// body then.
    late: AbortHandle,
    /// Where the connection goes when the answer is read.
    home: Option<Home>,
    timer: Option<Pin<Box<Sleep>>>,
    last_piece: Instant,
}

/// The stream was stopped because it would not be allowed now.
#[derive(Debug, thiserror::Error)]
#[error("the answer was stopped: it is not allowed any more")]
struct Stopped;

/// The site sent nothing for too long.
#[derive(Debug, thiserror::Error)]
#[error("the site stopped answering")]
struct StoodStill;

impl Watched {
    pub(crate) fn new(
        inner: Coming,
        reading: Option<Box<Reading>>,
        recording: Recording<WebFacts>,
        home: Option<Home>,
    ) -> Self {
        let left = RECORDED_OPEN_AFTER.saturating_sub(recording.elapsed());
        let recording = Arc::new(Mutex::new(recording));
        let late = tokio::spawn(write_late(Arc::downgrade(&recording), left)).abort_handle();
        Self { inner, reading, recording, late, home, timer: None, last_piece: Instant::now() }
    }

    fn recording(&self) -> MutexGuard<'_, Recording<WebFacts>> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, end: End) {
        self.recording().finish(end);
    }

    /// A piece goes on, unless what it says stops it: a reply that turns harmful midway is cut.
    fn pass(&mut self, piece: &Bytes, is_new: bool) -> Result<(), BodyFault> {
        if is_new && let Some(mut reading) = self.reading.take() {
            let refused = reading.goes_on(piece, &mut self.recording());
            self.reading = Some(reading);
            if refused {
                self.end(End::Usher);
                return Err(Box::new(Stopped));
            }
        }
        self.recording().sent(piece);
        Ok(())
    }

    fn complete(&mut self) {
        if let Some(reading) = self.reading.take() {
            reading.ends(&mut self.recording());
        }
        self.end(End::Complete);
        if let Some(home) = self.home.take() {
            home.return_channel();
        }
    }

    /// What is done every few seconds while nothing comes.
    fn tick(&self) -> Result<(), BodyFault> {
        if !self.recording().is_still_allowed() {
            self.end(End::Usher);
            return Err(Box::new(Stopped));
        }
        if self.last_piece.elapsed() >= STILL_TIME {
            self.end(End::Upstream(UpstreamFault::TimedOut));
            return Err(Box::new(StoodStill));
        }
        Ok(())
    }
}

async fn write_late(recording: Weak<Mutex<Recording<WebFacts>>>, left: Duration) {
    tokio::time::sleep(left).await;
    if let Some(recording) = recording.upgrade() {
        recording.lock().unwrap_or_else(PoisonError::into_inner).write_open();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.late.abort();
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        loop {
            match self.inner.poll_next(context) {
                Poll::Ready(Some(Ok((frame, is_new)))) => {
                    self.last_piece = Instant::now();
                    if let Some(piece) = frame.data_ref() {
                        self.pass(piece, is_new)?;
                    }
                    // Whoever knows the length does not ask for the end.
                    if self.inner.is_given_out() {
                        self.complete();
                    }
                    return Poll::Ready(Some(Ok(frame)));
                }
                Poll::Ready(Some(Err(error))) => {
                    self.end(End::Upstream(UpstreamFault::BrokeOff));
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => {
                    self.complete();
                    return Poll::Ready(None);
                }
                Poll::Pending => {}
            }
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(JUDGED_AGAIN_EVERY)));
            ready!(timer.as_mut().poll(context));
            timer.as_mut().reset(Instant::now() + JUDGED_AGAIN_EVERY);
            if let Err(stopped) = self.tick() {
                return Poll::Ready(Some(Err(stopped)));
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
