//! Every key that pages use has words for whoever reads the page, and no words of the desk are left over.
//!
//! Keys are found by reading templates and sources as text: a page that no test opens still counts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use usher_lists::category::Area;
use usher_policy::verdict::Verdict;
use usher_records::agreement_diff::{self, What};
use usher_records::alert::closing::{self, Acted};
use usher_records::alert::{self, Off};
use usher_records::case::rules::{BUILT_IN, Class, Step};
use usher_records::case::thread::{Agency, Contact, Part, PreventOutcome, Seal};
use usher_records::contact::Body;
use usher_records::parents_place::Decider;
use usher_records::permission::State;
use usher_records::permission::matter::{Detail, Matter};
use usher_records::scope::Register;
use usher_records::sign_off::SignLine;
use usher_types::role::{PersonKind, Reader, Role};
use usher_words::Words;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The calls that say a key, as they stand in templates and sources.
const SAYINGS: [&str; 5] = [".t(", ".t1(", ".t2(", ".n(", ".with("];
/// The calls that make a form field, whose words are under `field-<name>`.
const FIELDS: [&str; 9] =
    ["line(", "input(", "short(", "date(", "area(", "select(", "radios(", "boxes(", "tick("];
/// Literals that look like keys and are none: names of categories, and of parts of pages.
const NOT_KEYS: [&str; 3] = ["ads-and-tracking", "software-updates", "weekly-plot"];

/// Files below a folder of this crate, without their tests: what tests say is not said to anybody.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|has| has == ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                found.push((path, text));
            }
        }
    }
    found
}

fn sources(place: &str) -> Vec<(PathBuf, String)> {
    let templates = files(&format!("templates/{place}"), "html");
    templates.into_iter().chain(files(&format!("src/pages/{place}"), "rs")).collect()
}

/// Every text between quotes that could be a key.
fn literals(text: &str) -> BTreeSet<String> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let pieces = text.split('"').filter(|piece| piece.starts_with(|c: char| c.is_ascii_lowercase()));
    pieces.filter(|piece| piece.chars().all(fine)).map(str::to_owned).collect()
}

/// The literals that stand first in these calls.
fn first_in(text: &str, calls: &[&str]) -> BTreeSet<String> {
    let after = calls.iter().flat_map(|call| text.split(call).skip(1));
    let quoted = after.filter_map(|after| after.trim_start().strip_prefix('"')?.split('"').next());
    quoted.filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

fn icons() -> BTreeSet<String> {
    let named = std::fs::read_to_string(Path::new(ROOT).join("front/pictures.json")).unwrap();
    let named: serde_json::Value = serde_json::from_str(&named).unwrap();
    named["icons"].as_array().unwrap().iter().map(|icon| icon.as_str().unwrap().to_owned()).collect()
}

/// Keys in the desk's own files.
fn written() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(Path::new(ROOT).join("../../locales/en-GB/adult")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("desk") {
            let text = std::fs::read_to_string(path).unwrap();
            let keys_of = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
            keys.extend(text.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(keys_of));
        }
    }
    keys
}

/// Keys that are put together from a name, by what they are put together from.
fn put_together() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for kind in PersonKind::ALL {
        keys.extend([format!("report-kind-{}", kind.name()), format!("report-kinds-{}", kind.name())]);
    }
    keys.extend(Role::ALL.map(|role| format!("report-role-{}", role.name())));
    let concerns = [
        "grave-words",
        "sealed-page",
        "grave-blocks",
        "leaving",
        "malware",
        "many-blocks",
        "wrong-passwords",
        "two-places",
        "filter-off",
        "drill",
    ];
    keys.extend(concerns.map(|concern| format!("alert-{concern}")));
    keys.extend(alert::State::ALL.map(|state| format!("alerts-{}", state.name())));
    keys.extend(Acted::ALL.map(|acted| format!("alert-acted-{}", acted.name())));
    keys.extend(closing::Verdict::ALL.map(|verdict| format!("alert-verdict-{}", verdict.name())));
    keys.extend((1..=5).map(|severity| format!("alert-severity-{severity}")));
    keys.extend(Off::ALL.map(|why| format!("filter-off-{}", why.name())));
    let lights = [
        "records",
        "agreements",
        "sealed",
        "policy",
        "lists",
        "gateway",
        "disk",
        "clock",
        "outbox",
        "authority",
        "refusals",
    ];
    keys.extend(lights.map(|light| format!("health-{light}")));
    keys.extend(["go", "wait", "stop", "info"].map(|state| format!("health-state-{state}")));
    for verdict in Verdict::ALL {
        keys.insert(format!("policy-verdict-{}", verdict.name()));
    }
    for level in ["off", "moderate", "strict"] {
        keys.extend(["search", "youtube"].map(|what| format!("policy-{what}-{level}")));
    }
    for effect in ["add", "remove", "clear"] {
        keys.extend([format!("edit-choice-{effect}"), format!("edit-choice-{effect}-hint")]);
    }
    keys.extend(What::ALL.map(|what| format!("agreement-change-{}", what.name())));
    keys.extend(agreement_diff::Part::ALL.map(|part| format!("agreement-part-{}", part.name())));
    keys.extend(Register::ALL.map(|register| format!("scope-register-{}", register.name())));
    keys.extend(["here", "above"].map(|used| format!("member-used-{used}")));
    keys.extend(Decider::ALL.map(|decider| format!("decider-{}", decider.name())));
    keys.extend(of_cases());
    keys.extend(of_permissions());
    keys.extend(Body::ALL.map(|body| format!("contact-body-{}", body.name())));
    let unread = ["too-large", "other-kind", "damaged", "too-many-pages", "no-time", "no-code", "not-ours"];
    keys.extend(unread.map(|why| format!("paper-unread-{why}")));
    keys
}

