//! Category lists: those in use, entries that wait for a decision, the school's own edits, and where an address stands.

mod belief;
mod edits;
mod find;
mod index;
mod memberships;

use axum::routing::{get, post};
use usher_policy::access::Act;

pub(super) use self::index::undecided;
pub(super) use self::memberships::{sealings, stands};

use crate::routes::{DeskRoute, desk_route};

/// What those who look after lists have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::ManageLists;
    vec![
        desk_route("/lists", act, get(index::show)),
        desk_route("/lists/held", act, post(index::decide)),
        desk_route("/lists/sources/{id}/accept", act, post(belief::accept)),
        desk_route("/lists/edits", act, get(edits::show).post(edits::add)),
        desk_route("/lists/edits/{id}/remove", act, post(edits::remove)),
        desk_route("/lists/find", act, get(find::show)),
        desk_route("/lists/memberships", act, get(memberships::show)),
        desk_route("/lists/memberships/{category}", act, get(memberships::form).post(memberships::keep)),
    ]
}
