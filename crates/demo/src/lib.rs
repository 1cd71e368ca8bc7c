//! The demonstration: an invented school, the web it visits, and a busy week of its traffic.
//!
//! Owns: Rowan Hill Primary (people, classes, devices, sign-ins, terms), about thirty local web sites under `.example`,
//! and the plan and the player of a school week. All of it comes from a seed: the same seed gives the same bytes.
//! Does not: start Usher, decide anything, or reach beyond this machine. Nothing and nobody in it is real.

pub mod play;
pub mod random;
pub mod school;
pub mod sites;
pub mod trust;
pub mod websocket;
