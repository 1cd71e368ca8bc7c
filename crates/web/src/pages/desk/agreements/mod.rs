//! Agreements: who signed which version, when and how; who has still to; on screen, on paper and as a table.

pub(super) mod drafts;
mod index;
mod outstanding;
mod posters;
pub(super) mod read;
mod register;
mod sent;
mod signature;
mod translations;
pub(super) mod version;

use axum::routing::{get, post};
use usher_policy::access::Act;

use crate::routes::{DeskRoute, desk_route};

/// What those who see signatures have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let see = Act::SeeSignatures;
    let mut routes = vec![
        desk_route("/agreements", see, get(index::show)),
        desk_route("/agreements/outstanding", see, get(outstanding::show)),
        desk_route("/agreements/outstanding.pdf", see, get(outstanding::print)),
        desk_route("/agreements/register", see, get(register::show)),
        desk_route("/agreements/register.csv", see, get(register::csv)),
        desk_route("/agreements/register.pdf", see, get(register::print)),
        desk_route("/agreements/signature/{id}", see, get(signature::show)),
        desk_route("/agreements/version/{id}", see, get(version::show)),
    ];
    let wall = Act::UseDesk;
    routes.push(desk_route("/agreements/posters", wall, get(posters::show).post(posters::note)));
    routes.push(desk_route("/agreements/posters/{key}/poster.pdf", wall, get(posters::print)));
    routes.push(desk_route("/agreements/version/{id}/paper.pdf", see, get(version::print)));
    routes.extend(drafts::routes());
    routes.extend(translations::routes());
    routes.push(desk_route("/agreements/sent", see, get(sent::show)));
    routes.push(desk_route("/agreements/sent/paper.pdf", Act::EnterPaper, get(sent::sheets)));
    routes.push(desk_route("/agreements/sent/print", Act::EnterPaper, post(sent::print)));
    routes.push(desk_route("/agreements/sent/given", Act::EnterPaper, post(sent::given)));
    routes
}
