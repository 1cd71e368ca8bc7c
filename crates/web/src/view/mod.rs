//! From values to pages: words by reader, the frame around every page, pages that say what went wrong.

pub mod errors;
pub mod fault;
pub mod frame;
pub mod markdown;
pub mod says;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A template as a page.
pub fn page<T: Template>(template: &T) -> Response {
    with_status(StatusCode::OK, template)
}

/// A template as a page with this status.
pub fn with_status<T: Template>(status: StatusCode, template: &T) -> Response {
    match template.render() {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
