//! Putting other words in the place of what was written of somebody (`docs/adr/0030`): one transaction over every table.

use std::collections::BTreeMap;

use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row as _, Transaction, Type};
use usher_records::change::Actor;
use usher_records::erasure::Rewritten;
use usher_records::erasure::pseudonym::Pseudonym;
use usher_records::noun::{IndexKey, Kind};
use usher_records::{any, change::Mail};
use usher_store::journal::{self, Replaced, ReplacedLine};
use usher_store::store::{Result, Row, StoreError};
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::moment::Moment;

use crate::books::{
    BLOB, DROP_KEYS, JOURNAL, LAST_LINK, LIST, PUT_BLOB, PUT_JOURNAL, PUT_KEY, REMOVE_BLOB, digest, row,
    rows, run, signed, unsigned,
};
use crate::unavailable;

const VERSIONS: &str =
    "SELECT id, version, body FROM record_version WHERE school = $1 AND kind = $2 ORDER BY id, version";
const SET_VERSION: &str = "UPDATE record_version SET id = $1, body = $2 \
    WHERE school = $3 AND kind = $4 AND id = $5 AND version = $6";
const SET_RECORD: &str = "UPDATE record SET id = $1, body = $2 WHERE school = $3 AND kind = $4 AND id = $5";
const SET_LINE: &str = "UPDATE journal SET line = $1 WHERE school = $2 AND number = $3";
const MAILS: &str = "SELECT number, mail, COALESCE(sent_at, 0) FROM outbox WHERE school = $1";
const SET_MAIL: &str = "UPDATE outbox SET mail = $1, fault = NULL WHERE school = $2 AND number = $3";
const BLOBS: &str = "SELECT digest FROM blob WHERE school = $1";
const GENERATIONS: &str = "SELECT body FROM generation WHERE school = $1";

/// Lines of the journal read at a time.
const PAGE: i64 = 1_000;

/// The digests versions of records have now.
type Versions = BTreeMap<(Kind, u64, u64), Digest>;

/// One rewriting of a school's books.
pub(crate) struct Rewriting<'t, 'c, DB: Database> {
    pub(crate) on: &'t mut Transaction<'c, DB>,
    pub(crate) school: i64,
    pub(crate) pseudonym: Pseudonym,
    pub(crate) done: Rewritten,
}

