//! Reaching sites: names to addresses, addresses to connections, connections kept for the next request.

pub(crate) mod channel;
pub(crate) mod pool;
pub mod resolve;
