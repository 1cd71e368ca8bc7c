//! Whose data a text holds: names, telephone numbers, postal and mail addresses, payment cards.
//!
//! Owns: the school's register as something to look for ([`PersonalBook`]), what counts as each kind, and finding them
//! in what was written. Does not: take bodies apart (`form`), know what a form is for (`sent`), decide, or keep any text.
//!
//! What counts:
//!
//! - **Names**: a pupil's given and family name in either order, in one text or in neighbouring fields. Never one of
//!   them alone. A name that is short or made of ordinary words only ("Rose Garden", "Al Ba") counts where it is written
//!   as a name: in a field for names, or after "my name is" and the like. A person's only name counts in a field for
//!   names.
//! - **Telephone numbers**: UK land lines and mobiles by their grammar; other numbers when the register has them.
//!   Numbers of services (03, 08, 09) belong to nobody: help lines are among them.
//! - **Postcodes**: one from the register; any other beside a house and street, or in a form with one. A street alone in
//!   a field for addresses.
//! - **Mail addresses**: any.
//! - **Cards**: a number of a card scheme, of its length and grouping, with its check digit. Numbers that programs count
//!   with look alike, so longer and shorter ones than usual need a field or a form for cards.

mod cards;
mod mail;
mod names;
mod phones;
mod places;
mod plain;

use std::cell::OnceCell;
use std::collections::HashMap;

use usher_types::ids::PersonId;

pub(crate) use cards::{hinted as is_card_field, in_parts as card_in_parts, within as card_within};
pub(crate) use names::{Mention, Naming};
pub(crate) use plain::{SEPARATOR, folded};

use crate::features::SentKind;

/// The most people named for one text. A class list has about thirty; more say nothing new.
const MOST_PEOPLE: usize = 32;
/// The most people a postcode or number can name. Brothers and sisters share one; a whole street does not say who.
const MOST_AT_ONE_PLACE: usize = 4;

/// The most postcodes looked up in one field: a list of schools has hundreds, a flood of them says nothing new.
const MOST_POSTCODES: usize = 1_000;

/// What the register says of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who it is.
    pub person: PersonId,
    /// Whether this is a pupil; otherwise somebody who works there.
    pub pupil: bool,
    /// Given name, and the one they go by.
    pub given: Vec<String>,
    /// Family name.
    pub family: String,
    /// Telephone numbers, theirs and their home's.
    pub phones: Vec<String>,
    /// Postcodes.
    pub postcodes: Vec<String>,
    /// Mail addresses.
    pub emails: Vec<String>,
}

/// The register, ready to be looked for in texts.
#[derive(Debug, Default)]
pub struct PersonalBook {
    naming: Naming,
    phones: HashMap<String, Vec<PersonId>>,
    postcodes: HashMap<String, Vec<PersonId>>,
    emails: HashMap<String, Vec<PersonId>>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Each kind once, in the order of [`SentKind`].
    pub kinds: Vec<SentKind>,
    /// Whose data it is.
    pub people: Vec<PersonId>,
}

impl Found {
    pub(crate) fn add(&mut self, kind: SentKind) {
        if let Err(at) = self.kinds.binary_search(&kind) {
            self.kinds.insert(at, kind);
        }
    }

    pub(crate) fn add_people(&mut self, people: &[PersonId]) {
        for person in people {
            if self.people.len() < MOST_PEOPLE && !self.people.contains(person) {
                self.people.push(*person);
            }
        }
    }
}

/// One field as it is looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'v> {
    /// Its name as words of small letters with spaces around: ` first name `.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) value: &'v str,
    /// The same, folded; empty when it is no text that somebody wrote.
    pub(crate) folded: String,
}

impl<'v> Field<'v> {
    pub(crate) fn of(name: &str, value: &'v str) -> Self {
        let mut words = String::from(" ");
        plain::name_into(name, &mut words);
        // Mail addresses come out first: `ada.bell@` is no name written out.
        let folded = mail::without(value).map_or_else(|| folded(value), |rest| folded(&rest));
        Self { name: words, value, folded }
    }

    /// Whether its name has one of these words.
    pub(crate) fn is_called(&self, words: &[&str]) -> bool {
        self.name.split(' ').any(|word| words.contains(&word))
    }
}

impl PersonalBook {
    /// Makes a book of the register and of what the school is called, its web names among it.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = Entry>, school_names: &[String]) -> Self {
        let mut book = Self::default();
        let mut patterns = names::Patterns::default();
        for entry in entries {
            patterns.add(&entry);
            for phone in &entry.phones {
                keep(&mut book.phones, phones::normal(phone), entry.person);
            }
            for postcode in &entry.postcodes {
                keep(&mut book.postcodes, places::normal(postcode), entry.person);
            }
            for email in &entry.emails {
                keep(&mut book.emails, email.trim().to_lowercase(), entry.person);
            }
        }
        patterns.add_school(school_names);
        book.naming = patterns.build();
        book
    }

    /// What a text holds.
    pub fn find(&self, text: &str) -> Found {
        self.find_in(&[Field::of("", text)])
    }

    /// What a form's fields hold: each by itself, and names and addresses that stand in neighbouring ones.
    pub(crate) fn find_in(&self, fields: &[Field<'_>]) -> Found {
        let mut found = Found::default();
        // Asked at most once: a form can have thousands of fields.
        let street = OnceCell::new();
        let form_has_street = || fields.len() > 1 && *street.get_or_init(|| places::form_has_street(fields));
        for field in fields {
            self.contacts(field, &mut found);
            self.place(field, &form_has_street, &mut found);
        }
        self.naming.pupils(fields, &mut found);
        found
    }

    /// Where the school or somebody who works there is named in a folded text.
    pub(crate) fn school_mentions<'b>(&'b self, folded: &'b str) -> impl Iterator<Item = Mention<'b>> {
        self.naming.mentions(folded).filter(|mention| mention.pattern.is_of_school())
    }

    fn contacts(&self, field: &Field<'_>, found: &mut Found) {
        for address in mail::addresses(field.value) {
            found.add(SentKind::Email);
            if let Some(people) = self.emails.get(&address.to_lowercase()) {
                found.add_people(people);
            }
        }
        for number in phones::numbers(field.value) {
            let people = self.phones.get(&number);
            if people.is_some() || phones::is_personal(&number) {
                found.add(SentKind::Phone);
            }
            found.add_people(few(people));
        }
    }

    fn place(&self, field: &Field<'_>, form_has_street: &dyn Fn() -> bool, found: &mut Found) {
        let is_short = places::is_short(field.value);
        for (at, postcode) in places::postcodes(field.value).take(MOST_POSTCODES) {
            let people = self.postcodes.get(&postcode);
            let street = || places::has_street(places::before(field.value, at));
            let known = people.is_some() || found.kinds.contains(&SentKind::Postcode);
            if known || street() || is_short && form_has_street() {
                found.add(SentKind::Postcode);
            }
            found.add_people(few(people));
        }
        let for_addresses =
            field.is_called(&["address", "addr", "address1", "addressline1", "street", "line1"]);
        if for_addresses && is_short && places::has_street(field.value) {
            found.add(SentKind::Postcode);
        }
    }
}

fn keep(book: &mut HashMap<String, Vec<PersonId>>, key: String, person: PersonId) {
    if !key.is_empty() {
        let people = book.entry(key).or_default();
        if !people.contains(&person) {
            people.push(person);
        }
    }
}

fn few(people: Option<&Vec<PersonId>>) -> &[PersonId] {
    people.filter(|people| people.len() <= MOST_AT_ONE_PLACE).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests;
