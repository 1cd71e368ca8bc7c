//! What tests are made of: small category lists, snapshots, people, facts and events. Never part of the product.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up should stop")]
#![allow(clippy::missing_panics_doc, reason = "everything here may panic")]

pub mod events;
pub mod facts;
pub mod lists;
pub mod school;
pub mod sink;
pub mod snapshot;
