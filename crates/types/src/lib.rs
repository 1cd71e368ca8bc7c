//! The nouns every room shares, in forms that cannot be wrong.
//!
//! Owns: identifiers, digests, instants, host names, web addresses, roles, secrets and the clock trait.
//! Does not: read a clock, a file, an environment or a network; decide anything; know how a value is stored.
//!
//! A value of one of these types has already been checked. Text from outside is turned into them once, at the
//! border, and trusted from there on.

pub mod address;
pub mod calendar;
pub mod clock;
pub mod digest;
pub mod email;
pub mod hardware;
pub mod home;
pub mod host;
pub mod ids;
pub mod moment;
pub mod role;
pub mod url;

pub use secrecy::{ExposeSecret, SecretString};
