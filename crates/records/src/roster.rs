//! Bringing people in: what a roster says, against what the school has, gives a plan that can be read before it is
//! carried out. Running it again plans nothing (EXT-06).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use usher_types::email::EmailAddress;
use usher_types::ids::{GroupId, Id, PersonId};
use usher_types::role::{PersonKind, Roles, Year};

use crate::change::{Expect, Stored, Write};
use crate::group::Group;
use crate::noun::Noun as _;
use crate::person::{Home, Person, Source};

/// A class as a roster names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterGroup {
    /// Its id in the roster.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its year.
    pub year: Option<Year>,
    /// Its room.
    pub room: Option<String>,
}

/// A person as a roster names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPerson {
    /// Their id in the roster.
    pub id: String,
    /// What they are.
    pub kind: PersonKind,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// The name they go by.
    pub known_as: Option<String>,
    /// Year, for a pupil.
    pub year: Option<Year>,
    /// Offices they hold, where the roster says so.
    pub roles: Roles,
    /// The user name the roster gives; none means one is made.
    pub username: Option<String>,
    /// Mail address.
    pub email: Option<EmailAddress>,
    /// Where they are reached at home.
    pub home: Home,
    /// Classes, by roster id.
    pub groups: BTreeSet<String>,
    /// For a parent: children, by roster id.
    pub children: BTreeSet<String>,
}

/// A whole roster, complete: who is not in it has left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Roster {
    /// The system it came from: `oneroster`, `csv`.
    pub system: String,
    /// Classes.
    pub groups: Vec<RosterGroup>,
    /// People.
    pub people: Vec<RosterPerson>,
}

/// What carrying a roster out would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Records to write.
    pub writes: Vec<Write>,
    /// New people, with the user name the roster gave.
    pub added: Vec<(Person, Option<String>)>,
    /// People whose record changes.
    pub changed: Vec<Person>,
    /// People who are not in the roster any more.
    pub left: Vec<Person>,
    /// New and changed classes.
    pub groups: Vec<Group>,
    /// Lines that could not be taken, in words.
    pub faults: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub const fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Takes out whatever it would do to these people. `why` says it in words, from a name.
    pub fn leave_out(&mut self, people: &BTreeSet<PersonId>, why: impl Fn(&str) -> String) {
        let named = self.added.iter().map(|(person, _)| person).chain(&self.changed).chain(&self.left);
        let named = named.filter(|person| people.contains(&person.id));
        self.faults.extend(named.map(|person| why(&person.name())));
        let stays = |person: &Person| !people.contains(&person.id);
        self.writes.retain(|write| write.kind != Person::KIND || !people.contains(&Id::new(write.id)));
        self.added.retain(|(person, _)| stays(person));
        self.changed.retain(stays);
        self.left.retain(stays);
    }
}

/// What the school has.
#[derive(Debug, Clone, Copy)]
pub struct Existing<'a> {
    /// Everybody.
    pub people: &'a [Stored<Person>],
    /// Every class.
    pub groups: &'a [Stored<Group>],
}

/// The largest share of a kind of people that may leave in one import; more looks like a broken export and is refused
/// as a whole. Leavers of a whole year are a seventh of a primary school.
const LARGEST_LEAVING_SHARE: f64 = 0.34;

/// Plans an import. `new_id` gives fresh ids.
pub fn plan(roster: &Roster, existing: Existing<'_>, today: Date, mut new_id: impl FnMut() -> u64) -> Plan {
    let mut plan = Plan::default();
    let source = |id: &str| Source { system: roster.system.clone(), id: id.to_owned() };
    let group_ids = plan_groups(roster, existing.groups, &source, &mut new_id, &mut plan);
    let known: BTreeMap<&Source, &Stored<Person>> =
        existing.people.iter().filter_map(|person| Some((person.value.source.as_ref()?, person))).collect();
    let mut ids: BTreeMap<&str, PersonId> = BTreeMap::new();
    for person in &roster.people {
        let id = known.get(&source(&person.id)).map_or_else(|| Id::new(new_id()), |stored| stored.value.id);
        if ids.insert(&person.id, id).is_some() {
            plan.faults
                .push(format!("person `{}` is in the roster twice; the second is left out", person.id));
        }
    }
    let mut seen = BTreeSet::new();
    for person in &roster.people {
        if seen.insert(person.id.as_str()) {
            let Some(&id) = ids.get(person.id.as_str()) else { continue };
            plan_person(
                person,
                id,
                known.get(&source(&person.id)).copied(),
                &ids,
                &group_ids,
                &source,
                today,
                &mut plan,
            );
        }
    }
    plan_leavers(existing.people, &seen, &roster.system, today, &mut plan);
    plan
}

