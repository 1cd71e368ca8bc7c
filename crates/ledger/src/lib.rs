//! The ledger of clauses, from the books and the events: what `policy::ledger` judges and `reports::evidence` folds, read and
//! handed to whoever shows it, keeps watch over it or publishes by it.
//!
//! Owns: which records a ledger is made from, noting when a control turns, and what of a term was counted already.
//! Does not: judge a control or word anything.

pub mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;

use usher_policy::ledger::{self, Breach, Checked, Configured, Gone, Known, Ledger, Text};
use usher_policy::profile::ProfileFault;
use usher_policy::snapshot::Snapshot;
use usher_records::agreement::{AgreementText, AgreementVersion};
use usher_records::change::{Actor, Stored};
use usher_records::held::{self, HeldBook};
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::settings::Settings;
use usher_records::signature::{Part, Signature};
use usher_records::standing;
use usher_store::books::Books;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::Roles;

/// A ledger cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerFault {
    /// The books failed.
    #[error("the books are not available")]
    Store(#[from] StoreError),
    /// What comes with Usher cannot be read.
    #[error("the catalogue of controls cannot be read")]
    Catalogue(#[from] ProfileFault),
    /// Events cannot be read.
    #[error("the activity store is not available")]
    Activity(#[from] usher_activity::spool::SpoolFault),
    /// The work was broken off.
    #[error("making the ledger was broken off")]
    BrokenOff,
}

/// What of the books a ledger is made from.
#[derive(Debug, Clone)]
pub struct Read {
    /// The school.
    pub school: School,
    /// Versions in force, and those that somebody's last signature is under.
    pub texts: Vec<Text>,
    /// The last signature of everybody who is here, for each agreement and part.
    pub signatures: Vec<Signature>,
    /// Everybody, for their offices.
    pub people: BTreeMap<PersonId, Person>,
    /// Offices somebody holds today.
    pub offices: Roles,
    /// What was found of the controls before.
    pub book: Option<Stored<HeldBook>>,
}

impl Read {
    /// Reads what a ledger is made from.
    ///
    /// # Errors
    /// When the books fail.
    pub async fn of(books: &Books, at: Moment) -> Result<Self, LedgerFault> {
        let school = books.get::<School, _>(books.school()).await?;
        let school =
            school.ok_or_else(|| StoreError::Unreadable { what: "the school's own record".into() })?.value;
        let today = school.zone.local(at).date();
        let people: BTreeMap<PersonId, Person> =
            books.values::<Person>().await?.into_iter().map(|person| (person.id, person)).collect();
        let here = |id: &PersonId| people.get(id).is_some_and(|person| person.is_here(today));
        let mut signatures = last_of(books.values::<Signature>().await?);
        signatures.retain(|signature| here(&signature.person));
        let offices = people.values().filter(|person| person.is_here(today));
        let offices = offices.fold(Roles::NONE, |all, person| person.roles.iter().fold(all, Roles::with));
        let texts = texts(books, &signatures).await?;
        let book = books.get::<HeldBook, _>(books.school()).await?;
        Ok(Self { texts, signatures, people, offices, book, school })
    }

    /// Tries every control with this policy. It takes some thousand decisions: not for the thread that answers pages.
    ///
    /// # Errors
    /// When the catalogue that comes with Usher is broken.
    pub fn check(&self, snapshot: &Snapshot, at: Moment) -> Result<Vec<Checked>, LedgerFault> {
        self.check_with(snapshot, &self.school.settings, at)
    }

    fn check_with(
        &self,
        snapshot: &Snapshot,
        settings: &Settings,
        at: Moment,
    ) -> Result<Vec<Checked>, LedgerFault> {
        let (texts, offices) = (&self.texts, self.offices);
        Ok(ledger::check(&Configured { snapshot, settings, texts, offices, at })?)
    }

    /// The ledger, by what came of the checks.
    pub fn ledger(&self, checked: &[Checked]) -> Ledger {
        let book = self.book.as_ref().map(|book| &book.value);
        ledger::ledger(Known { texts: &self.texts, signatures: &self.signatures, checked, book })
    }

    /// What all checks rest on besides the policy; the same again, and so is what comes of them.
    pub fn mark(&self) -> Digest {
        let texts: Vec<String> = self
            .texts
            .iter()
            .map(|text| format!("{}{}", text.version.digest, text.version.in_force))
            .collect();
        let offices: Vec<&str> = self.offices.iter().map(|role| role.name()).collect();
        Digest::of(format!("{:?} {texts:?} {offices:?}", self.school.settings).as_bytes())
    }
}

/// Everybody's last signature for each agreement and part.
fn last_of(all: Vec<Signature>) -> Vec<Signature> {
    let mut last: BTreeMap<(PersonId, Option<PersonId>, String), Signature> = BTreeMap::new();
    for signature in all {
        let child = match signature.part {
            Part::Own => None,
            Part::ParentFor(child) => Some(child),
        };
        let key = (signature.person, child, signature.agreement.clone());
        if last.get(&key).is_none_or(|earlier| earlier.at <= signature.at) {
            last.insert(key, signature);
        }
    }
    last.into_values().collect()
}

async fn texts(books: &Books, signatures: &[Signature]) -> Result<Vec<Text>, LedgerFault> {
    let mut versions = books.values::<AgreementVersion>().await?;
    versions.sort_by(|one, other| {
        (!one.in_force, &one.key, one.published_at).cmp(&(!other.in_force, &other.key, other.published_at))
    });
    let wanted = |version: &AgreementVersion| {
        version.in_force || signatures.iter().any(|signature| signature.digest == version.digest)
    };
    let mut texts = Vec::new();
    for version in versions.into_iter().filter(wanted) {
        let bytes = books.store().blob(books.school(), version.digest).await?.ok_or_else(|| {
            StoreError::Unreadable { what: format!("the text of {} {}", version.key, version.version) }
        })?;
        let text = AgreementText::parse(&String::from_utf8_lossy(&bytes)).map_err(|fault| {
            StoreError::Unreadable { what: format!("{} {}: {fault}", version.key, version.version) }
        })?;
        texts.push(Text { version, text });
    }
    Ok(texts)
}

/// Reads the books and tries every control with the policy in use.
///
/// # Errors
/// See [`LedgerFault`].
pub async fn look(
    books: &Books,
    snapshot: Arc<Snapshot>,
    at: Moment,
) -> Result<(Read, Vec<Checked>), LedgerFault> {
    let read = Read::of(books, at).await?;
    let work = tokio::task::spawn_blocking(move || {
        let checked = read.check(&snapshot, at)?;
        Ok::<_, LedgerFault>((read, checked))
    });
    work.await.map_err(|_stopped| LedgerFault::BrokenOff)?
}

/// Notes which controls turned. False when another server was quicker: what is left to note is noted at the next look.
///
/// # Errors
/// When the books fail.
pub async fn note(books: &Books, read: &Read, checked: &[Checked], at: Moment) -> Result<bool, LedgerFault> {
    let found = ledger::to_note(checked);
    let Some(change) = held::note(read.book.as_ref(), books.school(), &found, at) else { return Ok(true) };
    match books.commit(&change, &Actor::Usher("ledger".into()), at).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The clauses, in force or still signed, that a change of the policy would make untrue, those that most signed first.
///
/// # Errors
/// See [`LedgerFault`].
pub async fn breaches(
    books: &Books,
    before: Arc<Snapshot>,
    after: Arc<Snapshot>,
    at: Moment,
) -> Result<Vec<Breach>, LedgerFault> {
    between(books, (before, after), None, at).await
}

/// The same for a change of the school's settings, with the policy in use.
///
/// # Errors
/// See [`LedgerFault`].
pub async fn breaches_of_settings(
    books: &Books,
    policy: Arc<Snapshot>,
    after: Settings,
    at: Moment,
) -> Result<Vec<Breach>, LedgerFault> {
    between(books, (Arc::clone(&policy), policy), Some(after), at).await
}

async fn between(
    books: &Books,
    (before, after): (Arc<Snapshot>, Arc<Snapshot>),
    changed: Option<Settings>,
    at: Moment,
) -> Result<Vec<Breach>, LedgerFault> {
    let read = Read::of(books, at).await?;
    let versions = books.values::<AgreementVersion>().await?;
    let work = tokio::task::spawn_blocking(move || {
        let (settings, zone) = (&read.school.settings, &read.school.zone);
        let known = standing::Known { settings, versions: &versions, in_place: &[], calendar: None, zone };
        // A clause that is taken out holds until its signers signed the new words or their time for it is over; one that
        // only says of less that it keeps it, until they are asked to.
        let binds = |signature: &Signature, gone: Gone| match gone {
            Gone::Clause => !standing::lapsed(signature, known, at),
            Gone::Control => !standing::asked_again(signature, known),
        };
        let changed = changed.as_ref().unwrap_or(settings);
        let (before, after) = (read.check(&before, at)?, read.check_with(&after, changed, at)?);
        Ok::<_, LedgerFault>(ledger::breaches(&read.texts, &read.signatures, binds, &before, &after))
    });
    work.await.map_err(|_stopped| LedgerFault::BrokenOff)?
}
