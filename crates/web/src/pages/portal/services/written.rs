//! What services are told, as it is written: claims, tokens signed by this server's key (RFC 7515, compact form), and errors.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use usher_records::person::Person;
use usher_records::service::Service;
use usher_records::service::consent::Told;
use usher_records::service::entry::Entry;
use usher_store::store::StoreError;
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::security::base64;

/// How long a token about a sign-in is to be believed: services look at it within seconds; clocks differ.
const BELIEVED_SECONDS: i64 = 300;

/// Everything a service may be told of somebody, and no more.
pub(super) fn claims(service: &Service, person: &Person, told: &[Told]) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("sub", Value::from(service.subject(person.id)));
    if told.contains(&Told::Profile) {
        put("name", Value::from(person.name()));
        put("given_name", Value::from(person.known_as.clone().unwrap_or_else(|| person.given.clone())));
        put("role", Value::from(person.kind.name()));
        if let Some(year) = person.year.filter(|_| person.kind == PersonKind::Pupil) {
            put("year", Value::from(year.number()));
        }
    }
    if let Some(email) = person.email.as_ref().filter(|_| told.contains(&Told::Email)) {
        put("email", Value::from(email.to_string()));
    }
    claims
}

/// The token that says who signed in (OpenID Connect Core, 2).
pub(super) async fn id_token(
    app: &App,
    service: &Service,
    person: &Person,
    entry: &Entry,
    at: Moment,
) -> Result<String, AppFault> {
    let seconds = |moment: Moment| moment.unix_ms().div_euclid(1_000);
    let mut claims = claims(service, person, &entry.asked.told);
    for (name, value) in [
        ("iss", Value::from(app.places.portal_origin.clone())),
        ("aud", Value::from(service.id.to_string())),
        ("iat", Value::from(seconds(at))),
        ("exp", Value::from(seconds(at) + BELIEVED_SECONDS)),
        ("auth_time", Value::from(seconds(entry.signed_in))),
    ] {
        claims.insert(name.to_owned(), value);
    }
    if let Some(nonce) = &entry.asked.nonce {
        claims.insert("nonce".to_owned(), Value::from(nonce.clone()));
    }
    signed(app, Value::Object(claims), at).await
}

/// Making a key takes a second, once a year; other pages need not wait for it.
async fn signed(app: &App, claims: Value, at: Moment) -> Result<String, AppFault> {
    let app = app.clone();
    let work = move || {
        let message = |key: &str| {
            let head = json!({ "alg": "RS256", "typ": "JWT", "kid": key });
            let part = |value: &Value| base64::encode_for_addresses(value.to_string().as_bytes());
            format!("{}.{}", part(&head), part(&claims)).into_bytes()
        };
        app.token_keys.sign(&app.vault, at, message)
    };
    let (message, signature) = keys_work(work).await?;
    Ok(format!("{}.{}", String::from_utf8_lossy(&message), base64::encode_for_addresses(&signature)))
}

/// Work with the keys, where waiting is allowed.
pub(super) async fn keys_work<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, usher_certs::token_key::TokenKeyFault> + Send + 'static,
) -> Result<T, AppFault> {
    let done = tokio::task::spawn_blocking(work).await;
    let broken = |error: &dyn std::fmt::Display| {
        AppFault::Store(StoreError::Unreadable { what: format!("the keys for services: {error}") })
    };
    done.map_err(|error| broken(&error))?.map_err(|error| broken(&error))
}

#[derive(Serialize)]
struct Problem {
    error: &'static str,
}

/// An error as services read it (RFC 6749, 5.2).
pub(super) fn problem(status: StatusCode, error: &'static str) -> Response {
    (status, Json(Problem { error })).into_response()
}

/// An answer that pages of other sites may read: what is in it is public, or is asked for with a token of one's own.
pub(super) fn open_to_all(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// What stands after `Bearer ` or `Basic `.
pub(super) fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (kind, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}
