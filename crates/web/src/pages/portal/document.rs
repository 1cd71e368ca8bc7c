//! Texts the school gives out: what may follow when a rule is broken (AGR-15), and the guide for home (AGR-11).

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use usher_reports::document::{self, Letterhead};

use super::fault::Answer;
use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::{markdown, page};

/// What may follow, the same for everybody who signs.
const SANCTIONS: &str = include_str!("../../../../../profiles/sanctions.md");
/// The guide for families.
const HOME_GUIDE: &str = include_str!("../../../../../profiles/home-guide.md");

#[derive(Template)]
#[template(path = "portal/document.html")]
struct DocumentPage {
    f: Frame,
    html: String,
    pdf: Option<&'static str>,
    /// The sum of it, for children, who are not asked to read the whole.
    summary: Option<String>,
}

/// Shows what may follow.
pub(super) async fn sanctions(State(app): State<App>, device: AtDevice) -> Response {
    let f = Frame::portal(&app, &device, "sanctions-link");
    let summary = f.to_child().then(|| f.says.t("sanctions-summary"));
    text(f, SANCTIONS, None, summary)
}

/// Shows the guide for home.
pub(super) async fn home_guide(State(app): State<App>, device: AtDevice) -> Response {
    let f = Frame::portal(&app, &device, "home-guide-link");
    let f = f.speaking_to(&app, usher_types::role::Reader::Adult, "home-guide-link");
    text(f, HOME_GUIDE, Some("/home-guide.pdf"), None)
}

fn text(f: Frame, markdown: &str, pdf: Option<&'static str>, summary: Option<String>) -> Response {
    let (title, html) = markdown::page(markdown);
    // A child's page keeps the title in a child's words.
    let f = match title {
        Some(title) if summary.is_none() => f.titled(title),
        _ => f,
    };
    page(&DocumentPage { f, html, pdf, summary })
}

/// The guide for home on one sheet.
pub(super) async fn home_guide_pdf(State(app): State<App>, device: AtDevice) -> Answer {
    let head = Letterhead { school: &device.school.name, zone: &device.school.zone, words: &app.words };
    let guide = document::guide(&head, HOME_GUIDE);
    let pdf = app.pdf(guide, device.at).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"safe-online-at-home.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}
