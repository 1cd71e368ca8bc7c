//! The school's certificate authority.
//!
//! Owns: making the authority on first start, keeping its key encrypted, and minting the certificates inspected sites
//! and Usher's own pages are shown with.
//! Does not: decide what is inspected, or speak TLS.

pub mod authority;
pub mod leaf;
pub mod master;
pub mod token_key;
