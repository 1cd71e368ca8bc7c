//! What comes bit by bit for somebody who waits for each bit, and is therefore never held.
//!
//! Owns: which answers say so of themselves, and whether their first bytes bear it out. Does not: read them, or say what
//! becomes of one that is something else.

use super::name::Saved;

/// Server-sent events, by their media type.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";
/// The longest message a call may begin with, in bytes: four times what gRPC takes unless it is told otherwise. What a
/// file begins with would nearly always be a longer one.
const LONGEST_MESSAGE_BYTES: u32 = 16 * 1024 * 1024;

/// An answer that is live, by its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Live {
    /// Server-sent events (WHATWG HTML, 9.2).
    Events,
    /// Messages of a gRPC call.
    Call,
    /// The same as pages ask for it, with trailers among the messages (gRPC-Web).
    WebCall,
    /// The same in Base64.
    WebText,
}

impl Live {
    /// By what an answer is called, and how it was asked for: a call is always a POST, and nobody saves one.
    pub(crate) fn of(declared: &str, method: &str, saved: &Saved) -> Option<Self> {
        if declared == EVENT_STREAM {
            return Some(Self::Events);
        }
        if method != "POST" || saved.is_attached || saved.is_file {
            return None;
        }
        match declared.split('+').next()? {
            "application/grpc" => Some(Self::Call),
            "application/grpc-web" => Some(Self::WebCall),
            "application/grpc-web-text" => Some(Self::WebText),
            _ => None,
        }
    }

    /// Whether bytes begin as it does, as far as there are any.
    pub(crate) fn begins(self, head: &[u8]) -> bool {
        match self {
            Self::Events => is_event_stream(head),
            Self::Call => is_message(head, &[0, 1]),
            Self::WebCall => is_message(head, &[0, 1, 0x80, 0x81]),
            // The same flags, and a length that begins with nothing but zeros.
            Self::WebText => [&b"AA"[..], b"AQ", b"gA", b"gQ"]
                .iter()
                .any(|two| head.starts_with(two) || two.starts_with(head)),
        }
    }
}

/// Whether bytes begin like server-sent events: a field, a comment, or an empty line (WHATWG HTML, 9.2.5).
fn is_event_stream(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |field: &&[u8]| text.starts_with(field) || field.starts_with(text);
    [&b"data"[..], b"event", b"id", b"retry", b":"].iter().any(begins)
}

/// Whether bytes begin like a message of gRPC: a byte of flags and a length of four ("gRPC over HTTP2", Length-Prefixed-Message).
fn is_message(head: &[u8], flags: &[u8]) -> bool {
    let mut begins = [0; 5];
    for (to, from) in begins.iter_mut().zip(head) {
        *to = *from;
    }
    let [flag, length @ ..] = begins;
    flags.contains(&flag) && u32::from_be_bytes(length) <= LONGEST_MESSAGE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_by_its_name_its_method_and_that_nobody_saves_it() {
        let plain = Saved::default();
        let of = |declared, method| Live::of(declared, method, &plain);
        assert_eq!(of("application/grpc", "POST"), Some(Live::Call));
        assert_eq!(of("application/grpc+proto", "POST"), Some(Live::Call));
        assert_eq!(of("application/grpc-web+proto", "POST"), Some(Live::WebCall));
        assert_eq!(of("application/grpc-web-text", "POST"), Some(Live::WebText));
        assert_eq!(of(EVENT_STREAM, "GET"), Some(Live::Events));
        for (declared, method) in [("application/grpc", "GET"), ("application/grpcs", "POST"), ("", "POST")] {
            assert_eq!(of(declared, method), None, "{declared} {method}");
        }
        for saved in
            [Saved { is_attached: true, ..Saved::default() }, Saved { is_file: true, ..Saved::default() }]
        {
            assert_eq!(Live::of("application/grpc", "POST", &saved), None);
        }
    }

    #[test]
    fn no_program_picture_or_archive_begins_like_a_call() {
        for head in [
            &b"MZ\x90\0\x03"[..],
            b"PK\x03\x04",
            b"\x7fELF\x02",
            b"\0asm\x01",
            b"\x02\0\0\0\0",
            b"\0\x01\0\0\x01",
        ] {
            assert!(!Live::Call.begins(head), "{}", head.escape_ascii());
            assert!(!Live::WebCall.begins(head), "{}", head.escape_ascii());
            assert!(!Live::WebText.begins(head), "{}", head.escape_ascii());
        }
        for head in [&b""[..], b"\0", b"\x01\0\0\x10\0", b"\0\x01\0\0\0", b"\0\0\0\0\0\0\0\0\0\0"] {
            assert!(Live::Call.begins(head), "{}", head.escape_ascii());
        }
        assert!(Live::WebCall.begins(b"\x80\0\0\0\x0fgrpc-status") && !Live::Call.begins(b"\x80\0\0\0\x0f"));
        assert!(Live::WebText.begins(b"AAAAAAVoZWxsbw==") && !Live::WebText.begins(b"TVqQAAMAAAA"));
    }
}
