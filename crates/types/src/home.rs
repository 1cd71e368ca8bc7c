//! Where somebody is reached at home, as far as the filter needs it to notice that it is about to be sent (WEB-26).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The fewest digits of a telephone number: those of a small island's land lines.
const FEWEST_DIGITS: usize = 6;
/// The most digits of a telephone number (ITU-T E.164), with the signs of another country before them.
const MOST_DIGITS: usize = 17;
/// The longest text that is read as one telephone number: its digits and the signs people put between them.
const LONGEST_PHONE: usize = 40;
/// Letters and digits of a UK postcode, shortest and longest (`M1 1AE`, `EC1A 1BB`).
const POSTCODE_LETTERS: std::ops::RangeInclusive<usize> = 5..=7;
/// What stands behind the space of a postcode: a digit and two letters.
const INWARD: usize = 3;

/// A telephone number as somebody wrote it. Its `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// A text that is no telephone number. It is not repeated: it may be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a telephone number has {FEWEST_DIGITS} to {MOST_DIGITS} digits, with spaces, brackets, dots, hyphens or a + before them"
)]
pub struct NotAPhone;

impl Phone {
    /// Reads a number.
    ///
    /// # Errors
    /// When it has too few or too many digits, or other signs than people put between them.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let sign = |(at, c): (usize, char)| c.is_ascii_digit() || " ().-".contains(c) || c == '+' && at == 0;
        let fine = (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits)
            && text.len() <= LONGEST_PHONE
            && text.char_indices().all(sign);
        if fine { Ok(Self(text.to_owned())) } else { Err(NotAPhone) }
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A UK postcode, in capitals with one space. Its `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

/// A text that is no UK postcode. It is not repeated: it may be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a postcode is written like EC1A 1BB")]
pub struct NotAPostcode;

impl Postcode {
    /// Reads a postcode, in any case and spacing.
    ///
    /// # Errors
    /// When it has not the shape of one.
    pub fn parse(text: &str) -> Result<Self, NotAPostcode> {
        let letters: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let split = letters.len().checked_sub(INWARD).and_then(|at| letters.split_at_checked(at));
        let (outward, inward) = split.ok_or(NotAPostcode)?;
        let ends = matches!(inward.as_bytes(), [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z']);
        let begins = outward.starts_with(|c: char| c.is_ascii_uppercase())
            && outward.bytes().any(|byte| byte.is_ascii_digit())
            && outward.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fine = POSTCODE_LETTERS.contains(&letters.len()) && begins && ends;
        if fine { Ok(Self(format!("{outward} {inward}"))) } else { Err(NotAPostcode) }
    }

    /// The postcode.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! kept_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(D::Error::custom)
            }
        }
    )*};
}

kept_as_text!(Phone, Postcode);

#[cfg(test)]
mod tests {
    //! What is a number or a postcode, and that neither is told by accident.

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for text in ["07700 900123", "(01632) 960 001", "+44 20 7946 0958", " 01632-960-001 "] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), text.trim());
        }
        for odd in ["", "none", "12345", "07700 900123 ext 4", "1+2345678", "123456789012345678"] {
            assert_eq!(Phone::parse(odd), Err(NotAPhone), "{odd}");
        }
    }

    #[test]
    fn postcodes_are_read_in_any_spelling() {
        for text in ["ec1a1bb", "EC1A 1BB", " Ec1a  1bB "] {
            assert_eq!(Postcode::parse(text).unwrap().as_str(), "EC1A 1BB");
        }
        assert_eq!(Postcode::parse("m11ae").unwrap().as_str(), "M1 1AE");
        for odd in ["", "EC1A", "1BB EC1A", "EC1A 1B", "ECAA 1BB", "ÉC1A 1BB", "EC1A-1BB"] {
            assert_eq!(Postcode::parse(odd), Err(NotAPostcode), "{odd}");
        }
    }

    #[test]
    fn neither_is_told_by_accident() {
        let (phone, code) = (Phone::parse("07700 900123").unwrap(), Postcode::parse("EC1A 1BB").unwrap());
        assert_eq!(format!("{phone:?} {code:?}"), "Phone(…) Postcode(…)");
        assert!(!Phone::parse("x07700").unwrap_err().to_string().contains("07700"));
    }
}
