//! Pages that say what went wrong, what was kept and what to do.
//!
//! A handler answers with a fault; [`render`] puts the page around it, in the words of whoever asked.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use usher_policy::access::Denied;

use crate::app::{App, AppFault, Peer};
use crate::extract::desk::AtDesk;
use crate::extract::portal::AtDevice;
use crate::security::form::FormFault;
use crate::view::frame::Frame;
use crate::view::with_status;

/// What went wrong, for [`render`] to put a page around.
#[derive(Debug, Clone)]
struct Wrong {
    /// The words' key; `-title` and `-text` are added.
    key: &'static str,
    /// A sentence that says more, by its words' key.
    detail: Option<&'static str>,
}

/// On an answer: it comes from the portal, so whoever is at the device is spoken to in their own words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnPortal;

#[derive(Template)]
#[template(path = "parts/fault.html")]
struct FaultPage {
    f: Frame,
    text: String,
    detail: Option<String>,
}

/// An answer that says something went wrong; [`render`] puts the page around it.
pub(crate) fn wrong(status: StatusCode, key: &'static str, detail: Option<&'static str>) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Wrong { key, detail });
    response
}

impl IntoResponse for AppFault {
    fn into_response(self) -> Response {
        let (status, key, detail) = match &self {
            Self::Refused(refusal) => (StatusCode::CONFLICT, "fault-refused", Some(refusal.words())),
            Self::NotFound => (StatusCode::NOT_FOUND, "fault-not-found", None),
            Self::Form(_) => (StatusCode::BAD_REQUEST, "fault-form", None),
            Self::Store(_) | Self::Activity(_) | Self::Document(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "fault-unavailable", None)
            }
            Self::Publish(_) => (StatusCode::SERVICE_UNAVAILABLE, "fault-publish", None),
        };
        if status.is_server_error() {
            tracing::error!(error = &self as &dyn std::error::Error, "a page failed");
        }
        wrong(status, key, detail)
    }
}

impl IntoResponse for FormFault {
    fn into_response(self) -> Response {
        let key = match self {
            Self::OtherSite => "fault-other-site",
            Self::Stale => "fault-stale",
        };
        wrong(StatusCode::FORBIDDEN, key, None)
    }
}

/// Puts a page around a fault.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let response = next.run(request).await;
    let Some(wrong) = response.extensions().get::<Wrong>().cloned() else { return response };
    let title = format!("{}-title", wrong.key);
    let on_portal = response.extensions().get::<OnPortal>().is_some();
    // When even the books cannot be read, the page says so without knowing who reads it.
    let device = match peer {
        Some(peer) if on_portal => AtDevice::find(&app, peer).await.ok(),
        _ => None,
    };
    let f = match device {
        Some(device) => Frame::portal(&app, &device, title),
        None => Frame::outside(&app, String::new(), title),
    };
    let text = f.says.t(format!("{}-text", wrong.key));
    let detail = wrong.detail.map(|key| f.says.t(key));
    with_status(response.status(), &FaultPage { f, text, detail })
}

/// The page for an address the desk does not have.
pub async fn desk_not_found() -> Response {
    AppFault::NotFound.into_response()
}

/// The page for an address the portal does not have.
pub async fn portal_not_found() -> Response {
    let mut response = AppFault::NotFound.into_response();
    response.extensions_mut().insert(OnPortal);
    response
}

/// The page for somebody who may not.
pub fn denied_page(app: &App, desk: &AtDesk, _denied: Denied) -> Response {
    let f = Frame::desk(app, desk, "", "fault-denied-title");
    let text = f.says.t("fault-denied-text");
    with_status(StatusCode::FORBIDDEN, &FaultPage { f, text, detail: None })
}
