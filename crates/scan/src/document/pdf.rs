//! The parts of a PDF, found by their marks and not by its table: broken and hostile files are read too.
//!
//! Owns: names, objects and their streams. Does not: decrypt, or read filters other than Flate.

use std::io::Read;

use memchr::memmem;

/// The longest name (ISO 32000-1, table C.1).
const LONGEST_NAME_BYTES: usize = 127;

/// A stretch of a PDF up to and with one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a> {
    /// Everything since the stream before: objects without streams, and this one's dictionary.
    pub(crate) dictionary: &'a [u8],
    /// The stream, packed; nothing in the last stretch.
    pub(crate) data: &'a [u8],
}

impl<'a> Object<'a> {
    /// The stream's own dictionary.
    fn own(&self) -> &'a [u8] {
        let at = memmem::rfind(self.dictionary, b"obj").unwrap_or(0);
        self.dictionary.get(at..).unwrap_or_default()
    }

    /// The object's number.
    pub(crate) fn number(&self) -> Option<u32> {
        let at = memmem::rfind(self.dictionary, b"obj")?;
        let before = self.dictionary.get(at.saturating_sub(24)..at)?;
        let text = String::from_utf8_lossy(before);
        let mut words = text.split_ascii_whitespace().rev();
        let _generation = words.next()?;
        words.next()?.parse().ok()
    }

    /// Whether the stream's dictionary has a name.
    pub(crate) fn has(&self, wanted: &[u8]) -> bool {
        let mut has = false;
        names(self.own(), &mut |name| has |= name == wanted);
        has
    }

    /// The stream's bytes, unpacked where they are packed with Flate.
    pub(crate) fn unpacked(&self) -> Box<dyn Read + 'a> {
        if self.has(b"FlateDecode") || self.has(b"Fl") {
            Box::new(flate2::read::ZlibDecoder::new(self.data))
        } else {
            Box::new(self.plain())
        }
    }

    /// The stream's bytes without the line's end that stands between them and `endstream` (ISO 32000-1, 7.3.8.1), where the
    /// dictionary says outright how many there are. Any other length is not believed: it would hide the rest.
    fn plain(&self) -> &'a [u8] {
        let said = length(self.own()).and_then(|length| self.data.split_at_checked(length));
        said.filter(|(_, rest)| [&b""[..], b"\r\n", b"\n", b"\r"].contains(rest))
            .map_or(self.data, |(data, _line_end)| data)
    }
}

/// The length a stream's dictionary says outright, and not by pointing at another object.
fn length(dictionary: &[u8]) -> Option<usize> {
    const KEY: &[u8] = b"/Length";
    let values = memmem::find_iter(dictionary, KEY).filter_map(|at| dictionary.get(at + KEY.len()..));
    let value = values.filter(|value| value.first().is_some_and(u8::is_ascii_whitespace)).last()?;
    let mut words = value.split(|byte| byte.is_ascii_whitespace() || is_delimiter(*byte));
    let number = std::str::from_utf8(words.find(|word| !word.is_empty())?).ok()?.parse().ok()?;
    let points = words.next().is_some_and(|word| word.first().is_some_and(u8::is_ascii_digit));
    (!points).then_some(number)
}

/// The stretches of a PDF.
pub(crate) fn objects(bytes: &[u8]) -> impl Iterator<Item = Object<'_>> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some((dictionary_end, data_at)) = stream_start(text) else {
            rest = None;
            return Some(Object { dictionary: text, data: &[] });
        };
        let after = text.get(data_at..).unwrap_or_default();
        let end = memmem::find(after, b"endstream").unwrap_or(after.len());
        rest = after.get(end..);
        Some(Object {
            dictionary: text.get(..dictionary_end).unwrap_or_default(),
            data: after.get(..end).unwrap_or_default(),
        })
    })
}

/// Where the next `stream` keyword stands, and where its data begin.
fn stream_start(text: &[u8]) -> Option<(usize, usize)> {
    memmem::find_iter(text, b"stream").find_map(|at| {
        let after = text.get(at + 6..)?;
        let line_end = match after {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => return None,
        };
        let before = text.get(..at)?.trim_ascii_end();
        before.ends_with(b">>").then_some((at, at + 6 + line_end))
    })
}

/// Gives every name in a stretch of PDF, its `#` escapes read.
pub(crate) fn names(bytes: &[u8], each: &mut dyn FnMut(&[u8])) {
    let mut name = Vec::with_capacity(LONGEST_NAME_BYTES);
    for at in memchr::memchr_iter(b'/', bytes) {
        name.clear();
        let mut rest = bytes.get(at + 1..).unwrap_or_default();
        while let [first, after @ ..] = rest {
            if is_delimiter(*first) || name.len() >= LONGEST_NAME_BYTES {
                break;
            }
            rest = after;
            let escaped =
                after.get(..2).filter(|_| *first == b'#').and_then(|two| std::str::from_utf8(two).ok());
            match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => {
                    name.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => name.push(*first),
            }
        }
        each(&name);
    }
}

/// White space and signs that end a name or a number (ISO 32000-1, 7.2.2).
pub(crate) fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        0 | 9 | 10 | 12 | 13 | 32 | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}
