//! Codes people read off paper and type: slips, and devices handed to a class. Random letters with one that checks the
//! others, so that a slip of the finger is caught before anything is looked up. Says nothing of what it stands for.

use serde::{Deserialize, Serialize};

/// The letters and digits of a code, without those that are mistaken for another: I, L, O, U and Z. There are 31, a prime,
/// which is what lets one letter check all others.
const LETTERS: &[u8; 31] = b"0123456789ABCDEFGHJKMNPQRSTVWXY";
/// How many letters are random: 54 bits, so that nobody finds another's slip by trying.
const RANDOM: usize = 11;
/// With the one that checks them.
const ALL: usize = RANDOM + 1;
/// Letters are printed and shown in groups of this many.
const GROUP: usize = 4;

/// A code in normal form: twelve letters, the last of them right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(String);

/// What was typed is no code: too short, too long, or a letter is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a code: a letter is wrong or missing")]
pub struct NoCode;

impl Code {
    /// How many random bytes a code is made of.
    pub const BYTES: usize = RANDOM;

    /// The code of these random bytes.
    pub fn of(random: [u8; Self::BYTES]) -> Self {
        let values = random.map(|byte| usize::from(byte) % LETTERS.len());
        let check = check(&values);
        Self(values.into_iter().chain([check]).filter_map(letter).collect())
    }

    /// Reads a code as it was typed, scanned or printed: with or without hyphens, in any case, and with letters that
    /// look like the right one.
    ///
    /// # Errors
    /// [`NoCode`].
    pub fn parse(text: &str) -> Result<Self, NoCode> {
        let mut values = Vec::with_capacity(ALL);
        for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let meant = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                'Z' => '2',
                'U' => 'V',
                other => other,
            };
            let value = LETTERS.iter().position(|known| char::from(*known) == meant).ok_or(NoCode)?;
            if values.len() == ALL {
                return Err(NoCode);
            }
            values.push(value);
        }
        let (last, random) = values.split_last().ok_or(NoCode)?;
        if random.len() != RANDOM || check(random) != *last {
            return Err(NoCode);
        }
        Ok(Self(values.into_iter().filter_map(letter).collect()))
    }

    /// The letters without hyphens.
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Code {
    /// In groups: `4F7K-Q2AB-9XMD`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

fn letter(value: usize) -> Option<char> {
    LETTERS.get(value).map(|letter| char::from(*letter))
}

/// Each place weighs differently, and 31 is a prime: one wrong letter, or two that changed places, always show.
fn check(random: &[usize]) -> usize {
    random.iter().zip(1..).map(|(value, weight)| value * weight).sum::<usize>() % LETTERS.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(random: [u8; Code::BYTES]) {
            let code = Code::of(random);
            prop_assert!(Code::parse(&code.to_string()).is_ok_and(|read| read == code));
            prop_assert!(Code::parse(&code.letters().to_lowercase()).is_ok_and(|read| read == code));
            let typed = code.to_string().replace('0', "o").replace('1', "l").replace('2', "z").replace('-', " ");
            prop_assert_eq!(Code::parse(&typed).unwrap(), code);
        }

        #[test]
        fn a_wrong_letter_or_two_that_changed_places_is_noticed(
            random: [u8; Code::BYTES], place in 0_usize..ALL, other in 0_usize..31,
        ) {
            let code = Code::of(random);
            let mut letters: Vec<char> = code.letters().chars().collect();
            let wrong = letter(other).unwrap();
            if letters[place] != wrong {
                letters[place] = wrong;
                prop_assert_eq!(Code::parse(&letters.iter().collect::<String>()), Err(NoCode));
            }
            let mut letters: Vec<char> = code.letters().chars().collect();
            let next = (place + 1).min(ALL - 1);
            if letters[place] != letters[next] && next < RANDOM {
                letters.swap(place, next);
                prop_assert_eq!(Code::parse(&letters.iter().collect::<String>()), Err(NoCode));
            }
        }

        #[test]
        fn whatever_is_typed_is_a_code_or_it_is_not(text: String) {
            if let Ok(code) = Code::parse(&text) {
                prop_assert_eq!(Code::parse(code.letters()), Ok(code));
            }
        }
    }
}
