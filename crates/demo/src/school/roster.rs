//! The school as a roster: as values, as OneRoster 1.2 files, and as one plain CSV.
//!
//! The roster holds what an office keeps: classes, pupils, staff and parents. Governors, supply staff, volunteers and the
//! technician are added by hand in a real school, and so they are here.

use std::collections::BTreeMap;

use usher_records::person::Person;
use usher_records::roster::{Roster, RosterGroup, RosterPerson};
use usher_types::home::Phone;
use usher_types::ids::{GroupId, PersonId};
use usher_types::role::{PersonKind, Role, Roles, Year};

use crate::school::DemoSchool;
use crate::school::people::ROSTER_SYSTEM;

/// The school's id in the files.
const ORGANISATION: &str = "rowan-hill";
/// The school year's id in the files.
const SESSION: &str = "2026-27";
/// First and last day of the school year, as enrolments have them.
const YEAR_DAYS: [&str; 2] = ["2026-09-01", "2027-07-21"];

/// Columns of `users.csv` (OneRoster 1.2 CSV binding).
const USER_COLUMNS: [&str; 23] = [
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
    "userMasterIdentifier",
    "resourceSourcedIds",
    "preferredGivenName",
    "preferredMiddleName",
    "preferredFamilyName",
    "primaryOrgSourcedId",
    "pronouns",
];

/// Properties of `manifest.csv`: which files there are, and that each holds everything.
const BULK: [&str; 7] = ["academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users"];
const ABSENT: [&str; 11] = [
    "categories",
    "classResources",
    "courseResources",
    "demographics",
    "lineItems",
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "resources",
    "results",
    "scoreScales",
    "userProfiles",
];

/// A file of text: its name and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFile {
    /// The file's name, without a folder.
    pub name: &'static str,
    /// Its text, UTF-8.
    pub text: String,
}

impl DemoSchool {
    /// The roster as values: what an importer that reads [`DemoSchool::oneroster_files`] should come to. Carried out
    /// against this school it changes nothing.
    pub fn roster(&self) -> Roster {
        let groups = self.groups.iter().filter_map(|group| {
            let id = group.source.as_ref()?.id.clone();
            Some(RosterGroup { id, name: group.name.clone(), year: group.year, room: group.room.clone() })
        });
        let sources = Sources::of(self);
        let people = self.people.iter().filter_map(|person| sources.person(self, person));
        Roster { system: ROSTER_SYSTEM.into(), groups: groups.collect(), people: people.collect() }
    }

    /// The same as OneRoster 1.2 CSV files, complete ("bulk"), to be put in one folder.
    pub fn oneroster_files(&self) -> Vec<RosterFile> {
        let roster = self.roster();
        let file = |name, text| RosterFile { name, text };
        vec![
            file("manifest.csv", manifest()),
            file("orgs.csv", orgs()),
            file("academicSessions.csv", sessions()),
            file("courses.csv", courses()),
            file("classes.csv", classes(&roster)),
            file("users.csv", users(&roster)),
            file("roles.csv", roles(&roster)),
            file("enrollments.csv", enrollments(&roster)),
        ]
    }

    /// The same as one plain CSV, a line a person, for a school without a roster system.
    pub fn plain_csv(&self) -> RosterFile {
        let roster = self.roster();
        let names: BTreeMap<&str, &str> =
            roster.groups.iter().map(|group| (group.id.as_str(), group.name.as_str())).collect();
        let mut table = Table::new(&[
            "id", "kind", "given", "family", "known-as", "year", "class", "roles", "username", "email",
            "children", "phones",
        ]);
        for person in &roster.people {
            let classes: Vec<&str> =
                person.groups.iter().filter_map(|id| names.get(id.as_str()).copied()).collect();
            let roles: Vec<&str> = person.roles.iter().map(Role::name).collect();
            let children: Vec<&str> = person.children.iter().map(String::as_str).collect();
            table.line(&[
                &person.id,
                person.kind.name(),
                &person.given,
                &person.family,
                person.known_as.as_deref().unwrap_or_default(),
                &plain_year(person.year),
                &classes.join(";"),
                &roles.join(" "),
                person.username.as_deref().unwrap_or_default(),
                person.email.as_ref().map_or("", |email| email.as_str()),
                &children.join(" "),
                &phones(person).join(";"),
            ]);
        }
        RosterFile { name: "people.csv", text: table.finish() }
    }
}

