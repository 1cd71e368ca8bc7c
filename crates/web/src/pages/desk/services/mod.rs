//! The register of services that people sign in to with their own sign-in here (ACC-15): for whom, whose it is, when it is looked at
//! again, and who signed in.

mod edit;
mod index;
mod show;

use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::service::{Service, ServiceNoun};

use super::roll;
use crate::app::{App, AppFault};
use crate::routes::{DeskRoute, desk_route};

/// What those who keep the register have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::KeepServices;
    vec![
        desk_route("/services", act, get(index::show)),
        desk_route("/services/new", act, get(edit::new).post(edit::add)),
        desk_route("/services/{id}", act, get(show::show)),
        desk_route("/services/{id}/change", act, get(edit::old).post(edit::change)),
        desk_route("/services/{id}/secret", act, post(show::renew)),
        desk_route("/services/{id}/end", act, post(show::end)),
        desk_route("/services/{id}/take-up", act, post(show::take_up)),
    ]
}

async fn stored(app: &App, id: &str) -> Result<Stored<Service>, AppFault> {
    let id = roll::id::<ServiceNoun>(id)?;
    app.books.get::<Service, _>(id).await?.ok_or(AppFault::NotFound)
}
