//! Where one request ends and the next begins (RFC 9112), read more strictly than the RFC demands: bare line feeds,
//! doubled or odd lengths, and codings other than plain chunked are refused, because readers differ about them.
//!
//! Pure: bytes in, judgement out. The guard keeps the bytes.

use usher_events::event::MalformedFault;

use crate::limits::{FIELD_NAME_BYTES, HEAD_BYTES, HEAD_FIELDS, REQUEST_BODY_BYTES, TARGET_BYTES};

/// How much of a head that is not whole is looked at: method and the beginning of a target. It is read again whenever
/// more came.
const FIRST_BYTES: usize = 64;

/// The longest line with a chunk's size and extensions. Sizes have up to 16 digits; nobody uses extensions.
const CHUNK_LINE_BYTES: usize = 256;
/// The longest trailer section.
const TRAILER_BYTES: usize = 8 * 1024;

/// What was found at the front of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// So many bytes may be handed on.
    Ready(usize),
    /// So many bytes mean nothing and are dropped.
    Skip(usize),
    /// More bytes are needed.
    More,
}

/// Where in a stream of requests the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// Before, or in, a head.
    #[default]
    Head,
    /// In a body of which so many bytes are left.
    Body(u64),
    /// Before a chunk's size.
    ChunkSize,
    /// In a chunk of which so many bytes are left.
    ChunkData(u64),
    /// At the line end after a chunk.
    ChunkEnd,
    /// In the trailer section.
    Trailers,
    /// No longer HTTP/1: a tunnel or a WebSocket.
    Raw,
}

impl Framing {
    /// How many bytes may pass unlooked-at; none where they have to be read.
    pub const fn passes(&self) -> Option<u64> {
        match self {
            Self::Body(left) | Self::ChunkData(left) => Some(*left),
            Self::Raw => Some(u64::MAX),
            Self::Head | Self::ChunkSize | Self::ChunkEnd | Self::Trailers => None,
        }
    }

    /// So many bytes passed.
    pub const fn passed(&mut self, count: u64) {
        *self = match *self {
            Self::Body(left) if left <= count => Self::Head,
            Self::Body(left) => Self::Body(left - count),
            Self::ChunkData(left) if left <= count => Self::ChunkEnd,
            Self::ChunkData(left) => Self::ChunkData(left - count),
            other => other,
        };
    }

    /// Whether what comes next is a new request.
    pub const fn is_between_requests(&self) -> bool {
        matches!(self, Self::Head)
    }

    /// Whether it is no longer HTTP/1.
    pub const fn is_raw(&self) -> bool {
        matches!(self, Self::Raw)
    }

