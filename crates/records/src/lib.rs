//! The school's books.
//!
//! Owns: the nouns a school keeps (people, classes, agreements, signatures, lessons, grants …) and the commands that
//! change them. A command is a pure function: what is known, what is asked and when go in; a [`change::Change`] or a
//! [`refusal::Refusal`] comes out.
//! Does not: store anything, check who may ask (that is `policy::access`), or read a clock.

pub mod account;
pub mod agreement;
pub mod alert;
pub mod change;
pub mod device;
pub mod disclosure;
pub mod equipment;
pub mod grant;
pub mod group;
pub mod held;
pub mod in_force;
pub mod lesson;
pub mod list_edit;
pub mod look;
pub mod noun;
pub mod password;
pub mod person;
pub mod picture;
pub mod policy_draft;
pub mod refusal;
pub mod register;
pub mod report;
pub mod request;
pub mod roster;
pub mod sanction;
pub mod school;
pub mod session;
pub mod settings;
pub mod signature;
pub mod standing;
pub mod told;
pub mod unrestricted;

pub mod case;
pub mod reading;