fn plan_groups(
    roster: &Roster,
    existing: &[Stored<Group>],
    source: &impl Fn(&str) -> Source,
    new_id: &mut impl FnMut() -> u64,
    plan: &mut Plan,
) -> BTreeMap<String, GroupId> {
    let mut ids = BTreeMap::new();
    for group in &roster.groups {
        let from = source(&group.id);
        let known = existing.iter().find(|stored| stored.value.source.as_ref() == Some(&from));
        let next = Group {
            id: known.map_or_else(|| Id::new(new_id()), |stored| stored.value.id),
            name: group.name.clone(),
            year: group.year,
            room: group.room.clone(),
            source: Some(from),
            current: true,
        };
        ids.insert(group.id.clone(), next.id);
        match known {
            Some(stored) if stored.value == next => continue,
            Some(stored) => plan.writes.push(stored.replace(&next)),
            None => plan.writes.push(Write::of(&next, Expect::New)),
        }
        plan.groups.push(next);
    }
    ids
}

#[expect(
    clippy::too_many_arguments,
    reason = "one step of plan(), split off for length; each argument is a table it reads"
)]
fn plan_person(
    person: &RosterPerson,
    id: PersonId,
    known: Option<&Stored<Person>>,
    ids: &BTreeMap<&str, PersonId>,
    group_ids: &BTreeMap<String, GroupId>,
    source: &impl Fn(&str) -> Source,
    today: Date,
    plan: &mut Plan,
) {
    let mut faults = Vec::new();
    let mut groups: Vec<GroupId> = Vec::new();
    for group in &person.groups {
        match group_ids.get(group) {
            Some(&id) => groups.push(id),
            None => faults.push(format!(
                "person `{}` is in class `{group}`, which the roster does not list",
                person.id
            )),
        }
    }
    groups.sort_unstable();
    let mut children: Vec<PersonId> =
        person.children.iter().filter_map(|child| ids.get(child.as_str()).copied()).collect();
    children.sort_unstable();
    let before = known.map(|stored| &stored.value);
    let next = Person {
        id,
        kind: person.kind,
        given: person.given.clone(),
        family: person.family.clone(),
        known_as: person.known_as.clone().or_else(|| before.and_then(|before| before.known_as.clone())),
        year: person.year,
        // Offices given in the school stay; a roster can add to them but seldom knows them.
        roles: person.roles.iter().chain(before.map_or(Roles::NONE, |before| before.roles).iter()).collect(),
        groups,
        email: person.email.clone(),
        home: person.home.clone(),
        children,
        source: Some(source(&person.id)),
        joined: before.map_or(Some(today), |before| before.joined),
        left: None,
        until: None,
        picture: before.and_then(|before| before.picture.clone()),
    };
    plan.faults.append(&mut faults);
    match known {
        Some(stored) if stored.value == next => {}
        Some(stored) => {
            plan.writes.push(stored.replace(&next));
            plan.changed.push(next);
        }
        None => {
            plan.writes.push(Write::of(&next, Expect::New));
            plan.added.push((next, person.username.clone()));
        }
    }
}

fn plan_leavers(
    people: &[Stored<Person>],
    seen: &BTreeSet<&str>,
    system: &str,
    today: Date,
    plan: &mut Plan,
) {
    let ours = |stored: &&Stored<Person>| {
        stored.value.left.is_none()
            && stored.value.source.as_ref().is_some_and(|source| source.system == system)
    };
    for kind in PersonKind::ALL {
        let present: Vec<_> = people.iter().filter(ours).filter(|stored| stored.value.kind == kind).collect();
        let gone: Vec<_> = present
            .iter()
            .filter(|stored| {
                stored.value.source.as_ref().is_none_or(|source| !seen.contains(source.id.as_str()))
            })
            .collect();
        let share = f64::from(u32::try_from(gone.len()).unwrap_or(u32::MAX))
            / f64::from(u32::try_from(present.len().max(1)).unwrap_or(1));
        if gone.len() > 2 && share > LARGEST_LEAVING_SHARE {
            plan.faults.push(format!(
                "{} of {} people of kind `{}` are missing from the roster; that looks like a broken export, so nobody was closed",
                gone.len(),
                present.len(),
                kind.name()
            ));
            continue;
        }
        for stored in gone {
            let mut next = stored.value.clone();
            next.left = Some(today);
            plan.writes.push(stored.replace(&next));
            plan.left.push(next);
        }
    }
}

