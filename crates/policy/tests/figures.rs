//! Each figure and rule on which the source policies differ, beside what the profile that reproduces a policy has (POL-11).
//!
//! A policy that says nothing of a figure has no line for it: its profile is free there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use usher_policy::profile;
use usher_policy::settings::flat;

/// The profiles in the order of the policies S0 to S4.
const PROFILES: [&str; 5] = ["classic", "comprehensive", "trust", "codes", "numbered"];

/// Where a policy says it, which of the five, the setting, and what it says.
fn figures() -> Vec<(&'static str, usize, &'static str, Value)> {
    let mut all = passwords_and_signing();
    all.extend(conduct());
    all
}

fn passwords_and_signing() -> Vec<(&'static str, usize, &'static str, Value)> {
    vec![
        ("S3:33 at least 6 characters", 3, "passwords.adults.characters", json!(6)),
        ("S3:34 lower case and capitals", 3, "passwords.adults.both-cases", json!(true)),
        ("S3:35 at least 1 number", 3, "passwords.adults.digits", json!(1)),
        ("S3:36 at least 1 symbol", 3, "passwords.adults.symbols", json!(1)),
        ("S3:43 one computer", 3, "sign-in.second-device", json!("refuse")),
        ("S3 no expiry", 3, "passwords.lapse", json!("never")),
        ("S1:118 every half term", 1, "passwords.lapse", json!("half-termly")),
        ("S1:118 may go to support staff", 1, "passwords.lending", json!(true)),
        ("S0:62 never", 0, "passwords.lending", json!(false)),
        ("S2:161 never", 2, "passwords.lending", json!(false)),
        ("S3:30 never", 3, "passwords.lending", json!(false)),
        ("S4:40 never", 4, "passwords.lending", json!(false)),
        ("S2:69 by year group", 2, "sign-in.shared-years", json!([0, 1, 2])),
        ("S1:211 individual", 1, "sign-in.shared-years", json!([])),
        ("S3:309 individual", 3, "sign-in.shared-years", json!([])),
        ("S1:81 at every sign-in", 1, "sign-in.clause-each-time", json!(["pupil"])),
        ("S1:82 each academic year", 1, "agreements.pupils-yearly", json!(true)),
        ("S0 once", 0, "agreements.pupils-yearly", json!(false)),
        ("S2 once", 2, "agreements.pupils-yearly", json!(false)),
        ("S3 once", 3, "agreements.pupils-yearly", json!(false)),
        ("S4 once", 4, "agreements.pupils-yearly", json!(false)),
        ("S1:79 to parents each year", 1, "agreements.rules-to-parents", json!(true)),
        ("S0:96 parents first", 0, "agreements.parent-first", json!(true)),
        ("S0:130,133 parent and pupil", 0, "agreements.with-parent", json!(true)),
        ("S1:82 pupil only", 1, "agreements.with-parent", json!(false)),
        ("S4:95 pupil only", 4, "agreements.with-parent", json!(false)),
        ("S2:152 governors approve", 2, "agreements.governors-approve", json!(true)),
        (
            "S1:85 weekly to 3 roles",
            1,
            "reports.weekly-to",
            json!(["business-manager", "headteacher", "computing-lead"]),
        ),
        ("S1 the lead may", 1, "unrestricted.allowed", json!(true)),
    ]
}