    /// Judges the bytes that came.
    ///
    /// # Errors
    /// What is wrong with them. Nothing of them may be handed on.
    pub fn judge(&mut self, bytes: &[u8]) -> Result<Judged, MalformedFault> {
        if let Some(most) = self.passes() {
            let count = bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX));
            self.passed(count as u64);
            return Ok(if count == 0 { Judged::More } else { Judged::Ready(count) });
        }
        match self {
            Self::Head => self.head(bytes),
            Self::ChunkSize => self.chunk_size(bytes),
            Self::ChunkEnd => match bytes {
                [b'\r', b'\n', ..] => {
                    *self = Self::ChunkSize;
                    Ok(Judged::Ready(2))
                }
                [] | [b'\r'] => Ok(Judged::More),
                _ => Err(MalformedFault::CodingUnclear),
            },
            Self::Trailers => self.trailers(bytes),
            Self::Body(_) | Self::ChunkData(_) | Self::Raw => Ok(Judged::More),
        }
    }

    fn head(&mut self, bytes: &[u8]) -> Result<Judged, MalformedFault> {
        // RFC 9112, 2.2: an empty line before a request is skipped.
        match bytes {
            [b'\r', b'\n', ..] => return Ok(Judged::Skip(2)),
            [] | [b'\r'] => return Ok(Judged::More),
            _ => {}
        }
        let Some(length) = section_end(bytes, HEAD_BYTES)? else {
            return if may_become_a_request(bytes) { Ok(Judged::More) } else { Err(MalformedFault::NotHttp) };
        };
        let head = bytes.get(..length).unwrap_or_default();
        *self = after_head(head)?;
        Ok(Judged::Ready(length))
    }

    fn chunk_size(&mut self, bytes: &[u8]) -> Result<Judged, MalformedFault> {
        let Some(end) = bytes.iter().take(CHUNK_LINE_BYTES).position(|&byte| byte == b'\n') else {
            return if bytes.len() >= CHUNK_LINE_BYTES {
                Err(MalformedFault::CodingUnclear)
            } else {
                Ok(Judged::More)
            };
        };
        let line = bytes
            .get(..end)
            .and_then(|line| line.strip_suffix(b"\r"))
            .ok_or(MalformedFault::CodingUnclear)?;
        if line.contains(&b'\r') {
            return Err(MalformedFault::CodingUnclear);
        }
        let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let text = std::str::from_utf8(digits).map_err(|_odd| MalformedFault::CodingUnclear)?;
        if text.is_empty() || text.len() > 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(MalformedFault::CodingUnclear);
        }
        let size = u64::from_str_radix(text, 16).map_err(|_odd| MalformedFault::CodingUnclear)?;
        if size > REQUEST_BODY_BYTES {
            return Err(MalformedFault::LengthUnclear);
        }
        *self = if size == 0 { Self::Trailers } else { Self::ChunkData(size) };
        Ok(Judged::Ready(end + 1))
    }

    fn trailers(&mut self, bytes: &[u8]) -> Result<Judged, MalformedFault> {
        let end = match bytes {
            [b'\r', b'\n', ..] => Some(2),
            [] | [b'\r'] => None,
            _ => section_end(bytes, TRAILER_BYTES)?,
        };
        Ok(match end {
            Some(end) => {
                *self = Self::Head;
                Judged::Ready(end)
            }
            None => Judged::More,
        })
    }
}

/// Whether what came so far may be the beginning of a request. Other protocols show in their first bytes, and whoever
/// speaks one need not wait until the time for a head is over.
fn may_become_a_request(bytes: &[u8]) -> bool {
    let first = bytes.get(..bytes.len().min(FIRST_BYTES)).unwrap_or_default();
    let mut no_fields = [];
    let read = httparse::Request::new(&mut no_fields).parse(first);
    matches!(read, Ok(_) | Err(httparse::Error::TooManyHeaders))
}

/// Where the empty line after a section ends. Every line ends with CR LF and neither stands alone.
pub(crate) fn section_end(bytes: &[u8], longest: usize) -> Result<Option<usize>, MalformedFault> {
    let looked_at = bytes.get(..bytes.len().min(longest)).unwrap_or_default();
    let mut line_start = 0;
    for (at, &byte) in looked_at.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| looked_at.get(before)).copied();
        match byte {
            b'\n' if before != Some(b'\r') => return Err(MalformedFault::NotHttp),
            b'\n' if at == line_start + 1 => return Ok(Some(at + 1)),
            b'\n' => line_start = at + 1,
            _ if before == Some(b'\r') => return Err(MalformedFault::NotHttp),
            _ => {}
        }
    }
    if bytes.len() >= longest { Err(MalformedFault::HeadTooLarge) } else { Ok(None) }
}

