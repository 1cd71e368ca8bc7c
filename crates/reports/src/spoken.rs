//! Tests of the words this crate uses: all exist, none is left over, and people can read them (FM-51).

use std::collections::BTreeSet;
use std::path::Path;

use usher_records::sign_off::SignLine;
use usher_scan::theme::Theme;
use usher_types::role::{PersonKind, Reader, Role};

use crate::sample::words;

const FILE: &str = include_str!("../../../locales/en-GB/adult/reports.ftl");

/// Keys that end in a name from a closed list, by the beginning the code has.
fn made() -> Vec<String> {
    let mut keys = Vec::new();
    keys.extend(Theme::ALL.map(|theme| format!("report-theme-{}", theme.name())));
    keys.extend(PersonKind::ALL.map(|kind| format!("report-kind-{}", kind.name())));
    keys.extend(PersonKind::ALL.map(|kind| format!("report-kinds-{}", kind.name())));
    keys.extend(Role::ALL.map(|role| format!("report-role-{}", role.name())));
    keys.extend(["on-screen", "on-paper", "together"].map(|how| format!("report-how-{how}")));
    keys.extend((1..=5).map(|severity| format!("report-gravity-{severity}")));
    keys.extend((1..=5).map(|severity| format!("report-gravity-short-{severity}")));
    keys
}

/// Every `report-…` in this crate's own source, and every name of a column.
fn written(folder: &Path, keys: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written(&path, keys);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("spoken.rs")
        {
            let source = std::fs::read_to_string(&path).unwrap();
            for piece in source.split('"').skip(1).step_by(2) {
                keys.extend(piece.starts_with("report-").then(|| piece.to_owned()));
            }
            for piece in source.split("head(\"").skip(1) {
                keys.insert(format!("report-column-{}", piece.split('"').next().unwrap()));
            }
        }
    }
}

fn used() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    written(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut keys);
    keys.retain(|key| !key.contains('{') && !key.ends_with('-'));
    keys.extend(["when", "who", "what", "happened"].map(|name| format!("report-column-{name}")));
    keys.extend(SignLine::ALL.map(|line| format!("report-sign-{}", line.name())));
    keys.extend(made());
    keys
}

#[test]
fn every_word_used_is_written_and_every_word_written_is_used() {
    let used = used();
    assert!(used.len() > 100, "the source was read: {}", used.len());
    let words = words();
    let missing: Vec<_> = used.iter().filter(|key| !words.has(Reader::Adult, key)).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let written: Vec<_> = FILE
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .filter(|key| key.starts_with("report-") && !used.contains(*key))
        .collect();
    assert_eq!(written, Vec::<&str>::new());
}

/// Letters in groups of vowels, near enough to syllables for a test.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let silent = word.ends_with('e') && !word.ends_with("le");
    let mut groups = 0;
    let mut before = false;
    for letter in word.chars() {
        let vowel = "aeiouy".contains(letter);
        groups += usize::from(vowel && !before);
        before = vowel;
    }
    groups.saturating_sub(usize::from(silent && groups > 1)).max(1)
}

#[test]
fn fm_51_a_reader_of_twelve_can_read_every_sentence_together() {
    let text: String = FILE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once("= ").or_else(|| line.split_once("] ")))
        .map(|(_, words)| words)
        .filter(|words| words.ends_with('.'))
        .collect::<Vec<_>>()
        .join(" ");
    let words: Vec<&str> =
        text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).collect();
    let sentences = text.matches(['.', '?', '!', ':']).count();
    let sounds: usize = words.iter().map(|word| syllables(word)).sum();
    // Flesch and Kincaid's grade; a child of twelve is in grade 7.
    let per = |many: usize, few: usize| many as f64 / few as f64;
    let grade = 0.39 * per(words.len(), sentences) + 11.8 * per(sounds, words.len()) - 15.59;
    assert!(grade <= 7.0, "grade {grade:.1}");
}
