//! Taking an alert up, closing it with what was done and what came of it, opening it again, and drills.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::alarm;
use usher_records::alert::closing::{
    Acted, CannotClose, Closed, Verdict, close as closing, reopen as reopening,
};
use usher_records::alert::{self, Alert};
use usher_records::change::Stored;
use usher_types::role::Reader;

use super::{find, show};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::lead;
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::says::Says;

/// How an alert is to end, as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Closing {
    #[serde(default, rename = "alert-acted")]
    pub(super) acted: String,
    #[serde(default, rename = "alert-outcome")]
    pub(super) outcome: String,
    #[serde(default, rename = "alert-verdict")]
    pub(super) verdict: String,
}

/// The alert a button was pressed at, for whoever may see it.
async fn pressed_on(
    app: &App,
    form: DeskForm<Pressed>,
    id: &str,
) -> Result<(AtDesk, Stored<Alert>), AppFault> {
    let desk = form.from;
    let roll = Roll::of(app).await?;
    let alert = find(app, &desk, &roll, id).await?;
    Ok((desk, alert))
}

pub(super) async fn seen(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (desk, alert) = pressed_on(&app, form, &id).await?;
    app.commit(&alert::see(&alert, desk.person.id, desk.at)?, &desk.actor()).await?;
    Ok(lead(&format!("/alerts/{}", alert.value.id), "alert-seen"))
}

pub(super) async fn close(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Closing>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let roll = Roll::of(&app).await?;
    let alert = find(&app, &desk, &roll, &id).await?;
    let says = Says::new(std::sync::Arc::clone(&app.words), Reader::Adult);
    let acted = Acted::ALL.into_iter().find(|acted| acted.name() == sent.acted);
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == sent.verdict);
    let mut errors = Errors::none();
    if acted.is_none() {
        errors.add("alert-acted", says.t("alert-needs-acted"));
    }
    if verdict.is_none() {
        errors.add("alert-verdict", says.t("alert-needs-verdict"));
    }
    if let (Some(acted), Some(verdict)) = (acted, verdict) {
        let outcome = sent.outcome.clone();
        let closed = Closed { by: desk.person.id, at: desk.at, acted, outcome, verdict };
        match closing(&alert, closed) {
            Ok(change) => {
                app.commit(&change, &desk.actor()).await?;
                return Ok(lead(&format!("/alerts/{}", alert.value.id), "alert-closed"));
            }
            Err(CannotClose::NoOutcome) => errors.add("alert-outcome", says.t("alert-needs-outcome")),
            Err(CannotClose::TooLong) => errors.add("alert-outcome", says.t("alert-outcome-long")),
            Err(CannotClose::Already) => errors.add("alert-outcome", says.t("alert-closed-already")),
        }
    } else if sent.outcome.trim().is_empty() {
        errors.add("alert-outcome", says.t("alert-needs-outcome"));
    }
    show::one(&app, &desk, &alert.value, &sent, (errors, None)).await
}

pub(super) async fn reopen(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (desk, alert) = pressed_on(&app, form, &id).await?;
    app.commit(&reopening(&alert)?, &desk.actor()).await?;
    Ok(lead(&format!("/alerts/{}", alert.value.id), "alert-reopened"))
}

/// Begins a drill. To whoever may not, there is none to begin. Whoever is on the rota is told within seconds, as of a real alert.
pub(super) async fn drill(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let desk = form.from;
    if !alarm::may_drill(&desk.school.settings.alarms, &desk.who()) {
        return Err(AppFault::NotFound);
    }
    app.commit(&alert::drill(app.new_id(), desk.at), &desk.actor()).await?;
    Ok(lead("/alerts", "alert-drill"))
}
