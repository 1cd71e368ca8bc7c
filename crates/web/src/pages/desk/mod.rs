//! What staff use in their own browser.

mod today;

use axum::Router;
use axum::routing::get;
use usher_policy::access::Act;

use crate::app::App;
use crate::routes::{DeskRoute, desk_route};

/// The desk's routes and the act each needs.
pub(crate) fn routes() -> Vec<DeskRoute> {
    vec![desk_route("/", Act::UseDesk, get(today::show))]
}

/// Routes of the desk for somebody who is not signed in.
pub(crate) fn open_routes() -> Router<App> {
    Router::new()
}
