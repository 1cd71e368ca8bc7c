//! A service shows who it is: by its secret, in a header or in the form (RFC 6749, 2.3.1), or by its name alone where it is an app that
//! can keep none.

use axum::http::HeaderMap;
use usher_records::service::Service;

use super::asked::service_named;
use super::written::authorization;
use crate::app::{App, AppFault};
use crate::security::base64;

/// What was shown, as text.
struct Shown {
    name: String,
    secret: Option<String>,
}

/// The service that shows itself; none where the proof is wrong, missing or given twice.
pub(super) async fn of(
    app: &App,
    headers: &HeaderMap,
    form: &[(String, String)],
) -> Result<Option<Service>, AppFault> {
    let Some(shown) = read(headers, form) else { return Ok(None) };
    let service = service_named(app, Some(&shown.name)).await?.filter(|service| service.ended.is_none());
    Ok(service.filter(|service| match (&service.secret, &shown.secret) {
        (Some(_), Some(secret)) => service.knows(secret),
        (None, None) => true,
        _ => false,
    }))
}

fn read(headers: &HeaderMap, form: &[(String, String)]) -> Option<Shown> {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (name, secret) = (field("client_id"), field("client_secret"));
    let Some(basic) = authorization(headers, "Basic") else { return Some(Shown { name: name?, secret }) };
    // One way of showing it, not two.
    if secret.is_some() {
        return None;
    }
    let pair = String::from_utf8(base64::decode(basic)?).ok()?;
    let (own, secret) = pair.split_once(':')?;
    // Each half is written as in a form.
    let plain = |half: &str| {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&format!("x={half}")).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    };
    let own = plain(own)?;
    if name.is_some_and(|name| name != own) {
        return None;
    }
    Some(Shown { name: own, secret: Some(plain(secret)?) })
}
