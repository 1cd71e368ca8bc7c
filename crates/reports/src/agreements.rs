//! The register of signatures (AGR-01) and what is outstanding (AGR-09), by class.
//!
//! Owns: who signed what and who has not, in the order an office works through it.
//! Does not: work out where somebody stands; `records::standing` does, and its answers are handed in.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_records::agreement::AgreementVersion;
use usher_records::group::Group;
use usher_records::parents_place::ParentsPlace;
use usher_records::person::Person;
use usher_records::signature::{How, Part, Signature};
use usher_records::standing::Standing;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Roles, Year};

/// What the school's books say.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    /// The people who belong to the school now.
    pub people: &'a [Person],
    /// Its classes.
    pub groups: &'a [Group],
    /// The signatures to list; a person may have several.
    pub signatures: &'a [Signature],
    /// What was answered in a parent's place and stands now.
    pub in_place: &'a [&'a ParentsPlace],
    /// Every version of every agreement.
    pub versions: &'a [AgreementVersion],
    /// Where each person stands. Nobody is outstanding who is not in it.
    pub standings: &'a BTreeMap<PersonId, Standing>,
}

/// One class, or the adults of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Whose it is.
    pub of: SectionOf,
    /// How many have done what is asked of them.
    pub done: u32,
    /// Of how many.
    pub asked: u32,
    /// The signatures, by family name, then by time.
    pub signed: Vec<Signed>,
    /// Children for whom the school answers in a parent's place, by family name.
    #[serde(default)]
    pub in_place: Vec<InPlace>,
    /// Who has still to sign, by family name.
    pub outstanding: Vec<Outstanding>,
}

/// A child for whom the school answers in a parent's place: who decided it and why is for fewer eyes than a register's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InPlace {
    /// The child.
    pub child: PersonId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub since: Moment,
    /// The last day, where it has one.
    pub last_day: Option<Date>,
}

impl InPlace {
    /// What a register says of it.
    pub fn of(place: &ParentsPlace, child: &Person) -> Self {
        Self { child: child.id, name: child.name(), since: place.at, last_day: place.last_day }
    }
}

impl Section {
    const fn empty(of: SectionOf) -> Self {
        Self { of, done: 0, asked: 0, signed: Vec::new(), in_place: Vec::new(), outstanding: Vec::new() }
    }
}

/// Whose section it is. The order is the order of the register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SectionOf {
    /// A class, younger years first.
    Class {
        /// Its year; mixed classes come first.
        year: Option<Year>,
        /// Its name.
        name: String,
    },
    /// Pupils who are in no class.
    NoClass,
    /// Adults of one kind.
    Adults(PersonKind),
    /// People who have left.
    Left,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Who.
    pub person: PersonId,
    /// Their name as it was that day.
    pub name: String,
    /// What they were to the school that day.
    pub kind: PersonKind,
    /// Offices they hold now.
    pub roles: Roles,
    /// For a parent: the child's name.
    pub child: Option<String>,
    /// The agreement's title; its key when the version is unknown.
    pub agreement: String,
    /// The mark people know the version by.
    pub version: String,
    /// The declaration made.
    pub declaration: String,
    /// Whether it is a term of the contract of employment (AGR-14); none for what pupils and families sign.
    pub contract_term: Option<bool>,
    /// When.
    pub at: Moment,
    /// How.
    pub how: How,
}

/// Somebody who has still to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What is missing.
    pub missing: Missing,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Their own signature.
    Own,
    /// Their own signature; until this moment the web stays open to them.
    OwnBy(Moment),
    /// The parent's slip.
    Parent,
    /// The parent's slip; until this moment the web stays open to the child.
    ParentBy(Moment),
}

/// The register and the outstanding lists in one: a section for each class with pupils, and for each kind of adult.
pub fn sections(books: Books<'_>) -> Vec<Section> {
    let mut by_section: BTreeMap<SectionOf, Vec<&Person>> = BTreeMap::new();
    for person in books.people {
        by_section.entry(section_of(person, books.groups)).or_default().push(person);
    }
    let mut sections: Vec<Section> =
        by_section.into_iter().map(|(of, people)| section(of, people, books)).collect();
    let known: BTreeMap<PersonId, &Person> = books.people.iter().map(|person| (person.id, person)).collect();
    let mut left: Vec<Signed> = books
        .signatures
        .iter()
        .filter(|signature| !known.contains_key(&listed_under(signature)))
        .map(|signature| signed(signature, Roles::NONE, None, books.versions))
        .collect();
    if !left.is_empty() {
        left.sort_by(|one, other| (&one.name, one.at).cmp(&(&other.name, other.at)));
        sections.push(Section { signed: left, ..Section::empty(SectionOf::Left) });
    }
    sections
        .retain(|section| section.asked > 0 || !section.signed.is_empty() || !section.in_place.is_empty());
    sections
}

