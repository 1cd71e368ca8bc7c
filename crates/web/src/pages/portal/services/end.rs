//! Signing out, at a service's wish (OpenID Connect RP-Initiated Logout 1.0): always asked, because any page can lead here.

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_directory::books;
use usher_records::service::{ReturnAddress, Service};
use usher_records::session::EndReason;
use usher_types::role::Reader;

use super::asked::service_named;
use super::browser::{self, InBrowser};
use super::show::leading_to;
use super::written::keys_work;
use crate::app::{App, AppFault};
use crate::extract::form::{TOKEN_FIELD, field, parse, read_body};
use crate::pages::portal::fault::Answer;
use crate::security::base64;
use crate::security::form::{self, Holder};
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    id_token_hint: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    post_logout_redirect_uri: String,
    #[serde(default)]
    state: String,
}

#[derive(Serialize)]
struct After<'a> {
    state: &'a str,
}

#[derive(Template)]
#[template(path = "portal/services/sign_out.html")]
struct SignOutPage {
    f: Frame,
    /// Whether somebody is signed in here at all.
    signed_in: bool,
    asked: Asked,
}

/// Asks.
pub(super) async fn begin(State(app): State<App>, Query(asked): Query<Asked>, headers: HeaderMap) -> Answer {
    let (school, at) = (books::school(&app.books).await?, app.now());
    let found = InBrowser::find(&app, &headers, &school, at).await?;
    let after = after(&app, &asked).await?;
    if let (None, Some((address, leads))) = (&found, &after) {
        return Ok(leading_to(Redirect::to(leads).into_response(), address));
    }
    let holder = found.as_ref().map(|found| found.holder().to_owned()).unwrap_or_default();
    let token = form::token(&app.key, Holder(&holder), at);
    let reader = found.as_ref().and_then(|one| one.person.as_ref()).map_or(Reader::Ks2, |one| one.reader());
    let f = Frame::for_services(&app, &school, reader, token, "service-sign-out-title");
    let response = page(&SignOutPage { f, signed_in: found.is_some(), asked });
    Ok(match &after {
        Some((address, _)) => leading_to(response, address),
        None => response,
    })
}

/// Signs out of everything in this browser, and leads back where the service may lead.
pub(super) async fn leave(State(app): State<App>, request: Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let (school, at) = (books::school(&app.books).await?, app.now());
    let found = InBrowser::find(&app, &parts.headers, &school, at).await?;
    let bytes = read_body(&parts.headers, body).await?;
    let holder = found.as_ref().map(|found| found.holder().to_owned()).unwrap_or_default();
    let token = field(&bytes, TOKEN_FIELD).unwrap_or_default();
    let origin = &app.places.portal_origin;
    if let Err(fault) = form::check(&app.key, Holder(&holder), &token, &parts.headers, origin, at) {
        return Ok(fault.into_response());
    }
    let asked: Asked = parse(&bytes)?;
    if let Some(found) = found {
        browser::end(&app, &found.session, EndReason::SignedOut, at).await?;
    }
    let leads =
        after(&app, &asked).await?.map_or_else(|| "/services/sign-out".to_owned(), |(_, leads)| leads);
    let mut response: Response = Redirect::to(&leads).into_response();
    if let Some(value) = browser::set(None) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Where it leads afterwards: an address that is in the register for the service that asks.
async fn after(app: &App, asked: &Asked) -> Result<Option<(ReturnAddress, String)>, AppFault> {
    let named = if asked.client_id.is_empty() {
        hinted(app, &asked.id_token_hint).await?
    } else {
        Some(asked.client_id.clone())
    };
    let service: Option<Service> = service_named(app, named.as_deref()).await?;
    let address = service.and_then(|one| one.after_address(&asked.post_logout_redirect_uri).cloned());
    Ok(address.map(|address| {
        let mut leads = address.as_str().to_owned();
        if !asked.state.is_empty() {
            leads.push(if leads.contains('?') { '&' } else { '?' });
            leads += &serde_html_form::to_string(After { state: &asked.state }).unwrap_or_default();
        }
        (address, leads)
    }))
}

/// For whom a token of ours was made, however old it is.
async fn hinted(app: &App, hint: &str) -> Result<Option<String>, AppFault> {
    let Some((message, signature)) = hint.rsplit_once('.') else { return Ok(None) };
    let (Some(signature), Some((_, claims))) =
        (base64::decode_from_addresses(signature), message.split_once('.'))
    else {
        return Ok(None);
    };
    let (own, message, at) = (app.clone(), message.to_owned(), app.now());
    let check = move || own.token_keys.is_ours(&own.vault, at, message.as_bytes(), &signature);
    if !keys_work(check).await? {
        return Ok(None);
    }
    let claims =
        base64::decode_from_addresses(claims).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    Ok(claims.and_then(|claims| claims.get("aud")?.as_str().map(str::to_owned)))
}
