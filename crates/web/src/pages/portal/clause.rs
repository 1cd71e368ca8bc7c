//! The short clause, for whoever signed in without accepting it (AGR-06): the children who choose pictures, and anybody
//! who left the box empty. Saying no is as easy as saying yes: it signs out.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_directory::books::subject_of_session;
use usher_records::session::{self, Session};

use super::agreement::text;
use super::enter;
use super::fault::{Answer, PortalFault};
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    then: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/clause.html")]
struct ClausePage {
    f: Frame,
    clause: String,
    then: Then,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let then = Then::read(&app, asked.then.as_deref());
    let subject = &device.who.subject;
    let Some(kind) = subject.kind else { return Err(PortalFault::SignInFirst) };
    if subject.clause_accepted {
        return Ok(Redirect::to(&then.to("/")).into_response());
    }
    let f = Frame::portal(&app, &device, "clause-title");
    let written = text::each_time(&app, &device.school.settings, kind, subject.year).await?;
    let clause = written.unwrap_or_else(|| f.says.t("clause-usual"));
    Ok(page(&ClausePage { f, clause, then }))
}

/// Accepts it.
pub(super) async fn accept(State(app): State<App>, form: PortalForm<Asked>) -> Answer {
    let PortalForm { from: device, value: asked } = form;
    let then = Then::read(&app, asked.then.as_deref());
    let id = device.who.subject.session.ok_or(PortalFault::SignInFirst)?;
    let open = app.books.get::<Session, _>(id).await?.ok_or(AppFault::NotFound)?;
    let (session, change) = session::accept_clause(&open, device.at)?;
    app.commit(&change, &device.actor()).await?;
    let subject = subject_of_session(&app.books, &device.school, &session, device.at).await?;
    app.table.update_session(&session, &subject);
    Ok(enter::onward(&subject, false, &then).into_response())
}
