//! Our lists, on invented pages: what must stay open, and what must not.

use std::sync::Arc;

use super::super::book::PhraseBook;
use super::*;
use crate::page::{PageScan, TextKind};

fn score(book: &Arc<PhraseBook>, text: &str) -> (i32, String) {
    let mut scan = PageScan::new(Arc::clone(book), TextKind::Html, &[], Some("utf-8"));
    scan.push(text.as_bytes()).unwrap();
    let scores = scan.finish();
    let named = |top: &[(crate::phrase::PhraseId, u32, i32)]| {
        top.iter().map(|(id, ..)| book.phrase(*id).unwrap().parts.join("+")).collect::<Vec<_>>().join(",")
    };
    let why = scores.categories.iter().map(|c| format!("{} {} [{}]", c.category, c.score, named(&c.top)));
    (scores.total, why.collect::<Vec<_>>().join("; "))
}

fn book() -> Arc<PhraseBook> {
    Arc::new(PhraseBook::compile(&built_in().unwrap()))
}

#[test]
fn groups_become_phrases() {
    let list = parse(
        "x",
        "category = \"games\"\n[[group]]\nweight = 5\nunless = [\"chess\"]\nphrases = [\"pawn*\", [\"rook\", \"*king\"]]\n\
         [[group]]\nbanned = true\nphrases = [\"cheat\"]",
    )
    .unwrap();
    let parts: Vec<_> = list.phrases.iter().map(|phrase| phrase.parts.clone()).collect();
    assert_eq!(parts, [vec![" pawn"], vec![" rook ", "king "], vec![" cheat "]]);
    assert_eq!(list.phrases[0].unless, [" chess "]);
    assert_eq!(list.phrases[2].effect, Effect::Banned);
}

#[test]
fn faults_are_named() {
    let fault = |text: &str| parse("x", text).unwrap_err().to_string();
    assert!(fault("category = \"x\"\n[[group]]\nphrases = []").contains("group 1 needs"));
    assert!(fault("category = \"x\"\n[[group]]\nweight = 900\nphrases = []").contains("900"));
    assert!(fault("category = 5").contains("phrase list"));
}

#[test]
fn every_phrase_of_our_lists_can_be_used() {
    let lists = built_in().unwrap();
    let book = PhraseBook::compile(&lists);
    assert_eq!(book.left_out(), []);
    for list in &lists {
        assert!(list.phrases.len() >= 40, "{} has {}", list.source, list.phrases.len());
    }
}

/// Below 40, so that a limit of 60 for the youngest is far away.
#[test]
fn ordinary_school_pages_stay_open() {
    let book = book();
    for text in include_str!("harmless.txt").split("\n\n") {
        let (total, why) = score(&book, text);
        assert!(total < 40, "{total} {why}: {text}");
    }
}

/// Above 100, so that a limit of 100 for the older ones holds.
#[test]
fn bad_pages_are_over_every_limit() {
    let book = book();
    for text in include_str!("harmful.txt").split("\n\n") {
        let (total, why) = score(&book, text);
        assert!(total > 100, "{total} {why}: {text}");
    }
}
