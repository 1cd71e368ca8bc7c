//! One alert: what happened, what came before and after, what a program made of it, and how it ended.

use std::ops::ControlFlow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use usher_activity::question::{Activity, Question};
use usher_activity::spool::SpoolFault;
use usher_events::event::Event;
use usher_policy::access::Act;
use usher_policy::evidence::Named;
use usher_records::alert::closing::{Acted, Closed, Verdict};
use usher_records::alert::{Alert, ProgramRead, Whose};
use usher_records::disclosure::Disclosure;
use usher_records::person::Person;
use usher_types::ids::EventId;

use super::answer::Closing;
use super::happened::{Happened, happened, off};
use super::{concern, find, seen_words, who};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::people::may_look;
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// Events of one alert that are shown; a burst that had more is told in its number.
const MOST_EVENTS: usize = 50;
/// Minutes before and after that are shown: what somebody came from, not their day. More is asked for with a reason.
const BESIDE_MINUTES: i64 = 10;
/// Lines shown of each side.
const MOST_BESIDE: usize = 8;

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
    /// Whether somebody has still to take it up.
    waits: bool,
    drill: bool,
    severity: Option<String>,
    told: Vec<String>,
    /// What a program read, in words.
    read: Vec<String>,
    before: Vec<Happened>,
    after: Vec<Happened>,
    closed: Option<Ended>,
    close: Option<Close>,
    errors: Errors,
    off: Option<String>,
    rows: Vec<Happened>,
    more: usize,
    person: Option<String>,
    look: Option<String>,
}

/// How it ended, in words.
struct Ended {
    acted: String,
    outcome: String,
    verdict: String,
    by: String,
}

/// What it takes to close it.
struct Close {
    acted: Field,
    outcome: Field,
    verdict: Field,
}

pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let roll = Roll::of(&app).await?;
    let alert = find(&app, &desk, &roll, &id).await?.value;
    one(&app, &desk, &alert, &Closing::default(), (Errors::none(), done.done.as_deref())).await
}

/// The page of one alert; with what was sent where it could not be done.
pub(super) async fn one(
    app: &App,
    desk: &AtDesk,
    alert: &Alert,
    sent: &Closing,
    (errors, done): (Errors, Option<&str>),
) -> Result<Response, AppFault> {
    let roll = Roll::of(app).await?;
    let (f, d) = around(app, desk, "/alerts", "alerts-title");
    let clock = Clock::at(desk);
    let events = read(app, &alert.events).await?;
    let disclosed = app.books.values::<Disclosure>().await?;
    let (before, after) = beside(app, alert).await?;
    let about = match alert.whose {
        Whose::Person(id) => roll.person(id),
        Whose::Device(_) | Whose::Filter(_) | Whose::Nobody => None,
    };
    let off = match alert.whose {
        Whose::Filter(why) => Some(off(&f.says, clock, why, (alert.from, alert.until))),
        Whose::Nobody => Some(f.says.t("alert-drill-what")),
        Whose::Person(_) | Whose::Device(_) => None,
    };
    let look = about.filter(|person| may_look(desk, person));
    let see_people = desk.may(Act::SeePeople).is_ok();
    let by_roll = |id| roll.person(id).map(Person::name);
    let named = if see_people { Named::As(&by_roll) } else { Named::Counted };
    let line = |event: &Event| happened(&f.says, &roll, clock, (&disclosed, named), event);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let show = Show {
        address: format!("/alerts/{}", alert.id),
        alert: alert.id.to_string(),
        who: who(app, &f.says, &roll, alert),
        when: clock.time(alert.from),
        seen: seen_words(&f.says, &roll, clock, alert),
        waits: alert.seen.is_none(),
        drill: alert.is_drill(),
        severity: (alert.severity > 0).then(|| f.says.of("alert-severity", alert.severity)),
        told: told(&f.says, &roll, clock, alert),
        read: alert.read.iter().map(|read| program(&f.says, read)).collect(),
        off,
        more: alert.events.len().saturating_sub(events.len()),
        rows: events.iter().map(line).collect(),
        before: before.iter().map(line).collect(),
        after: after.iter().map(line).collect(),
        person: about.filter(|_| see_people).map(|person| format!("/people/{}", person.id)),
        look: look.map(|person| format!("/people/{}/activity", person.id)),
        closed: alert.closed.as_ref().map(|closed| ended(&f.says, &roll, clock, closed)),
        close: alert.closed.is_none().then(|| close_fields(&f.says, &errors, sent)),
        f: {
            let title = concern(&f.says, alert);
            f.clone().titled(title).done(done)
        },
        d,
        errors,
    };
    Ok(with_status(status, &show))
}

