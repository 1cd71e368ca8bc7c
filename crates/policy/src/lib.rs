//! The decision.
//!
//! Owns: the policy document a school signs, the immutable [`snapshot::Snapshot`] built from it, the
//! [`facts`] a decision may see, the order of judgement, the [`decision::Decision`] with its reasons, its explanation,
//! and the table of who may do what ([`access`]).
//! Does not: read a clock, a file, a database or a socket; log; wait; fail. What cannot be judged is a decision with a
//! reason.

pub mod access;
pub mod accuracy;
pub mod alarm;
pub mod amend;
pub mod answering;
pub mod broken;
pub mod check;
pub mod coverage;
pub mod decide;
pub mod decision;
pub mod diff;
pub mod document;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod generation;
pub mod holdings;
pub mod kept;
pub mod ledger;
pub mod live;
pub mod must;
pub mod network_card;
pub mod outline;
pub mod permission;
pub mod presence;
pub mod private_use;
pub mod probe;
pub mod profile;
pub mod questions;
pub mod replay;
pub mod routing;
pub mod service;
pub mod settings;
pub mod snapshot;
pub mod tables;
pub mod verdict;
