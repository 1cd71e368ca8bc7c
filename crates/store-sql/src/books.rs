//! The statements. Written once in the SQL both engines speak.

use std::path::PathBuf;

use async_trait::async_trait;
use sqlx::{
    ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Pool, Row as _, Transaction, Type,
};
use usher_policy::generation::Generation;
use usher_records::change::{Actor, Change, Expect, Write};
use usher_records::erasure::Rewritten;
use usher_records::erasure::pseudonym::Pseudonym;
use usher_records::noun::Kind;
use usher_store::journal::{self, JournalEntry};
use usher_store::store::{Outbox, Result, Row, Store, StoreError, WaitingMail};
use usher_types::digest::Digest;
use usher_types::ids::{Id, PersonId, SchoolId};
use usher_types::moment::Moment;

use crate::rewrite::Rewriting;
use crate::unavailable;

/// The books of every school, in one database.
#[derive(Debug)]
pub struct SqlStore<DB: Database> {
    pub(crate) writer: Pool<DB>,
    pub(crate) readers: Pool<DB>,
    /// What keeps other writers of a school out, where connections alone do not.
    pub(crate) lock: Option<&'static str>,
    pub(crate) file: Option<PathBuf>,
    /// What leaves no old page behind after something was rewritten.
    pub(crate) scour: &'static [&'static str],
}

const GET: &str = "SELECT id, version, body FROM record WHERE school = $1 AND kind = $2 AND id = $3";
pub(crate) const LIST: &str =
    "SELECT id, version, body FROM record WHERE school = $1 AND kind = $2 ORDER BY id";
const FIND: &str = "SELECT r.id, r.version, r.body FROM record_key k \
    JOIN record r ON r.school = k.school AND r.kind = k.kind AND r.id = k.id \
    WHERE k.school = $1 AND k.kind = $2 AND k.name = $3 AND k.value = $4 ORDER BY r.id";
const VERSION: &str = "SELECT id, version, body FROM record_version \
    WHERE school = $1 AND kind = $2 AND id = $3 AND version = $4";
const HISTORY: &str = "SELECT id, version, body FROM record_version \
    WHERE school = $1 AND kind = $2 AND id = $3 ORDER BY version";
const PUT_RECORD: &str = "INSERT INTO record (school, kind, id, version, body) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (school, kind, id) DO UPDATE SET version = excluded.version, body = excluded.body";
const PUT_VERSION: &str =
    "INSERT INTO record_version (school, kind, id, version, body, journal) VALUES ($1, $2, $3, $4, $5, $6)";
pub(crate) const DROP_KEYS: &str = "DELETE FROM record_key WHERE school = $1 AND kind = $2 AND id = $3";
pub(crate) const PUT_KEY: &str =
    "INSERT INTO record_key (school, kind, name, value, id, sole) VALUES ($1, $2, $3, $4, $5, $6)";
pub(crate) const LAST_LINK: &str =
    "SELECT number, link FROM journal WHERE school = $1 ORDER BY number DESC LIMIT 1";
pub(crate) const PUT_JOURNAL: &str =
    "INSERT INTO journal (school, number, line, link) VALUES ($1, $2, $3, $4)";
pub(crate) const JOURNAL: &str =
    "SELECT number, line, link FROM journal WHERE school = $1 AND number > $2 ORDER BY number LIMIT $3";
const PUT_MAIL: &str = "INSERT INTO outbox (school, mail, written_at, due_at) VALUES ($1, $2, $3, $3)";
const DUE_MAILS: &str = "SELECT number, mail, tries FROM outbox \
    WHERE school = $1 AND sent_at IS NULL AND due_at <= $2 ORDER BY number LIMIT $3";
