//! The one thread that writes.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};
use usher_events::event::Event;
use usher_types::clock::Clock;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::frame::{put_event, put_seal};
use super::recover::Recovered;
use super::segment::{header, path_of};
use super::{COMMIT_INTERVAL, Shared, SpoolFault, SpoolState};

/// A segment is closed at this length: large enough that a term is a few hundred files, small enough to read in one go.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// A segment is closed when the day is over too (UTC), so that what happened then can go into the event files.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A commit is not made larger than this, so that one sync stays short.
const COMMIT_BYTES: usize = 4 * 1024 * 1024;

/// With so many events left over from the commit before, the next one does not wait for more.
const COMMIT_EVENTS: usize = 4_096;

/// What came is packed so often: packed all at once at the end of the interval, it would take a processor from requests for
/// several milliseconds in a row.
const PACK_INTERVAL: Duration = Duration::from_millis(10);

/// Kept on the disk to be given up when it is full, so that everything handed in can still be written.
const BALLAST_BYTES: u64 = 16 * 1024 * 1024;

/// How long to wait before a full or broken disk is tried again.
const RETRY: Duration = Duration::from_millis(500);

pub(super) enum Message {
    /// Write this, and give its place back when it is on the disk.
    Event(Box<Event>, OwnedSemaphorePermit),
    /// Say when everything before is on the disk.
    Flush(oneshot::Sender<()>),
    /// Write everything before, then end.
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    folder: PathBuf,
    file: File,
    number: u64,
    length: u64,
    /// When the segment was begun.
    begun_at: Moment,
    link: Digest,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
}

/// What was gathered for one commit.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    link: Option<Digest>,
    events: Vec<Arc<Event>>,
    places: Vec<OwnedSemaphorePermit>,
    waiting: Vec<oneshot::Sender<()>>,
    close: bool,
}

impl Batch {
    /// Nothing more is taken into it.
    fn is_enough(&self) -> bool {
        self.close || self.bytes.len() >= COMMIT_BYTES
    }
}

impl Writer {
    pub(super) fn new(
        folder: PathBuf,
        recovered: &Recovered,
        shared: Arc<Shared>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SpoolFault> {
        keep_ballast(&folder);
        let now = clock.now();
        let (file, number, length, begun_at) = if recovered.segment == 0 || recovered.damaged {
            let header = header(now, recovered.last_id, recovered.link);
            let number = recovered.segment + 1;
            let (file, length) = begin(&folder, number, &header)?;
            (file, number, length, now)
        } else {
            let path = path_of(&folder, recovered.segment);
            let fault = |source| SpoolFault::Disk { doing: "open", path: path.clone(), source };
            let mut file = OpenOptions::new().write(true).open(&path).map_err(fault)?;
            file.seek(SeekFrom::Start(recovered.length)).map_err(fault)?;
            (file, recovered.segment, recovered.length, recovered.created_at)
        };
        Ok(Self { folder, file, number, length, begun_at, link: recovered.link, shared, clock })
    }

    /// Writes until it is told to close or every sender is gone.
    pub(super) fn run(mut self, mut messages: mpsc::UnboundedReceiver<Message>) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
            self.shared.set_state(SpoolState::Broken);
            return;
        };
        loop {
            let patience = self.is_stopped().then_some(RETRY);
            let gathered = gather(&mut messages, &self.shared.urgent, self.link, patience);
            let (batch, ended) = runtime.block_on(gathered);
            let close = batch.close || ended;
            self.commit(batch, &runtime);
            self.go_on_if_possible();
            if close {
                break;
            }
        }
        self.shared.set_state(SpoolState::Stopping);
        self.shared.places.close();
    }

    /// Puts a batch on the disk, however long that takes.
    fn commit(&mut self, batch: Batch, runtime: &tokio::runtime::Runtime) {
        if let Some(link) = batch.link {
            while let Err(error) = self.write(&batch.bytes) {
                self.stop_traffic(&error);
                runtime.block_on(async { tokio::time::sleep(RETRY).await });
            }
            self.link = link;
        }
        // No receiver means nobody watches live; the spool has the event all the same.
        batch.events.into_iter().for_each(|event| drop(self.shared.live.send(event)));
        drop(batch.places);
        for waiting in batch.waiting {
            // Whoever waited may have gone.
            waiting.send(()).unwrap_or_default();
        }
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let now = self.clock.now();
        let day = |at: Moment| at.unix_ms().div_euclid(DAY_MS);
        if self.length >= SEGMENT_BYTES || day(self.begun_at) < day(now) {
            let next_id = self.shared.next_id.load(std::sync::atomic::Ordering::Relaxed);
            let header = header(now, next_id, self.link);
            let (file, length) = begin(&self.folder, self.number + 1, &header).map_err(into_io)?;
            self.file = file;
            self.number += 1;
            self.length = length;
            self.begun_at = now;
        }
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        if written.is_err() {
            // Half a batch must not stay before the next try.
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return written;
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }

    /// Whether traffic is stopped because of the disk.
    fn is_stopped(&self) -> bool {
        matches!(self.shared.state(), SpoolState::Full | SpoolState::Broken)
    }

    /// Traffic goes on when the disk takes a ballast again. Nobody hands anything in meanwhile, so this is asked by the
    /// clock.
    fn go_on_if_possible(&self) {
        if self.is_stopped() && keep_ballast(&self.folder) {
            tracing::warn!("there is room on the disk again: traffic goes on");
            self.shared.set_state(SpoolState::Open);
        }
    }

    fn stop_traffic(&self, error: &std::io::Error) {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let state = if full { SpoolState::Full } else { SpoolState::Broken };
        if self.shared.state() != state {
            tracing::error!(%error, folder = %self.folder.display(), "events cannot be written: traffic stops");
            if self.shared.state() != SpoolState::Stopping {
                self.shared.set_state(state);
            }
            // What is already handed in gets the room that was kept for it.
            drop(fs::remove_file(ballast(&self.folder)));
        }
    }
}