/// Keys of permissions that are put together. A detail's own word for a matter, and a matter's own word for its end, are
/// there where they differ.
fn of_permissions() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for matter in Matter::all() {
        keys.insert(format!("permission-matter-{}", matter.name()));
        if !matter.is_quick() {
            keys.insert(format!("permission-text-{}", matter.name()));
        }
    }
    keys.extend(Detail::ALL.map(|detail| format!("permission-detail-{}", detail.name())));
    keys.extend(State::ALL.map(|state| format!("permission-state-{}", state.name())));
    for shown in ["me", "waits", "open", "done", "all"] {
        keys.extend([format!("permissions-show-{shown}"), format!("permissions-none-{shown}")]);
    }
    keys.extend(["sign-up", "picture", "meeting"].map(|opens| format!("permission-opens-{opens}")));
    keys
}

/// Words of permissions that need not be there: those of one matter for what all have.
fn of_one_matter() -> BTreeSet<String> {
    let of = |matter: Matter| {
        let details =
            Detail::ALL.map(|detail| format!("permission-detail-{}-{}", matter.name(), detail.name()));
        details.into_iter().chain([format!("permission-until-{}", matter.name())])
    };
    Matter::all().flat_map(of).collect()
}

/// What is done with a case, and the fields of each that have words of their own.
const CASE_STEPS: [(&str, &str); 26] = [
    ("support", "label"),
    ("support-later", "label"),
    ("note", "label person"),
    ("person", "label choice"),
    ("seen", ""),
    ("illegal", "label"),
    ("check", "choice"),
    ("parents", "choice to label"),
    ("cost", "label"),
    ("correct", "label"),
    ("link", "label"),
    ("decide", "choice label why"),
    ("prevent", "choice label"),
    ("narrow", "person choice label"),
    ("lift", "label"),
    ("close", "label"),
    ("reopen", "label"),
    ("merge", "label"),
    ("confirm", ""),
    ("decline", "label"),
    ("entered", ""),
    ("class", "choice label"),
    ("refer", "choice to label"),
    ("share", "label"),
    ("hold", "label"),
    ("custody", "label from to choice"),
];
/// What an entry of a case may be.
const CASE_ENTRIES: [&str; 26] = [
    "opened",
    "note",
    "evidence",
    "illegal",
    "support",
    "support-later",
    "decided",
    "proposed",
    "declined",
    "narrowed",
    "lifted",
    "prevent",
    "entered",
    "transferred",
    "classed",
    "shared",
    "seen",
    "checked",
    "cost",
    "hold",
    "custody",
    "linked",
    "merged",
    "took-in",
    "closed",
    "reopened",
];

