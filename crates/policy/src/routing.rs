//! Whose a case is, and who may see it (INC-07, INC-10 to INC-12, INC-15, INC-16, INC-18, INC-20). How many cases there
//! were before, what it is about and about whom decide the owner; nobody ever sees a case about themselves.

use usher_records::case::rules::{Class, Sort};
use usher_records::person::Person;
use usher_records::settings::Settings;
use usher_types::ids::{GroupId, PersonId};
use usher_types::role::{PersonKind, Role, Roles};

use crate::access::{Act, Who, may, may_look_at};

/// From this severity on, a pupil's first breach goes to the head as well as to whoever deals with first breaches.
const GRAVE_SEVERITY: u8 = 3;

/// Whoever has an ordinary case besides its owner.
const SEE_ORDINARY: [Role; 4] =
    [Role::SafeguardingLead, Role::ComputingLead, Role::EsafetyCoordinator, Role::SeniorLeader];

/// The offices a pupil's first breach can be given to: those that can then open the case. `Teacher` is the class's own.
pub const FIRST_BREACH: [Role; 6] = [
    Role::Headteacher,
    Role::SeniorLeader,
    Role::SafeguardingLead,
    Role::ComputingLead,
    Role::EsafetyCoordinator,
    Role::Teacher,
];

/// Somebody a case is about, as far as the school knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// What they are to the school.
    pub kind: PersonKind,
    /// Offices they hold.
    pub roles: Roles,
    /// Their classes.
    pub groups: Vec<GroupId>,
}

impl Named {
    /// Somebody the books know.
    pub fn of(person: &Person) -> Self {
        let groups = person.groups.clone();
        Self { person: person.id, kind: person.kind, roles: person.roles, groups }
    }

    /// Whether they work in the school.
    const fn is_adult(&self) -> bool {
        !matches!(self.kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor)
    }
}

/// Whose a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Whoever holds this office.
    Office(Role),
    /// The teachers of the child's class.
    ClassTeacher,
}

/// What is known of a case when it is asked whose it is and who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How confidential it is.
    pub class: Class,
    /// Of what sort its kind is.
    pub sort: Sort,
    /// How weighty it is.
    pub severity: u8,
    /// Those it is about that the school knows.
    pub about: Vec<Named>,
    /// How many ordinary cases there were before about the same people.
    pub earlier: usize,
    /// Who opened it.
    pub opened_by: Option<PersonId>,
    /// Whether a pupil reported it.
    pub from_pupil: bool,
    /// Who else it was shown to.
    pub shared_with: Vec<PersonId>,
}

/// How confidential a case is that begins: by what it is about and about whom. What a person says is more confidential stays
/// so.
pub fn class_of(kind: &str, sort: Sort, about: &[Named], asked: Class) -> Class {
    match asked {
        Class::Whistleblowing | Class::ChildProtection => asked,
        _ if kind == "child-protection" => Class::ChildProtection,
        _ if sort == Sort::Staff || about.iter().any(Named::is_adult) => Class::Staff,
        _ => Class::Ordinary,
    }
}

/// Whether a case that goes on may be about this person too. An adult of the school only where it is as confidential as a case
/// about them begins: whoever reads an ordinary one would read what is for the head alone, and the head named in it could
/// not read it any more. Then its class comes first.
pub fn may_be_about(facts: &Facts, kind: &str, named: &Named) -> bool {
    let begins = class_of(kind, facts.sort, std::slice::from_ref(named), facts.class);
    !named.is_adult() || begins == facts.class
}

/// The office in the head's place: the chair of governors where the case is about the head.
fn head(about: &[Named]) -> Role {
    if about.iter().any(|named| named.roles.has(Role::Headteacher)) {
        Role::ChairOfGovernors
    } else {
        Role::Headteacher
    }
}

