//! The time in which somebody else knew a password: from when its owner says until a new one is set. What was recorded
//! under the account in between is shown with a mark, so that blame is fair (ACC-06). Events stay as they are.

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::account::AccountId;
use crate::change::{Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};

/// Marks ids of disclosures.
#[derive(Debug)]
pub enum DisclosureNoun {}
impl Named for DisclosureNoun {
    const NOUN: &'static str = "disclosure";
}
/// A disclosure's id.
pub type DisclosureId = Id<DisclosureNoun>;

/// One time in which somebody else knew a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// The account.
    pub account: AccountId,
    /// Whose it is.
    pub person: PersonId,
    /// Since when somebody else knew, as its owner says; never before the password was set.
    pub since: Moment,
    /// When its owner said so.
    pub told_at: Moment,
    /// When a new password was set; none as long as the old one holds.
    pub reset_at: Option<Moment>,
}

impl Disclosure {
    /// Whether somebody else knew the password then.
    pub fn covers(&self, at: Moment) -> bool {
        self.since <= at && self.reset_at.is_none_or(|reset| at < reset)
    }

    /// The write that ends it at a new password; none when it has ended.
    pub(crate) fn ended(stored: &Stored<Self>, account: AccountId, at: Moment) -> Option<Write> {
        let ends = stored.value.account == account && stored.value.reset_at.is_none();
        ends.then(|| stored.replace(&Self { reset_at: Some(at), ..stored.value }))
    }
}

impl Noun for Disclosure {
    const KIND: Kind = Kind::Disclosure;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        vec![IndexKey::shared("account", self.account), IndexKey::shared("person", self.person)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{self, Account, Hashed, OpenAccount, Username};
    use crate::told::{Told, What};
    use usher_types::role::PersonKind;

    const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn account() -> Stored<Account> {
        let username = Username::parse("jprice").unwrap();
        let person = Some((PersonKind::Staff, Id::new(7)));
        let (account, _) =
            account::open(OpenAccount { id: Id::new(1), username, person, year: None }).unwrap();
        Stored { value: Account { changed_at: Some(NINE), ..account }, version: 1 }
    }

    fn told(at: Moment) -> Told {
        Told {
            id: Id::new(2),
            person: Id::new(7),
            what: What::PasswordKnown,
            event: None,
            address: None,
            group: None,
            lesson: None,
            words: None,
            at,
            seen: None,
        }
    }

    fn disclosed(since: Option<Moment>, at: Moment) -> Disclosure {
        let change = account::disclose(&account(), &told(at), Id::new(3), since);
        let write = change.writes.iter().find(|write| write.kind == Kind::Disclosure).unwrap();
        serde_json::from_str(&write.body).unwrap()
    }

    #[test]
    fn acc_06_it_is_from_the_time_named_to_the_next_password_and_never_before_the_password_was_set() {
        let ten = NINE.plus_minutes(60);
        let half_past = NINE.plus_minutes(30);
        let before = NINE.plus_minutes(-30);
        assert_eq!(disclosed(None, ten).since, ten);
        assert_eq!(disclosed(Some(half_past), ten).since, half_past);
        assert_eq!(disclosed(Some(before), ten).since, NINE);
        assert_eq!(disclosed(Some(ten.plus_minutes(5)), ten).since, ten);

        let stored = Stored { value: disclosed(None, ten), version: 1 };
        assert!(!stored.value.covers(half_past) && stored.value.covers(ten.plus_minutes(9_999)));
        let reset = ten.plus_minutes(20);
        let set =
            |secret| account::set_secret(&account(), std::slice::from_ref(&stored), secret, false, reset);
        let change = set(Hashed::Password("hash".into()));
        let ended: Disclosure = serde_json::from_str(&change.writes[1].body).unwrap();
        assert!(ended.covers(reset.plus_minutes(-1)) && !ended.covers(reset));
        assert_eq!(set(Hashed::Pictures("hash".into())).writes.len(), 1, "the password is still the old one");
    }
}
