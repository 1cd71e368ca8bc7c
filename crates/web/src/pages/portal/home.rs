//! The first page a device sees.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    f: Frame,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice) -> Response {
    page(&Home { f: Frame::portal(&app, &device, "portal-home-title") })
}