/// A parent's signature stands with the child it is for.
const fn listed_under(signature: &Signature) -> PersonId {
    match signature.part {
        Part::Own => signature.person,
        Part::ParentFor(child) => child,
    }
}

fn section_of(person: &Person, groups: &[Group]) -> SectionOf {
    if person.kind != PersonKind::Pupil {
        return SectionOf::Adults(person.kind);
    }
    let mine = || groups.iter().filter(|group| group.current && person.groups.contains(&group.id));
    // A class has a year; a set for maths may have none.
    match mine().find(|group| group.year.is_some()).or_else(|| mine().next()) {
        Some(group) => SectionOf::Class { year: group.year, name: group.name.clone() },
        None => SectionOf::NoClass,
    }
}

fn section(of: SectionOf, mut people: Vec<&Person>, books: Books<'_>) -> Section {
    people.sort_by_key(|person| (person.family.to_lowercase(), person.given.to_lowercase(), person.id));
    let mut section = Section::empty(of);
    for person in people {
        let mut theirs: Vec<&Signature> =
            books.signatures.iter().filter(|signature| listed_under(signature) == person.id).collect();
        theirs.sort_by_key(|signature| (signature.at, signature.id));
        section.signed.extend(theirs.into_iter().map(|signature| {
            let child = matches!(signature.part, Part::ParentFor(_)).then(|| person.name());
            let roles = if child.is_none() { person.roles } else { Roles::NONE };
            signed(signature, roles, child, books.versions)
        }));
        let in_place = books.in_place.iter().filter(|place| place.child == person.id);
        section.in_place.extend(in_place.map(|place| InPlace::of(place, person)));
        let missing = match books.standings.get(&person.id) {
            None | Some(Standing::NoneAsked) => continue,
            Some(Standing::Signed) => None,
            Some(Standing::Due { .. }) => Some(Missing::Own),
            Some(Standing::DueBy { by, .. }) => Some(Missing::OwnBy(*by)),
            Some(Standing::ParentBy { by, .. }) => Some(Missing::ParentBy(*by)),
            Some(Standing::ParentMissing { .. }) => Some(Missing::Parent),
        };
        section.asked += 1;
        match missing {
            Some(missing) => {
                section.outstanding.push(Outstanding { person: person.id, name: person.name(), missing });
            }
            None => section.done += 1,
        }
    }
    section
}

fn signed(
    signature: &Signature,
    roles: Roles,
    child: Option<String>,
    versions: &[AgreementVersion],
) -> Signed {
    let title = versions.iter().find(|version| version.digest == signature.digest);
    Signed {
        person: signature.person,
        name: signature.name.clone(),
        kind: signature.kind,
        roles,
        child,
        agreement: title.map_or_else(|| signature.agreement.clone(), |version| version.title.clone()),
        version: signature.version.clone(),
        declaration: signature.declaration.clone(),
        contract_term: title
            .filter(|_| !matches!(signature.kind, PersonKind::Pupil | PersonKind::Parent))
            .map(|version| version.contract_term),
        at: signature.at,
        how: signature.how,
    }
}

#[cfg(test)]
mod tests {
    use usher_records::standing::DueReason;
    use usher_types::digest::Digest;
    use usher_types::ids::Id;

    use super::*;
    use crate::sample::{at, groups, person};

    fn signature(id: u64, who: &Person, part: Part) -> Signature {
        Signature {
            id: Id::new(id),
            person: who.id,
            name: who.name(),
            kind: who.kind,
            part,
            agreement: "pupil-ks2".into(),
            version: "2026".into(),
            digest: Digest::of(b"a text"),
            clauses: vec![],
            declaration: "I will keep these rules.".into(),
            check_passed: None,
            discussed: None,
            at: at("2026-09-07T09:00").plus_minutes(i64::try_from(id).unwrap()),
            how: How::OnScreen,
            entered_by: None,
            read_in: None,
        }
    }

    fn due() -> Standing {
        Standing::Due { agreement: "pupil-ks2".into(), why: DueReason::New }
    }