const HOLD_MAIL: &str = "UPDATE outbox SET due_at = $1, tries = tries + 1 WHERE school = $2 AND number = $3";
const MAIL_SENT: &str = "UPDATE outbox SET sent_at = $1, fault = NULL WHERE school = $2 AND number = $3";
const MAIL_FAILED: &str = "UPDATE outbox SET due_at = $1, fault = $2 WHERE school = $3 AND number = $4";
const OUTBOX: &str = "SELECT COUNT(*), COUNT(fault), MIN(written_at) FROM outbox \
    WHERE school = $1 AND sent_at IS NULL";
pub(crate) const PUT_BLOB: &str =
    "INSERT INTO blob (school, digest, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub(crate) const BLOB: &str = "SELECT bytes FROM blob WHERE school = $1 AND digest = $2";
pub(crate) const REMOVE_BLOB: &str = "DELETE FROM blob WHERE school = $1 AND digest = $2";
const PUT_GENERATION: &str = "INSERT INTO generation (school, digest, body, taken_at, serial) \
    VALUES ($1, $2, $3, $4, (SELECT COALESCE(MAX(serial), 0) + 1 FROM generation WHERE school = $1)) \
    ON CONFLICT (school, digest) DO UPDATE SET taken_at = excluded.taken_at, serial = excluded.serial";
const GENERATION: &str = "SELECT body FROM generation WHERE school = $1 AND digest = $2";
const LATEST_GENERATION: &str = "SELECT body FROM generation WHERE school = $1 ORDER BY serial DESC LIMIT 1";
const ADD_SCHOOL: &str = "INSERT INTO school (school, added_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const SCHOOLS: &str = "SELECT school FROM school ORDER BY added_at, school";
const TAKE_LEASE: &str = "INSERT INTO lease (job, holder, until) VALUES ($1, $2, $3) \
    ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until \
    WHERE lease.holder = excluded.holder OR lease.until <= $4";

/// Runs one statement with its values, on a pool or in a transaction.
macro_rules! run {
    ($on:expr, $sql:expr, $($value:expr),*) => {
        sqlx::query::<DB>($sql)$(.bind($value))*.execute($on).await
    };
}
/// Reads the rows of one statement.
macro_rules! rows {
    ($on:expr, $sql:expr, $($value:expr),*) => {
        sqlx::query::<DB>($sql)$(.bind($value))*.fetch_all($on).await.map_err(crate::unavailable)
    };
}
pub(crate) use {rows, run};

/// Writes one record, its version and its keys; gives the new version.
async fn write<DB: Database>(
    transaction: &mut Transaction<'_, DB>,
    school: i64,
    write: &Write,
    journal: i64,
) -> Result<u64>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'v> i64: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    for<'v> String: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let (kind, id) = (write.kind.name().to_owned(), signed(write.id)?);
    let standing = rows!(&mut **transaction, GET, school, kind.clone(), id)?;
    let standing = standing.first().map(row).transpose()?;
    let version = match (write.expect, standing) {
        (Expect::New, None) => 1,
        (Expect::Version(expected), Some(row)) if row.version == expected => expected + 1,
        _ => return Err(StoreError::Conflict { kind: write.kind, id: write.id }),
    };
    let (stored, body) = (signed(version)?, &write.body);
    run!(&mut **transaction, PUT_RECORD, school, kind.clone(), id, stored, body.clone())
        .map_err(unavailable)?;
    run!(&mut **transaction, PUT_VERSION, school, kind.clone(), id, stored, body.clone(), journal)
        .map_err(unavailable)?;
    run!(&mut **transaction, DROP_KEYS, school, kind.clone(), id).map_err(unavailable)?;
    for key in &write.keys {
        let (name, value, sole) = (key.name.to_owned(), key.value.clone(), i64::from(key.unique));
        run!(&mut **transaction, PUT_KEY, school, kind.clone(), name, value, id, sole)
            .map_err(|error| taken(error, write.kind, key.name))?;
    }
    Ok(version)
}

