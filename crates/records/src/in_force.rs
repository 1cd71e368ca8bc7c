//! What a school's filter goes by: a policy document and compiled lists, each named by its digest. One record a school;
//! its earlier versions are the history.

use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::SchoolId;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{Kind, Noun};
use crate::refusal::{self, Refusal};

/// What is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Whose.
    pub school: SchoolId,
    /// The policy document: canonical JSON, a blob.
    pub policy: Digest,
    /// The compiled lists: a file named by this digest.
    pub lists: Digest,
    /// What was held when the lists were compiled: JSON, a blob.
    pub compiled: Digest,
    /// Phrase lists imported beside the product's own: JSON, a blob.
    #[serde(default)]
    pub phrases: Option<Digest>,
}

impl Noun for InForce {
    const KIND: Kind = Kind::Policy;

    fn number(&self) -> u64 {
        self.school.number()
    }
}

/// Takes the first policy and lists into force.
pub fn begin(first: &InForce, why: &str) -> Change {
    Change::of(Action::PolicyPublished, Write::of(first, Expect::New)).because(why)
}

/// Publishes a policy.
///
/// # Errors
/// [`Refusal::ReasonNeeded`]; [`Refusal::AlreadySo`] when it is the one in force.
pub fn publish(before: &Stored<InForce>, policy: Digest, why: &str) -> Result<Change, Refusal> {
    let why = refusal::reason(why)?;
    if before.value.policy == policy {
        return Err(Refusal::AlreadySo);
    }
    let next = InForce { policy, ..before.value };
    Ok(Change::of(Action::PolicyPublished, before.replace(&next)).because(why))
}

/// Takes newly compiled lists into force. None when nothing changed.
pub fn compiled(
    before: &Stored<InForce>,
    lists: Digest,
    compiled: Digest,
    phrases: Option<Digest>,
) -> Option<Change> {
    let next = InForce { lists, compiled, phrases, ..before.value };
    (next != before.value).then(|| Change::of(Action::ListsCompiled, before.replace(&next)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_types::ids::Id;

    #[test]
    fn only_a_change_is_written() {
        let digest = |text: &str| Digest::of(text.as_bytes());
        let value = InForce {
            school: Id::new(1),
            policy: digest("policy"),
            lists: digest("lists"),
            compiled: digest("held"),
            phrases: None,
        };
        let stored = Stored { value, version: 3 };
        assert_eq!(compiled(&stored, digest("lists"), digest("held"), None), None);
        assert!(compiled(&stored, digest("lists"), digest("held"), Some(digest("phrases"))).is_some());
        let change = compiled(&stored, digest("newer"), digest("held"), None).unwrap();
        assert_eq!(change.writes[0].expect, Expect::Version(3));
        assert_eq!(publish(&stored, digest("policy"), "Because"), Err(Refusal::AlreadySo));
        assert_eq!(publish(&stored, digest("other"), " "), Err(Refusal::ReasonNeeded));
        assert!(publish(&stored, digest("other"), "Governors agreed it").is_ok());
    }
}
