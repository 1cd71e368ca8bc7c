//! Trying to walk around the filter, as a pupil would: real bytes through the gateway from a device, case by case.
//!
//! Owns: the tricks (`cases`), sending them, and saying of each whether it was held, is a hole, or could not be tried.
//! Does not: know how the gateway works inside, or share its readers: who shares a reader shares its mistakes. What it
//! knows of Usher is the one header field by which the gateway's own answers are told from a site's (RFC 9209).

mod answer;
pub mod case;
mod cases;
mod hello;
pub mod judge;
pub mod notice;
pub mod report;
mod rows;
pub mod run;
pub mod send;
pub mod sites;
mod tls;
