//! The events of a trust on a server: the suite of every engine, and what breaks off on the way there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "these are tests"
)]

#[path = "../../../activity/tests/store/contract.rs"]
mod contract;
#[path = "../../../activity/tests/store/engine.rs"]
mod engine;
#[expect(dead_code, reason = "what of it is about files is not used here")]
#[path = "../../../activity/tests/store/play.rs"]
mod play;

mod link;
mod links;
mod measure;
mod server;
mod shipping;
mod suite;
