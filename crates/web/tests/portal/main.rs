//! The portal from outside: devices that ask, pages that answer, over real books.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod agreements;
mod conduct;
mod device;
mod disclosed;
mod doors;
mod in_care;
mod languages;
mod paper;
mod policy;
mod private_use;
mod references;
#[path = "../desk/rig.rs"]
mod rig;
mod services;
mod signing;
mod signing_in;
mod telling;
mod together;
