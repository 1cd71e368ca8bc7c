//! SQLite: one file, nothing else to run.

use std::path::Path;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{OpenFault, SqlStore, migrations};

const TABLES: [(i64, &str, &str); 1] = [(1, "books", include_str!("../migrations/sqlite/0001_books.sql"))];

/// The file is written anew without its old pages, and what is in the log beside it goes into it.
const SCOUR: [&str; 2] = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"];

/// Readers beside the one writer. Pages read; two cores seldom need more.
const READERS: u32 = 4;
/// How long a statement waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// Opens, or makes, the books in a file.
///
/// # Errors
/// When the file cannot be opened, is no database, or cannot be brought up to date.
pub async fn open(file: &Path) -> Result<SqlStore<Sqlite>, OpenFault> {
    let place = file.display().to_string();
    let fault = |source| OpenFault::Engine { place: place.clone(), source };
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A journal entry that was answered for must survive the power going.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY);
    let writer =
        SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.map_err(fault)?;
    migrations(&TABLES)
        .run(&writer)
        .await
        .map_err(|source| OpenFault::Migration { place: place.clone(), source })?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options.read_only(true))
        .await
        .map_err(fault)?;
    // One writer connection is lock enough: two writers never meet.
    Ok(SqlStore { writer, readers, lock: None, file: Some(file.to_owned()), scour: &SCOUR })
}
