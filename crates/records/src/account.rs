//! Accounts: how a person, or a year group that shares one, signs in.

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Year};

use crate::change::{Action, Change, Expect, Stored, Write};
use crate::disclosure::{Disclosure, DisclosureId};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::Refusal;
use crate::told::Told;

/// Marks account ids.
#[derive(Debug)]
pub enum AccountNoun {}
impl Named for AccountNoun {
    const NOUN: &'static str = "account";
}
/// An account's id.
pub type AccountId = Id<AccountNoun>;

/// A user name in normal form: lower case, letters, digits, dot, hyphen and underscore, 1 to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// Reads a user name.
    ///
    /// # Errors
    /// [`Refusal::UsernameOdd`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let name = text.trim().to_lowercase();
        let fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || name.chars().count() > 64 || !name.chars().all(fine) {
            return Err(Refusal::UsernameOdd);
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// One person's.
    Person(PersonId),
    /// A year group's, shared by its pupils (ACC-02). What is done under it cannot be tied to a child.
    YearGroup(Year),
}

/// Whether an account opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It opens.
    Open,
    /// It does not: leaver, long absence, or closed by hand.
    Closed {
        /// Since when.
        since: Moment,
    },
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its user name, unique in the school.
    pub username: Username,
    /// Whose it is.
    pub owner: Owner,
    /// The password's argon2id hash in PHC form; none until one is set.
    pub password: Option<String>,
    /// The picture password's hash, likewise.
    pub pictures: Option<String>,
    /// Whether the next sign-in must set a new password.
    pub must_change: bool,
    /// When the password was last set.
    pub changed_at: Option<Moment>,
    /// Too many wrong tries: no sign-in before this.
    pub resting_until: Option<Moment>,
    /// Whether it opens.
    pub state: State,
}

impl Noun for Account {
    const KIND: Kind = Kind::Account;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let mut keys = vec![IndexKey::unique("username", &self.username)];
        match self.owner {
            Owner::Person(person) => keys.push(IndexKey::unique("owner", person)),
            Owner::YearGroup(year) => keys.push(IndexKey::unique("year", year.number())),
        }
        keys
    }
}

/// What an account is asked to be.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    /// Its id.
    pub id: AccountId,
    /// Its user name.
    pub username: Username,
    /// For whom: kind and person, or none for a shared one.
    pub person: Option<(PersonKind, PersonId)>,
    /// For a shared pupils' account: the year.
    pub year: Option<Year>,
}

/// Opens an account. Shared ones exist for pupils' year groups only (ACC-01).
///
/// # Errors
/// [`Refusal::NobodyAttached`] when neither a person nor a pupils' year is named.
pub fn open(asked: OpenAccount) -> Result<(Account, Change), Refusal> {
    let owner = match (asked.person, asked.year) {
        (Some((_, person)), _) => Owner::Person(person),
        (None, Some(year)) => Owner::YearGroup(year),
        (None, None) => return Err(Refusal::NobodyAttached),
    };
    let account = Account {
        id: asked.id,
        username: asked.username,
        owner,
        password: None,
        pictures: None,
        must_change: false,
        changed_at: None,
        resting_until: None,
        state: State::Open,
    };
    let mut change = Change::of(Action::AccountOpened, Write::of(&account, Expect::New));
    change.about = asked.person.map(|(_, person)| person);
    Ok((account, change))
}

/// A secret that was hashed elsewhere, ready to be kept.
#[derive(Debug, Clone)]
pub enum Hashed {
    /// A password's argon2id hash.
    Password(String),
    /// A picture password's argon2id hash.
    Pictures(String),
}

/// Sets an account's password or picture password. A new password ends the time in which somebody else knew the old
/// one: `known` is every such time of the account, read after the account was (ACC-06).
pub fn set_secret(
    account: &Stored<Account>,
    known: &[Stored<Disclosure>],
    secret: Hashed,
    must_change: bool,
    at: Moment,
) -> Change {
    let mut next = account.value.clone();
    let replaces_password = matches!(secret, Hashed::Password(_));
    match secret {
        Hashed::Password(hash) => next.password = Some(hash),
        Hashed::Pictures(hash) => next.pictures = Some(hash),
    }
    next.must_change = must_change;
    next.changed_at = Some(at);
    next.resting_until = None;
    let mut change = Change::of(Action::PasswordSet, account.replace(&next));
    if replaces_password {
        change.writes.extend(known.iter().filter_map(|known| Disclosure::ended(known, next.id, at)));
    }
    with_owner(change, next.owner)
}

