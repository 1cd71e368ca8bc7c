//! The model agreements: that they can be read, that what they point to exists, and that their readers can read them.
//!
//! Owns: the rules for the texts in `profiles/`. Does not judge whether the words are kind; a person reads them for that.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use usher_records::agreement::{AgreementText, Head};
use usher_types::role::Reader;

const CONTROLS: &str = include_str!("../../../profiles/controls.toml");
const COVERAGE: &str = include_str!("../../../profiles/coverage.toml");

const AGREEMENTS: [(&str, &str); 7] = [
    ("staff", include_str!("../../../profiles/agreements/staff.md")),
    ("visitor", include_str!("../../../profiles/agreements/visitor.md")),
    ("parent", include_str!("../../../profiles/agreements/parent.md")),
    ("pupil-ks2", include_str!("../../../profiles/agreements/pupil-ks2.md")),
    ("pupil", include_str!("../../../profiles/agreements/pupil.md")),
    ("pupil-ks1-card", include_str!("../../../profiles/agreements/pupil-ks1-card.md")),
    ("pupil-ks1", include_str!("../../../profiles/agreements/pupil-ks1.md")),
];

/// The policy the agreements stand under, which nobody signs (POL-01).
const POLICIES: [&str; 2] = [
    include_str!("../../../profiles/agreements/policy.md"),
    include_str!("../../../profiles/agreements/policy-pupil.md"),
];

const HOME_GUIDE: (&str, &str) = ("home-guide.md", include_str!("../../../profiles/home-guide.md"));
const SANCTIONS: (&str, &str) = ("sanctions.md", include_str!("../../../profiles/sanctions.md"));

/// The areas a requirement row can belong to.
const AREAS: [&str; 17] = [
    "POL", "ACC", "AGR", "WEB", "MON", "INC", "EML", "PEQ", "IMG", "PRM", "DPR", "NET", "PFF", "TRN", "REM",
    "DOC", "EXT",
];

/// Pictures that can stand beside a sentence for the youngest.
const PICTURES: [&str; 25] = [
    "hand", "ear", "eye", "lock", "key", "heart", "star", "sun", "house", "book", "computer", "tablet",
    "teacher", "child", "children", "speech", "stop", "question", "thumb", "tell", "shield", "kind", "map",
    "camera", "clock",
];

/// What fits one side of A4 in 11-point type with its headings (AGR-11 prints on one sheet).
const HOME_GUIDE_WORDS: usize = 480;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Controls {
    control: Vec<Control>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    id: String,
    title: String,
    level: String,
    conditions: Vec<String>,
    rows: Vec<String>,
    stands: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    row: Vec<Covered>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Covered {
    id: String,
    #[serde(default)]
    clauses: Vec<String>,
    #[serde(default)]
    head: Vec<String>,
    #[serde(default)]
    controls: Vec<String>,
    #[serde(default)]
    pages: Vec<String>,
}

fn controls() -> Result<BTreeMap<String, Control>, toml::de::Error> {
    let read: Controls = toml::from_str(CONTROLS)?;
    Ok(read.control.into_iter().map(|control| (control.id.clone(), control)).collect())
}

fn agreements() -> Result<BTreeMap<&'static str, AgreementText>, String> {
    let read = |(key, file): &(&'static str, &str)| match AgreementText::parse_new(file) {
        Ok(text) => Ok((*key, text)),
        Err(fault) => Err(format!("{key}: {fault}")),
    };
    AGREEMENTS.iter().map(read).collect()
}

#[test]
fn every_agreement_can_be_read_and_has_its_own_declaration() {
    let agreements = agreements().unwrap();
    let mut declarations = BTreeSet::new();
    for (key, text) in &agreements {
        assert_eq!(&text.head.key, key);
        // AGR-03: signing means something different on each form.
        assert!(declarations.insert(&text.head.declaration), "{key}: the declaration is another form's");
        // MON-11: everyone is reminded at every sign-in.
        assert!(text.head.each_time.is_some(), "{key}: no short clause");
        // AGR-14: only the staff's is a term of the contract of employment.
        assert_eq!(text.head.contract_term, *key == "staff", "{key}");
        let for_pupils = text.head.reader != Reader::Adult;
        assert_eq!(text.head.check.is_some(), for_pupils, "{key}: pupils answer a question, adults do not");
        assert_eq!(
            text.head.parent_declaration.is_some(),
            for_pupils,
            "{key}: a parent declares beside a pupil"
        );
    }
}

