//! Signing with others: slips on paper and their scans (AGR-07, AGR-09), a class on one device (AGR-04), reminders and
//! certificates.

mod certificate;
mod entry;
mod paper;
mod remind;
mod scans;
mod slips;
mod together;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::Act;

use crate::routes::{DeskRoute, desk_route};

pub(super) use self::certificate::in_place;
pub(super) use self::remind::last as last_reminder;

/// What those who enter paper, see signatures and run lessons have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (enter, see, run) = (Act::EnterPaper, Act::SeeSignatures, Act::RunLessons);
    let upload = post(scans::upload).layer(DefaultBodyLimit::max(scans::LARGEST_FORM));
    vec![
        desk_route("/agreements/slips", enter, get(slips::index).post(slips::print)),
        desk_route("/agreements/slips/{group}/slips.pdf", enter, get(slips::pdf)),
        desk_route("/agreements/paper", enter, get(paper::show).post(paper::find)),
        desk_route("/agreements/paper/scans", enter, upload),
        desk_route("/agreements/paper/{slip}", enter, get(entry::show).post(entry::enter)),
        desk_route("/agreements/paper/{slip}/picture/{place}", see, get(scans::picture)),
        desk_route("/agreements/remind", enter, post(remind::send)),
        desk_route("/agreements/signature/{id}/certificate.pdf", see, get(certificate::print)),
        desk_route("/together", run, get(together::index)),
        desk_route("/together/{group}", run, get(together::show).post(together::open)),
        desk_route("/together/{group}/end", run, post(together::end)),
    ]
}
