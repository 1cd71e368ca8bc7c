//! What an ICAP server answers (RFC 3507): heads and chunks, from bytes.
//!
//! Owns: telling an answer from bytes that are none, strictly, within limits. Does not: read a socket, or know what was
//! asked.

use std::time::Duration;

/// The longest head of an answer, in bytes; it is also the longest head of the message inside. Real ones are under 2 KiB.
pub const LONGEST_HEAD_BYTES: usize = 16 * 1024;
/// The most fields of a head.
const MOST_FIELDS: usize = 64;
/// The longest line before a chunk, in bytes: eight digits, and an extension nobody needs.
const LONGEST_CHUNK_LINE_BYTES: usize = 256;
/// The most digits of a chunk's length: 4 GiB.
const MOST_CHUNK_DIGITS: usize = 8;

/// Why bytes are no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A head or line that does not end.
    #[error("longer than any answer")]
    TooLong,
    /// Not ICAP/1.0, or no head.
    #[error("not an ICAP head")]
    Head,
    /// A field that says where the parts are says nothing that can be.
    #[error("parts that cannot be")]
    Encapsulated,
    /// Chunks that are none.
    #[error("a broken chunk")]
    Chunk,
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The server's mark of what it knows (4.7).
    pub istag: Option<String>,
    /// How many bytes it wants to see first (4.10.2).
    pub preview: Option<u64>,
    /// How long its options hold.
    pub options_life: Option<Duration>,
    /// Whether the connection ends after it.
    pub close: bool,
    /// What it found, as it calls it.
    pub threat: Option<String>,
    /// What follows it, if it says so.
    pub parts: Option<Parts>,
}

/// What follows a head (4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// How many bytes of heads.
    pub heads: usize,
    /// Where among them the request's head begins, if it is there.
    pub request: Option<usize>,
    /// Where among them the response's head begins, if it is there.
    pub response: Option<usize>,
    /// Whether a body in chunks follows these.
    pub body: bool,
}

/// Reads a head, and says how many bytes it has. None while it is not all there.
///
/// # Errors
/// What makes it no head.
pub fn head(bytes: &[u8]) -> Result<Option<(Head, usize)>, Fault> {
    const MARK: &[u8] = b"ICAP/1.0 ";
    let begins = bytes.get(..MARK.len().min(bytes.len())).unwrap_or_default();
    if !MARK.starts_with(begins) {
        return Err(Fault::Head);
    }
    let limited = bytes.get(..LONGEST_HEAD_BYTES.min(bytes.len())).unwrap_or_default();
    let Some(length) = memchr::memmem::find(limited, b"\r\n\r\n").map(|at| at + 4) else {
        return if bytes.len() >= LONGEST_HEAD_BYTES { Err(Fault::TooLong) } else { Ok(None) };
    };
    let mut text = limited.get(..length).unwrap_or_default().to_vec();
    if text
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'\n' && at.checked_sub(1).and_then(|at| text.get(at)) != Some(&b'\r'))
    {
        return Err(Fault::Head);
    }
    // But for its first word, it is what HTTP has.
    for (to, from) in text.iter_mut().zip(b"HTTP/1.0") {
        *to = *from;
    }
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let mut config = httparse::ParserConfig::default();
    // `X-Violations-Found` stands on several lines.
    config.allow_obsolete_multiline_headers_in_responses(true);
    match config.parse_response(&mut response, &text) {
        Ok(httparse::Status::Complete(read)) if read == length => {}
        Ok(_) | Err(_) => return Err(Fault::Head),
    }
    let mut head = Head { status: response.code.unwrap_or_default(), ..Head::default() };
    for field in response.headers.iter() {
        take(&mut head, field)?;
    }
    Ok(Some((head, length)))
}