/// A user name made from a name, `given-initial + family`, unaccented, with a number when taken.
pub fn make_username(given: &str, family: &str, taken: impl Fn(&str) -> bool) -> String {
    // Without accents: every keyboard in the school can type it.
    let letters = |text: &str| -> String {
        text.nfkd().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let initial: String = letters(given).chars().take(1).collect();
    let base = match (initial.as_str(), letters(family)) {
        ("", family) if family.is_empty() => "user".to_owned(),
        (_, family) if family.is_empty() => letters(given),
        (initial, family) => format!("{initial}{family}"),
    };
    if !taken(&base) {
        return base;
    }
    (2_u32..).map(|number| format!("{base}{number}")).find(|name| !taken(name)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 9, 2);

    fn pupil(id: &str, group: &str) -> RosterPerson {
        RosterPerson {
            id: id.into(),
            kind: PersonKind::Pupil,
            given: format!("Given{id}"),
            family: "Family".into(),
            known_as: None,
            year: Year::new(3),
            roles: Roles::NONE,
            username: None,
            email: None,
            home: Home::default(),
            groups: [group.to_owned()].into(),
            children: BTreeSet::new(),
        }
    }

    fn roster(count: usize) -> Roster {
        Roster {
            system: "csv".into(),
            groups: vec![RosterGroup { id: "g".into(), name: "3A".into(), year: Year::new(3), room: None }],
            people: (0..count).map(|number| pupil(&format!("p{number}"), "g")).collect(),
        }
    }

    fn stored(plan: &Plan) -> (Vec<Stored<Person>>, Vec<Stored<Group>>) {
        let people =
            plan.added.iter().map(|(person, _)| Stored { value: person.clone(), version: 1 }).collect();
        let groups = plan.groups.iter().map(|group| Stored { value: group.clone(), version: 1 }).collect();
        (people, groups)
    }

    fn counter() -> impl FnMut() -> u64 {
        let mut next = 0;
        move || {
            next += 1;
            next
        }
    }

    #[test]
    fn ext_06_the_second_run_changes_nothing() {
        let first = plan(&roster(10), Existing { people: &[], groups: &[] }, TODAY, counter());
        assert_eq!((first.added.len(), first.groups.len()), (10, 1));
        let (people, groups) = stored(&first);
        let second = plan(&roster(10), Existing { people: &people, groups: &groups }, TODAY, counter());
        assert!(second.is_empty(), "{second:?}");
    }

    #[test]
    fn a_leaver_is_closed_and_a_broken_export_closes_nobody() {
        let first = plan(&roster(10), Existing { people: &[], groups: &[] }, TODAY, counter());
        let (people, groups) = stored(&first);
        let existing = Existing { people: &people, groups: &groups };
        let one_less = plan(&roster(9), existing, date(2026, 11, 20), counter());
        assert_eq!(one_less.left.len(), 1);
        assert_eq!(one_less.left[0].left, Some(date(2026, 11, 20)));
        let broken = plan(&roster(2), existing, date(2026, 11, 20), counter());
        assert!(broken.left.is_empty() && broken.faults[0].contains("broken export"), "{:?}", broken.faults);
    }

    #[test]
    fn doubles_and_unknown_classes_are_named() {
        let mut odd = roster(2);
        odd.people.push(pupil("p0", "g"));
        odd.people.push(pupil("p9", "nowhere"));
        let plan = plan(&odd, Existing { people: &[], groups: &[] }, TODAY, counter());
        assert_eq!(plan.added.len(), 3);
        assert_eq!(plan.faults.len(), 2);
    }

    #[test]
    fn user_names_avoid_one_another() {
        assert_eq!(make_username("Siân", "O'Neil", |_| false), "soneil");
        assert_eq!(make_username("Siân", "O'Neil", |name| name == "soneil"), "soneil2");
        assert_eq!(make_username("", "", |_| false), "user");
    }
}
