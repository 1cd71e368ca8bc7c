//! Alerts: those this person is told of, one of them with its events, and "I have seen this" (MON-08, MON-14, WEB-17).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_activity::question::Activity;
use usher_activity::spool::SpoolFault;
use usher_events::event::{Event, System, What};
use usher_policy::access::Act;
use usher_policy::facts::Subject;
use usher_policy::{alarm, explain};
use usher_records::alert::{self, Alert, AlertNoun, Off, Whose};
use usher_records::change::Stored;
use usher_records::disclosure::Disclosure;
use usher_types::ids::EventId;
use usher_types::moment::Moment;
use usher_types::role::Reader;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::people::may_look;
use super::roll::{self, Roll};
use super::sign_in::Pressed;
use super::{address, opening};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Alerts shown that somebody has seen; older ones are in the journal.
const MOST_SEEN: usize = 100;
/// Events of one alert that are shown; a burst that had more is told in its number.
const MOST_EVENTS: usize = 50;

/// What everybody at the desk has; which alerts are theirs, policy says.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::UseDesk;
    vec![
        desk_route("/alerts", act, get(index)),
        desk_route("/alerts/{id}", act, get(show)),
        desk_route("/alerts/{id}/seen", act, post(seen)),
    ]
}

/// Whether this alert is for these eyes.
fn is_mine(desk: &AtDesk, roll: &Roll, alert: &Alert) -> bool {
    let about = match alert.whose {
        Whose::Person(id) => roll.person(id),
        Whose::Device(_) | Whose::Filter(_) => None,
    };
    alarm::may_see(&desk.school.settings.alarms, &desk.who(), alert.whose, about)
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
}

struct Row {
    address: String,
    concern: String,
    who: String,
    when: String,
    seen: Option<String>,
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
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/alerts", "alerts-title");
    let roll = Roll::of(&app).await?;
    let state = if asked.state == "seen" { "seen" } else { "waiting" };
    let found = app.books.find::<Alert>("state", state).await?.into_iter();
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
    };
    let rows = alerts.iter().map(row).collect();
    let states = vec![
        Choice::new("waiting", f.says.t("alerts-waiting")),
        Choice::new("seen", f.says.t("alerts-seen")),
    ];
    let none = Errors::none();
    let search = Fields::new(&f.says, &none).select("state", choosing(states, state));
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { search, rows, f, d }))
}

fn seen_words(says: &Says, roll: &Roll, clock: Clock<'_>, alert: &Alert) -> Option<String> {
    alert
        .seen
        .map(|(by, at)| says.t2("alert-seen-by", ("name", &roll.name(says, by)), ("time", &clock.time(at))))
}

#[derive(Template)]
#[template(path = "desk/alerts/show.html")]
struct Show {
    f: Frame,
    d: Around,
    address: String,
    alert: String,
    who: String,
    when: String,
    seen: Option<String>,
    told: String,
    off: Option<String>,
    rows: Vec<Happened>,
    more: usize,
    person: Option<String>,
    look: Option<String>,
}

/// One event of an alert.
struct Happened {
    time: String,
    what: String,
    found: Vec<String>,
    address: Option<String>,
    refused: bool,
    reason: Option<String>,
    known: bool,
}

/// An alert as it is stored, if it is for these eyes. To anybody else it is not there.
async fn find(app: &App, desk: &AtDesk, roll: &Roll, id: &str) -> Result<Stored<Alert>, AppFault> {
    let alert = app.books.get::<Alert, _>(roll::id::<AlertNoun>(id)?).await?;
    alert.filter(|alert| is_mine(desk, roll, &alert.value)).ok_or(AppFault::NotFound)
}

