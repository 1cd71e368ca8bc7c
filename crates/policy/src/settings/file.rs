//! A file of settings, which may leave most of them out: read into the settings in force, each fault with its line.

use serde_json::Value;
use toml::de::{DeTable, DeValue};
use usher_records::settings::Settings;

use super::{Fault, Patch, Wrong, faults, patched};
use crate::profile::{ProfileFault, fault};
use usher_words::Words;

/// Settings that may be taken out again, by an empty table: `quiet = {}`.
const MAY_GO: [&str; 5] = [
    "alarms.answer.quiet",
    "alarms.answer.words-from-years",
    "contacts.authority-mail",
    "contacts.provider-mail",
    "private-use.hours",
];

/// The settings in force with what a file says of them. The file has the shape of a profile's `[settings]`; what it leaves
/// out stays.
///
/// # Errors
/// Every key nobody knows and every value out of range, each with its line.
pub fn read(text: &str, settings: &Settings, words: &Words) -> Result<Settings, Vec<ProfileFault>> {
    let one = |error: &toml::de::Error| vec![fault(text, error)];
    let tree: Value = toml::from_str(text).map_err(|error| one(&error))?;
    let table = DeTable::parse(text).map_err(|error| one(&error))?;
    let mut said = Vec::new();
    gather("", table.get_ref(), &tree, &mut said);
    // In the order of the file, so that the first fault told is the first there.
    said.sort_by_key(|(at, _)| *at);
    let patches: Vec<Patch> = said.iter().map(|(_, patch)| patch.clone()).collect();
    let line = |at: usize| 1 + text.get(..at).map_or(0, |before| before.matches('\n').count());
    let after = patched(settings, &patches).map_err(|whole| {
        let (at, what) = culprit(settings, &said, whole);
        vec![ProfileFault { line: line(at), what }]
    })?;
    let wrong = faults(settings, &after);
    if wrong.is_empty() {
        return Ok(after);
    }
    let place = |key: &str| {
        let of = |patch: &Patch| key.starts_with(patch.key.as_str()) || patch.key.starts_with(key);
        said.iter().find(|(_, patch)| of(patch)).map_or(0, |(at, _)| *at)
    };
    let told = |one: Fault| ProfileFault {
        line: line(place(&one.key)),
        what: format!("{}: {}", one.key, one.wrong.said(words)),
    };
    Err(wrong.into_iter().map(told).collect())
}

/// Every setting of a table, each with where its name stands.
fn gather(name: &str, table: &DeTable<'_>, tree: &Value, found: &mut Vec<(usize, Patch)>) {
    for (part, inner) in table {
        let part_name = part.get_ref();
        let key = if name.is_empty() { part_name.to_string() } else { format!("{name}.{part_name}") };
        let Some(value) = tree.get(part_name.as_ref()) else { continue };
        match inner.get_ref() {
            DeValue::Table(inner) if inner.is_empty() => {
                if MAY_GO.contains(&key.as_str()) {
                    found.push((part.span().start, Patch::out(&key)));
                }
            }
            DeValue::Table(inner) => gather(&key, inner, value, found),
            _ => found.push((part.span().start, Patch { key, value: Some(value.clone()) })),
        }
    }
}

/// Which setting keeps a file from being read: the one without which it can be, or the first that cannot stand alone.
fn culprit(settings: &Settings, said: &[(usize, Patch)], whole: Fault) -> (usize, String) {
    let words = |fault: &Fault| match &fault.wrong {
        Wrong::Unreadable(what) => what.clone(),
        other => format!("{other:?}"),
    };
    let all_but = |skip: usize| -> Vec<Patch> {
        said.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, (_, patch))| patch.clone()).collect()
    };
    let mends = said.iter().enumerate().find(|(at, _)| patched(settings, &all_but(*at)).is_ok());
    if let Some((_, (at, patch))) = mends {
        return (*at, format!("{}: {}", patch.key, words(&whole)));
    }
    let alone = said.iter().find_map(|(at, patch)| {
        let fault = patched(settings, std::slice::from_ref(patch)).err()?;
        Some((*at, format!("{}: {}", patch.key, words(&fault))))
    });
    alone.unwrap_or_else(|| (0, words(&whole)))
}
