//! Phrase lists: no bytes stop a reading, and whatever is read can be compiled and looked for.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use usher_scan::page::{PageScan, TextKind};
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::foreign::{self, Kind};
use usher_scan::phrase::own;

fuzz_target!(|bytes: &[u8]| {
    let mut lists: Vec<_> = [Kind::Weighted, Kind::Banned, Kind::Exception]
        .into_iter()
        .map(|kind| foreign::read("fuzz", bytes, kind).list)
        .collect();
    if let Ok(text) = std::str::from_utf8(bytes) {
        lists.extend(own::parse("fuzz", text));
    }
    let book = Arc::new(PhraseBook::compile(&lists));
    // A text that holds every phrase: each one that has a single part and nothing against it is found.
    let mut scan = PageScan::new(Arc::clone(&book), TextKind::Plain, &[], Some("utf-8"));
    for phrase in lists.iter().flat_map(|list| &list.phrases) {
        for part in &phrase.parts {
            scan.push(part.as_bytes()).expect("uncoded");
            scan.push(b" ").expect("uncoded");
        }
    }
    let scores = scan.finish();
    let banned = lists.iter().flat_map(|list| &list.phrases).any(|phrase| {
        phrase.effect == usher_scan::phrase::Effect::Banned
            && phrase.unless.is_empty()
            && phrase.parts.iter().all(|part| {
                let folded = usher_scan::phrase::folded(part);
                // A single letter is no phrase, with spaces around it or without.
                let letters = folded.iter().filter(|byte| **byte != b' ').count();
                (3..=usher_scan::phrase::LONGEST_PART_BYTES).contains(&folded.len()) && letters > 1
            })
    });
    assert!(!banned || scores.banned.is_some());
});