/// Whose the case is.
pub fn owners(settings: &Settings, facts: &Facts) -> Vec<Owner> {
    let head = Owner::Office(head(&facts.about));
    match (facts.class, facts.sort) {
        (Class::Whistleblowing | Class::Staff, _) => vec![head],
        (Class::ChildProtection, _) => vec![Owner::Office(Role::SafeguardingLead), head],
        (Class::Ordinary, Sort::Complaint) => vec![head, Owner::Office(Role::ComputingLead)],
        (Class::Ordinary, Sort::Accident) => vec![Owner::Office(Role::ComputingLead)],
        (Class::Ordinary, Sort::Pupil | Sort::Staff | Sort::Other) => {
            let pupil = facts.about.iter().any(|named| named.kind == PersonKind::Pupil);
            // What a pupil reports goes to the head (INC-20).
            if !pupil || facts.earlier > 0 || facts.from_pupil {
                return vec![head];
            }
            let first = match settings.conduct.first_breach {
                Role::Teacher => Owner::ClassTeacher,
                office => Owner::Office(office),
            };
            if facts.severity >= GRAVE_SEVERITY && first != head { vec![first, head] } else { vec![first] }
        }
    }
}

/// What somebody may do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseAct {
    /// Read it and add to its thread.
    See,
    /// Choose what follows, narrow somebody's web, close it.
    Decide,
    /// Confirm, as a second person, what is longer than one may decide.
    Confirm,
    /// Say that what waits for a second person is not wanted: whoever could confirm it, and whoever decides.
    Decline,
    /// Say that it is more or less confidential.
    Class,
    /// Show it to somebody else, put a hold on it.
    Share,
    /// Hand it to somebody outside the school.
    Disclose,
}

/// Whether somebody may do this with a case like this; `classes` are those they teach.
pub fn may_do(who: &Who, classes: &[GroupId], settings: &Settings, act: CaseAct, facts: &Facts) -> bool {
    if may(who, Act::UseDesk).is_err() || facts.about.iter().any(|named| named.person == who.person) {
        return false;
    }
    let has = |role| who.roles.has(role);
    let in_charge = has(head(&facts.about));
    let lead = has(Role::SafeguardingLead);
    let shared = facts.shared_with.contains(&who.person);
    let technical = has(Role::Technician) || has(Role::ComputingLead);
    let teaches = facts.about.iter().any(|named| {
        named.kind == PersonKind::Pupil && named.groups.iter().any(|group| classes.contains(group))
    });
    let sees = match facts.class {
        // It may be about anybody the child knows: the page says that the head reads it (INC-20).
        Class::Ordinary if facts.from_pupil => in_charge || lead || shared,
        Class::Ordinary => {
            let wrote = facts.opened_by == Some(who.person);
            in_charge || who.roles.has_any(&SEE_ORDINARY) || wrote || shared || teaches
        }
        Class::Staff => in_charge || shared || (facts.from_pupil && lead),
        Class::ChildProtection => in_charge || lead,
        // Not to IT, whoever shares it; but where the head does IT as well, it is the head's.
        Class::Whistleblowing => in_charge || (shared && !technical),
    };
    let owns = || {
        owners(settings, facts).into_iter().any(|owner| match owner {
            Owner::Office(role) => has(role),
            Owner::ClassTeacher => teaches,
        })
    };
    let senior = has(Role::SeniorLeader);
    let decides = || in_charge || owns() || (facts.class == Class::Ordinary && senior);
    let confirms = in_charge || lead || senior;
    sees && match act {
        CaseAct::See => true,
        CaseAct::Decide => decides(),
        CaseAct::Confirm => confirms,
        CaseAct::Decline => confirms || decides(),
        CaseAct::Class | CaseAct::Disclose => in_charge || lead,
        CaseAct::Share => in_charge,
    }
}

/// Whether somebody would see a case like this once it is shown to them. Some never do, whoever shares it.
pub fn may_be_shown(with: &Person, settings: &Settings, facts: &Facts) -> bool {
    let facts = Facts { shared_with: vec![with.id], ..facts.clone() };
    may_do(&Who::of(with), &with.groups, settings, CaseAct::See, &facts)
}

/// Whether anybody among these reads a case like this for what they are, and not because they opened it. Without a chair of
/// governors nobody reads a case about the head.
pub fn is_read<'a>(people: impl IntoIterator<Item = &'a Person>, settings: &Settings, facts: &Facts) -> bool {
    let facts = Facts { opened_by: None, ..facts.clone() };
    let reads = |person: &Person| may_do(&Who::of(person), &person.groups, settings, CaseAct::See, &facts);
    people.into_iter().any(reads)
}