#[test]
fn controls_are_written_as_the_catalogue_says() {
    let read: Controls = toml::from_str(CONTROLS).unwrap();
    let mut seen = BTreeSet::new();
    for control in &read.control {
        let id = &control.id;
        assert!(seen.insert(id), "`{id}` is there twice");
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(
            id.split('.').count() == 2
                && id.split('.').all(|part| !part.is_empty() && part.chars().all(fine)),
            "`{id}`"
        );
        assert!(!control.title.is_empty(), "`{id}` has no title");
        assert!(["enforce", "detect", "record", "inform"].contains(&control.level.as_str()), "`{id}`: level");
        assert!(
            control.conditions.iter().all(|letter| ["E", "T", "D", "M"].contains(&letter.as_str())),
            "`{id}`: condition"
        );
        assert!(
            !control.rows.is_empty() && control.rows.iter().all(|row| is_row(row)),
            "`{id}`: {:?}",
            control.rows
        );
        // A duty is a person's: the honest level is to show it and have it signed, which this release does.
        assert!(!id.starts_with("duty.") || (control.level == "inform" && control.stands), "`{id}`");
    }
}

#[test]
fn every_clause_is_kept_by_something_that_stands() {
    let controls = controls().unwrap();
    for (key, text) in &agreements().unwrap() {
        for clause in &text.clauses {
            for id in &clause.keeps {
                assert!(controls.contains_key(id), "{key}#{}: there is no control `{id}`", clause.id);
            }
            let stands = clause.keeps.iter().filter_map(|id| controls.get(id)).any(|control| control.stands);
            assert!(stands, "{key}#{}: nothing that keeps it stands", clause.id);
        }
    }
}

#[test]
fn coverage_names_what_exists_and_leaves_no_row_out() {
    let coverage: Coverage = toml::from_str(COVERAGE).unwrap();
    let (controls, agreements) = (controls().unwrap(), agreements().unwrap());
    for row in &coverage.row {
        assert!(is_row(&row.id), "`{}`", row.id);
        assert!(!(row.clauses.is_empty() && row.controls.is_empty()), "{} is covered by nothing", row.id);
        for clause in &row.clauses {
            let found = clause.split_once('#').and_then(|(key, id)| agreements.get(key)?.clause(id));
            assert!(found.is_some(), "{}: there is no clause `{clause}`", row.id);
        }
        for line in &row.head {
            let found = line.split_once(':').is_some_and(|(key, name)| {
                agreements.get(key).is_some_and(|text| has_line(&text.head, name))
            });
            assert!(found, "{}: there is no line `{line}` in a head", row.id);
        }
        for id in &row.controls {
            assert!(controls.contains_key(id), "{}: there is no control `{id}`", row.id);
        }
        for page in &row.pages {
            assert!(
                [HOME_GUIDE.0, SANCTIONS.0].contains(&page.as_str()),
                "{}: there is no page `{page}`",
                row.id
            );
        }
    }
    let covered: Vec<&str> = coverage.row.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(covered.iter().collect::<BTreeSet<_>>().len(), covered.len(), "a row is there twice");
    let agreement_rows = (1..=20).map(|number| format!("AGR-{number:02}"));
    let others =
        ["MON-11", "MON-12", "POL-10", "WEB-13", "WEB-14", "WEB-15", "ACC-04", "ACC-05", "ACC-06", "ACC-10"];
    for row in
        agreement_rows.chain(others.map(str::to_owned)).chain((26..=30).map(|number| format!("WEB-{number}")))
    {
        assert!(covered.contains(&row.as_str()), "{row} is not in coverage.toml");
    }
}

