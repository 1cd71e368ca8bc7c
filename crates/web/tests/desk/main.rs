//! The desk from outside: requests in, pages out, over real books.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod alerts;
mod breaches;
mod cases;
mod cases_kept_apart;
mod cases_safeguarding;
mod drafts;
mod erasures;
mod keeping;
mod laptops;
mod ledger;
mod lessons;
mod lists;
mod looking;
mod monitoring;
mod network_cards;
mod papers;
mod people;
mod permissions;
mod policy;
mod register;
mod report_site;
mod rig;
mod routes;
mod sealed;
mod seconds;
mod sent;
mod services;
mod settings;
mod spot_checks;
mod ways;
