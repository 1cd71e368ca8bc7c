//! Who may do what. One table; `docs/permissions.txt` is made from it, and tests hold every route to it.
//!
//! Being allowed gives a [`Permit`], and what needs permission takes one: the type you were handed is the right you have.

mod act;

use usher_records::person::Person;
use usher_records::settings::Contacts;
use usher_records::told::{Told, What};
use usher_types::ids::{GroupId, LessonId, PersonId};
use usher_types::role::{PersonKind, Role, Roles};

pub use self::act::Act;

/// Who asks to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// What they are to the school.
    pub kind: PersonKind,
    /// Offices they hold.
    pub roles: Roles,
}

impl Who {
    /// Somebody, as rights see them.
    pub const fn of(person: &Person) -> Self {
        Self { person: person.id, kind: person.kind, roles: person.roles }
    }
}

/// Leave to do one thing, for the one who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    act: Act,
    by: PersonId,
}

impl Permit {
    /// What it allows.
    pub const fn act(self) -> Act {
        self.act
    }

    /// To whom.
    pub const fn by(self) -> PersonId {
        self.by
    }
}

/// They may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not allowed to {}", .0.words())]
pub struct Denied(pub Act);

/// Whether `who` may.
///
/// # Errors
/// [`Denied`] when the table says no.
pub fn may(who: &Who, act: Act) -> Result<Permit, Denied> {
    let allowed = act.kinds().contains(&who.kind) || who.roles.has_any(act.roles());
    // A pupil or parent never holds an office, whatever a roster says.
    let office_counts = !matches!(who.kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor);
    let by_kind = act.kinds().contains(&who.kind);
    if by_kind || (allowed && office_counts) { Ok(Permit { act, by: who.person }) } else { Err(Denied(act)) }
}

/// Whether `who` may change the account or the offices of somebody who holds `roles`, now or afterwards. Nobody hands on a
/// right they do not have, or the password of somebody who has it: else whoever manages accounts could read anything.
/// Running lessons is nobody's privilege, and the headteacher may change everything.
///
/// # Errors
/// [`Denied`], with the right they lack.
pub fn may_manage(who: &Who, roles: Roles) -> Result<Permit, Denied> {
    let permit = may(who, Act::ManagePeople)?;
    if may(who, Act::ChangeSettings).is_ok() {
        return Ok(permit);
    }
    let ordinary = [Act::UseDesk, Act::ReportSite, Act::RunLessons, Act::GrantInLesson];
    let carried = |act: &Act| roles.has_any(act.roles()) && !ordinary.contains(act);
    for act in Act::ALL.into_iter().filter(carried) {
        may(who, act)?;
    }
    Ok(permit)
}

/// Whether `who` may write a policy. Whether it comes into force at once is [`may_publish_alone`].
///
/// # Errors
/// [`Denied`].
pub fn may_write_policy(who: &Who) -> Result<Permit, Denied> {
    may(who, Act::ManageLists)
}

/// Whether what `who` wrote comes into force without a second person: the headteacher's, where it changes nothing weighty.
pub fn may_publish_alone(who: &Who, weighty: bool) -> bool {
    !weighty && may(who, Act::ChangeSettings).is_ok()
}

/// Whether `second` may confirm a policy that `first` wrote: another person, who could have written it, in an office the
/// first does not hold; and one of the two is the headteacher, who answers for the policy.
///
/// # Errors
/// [`Denied`].
pub fn may_confirm_policy(second: &Who, first: &Who) -> Result<Permit, Denied> {
    let permit = may_write_policy(second)?;
    let other_office =
        Act::ManageLists.roles().iter().any(|&role| second.roles.has(role) && !first.roles.has(role));
    let head = [first, second].into_iter().any(|who| may(who, Act::ChangeSettings).is_ok());
    if second.person != first.person && other_office && head {
        Ok(permit)
    } else {
        Err(Denied(Act::ChangeSettings))
    }
}

/// Whether `who` may say no to a policy that `first` wrote: whoever may confirm it; and the writer takes back their own.
///
/// # Errors
/// [`Denied`].
pub fn may_decline_policy(who: &Who, first: &Who) -> Result<Permit, Denied> {
    if who.person == first.person { may_write_policy(who) } else { may_confirm_policy(who, first) }
}