#[async_trait]
impl<DB: Database> Store for SqlStore<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'c> &'c Pool<DB>: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'v> i64: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    for<'v> String: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    for<'v> Vec<u8>: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    async fn add_school(&self, school: SchoolId, at: Moment) -> Result<()> {
        run!(&self.writer, ADD_SCHOOL, number(school)?, at.unix_ms()).map_err(unavailable)?;
        Ok(())
    }

    async fn schools(&self) -> Result<Vec<SchoolId>> {
        let found = rows!(&self.readers, SCHOOLS,)?;
        found
            .iter()
            .map(|row| Ok(Id::new(unsigned(row.try_get::<i64, _>(0).map_err(unavailable)?))))
            .collect()
    }

    async fn get(&self, school: SchoolId, kind: Kind, id: u64) -> Result<Option<Row>> {
        let found = rows!(&self.readers, GET, number(school)?, kind.name().to_owned(), signed(id)?)?;
        found.first().map(row).transpose()
    }

    async fn list(&self, school: SchoolId, kind: Kind) -> Result<Vec<Row>> {
        rows!(&self.readers, LIST, number(school)?, kind.name().to_owned())?.iter().map(row).collect()
    }

    async fn find(&self, school: SchoolId, kind: Kind, key: &str, value: &str) -> Result<Vec<Row>> {
        let (key, value) = (key.to_owned(), value.to_owned());
        rows!(&self.readers, FIND, number(school)?, kind.name().to_owned(), key, value)?
            .iter()
            .map(row)
            .collect()
    }

    async fn version(&self, school: SchoolId, kind: Kind, id: u64, version: u64) -> Result<Option<Row>> {
        let kind = kind.name().to_owned();
        let found = rows!(&self.readers, VERSION, number(school)?, kind, signed(id)?, signed(version)?)?;
        found.first().map(row).transpose()
    }

    async fn history(&self, school: SchoolId, kind: Kind, id: u64) -> Result<Vec<Row>> {
        rows!(&self.readers, HISTORY, number(school)?, kind.name().to_owned(), signed(id)?)?
            .iter()
            .map(row)
            .collect()
    }

    async fn commit(&self, school: SchoolId, change: &Change, actor: &Actor, at: Moment) -> Result<u64> {
        let school_number = number(school)?;
        let mut transaction = self.writer.begin().await.map_err(unavailable)?;
        if let Some(lock) = self.lock {
            run!(&mut *transaction, lock, school_number).map_err(unavailable)?;
        }
        let last = rows!(&mut *transaction, LAST_LINK, school_number)?;
        let before = match last.first() {
            Some(row) => (unsigned(row.try_get::<i64, _>(0).map_err(unavailable)?), digest(row, 1)?),
            None => (0, journal::origin(school)),
        };
        let mut versions = Vec::with_capacity(change.writes.len());
        for write in &change.writes {
            versions.push(self::write(&mut transaction, school_number, write, signed(before.0 + 1)?).await?);
        }
        let entry = journal::entry(before, change, &versions, actor, at);
        let (entry_number, link) = (signed(entry.number)?, entry.link.as_bytes().to_vec());
        run!(&mut *transaction, PUT_JOURNAL, school_number, entry_number, entry.line, link)
            .map_err(unavailable)?;
        for mail in &change.mails {
            let body =
                serde_json::to_string(mail).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
            run!(&mut *transaction, PUT_MAIL, school_number, body, at.unix_ms()).map_err(unavailable)?;
        }
        transaction.commit().await.map_err(unavailable)?;
        Ok(entry.number)
    }

    async fn journal(&self, school: SchoolId, after: u64, limit: u32) -> Result<Vec<JournalEntry>> {
        let found = rows!(&self.readers, JOURNAL, number(school)?, signed(after)?, i64::from(limit))?;
        found
            .iter()
            .map(|row| {
                let number = unsigned(row.try_get::<i64, _>(0).map_err(unavailable)?);
                Ok(JournalEntry { number, line: row.try_get(1).map_err(unavailable)?, link: digest(row, 2)? })
            })
            .collect()
    }

    async fn put_blob(&self, school: SchoolId, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        run!(&self.writer, PUT_BLOB, number(school)?, digest.as_bytes().to_vec(), bytes.to_vec())
            .map_err(unavailable)?;
        Ok(digest)
    }

    async fn blob(&self, school: SchoolId, digest: Digest) -> Result<Option<Vec<u8>>> {
        let found = rows!(&self.readers, BLOB, number(school)?, digest.as_bytes().to_vec())?;
        found.first().map(|row| row.try_get(0).map_err(unavailable)).transpose()
    }

    async fn remove_blob(&self, school: SchoolId, digest: Digest) -> Result<()> {
        run!(&self.writer, REMOVE_BLOB, number(school)?, digest.as_bytes().to_vec()).map_err(unavailable)?;
        Ok(())
    }

    async fn put_generation(&self, school: SchoolId, generation: &Generation, at: Moment) -> Result<()> {
        let body =
            serde_json::to_string(generation).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let digest = generation.digest().as_bytes().to_vec();
        run!(&self.writer, PUT_GENERATION, number(school)?, digest, body, at.unix_ms())
            .map_err(unavailable)?;
        Ok(())
    }

    async fn generation(&self, school: SchoolId, digest: Digest) -> Result<Option<Generation>> {
        let found = rows!(&self.readers, GENERATION, number(school)?, digest.as_bytes().to_vec())?;
        found.first().map(read_generation).transpose()
    }

    async fn latest_generation(&self, school: SchoolId) -> Result<Option<Generation>> {
        rows!(&self.readers, LATEST_GENERATION, number(school)?)?.first().map(read_generation).transpose()
    }

    async fn take_mails(
        &self,
        school: SchoolId,
        at: Moment,
        held_until: Moment,
        limit: u32,
    ) -> Result<Vec<WaitingMail>> {
        let school_number = number(school)?;
        let mut transaction = self.writer.begin().await.map_err(unavailable)?;
        if let Some(lock) = self.lock {
            run!(&mut *transaction, lock, school_number).map_err(unavailable)?;
        }
        let due = rows!(&mut *transaction, DUE_MAILS, school_number, at.unix_ms(), i64::from(limit))?;
        let mut mails = Vec::with_capacity(due.len());
        for row in &due {
            let number: i64 = row.try_get(0).map_err(unavailable)?;
            let body: String = row.try_get(1).map_err(unavailable)?;
            let tries: i64 = row.try_get(2).map_err(unavailable)?;
            let mail = serde_json::from_str(&body).map_err(|error| StoreError::Unreadable {
                what: format!("mail {number} in the outbox: {error}"),
            })?;
            run!(&mut *transaction, HOLD_MAIL, held_until.unix_ms(), school_number, number)
                .map_err(unavailable)?;
            mails.push(WaitingMail { number, mail, tries: u32::try_from(tries).unwrap_or(u32::MAX) });
        }
        transaction.commit().await.map_err(unavailable)?;
        Ok(mails)
    }

    async fn mail_sent(&self, school: SchoolId, mail: i64, at: Moment) -> Result<()> {
        run!(&self.writer, MAIL_SENT, at.unix_ms(), number(school)?, mail).map_err(unavailable)?;
        Ok(())
    }

    async fn mail_failed(&self, school: SchoolId, mail: i64, again_at: Moment, why: &str) -> Result<()> {
        let why = why.to_owned();
        run!(&self.writer, MAIL_FAILED, again_at.unix_ms(), why, number(school)?, mail)
            .map_err(unavailable)?;
        Ok(())
    }

    async fn outbox(&self, school: SchoolId) -> Result<Outbox> {
        let found = rows!(&self.readers, OUTBOX, number(school)?)?;
        let Some(row) = found.first() else { return Ok(Outbox::default()) };
        let waiting: i64 = row.try_get(0).map_err(unavailable)?;
        let failing: i64 = row.try_get(1).map_err(unavailable)?;
        let oldest: Option<i64> = row.try_get(2).map_err(unavailable)?;
        Ok(Outbox {
            waiting: unsigned(waiting),
            failing: unsigned(failing),
            oldest: oldest.map(Moment::from_unix_ms),
        })
    }

    async fn take_lease(&self, job: &str, holder: &str, at: Moment, until: Moment) -> Result<bool> {
        let (job, holder) = (job.to_owned(), holder.to_owned());
        run!(&self.writer, TAKE_LEASE, job.clone(), holder.clone(), until.unix_ms(), at.unix_ms())
            .map_err(unavailable)?;
        let found = rows!(
            &self.writer,
            "SELECT holder FROM lease WHERE job = $1 AND until = $2",
            job,
            until.unix_ms()
        )?;
        let held: Option<String> =
            found.first().map(|row| row.try_get(0)).transpose().map_err(unavailable)?;
        Ok(held.as_deref() == Some(holder.as_str()))
    }

    async fn rewrite(
        &self,
        school: SchoolId,
        pseudonym: Pseudonym,
        about: PersonId,
        actor: &Actor,
        at: Moment,
    ) -> Result<Rewritten> {
        let school_number = number(school)?;
        let mut transaction = self.writer.begin().await.map_err(unavailable)?;
        if let Some(lock) = self.lock {
            run!(&mut *transaction, lock, school_number).map_err(unavailable)?;
        }
        let (on, done) = (&mut transaction, Rewritten::default());
        let rewriting = Rewriting { on, school: school_number, pseudonym, done };
        let done = rewriting.run(journal::origin(school), (about, actor, at)).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(done)
    }

    async fn scour(&self) -> Result<()> {
        for statement in self.scour {
            run!(&self.writer, *statement,).map_err(unavailable)?;
        }
        Ok(())
    }

    fn file(&self) -> Option<PathBuf> {
        self.file.clone()
    }
}

