//! The school's own figures, changed after it was set up (POL-11): from a file or from the desk.
//!
//! Owns: putting changes into the settings, what is out of range, what differs and how it is said, and which settings
//! nothing acts on yet. Does not: keep them (`records::school::set`), or hold them against what people signed (`ledger`).

mod figure;
mod file;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use usher_records::off_site;
use usher_records::permission::matter::Matter;
use usher_records::settings::Settings;
use usher_types::role::{Reader, Year};
use usher_words::Words;

pub use self::figure::{Figure, Unit, figure};
pub use self::file::read;

/// Settings that are kept and shown, and that nothing in this build acts on.
pub const NOT_ACTED_ON: [&str; 14] = [
    "conduct.attachment-megabytes",
    "conduct.copies-kept-by",
    "conduct.laptops-overnight",
    "conduct.mail-kept-months",
    "conduct.mail-on-phones",
    "conduct.meeting-online-contacts",
    "conduct.names-with-pictures",
    "conduct.parents-told",
    "conduct.picture-consent",
    "conduct.pupil-mail",
    "conduct.pupil-phones",
    "conduct.pupil-private-use",
    "conduct.staff-private-use",
    "conduct.sticks",
];

/// Lists that somebody has to be on: what is told to nobody is told in vain.
const SOMEBODY: [&str; 4] = ["alarms.to", "contacts.requests", "contacts.told", "reports.weekly-to"];

/// Whether something acts on a setting.
pub fn is_acted_on(key: &str) -> bool {
    !NOT_ACTED_ON.contains(&key)
}

/// A setting and what it shall be; none takes it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// Its dotted name, as in a file.
    pub key: String,
    /// What it shall be.
    pub value: Option<Value>,
}

impl Patch {
    /// This setting shall be so.
    pub fn of(key: &str, value: impl Into<Value>) -> Self {
        Self { key: key.to_owned(), value: Some(value.into()) }
    }