/// Somebody else knows the password: whoever signs in next sets a new one first, and it is told (ACC-08). `since` is when
/// they came to know it, where that is known: from then until a new one is set, what is done under the account is
/// marked (ACC-06). Nobody knew a password before it was set.
pub fn disclose(account: &Stored<Account>, told: &Told, id: DisclosureId, since: Option<Moment>) -> Change {
    let mut next = account.value.clone();
    next.must_change = true;
    let earliest = next.changed_at.unwrap_or(since.unwrap_or(told.at));
    let disclosure = Disclosure {
        id,
        account: next.id,
        person: told.person,
        since: since.unwrap_or(told.at).max(earliest).min(told.at),
        told_at: told.at,
        reset_at: None,
    };
    let change = Change::of(Action::PasswordDisclosed, account.replace(&next));
    let change = change.and(Write::of(told, Expect::New)).and(Write::of(&disclosure, Expect::New));
    with_owner(change, next.owner)
}

/// Lets an account rest after too many wrong tries (ACC-05).
pub fn lock(account: &Stored<Account>, until: Moment) -> Change {
    let mut next = account.value.clone();
    next.resting_until = Some(until);
    with_owner(Change::of(Action::AccountLocked, account.replace(&next)), next.owner)
}

/// A password set before the half-term began lapses: whoever signs in next sets a new one first (ACC-11). None where nothing
/// changes: it is newer, it must be changed anyway, there is none, or its owner is no member of staff.
pub fn lapse(account: &Stored<Account>, kind: PersonKind, begun: Moment) -> Option<Change> {
    let staff = !matches!(kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor);
    let account_open = account.value.state == State::Open && account.value.password.is_some();
    let older = account.value.changed_at.is_none_or(|changed| changed < begun);
    if !staff || !account_open || !older || account.value.must_change {
        return None;
    }
    let next = Account { must_change: true, ..account.value.clone() };
    Some(with_owner(Change::of(Action::PasswordLapsed, account.replace(&next)), next.owner))
}

/// Closes an account (ACC-16).
pub fn close(account: &Stored<Account>, at: Moment, why: &str) -> Change {
    let mut next = account.value.clone();
    next.state = State::Closed { since: at };
    with_owner(Change::of(Action::AccountClosed, account.replace(&next)).because(why), next.owner)
}

/// Opens a closed account again.
pub fn reopen(account: &Stored<Account>) -> Change {
    let mut next = account.value.clone();
    next.state = State::Open;
    with_owner(Change::of(Action::AccountOpened, account.replace(&next)), next.owner)
}

fn with_owner(change: Change, owner: Owner) -> Change {
    match owner {
        Owner::Person(person) => change.about(person),
        Owner::YearGroup(_) => change,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(person: Option<(PersonKind, PersonId)>, year: Option<Year>) -> OpenAccount {
        OpenAccount { id: Id::new(1), username: Username::parse("J.Price").unwrap(), person, year }
    }

    #[test]
    fn acc_01_no_account_without_a_person_or_a_pupils_year() {
        assert_eq!(open(asked(None, None)).unwrap_err(), Refusal::NobodyAttached);
        let (account, change) = open(asked(Some((PersonKind::Staff, Id::new(7))), None)).unwrap();
        assert_eq!(account.owner, Owner::Person(Id::new(7)));
        assert_eq!(change.about, Some(Id::new(7)));
        let (shared, _) = open(asked(None, Year::new(2))).unwrap();
        assert_eq!(shared.owner, Owner::YearGroup(Year::new(2).unwrap()));
    }

    #[test]
    fn acc_11_a_staff_password_set_before_the_half_term_lapses_once() {
        let (account, _) = open(asked(Some((PersonKind::Staff, Id::new(7))), None)).unwrap();
        let begun = Moment::from_unix_ms(1_795_000_000_000);
        let set = |minutes| Stored {
            value: Account {
                password: Some("hash".into()),
                changed_at: Some(begun.plus_minutes(minutes)),
                ..account.clone()
            },
            version: 1,
        };
        let change = lapse(&set(-1), PersonKind::Staff, begun).unwrap();
        assert_eq!((change.action, change.about), (Action::PasswordLapsed, Some(Id::new(7))));
        let lapsed: Account = serde_json::from_str(&change.writes[0].body).unwrap();
        assert!(lapsed.must_change);
        assert_eq!(lapse(&Stored { value: lapsed, version: 2 }, PersonKind::Staff, begun), None);
        assert_eq!(lapse(&set(0), PersonKind::Staff, begun), None, "it is this half-term's");
        for kind in [PersonKind::Pupil, PersonKind::Parent, PersonKind::Visitor] {
            assert_eq!(lapse(&set(-1), kind, begun), None);
        }
    }

    #[test]
    fn user_names_are_lower_case_and_plain() {
        assert_eq!(Username::parse(" J.Price ").unwrap().as_str(), "j.price");
        for odd in ["", "a b", "a@b", "<x>", &"x".repeat(65)] {
            assert_eq!(Username::parse(odd), Err(Refusal::UsernameOdd), "{odd}");
        }
    }
}
