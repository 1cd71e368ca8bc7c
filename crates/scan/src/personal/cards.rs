//! Payment card numbers (ISO/IEC 7812).
//!
//! Owns: prefixes and lengths of the schemes, the check digit, how numbers are grouped. Does not: know whether a card
//! exists; the numbers that schemes give out for tests count.

use super::Field;

/// First digits, as a range of four, and the lengths a scheme gives out.
const SCHEMES: [(u16, u16, &[usize]); 17] = [
    (2_200, 2_204, &[16]),
    (2_221, 2_720, &[16]),
    (3_000, 3_059, &[14, 16]),
    (3_400, 3_499, &[15]),
    (3_528, 3_589, &[16]),
    (3_600, 3_699, &[14]),
    (3_700, 3_799, &[15]),
    (3_800, 3_999, &[14, 16]),
    (4_000, 4_999, &[13, 16, 19]),
    (5_018, 5_018, &[16, 18, 19]),
    (5_020, 5_038, &[16, 18, 19]),
    (5_100, 5_599, &[16]),
    (6_011, 6_011, &[16]),
    (6_200, 6_299, &[16, 17, 18, 19]),
    (6_304, 6_304, &[16, 18, 19]),
    (6_440, 6_599, &[16]),
    (6_759, 6_763, &[16, 18, 19]),
];

/// Words in the names of fields for cards.
const CARD_FIELDS: [&str; 11] = [
    "card",
    "cards",
    "cardnumber",
    "cardno",
    "ccnumber",
    "ccnum",
    "ccno",
    "cc",
    "pan",
    "creditcard",
    "debitcard",
];
/// Words in the names of fields that hold what programs count with.
const COUNTED: [&str; 13] = [
    "id",
    "ids",
    "key",
    "token",
    "ts",
    "time",
    "timestamp",
    "uid",
    "uuid",
    "nonce",
    "hash",
    "session",
    "ref",
];

/// Whether a field is one for cards.
pub(crate) fn hinted(field: &Field<'_>) -> bool {
    field.is_called(&CARD_FIELDS)
}

/// Whether a card number stands in a field. `expected` where the form is one that asks for cards.
pub(crate) fn within(field: &Field<'_>, expected: bool) -> bool {
    let expected = expected || hinted(field);
    let counted = field.name.split(' ').any(|word| COUNTED.contains(&word) || word.ends_with("id"));
    let bytes = field.value.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if !byte.is_ascii_digit() {
            at += 1;
            continue;
        }
        let written = run(field.value.get(at..).unwrap_or_default());
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
        at += written.len().max(1);
        let after = bytes.get(at).copied().unwrap_or(b' ');
        let stands_alone = !before.is_ascii_alphanumeric()
            && !matches!(before, b'.' | b'-' | b'_' | b'/' | b'+' | b'=')
            && !after.is_ascii_alphanumeric()
            && after != b'_';
        if stands_alone && is_written(written, expected, counted) {
            return true;
        }
    }
    false
}

/// Whether a number stands in neighbouring fields, in the groups that are on the card.
pub(crate) fn in_parts(fields: &[Field<'_>], expected: bool) -> bool {
    fields.windows(4).any(|fields| {
        let parts: Vec<&str> = fields.iter().map(|field| field.value.trim()).collect();
        let all_digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let of_four = parts.iter().all(|part| part.len() == 4);
        let amex = parts.get(..3).is_some_and(|three| {
            three.iter().map(|part| part.len()).eq([4, 6, 5]) && three.iter().all(all_digits)
        });
        let digits = if of_four && parts.iter().all(all_digits) {
            parts.concat()
        } else if amex {
            parts.get(..3).unwrap_or_default().concat()
        } else {
            return false;
        };
        (expected || fields.iter().take(3).all(hinted)) && is_card(&digits)
    })
}

/// Digits with single spaces or hyphens between them.
fn run(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut end = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => end = at + 1,
            b' ' | b'-' if next_is_digit => {}
            _ => break,
        }
    }
    text.get(..end).unwrap_or_default()
}

fn is_written(written: &str, expected: bool, counted: bool) -> bool {
    let groups: Vec<usize> = written.split([' ', '-']).map(str::len).collect();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let grouping = match groups.as_slice() {
        // Longer and shorter ones are rare on cards and usual in programs.
        [14..=16] => expected || !counted,
        [_] => expected,
        [4, 4, 4, 4] | [4, 6, 5] | [4, 6, 4] => true,
        [4, 4, 4, 1] | [4, 4, 4, 4, 2 | 3] | [6, 13] => expected,
        _ => false,
    };
    grouping && is_card(&digits)
}

fn is_card(digits: &str) -> bool {
    let Some(prefix) = digits.get(..4).and_then(|prefix| prefix.parse::<u16>().ok()) else { return false };
    SCHEMES
        .iter()
        .any(|(from, to, lengths)| (*from..=*to).contains(&prefix) && lengths.contains(&digits.len()))
        && has_check_digit(digits)
}

/// The check digit by Luhn (ISO/IEC 7812-1, annex B).
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}