impl<DB: Database> Rewriting<'_, '_, DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'v> i64: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    for<'v> String: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    for<'v> Vec<u8>: Encode<'v, DB> + Decode<'v, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    /// Rewrites, and writes the journal entry that vouches for it.
    pub(crate) async fn run(
        mut self,
        origin: Digest,
        (about, actor, at): (PersonId, &Actor, Moment),
    ) -> Result<Rewritten> {
        let versions = self.versions().await?;
        for kind in Kind::ALL {
            self.standing(kind).await?;
        }
        let lines = self.lines(&versions, origin).await?;
        self.mails().await?;
        self.texts().await?;
        self.done.lines = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let replaced = Replaced { lines, done: self.done };
        let list = self.put(replaced.text()?.into_bytes()).await?;
        let last = rows!(&mut **self.on, LAST_LINK, self.school)?;
        let before = match last.first() {
            Some(row) => (unsigned(row.try_get::<i64, _>(0).map_err(unavailable)?), digest(row, 1)?),
            None => (0, origin),
        };
        let entry = journal::vouching(before, list, about, actor, at);
        let (number, link) = (signed(entry.number)?, entry.link.as_bytes().to_vec());
        run!(&mut **self.on, PUT_JOURNAL, self.school, number, entry.line, link).map_err(unavailable)?;
        Ok(self.done)
    }

    async fn put(&mut self, bytes: Vec<u8>) -> Result<Digest> {
        let digest = Digest::of(&bytes);
        run!(&mut **self.on, PUT_BLOB, self.school, digest.as_bytes().to_vec(), bytes)
            .map_err(unavailable)?;
        Ok(digest)
    }

    /// Texts beside the records are left as they are: what still names them there is counted. What generations are made of is
    /// the school's policy and lists, and is not looked into.
    async fn texts(&mut self) -> Result<()> {
        let mut parts = String::new();
        for row in rows!(&mut **self.on, GENERATIONS, self.school)? {
            parts.push_str(&row.try_get::<String, _>(0).map_err(unavailable)?);
        }
        for row in rows!(&mut **self.on, BLOBS, self.school)? {
            let key = digest(&row, 0)?;
            if parts.contains(&key.to_string()) {
                continue;
            }
            let found = rows!(&mut **self.on, BLOB, self.school, key.as_bytes().to_vec())?;
            let Some(row) = found.first() else { continue };
            let bytes: Vec<u8> = row.try_get(0).map_err(unavailable)?;
            match String::from_utf8(bytes) {
                Ok(text) => self.done.left += u64::from(self.pseudonym.is_named_in(&text)),
                Err(_binary) => self.done.unread += 1,
            }
        }
        Ok(())
    }

    /// What stands in a body's place, read again: a record that could be read must not become one that cannot.
    fn instead(&mut self, kind: Kind, before: &Row) -> Result<Option<(u64, String)>> {
        let unreadable = || StoreError::Unreadable {
            what: format!("version {} of {kind:?} {}", before.version, before.id),
        };
        let next = self.pseudonym.record(kind, before.id, &before.body).map_err(|_odd| unreadable())?;
        let body = next.as_ref().map_or(before.body.as_str(), |(_, body)| body.as_str());
        self.done.left += u64::from(self.pseudonym.is_named_in(body));
        let Some((id, body)) = next else { return Ok(None) };
        let fits = any::read(kind, &body).is_ok_and(|read| read.number == id);
        if !fits && any::read(kind, &before.body).is_ok() {
            return Err(unreadable());
        }
        Ok(Some((id, body)))
    }

    async fn versions(&mut self) -> Result<Versions> {
        let mut versions = Versions::new();
        for kind in Kind::ALL {
            let name = kind.name().to_owned();
            for found in rows!(&mut **self.on, VERSIONS, self.school, name.clone())? {
                let before = row(&found)?;
                let Some((id, body)) = self.instead(kind, &before)? else { continue };
                versions.insert((kind, before.id, before.version), Digest::of(body.as_bytes()));
                let (now, old, version) = (signed(id)?, signed(before.id)?, signed(before.version)?);
                run!(&mut **self.on, SET_VERSION, now, body, self.school, name.clone(), old, version)
                    .map_err(unavailable)?;
                self.done.versions += 1;
            }
        }
        Ok(versions)
    }

    /// What stands now, with its keys.
    async fn standing(&mut self, kind: Kind) -> Result<()> {
        let name = kind.name().to_owned();
        for found in rows!(&mut **self.on, LIST, self.school, name.clone())? {
            let before = row(&found)?;
            let left = self.done.left;
            let next = self.instead(kind, &before)?;
            // It is one of the versions that were counted.
            self.done.left = left;
            let Some((id, body)) = next else { continue };
            let keys = any::read(kind, &body).map(|read| read.keys).unwrap_or_default();
            let (now, old) = (signed(id)?, signed(before.id)?);
            run!(&mut **self.on, DROP_KEYS, self.school, name.clone(), old).map_err(unavailable)?;
            run!(&mut **self.on, SET_RECORD, now, body, self.school, name.clone(), old)
                .map_err(unavailable)?;
            for IndexKey { name: key, value, unique } in keys {
                let sole = i64::from(unique);
                run!(&mut **self.on, PUT_KEY, self.school, name.clone(), key.to_owned(), value, now, sole)
                    .map_err(unavailable)?;
            }
        }
        Ok(())
    }

    /// The lines that are others now. Links stay.
    async fn lines(&mut self, versions: &Versions, origin: Digest) -> Result<Vec<ReplacedLine>> {
        let (mut replaced, mut after, mut link) = (Vec::new(), 0_i64, origin);
        let at = |kind, id, version| versions.get(&(kind, id, version)).copied();
        loop {
            let page = rows!(&mut **self.on, JOURNAL, self.school, after, PAGE)?;
            if page.is_empty() {
                return Ok(replaced);
            }
            for found in page {
                after = found.try_get(0).map_err(unavailable)?;
                let text: String = found.try_get(1).map_err(unavailable)?;
                let before = std::mem::replace(&mut link, digest(&found, 2)?);
                let unreadable = || StoreError::Unreadable { what: format!("entry {after} of the journal") };
                let line = serde_json::from_str(&text).map_err(|_odd| unreadable())?;
                let next = self.pseudonym.line(&line, &at);
                let Some(line) = next else {
                    self.done.left += u64::from(self.pseudonym.is_named_in(&text));
                    continue;
                };
                let line = serde_json::to_string(&line).map_err(|_odd| unreadable())?;
                self.done.left += u64::from(self.pseudonym.is_named_in(&line));
                let stands = Digest::of(line.as_bytes());
                replaced.push(ReplacedLine { entry: unsigned(after), line: stands, before, after: link });
                run!(&mut **self.on, SET_LINE, line, self.school, after).map_err(unavailable)?;
            }
        }
    }

    async fn mails(&mut self) -> Result<()> {
        for found in rows!(&mut **self.on, MAILS, self.school)? {
            let number: i64 = found.try_get(0).map_err(unavailable)?;
            let mail: String = found.try_get(1).map_err(unavailable)?;
            let sent: i64 = found.try_get(2).map_err(unavailable)?;
            let unreadable = |_odd| StoreError::Unreadable { what: format!("mail {number} of the outbox") };
            if sent != 0 {
                self.paper(&serde_json::from_str(&mail).map_err(unreadable)?).await?;
            }
            let next = self.pseudonym.mail(&mail).map_err(unreadable)?;
            self.done.left += u64::from(self.pseudonym.is_named_in(next.as_deref().unwrap_or(&mail)));
            let Some(next) = next else { continue };
            serde_json::from_str::<Mail>(&next).map_err(unreadable)?;
            run!(&mut **self.on, SET_MAIL, next, self.school, number).map_err(unavailable)?;
            self.done.mails += 1;
            self.done.sent += u64::from(sent != 0);
        }
        Ok(())
    }

    /// What was sent with a mail, where it named them: its reader has it, and it is made again from its figures.
    async fn paper(&mut self, mail: &Mail) -> Result<()> {
        let Some((_, paper)) = mail.attachment.as_ref().filter(|(name, _)| self.pseudonym.is_in_paper(name))
        else {
            return Ok(());
        };
        run!(&mut **self.on, REMOVE_BLOB, self.school, paper.as_bytes().to_vec()).map_err(unavailable)?;
        Ok(())
    }
}
