//! The questions of the contract, asked of the spool and of the files, wherever the events are.

use usher_activity::spooled::SpoolActivity;

use crate::contract::{answers, weekly};
use crate::engine::{Tried, keeps_by_its_rules, takes_each_event_once, takes_people_out};
use crate::play::{Played, monday};

#[test]
fn the_spool_answers_every_question() {
    let mut played = Played::new();
    played.play(0..3, 300);
    answers(&SpoolActivity::new(played.spool()), &played.events);
    weekly(&SpoolActivity::new(played.spool()), &played.events);
}

#[test]
fn the_files_answer_every_question_the_same_wherever_the_events_are() {
    let mut played = Played::new();
    played.play(0..2, 150);
    // Nothing is in files.
    answers(&played.files(), &played.events);
    let mut store = played.open();
    // A day is in a file, and one in the spool.
    assert_eq!(store.compact(&played.spool(), monday()).unwrap().events, 150);
    answers(&played.files(), &played.events);
    played.play(2..5, 100);
    assert_eq!(store.compact(&played.spool(), monday().plus_minutes(1_440 * 4)).unwrap().events, 350);
    answers(&played.files(), &played.events);
    weekly(&played.files(), &played.events);
    // Again takes nothing in.
    assert_eq!(store.compact(&played.spool(), monday().plus_minutes(1_440 * 4)).unwrap().events, 0);
    answers(&played.files(), &played.events);
    // What is in the store whole is not needed in the spool.
    assert_eq!(store.release(&played.spool(), monday().plus_minutes(1_440 * 9)).unwrap(), 4);
    answers(&played.files(), &played.events);
}

/// Runs a part of the suite on files in an empty folder.
fn on_files(part: fn(&mut Tried<'_>)) {
    let empty = Played::new();
    let (mut store, files) = (empty.open(), empty.files());
    part(&mut Tried { engine: &mut store, activity: &files });
}

#[test]
fn late_double_and_unordered_batches_are_exact() {
    on_files(takes_each_event_once);
}

#[test]
fn the_files_keep_by_the_rules_of_every_engine() {
    on_files(keeps_by_its_rules);
}

#[test]
fn the_files_take_people_out_as_every_engine_does() {
    on_files(takes_people_out);
}
