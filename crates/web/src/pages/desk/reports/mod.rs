//! The weekly report: those that were issued, one of them, and what one of today would say.

mod index;
mod show;
mod view;

use axum::routing::get;
use usher_policy::access::Act;

use crate::routes::{DeskRoute, desk_route};

/// What readers of the weekly report have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::ReadWeeklyReport;
    vec![
        desk_route("/reports", act, get(index::show)),
        desk_route("/reports/preview", act, get(show::preview)),
        // Those one went to because nobody opened it may read it: asked where the report is known.
        desk_route("/reports/{id}", Act::UseDesk, get(show::show)),
        desk_route("/reports/{id}/pdf", Act::UseDesk, get(show::print)),
    ]
}
