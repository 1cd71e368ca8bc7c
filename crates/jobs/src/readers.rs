//! Who holds an office now, and so gets its mail.

use std::collections::BTreeMap;

use usher_records::person::Person;
use usher_store::books::Books;
use usher_store::store::Result;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::moment::Zone;
use usher_types::role::Role;

/// Everybody here who holds one of these offices, each once.
///
/// # Errors
/// When the books cannot be read.
pub async fn holders(books: &Books, roles: &[Role], zone: &Zone, at: Moment) -> Result<Vec<Person>> {
    let today = zone.local(at).date();
    let mut found: BTreeMap<PersonId, Person> = BTreeMap::new();
    for role in roles {
        for person in books.find::<Person>("role", role.name()).await? {
            if person.value.is_here(today) {
                found.insert(person.value.id, person.value);
            }
        }
    }
    Ok(found.into_values().collect())
}
