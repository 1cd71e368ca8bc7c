//! Checking that nobody altered the spool: every frame's checksum and link, every seal, and that segments follow one
//! another.

use std::path::Path;

use usher_events::chain::{first_link, next_link};
use usher_events::wire;
use usher_types::digest::Digest;

use super::SpoolFault;
use super::frame::{EVENT, KEY_BYTES, short};
use super::segment::{Segment, SegmentReader, segments};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpoolVerdict {
    /// Nothing was altered.
    Clean {
        /// Events checked.
        events: u64,
        /// The chain's last link.
        link: Digest,
    },
    /// Something was altered.
    Altered {
        /// The segment.
        segment: u64,
        /// Which frame of it, counting from 1.
        frame: u64,
        /// What does not fit, in words.
        what: String,
    },
}

/// Checks a whole spool. The last segment may be growing: its end is not a fault.
///
/// # Errors
/// When a file cannot be read.
pub fn verify(folder: &Path) -> Result<SpoolVerdict, SpoolFault> {
    let all = segments(folder)?;
    let first = all.first().map_or(1, |segment| segment.number);
    let mut link = all.first().map_or_else(|| first_link("spool"), |segment| segment.link);
    let mut events = 0;
    for (expected, segment) in (first..).zip(&all) {
        let fault = if segment.number != expected {
            Some((0, "a segment before this one is missing".to_owned()))
        } else if segment.link != link {
            Some((0, "it does not follow the segment before".to_owned()))
        } else {
            let is_last = all.last().is_some_and(|last| last.number == segment.number);
            verify_segment(segment, is_last, &mut link, &mut events)?
        };
        if let Some((frame, what)) = fault {
            return Ok(SpoolVerdict::Altered { segment: segment.number, frame, what });
        }
    }
    Ok(SpoolVerdict::Clean { events, link })
}

/// Checks one segment; gives the first frame that does not fit, and why.
fn verify_segment(
    segment: &Segment,
    is_last: bool,
    link: &mut Digest,
    events: &mut u64,
) -> Result<Option<(u64, String)>, SpoolFault> {
    let mut reader = SegmentReader::open(segment)?;
    let mut at_frame = 0;
    while let Some(frame) = reader.next_frame() {
        at_frame += 1;
        if frame.head.kind != EVENT {
            if frame.content != link.as_bytes() {
                return Ok(Some((at_frame, "a seal does not fit".to_owned())));
            }
            continue;
        }
        *link = next_link(*link, frame.content);
        if short(link) != frame.head.link {
            let payload = frame.content.get(KEY_BYTES..).unwrap_or_default();
            let id = wire::decode(payload)
                .map_or_else(|_unreadable| "there".to_owned(), |event| event.id.to_string());
            return Ok(Some((at_frame, format!("event {id} was altered"))));
        }
        *events += 1;
    }
    let length = std::fs::metadata(&segment.path).map_or(0, |metadata| metadata.len());
    let whole = reader.offset() == length || (is_last && is_growing(&segment.path, length));
    Ok((!whole).then(|| (at_frame + 1, "a frame was altered".to_owned())))
}

/// Whether the last segment changed since its length was read: then its end is being written, not altered.
fn is_growing(path: &Path, length: u64) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() != length)
}
