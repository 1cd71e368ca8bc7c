//! Cases (INC, MON-07): one thread from a block, an alert, a report or a complaint to its outcome. A case is its entries,
//! and entries are only ever added, one with each write: what the journal holds of version 3 is the digest of the first
//! three entries, so that the journal proves every earlier state of the thread. Everything else is read off the entries.
//! Does not: say who may see a case or whose it is (`policy::routing`), or keep files (their digests only).

pub mod act;
pub mod nine;
pub mod rules;
pub mod sanctions;
mod state;
pub mod thread;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use usher_types::ids::{Id, Named, PersonId};
use usher_types::moment::Moment;

use crate::case::rules::Class;
use crate::case::thread::{Entry, Opening, Says};
use crate::change::{Action, Change, Expect, Stored, Write};
use crate::noun::{IndexKey, Kind, Noun};
use crate::refusal::{self, Refusal};

/// Marks ids of cases.
#[derive(Debug)]
pub enum CaseNoun {}
impl Named for CaseNoun {
    const NOUN: &'static str = "case";
}
/// A case's id.
pub type CaseId = Id<CaseNoun>;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number in the school, counting from 1.
    pub number: u32,
    /// What was said and done, oldest first. The first is its [`Opening`].
    pub entries: Vec<Entry>,
}

/// Who adds to a case, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Moment,
}

impl Noun for Case {
    const KIND: Kind = Kind::Case;

    fn number(&self) -> u64 {
        self.id.number()
    }

    fn keys(&self) -> Vec<IndexKey> {
        let state = if self.is_open() { "open" } else { "closed" };
        let mut keys = vec![IndexKey::unique("number", self.number), IndexKey::shared("state", state)];
        let people: BTreeSet<PersonId> = self.people().iter().filter_map(|one| one.who.person()).collect();
        keys.extend(people.into_iter().map(|person| IndexKey::shared("person", person)));
        keys
    }
}

/// Opens a case.
///
/// # Errors
/// [`Refusal::ReasonNeeded`] when the details say nothing; [`Refusal::NameNeeded`] when somebody outside has no name.
pub fn open(id: CaseId, number: u32, opening: Opening, by: By) -> Result<(Case, Change), Refusal> {
    refusal::reason(&opening.nine.details)?;
    let nameless =
        |one: &thread::Involved| matches!(&one.who, thread::Party::Outside(name) if name.trim().is_empty());
    if opening.people.iter().any(nameless) {
        return Err(Refusal::NameNeeded);
    }
    let first = Entry { number: 1, by: by.person, at: by.at, says: Says::Opened(Box::new(opening)) };
    let case = Case { id, number, entries: vec![first] };
    let change = Change::of(Action::CaseOpened, Write::of(&case, Expect::New));
    let change = said(&case, change);
    Ok((case, change))
}

/// One more entry of a case that is open. Every command ends here.
pub(crate) fn append(case: &Stored<Case>, action: Action, by: By, says: Says) -> Change {
    let next = case.value.with(by, says);
    said(&next, Change::of(action, case.replace(&next)))
}

/// Whom the journal says it is about: whoever reads the journal may be the very person a confidential case is about.
fn said(case: &Case, change: Change) -> Change {
    match (case.class(), case.subjects().find_map(thread::Party::person)) {
        (Class::Ordinary, Some(person)) => change.about(person),
        _ => change,
    }
}

/// Everybody named in a case that holds what is kept of its people (INC-13): whatever deletes passes them over.
pub fn held_people<'a>(cases: impl IntoIterator<Item = &'a Case>) -> BTreeSet<PersonId> {
    let held = cases.into_iter().filter(|case| case.is_held());
    held.flat_map(|case| case.people().into_iter().filter_map(|one| one.who.person())).collect()
}

impl Case {
    /// This case with one more entry.
    fn with(&self, by: By, says: Says) -> Self {
        let mut next = self.clone();
        let number = u32::try_from(next.entries.len() + 1).unwrap_or(u32::MAX);
        next.entries.push(Entry { number, by: by.person, at: by.at, says });
        next
    }

    /// The case as it was at this version: its first entries. The journal has the digest of each.
    #[must_use]
    pub fn as_of(&self, version: usize) -> Self {
        let entries = self.entries.iter().take(version).cloned().collect();
        Self { id: self.id, number: self.number, entries }
    }
}

#[cfg(test)]
pub(crate) mod sample {
    use super::*;
    use crate::case::nine::Nine;
    use crate::case::thread::{Involved, Origin, Part, Party};