fn take(head: &mut Head, field: &httparse::Header<'_>) -> Result<(), Fault> {
    let value = String::from_utf8_lossy(field.value);
    let value = value.trim();
    match field.name.to_ascii_lowercase().as_str() {
        "istag" => head.istag = Some(value.trim_matches('"').to_owned()),
        "preview" => head.preview = Some(value.parse().map_err(|_odd| Fault::Head)?),
        "options-ttl" => head.options_life = value.parse().ok().map(Duration::from_secs),
        "connection" => {
            head.close |= value.split(',').any(|word| word.trim().eq_ignore_ascii_case("close"));
        }
        "encapsulated" if head.parts.is_some() => return Err(Fault::Encapsulated),
        "encapsulated" => head.parts = Some(parts(value, LONGEST_HEAD_BYTES)?),
        "x-infection-found" => head.threat = Some(infection(value)),
        "x-virus-id" | "x-virus-name" if !value.is_empty() => {
            head.threat.get_or_insert_with(|| value.to_owned());
        }
        "x-violations-found" => {
            if let Some(name) = violation(value) {
                head.threat.get_or_insert(name);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Reads where the parts of a message are (4.4.1): `res-hdr=0, res-body=213`. `longest` is how long its heads may be.
///
/// # Errors
/// [`Fault::Encapsulated`].
pub fn parts(value: &str, longest: usize) -> Result<Parts, Fault> {
    let (mut heads, mut request, mut response, mut body) = (0, None, None, None);
    for (at, part) in value.split(',').enumerate() {
        let (name, offset) = part.trim().split_once('=').ok_or(Fault::Encapsulated)?;
        let is_digits = offset.bytes().all(|byte| byte.is_ascii_digit());
        let offset: usize = offset.parse().map_err(|_odd| Fault::Encapsulated)?;
        let in_order = if at == 0 { offset == 0 } else { offset >= heads };
        if !in_order || !is_digits || body.is_some() || offset > longest {
            return Err(Fault::Encapsulated);
        }
        heads = offset;
        match name.to_ascii_lowercase().as_str() {
            "req-hdr" if request.is_none() && response.is_none() => request = Some(offset),
            "res-hdr" if response.is_none() => response = Some(offset),
            "req-body" | "res-body" | "opt-body" => body = Some(true),
            "null-body" => body = Some(false),
            _ => return Err(Fault::Encapsulated),
        }
    }
    Ok(Parts { heads, request, response, body: body.ok_or(Fault::Encapsulated)? })
}

/// `Type=0; Resolution=2; Threat=Eicar-Test;`
fn infection(value: &str) -> String {
    let threat = value.split(';').find_map(|pair| {
        let (key, name) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case("threat").then(|| name.trim().to_owned())
    });
    threat.unwrap_or_else(|| value.to_owned())
}

/// How many, and for each four lines: file, threat, number, what was done.
fn violation(value: &str) -> Option<String> {
    let mut lines = value.lines().map(str::trim);
    if lines.next()? == "0" {
        return None;
    }
    Some(lines.nth(1).unwrap_or("violation").to_owned())
}

/// The status of the response inside.
///
/// # Errors
/// [`Fault::Head`] when it is none.
pub fn response_status(bytes: &[u8]) -> Result<u16, Fault> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    match response.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => response.code.ok_or(Fault::Head),
        Ok(httparse::Status::Partial) | Err(_) => Err(Fault::Head),
    }
}

/// A body in chunks, as it comes.
#[derive(Debug, Default)]
pub struct Chunks {
    state: State,
    line: Vec<u8>,
    is_whole: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the line before a chunk.
    #[default]
    Length,
    /// In a chunk with so many bytes to come.
    Data(u64),
    /// In the line end after a chunk.
    After,
    /// In the line end after the last one. Trailers are not asked for and not taken.
    Last,
    End,
}

impl Chunks {
    /// Takes bytes and shows what they hold. How many were taken: fewer than came only at the end.
    ///
    /// # Errors
    /// [`Fault::Chunk`] or [`Fault::TooLong`]; after that it is not to be used.
    pub fn push(&mut self, bytes: &[u8], show: &mut dyn FnMut(&[u8])) -> Result<usize, Fault> {
        let mut rest = bytes;
        while let Some((&first, others)) = rest.split_first() {
            match self.state {
                State::End => break,
                State::Data(left) => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    let (data, behind) = rest.split_at(count);
                    show(data);
                    rest = behind;
                    let left = left - count as u64;
                    self.state = if left == 0 { State::After } else { State::Data(left) };
                }
                State::Length | State::After | State::Last => {
                    self.line.push(first);
                    rest = others;
                    self.line()?;
                }
            }
        }
        Ok(bytes.len() - rest.len())
    }

    /// Whether the last chunk said that a preview is the whole body (4.5).
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether the last chunk was seen.
    pub fn is_end(&self) -> bool {
        self.state == State::End
    }

    fn line(&mut self) -> Result<(), Fault> {
        let Some(text) = self.line.strip_suffix(b"\r\n") else {
            let is_odd =
                self.line.ends_with(b"\n") || self.line.iter().rev().skip(1).any(|byte| *byte == b'\r');
            let longest = if self.state == State::Length { LONGEST_CHUNK_LINE_BYTES } else { 2 };
            return if is_odd || self.line.len() >= longest { Err(Fault::Chunk) } else { Ok(()) };
        };
        self.state = match self.state {
            State::Length => match length(text)? {
                0 => {
                    let mut words = text.split(|byte| *byte == b';').skip(1);
                    self.is_whole = words.any(|word| word.trim_ascii().eq_ignore_ascii_case(b"ieof"));
                    State::Last
                }
                length => State::Data(length),
            },
            State::After if text.is_empty() => State::Length,
            State::Last if text.is_empty() => State::End,
            _ => return Err(Fault::Chunk),
        };
        self.line.clear();
        Ok(())
    }
}

/// `1f40`, or `1f40; extension`.
fn length(line: &[u8]) -> Result<u64, Fault> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    let is_good = (1..=MOST_CHUNK_DIGITS).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_good).ok_or(Fault::Chunk)?;
    u64::from_str_radix(text, 16).map_err(|_odd| Fault::Chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Head {
        let (head, length) = head(text.as_bytes()).unwrap().unwrap();
        assert_eq!(length, text.len());
        head
    }

    #[test]
    fn options_are_read() {
        let head = read(
            "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"W3E4R7U9-L2E4-2\"\r\nPreview: 2048\r\nAllow: 204\r\n\
             Options-TTL: 600\r\nEncapsulated: null-body=0\r\nConnection: close\r\n\r\n",
        );
        assert_eq!((head.status, head.preview, head.close), (200, Some(2048), true));
        assert_eq!(head.istag.as_deref(), Some("W3E4R7U9-L2E4-2"));
        assert_eq!(head.options_life, Some(Duration::from_secs(600)));
        assert_eq!(head.parts, Some(Parts { heads: 0, request: None, response: None, body: false }));
    }

    #[test]
    fn finds_are_named_in_every_dialect() {
        for (field, expected) in [
            ("X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;", Some("Eicar-Test")),
            ("X-Virus-ID: EICAR", Some("EICAR")),
            ("X-Violations-Found: 1\r\n\ta.zip\r\n\tEicar\r\n\t11\r\n\t2", Some("Eicar")),
            ("X-Violations-Found: 0", None),
            ("X-Infection-Found: odd", Some("odd")),
            ("X-Virus-ID:", None),
        ] {
            let head = read(&format!("ICAP/1.0 200 OK\r\n{field}\r\n\r\n"));
            assert_eq!(head.threat.as_deref(), expected, "{field}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for text in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "ICAP/1.0 abc\r\n\r\n",
            "ICAP/1.0 200 OK\nA: b\r\n\r\n",
            "ICAP/1.0 200 OK\r\nPreview: x\r\n\r\n",
            "ICAP/1.0 200 OK\r\nEncapsulated: res-body=5\r\n\r\n",
            "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0\r\n\r\n",
            "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=9999999\r\n\r\n",
            "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, null-body=-1\r\n\r\n",
            "ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\nEncapsulated: null-body=0\r\n\r\n",
        ] {
            assert!(head(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(head(b"ICAP/1."), Ok(None));
        let endless = format!("ICAP/1.0 200 OK\r\nA: {}", "b".repeat(LONGEST_HEAD_BYTES));
        assert_eq!(head(endless.as_bytes()), Err(Fault::TooLong));
    }

    fn unchunk(bytes: &[u8], size: usize) -> Result<(Vec<u8>, usize, bool), Fault> {
        let (mut chunks, mut out, mut taken) = (Chunks::default(), Vec::new(), 0);
        for piece in bytes.chunks(size) {
            taken += chunks.push(piece, &mut |data| out.extend_from_slice(data))?;
        }
        Ok((out, taken, chunks.is_end()))
    }

    #[test]
    fn chunks_are_strict() {
        assert_eq!(
            unchunk(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nICAP", 1).unwrap(),
            (b"abcde".to_vec(), 24, true)
        );
        for odd in [
            "3\nabc\r\n",
            "+3\r\nabc",
            "3\r\nabcd\r\n",
            "\r\n",
            "g\r\n",
            "0x3\r\n",
            "123456789\r\n",
            "0\r\nX: y\r\n\r\n",
        ] {
            assert!(unchunk(odd.as_bytes(), 1).is_err(), "{odd}");
        }
        assert!(unchunk(&[b'1'; 1000], 1000).is_err());
    }

    proptest! {
        #[test]
        fn where_bytes_are_cut_makes_no_difference(bytes in "[0-3\r\n;a]{0,60}", size in 1usize..8) {
            prop_assert_eq!(unchunk(bytes.as_bytes(), size), unchunk(bytes.as_bytes(), 1000));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let bytes = [b"ICAP/1.0 200 OK\r\n".as_slice(), &bytes, b"\r\n\r\n"].concat();
            if let Ok(Some((_, length))) = head(&bytes) {
                prop_assert!(length <= bytes.len());
            }
        }
    }
}
