//! The wire form: one version byte, then postcard. Small, exact, the same bytes for the same event.

use crate::event::Event;

/// The form written now. Forms before it are not read: 1 knew neither the page a request is part of nor what was
/// changed about it; 2 did not know that an app refused the school's certificate.
const VERSION: u8 = 3;

/// The longest event, in bytes. An address may have 64 KiB; everything else in an event is bounded far below.
pub const LONGEST_EVENT_BYTES: usize = 256 * 1024;

/// Bytes that are not an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireFault {
    /// Nothing is there.
    #[error("an event has at least one byte")]
    Empty,
    /// It was written by another version.
    #[error("event form {0} is not known to this version")]
    Version(u8),
    /// It is broken.
    #[error("the event cannot be read")]
    Broken(#[source] postcard::Error),
    /// It cannot be written.
    #[error("the event cannot be written")]
    Unwritable(#[source] postcard::Error),
}

/// The event as bytes.
///
/// # Errors
/// Only when memory runs out.
pub fn encode(event: &Event) -> Result<Vec<u8>, WireFault> {
    postcard::to_extend(event, vec![VERSION]).map_err(WireFault::Unwritable)
}

/// The event these bytes are.
///
/// # Errors
/// When they are empty, of another version, or broken.
pub fn decode(bytes: &[u8]) -> Result<Event, WireFault> {
    match bytes.split_first() {
        None => Err(WireFault::Empty),
        Some((&VERSION, body)) => postcard::from_bytes(body).map_err(WireFault::Broken),
        Some((&version, _)) => Err(WireFault::Version(version)),
    }
}
