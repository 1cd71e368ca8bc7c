//! The gateway from outside: real connections on one side, real sites on the other, and exactly one event for each
//! request. [`rig`] holds what all tests share, and checks every event it collected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]
#![allow(clippy::indexing_slicing, reason = "these are tests")]

mod carried;
mod client;
mod events;
mod origin;
mod rig;
mod trust;

mod addresses;
mod calls;
mod certificates;
mod credentials;
mod flow;
mod generations;
mod hellos;
mod icap;
mod inside;
mod leaving;
mod malformed;
mod methods;
mod pinned;
mod recording;
mod relayed;
mod resumption;
mod revoked;
mod safe;
mod scanned;
mod sites;
mod squid;
mod threads;
mod ways;
mod websockets;
