//! The school's own figures at the command line: shown, changed from a file, held against what people signed.

use crate::policy::School;

/// What `usher settings set` says of a file, and whether it was kept.
fn set(school: &School, text: &str, by: &str, more: &[&str]) -> (bool, String) {
    let (file, password) = (school.folder.path().join("figures.toml"), school.folder.path().join("password"));
    std::fs::write(&file, text).unwrap();
    let (file, password) = (file.to_str().unwrap(), password.to_str().unwrap());
    let reason = "The governors asked for it";
    let asked = ["settings", "set", file, "--by", by, "--password-file", password, "--reason", reason];
    school.run(&[&asked, more].concat())
}

#[test]
fn pol_11_the_head_changes_figures_from_a_file_and_none_that_makes_a_signed_clause_untrue() {
    let school = School::new();
    let shown = || school.run(&["settings"]).1;
    let before = shown();
    assert!(before.contains("conduct.sticks") && before.contains("(kept, not acted on yet)"), "{before}");

    let fewer = "[alarms.grave-blocks]\ntimes = 3\n";
    let (said, told) = set(&school, fewer, "head", &[]);
    assert!(said && told.contains("5 times → 3 times") && told.contains("Nothing is changed yet"), "{told}");
    assert_eq!(shown(), before);
    let (kept, told) = set(&school, fewer, "teacher.y4", &["--yes"]);
    assert!(!kept && told.contains("headteacher"), "{told}");
    assert_eq!(shown(), before);
    let (kept, told) = set(&school, fewer, "head", &["--yes"]);
    assert!(kept && told.contains("Kept."), "{told}");
    let after = shown();
    let line = after.lines().find(|line| line.contains("alarms.grave-blocks.times")).unwrap();
    assert!(line.starts_with('*') && line.ends_with(" 3"), "{line}");
    assert!(set(&school, fewer, "head", &["--yes"]).1.contains("Nothing changes"));

    let (kept, told) = set(&school, "[alarms]\nwords-from = 9\n", "head", &["--yes"]);
    assert!(
        !kept && told.contains("figures.toml:2: alarms.words-from: it is a number from 1 to 5"),
        "{told}"
    );
    let (kept, told) = set(&school, "[alarms]\n\nloud = true\n", "head", &["--yes"]);
    assert!(!kept && told.contains("figures.toml:3: alarms.loud: unknown field"), "{told}");

    let (kept, told) = set(&school, "[sign-in]\nsecond-device = \"allow\"\n", "head", &["--yes"]);
    assert!(!kept && told.contains("UNTRUE") && told.contains("signed by"), "{told}");
    assert_eq!(shown(), after);
    assert!(school.run(&["verify"]).0);
}
