//! Which characters the bytes of a text are, as a browser decides it.
//!
//! Owns: byte order mark, header, the page's own word in its first bytes, and the guess when nobody says (HTML, 13.2.3);
//! turning everything into UTF-8. Does not: take a page apart, nor check UTF-8 that is labelled so: the folding that
//! follows passes over what is none.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

/// How far into a page it may name its charset (HTML, 4.2.5.4).
const PRESCAN_BYTES: usize = 1_024;
/// The longest byte order mark.
const MARK_BYTES: usize = 3;
/// Characters decoded at a time.
const BUFFER_BYTES: usize = 8 * 1_024;

/// Turns a text's bytes into UTF-8.
pub struct Charset {
    state: State,
    label: Option<&'static Encoding>,
    /// The first bytes, until the charset is known; then the beginning of a character that a piece cut off.
    held: Vec<u8>,
    prescan: bool,
}

enum State {
    Unknown,
    /// Said to be UTF-8: passed on as it is.
    Utf8,
    /// Said to be nothing: UTF-8 until it turns out not to be.
    Guessed,
    Other(Box<Decoder>),
}

impl std::fmt::Debug for Charset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Charset")
            .field("label", &self.label)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

impl Charset {
    /// `label` is the `charset` of the `Content-Type` field; `prescan` whether the text may name its own.
    pub fn new(label: Option<&str>, prescan: bool) -> Self {
        let label = label.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
        Self { state: State::Unknown, label, held: Vec::new(), prescan }
    }

    /// A text that is UTF-8 by its own rules (JSON: RFC 8259, 8.1; event streams: HTML, 9.2.5), unless it begins with
    /// another mark.
    pub fn utf8() -> Self {
        Self { state: State::Unknown, label: Some(UTF_8), held: Vec::new(), prescan: false }
    }

    /// More bytes; `sink` gets whole characters in UTF-8.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        if !matches!(self.state, State::Unknown) {
            self.pass(bytes, sink);
            return;
        }
        // The rare second piece within the first bytes of a page; the usual first piece settles it without a copy.
        if self.held.is_empty() && self.settle(bytes, false) {
            let rest = bytes.get(self.mark_length(bytes)..).unwrap_or_default();
            self.pass(rest, sink);
            return;
        }
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        if self.settle(&held, false) {
            self.pass(held.get(self.mark_length(&held)..).unwrap_or_default(), sink);
        } else {
            self.held = held;
        }
    }

    /// The text is over.
    pub fn end(&mut self, sink: &mut impl FnMut(&[u8])) {
        let held = std::mem::take(&mut self.held);
        if matches!(self.state, State::Unknown) {
            self.settle(&held, true);
            self.pass(held.get(self.mark_length(&held)..).unwrap_or_default(), sink);
        }
        if let State::Guessed = self.state
            && !self.held.is_empty()
        {
            // A character that nothing completes was none.
            self.state = State::Other(Box::new(WINDOWS_1252.new_decoder_without_bom_handling()));
            let held = std::mem::take(&mut self.held);
            self.pass(&held, sink);
        }
        if let State::Other(decoder) = &mut self.state {
            decode(decoder, &[], true, sink);
        }
    }

    /// Decides, if there is enough to decide by.
    fn settle(&mut self, bytes: &[u8], all: bool) -> bool {
        let mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        if mark.is_none() && bytes.len() < MARK_BYTES && !all {
            return false;
        }
        let start = bytes.get(..bytes.len().min(PRESCAN_BYTES)).unwrap_or_default();
        let said = mark.or(self.label).or_else(|| declared(start).filter(|_| self.prescan));
        if said.is_none() && self.prescan && bytes.len() < PRESCAN_BYTES && !all {
            return false;
        }
        self.state = match said {
            Some(encoding) if encoding == UTF_8 => State::Utf8,
            Some(encoding) => State::Other(Box::new(encoding.new_decoder_without_bom_handling())),
            None => State::Guessed,
        };
        true
    }

    fn mark_length(&self, bytes: &[u8]) -> usize {
        Encoding::for_bom(bytes).map_or(0, |(_, length)| length)
    }

    fn pass(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        match &mut self.state {
            State::Other(decoder) => decode(decoder, bytes, false, sink),
            State::Utf8 => self.whole_characters(bytes, sink),
            State::Guessed | State::Unknown => self.guess(bytes, sink),
        }
    }

    /// Passes bytes on up to the last whole character.
    fn whole_characters(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        let mut bytes = bytes;
        while !self.held.is_empty() {
            let wanted = self.held.first().map_or(1, |first| length_by_first(*first));
            match bytes.split_first() {
                // It goes on.
                Some((next, rest)) if next & 0xc0 == 0x80 && self.held.len() < wanted => {
                    self.held.push(*next);
                    bytes = rest;
                }
                None if self.held.len() < wanted => return,
                _ => {
                    sink(&self.held);
                    self.held.clear();
                }
            }
        }
        let whole = bytes.len() - cut_off(bytes);
        let (now, later) = bytes.split_at_checked(whole).unwrap_or((bytes, &[]));
        sink(now);
        self.held.extend_from_slice(later);
    }

    /// UTF-8 for as long as it is; windows-1252, the browsers' last resort, from the first byte that is not.
    fn guess(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        let joined = if self.held.is_empty() { None } else { Some([self.held.as_slice(), bytes].concat()) };
        let bytes = joined.as_deref().unwrap_or(bytes);
        self.held.clear();
        let Err(error) = std::str::from_utf8(bytes) else {
            sink(bytes);
            return;
        };
        let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
        sink(valid);
        if error.error_len().is_none() {
            self.held.extend_from_slice(rest);
            return;
        }
        let mut decoder = WINDOWS_1252.new_decoder_without_bom_handling();
        decode(&mut decoder, rest, false, sink);
        self.state = State::Other(Box::new(decoder));
    }
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, sink: &mut impl FnMut(&[u8])) {
    let mut buffer = vec![0_u8; BUFFER_BYTES];
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(bytes, &mut buffer, last);
        sink(buffer.get(..written).unwrap_or_default());
        bytes = bytes.get(read..).unwrap_or_default();
        if matches!(result, CoderResult::InputEmpty) {
            return;
        }
    }
}

