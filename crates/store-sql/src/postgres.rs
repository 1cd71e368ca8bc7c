//! PostgreSQL: for a trust, or a school that already runs one.

use sqlx::Postgres;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{OpenFault, SqlStore, migrations};

const TABLES: [(i64, &str, &str); 1] = [(1, "books", include_str!("../migrations/postgres/0001_books.sql"))];

/// The tables are written anew without their old rows. The server's own log of writes is its operator's.
const SCOUR: [&str; 6] = [
    "VACUUM FULL blob",
    "VACUUM FULL record",
    "VACUUM FULL record_version",
    "VACUUM FULL record_key",
    "VACUUM FULL journal",
    "VACUUM FULL outbox",
];

/// Connections. A school's pages and jobs seldom need more at once.
const CONNECTIONS: u32 = 8;

/// Holds back other writers of the same school until this transaction ends, so that journal numbers have no gaps.
const LOCK: &str = "SELECT school FROM school WHERE school = $1 FOR UPDATE";

/// Opens the books in a database.
///
/// # Errors
/// When the URL is wrong, the server does not answer, or the tables cannot be brought up to date.
pub async fn open(url: &str) -> Result<SqlStore<Postgres>, OpenFault> {
    let place = without_password(url);
    let fault = |source| OpenFault::Engine { place: place.clone(), source };
    let options: PgConnectOptions = url.parse().map_err(fault)?;
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await.map_err(fault)?;
    migrations(&TABLES)
        .run(&pool)
        .await
        .map_err(|source| OpenFault::Migration { place: place.clone(), source })?;
    Ok(SqlStore { writer: pool.clone(), readers: pool, lock: Some(LOCK), file: None, scour: &SCOUR })
}

/// The URL as it may be shown: everything between `:` and `@` of the user part is gone.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres".to_owned() };
    match rest.rsplit_once('@') {
        Some((user, place)) => format!("{scheme}://{}@{place}", user.split(':').next().unwrap_or("")),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://usher:s3cret@db/usher"), "postgres://usher@db/usher");
        assert_eq!(without_password("postgres://usher:p@ss@db/usher"), "postgres://usher@db/usher");
        assert_eq!(without_password("postgres://db/usher"), "postgres://db/usher");
    }
}
