//! What worries somebody is found in the languages of UK primary schools, disguised too (FM-34, UF-29, UM-14), and the figures in
//! docs/languages.md are these.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is a test")]

use serde::Deserialize;
use usher_scan::features::Place;
use usher_scan::theme::{Theme, Themes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    language: Vec<Language>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    name: String,
    worrying: Vec<String>,
    adult: Vec<String>,
    harmless: Vec<String>,
}

/// A text as somebody types it who does not want it found.
fn disguised(text: &str) -> Vec<String> {
    let invisible = text.chars().flat_map(|c| [c, '\u{200b}']).collect();
    let signs = text.replace(' ', " . ");
    let digits = |c| match c {
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        other => other,
    };
    let mut all = vec![text.to_uppercase(), invisible, signs];
    // Digits stand for Latin letters only.
    if text.chars().any(|c| c.is_ascii_alphabetic()) {
        all.push(text.chars().map(digits).collect());
    }
    all
}

fn found(themes: &Themes, text: &str, theme: Theme) -> bool {
    let mut hits = Vec::new();
    themes.find(text, Place::Search, &mut hits);
    hits.iter().any(|hit| hit.theme == theme)
}

fn row(themes: &Themes, language: &Language) -> String {
    let said: Vec<(&String, Theme)> = language
        .worrying
        .iter()
        .map(|text| (text, Theme::SelfHarm))
        .chain(language.adult.iter().map(|text| (text, Theme::Adult)))
        .collect();
    let plain = said.iter().filter(|(text, theme)| found(themes, text, *theme)).count();
    let hidden: Vec<(String, Theme)> = said
        .iter()
        .flat_map(|(text, theme)| disguised(text).into_iter().map(|text| (text, *theme)))
        .collect();
    let hidden_found = hidden.iter().filter(|(text, theme)| found(themes, text, *theme)).count();
    let any = [Theme::SelfHarm, Theme::Adult];
    let alarms = language
        .harmless
        .iter()
        .filter(|text| any.into_iter().any(|theme| found(themes, text, theme)))
        .count();
    format!(
        "| {} | {plain} of {} | {hidden_found} of {} | {alarms} of {} |",
        language.name,
        said.len(),
        hidden.len(),
        language.harmless.len()
    )
}

#[test]
fn fm_34_worrying_searches_in_twenty_languages_are_found_as_often_as_the_page_says() {
    let corpus: Corpus = toml::from_str(include_str!("languages.toml")).unwrap();
    let themes = Themes::built_in().unwrap();
    assert!(corpus.language.len() >= 20);
    let rows: Vec<String> = corpus.language.iter().map(|language| row(&themes, language)).collect();
    let page = include_str!("../../../docs/languages.md");
    let missing: Vec<&String> =
        rows.iter().filter(|row| !page.lines().any(|line| line == row.as_str())).collect();
    assert!(missing.is_empty(), "the page says otherwise than:\n{}", rows.join("\n"));
}
