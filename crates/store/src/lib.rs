//! Where records are kept: the trait every engine answers, and the contract they are all held to.
//!
//! Owns: [`store::Store`], typed access through [`books::Books`], the journal's chain and its verification, and the
//! contract suite in [`contract`].
//! Does not: know SQL, or decide who may do what.
//!
//! Every record is one row with its body as canonical JSON, its version, and the keys it is found by; every version is
//! kept; every change is written with its journal entry in one transaction (`docs/adr/0002`).

pub mod books;
pub mod contract;
pub mod journal;
pub mod store;
pub mod verify;
