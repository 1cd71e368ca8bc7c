//! Words of rich text (RTF 1.9).
//!
//! Owns: leaving out control words and groups that are not shown. Does not: read code pages but Windows-1252.

use encoding_rs::WINDOWS_1252;

use super::Pieces;

/// How many groups may stand in one another; deeper ones are read as if they stood here.
const DEEPEST_GROUP: usize = 256;
/// Groups whose content is not shown.
const UNSEEN: [&[u8]; 12] = [
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"objdata",
    b"themedata",
    b"datastore",
    b"latentstyles",
    b"listtable",
    b"generator",
    b"colorschememapping",
];

pub(super) fn rtf(bytes: &[u8], pieces: &mut Pieces<'_>) {
    // Which of the open groups are shown.
    let mut shown = vec![true];
    let mut rest = bytes;
    let mut skip_after_unicode = 0_u8;
    while let [first, after @ ..] = rest {
        if pieces.is_full() {
            return;
        }
        let is_shown = shown.last().copied().unwrap_or(true);
        rest = after;
        match first {
            b'{' if shown.len() < DEEPEST_GROUP => shown.push(is_shown),
            b'}' if shown.len() > 1 => drop(shown.pop()),
            b'{' | b'}' | b'\r' | b'\n' => {}
            b'\\' => {
                let (word, number, after) = control(after);
                rest = after;
                match word {
                    b"*" => hide(&mut shown),
                    _ if UNSEEN.contains(&word) => hide(&mut shown),
                    _ if !is_shown => {}
                    b"par" | b"line" | b"tab" | b"cell" | b"row" | b"~" => pieces.push_char('\n'),
                    b"'" => push_byte(u8::try_from(number).unwrap_or(b'?'), &mut skip_after_unicode, pieces),
                    b"u" => {
                        let unit = u32::from(u16::try_from(number & 0xffff).unwrap_or(0));
                        char::from_u32(unit).into_iter().for_each(|c| pieces.push_char(c));
                        skip_after_unicode = 1;
                    }
                    b"\\" | b"{" | b"}" => pieces.push(&String::from_utf8_lossy(word)),
                    _ => {}
                }
            }
            byte if is_shown => push_byte(*byte, &mut skip_after_unicode, pieces),
            _ => {}
        }
    }
}

fn hide(shown: &mut [bool]) {
    if let Some(last) = shown.last_mut() {
        *last = false;
    }
}

/// A character of text. After `\u` stands a replacement for old readers, which is left out.
fn push_byte(byte: u8, skip: &mut u8, pieces: &mut Pieces<'_>) {
    if *skip > 0 {
        *skip -= 1;
        return;
    }
    let one = [byte];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&one);
    pieces.push(&text);
}

/// A control word or sign behind a backslash: name, number, rest.
fn control(text: &[u8]) -> (&[u8], i64, &[u8]) {
    let letters = text.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 {
        let sign = text.get(..1).unwrap_or_default();
        let after = text.get(1..).unwrap_or_default();
        if sign == b"'" {
            let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            let value = digits.and_then(|hex| i64::from_str_radix(hex, 16).ok());
            return (sign, value.unwrap_or(63), after.get(2..).unwrap_or_default());
        }
        return (sign, 0, after);
    }
    let (word, after) = text.split_at(letters);
    let digits = after
        .iter()
        .take(12)
        .enumerate()
        .take_while(|(at, byte)| byte.is_ascii_digit() || *at == 0 && **byte == b'-')
        .count();
    let (number, after) = after.split_at(digits);
    let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    (word, number, after.strip_prefix(b" ").unwrap_or(after))
}
