//! Agreements on paper for whoever reads them (POL-09): as they are, in large print, with a picture beside each rule, and in the
//! languages they were translated into.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use usher_records::slip::Parts;
use usher_reports::document::{self, Letterhead, Print};

use super::agreement::language::languages;
use super::agreement::text;
use super::fault::{Answer, PortalFault};
use super::policy;
use crate::app::{App, AppFault};
use crate::assets;
use crate::extract::portal::AtDevice;

/// How it is to be printed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// `large` or `symbols`; else as it is.
    #[serde(default, rename = "as")]
    how: String,
    lang: Option<String>,
}

/// An agreement in force on paper. The policy is for everybody, the others for those who are signed in.
pub(super) async fn show(
    State(app): State<App>,
    device: AtDevice,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    if !policy::is_policy(&key) && device.person.is_none() {
        return Err(PortalFault::SignInFirst);
    }
    let current = text::in_force(&app, &key).await?.ok_or(AppFault::NotFound)?;
    let head = Letterhead { school: &device.school.name, zone: &device.school.zone, words: &app.words };
    let print = if asked.how == "large" { Print::Large } else { Print::Ordinary };
    let how = (print, Parts::asked(&device.school.settings));
    let languages = languages(&app, &current.text, asked.lang.as_deref(), |_| String::new()).await?;
    let document = match languages.chosen.filter(|chosen| chosen.printable) {
        _ if asked.how == "symbols" => document::symbols(&head, &current.text, assets::picture_file),
        Some(chosen) => document::translated(&head, (&current.text, chosen.said()), how, None),
        None => document::agreement(&head, &current.text, how, None),
    };
    let pdf = app.pdf(document, device.at).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"agreement.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}
