//! The ledger of clauses at the command line, in a school of each kind.

use std::ffi::OsStr;

use crate::policy::School;
use crate::running::{said, usher, usher_on};

/// A school with each of the five profiles, set up as a technician would, and its ledger.
#[test]
fn pol_01_usher_ledger_is_read_and_printed_in_a_school_of_each_of_the_five_profiles() {
    for profile in ["classic", "comprehensive", "trust", "codes", "numbered"] {
        let folder = tempfile::tempdir().unwrap();
        let (config, data) = (folder.path().join("usher.toml"), folder.path().join("data"));
        let arguments = [
            OsStr::new("--config"),
            config.as_os_str(),
            OsStr::new("init"),
            OsStr::new("--name"),
            OsStr::new("Rowan Hill Primary"),
            OsStr::new("--lead"),
            OsStr::new("Sanjay Bhatt"),
            OsStr::new("--profile"),
            OsStr::new(profile),
            OsStr::new("--data"),
            data.as_os_str(),
        ];
        said(&usher(&arguments));
        let told = said(&usher_on(&config, &["ledger"]));
        let lists =
            ["Promises nothing keeps", "True when signed, not any more", "Controls nobody was told of"];
        let places: Vec<usize> =
            lists.iter().map(|list| told.rfind(&format!("\n{list}\n")).expect(list)).collect();
        assert!(places.is_sorted(), "{profile}: {told}");
        let all = told.rfind("\nEvery promise in force\n").expect("every promise");
        assert!(places[2] < all && !told.contains('⟨'), "{profile}: {told}");
        // Where the governors approve first (POL-05), nothing is in force yet, and nobody was told of anything.
        let said_of_lessons = match profile {
            "trust" => told[places[2]..all].contains("web.lesson-session: "),
            _ => told[all..].contains("web.lesson-session: Holds."),
        };
        assert!(said_of_lessons, "{profile}: {told}");
        let pdf = folder.path().join("ledger.pdf");
        said(&usher_on(&config, &["ledger", "--pdf", pdf.to_str().unwrap()]));
        let pdf = std::fs::read(&pdf).unwrap();
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000, "{profile}: {} bytes", pdf.len());
    }
}

#[test]
fn pol_01_a_rule_behind_a_signed_clause_goes_only_after_new_words_and_stays_on_the_list_of_who_signed() {
    let school = School::new();
    let changed = school.shown.replacen("[lessons]\nfor = [\"pupils\"]", "[lessons]\nfor = []", 1);
    assert_ne!(changed, school.shown, "{}", school.shown);
    let file = school.folder.path().join("draft.toml");
    std::fs::write(&file, &changed).unwrap();
    let file = file.to_str().unwrap();
    let (fine, told) = school.policy(&["check", file]);
    assert!(!fine && told.contains("UNTRUE") && told.contains("signed by"), "{told}");
    let (published, told) = school.publish(std::path::Path::new(file), "head");
    assert!(!published && told.contains("usher agreement publish"), "{told}");
    assert_eq!(school.policy(&["show"]).1, school.shown);

    for words in AGREEMENTS {
        let newer =
            words.replace("version = \"2026\"", "version = \"2027\"").replace("web.lesson-session ", "");
        let (published, told) = school.publish_agreement(&newer, "head");
        assert!(published && told.contains("version 2027"), "{told}");
    }
    let (refused, told) = school.publish_agreement(AGREEMENTS[0], "computing.lead");
    assert!(!refused, "{told}");
    school.publish_by_two(&changed);
    let (all_true, told) = school.run(&["ledger"]);
    assert!(!all_true, "what is untrue is a failure: {told}");
    let gone = told.split("\nTrue when signed, not any more\n").nth(1).unwrap();
    let gone = gone.split("\nControls nobody was told of\n").next().unwrap();
    assert!(gone.contains("no longer in force") && gone.contains("signed it while it was true:"), "{gone}");
    assert!(gone.contains("Headteacher, ") && gone.contains("version 2026"), "{gone}");
    assert!(gone.contains("Parents and carers: "), "families are numbers: {gone}");
    said(&usher_on(&school.card.config, &["verify"]));
}

/// The model agreements with a clause that a lesson keeps.
const AGREEMENTS: [&str; 4] = [
    include_str!("../../profiles/agreements/parent.md"),
    include_str!("../../profiles/agreements/pupil-ks1.md"),
    include_str!("../../profiles/agreements/pupil-ks2.md"),
    include_str!("../../profiles/agreements/staff.md"),
];
