//! What documents say: their words, for the scanners that read words.
//!
//! Owns: text of PDF, Office and OpenDocument files, e-books, rich text, and old Office files. Does not: lay it out,
//! score it, or say what else is in a document (`archive`).
//!
//! The text comes in pieces, in reading order as far as a format keeps one. Pieces end where a word ends.

mod cmap;
mod office;
pub(crate) mod pdf;
mod pdf_text;
mod rich;

use std::io::{Read, Seek, SeekFrom};

use crate::archive::{Limits, look_inside};
use crate::kind::{Kind, sniff};
use crate::stopwatch::Stopwatch;

/// How many bytes of text a piece has, about: large enough for phrases, small enough for a buffer.
const PIECE_BYTES: usize = 4_096;
/// How far past its size a piece may grow while no word ends; scripts without spaces need an end of some kind.
const LONGEST_PIECE_BYTES: usize = 4 * PIECE_BYTES;

/// How much of a file is read to tell which age of document it is.
const HEAD_BYTES: u64 = 36_864;

/// How much of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// How much of the file is held in memory.
    pub file_bytes: u64,
    /// How much may be unpacked in all.
    pub unpacked_bytes: u64,
    /// How much text is given. A long novel has a million bytes.
    pub text_bytes: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { file_bytes: 32 << 20, unpacked_bytes: 64 << 20, text_bytes: 1 << 20 }
    }
}

/// Reads the words of a document of `kind` and gives them to `sink`, piece after piece. Returns how many bytes of text
/// there were; nothing for a kind that has no words or cannot be read.
pub fn text(
    kind: Kind,
    input: &mut (impl Read + Seek),
    limits: &TextLimits,
    sink: &mut dyn FnMut(&str),
) -> usize {
    // A document with macros may be of either age.
    let kind = if kind == Kind::MacroDocument { sniff(&held(input, HEAD_BYTES)) } else { kind };
    let mut pieces = Pieces { buffer: String::new(), given: 0, limit: limits.text_bytes, sink };
    match kind {
        Kind::Pdf | Kind::PdfActive => pdf_text::read(&held(input, limits.file_bytes), limits, &mut pieces),
        Kind::Rtf => rich::rtf(&held(input, limits.file_bytes), &mut pieces),
        _ => {
            let walk = Limits {
                depth: 1,
                member_bytes: limits.file_bytes,
                unpacked_bytes: limits.unpacked_bytes,
                ..Limits::default()
            };
            let is_ole = matches!(kind, Kind::Ole | Kind::Doc | Kind::Xls | Kind::Ppt);
            let is_zip = matches!(
                kind,
                Kind::Docx
                    | Kind::Xlsx
                    | Kind::Pptx
                    | Kind::Odt
                    | Kind::Ods
                    | Kind::Odp
                    | Kind::Epub
                    | Kind::Zip
                    | Kind::MacroDocument
            );
            if is_ole || is_zip {
                // What the download holds was walked by the time already; words are bounded by their size.
                let watch = Stopwatch::stopped();
                look_inside(kind, input, &walk, &watch, &mut |member| {
                    if is_ole || member.kind == Kind::Unknown && office::is_old_stream(member.path) {
                        office::old(member.path, member.bytes, &mut pieces);
                    } else if member.depth == 1 && office::has_text(member.path) {
                        office::markup(member.bytes, &mut pieces);
                    }
                });
            }
        }
    }
    pieces.finish()
}

fn held(input: &mut (impl Read + Seek), most_bytes: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if input.seek(SeekFrom::Start(0)).is_ok() {
        // What could be read before a fault is text all the same.
        let _read: Result<usize, _> = input.take(most_bytes).read_to_end(&mut bytes);
    }
    bytes
}

/// Gathers text and hands it on in pieces.
struct Pieces<'s> {
    buffer: String,
    given: usize,
    limit: usize,
    sink: &'s mut dyn FnMut(&str),
}

impl Pieces<'_> {
    /// Adds text as it is.
    fn push(&mut self, text: &str) {
        text.chars().for_each(|c| self.push_char(c));
    }

    /// Adds one character. Runs of white space become one.
    fn push_char(&mut self, c: char) {
        if self.is_full() {
            return;
        }
        if !c.is_whitespace() && !c.is_control() {
            self.buffer.push(c);
            if self.buffer.len() >= LONGEST_PIECE_BYTES {
                self.give();
            }
        } else if !self.buffer.is_empty() && !self.buffer.ends_with([' ', '\n']) {
            self.buffer.push(if c == '\n' { '\n' } else { ' ' });
            if self.buffer.len() >= PIECE_BYTES {
                self.give();
            }
        }
    }

    /// Whether no more is wanted.
    fn is_full(&self) -> bool {
        self.given.saturating_add(self.buffer.len()) >= self.limit
    }

    fn give(&mut self) {
        self.given = self.given.saturating_add(self.buffer.len());
        (self.sink)(&self.buffer);
        self.buffer.clear();
    }

    fn finish(mut self) -> usize {
        if !self.buffer.trim().is_empty() {
            self.give();
        }
        self.given
    }
}

#[cfg(test)]
mod tests;