/// Their telephone numbers at home.
fn phones(person: &RosterPerson) -> Vec<&str> {
    person.home.phones.iter().map(Phone::as_str).collect()
}

/// Roster ids of people and classes.
struct Sources {
    people: BTreeMap<PersonId, String>,
    groups: BTreeMap<GroupId, String>,
}

impl Sources {
    fn of(school: &DemoSchool) -> Self {
        let people = school.people.iter().filter_map(|one| Some((one.id, one.source.as_ref()?.id.clone())));
        let groups = school.groups.iter().filter_map(|one| Some((one.id, one.source.as_ref()?.id.clone())));
        Self { people: people.collect(), groups: groups.collect() }
    }

    fn person(&self, school: &DemoSchool, person: &Person) -> Option<RosterPerson> {
        let source = person.source.as_ref()?;
        let known = [Role::Headteacher, Role::Teacher, Role::SupportStaff];
        Some(RosterPerson {
            id: source.id.clone(),
            kind: person.kind,
            given: person.given.clone(),
            family: person.family.clone(),
            known_as: person.known_as.clone(),
            year: person.year,
            // OneRoster has words for these three; the school gives the other offices itself.
            roles: person.roles.iter().filter(|role| known.contains(role)).collect::<Roles>(),
            username: school.account_of(person.id).map(|account| account.username.to_string()),
            email: person.email.clone(),
            home: person.home.clone(),
            groups: person.groups.iter().filter_map(|id| self.groups.get(id).cloned()).collect(),
            children: person.children.iter().filter_map(|id| self.people.get(id).cloned()).collect(),
        })
    }
}

/// A CSV table in the making (RFC 4180).
struct Table(String);

impl Table {
    fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.line(columns);
        table
    }

    fn line(&mut self, fields: &[&str]) {
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            if field.contains([',', '"', '\n', '\r']) {
                self.0.push_str(&format!("\"{}\"", field.replace('"', "\"\"")));
            } else {
                self.0.push_str(field);
            }
        }
        self.0.push_str("\r\n");
    }

    fn finish(self) -> String {
        self.0
    }
}

fn manifest() -> String {
    let mut table = Table::new(&["propertyName", "value"]);
    table.line(&["manifest.version", "1.0"]);
    table.line(&["oneroster.version", "1.2"]);
    let mut files: Vec<(&str, &str)> = BULK.map(|name| (name, "bulk")).to_vec();
    files.extend(ABSENT.map(|name| (name, "absent")));
    files.sort_unstable();
    for (name, mode) in files {
        table.line(&[&format!("file.{name}"), mode]);
    }
    table.line(&["source.systemName", "Rowan Hill office"]);
    table.line(&["source.systemCode", "rowan-hill"]);
    table.finish()
}

fn orgs() -> String {
    let columns =
        ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"];
    let mut table = Table::new(&columns);
    table.line(&[ORGANISATION, "", "", super::SCHOOL_NAME, "school", "RHPS", ""]);
    table.finish()
}

fn sessions() -> String {
    let [first, last] = YEAR_DAYS;
    let mut table = Table::new(&[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "type",
        "startDate",
        "endDate",
        "parentSourcedId",
        "schoolYear",
    ]);
    table.line(&[SESSION, "", "", SESSION, "schoolYear", first, last, "", "2027"]);
    table.finish()
}

fn courses() -> String {
    let mut table = Table::new(&[
        "sourcedId",
        "status",
        "dateLastModified",
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ]);
    for year in (0..=6).filter_map(Year::new) {
        let id = course(Some(year));
        table.line(&[&id, "", "", SESSION, &year.label(), "", &grade(Some(year)), ORGANISATION, "", ""]);
    }
    table.line(&[&course(None), "", "", SESSION, "Clubs", "", "", ORGANISATION, "", ""]);
    table.finish()
}