/// Who was told, first and later, each with the time.
fn told(says: &Says, roll: &Roll, clock: Clock<'_>, alert: &Alert) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(until) = alert.held_until.filter(|_| !alert.is_drill()) {
        lines.push(says.t1("alert-held", "time", clock.time(until)));
    }
    if !alert.told.is_empty() {
        let names: Vec<String> = alert.told.iter().map(|reader| roll.name(says, *reader)).collect();
        lines.push(says.t1("alert-told", "names", says.list(&names)));
    }
    for (reader, at) in &alert.passed_on {
        let (name, time) = (roll.name(says, *reader), clock.time(*at));
        lines.push(says.t2("alert-passed-on", ("name", &name), ("time", &time)));
    }
    lines
}

fn program(says: &Says, read: &ProgramRead) -> String {
    let theme = says.of("report-theme", &read.theme);
    says.t2("alert-program", ("theme", &theme), ("percent", &read.percent))
}

fn ended(says: &Says, roll: &Roll, clock: Clock<'_>, closed: &Closed) -> Ended {
    let (name, time) = (roll.name(says, closed.by), clock.full(closed.at));
    Ended {
        acted: says.of("alert-acted", closed.acted.name()),
        outcome: closed.outcome.clone(),
        verdict: says.of("alert-verdict", closed.verdict.name()),
        by: says.t2("alert-closed-by", ("name", &name), ("time", &time)),
    }
}

fn close_fields(says: &Says, errors: &Errors, sent: &Closing) -> Close {
    let fields = Fields::new(says, errors);
    let acted = Acted::ALL.map(|acted| Choice::new(acted.name(), says.of("alert-acted", acted.name())));
    let verdicts =
        Verdict::ALL.map(|verdict| Choice::new(verdict.name(), says.of("alert-verdict", verdict.name())));
    Close {
        acted: fields.radios("alert-acted", choosing(acted.into(), &sent.acted)),
        outcome: fields.area("alert-outcome", sent.outcome.as_str(), 4),
        verdict: fields.radios("alert-verdict", choosing(verdicts.into(), &sent.verdict)),
    }
}

/// What of the same person or device a report would look at, shortly before and after: searches, blocks, words.
async fn beside(app: &App, alert: &Alert) -> Result<(Vec<Event>, Vec<Event>), AppFault> {
    let (person, device) = match alert.whose {
        Whose::Person(person) => (Some(person), None),
        Whose::Device(address) => (None, Some(address.to_string())),
        Whose::Filter(_) | Whose::Nobody => return Ok((Vec::new(), Vec::new())),
    };
    let (from, until) = (alert.from.plus_minutes(-BESIDE_MINUTES), alert.until.plus_minutes(BESIDE_MINUTES));
    let all = Question::all(app.books.school(), from, until);
    // At a device only what nobody signed in for: what a person did there is for whoever may look at that person.
    let nobodys = device.is_some();
    let question = Question { person, device, notable: true, ..all };
    let (activity, own) = (Arc::clone(&app.activity), alert.events.clone());
    let work = move || {
        let mut found = Vec::new();
        activity.scan(&question, &mut |event| {
            let hidden = nobodys && event.person().is_some();
            if !hidden && !own.contains(&event.id) {
                found.push(event);
            }
            ControlFlow::Continue(())
        })?;
        Ok::<Vec<Event>, SpoolFault>(found)
    };
    let mut found = tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)??;
    found.sort_by_key(|event| (event.at, event.id));
    let (before, after): (Vec<Event>, Vec<Event>) =
        found.into_iter().partition(|event| event.at <= alert.from);
    let skip = before.len().saturating_sub(MOST_BESIDE);
    Ok((before.into_iter().skip(skip).collect(), after.into_iter().take(MOST_BESIDE).collect()))
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
