//! Sending a spool's closed segments to an engine elsewhere: at least once, in batches that fit in memory.
//!
//! What was sent is asked of the engine, which is never wrong about it; a list beside the spool saves asking of segments
//! that are there whole. The spool has a number of its own in that list: a spool that is begun anew is another node, so its
//! first segment is not taken for one that was sent before.
//! Does not: decide when to try again; whoever runs it does.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use usher_types::moment::Moment;

use crate::engine::Engine;
use crate::manifest::sync_folder;
use crate::spool::{HEADER_BYTES, Segment, SegmentReader, SpoolFault, segments};
use crate::spooled::next_but;
use crate::store::{Delivery, Frame};

/// The list, in the spool's folder.
const LIST: &str = "shipped.json";
/// Events of one batch, and bytes after which one is full. With what the engine makes of them a batch holds about 64 MiB.
const BATCH_EVENTS: usize = 10_000;
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// What of a spool was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// The spool's number.
    node: NonZeroU32,
    /// Segments that are there whole.
    whole: BTreeSet<u64>,
}

/// Sends a spool's segments, and knows which are there.
#[derive(Debug)]
pub struct Shipper {
    spool: PathBuf,
    list: List,
}

/// What a run sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shipped {
    /// Events that were not there before.
    pub events: u64,
    /// Segments that are there whole now.
    pub segments: u64,
}

/// What waits to be sent: closed segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// When the oldest was begun.
    pub since: Option<Moment>,
}

impl Shipper {
    /// Of the spool in a folder; `fresh` is its number if it has none yet, and should be nobody else's.
    ///
    /// # Errors
    /// When the list cannot be read or written: without it, events could be counted twice.
    pub fn open(spool: &Path, fresh: NonZeroU32) -> Result<Self, SpoolFault> {
        let list = match read(spool)? {
            Some(list) => list,
            None => {
                fs::create_dir_all(spool).map_err(|source| SpoolFault::disk("make", spool, source))?;
                let list = List { node: fresh, whole: BTreeSet::new() };
                write(spool, &list)?;
                list
            }
        };
        Ok(Self { spool: spool.to_owned(), list })
    }

    /// What waits.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn waiting(&self) -> Result<Waiting, SpoolFault> {
        waiting_but(&self.spool, &self.list.whole)
    }

    /// Sends what waits, oldest first.
    ///
    /// # Errors
    /// When the engine or the disk fails; `done` has what was sent before.
    pub fn ship(&mut self, engine: &mut dyn Engine, done: &mut Shipped) -> Result<(), SpoolFault> {
        for segment in unsent(&self.spool, &self.list.whole)? {
            self.ship_segment(&segment, engine, done)?;
            self.list.whole.insert(segment.number);
            let there: BTreeSet<u64> =
                segments(&self.spool)?.into_iter().map(|segment| segment.number).collect();
            self.list.whole.retain(|number| there.contains(number));
            write(&self.spool, &self.list)?;
            done.segments += 1;
        }
        Ok(())
    }

    fn ship_segment(
        &self,
        segment: &Segment,
        engine: &mut dyn Engine,
        done: &mut Shipped,
    ) -> Result<(), SpoolFault> {
        let (node, number) = (self.list.node.get(), segment.number);
        let known = engine.covered(node, number)?;
        let mut reader = SegmentReader::open(segment)?;
        loop {
            let (mut frames, mut bytes) = (Vec::new(), 0);
            while frames.len() < BATCH_EVENTS && bytes < BATCH_BYTES {
                let Some(frame) = next_but(&mut reader, &known) else { break };
                if let Err(error) = frame.event() {
                    tracing::error!(%error, segment = number, "an event cannot be read: it is not sent");
                    continue;
                }
                let (event, long) = (frame.bytes().to_vec(), frame.frame_bytes());
                bytes += event.len();
                let until = reader.offset();
                frames.push(Frame { from: until - long, until, event });
            }
            if frames.is_empty() {
                break;
            }
            done.events += engine.take(&Delivery { node, segment: number, frames })?;
        }
        let length = fs::metadata(&segment.path).map_or(0, |metadata| metadata.len());
        let read = reader.offset().max(known.last().map_or(0, |range| range.end));
        if read < length && length > u64::try_from(HEADER_BYTES).unwrap_or(0) {
            tracing::error!(
                segment = number,
                read,
                length,
                "the rest of a segment cannot be read and is not sent"
            );
        }
        Ok(())
    }
}

fn unsent(spool: &Path, whole: &BTreeSet<u64>) -> Result<Vec<Segment>, SpoolFault> {
    let mut all = segments(spool)?;
    // What is not closed may not be on the disk yet, and its end may be cut off and written anew.
    all.pop();
    all.retain(|segment| !whole.contains(&segment.number));
    Ok(all)
}

fn waiting_but(spool: &Path, whole: &BTreeSet<u64>) -> Result<Waiting, SpoolFault> {
    let mut waiting = Waiting::default();
    for segment in unsent(spool, whole)? {
        let length = fs::metadata(&segment.path).map(|metadata| metadata.len());
        waiting.segments += 1;
        waiting.bytes += length.map_err(|source| SpoolFault::disk("read", &segment.path, source))?;
        waiting.since = waiting.since.or(Some(segment.created_at));
    }
    Ok(waiting)
}

/// The list; none where nothing was ever sent.
fn read(spool: &Path) -> Result<Option<List>, SpoolFault> {
    let path = spool.join(LIST);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| SpoolFault::damaged(&path, format!("it cannot be read ({error})"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SpoolFault::disk("read", &path, source)),
    }
}

/// Puts the list in place of the one before.
fn write(spool: &Path, list: &List) -> Result<(), SpoolFault> {
    let path = spool.join(format!("{LIST}.new"));
    let fault = |source| SpoolFault::disk("write", &path, source);
    let bytes = serde_json::to_vec(list).map_err(|error| fault(error.into()))?;
    let mut file = File::create(&path).map_err(fault)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(fault)?;
    fs::rename(&path, spool.join(LIST)).map_err(fault)?;
    sync_folder(spool)
}

/// What of a spool waits to be sent, by its list; all of it where there is none yet.
///
/// # Errors
/// When the disk fails or the list is damaged.
pub fn waiting(spool: &Path) -> Result<Waiting, SpoolFault> {
    let whole = read(spool)?.map(|list| list.whole).unwrap_or_default();
    waiting_but(spool, &whole)
}
