//! What the school asks of a password. Hashing is `directory`'s; here is only the rule.

use serde::{Deserialize, Serialize};

/// Longest password taken, so that hashing one cannot be used to keep the server busy.
pub const LONGEST_PASSWORD_CHARS: usize = 128;

/// Passwords everybody tries first. National advice (NCSC) is to refuse these whatever their letters.
const TRIED_FIRST: [&str; 20] = [
    "password",
    "passw0rd",
    "letmein",
    "welcome",
    "qwerty",
    "qwertyuiop",
    "abc123",
    "123456",
    "12345678",
    "iloveyou",
    "football",
    "liverpool",
    "arsenal",
    "chelsea",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "school",
    "teacher",
];

/// The school's password rule (ACC-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PasswordRule {
    /// Fewest characters.
    pub characters: u8,
    /// Whether both small and capital letters are needed.
    #[serde(default)]
    pub both_cases: bool,
    /// Fewest digits.
    #[serde(default)]
    pub digits: u8,
    /// Fewest characters that are neither letter nor digit.
    #[serde(default)]
    pub symbols: u8,
    /// Whether passwords that everybody tries first are refused.
    #[serde(default)]
    pub refuse_common: bool,
}

/// What a password lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// Too few characters.
    TooShort,
    /// More characters than anybody types.
    TooLong,
    /// No small letter.
    NoSmallLetter,
    /// No capital letter.
    NoCapital,
    /// Too few digits.
    TooFewDigits,
    /// Too few symbols.
    TooFewSymbols,
    /// One of the passwords everybody tries first, or the user's own name.
    TriedFirst,
}

impl PasswordRule {
    /// Everything `password` lacks; empty when it is good. `username` may not be the password.
    pub fn weaknesses(&self, password: &str, username: &str) -> Vec<Weakness> {
        let count = |fits: fn(char) -> bool| password.chars().filter(|&c| fits(c)).count();
        let length = password.chars().count();
        let lower = password.to_lowercase();
        let bare = lower.trim_end_matches(|c: char| !c.is_alphabetic());
        let common = TRIED_FIRST.iter().any(|&tried| lower == tried || bare == tried)
            || lower == username.to_lowercase();
        [
            (length < usize::from(self.characters), Weakness::TooShort),
            (length > LONGEST_PASSWORD_CHARS, Weakness::TooLong),
            (self.both_cases && count(char::is_lowercase) == 0, Weakness::NoSmallLetter),
            (self.both_cases && count(char::is_uppercase) == 0, Weakness::NoCapital),
            (count(char::is_numeric) < usize::from(self.digits), Weakness::TooFewDigits),
            (
                count(|c| !c.is_alphanumeric() && !c.is_whitespace()) < usize::from(self.symbols),
                Weakness::TooFewSymbols,
            ),
            (self.refuse_common && common, Weakness::TriedFirst),
        ]
        .into_iter()
        .filter_map(|(lacks, weakness)| lacks.then_some(weakness))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: PasswordRule =
        PasswordRule { characters: 6, both_cases: true, digits: 1, symbols: 1, refuse_common: false };

    #[test]
    fn the_acceptance_check_of_acc_07() {
        assert!(CODES.weaknesses("Abc12", "x").contains(&Weakness::TooShort));
        assert_eq!(CODES.weaknesses("abcde1!", "x"), [Weakness::NoCapital]);
        assert_eq!(CODES.weaknesses("Abcd1!", "x"), []);
        let longer = PasswordRule { characters: 12, ..CODES };
        assert_eq!(longer.weaknesses("Abcd1!", "x"), [Weakness::TooShort]);
    }

    #[test]
    fn the_first_guesses_are_refused() {
        let rule =
            PasswordRule { characters: 4, both_cases: false, digits: 0, symbols: 0, refuse_common: true };
        for tried in ["Password", "password1!", "LIVERPOOL", "j.price"] {
            assert_eq!(rule.weaknesses(tried, "J.Price"), [Weakness::TriedFirst], "{tried}");
        }
        assert_eq!(rule.weaknesses("wet-otter-lamp", "j.price"), []);
    }
}
