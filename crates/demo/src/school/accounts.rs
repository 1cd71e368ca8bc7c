//! Sign-ins: user names and secrets. Young children have three pictures, older ones a few words, adults a longer one.

use std::collections::{BTreeMap, BTreeSet};

use usher_records::account::{AccountId, Username};
use usher_records::person::Person;
use usher_records::picture::{PICTURES, secret_text};
use usher_records::roster::make_username;
use usher_types::ids::{Id, PersonId};
use usher_types::role::{PersonKind, Reader};
use usher_types::{ExposeSecret, SecretString};

use crate::random::Random;
use crate::school::Numbers;
use crate::school::names::{Names, plain};
use crate::school::people::Made;

/// Pictures in a picture password, in every ready-made profile.
pub(super) const PICTURES_ASKED: u8 = 3;

/// The password of every adult among the sign-ins to try.
const ADULTS_TO_TRY: &str = "Kettle-Bridge-26";

/// The secret in plain text. Only ever of invented people.
#[derive(Debug, Clone)]
pub enum DemoSecret {
    /// A password.
    Password(SecretString),
    /// A picture password: the pictures' names in order, with spaces between.
    Pictures(SecretString),
}

impl DemoSecret {
    /// What is typed, or the pictures' names in order: the text that is hashed.
    pub fn text(&self) -> &str {
        match self {
            Self::Password(secret) | Self::Pictures(secret) => secret.expose_secret(),
        }
    }
}

impl PartialEq for DemoSecret {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.text() == other.text()
    }
}

impl Eq for DemoSecret {}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// The account's id.
    pub id: AccountId,
    /// Whose it is.
    pub person: PersonId,
    /// The user name.
    pub username: Username,
    /// The secret; none for parents, who have not used their invitation yet.
    pub secret: Option<DemoSecret>,
}

/// A sign-in for everybody but the visitor, who fills in a form.
pub(super) fn accounts(seed: u64, made: &Made, names: &Names, numbers: &mut Numbers) -> Vec<DemoAccount> {
    let mut random = Random::new(seed, "secrets");
    let given_by_hand = to_try(made);
    let mut taken: BTreeSet<String> = given_by_hand.values().map(|&name| name.to_owned()).collect();
    let mut accounts = Vec::new();
    for person in made.people.iter().filter(|person| person.kind != PersonKind::Visitor) {
        let by_hand = given_by_hand.get(&person.id).copied();
        let name = by_hand.map_or_else(|| username(person, &taken), str::to_owned);
        let Ok(username) = Username::parse(&name) else { continue };
        taken.insert(name);
        let usual = secret(person, names, &mut random);
        let secret = by_hand.and_then(fixed_secret).or(usual);
        accounts.push(DemoAccount { id: Id::new(numbers.next()), person: person.id, username, secret });
    }
    accounts
}

/// User names given by hand: those of adults, and three for trying: a Year 4 pupil, a Year 1 pupil, and a parent of the
/// first of them.
fn to_try(made: &Made) -> BTreeMap<PersonId, &'static str> {
    let mut names = made.usernames.clone();
    let plain_name = |person: &&Person| {
        person.given.is_ascii()
            && person.family.is_ascii()
            && person.known_as.is_none()
            && !person.family.is_empty()
    };
    let pupil = |year: i8| {
        let of_year = |person: &&Person| person.year.is_some_and(|theirs| theirs.number() == year);
        made.people.iter().filter(of_year).find(plain_name).map(|person| person.id)
    };
    if let Some(child) = pupil(1) {
        names.insert(child, "pupil.y1");
    }
    if let Some(child) = pupil(4) {
        names.insert(child, "pupil.y4");
        let parent = made.people.iter().find(|person| person.children.contains(&child));
        names.extend(parent.map(|parent| (parent.id, "parent")));
    }
    names
}

/// Secrets of the sign-ins to try, easy to read out and the same for every seed.
fn fixed_secret(username: &str) -> Option<DemoSecret> {
    match username {
        "pupil.y4" => Some(DemoSecret::Password("otter lamp 42".into())),
        "pupil.y1" => {
            secret_text(&["cat", "sun", "key"], PICTURES_ASKED).map(|text| DemoSecret::Pictures(text.into()))
        }
        _ => Some(DemoSecret::Password(ADULTS_TO_TRY.into())),
    }
}

fn username(person: &Person, taken: &BTreeSet<String>) -> String {
    let given = plain(person.known_as.as_deref().unwrap_or(&person.given));
    let taken = |name: &str| taken.contains(name);
    make_username(&given, &plain(&person.family), taken)
}

fn secret(person: &Person, names: &Names, random: &mut Random) -> Option<DemoSecret> {
    match (person.kind, person.reader()) {
        (PersonKind::Parent | PersonKind::Visitor, _) => None,
        (_, Reader::Ks1) => {
            let mut pictures = PICTURES;
            random.shuffle(&mut pictures);
            let chosen = pictures.get(..usize::from(PICTURES_ASKED))?;
            secret_text(chosen, PICTURES_ASKED).map(|text| DemoSecret::Pictures(text.into()))
        }
        (_, Reader::Ks2) => Some(DemoSecret::Password(names.child_password(random).into())),
        (_, Reader::Adult) => Some(DemoSecret::Password(names.adult_password(random).into())),
    }
}
