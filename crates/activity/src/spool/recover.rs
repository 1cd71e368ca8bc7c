//! After a crash: the last segment is read to its last whole frame and cut there. Everything before is whole, because a
//! segment is only begun when the one before is on the disk.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use usher_events::chain::{first_link, next_link};
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::SpoolFault;
use super::frame::{EVENT, FRAME_HEAD_BYTES, Head, KEY_BYTES};
use super::segment::{SegmentReader, segments};
use usher_events::wire;

/// What was found on start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The number of the last segment; 0 when there is none.
    pub segment: u64,
    /// Its whole length.
    pub length: u64,
    /// When it was begun.
    pub created_at: Moment,
    /// The chain's link after its last frame.
    pub link: Digest,
    /// The largest id found.
    pub last_id: u64,
    /// Bytes that were cut off because they were not whole.
    pub cut_bytes: u64,
    /// The segment is damaged in the middle: it stays as it is, for `verify` to name, and a new one follows it.
    pub damaged: bool,
}

pub(super) fn recover(folder: &Path) -> Result<Recovered, SpoolFault> {
    fs::create_dir_all(folder).map_err(|source| SpoolFault::Disk {
        doing: "make",
        path: folder.to_owned(),
        source,
    })?;
    remove_headless(folder)?;
    let Some(last) = segments(folder)?.pop() else {
        return Ok(Recovered {
            segment: 0,
            length: 0,
            created_at: Moment::default(),
            link: first_link("spool"),
            last_id: 0,
            cut_bytes: 0,
            damaged: false,
        });
    };
    let mut reader = SegmentReader::open(&last)?;
    let mut link = last.link;
    let mut last_id = last.first_id;
    loop {
        let offset = reader.offset();
        let Some(frame) = reader.next_frame() else { break };
        if frame.head.kind == EVENT {
            let next = next_link(link, frame.content);
            if super::frame::short(&next) != frame.head.link {
                // An altered frame is for `verify` to name. Writing goes on after it, on the chain as it stands.
                tracing::error!(segment = last.number, offset, "the spool's chain does not fit");
            }
            link = next;
            let payload = frame.content.get(KEY_BYTES..).unwrap_or_default();
            if let Ok(event) = wire::decode(payload) {
                last_id = last_id.max(event.id.number());
            }
        }
    }
    let length = reader.offset();
    let tail = tail_of(&last.path, length)?;
    let rest = Rest::of(&tail);
    let (segment, created_at) = (last.number, last.created_at);
    last_id = last_id.max(rest.last_id);
    if rest.has_seal {
        tracing::error!(segment = last.number, offset = length, "the spool is damaged before its end");
        return Ok(Recovered { segment, length, created_at, link, last_id, cut_bytes: 0, damaged: true });
    }
    if !tail.is_empty() {
        let fault =
            |source| SpoolFault::Disk { doing: "cut the torn end of", path: last.path.clone(), source };
        let file = OpenOptions::new().write(true).open(&last.path).map_err(fault)?;
        file.set_len(length).and_then(|()| file.sync_all()).map_err(fault)?;
    }
    let cut_bytes = u64::try_from(tail.len()).unwrap_or(u64::MAX);
    Ok(Recovered { segment, length, created_at, link, last_id, cut_bytes, damaged: false })
}

/// What stands after the last whole frame.
fn tail_of(path: &Path, offset: u64) -> Result<Vec<u8>, SpoolFault> {
    let fault = |source| SpoolFault::Disk { doing: "read", path: path.to_owned(), source };
    let mut tail = Vec::new();
    let mut file = fs::File::open(path).map_err(fault)?;
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_to_end(&mut tail)).map_err(fault)?;
    Ok(tail)
}

/// What can still be read after a frame that does not fit. A commit ends with its seal, and what a crash tears is the
/// last commit: a seal behind the fault means that something before the end was altered or lost.
#[derive(Debug, Default)]
struct Rest {
    has_seal: bool,
    last_id: u64,
}

impl Rest {
    fn of(tail: &[u8]) -> Self {
        let mut rest = Self::default();
        let mut at = 0;
        while let Some(bytes) = tail.get(at..).filter(|bytes| !bytes.is_empty()) {
            let Some((head, content)) = sound_frame(bytes) else {
                at += 1;
                continue;
            };
            at += FRAME_HEAD_BYTES + content.len();
            if head.kind == EVENT {
                let event = wire::decode(content.get(KEY_BYTES..).unwrap_or_default());
                rest.last_id = rest.last_id.max(event.map_or(0, |event| event.id.number()));
            } else {
                rest.has_seal = true;
            }
        }
        rest
    }
}

/// A whole frame at the front of the bytes. An empty one fits anywhere and says nothing.
fn sound_frame(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<FRAME_HEAD_BYTES>()?;
    let head = Head::read(head)?;
    let content = rest.get(..head.length).filter(|content| !content.is_empty() && head.fits(content))?;
    Some((head, content))
}

/// A crash between making a segment and writing its header leaves a file too short to be one. It holds no event.
fn remove_headless(folder: &Path) -> Result<(), SpoolFault> {
    let fault = |source| SpoolFault::Disk { doing: "read", path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let is_segment = entry.path().extension().is_some_and(|extension| extension == "spool");
        let length = entry.metadata().map_err(fault)?.len();
        if is_segment && length < u64::try_from(super::frame::HEADER_BYTES).unwrap_or(0) {
            fs::remove_file(entry.path()).map_err(fault)?;
        }
    }
    Ok(())
}
