//! Who signed in, asked with a token (OpenID Connect Core, 5.3).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use usher_records::service::Service;
use usher_records::service::entry::Entry;
use usher_types::digest::Digest;

use super::token::still_in;
use super::written::{authorization, claims, open_to_all, problem};
use crate::app::{App, AppFault};

/// Tells it: what the service was allowed at that sign-in, of somebody who may still be signed in there.
pub(super) async fn tell(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppFault> {
    let said = match authorization(&headers, "Bearer") {
        Some(token) => told(&app, token).await?,
        None => None,
    };
    Ok(open_to_all(said.unwrap_or_else(|| {
        let mut response = problem(StatusCode::UNAUTHORIZED, "invalid_token");
        let asks = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, asks);
        response
    })))
}

async fn told(app: &App, token: &str) -> Result<Option<Response>, AppFault> {
    let at = app.now();
    let digest = Digest::of(token.as_bytes());
    let Some(entry) = app.books.find_one::<Entry>("token", digest).await?.map(|entry| entry.value) else {
        return Ok(None);
    };
    let service = app.books.get::<Service, _>(entry.service).await?.map(|service| service.value);
    let Some(service) = service.filter(|_| entry.tells(at)) else { return Ok(None) };
    let found = still_in(app, &service, &entry, at).await?;
    let person = found.and_then(|found| found.person);
    Ok(person.map(|person| Json(claims(&service, &person, &entry.asked.told)).into_response()))
}
