//! Names: the lists they are drawn from, and the plain letters user names are made of.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::random::Random;

const GIVEN: &str = include_str!("../../content/school/given.txt");
const FAMILY: &str = include_str!("../../content/school/family.txt");
const AWKWARD: &str = include_str!("../../content/school/awkward.txt");
const WORDS: &str = include_str!("../../content/school/words.txt");

/// Names and words to draw from.
#[derive(Debug)]
pub(super) struct Names {
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    first_words: Vec<&'static str>,
    second_words: Vec<&'static str>,
}

/// A child whose name breaks software.
#[derive(Debug)]
pub(super) struct Awkward {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) known_as: Option<&'static str>,
    /// Which of the fourteen classes, counting from 0.
    pub(super) class: usize,
}

impl Names {
    pub(super) fn load() -> Self {
        let mut words = lines(WORDS).map(|line| line.split(' ').collect::<Vec<_>>());
        Self {
            given: lines(GIVEN).collect(),
            family: lines(FAMILY).collect(),
            first_words: words.next().unwrap_or_default(),
            second_words: words.next().unwrap_or_default(),
        }
    }

    pub(super) fn given(&self, random: &mut Random) -> &'static str {
        random.word(&self.given)
    }

    pub(super) fn family(&self, random: &mut Random) -> &'static str {
        random.word(&self.family)
    }

    /// `otter lamp 42`: two words a child can spell and a number.
    pub(super) fn child_password(&self, random: &mut Random) -> String {
        let (first, second) = (random.word(&self.first_words), random.word(&self.second_words));
        format!("{first} {second} {}", random.between(11, 99))
    }

    /// `Harbour-Violin-27`: passes every profile's rule for adults.
    pub(super) fn adult_password(&self, random: &mut Random) -> String {
        let (first, second) = (random.word(&self.first_words), random.word(&self.second_words));
        format!("{}-{}-{}", capital(first), capital(second), random.between(11, 99))
    }
}

/// The awkward names, with the class each is put in.
pub(super) fn awkward() -> Vec<Awkward> {
    let read = |line: &'static str| {
        let mut fields = line.split('|');
        let (given, family) = (fields.next()?, fields.next()?);
        let known_as = fields.next().filter(|name| !name.is_empty());
        let year: usize = fields.next()?.parse().ok()?;
        let form = usize::from(fields.next()? == "B");
        Some(Awkward { given, family, known_as, class: year * 2 + form })
    };
    lines(AWKWARD).filter_map(read).collect()
}

/// The lines of a content file, without comments and blank ones.
pub(super) fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The name in plain small and capital letters, as user names and mail addresses want it: `Łukasz Żak` is `Lukasz Zak`.
/// What cannot be written so is left out.
pub(super) fn plain(name: &str) -> String {
    let letters = name.nfkd().filter(|&letter| !is_combining_mark(letter)).map(|letter| match letter {
        'ł' => 'l',
        'Ł' => 'L',
        'ø' => 'o',
        'Ø' => 'O',
        'đ' => 'd',
        'Đ' => 'D',
        'ı' => 'i',
        'ß' => 's',
        other => other,
    });
    letters.filter(char::is_ascii_alphanumeric).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_long_enough_and_have_no_doubles() {
        let names = Names::load();
        for list in [&names.given, &names.family] {
            assert!(list.len() >= 150);
            let sole: std::collections::BTreeSet<_> = list.iter().collect();
            assert_eq!(sole.len(), list.len());
        }
        assert!(names.first_words.len() > 100 && names.second_words.len() > 100);
        assert!(awkward().len() >= 20 && awkward().iter().all(|child| child.class < 14));
    }

    #[test]
    fn plain_letters_are_left_of_any_name() {
        for (name, expected) in [
            ("Łukasz", "Lukasz"),
            ("Ní Bhriain", "NiBhriain"),
            ("Aydın", "Aydin"),
            ("O'Neill", "ONeill"),
            ("李", ""),
        ] {
            assert_eq!(plain(name), expected);
        }
    }
}
