//! A played week: every recorded decision can be made again.

use serde::Deserialize;

use crate::running::{Running, said, usher_on};

/// People in a hundred who take part; enough for ten thousand decisions.
const SCALE: &str = "40";

#[derive(Debug, Deserialize)]
struct Figures {
    events: u64,
    decisions: u64,
    same: u64,
}

#[test]
fn ten_thousand_decisions_of_a_week_come_out_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path(), &["--play", "week", "--scale", SCALE, "--then-stop"]);
    let card = demo.card(folder.path());
    let ended = demo.wait();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(ended.success(), "{log}");
    assert!(!log.contains("NOT PLAYED TO ITS END"), "{log}");

    let figures = said(&usher_on(&card.config, &["explain", "--every-event", "--json"]));
    let figures: Figures = serde_json::from_str(&figures).unwrap();
    println!("{figures:?}");
    assert!(figures.decisions >= 10_000, "{figures:?}");
    assert_eq!(figures.same, figures.decisions, "{figures:?}");
    assert!(figures.events >= figures.decisions);
    said(&usher_on(&card.config, &["verify"]));

    let mails = std::fs::read_dir(folder.path().join("data/mail")).unwrap().count();
    assert!(mails > 0, "the weekly report and the alerts went out");
}
