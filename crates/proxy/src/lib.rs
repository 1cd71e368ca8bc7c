//! The web gateway: an explicit proxy that judges every request, reads what it may, and records everything once.
//!
//! Owns: listening, reading requests strictly, peeking at TLS, inspecting or splicing tunnels, forwarding with
//! back-pressure, and exactly one event per request.
//! Does not: decide (that is `usher_policy`), wait for a database, or make pages (see [`pages::Pages`]).
//!
//! ```text
//! listener ─ guard ─ hyper ─► serve ─ target ─ identify ─ facts ─ decide ─┬─ page
//!                               │                                         ├─ own pages
//!                            CONNECT                                      └─ leaving ─ upstream ─ answer ─ watched body ─ event
//!                               └─► tunnel ─ peek ─ decide ─┬─ splice
//!                                                           ├─ inspect ─ hyper ─► serve …
//!                                                           └─ terminate
//! ```

mod adjust;
mod answer;
pub mod body;
mod case;
mod coming;
pub mod dates;
mod forward;
pub mod gateway;
pub mod guard;
mod headers;
pub mod icap;
mod identify;
mod inside;
mod leaving;
pub mod limits;
pub mod listener;
pub mod pages;
mod reach;
mod record;
mod relayed;
mod serve;
mod shares;
mod splice;
pub mod target;
pub mod tls;
mod tunnel;
pub mod upstream;
mod watched;
mod websocket;
