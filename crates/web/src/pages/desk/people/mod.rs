//! People: finding somebody, who they are and what opens for them, their account, their activity behind a reason, and
//! bringing people in.

mod activity;
mod circumstances;
mod import;
mod index;
mod manage;
mod parents_place;
mod show;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::{Act, Who, may_look_at};
use usher_records::change::Stored;
use usher_records::person::Person;
use usher_types::ids;

pub(super) use self::index::percent;

use super::roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};

/// What whoever sees, manages or looks at people has.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (see, manage, look) = (Act::SeePeople, Act::ManagePeople, Act::LookAtActivity);
    let answer = Act::AnswerForChild;
    let upload = post(import::upload).layer(DefaultBodyLimit::max(import::LARGEST_BYTES));
    vec![
        desk_route("/people", see, get(index::show)),
        desk_route("/people/import", manage, get(import::show)),
        desk_route("/people/import/plan", manage, upload),
        desk_route("/people/import/plan/{number}", manage, post(import::carry_out)),
        desk_route("/people/import/issued/{number}", manage, get(import::issued)),
        desk_route("/people/{id}", see, get(show::show)),
        desk_route("/people/{id}/password", manage, post(manage::password)),
        desk_route("/people/{id}/password/{number}", manage, get(manage::issued)),
        desk_route("/people/{id}/account", manage, post(manage::account)),
        desk_route("/people/{id}/roles", manage, post(manage::roles)),
        desk_route("/people/{id}/leave", manage, post(manage::leave)),
        desk_route("/people/{id}/parents-place", answer, get(parents_place::show).post(parents_place::give)),
        desk_route("/people/{id}/parents-place/end", answer, post(parents_place::end)),
        desk_route("/people/{id}/activity", look, get(activity::show).post(activity::look)),
        desk_route("/people/{id}/activity.csv", look, get(activity::csv)),
        desk_route("/people/{id}/activity.pdf", look, get(activity::print)),
    ]
}

/// Somebody, by the id in an address.
pub(super) async fn find(app: &App, id: &str) -> Result<Stored<Person>, AppFault> {
    app.books.get::<Person, _>(roll::id::<ids::Person>(id)?).await?.ok_or(AppFault::NotFound)
}

/// Whether the page of somebody's activity opens to this reader: by the table of rights, and by the school, which may
/// want fewer readers than the table allows.
pub(super) fn may_look(desk: &AtDesk, person: &Person) -> bool {
    may_look_at(&desk.who(), &Who::of(person)).is_ok()
        && desk.person.roles.has_any(&desk.school.settings.reports.activity_seen_by)
}
