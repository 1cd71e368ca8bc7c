//! The tables that come with the program and that decisions rest on, beside what a generation is made of: services that show
//! pages of others, sites that are not decrypted, searching safely, the categories.

use usher_lists::category;
use usher_scan::{safe, wrapper};
use usher_types::digest::{Digest, Hasher};

use crate::kept;

/// What names the tables of this build: another build may decide otherwise with the same generation.
pub fn digest() -> Digest {
    [wrapper::BUILT_IN, kept::BUILT_IN, safe::BUILT_IN, category::BUILT_IN]
        .into_iter()
        .fold(Hasher::new().part(b"usher tables 1"), |hasher, table| hasher.part(table.as_bytes()))
        .finish()
}
