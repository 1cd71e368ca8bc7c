//! `usher probe` against the demonstration: it finds nothing in the policy that ships, and finds what was opened in one
//! that was loosened on purpose.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use usher_demo::school::{DemoSchool, USUAL_SEED};

use crate::policy::School;
use crate::rows::{at_own_device, child_of_4a, open_lesson};
use crate::running::{Card, Running, usher};

/// What a run found: its exit code, and every case with what it shows.
struct Probed {
    code: Option<i32>,
    cases: Vec<Value>,
    said: String,
}

impl Probed {
    fn those(&self, found: &str) -> Vec<String> {
        let fits = self.cases.iter().filter(|case| case["found"] == found);
        fits.map(|case| format!("{}/{}: {}", case["kind"], case["name"], case["how"])).collect()
    }

    fn kinds(&self, found: &str) -> BTreeSet<&str> {
        self.cases
            .iter()
            .filter(|case| case["found"] == found)
            .filter_map(|case| case["kind"].as_str())
            .collect()
    }
}

/// Runs the probe from a device of a child of 4A who is signed in and in a lesson.
fn probe(folder: &Path, card: &Card, blocked: &str, more: &[&str]) -> Probed {
    let school = DemoSchool::rowan_hill(USUAL_SEED);
    open_lesson(card, &school);
    let child = child_of_4a(&school, 6);
    let device = at_own_device(card, &child);
    if device.get("https://encyclopaedia.example/").status == 403 {
        device.sign(&child.given);
    }
    let mut arguments = vec![
        "probe",
        "--json",
        "--proxy",
        &card.gateway,
        "--from",
        &child.device,
        "--blocked",
        blocked,
        "--open",
        "https://encyclopaedia.example/",
        "--ca",
        card.certificate.to_str().unwrap(),
    ];
    arguments.extend(more);
    let arguments: Vec<&std::ffi::OsStr> = arguments.into_iter().map(std::ffi::OsStr::new).collect();
    let output = usher(&arguments);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = format!("{out}\n{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(folder.join("probed"), &said).unwrap();
    let report: Value = serde_json::from_str(&out).unwrap_or_default();
    let cases = report["cases"].as_array().cloned().unwrap_or_default();
    Probed { code: output.status.code(), cases, said }
}

#[test]
fn web_24_the_probe_finds_no_way_round_the_policy_that_ships() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    let probed = probe(folder.path(), &card, "https://games.example/", &[]);
    assert_eq!(probed.those("hole"), Vec::<String>::new(), "{}", probed.said);
    let (held, untried) = (probed.those("held"), probed.those("untried"));
    assert!(held.len() >= 150, "{} held, not tried: {untried:#?}", held.len());
    // A tunnel that ends before anybody showed a certificate says nothing: a site that cannot be reached ends it too.
    let odd: Vec<&String> =
        untried.iter().filter(|how| !how.contains("the tunnel was closed, and nobody")).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    assert_eq!(probed.code, Some(0));

    let cannot = probe(folder.path(), &card, "https://learning.example/", &["--only", "names"]);
    assert_eq!(cannot.code, Some(2), "{}", cannot.said);
    assert!(cannot.said.contains("the blocked page is not refused"), "{}", cannot.said);
    assert!(demo.stop().success());
}

/// Rules that close what the probe tries, as `policy show` writes them.
const RULES: [&str; 3] = ["no-hidden-names", "only-tls-in-tunnels", "web-ports-only"];
/// The agreements in which people promise not to get round the filter.
const AGREEMENTS: [&str; 3] = [
    include_str!("../../profiles/agreements/pupil-ks2.md"),
    include_str!("../../profiles/agreements/staff.md"),
    include_str!("../../profiles/agreements/visitor.md"),
];
/// What is tried: no case of these leads out of this machine, whatever the policy says.
const INSIDE: [&str; 7] = ["names", "fronting", "connect", "smuggling", "disguise", "hellos", "protocols"];

#[test]
fn web_24_the_probe_finds_the_holes_of_a_policy_that_was_loosened() {
    let school = School::new();
    let mut loose = school.shown.clone();
    for rule in RULES {
        let at = loose.find(&format!("id = \"{rule}\"")).unwrap();
        let (before, after) = loose.split_at(at);
        loose = format!("{before}{}", after.replacen("verdict = \"block\"", "verdict = \"allow\"", 1));
    }
    // Nobody may be left with a promise that is broken: new words come first.
    for words in AGREEMENTS {
        let newer = words.replace("version = \"2026\"", "version = \"2027\"").replace("web.no-bypass ", "");
        let (published, told) = school.publish_agreement(&newer, "head");
        assert!(published, "{told}");
    }
    school.publish_by_two(&loose);
    let mut demo = Running::demo(school.folder.path(), &[]);
    let card = demo.card(school.folder.path());
    let only: Vec<&str> = INSIDE.iter().flat_map(|kind| ["--only", *kind]).collect();
    let probed = probe(school.folder.path(), &card, "https://games.example/", &only);
    assert_eq!(probed.code, Some(1), "{}", probed.said);
    let found = probed.kinds("hole");
    for kind in ["fronting", "connect", "hellos"] {
        assert!(found.contains(kind), "{kind} is not among {found:?}\n{}", probed.said);
    }
    // No rule is needed for these: a name in any spelling is one name, and a request is what it is.
    for kind in ["names", "smuggling", "disguise", "protocols"] {
        assert!(!found.contains(kind), "{:#?}", probed.those("hole"));
    }
    assert!(demo.stop().success());
}

#[test]
fn fm_49_the_probe_confirms_from_a_device_that_whoever_signs_in_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::demo(folder.path(), &[]);
    let card = demo.card(folder.path());
    let told = |from: &str, portal: &str| {
        let arguments = [
            "probe",
            "--notice",
            "--json",
            "--proxy",
            &card.gateway,
            "--from",
            from,
            "--open",
            "http://encyclopaedia.example/",
            "--portal",
            portal,
        ];
        let output = usher(&arguments.map(std::ffi::OsStr::new));
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let shown: Vec<Value> = serde_json::from_str(&out).unwrap_or_default();
        let said = format!("{out}\n{}", String::from_utf8_lossy(&output.stderr));
        (output.status.code(), shown, said)
    };
    let (code, shown, said) = told("127.0.0.99", "https://usher.internal");
    assert_eq!(code, Some(0), "{said}");
    let readers: Vec<&str> = shown.iter().filter_map(|one| one["reader"].as_str()).collect();
    assert_eq!(readers, ["gateway", "adults", "older-children", "youngest", "guests"], "{said}");
    assert!(shown[3]["words"].as_str().unwrap().contains("My school shuts some pages"), "{said}");

    // Pages that are no portal's tell nobody, and where somebody is signed in nobody is told anew.
    let (code, _, said) = told("127.0.0.99", "https://encyclopaedia.example");
    assert_eq!(code, Some(2), "{said}");
    let child = child_of_4a(&DemoSchool::rowan_hill(USUAL_SEED), 6);
    open_lesson(&card, &DemoSchool::rowan_hill(USUAL_SEED));
    let device = at_own_device(&card, &child);
    if device.get("https://encyclopaedia.example/").status == 403 {
        device.sign(&child.given);
    }
    let (code, shown, said) = told(&child.device, "https://usher.internal");
    assert_eq!(code, Some(2), "{said}");
    assert!(shown[0]["words"].as_str().unwrap().contains("somebody is signed in"), "{said}");
    assert!(demo.stop().success());
}
