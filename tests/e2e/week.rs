//! A played week: every recorded decision can be made again.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::running::{Card, Running, said, usher_on};

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
    the_week_again_with_another_policy(&card, folder.path());
    the_week_as_another_programs_log(&card, folder.path());

    let mails = std::fs::read_dir(folder.path().join("data/mail")).unwrap().count();
    assert!(mails > 0, "the weekly report and the alerts went out");
}

/// The policy in force against its own log gives no difference; another says what it would change.
fn the_week_again_with_another_policy(card: &Card, folder: &Path) {
    let replay = |text: &str| -> Value {
        let file = folder.join("draft.toml");
        std::fs::write(&file, text).unwrap();
        let draft = file.to_str().unwrap();
        let told = &["policy", "replay", "--from", "2026-11-01", "--draft", draft, "--json"];
        serde_json::from_str(&said(&usher_on(&card.config, told))).unwrap()
    };
    let shown = said(&usher_on(&card.config, &["policy", "show"]));
    let same = replay(&shown);
    assert!(same["requests"].as_u64() >= Some(10_000), "{same}");
    assert_eq!(same["requests"], same["same"], "{same}");
    let games = "name = \"games\"\nverdict = \"block\"";
    let education = "name = \"education\"\nverdict = \"allow\"";
    assert!(shown.contains(games) && shown.contains(education), "{shown}");
    let opened = shown.replacen(games, &games.replace("block", "allow"), 1);
    let other = replay(&opened.replacen(education, &education.replace("allow", "block"), 1));
    for (side, category) in [("newly-blocked", "education"), ("newly-allowed", "games")] {
        let side = &other[side];
        assert!(side["count"].as_u64() > Some(0), "{other}");
        let by = side["by"].as_array().unwrap();
        assert!(by.iter().any(|line| line["category"] == category), "{other}");
        let sites = side["sites"].as_array().unwrap();
        assert!((1..=20).contains(&sites.len()), "{other}");
    }
}

/// What is written for other programs has every request that was recorded, and only its owner reads it.
fn the_week_as_another_programs_log(card: &Card, folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let days = ["--from", "2026-11-23", "--until", "2026-11-29"];
    let totals = |what: &[&str]| -> Value {
        let asked = [&["report", "totals", "--json"], what].concat();
        serde_json::from_str(&said(&usher_on(&card.config, &asked))).unwrap()
    };
    let recorded = totals(&days);
    assert!(recorded["all"]["requests"].as_u64() >= Some(5_000), "{}", recorded["all"]);
    assert!(recorded["all"]["denied"].as_u64() > Some(0), "{}", recorded["all"]);
    for format in ["squid", "combined"] {
        let file = folder.join(format);
        let log = file.to_str().unwrap();
        let export = [&["report", "export", "--format", format, "--out", log], &days[..]].concat();
        said(&usher_on(&card.config, &export));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let read = totals(&["--log", log]);
        if format == "combined" {
            // There a refusal is a status of 403, and pages of ours that ask for something first have it too.
            assert!(read["all"]["denied"].as_u64() >= recorded["all"]["denied"].as_u64(), "{}", read["all"]);
            assert_eq!(read["all"]["requests"], recorded["all"]["requests"]);
            assert_eq!(read["all"]["bytes"], recorded["all"]["bytes"]);
            continue;
        }
        assert_eq!(read["by_day"].as_object().map(serde_json::Map::len), Some(5));
        assert_eq!(read, recorded);
        assert!(!usher_on(&card.config, &export).status.success(), "a file that is there is left alone");
    }
    said(&usher_on(&card.config, &["verify"]));
}

#[test]
#[ignore = "needs Debian's sarg, goaccess and lightsquid: script/test runs it where they can be installed"]
fn sarg_goaccess_and_lightsquid_count_what_we_count() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../script/conformance");
    let run = |arguments: &[&std::ffi::OsStr]| {
        let done = Command::new(&script)
            .arg("logs")
            .args(arguments)
            .env("USHER", env!("CARGO_BIN_EXE_usher"))
            .output()
            .unwrap();
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr),
        )
    };
    let (is_same, told) = run(&[]);
    println!("{told}");
    assert!(is_same && told.lines().filter(|line| line.starts_with("ok ")).count() >= 14, "{told}");

    // A figure that is wrong by one is found by all three.
    let folder = tempfile::tempdir().unwrap();
    let (log, totals) = (folder.path().join("log"), folder.path().join("totals"));
    let line = |second: u32, who: &str, came: &str| {
        format!(
            "17955153{second:02}.120 31 10.0.0.14 {came} 98 GET http://news.example/ {who} HIER_NONE/- text/html\n"
        )
    };
    let text = [
        line(1, "ada.bell", "TCP_MISS/200"),
        line(2, "ben.ng", "TCP_DENIED/403"),
        line(3, "ben.ng", "TCP_MISS/200"),
    ];
    std::fs::write(&log, text.concat()).unwrap();
    let asked = ["report", "totals", "--json", "--log", log.to_str().unwrap()].map(std::ffi::OsStr::new);
    let counted = said(&crate::running::usher(&asked));
    let given = ["--log".as_ref(), log.as_os_str(), "--totals".as_ref(), totals.as_os_str()];
    std::fs::write(&totals, &counted).unwrap();
    let (is_same, told) = run(&given);
    assert!(is_same, "{told}");
    std::fs::write(&totals, counted.replacen("\"requests\": 2", "\"requests\": 3", 1)).unwrap();
    let (is_same, told) = run(&given);
    assert!(!is_same, "{told}");
    for tool in ["goaccess", "sarg", "lightsquid"] {
        assert!(told.lines().any(|line| line.starts_with("FAILED") && line.contains(tool)), "{tool}: {told}");
    }
}
