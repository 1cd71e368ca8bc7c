//! Segments: files of the spool, numbered from 1. A segment is written once, front to back, and then only read.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use usher_events::event::Event;
use usher_events::wire;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::SpoolFault;
use super::frame::{EVENT, FRAME_HEAD_BYTES, HEADER_BYTES, Head, KEY_BYTES, Key, MAGIC};

/// How much of a file is read at once.
const READ_BUFFER_BYTES: usize = 256 * 1024;

/// A segment file and what its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number.
    pub number: u64,
    /// Where it is.
    pub path: PathBuf,
    /// When it was begun; every event in it was written after, and in the one before, before.
    pub created_at: Moment,
    /// No id in it is smaller than this less the ids in flight when it was begun.
    pub first_id: u64,
    /// The chain's link before its first frame.
    pub link: Digest,
}

/// Every segment in a folder, in order; none where nothing was recorded yet. Other files are left alone.
///
/// # Errors
/// When the folder cannot be read or a segment's header is broken.
pub fn segments(folder: &Path) -> Result<Vec<Segment>, SpoolFault> {
    let fault = |source| SpoolFault::Disk { doing: "read", path: folder.to_owned(), source };
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(fault)?,
    };
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let Some(number) = name.strip_suffix(".spool").and_then(|number| number.parse().ok()) else {
            continue;
        };
        match open_header(number, path) {
            // It was removed meanwhile: what was in it is in the event files.
            Err(SpoolFault::Disk { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            segment => found.push(segment?),
        }
    }
    found.sort_by_key(|segment| segment.number);
    Ok(found)
}

/// The file of a segment.
pub(super) fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.spool"))
}

/// A segment's header as bytes.
pub(super) fn header(created_at: Moment, first_id: u64, link: Digest) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&created_at.unix_ms().to_le_bytes());
    bytes.extend_from_slice(&first_id.to_le_bytes());
    bytes.extend_from_slice(link.as_bytes());
    bytes
}

fn open_header(number: u64, path: PathBuf) -> Result<Segment, SpoolFault> {
    let mut bytes = [0_u8; HEADER_BYTES];
    let read = File::open(&path).and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|source| SpoolFault::Disk { doing: "read the header of", path: path.clone(), source })?;
    let parse = || {
        let rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let (created_at, rest) = rest.split_first_chunk::<8>()?;
        let (first_id, rest) = rest.split_first_chunk::<8>()?;
        let link: [u8; 32] = rest.try_into().ok()?;
        Some((i64::from_le_bytes(*created_at), u64::from_le_bytes(*first_id), link))
    };
    let Some((created_at, first_id, link)) = parse() else {
        return Err(SpoolFault::NotASegment { path, why: "it does not begin as one" });
    };
    Ok(Segment {
        number,
        path,
        created_at: Moment::from_unix_ms(created_at),
        first_id,
        link: Digest::from_bytes(link),
    })
}

/// Reads a segment's frames, from the front, until the first that is not whole.
#[derive(Debug)]
pub struct SegmentReader {
    file: BufReader<File>,
    content: Vec<u8>,
    offset: u64,
}

/// One frame as it lies there.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) head: Head,
    pub(super) content: &'a [u8],
}

/// An event frame: its key, and the event if wanted.
#[derive(Debug)]
pub struct EventFrame<'a> {
    /// What questions can be answered by.
    pub key: Key,
    payload: &'a [u8],
}

impl EventFrame<'_> {
    /// The event.
    ///
    /// # Errors
    /// When it was written by a later version or altered.
    pub fn event(&self) -> Result<Event, wire::WireFault> {
        wire::decode(self.payload)
    }

    /// The event as it was written.
    pub const fn bytes(&self) -> &[u8] {
        self.payload
    }

    /// How long the whole frame is.
    pub(crate) fn frame_bytes(&self) -> u64 {
        u64::try_from(FRAME_HEAD_BYTES + KEY_BYTES + self.payload.len()).unwrap_or(0)
    }
}

impl SegmentReader {
    /// Opens a segment.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(segment: &Segment) -> Result<Self, SpoolFault> {
        let fault = |source| SpoolFault::Disk { doing: "read", path: segment.path.clone(), source };
        let mut file = BufReader::with_capacity(READ_BUFFER_BYTES, File::open(&segment.path).map_err(fault)?);
        let mut header = [0_u8; HEADER_BYTES];
        file.read_exact(&mut header).map_err(fault)?;
        Ok(Self { file, content: Vec::new(), offset: u64::try_from(HEADER_BYTES).unwrap_or(0) })
    }

    /// Bytes of whole frames read so far, header included.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on at this offset, where a frame begins; `None` when the file cannot be moved in.
    pub(crate) fn skip_to(&mut self, offset: u64) -> Option<()> {
        self.file.seek(SeekFrom::Start(offset)).ok()?;
        self.offset = offset;
        Some(())
    }

    /// The next whole frame; `None` at the end, or where the file is torn.
    pub(super) fn next_frame(&mut self) -> Option<Frame<'_>> {
        let mut head = [0_u8; FRAME_HEAD_BYTES];
        self.file.read_exact(&mut head).ok()?;
        let head = Head::read(&head)?;
        self.content.resize(head.length, 0);
        self.file.read_exact(&mut self.content).ok()?;
        if !head.fits(&self.content) {
            return None;
        }
        self.offset += u64::try_from(FRAME_HEAD_BYTES + head.length).unwrap_or(0);
        Some(Frame { head, content: &self.content })
    }

    /// The next event; `None` at the end, or where the file is torn.
    pub fn next_event(&mut self) -> Option<EventFrame<'_>> {
        loop {
            let mut head = [0_u8; FRAME_HEAD_BYTES];
            self.file.read_exact(&mut head).ok()?;
            let head = Head::read(&head)?;
            self.content.resize(head.length, 0);
            self.file.read_exact(&mut self.content).ok()?;
            if !head.fits(&self.content) {
                return None;
            }
            self.offset += u64::try_from(FRAME_HEAD_BYTES + head.length).unwrap_or(0);
            if head.kind == EVENT {
                break;
            }
        }
        let (key, payload) = self.content.split_at_checked(KEY_BYTES)?;
        Some(EventFrame { key: Key::read(key)?, payload })
    }
}