/// Waits for a first message, no longer than `patience` if there is one, then for the commit interval, and takes all that
/// came. Nobody who hands something in wakes this thread meanwhile, unless it is urgent: a wake costs more than an event.
async fn gather(
    messages: &mut mpsc::UnboundedReceiver<Message>,
    urgent: &Notify,
    link: Digest,
    patience: Option<Duration>,
) -> (Batch, bool) {
    let mut batch = Batch::default();
    let mut link = link;
    let first = match patience {
        None => messages.recv().await,
        Some(patience) => match tokio::time::timeout(patience, messages.recv()).await {
            Ok(first) => first,
            Err(_nothing_came) => return (batch, false),
        },
    };
    let Some(first) = first else { return (batch, true) };
    take(first, &mut batch, &mut link);
    if messages.len() < COMMIT_EVENTS {
        let interval = tokio::time::sleep(COMMIT_INTERVAL / 2);
        tokio::pin!(interval);
        loop {
            tokio::select! {
                () = urgent.notified() => break,
                () = &mut interval => break,
                () = tokio::time::sleep(PACK_INTERVAL) => take_all(messages, &mut batch, &mut link),
            }
            if batch.is_enough() {
                break;
            }
        }
    }
    take_all(messages, &mut batch, &mut link);
    if !batch.events.is_empty() {
        put_seal(&mut batch.bytes, link);
        batch.link = Some(link);
    }
    (batch, false)
}

/// Takes what came so far.
fn take_all(messages: &mut mpsc::UnboundedReceiver<Message>, batch: &mut Batch, link: &mut Digest) {
    while !batch.is_enough() {
        let Ok(message) = messages.try_recv() else { break };
        take(message, batch, link);
    }
}

fn take(message: Message, batch: &mut Batch, link: &mut Digest) {
    match message {
        Message::Event(event, place) => {
            match put_event(&mut batch.bytes, &event, *link) {
                Some(next) => *link = next,
                // Every part of an event is bounded where it is made; this is a fault of ours, and a loud one.
                None => tracing::error!(id = %event.id, "an event is too long to be kept"),
            }
            batch.events.push(Arc::from(event));
            batch.places.push(place);
        }
        Message::Flush(done) => batch.waiting.push(done),
        Message::Close(done) => {
            batch.waiting.push(done);
            batch.close = true;
        }
    }
}

/// Begins a segment: its header is on the disk, and the folder knows it, before the first event.
fn begin(folder: &Path, number: u64, header: &[u8]) -> Result<(File, u64), SpoolFault> {
    let path = path_of(folder, number);
    let fault = |source| SpoolFault::Disk { doing: "begin", path: path.clone(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(fault)?;
    if let Err(error) = file.write_all(header).and_then(|()| file.sync_all()) {
        // A half-made segment must not stand in the way of the next try.
        fs::remove_file(&path).map_err(fault)?;
        return Err(fault(error));
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault)?;
    Ok((file, u64::try_from(header.len()).unwrap_or(0)))
}

fn into_io(fault: SpoolFault) -> std::io::Error {
    match fault {
        SpoolFault::Disk { source, .. } => source,
        fault => std::io::Error::other(fault),
    }
}

fn ballast(folder: &Path) -> PathBuf {
    folder.join("ballast")
}

/// Makes sure the ballast lies there, written and not just promised. False when there is no room for it.
fn keep_ballast(folder: &Path) -> bool {
    let path = ballast(folder);
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() == BALLAST_BYTES) {
        return true;
    }
    let chunk = vec![0x55_u8; 1024 * 1024];
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&path)?;
        let mut left = BALLAST_BYTES;
        while left > 0 {
            file.write_all(&chunk)?;
            left = left.saturating_sub(u64::try_from(chunk.len()).unwrap_or(left));
        }
        file.sync_all()
    };
    let kept = write().is_ok();
    if !kept {
        drop(fs::remove_file(&path));
    }
    kept
}
