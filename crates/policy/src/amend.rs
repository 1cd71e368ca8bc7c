//! Changing the policy in force: how many people it takes, what is written for it, and who may be the second.
//!
//! Owns: what the command line and the desk do alike when somebody proposes a policy. Does not: read a file, test promises
//! ([`crate::probe`] does), or write to the books.

use jiff::civil::Date;
use usher_records::change::{Change, Stored};
use usher_records::in_force::{self, InForce};
use usher_records::person::Person;
use usher_records::policy_draft::{self, PolicyDraft, PolicyDraftId};
use usher_records::refusal::Refusal;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::access::{self, Denied, Who};
use crate::diff::{self, Difference};
use crate::probe::Outcome;

/// What it takes until a policy is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: it is the one in force.
    Nothing,
    /// Whoever wrote it.
    OnePerson,
    /// A second person as well.
    TwoPeople,
}

/// What it takes when `writer` changes the policy like this.
pub fn takes(writer: &Who, differences: &[Difference]) -> Takes {
    if differences.is_empty() {
        Takes::Nothing
    } else if access::may_publish_alone(writer, !diff::weighty(differences).is_empty()) {
        Takes::OnePerson
    } else {
        Takes::TwoPeople
    }
}

/// A policy somebody proposes. Whether it keeps its promises was looked at before.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The policy, as it is kept.
    pub policy: Digest,
    /// What it changes.
    pub differences: &'a [Difference],
    /// Who wrote it.
    pub writer: &'a Who,
    /// Why.
    pub reason: &'a str,
}

/// What is written for a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It comes into force.
    InForce(Change),
    /// It waits for a second person.
    Waits(Change, PolicyDraftId),
}

/// What is written so that a proposal comes into force, or waits under the number `id`.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::AlreadySo`] when it changes nothing; [`Refusal::NotYours`] for whoever may not
/// write policies.
pub fn write(
    proposal: Proposal<'_>,
    before: &Stored<InForce>,
    id: PolicyDraftId,
    at: Moment,
) -> Result<Written, Refusal> {
    let Proposal { policy, differences, writer, reason } = proposal;
    access::may_write_policy(writer).map_err(|_denied| Refusal::NotYours)?;
    match takes(writer, differences) {
        Takes::Nothing => Err(Refusal::AlreadySo),
        Takes::OnePerson => in_force::publish(before, policy, reason).map(Written::InForce),
        Takes::TwoPeople => {
            let draft = PolicyDraft {
                id,
                policy,
                base: before.value.policy,
                by: writer.person,
                reason: reason.to_owned(),
                weighty: diff::weighty(differences).into_iter().map(|one| one.words().to_owned()).collect(),
                made_at: at,
                confirmed: None,
                declined: None,
            };
            policy_draft::wait(draft).map(|change| Written::Waits(change, id))
        }
    }
}

/// A draft that a second person wants in force.
#[derive(Debug, Clone, Copy)]
pub struct Seconded<'a> {
    /// What waits.
    pub draft: &'a Stored<PolicyDraft>,
    /// Who wrote it.
    pub first: &'a Who,
    /// Who confirms it.
    pub second: &'a Who,
    /// What comes of every promise by now: lists may have changed while it waited.
    pub promises: &'a [Outcome],
}

/// Why a draft does not come into force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    /// They may not be the second person.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It breaks a promise.
    #[error("it breaks a promise")]
    Broken,
    /// It waits no more, or another policy was published since.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What is written so that a draft comes into force.
///
/// # Errors
/// See [`NotConfirmed`].
pub fn confirm(seconded: Seconded<'_>, before: &Stored<InForce>, at: Moment) -> Result<Change, NotConfirmed> {
    let Seconded { draft, first, second, promises } = seconded;
    access::may_confirm_policy(second, first)?;
    if !promises.iter().all(Outcome::is_kept) {
        return Err(NotConfirmed::Broken);
    }
    Ok(policy_draft::confirm(draft, before, second.person, at)?)
}

