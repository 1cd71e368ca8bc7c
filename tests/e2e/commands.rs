//! The commands a technician and a teacher's helper would type.

use std::ffi::OsStr;
use std::process::Command;

use crate::running::{Running, said, usher, usher_on};

/// As `usher lists subscribe` keeps it.
const SUBSCRIPTION: &str = r#"{"id": "licensed", "title": "Licensed", "category": "illegal-images", "licence": "x",
    "credit": "x", "url": "https://lists.example/", "inside": false, "every_hours": 6, "since": "2026-11-23T09:00:00Z",
    "state": {"told": "fresh"}}"#;

#[test]
fn a_demonstration_starts_explains_stops_and_carries_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    assert!(card.time.contains("23 November 2026"), "{}", card.time);

    let explained = said(&usher_on(
        &card.config,
        &["explain", "https://games.example/", "--as", "pupil.y4", "--at", "2026-11-23T10:15"],
    ));
    assert!(explained.starts_with("CHALLENGE") && explained.contains("agreement"), "{explained}");
    let explained = said(&usher_on(
        &card.config,
        &["explain", "https://games.example/", "--as", "head", "--at", "2026-11-23T10:15", "--json"],
    ));
    let explained: serde_json::Value = serde_json::from_str(&explained).unwrap();
    assert!(explained["decision"]["trail"].as_array().is_some_and(|trail| trail.len() >= 5), "{explained}");

    // Nobody is signed in, so the gateway answers with a page, and its reference can be looked up.
    let curl = Command::new("curl")
        .args(["--silent", "--max-time", "20", "--proxy", &card.gateway, "--cacert"])
        .arg(&card.certificate)
        .arg("https://encyclopaedia.example/")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&curl.stdout).contains("Sign in first"), "{curl:?}");

    assert!(demo.stop().success());
    let verified = said(&usher_on(&card.config, &["verify"]));
    assert!(
        verified.contains("as they were written") && verified.contains("as they were recorded"),
        "{verified}"
    );

    let mut again = Running::demo(folder.path(), &[]);
    let second = again.card(folder.path());
    assert!(second.time.contains("23 November 2026"), "{}", second.time);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.matches("Making Rowan Hill").count(), 1, "the second start carries on\n{log}");
    assert!(again.stop().success());
}

#[test]
fn a_school_is_set_up_once_and_what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("usher.toml"), folder.path().join("data"));
    let init = |name: &str| {
        usher(&[
            OsStr::new("--config"),
            config.as_os_str(),
            OsStr::new("init"),
            OsStr::new("--name"),
            OsStr::new(name),
            OsStr::new("--lead"),
            OsStr::new("Sanjay Bhatt"),
            OsStr::new("--data"),
            data.as_os_str(),
        ])
    };
    let missing = usher_on(&config, &["verify"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("usher init"), "{missing:?}");

    let first = said(&init("Rowan Hill Primary"));
    assert!(first.contains("password") && first.contains("SHA-256"), "{first}");
    let second = init("Rowan Hill Primary");
    assert!(String::from_utf8_lossy(&second.stderr).contains("is set up"), "{second:?}");

    let list = folder.path().join("games.txt");
    std::fs::write(&list, "games.example\nnot a host name!\n").unwrap();
    let list = list.to_str().unwrap();
    let import =
        &["lists", "import", list, "--id", "own-games", "--category", "games", "--licence", "CC0-1.0"];
    let imported = said(&usher_on(&config, import));
    assert!(imported.contains("1 entries") && imported.contains("1 lines could not be read"), "{imported}");
    let compiled = said(&usher_on(&config, &["lists", "compile"]));
    assert!(compiled.contains("1 names") && compiled.contains("in force now"), "{compiled}");
    let nonsense = usher_on(&config, &["lists", "import", list, "--id", "x", "--category", "gamez"]);
    assert!(String::from_utf8_lossy(&nonsense.stderr).contains("gamez"), "{nonsense:?}");

    // A sealed list is fetched for good, and that somebody tried to stop it is in the journal.
    let entries = || {
        let verified = said(&usher_on(&config, &["verify"]));
        let words: Vec<&str> = verified.split_whitespace().collect();
        let journal = words.iter().position(|word| *word == "journal").unwrap();
        words[journal - 1].parse::<u64>().unwrap()
    };
    let subscription = data.join("lists/feeds/licensed.json");
    std::fs::create_dir_all(subscription.parent().unwrap()).unwrap();
    std::fs::write(&subscription, SUBSCRIPTION).unwrap();
    let before = entries();
    let stopped = usher_on(&config, &["lists", "unsubscribe", "licensed"]);
    assert!(String::from_utf8_lossy(&stopped.stderr).contains("nobody can stop it"), "{stopped:?}");
    assert!(!stopped.status.success() && subscription.exists());
    assert_eq!(entries(), before + 1);

    // A list of something grave that shrank is not believed by one person; of something else it is.
    for (id, category) in [("own-adult", "adult"), ("own-sport", "sport")] {
        let import = |lines: &str| {
            std::fs::write(data.join("list"), lines).unwrap();
            let list = data.join("list");
            let import = ["lists", "import", list.to_str().unwrap(), "--id", id, "--category", category];
            said(&usher_on(&config, &import));
            said(&usher_on(&config, &["lists", "compile"]))
        };
        import("a.example\nb.example\nc.example\nd.example\n");
        assert!(import("a.example\n").contains("HELD"));
        let accepted = usher_on(&config, &["lists", "accept", id, "--reason", "They sorted it out"]);
        let told = String::from_utf8_lossy(&accepted.stderr);
        assert_eq!(accepted.status.success(), category == "sport", "{told}");
        assert_eq!(told.contains("one person alone cannot believe this"), category == "adult", "{told}");
    }

    let settings = said(&usher_on(&config, &["settings"]));
    assert!(settings.contains("unrestricted.longest-minutes"), "{settings}");
    let certificate = said(&usher_on(&config, &["ca", "export"]));
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"), "{certificate}");
    let verified = said(&usher_on(&config, &["verify"]));
    assert!(verified.contains("0 events"), "{verified}");
}
