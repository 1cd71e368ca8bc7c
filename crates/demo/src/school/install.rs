//! Puts the invented school into the books, once.
//!
//! Each kind of record is one change with one journal entry: classes, people, devices, sign-ins; each lesson list is a
//! change of its own. What is there already, by id, is left as it is, so a second start writes nothing
//! and hashes nothing.

use std::collections::BTreeSet;

use usher_publish::set_up::SetUpFault;
use usher_records::account::{self, Account, OpenAccount};
use usher_records::change::{Action, Actor, Change, Expect, Write};
use usher_records::device::Device;
use usher_records::group::Group;
use usher_records::lesson::{LessonList, save_list};
use usher_records::noun::Noun;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;

use crate::school::{DemoAccount, DemoSchool, DemoSecret};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Installed {
    /// Classes and clubs.
    pub groups: usize,
    /// People.
    pub people: usize,
    /// Devices.
    pub devices: usize,
    /// Sign-ins.
    pub accounts: usize,
    /// Lesson lists.
    pub lesson_lists: usize,
}

/// Why the school could not be put into the books.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallFault {
    /// The store did not take it.
    #[error("the books do not take the demonstration's school")]
    Store(#[from] StoreError),
    /// A command refused.
    #[error("a record of the demonstration's school is refused")]
    Refused(#[from] Refusal),
    /// A secret could not be hashed.
    #[error("a password of the demonstration's school cannot be hashed")]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A model agreement is broken.
    #[error(transparent)]
    Agreement(#[from] SetUpFault),
}

/// Hashes a secret for keeping.
pub type Hash<'a> = dyn Fn(&str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> + Sync + 'a;

impl DemoSchool {
    /// Puts the school into the books. `hash` is called once for each new sign-in that has a secret (some 480 times on
    /// the first start, never on the second), so give it parameters that take a fraction of a millisecond; parents'
    /// sign-ins have no secret yet, except the one to try.
    ///
    /// # Errors
    /// When the store fails, or already holds other records under names of this school.
    pub async fn install(
        &self,
        books: &Books,
        hash: &Hash<'_>,
        at: Moment,
    ) -> Result<Installed, InstallFault> {
        let groups = missing::<Group>(books, &self.groups).await?;
        let people = missing::<Person>(books, &self.people).await?;
        let devices = missing::<Device>(books, &self.devices).await?;
        let accounts = self.missing_accounts(books, hash, at).await?;
        let installed = Installed {
            groups: write(books, Action::RosterImported, groups, at).await?,
            people: write(books, Action::RosterImported, people, at).await?,
            devices: write(books, Action::DeviceSaved, devices, at).await?,
            accounts: write(books, Action::AccountOpened, accounts, at).await?,
            lesson_lists: self.save_lesson_lists(books, at).await?,
        };
        Ok(installed)
    }

    async fn missing_accounts(
        &self,
        books: &Books,
        hash: &Hash<'_>,
        at: Moment,
    ) -> Result<Vec<Write>, InstallFault> {
        let known = numbers(&books.values::<Account>().await?);
        let mut writes = Vec::new();
        for demo in self.accounts.iter().filter(|demo| !known.contains(&demo.id.number())) {
            writes.push(Write::of(&self.account(demo, hash, at)?, Expect::New));
        }
        Ok(writes)
    }

    fn account(&self, demo: &DemoAccount, hash: &Hash<'_>, at: Moment) -> Result<Account, InstallFault> {
        let person = self.person(demo.person).map(|person| (person.kind, person.id));
        let asked = OpenAccount { id: demo.id, username: demo.username.clone(), person, year: None };
        let (mut account, _) = account::open(asked)?;
        match &demo.secret {
            Some(secret @ DemoSecret::Password(_)) => {
                account.password = Some(hash(secret.text()).map_err(InstallFault::Hash)?);
            }
            Some(secret @ DemoSecret::Pictures(_)) => {
                account.pictures = Some(hash(secret.text()).map_err(InstallFault::Hash)?);
            }
            None => {}
        }
        account.changed_at = demo.secret.as_ref().map(|_| at);
        account.must_change = false;
        Ok(account)
    }

    async fn save_lesson_lists(&self, books: &Books, at: Moment) -> Result<usize, InstallFault> {
        let known = numbers(&books.values::<LessonList>().await?);
        let new = self.lesson_lists.iter().filter(|list| !known.contains(&list.number()));
        let mut saved = 0;
        for list in new {
            books.commit(&save_list(list, None)?, &actor(), at).await?;
            saved += 1;
        }
        Ok(saved)
    }
}

/// Who the journal says it was.
pub(super) fn actor() -> Actor {
    Actor::Usher("demo".into())
}

fn numbers<N: Noun>(values: &[N]) -> BTreeSet<u64> {
    values.iter().map(Noun::number).collect()
}

async fn missing<N: Noun>(books: &Books, wanted: &[N]) -> Result<Vec<Write>, StoreError> {
    let known = numbers(&books.values::<N>().await?);
    let new = wanted.iter().filter(|noun| !known.contains(&noun.number()));
    Ok(new.map(|noun| Write::of(noun, Expect::New)).collect())
}

/// Writes records as one change; nothing when there are none.
pub(super) async fn write(
    books: &Books,
    action: Action,
    writes: Vec<Write>,
    at: Moment,
) -> Result<usize, StoreError> {
    let count = writes.len();
    if count > 0 {
        let change = Change {
            action,
            about: None,
            reason: Some("the demonstration's invented school".into()),
            writes,
            mails: Vec::new(),
        };
        books.commit(&change, &actor(), at).await?;
    }
    Ok(count)
}
