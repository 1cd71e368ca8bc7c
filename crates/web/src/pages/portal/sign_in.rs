//! Signing in with a name and a password.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use usher_directory::sign_in::{Ask, Place, Secret};
use usher_types::SecretString;
use usher_types::role::{PersonKind, Reader, Year};

use super::agreement::text;
use super::enter;
use super::fault::Answer;
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// For whom the page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Pupils,
    Adults,
    Parents,
}

impl Audience {
    fn read(text: Option<&str>) -> Self {
        match text {
            Some("adult") => Self::Adults,
            Some("parent") => Self::Parents,
            _ => Self::Pupils,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Pupils => "ks2",
            Self::Adults => "adult",
            Self::Parents => "parent",
        }
    }

    const fn reader(self) -> Reader {
        match self {
            Self::Pupils => Reader::Ks2,
            Self::Adults | Self::Parents => Reader::Adult,
        }
    }

    /// Somebody of the kind, to find the clause by.
    fn somebody(self, asked: &[PersonKind]) -> Option<(PersonKind, Option<Year>)> {
        match self {
            Self::Pupils => asked.contains(&PersonKind::Pupil).then_some((PersonKind::Pupil, Year::new(3))),
            Self::Parents => asked.contains(&PersonKind::Parent).then_some((PersonKind::Parent, None)),
            Self::Adults => asked.iter().find(|kind| **kind != PersonKind::Pupil).map(|kind| (*kind, None)),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "for")]
    audience: Option<String>,
    then: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(rename = "for")]
    audience: Option<String>,
    then: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    clause: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage {
    f: Frame,
    audience: &'static str,
    errors: Errors,
    username: String,
    clause: Option<String>,
    then: Then,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let audience = Audience::read(asked.audience.as_deref());
    let then = Then::read(&app, asked.then.as_deref());
    Ok(page(&app, &device, audience, then, (String::new(), Errors::none())).await?)
}

/// Signs in.
pub(super) async fn enter(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let audience = Audience::read(sent.audience.as_deref());
    let then = Then::read(&app, sent.then.as_deref());
    let says = frame(&app, &device, audience).says;
    let mut errors = Errors::none();
    if sent.username.trim().is_empty() {
        errors.add("username", says.t("sign-in-no-name"));
    }
    if sent.password.is_empty() {
        errors.add("password", says.t("sign-in-no-password"));
    }
    if errors.is_empty() {
        let ask = Ask {
            username: sent.username.clone(),
            secret: Secret::Password(SecretString::from(sent.password)),
            address: device.peer.address,
            place: Place::Device,
            group: None,
            clause_accepted: sent.clause.is_some(),
        };
        match enter::enter(&app, &device, ask).await {
            Ok(signed_in) => {
                let next = enter::onward(&signed_in.subject, signed_in.must_change, &then);
                return Ok(next.into_response());
            }
            Err(fault) => errors.add("username", enter::words(&says, &device, fault)?),
        }
    }
    Ok(page(&app, &device, audience, then, (sent.username, errors)).await?)
}

fn frame(app: &App, device: &AtDevice, audience: Audience) -> Frame {
    Frame::portal(app, device, "sign-in-title").speaking_to(app, audience.reader(), "sign-in-title")
}

async fn page(
    app: &App,
    device: &AtDevice,
    audience: Audience,
    then: Then,
    (username, errors): (String, Errors),
) -> Result<Response, AppFault> {
    let settings = &device.school.settings;
    let clause = match audience.somebody(&settings.sign_in.clause_each_time) {
        Some((kind, year)) => text::each_time(app, settings, kind, year).await?,
        None => None,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = frame(app, device, audience);
    let page = SignInPage { f, audience: audience.name(), errors, username, clause, then };
    Ok(with_status(status, &page))
}