/// Keys of cases that are put together.
fn of_cases() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut all = |prefix: &str, names: &[&str]| {
        keys.extend(names.iter().map(|name| format!("{prefix}-{name}")));
    };
    all("report-sign", &SignLine::ALL.map(SignLine::name));
    all("case-kind", &BUILT_IN.map(|(name, ..)| name));
    all("breach-body", &usher_records::breach::Body::ALL.map(usher_records::breach::Body::name));
    all("case-area", &Area::ALL.map(Area::name));
    all("case-class", &Class::ALL.map(Class::name));
    all("case-choose", &["ordinary", "child-protection", "whistleblowing"]);
    let origins = ["report", "block", "alert", "told", "pupil-report", "complaint", "whistleblowing"];
    all("case-origin", &origins);
    all("case-from", &origins);
    all("case-part", &Part::ALL.map(Part::name));
    all("case-contact", &Contact::ALL.map(Contact::name));
    all("case-agency", &Agency::ALL.map(Agency::name));
    all("case-prevent", &PreventOutcome::ALL.map(PreventOutcome::name));
    all("case-step", &Step::ALL.map(Step::name));
    all("case-seal", &Seal::ALL.map(Seal::name));
    all("case-check", &["1", "2", "3", "4", "5", "6", "7", "8"]);
    all("case-illegal-rule", &["1", "2", "3", "4", "5"]);
    all("case-next", &["support", "note", "parents", "confirm", "entered", "close"]);
    all("cases-show", &["open", "closed", "misuse", "accident", "complaint"]);
    let columns = ["number", "date", "pupil", "class", "kind", "severity", "details", "action", "by"];
    all("behaviour-column", &columns);
    for (step, fields) in CASE_STEPS {
        all("case-do", &[step, &format!("{step}-button")]);
        if !["illegal", "confirm", "decline"].contains(&step) {
            all("case-do", &[&format!("{step}-text")]);
        }
        for field in fields.split_whitespace() {
            all("case", &[&format!("{step}-{field}")]);
        }
    }
    all("case-did", &CASE_ENTRIES);
    keys
}

#[test]
fn every_key_of_the_desk_has_english_words() {
    let words = Words::english().unwrap();
    let icons = icons();
    let families: BTreeSet<String> =
        written().iter().filter_map(|key| key.split('-').next()).map(str::to_owned).collect();
    let mut missing: Vec<String> =
        put_together().into_iter().filter(|key| !words.has(Reader::Adult, key)).collect();
    for (path, text) in sources("desk") {
        let mut keys = first_in(&text, &SAYINGS);
        if path.extension().is_some_and(|has| has == "rs") {
            // Titles, columns and choices are handed on before they are said: a literal whose first word begins keys
            // of the desk is a key too, unless it is an icon.
            let family = |key: &str| key.split_once('-').is_some_and(|(first, _)| families.contains(first));
            let begun = first_in(&text, &[".of("]);
            let whole = |key: &String| family(key) && !icons.contains(key) && !begun.contains(key);
            keys.extend(literals(&text).into_iter().filter(whole));
        }
        keys.retain(|key| {
            // The name of a field is no key, but it has words of its own.
            let named = |prefix| words.has(Reader::Adult, &format!("{prefix}-{key}"));
            let said = words.has(Reader::Adult, key) || named("done") || named("field");
            !said && !NOT_KEYS.contains(&key.as_str())
        });
        missing.extend(keys.into_iter().map(|key| format!("{key} ({})", path.display())));
    }
    assert!(missing.is_empty(), "no words for:\n{}", missing.join("\n"));
}

#[test]
fn every_field_of_the_desk_is_named() {
    let words = Words::english().unwrap();
    let mut missing = Vec::new();
    for (path, text) in sources("desk") {
        for name in first_in(&text, &FIELDS) {
            // A field that is labelled on the spot needs no words of its own.
            let labelled = text.split(&format!("\"{name}\"")).skip(1).any(|after| {
                let until = after.find(".labelled(");
                until.and_then(|until| after.get(..until)).is_some_and(|between| !between.contains("ields."))
            });
            if !labelled && !words.has(Reader::Adult, &format!("field-{name}")) {
                missing.push(format!("field-{name} ({})", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "no words for:\n{}", missing.join("\n"));
}

#[test]
fn no_words_of_the_desk_are_left_over() {
    let mut used = put_together();
    used.extend(of_one_matter());
    for (_, text) in sources("desk").into_iter().chain(files("templates/parts", "html")) {
        for literal in literals(&text) {
            used.insert(format!("done-{literal}"));
            used.insert(literal);
        }
        for name in first_in(&text, &FIELDS) {
            used.extend(["", "-hint", "-tick"].map(|end| format!("field-{name}{end}")));
        }
    }
    let left: Vec<String> = written().difference(&used).cloned().collect();
    assert!(left.is_empty(), "words nobody says: {left:?}");
}

#[test]
fn every_key_of_the_portal_and_of_pages_that_stand_in_has_words_for_whoever_reads_it() {
    let words = Words::english().unwrap();
    let mut missing = Vec::new();
    for (path, text) in ["portal", "refusal", "parts"].into_iter().flat_map(|place| match place {
        "parts" => files("templates/parts", "html"),
        place => sources(place),
    }) {
        // Children fall back to older readers' words, so the youngest reader sees whatever there is.
        let keys = first_in(&text, &SAYINGS).into_iter().filter(|key| !words.has(Reader::Ks1, key));
        missing.extend(keys.map(|key| format!("{key} ({})", path.display())));
    }
    assert!(missing.is_empty(), "no words for:\n{}", missing.join("\n"));
}
