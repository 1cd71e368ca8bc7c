//! How events lie in a segment.
//!
//! ```text
//! segment = header frame*
//! header  = "USHERSP1" created_at:i64 first_id:u64 link:[u8;32]
//! frame   = kind:u8 length:u32 crc:u32 link:[u8;8] key payload       (key only where kind is an event)
//! key     = at:i64 person:u64 severity:u8 verdict:u8
//! ```
//!
//! Integers are little-endian. `crc` is over key and payload (CRC-32/ISO-HDLC). `link` is the first eight bytes of the
//! hash chain after this frame, so that an altered frame is named exactly. A seal frame ends every commit and carries
//! the whole link.

use usher_events::event::Event;
use usher_events::wire;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

/// The first bytes of a segment.
pub(super) const MAGIC: &[u8; 8] = b"USHERSP1";
/// The length of a segment's header.
pub(crate) const HEADER_BYTES: usize = 8 + 8 + 8 + 32;
/// The length of a frame before its content.
pub(super) const FRAME_HEAD_BYTES: usize = 1 + 4 + 4 + 8;
/// The length of an event frame's key.
pub(super) const KEY_BYTES: usize = 8 + 8 + 1 + 1;
/// The longest content of a frame.
pub const LONGEST_FRAME_BYTES: usize = KEY_BYTES + wire::LONGEST_EVENT_BYTES;

/// An event.
pub(super) const EVENT: u8 = 1;
/// The end of a commit.
pub(super) const SEAL: u8 = 2;

/// What a question can be answered by without reading the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// When.
    pub at: Moment,
    /// Whom it is about; 0 for nobody.
    pub person: u64,
    /// The gravest theme found, 0 to 5.
    pub severity: u8,
    /// The verdict's place in the order of strictness plus one; 0 where nothing was decided.
    pub verdict: u8,
}

impl Key {
    /// The key of an event.
    pub fn of(event: &Event) -> Self {
        let severity = match &event.what {
            usher_events::event::What::Web(web) => web.facts.features.severity(),
            _ => 0,
        };
        Self {
            at: event.at,
            person: event.person().map_or(0, usher_types::ids::Id::number),
            severity,
            verdict: event.decision().map_or(0, |decision| decision.verdict as u8 + 1),
        }
    }

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.at.unix_ms().to_le_bytes());
        out.extend_from_slice(&self.person.to_le_bytes());
        out.push(self.severity);
        out.push(self.verdict);
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (person, rest) = rest.split_first_chunk::<8>()?;
        let (&severity, rest) = rest.split_first()?;
        let &verdict = rest.first()?;
        let at = Moment::from_unix_ms(i64::from_le_bytes(*at));
        Some(Self { at, person: u64::from_le_bytes(*person), severity, verdict })
    }
}

/// Appends an event and gives the link after it; `None` when it is too long to keep.
pub(super) fn put_event(out: &mut Vec<u8>, event: &Event, link: Digest) -> Option<Digest> {
    let payload = wire::encode(event).ok().filter(|payload| payload.len() <= wire::LONGEST_EVENT_BYTES)?;
    let mut content = Vec::with_capacity(KEY_BYTES + payload.len());
    Key::of(event).write(&mut content);
    content.extend_from_slice(&payload);
    let link = usher_events::chain::next_link(link, &content);
    put_frame(out, EVENT, &content, link);
    Some(link)
}

/// Appends the end of a commit.
pub(super) fn put_seal(out: &mut Vec<u8>, link: Digest) {
    put_frame(out, SEAL, link.as_bytes(), link);
}

fn put_frame(out: &mut Vec<u8>, kind: u8, content: &[u8], link: Digest) {
    out.push(kind);
    out.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    out.extend_from_slice(short(&link));
    out.extend_from_slice(content);
}

/// The eight bytes of a link a frame carries.
pub(super) fn short(link: &Digest) -> &[u8] {
    link.as_bytes().get(..8).unwrap_or_default()
}

/// A frame's head, read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: u8,
    pub(super) length: usize,
    pub(super) crc: u32,
    pub(super) link: [u8; 8],
}

impl Head {
    pub(super) fn read(bytes: &[u8; FRAME_HEAD_BYTES]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (crc, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let sound = matches!(kind, EVENT | SEAL) && length <= LONGEST_FRAME_BYTES;
        sound.then_some(Self { kind, length, crc: u32::from_le_bytes(*crc), link: rest.try_into().ok()? })
    }

    pub(super) fn fits(&self, content: &[u8]) -> bool {
        content.len() == self.length && crc32fast::hash(content) == self.crc
    }
}
