//! What needs me, in order, each with its one action; nothing else.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::extract::desk::AtDesk;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Today {
    f: Frame,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Response {
    page(&Today { f: Frame::desk(&app, &desk, "/", "today-title") })
}
