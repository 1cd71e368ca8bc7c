//! What staff use in their own browser.

mod activity_reviews;
mod address;
mod agreements;
mod alerts;
mod around;
mod breaches;
mod cases;
mod clock;
mod conduct;
mod contacts;
mod equipment;
mod erasures;
mod examinations;
mod field;
mod health;
mod keeping;
mod laptops;
mod ledger;
mod lessons;
mod linked;
mod lists;
mod looks;
mod monitoring;
mod network_cards;
mod opening;
mod paper;
pub(in crate::pages) mod password;
mod people;
mod permissions;
mod policy;
pub(in crate::pages) mod private_use;
pub(in crate::pages) mod questions;
mod register;
mod report_site;
mod reports;
mod requests;
mod reviews;
mod roll;
mod rules;
mod scope;
mod sealed;
mod services;
mod settings;
mod sign_in;
mod signed;
mod signing;
mod standings;
mod today;
mod told;
mod unrestricted;

use axum::Router;
use axum::routing::{get, post};
use usher_policy::access::Act;

use crate::app::App;
use crate::routes::{DeskRoute, desk_route};

pub(crate) use around::navigation;

/// The desk's routes and the act each needs.
pub fn routes() -> Vec<DeskRoute> {
    [
        own(),
        lessons::routes(),
        requests::routes(),
        reports::routes(),
        people::routes(),
        equipment::routes(),
        register::routes(),
        unrestricted::routes(),
        agreements::routes(),
        alerts::routes(),
        lists::routes(),
        policy::routes(),
        report_site::routes(),
        looks::routes(),
        health::routes(),
        cases::routes(),
        ledger::routes(),
        permissions::routes(),
        contacts::routes(),
        signing::routes(),
        laptops::routes(),
        questions::routes(),
        reviews::routes(),
        linked::routes(),
        scope::routes(),
        conduct::routes(),
        private_use::routes(),
        network_cards::routes(),
        activity_reviews::routes(),
        examinations::routes(),
        erasures::routes(),
        services::routes(),
        keeping::routes(),
        settings::routes(),
        breaches::routes(),
        monitoring::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What everybody at the desk has.
fn own() -> Vec<DeskRoute> {
    vec![
        desk_route("/", Act::UseDesk, get(today::show)),
        desk_route("/told/{id}/seen", Act::UseDesk, post(told::seen)),
        desk_route("/stretch", Act::UseDesk, post(sign_in::stretch)),
        desk_route("/password", Act::ChangeOwnPassword, get(password::show).post(password::change)),
    ]
}

/// Routes of the desk for somebody who is not signed in.
pub(crate) fn open_routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
}
