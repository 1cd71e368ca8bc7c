//! The real program on the real disk: started, used, killed, started again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "these are tests, and time here is the machine's"
)]

mod cases;
mod commands;
mod crash;
mod device;
mod ledger;
mod paper;
mod policy;
mod probe;
mod rows;
mod running;
mod settings;
mod week;
