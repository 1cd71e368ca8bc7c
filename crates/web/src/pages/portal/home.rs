//! The first page a device sees: who are you, or what is open to you now.

use askama::Template;
use axum::extract::{Query, State as AppState};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::private_use::is_bound;
use usher_records::session::EndReason;
use usher_types::role::{PersonKind, Year};

use super::fault::Answer;
use super::state::{State, state};
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    then: Option<String>,
    done: Option<String>,
}

/// Nobody is signed in: who are you?
#[derive(Template)]
#[template(path = "portal/who.html")]
struct WhoPage {
    f: Frame,
    /// Years that choose their class first, as they are called: `Reception to Year 2`.
    young: Option<String>,
    /// The years that type, likewise.
    older: Option<String>,
    /// Why the last sign-in here is over, where nobody signed out.
    ended: Option<String>,
    then: Then,
}

/// Somebody is.
#[derive(Template)]
#[template(path = "portal/home.html")]
struct HomePage {
    f: Frame,
    greeting: String,
    state: State,
    until: String,
    has_agreement: bool,
    has_password: bool,
    is_parent: bool,
    /// Whether the limit of private time is for them.
    private_use: bool,
    desk: Option<String>,
    then: Then,
}

/// Shows it.
pub(super) async fn show(
    AppState(app): AppState<App>,
    device: AtDevice,
    Query(asked): Query<Asked>,
) -> Answer {
    let then = Then::read(&app, asked.then.as_deref());
    if device.who.subject.is_somebody() {
        Ok(page(&home(&app, &device, &asked, then).await?))
    } else {
        Ok(page(&who(&app, &device, &asked, then)))
    }
}

fn who(app: &App, device: &AtDevice, asked: &Asked, then: Then) -> WhoPage {
    let f = Frame::portal(app, device, "who-title").done(asked.done.as_deref());
    let sign_in = &device.school.settings.sign_in;
    let young: Vec<Year> = sign_in.picture_years.iter().chain(&sign_in.shared_years).copied().collect();
    let older: Vec<Year> = (0..=6).filter_map(Year::new).filter(|year| !young.contains(year)).collect();
    let ended = app.table.why_ended(device.peer.address, device.at).map(|why| match why {
        EndReason::Elsewhere => f.says.t("ended-elsewhere"),
        EndReason::AccountChanged => f.says.t("ended-account"),
        _ => f.says.t("ended-idle"),
    });
    WhoPage { young: span(&young, &f), older: span(&older, &f), ended, then, f }
}

/// `Reception to Year 2`.
fn span(years: &[Year], f: &Frame) -> Option<String> {
    let (first, last) = (years.iter().min()?, years.iter().max()?);
    if first == last {
        return Some(first.label());
    }
    Some(f.says.t2("years-span", ("first", &first.label()), ("last", &last.label())))
}

async fn home(app: &App, device: &AtDevice, asked: &Asked, then: Then) -> Result<HomePage, AppFault> {
    let f = Frame::portal(app, device, "home-title").done(asked.done.as_deref());
    let state = state(app, device, &f.says).await?;
    let person = device.person.as_ref();
    let first = person.map(|person| person.known_as.clone().unwrap_or_else(|| person.given.clone()));
    let name = first.or_else(|| device.name()).unwrap_or_default();
    let session = app.table.session_at(device.peer.address, device.at);
    let until = session.map_or(device.at, |session| session.until);
    let works_here = |act: Act| person.is_some_and(|person| AtDevice::may(person, act).is_ok());
    let settings = &device.school.settings;
    Ok(HomePage {
        greeting: f.says.t1("home-greeting", "name", name),
        state,
        until: device.school.zone.local(until).spoken_time(),
        has_agreement: person.is_some_and(|one| settings.agreement_for(one.kind, one.year).is_some()),
        has_password: person
            .is_some_and(|_| device.who.subject.known_by == Some(usher_records::session::KnownBy::Password)),
        private_use: person.is_some_and(|person| is_bound(person.kind)),
        is_parent: device.who.subject.kind == Some(PersonKind::Parent),
        desk: works_here(Act::UseDesk).then(|| app.places.desk_origin.clone()),
        then,
        f,
    })
}