/// Who is told that a case like this began: those whose it is and who may read it, but not whoever opened it.
pub fn told<'a>(
    people: impl IntoIterator<Item = &'a Person> + Clone,
    settings: &Settings,
    facts: &Facts,
) -> Vec<&'a Person> {
    let owners = owners(settings, facts);
    let owns = |person: &Person| {
        owners.iter().any(|owner| match *owner {
            Owner::Office(role) => person.roles.has(role),
            Owner::ClassTeacher => facts.about.iter().any(|named| {
                named.kind == PersonKind::Pupil
                    && named.groups.iter().any(|group| person.groups.contains(group))
            }),
        })
    };
    let reads = |person: &Person| may_do(&Who::of(person), &person.groups, settings, CaseAct::See, facts);
    let mut told: Vec<&Person> =
        people.clone().into_iter().filter(|person| owns(person) && reads(person)).collect();
    if told.is_empty() {
        // Nobody holds the office whose it is: it must not wait unseen.
        let as_they_are = Facts { opened_by: None, ..facts.clone() };
        let reads =
            |person: &Person| may_do(&Who::of(person), &person.groups, settings, CaseAct::See, &as_they_are);
        told = people.into_iter().filter(|person| reads(person)).collect();
    }
    // Whoever opens their own knows of it, and nobody else is told in their place.
    told.retain(|person| facts.opened_by != Some(person.id));
    told
}

/// Whether somebody takes cases over into the behaviour system (EXT-09): the head, and whoever sees every ordinary case but
/// the e-safety co-ordinator.
pub fn may_transfer(who: &Who) -> bool {
    const TRANSFER: [Role; 4] =
        [Role::Headteacher, Role::SeniorLeader, Role::SafeguardingLead, Role::ComputingLead];
    may(who, Act::UseDesk).is_ok() && who.roles.has_any(&TRANSFER)
}

