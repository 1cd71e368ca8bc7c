//! TLS: reading hellos, speaking to sites, speaking to clients.

pub mod client;
pub mod fault;
pub mod hello;
pub mod peek;
pub mod server;
