//! Telephone numbers in a text (Ofcom, National Telephone Numbering Plan).
//!
//! Owns: finding digits that are grouped as people write numbers, one spelling for all of them, and which are UK numbers
//! somebody can be reached at. Does not: know other countries' grammar.

/// A UK number with its leading nought.
const DIGITS: usize = 11;
/// The most digits of any number (ITU-T E.164), with the signs of another country before them.
const MOST_DIGITS: usize = 17;

/// A number as the register's are kept: digits only, UK numbers with their nought.
pub(super) fn normal(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = text.trim_start().starts_with('+').then_some(digits.as_str()).or(digits.strip_prefix("00"));
    match abroad {
        None => digits,
        Some(abroad) => match abroad.strip_prefix("44") {
            // `+44 (0)20`: the nought is for those who call from within.
            Some(national) => format!("0{}", national.trim_start_matches('0')),
            None => format!("+{abroad}"),
        },
    }
}

/// Whether a normal number is a UK land line or mobile.
pub(super) fn is_personal(number: &str) -> bool {
    let mut digits = number.bytes();
    if number.len() != DIGITS || digits.next() != Some(b'0') {
        return false;
    }
    match (digits.next(), digits.next()) {
        (Some(b'1'), Some(third)) => third != b'0',
        (Some(b'2'), Some(third)) => matches!(third, b'0' | b'3' | b'4' | b'8' | b'9'),
        (Some(b'7'), Some(_)) => true,
        _ => false,
    }
}

/// Every number in a text, in normal spelling.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            let begins = matches!(byte, b'0'..=b'9' | b'+' | b'(');
            let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
            if !begins || joins(before) {
                at += 1;
                continue;
            }
            let run = run(bytes.get(at..).unwrap_or_default());
            let from = at;
            at += run.max(1);
            let written = text.get(from..from + run).unwrap_or_default();
            let after = bytes.get(at).copied().unwrap_or(b' ');
            if is_grouped(written) && !after.is_ascii_alphanumeric() && after != b'_' {
                return Some(normal(written));
            }
        }
        None
    })
}

/// Whether what stands before makes digits part of something longer: a word, a decimal, an address.
fn joins(before: u8) -> bool {
    before.is_ascii_alphanumeric()
        || before >= 0x80
        || matches!(before, b'.' | b'-' | b'_' | b'/' | b'#' | b'&' | b'%')
}

/// How many bytes from here are digits with the signs people put between them.
fn run(bytes: &[u8]) -> usize {
    let (mut last, mut gap) = (0, 0);
    for (at, byte) in bytes.iter().enumerate().take(MOST_DIGITS * 3) {
        match byte {
            b'0'..=b'9' => (last, gap) = (at + 1, 0),
            b'+' if at == 0 => {}
            b' ' | b'.' | b'-' | b'(' | b')' if gap < 3 => gap += 1,
            _ => break,
        }
    }
    last
}

/// Whether digits are grouped as a telephone number: `07700 900123`, `(020) 7946 0958`, `+44 20 7946 0958`. Dates,
/// versions and sums have shorter groups in front.
fn is_grouped(written: &str) -> bool {
    let groups: Vec<usize> = written
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .map(str::len)
        .collect();
    let digits: usize = groups.iter().sum();
    let abroad = written.starts_with('+') || written.starts_with("00");
    let national = written.trim_start_matches('(').starts_with('0');
    let first = groups.first().copied().unwrap_or_default();
    let rest = groups.get(1..).unwrap_or_default();
    // `07 700 900 123` is how some say it.
    let usual = first >= 3 && rest.iter().all(|group| *group >= 2)
        || first == 2 && rest.iter().all(|group| *group >= 3);
    (8..=MOST_DIGITS).contains(&digits) && groups.len() <= 6 && (abroad || national && usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        numbers(text).filter(|number| is_personal(number)).collect()
    }

    #[test]
    fn uk_numbers_have_one_spelling() {
        for text in [
            "020 7946 0958",
            "(020) 7946 0958",
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "0044 20 7946 0958",
            "020-7946-0958",
            "020.7946.0958",
            "02079460958",
            "call 02079460958.",
            "tel:02079460958",
        ] {
            assert_eq!(found(text), ["02079460958"], "{text}");
        }
        assert_eq!(found("07700 900 123 or 0117 496 0123, thanks"), ["07700900123", "01174960123"]);
        assert_eq!(found("07 700 900 123"), ["07700900123"]);
    }

    #[test]
    fn other_digits_are_no_numbers() {
        for text in [
            "0.1234567890123",
            "01.02.2024 12345",
            "2024-01-02 10:11:12",
            "1732262400123",
            "0800 1111",
            "0800 123 4567",
            "978-0-306-40615-7",
            "0x1234567890a",
            "01 02 03 04 05 06",
            "id_07700900123",
            "077009001234567",
            "0000000000000",
            "12345 x 0678",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
