//! What breaks a rule and what may follow, for whoever is at the device, in their own words (INC-22). That somebody read it is
//! kept; of a class that shares a sign-in nobody knows who reads.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_records::reading::Listing;
use usher_reports::document::{Letterhead, paper};
use usher_types::role::PersonKind;

use super::fault::{Answer, PortalFault};
use crate::app::App;
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::listing::{self, Told};
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "portal/conduct.html")]
struct ConductPage {
    f: Frame,
    told: Told,
    spoken: String,
    /// What was shown, for the form; none for whoever is not asked to read it, or has.
    digest: Option<String>,
    /// The day it was read.
    read: Option<String>,
}

/// What was shown to whoever pressed.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    digest: String,
}

fn listed(device: &AtDevice) -> Listing {
    listing::of(&device.school.settings, device.who.subject.kind.unwrap_or(PersonKind::Visitor))
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice) -> Answer {
    let listed = listed(&device);
    let f = Frame::portal(&app, &device, "conduct-title");
    let asked = device.person.as_ref().filter(|person| listing::is_asked(person));
    let read = match asked {
        Some(person) => listing::read_at(&app, person.id, &listed).await?,
        None => None,
    };
    let told = listing::told(&f.says, &listed);
    let spoken = [
        vec![f.title.clone(), f.says.t("conduct-text"), f.says.t("conduct-kinds")],
        told.kinds.clone(),
        vec![f.says.t("conduct-steps")],
        told.steps.clone(),
    ];
    Ok(page(&ConductPage {
        spoken: spoken.concat().join(" "),
        digest: (asked.is_some() && read.is_none()).then(|| listed.digest().to_string()),
        read: read.map(|at| device.school.zone.local(at).spoken_date()),
        told,
        f,
    }))
}

/// Keeps that it was read. What changed meanwhile is shown instead.
pub(super) async fn read(State(app): State<App>, form: PortalForm<Pressed>) -> Answer {
    let PortalForm { from: device, value: pressed } = form;
    let Some(person) = device.person.clone() else { return Err(PortalFault::SignInFirst) };
    let digest = listed(&device).digest();
    if listing::is_asked(&person) && digest.to_string() == pressed.digest {
        listing::read(&app, person.id, digest, &device.actor(), device.at).await?;
    }
    Ok(Redirect::to("/rules/what-counts").into_response())
}

/// The same on paper.
pub(super) async fn on_paper(State(app): State<App>, device: AtDevice) -> Answer {
    let says = Frame::portal(&app, &device, "conduct-title").says;
    let head = Letterhead { school: &device.school.name, zone: &device.school.zone, words: &app.words };
    let told = listing::told(&says, &listed(&device));
    let pdf = app.pdf(paper(&head, &listing::on_paper(&says, told)), device.at).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"what-counts.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}
