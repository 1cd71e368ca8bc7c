//! Postcodes and streets in a text (Royal Mail, Programmer's Guide to PAF: postcode formats; ONS postcode areas).
//!
//! Owns: the grammar of UK postcodes, and what a house in a street looks like. Does not: know whether either exists.

use super::Field;

/// How far before a postcode its street stands, in bytes: town and county are between them.
const STREET_REACH_BYTES: usize = 120;
/// The longest value that is one address, or one line of it.
const LONGEST_ADDRESS_BYTES: usize = 250;
/// Words between a house's number and what its street is called by: `12 Great St Mary's Lane`.
const MOST_STREET_WORDS: usize = 4;

/// Every postcode area.
const AREAS: &str = " AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E \
    EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML \
    N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ \
    TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";

/// What streets and houses are called by.
const STREETS: [&str; 37] = [
    "street", "st", "road", "rd", "lane", "ln", "avenue", "ave", "close", "cl", "drive", "dr", "way",
    "crescent", "cres", "court", "ct", "gardens", "gdns", "place", "pl", "terrace", "grove", "hill",
    "square", "park", "mews", "row", "walk", "rise", "green", "view", "parade", "wharf", "gate", "cottages",
    "flats",
];

/// A postcode as the register's are kept: capitals, no space.
pub(super) fn normal(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Every postcode in a text, in normal spelling, and where it begins.
pub(super) fn postcodes(text: &str) -> impl Iterator<Item = (usize, String)> {
    let bytes = text.as_bytes();
    // The last part is a digit and two letters; the first part stands before it, with one space or none.
    bytes.windows(3).enumerate().filter_map(move |(at, inward)| {
        let [digit, first, second] = inward else { return None };
        let letters =
            |byte: &u8| byte.is_ascii_alphabetic() && !b"CIKMOV".contains(&byte.to_ascii_uppercase());
        let ends = bytes.get(at + 3).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80);
        if !(digit.is_ascii_digit() && letters(first) && letters(second) && ends) {
            return None;
        }
        let before = bytes.get(..at)?;
        let before = before.strip_suffix(b" ").unwrap_or(before);
        let outward = before.iter().rev().take(5).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let begins = before.len().checked_sub(outward)?;
        let outward = text.get(begins..before.len())?.to_ascii_uppercase();
        let joined = begins.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|byte| *byte >= 0x80);
        (!joined && is_outward(&outward))
            .then(|| (begins, outward + &text.get(at..at + 3).unwrap_or_default().to_ascii_uppercase()))
    })
}

fn is_outward(outward: &str) -> bool {
    let letters = outward.bytes().take_while(u8::is_ascii_alphabetic).count();
    let Some((area, district)) = outward.split_at_checked(letters) else { return false };
    let known = (1..=2).contains(&area.len()) && AREAS.contains(&format!(" {area} "));
    known
        && match district.as_bytes() {
            [b'0'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => true,
            [b'0'..=b'9', letter] if area.len() == 1 => b"ABCDEFGHJKPSTUW".contains(letter),
            [b'0'..=b'9', letter] => b"ABEHMNPRVWXY".contains(letter),
            _ => false,
        }
}

/// What stands before a place in a text, as far as a street can.
pub(super) fn before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(STREET_REACH_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..at).unwrap_or_default()
}

/// Whether a value can be one address or a line of it.
pub(super) fn is_short(value: &str) -> bool {
    value.len() <= LONGEST_ADDRESS_BYTES
}

/// Whether one of the fields, by itself, is a house in a street.
pub(super) fn form_has_street(fields: &[Field<'_>]) -> bool {
    fields.iter().any(|field| is_short(field.value) && has_street(field.value))
}

/// Whether a text names a house in a street: `12 Mill Lane`, `Flat 3a, Kiln Court`.
pub(super) fn has_street(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let after = || words.iter().skip(at + 1).take(MOST_STREET_WORDS + 1);
        let street = after().position(|word| STREETS.contains(&word.as_str()));
        // A number and a street's kind alone (`3 way`, `2 park`) are no address.
        is_house(word)
            && street.is_some_and(|words| words >= 1 && !after().take(words).any(|word| is_house(word)))
    })
}

/// `7`, `12`, `104b`: houses have at most four digits, and years are rarely before a street.
fn is_house(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = word.get(digits..).unwrap_or_default();
    (1..=4).contains(&digits)
        && (rest.is_empty() || rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_follow_their_grammar() {
        for (text, code) in [
            ("M1 1AA", "M11AA"),
            ("m60 1nw", "M601NW"),
            ("CR2 6XH", "CR26XH"),
            ("DN55 1PT", "DN551PT"),
            ("W1A 1HQ", "W1A1HQ"),
            ("EC1A 1BB", "EC1A1BB"),
            ("at YO17HH.", "YO17HH"),
            ("(B33 8TH)", "B338TH"),
        ] {
            assert_eq!(postcodes(text).map(|(_, code)| code).collect::<Vec<_>>(), [code], "{text}");
        }
        for text in ["QQ1 1AA", "M1 1CI", "A1 2BC3", "version 1AA", "xM1 1AA", "B 1AA", "AB123 4CD"] {
            assert_eq!(postcodes(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn houses_stand_in_streets() {
        for text in ["12 Mill Lane", "I live at 104b Great North Road, ok", "Flat 3a, Kiln Court"] {
            assert!(has_street(text), "{text}");
        }
        for text in ["3 way", "in 1066 the battle", "a street", "12 apples", "the 3 2 1 close"] {
            assert!(!has_street(text), "{text}");
        }
    }
}