    /// This setting shall not be there.
    pub fn out(key: &str) -> Self {
        Self { key: key.to_owned(), value: None }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its dotted name; empty where it is not known.
    pub key: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// How a setting is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is no such setting, or not written as one: in the words of whoever reads it.
    Unreadable(String),
    /// A number out of its range.
    Range(i64, i64),
    /// Nobody is named.
    Nobody,
    /// A child whose parent has not answered would use the class's password (AGR-07).
    SharedPassword,
    /// Offices that cannot decide on this leave.
    NoDecider,
    /// Leave that takes two people of two offices, and one office that decides: it could never be given.
    OneOffice,
    /// Two rules for one kind of leave.
    Twice,
    /// Addresses of a tunnel that are no ranges, or are nearly everything.
    Tunnel,
}

impl Wrong {
    /// In words.
    pub fn said(&self, words: &Words) -> String {
        let plain = |key| words.say(Reader::Adult, key, &[]);
        match self {
            Self::Unreadable(what) => what.clone(),
            Self::Range(least, most) => words.say(
                Reader::Adult,
                "setting-range",
                &[("least", (*least).into()), ("most", (*most).into())],
            ),
            Self::Nobody => plain("setting-nobody"),
            Self::SharedPassword => plain("setting-shared-password"),
            Self::NoDecider => plain("setting-no-decider"),
            Self::OneOffice => plain("setting-one-office"),
            Self::Twice => plain("setting-twice"),
            Self::Tunnel => plain("setting-tunnel"),
        }
    }
}

/// The settings with these changes in them.
///
/// # Errors
/// When the whole is none any more: a name nobody knows, or something that cannot stand there.
pub fn patched(settings: &Settings, patches: &[Patch]) -> Result<Settings, Fault> {
    let unreadable =
        |error: serde_json::Error| Fault { key: String::new(), wrong: Wrong::Unreadable(error.to_string()) };
    let mut tree = serde_json::to_value(settings).map_err(unreadable)?;
    for patch in patches {
        let parts: Vec<&str> = patch.key.split('.').collect();
        put(&mut tree, &parts, patch.value.clone());
    }
    serde_json::from_value(tree).map_err(unreadable)
}

fn put(tree: &mut Value, parts: &[&str], value: Option<Value>) {
    let Some((first, rest)) = parts.split_first() else { return };
    if !tree.is_object() {
        *tree = Value::Object(Map::new());
    }
    let Value::Object(members) = tree else { return };
    match (rest.is_empty(), value) {
        (true, Some(value)) => drop(members.insert((*first).to_owned(), value)),
        (true, None) => drop(members.remove(*first)),
        (false, value) => put(members.entry((*first).to_owned()).or_insert(Value::Null), rest, value),
    }
}

/// What of a change cannot stand, though each part of it can be read. What was so before is not the change's fault.
pub fn faults(before: &Settings, after: &Settings) -> Vec<Fault> {
    let fault = |key: &str, wrong| Fault { key: key.to_owned(), wrong };
    let mut found = Vec::new();
    for change in differences(before, after) {
        let Some(value) = &change.new else { continue };
        if let Some(figure) = figure(&change.key)
            && !figure.holds(value)
        {
            found.push(fault(&change.key, Wrong::Range(figure.least, figure.most)));
        }
        if SOMEBODY.contains(&change.key.as_str()) && value.as_array().is_some_and(Vec::is_empty) {
            found.push(fault(&change.key, Wrong::Nobody));
        }
    }
    if after.agreements.parent_first && !after.sign_in.shared_years.is_empty() {
        let was = before.agreements.parent_first && before.sign_in.shared_years == after.sign_in.shared_years;
        found.extend((!was).then(|| fault("agreements.parent-first", Wrong::SharedPassword)));
    }
    if before.permissions != after.permissions {
        found.extend(leave(after));
    }
    if before.off_site != after.off_site {
        let tunnels: Vec<String> = after.off_site.tunnels.iter().map(ToString::to_string).collect();
        found.extend(
            off_site::ranges(&tunnels.join(" ")).is_err().then(|| fault("off-site.tunnels", Wrong::Tunnel)),
        );
    }
    found
}

/// Rules of leave that say nothing, or two things.
fn leave(after: &Settings) -> Option<Fault> {
    let rules = &after.permissions.matters;
    let wrong = rules.iter().enumerate().find_map(|(at, rule)| {
        let only = Matter::shape(rule.name).only;
        let idle = !rule.deciders.is_empty()
            && !only.is_empty()
            && !rule.deciders.iter().any(|role| only.contains(role));
        let twice = rules.iter().take(at).any(|earlier| earlier.name == rule.name);
        let terms = after.permissions.terms(rule.name, &after.conduct);
        let alone = terms.two_people && terms.deciders.len() < 2;
        match (twice, idle, alone) {
            (true, ..) => Some(Wrong::Twice),
            (_, true, _) => Some(Wrong::NoDecider),
            (.., alone) => alone.then_some(Wrong::OneOffice),
        }
    })?;
    Some(Fault { key: "permissions.matter".into(), wrong })
}

/// One setting that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its dotted name.
    pub key: String,
    /// What it was; none when it was not there.
    pub old: Option<Value>,
    /// What it shall be; none when it goes.
    pub new: Option<Value>,
}

impl Changed {
    /// In words: which setting, what it was, what it shall be.
    pub fn said(&self, words: &Words) -> String {
        let said = |value: &Option<Value>| {
            value.as_ref().map_or_else(String::new, |value| said(words, &self.key, value))
        };
        let (old, new) = (said(&self.old), said(&self.new));
        let or_none =
            |text: String| if text.is_empty() { words.say(Reader::Adult, "setting-none", &[]) } else { text };
        let values = [
            ("title", title(words, &self.key).into()),
            ("old", or_none(old).into()),
            ("new", or_none(new).into()),
        ];
        words.say(Reader::Adult, "setting-changes", &values)
    }
}

/// What differs between two sets of settings, by name.
pub fn differences(before: &Settings, after: &Settings) -> Vec<Changed> {
    let (mut old, new) = (flat(before), flat(after));
    let mut found: Vec<Changed> = new
        .into_iter()
        .map(|(key, new)| Changed { old: old.remove(&key), key, new: Some(new) })
        .filter(|changed| changed.old != changed.new)
        .collect();
    found.extend(old.into_iter().map(|(key, old)| Changed { key, old: Some(old), new: None }));
    found.retain(|changed| {
        changed.old.as_ref().is_some_and(|old| !old.is_null())
            || changed.new.as_ref().is_some_and(|new| !new.is_null())
    });
    found.extend(reordered(before, after));
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

/// Lists whose members, told by their names, stand in another order: of who signs what the first that fits counts.
fn reordered(before: &Settings, after: &Settings) -> Vec<Changed> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    orders("", &serde_json::to_value(before).unwrap_or_default(), &mut old);
    orders("", &serde_json::to_value(after).unwrap_or_default(), &mut new);
    let both = new.into_iter().filter_map(|(key, new)| Some((old.remove(&key)?, key, new)));
    let moved = |(old, _, new): &(Vec<String>, String, Vec<String>)| {
        let (kept, stays): (Vec<_>, Vec<_>) = (
            old.iter().filter(|one| new.contains(one)).collect(),
            new.iter().filter(|one| old.contains(one)).collect(),
        );
        kept != stays
    };
    let change = |(old, key, new): (Vec<String>, _, Vec<String>)| Changed {
        key,
        old: Some(old.into()),
        new: Some(new.into()),
    };
    both.filter(moved).map(change).collect()
}

