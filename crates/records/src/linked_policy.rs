//! The school's other policies, to be read with this one (POL-04): each with its editions, the document itself and when it is
//! looked at again. Editions are only ever added.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use usher_types::digest::Digest;
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of linked policies.
#[derive(Debug)]
pub enum LinkedPolicyNoun {}
impl Named for LinkedPolicyNoun {
    const NOUN: &'static str = "linked policy";
}
/// A linked policy's id.
pub type LinkedPolicyId = Id<LinkedPolicyNoun>;

/// Another policy of the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPolicy {
    /// Its id.
    pub id: LinkedPolicyId,
    /// Its name in addresses, made from its first title: clauses cite it by `/policies/<name>`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its editions, oldest first; at least one.
    pub editions: Vec<Edition>,
}

/// One edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The mark people know it by.
    pub version: String,
    /// When it is looked at again.
    pub review: Date,
    /// The document: a PDF, a blob.
    pub document: Digest,
    /// Who brought it in.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for LinkedPolicy {
    const KIND: Kind = Kind::LinkedPolicy;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::unique("name", &self.name)]
    }
}

impl LinkedPolicy {
    /// The edition that counts.
    pub fn latest(&self) -> Option<&Edition> {
        self.editions.last()
    }

    /// The edition with this mark.
    pub fn edition(&self, version: &str) -> Option<&Edition> {
        self.editions.iter().rev().find(|edition| edition.version == version)
    }
}

/// Brings in a policy.
///
/// # Errors
/// [`Refusal::NameNeeded`] without a title; as [`renew`].
pub fn bring(id: LinkedPolicyId, title: &str, edition: Edition, today: Date) -> Result<Change, Refusal> {
    let title = title.trim();
    let name = name_of(title);
    if name.is_empty() {
        return Err(Refusal::NameNeeded);
    }
    let edition = checked(edition, today)?;
    let policy = LinkedPolicy { id, name, title: title.to_owned(), editions: vec![edition] };
    Ok(Change::of(Action::LinkedPolicyKept, Write::of(&policy, Expect::New)))
}

/// Brings in a newer edition; earlier ones stay.
///
/// # Errors
/// [`Refusal::VersionNeeded`] without a mark; [`Refusal::EndNeeded`] when it is to be looked at again in the past;
/// [`Refusal::AlreadySo`] when there is an edition with this mark.
pub fn renew(policy: &Stored<LinkedPolicy>, edition: Edition, today: Date) -> Result<Change, Refusal> {
    let edition = checked(edition, today)?;
    if policy.value.edition(&edition.version).is_some() {
        return Err(Refusal::AlreadySo);
    }
    let mut next = policy.value.clone();
    next.editions.push(edition);
    Ok(Change::of(Action::LinkedPolicyKept, policy.replace(&next)))
}

fn checked(edition: Edition, today: Date) -> Result<Edition, Refusal> {
    let version = edition.version.trim().to_owned();
    if version.is_empty() {
        return Err(Refusal::VersionNeeded);
    }
    if edition.review < today {
        return Err(Refusal::EndNeeded);
    }
    Ok(Edition { version, ..edition })
}

fn name_of(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn edition(version: &str, review: Date) -> Edition {
        let (document, at) = (Digest::of(version.as_bytes()), Moment::from_unix_ms(0));
        Edition { version: version.into(), review, document, by: Id::new(7), at }
    }

    #[test]
    fn pol_04_a_policy_keeps_all_its_editions_and_the_latest_counts() {
        let later = date(2027, 9, 1);
        assert_eq!(bring(Id::new(1), " ", edition("1", later), TODAY), Err(Refusal::NameNeeded));
        assert_eq!(bring(Id::new(1), "Behaviour", edition("", later), TODAY), Err(Refusal::VersionNeeded));
        assert_eq!(
            bring(Id::new(1), "Behaviour", edition("1", date(2026, 1, 1)), TODAY),
            Err(Refusal::EndNeeded)
        );
        let change = bring(Id::new(1), "Behaviour & relationships", edition("2025", later), TODAY).unwrap();
        let value: LinkedPolicy = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(value.name, "behaviour-relationships");
        let stored = Stored { value, version: 1 };
        assert_eq!(renew(&stored, edition(" 2025 ", later), TODAY), Err(Refusal::AlreadySo));
        let change = renew(&stored, edition("2026", later), TODAY).unwrap();
        let value: LinkedPolicy = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(value.editions[..1], stored.value.editions[..]);
        assert_eq!(value.latest().unwrap().version, "2026");
        assert_eq!(value.edition("2025").unwrap().document, Digest::of(b"2025"));
    }
}