fn conduct() -> Vec<(&'static str, usize, &'static str, Value)> {
    vec![
        ("S3:232 up to 2 MB", 3, "conduct.attachment-megabytes", json!(2)),
        ("S3:227 12 months", 3, "conduct.mail-kept-months", json!(12)),
        ("S1:135 back in the suite", 1, "conduct.laptops-overnight", json!("in-the-suite")),
        ("S1:94 two consents", 1, "conduct.picture-consent", json!(["parent-written", "child-spoken"])),
        ("S0 none stated", 0, "conduct.picture-consent", json!([])),
        ("S2 parent", 2, "conduct.picture-consent", json!(["parent-written"])),
        ("S3 the pupil", 3, "conduct.picture-consent", json!(["child-spoken"])),
        ("S4 parent", 4, "conduct.picture-consent", json!(["parent-written"])),
        ("S4:29 class teacher", 4, "conduct.first-breach", json!("teacher")),
        ("S3 the head", 3, "conduct.first-breach", json!("headteacher")),
        ("S1 the lead", 1, "conduct.first-breach", json!("computing-lead")),
        ("S0 no names at all", 0, "conduct.names-with-pictures", json!(3)),
        ("S1 no surnames", 1, "conduct.names-with-pictures", json!(2)),
        ("S2 nothing without consent", 2, "conduct.names-with-pictures", json!(1)),
        ("S0 with an adult", 0, "conduct.meeting-online-contacts", json!("approved-with-adult")),
        ("S1 never", 1, "conduct.meeting-online-contacts", json!("never")),
        ("S2 no adult named", 2, "conduct.meeting-online-contacts", json!("approved-project")),
        ("S4 with an adult", 4, "conduct.meeting-online-contacts", json!("approved-with-adult")),
        ("S0 class or own", 0, "conduct.pupil-mail", json!("class-or-own")),
        ("S1 class address only", 1, "conduct.pupil-mail", json!("class-address")),
        ("S3 own account", 3, "conduct.pupil-mail", json!("own")),
        ("S4 class address only", 4, "conduct.pupil-mail", json!("class-address")),
        ("S0:29 always", 0, "conduct.parents-told", json!("always")),
        ("S1:215 when concerned", 1, "conduct.parents-told", json!("on-concern")),
        ("S2:212 when concerned", 2, "conduct.parents-told", json!("on-concern")),
        ("S4:86 when concerned", 4, "conduct.parents-told", json!("on-concern")),
        ("S1:59 never on the wireless", 1, "conduct.own-devices", json!("never")),
        ("S3 by leave", 3, "conduct.own-devices", json!("by-permit")),
        ("S1:120 when locked", 1, "conduct.mail-on-phones", json!("with-declaration")),
        ("S4:43 nothing sensitive", 4, "conduct.mail-on-phones", json!("nothing-sensitive")),
        ("S0 not to harm", 0, "conduct.pupil-phones", json!("allowed")),
        ("S1 for no reason", 1, "conduct.pupil-phones", json!("never")),
        ("S2 not in lessons", 2, "conduct.pupil-phones", json!("not-in-lessons")),
        ("S3 handed in", 3, "conduct.pupil-phones", json!("handed-in")),
        ("S4 unless approved", 4, "conduct.pupil-phones", json!("approved-only")),
        ("S1 encrypted, by leave", 1, "conduct.sticks", json!("encrypted-by-permit")),
        ("S3 encrypted only", 3, "conduct.sticks", json!("encrypted-only")),
        ("S4 IT department", 4, "conduct.software-approver", json!("technician")),
        ("S0 the lead", 0, "conduct.software-approver", json!("computing-lead")),
        ("S0 the head", 0, "conduct.data-off-site-approver", json!("headteacher")),
        ("S0 as listed", 0, "conduct.staff-private-use", json!("as-listed")),
        ("S2:159 professional only", 2, "conduct.staff-private-use", json!("none")),
        ("S3:124 occasional", 3, "conduct.staff-private-use", json!("occasional")),
        ("S4 as listed", 4, "conduct.staff-private-use", json!("as-listed")),
        ("S0 school purposes", 0, "conduct.pupil-private-use", json!("none")),
        ("S2 not in lessons", 2, "conduct.pupil-private-use", json!("outside-lessons")),
        ("S3:308 outside hours", 3, "conduct.pupil-private-use", json!("outside-hours")),
        ("S4 school purposes", 4, "conduct.pupil-private-use", json!("none")),
        ("S4:88 the pupil keeps one", 4, "conduct.copies-kept-by", json!(["pupil"])),
        ("S2:228 staff save screens", 2, "conduct.copies-kept-by", json!(["staff"])),
        ("S3:134 no copy", 3, "conduct.copies-kept-by", json!([])),
        ("S1:80 screen off", 1, "conduct.copies-kept-by", json!([])),
        ("S0 the authority", 0, "contacts.authority", json!("local authority")),
        ("S1 the authority", 1, "contacts.authority", json!("local authority")),
        ("S2 the trust", 2, "contacts.authority", json!("trust")),
        ("S3 the trust", 3, "contacts.authority", json!("trust")),
    ]
}

#[test]
fn pol_11_each_profile_has_the_figures_of_the_policy_it_reproduces() {
    let profiles: Vec<BTreeMap<String, Value>> =
        PROFILES.iter().map(|name| flat(&profile::built_in(name).unwrap().unwrap().settings)).collect();
    let wrong: Vec<String> = figures()
        .into_iter()
        .filter(|(_, at, key, says)| profiles.get(*at).and_then(|one| one.get(*key)) != Some(says))
        .map(|(policy, at, key, says)| {
            format!("{policy}: {key} is {says} there; {:?} has {:?}", PROFILES[at], profiles[at].get(key))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (name, settings) in PROFILES.iter().zip(&profiles) {
        let named = settings.keys().filter(|key| key.starts_with("technologies[") && key.ends_with(".name"));
        assert_eq!(named.count(), 11, "{name}: the technologies of S2:21-40");
    }
}

#[test]
fn pol_11_a_password_by_the_rule_of_s3_is_taken_and_others_are_not() {
    let mut rule = profile::built_in("codes").unwrap().unwrap().settings.passwords.adults;
    for (password, taken) in [("Abc12", false), ("abcde1!", false), ("Abcd1!", true)] {
        assert_eq!(rule.weaknesses(password, "somebody").is_empty(), taken, "{password}");
    }
    rule.characters = 12;
    assert!(!rule.weaknesses("Abcd1!", "somebody").is_empty());
}
