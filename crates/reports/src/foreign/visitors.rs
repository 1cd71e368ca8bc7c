//! The people behind the user names of a log.

use std::collections::BTreeMap;
use std::sync::Arc;

use usher_policy::facts::Subject;
use usher_records::person::Person;
use usher_types::digest::Digest;
use usher_types::ids::{Id, PersonId};
use usher_types::role::PersonKind;

use crate::names::Names;

/// Who is behind which user name.
#[derive(Debug, Default)]
pub struct Visitors {
    known: BTreeMap<String, Arc<Subject>>,
}

impl Visitors {
    /// The school's own people, by their user names in small letters.
    pub fn of(people: impl IntoIterator<Item = (String, Person)>) -> Self {
        let subject = |person: &Person| Subject {
            person: Some(person.id),
            kind: Some(person.kind),
            year: person.year,
            roles: person.roles,
            groups: person.groups.clone(),
            ..Subject::nobody()
        };
        Self { known: people.into_iter().map(|(user, person)| (user, Arc::new(subject(&person)))).collect() }
    }

    /// Takes up a user name. One the school does not know stands for a pupil of that name: what is found about a pupil
    /// is told to every reader, so nothing goes untold because a name was not known.
    pub fn meet(&mut self, user: &str, names: &mut Names) {
        if self.known.contains_key(user) {
            return;
        }
        let person = stranger(user);
        names.also(person, user);
        let subject = Subject { person: Some(person), kind: Some(PersonKind::Pupil), ..Subject::nobody() };
        self.known.insert(user.to_owned(), Arc::new(subject));
    }

    /// Who it was.
    pub fn subject(&self, user: Option<&str>) -> Arc<Subject> {
        let known = user.and_then(|user| self.known.get(user)).map(Arc::clone);
        known.unwrap_or_else(|| Arc::new(Subject::nobody()))
    }
}

/// An id for a name that has none: the same for the same name.
fn stranger(user: &str) -> PersonId {
    let digest = Digest::of(user.as_bytes());
    let number = digest.as_bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Id::new(number >> 1)
}
