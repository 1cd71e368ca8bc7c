//! Who is behind an address.
//!
//! Owns: the table of sign-ins at devices, the lessons that are open, the devices the school knows, and what a browser is
//! told about the proxy (PAC).
//! Does not: check passwords, keep records, or wait for a database: it is filled by whoever did.

pub mod credentials;
pub mod neighbours;
pub mod pac;
pub mod table;
