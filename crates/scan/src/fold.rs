//! Undoing disguised spelling, so that one phrase in a list finds all its forms.
//!
//! Text becomes words of plain lower-case letters and digits with single spaces between and around them: case, accents,
//! look-alike letters from other alphabets, zero-width characters, punctuation and stretched letters are gone. Two
//! further readings are made only where the text calls for them: digits and signs read as letters (`su1c1de`), and
//! spelled-out words joined (`k i l l`).

use unicode_normalization::UnicodeNormalization;

/// The longest text folded, in characters; longer ones are cut. Search words and addresses are far shorter.
pub const LONGEST_TEXT_CHARS: usize = 4_096;

/// Every reading of a text, plain reading first; none repeated.
pub fn readings(text: &str) -> Vec<String> {
    let plain = fold(text, false);
    let mut readings = vec![plain];
    let mut add = |reading: String| {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    if text.chars().any(|c| leet(c).is_some()) {
        add(fold(text, true));
    }
    for reading in readings.clone() {
        if let Some(joined) = join_spelled_out(&reading) {
            readings.push(joined);
        }
    }
    readings.dedup();
    readings
}

/// The plain reading of a phrase, without the surrounding spaces: how list phrases are kept.
pub fn phrase(text: &str) -> String {
    fold(text, false).trim().to_owned()
}

fn fold(text: &str, read_leet: bool) -> String {
    let chars: Vec<char> = text.nfkd().take(LONGEST_TEXT_CHARS).collect();
    let mut out = String::with_capacity(chars.len() + 2);
    out.push(' ');
    for (at, &c) in chars.iter().enumerate() {
        let letter_near = || {
            let near = |index: Option<usize>| {
                index.and_then(|index| chars.get(index)).is_some_and(|c| c.is_alphabetic())
            };
            near(at.checked_sub(1)) || near(at.checked_add(1))
        };
        let c = match leet(c) {
            Some(letter) if read_leet && letter_near() => letter,
            _ => c,
        };
        if is_invisible(c) || is_mark(c) || is_inside_word(c) {
            continue;
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase().map(look_alike));
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    unstretch(&out)
}

/// Digits and signs that stand for letters.
pub(crate) const fn leet(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | '!' | '|' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' | '+' => Some('t'),
        '*' => Some('u'),
        _ => None,
    }
}

pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Combining marks that decomposition splits off.
pub(crate) const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Signs that do not end a word: the apostrophe in `don't`.
pub(crate) const fn is_inside_word(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`')
}

/// Letters of other alphabets that look Latin.
pub(crate) const fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'є' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ⅼ' => 'l',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'μ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ᴢ' => 'z',
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        _ => c,
    }
}

/// Three or more of the same letter in a row become one: `killlll`, `suiciiide`. Digits stay.
fn unstretch(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.peek() == Some(&c) {
            chars.next();
            run += 1;
        }
        let kept = if run >= 3 && c.is_alphabetic() { 1 } else { run };
        out.extend(std::iter::repeat_n(c, kept));
    }
    out
}

/// Joins runs of three or more single letters: ` k i l l myself ` becomes ` kill myself `. None when there are none.
fn join_spelled_out(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let single = |word: &&str| word.chars().count() == 1;
    let mut out = String::from(" ");
    let mut joined_any = false;
    let mut rest = words.as_slice();
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|word| single(word)).count();
        let (now, later) = rest.split_at(run.max(1));
        if run >= 3 {
            joined_any = true;
            now.iter().for_each(|letter| out.push_str(letter));
        } else {
            out.push_str(first);
            now.iter().skip(1).for_each(|word| {
                out.push(' ');
                out.push_str(word);
            });
        }
        out.push(' ');
        rest = later;
    }
    joined_any.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str, phrase: &str) -> bool {
        readings(text).iter().any(|reading| reading.contains(&format!(" {phrase} ")))
    }

    #[test]
    fn disguises_come_off() {
        for text in [
            "Kill Myself",
            "kíll mysëlf",
            "k1ll mys3lf",
            "K!LL MY$ELF",
            "k i l l myself",
            "kill\u{200b} my\u{ad}self",
            "кill myѕelf",
            "kiiiill myself",
            "kill, myself!",
            "kill_myself",
            "ｋｉｌｌ　ｍｙｓｅｌｆ",
        ] {
            assert!(found(text, "kill myself"), "{text}: {:?}", readings(text));
        }
    }

    #[test]
    fn ordinary_text_keeps_its_words() {
        assert_eq!(readings("The year 7 trip, 2026"), [" the year 7 trip 2026 ",]);
        assert!(found("don't", "dont"));
        assert!(!found("skill myselfie", "kill myself"));
    }

    #[test]
    fn doubled_letters_stay_doubled() {
        assert!(found("football pass", "football pass"));
    }

    proptest! {
        #[test]
        fn folding_never_panics_and_stays_bounded(text in "\\PC{0,200}") {
            for reading in readings(&text) {
                prop_assert!(reading.starts_with(' ') && reading.ends_with(' '));
                prop_assert!(reading.chars().count() <= LONGEST_TEXT_CHARS * 2);
            }
        }

        #[test]
        fn a_folded_phrase_folds_to_itself(text in "[a-z ]{0,40}") {
            let once = phrase(&text);
            prop_assert_eq!(phrase(&once), once);
        }
    }
}
