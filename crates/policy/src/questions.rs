//! Whom a question about an agreement reaches (AGR-10): a parent's or a child's the teachers of the class, a member of staff's
//! the e-safety co-ordinator or the head, anybody else's the computing lead.

use jiff::civil::Date;
use usher_records::person::Person;
use usher_types::ids::{GroupId, PersonId};
use usher_types::role::{PersonKind, Role};

use crate::access::{Act, Who, may};

/// Somebody who asks.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Who.
    pub person: PersonId,
    /// What they are to the school.
    pub kind: PersonKind,
    /// Their classes; a parent's are those of their children.
    pub groups: &'a [GroupId],
}

/// The offices that answer, the first that somebody else holds.
const fn offices(kind: PersonKind) -> &'static [Role] {
    match kind {
        PersonKind::Staff | PersonKind::Supply | PersonKind::Student => {
            &[Role::EsafetyCoordinator, Role::Headteacher]
        }
        _ => &[Role::ComputingLead, Role::EsafetyCoordinator, Role::Headteacher],
    }
}

/// Everybody a question reaches. Nobody is asked their own question.
pub fn answerers<'a>(people: &'a [&'a Person], asker: Asker<'_>, today: Date) -> Vec<&'a Person> {
    let others = || {
        let here = |person: &&&Person| person.is_here(today) && person.id != asker.person;
        people.iter().filter(here).copied()
    };
    if matches!(asker.kind, PersonKind::Parent | PersonKind::Pupil) {
        let teaches = |person: &&Person| {
            let teacher = may(&Who::of(person), Act::RunLessons).is_ok();
            teacher && person.groups.iter().any(|group| asker.groups.contains(group))
        };
        let teachers: Vec<&Person> = others().filter(teaches).collect();
        if !teachers.is_empty() {
            return teachers;
        }
    }
    let holders = |role: &Role| others().filter(|person| person.roles.has(*role)).collect::<Vec<_>>();
    offices(asker.kind).iter().map(holders).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether somebody may read a question and reply: those it reaches, and the headteacher, who answers for the policy.
pub fn may_answer(who: &Who, people: &[&Person], asker: Asker<'_>, today: Date) -> bool {
    let head = may(who, Act::ChangeSettings).is_ok() && who.person != asker.person;
    let reached = answerers(people, asker, today).iter().any(|person| person.id == who.person);
    may(who, Act::UseDesk).is_ok() && (head || reached)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use usher_types::ids::Id;
    use usher_types::role::Roles;

    use super::*;

    fn person(id: u64, kind: PersonKind, roles: &[Role], groups: &[u64]) -> Person {
        Person {
            id: Id::new(id),
            kind,
            given: "A".into(),
            family: "B".into(),
            known_as: None,
            year: None,
            roles: Roles::of(roles),
            groups: groups.iter().copied().map(Id::new).collect(),
            email: None,
            children: vec![],
            source: None,
            joined: None,
            left: None,
            until: None,
            picture: None,
        }
    }

    fn reached(people: &[Person], id: u64, kind: PersonKind, groups: &[u64]) -> Vec<u64> {
        let people: Vec<&Person> = people.iter().collect();
        let groups: Vec<GroupId> = groups.iter().copied().map(Id::new).collect();
        let asker = Asker { person: Id::new(id), kind, groups: &groups };
        answerers(&people, asker, date(2026, 11, 24)).iter().map(|person| person.id.number()).collect()
    }

    #[test]
    fn agr_10_each_question_reaches_the_right_person() {
        let staff = PersonKind::Staff;
        let mut people = vec![
            person(1, staff, &[Role::Headteacher], &[]),
            person(2, staff, &[Role::ComputingLead], &[]),
            person(3, staff, &[Role::EsafetyCoordinator], &[]),
            person(4, staff, &[Role::Teacher], &[30]),
            person(5, staff, &[Role::Teacher], &[31]),
            person(6, PersonKind::Pupil, &[], &[30]),
        ];
        assert_eq!(reached(&people, 9, PersonKind::Parent, &[30]), [4]);
        assert_eq!(reached(&people, 6, PersonKind::Pupil, &[30]), [4]);
        assert_eq!(reached(&people, 9, PersonKind::Parent, &[30, 31]), [4, 5]);
        assert_eq!(reached(&people, 9, PersonKind::Parent, &[]), [2], "no teacher: the computing lead");
        assert_eq!(reached(&people, 5, staff, &[31]), [3]);
        assert_eq!(reached(&people, 3, staff, &[]), [1], "nobody answers their own question");
        assert_eq!(reached(&people, 9, PersonKind::Visitor, &[]), [2]);
        assert_eq!(reached(&people, 9, PersonKind::Governor, &[]), [2]);
        people[2].left = Some(date(2026, 1, 1));
        assert_eq!(reached(&people, 5, staff, &[31]), [1]);
        let all: Vec<&Person> = people.iter().collect();
        let asker = Asker { person: Id::new(9), kind: PersonKind::Parent, groups: &[Id::new(30)] };
        let may = |index: usize| may_answer(&Who::of(&people[index]), &all, asker, date(2026, 11, 24));
        assert_eq!([0, 1, 3, 4].map(may), [true, false, true, false]);
    }
}
