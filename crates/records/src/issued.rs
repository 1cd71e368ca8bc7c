//! The issue register: what was given to whom, when and by whom (ACC-11, ACC-12, ACC-14). It says that a password was given, and
//! has no field that could hold one.

use serde::{Deserialize, Serialize};
use usher_types::ids::{DeviceId, Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;

/// Marks ids of entries.
#[derive(Debug)]
pub enum IssuedNoun {}
impl Named for IssuedNoun {
    const NOUN: &'static str = "issued";
}
/// An entry's id.
pub type IssuedId = Id<IssuedNoun>;

/// The longest name of a site, in characters.
const LONGEST_SITE_CHARS: usize = 120;

/// What was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A password of its own for the encrypted disk of a laptop (ACC-12).
    DiskPassword(DeviceId),
    /// The holder says that they chose a new password for the laptop itself (ACC-11).
    LaptopChanged(DeviceId),
    /// A sign-in at somebody else's site where class news is shared (ACC-14): the site's name.
    Site(String),
}

/// One entry. It is never changed; one that is over says when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Its id.
    pub id: IssuedId,
    /// To whom.
    pub to: PersonId,
    /// What.
    pub what: What,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: PersonId,
    /// Who took it back, and when.
    pub ended: Option<(PersonId, Moment)>,
}

impl Noun for Issued {
    const KIND: Kind = Kind::Issued;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("to", self.to)]
    }
}

/// Writes an entry. `live` are those of the same person that are not over.
///
/// # Errors
/// [`Refusal::NameNeeded`] for a site without a name; [`Refusal::AlreadySo`] when the same was given and is not over. That a
/// holder changed a laptop's password is written down each time.
pub fn issue(entry: &Issued, live: &[Stored<Issued>]) -> Result<Change, Refusal> {
    if let What::Site(site) = &entry.what
        && (site.trim().is_empty() || site.chars().count() > LONGEST_SITE_CHARS)
    {
        return Err(Refusal::NameNeeded);
    }
    let again = live.iter().any(|other| other.value.ended.is_none() && other.value.what == entry.what);
    if again && !matches!(entry.what, What::LaptopChanged(_)) {
        return Err(Refusal::AlreadySo);
    }
    Ok(Change::of(Action::AccessIssued, Write::of(entry, Expect::New)).about(entry.to))
}

/// Notes that it was taken back.
///
/// # Errors
/// [`Refusal::AlreadySo`].
pub fn take_back(entry: &Stored<Issued>, by: PersonId, at: Moment) -> Result<Change, Refusal> {
    if entry.value.ended.is_some() {
        return Err(Refusal::AlreadySo);
    }
    let next = Issued { ended: Some((by, at)), ..entry.value.clone() };
    Ok(Change::of(Action::AccessTakenBack, entry.replace(&next)).about(next.to))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn entry(id: u64, to: u64, what: What) -> Issued {
        Issued { id: Id::new(id), to: Id::new(to), what, at: NOW, by: Id::new(9), ended: None }
    }

    #[test]
    fn acc_12_each_laptop_is_issued_apart_and_no_field_can_hold_the_password() {
        let one = entry(1, 5, What::DiskPassword(Id::new(301)));
        let other = entry(2, 6, What::DiskPassword(Id::new(302)));
        let live = [Stored { value: one.clone(), version: 1 }];
        assert!(issue(&one, &[]).is_ok() && issue(&other, &live).is_ok());
        assert_eq!(issue(&Issued { id: Id::new(3), ..one.clone() }, &live), Err(Refusal::AlreadySo));
        let kept = serde_json::to_value(&one).unwrap();
        let mut fields: Vec<&str> = kept.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["at", "by", "ended", "id", "to", "what"]);
        assert_eq!(
            kept["what"],
            serde_json::json!({ "disk-password": Id::<usher_types::ids::Device>::new(301) })
        );
    }

    #[test]
    fn acc_14_a_site_has_a_name_and_access_ends_once() {
        let nameless = entry(1, 5, What::Site("  ".into()));
        assert_eq!(issue(&nameless, &[]), Err(Refusal::NameNeeded));
        let stored = Stored { value: entry(1, 5, What::Site("Class news".into())), version: 1 };
        let change = take_back(&stored, Id::new(9), NOW).unwrap();
        let over: Issued = serde_json::from_str(&change.writes[0].body).unwrap();
        assert_eq!(over.ended, Some((Id::new(9), NOW)));
        let over = Stored { value: over, version: 2 };
        assert_eq!(take_back(&over, Id::new(9), NOW), Err(Refusal::AlreadySo));
        assert!(issue(&entry(2, 5, What::Site("Class news".into())), &[over]).is_ok());
    }
}
