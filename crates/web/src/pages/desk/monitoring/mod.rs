//! The monitoring plan (FM-45, FM-44, UM-19) and what is seen of which device (FM-17, UM-06, UM-08): the page, its paper and table,
//! and the forms that change it.

mod answer;
mod index;
mod off_site;
pub(super) mod seen;
pub(super) mod terms;
mod watch;

use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_records::account::Account;
use usher_records::change::Stored;
use usher_records::device::Device;
use usher_records::group::Group;
use usher_records::monitoring::{Hand, Place, Plan};
use usher_reports::monitoring::Teller;
use usher_types::role::PersonKind;

use super::clock::Clock;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};

/// Where the plan is.
const ADDRESS: &str = "/monitoring";

/// Kinds of people that are in school besides pupils, who are there by their year.
const KINDS: [PersonKind; 7] = [
    PersonKind::Staff,
    PersonKind::Supply,
    PersonKind::Student,
    PersonKind::Volunteer,
    PersonKind::Contractor,
    PersonKind::Governor,
    PersonKind::Visitor,
];

/// Whoever sees the settings reads it; the head and the safeguarding lead change it; whoever keeps the network says which
/// addresses its tunnel has.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/monitoring", Act::SeeSettings, get(index::show)),
        desk_route("/monitoring/pdf", Act::SeeSettings, get(index::print)),
        desk_route("/monitoring/csv", Act::SeeSettings, get(index::csv)),
        desk_route("/monitoring/watch", Act::KeepMonitoring, get(watch::form).post(watch::keep)),
        desk_route("/monitoring/leave-out", Act::KeepMonitoring, post(watch::leave_out)),
        desk_route("/monitoring/limits/{limit}", Act::KeepMonitoring, get(answer::form).post(answer::keep)),
        desk_route("/monitoring/terms", Act::SeeSettings, get(terms::show)),
        desk_route("/monitoring/terms/new", Act::KeepMonitoring, get(terms::form).post(terms::keep)),
        desk_route("/monitoring/off-site", Act::KeepNetwork, get(off_site::form).post(off_site::keep)),
    ]
}

/// The plan, once somebody began it.
async fn stored(app: &App) -> Result<Option<Stored<Plan>>, AppFault> {
    Ok(app.books.find_one::<Plan>("plan", "school").await?)
}

fn hand(app: &App, desk: &AtDesk) -> Hand {
    Hand { by: desk.person.id, at: desk.at, fresh: app.new_id() }
}

/// What the books know: classes in use, and the rooms and groups of people a plan may speak of.
struct Books {
    groups: Vec<Group>,
    devices: Vec<Device>,
    accounts: Vec<Account>,
}

impl Books {
    async fn of(app: &App) -> Result<Self, AppFault> {
        let mut groups = app.books.values::<Group>().await?;
        groups.sort_by_key(|group| (group.year.is_none(), group.year, group.name.clone()));
        let (devices, accounts) = (app.books.values().await?, app.books.values().await?);
        Ok(Self { groups, devices, accounts })
    }

    /// Rooms, years and kinds of people: a plan that speaks of these has left nobody out.
    fn places(&self) -> Vec<Place> {
        let classes = || self.groups.iter().filter(|group| group.current);
        let rooms = classes().filter_map(|group| group.room.as_ref());
        let rooms = rooms.chain(self.devices.iter().filter_map(|device| device.room.as_ref()));
        let mut places: Vec<Place> = rooms.map(|room| Place::Room(room.clone())).collect();
        places.extend(classes().filter_map(|group| group.year).map(Place::Year));
        places.extend(KINDS.map(Place::Kind));
        places.sort();
        places.dedup();
        places
    }

    /// The same and every class, for a plan that says more.
    fn all_places(&self) -> Vec<Place> {
        let classes = self.groups.iter().filter(|group| group.current).map(|group| Place::Class(group.id));
        let mut places = self.places();
        places.extend(classes);
        places.sort();
        places
    }

    fn teller<'a>(&'a self, app: &'a App, desk: &'a AtDesk) -> Teller<'a> {
        Teller {
            words: &app.words,
            zone: &desk.school.zone,
            today: Clock::at(desk).today(),
            groups: &self.groups,
            accounts: &self.accounts,
        }
    }
}

/// A place as addresses and forms have it: its canonical JSON, which no name of a room can break out of.
fn written(place: &Place) -> String {
    serde_json::to_string(place).unwrap_or_default()
}

fn read(text: &str) -> Result<Place, AppFault> {
    serde_json::from_str(text).map_err(|_odd| AppFault::NotFound)
}

/// The answers whose day is past, by how many; the first day.
pub(super) async fn overdue(
    app: &App,
    desk: &AtDesk,
) -> Result<Option<(usize, jiff::civil::Date)>, AppFault> {
    let Some(plan) = stored(app).await? else { return Ok(None) };
    let late = plan.value.overdue(Clock::at(desk).today());
    Ok(late.first().map(|first| (late.len(), first.again)))
}
