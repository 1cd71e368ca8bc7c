//! The journal followed: what another server, or the command line, wrote into the books is taken up here within seconds.
//! What this server wrote itself is taken up again, which changes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use usher_directory::books::{is_still_open, school, subject_of_session};
use usher_network::table::{Devices, Table};
use usher_policy::facts;
use usher_records::device::Device;
use usher_records::lesson::Lesson;
use usher_records::noun::Kind;
use usher_records::person::Person;
use usher_records::session::{EndReason, Session};
use usher_scan::personal::{Entry, PersonalBook};
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::runner::{Job, JobFault};
use crate::sweep;

/// Journal entries read at a time.
const PAGE: u32 = 500;

/// The book of the school's people, taken into use as one pointer.
pub type Names = Arc<ArcSwap<PersonalBook>>;

/// Makes a new snapshot.
#[async_trait]
pub trait Republish: Send + Sync + std::fmt::Debug {
    /// Makes it from the books as they are now. Says why it could not.
    async fn republish(&self, at: Moment) -> Result<(), String>;
}

/// Follows the journal.
#[derive(Debug)]
pub struct Follow {
    /// The school's books.
    pub books: Books,
    /// Who is signed in where.
    pub table: Arc<Table>,
    /// Whatever makes snapshots.
    pub publisher: Arc<dyn Republish>,
    /// The school's people as what leaves is searched for them.
    pub names: Names,
    /// The last journal entry that was taken up.
    seen: AtomicU64,
    /// What was written and is not taken up yet, because the books or the publisher failed.
    pending: std::sync::Mutex<BTreeSet<Kind>>,
    /// The day of the last run that came through: standings change overnight.
    day: std::sync::Mutex<Option<jiff::civil::Date>>,
}

impl Follow {
    /// Follows the journal from its end: call it before the books are read at start.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn from_now(
        books: Books,
        table: Arc<Table>,
        publisher: Arc<dyn Republish>,
        names: Names,
    ) -> Result<Self, StoreError> {
        let follow = Self {
            books,
            table,
            publisher,
            names,
            seen: AtomicU64::new(0),
            pending: std::sync::Mutex::default(),
            day: std::sync::Mutex::default(),
        };
        follow.news().await?;
        Ok(follow)
    }

    /// The kinds of records written since the last time.
    async fn news(&self) -> Result<BTreeSet<Kind>, StoreError> {
        let mut kinds = BTreeSet::new();
        loop {
            let seen = self.seen.load(Ordering::Acquire);
            let entries = self.books.store().journal(self.books.school(), seen, PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(kinds) };
            for entry in entries {
                // A line that cannot be read is for `usher verify` to name; here it means that anything may be new.
                let line = entry.read();
                let written = line.as_ref().map_or(&[][..], |line| &line.records);
                kinds.extend(written.iter().map(|record| record.kind));
                if line.is_err() {
                    kinds.extend(Kind::ALL);
                }
            }
            self.seen.store(last, Ordering::Release);
        }
    }

    /// Whether one of these kinds waits to be taken up.
    fn waits(&self, kinds: &[Kind]) -> bool {
        self.pending.lock().is_ok_and(|pending| kinds.iter().any(|kind| pending.contains(kind)))
    }

    /// These kinds are taken up.
    fn taken(&self, kinds: &[Kind]) {
        if let Ok(mut pending) = self.pending.lock() {
            pending.retain(|kind| !kinds.contains(kind));
        }
    }

    fn is_new_day(&self, today: jiff::civil::Date) -> bool {
        self.day.lock().is_ok_and(|day| day.is_some_and(|earlier| earlier != today))
    }
}

/// Kinds a snapshot is made of.
const DECIDING: [Kind; 4] = [Kind::Grant, Kind::LessonList, Kind::ListEdit, Kind::Policy];
/// The school's settings, which both are made of.
const SETTINGS: [Kind; 1] = [Kind::School];
/// Kinds somebody's circumstances are made of.
const PEOPLE: [Kind; 7] = [
    Kind::Person,
    Kind::Account,
    Kind::AgreementVersion,
    Kind::Signature,
    Kind::ParentsPlace,
    Kind::Sanction,
    Kind::Unrestricted,
];

