//! The school's other policies (POL-04), opened from where a clause cites them: `/policies/behaviour`.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use usher_records::linked_policy::LinkedPolicy;

use super::fault::{Answer, PortalFault};
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;

/// Which edition.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    version: Option<String>,
}

/// Opens the stored document: the latest edition, or the one asked for.
pub(super) async fn show(
    State(app): State<App>,
    device: AtDevice,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    if !device.who.subject.is_somebody() {
        return Err(PortalFault::SignInFirst);
    }
    let found = app.books.find_one::<LinkedPolicy>("name", &name).await?.ok_or(AppFault::NotFound)?.value;
    let edition = match &asked.version {
        Some(version) => found.edition(version),
        None => found.latest(),
    };
    let edition = edition.ok_or(AppFault::NotFound)?;
    let bytes = app.books.store().blob(app.books.school(), edition.document).await?;
    let plain: String =
        edition.version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}-{plain}.pdf\"", found.name)),
    ];
    Ok((headers, bytes.ok_or(AppFault::NotFound)?).into_response())
}
