//! Why a portal page could not do what was asked.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use usher_policy::access::Denied;
use usher_records::refusal::Refusal;
use usher_store::store::StoreError;

use crate::app::AppFault;
use crate::view::fault::wrong;

/// What a handler of the portal answers.
pub(super) type Answer = Result<Response, PortalFault>;

/// Why a portal page could not do what was asked.
#[derive(Debug)]
pub(super) enum PortalFault {
    /// As any page.
    App(AppFault),
    /// Somebody must sign in first.
    SignInFirst,
    /// They may not.
    Denied,
    /// It was sent from a page that stood in for another, and that page is old, somebody else's, or not ours.
    OldPage,
    /// It was said already.
    Said(Response),
}

impl IntoResponse for PortalFault {
    fn into_response(self) -> Response {
        match self {
            Self::App(fault) => fault.into_response(),
            Self::SignInFirst => Redirect::to("/").into_response(),
            Self::Denied => wrong(StatusCode::FORBIDDEN, "fault-denied", None),
            Self::Said(answer) => answer,
            Self::OldPage => wrong(StatusCode::FORBIDDEN, "fault-old-page", None),
        }
    }
}

impl From<AppFault> for PortalFault {
    fn from(fault: AppFault) -> Self {
        Self::App(fault)
    }
}

impl From<StoreError> for PortalFault {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<Refusal> for PortalFault {
    fn from(refusal: Refusal) -> Self {
        Self::App(refusal.into())
    }
}

impl From<Denied> for PortalFault {
    fn from(_denied: Denied) -> Self {
        Self::Denied
    }
}
