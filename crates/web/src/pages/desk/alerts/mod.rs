//! Alerts: those this person is told of, one of them with its events, taking it up, closing it, drills, and how often
//! each rule was right (MON-08, MON-14, WEB-17, FM-48, FM-50, UM-04).

mod accuracy;
mod answer;
mod happened;
mod show;
mod spot_checks;

use std::sync::Arc;

use askama::Template;
use axum::extract::{self, Query};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::alarm;
use usher_policy::facts::Subject;
use usher_records::alert::{Alert, AlertNoun, State, Whose};
use usher_records::change::Stored;

pub(super) use self::spot_checks::due as spot_check_due;
use super::around::{Around, around};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Alerts shown of one state; older ones are in the journal.
const MOST_SEEN: usize = 100;

/// What everybody at the desk has; which alerts are theirs, policy says.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::UseDesk;
    vec![
        desk_route("/alerts", act, get(index)),
        desk_route("/alerts/{id}", act, get(show::show)),
        desk_route("/alerts/{id}/seen", act, post(answer::seen)),
        desk_route("/alerts/{id}/close", act, post(answer::close)),
        desk_route("/alerts/{id}/reopen", act, post(answer::reopen)),
        desk_route("/alerts/drill", act, post(answer::drill)),
        desk_route("/alerts/spot-checks", act, get(spot_checks::index).post(spot_checks::begin)),
        desk_route("/alerts/spot-checks/{id}", act, get(spot_checks::show).post(spot_checks::finish)),
        desk_route("/alerts/accuracy", act, get(accuracy::index)),
        desk_route("/alerts/accuracy/retire", Act::ChangeSettings, post(accuracy::retire)),
    ]
}

/// Whether this alert is for these eyes.
fn is_mine(desk: &AtDesk, roll: &Roll, alert: &Alert) -> bool {
    let about = match alert.whose {
        Whose::Person(id) => roll.person(id),
        Whose::Device(_) | Whose::Filter(_) | Whose::Nobody => None,
    };
    alarm::may_read(&desk.school.settings.alarms, &desk.who(), alert, about)
}

/// Alerts for this person that nobody has seen to, oldest first.
pub(super) async fn waiting(app: &App, desk: &AtDesk, roll: &Roll) -> Result<Vec<Alert>, AppFault> {
    let waiting = app.books.find::<Alert>("state", "waiting").await?.into_iter();
    let mut mine: Vec<Alert> =
        waiting.map(|stored| stored.value).filter(|alert| is_mine(desk, roll, alert)).collect();
    mine.sort_by_key(|alert| (alert.at, alert.id));
    Ok(mine)
}

/// Whom or what an alert is about, in words.
pub(super) fn who(app: &App, says: &Says, roll: &Roll, alert: &Alert) -> String {
    match alert.whose {
        Whose::Person(id) => roll.name(says, id),
        Whose::Device(address) => {
            // Only its name is wanted: asking who is there would count as use of the device.
            let nobody = Arc::new(Subject::nobody());
            let name = app.table.circumstances(nobody, address, alert.until).device.name.clone();
            says.t1("alert-at-device", "device", name.unwrap_or_else(|| address.to_string()))
        }
        Whose::Filter(_) => says.t("alert-the-filter"),
        Whose::Nobody => says.t("alert-nobody"),
    }
}

/// What is of concern, in words.
pub(super) fn concern(says: &Says, alert: &Alert) -> String {
    says.of("alert", alert.concern.name())
}

#[derive(Template)]
#[template(path = "desk/alerts/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Field,
    rows: Vec<Row>,
    /// Whether this person may begin a drill.
    drills: bool,
}

struct Row {
    address: String,
    concern: String,
    who: String,
    when: String,
    seen: Option<String>,
    drill: bool,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    done: Option<String>,
}

async fn index(
    extract::State(app): extract::State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/alerts", "alerts-title");
    let roll = Roll::of(&app).await?;
    let wanted = State::ALL.into_iter().find(|state| state.name() == asked.state);
    let state = wanted.unwrap_or(State::Waiting);
    let found = app.books.find::<Alert>("state", state.name()).await?.into_iter();
    let mut alerts: Vec<Alert> =
        found.map(|stored| stored.value).filter(|alert| is_mine(&desk, &roll, alert)).collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse((alert.at, alert.id)));
    alerts.truncate(MOST_SEEN);
    let clock = Clock::at(&desk);
    let row = |alert: &Alert| Row {
        address: format!("/alerts/{}", alert.id),
        concern: concern(&f.says, alert),
        who: who(&app, &f.says, &roll, alert),
        when: clock.time(alert.from),
        seen: seen_words(&f.says, &roll, clock, alert),
        drill: alert.is_drill(),
    };
    let drills = alarm::may_drill(&desk.school.settings.alarms, &desk.who());
    let rows = alerts.iter().map(row).collect();
    let states = State::ALL.map(|state| Choice::new(state.name(), f.says.of("alerts", state.name()))).into();
    let none = Errors::none();
    let search = Fields::new(&f.says, &none).select("state", choosing(states, state.name()));
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { search, rows, drills, f, d }))
}

fn seen_words(says: &Says, roll: &Roll, clock: Clock<'_>, alert: &Alert) -> Option<String> {
    if let Some(closed) = &alert.closed {
        let (name, time) = (roll.name(says, closed.by), clock.time(closed.at));
        return Some(says.t2("alert-closed-by", ("name", &name), ("time", &time)));
    }
    alert
        .seen
        .map(|(by, at)| says.t2("alert-seen-by", ("name", &roll.name(says, by)), ("time", &clock.time(at))))
}

/// An alert as it is stored, if it is for these eyes. To anybody else it is not there.
async fn find(app: &App, desk: &AtDesk, roll: &Roll, id: &str) -> Result<Stored<Alert>, AppFault> {
    let alert = app.books.get::<Alert, _>(roll::id::<AlertNoun>(id)?).await?;
    alert.filter(|alert| is_mine(desk, roll, &alert.value)).ok_or(AppFault::NotFound)
}
