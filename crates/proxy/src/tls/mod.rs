//! TLS: reading hellos, speaking to sites, speaking to clients.

pub mod client;
pub mod fault;
pub mod hello;
pub mod peek;
pub(crate) mod pins;
pub mod server;
