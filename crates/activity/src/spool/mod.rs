//! The spool: every event goes here first, in order, and is on the disk within [`COMMIT_INTERVAL`].
//!
//! A place is reserved before a request is served; when all places are taken, requests wait. One thread writes: it
//! gathers what comes within the interval, appends it, and makes it durable with one `fdatasync`. When the disk is full
//! it keeps what it holds, gives out no more places, and tries again until there is room.

mod frame;
mod recover;
mod segment;
mod verify;
mod writer;

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, broadcast, mpsc, oneshot};
use usher_events::event::Event;
use usher_events::sink::{EventSink, Place, SinkClosed};
use usher_types::clock::Clock;
use usher_types::ids::Id;

pub(crate) use frame::HEADER_BYTES;
pub use frame::{Key, LONGEST_FRAME_BYTES};
pub use recover::Recovered;
pub use segment::{EventFrame, Segment, SegmentReader, segments};
pub use verify::{SpoolVerdict, verify};

use writer::{Message, Writer};

/// An event that was handed in is on the disk after at most this long; a crash can lose no more. (The promise is 200 ms;
/// half of it is left for a slow disk.)
pub const COMMIT_INTERVAL: Duration = Duration::from_millis(100);

/// Events that may be reserved and not yet on the disk. At 500 bytes each it bounds memory to 8 MiB, and covers a
/// school's busiest second many times over.
const PLACES: usize = 16_384;

/// Events kept for a live view that is slow to read; a view that falls further behind reads the spool instead.
const LIVE_BUFFER: usize = 1_024;

/// Ids given to requests in flight when the power went must not be given again: so many are skipped on start. The first
/// reference a school ever reads out has four characters.
const SKIPPED_IDS: u64 = 32 * 32 * 32;

