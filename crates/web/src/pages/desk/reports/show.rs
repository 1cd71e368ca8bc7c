//! One weekly report, as far as its reader may see it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use usher_activity::weekly;
use usher_policy::access::{Act, Denied};
use usher_records::change::Stored;
use usher_records::report::{IssuedReport, open};
use usher_records::told::{Told, What};
use usher_reports::document;
use usher_reports::names::{Audience, Names};
use usher_reports::period::Period;
use usher_reports::weekly::Weekly;
use usher_types::ids;

use super::view::View;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll;
use crate::view::fault::denied_page;
use crate::view::frame::Frame;
use crate::view::page;

/// Days a preview looks back.
const PREVIEW_DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "desk/reports/show.html")]
struct Show {
    f: Frame,
    d: Around,
    view: View,
    pdf: Option<String>,
    preview: bool,
}

/// Shows a report that was issued. Opening it is noted for its readers.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let report = find(&app, &id).await?;
    let parts = match parts(&desk, &report.value) {
        Ok(parts) => parts,
        Err(denied) => return Ok(denied_page(&app, &desk, denied)),
    };
    let weekly = read(&app, &report.value, &parts).await?;
    if report.value.readers.contains(&desk.person.id)
        && let Some(change) = open(&report, desk.person.id, desk.at)
    {
        app.commit(&change, &desk.actor()).await?;
    }
    let (f, d) = around(&app, &desk, "/reports", "report-weekly-title");
    let view = View::of(&f, &weekly);
    let pdf = Some(format!("/reports/{}/pdf", report.value.id));
    Ok(page(&Show { view, pdf, preview: false, f, d }))
}

async fn find(app: &App, id: &str) -> Result<Stored<IssuedReport>, AppFault> {
    app.books.get::<IssuedReport, _>(roll::id::<ids::Report>(id)?).await?.ok_or(AppFault::NotFound)
}

/// The report's figures, without what is for other eyes.
async fn read(app: &App, report: &IssuedReport, parts: &[Audience]) -> Result<Weekly, AppFault> {
    let blob = app.books.store().blob(app.books.school(), report.figures).await?;
    let weekly: Weekly =
        blob.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(AppFault::NotFound)?;
    Ok(weekly.for_readers(parts))
}

/// What of it they may see. One that nobody opened is for its readers and for those it went to then.
fn parts(desk: &AtDesk, report: &IssuedReport) -> Result<Vec<Audience>, Denied> {
    let may = desk.may(Act::ReadWeeklyReport).map(|_permit| desk.weekly_parts());
    if !report.was_passed_to(desk.person.roles) {
        return may;
    }
    let mut parts = may.unwrap_or_default();
    if !parts.contains(&Audience::Readers) {
        parts.push(Audience::Readers);
    }
    Ok(parts)
}

/// The report as a PDF, made for its reader.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let report = find(&app, &id).await?;
    let parts = match parts(&desk, &report.value) {
        Ok(parts) => parts,
        Err(denied) => return Ok(denied_page(&app, &desk, denied)),
    };
    let weekly = read(&app, &report.value, &parts).await?;
    let first = desk.school.zone.local(report.value.from).date();
    let document = document::weekly(&letterhead(&desk, &app.words), &weekly);
    to_pdf(&app, &desk, &format!("weekly-report-{first}"), document).await
}

/// What a report of the last seven days would say now. Nothing is issued or noted.
pub(super) async fn preview(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let today = desk.school.zone.local(desk.at).date();
    let first = today.checked_sub(jiff::Span::new().days(PREVIEW_DAYS - 1)).unwrap_or(today);
    let period =
        Period { from: desk.school.zone.start_of(first), until: desk.at, zone: desk.school.zone.clone() };
    let people = app.books.values().await?;
    let groups = app.books.values().await?;
    let disclosed = app.books.values().await?;
    let names = Names::of(&people, &groups).with_disclosed(&disclosed);
    let told = app.books.values::<Told>().await?;
    let told = told
        .iter()
        .filter(|told| !matches!(told.what, What::Accident | What::PasswordKnown) && period.holds(told.at))
        .count();
    let (activity, school) = (Arc::clone(&app.activity), app.books.school());
    // A week of a whole school is read from the disk; it must not hold up other pages.
    let work = move || {
        weekly::fold(activity.as_ref(), school, period, &names, u32::try_from(told).unwrap_or(u32::MAX))
    };
    let mut weekly = tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)??;
    weekly.unseen.tunnelled = !desk.school.settings.off_site.is_none();
    let (f, d) = around(&app, &desk, "/reports", "reports-preview-title");
    let view = View::of(&f, &weekly.for_readers(&desk.weekly_parts()));
    Ok(page(&Show { view, pdf: None, preview: true, f, d }))
}