/// The lists of things with names, each with the names as they stand.
fn orders(name: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                orders(&name, value, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            found.insert(name.to_owned(), items.iter().filter_map(place).collect());
        }
        _ => {}
    }
}

/// Every setting by its dotted name, as it is written in the file.
pub fn flat(settings: &Settings) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    // Settings hold nothing that cannot be written: they are read from text.
    walk("", serde_json::to_value(settings).unwrap_or_default(), &mut found);
    found
}

fn walk(name: &str, value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key } else { format!("{name}.{key}") };
                walk(&name, value, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let names: Vec<Option<String>> = items.iter().map(place).collect();
            for (at, (item, own)) in items.into_iter().zip(&names).enumerate() {
                // Of two with one name each has its place.
                let alone = own.as_ref().filter(|_| names.iter().filter(|other| *other == own).count() == 1);
                let at = alone.cloned().unwrap_or_else(|| at.to_string());
                walk(&format!("{name}[{at}]"), item, found);
            }
        }
        value => drop(found.insert(name.to_owned(), value)),
    }
}

/// What a member of a list is told by, where it has a name of its own.
fn place(item: &Value) -> Option<String> {
    let named = ["name", "step", "agreement"].iter().find_map(|key| item.get(*key)?.as_str());
    named.filter(|name| !name.contains(['[', ']'])).map(str::to_owned)
}

/// What a setting is called: its words, where it has some, or its name in files.
pub fn title(words: &Words, key: &str) -> String {
    titled(words, key).unwrap_or_else(|| key.to_owned())
}

/// The words for a setting, where it has some.
pub fn titled(words: &Words, key: &str) -> Option<String> {
    let year = key.strip_prefix(figure::OF_A_YEAR).and_then(|year| year.parse().ok());
    let (plain, of) = match year.and_then(Year::new) {
        Some(year) => (figure::OF_A_YEAR.trim_end_matches('.').to_owned(), Some(year.label())),
        None => {
            let of = key.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(of, _)| of);
            (figure::without_places(key), of.map(|of| member(words, of)))
        }
    };
    let title = words.find(Reader::Adult, &format!("setting-{}", plain.replace('.', "-")), &[])?;
    Some(of.map_or_else(|| title.clone(), |of| format!("{title}: {of}")))
}

/// A member of a list, as people call it.
fn member(words: &Words, name: &str) -> String {
    let known = ["case-step", "permission-matter"];
    let known = known.iter().find_map(|family| words.find(Reader::Adult, &format!("{family}-{name}"), &[]));
    known.unwrap_or_else(|| name.to_owned())
}

/// A value in words: numbers with their unit, offices by what people call them.
pub fn said(words: &Words, key: &str, value: &Value) -> String {
    match value {
        Value::Null => words.say(Reader::Adult, "setting-none", &[]),
        Value::Bool(yes) => words.say(Reader::Adult, if *yes { "setting-yes" } else { "setting-no" }, &[]),
        Value::Number(number) => {
            let unit = figure(key).and_then(|figure| figure.unit.words());
            let with = unit.zip(number.as_i64());
            with.map_or_else(
                || number.to_string(),
                |(unit, count)| words.say(Reader::Adult, unit, &[("count", count.into())]),
            )
        }
        Value::String(text) => {
            words.find(Reader::Adult, &format!("role-{text}"), &[]).unwrap_or_else(|| text.clone())
        }
        Value::Array(items) if items.is_empty() => words.say(Reader::Adult, "setting-none", &[]),
        Value::Array(items) => items.iter().map(|item| said(words, key, item)).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
