//! Words that are searched for: ordinary ones, ones that sound worse than they are, and now and then one that worries.

use usher_scan::theme::Theme;

use crate::play::act::Purpose;
use crate::random::Random;

const ORDINARY: &str = include_str!("../../content/play/searches.txt");
const HARMLESS: &str = include_str!("../../content/play/harmless.txt");
const WORRYING: &str = include_str!("../../content/play/worrying.txt");
const STAFF: &str = include_str!("../../content/play/staff-searches.txt");

/// One search in this many worries.
const WORRYING_ONE_IN: u32 = 400;
/// One ordinary search in this many sounds worse than it is.
const HARMLESS_ONE_IN: usize = 60;

/// Gives the words of search after search.
#[derive(Debug)]
pub(super) struct Searches {
    ordinary: Vec<&'static str>,
    harmless: Vec<&'static str>,
    worrying: Vec<(Theme, &'static str)>,
    staff: Vec<&'static str>,
    made: u32,
    next_worrying: u32,
    worries: usize,
    random: Random,
}

impl Searches {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, "searches");
        let next_worrying = first_worry(&mut random);
        let worrying = lines(WORRYING).filter_map(|line| {
            let (theme, words) = line.split_once('|')?;
            Some((Theme::ALL.into_iter().find(|known| known.name() == theme)?, words))
        });
        Self {
            ordinary: lines(ORDINARY).collect(),
            harmless: lines(HARMLESS).collect(),
            worrying: worrying.collect(),
            staff: lines(STAFF).collect(),
            made: 0,
            next_worrying,
            worries: 0,
            random,
        }
    }

    /// What a child searches for next. Worrying words take turns, so that every theme comes up.
    pub(super) fn next(&mut self) -> (&'static str, Purpose) {
        self.made += 1;
        if self.made >= self.next_worrying {
            self.next_worrying += worrying_gap(&mut self.random);
            let worry = self.worrying.get(self.worries % self.worrying.len().max(1)).copied();
            self.worries += 1;
            if let Some((theme, words)) = worry {
                return (words, Purpose::WorryingSearch(theme));
            }
        }
        if self.random.below(HARMLESS_ONE_IN) == 0 {
            return (self.random.word(&self.harmless), Purpose::HarmlessSearch);
        }
        (self.random.word(&self.ordinary), Purpose::Search)
    }

    /// What a grown-up searches for next.
    pub(super) fn next_of_staff(&mut self) -> &'static str {
        self.random.word(&self.staff)
    }
}

/// Early enough that a short week has one too.
fn first_worry(random: &mut Random) -> u32 {
    u32::try_from(random.between(20, 120)).unwrap_or(WORRYING_ONE_IN)
}

fn worrying_gap(random: &mut Random) -> u32 {
    let gap = i64::from(WORRYING_ONE_IN);
    u32::try_from(random.between(gap - 80, gap + 80)).unwrap_or(WORRYING_ONE_IN)
}

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use usher_scan::features::Place;
    use usher_scan::theme::Themes;

    fn found(themes: &Themes, words: &str) -> Vec<(Theme, u8)> {
        let mut hits = Vec::new();
        themes.find(words, Place::Search, &mut hits);
        hits.into_iter().map(|hit| (hit.theme, hit.severity)).collect()
    }

    #[test]
    fn worrying_words_are_in_their_themes_list_and_ordinary_ones_in_none() {
        let themes = Themes::built_in().unwrap();
        let searches = Searches::new(1);
        for (theme, words) in &searches.worrying {
            let hits = found(&themes, words);
            assert!(hits.iter().any(|(hit, severity)| hit == theme && *severity >= 3), "{words}: {hits:?}");
        }
        for words in searches.ordinary.iter().chain(&searches.staff) {
            assert_eq!(found(&themes, words), [], "{words}");
        }
        let all: BTreeSet<Theme> = searches.worrying.iter().map(|(theme, _)| *theme).collect();
        assert_eq!(all.len(), Theme::ALL.len());
    }

    #[test]
    fn about_one_in_four_hundred_worries() {
        let mut searches = Searches::new(3);
        let is_worry = |(_, purpose): &(&str, Purpose)| matches!(purpose, Purpose::WorryingSearch(_));
        let worries = (0..8_000).map(|_| searches.next()).filter(is_worry).count();
        assert!((16..=25).contains(&worries), "{worries} of 8000");
    }
}
