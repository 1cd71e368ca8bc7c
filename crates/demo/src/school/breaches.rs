//! Personal data breaches of the invented school: one that waits for a decision.

use usher_records::breach::{Breach, note};
use usher_records::change::Actor;
use usher_store::books::Books;
use usher_types::ids::{Id, IdSource};
use usher_types::moment::Moment;
use usher_types::role::Role;

use crate::school::DemoSchool;
use crate::school::install::InstallFault;

/// Minutes between its being found and the demonstration's start: the morning before.
const FOUND_BEFORE: i64 = 26 * 60;

impl DemoSchool {
    /// Writes it into books that have none. Gives how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_breaches(
        &self,
        books: &Books,
        at: Moment,
        ids: &dyn IdSource,
    ) -> Result<usize, InstallFault> {
        if !books.values::<Breach>().await?.is_empty() {
            return Ok(0);
        }
        let Some(office) = self.people.iter().find(|person| person.roles.has(Role::BusinessManager)) else {
            return Ok(0);
        };
        let breach = Breach {
            id: Id::new(ids.next(at)),
            what: "A trip list was left on the coach. The driver brought it back the same evening.".into(),
            whose: "Names and allergies of 29 children".into(),
            found: at.plus_minutes(-FOUND_BEFORE),
            by: office.id,
            at,
            decided: None,
            others: Vec::new(),
        };
        let Ok(change) = note(&breach) else { return Ok(0) };
        books.commit(&change, &Actor::Person(office.id), at).await?;
        Ok(1)
    }
}