/// Whether `who` may look at this person's activity, given a reason. A pupil's is for all who may look at activity; an
/// adult's for the headteacher alone; the headteacher's own, and anybody's own, for nobody at the desk.
///
/// # Errors
/// [`Denied`].
pub fn may_look_at(who: &Who, whose: &Who) -> Result<Permit, Denied> {
    let permit = may(who, Act::LookAtActivity)?;
    let pupil = whose.kind == PersonKind::Pupil;
    let head = who.roles.has(Role::Headteacher) && !whose.roles.has(Role::Headteacher);
    if who.person != whose.person && (pupil || head) { Ok(permit) } else { Err(Denied(Act::LookAtActivity)) }
}

/// Whether `who` may see, and ask for, an examination of this person's files (MON-09): nobody sees one of their own.
///
/// # Errors
/// [`Denied`].
pub fn may_examine(who: &Who, whose: &Who) -> Result<Permit, Denied> {
    let permit = may(who, Act::ExamineFiles)?;
    if who.person == whose.person { Err(Denied(Act::ExamineFiles)) } else { Ok(permit) }
}

/// Whether `second` may agree to an examination that `first` asked for: another person; and one of the two is the headteacher,
/// who answers for it, or the chair of governors where the headteacher's own things are looked at.
///
/// # Errors
/// [`Denied`].
pub fn may_agree_to_examine(second: &Who, first: &Who, whose: &Who) -> Result<Permit, Denied> {
    let permit = may_examine(second, whose)?;
    let answers = if whose.roles.has(Role::Headteacher) { Role::ChairOfGovernors } else { Role::Headteacher };
    let one_answers = first.roles.has(answers) || second.roles.has(answers);
    if first.person != second.person && one_answers { Ok(permit) } else { Err(Denied(Act::ExamineFiles)) }
}

/// Whether `who` may ask for this person to be taken out of what is kept: nobody for themselves at the desk.
///
/// # Errors
/// [`Denied`].
pub fn may_erase(who: &Who, whose: &Who) -> Result<Permit, Denied> {
    let permit = may(who, Act::EraseSomebody)?;
    if who.person == whose.person { Err(Denied(Act::EraseSomebody)) } else { Ok(permit) }
}

/// Whether `second` may confirm what `first` asked for: another person, who holds an office for it that the first does not; and one
/// of the two is the headteacher, who answers for it.
///
/// # Errors
/// [`Denied`].
pub fn may_agree_to_erase(second: &Who, first: &Who, whose: &Who) -> Result<Permit, Denied> {
    let permit = may_erase(second, whose)?;
    let other_office =
        Act::EraseSomebody.roles().iter().any(|&role| second.roles.has(role) && !first.roles.has(role));
    let head = first.roles.has(Role::Headteacher) || second.roles.has(Role::Headteacher);
    if first.person != second.person && other_office && head {
        Ok(permit)
    } else {
        Err(Denied(Act::EraseSomebody))
    }
}

/// Somebody to whom it may matter that a child told.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// Who.
    pub who: &'a Who,
    /// Classes they teach.
    pub classes: &'a [GroupId],
    /// Lessons they run.
    pub lessons: &'a [LessonId],
}

/// Whether somebody hears of what was told: whoever the school named, the child's own teachers, and whoever runs the
/// lesson it happened in. What an adult says of a visit of their own (WEB-15) is for those the school named. That, and a
/// password that is known (ACC-08), the technician hears too, who has to put it right.
pub fn may_hear(listener: Listener<'_>, contacts: &Contacts, told: &Told) -> bool {
    // Nobody sees to what they told themselves.
    if may(listener.who, Act::UseDesk).is_err() || told.person == listener.who.person {
        return false;
    }
    let named = listener.who.roles.has_any(&contacts.told);
    let teaches = told.group.is_some_and(|group| listener.classes.contains(&group));
    let runs = told.lesson.is_some_and(|lesson| listener.lessons.contains(&lesson));
    let technical = matches!(told.what, What::Accident | What::PasswordKnown);
    let helps = technical && listener.who.roles.has(Role::Technician);
    named || helps || (told.what != What::Accident && (teaches || runs))
}

/// The offices whose holders may, for pages that tell people who sees what of them.
pub const fn offices(act: Act) -> &'static [Role] {
    act.roles()
}