/// The spool cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolFault {
    /// The disk refused.
    #[error("cannot {doing} {path}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: std::path::PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// A file in the folder is not a segment of this spool.
    #[error("{path} is not a spool segment: {why}")]
    NotASegment {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A file of events cannot be written or read.
    #[error("cannot {doing} the event file {path}")]
    Table {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// The format's words.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A file of events, or the list of them, is not as it was written.
    #[error("{path} was altered or is damaged: {what}")]
    Damaged {
        /// The file.
        path: std::path::PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A server that events are kept on does not answer, or refuses.
    #[error("cannot {doing} the event server")]
    Server {
        /// What was being done.
        doing: &'static str,
        /// The client's words. No password is in them.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else is at the files of events.
    #[error("another process is at the event files in {path}")]
    Held {
        /// The folder.
        path: std::path::PathBuf,
    },
}

impl SpoolFault {
    pub(crate) fn disk(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Disk { doing, path: path.to_owned(), source }
    }

    pub(crate) fn table(doing: &'static str, path: &Path, source: parquet::errors::ParquetError) -> Self {
        Self::Table { doing, path: path.to_owned(), source }
    }

    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

/// Whether events are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SpoolState {
    /// They are.
    Open = 0,
    /// The disk is full.
    Full = 1,
    /// The disk failed.
    Broken = 2,
    /// Usher is stopping.
    Stopping = 3,
}

/// The spool. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct Spool {
    shared: Arc<Shared>,
    queue: mpsc::UnboundedSender<Message>,
}

#[derive(Debug)]
struct Shared {
    places: Arc<Semaphore>,
    next_id: AtomicU64,
    state: AtomicU8,
    /// Somebody waits for what was handed in so far.
    urgent: Notify,
    live: broadcast::Sender<Arc<Event>>,
}

impl Shared {
    fn state(&self) -> SpoolState {
        match self.state.load(Ordering::Acquire) {
            0 => SpoolState::Open,
            1 => SpoolState::Full,
            2 => SpoolState::Broken,
            _ => SpoolState::Stopping,
        }
    }

    fn set_state(&self, state: SpoolState) {
        self.state.store(state as u8, Ordering::Release);
    }
}

impl Spool {
    /// Opens the spool in a folder, making the folder if need be, and cuts off what a crash left torn.
    ///
    /// # Errors
    /// When the folder cannot be used or holds something that is not a spool.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<(Self, Recovered), SpoolFault> {
        let recovered = recover::recover(folder)?;
        let (live, _) = broadcast::channel(LIVE_BUFFER);
        let shared = Arc::new(Shared {
            places: Arc::new(Semaphore::new(PLACES)),
            next_id: AtomicU64::new(recovered.last_id.saturating_add(SKIPPED_IDS)),
            state: AtomicU8::new(SpoolState::Open as u8),
            urgent: Notify::new(),
            live,
        });
        // The channel has no bound of its own: whoever sends holds a place, and places are bounded.
        let (queue, messages) = mpsc::unbounded_channel();
        let writer = Writer::new(folder.to_owned(), &recovered, Arc::clone(&shared), clock)?;
        std::thread::Builder::new().name("spool".into()).spawn(move || writer.run(messages)).map_err(
            |source| SpoolFault::Disk { doing: "start the writer of", path: folder.to_owned(), source },
        )?;
        Ok((Self { shared, queue }, recovered))
    }

    /// Every event from now on, after it is on the disk. A slow reader misses some and is told so.
    pub fn live(&self) -> broadcast::Receiver<Arc<Event>> {
        self.shared.live.subscribe()
    }

    /// Whether events are taken.
    pub fn state(&self) -> SpoolState {
        self.shared.state()
    }

    /// Everything handed in so far is on the disk when this is done.
    pub async fn flush(&self) {
        self.ask(Message::Flush).await;
    }

    /// Takes no more events, writes those handed in, and closes the last segment.
    pub async fn close(&self) {
        if self.shared.state() == SpoolState::Open {
            self.shared.set_state(SpoolState::Stopping);
        }
        self.ask(Message::Close).await;
    }

    async fn ask(&self, message: fn(oneshot::Sender<()>) -> Message) {
        let (done, waited) = oneshot::channel();
        if self.queue.send(message(done)).is_ok() {
            self.shared.urgent.notify_one();
            // An error means the writer is gone, and with it anything to wait for.
            drop(waited.await);
        }
    }

    fn closed(&self) -> Option<SinkClosed> {
        match self.shared.state() {
            SpoolState::Open => None,
            SpoolState::Full => Some(SinkClosed::DiskFull),
            SpoolState::Broken => Some(SinkClosed::Broken),
            SpoolState::Stopping => Some(SinkClosed::Stopping),
        }
    }

    fn place(&self, permit: tokio::sync::OwnedSemaphorePermit) -> Place {
        let id = Id::new(self.shared.next_id.fetch_add(1, Ordering::Relaxed));
        let queue = self.queue.clone();
        Place::new(
            id,
            Box::new(move |event| {
                // The writer outlives every sender but in a process that is already ending.
                drop(queue.send(Message::Event(Box::new(event), permit)));
            }),
        )
    }
}

impl EventSink for Spool {
    fn reserve(&self) -> Pin<Box<dyn Future<Output = Result<Place, SinkClosed>> + Send + '_>> {
        Box::pin(async move {
            if let Some(closed) = self.closed() {
                return Err(closed);
            }
            let permit = Arc::clone(&self.shared.places).acquire_owned().await;
            permit.map(|permit| self.place(permit)).map_err(|_closed| SinkClosed::Stopping)
        })
    }

    fn try_reserve(&self) -> Result<Place, SinkClosed> {
        if let Some(closed) = self.closed() {
            return Err(closed);
        }
        match Arc::clone(&self.shared.places).try_acquire_owned() {
            Ok(permit) => Ok(self.place(permit)),
            Err(_none_free) => Err(SinkClosed::Busy),
        }
    }
}