/// How long a character is that begins with this byte.
const fn length_by_first(byte: u8) -> usize {
    match byte {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

/// How many bytes at the end belong to a character that goes on.
fn cut_off(bytes: &[u8]) -> usize {
    for (byte, back) in bytes.iter().rev().zip(1_usize..=3) {
        if byte & 0xc0 != 0x80 {
            return if length_by_first(*byte) > back { back } else { 0 };
        }
    }
    0
}

/// The charset a page names in a `<meta>`. Looser than a browser: attributes are not parsed, so that a page cannot hide
/// behind a quirk; a charset named in a comment counts too, and costs at worst a few letters.
fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let start = start.to_ascii_lowercase();
    let mut rest = start.as_slice();
    // An XML page names it in its first line.
    if let Some(line) = rest.strip_prefix(b"<?xml") {
        let line = line.get(..memchr::memchr(b'>', line)?)?;
        if let Some(at) = memmem::find(line, b"encoding") {
            return named(line.get(at + "encoding".len()..)?);
        }
    }
    while let Some(at) = memmem::find(rest, b"<meta") {
        // What stands in a comment is said to nobody.
        if let Some(comment) = memmem::find(rest, b"<!--").filter(|comment| *comment < at) {
            let inside = rest.get(comment + "<!--".len()..)?;
            rest = inside.get(memmem::find(inside, b"-->")? + "-->".len()..)?;
            continue;
        }
        let tag = rest.get(at + "<meta".len()..)?;
        let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
        let inside = tag.get(..end)?;
        let charset =
            memmem::find(inside, b"charset").and_then(|at| named(inside.get(at + "charset".len()..)?));
        if charset.is_some() && end < tag.len() {
            return charset;
        }
        rest = tag.get(end..)?;
    }
    None
}

/// The encoding named behind an equals sign.
fn named(text: &[u8]) -> Option<&'static Encoding> {
    let text = text.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let text = text.strip_prefix(b"\"").or_else(|| text.strip_prefix(b"'")).unwrap_or(text);
    let length =
        text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)).count();
    let encoding = Encoding::for_label_no_replacement(text.get(..length)?)?;
    // A page whose letters could be read until here is not UTF-16, whatever it says (HTML, 13.2.3.2).
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(label: Option<&str>, prescan: bool, bytes: &[u8], step: usize) -> String {
        let mut charset = Charset::new(label, prescan);
        let mut out = Vec::new();
        for piece in bytes.chunks(step) {
            charset.push(piece, &mut |piece| {
                assert!(std::str::from_utf8(piece).is_ok());
                out.extend_from_slice(piece);
            });
        }
        charset.end(&mut |piece| out.extend_from_slice(piece));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_charset_is_the_browsers() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("été".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for step in [1, 2, 5, 4_000] {
            for (label, bytes, expected) in [
                (None, b"\xef\xbb\xbf\xc3\xa9".as_slice(), "é"),
                (Some("iso-8859-7"), b"\xe1", "α"),
                (Some("iso-8859-7"), b"<meta charset=utf-8>\xe1", "<meta charset=utf-8>α"),
                (None, b"<meta charset=\"koi8-r\">\xc1", "<meta charset=\"koi8-r\">а"),
                (
                    None,
                    b"<META http-equiv=Content-Type content='text/html; charset=windows-1251'>\xe0",
                    "<META http-equiv=Content-Type content='text/html; charset=windows-1251'>а",
                ),
                (
                    None,
                    b"<?xml version='1.0' encoding='iso-8859-2'?>\xb1",
                    "<?xml version='1.0' encoding='iso-8859-2'?>ą",
                ),
                (None, b"caf\xe9 \x93x\x94", "café “x”"),
                (None, "café 中文".as_bytes(), "café 中文"),
                (Some("nonsense"), "é".as_bytes(), "é"),
                (Some("utf-8"), "a中é".as_bytes(), "a中é"),
                (Some("shift_jis"), b"\x93\xfa\x96\x7b", "日本"),
                (None, utf16.as_slice(), "été"),
                (None, b"<meta charset=utf-16>x", "<meta charset=utf-16>x"),
            ] {
                assert_eq!(text(label, true, bytes, step), expected, "{step}");
            }
        }
    }

    #[test]
    fn long_pages_settle_after_their_first_bytes() {
        let page = [vec![b' '; 2_000], b"<meta charset=koi8-r>\xc3\xa9".to_vec()].concat();
        assert!(text(None, true, &page, 100).ends_with("é"));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(text_in in "\\PC{0,60}", legacy: Vec<u8>, step in 1_usize..9) {
            for label in [None, Some("utf-8"), Some("gb18030")] {
                let whole = text(label, true, text_in.as_bytes(), 5_000);
                prop_assert_eq!(text(label, true, text_in.as_bytes(), step), whole);
            }
            let whole = text(None, true, &legacy, 5_000);
            prop_assert_eq!(text(None, true, &legacy, step), whole);
        }
    }
}
