//! Words of PDF pages.
//!
//! Owns: the tokens of content streams, the text operators, and which font's table a text is read with. Does not:
//! place anything on a page: the order is the file's, which nearly all writers keep as people read.

use std::collections::BTreeMap;
use std::io::Read;

use encoding_rs::WINDOWS_1252;
use memchr::memmem;

use super::cmap::CodeMap;
use super::pdf::{Object, is_delimiter, objects};
use super::{Pieces, TextLimits};

/// The longest string token; pages show at most a line at once.
const LONGEST_TEXT_BYTES: usize = 65_536;
/// How far back a number in a `TJ` array moves, in thousandths of the letter height, before it is a space.
const SPACE_FROM_THOUSANDTHS: f32 = -180.0;
/// The largest stream read for text. Pages of text are some kilobytes; larger streams are pictures.
const LARGEST_STREAM_BYTES: u64 = 4 << 20;
/// The most fonts whose tables are kept.
const MOST_FONTS: usize = 256;

/// Reads the words of a PDF.
pub(super) fn read(bytes: &[u8], limits: &TextLimits, pieces: &mut Pieces<'_>) {
    let mut left = limits.unpacked_bytes;
    let fonts = Fonts::read(bytes, &mut left);
    for object in objects(bytes) {
        if pieces.is_full() || left == 0 {
            return;
        }
        if is_page(&object) {
            let content = unpacked(&object, &mut left);
            if memmem::find(&content, b"Tj").or_else(|| memmem::find(&content, b"TJ")).is_some() {
                page(&content, &fonts, pieces);
            }
        }
    }
}

/// Whether a stream may be a page's content: what it is not says so.
fn is_page(object: &Object<'_>) -> bool {
    let others: [&[u8]; 8] =
        [b"Image", b"ObjStm", b"XRef", b"Metadata", b"Length1", b"EmbeddedFile", b"FontFile", b"DCTDecode"];
    !object.data.is_empty() && !others.iter().any(|name| object.has(name))
}

fn unpacked(object: &Object<'_>, left: &mut u64) -> Vec<u8> {
    let mut content = Vec::new();
    // A stream cut short is read as far as it goes.
    let _cut: Result<usize, _> =
        object.unpacked().take(LARGEST_STREAM_BYTES.min(*left)).read_to_end(&mut content);
    *left = left.saturating_sub(u64::try_from(content.len()).unwrap_or(u64::MAX));
    content
}

/// The tables by the names pages use for fonts. Two pages may use one name for two fonts: both are kept.
#[derive(Debug, Default)]
struct Fonts {
    maps: BTreeMap<u32, CodeMap>,
    by_name: BTreeMap<Vec<u8>, Vec<u32>>,
}

impl Fonts {
    fn read(bytes: &[u8], left: &mut u64) -> Self {
        let mut fonts = Self::default();
        let mut tables = BTreeMap::new();
        let mut named = Vec::new();
        for object in objects(bytes) {
            links(object.dictionary, None, &mut tables, &mut named);
            if object.has(b"ObjStm") {
                let unpacked = unpacked(&object, left);
                packed_links(&unpacked, &mut tables, &mut named);
            } else if is_page(&object) && fonts.maps.len() < MOST_FONTS && object.data.len() < 65_536 {
                let content = unpacked(&object, left);
                if let (Some(number), true) =
                    (object.number(), memmem::find(&content, b"begincmap").is_some())
                {
                    fonts.maps.insert(number, CodeMap::read(&content));
                }
            }
        }
        for (name, font) in named {
            let map = tables.get(&font).copied().filter(|map| fonts.maps.contains_key(map));
            let maps = fonts.by_name.entry(name).or_default();
            if let Some(map) = map.filter(|map| !maps.contains(map) && maps.len() < MOST_FONTS) {
                maps.push(map);
            }
        }
        fonts
    }

    fn map(&self, name: &[u8], text: &[u8]) -> Option<&CodeMap> {
        let mut maps = self.by_name.get(name)?.iter().filter_map(|number| self.maps.get(number)).peekable();
        let first = maps.peek().copied();
        maps.find(|map| map.knows(text)).or(first)
    }
}

/// Follows `/ToUnicode 5 0 R` within objects and `/F1 4 0 R` anywhere: fonts are small and names that are none of a
/// font's lead nowhere.
fn links(text: &[u8], number: Option<u32>, tables: &mut BTreeMap<u32, u32>, named: &mut Vec<(Vec<u8>, u32)>) {
    let mut current = number;
    let mut name: Option<Vec<u8>> = None;
    let mut numbers: [Option<u32>; 2] = [None, None];
    for token in Tokens::new(text) {
        match token {
            Token::Number(value) => {
                let [_, last] = numbers;
                // Object numbers are whole and small.
                numbers = [last, format!("{value}").parse().ok()];
            }
            Token::Operator(b"obj") => {
                (current, name) = (numbers.first().copied().flatten().or(current), None);
            }
            Token::Operator(b"R") => {
                let to = numbers.first().copied().flatten();
                match (name.take(), to) {
                    (Some(name), Some(to)) if name == b"ToUnicode" => {
                        tables.extend(current.map(|current| (current, to)));
                    }
                    (Some(name), Some(to)) if named.len() < 65_536 => named.push((name, to)),
                    _ => {}
                }
            }
            Token::Name(read) => (name, numbers) = (Some(read.to_vec()), [None, None]),
            _ => {}
        }
    }
}