/// Whether somebody may begin a case from a page that was kept shut: whoever runs lessons, from what happened in one, which
/// its board shows them anyway; and whoever may look at the person's activity.
pub fn may_begin_from(who: &Who, in_lesson: bool, whose: Option<&Who>) -> bool {
    let board = in_lesson && may(who, Act::RunLessons).is_ok();
    board || whose.is_some_and(|whose| may_look_at(who, whose).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::built_in;
    use usher_testkit::school::staff;
    use usher_types::ids::Id;

    const PUPIL: u64 = 71;

    fn settings(profile: &str) -> Settings {
        built_in(profile).unwrap().unwrap().settings
    }

    fn named(person: u64, kind: PersonKind, roles: &[Role]) -> Named {
        let groups = if kind == PersonKind::Pupil { vec![Id::new(30)] } else { vec![] };
        Named { person: Id::new(person), kind, roles: Roles::of(roles), groups }
    }

    fn facts(class: Class, sort: Sort, about: Vec<Named>) -> Facts {
        Facts {
            class,
            sort,
            severity: 1,
            about,
            earlier: 0,
            opened_by: Some(Id::new(8)),
            from_pupil: false,
            shared_with: vec![],
        }
    }

    fn pupil() -> Vec<Named> {
        vec![named(PUPIL, PersonKind::Pupil, &[])]
    }

    #[test]
    fn inc_10_inc_12_inc_16_the_owner_follows_count_kind_and_person() {
        let office = Owner::Office;
        let (head, chair) = (office(Role::Headteacher), office(Role::ChairOfGovernors));
        let teacher = vec![named(7, PersonKind::Staff, &[Role::Teacher])];
        let the_head = vec![named(1, PersonKind::Staff, &[Role::Headteacher])];
        let outside = vec![];
        let table = [
            ("a first breach", Class::Ordinary, Sort::Pupil, pupil(), 0, 1, vec![Owner::ClassTeacher]),
            ("the second", Class::Ordinary, Sort::Pupil, pupil(), 1, 1, vec![head]),
            ("a grave first", Class::Ordinary, Sort::Pupil, pupil(), 0, 3, vec![Owner::ClassTeacher, head]),
            ("staff", Class::Staff, Sort::Staff, teacher, 0, 1, vec![head]),
            ("the head", Class::Staff, Sort::Staff, the_head.clone(), 0, 1, vec![chair]),
            ("whistleblowing", Class::Whistleblowing, Sort::Other, the_head, 0, 1, vec![chair]),
            ("a neighbour", Class::Ordinary, Sort::Other, outside.clone(), 0, 2, vec![head]),
            (
                "a complaint",
                Class::Ordinary,
                Sort::Complaint,
                outside,
                0,
                1,
                vec![head, office(Role::ComputingLead)],
            ),
            (
                "an accident",
                Class::Ordinary,
                Sort::Accident,
                pupil(),
                3,
                1,
                vec![office(Role::ComputingLead)],
            ),
            (
                "a child's safety",
                Class::ChildProtection,
                Sort::Other,
                pupil(),
                0,
                4,
                vec![office(Role::SafeguardingLead), head],
            ),
        ];
        let mut numbered = settings("numbered");
        numbered.conduct.first_breach = Role::Teacher;
        for (name, class, sort, about, earlier, severity, expected) in table {
            let facts = Facts { earlier, severity, ..facts(class, sort, about) };
            assert_eq!(owners(&numbered, &facts), expected, "{name}");
        }
        let reported = Facts { from_pupil: true, ..facts(Class::Ordinary, Sort::Other, pupil()) };
        assert_eq!(owners(&numbered, &reported), vec![head], "inc_20");
        // Where the school sends every breach to the head, the first goes there too.
        let trust = settings("trust");
        assert_eq!(owners(&trust, &facts(Class::Ordinary, Sort::Pupil, pupil())), vec![head]);
    }

    #[test]
    fn the_class_of_a_case_follows_kind_and_person_and_what_was_asked_stays() {
        let teacher = [named(7, PersonKind::Staff, &[Role::Teacher])];
        for (kind, sort, about, asked, class) in [
            ("off-task", Sort::Pupil, &pupil()[..], Class::Ordinary, Class::Ordinary),
            ("off-task", Sort::Pupil, &teacher[..], Class::Ordinary, Class::Staff),
            ("data-breach", Sort::Staff, &[][..], Class::Ordinary, Class::Staff),
            ("child-protection", Sort::Other, &pupil()[..], Class::Ordinary, Class::ChildProtection),
            ("off-task", Sort::Pupil, &pupil()[..], Class::ChildProtection, Class::ChildProtection),
            ("other", Sort::Other, &teacher[..], Class::Whistleblowing, Class::Whistleblowing),
        ] {
            assert_eq!(class_of(kind, sort, about, asked), class, "{kind} {about:?}");
        }
    }

    /// Who sees what: `s` sees, `d` decides as well, `-` neither. In the order of [`everybody`].
    #[test]
    fn inc_07_inc_15_inc_18_inc_20_who_sees_what() {
        let teacher = || vec![named(7, PersonKind::Staff, &[Role::Teacher])];
        let the_head = || vec![named(1, PersonKind::Staff, &[Role::Headteacher])];
        let second = |facts| Facts { earlier: 1, ..facts };
        let from_pupil = |facts| Facts { from_pupil: true, ..facts };
        let shared =
            |facts, with: &[u64]| Facts { shared_with: with.iter().copied().map(Id::new).collect(), ..facts };
        let (ordinary, staff, whistle) = (Class::Ordinary, Class::Staff, Class::Whistleblowing);
        //                     head dsl lead tech senior teacher support chair office
        let table: [(&str, Facts, &str); 11] = [
            ("first breach", facts(ordinary, Sort::Pupil, pupil()), "dss-dds--"),
            ("second breach", second(facts(ordinary, Sort::Pupil, pupil())), "dss-dss--"),
            ("staff", facts(staff, Sort::Staff, teacher()), "d--------"),
            ("staff, shared with the lead", shared(facts(staff, Sort::Staff, teacher()), &[3]), "d-s------"),
            ("a pupil about staff", from_pupil(facts(staff, Sort::Other, teacher())), "ds-------"),
            ("a pupil about a child", from_pupil(facts(ordinary, Sort::Other, pupil())), "ds-------"),
            (
                "and shown to the child's teacher",
                shared(from_pupil(facts(ordinary, Sort::Other, pupil())), &[7]),
                "ds---s---",
            ),
            ("about the head", facts(staff, Sort::Staff, the_head()), "-------d-"),
            ("child protection", facts(Class::ChildProtection, Sort::Other, pupil()), "dd-------"),
            ("whistleblowing about the head", facts(whistle, Sort::Other, the_head()), "-------d-"),
            ("and shown to IT", shared(facts(whistle, Sort::Other, teacher()), &[3, 4, 5]), "d---s----"),
        ];
        let mut settings = settings("numbered");
        settings.conduct.first_breach = Role::Teacher;
        for (name, facts, expected) in table {
            let seen: String = everybody()
                .iter()
                .map(|(who, classes)| {
                    let may = |act| may_do(who, classes, &settings, act, &facts);
                    match (may(CaseAct::See), may(CaseAct::Decide)) {
                        (_, true) => 'd',
                        (true, false) => 's',
                        (false, false) => '-',
                    }
                })
                .collect();
            assert_eq!(seen, expected, "{name}");
        }
    }

    #[test]
    fn inc_15_a_head_who_does_it_as_well_reads_what_is_told_as_whistleblowing() {
        let teacher = vec![named(7, PersonKind::Staff, &[Role::Teacher])];
        let facts = facts(Class::Whistleblowing, Sort::Other, teacher);
        for role in [Role::ComputingLead, Role::Technician] {
            let roles = Roles::of(&[Role::Headteacher, role]);
            let who = Who { person: Id::new(1), kind: PersonKind::Staff, roles };
            assert!(may_do(&who, &[], &settings("numbered"), CaseAct::Decide, &facts), "{role:?}");
        }
    }

    #[test]
    fn inc_12_an_adult_joins_a_case_only_where_it_is_as_confidential_as_one_about_them() {
        let head = named(1, PersonKind::Staff, &[Role::Headteacher]);
        let joins =
            |class, named: &Named| may_be_about(&facts(class, Sort::Pupil, pupil()), "off-task", named);
        assert!(!joins(Class::Ordinary, &head));
        assert!(joins(Class::Staff, &head) && joins(Class::ChildProtection, &head));
        for class in Class::ALL {
            assert!(joins(class, &named(72, PersonKind::Pupil, &[])), "{class:?}");
        }
        assert!(joins(Class::Ordinary, &named(14, PersonKind::Parent, &[])));
    }

    #[test]
    fn inc_12_without_a_chair_of_governors_a_case_about_the_head_is_nobodys() {
        let (head, lead) =
            (staff(1, "Hester Hale", &[Role::Headteacher]), staff(4, "Dee Safe", &[Role::SafeguardingLead]));
        let chair =
            Person { kind: PersonKind::Governor, ..staff(11, "Gov Chair", &[Role::ChairOfGovernors]) };
        let about = facts(Class::Staff, Sort::Staff, vec![named(1, PersonKind::Staff, &[Role::Headteacher])]);
        let settings = settings("numbered");
        let read = |people: &[&Person], facts: &Facts| is_read(people.iter().copied(), &settings, facts);
        assert!(!read(&[&head, &lead], &about) && read(&[&head, &lead, &chair], &about));
        let from_pupil = Facts { from_pupil: true, ..about };
        assert!(read(&[&head, &lead], &from_pupil), "the safeguarding lead reads what a child says");
        let ordinary = Facts { opened_by: Some(lead.id), ..facts(Class::Ordinary, Sort::Pupil, pupil()) };
        let office = staff(9, "Olive Desk", &[Role::Office]);
        let own = Facts { opened_by: Some(office.id), ..ordinary.clone() };
        assert!(!read(&[&office], &own), "whoever wrote it is nobody to tell it to");
        assert!(read(&[&office, &lead], &ordinary));
    }

    #[test]
    fn inc_10_a_case_whose_office_nobody_holds_is_told_to_whoever_reads_it() {
        let (head, lead) =
            (staff(1, "Hester Hale", &[Role::Headteacher]), staff(4, "Dee Safe", &[Role::SafeguardingLead]));
        let chair =
            Person { kind: PersonKind::Governor, ..staff(11, "Gov Chair", &[Role::ChairOfGovernors]) };
        let settings = settings("numbered");
        let of_head = vec![named(1, PersonKind::Staff, &[Role::Headteacher])];
        let about = Facts { from_pupil: true, ..facts(Class::Staff, Sort::Staff, of_head) };
        let told = |people: &[&Person], facts: &Facts| -> Vec<u64> {
            told(people.iter().copied(), &settings, facts).iter().map(|one| one.id.number()).collect()
        };
        assert_eq!(told(&[&head, &lead, &chair], &about), [11]);
        assert_eq!(told(&[&head, &lead], &about), [4], "never the one it is about");
        let own = Facts { opened_by: Some(lead.id), ..about };
        assert_eq!(told(&[&head, &lead], &own), [0; 0], "nor whoever wrote it");
    }

    #[test]
    fn inc_07_a_case_is_shown_only_to_somebody_who_would_see_it_then() {
        let settings = settings("numbered");
        let shown = |with: &Person, facts: &Facts| may_be_shown(with, &settings, facts);
        let (teacher, lead) =
            (staff(7, "Joan Price", &[Role::Teacher]), staff(5, "Cal Comp", &[Role::ComputingLead]));
        let about = |class| facts(class, Sort::Staff, vec![named(8, PersonKind::Staff, &[Role::Teacher])]);
        assert!(shown(&teacher, &about(Class::Staff)) && shown(&lead, &about(Class::Staff)));
        assert!(!shown(&teacher, &about(Class::ChildProtection)), "the safeguarding lead and the head alone");
        assert!(shown(&teacher, &about(Class::Whistleblowing)));
        assert!(!shown(&lead, &about(Class::Whistleblowing)), "not to IT");
        assert!(!shown(&staff(8, "Whom It Names", &[Role::Teacher]), &about(Class::Staff)));
    }

    #[test]
    fn what_waits_is_declined_by_whoever_decides_or_could_confirm_it() {
        let mut settings = settings("numbered");
        settings.conduct.first_breach = Role::Teacher;
        let facts = facts(Class::Ordinary, Sort::Pupil, pupil());
        let may = |act| -> String {
            let may = |(who, classes): &(Who, Vec<GroupId>)| may_do(who, classes, &settings, act, &facts);
            everybody().iter().map(|one| if may(one) { 'y' } else { '-' }).collect()
        };
        //                                     head dsl lead tech senior teacher support chair office
        assert_eq!(may(CaseAct::Confirm), "yy--y----");
        assert_eq!(may(CaseAct::Decline), "yy--yy---");
    }

    /// The head, safeguarding lead, computing lead, technician, a senior leader, the child's teacher, whoever opened it,
    /// the chair of governors, the office.
    fn everybody() -> Vec<(Who, Vec<GroupId>)> {
        let one = |id, kind, role| {
            (Who { person: Id::new(id), kind, roles: Roles::of(&[role]) }, Vec::<GroupId>::new())
        };
        let staff = PersonKind::Staff;
        let mut all = vec![
            one(1, staff, Role::Headteacher),
            one(2, staff, Role::SafeguardingLead),
            one(3, staff, Role::ComputingLead),
            one(4, staff, Role::Technician),
            one(5, staff, Role::SeniorLeader),
            one(7, staff, Role::Teacher),
            one(8, staff, Role::SupportStaff),
            one(11, PersonKind::Governor, Role::ChairOfGovernors),
            one(9, staff, Role::Office),
        ];
        all[5].1 = vec![Id::new(30)];
        all
    }

    #[test]
    fn ext_09_cases_are_taken_over_by_those_who_see_them_all() {
        let may: String =
            everybody().iter().map(|(who, _)| if may_transfer(who) { 'y' } else { '-' }).collect();
        //               head dsl lead tech senior teacher support chair office
        assert_eq!(may, "yyy-y----");
    }

    #[test]
    fn a_block_of_a_lesson_is_for_whoever_runs_lessons_and_any_other_for_whoever_may_look() {
        let all = everybody();
        let pupil = Who { person: Id::new(PUPIL), kind: PersonKind::Pupil, roles: Roles::NONE };
        let (head, teacher, office) = (&all[0].0, &all[5].0, &all[8].0);
        assert!(may_begin_from(teacher, true, Some(&pupil)));
        assert!(!may_begin_from(teacher, false, Some(&pupil)) && may_begin_from(head, false, Some(&pupil)));
        assert!(!may_begin_from(office, true, Some(&pupil)));
        assert!(!may_begin_from(head, false, None));
    }
}