#[test]
fn key_stage_1_has_a_picture_everywhere() {
    let agreements = agreements().unwrap();
    for (key, rules) in [("pupil-ks1", 5..=7), ("pupil-ks1-card", 5..=5), ("pupil", 12..=12)] {
        let text = &agreements[key];
        assert!(rules.contains(&text.clauses.len()), "{key}");
        let answers = text.head.check.iter().flat_map(|check| &check.answers).map(|answer| &answer.picture);
        for picture in text.clauses.iter().map(|clause| &clause.picture).chain(answers) {
            assert!(picture.as_deref().is_some_and(|name| PICTURES.contains(&name)), "{key} {picture:?}");
        }
    }
}

#[test]
fn agr_12_each_reader_can_read_their_own_text() {
    for (key, text) in &agreements().unwrap() {
        let (grade_limit, words_limit) = match text.head.reader {
            Reader::Ks1 => (2.5, 12),
            Reader::Ks2 => (5.0, 24),
            Reader::Adult => (9.0, 40),
        };
        let passages = passages(text);
        for sentence in passages.iter().flat_map(|passage| sentences(passage)) {
            let count = words(sentence).count();
            assert!(count <= words_limit, "{key}: {count} words in “{sentence}”");
        }
        let grade = grade(passages.iter().copied());
        assert!(grade <= grade_limit, "{key}: grade {grade:.1}");
        // A pupil's form also speaks to the parent.
        if let Some(declaration) = &text.head.parent_declaration {
            assert!(self::grade([declaration.as_str()]) <= 9.0, "{key}: parent declaration");
        }
    }
    for (name, page) in [HOME_GUIDE, SANCTIONS] {
        let passages = page_passages(page);
        let grade = grade(passages.iter().map(String::as_str));
        assert!(grade <= 9.0, "{name}: grade {grade:.1}");
    }
}

#[test]
fn agr_11_the_home_guide_fits_one_page() {
    let count = HOME_GUIDE.1.split_whitespace().count();
    assert!(count <= HOME_GUIDE_WORDS, "{count} words");
}

#[test]
fn no_text_has_a_blank_left_to_fill() {
    for (name, text) in AGREEMENTS.into_iter().chain([HOME_GUIDE, SANCTIONS]) {
        let body = text.rsplit_once("\n+++\n").map_or(text, |(_, body)| body);
        for mark in ["[", "]", "<", ">", "__", "...", "…", "TODO", "XX"] {
            assert!(!body.contains(mark), "{name} holds `{mark}`");
        }
    }
}

#[test]
fn grades_rise_with_the_words() {
    assert_eq!(
        ["the", "grown", "tablet", "computer", "stopped", "pages", "recorded"].map(syllables),
        [1, 1, 2, 3, 1, 2, 3]
    );
    assert_eq!(sentences("Press “Tell someone”. Call 0800 1111! See ceop.police.uk. Why?").len(), 4);
    let plain = grade(["I stop. I tell a grown-up."]);
    let official =
        grade(["Users are reminded that inappropriate utilisation of facilities constitutes misconduct."]);
    assert!(plain < 1.0 && official > 15.0, "{plain:.1} {official:.1}");
}

fn is_row(row: &str) -> bool {
    row.split_once('-').is_some_and(|(area, number)| {
        AREAS.contains(&area) && number.len() == 2 && number.chars().all(|c| c.is_ascii_digit())
    })
}

/// Whether a head has the line `name` with something in it.
fn has_line(head: &Head, name: &str) -> bool {
    let head = serde_json::to_value(head).unwrap_or_default();
    head.get(name).is_some_and(|value| !value.is_null() && value != false)
}

/// Everything the signer reads, passage by passage.
fn passages(text: &AgreementText) -> Vec<&str> {
    let head = &text.head;
    let mut passages: Vec<&str> = text.clauses.iter().map(|clause| clause.text.as_str()).collect();
    passages.push(&head.declaration);
    passages.extend(head.opening.as_deref());
    passages.extend(head.each_time.as_deref());
    if let Some(check) = &head.check {
        passages.push(&check.ask);
        for answer in &check.answers {
            passages.extend([answer.text.as_str(), answer.reply.as_str()]);
        }
    }
    passages
}

