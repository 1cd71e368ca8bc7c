//! What every device reaches, signed in or not.

mod home;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The portal's routes.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(home::show))
}
