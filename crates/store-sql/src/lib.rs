//! The books in SQL: SQLite embedded, or PostgreSQL by its URL.
//!
//! Owns: the statements, which are the same for both; the migrations and connections, which are not.
//! Does not: know what a record means.
//!
//! One implementation, generic over the engine: each statement is written once and run on both by the contract suite
//! (`docs/adr/0003`).

mod books;
pub mod postgres;
mod rewrite;
pub mod sqlite;

pub use books::SqlStore;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use usher_store::store::StoreError;

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenFault {
    /// The engine refused.
    #[error("cannot open the store at {place}")]
    Engine {
        /// The file, or the URL without its password.
        place: String,
        /// Its words.
        #[source]
        source: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("cannot bring the store at {place} up to date")]
    Migration {
        /// The file, or the URL without its password.
        place: String,
        /// Its words.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
}

/// The tables, brought up to date by these files in order. A file that was carried out is never edited; a new one
/// follows it.
fn migrations(files: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, what, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, what.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(files.iter().map(migration).collect())
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
