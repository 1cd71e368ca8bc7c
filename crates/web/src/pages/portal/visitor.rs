//! Visitors, volunteers and contractors: a name, whom they came to see, and today's end. The agreement comes next
//! (AGR-18).

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use usher_directory::sign_in::Visitor;
use usher_types::role::{PersonKind, Reader};

use super::enter;
use super::fault::Answer;
use super::tell::ThanksPage;
use super::then::Then;
use crate::app::App;
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The longest name taken, in characters.
const LONGEST_NAME_CHARS: usize = 120;

/// Visitors who sign in at one device in an hour, before it looks like somebody trying names.
const MOST_IN_AN_HOUR: usize = 3;

/// The kinds of people who come for a day.
const KINDS: [PersonKind; 3] = [PersonKind::Visitor, PersonKind::Volunteer, PersonKind::Contractor];

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    then: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    visiting: String,
    then: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/visitor.html")]
struct VisitorPage {
    f: Frame,
    errors: Errors,
    sent: Sent,
    kinds: [&'static str; 3],
    until: String,
    then: Then,
}

/// Shows the form.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Response {
    if is_not_for_visitors(&app, &device) {
        return ask_the_office(&app, &device, StatusCode::OK);
    }
    let sent = Sent { then: asked.then, ..Sent::default() };
    form_page(&app, &device, sent, Errors::none())
}

/// Lets them in, as far as the agreement.
pub(super) async fn enter(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: mut sent } = form;
    if is_not_for_visitors(&app, &device) {
        return Ok(ask_the_office(&app, &device, StatusCode::FORBIDDEN));
    }
    sent.name = tidy(&sent.name);
    sent.visiting = tidy(&sent.visiting);
    let says = frame(&app, &device).says;
    let mut errors = Errors::none();
    if !sent.name.contains(' ') {
        errors.add("name", says.t("visitor-no-name"));
    }
    let kind = KINDS.into_iter().find(|kind| kind.name() == sent.kind);
    if kind.is_none() {
        errors.add("kind", says.t("visitor-no-kind"));
    }
    if sent.visiting.is_empty() {
        errors.add("visiting", says.t("visitor-no-visiting"));
    }
    let (Some(kind), true) = (kind, errors.is_empty()) else {
        return Ok(form_page(&app, &device, sent, errors));
    };
    let (given, family) = sent.name.rsplit_once(' ').unwrap_or((&sent.name, ""));
    let address = device.peer.address;
    let visitor = Visitor { given, family, kind, visiting: &sent.visiting, address };
    match app.sign_in.visitor(visitor, device.at).await {
        Ok(signed_in) => {
            enter::take_in(&app, &signed_in);
            let then = Then::read(&app, sent.then.as_deref());
            Ok(enter::onward(&signed_in.subject, false, &then).into_response())
        }
        Err(fault) => {
            let errors = Errors::of("name", enter::words(&says, &device, fault)?);
            Ok(form_page(&app, &device, sent, errors))
        }
    }
}

/// Whether nobody becomes a visitor here: at a device of the school, where a pupil is or has just been, or after too
/// many others. A form that anybody can fill in must not be a pupil's way out of the rules for pupils.
fn is_not_for_visitors(app: &App, device: &AtDevice) -> bool {
    let address = device.peer.address;
    device.who.device.device.is_some()
        || app.table.had_pupil(address, device.at)
        || app.table.visitors_at(address, device.at) >= MOST_IN_AN_HOUR
}

fn ask_the_office(app: &App, device: &AtDevice, status: StatusCode) -> Response {
    let key = "visitor-office-title";
    let f = Frame::portal(app, device, key).speaking_to(app, Reader::Adult, key);
    let text = f.says.t("visitor-office-text");
    let spoken = format!("{} {text}", f.title);
    with_status(status, &ThanksPage { f, picture: "kind", lines: vec![text], spoken, on: None })
}

fn frame(app: &App, device: &AtDevice) -> Frame {
    Frame::portal(app, device, "visitor-title").speaking_to(app, Reader::Adult, "visitor-title")
}

fn form_page(app: &App, device: &AtDevice, sent: Sent, errors: Errors) -> Response {
    let school = &device.school;
    let today = school.zone.local(device.at).date();
    let until = school.zone.moment(today, school.settings.sign_in.visitors_until);
    // An evening's visitors have until midnight.
    let until = if until <= device.at { "00:00".to_owned() } else { school.zone.local(until).spoken_time() };
    let then = Then::read(app, sent.then.as_deref());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let kinds = KINDS.map(PersonKind::name);
    with_status(status, &VisitorPage { f: frame(app, device), errors, sent, kinds, until, then })
}

/// Words between single spaces, no longer than a name is.
fn tidy(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME_CHARS).collect()
}
