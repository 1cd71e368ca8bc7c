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
        // Whoever else runs lessons with the class only where it has no teacher.
        let teachers: Vec<&Person> = others().filter(teaches).collect();
        let class: Vec<&Person> =
            teachers.iter().copied().filter(|person| person.roles.has(Role::Teacher)).collect();
        if let Some(found) = [class, teachers].into_iter().find(|found| !found.is_empty()) {
            return found;
        }
    }
    let holders = |role: &Role| others().filter(|person| person.roles.has(*role)).collect::<Vec<_>>();
    offices(asker.kind).iter().map(holders).find(|found| !found.is_empty()).unwrap_or_default()
}

/// A question that was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asked.
    pub person: PersonId,
    /// What they are to the school; none when it keeps them no more.
    pub asker: Option<Asker<'a>>,
    /// Whom it reached then.
    pub reached: &'a [PersonId],
}

/// Whom a question is for: those it reached when it was asked, whatever classes they have now; when none of them is here any
/// more, those it would reach today.
pub fn readers<'a>(people: &'a [&'a Person], asked: Asked<'_>, today: Date) -> Vec<&'a Person> {
    let reached = |person: &&&Person| person.is_here(today) && asked.reached.contains(&person.id);
    let found: Vec<&Person> = people.iter().filter(reached).copied().collect();
    if found.is_empty() {
        return asked.asker.map(|asker| answerers(people, asker, today)).unwrap_or_default();
    }
    found
}

/// Whether somebody may read a question and reply: those it is for, and the headteacher, who answers for the policy.
pub fn may_answer(who: &Who, people: &[&Person], asked: Asked<'_>, today: Date) -> bool {
    let head = may(who, Act::ChangeSettings).is_ok() && who.person != asked.person;
    let reads = readers(people, asked, today).iter().any(|person| person.id == who.person);
    may(who, Act::UseDesk).is_ok() && (head || reads)
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
            home: usher_records::person::Home::default(),
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
        let asked = |asker, reached| Asked { person: Id::new(9), asker, reached };
        let may = |asked| {
            let may = |index: usize| may_answer(&Who::of(&people[index]), &all, asked, date(2026, 11, 24));
            [0, 1, 3, 4].map(may)
        };
        assert_eq!(may(asked(Some(asker), &[])), [true, false, true, false]);
        // The child moved up: whom the page named reads it, not the next teacher.
        let named = [Id::new(5)];
        assert_eq!(may(asked(Some(asker), &named)), [true, false, false, true]);
        assert_eq!(may(asked(None, &[])), [true, false, false, false], "whoever asked is not kept any more");
    }
}