pub(crate) fn row<R: sqlx::Row>(row: &R) -> Result<Row>
where
    usize: ColumnIndex<R>,
    for<'v> i64: Decode<'v, R::Database> + Type<R::Database>,
    for<'v> String: Decode<'v, R::Database> + Type<R::Database>,
{
    Ok(Row {
        id: unsigned(row.try_get::<i64, _>(0).map_err(unavailable)?),
        version: unsigned(row.try_get::<i64, _>(1).map_err(unavailable)?),
        body: row.try_get(2).map_err(unavailable)?,
    })
}

fn read_generation<R: sqlx::Row>(row: &R) -> Result<Generation>
where
    usize: ColumnIndex<R>,
    for<'v> String: Decode<'v, R::Database> + Type<R::Database>,
{
    let body: String = row.try_get(0).map_err(unavailable)?;
    serde_json::from_str(&body)
        .map_err(|error| StoreError::Unreadable { what: format!("a generation: {error}") })
}

pub(crate) fn digest<R: sqlx::Row>(row: &R, column: usize) -> Result<Digest>
where
    usize: ColumnIndex<R>,
    for<'v> Vec<u8>: Decode<'v, R::Database> + Type<R::Database>,
{
    let bytes: Vec<u8> = row.try_get(column).map_err(unavailable)?;
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_wrong| StoreError::Unreadable { what: "a link of the journal".into() })?;
    Ok(Digest::from_bytes(bytes))
}

/// SQL integers are signed; ids never use the top bit.
pub(crate) fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_large| StoreError::Unreadable { what: format!("number {number}") })
}

pub(crate) const fn unsigned(number: i64) -> u64 {
    number.unsigned_abs()
}

fn number(school: SchoolId) -> Result<i64> {
    signed(school.number())
}

/// A key that only one record may have is taken; anything else is the engine's own trouble.
fn taken(error: sqlx::Error, kind: Kind, key: &'static str) -> StoreError {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Taken { kind, key },
        _ => unavailable(error),
    }
}
