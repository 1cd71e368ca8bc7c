//! One school's books with types: reading nouns, committing changes.

use std::sync::Arc;

use usher_records::change::{Actor, Change, Stored};
use usher_records::noun::Noun;
use usher_types::ids::{Id, Named, SchoolId};
use usher_types::moment::Moment;

use crate::store::{Result, Row, Store, StoreError};

/// One school's books.
#[derive(Debug, Clone)]
pub struct Books {
    store: Arc<dyn Store>,
    school: SchoolId,
}

impl Books {
    /// The books of `school` in `store`.
    pub fn new(store: Arc<dyn Store>, school: SchoolId) -> Self {
        Self { store, school }
    }

    /// Whose books.
    pub const fn school(&self) -> SchoolId {
        self.school
    }

    /// The store they are in.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// One record.
    ///
    /// # Errors
    /// When the store fails or the record cannot be read.
    pub async fn get<N: Noun, T: Named>(&self, id: Id<T>) -> Result<Option<Stored<N>>> {
        self.store.get(self.school, N::KIND, id.number()).await?.map(read).transpose()
    }

    /// Every record of a kind.
    ///
    /// # Errors
    /// As [`Books::get`].
    pub async fn all<N: Noun>(&self) -> Result<Vec<Stored<N>>> {
        self.store.list(self.school, N::KIND).await?.into_iter().map(read).collect()
    }

    /// Every record of a kind, without versions, for reading only.
    ///
    /// # Errors
    /// As [`Books::get`].
    pub async fn values<N: Noun>(&self) -> Result<Vec<N>> {
        Ok(self.all().await?.into_iter().map(|stored| stored.value).collect())
    }

    /// Records by one of their keys.
    ///
    /// # Errors
    /// As [`Books::get`].
    pub async fn find<N: Noun>(&self, key: &str, value: impl ToString + Send) -> Result<Vec<Stored<N>>> {
        let value = value.to_string();
        self.store.find(self.school, N::KIND, key, &value).await?.into_iter().map(read).collect()
    }

    /// The one record with a key that only one may have.
    ///
    /// # Errors
    /// As [`Books::get`].
    pub async fn find_one<N: Noun>(
        &self,
        key: &str,
        value: impl ToString + Send,
    ) -> Result<Option<Stored<N>>> {
        Ok(self.find(key, value).await?.into_iter().next())
    }

    /// Every form of one record that can be read, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forms<N: Noun, T: Named>(&self, id: Id<T>) -> Result<Vec<N>> {
        let mut rows = self.store.history(self.school, N::KIND, id.number()).await?;
        rows.reverse();
        Ok(rows.iter().filter_map(|row| serde_json::from_str(&row.body).ok()).collect())
    }

    /// Writes a change whole, or not at all.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn commit(&self, change: &Change, actor: &Actor, at: Moment) -> Result<u64> {
        self.store.commit(self.school, change, actor, at).await
    }
}

fn read<N: Noun>(row: Row) -> Result<Stored<N>> {
    let value = serde_json::from_str(&row.body)
        .map_err(|error| StoreError::Unreadable { what: format!("{:?} {}: {error}", N::KIND, row.id) })?;
    Ok(Stored { value, version: row.version })
}