/// Everybody who is here today and may confirm what `first` wrote, by name.
pub fn seconds<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    first: &Who,
    today: Date,
) -> Vec<&'a Person> {
    let may = |person: &&Person| {
        person.is_here(today) && access::may_confirm_policy(&Who::of(person), first).is_ok()
    };
    let mut found: Vec<&Person> = people.into_iter().filter(may).collect();
    found.sort_by_key(|person| (person.name(), person.id));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Weighty;
    use usher_types::ids::Id;
    use usher_types::role::{PersonKind, Role, Roles};

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn somebody(role: Role) -> Who {
        Who { person: Id::new(7), kind: PersonKind::Staff, roles: Roles::of(&[role]) }
    }

    fn difference(weighty: Option<Weighty>) -> Vec<Difference> {
        vec![Difference { sentence: "Games are open.".into(), weighty }]
    }

    fn written(writer: &Who, differences: &[Difference], reason: &str) -> Result<Written, Refusal> {
        let proposal = Proposal { policy: Digest::of(b"new"), differences, writer, reason };
        write(proposal, &before(), Id::new(9), NINE)
    }

    fn before() -> Stored<InForce> {
        let [policy, lists, compiled] = ["old", "lists", "held"].map(|text| Digest::of(text.as_bytes()));
        Stored { value: InForce { school: Id::new(1), policy, lists, compiled, phrases: None }, version: 3 }
    }

    #[test]
    fn a_light_change_of_the_head_is_in_force_and_everything_else_waits() {
        let (head, lead) = (somebody(Role::Headteacher), somebody(Role::ComputingLead));
        let (light, heavy) = (difference(None), difference(Some(Weighty::SafeSearch)));
        assert!(matches!(written(&head, &light, "Agreed"), Ok(Written::InForce(_))));
        assert!(matches!(written(&lead, &light, "Agreed"), Ok(Written::Waits(..))));
        for writer in [&head, &lead] {
            let Ok(Written::Waits(change, id)) = written(writer, &heavy, "Agreed") else {
                panic!("what is weighty waits")
            };
            let draft: PolicyDraft = serde_json::from_str(&change.writes[0].body).unwrap();
            assert_eq!((draft.id, draft.weighty), (id, vec![Weighty::SafeSearch.words().to_owned()]));
        }
    }

    #[test]
    fn a_draft_comes_into_force_by_two_where_no_promise_is_broken() {
        let (lead, head) =
            (somebody(Role::ComputingLead), Who { person: Id::new(8), ..somebody(Role::Headteacher) });
        let before = before();
        let Ok(Written::Waits(change, _)) = written(&lead, &difference(None), "Agreed") else {
            panic!("it waits")
        };
        let value = serde_json::from_str(&change.writes[0].body).unwrap();
        let draft = &Stored::<PolicyDraft> { value, version: 1 };
        let confirmed = |second: &Who, promises: &[Outcome], before: &Stored<InForce>| {
            confirm(Seconded { draft, first: &lead, second, promises }, before, NINE).map(drop)
        };
        let broken = |broken: Vec<crate::probe::Broken>| {
            let must = crate::must::starter_set().unwrap().remove(0);
            [Outcome { must, broken }]
        };
        assert_eq!(confirmed(&head, &broken(vec![]), &before), Ok(()));
        assert!(matches!(confirmed(&lead, &[], &before), Err(NotConfirmed::Denied(_))));
        let some = broken(vec![crate::probe::Broken::Nobody]);
        assert_eq!(confirmed(&head, &some, &before), Err(NotConfirmed::Broken));
        let mut other = before;
        other.value.policy = Digest::of(b"another");
        assert_eq!(confirmed(&head, &[], &other), Err(NotConfirmed::Refused(Refusal::Conflict)));
    }

    #[test]
    fn nothing_a_missing_reason_and_a_teacher_are_refused() {
        let head = somebody(Role::Headteacher);
        assert_eq!(written(&head, &[], "Agreed"), Err(Refusal::AlreadySo));
        assert_eq!(written(&head, &difference(None), " "), Err(Refusal::ReasonNeeded));
        let teacher = somebody(Role::Teacher);
        assert_eq!(written(&teacher, &difference(None), "Agreed"), Err(Refusal::NotYours));
    }
}
