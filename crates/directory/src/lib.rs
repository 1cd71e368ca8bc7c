//! Bringing people in, and checking who they are.
//!
//! Owns: reading rosters (OneRoster, CSV), hashing and checking passwords, signing in, and working out a person's
//! circumstances from the books.
//! Does not: show pages, or keep the session table: what it finds out it hands back.

pub mod books;
pub mod csv_roster;
pub mod import;
pub mod oneroster;
pub mod passphrase;
pub mod password;
pub mod sign_in;
pub mod tries;