/// The table as a text a headteacher can read: one line an act, who may after it.
pub fn table() -> String {
    let mut text = String::from(
        "Who may do what in Usher. Made from crates/policy/src/access/act.rs by `cargo xtask docs`; do not edit.\n\
         Whoever is not named may not.\n\n",
    );
    for act in Act::ALL {
        let kinds = act.kinds();
        let mut names: Vec<&str> = if kinds.len() == PersonKind::ALL.len() {
            vec!["everybody"]
        } else {
            kinds.iter().map(|kind| kind.name()).collect()
        };
        names.extend(act.roles().iter().map(|role| role.name()));
        text.push_str(&format!("{:<50} {}\n", act.words(), names.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    fn who(kind: PersonKind, roles: &[Role]) -> Who {
        Who { person: Id::new(1), kind, roles: Roles::of(roles) }
    }

    #[test]
    fn mon_09_a_second_person_agrees_one_of_them_answers_for_it_and_nobody_for_themselves() {
        let numbered =
            |person: u64, roles: &[Role]| Who { person: Id::new(person), ..who(PersonKind::Staff, roles) };
        let head = numbered(1, &[Role::Headteacher]);
        let dsl = numbered(2, &[Role::SafeguardingLead]);
        let lead = numbered(3, &[Role::ComputingLead]);
        let chair = numbered(4, &[Role::ChairOfGovernors]);
        let teacher = numbered(5, &[Role::Teacher]);
        assert!(may_agree_to_examine(&head, &lead, &teacher).is_ok());
        assert!(may_agree_to_examine(&dsl, &head, &teacher).is_ok());
        assert!(may_agree_to_examine(&dsl, &lead, &teacher).is_err(), "nobody answers for it");
        assert!(may_agree_to_examine(&head, &head, &teacher).is_err(), "alone");
        assert!(may_agree_to_examine(&head, &lead, &head).is_err(), "about oneself");
        assert!(may_agree_to_examine(&chair, &dsl, &head).is_ok());
        assert!(may_agree_to_examine(&dsl, &lead, &head).is_err(), "the head's own is the chair's");
        assert!(may_examine(&teacher, &lead).is_err());
    }

    #[test]
    fn an_office_in_the_wrong_hands_opens_nothing() {
        for kind in [PersonKind::Pupil, PersonKind::Parent, PersonKind::Visitor] {
            let odd = who(kind, &Role::ALL);
            for act in Act::ALL {
                assert_eq!(may(&odd, act).is_ok(), act.kinds().contains(&kind), "{kind:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_weighty_policy_takes_two_people_of_two_offices_and_one_is_the_head() {
        let person = |id, roles: &[Role]| Who { person: Id::new(id), ..who(PersonKind::Staff, roles) };
        let (head, lead) = (person(1, &[Role::Headteacher]), person(2, &[Role::ComputingLead]));
        let (safeguarding, teacher) = (person(3, &[Role::SafeguardingLead]), person(4, &[Role::Teacher]));
        let second_head = person(5, &[Role::Headteacher]);
        assert!(may_publish_alone(&head, false) && !may_publish_alone(&head, true));
        assert!(!may_publish_alone(&lead, false));
        assert!(may_write_policy(&lead).is_ok() && may_write_policy(&teacher).is_err());
        for (first, second) in [(&lead, &head), (&head, &lead), (&safeguarding, &head)] {
            assert!(may_confirm_policy(second, first).is_ok(), "{first:?} {second:?}");
        }
        for (first, second) in [
            (&head, &head),
            (&head, &second_head),
            (&lead, &safeguarding),
            (&head, &teacher),
            (&teacher, &teacher),
        ] {
            assert!(may_confirm_policy(second, first).is_err(), "{first:?} {second:?}");
        }
        assert!(may_decline_policy(&lead, &lead).is_ok() && may_decline_policy(&head, &lead).is_ok());
        assert!(may_decline_policy(&safeguarding, &lead).is_err(), "who cannot confirm it cannot decline it");
        assert!(may_decline_policy(&teacher, &teacher).is_err());
    }

    #[test]
    fn mon_04_a_teacher_may_not_look_at_activity_and_a_head_may() {
        assert_eq!(
            may(&who(PersonKind::Staff, &[Role::Teacher]), Act::LookAtActivity),
            Err(Denied(Act::LookAtActivity))
        );
        assert!(may(&who(PersonKind::Staff, &[Role::Headteacher]), Act::LookAtActivity).is_ok());
        assert!(may(&who(PersonKind::Staff, &[Role::Technician]), Act::LookAtActivity).is_err());
    }

    #[test]
    fn a_supply_teacher_runs_lessons_and_nothing_more() {
        let supply = who(PersonKind::Supply, &[]);
        assert!(may(&supply, Act::RunLessons).is_ok());
        assert!(may(&supply, Act::SeePeople).is_err());
    }

    #[test]
    fn nobody_hands_on_a_right_they_do_not_have() {
        let office = who(PersonKind::Staff, &[Role::Office]);
        let technician = who(PersonKind::Staff, &[Role::Technician]);
        let head = who(PersonKind::Staff, &[Role::Headteacher]);
        for given in [Role::Headteacher, Role::SafeguardingLead, Role::ComputingLead, Role::BusinessManager] {
            assert!(may_manage(&office, Roles::of(&[given])).is_err(), "{given:?}");
            assert!(may_manage(&technician, Roles::of(&[given])).is_err(), "{given:?}");
            assert!(may_manage(&head, Roles::of(&[given])).is_ok(), "{given:?}");
        }
        for given in [&[][..], &[Role::Teacher], &[Role::SupportStaff, Role::Teacher]] {
            assert!(may_manage(&office, Roles::of(given)).is_ok(), "{given:?}");
            assert!(may_manage(&technician, Roles::of(given)).is_ok(), "{given:?}");
        }
        let teacher = who(PersonKind::Staff, &[Role::Teacher]);
        assert!(may_manage(&teacher, Roles::NONE).is_err());
    }

    #[test]
    fn an_adults_activity_is_for_the_head_and_the_heads_for_nobody() {
        let one = |id, kind, roles: &[Role]| Who { person: Id::new(id), kind, roles: Roles::of(roles) };
        let head = one(1, PersonKind::Staff, &[Role::Headteacher]);
        let lead = one(2, PersonKind::Staff, &[Role::SafeguardingLead]);
        let pupil = one(3, PersonKind::Pupil, &[]);
        let teacher = one(4, PersonKind::Staff, &[Role::Teacher]);
        assert!(may_look_at(&head, &pupil).is_ok() && may_look_at(&lead, &pupil).is_ok());
        assert!(may_look_at(&head, &teacher).is_ok() && may_look_at(&lead, &teacher).is_err());
        assert!(may_look_at(&head, &head).is_err() && may_look_at(&lead, &head).is_err());
        assert!(may_look_at(&teacher, &pupil).is_err());
    }

    #[test]
    fn what_a_child_tells_reaches_their_teacher_and_what_an_adult_tells_does_not() {
        let contacts = Contacts {
            questions: Role::Headteacher,
            told: vec![Role::SafeguardingLead],
            requests: vec![],
            authority: String::new(),
            authority_mail: None,
            provider_mail: None,
        };
        let told = |what| Told {
            id: Id::new(1),
            person: Id::new(3),
            what,
            event: None,
            address: None,
            group: Some(Id::new(30)),
            lesson: Some(Id::new(8)),
            words: None,
            at: usher_types::moment::Moment::from_unix_ms(0),
            seen: None,
        };
        let hears = |kind, roles: &[Role], classes: &[u64], lessons: &[u64], what| {
            let classes: Vec<GroupId> = classes.iter().copied().map(Id::new).collect();
            let lessons: Vec<LessonId> = lessons.iter().copied().map(Id::new).collect();
            let who = who(kind, roles);
            may_hear(Listener { who: &who, classes: &classes, lessons: &lessons }, &contacts, &told(what))
        };
        let teacher = &[Role::Teacher][..];
        assert!(hears(PersonKind::Staff, &[Role::SafeguardingLead], &[], &[], What::TellSomeone));
        assert!(hears(PersonKind::Staff, teacher, &[30], &[], What::TellSomeone));
        assert!(!hears(PersonKind::Staff, teacher, &[31], &[], What::TellSomeone));
        assert!(hears(PersonKind::Supply, &[], &[], &[8], What::ToldAnAdult));
        assert!(!hears(PersonKind::Staff, teacher, &[30], &[8], What::Accident));
        assert!(!hears(PersonKind::Pupil, &[], &[30], &[], What::TellSomeone));
        let lead = Who { person: Id::new(3), ..who(PersonKind::Staff, &[Role::SafeguardingLead]) };
        let own = Listener { who: &lead, classes: &[], lessons: &[] };
        assert!(!may_hear(own, &contacts, &told(What::Accident)), "their own is for another");
        let technician = &[Role::Technician][..];
        for (what, theirs) in [
            (What::Accident, true),
            (What::PasswordKnown, true),
            (What::TellSomeone, false),
            (What::ToldAnAdult, false),
        ] {
            assert_eq!(hears(PersonKind::Staff, technician, &[], &[], what), theirs, "{what:?}");
        }
    }

    #[test]
    fn every_act_is_in_the_table() {
        let table = table();
        for act in Act::ALL {
            assert!(table.contains(act.words()));
        }
    }
}
