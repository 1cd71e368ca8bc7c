//! Settings put into a file and read back: what is named changes, and each fault has its line.

use usher_types::role::Role;

use super::*;
use crate::profile;

fn comprehensive() -> Settings {
    profile::built_in("comprehensive").unwrap().unwrap().settings
}

fn words() -> Words {
    Words::english().unwrap()
}

#[test]
fn pol_11_a_file_changes_what_it_names_and_nothing_else() {
    let before = comprehensive();
    let text = "[alarms.grave-blocks]\ntimes = 3\n[agreements]\njoiner-days = 5\n[sign-in]\nidle-minutes = { pupils = 20 }\n";
    let after = read(text, &before, &words()).unwrap();
    let changed = differences(&before, &after);
    let keys: Vec<&str> = changed.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["agreements.joiner-days", "alarms.grave-blocks.times", "sign-in.idle-minutes.pupils"]);
    assert_eq!((after.alarms.grave_blocks.times, after.alarms.grave_blocks.minutes), (3, 10));
    assert_eq!((after.sign_in.idle_minutes.pupils, after.sign_in.idle_minutes.adults), (20, 60));
    let said = changed[0].said(&words());
    assert!(said.contains("0 school days") && said.contains("5 school days"), "{said}");
}

#[test]
fn pol_11_a_key_nobody_knows_is_named_with_its_line_and_so_is_what_is_out_of_range() {
    let before = comprehensive();
    for (text, line, what) in [
        ("[alarms]\nwords-from = 3\nloud = true\n", 3, "unknown field `loud`"),
        ("[alarms]\n\nwords-from = \"high\"\n", 3, "words-from"),
        ("[alarms.grave-blocks]\ntimes = 5\nminutes = 0\n", 3, "1 to 1440"),
        ("[agreements]\njoiner-days = 21\n", 2, "20 school days"),
        ("\n[alarms]\nto = []\n", 3, "alarms.to"),
        ("[off-site]\ntunnels = [\"0.0.0.0/0\"]\n", 2, "whole internet"),
        (
            "[[permissions.matter]]\nname = \"mass-mail\"\ndeciders = [\"headteacher\"]\ntwo-people = true\n",
            1,
            "only one office",
        ),
        ("[volume]\nloud = 1\n", 2, "unknown field `volume`"),
        ("[sign-in]\nshared-years = [-1]\n[agreements]\nparent-first = true\n", 4, "password"),
        ("[alarms.answer.quiet]\nfrom = \"18:00:00\"\n", 2, "missing field `until`"),
        ("[alarms\n", 1, ""),
    ] {
        let faults = read(text, &before, &words()).unwrap_err();
        assert_eq!(faults[0].line, line, "{text}: {faults:?}");
        assert!(faults[0].what.contains(what), "{text}: {faults:?}");
    }
}

#[test]
fn pol_11_what_may_be_missing_is_taken_out_by_an_empty_table_and_an_empty_heading_changes_nothing() {
    let quiet = "[alarms.answer.quiet]\nfrom = \"18:00:00\"\nuntil = \"07:30:00\"\npasses-from = 4\n";
    let before = read(quiet, &comprehensive(), &words()).unwrap();
    assert!(before.alarms.answer.quiet.is_some());
    let after = read("[alarms.answer]\nquiet = {}\n", &before, &words()).unwrap();
    assert_eq!(after.alarms.answer.quiet, None);
    assert_eq!(read("[alarms]\n", &before, &words()).unwrap(), before);
}

#[test]
fn pol_11_a_rule_of_leave_that_nobody_may_carry_out_is_refused() {
    let mut after = comprehensive();
    let before = after.clone();
    let rule = |deciders: &[Role]| usher_records::permission::rules::MatterRule {
        name: Matter::DataOffSite,
        deciders: deciders.to_vec(),
        longest_days: Some(5),
        two_people: false,
    };
    after.permissions.matters = vec![rule(&[Role::Technician])];
    assert_eq!(faults(&before, &after)[0].wrong, Wrong::NoDecider);
    after.permissions.matters = vec![rule(&[Role::Headteacher]), rule(&[])];
    assert_eq!(faults(&before, &after)[0].wrong, Wrong::Twice);
    after.permissions.matters = vec![rule(&[Role::Headteacher])];
    assert_eq!(faults(&before, &after), []);
}

#[test]
fn what_nothing_acts_on_is_a_setting_all_the_same() {
    let settings = flat(&comprehensive());
    for key in NOT_ACTED_ON {
        assert!(settings.contains_key(key), "{key}");
    }
    assert!(is_acted_on("conduct.first-breach") && !is_acted_on("conduct.sticks"));
}

#[test]
fn what_was_wrong_before_does_not_keep_anything_else_from_being_changed() {
    let mut before = comprehensive();
    before.alarms.grave_blocks.minutes = 0;
    let mut after = before.clone();
    after.alarms.words_from = 3;
    assert_eq!(faults(&before, &after), []);
}

#[test]
fn pol_11_another_order_of_who_signs_what_is_a_change() {
    let before = comprehensive();
    let mut after = before.clone();
    after.agreements.audiences.swap(0, 1);
    let changed = differences(&before, &after);
    assert_eq!(changed.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["agreements.audiences"]);
    let first = &before.agreements.audiences[0].agreement;
    let second = &before.agreements.audiences[1].agreement;
    let said = changed[0].said(&words());
    assert!(
        said.contains(&format!("{first}, {second}")) && said.contains(&format!("{second}, {first}")),
        "{said}"
    );
    // One that goes, or comes, is told by itself, and the others stand as they stood.
    after.agreements.audiences = before.agreements.audiences[1..].to_vec();
    let gone = differences(&before, &after);
    assert!(!gone.is_empty() && gone.iter().all(|one| one.key != "agreements.audiences"), "{gone:?}");
}
