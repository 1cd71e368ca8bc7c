//! A busy school week: who signs in where, what they ask for, and the player that asks for it through a gateway.
//!
//! Owns: the plan (pure: the same school, week and seed give the same acts), the stage a server offers the player, and
//! what came of each request.
//! Does not: know the gateway. What it knows of it is an address to connect to and a certificate to trust.

pub mod act;
mod browser;
mod client;
mod line;
pub mod plan;
pub mod player;
mod searches;
mod staff;
pub mod stage;
pub mod tally;
mod timetable;
