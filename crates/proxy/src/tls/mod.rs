//! TLS: reading hellos, speaking to sites, speaking to clients.

pub mod client;
pub mod fault;
pub mod hello;
pub mod peek;
pub mod pins;
pub mod revoked;
pub mod server;
mod stapled;
