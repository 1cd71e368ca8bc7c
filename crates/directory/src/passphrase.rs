//! First passwords and picture passwords, made at random for the office to hand out.

use usher_records::password::PasswordRule;
use usher_records::picture::{FACES, PICTURES};

/// Short, different, easy to spell, and nothing a child could giggle at. 64 words: six bits each.
const WORDS: [&str; 64] = [
    "apple", "badger", "basket", "beach", "blanket", "bridge", "brush", "button", "candle", "carrot",
    "castle", "cloud", "cobweb", "cricket", "daisy", "desert", "donkey", "drum", "eagle", "engine",
    "feather", "ferry", "forest", "garden", "ginger", "guitar", "hammer", "harbour", "hazel", "holly",
    "island", "jacket", "jigsaw", "kettle", "ladder", "lantern", "lemon", "magnet", "maple", "marble",
    "meadow", "mitten", "mosaic", "needle", "orchard", "otter", "pebble", "pencil", "pepper", "planet",
    "pocket", "puddle", "ribbon", "river", "rocket", "saddle", "silver", "spoon", "sunset", "tiger",
    "trumpet", "tunnel", "walnut", "window",
];

/// Randomness is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine gives no random numbers")]
pub struct NoRandomness;

/// A password that satisfies `rule`: words with hyphens between, a capital, a number and a symbol where the rule wants
/// them, and at least three words (18 bits and a forced change).
///
/// # Errors
/// When the machine has no randomness.
pub fn password(rule: &PasswordRule) -> Result<String, NoRandomness> {
    let mut words = vec![word()?, word()?, word()?];
    let finish = |words: &[&str], digits: &str| {
        let mut text = words.join("-");
        if rule.both_cases
            && let Some(first) = text.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        text + digits
    };
    let digits = if rule.digits > 0 { (10 + random()? % 90).to_string() } else { String::new() };
    loop {
        let text = finish(&words, &digits);
        if rule.weaknesses(&text, "").is_empty() || words.len() > 12 {
            return Ok(text);
        }
        words.push(word()?);
    }
}

/// A picture password of this many pictures, none twice in a row.
///
/// # Errors
/// When the machine has no randomness.
pub fn pictures(count: u8) -> Result<Vec<&'static str>, NoRandomness> {
    let mut chosen: Vec<&'static str> = Vec::new();
    while chosen.len() < usize::from(count) {
        let next = pick(&PICTURES)?;
        if chosen.last() != Some(&next) {
            chosen.push(next);
        }
    }
    Ok(chosen)
}

/// A picture to stand beside a child's name, one that no classmate has while there are enough.
///
/// # Errors
/// When the machine has no randomness.
pub fn face(taken: &[String]) -> Result<&'static str, NoRandomness> {
    let free: Vec<&'static str> =
        FACES.into_iter().filter(|face| !taken.iter().any(|taken| taken == face)).collect();
    pick(if free.is_empty() { &FACES } else { &free })
}

fn word() -> Result<&'static str, NoRandomness> {
    pick(&WORDS)
}

fn pick(from: &[&'static str]) -> Result<&'static str, NoRandomness> {
    let index = usize::try_from(random()?).unwrap_or(0) % from.len().max(1);
    from.get(index).copied().ok_or(NoRandomness)
}

fn random() -> Result<u32, NoRandomness> {
    getrandom::u32().map_err(|_unavailable| NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_satisfies_every_profiles_rule() {
        let rules = [
            PasswordRule { characters: 6, both_cases: true, digits: 1, symbols: 1, refuse_common: false },
            PasswordRule { characters: 12, both_cases: false, digits: 0, symbols: 0, refuse_common: true },
            PasswordRule { characters: 40, both_cases: true, digits: 2, symbols: 3, refuse_common: true },
        ];
        for rule in rules {
            for _ in 0..50 {
                let password = password(&rule).unwrap();
                assert_eq!(rule.weaknesses(&password, "j.price"), [], "{password}");
            }
        }
    }

    #[test]
    fn pictures_are_as_many_as_asked_and_faces_differ_in_a_class() {
        assert_eq!(pictures(3).unwrap().len(), 3);
        let mut taken = Vec::new();
        for _ in 0..FACES.len() {
            let face = face(&taken).unwrap().to_owned();
            assert!(!taken.contains(&face));
            taken.push(face);
        }
        assert!(face(&taken).is_ok());
    }
}