    fn section(people: &[Person], signatures: &[Signature], standings: &[(u64, Standing)]) -> Vec<Section> {
        let standings = standings.iter().map(|(id, standing)| (Id::new(*id), standing.clone())).collect();
        let version = AgreementVersion {
            id: Id::new(1),
            key: "pupil-ks2".into(),
            version: "2026".into(),
            title: "Using computers".into(),
            digest: Digest::of(b"a text"),
            published_at: at("2026-09-01T09:00"),
            material: true,
            in_force: true,
            contract_term: false,
        };
        let groups = groups();
        let versions = [version];
        sections(Books {
            people,
            groups: &groups,
            signatures,
            in_place: &[],
            versions: &versions,
            standings: &standings,
        })
    }

    #[test]
    fn agr_01_the_register_shows_name_role_version_time_and_declaration() {
        let volunteer = person(40, PersonKind::Volunteer, "Ruth", "Penhallow");
        let signed = [signature(1, &volunteer, Part::Own)];
        let sections = section(&[volunteer], &signed, &[(40, Standing::Signed)]);
        assert_eq!(sections[0].of, SectionOf::Adults(PersonKind::Volunteer));
        assert_eq!((sections[0].done, sections[0].asked), (1, 1));
        let row = &sections[0].signed[0];
        assert_eq!((row.name.as_str(), row.kind), ("Ruth Penhallow", PersonKind::Volunteer));
        assert_eq!((row.agreement.as_str(), row.version.as_str()), ("Using computers", "2026"));
        assert_eq!((row.at, row.declaration.as_str()), (at("2026-09-07T09:01"), "I will keep these rules."));
    }

    #[test]
    fn agr_09_two_slips_shorten_the_outstanding_list_by_two() {
        let class: Vec<Person> =
            (1..=5).map(|id| person(id, PersonKind::Pupil, "Child", &format!("Of{id}"))).collect();
        let missing = Standing::ParentMissing { agreement: "pupil-ks2".into() };
        let mut standings: Vec<(u64, Standing)> = (1..=5).map(|id| (id, missing.clone())).collect();
        standings[4].1 = due();
        let before = section(&class, &[], &standings);
        assert_eq!(before[0].outstanding.len(), 5);
        assert_eq!(before[0].outstanding[4].missing, Missing::Own);
        standings[0].1 = Standing::Signed;
        standings[1].1 = Standing::Signed;
        let after = section(&class, &[], &standings);
        assert_eq!((after[0].outstanding.len(), after[0].done, after[0].asked), (3, 2, 5));
    }

    #[test]
    fn a_parents_signature_stands_with_the_child_and_leavers_stay_in_the_register() {
        let child = person(1, PersonKind::Pupil, "Tom", "Ashdown");
        let parent = person(90, PersonKind::Parent, "Jo", "Ashdown");
        let left = person(91, PersonKind::Staff, "Ann", "Gone");
        let signed = [
            signature(1, &child, Part::Own),
            signature(2, &parent, Part::ParentFor(child.id)),
            signature(3, &left, Part::Own),
        ];
        let sections =
            section(&[parent, child], &signed, &[(1, Standing::Signed), (90, Standing::NoneAsked)]);
        let names: Vec<_> = sections.iter().map(|section| &section.of).collect();
        let class = SectionOf::Class { year: Year::new(4), name: "4 Oak".into() };
        assert_eq!(names, [&class, &SectionOf::Left]);
        let rows: Vec<_> =
            sections[0].signed.iter().map(|row| (row.name.as_str(), row.child.as_deref())).collect();
        assert_eq!(rows, [("Tom Ashdown", None), ("Jo Ashdown", Some("Tom Ashdown"))]);
    }

    #[test]
    fn classes_come_by_year_then_adults() {
        let mut small = person(2, PersonKind::Pupil, "Mina", "Okafor");
        small.groups = vec![Id::new(31)];
        let mut classless = person(3, PersonKind::Pupil, "Jack", "Li");
        classless.groups = vec![];
        let people = [
            person(9, PersonKind::Staff, "Ruth", "P"),
            classless,
            person(1, PersonKind::Pupil, "Tom", "A"),
            small,
        ];
        let standings: Vec<_> = [1, 2, 3, 9].map(|id| (id, due())).into();
        let sections = section(&people, &[], &standings);
        let names: Vec<_> = sections.iter().map(|section| section.of.clone()).collect();
        assert_eq!(
            names,
            [
                SectionOf::Class { year: Year::new(2), name: "2 Elm".into() },
                SectionOf::Class { year: Year::new(4), name: "4 Oak".into() },
                SectionOf::NoClass,
                SectionOf::Adults(PersonKind::Staff),
            ]
        );
    }
}
