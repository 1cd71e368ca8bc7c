//! Checking that nobody altered the spool: every frame's checksum and link, every seal, and that segments follow one
//! another.

use std::path::Path;

use usher_events::chain::{first_link, next_link};
use usher_events::wire;
use usher_types::digest::Digest;

use super::SpoolFault;
use super::frame::{EVENT, KEY_BYTES, short};
use super::segment::{SegmentReader, segments};

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
    let mut link = all.first().map_or_else(|| first_link("spool"), |segment| segment.link);
    let mut events = 0;
    let mut expected = all.first().map_or(1, |segment| segment.number);
    let count = all.len();
    for (index, segment) in all.iter().enumerate() {
        let mut at_frame = 0;
        let altered = |frame: u64, what: &str| {
            Ok(SpoolVerdict::Altered { segment: segment.number, frame, what: what.to_owned() })
        };
        if segment.number != expected {
            return altered(0, "a segment before this one is missing");
        }
        if segment.link != link {
            return altered(0, "it does not follow the segment before");
        }
        expected += 1;
        let mut reader = SegmentReader::open(segment)?;
        while let Some(frame) = reader.next_frame() {
            at_frame += 1;
            if frame.head.kind == EVENT {
                link = next_link(link, frame.content);
                if short(&link) != frame.head.link {
                    let payload = frame.content.get(KEY_BYTES..).unwrap_or_default();
                    let id = wire::decode(payload).map(|event| event.id.to_string());
                    let what = format!("event {} was altered", id.as_deref().unwrap_or("there"));
                    return altered(at_frame, &what);
                }
                events += 1;
            } else if frame.content != link.as_bytes() {
                return altered(at_frame, "a seal does not fit");
            }
        }
        let length = std::fs::metadata(&segment.path).map_or(0, |metadata| metadata.len());
        let is_last = index + 1 == count;
        if reader.offset() != length && !(is_last && is_growing(segment.number, length, folder)) {
            return altered(at_frame + 1, "a frame was altered");
        }
    }
    Ok(SpoolVerdict::Clean { events, link })
}

/// Whether the last segment changed since its length was read: then its end is being written, not altered.
fn is_growing(number: u64, length: u64, folder: &Path) -> bool {
    let path = super::segment::path_of(folder, number);
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() != length)
}
