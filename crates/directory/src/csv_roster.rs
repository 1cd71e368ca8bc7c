//! One plain CSV, for a school without a roster system: a line a person.
//!
//! Columns by name, in any order: `id`, `kind` (pupil, staff, governor, parent …), `given`, `family`, and as needed
//! `known-as`, `year` (R, 1 … 6), `class`, `roles` (with spaces between), `username`, `email`, `children` (ids with
//! spaces between), `phones` (with semicolons between), `postcode`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use usher_records::person::Home;
use usher_records::roster::{RosterGroup, RosterPerson};
use usher_types::email::EmailAddress;
use usher_types::home::{Phone, Postcode};
use usher_types::role::{PersonKind, Role, Roles, Year};

use crate::oneroster::{Read, RosterFault};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    id: String,
    kind: String,
    given: String,
    #[serde(default)]
    family: String,
    #[serde(default)]
    known_as: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    roles: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    children: String,
    #[serde(default)]
    phones: String,
    #[serde(default)]
    postcode: String,
}

/// Reads a CSV roster.
///
/// # Errors
/// When the file cannot be read, or there is nobody in it.
pub fn read(path: &Path) -> Result<Read, RosterFault> {
    let fault = |source: std::io::Error| RosterFault::File { path: path.to_owned(), source: source.into() };
    read_bytes(&std::fs::read(path).map_err(fault)?, path)
}

/// Reads a CSV roster that is in memory, called `path` in faults.
///
/// # Errors
/// When it is not CSV, or there is nobody in it.
pub fn read_bytes(bytes: &[u8], path: &Path) -> Result<Read, RosterFault> {
    let fault = |source| RosterFault::File { path: path.to_owned(), source };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let headers = reader.headers().map_err(fault)?.iter();
    let headers: csv::StringRecord = headers
        .map(|name| name.trim_start_matches('\u{feff}').to_lowercase().replace(['_', ' '], "-"))
        .collect();
    let mut read = Read::default();
    let mut classes: BTreeMap<String, Option<Year>> = BTreeMap::new();
    for (number, record) in reader.records().enumerate() {
        let line = record.and_then(|record| record.deserialize::<Line>(Some(&headers)));
        let person = line.map_err(|error| error.to_string()).and_then(|line| person(&line));
        match person {
            Ok((person, odd)) => {
                read.faults.extend(odd.into_iter().map(|why| format!("line {}: {why}", number + 2)));
                for class in &person.groups {
                    let year = classes.entry(class.clone()).or_insert(person.year);
                    *year = year.or(person.year);
                }
                read.roster.people.push(person);
            }
            Err(why) => read.faults.push(format!("line {}: {why}", number + 2)),
        }
    }
    if read.roster.people.is_empty() {
        return Err(RosterFault::Empty(path.to_owned()));
    }
    "csv".clone_into(&mut read.roster.system);
    read.roster.groups = classes
        .into_iter()
        .map(|(name, year)| RosterGroup { id: name.clone(), name, year, room: None })
        .collect();
    Ok(read)
}

/// Where they are reached at home, and what was odd about it: that is left out, and the person is not.
fn home(line: &Line) -> (Home, Vec<String>) {
    let mut odd = Vec::new();
    let mut home = Home::default();
    for phone in several(&line.phones) {
        match Phone::parse(phone) {
            Ok(phone) => home.phones.push(phone),
            Err(why) => odd.push(format!("phones: {why}; it is left out")),
        }
    }
    if !line.postcode.is_empty() {
        match Postcode::parse(&line.postcode) {
            Ok(postcode) => home.postcode = Some(postcode),
            Err(why) => odd.push(format!("postcode: {why}; it is left out")),
        }
    }
    (home, odd)
}

/// What stands between semicolons.
fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '|']).map(str::trim).filter(|one| !one.is_empty())
}

/// A person, and what is left out of their line.
fn person(line: &Line) -> Result<(RosterPerson, Vec<String>), String> {
    let wanted = line.kind.to_lowercase();
    let kind = PersonKind::ALL.into_iter().find(|kind| kind.name() == wanted);
    let kind = kind.ok_or_else(|| format!("`{}` is no kind of person", line.kind))?;
    if line.id.is_empty() || line.given.is_empty() {
        return Err("id and given name are needed".into());
    }
    let mut roles = Roles::NONE;
    for name in line.roles.split_whitespace() {
        let role = Role::ALL.into_iter().find(|role| role.name() == name.to_lowercase());
        roles = roles.with(role.ok_or_else(|| format!("`{name}` is no role"))?);
    }
    let year = match line.year.to_uppercase().as_str() {
        "" => None,
        "N" => Year::new(-1),
        "R" | "REC" | "RECEPTION" => Some(Year::RECEPTION),
        number => {
            Some(number.parse().ok().and_then(Year::new).ok_or_else(|| format!("`{number}` is no year"))?)
        }
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (home, odd) = home(line);
    let person = RosterPerson {
        id: line.id.clone(),
        kind,
        given: line.given.clone(),
        family: line.family.clone(),
        known_as: some(&line.known_as),
        year,
        roles,
        username: some(&line.username),
        email: some(&line.email)
            .map(|email| EmailAddress::parse(&email).map_err(|error| error.to_string()))
            .transpose()?,
        home,
        groups: several(&line.class).map(str::to_owned).collect(),
        children: line.children.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>(),
    };
    Ok((person, odd))
}