fn classes(roster: &Roster) -> String {
    let mut table = Table::new(&[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ]);
    for group in &roster.groups {
        let kind = if group.year.is_some() { "homeroom" } else { "scheduled" };
        let room = group.room.as_deref().unwrap_or_default();
        let (grade, course) = (grade(group.year), course(group.year));
        table.line(&[
            &group.id,
            "",
            "",
            &group.name,
            &grade,
            &course,
            "",
            kind,
            room,
            ORGANISATION,
            SESSION,
            "",
            "",
            "",
        ]);
    }
    table.finish()
}

fn users(roster: &Roster) -> String {
    let mut parents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for parent in &roster.people {
        for child in &parent.children {
            parents.entry(child).or_default().push(&parent.id);
        }
    }
    let mut table = Table::new(&USER_COLUMNS);
    for person in &roster.people {
        let mut agents: Vec<&str> = person.children.iter().map(String::as_str).collect();
        agents.extend(parents.get(person.id.as_str()).into_iter().flatten());
        let username = person.username.as_deref().unwrap_or_default();
        let email = person.email.as_ref().map_or("", |email| email.as_str());
        let known_as = person.known_as.as_deref().unwrap_or_default();
        let (agents, grade) = (agents.join(","), grade(person.year));
        table.line(&[
            &person.id,
            "",
            "",
            "true",
            username,
            "",
            &person.given,
            &person.family,
            "",
            "",
            email,
            phones(person).first().copied().unwrap_or_default(),
            "",
            &agents,
            &grade,
            "",
            "",
            "",
            known_as,
            "",
            "",
            ORGANISATION,
            "",
        ]);
    }
    table.finish()
}

fn roles(roster: &Roster) -> String {
    let mut table = Table::new(&[
        "sourcedId",
        "status",
        "dateLastModified",
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
        "userProfileSourcedId",
    ]);
    for person in &roster.people {
        let id = format!("{}-role", person.id);
        let [first, last] = YEAR_DAYS;
        table.line(&[&id, "", "", &person.id, "primary", role(person), first, last, ORGANISATION, ""]);
    }
    table.finish()
}

fn enrollments(roster: &Roster) -> String {
    let mut table = Table::new(&[
        "sourcedId",
        "status",
        "dateLastModified",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ]);
    let [first, last] = YEAR_DAYS;
    for person in &roster.people {
        for group in &person.groups {
            let id = format!("{group}-{}", person.id);
            let (role, primary) = match person.kind {
                PersonKind::Pupil => ("student", "false"),
                _ if person.roles.has(Role::Teacher) => ("teacher", "true"),
                _ => ("aide", "false"),
            };
            table.line(&[&id, "", "", group, ORGANISATION, &person.id, role, primary, first, last]);
        }
    }
    table.finish()
}

/// OneRoster 1.2's word for what somebody is.
fn role(person: &RosterPerson) -> &'static str {
    match person.kind {
        PersonKind::Pupil => "student",
        PersonKind::Parent => "parent",
        _ if person.roles.has(Role::Headteacher) => "principal",
        _ if person.roles.has(Role::Teacher) => "teacher",
        _ if person.roles.has(Role::SupportStaff) => "aide",
        _ => "siteAdministrator",
    }
}

/// A year by the CEDS codes OneRoster uses: Reception is `KG`.
fn grade(year: Option<Year>) -> String {
    match year.map(Year::number) {
        None => String::new(),
        Some(0) => "KG".to_owned(),
        Some(number) => format!("{number:02}"),
    }
}

fn course(year: Option<Year>) -> String {
    match year {
        None => "rh-course-clubs".to_owned(),
        Some(year) => format!("rh-course-y{}", year.number()),
    }
}

fn plain_year(year: Option<Year>) -> String {
    match year.map(Year::number) {
        None => String::new(),
        Some(0) => "R".to_owned(),
        Some(number) => number.to_string(),
    }
}
