//! A file that somebody hands in to be kept with a case (INC-03, INC-21), out of the form it came in.

use usher_records::case::thread::Evidence;
use usher_types::digest::Digest;

use crate::extract::form::FormParts;

/// The largest file kept: a screen of a large monitor is a quarter of it. It lives in the books, which are backed up whole.
const LARGEST_BYTES: usize = 8 * 1024 * 1024;
/// The form around it: a token, a few pages of text, what multipart adds.
pub(crate) const LARGEST_FORM: usize = LARGEST_BYTES + 64 * 1024;

/// A field of the form that is text.
pub(crate) fn text(sent: &mut FormParts, name: &str) -> String {
    sent.remove(name).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).unwrap_or_default()
}

/// The file in a field and what is noted of it; none without one, or when it is too large.
pub(crate) fn of(sent: &mut FormParts, field: &str, shows: String) -> Option<(Evidence, Vec<u8>)> {
    let name = text(sent, &format!("{field}-name"));
    let bytes = sent.remove(field).unwrap_or_default();
    if bytes.is_empty() || bytes.len() > LARGEST_BYTES {
        return None;
    }
    let evidence = Evidence {
        digest: Digest::of(&bytes),
        name: if name.is_empty() { "file".to_owned() } else { name },
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        shows,
    };
    Some((evidence, bytes))
}