async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let roll = Roll::of(&app).await?;
    let alert = find(&app, &desk, &roll, &id).await?.value;
    let (f, d) = around(&app, &desk, "/alerts", "alerts-title");
    let clock = Clock::at(&desk);
    let events = read(&app, &alert.events).await?;
    let disclosed = app.books.values::<Disclosure>().await?;
    let told: Vec<String> = alert.told.iter().map(|reader| roll.name(&f.says, *reader)).collect();
    let about = match alert.whose {
        Whose::Person(id) => roll.person(id),
        Whose::Device(_) | Whose::Filter(_) => None,
    };
    let off = match alert.whose {
        Whose::Filter(why) => Some(off(&f.says, clock, why, (alert.from, alert.until))),
        Whose::Person(_) | Whose::Device(_) => None,
    };
    let look = about.filter(|person| may_look(&desk, person));
    let see_people = desk.may(Act::SeePeople).is_ok();
    let show = Show {
        address: format!("/alerts/{}", alert.id),
        alert: alert.id.to_string(),
        who: who(&app, &f.says, &roll, &alert),
        when: clock.time(alert.from),
        seen: seen_words(&f.says, &roll, clock, &alert),
        told: f.says.list(&told),
        off,
        more: alert.events.len().saturating_sub(events.len()),
        rows: events.iter().map(|event| happened(&f.says, &roll, clock, &disclosed, event)).collect(),
        person: about.filter(|_| see_people).map(|person| format!("/people/{}", person.id)),
        look: look.map(|person| format!("/people/{}/activity", person.id)),
        f: {
            let title = concern(&f.says, &alert);
            f.titled(title).done(done.done.as_deref())
        },
        d,
    };
    Ok(page(&show))
}

/// The events of an alert that are still kept, oldest first, read off the runtime.
async fn read(app: &App, events: &[EventId]) -> Result<Vec<Event>, AppFault> {
    let (activity, wanted) = (Arc::clone(&app.activity), events.to_vec());
    let work = move || find_all(activity.as_ref(), &wanted);
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)??)
}

fn find_all(activity: &dyn Activity, wanted: &[EventId]) -> Result<Vec<Event>, SpoolFault> {
    let found: Result<Vec<_>, _> = wanted.iter().take(MOST_EVENTS).map(|id| activity.event(*id)).collect();
    let mut events: Vec<Event> = found?.into_iter().flatten().collect();
    events.sort_by_key(|event| (event.at, event.id));
    Ok(events)
}

/// When the filter was off and why. Told from the alert itself: a disk that takes no events has none to read.
fn off(says: &Says, clock: Clock<'_>, why: Off, (from, until): (Moment, Moment)) -> String {
    let key = format!("filter-off-{}", why.name());
    says.t2(key, ("from", &clock.full(from)), ("until", &clock.full(until)))
}

fn happened(says: &Says, roll: &Roll, clock: Clock<'_>, disclosed: &[Disclosure], event: &Event) -> Happened {
    let decision = event.decision();
    let page = opening::page_of(event).map(|page| address::shown(&page));
    let mut found = Vec::new();
    let what = match &event.what {
        What::Web(web) => {
            let features = &web.facts.features;
            let hit = |hit: &usher_scan::features::ThemeHit| {
                let theme = says.of("report-theme", hit.theme.name());
                says.t2("alert-phrase", ("theme", &theme), ("phrase", &hit.phrase))
            };
            found = features.themes.iter().map(hit).collect();
            let search = features.search.as_ref();
            let search = search.map(|search| {
                says.t2("report-searched", ("words", &search.words), ("engine", &search.engine))
            });
            search.or_else(|| web.outcome.title.clone()).or_else(|| page.clone()).unwrap_or_default()
        }
        What::SignInFailed(failed) => {
            if let Some(last) = failed.last_here {
                found.push(says.t1("alert-last-here", "name", roll.name(says, last)));
            }
            says.t2("alert-wrong-password", ("username", &failed.username), ("device", &failed.address))
        }
        What::System(System::TwoPlaces { addresses: (one, other), .. }) => {
            says.t2("alert-devices", ("one", one), ("other", other))
        }
        What::System(System::FilterOff { from, until, why }) => off(says, clock, *why, (*from, *until)),
        What::Tunnel(_) | What::Malformed(_) | What::Ended(_) | What::System(_) => {
            page.clone().unwrap_or_default()
        }
    };
    Happened {
        time: clock.time(event.at),
        address: page.filter(|page| *page != what),
        what,
        found,
        refused: decision.is_some_and(usher_policy::decision::Decision::is_refusal),
        reason: decision.map(|decision| explain::reason(says.words(), Reader::Adult, decision)),
        known: disclosed.iter().any(|time| Some(time.person) == event.person() && time.covers(event.at)),
    }
}

async fn seen(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let roll = Roll::of(&app).await?;
    let alert = find(&app, &desk, &roll, &id).await?;
    app.commit(&alert::see(&alert, desk.person.id, desk.at)?, &desk.actor()).await?;
    Ok(lead(&format!("/alerts/{}", alert.value.id), "alert-seen"))
}