/// The same in a packed object stream: its first numbers say which object begins where.
fn packed_links(text: &[u8], tables: &mut BTreeMap<u32, u32>, named: &mut Vec<(Vec<u8>, u32)>) {
    let first_sign = text.iter().position(|byte| matches!(byte, b'<' | b'[' | b'/' | b'(')).unwrap_or(0);
    let header = String::from_utf8_lossy(text.get(..first_sign).unwrap_or_default()).into_owned();
    let numbers: Vec<usize> =
        header.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect();
    let places: Vec<(usize, usize)> =
        numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
    for (at, (number, start)) in places.iter().enumerate() {
        let end = places.get(at + 1).map_or(text.len(), |(_, next)| first_sign.saturating_add(*next));
        let start = first_sign.saturating_add(*start);
        if let Some(object) = text.get(start..end.min(text.len())) {
            links(object, u32::try_from(*number).ok(), tables, named);
        }
    }
}

fn page(content: &[u8], fonts: &Fonts, pieces: &mut Pieces<'_>) {
    let mut name: &[u8] = b"";
    let mut font: &[u8] = b"";
    let mut texts: Vec<Result<Vec<u8>, f32>> = Vec::new();
    for token in Tokens::new(content) {
        match token {
            Token::Name(read) => name = read,
            Token::Text(text) => texts.push(Ok(text)),
            Token::Number(number) => texts.push(Err(number)),
            Token::ArrayStart | Token::ArrayEnd => {}
            Token::Operator(operator) => {
                match operator {
                    b"Tf" => font = name,
                    b"Tj" | b"TJ" => show(&texts, font, fonts, pieces),
                    b"'" | b"\"" => {
                        pieces.push_char('\n');
                        show(&texts, font, fonts, pieces);
                    }
                    // Moves along the line are spaces too, or letters set apart; a line's end is either.
                    b"Td" | b"TD" => {
                        let same_line = matches!(texts.as_slice(), [.., Err(_), Err(0.0)]);
                        pieces.push_char(if same_line { ' ' } else { '\n' });
                    }
                    b"T*" | b"Tm" | b"ET" => pieces.push_char('\n'),
                    _ => {}
                }
                texts.clear();
            }
        }
        if pieces.is_full() {
            return;
        }
        if texts.len() > 8_192 {
            texts.clear();
        }
    }
    pieces.push_char('\n');
}

fn show(texts: &[Result<Vec<u8>, f32>], font: &[u8], fonts: &Fonts, pieces: &mut Pieces<'_>) {
    for text in texts {
        match text {
            Ok(text) => match fonts.map(font, text) {
                Some(map) => map.letters(text, &mut |letters| pieces.push(letters)),
                None => pieces.push(&WINDOWS_1252.decode_without_bom_handling(text).0),
            },
            Err(moved) if *moved < SPACE_FROM_THOUSANDTHS => pieces.push_char(' '),
            Err(_) => {}
        }
    }
}

/// What PDF is made of, as far as text needs it.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A name without its slash, escapes left in.
    Name(&'a [u8]),
    /// A string of either form, unescaped.
    Text(Vec<u8>),
    Number(f32),
    ArrayStart,
    ArrayEnd,
    Operator(&'a [u8]),
}

/// See [`Token`].
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    fn bump(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn word(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| is_delimiter(*byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A string in parentheses, which may hold others (ISO 32000-1, 7.3.4.2).
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut open = 1_u32;
        while let Some(byte) = self.bump() {
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => break,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
            if text.len() >= LONGEST_TEXT_BYTES {
                break;
            }
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        match self.bump() {
            Some(b'n') => text.push(b'\n'),
            Some(b'r') => text.push(b'\r'),
            Some(b't') => text.push(b'\t'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.rest.first().copied() else { break };
                    value = value * 8 + u32::from(next - b'0');
                    self.bump();
                }
                text.push(u8::try_from(value & 0xff).unwrap_or(0));
            }
            Some(b'\n' | b'\r' | b'b' | b'f') | None => {}
            Some(other) => text.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut high = None;
        while let Some(byte) = self.bump() {
            if byte == b'>' || text.len() >= LONGEST_TEXT_BYTES {
                break;
            }
            let Some(digit) = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()) else {
                continue;
            };
            match high.take() {
                Some(high) => text.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
        text.extend(high.map(|high: u8| high << 4));
        text
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            match *self.rest.first()? {
                b'/' => {
                    self.bump();
                    return Some(Token::Name(self.word()));
                }
                b'(' => {
                    self.bump();
                    return Some(Token::Text(self.literal()));
                }
                b'<' if self.rest.get(1) != Some(&b'<') => {
                    self.bump();
                    return Some(Token::Text(self.hexadecimal()));
                }
                b'<' => self.rest = self.rest.get(2..).unwrap_or_default(),
                b'[' => {
                    self.bump();
                    return Some(Token::ArrayStart);
                }
                b']' => {
                    self.bump();
                    return Some(Token::ArrayEnd);
                }
                b'%' => {
                    let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.rest = end.and_then(|end| self.rest.get(end..)).unwrap_or_default();
                }
                byte if is_delimiter(byte) => drop(self.bump()),
                _ => {
                    let word = self.word();
                    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse::<f32>().ok());
                    return Some(match number.filter(|number| number.is_finite()) {
                        Some(number) => Token::Number(number),
                        None => Token::Operator(word),
                    });
                }
            }
        }
    }
}
