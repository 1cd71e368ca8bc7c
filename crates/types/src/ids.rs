//! Identifiers: 64-bit numbers that say what they name, written as short text people can read out.
//!
//! Does not: make identifiers. [`IdSource`] is a trait; the edges bring one that has a clock and randomness.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::moment::Moment;

/// Crockford's base 32: no I, L, O or U, so that a reference read out over the phone survives.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Longest text of a 64-bit number in base 32.
const MAX_DIGITS: usize = 13;

/// What an [`Id`] names. Implemented by marker types only.
pub trait Named: 'static {
    /// The noun, as used in error messages and routes.
    const NOUN: &'static str;
}

/// An identifier of one kind of thing. Two kinds cannot be mixed up; two ids of a kind compare by age.
///
/// The top 42 bits are milliseconds since 2020, the rest is random, so ids sort by creation.
pub struct Id<T: Named>(u64, PhantomData<fn() -> T>);

impl<T: Named> Id<T> {
    /// The id with this number.
    pub const fn new(number: u64) -> Self {
        Self(number, PhantomData)
    }

    /// The number, for storage (never above `i64::MAX`, so that SQL engines can hold it).
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl<T: Named> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Named> Copy for Id<T> {}
impl<T: Named> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T: Named> Eq for Id<T> {}
impl<T: Named> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T: Named> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T: Named> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T: Named> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{self}", T::NOUN)
    }
}
impl<T: Named> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {noun} reference: it has 1 to 13 letters and digits without I, L, O or U")]
pub struct NotAnId {
    text: String,
    noun: &'static str,
}

impl<T: Named> FromStr for Id<T> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        decode(text)
            .map(Self::new)
            .ok_or_else(|| NotAnId { text: text.chars().take(40).collect(), noun: T::NOUN })
    }
}

impl<T: Named> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de, T: Named> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(D::Error::custom)
        } else {
            u64::deserialize(deserializer).map(Self::new)
        }
    }
}

fn encode(mut number: u64) -> String {
    let mut digits = Vec::with_capacity(MAX_DIGITS);
    loop {
        let digit = usize::try_from(number & 31).unwrap_or(0);
        digits.push(ALPHABET.get(digit).copied().unwrap_or(b'0'));
        number >>= 5;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().map(|&byte| char::from(byte)).collect()
}

fn decode(text: &str) -> Option<u64> {
    let digits = text.bytes().filter(|&byte| byte != b'-');
    let mut number: u64 = 0;
    let mut length = 0;
    for byte in digits {
        let byte = match byte.to_ascii_lowercase() {
            b'o' => b'0',
            b'i' | b'l' => b'1',
            other => other,
        };
        let digit = ALPHABET.iter().position(|&known| known == byte)?;
        length += 1;
        if length > MAX_DIGITS || number >> 59 != 0 {
            return None;
        }
        number = (number << 5) | u64::try_from(digit).ok()?;
    }
    (length > 0).then_some(number)
}

/// Where new identifiers come from. Edges bring the clock and the randomness.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// A number never given before in this school.
    fn next(&self, at: Moment) -> u64;
}

/// Puts a moment and 21 random bits together into an identifier number that sorts by age and fits an `i64`.
pub const fn compose(at: Moment, random: u32) -> u64 {
    const EPOCH_2020_MS: i64 = 1_577_836_800_000;
    let since = at.unix_ms().saturating_sub(EPOCH_2020_MS);
    let since = if since < 0 { 0 } else { since.cast_unsigned() };
    ((since & ((1 << 42) - 1)) << 21) | (random & ((1 << 21) - 1)) as u64
}

macro_rules! nouns {
    ($($(#[$doc:meta])* $marker:ident, $alias:ident, $noun:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $marker {}
            impl Named for $marker {
                const NOUN: &'static str = $noun;
            }
            $(#[$doc])*
            pub type $alias = Id<$marker>;
        )*
    };
}

nouns! {
    /// A school (one in most installations, many in a trust).
    School, SchoolId, "school";
    /// A member of staff, pupil, governor, parent or visitor.
    Person, PersonId, "person";
    /// A class or other teaching group.
    Group, GroupId, "group";
    /// A device or computer.
    Device, DeviceId, "device";
    /// One lesson session opened by an adult.
    Lesson, LessonId, "lesson";
    /// A list of pages a teacher prepared for a lesson.
    LessonList, LessonListId, "lesson list";
    /// A grant: a page opened to somebody until a time.
    Grant, GrantId, "grant";
    /// A request to open a page.
    Request, RequestId, "request";
    /// One signature under an agreement.
    Signature, SignatureId, "signature";
    /// One version of an agreement.
    AgreementVersion, AgreementVersionId, "agreement version";
    /// An entry in one of the school's registers.
    Entry, EntryId, "register entry";
    /// A sign-in that binds a person to a device address or a browser.
    Session, SessionId, "session";
    /// One recorded request or other event.
    Event, EventId, "event";
    /// A report built for a period.
    Report, ReportId, "report";
    /// A sanction that narrows what a person can reach.
    Sanction, SanctionId, "sanction";
    /// A look at somebody's activity.
    Look, LookId, "look";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reference_survives_being_read_out() {
        let id: EventId = Id::new(0x0123_4567_89ab);
        let text = id.to_string();
        let spoken = text.to_uppercase().replace('0', "O").replace('1', "l");
        assert_eq!(spoken.parse::<EventId>().unwrap(), id);
    }

    #[test]
    fn nonsense_is_named() {
        let error = "not a ref!".parse::<PersonId>().unwrap_err();
        assert!(error.to_string().contains("person reference"), "{error}");
        assert!("".parse::<PersonId>().is_err());
        assert!("zzzzzzzzzzzzzz".parse::<PersonId>().is_err());
        assert!("zzzzzzzzzzzzz".parse::<PersonId>().is_err(), "over 64 bits");
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = compose(Moment::from_unix_ms(1_700_000_000_000), u32::MAX);
        let late = compose(Moment::from_unix_ms(1_700_000_000_001), 0);
        assert!(early < late);
        assert!(i64::try_from(late).is_ok());
    }

    proptest! {
        #[test]
        fn text_and_number_are_the_same(number: u64) {
            let id: PersonId = Id::new(number);
            prop_assert_eq!(id.to_string().parse::<PersonId>().unwrap(), id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<PersonId>(&json).unwrap(), id);
            let wire = postcard::to_stdvec(&id).unwrap();
            prop_assert_eq!(postcard::from_bytes::<PersonId>(&wire).unwrap(), id);
        }
    }
}