/// Reads a whole head and says what follows it.
fn after_head(head: &[u8]) -> Result<Framing, MalformedFault> {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(MalformedFault::TooManyFields),
        Ok(httparse::Status::Partial) | Err(_) => return Err(MalformedFault::NotHttp),
    }
    target(request.path.unwrap_or_default())?;
    let mut length: Option<u64> = None;
    let mut chunked = false;
    let (mut connection_upgrade, mut upgrade) = (false, false);
    for field in request.headers.iter() {
        if field.name.len() > FIELD_NAME_BYTES {
            return Err(MalformedFault::HeadTooLarge);
        } else if field.name.eq_ignore_ascii_case("content-length") {
            let read = content_length(field.value)?;
            // RFC 9112, 6.3: several of them are refused, even where they agree.
            if length.replace(read).is_some() {
                return Err(MalformedFault::LengthUnclear);
            }
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
            if chunked
                || !field.value.trim_ascii().eq_ignore_ascii_case(b"chunked")
                || request.version != Some(1)
            {
                return Err(MalformedFault::CodingUnclear);
            }
            chunked = true;
        } else if field.name.eq_ignore_ascii_case("connection") {
            connection_upgrade |= has_token(field.value, b"upgrade");
        } else if field.name.eq_ignore_ascii_case("upgrade") {
            upgrade |= has_token(field.value, b"websocket");
        }
    }
    if request.method == Some("CONNECT") {
        return if chunked || length.unwrap_or(0) > 0 {
            Err(MalformedFault::LengthUnclear)
        } else {
            Ok(Framing::Raw)
        };
    }
    Ok(match (chunked, length) {
        (true, Some(_)) => return Err(MalformedFault::TwoLengths),
        (true, None) => Framing::ChunkSize,
        (false, Some(length)) if length > 0 => Framing::Body(length),
        _ if connection_upgrade && upgrade => Framing::Raw,
        _ => Framing::Head,
    })
}

/// What the library would refuse without a word is refused here, in words.
fn target(text: &str) -> Result<(), MalformedFault> {
    if text.len() > TARGET_BYTES {
        return Err(MalformedFault::HeadTooLarge);
    }
    text.parse::<http::Uri>().map(|_| ()).map_err(|_odd| MalformedFault::TargetUnclear)
}

/// Digits only: `+5`, `5, 5` and spaces inside are refused.
fn content_length(value: &[u8]) -> Result<u64, MalformedFault> {
    let value = value.trim_ascii();
    let digits = !value.is_empty() && value.len() <= 19 && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).map_err(|_odd| MalformedFault::LengthUnclear)?;
    match text.parse::<u64>() {
        Ok(length) if digits && length <= REQUEST_BODY_BYTES => Ok(length),
        _ => Err(MalformedFault::LengthUnclear),
    }
}

