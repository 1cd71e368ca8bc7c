//! OneRoster CSV, 1.1 and 1.2: a folder of files, of which `users`, `classes` and `enrollments` are read.
//!
//! 1.2 moved roles from `users.csv` to `roles.csv`; both are understood. Records marked `tobedeleted` are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use usher_records::person::Home;
use usher_records::roster::{Roster, RosterGroup, RosterPerson};
use usher_types::email::EmailAddress;
use usher_types::home::Phone;
use usher_types::role::{PersonKind, Role, Roles, Year};

/// A roster that cannot be read at all. Single bad lines do not stop it; they are in [`Read::faults`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterFault {
    /// A file is missing or unreadable.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The reader's words.
        #[source]
        source: csv::Error,
    },
    /// The folder has no people in it.
    #[error("{0} holds no people: is it a OneRoster folder with users.csv?")]
    Empty(PathBuf),
}

/// A roster as read, and what was odd about it.
#[derive(Debug, Default)]
pub struct Read {
    /// The roster.
    pub roster: Roster,
    /// Lines that could not be taken, in words.
    pub faults: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserLine {
    sourced_id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    enabled_user: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    username: String,
    given_name: String,
    family_name: String,
    #[serde(default)]
    preferred_given_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    sms: String,
    /// 1.1: on a pupil, their parents; on a parent, their children.
    #[serde(default)]
    agent_sourced_ids: String,
    #[serde(default)]
    grades: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleLine {
    user_sourced_id: String,
    #[serde(default)]
    status: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClassLine {
    sourced_id: String,
    #[serde(default)]
    status: String,
    title: String,
    #[serde(default)]
    grades: String,
    #[serde(default)]
    location: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnrollmentLine {
    class_sourced_id: String,
    #[serde(default)]
    status: String,
    user_sourced_id: String,
}

/// Reads a OneRoster folder.
///
/// # Errors
/// When a needed file is missing or is no CSV, or there is nobody in it.
pub fn read(folder: &Path) -> Result<Read, RosterFault> {
    let mut faults = Vec::new();
    let users: Vec<UserLine> = lines(&folder.join("users.csv"), &mut faults)?;
    let classes: Vec<ClassLine> = lines(&folder.join("classes.csv"), &mut faults)?;
    let enrollments: Vec<EnrollmentLine> = lines(&folder.join("enrollments.csv"), &mut faults)?;
    let roles_file = folder.join("roles.csv");
    let roles: Vec<RoleLine> =
        if roles_file.exists() { lines(&roles_file, &mut faults)? } else { Vec::new() };

    let mut role_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in roles.iter().filter(|line| is_active(&line.status)) {
        role_of.entry(&line.user_sourced_id).or_default().push(&line.role);
    }
    let mut classes_of: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for line in enrollments.iter().filter(|line| is_active(&line.status)) {
        classes_of.entry(&line.user_sourced_id).or_default().insert(line.class_sourced_id.clone());
    }
    let groups = classes.iter().filter(|line| is_active(&line.status)).map(group).collect();
    let mut people = Vec::new();
    for line in users.iter().filter(|line| is_active(&line.status) && line.enabled_user != "false") {
        let roles =
            role_of.get(line.sourced_id.as_str()).cloned().unwrap_or_else(|| vec![line.role.as_str()]);
        match person(line, &roles, classes_of.remove(line.sourced_id.as_str()).unwrap_or_default()) {
            Ok(person) => {
                // What is no number is left out and named, and the person is not.
                let numbers = [&line.phone, &line.sms].into_iter().filter(|text| !text.is_empty());
                let odd = numbers.filter_map(|text| Phone::parse(text).err());
                faults.extend(odd.map(|why| format!("users.csv, `{}`: {why}", line.sourced_id)));
                people.push(person);
            }
            Err(why) => faults.push(format!("users.csv, `{}`: {why}", line.sourced_id)),
        }
    }
    if people.is_empty() {
        return Err(RosterFault::Empty(folder.to_owned()));
    }
    link_children(&users, &mut people);
    Ok(Read { roster: Roster { system: "oneroster".into(), groups, people }, faults })
}

fn is_active(status: &str) -> bool {
    !status.eq_ignore_ascii_case("tobedeleted")
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path, faults: &mut Vec<String>) -> Result<Vec<T>, RosterFault> {
    let fault = |source| RosterFault::File { path: path.to_owned(), source };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(path).map_err(fault)?;
    // Spreadsheets put a byte order mark before the first column's name.
    let headers =
        reader.headers().map_err(fault)?.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned());
    let headers: csv::StringRecord = headers.collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for (number, record) in reader.records().enumerate() {
        match record.and_then(|record| record.deserialize(Some(&headers))) {
            Ok(line) => found.push(line),
            Err(error) => faults.push(format!("{name}, line {}: {error}", number + 2)),
        }
    }
    Ok(found)
}

fn group(line: &ClassLine) -> RosterGroup {
    let room = Some(line.location.clone()).filter(|room| !room.is_empty());
    RosterGroup { id: line.sourced_id.clone(), name: line.title.clone(), year: year(&line.grades), room }
}

fn person(line: &UserLine, roles: &[&str], groups: BTreeSet<String>) -> Result<RosterPerson, &'static str> {
    let kind = roles.iter().find_map(|role| kind_of(role)).ok_or("its role is none Usher knows")?;
    if line.given_name.is_empty() && line.family_name.is_empty() {
        return Err("it has no name");
    }
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(RosterPerson {
        id: line.sourced_id.clone(),
        kind,
        given: line.given_name.clone(),
        family: line.family_name.clone(),
        known_as: some(&line.preferred_given_name),
        year: if kind == PersonKind::Pupil { year(&line.grades) } else { None },
        roles: roles.iter().filter_map(|role| office_of(role)).collect::<Roles>(),
        username: some(&line.username),
        email: EmailAddress::parse(&line.email).ok(),
        // The same number often stands in both.
        home: Home { phones: phones(&[&line.phone, &line.sms]), postcode: None },
        groups,
        children: BTreeSet::new(),
    })
}

fn phones(written: &[&str]) -> Vec<Phone> {
    let mut phones: Vec<Phone> = written.iter().filter_map(|text| Phone::parse(text).ok()).collect();
    phones.dedup();
    phones
}

/// OneRoster 1.1 and 1.2 roles, and what they are in a primary school.
fn kind_of(role: &str) -> Option<PersonKind> {
    match role.to_ascii_lowercase().as_str() {
        "student" => Some(PersonKind::Pupil),
        "teacher"
        | "aide"
        | "administrator"
        | "siteadministrator"
        | "principal"
        | "proctor"
        | "counselor"
        | "districtadministrator"
        | "systemadministrator" => Some(PersonKind::Staff),
        "parent" | "guardian" | "relative" => Some(PersonKind::Parent),
        _ => None,
    }
}

fn office_of(role: &str) -> Option<Role> {
    match role.to_ascii_lowercase().as_str() {
        "teacher" => Some(Role::Teacher),
        "aide" => Some(Role::SupportStaff),
        "principal" => Some(Role::Headteacher),
        _ => None,
    }
}

/// The first grade of a list, by the CEDS codes: `KG` is Reception, `PK` Nursery, `04` Year 4.
fn year(grades: &str) -> Option<Year> {
    let first = grades.split([',', ';']).next()?.trim();
    match first {
        "KG" | "R" | "REC" => Some(Year::RECEPTION),
        "PK" | "N" => Year::new(-1),
        number => Year::new(number.parse().ok()?),
    }
}

/// 1.1 links parents and children in either direction; both are read.
fn link_children(users: &[UserLine], people: &mut [RosterPerson]) {
    let kinds: BTreeMap<String, PersonKind> =
        people.iter().map(|person| (person.id.clone(), person.kind)).collect();
    let mut children: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in users {
        for agent in line.agent_sourced_ids.split([',', ';']).map(str::trim).filter(|agent| !agent.is_empty())
        {
            let (here, there) = (kinds.get(&line.sourced_id), kinds.get(agent));
            match (here, there) {
                (Some(PersonKind::Pupil), Some(PersonKind::Parent)) => {
                    children.entry(agent.to_owned()).or_default().insert(line.sourced_id.clone());
                }
                (Some(PersonKind::Parent), Some(PersonKind::Pupil)) => {
                    children.entry(line.sourced_id.clone()).or_default().insert(agent.to_owned());
                }
                _ => {}
            }
        }
    }
    for person in people {
        person.children = children.remove(&person.id).unwrap_or_default();
    }
}