    /// Monday, nine o'clock.
    pub(crate) const NINE: Moment = Moment::from_unix_ms(1_795_000_000_000);

    pub(crate) fn by(person: u64) -> By {
        By { person: Id::new(person), at: NINE }
    }

    pub(crate) fn opening(kind: &str, subject: u64) -> Opening {
        Opening {
            origin: Origin::Report,
            kind: kind.into(),
            severity: 1,
            class: Class::Ordinary,
            people: vec![Involved { who: Party::Person(Id::new(subject)), part: Part::Subject }],
            nine: Nine { details: "Went to a shop in maths".into(), ..Nine::default() },
            rule: None,
            area: None,
        }
    }

    pub(crate) fn case() -> Stored<Case> {
        let (case, _) = open(Id::new(5), 1, opening("buying-online", 71), by(7)).unwrap();
        Stored { value: case, version: 1 }
    }

    /// The case after a change.
    pub(crate) fn after(change: &Change, before: &Stored<Case>) -> Stored<Case> {
        let write = change.writes.iter().find(|write| write.kind == Kind::Case).unwrap();
        Stored { value: serde_json::from_str(&write.body).unwrap(), version: before.version + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{NINE, after, by, case, opening};
    use super::*;
    use crate::case::thread::{Involved, Part, Party};
    use proptest::prelude::*;

    #[test]
    fn a_case_that_says_nothing_or_is_about_nobody_with_a_name_is_refused() {
        let mut empty = opening("buying-online", 71);
        empty.nine.details = " ".into();
        assert_eq!(open(Id::new(5), 1, empty, by(7)).unwrap_err(), Refusal::ReasonNeeded);
        let mut nameless = opening("community", 71);
        nameless.people = vec![Involved { who: Party::Outside(" ".into()), part: Part::Subject }];
        assert_eq!(open(Id::new(5), 1, nameless.clone(), by(7)).unwrap_err(), Refusal::NameNeeded);
        nameless.people = vec![Involved { who: Party::Outside("A neighbour".into()), part: Part::Subject }];
        let (case, _) = open(Id::new(5), 1, nameless, by(7)).unwrap();
        assert_eq!(case.subjects().count(), 1, "inc_14: somebody without an account");
    }

    #[test]
    fn the_journal_names_nobody_of_a_confidential_case() {
        let (_, change) = open(Id::new(5), 1, opening("buying-online", 71), by(7)).unwrap();
        assert_eq!(change.about, Some(Id::new(71)));
        let staff = Opening { class: Class::Staff, ..opening("data-breach", 7) };
        let (_, change) = open(Id::new(5), 1, staff, by(8)).unwrap();
        assert_eq!((change.about, change.reason), (None, None));
    }

    /// Every command once, by number.
    fn act(case: &Stored<Case>, which: u8, text: &str) -> Result<Change, Refusal> {
        let by = By { person: Id::new(4), at: NINE.plus_minutes(i64::from(which)) };
        match which % 9 {
            0 => act::note(case, by, text, &[], None),
            1 => act::support(case, by, text),
            2 => act::decide(case, by, act::Decision { text, why: text }),
            3 => act::correct(case, by, u32::from(which / 9) + 1, text),
            4 => act::close(case, by, text),
            5 => act::reopen(case, by, text),
            6 => act::reclass(case, by, Class::ChildProtection, text),
            7 => act::entered(case, by),
            _ => act::cost(case, by, text, 250),
        }
    }

    proptest! {
        /// Entries only append, one a write; the case is rebuilt from its entries, and its state at every version of the
        /// journal is the beginning of the thread.
        #[test]
        fn inc_01_entries_only_append_and_the_journal_proves_every_version(
            steps in proptest::collection::vec((any::<u8>(), "[a-z ]{0,12}"), 0..40)
        ) {
            let mut now = case();
            let mut digests = vec![Write::of(&now.value, Expect::New).digest()];
            for (which, text) in steps {
                let Ok(change) = act(&now, which, &text) else { continue };
                let next = after(&change, &now);
                prop_assert_eq!(next.value.entries.len(), now.value.entries.len() + 1);
                prop_assert_eq!(&next.value.as_of(now.value.entries.len()), &now.value);
                digests.push(change.writes[0].digest());
                now = next;
            }
            for (version, digest) in (1..).zip(digests) {
                prop_assert_eq!(Write::of(&now.value.as_of(version), Expect::New).digest(), digest);
            }
        }
    }
}
