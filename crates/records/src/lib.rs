//! The school's books.
//!
//! Owns: the nouns a school keeps (people, classes, agreements, signatures, lessons, grants …) and the commands that
//! change them. A command is a pure function: what is known, what is asked and when go in; a [`change::Change`] or a
//! [`refusal::Refusal`] comes out.
//! Does not: store anything, check who may ask (that is `policy::access`), or read a clock.

pub mod account;
pub mod activity_review;
pub mod agreement;
pub mod agreement_diff;
pub mod agreement_draft;
pub mod agreement_edit;
pub mod alert;
pub mod answering;
pub mod any;
pub mod change;
pub mod code;
pub mod contact;
pub mod device;
pub mod disclosure;
pub mod equipment;
pub mod erasure;
pub mod examination;
pub mod grant;
pub mod group;
pub mod held;
pub mod in_force;
pub mod issued;
pub mod lending;
pub mod lesson;
pub mod linked_policy;
pub mod list_belief;
pub mod list_edit;
pub mod look;
pub mod membership;
pub mod monitoring;
pub mod noun;
pub mod off_site;
pub mod parents_place;
pub mod password;
pub mod permission;
pub mod person;
pub mod picture;
pub mod policy_draft;
pub mod poster;
pub mod question;
pub mod refusal;
pub mod register;
pub mod reminder;
pub mod report;
pub mod request;
pub mod review;
pub mod roster;
pub mod sanction;
pub mod school;
pub mod scope;
pub mod sealed;
pub mod session;
pub mod settings;
pub mod sign_off;
pub mod signature;
pub mod slip;
pub mod spot_check;
pub mod standing;
pub mod term_change;
pub mod together;
pub mod told;
pub mod unrestricted;

pub mod case;
pub mod reading;
pub mod rules_sent;
pub mod translation;

pub mod breach;
pub mod keeping;
pub mod network_card;
pub mod private_use;

pub mod service;
pub mod wording;