#[async_trait]
impl Job for Follow {
    fn name(&self) -> &'static str {
        "follow"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn run(&self, at: Moment) -> Result<(), JobFault> {
        let news = self.news().await?;
        if let Ok(mut pending) = self.pending.lock() {
            pending.extend(news);
        }
        // People first: an account that was closed must be out whatever else fails.
        let today = school(&self.books).await?.zone.local(at).date();
        if self.waits(&PEOPLE) || self.waits(&SETTINGS) || self.is_new_day(today) {
            load_people(&self.books, &self.table, at).await?;
            load_names(&self.books, &self.names).await?;
            self.taken(&PEOPLE);
        }
        if let Ok(mut day) = self.day.lock() {
            *day = Some(today);
        }
        if self.waits(&[Kind::Lesson]) {
            load_lessons(&self.books, &self.table, at).await?;
            self.taken(&[Kind::Lesson]);
        }
        if self.waits(&[Kind::Device]) {
            load_devices(&self.books, &self.table).await?;
            self.taken(&[Kind::Device]);
        }
        if self.waits(&DECIDING) || self.waits(&SETTINGS) {
            self.publisher.republish(at).await.map_err(JobFault::Other)?;
            self.taken(&DECIDING);
            self.taken(&SETTINGS);
        }
        Ok(())
    }
}

/// Puts the lessons that are open into the table.
///
/// # Errors
/// When the books cannot be read.
pub async fn load_lessons(books: &Books, table: &Table, at: Moment) -> Result<(), StoreError> {
    let open: Vec<Lesson> =
        books.find::<Lesson>("open", "yes").await?.into_iter().map(|stored| stored.value).collect();
    table.set_lessons(&open, at);
    Ok(())
}

/// Puts the school's devices into the table.
///
/// # Errors
/// When the books cannot be read.
pub async fn load_devices(books: &Books, table: &Table) -> Result<(), StoreError> {
    let known = books.values::<Device>().await?.into_iter();
    let devices: Devices = known
        .filter_map(|device| {
            let address = device.address?.to_canonical();
            let (id, name, room) = (Some(device.id), Some(device.name), device.room);
            Some((address, Arc::new(facts::Device { address, device: id, name, room })))
        })
        .collect();
    table.set_devices(devices);
    Ok(())
}

/// Makes a new book of the school's people, as what leaves is searched for them. Who has left is still protected: what
/// was theirs does not become anybody's.
///
/// # Errors
/// When the books cannot be read.
pub async fn load_names(books: &Books, names: &Names) -> Result<(), StoreError> {
    let school = school(books).await?;
    let people = books.values::<Person>().await?;
    let entries = people.into_iter().map(|person| Entry {
        person: person.id,
        pupil: person.kind == PersonKind::Pupil,
        given: std::iter::once(person.given).chain(person.known_as).collect(),
        family: person.family,
        phones: person.home.phones.iter().map(|phone| phone.as_str().to_owned()).collect(),
        postcodes: person.home.postcode.iter().map(|code| code.as_str().to_owned()).collect(),
        emails: person.email.iter().map(ToString::to_string).collect(),
    });
    names.store(Arc::new(PersonalBook::new(entries, &[school.name])));
    Ok(())
}

/// Works the circumstances of everybody signed in out anew. Whoever has left, or whose account was closed, is signed out.
///
/// # Errors
/// When the books cannot be read.
pub async fn load_people(books: &Books, table: &Table, at: Moment) -> Result<(), StoreError> {
    let school = school(books).await?;
    for (id, before) in table.people() {
        let Some(stored) = books.get::<Session, _>(id).await? else { continue };
        let session = stored.value;
        if is_still_open(books, &session, &school, at).await? {
            let subject = subject_of_session(books, &school, &session, at).await?;
            if subject != before {
                table.update_session(&session, &subject);
            }
        } else {
            table.end(id, EndReason::AccountChanged);
            sweep::end(books, id, EndReason::AccountChanged, at).await?;
        }
    }
    Ok(())
}
