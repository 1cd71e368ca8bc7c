//! Requests to open a page, and the pages that are open because of them.

mod answer;
mod grants;
mod index;
mod rate;
mod second;

pub(super) use self::answer::readable;
use axum::routing::{get, post};
use usher_policy::access::Act;

use crate::routes::{DeskRoute, desk_route};

/// What whoever answers requests has.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::SeeRequests;
    vec![
        desk_route("/requests", act, get(index::show)),
        desk_route("/requests/rate", act, get(rate::show)),
        desk_route("/requests/{id}", act, get(answer::show).post(answer::answer)),
        desk_route("/grants", act, get(grants::show)),
        desk_route("/grants/{id}/end", act, post(grants::end)),
    ]
}
