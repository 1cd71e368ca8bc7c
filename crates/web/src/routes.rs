//! Every address, with the act it needs. The routers are made from these tables, and so is the test that every route is
//! decided for every role.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use usher_policy::access::Act;

use crate::app::App;
use crate::assets;
use crate::extract::desk::AtDesk;
use crate::pages;
use crate::security::headers;
use crate::view::fault;

/// A desk route: its path, the act it needs, its handlers.
pub struct DeskRoute {
    /// The path, as axum writes it.
    pub path: &'static str,
    /// What whoever asks must be allowed to do.
    pub act: Act,
    handlers: MethodRouter<App>,
}

impl std::fmt::Debug for DeskRoute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", self.path, self.act)
    }
}

/// A desk route.
pub(crate) fn desk_route(path: &'static str, act: Act, handlers: MethodRouter<App>) -> DeskRoute {
    DeskRoute { path, act, handlers }
}

/// The desk: what staff use in their own browser. Never reached through the gateway.
pub fn desk(app: &App) -> Router {
    let mut guarded = Router::new();
    for route in pages::desk::routes() {
        let guard = middleware::from_fn_with_state((app.clone(), route.act), guard);
        guarded = guarded.route(route.path, route.handlers.layer(guard));
    }
    guarded
        .merge(pages::desk::open_routes())
        .route("/assets/{tag}/{*name}", axum::routing::get(assets::serve))
        .fallback(fault::desk_not_found)
        .layer(middleware::from_fn_with_state(app.clone(), fault::render))
        .layer(middleware::from_fn(headers::add))
        .with_state(app.clone())
}

/// The portal: what every device reaches, signed in or not.
pub fn portal(app: &App) -> Router {
    pages::portal::routes()
        .route("/assets/{tag}/{*name}", axum::routing::get(assets::serve))
        .fallback(fault::portal_not_found)
        .layer(middleware::from_fn_with_state(app.clone(), fault::render))
        .layer(middleware::from_fn(headers::add))
        .with_state(app.clone())
}

/// Finds who asks and whether they may, before the page's own code runs.
async fn guard(State((app, act)): State<(App, Act)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let desk = match <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match desk.may(act) {
        // A first password, or one the office set, is changed before it opens anything.
        Ok(_) if desk.must_change && act != Act::ChangeOwnPassword => {
            Redirect::to("/password").into_response()
        }
        Ok(permit) => {
            parts.extensions.insert(permit);
            parts.extensions.insert(desk);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(denied) => fault::denied_page(&app, &desk, denied),
    }
}
