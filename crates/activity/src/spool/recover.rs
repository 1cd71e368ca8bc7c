//! After a crash: the last segment is read to its last whole frame and cut there. Everything before is whole, because a
//! segment is only begun when the one before is on the disk.

use std::fs::{self, OpenOptions};
use std::path::Path;

use usher_events::chain::{first_link, next_link};
use usher_types::digest::Digest;

use super::SpoolFault;
use super::frame::{EVENT, KEY_BYTES};
use super::segment::{SegmentReader, segments};
use usher_events::wire;

/// What was found on start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The number of the last segment; 0 when there is none.
    pub segment: u64,
    /// Its whole length.
    pub length: u64,
    /// The chain's link after its last frame.
    pub link: Digest,
    /// The largest id found.
    pub last_id: u64,
    /// Bytes that were cut off because they were not whole.
    pub cut_bytes: u64,
}

pub(super) fn recover(folder: &Path) -> Result<Recovered, SpoolFault> {
    fs::create_dir_all(folder).map_err(|source| SpoolFault::Disk {
        doing: "make",
        path: folder.to_owned(),
        source,
    })?;
    remove_headless(folder)?;
    let Some(last) = segments(folder)?.pop() else {
        return Ok(Recovered { segment: 0, length: 0, link: first_link("spool"), last_id: 0, cut_bytes: 0 });
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
    let fault = |source| SpoolFault::Disk { doing: "cut the torn end of", path: last.path.clone(), source };
    let file = OpenOptions::new().write(true).open(&last.path).map_err(fault)?;
    let cut_bytes = file.metadata().map_err(fault)?.len().saturating_sub(length);
    if cut_bytes > 0 {
        file.set_len(length).and_then(|()| file.sync_all()).map_err(fault)?;
    }
    Ok(Recovered { segment: last.number, length, link, last_id, cut_bytes })
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