/// The paragraphs and list items of a Markdown page, without headings and marks.
fn page_passages(page: &str) -> Vec<String> {
    let mut passages = vec![String::new()];
    for line in page.lines().map(str::trim) {
        let item = line.strip_prefix("- ").or_else(|| numbered_item(line));
        if line.is_empty() || line.starts_with('#') || item.is_some() {
            passages.push(String::new());
        }
        if let (false, Some(open)) = (line.starts_with('#'), passages.last_mut()) {
            open.push(' ');
            open.push_str(&item.unwrap_or(line).replace("**", ""));
        }
    }
    passages
}

fn numbered_item(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(". ")?;
    (!number.is_empty() && number.chars().all(|c| c.is_ascii_digit())).then_some(rest)
}

/// Splits at full stops, question and exclamation marks and colons that end a word.
fn sentences(text: &str) -> Vec<&str> {
    let ends = |at: usize, mark: char| {
        let rest = text.get(at + mark.len_utf8()..).unwrap_or_default().trim_start_matches(['”', '’', ')']);
        matches!(mark, '.' | '!' | '?' | ':') && rest.chars().next().is_none_or(char::is_whitespace)
    };
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, _) in text.char_indices().filter(|&(at, mark)| ends(at, mark)) {
        sentences.extend(text.get(start..at));
        start = at + 1;
    }
    sentences.extend(text.get(start..));
    sentences.retain(|sentence| sentence.contains(char::is_alphanumeric));
    sentences
}

/// The words of a text; both halves of a hyphenated word count, as a beginner reads them apart.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–'))
        .filter(|word| word.contains(char::is_alphanumeric))
}

/// The Flesch-Kincaid grade: years of schooling, as American schools count them; reading age is about five more.
fn grade<'a>(passages: impl IntoIterator<Item = &'a str>) -> f64 {
    let (mut sentence_count, mut word_count, mut syllable_count) = (0_u32, 0_u32, 0_u32);
    for sentence in passages.into_iter().flat_map(sentences) {
        sentence_count += 1;
        for word in words(sentence) {
            word_count += 1;
            syllable_count += syllables(word);
        }
    }
    let [sentence_count, word_count, syllable_count] =
        [sentence_count, word_count, syllable_count].map(f64::from);
    0.39 * word_count / sentence_count + 11.8 * syllable_count / word_count - 15.59
}

/// A rough count: groups of vowels, less endings that are not spoken.
fn syllables(word: &str) -> u32 {
    let word: String = word.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let mut groups = 0;
    let mut in_group = false;
    for letter in word.chars() {
        let vowel = matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        groups += u32::from(vowel && !in_group);
        in_group = vowel;
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let silent = (ends(&["e"]) && !ends(&["le"]))
        || (ends(&["ed"]) && !ends(&["ted", "ded"]))
        || (ends(&["es"]) && !ends(&["ses", "xes", "zes", "ches", "shes", "ces", "ges"]));
    if silent && groups > 1 { groups - 1 } else { groups.max(1) }
}

#[test]
fn pol_01_the_policy_says_why_what_can_go_wrong_and_what_carries_out_each_sentence() {
    let controls = controls().unwrap();
    for file in POLICIES {
        let text = AgreementText::parse_new(file).unwrap();
        for clause in &text.clauses {
            assert!(!clause.keeps.is_empty(), "{} carries nothing out", clause.id);
            assert!(clause.keeps.iter().all(|id| controls.contains_key(id)), "{}", clause.id);
        }
    }
    let text = AgreementText::parse_new(POLICIES[0]).unwrap();
    for id in
        ["raising-standards", "work-and-administration", "everyone", "duty-of-care", "content", "questions"]
    {
        assert!(text.clause(id).is_some(), "{id}");
    }
}
