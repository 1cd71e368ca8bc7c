//! Which letters a PDF font's codes stand for: `ToUnicode` tables.
//!
//! Owns: reading `bfchar` and `bfrange`. Does not: know fonts without such a table; their codes are read as
//! Windows-1252, which most are.

use std::collections::BTreeMap;

use super::pdf_text::{Token, Tokens};

/// The most codes kept of a table; fonts have at most 65,536.
const MOST_CODES: usize = 65_536;

/// One font's table.
#[derive(Debug, Default)]
pub(super) struct CodeMap {
    letters: BTreeMap<u32, String>,
    code_bytes: usize,
    /// How many codes were read, known ones again included: ranges may name the same codes over and over.
    read: usize,
}

enum Item {
    One(Vec<u8>),
    Many(Vec<Vec<u8>>),
}

impl CodeMap {
    /// Reads a table.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut map = Self { letters: BTreeMap::new(), code_bytes: 1, read: 0 };
        let mut items: Vec<Item> = Vec::new();
        let mut array: Option<Vec<Vec<u8>>> = None;
        for token in Tokens::new(text) {
            match token {
                Token::Text(bytes) => match &mut array {
                    Some(array) => array.push(bytes),
                    None => items.push(Item::One(bytes)),
                },
                Token::ArrayStart => array = Some(Vec::new()),
                Token::ArrayEnd => items.extend(array.take().map(Item::Many)),
                Token::Operator(b"endcodespacerange") => {
                    let longest = items.iter().filter_map(|item| match item {
                        Item::One(code) => Some(code.len()),
                        Item::Many(_) => None,
                    });
                    map.code_bytes = longest.max().unwrap_or(1).clamp(1, 4);
                    items.clear();
                }
                Token::Operator(b"endbfchar") => map.characters(&std::mem::take(&mut items)),
                Token::Operator(b"endbfrange") => map.ranges(&std::mem::take(&mut items)),
                Token::Operator(_) => items.clear(),
                Token::Name(_) | Token::Number(_) => {}
            }
        }
        map
    }

    fn characters(&mut self, items: &[Item]) {
        for pair in items.chunks_exact(2) {
            if let [Item::One(from), Item::One(letters)] = pair {
                self.insert(code(from), utf16(letters));
            }
        }
    }

    fn ranges(&mut self, items: &[Item]) {
        for three in items.chunks_exact(3) {
            match three {
                [Item::One(from), Item::One(to), Item::One(start)] => {
                    let mut units: Vec<u16> = units(start).collect();
                    for code in code(from)..=code(to).min(code(from).saturating_add(0xffff)) {
                        if !self.insert(code, String::from_utf16_lossy(&units)) {
                            break;
                        }
                        if let Some(last) = units.last_mut() {
                            *last = last.wrapping_add(1);
                        }
                    }
                }
                [Item::One(from), _, Item::Many(each)] => {
                    for (code, letters) in (code(from)..).zip(each) {
                        self.insert(code, utf16(letters));
                    }
                }
                _ => {}
            }
        }
    }

    fn insert(&mut self, code: u32, letters: String) -> bool {
        self.read += 1;
        if self.read <= MOST_CODES {
            self.letters.insert(code, letters);
        }
        self.read < MOST_CODES
    }

    /// Whether this table knows the first code of a text.
    pub(super) fn knows(&self, text: &[u8]) -> bool {
        text.chunks(self.code_bytes).next().is_some_and(|first| self.letters.contains_key(&code(first)))
    }

    /// The letters of a text's codes.
    pub(super) fn letters(&self, text: &[u8], each: &mut dyn FnMut(&str)) {
        for bytes in text.chunks(self.code_bytes) {
            if let Some(letters) = self.letters.get(&code(bytes)) {
                each(letters);
            }
        }
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.chunks_exact(2).filter_map(|two| two.try_into().ok().map(u16::from_be_bytes))
}

fn utf16(bytes: &[u8]) -> String {
    // Some writers give one byte where a letter is ASCII.
    if let [byte] = bytes {
        char::from(*byte).to_string()
    } else {
        String::from_utf16_lossy(&units(bytes).collect::<Vec<_>>())
    }
}