fn has_token(value: &[u8], wanted: &[u8]) -> bool {
    value.split(|&byte| byte == b',').any(|token| token.trim_ascii().eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds bytes in pieces; gives what was handed on, the state after, and a fault if there was one.
    fn run(pieces: &[&[u8]]) -> (Vec<u8>, Framing, Option<MalformedFault>) {
        let mut framing = Framing::default();
        let (mut buffer, mut out) = (Vec::new(), Vec::new());
        for piece in pieces {
            buffer.extend_from_slice(piece);
            loop {
                match framing.judge(&buffer) {
                    Ok(Judged::Ready(count)) => out.extend(buffer.drain(..count)),
                    Ok(Judged::Skip(count)) => drop(buffer.drain(..count)),
                    Ok(Judged::More) => break,
                    Err(fault) => return (out, framing, Some(fault)),
                }
            }
        }
        (out, framing, None)
    }

    fn fault(request: &str) -> Option<MalformedFault> {
        run(&[request.as_bytes()]).2
    }

    const GET: &str = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";

    #[test]
    fn whole_requests_pass_as_they_are() {
        for request in [
            GET,
            "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
            "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
        ] {
            let twice = request.repeat(2);
            let (out, framing, fault) = run(&[twice.as_bytes()]);
            assert_eq!((out, framing, fault), (twice.into_bytes(), Framing::Head, None));
        }
        let connect = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n\x16\x03\x01";
        assert_eq!(run(&[connect.as_bytes()]), (connect.as_bytes().to_vec(), Framing::Raw, None));
        let (out, _, fault) = run(&[b"\r\n", GET.as_bytes()]);
        assert_eq!((out.as_slice(), fault), (GET.as_bytes(), None), "an empty line before is skipped");
    }

    #[test]
    fn requests_that_readers_read_differently_are_refused() {
        let with =
            |fields: &str| format!("POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\n{fields}\r\n\r\n");
        for (fields, expected) in [
            ("Content-Length: 5\r\nTransfer-Encoding: chunked", MalformedFault::TwoLengths),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5", MalformedFault::TwoLengths),
            ("Content-Length: 5\r\nContent-Length: 6", MalformedFault::LengthUnclear),
            ("Content-Length: 5\r\nContent-Length: 5", MalformedFault::LengthUnclear),
            ("Content-Length: 5, 5", MalformedFault::LengthUnclear),
            ("Content-Length: +5", MalformedFault::LengthUnclear),
            ("Content-Length: 0x5", MalformedFault::LengthUnclear),
            ("Content-Length: 99999999999999999999", MalformedFault::LengthUnclear),
            ("Transfer-Encoding: gzip, chunked", MalformedFault::CodingUnclear),
            ("Transfer-Encoding: xchunked", MalformedFault::CodingUnclear),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", MalformedFault::CodingUnclear),
            ("Transfer-Encoding : chunked", MalformedFault::NotHttp),
            ("X: a\r\n folded", MalformedFault::NotHttp),
            ("X: a\nY: b", MalformedFault::NotHttp),
            ("X: a\rY: b", MalformedFault::NotHttp),
        ] {
            assert_eq!(fault(&with(fields)), Some(expected), "{fields:?}");
        }
        assert_eq!(
            fault("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Some(MalformedFault::CodingUnclear)
        );
        assert_eq!(fault("hello\r\n\r\n"), Some(MalformedFault::NotHttp));
        assert_eq!(fault("\x16\x03\x01\x02\x00\x01\n"), Some(MalformedFault::NotHttp));
        assert_eq!(fault("GET http://a.example/ HTTP/1.1\n\n"), Some(MalformedFault::NotHttp));
    }

    #[test]
    fn other_protocols_are_known_by_their_first_bytes() {
        for other in [&b"\x05\x01\x00"[..], b"\x04\x01\x01\xbb", b"SSH-2.0-x\r\n", b"\x16\x03\x01"] {
            assert_eq!(run(&[other]).2, Some(MalformedFault::NotHttp), "{other:?}");
        }
        for begun in ["G", "GET", "GET http://a.example/ HT", "GET http://a.example/ HTTP/1.1\r\nHo"] {
            assert_eq!(run(&[begun.as_bytes()]).2, None, "{begun}");
        }
    }

    #[test]
    fn sizes_are_bounded() {
        let long = format!("GET http://a.example/ HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(HEAD_BYTES));
        assert_eq!(fault(&long), Some(MalformedFault::HeadTooLarge));
        let many = format!("GET http://a.example/ HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(HEAD_FIELDS + 1));
        assert_eq!(fault(&many), Some(MalformedFault::TooManyFields));
    }

    #[test]
    fn chunks_are_read_strictly() {
        let head = "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n";
        for chunks in [
            "5\nhello\r\n",
            "\r\n",
            "5 \r\nhello\r\n",
            "-1\r\n",
            "5\r\nhelloX\n",
            "10000000000000000\r\n",
            "g\r\n",
        ] {
            assert!(fault(&format!("{head}{chunks}")).is_some(), "{chunks:?}");
        }
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(request in "(GET|POST|CONNECT) (http://a.example/|a:1) HTTP/1.[01]\r\n((Host|X|Content-Length|Transfer-Encoding): (a|5|chunked)\r\n){0,3}\r\n(hello|5\r\nhello\r\n0\r\n\r\n|\r|\n){0,3}", cuts in prop::collection::vec(0usize..80, 0..6)) {
            let bytes = request.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([bytes.len()]) {
                pieces.push(&bytes[from..cut]);
                from = cut;
            }
            let whole = run(&[bytes]);
            let (out, framing, fault) = run(&pieces);
            prop_assert_eq!(fault, whole.2);
            prop_assert_eq!(framing, whole.1);
            prop_assert_eq!(out, whole.0);
        }

        #[test]
        fn no_bytes_make_it_panic(pieces: Vec<Vec<u8>>) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            run(&pieces);
        }
    }
}
